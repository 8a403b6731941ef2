//! The files of `goulet diff`. Risks and parts have all their digits, so that the parts add up to the change.

use serde_json::{Value, json};

use super::causes::{Cause, CauseRow};
use super::documents::{DocumentChange, EvidenceChange};
use super::folder::Folder;
use super::{Diff, Fate, UnitChange};
use crate::error::Result;
use crate::report::cells::{exact, optional, text};
use crate::report::outbox::{Outbox, csv_bytes};
use crate::report::tables::{DocumentRow, ScoreRow};

/// Columns of `changes.csv`.
pub const CHANGES: [&str; 17] = [
    "sector",
    "country",
    "period",
    "what",
    "risk_old",
    "risk_new",
    "change",
    "documents",
    "reading",
    "structure",
    "model",
    "rest",
    "main_cause",
    "rank_old",
    "rank_new",
    "status_old",
    "status_new",
];

/// Columns of `documents_changed.csv`.
pub const DOCUMENTS: [&str; 10] = [
    "doc_id",
    "what",
    "fields",
    "date",
    "publisher",
    "title",
    "weight_old",
    "weight_new",
    "mentions_old",
    "mentions_new",
];

/// Columns of `evidence_changed.csv`.
pub const EVIDENCE: [&str; 10] = [
    "sector",
    "country",
    "period",
    "measure",
    "doc_id",
    "what",
    "sentences_old",
    "sentences_new",
    "evidence_old",
    "evidence_new",
];

/// Columns of `causes.csv`.
pub const CAUSES: [&str; 7] = ["cause", "kind", "key", "old", "new", "source_old", "source_new"];

/// Writes every table.
///
/// # Errors
/// When a file cannot be written.
pub fn write(outbox: &mut Outbox, diff: &Diff) -> Result<()> {
    outbox.csv("changes.csv", &CHANGES, diff.units.iter().map(change_cells))?;
    outbox.csv("documents_changed.csv", &DOCUMENTS, diff.documents.iter().map(document_cells))?;
    outbox.csv("evidence_changed.csv", &EVIDENCE, diff.evidence.iter().map(evidence_cells))?;
    outbox.csv("causes.csv", &CAUSES, diff.causes.iter().map(cause_cells))
}

/// `changes.csv` in memory.
///
/// # Errors
/// Never in practice: writing to memory.
pub fn changes(diff: &Diff) -> Result<Vec<u8>> {
    csv_bytes(CHANGES, diff.units.iter().map(change_cells))
}

fn change_cells(unit: &UnitChange) -> Vec<String> {
    let (period, sector, country) = unit.unit;
    let rank = |row: &Option<ScoreRow>| optional(row.as_ref().and_then(|row| row.rank));
    let status = |row: &Option<ScoreRow>| row.as_ref().map(|row| row.status.clone()).unwrap_or_default();
    let mut cells = vec![sector.to_string(), country.to_string(), period.to_string(), unit.fate.as_str().to_owned()];
    cells.extend([unit.risk[0], unit.risk[1], unit.change()].map(exact));
    cells.extend(Cause::ALL.map(|cause| exact(unit.parts.map(|parts| parts[cause as usize]))));
    cells.push(unit.main_cause().map(|cause| cause.as_str().to_owned()).unwrap_or_default());
    cells.extend([rank(&unit.old), rank(&unit.new), status(&unit.old), status(&unit.new)]);
    cells
}

fn document_cells(change: &DocumentChange) -> Vec<String> {
    let known = |cell: fn(&DocumentRow) -> &str| text(change.row().map_or("", cell));
    let weight = |row: &Option<DocumentRow>| exact(row.as_ref().map(|row| row.weight));
    let mentions = |row: &Option<DocumentRow>| optional(row.as_ref().map(|row| row.mentions));
    vec![
        text(change.id()),
        change.what.as_str().to_owned(),
        change.fields.join(" "),
        known(|row| &row.date),
        known(|row| &row.publisher),
        known(|row| &row.title),
        weight(&change.old),
        weight(&change.new),
        mentions(&change.old),
        mentions(&change.new),
    ]
}

fn evidence_cells(change: &EvidenceChange) -> Vec<String> {
    let (period, sector, country) = change.unit;
    vec![
        sector.to_string(),
        country.to_string(),
        period.to_string(),
        change.measure.name().to_owned(),
        text(&change.doc_id),
        change.what.as_str().to_owned(),
        change.old.sentences.len().to_string(),
        change.new.sentences.len().to_string(),
        exact(change.old.evidence),
        exact(change.new.evidence),
    ]
}

fn cause_cells(row: &CauseRow) -> Vec<String> {
    let texts = [&row.key, &row.old, &row.new, &row.source_old, &row.source_new].map(|cell| text(cell));
    [vec![row.cause.as_str().to_owned(), row.kind.to_owned()], texts.to_vec()].concat()
}

/// As JSON, with the `most` units that moved farthest.
pub fn json(diff: &Diff, most: usize) -> Value {
    let count = |fate: Fate| diff.of_fate(fate).count();
    json!({
        "nothing_changed": diff.is_empty(),
        "old": side(&diff.old),
        "new": side(&diff.new),
        "units": {
            "moved": count(Fate::Moved), "new": count(Fate::New), "gone": count(Fate::Gone), "same": count(Fate::Same),
        },
        "moved": diff.of_fate(Fate::Moved).take(most).map(unit_json).collect::<Vec<_>>(),
        "documents": diff.documents.iter().map(|change| json!({
            "doc_id": change.id(), "what": change.what.as_str(), "fields": change.fields,
        })).collect::<Vec<_>>(),
        "causes": diff.causes.iter().map(|row| json!({
            "cause": row.cause.as_str(), "kind": row.kind, "key": row.key, "old": row.old, "new": row.new,
        })).collect::<Vec<_>>(),
    })
}

fn side(folder: &Folder) -> Value {
    json!({
        "folder": folder.path.to_string_lossy(), "version": folder.version, "documents": folder.documents.len(),
        "units": folder.scores.len(), "data": folder.data, "data_hash": folder.data_hash, "model": folder.model_file,
    })
}

fn unit_json(unit: &UnitChange) -> Value {
    let (period, sector, country) = unit.unit;
    let rank = |row: &Option<ScoreRow>| row.as_ref().and_then(|row| row.rank);
    let parts = unit.parts.map(|parts| {
        Cause::ALL.map(|cause| (cause.as_str().to_owned(), json!(parts[cause as usize]))).into_iter().collect()
    });
    json!({
        "sector": sector, "country": country, "period": period.to_string(),
        "risk_old": unit.risk[0], "risk_new": unit.risk[1], "change": unit.change(),
        "parts": parts.map(Value::Object), "main_cause": unit.main_cause().map(Cause::as_str),
        "rank_old": rank(&unit.old), "rank_new": rank(&unit.new),
    })
}
