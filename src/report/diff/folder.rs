//! A folder of reports, read for a comparison: what was found, and from what.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::codes::Granularity;
use crate::error::{Error, ErrorKind, Result};
use crate::indicators::{IndicatorRow, IndicatorTable};
use crate::model::Model;
use crate::report::explain::{model_of, read_package};
use crate::report::tables::{DocumentRow, ScoreRow, read};

/// What a folder of reports holds.
#[derive(Debug)]
pub struct Folder {
    /// Its path, as named by the user.
    pub path: PathBuf,
    /// The version of the program that wrote it.
    pub version: String,
    /// The options of the run: name → value as printed, empty where not given.
    pub options: BTreeMap<String, String>,
    /// Which data was used, in words.
    pub data: String,
    /// The hash of the data.
    pub data_hash: String,
    /// The inputs: path → hash.
    pub inputs: BTreeMap<String, String>,
    /// The model, without draws: they move no score.
    pub model: Model,
    /// The name of the model's file.
    pub model_file: String,
    /// Rows of `scores.csv`.
    pub scores: Vec<ScoreRow>,
    /// Rows of `indicators.csv`.
    pub indicators: Vec<IndicatorRow>,
    /// Rows of `documents.csv`.
    pub documents: Vec<DocumentRow>,
}

impl Folder {
    /// Reads a folder that `goulet run` wrote.
    ///
    /// # Errors
    /// When it holds no reports, or reports with other columns than this version's.
    pub fn read(path: &Path) -> Result<Self> {
        if !path.is_dir() {
            return Err(Error::new(ErrorKind::NotFound, "there is no such folder")
                .at_file(path)
                .hint("name two folders that `goulet run --out DIR` wrote"));
        }
        let no_reports = |what: &str| {
            Error::new(ErrorKind::NotFound, format!("no folder of reports: {what}"))
                .at_file(path)
                .hint("name a folder that `goulet run --out DIR` wrote; one of an earlier version is to be made again")
        };
        for file in ["datapackage.json", "scores.csv", "indicators.csv", "documents.csv", "mentions.csv"] {
            if !path.join(file).is_file() {
                return Err(no_reports(&format!("{file} is missing")));
            }
        }
        let package = read_package(path)?;
        let run = &package["goulet"];
        if !run.is_object() {
            return Err(no_reports("datapackage.json is not one of `goulet run`"));
        }
        let mut model = model_of(&package, path)?;
        let uncertainty = &mut model.settings.uncertainty;
        (uncertainty.draws, uncertainty.sobol, uncertainty.leave_one_out) = (0, 0, false);
        Ok(Self {
            path: path.to_owned(),
            version: printed(&run["version"]),
            options: run["options"].as_object().into_iter().flatten().map(|(k, v)| (k.clone(), printed(v))).collect(),
            data: printed(&run["data"]["source"]),
            data_hash: printed(&run["data"]["hash"]),
            inputs: inputs(&package["sources"]),
            model,
            model_file: printed(&run["model"]["file"]),
            scores: read(&path.join("scores.csv"))?,
            indicators: IndicatorTable::read_csv(&path.join("indicators.csv"))?.rows()?,
            documents: read(&path.join("documents.csv"))?,
        })
    }

    /// The hashes of the inputs, sorted: what was read, whatever its name.
    pub fn input_hashes(&self) -> Vec<&str> {
        let mut hashes: Vec<&str> = self.inputs.values().map(String::as_str).collect();
        hashes.sort_unstable();
        hashes
    }

    /// `mentions.csv`, read row by row: it can be larger than memory.
    pub fn mentions(&self) -> PathBuf {
        self.path.join("mentions.csv")
    }

    /// How time was cut.
    ///
    /// # Errors
    /// When the option is none of this version.
    pub fn granularity(&self) -> Result<Granularity> {
        self.options.get("period").map_or(Ok(Granularity::All), |period| period.parse())
    }

    /// Its size and origin, in a line.
    pub fn summary(&self) -> String {
        format!(
            "{}: {} documents, {} units; data: {}; model: {}; goulet {}",
            self.path.display(),
            self.documents.len(),
            self.scores.len(),
            self.data,
            self.model_file,
            self.version
        )
    }
}

/// A value of the package as a cell: text without quotes, nothing where it is null.
fn printed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn inputs(sources: &Value) -> BTreeMap<String, String> {
    let sources = sources.as_array().into_iter().flatten();
    // Sources without a hash are publications, not inputs of the run.
    let inputs = sources.filter(|source| source["hash"].is_string());
    inputs.map(|source| (printed(&source["path"]), printed(&source["hash"]))).collect()
}
