//! The tables of the contract: their columns, their rows, and how they are written and read back.

use std::borrow::Cow;
use std::path::Path;

use csv::StringRecord;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cells::{number, optional, text};
use crate::codes::{CountryCode, Language, SectorId};
use crate::dialect::{TableReader, guard};
use crate::error::{Error, ErrorKind, Result};
use crate::extract::{Entity, Mention};

/// Columns of `mentions.csv`.
pub const MENTIONS: [&str; 20] = [
    "doc_id",
    "date",
    "language",
    "publisher",
    "channel",
    "sector",
    "material",
    "origin",
    "target",
    "status",
    "polarity",
    "severity",
    "certainty",
    "weight",
    "sentence",
    "start",
    "end",
    "lexeme",
    "evidence",
    "share",
];
/// Columns of `documents.csv`.
pub const DOCUMENTS: [&str; 10] =
    ["doc_id", "date", "language", "publisher", "title", "url", "sectors", "cluster", "weight", "mentions"];
/// Columns of the documents of a shard, which other documents are still unknown to: near-duplicates are found by the fingerprint.
pub const SHARD_DOCUMENTS: [&str; 9] =
    ["doc_id", "date", "language", "publisher", "title", "url", "sectors", "mentions", "fingerprint"];
/// Columns of a table beside mentions, row for row: the row of the mention's document in the table of documents, from 0, and the byte
/// where its sentence begins, where that is known.
pub const PLACE: [&str; 2] = ["document", "sentence_start"];
/// Columns of the entities table.
pub const ENTITIES: [&str; 9] =
    ["doc_id", "kind", "code", "mentions", "first", "in_title", "in_lead", "salience", "about"];
/// Columns of `scores.csv`.
pub const SCORES: [&str; 15] = [
    "sector",
    "country",
    "period",
    "risk",
    "rank",
    "rank_low",
    "rank_high",
    "export_controls",
    "concentration",
    "coercion",
    "mitigation",
    "documents",
    "mentions",
    "coverage",
    "status",
];
/// Columns of `sectors.csv`.
pub const SECTORS: [&str; 11] = [
    "sector",
    "period",
    "risk",
    "hhi",
    "top_country",
    "top_share",
    "export_controls",
    "concentration",
    "coercion",
    "mitigation",
    "documents",
];

/// The first cells of a mention's row, which its document gives, as those of the document's own row.
pub fn source_cells<'a>(document: &DocumentFacts<'a>) -> [Cow<'a, str>; 4] {
    [
        guard(document.id),
        optional(document.date).into(),
        document.language.to_string().into(),
        guard(document.publisher),
    ]
}

/// The other cells of a mention's row, before and after its weight, which is known only after the last document.
pub fn mention_cells(mention: &Mention) -> ([String; 9], [String; 6]) {
    let before = [
        mention.channel.to_string(),
        mention.sector.to_string(),
        optional(mention.material),
        optional(mention.origin),
        optional(mention.target),
        mention.status.to_string(),
        mention.polarity.to_string(),
        number(mention.severity),
        number(mention.certainty),
    ];
    let after = [
        mention.sentence.to_string(),
        mention.start.to_string(),
        mention.end.to_string(),
        text(&mention.lexeme),
        text(&mention.evidence),
        mention.share.map_or_else(String::new, number),
    ];
    (before, after)
}

/// What the rows of a document say of it.
#[derive(Debug, Clone, Copy)]
pub struct DocumentFacts<'a> {
    /// Id.
    pub id: &'a str,
    /// Date.
    pub date: Option<Date>,
    /// Language, given or detected.
    pub language: Language,
    /// Publisher, empty when unknown.
    pub publisher: &'a str,
    /// Title.
    pub title: &'a str,
    /// Address, empty when unknown.
    pub url: &'a str,
}

/// The cells of a document after the first ([`source_cells`]), except what is known only after the last document: cluster and weight.
pub fn document_cells<'a>(document: &DocumentFacts<'a>, sectors: &[SectorId]) -> [Cow<'a, str>; 3] {
    let sectors = sectors.iter().map(SectorId::as_str).collect::<Vec<_>>().join(" ");
    [guard(document.title), guard(document.url), sectors.into()]
}

/// The cells of an entity after its document's id.
pub fn entity_cells(entity: &Entity) -> [String; 8] {
    [
        entity.kind.as_str().to_owned(),
        text(&entity.code),
        entity.mentions.to_string(),
        entity.first.to_string(),
        entity.in_title.to_string(),
        entity.in_lead.to_string(),
        number(entity.salience),
        entity.about.to_string(),
    ]
}

/// A row of `scores.csv`. Risk and pillars are 0–100, `None` where unknown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ScoreRow {
    /// Sector.
    pub sector: SectorId,
    /// Country.
    pub country: CountryCode,
    /// Period, as in files.
    pub period: String,
    /// The score.
    pub risk: Option<f64>,
    /// Rank among the units of the period whose coverage suffices; 1 is the riskiest.
    pub rank: Option<u32>,
    /// Best rank in 90 % of the draws.
    pub rank_low: Option<u32>,
    /// Worst rank in 90 % of the draws.
    pub rank_high: Option<u32>,
    /// Pillar.
    pub export_controls: Option<f64>,
    /// Pillar.
    pub concentration: Option<f64>,
    /// Pillar.
    pub coercion: Option<f64>,
    /// Reported beside the risk, not part of it.
    pub mitigation: Option<f64>,
    /// Documents that state something of the unit.
    pub documents: u32,
    /// Mentions of the unit.
    pub mentions: u32,
    /// Share of the model's weight that rests on data, 0–1.
    pub coverage: f64,
    /// What the score rests on.
    pub status: String,
}

impl ScoreRow {
    /// The row as cells.
    pub fn cells(&self) -> [String; 15] {
        [
            self.sector.to_string(),
            self.country.to_string(),
            self.period.clone(),
            number(self.risk),
            optional(self.rank),
            optional(self.rank_low),
            optional(self.rank_high),
            number(self.export_controls),
            number(self.concentration),
            number(self.coercion),
            number(self.mitigation),
            self.documents.to_string(),
            self.mentions.to_string(),
            number(self.coverage),
            self.status.clone(),
        ]
    }
}

/// A row of `sectors.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SectorRow {
    /// Sector.
    pub sector: SectorId,
    /// Period, as in files.
    pub period: String,
    /// Supply-weighted mean of the units' risks.
    pub risk: Option<f64>,
    /// Input-weighted mean of the inputs' HHI, 0–1; a lower bound where sets name only some countries.
    pub hhi: Option<f64>,
    /// The country with the greatest supply share.
    pub top_country: Option<CountryCode>,
    /// Its share, 0–1.
    pub top_share: Option<f64>,
    /// Pillar.
    pub export_controls: Option<f64>,
    /// Pillar.
    pub concentration: Option<f64>,
    /// Pillar.
    pub coercion: Option<f64>,
    /// Reported beside the risk.
    pub mitigation: Option<f64>,
    /// Documents that mention the sector.
    pub documents: u32,
}

impl SectorRow {
    /// The row as cells.
    pub fn cells(&self) -> [String; 11] {
        [
            self.sector.to_string(),
            self.period.clone(),
            number(self.risk),
            number(self.hhi),
            optional(self.top_country),
            number(self.top_share),
            number(self.export_controls),
            number(self.concentration),
            number(self.coercion),
            number(self.mitigation),
            self.documents.to_string(),
        ]
    }
}

/// A row of `documents.csv` as read back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DocumentRow {
    /// Document id.
    pub doc_id: String,
    /// Date, empty when unknown.
    pub date: String,
    /// Language, given or detected.
    pub language: String,
    /// Publisher, empty when unknown.
    pub publisher: String,
    /// Title, empty when there is none.
    pub title: String,
    /// Address, empty when unknown.
    pub url: String,
    /// Codes of the sectors it mentions, with blanks between.
    pub sectors: String,
    /// Near-duplicates share it; empty for a document without words, and where duplicates are kept apart.
    pub cluster: String,
    /// Weight, 0–1 unless sources are weighted above 1.
    pub weight: f64,
    /// Mentions it makes.
    pub mentions: u64,
}

/// A row of `mentions.csv` as read back: what `explain` shows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MentionRow {
    /// Document id.
    pub doc_id: String,
    /// Date, empty when unknown.
    pub date: String,
    /// Publisher, empty when unknown.
    pub publisher: String,
    /// Channel.
    pub channel: String,
    /// Sector.
    pub sector: SectorId,
    /// Material.
    pub material: Option<String>,
    /// Acting country.
    pub origin: Option<CountryCode>,
    /// Country aimed at.
    pub target: Option<CountryCode>,
    /// Status.
    pub status: String,
    /// Gravity, 0–1.
    pub severity: f64,
    /// Certainty, 0–1.
    pub certainty: f64,
    /// Weight of the document, 0–1.
    pub weight: f64,
    /// Entry and rules.
    pub lexeme: String,
    /// The sentence.
    pub evidence: String,
}

/// Reads a report table, each fault with its line.
///
/// # Errors
/// When the file is missing or a row does not fit.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    stream(path, |row| rows.push(row))?;
    Ok(rows)
}

/// Hands over a report table row by row, for tables that memory may not hold. The table may be in any dialect and language
/// that we write, and a spreadsheet may have saved it since.
///
/// # Errors
/// When the file is missing or a row does not fit.
pub fn stream<T: DeserializeOwned>(path: &Path, mut each: impl FnMut(T)) -> Result<()> {
    stream_while(path, |row| {
        each(row);
        true
    })
}

/// As [`stream`], as long as `each` asks for more.
///
/// # Errors
/// When the file is missing or a row does not fit.
pub fn stream_while<T: DeserializeOwned>(path: &Path, mut each: impl FnMut(T) -> bool) -> Result<()> {
    let mut reader = TableReader::open(path)?;
    let columns = reader.columns().clone();
    let mut row = StringRecord::new();
    while reader.next_row(&mut row)? {
        let found = row.deserialize(Some(&columns)).map_err(|cause| {
            let line = row.position().map_or(0, csv::Position::line);
            Error::new(ErrorKind::Format, what_does_not_fit(&cause))
                .at_line(path, line)
                .hint("the table does not have the columns of this version: run `goulet run` again")
        })?;
        if !each(found) {
            break;
        }
    }
    Ok(())
}

/// The reason alone: where the row stands is said already.
fn what_does_not_fit(cause: &csv::Error) -> String {
    match cause.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => cause.to_string(),
    }
}
