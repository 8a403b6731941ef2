//! `goulet check`: every table, lexicon and model file, each fault at its file and line.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Common;
use super::say::Say;
use crate::check;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind};
use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::report::names;
use crate::scenario::Knowledge;
use crate::structural::supply_risk::tables::{List, Tables};
use crate::structural::usgs::Names;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A folder of tables in place of those inside the program
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A model file to check too
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let source = DataSource::open(arguments.data.as_deref())?;
    let lexicon = check::check(&source);
    let mut faults = lexicon.faults;
    if let Err(error) = Knowledge::load(&source) {
        faults.push(error);
    }
    if let Err(error) = Names::load(&source) {
        faults.push(error);
    }
    // Faults of the lexicon are told already.
    if let (Ok(lexicon), Ok(model)) = (Lexicon::load(&source), Model::built_in())
        && let Err(error) = names::Names::load(&source, &lexicon, &model)
    {
        faults.push(error);
    }
    for list in [List::Of2017, List::Of2023] {
        if let Err(error) = Tables::load(&source, list) {
            faults.push(error);
        }
    }
    for file in [Some(source.display("model.toml")), arguments.model.clone()].into_iter().flatten() {
        let text = match &arguments.model {
            Some(model) if *model == file => fs_err::read_to_string(&file).map_err(|cause| Error::io(&file, cause)),
            _ => source.read("model.toml"),
        };
        if let Err(error) = text.and_then(|text| Model::from_toml(&text, &file)) {
            faults.push(error);
        }
    }
    let faults = flat(faults);
    if say.json() {
        say.result(&serde_json::to_string_pretty(&json!({
            "faults": faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "summary": lexicon.summary,
        }))?);
    } else {
        say.faults(&faults);
        for line in &lexicon.summary {
            say.message(line);
        }
    }
    match faults.len() {
        0 => {
            say.message("no faults");
            Ok(())
        }
        1 => Err(Error::new(ErrorKind::Data, "1 fault, listed above").into()),
        count => Err(Error::new(ErrorKind::Data, format!("{count} faults, listed above")).into()),
    }
}

/// Faults one by one: those of a table come together.
fn flat(faults: Vec<Error>) -> Vec<Error> {
    faults.into_iter().flat_map(Error::into_faults).collect()
}
