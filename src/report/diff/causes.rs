//! What differs between the makings of two runs: documents aside, every setting, option, input and data row.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::folder::Folder;
use crate::codes::{CountryCode, IndicatorId, Period, SectorId};
use crate::error::{Error, ErrorKind, Result};
use crate::indicators::{Basis, IndicatorRow};
use crate::model::Model;
use crate::report::cells::exact;

/// Why a score moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Documents are new, gone or changed.
    Documents,
    /// The same documents are read or counted otherwise: words, certainties, weights of sources, age, options.
    Reading,
    /// Structural data: shares, governance, restrictions.
    Structure,
    /// The model: weights, goalposts, prior, means.
    Model,
    /// What is left: another version of the program, tables edited by hand.
    Rest,
}

impl Cause {
    /// Every cause, in the order of columns.
    pub const ALL: [Self; 5] = [Self::Documents, Self::Reading, Self::Structure, Self::Model, Self::Rest];

    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Reading => "reading",
            Self::Structure => "structure",
            Self::Model => "model",
            Self::Rest => "rest",
        }
    }
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseRow {
    /// What it acts through.
    pub cause: Cause,
    /// What it is: `option`, `setting`, `data`, `input`, `row`, `version`.
    pub kind: &'static str,
    /// Its name.
    pub key: String,
    /// Before; empty where there was none.
    pub old: String,
    /// Now; empty where there is none.
    pub new: String,
    /// Where the old value came from (data rows).
    pub source_old: String,
    /// Where the new value comes from (data rows).
    pub source_new: String,
}

impl CauseRow {
    fn new(cause: Cause, kind: &'static str, key: &str, (old, new): (String, String)) -> Self {
        let (source_old, source_new) = (String::new(), String::new());
        Self { cause, kind, key: key.to_owned(), old, new, source_old, source_new }
    }
}

/// Everything that differs but the documents, in order of cause, kind and name.
///
/// # Errors
/// Never in practice: a model can always be written out.
pub fn causes(old: &Folder, new: &Folder) -> Result<Vec<CauseRow>> {
    let mut rows = Vec::new();
    if old.version != new.version {
        rows.push(CauseRow::new(Cause::Rest, "version", "goulet", (old.version.clone(), new.version.clone())));
    }
    if old.data_hash != new.data_hash {
        let hashes = (old.data_hash.clone(), new.data_hash.clone());
        rows.push(CauseRow::new(Cause::Reading, "data", "hash of all tables", hashes));
    }
    for (key, values) in differing(&old.options, &new.options) {
        if let Some(cause) = cause_of_option(key) {
            rows.push(CauseRow::new(cause, "option", key, values));
        }
    }
    for (key, values) in differing(&old.inputs, &new.inputs) {
        rows.push(CauseRow::new(Cause::Documents, "input", key, values));
    }
    for (key, values) in differing(&settings(&old.model)?, &settings(&new.model)?) {
        rows.push(CauseRow::new(cause_of_setting(key), "setting", key, values));
    }
    rows.extend(data_rows(&old.indicators, &new.indicators));
    rows.sort_by(|a, b| (a.cause, a.kind, &a.key).cmp(&(b.cause, b.kind, &b.key)));
    Ok(rows)
}

/// Whether documents may be read otherwise on the two sides, as far as their packages tell.
pub fn reads_otherwise(causes: &[CauseRow]) -> bool {
    causes.iter().any(|row| row.cause == Cause::Reading || row.kind == "version")
}

/// Whether documents may be weighed otherwise, were they the same.
pub fn weighs_otherwise(causes: &[CauseRow]) -> bool {
    causes.iter().any(|row| {
        row.kind == "version"
            || row.cause == Cause::Reading
                && (matches!(row.key.as_str(), "as_of" | "keep_duplicates" | "text.half_life_days")
                    || row.key.starts_with("sources."))
    })
}

/// Names whose values differ, with both values.
fn differing<'a>(
    old: &'a BTreeMap<String, String>,
    new: &'a BTreeMap<String, String>,
) -> Vec<(&'a str, (String, String))> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let value = |side: &BTreeMap<String, String>, key: &String| side.get(key).cloned().unwrap_or_default();
    let pairs = keys.into_iter().map(|key| (key.as_str(), (value(old, key), value(new, key))));
    pairs.filter(|(_, (old, new))| old != new).collect()
}

/// What an option acts through; none for those that lay out the tables, and for paths: what they hold is compared itself.
fn cause_of_option(key: &str) -> Option<Cause> {
    match key {
        "language" | "csv" | "parquet" | "out" | "corpus" | "data" | "model" => None,
        "draws" => Some(Cause::Model),
        _ => Some(Cause::Reading),
    }
}

fn cause_of_setting(key: &str) -> Cause {
    let is_of_reading =
        ["text.certainty.", "text.half_life_days", "sources."].iter().any(|start| key.starts_with(start));
    if is_of_reading { Cause::Reading } else { Cause::Model }
}

/// All settings of a model by name: `text.prior_strength`, `node.coercion.weight`.
fn settings(model: &Model) -> Result<BTreeMap<String, String>> {
    let written = serde_json::to_value(&model.settings)
        .map_err(|cause| Error::new(ErrorKind::Data, "the model cannot be written out").caused_by(cause))?;
    let mut flat = BTreeMap::new();
    for (section, value) in written.as_object().into_iter().flatten() {
        match value.as_array().filter(|_| section == "node") {
            Some(nodes) => {
                for node in nodes {
                    flatten(&format!("node.{}", node["code"].as_str().unwrap_or_default()), node, &mut flat);
                }
            }
            None => flatten(section, value, &mut flat),
        }
    }
    Ok(flat)
}

fn flatten(name: &str, value: &Value, flat: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| flatten(&format!("{name}.{key}"), value, flat))
        }
        Value::String(text) => {
            flat.insert(name.to_owned(), text.clone());
        }
        other => {
            flat.insert(name.to_owned(), other.to_string());
        }
    }
}

/// Structural rows whose value or source differs, in the periods that both runs have: the same data stand in every period, so those of a
/// period more or less are no other data.
fn data_rows(old: &[IndicatorRow], new: &[IndicatorRow]) -> Vec<CauseRow> {
    let by_key = |rows: &'_ [IndicatorRow]| -> BTreeMap<_, IndicatorRow> {
        let structural = rows.iter().filter(|row| row.basis == Basis::Structural);
        structural.map(|row| (row.key(), row.clone())).collect()
    };
    let (old, new) = (by_key(old), by_key(new));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut rows = Vec::new();
    let periods = |rows: &BTreeMap<(SectorId, CountryCode, Period, IndicatorId), IndicatorRow>| -> BTreeSet<Period> {
        rows.keys().map(|(_, _, period, _)| *period).collect()
    };
    let (periods_before, periods_now) = (periods(&old), periods(&new));
    for key in keys {
        let (before, now) = (old.get(key), new.get(key));
        let is_in_both = periods_before.contains(&key.2) && periods_now.contains(&key.2);
        if before == now || !is_in_both {
            continue;
        }
        let value = |row: Option<&IndicatorRow>| exact(row.and_then(|row| row.value));
        let source = |row: Option<&IndicatorRow>| row.map(|row| row.provenance.clone()).unwrap_or_default();
        let (sector, country, period, indicator) = key;
        let name = format!("{sector} {country} {period} {indicator}");
        let mut row = CauseRow::new(Cause::Structure, "row", &name, (value(before), value(now)));
        (row.source_old, row.source_new) = (source(before), source(now));
        rows.push(row);
    }
    rows
}
