//! `datapackage.json`: every file described (Frictionless Data Package 1, Table Schema), and what the run was made from.
//!
//! Enough to run it again (`goulet run --manifest`): the inputs with their hashes, the data, the model file in full, the options,
//! the version. No clock and no machine enters it, so that the same run gives the same bytes.

mod fields;
mod narrowed;
mod resources;

use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::dress::Style;
use super::names::Names;
use super::outbox::{Outbox, hash_of, hex};
use crate::corpus::{Corpus, Input};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{Knowledge, Request};

pub use narrowed::narrow;
pub use resources::tables;

/// What is described.
pub struct Run<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// Data, model, lexicon.
    pub knowledge: &'a Knowledge,
    /// What was read.
    pub inputs: &'a [InputHash],
    /// Documents read.
    pub documents: u32,
    /// Mentions found.
    pub mentions: u64,
    /// Whether no two documents have one id.
    pub has_own_ids: bool,
    /// What columns are called.
    pub names: &'a Names,
    /// How the tables are written.
    pub style: &'a Style<'a>,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct InputHash {
    /// What it is: `document` or `mentions`.
    pub title: &'static str,
    /// Its path, as named or found.
    pub path: PathBuf,
    /// SHA-256 of its bytes in hexadecimal; none where it was not read to its end.
    pub sha256: Option<String>,
}

impl InputHash {
    /// The files of a corpus that was read.
    pub fn of_corpus(corpus: &Corpus) -> Vec<Self> {
        let of = |input: &Input| Self {
            title: "document",
            path: input.path.clone(),
            sha256: input.sha256().map(ToOwned::to_owned),
        };
        corpus.inputs().iter().map(of).collect()
    }

    /// Tables of mentions, and those of folders that hold them.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn of_tables(paths: &[PathBuf]) -> Result<Vec<Self>> {
        let tables = paths.iter().flat_map(|path| {
            if path.is_dir() { vec![path.join("documents.csv"), path.join("mentions.csv")] } else { vec![path.clone()] }
        });
        tables.map(|path| Ok(Self { title: "mentions", sha256: Some(hash_of(&path)?.1), path })).collect()
    }
}

/// Describes the run and the staged files, which must be as they will be sent; `tables` come from [`tables`].
///
/// # Errors
/// When a staged file or a data file cannot be read.
pub fn describe(run: &Run<'_>, tables: Vec<Value>, outbox: &Outbox) -> Result<String> {
    let (licenses, of_data) = data_terms(run)?;
    let resources = [tables, resources::others(outbox)?].concat();
    let inputs = run.inputs.iter().map(|input| {
        json!({
            "title": input.title,
            "path": input.path.to_string_lossy(),
            "hash": input.sha256.as_ref().map(|hash| format!("sha256:{hash}")),
        })
    });
    let mut package = json!({
        "profile": "data-package",
        "name": "goulet-reports",
        "title": "Supply-chain risk indicators per sector and country",
        "description": "Sentences quoted from documents stay under the terms of their publishers; licenses are those of the data.",
        "version": env!("CARGO_PKG_VERSION"),
        "resources": resources,
        "sources": inputs.chain(of_data).collect::<Vec<_>>(),
        "goulet": provenance(run)?,
    });
    // An empty list is no valid one.
    if !licenses.is_empty() {
        package["licenses"] = licenses.into();
    }
    serde_json::to_string_pretty(&package)
        .map(|text| text + "\n")
        .map_err(|cause| Error::new(ErrorKind::Format, cause.to_string()))
}

fn provenance(run: &Run<'_>) -> Result<Value> {
    let request = run.request;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "options": {
            "mentions": request.mentions.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "corpus": request.corpus.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "data": request.data.as_ref().map(|path| path.to_string_lossy()),
            "model": request.model.as_ref().map(|path| path.to_string_lossy()),
            "period": request.granularity.as_str(),
            "as_of": request.as_of.map(|date| date.to_string()),
            "keep_duplicates": request.keep_duplicates,
            "map": request.reading.columns.to_string(),
            "max_document_bytes": request.reading.max_record,
            "max_expansion": request.reading.max_expansion,
            "draws": run.knowledge.model.settings.uncertainty.draws,
            "csv": request.csv.as_str(),
            "language": request.language.map(|language| language.as_str()),
            "parquet": request.parquet,
        },
        "data": { "source": data_name(run), "hash": run.knowledge.data_hash()? },
        "model": {
            "file": run.knowledge.model_file.to_string_lossy(),
            "hash": sha256(run.knowledge.model_text.as_bytes()),
            "text": run.knowledge.model_text,
        },
        "documents": run.documents,
        "mentions": run.mentions,
    }))
}

fn data_name(run: &Run<'_>) -> String {
    run.request.data.as_ref().map_or_else(|| "inside the program".to_owned(), |path| path.display().to_string())
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

/// Licences and sources of the data tables, each once, as the data's own description gives them.
fn data_terms(run: &Run<'_>) -> Result<(Vec<Value>, Vec<Value>)> {
    let source = &run.knowledge.source;
    let (mut licenses, mut sources) = (Vec::new(), Vec::new());
    if !source.has("datapackage.json") {
        return Ok((licenses, sources));
    }
    let fault = |cause: serde_json::Error| {
        Error::new(ErrorKind::Format, cause.to_string())
            .at_line(source.display("datapackage.json"), cause.line() as u64)
            .hint("mend it, or leave it out of the data folder")
    };
    let package: Value = serde_json::from_str(&source.read("datapackage.json")?).map_err(fault)?;
    for resource in package["resources"].as_array().into_iter().flatten() {
        for (key, all) in [("licenses", &mut licenses), ("sources", &mut sources)] {
            for item in resource[key].as_array().into_iter().flatten() {
                let item = with_public_path(item);
                if !all.contains(&item) {
                    all.push(item);
                }
            }
        }
    }
    Ok((licenses, sources))
}

/// A path inside the data folder leads nowhere from the reports.
fn with_public_path(item: &Value) -> Value {
    let mut item = item.clone();
    let is_public = item["path"].as_str().is_some_and(|path| path.starts_with("http"));
    if let Some(item) = item.as_object_mut().filter(|_| !is_public) {
        item.shift_remove("path");
    }
    item
}
