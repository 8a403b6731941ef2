//! Rows as they wait: made on any thread, written out without being read again.

use csv::WriterBuilder;
use jiff::civil::Date;

use super::Documents;
use crate::corpus::Identified;
use crate::error::{Error, ErrorKind, Result};
use crate::extract::{Entity, Mention};
use crate::report::tables::{DocumentFacts, document_cells, entity_cells, mention_cells};

/// Column of the weight in `mentions.csv`.
const WEIGHT: usize = 13;
/// In place of the byte where a sentence begins, where that is not known.
const UNKNOWN: u64 = u64::MAX;

/// A document that was read, with its rows.
#[derive(Debug)]
pub struct Prepared {
    /// What it is.
    pub facts: DocumentFacts,
    /// What it states.
    pub mentions: Vec<Mention>,
    /// The key under which a cache is to keep it, where it is new there.
    pub key: Option<u128>,
    /// For each mention, where its row is parted, one after the other.
    pub(super) rows: Vec<(usize, usize)>,
    pub(super) mention_bytes: Vec<u8>,
    /// Its row, or the part of it that is known.
    pub(super) document_bytes: Vec<u8>,
    pub(super) entity_bytes: Vec<u8>,
}

impl Identified for Prepared {
    fn id(&self) -> &str {
        &self.facts.id
    }
}

impl Prepared {
    /// Writes the rows of a document, as `documents` and entities are wanted.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn of(
        facts: DocumentFacts,
        mentions: Vec<Mention>,
        entities: Option<&[Entity]>,
        documents: &Documents,
    ) -> Result<Self> {
        let (mut rows, mut mention_bytes) = (Vec::with_capacity(mentions.len()), Lines::new());
        for mention in &mentions {
            let cells = mention_cells(mention, 1.0);
            let head = mention_bytes.add(&cells[..WEIGHT])?;
            let tail = mention_bytes.add(&cells[WEIGHT + 1..])?;
            rows.push((head, tail));
        }
        let mut document_bytes = Lines::new();
        match documents {
            Documents::None => {}
            Documents::Kept => drop(document_bytes.add(&document_cells(&facts))?),
            Documents::Shard(_) => {
                let rest = [mentions.len().to_string(), facts.print.to_string()];
                document_bytes.add(&[document_cells(&facts).as_slice(), &rest].concat())?;
            }
        }
        let mut entity_bytes = Lines::new();
        for entity in entities.unwrap_or_default() {
            entity_bytes.add(&entity_cells(entity))?;
        }
        let [mention_bytes, document_bytes, entity_bytes] =
            [mention_bytes, document_bytes, entity_bytes].map(Lines::into_bytes);
        Ok(Self { facts, mentions, key: None, rows, mention_bytes, document_bytes, entity_bytes })
    }
}

/// CSV in memory.
struct Lines(Option<csv::Writer<Vec<u8>>>, usize);

impl Lines {
    fn new() -> Self {
        Self(None, 0)
    }

    /// Adds a line and says how long it is.
    fn add(&mut self, cells: &[String]) -> Result<usize> {
        let failed = |cause: csv::Error| Error::new(ErrorKind::Io, "a row cannot be written").caused_by(cause);
        let make = || WriterBuilder::new().flexible(true).buffer_capacity(1 << 10).from_writer(Vec::new());
        let writer = self.0.get_or_insert_with(make);
        writer.write_record(cells).map_err(failed)?;
        writer.flush().map_err(|cause| failed(cause.into()))?;
        let (before, after) = (self.1, writer.get_ref().len());
        self.1 = after;
        Ok(after - before)
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0.and_then(|writer| writer.into_inner().ok()).unwrap_or_default()
    }
}

/// What stands before the row of a mention while it waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct MentionHead {
    /// Number of its document, from 0.
    pub document: u32,
    /// Its document's day.
    pub day: i32,
    /// The byte where its sentence begins, where that is known.
    pub sentence_start: Option<u64>,
    /// As the table has it, rounded.
    pub severity: f64,
    /// As the table has it, rounded.
    pub certainty: f64,
    /// Bytes of the row before and after the weight; each ends with a line break, the first in place of a comma.
    pub parts: [u32; 2],
}

impl MentionHead {
    pub const BYTES: usize = 40;

    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&self.document.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.day.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.sentence_start.unwrap_or(UNKNOWN).to_le_bytes());
        bytes[16..24].copy_from_slice(&self.severity.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.certainty.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.parts[0].to_le_bytes());
        bytes[36..].copy_from_slice(&self.parts[1].to_le_bytes());
        bytes
    }

    pub fn decode(bytes: &[u8; Self::BYTES]) -> Self {
        let four = |at: usize| std::array::from_fn(|byte| bytes[at + byte]);
        let eight = |at: usize| std::array::from_fn(|byte| bytes[at + byte]);
        Self {
            document: u32::from_le_bytes(four(0)),
            day: i32::from_le_bytes(four(4)),
            sentence_start: Some(u64::from_le_bytes(eight(8))).filter(|start| *start != UNKNOWN),
            severity: f64::from_le_bytes(eight(16)),
            certainty: f64::from_le_bytes(eight(24)),
            parts: [u32::from_le_bytes(four(32)), u32::from_le_bytes(four(36))],
        }
    }
}

/// A day as a number that grows with it; the smallest for none.
pub(super) fn day_number(date: Option<Date>) -> i32 {
    date.map_or(i32::MIN, |date| (i32::from(date.year()) * 16 + i32::from(date.month())) * 32 + i32::from(date.day()))
}

/// What stands before the row of a document while it waits: its length, and the number of mentions.
pub(super) fn document_head(length: usize, mentions: usize) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
    bytes[4..].copy_from_slice(&(mentions as u32).to_le_bytes());
    bytes
}

/// The same back.
pub(super) fn of_document_head(bytes: [u8; 8]) -> (usize, u32) {
    let part = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
    (part(0) as usize, part(4))
}
