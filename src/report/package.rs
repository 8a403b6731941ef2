//! `datapackage.json`: every table described (Frictionless), and what the run was made from.
//!
//! Enough to run it again: the inputs with their hashes, the data, the model file in full, the options, the version. No
//! clock and no machine enters it, so that the same run gives the same bytes.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::outbox::{Outbox, hex};
use super::tables::{DOCUMENTS, MENTIONS, SCORES, SECTORS};
use crate::corpus::Corpus;
use crate::error::{Error, ErrorKind, Result};
use crate::indicators::COLUMNS as INDICATORS;
use crate::pipeline::{Knowledge, Request};

/// What is described.
pub struct Run<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// Data, model, lexicon.
    pub knowledge: &'a Knowledge,
    /// What was read.
    pub corpus: &'a Corpus,
    /// Documents read.
    pub documents: u32,
    /// Mentions found.
    pub mentions: u64,
}

/// Describes the staged tables and the run.
///
/// # Errors
/// When a staged table or a data file cannot be read.
pub fn describe(run: &Run<'_>, outbox: &Outbox) -> Result<String> {
    let package = json!({
        "profile": "tabular-data-package",
        "name": "goulet-reports",
        "title": "Supply-chain risk indicators per sector and country",
        "version": env!("CARGO_PKG_VERSION"),
        "resources": resources(outbox)?,
        "sources": run.corpus.inputs().iter().map(|input| json!({
            "title": "document",
            "path": input.path.to_string_lossy(),
            "hash": input.sha256().map(|hash| format!("sha256:{hash}")),
        })).collect::<Vec<_>>(),
        "goulet": provenance(run)?,
    });
    serde_json::to_string_pretty(&package)
        .map(|text| text + "\n")
        .map_err(|cause| Error::new(ErrorKind::Format, cause.to_string()))
}

fn provenance(run: &Run<'_>) -> Result<Value> {
    let request = run.request;
    Ok(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "options": {
            "corpus": request.corpus.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "data": request.data.as_ref().map(|path| path.to_string_lossy()),
            "model": request.model.as_ref().map(|path| path.to_string_lossy()),
            "period": request.granularity.as_str(),
            "as_of": request.as_of.map(|date| date.to_string()),
            "keep_duplicates": request.keep_duplicates,
            "draws": run.knowledge.model.settings.uncertainty.draws,
        },
        "data": { "source": data_name(run), "hash": data_hash(run)? },
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

/// One hash over every data file, in order of name.
fn data_hash(run: &Run<'_>) -> Result<String> {
    let mut hash = Sha256::new();
    for name in run.knowledge.source.files()? {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(run.knowledge.source.read_bytes(&name)?);
    }
    Ok(format!("sha256:{}", hex(&hash.finalize())))
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

/// Tables whose columns depend on the run, or that a model file asks for: name, title, which columns are text.
const OTHERS: [(&str, &str, fn(&str) -> bool); 5] = [
    ("matrix", "Risk, country by sector", |column| column == "country"),
    ("comparison", "Sectors side by side", |_| true),
    ("sensitivity", "Which factor of the uncertainty run moves the ranks", |column| column == "factor"),
    ("leave_one_out", "How ranks move without each node", |column| column == "iCode"),
    ("draws", "The settings of every draw", |column| column != "draw" && !column.starts_with("weight_")),
];

fn resources(outbox: &Outbox) -> Result<Vec<Value>> {
    let mut resources = Vec::new();
    for (name, title, columns) in [
        ("mentions", "What documents state, one row a statement", &MENTIONS[..]),
        ("documents", "One row a document read", &DOCUMENTS[..]),
        ("indicators", "One row a sector, country, period and indicator", &INDICATORS[..]),
        ("scores", "Risk per sector and country", &SCORES[..]),
        ("sectors", "Risk per sector", &SECTORS[..]),
    ] {
        let fields: Vec<Value> = columns.iter().map(|column| field(column)).collect();
        resources.push(resource(name, title, &fields, outbox)?);
    }
    for (name, title, is_text) in OTHERS {
        let file = format!("{name}.csv");
        if !outbox.has(&file) {
            continue;
        }
        let bytes = outbox.read(&file)?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().map_err(|cause| Error::new(ErrorKind::Format, cause.to_string()))?;
        let kind = |column: &str| if is_text(column) { "string" } else { "number" };
        let fields: Vec<Value> = header.iter().map(|column| json!({ "name": column, "type": kind(column) })).collect();
        resources.push(resource(name, title, &fields, outbox)?);
    }
    Ok(resources)
}

fn resource(name: &str, title: &str, fields: &[Value], outbox: &Outbox) -> Result<Value> {
    let path = format!("{name}.csv");
    let (bytes, hash) = outbox.hash(&path)?;
    Ok(json!({
        "profile": "tabular-data-resource",
        "name": name,
        "title": title,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": bytes,
        "hash": format!("sha256:{hash}"),
        "schema": { "fields": fields, "missingValues": [""] },
    }))
}

/// Type and meaning of a column.
fn field(column: &str) -> Value {
    let (kind, meaning) = match column {
        "date" => ("date", "day of the document; empty when unknown"),
        "severity" => ("number", "gravity of the measure if in force, 0–1, from the lexicon"),
        "certainty" => ("number", "certainty of the status, 0–1, from the model"),
        "weight" => {
            ("number", "weight of the document: shared among near-duplicates, times source weight and age, 0–1")
        }
        "sentence" => ("integer", "number of the sentence in the document, from 0"),
        "start" | "end" => {
            ("integer", "byte offset in the document's text (title, two line ends, body) of the words that state it")
        }
        "value" | "low" | "high" => ("number", "in the indicator's unit; low and high bound the interval of the model"),
        "risk" | "export_controls" | "concentration" | "coercion" | "mitigation" => {
            ("number", "0–100, empty where unknown")
        }
        "rank" | "rank_low" | "rank_high" => {
            ("integer", "1 is the riskiest of the period; low and high bound 90 % of the draws")
        }
        "coverage" => ("number", "share of the model's weight that rests on data, 0–1"),
        "hhi" => {
            ("number", "Herfindahl-Hirschman index of supply, 0–1; a lower bound where shares name only some countries")
        }
        "top_share" => ("number", "supply share of the top country, 0–1"),
        "documents" | "mentions" => ("integer", "count"),
        "origin" | "target" | "country" | "top_country" => ("string", "ISO 3166-1 alpha-3, or EUE"),
        _ => ("string", ""),
    };
    if meaning.is_empty() {
        json!({ "name": column, "type": kind })
    } else {
        json!({ "name": column, "type": kind, "description": meaning })
    }
}
