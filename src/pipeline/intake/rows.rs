//! Rows as they wait: made on any thread, written out without being read again.

use std::borrow::Cow;
use std::mem::take;
use std::ops::Range;
use std::sync::Arc;

use csv::WriterBuilder;
use jiff::civil::Date;
use xxhash_rust::xxh3::xxh3_64;

use super::Documents;
use crate::codes::Language;
use crate::corpus::{Fingerprint, Identified};
use crate::error::{Error, ErrorKind, Result};
use crate::extract::{Mention, Reading};
use crate::pipeline::said::Said;
use crate::report::cells;
use crate::report::tables::{DocumentFacts, document_cells, entity_cells, mention_cells, source_cells};
use crate::spool::{Block, Packing};

/// Documents of a draft that is full.
const MOST: u32 = 256;
/// Bytes of a draft that is full.
const ENOUGH: usize = 1 << 18;
/// In place of the byte where a sentence begins, where that is not known.
const UNKNOWN: u64 = u64::MAX;

/// The rows of what a document said, without what tells the document.
#[derive(Debug, Default)]
pub struct Rows {
    /// The mentions' ([`MentionHead`]).
    mentions: Vec<u8>,
    count: u32,
    /// The entities', one after the other.
    entities: Vec<u8>,
    /// Where each ends.
    entity_ends: Vec<usize>,
}

impl Rows {
    /// The rows of what was read.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn of(reading: &Reading) -> Result<Self> {
        let mut rows = Self { count: reading.mentions.len() as u32, ..Self::default() };
        if reading.mentions.is_empty() && reading.entities.is_empty() {
            return Ok(rows);
        }
        let mut lines = Lines::new();
        for mention in &reading.mentions {
            let (before, after) = mention_cells(mention);
            let before = lines.row(before.iter())?.to_owned();
            let after = lines.row(after.iter())?;
            rows.mentions.extend(MentionHead::of(mention, [before.len(), after.len() + 1]).encode());
            extend_with_cells(&mut rows.mentions, &before);
            rows.mentions.push(b',');
            rows.mentions.extend_from_slice(after);
        }
        for entity in &reading.entities {
            rows.entities.extend_from_slice(lines.row(entity_cells(entity).iter())?);
            rows.entity_ends.push(rows.entities.len());
        }
        Ok(rows)
    }

    /// Bytes of memory, nearly.
    pub fn size(&self) -> usize {
        self.mentions.len() + self.entities.len() + size_of_val(self.entity_ends.as_slice())
    }
}

/// Adds part of a row, with a comma in place of the line break at its end.
fn extend_with_cells(bytes: &mut Vec<u8>, line: &[u8]) {
    bytes.extend_from_slice(&line[..line.len().saturating_sub(1)]);
    bytes.push(b',');
}

/// A document that was read; its rows are in the [`Draft`] of its batch.
#[derive(Debug)]
pub struct Prepared {
    /// Id.
    pub id: String,
    /// Date.
    pub date: Option<Date>,
    /// Language, given or detected.
    pub language: Language,
    /// Publisher, empty when unknown.
    pub publisher: String,
    /// What near-duplicates share.
    pub print: Arc<Fingerprint>,
    /// What it states.
    pub said: Arc<Said>,
    /// The key under which a cache is to keep it, where it is new there.
    pub key: Option<Box<u128>>,
    /// Where its rows are.
    pub placed: Placed,
}

/// Where the rows of a document are in the [`Draft`] of its batch.
#[derive(Debug)]
pub struct Placed {
    /// Its place in the batch.
    pub(super) place: u32,
    /// A hash of its id, where documents are kept.
    pub(super) id: u64,
    /// Its rows that go to finished tables: those of a shard, those of entities.
    finished: Option<Box<[Range<usize>; 2]>>,
}

impl Placed {
    /// Its rows among those of its batch that go to a finished table.
    pub(super) fn rows_of<'b>(&self, batch: &'b [u8], which: usize) -> &'b [u8] {
        self.finished.as_ref().map_or(&[], |finished| &batch[finished[which].clone()])
    }
}

impl Identified for Prepared {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Makes drafts.
#[derive(Debug, Clone)]
pub struct Drafting {
    pub(super) documents: Documents,
    /// Whether rows of entities are wanted.
    pub(super) entities: bool,
    /// For mentions and documents.
    pub(super) packing: [Packing; 2],
}

impl Drafting {
    /// An empty draft.
    pub fn begin(&self) -> Draft<'_> {
        Draft {
            drafting: self,
            lines: Lines::new(),
            documents: 0,
            mentions: Vec::new(),
            waiting: Vec::new(),
            shard: Vec::new(),
            entities: Vec::new(),
        }
    }
}

/// The rows of a batch of documents.
pub struct Draft<'d> {
    drafting: &'d Drafting,
    lines: Lines,
    documents: u32,
    mentions: Vec<u8>,
    waiting: Vec<u8>,
    shard: Vec<u8>,
    entities: Vec<u8>,
}

/// A draft that is done.
#[derive(Debug)]
pub struct Drafted {
    /// Documents in it.
    pub(super) documents: u32,
    /// Rows of mentions, behind a [`SourceHead`] for each document that has any.
    pub(super) mentions: Block,
    /// Rows of documents, each behind its [`document_head`], where they wait.
    pub(super) waiting: Block,
    /// Rows of documents, where they are a shard's.
    pub(super) shard: Vec<u8>,
    /// Rows of entities, where they are wanted.
    pub(super) entities: Vec<u8>,
}

impl Draft<'_> {
    /// Writes the rows of a document.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn add(&mut self, facts: &DocumentFacts<'_>, said: &Said, print: &Fingerprint) -> Result<Placed> {
        let rows = &said.rows;
        let mut placed = Placed { place: self.documents, id: 0, finished: None };
        self.documents += 1;
        let before = [self.shard.len(), self.entities.len()];
        if self.drafting.entities {
            self.add_entities(facts.id, rows)?;
        }
        let is_kept = !matches!(self.drafting.documents, Documents::None);
        if rows.count > 0 || is_kept {
            let source = source_cells(facts);
            if rows.count > 0 {
                self.add_mentions((&source, facts.date), placed.place, rows)?;
            }
            if is_kept {
                placed.id = xxh3_64(facts.id.as_bytes());
                self.add_document(&source, facts, said, print)?;
            }
        }
        let after = [self.shard.len(), self.entities.len()];
        if before != after {
            placed.finished = Some(Box::new([before[0]..after[0], before[1]..after[1]]));
        }
        Ok(placed)
    }

    fn add_mentions(&mut self, (source, date): (&[Cow<'_, str>], Option<Date>), place: u32, rows: &Rows) -> Result<()> {
        let line = self.lines.row(source.iter())?;
        let head = SourceHead { place, day: day_number(date), mentions: rows.count, source: line.len() as u32 };
        self.mentions.extend(head.encode());
        extend_with_cells(&mut self.mentions, line);
        self.mentions.extend_from_slice(&rows.mentions);
        Ok(())
    }

    fn add_document(
        &mut self,
        source: &[Cow<'_, str>],
        facts: &DocumentFacts<'_>,
        said: &Said,
        print: &Fingerprint,
    ) -> Result<()> {
        let count = said.rows.count;
        let cells = document_cells(facts, &said.summed.sectors);
        let cells = source.iter().chain(&cells);
        if let Documents::Shard(_) = self.drafting.documents {
            let rest = [count.to_string().into(), print.to_string().into()];
            self.shard.extend_from_slice(self.lines.row(cells.chain(&rest))?);
        } else {
            let line = self.lines.row(cells)?;
            self.waiting.extend(document_head(line.len(), count));
            self.waiting.extend_from_slice(line);
        }
        Ok(())
    }

    fn add_entities(&mut self, id: &str, rows: &Rows) -> Result<()> {
        if rows.entity_ends.is_empty() {
            return Ok(());
        }
        // A second cell keeps an empty id from being quoted: it is no line alone.
        let line = self.lines.row([&*cells::text(id), ""].iter().copied())?;
        let id = &line[..line.len().saturating_sub(1)];
        let mut start = 0;
        for end in &rows.entity_ends {
            self.entities.extend_from_slice(id);
            self.entities.extend_from_slice(&rows.entities[start..*end]);
            start = *end;
        }
        Ok(())
    }

    /// Whether it holds as much as a batch should.
    pub fn is_full(&self) -> bool {
        self.documents >= MOST || self.mentions.len() + self.waiting.len() >= ENOUGH
    }

    /// Packs what waits; the draft is empty again.
    pub fn finish(&mut self) -> Drafted {
        let Self { drafting, lines, documents, mentions, waiting, shard, entities } = self;
        let [of_mentions, of_documents] = &drafting.packing;
        *lines = Lines::new();
        Drafted {
            documents: take(documents),
            mentions: of_mentions.pack(take(mentions)),
            waiting: of_documents.pack(take(waiting)),
            shard: take(shard),
            entities: take(entities),
        }
    }
}

/// CSV in memory.
struct Lines {
    writer: csv::Writer<Vec<u8>>,
    written: usize,
}

impl Lines {
    fn new() -> Self {
        let writer = WriterBuilder::new().flexible(true).buffer_capacity(1 << 10).from_writer(Vec::new());
        Self { writer, written: 0 }
    }

    /// A line, with its break.
    fn row<'c>(&mut self, cells: impl Iterator<Item = &'c (impl AsRef<str> + ?Sized + 'c)>) -> Result<&[u8]> {
        let failed = |cause: csv::Error| Error::new(ErrorKind::Io, "a row cannot be written").caused_by(cause);
        self.writer.write_record(cells.map(|cell| cell.as_ref())).map_err(failed)?;
        self.writer.flush().map_err(|cause| failed(cause.into()))?;
        let start = std::mem::replace(&mut self.written, self.writer.get_ref().len());
        Ok(&self.writer.get_ref()[start..])
    }
}

/// Numbers of four bytes, one after the other.
fn fours<const N: usize>(numbers: [u32; N], into: &mut [u8]) {
    for (bytes, number) in into.chunks_exact_mut(4).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
}

fn four(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]))
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]))
}

/// What stands before the mentions of a document while they wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct SourceHead {
    /// Its place in the batch.
    pub place: u32,
    /// Its day.
    pub day: i32,
    /// How many mentions follow.
    pub mentions: u32,
    /// Bytes of the first cells of each, which come first; a comma ends them.
    pub source: u32,
}

impl SourceHead {
    pub const BYTES: usize = 16;

    fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        fours([self.place, self.day as u32, self.mentions, self.source], &mut bytes);
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Self {
        Self { place: four(bytes, 0), day: four(bytes, 4) as i32, mentions: four(bytes, 8), source: four(bytes, 12) }
    }
}

/// What stands before a mention while it waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct MentionHead {
    /// The byte where its sentence begins, where that is known.
    pub sentence_start: Option<u64>,
    /// As the table has it, rounded.
    pub severity: f64,
    /// As the table has it, rounded.
    pub certainty: f64,
    /// Bytes of the row before the weight, with the comma at their end, and after it, with that at their front.
    pub parts: [u32; 2],
}

impl MentionHead {
    pub const BYTES: usize = 32;

    fn of(mention: &Mention, parts: [usize; 2]) -> Self {
        let rounded = |number: f64| cells::number(number).parse().unwrap_or(0.0);
        Self {
            sentence_start: mention.sentence_start.map(|start| start as u64),
            severity: rounded(mention.severity),
            certainty: rounded(mention.certainty),
            parts: parts.map(|part| part as u32),
        }
    }

    fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.sentence_start.unwrap_or(UNKNOWN).to_le_bytes());
        bytes[8..16].copy_from_slice(&self.severity.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.certainty.to_le_bytes());
        fours(self.parts, &mut bytes[24..]);
        bytes
    }

    pub fn decode(bytes: &[u8]) -> Self {
        Self {
            sentence_start: Some(eight(bytes, 0)).filter(|start| *start != UNKNOWN),
            severity: f64::from_bits(eight(bytes, 8)),
            certainty: f64::from_bits(eight(bytes, 16)),
            parts: [four(bytes, 24), four(bytes, 28)],
        }
    }
}

/// A day as a number that grows with it; the smallest for none.
fn day_number(date: Option<Date>) -> i32 {
    date.map_or(i32::MIN, |date| (i32::from(date.year()) * 16 + i32::from(date.month())) * 32 + i32::from(date.day()))
}

/// Bytes of a [`document_head`].
pub(super) const DOCUMENT_HEAD: usize = 8;

/// What stands before the row of a document while it waits: its length, and the number of mentions.
fn document_head(length: usize, mentions: u32) -> [u8; DOCUMENT_HEAD] {
    let mut bytes = [0; DOCUMENT_HEAD];
    fours([length as u32, mentions], &mut bytes);
    bytes
}

/// The same back.
pub(super) fn of_document_head(bytes: &[u8]) -> (usize, u32) {
    (four(bytes, 0) as usize, four(bytes, 4))
}
