//! Which documents are new, gone, changed or read otherwise, and what each stated of whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::folder::Folder;
use crate::codes::{Channel, CountryCode, Granularity, Period, Polarity, SectorId, Status};
use crate::error::Result;
use crate::indicators::Measure;
use crate::indicators::measure::Stated;
use crate::pipeline::score::Unit;
use crate::report::tables::{DocumentRow, stream};

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// In the new run only.
    New,
    /// In the old run only.
    Gone,
    /// The text, or what is known of it, differs.
    Changed,
    /// The same document, read otherwise: another lexicon, model or version.
    Reread,
    /// The same document and statements, another weight.
    Reweighted,
}

impl What {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Reread => "reread",
            Self::Reweighted => "reweighted",
        }
    }

    /// Whether the change lies in the documents themselves, not in how they are read.
    pub fn is_of_documents(self) -> bool {
        matches!(self, Self::New | Self::Gone | Self::Changed)
    }
}

/// A document that is not the same on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentChange {
    /// What became of it.
    pub what: What,
    /// Its row in the old run.
    pub old: Option<DocumentRow>,
    /// Its row in the new run.
    pub new: Option<DocumentRow>,
    /// The columns that differ, `statements` where its mentions do.
    pub fields: Vec<&'static str>,
}

impl DocumentChange {
    /// The row that describes it: the new one where there is one.
    pub fn row(&self) -> Option<&DocumentRow> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.row().map_or("", |row| row.doc_id.as_str())
    }
}

/// A row of `mentions.csv`, as far as a comparison needs it.
#[derive(Debug, Deserialize)]
struct MentionFact {
    doc_id: String,
    date: String,
    channel: Channel,
    sector: SectorId,
    material: Option<String>,
    origin: Option<CountryCode>,
    target: Option<CountryCode>,
    status: Status,
    polarity: Polarity,
    severity: f64,
    certainty: f64,
    weight: f64,
    sentence: u32,
    lexeme: String,
    evidence: String,
}

impl MentionFact {
    /// All it states, without the document's weight.
    fn line(&self) -> String {
        format!(
            "{:?}",
            (
                (self.channel, self.sector, &self.material, self.origin, self.target, self.status),
                (self.polarity, self.severity.to_bits(), self.certainty.to_bits()),
                (self.sentence, &self.lexeme, &self.evidence)
            )
        )
    }

    fn scores(&self) -> impl Iterator<Item = (CountryCode, Measure, f64)> + use<> {
        Stated {
            channel: self.channel,
            origin: self.origin,
            target: self.target,
            status: self.status,
            polarity: self.polarity,
            severity: self.severity,
            certainty: self.certainty,
        }
        .scores()
    }
}

/// A document's row in the old and in the new run.
type Sides<'a> = (Option<&'a DocumentRow>, Option<&'a DocumentRow>);

/// The documents that differ, in order of what became of them, then of their id.
///
/// A document is known by its id (the n-th of that id where there are several). Where its statements differ and the
/// way of reading is the same on both sides, the document has changed; where the way of reading differs too, it has
/// changed only if the inputs or its own particulars did, and was read otherwise if not.
///
/// # Errors
/// When `mentions.csv` of a side cannot be read.
pub fn changes(old: &Folder, new: &Folder, reads_otherwise: bool) -> Result<Vec<DocumentChange>> {
    let (said_before, said_now) = (fingerprints(&old.mentions())?, fingerprints(&new.mentions())?);
    let mut rows: BTreeMap<(&str, u32), Sides<'_>> = BTreeMap::new();
    for (id, row) in numbered(&old.documents) {
        rows.entry(id).or_default().0 = Some(row);
    }
    for (id, row) in numbered(&new.documents) {
        rows.entry(id).or_default().1 = Some(row);
    }
    let same_inputs = old.input_hashes() == new.input_hashes();
    let mut changes = Vec::new();
    for ((id, _), (before, now)) in rows {
        let mut fields = Vec::new();
        let what = match (before, now) {
            (None, _) => What::New,
            (_, None) => What::Gone,
            (Some(before), Some(now)) => {
                fields = differing(before, now);
                let particulars = fields.iter().any(|field| *field != "weight");
                if said_before.get(id) != said_now.get(id) {
                    fields.push("statements");
                }
                let has_changed = particulars && !(reads_otherwise && same_inputs);
                match fields.as_slice() {
                    [] => continue,
                    ["weight"] => What::Reweighted,
                    _ if has_changed || !reads_otherwise => What::Changed,
                    _ => What::Reread,
                }
            }
        };
        changes.push(DocumentChange { what, old: before.cloned(), new: now.cloned(), fields });
    }
    changes.sort_by(|a, b| (a.what, a.id()).cmp(&(b.what, b.id())));
    Ok(changes)
}

/// Documents with their id and its how-manieth they are.
fn numbered(documents: &[DocumentRow]) -> impl Iterator<Item = ((&str, u32), &DocumentRow)> {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    documents.iter().map(move |row| {
        let count = seen.entry(&row.doc_id).or_default();
        *count += 1;
        ((row.doc_id.as_str(), *count), row)
    })
}

/// The columns that differ. Clusters are named by their members, so a new twin renames them: they are not compared.
fn differing(before: &DocumentRow, now: &DocumentRow) -> Vec<&'static str> {
    let pairs = [
        ("date", before.date != now.date),
        ("language", before.language != now.language),
        ("publisher", before.publisher != now.publisher),
        ("title", before.title != now.title),
        ("url", before.url != now.url),
        ("weight", before.weight != now.weight),
    ];
    pairs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// One number for all that a document states, weights aside.
fn fingerprints(mentions: &Path) -> Result<BTreeMap<String, u64>> {
    let mut prints: BTreeMap<String, u64> = BTreeMap::new();
    stream(mentions, |fact: MentionFact| {
        let line = fact.line();
        let print = prints.entry(fact.doc_id).or_default();
        *print = xxh3_64_with_seed(line.as_bytes(), *print);
    })?;
    Ok(prints)
}

/// What one document states of a unit, on one side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stating {
    /// `w_d m_d`: the document's weight times the greatest score of its statements.
    pub evidence: f64,
    /// The sentences that state it, by number.
    pub sentences: BTreeSet<u32>,
}

/// What documents state of units: (document, unit, measure) → evidence.
pub type Statements = BTreeMap<(String, Unit, Measure), Stating>;

/// What the documents of `wanted` state in one folder.
///
/// # Errors
/// When `mentions.csv` cannot be read.
pub fn statements(folder: &Folder, wanted: &BTreeSet<&str>) -> Result<Statements> {
    let granularity: Granularity = folder.granularity()?;
    let mut found = Statements::new();
    stream(&folder.mentions(), |fact: MentionFact| {
        if !wanted.contains(fact.doc_id.as_str()) {
            return;
        }
        let Some(period) = Period::of(fact.date.parse().ok(), granularity) else { return };
        for (country, measure, score) in fact.scores() {
            let stating = found.entry((fact.doc_id.clone(), (period, fact.sector, country), measure)).or_default();
            stating.evidence = stating.evidence.max(fact.weight * score);
            stating.sentences.insert(fact.sentence);
        }
    })?;
    Ok(found)
}

/// One document's part in the evidence of a unit, on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceChange {
    /// The unit.
    pub unit: Unit,
    /// What is stated.
    pub measure: Measure,
    /// The document.
    pub doc_id: String,
    /// What became of the document.
    pub what: What,
    /// On the old side.
    pub old: Stating,
    /// On the new side.
    pub new: Stating,
}

/// What the changed documents state of whom, before and now; what is the same on both sides is left out.
///
/// # Errors
/// When `mentions.csv` of a side cannot be read.
pub fn evidence(old: &Folder, new: &Folder, changes: &[DocumentChange]) -> Result<Vec<EvidenceChange>> {
    let whats: BTreeMap<&str, What> = changes.iter().rev().map(|change| (change.id(), change.what)).collect();
    let wanted: BTreeSet<&str> = whats.keys().copied().collect();
    let (mut before, mut now) = (statements(old, &wanted)?, statements(new, &wanted)?);
    let keys: BTreeSet<_> = before.keys().chain(now.keys()).cloned().collect();
    let mut all = Vec::new();
    for key in keys {
        let (old, new) = (before.remove(&key).unwrap_or_default(), now.remove(&key).unwrap_or_default());
        let (doc_id, unit, measure) = key;
        if old != new {
            all.push(EvidenceChange { unit, measure, what: whats[doc_id.as_str()], doc_id, old, new });
        }
    }
    all.sort_by(|a, b| (a.unit, a.measure, a.what, &a.doc_id).cmp(&(b.unit, b.measure, b.what, &b.doc_id)));
    Ok(all)
}
