//! `goulet man [DIR]`: manual pages, one a command.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::say::Say;
use super::{Cli, Common};
use crate::report::outbox::Outbox;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder for the pages, goulet.1 and one a command; without it the first page goes to standard output
    directory: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    // Built, every command knows its whole name and the options it has from above.
    let mut program = Cli::command();
    program.build();
    let Some(directory) = &arguments.directory else {
        say.bytes(&page(program)?);
        return Ok(());
    };
    let mut outbox = Outbox::open(directory)?;
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("goulet-{}", command.get_name());
        outbox.text(&format!("{name}.1"), page(command.clone())?)?;
    }
    outbox.text("goulet.1", page(program)?)?;
    say.files(&outbox.send()?);
    Ok(())
}

fn page(command: clap::Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).source(concat!("goulet ", env!("CARGO_PKG_VERSION"))).render(&mut page)?;
    Ok(page)
}
