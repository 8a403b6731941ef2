//! The tables of mentions and documents, written once weights are known, and the part of them that the page shows.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ReadCorpus;
use super::rows::{DOCUMENT_HEAD, MentionHead, SourceHead, of_document_head};
use super::sheet::{Hashing, Sheet};
use crate::error::{Error, ErrorKind, Result};
use crate::indicators::Weights;
use crate::report::cells;
use crate::report::outbox::FileHash;
use crate::report::tables::{DOCUMENTS, MENTIONS, PLACE};
use crate::spool::Blocks;

/// The most telling mentions, in the order of `mentions.csv`, and their documents: what a page has room for.
#[derive(Debug, Clone)]
pub struct Telling {
    /// A table like `mentions.csv`.
    pub mentions: PathBuf,
    /// A table like `documents.csv`, of the documents of these mentions.
    pub documents: PathBuf,
    /// A table beside the mentions, row for row: [`PLACE`], the document's row in `documents`, from 0.
    pub places: PathBuf,
}

/// The first mentions and the documents they are in, some more perhaps: what a workbook has room for.
#[derive(Debug, Clone)]
pub struct Opening {
    /// A table like `mentions.csv`.
    pub mentions: PathBuf,
    /// A table like `documents.csv`.
    pub documents: PathBuf,
}

/// A mention that may be among the most telling: by weight × severity × certainty, then the newest, then the order of the file.
/// The least telling is the smallest.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    force: f64,
    day: i32,
    offset: Reverse<u64>,
    length: u32,
    document: u32,
    sentence_start: Option<u64>,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let force = self.force.total_cmp(&other.force);
        force.then(self.day.cmp(&other.day)).then(self.offset.cmp(&other.offset))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// The most telling mentions so far.
struct Candidates {
    most: usize,
    heap: BinaryHeap<Reverse<Candidate>>,
}

impl Candidates {
    fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.most {
            self.heap.push(Reverse(candidate));
        } else if let Some(mut least) = self.heap.peek_mut().filter(|least| least.0 < candidate) {
            *least = Reverse(candidate);
        }
    }

    /// In the order of the file.
    fn into_rows(self) -> Vec<Candidate> {
        let mut rows: Vec<Candidate> = self.heap.into_iter().map(|Reverse(candidate)| candidate).collect();
        rows.sort_unstable_by_key(|row| row.offset.0);
        rows
    }
}

/// The rows of a batch, as they are written.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    count: usize,
    /// Those that may be among the most telling; offsets are counted from the first row.
    candidates: Vec<Candidate>,
    /// Rows that are written to an excerpt as well.
    excerpt: Vec<u8>,
}

/// Bytes that were kept, from their front.
struct Kept<'b>(&'b [u8]);

impl<'b> Kept<'b> {
    fn take(&mut self, bytes: usize) -> Result<&'b [u8]> {
        let damaged = || Error::new(ErrorKind::Io, "a scratch file does not hold what was written to it");
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(taken)
    }
}

impl ReadCorpus {
    /// Writes `mentions.csv` with the weight of each document, in the order of reading.
    ///
    /// # Errors
    /// When a scratch file cannot be read or the destination not written.
    pub fn write_mentions<W: Write + Send>(&self, weights: &Weights, mut destination: W, name: &Path) -> Result<()> {
        let failed = |cause: std::io::Error| Error::io(name, cause);
        destination.write_all((MENTIONS.join(",") + "\n").as_bytes()).map_err(failed)?;
        let rows = |batch| self.mention_rows(weights, batch, false);
        let write = |rows: &Written| destination.write_all(&rows.bytes).map_err(failed);
        in_order(&self.waiting_mentions, rows, |_| {}, write)?;
        destination.flush().map_err(failed)
    }

    /// The same into a table; gives the `most` most telling of them, in the order of the table, and length and hash.
    fn write_mentions_choosing(
        &self,
        weights: &Weights,
        path: &Path,
        most: usize,
    ) -> Result<(Vec<Candidate>, FileHash)> {
        let mut table = Sheet::create(path, &MENTIONS)?;
        let mut candidates = Candidates { most, heap: BinaryHeap::new() };
        let mut hashing = Hashing::of(&MENTIONS);
        let rows = |batch| self.mention_rows(weights, batch, true);
        let note = |rows: &Written| {
            for candidate in &rows.candidates {
                candidates.offer(Candidate { offset: Reverse(hashing.bytes + candidate.offset.0), ..*candidate });
            }
            hashing.add(&rows.bytes);
        };
        in_order(&self.waiting_mentions, rows, note, |rows| table.write(&rows.bytes))?;
        table.finish()?;
        Ok((candidates.into_rows(), hashing.finish()))
    }

    /// The rows of `mentions.csv` that a batch has.
    fn mention_rows(&self, weights: &Weights, batch: usize, is_choosing: bool) -> Result<Written> {
        let block = self.waiting_mentions.read(batch)?;
        let mut kept = Kept(&block);
        let mut written = Written { bytes: Vec::with_capacity(block.len() + block.len() / 8), ..Written::default() };
        while !kept.0.is_empty() {
            let source = SourceHead::decode(kept.take(SourceHead::BYTES)?);
            let cells = kept.take(source.source as usize)?;
            let number = self.numbers[batch].of(source.place);
            // As the weight is written and as that reads back.
            let shown = cells::number(number.and_then(|number| weights.get(number)));
            let weight: f64 = shown.parse().unwrap_or(0.0);
            for _ in 0..source.mentions {
                let mention = MentionHead::decode(kept.take(MentionHead::BYTES)?);
                let [before, after] = mention.parts;
                let (before, after) = (kept.take(before as usize)?, kept.take(after as usize)?);
                let Some(document) = number else { continue };
                let start = written.bytes.len();
                [cells, before, shown.as_bytes(), after].iter().for_each(|part| written.bytes.extend_from_slice(part));
                written.count += 1;
                if is_choosing {
                    written.candidates.push(Candidate {
                        force: weight * mention.severity * mention.certainty,
                        day: source.day,
                        offset: Reverse(start as u64),
                        length: (written.bytes.len() - start) as u32,
                        document,
                        sentence_start: mention.sentence_start,
                    });
                }
            }
        }
        Ok(written)
    }

    /// Writes `documents.csv` with the cluster and the weight of each document, in the order of reading, and those in `wanted` to a table
    /// of their own.
    fn write_documents(
        &self,
        weights: &Weights,
        path: &Path,
        (wanted, excerpt): (&BTreeSet<u32>, &Path),
    ) -> Result<FileHash> {
        let mut table = Sheet::create(path, &DOCUMENTS)?;
        let mut excerpt = Sheet::create(excerpt, &DOCUMENTS)?;
        let mut hashing = Hashing::of(&DOCUMENTS);
        let rows = |batch| self.document_rows(weights, batch, wanted);
        let write = |rows: &Written| {
            table.write(&rows.bytes)?;
            excerpt.write(&rows.excerpt)
        };
        in_order(&self.waiting_documents, rows, |rows| hashing.add(&rows.bytes), write)?;
        table.finish()?;
        excerpt.finish()?;
        Ok(hashing.finish())
    }

    /// The rows of `documents.csv` that a batch has.
    fn document_rows(&self, weights: &Weights, batch: usize, wanted: &BTreeSet<u32>) -> Result<Written> {
        let numbers = &self.numbers[batch];
        let block = self.waiting_documents.read(batch)?;
        let mut kept = Kept(&block);
        let mut written = Written { bytes: Vec::with_capacity(block.len() * 2), ..Written::default() };
        let end = self.numbers.get(batch + 1).map_or(self.documents, |next| next.first);
        let mut clusters = self.clusters.range(numbers.first, (end - numbers.first) as usize)?.into_iter();
        for place in 0.. {
            if kept.0.is_empty() {
                break;
            }
            let (length, mentions) = of_document_head(kept.take(DOCUMENT_HEAD)?);
            let row = kept.take(length)?;
            let Some(number) = numbers.of(place) else { continue };
            let cluster = match clusters.next() {
                None | Some((0, _)) => String::new(),
                Some((id, _)) => format!("{id:016x}"),
            };
            let start = written.bytes.len();
            written.bytes.extend_from_slice(&row[..length.saturating_sub(1)]);
            let weight = cells::number(weights.get(number));
            written.bytes.extend_from_slice(format!(",{cluster},{weight},{mentions}\n").as_bytes());
            if wanted.contains(&number) {
                written.excerpt.extend_from_slice(&written.bytes[start..]);
            }
        }
        Ok(written)
    }

    /// Writes the first `most` mentions, and those of their batch that follow, with the documents of these batches into `folder`.
    ///
    /// # Errors
    /// When a scratch file cannot be read or a table not written.
    pub fn write_opening(&self, weights: &Weights, folder: &Path, most: usize) -> Result<Opening> {
        std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
        let opening = Opening { mentions: folder.join("mentions.csv"), documents: folder.join("documents.csv") };
        let mut mentions = Sheet::create(&opening.mentions, &MENTIONS)?;
        let mut documents = Sheet::create(&opening.documents, &DOCUMENTS)?;
        let mut count = 0;
        for batch in 0..self.numbers.len() {
            if count >= most {
                break;
            }
            let rows = self.mention_rows(weights, batch, false)?;
            count += rows.count;
            mentions.write(&rows.bytes)?;
            documents.write(&self.document_rows(weights, batch, &BTreeSet::new())?.bytes)?;
        }
        mentions.finish()?;
        documents.finish()?;
        Ok(opening)
    }

    /// Writes `mentions.csv` and `documents.csv`, and the `most` most telling mentions with their documents into `folder`. Gives length and
    /// hash of the two tables as well.
    ///
    /// # Errors
    /// When a scratch file cannot be read or a table not written.
    pub fn write_tables(
        &self,
        weights: &Weights,
        [mentions, documents]: [&Path; 2],
        (folder, most): (&Path, usize),
    ) -> Result<(Telling, [FileHash; 2])> {
        let (chosen, of_mentions) = self.write_mentions_choosing(weights, mentions, most)?;
        std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
        let path = |name: &str| folder.join(name);
        let telling =
            Telling { mentions: path("mentions.csv"), documents: path("documents.csv"), places: path("places.csv") };
        let wanted: BTreeSet<u32> = chosen.iter().map(|row| row.document).collect();
        copy_chosen(&chosen, &wanted, mentions, &telling)?;
        let of_documents = self.write_documents(weights, documents, (&wanted, &telling.documents))?;
        Ok((telling, [of_mentions, of_documents]))
    }
}

/// Copies the rows of chosen mentions from the table, and says which of the `wanted` documents each belongs to.
fn copy_chosen(chosen: &[Candidate], wanted: &BTreeSet<u32>, from: &Path, to: &Telling) -> Result<()> {
    let failed = |cause: std::io::Error| Error::io(from, cause);
    let numbers: Vec<u32> = wanted.iter().copied().collect();
    let (mut table, mut places) = (Sheet::create(&to.mentions, &MENTIONS)?, Sheet::create(&to.places, &PLACE)?);
    let mut from = File::open(from).map_err(failed)?;
    let mut bytes = Vec::new();
    for row in chosen {
        bytes.resize(row.length as usize, 0);
        from.seek(SeekFrom::Start(row.offset.0)).and_then(|_| from.read_exact(&mut bytes)).map_err(failed)?;
        table.write(&bytes)?;
        let place = numbers.partition_point(|number| *number < row.document);
        places.write(format!("{place},{}\n", cells::optional(row.sentence_start)).as_bytes())?;
    }
    table.finish()?;
    places.finish()?;
    Ok(())
}

/// Bytes of rows that are made at a time.
const AT_ONCE: usize = 1 << 22;

/// Makes rows of each block, on all threads, which are noted and written in order: one thread writes while others note these rows and make
/// the next.
fn in_order(
    blocks: &Blocks,
    make: impl Fn(usize) -> Result<Written> + Sync,
    mut note: impl FnMut(&Written) + Send,
    mut write: impl FnMut(&Written) -> Result<()> + Send,
) -> Result<()> {
    // A thread alone has nobody to make the next ones, and is not to wait for itself where writing waits for it.
    if rayon::current_num_threads() == 1 {
        return (0..blocks.len()).try_for_each(|number| {
            let rows = make(number)?;
            note(&rows);
            write(&rows)
        });
    }
    let (mut made, mut next) = (Vec::new(), 0..0);
    while next.end < blocks.len() || !made.is_empty() {
        let mut bytes = 0;
        let fits = |number: &usize| {
            bytes += blocks.size(*number);
            bytes <= AT_ONCE
        };
        let count = (next.end..blocks.len()).take_while(fits).count().max(1);
        next = next.end..(next.end + count).min(blocks.len());
        let (written, following) = rayon::join(
            || made.iter().try_for_each(&mut write),
            || {
                made.iter().for_each(&mut note);
                next.clone().into_par_iter().map(&make).collect::<Result<Vec<_>>>()
            },
        );
        written?;
        made = following?;
    }
    Ok(())
}
