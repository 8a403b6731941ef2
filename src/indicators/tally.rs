//! [`Tally`]: what each document said, in a few dozen bytes.
//!
//! Per document: date, publisher, the sectors it mentions, and for every (sector, country, measure) the greatest
//! score of its mentions: a document counts once, however often it repeats itself. Text, sentences and lexemes are
//! gone: they are in `mentions.csv`. Columns are flat vectors; a document with three sectors and six statements takes
//! about 200 bytes, one with two statements 100. What a document weighs is decided later ([`super::weights`]), when
//! all near-duplicates are known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::measure::{self, Measure};
use crate::codes::{CountryCode, SectorId};
use crate::extract::mention::Mention;

/// One document as the tally takes it.
#[derive(Debug, Clone, Copy)]
pub struct DocumentSummary<'a> {
    /// Its date; without one it counts in period `all` only.
    pub date: Option<Date>,
    /// Its publisher, empty when unknown.
    pub publisher: &'a str,
    /// The sectors it mentions at all: it is one of their relevant documents. Those of its mentions are added.
    pub sectors: &'a [SectorId],
    /// Its mentions.
    pub mentions: &'a [Mention],
}

/// The greatest score of a document's mentions of one sector, country and measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statement {
    /// In [0, 1]; 0 where the country was only spoken of.
    pub score: f64,
    /// Index into [`Tally::sectors`].
    pub sector: u32,
    /// Number of mentions.
    pub mentions: u32,
    /// The country spoken of.
    pub country: CountryCode,
    /// What was said.
    pub measure: Measure,
}

/// What all documents said.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    sectors: Names<SectorId>,
    publishers: Names<String>,
    dates: Vec<Option<Date>>,
    publisher: Vec<u32>,
    /// Relevant sectors of all documents, one after the other; document `d` ends at `relevant_ends[d]`.
    relevant: Vec<u32>,
    relevant_ends: Vec<usize>,
    /// Statements likewise, inside a document in order of sector, country and measure.
    statements: Vec<Statement>,
    statement_ends: Vec<usize>,
}

/// One document, as the tally remembers it.
#[derive(Debug, Clone, Copy)]
pub struct Remembered<'a> {
    /// Its date.
    pub date: Option<Date>,
    /// Index into [`Tally::publishers`].
    pub publisher: u32,
    /// Its relevant sectors, as indices into [`Tally::sectors`].
    pub relevant: &'a [u32],
    /// What it says; statements of one sector and country stand together.
    pub statements: &'a [Statement],
}

impl Tally {
    /// A tally of no documents.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a document; its number is the number of documents added before it.
    pub fn add(&mut self, document: &DocumentSummary<'_>) {
        let named = document.sectors.iter().copied();
        let relevant: BTreeSet<_> = named.chain(document.mentions.iter().map(|mention| mention.sector)).collect();
        for sector in relevant {
            self.relevant.push(self.sectors.index(sector));
        }
        for ((sector, country, measure), (score, mentions)) in greatest(document.mentions) {
            let sector = self.sectors.index(sector);
            self.statements.push(Statement { score, sector, mentions, country, measure });
        }
        self.dates.push(document.date);
        self.publisher.push(self.publishers.index(document.publisher.to_owned()));
        self.relevant_ends.push(self.relevant.len());
        self.statement_ends.push(self.statements.len());
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// Whether no document was added.
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty()
    }

    /// The sectors that [`Statement::sector`] and [`Remembered::relevant`] point at.
    pub fn sectors(&self) -> &[SectorId] {
        &self.sectors.names
    }

    /// The publishers that [`Remembered::publisher`] points at.
    pub fn publishers(&self) -> &[String] {
        &self.publishers.names
    }

    /// The dates, in the order of the documents.
    pub fn dates(&self) -> &[Option<Date>] {
        &self.dates
    }

    /// The documents, in the order in which they were added.
    pub fn documents(&self) -> impl Iterator<Item = Remembered<'_>> {
        let (mut relevant_start, mut statement_start) = (0, 0);
        (0..self.len()).map(move |number| {
            let (relevant_end, statement_end) = (self.relevant_ends[number], self.statement_ends[number]);
            let remembered = Remembered {
                date: self.dates[number],
                publisher: self.publisher[number],
                relevant: &self.relevant[relevant_start..relevant_end],
                statements: &self.statements[statement_start..statement_end],
            };
            (relevant_start, statement_start) = (relevant_end, statement_end);
            remembered
        })
    }
}

/// Per sector, country and measure: the greatest score and the number of mentions.
fn greatest(mentions: &[Mention]) -> BTreeMap<(SectorId, CountryCode, Measure), (f64, u32)> {
    let mut found = BTreeMap::new();
    for mention in mentions {
        for (country, measure, score) in measure::statements(mention) {
            let (best, count): &mut (f64, u32) = found.entry((mention.sector, country, measure)).or_default();
            *best = best.max(score);
            *count = count.saturating_add(1);
        }
    }
    found
}

/// Names and their numbers, in order of first appearance.
#[derive(Debug, Clone)]
struct Names<T> {
    names: Vec<T>,
    numbers: BTreeMap<T, u32>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { names: Vec::new(), numbers: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Names<T> {
    fn index(&mut self, name: T) -> u32 {
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::codes::{Channel, Polarity, Status};

    /// A mention: channel, sector, origin, target (empty = none), status, severity.
    pub fn mention(channel: Channel, sector: &str, parties: (&str, &str), status: Status, severity: f64) -> Mention {
        let certainty = match status {
            Status::InForce => 1.0,
            Status::Announced => 0.8,
            Status::Threatened => 0.6,
            Status::Considered => 0.4,
            Status::Eased | Status::Denied => 0.0,
        };
        Mention {
            doc_id: "d".into(),
            date: None,
            language: "en".parse().unwrap(),
            publisher: "".into(),
            channel,
            sector: sector.parse().unwrap(),
            material: None,
            origin: parties.0.parse().ok(),
            target: parties.1.parse().ok(),
            status,
            polarity: Polarity::of(channel, status),
            severity,
            certainty,
            weight: 1.0,
            sentence: 0,
            start: 0,
            end: 0,
            lexeme: String::new(),
            evidence: String::new(),
            sentence_start: None,
            share: None,
        }
    }

    #[test]
    fn a_document_counts_once_at_its_greatest_score() {
        let solar = "solar".parse().unwrap();
        let mentions = [
            mention(Channel::Coercion, "solar", ("CHN", "USA"), Status::Announced, 0.5),
            mention(Channel::Coercion, "solar", ("CHN", "USA"), Status::InForce, 0.9),
            mention(Channel::ExportControls, "solar", ("CHN", ""), Status::Eased, 0.7),
        ];
        let mut tally = Tally::new();
        let document = DocumentSummary { date: None, publisher: "x", sectors: &[solar, solar], mentions: &mentions };
        tally.add(&document);
        let document = tally.documents().next().unwrap();
        assert_eq!((tally.len(), document.relevant, tally.sectors()), (1, &[0_u32][..], &[solar][..]));
        let said: Vec<_> =
            document.statements.iter().map(|s| (s.country.as_str(), s.measure, s.score, s.mentions)).collect();
        let expected = [
            ("CHN", Measure::Channel(Channel::ExportControls), 0.0, 1),
            ("CHN", Measure::Channel(Channel::Coercion), 0.9, 2),
            ("CHN", Measure::Easing, 0.7, 1),
            ("USA", Measure::Exposure, 1.0, 2),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_statement_is_small() {
        assert!(size_of::<Statement>() <= 24, "{}", size_of::<Statement>());
        assert!(size_of::<Option<Date>>() <= 8);
    }
}
