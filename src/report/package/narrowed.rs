//! `comparison.csv` narrowed to some sectors by `goulet compare`, and the description of the folder kept true to it.

use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::is_bounded;
use super::resources::{View, fields};
use super::sha256;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Knowledge;
use crate::report::comparison::Comparison;
use crate::report::dress::{self, Style, columns};
use crate::report::names::{Names, ReportLanguage};
use crate::report::outbox::write_whole;

/// The file.
const FILE: &str = "comparison.csv";

/// How the folder's tables are written.
#[derive(Debug, Default, Deserialize)]
struct Options {
    data: Option<PathBuf>,
    #[serde(default)]
    csv: Dialect,
    language: Option<ReportLanguage>,
}

/// Writes `comparison.csv` as the tables of the folder are written, and what it holds now into the folder's description, so
/// that its hash stays that of the file. A folder without description gets the table alone.
///
/// # Errors
/// When the description is damaged or the folder cannot be written to.
pub fn narrow(folder: &Path, comparison: &Comparison) -> Result<()> {
    let path = folder.join("datapackage.json");
    let content = comparison.csv()?;
    let Ok(text) = std::fs::read_to_string(&path) else { return write_whole(&folder.join(FILE), &content) };
    let wrong = |cause: serde_json::Error| {
        let hint = "run `goulet run` again";
        Error::new(ErrorKind::Format, cause.to_string()).at_line(&path, cause.line() as u64).hint(hint)
    };
    let mut package: Value = serde_json::from_str(&text).map_err(wrong)?;
    let options = Options::deserialize(&package["goulet"]["options"]).map_err(wrong)?;
    // Names alone are wanted: where the folder of the run is gone, the built-in ones do.
    let data = options.data.filter(|data| data.exists());
    let knowledge = Knowledge::load(data.as_deref(), None)?;
    let names = Names::load(&knowledge.source, &knowledge.lexicon, &knowledge.model)?;
    let style = Style { dialect: options.csv, language: options.language.map(|language| (language, &names)) };
    let content = dress::bytes(content, FILE, &style)?;
    let header: StringRecord =
        std::iter::once("measure").chain(comparison.sectors.iter().map(|sector| sector.as_str())).collect();
    let view = View {
        names: &names,
        language: options.language.unwrap_or(ReportLanguage::En),
        dialect: options.csv,
        is_bounded: is_bounded(&knowledge.model),
    };
    let resources = package["resources"].as_array_mut();
    if let Some(resource) = resources.into_iter().flatten().find(|resource| resource["path"] == FILE) {
        resource["bytes"] = content.len().into();
        resource["hash"] = sha256(&content).into();
        resource["schema"]["fields"] = fields("comparison", &columns("comparison", &header, &style), &view).into();
    }
    if let Some(goulet) = package["goulet"].as_object_mut() {
        let sectors: Vec<&str> = comparison.sectors.iter().map(|sector| sector.as_str()).collect();
        goulet.insert("comparison".to_owned(), json!({ "sectors": sectors, "period": comparison.period }));
    }
    write_whole(&folder.join(FILE), &content)?;
    write_whole(&path, (serde_json::to_string_pretty(&package).map_err(wrong)? + "\n").as_bytes())
}
