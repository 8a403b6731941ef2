//! [`Tally`]: what each document said, in a few dozen bytes on disk.
//!
//! Per document: date, publisher, the sectors it mentions, and for every (sector, country, measure) the greatest
//! score of its mentions: a document counts once, however often it repeats itself. Text, sentences and lexemes are
//! gone: they are in `mentions.csv`. What a document weighs is decided later ([`super::weights`]), when all near-duplicates
//! are known. Memory holds the names of sectors and publishers, the number of documents of each day, and a place in the file
//! for every few thousand documents.

mod document;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rayon::prelude::*;

use super::measure::{self, Measure};
use crate::codes::{CountryCode, SectorId};
use crate::error::Result;
use crate::extract::mention::Mention;
use crate::spool::Spool;

pub use document::Block;

/// Documents of a block.
const BLOCK: u32 = 2_048;

/// One document as the tally takes it.
#[derive(Debug, Clone, Copy)]
pub struct DocumentSummary<'a> {
    /// Its date; without one it counts in period `all` only.
    pub date: Option<Date>,
    /// Its publisher, empty when unknown.
    pub publisher: &'a str,
    /// What it says.
    pub says: &'a Summed,
}

/// What a document says, whoever published it: summed up once for all documents with the same words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summed {
    /// The sectors it mentions at all, in order of code: it is one of their relevant documents.
    pub sectors: Vec<SectorId>,
    /// What it says of each sector and country, in this order and that of measures.
    pub statements: Vec<Greatest>,
}

/// The greatest score of a document's mentions of one sector, country and measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Greatest {
    /// The sector.
    pub sector: SectorId,
    /// The country spoken of.
    pub country: CountryCode,
    /// What was said.
    pub measure: Measure,
    /// In [0, 1]; 0 where the country was only spoken of.
    pub score: f64,
    /// Number of mentions.
    pub mentions: u32,
}

impl Summed {
    /// The sum of a document's mentions; the sectors are those that it names beside the mentions'.
    pub fn of(sectors: &[SectorId], mentions: &[Mention]) -> Self {
        let sectors: BTreeSet<_> =
            sectors.iter().copied().chain(mentions.iter().map(|mention| mention.sector)).collect();
        Self { sectors: sectors.into_iter().collect(), statements: greatest(mentions) }
    }
}

/// A [`Greatest`] as the tally keeps it.
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
#[derive(Debug)]
pub struct Tally {
    folder: PathBuf,
    sectors: Names<SectorId>,
    publishers: Names<String>,
    days: BTreeMap<Date, u64>,
    documents: u32,
    /// The documents, as [`document`] writes them.
    spool: Spool,
    /// Where each block of [`BLOCK`] documents begins.
    blocks: Vec<u64>,
}

/// One document, as the tally remembers it.
#[derive(Debug, Clone, Copy)]
pub struct Remembered<'a> {
    /// Its number, from 0 in the order in which documents were added.
    pub number: u32,
    /// Its date.
    pub date: Option<Date>,
    /// Index into [`Tally::publishers`].
    pub publisher: u32,
    /// Its relevant sectors, as indices into [`Tally::sectors`].
    pub relevant: &'a [u32],
    /// What it says; statements of one sector and country stand together.
    pub statements: &'a [Statement],
    /// All of this as it was written, for [`Block::of`].
    pub bytes: &'a [u8],
}

impl Tally {
    /// A tally of no documents; what does not fit memory goes to `folder`.
    pub fn within(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            sectors: Names::default(),
            publishers: Names::default(),
            days: BTreeMap::new(),
            documents: 0,
            spool: Spool::within(folder),
            blocks: Vec::new(),
        }
    }

    /// Adds a document; its number is the number of documents added before it.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, document: &DocumentSummary<'_>) -> Result<()> {
        let relevant: Vec<u32> = document.says.sectors.iter().map(|sector| self.sectors.index(sector)).collect();
        let statement = |of: &Greatest| {
            let Greatest { country, measure, score, mentions, .. } = *of;
            Statement { score, sector: self.sectors.index(&of.sector), mentions, country, measure }
        };
        let statements: Vec<Statement> = document.says.statements.iter().map(statement).collect();
        let publisher = self.publishers.index(document.publisher);
        if let Some(day) = document.date {
            *self.days.entry(day).or_default() += 1;
        }
        if self.documents.is_multiple_of(BLOCK) {
            self.blocks.push(self.spool.len());
        }
        self.documents += 1;
        self.spool.write(&document::encoded(document.date, publisher, &relevant, &statements))
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.documents as usize
    }

    /// Whether no document was added.
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// Where what does not fit memory goes.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The sectors that [`Statement::sector`] and [`Remembered::relevant`] point at.
    pub fn sectors(&self) -> &[SectorId] {
        &self.sectors.names
    }

    /// The publishers that [`Remembered::publisher`] points at.
    pub fn publishers(&self) -> &[String] {
        &self.publishers.names
    }

    /// Number of documents of each day.
    pub fn days(&self) -> &BTreeMap<Date, u64> {
        &self.days
    }

    /// The documents in blocks, in the order in which they were added.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = Result<Block>> {
        (0..self.blocks.len()).map(|number| self.block(number))
    }

    fn block(&self, number: usize) -> Result<Block> {
        let start = self.blocks[number];
        let end = self.blocks.get(number + 1).copied().unwrap_or(self.spool.len());
        let mut bytes = vec![0; (end - start) as usize];
        self.spool.read_at(start, &mut bytes)?;
        let first = number as u32 * BLOCK;
        Ok(Block::of(bytes, first, BLOCK.min(self.documents - first)))
    }

    /// Goes through all blocks on all threads, each with what `begin` gives it and a run of blocks of its own; the results are in order.
    ///
    /// # Errors
    /// The first that `each` gives, or when the file cannot be read.
    pub fn gather<T: Send>(
        &self,
        begin: impl Fn() -> T + Sync,
        each: impl Fn(&mut T, Block) -> Result<()> + Sync,
    ) -> Result<Vec<T>> {
        let all: Vec<usize> = (0..self.blocks.len()).collect();
        let runs = all.par_chunks(all.len().div_ceil(rayon::current_num_threads()).max(1));
        let gathered = runs.map(|run| {
            let mut gathered = begin();
            run.iter().try_for_each(|number| each(&mut gathered, self.block(*number)?))?;
            Ok(gathered)
        });
        gathered.collect()
    }
}

/// Per sector, country and measure, in this order: the greatest score and the number of mentions.
fn greatest(mentions: &[Mention]) -> Vec<Greatest> {
    let mut found = BTreeMap::new();
    for mention in mentions {
        for (country, measure, score) in measure::statements(mention) {
            let (best, count): &mut (f64, u32) = found.entry((mention.sector, country, measure)).or_default();
            *best = best.max(score);
            *count = count.saturating_add(1);
        }
    }
    let greatest =
        |((sector, country, measure), (score, mentions))| Greatest { sector, country, measure, score, mentions };
    found.into_iter().map(greatest).collect()
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
    fn index<Q: Ord + ToOwned<Owned = T> + ?Sized>(&mut self, name: &Q) -> u32
    where
        T: Borrow<Q>,
    {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

#[cfg(test)]
pub(crate) mod tests {
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
        let mut tally = Tally::within(&std::env::temp_dir());
        let date = Some(jiff::civil::date(2024, 2, 29));
        let document = DocumentSummary { date, publisher: "x", says: &Summed::of(&[solar, solar], &mentions) };
        tally.add(&document).unwrap();
        let mut block = tally.blocks().next().unwrap().unwrap();
        let document = block.next_document().unwrap();
        assert_eq!((document.number, document.date, document.publisher), (0, date, 0));
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
    }

    #[test]
    fn documents_keep_their_order_across_blocks() {
        let mut tally = Tally::within(&std::env::temp_dir());
        let publishers: Vec<String> = (0..2 * BLOCK + 3).map(|number| number.to_string()).collect();
        for publisher in &publishers {
            tally.add(&DocumentSummary { date: None, publisher, says: &Summed::default() }).unwrap();
        }
        let names = |names: &mut Vec<String>, mut block: Block| {
            while let Some(document) = block.next_document() {
                assert_eq!(document.number, document.publisher);
                names.push(tally.publishers()[document.publisher as usize].clone());
            }
            Ok(())
        };
        assert_eq!(tally.gather(Vec::new, names).unwrap().concat(), publishers);
        assert_eq!(tally.blocks().len(), 3);
    }
}
