//! `goulet init DIR`: an editable copy of the data and the model file.

use std::path::PathBuf;

use clap::Args;

use super::Common;
use super::say::Say;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind};
use crate::report::outbox::write_whole;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder to write, new or empty
    directory: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let folder = &arguments.directory;
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::new(ErrorKind::Usage, "the folder is not empty")
            .at_file(folder)
            .hint("name a new folder; nothing was written")
            .into());
    }
    let source = DataSource::Embedded;
    let files = source.files()?;
    for name in &files {
        write_whole(&folder.join(name), &source.read_bytes(name)?)?;
    }
    let shown = folder.display();
    say.message(&format!("{} files in {shown}; use them with --data {shown}", files.len()));
    say.message(&format!(
        "the model's weights are in {shown}/model.toml; `goulet check --data {shown}` validates your edits"
    ));
    Ok(())
}
