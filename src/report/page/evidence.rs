//! The sentences behind the text indicators, and the documents that make them.
//!
//! `mentions.csv` may be larger than memory: the most telling mentions (weight × severity × certainty, then the newest, then the
//! order of the file) were chosen while it was written, and come first here. The words that state the measure are found within the sentence from the
//! byte where the sentence begins.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::facts::Texts;
use super::units::{Units, compact};
use crate::codes::{Granularity, Period};
use crate::error::Result;
use crate::pipeline::intake::Telling;
use crate::report::findings::Findings;
use crate::report::tables::{DocumentRow, stream};

/// Mentions a page holds.
pub const MOST_MENTIONS: usize = 50_000;

/// Characters of a sentence or a title that a page holds; the rest is in the tables.
const MOST_CHARACTERS: usize = 12_000;

/// What the page shows of `mentions.csv` and `documents.csv`.
pub struct Evidence {
    /// Mentions that are not shown.
    pub left_out: u64,
    /// Columns; documents, codes and sentences by number.
    pub json: Value,
}

/// A row of `mentions.csv`.
#[derive(Debug, Deserialize)]
struct MentionRow {
    date: String,
    channel: String,
    sector: String,
    material: String,
    origin: String,
    target: String,
    status: String,
    severity: f64,
    certainty: f64,
    weight: f64,
    start: usize,
    end: usize,
    lexeme: String,
    evidence: String,
    share: Option<f64>,
}

/// Where a mention stands ([`crate::report::tables::PLACE`]).
#[derive(Debug, Deserialize)]
struct Place {
    document: usize,
    sentence_start: Option<usize>,
}

/// A mention on its way; the least telling is the greatest.
struct Kept {
    row: MentionRow,
    number: u64,
    place: Place,
}

impl Kept {
    /// What the mention adds.
    fn force(&self) -> f64 {
        self.row.weight * self.row.severity * self.row.certainty
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let force = other.force().total_cmp(&self.force());
        force.then_with(|| other.row.date.cmp(&self.row.date)).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Kept {}

/// Gathers the mentions, the most telling first, with their documents.
///
/// # Errors
/// When a staged table cannot be read.
pub fn gather(findings: &Findings<'_>, telling: &Telling, units: &Units<'_>) -> Result<Evidence> {
    let mut places = Places::open(&telling.places)?;
    let (mut kept, mut number) = (Vec::new(), 0_u64);
    stream(&telling.mentions, |row: MentionRow| {
        if let Some(place) = places.following() {
            kept.push(Kept { row, number, place });
        }
        number += 1;
    })?;
    kept.sort_unstable();
    let left_out = findings.mentions - kept.len() as u64;
    let documents = documents(&telling.documents)?;
    Ok(Evidence { left_out, json: as_json(&kept, &documents, units) })
}

/// The table beside `mentions.csv`, row for row.
struct Places {
    rows: csv::DeserializeRecordsIntoIter<std::io::BufReader<fs_err::File>, Place>,
}

impl Places {
    fn open(path: &Path) -> Result<Self> {
        let file = fs_err::File::open(path).map_err(|cause| crate::error::Error::io(path, cause))?;
        Ok(Self { rows: csv::Reader::from_reader(std::io::BufReader::new(file)).into_deserialize() })
    }

    fn following(&mut self) -> Option<Place> {
        self.rows.next()?.ok()
    }
}

/// The documents of these mentions.
fn documents(path: &Path) -> Result<Vec<DocumentRow>> {
    let mut documents = Vec::new();
    stream(path, |row: DocumentRow| documents.push(row))?;
    Ok(documents)
}

fn as_json(kept: &[Kept], documents: &[DocumentRow], units: &Units<'_>) -> Value {
    let (mut codes, mut sentences, mut lexemes) = (Texts::default(), Texts::default(), Texts::default());
    let mut rows: Vec<Value> = Vec::with_capacity(kept.len());
    let periods = Periods::of(&units.periods());
    for one in kept {
        let row = &one.row;
        let sentence = row.evidence.as_str();
        let within = |byte: usize| byte.checked_sub(one.place.sentence_start?);
        let mark = within(row.start).zip(within(row.end)).and_then(|(start, end)| utf16(sentence, start, end));
        let mut code = |code: &str| codes.number(code.to_owned());
        rows.push(json!([
            one.place.document,
            periods.number(&row.date),
            code(&row.channel),
            code(&row.sector),
            code(&row.material),
            code(&row.origin),
            code(&row.target),
            code(&row.status),
            compact(Some(row.severity)),
            compact(Some(row.certainty)),
            compact(row.share),
            lexemes.number(row.lexeme.clone()),
            sentences.number(shortened(sentence)),
            mark.map(|mark| mark.0),
            mark.map(|mark| mark.1),
        ]));
    }
    let documents: Vec<Value> = documents.iter().map(document).collect();
    json!({
        "columns": ["document", "period", "channel", "sector", "material", "origin", "target", "status", "severity",
            "certainty", "share", "lexeme", "sentence", "from", "to"],
        "codes": codes.into_texts(),
        "lexemes": lexemes.into_texts(),
        "sentences": sentences.into_texts(),
        "documents": documents,
        "rows": rows,
    })
}

fn document(row: &DocumentRow) -> Value {
    json!([
        &row.doc_id,
        row.date,
        row.language,
        &row.publisher,
        shortened(&row.title),
        address(&row.url),
        compact(Some(row.weight)),
    ])
}

/// An address that a page may link: http or https, else nothing.
fn address(url: &str) -> Option<&str> {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://")).then_some(url)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Byte offsets as the offsets that a script counts in; nothing where they are not within the text.
fn utf16(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let length = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    let before = length(text.get(..start)?);
    let marked = length(text.get(start..end).filter(|marked| !marked.is_empty())?);
    Some((before, before + marked))
}

/// The periods shown, to find the one of a date.
struct Periods {
    granularity: Granularity,
    numbers: BTreeMap<Period, usize>,
}

impl Periods {
    fn of(periods: &[String]) -> Self {
        let numbers: BTreeMap<Period, usize> =
            periods.iter().enumerate().filter_map(|(number, text)| Some((text.parse().ok()?, number))).collect();
        let granularity = match numbers.keys().next_back() {
            Some(Period::Year(_)) => Granularity::Year,
            Some(Period::Quarter(..)) => Granularity::Quarter,
            Some(Period::Month(..)) => Granularity::Month,
            Some(Period::All) | None => Granularity::All,
        };
        Self { granularity, numbers }
    }

    fn number(&self, date: &str) -> Option<usize> {
        let date: Option<Date> = date.parse().ok();
        self.numbers.get(&Period::of(date, self.granularity)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_counts_as_scripts_count() {
        assert_eq!(utf16("Chine 🇨🇳 interdit", 0, 5), Some((0, 5)));
        let text = "é🇨🇳 bans";
        let start = text.find("bans").unwrap();
        assert_eq!(utf16(text, start, start + 4), Some((6, 10)));
        assert_eq!(utf16("é", 1, 2), None);
        assert_eq!(utf16("a", 0, 9), None);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(address("HTTPS://example.org/a"), Some("HTTPS://example.org/a"));
        for hostile in ["javascript:alert(1)", "data:text/html,x", "file:///etc", "", "//x", " https://x"] {
            assert_eq!(address(hostile), None, "{hostile}");
        }
    }
}
