//! The tables of mentions and documents, written once weights are known, and the part of them that the page shows.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::rows::{MentionHead, of_document_head};
use super::{ReadCorpus, SHARED, Sheet};
use crate::error::{Error, Result};
use crate::indicators::Weights;
use crate::report::cells;
use crate::report::tables::{DOCUMENTS, MENTIONS, PLACE};

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

impl ReadCorpus {
    /// Writes `mentions.csv` with the weight of each document, in the order of reading.
    ///
    /// # Errors
    /// When a scratch file cannot be read or the destination not written.
    pub fn write_mentions<W: Write>(&self, weights: &Weights, destination: W, name: &Path) -> Result<()> {
        self.write_mentions_choosing(weights, destination, name, 0).map(drop)
    }

    /// The same, and the `most` most telling of them, in the order of the table.
    fn write_mentions_choosing<W: Write>(
        &self,
        weights: &Weights,
        destination: W,
        name: &Path,
        most: usize,
    ) -> Result<Vec<Candidate>> {
        let failed = |cause: std::io::Error| Error::io(name, cause);
        let mut output = BufWriter::with_capacity(1 << 18, destination);
        let header = MENTIONS.join(",") + "\n";
        output.write_all(header.as_bytes()).map_err(failed)?;
        let mut offset = header.len() as u64;
        let mut candidates = Candidates { most, heap: BinaryHeap::new() };
        let (mut reader, mut head, mut row) = (self.waiting_mentions.reader(), [0; MentionHead::BYTES], Vec::new());
        // The weight of the document at hand, as it is written and as that reads back.
        let (mut document, mut written, mut weight) = (None, String::new(), 0.0);
        while reader.next(&mut head)? {
            let mention = MentionHead::decode(&head);
            if document.replace(mention.document) != Some(mention.document) {
                written = cells::number(weights.get(mention.document));
                weight = written.parse().unwrap_or(0.0);
            }
            let [before, after] = mention.parts.map(|part| part as usize);
            row.resize(before + after, 0);
            reader.next(&mut row)?;
            row[before - 1] = b',';
            row.splice(before..before, written.bytes().chain([b',']));
            output.write_all(&row).map_err(failed)?;
            if most > 0 {
                candidates.offer(Candidate {
                    force: weight * mention.severity * mention.certainty,
                    day: mention.day,
                    offset: Reverse(offset),
                    length: row.len() as u32,
                    document: mention.document,
                    sentence_start: mention.sentence_start,
                });
            }
            offset += row.len() as u64;
        }
        output.flush().map_err(failed)?;
        Ok(candidates.into_rows())
    }

    /// Writes `documents.csv` with the cluster and the weight of each document, in the order of reading, and those in `wanted` to a table
    /// of their own.
    fn write_documents(
        &self,
        weights: &Weights,
        path: &Path,
        (wanted, excerpt): (&BTreeSet<u32>, &Path),
    ) -> Result<()> {
        let mut table = Sheet::create(path, &DOCUMENTS)?;
        let mut excerpt = Sheet::create(excerpt, &DOCUMENTS)?;
        let (mut reader, mut head, mut row) = (self.waiting_documents.reader(), [0; 8], Vec::new());
        let mut clusters = Vec::new();
        for number in 0..self.documents {
            if (number as usize).is_multiple_of(SHARED) {
                clusters = self.clusters.range(number, SHARED)?;
            }
            if !reader.next(&mut head)? {
                break;
            }
            let (length, mentions) = of_document_head(head);
            row.resize(length, 0);
            reader.next(&mut row)?;
            row.pop();
            let cluster = match clusters[number as usize % SHARED].0 {
                0 => String::new(),
                id => format!("{id:016x}"),
            };
            let weight = cells::number(weights.get(number));
            writeln!(row, ",{cluster},{weight},{mentions}").map_err(|cause| Error::io(path, cause))?;
            table.write(&row)?;
            if wanted.contains(&number) {
                excerpt.write(&row)?;
            }
        }
        table.finish()?;
        excerpt.finish()
    }

    /// Writes `mentions.csv` and `documents.csv`, and the `most` most telling mentions with their documents into `folder`.
    ///
    /// # Errors
    /// When a scratch file cannot be read or a table not written.
    pub fn write_tables(
        &self,
        weights: &Weights,
        [mentions, documents]: [&Path; 2],
        (folder, most): (&Path, usize),
    ) -> Result<Telling> {
        let failed = |cause: std::io::Error| Error::io(mentions, cause);
        let file = File::create(mentions).map_err(failed)?;
        let chosen = self.write_mentions_choosing(weights, file, mentions, most)?;
        std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
        let path = |name: &str| folder.join(name);
        let telling =
            Telling { mentions: path("mentions.csv"), documents: path("documents.csv"), places: path("places.csv") };
        let wanted: BTreeSet<u32> = chosen.iter().map(|row| row.document).collect();
        let numbers: Vec<u32> = wanted.iter().copied().collect();
        let (mut table, mut places) =
            (Sheet::create(&telling.mentions, &MENTIONS)?, Sheet::create(&telling.places, &PLACE)?);
        let mut from = File::open(mentions).map_err(failed)?;
        let mut bytes = Vec::new();
        for row in &chosen {
            bytes.resize(row.length as usize, 0);
            from.seek(SeekFrom::Start(row.offset.0)).and_then(|_| from.read_exact(&mut bytes)).map_err(failed)?;
            table.write(&bytes)?;
            let place = numbers.partition_point(|number| *number < row.document);
            places.write(format!("{place},{}\n", cells::optional(row.sentence_start)).as_bytes())?;
        }
        table.finish()?;
        places.finish()?;
        self.write_documents(weights, documents, (&wanted, &telling.documents))?;
        Ok(telling)
    }
}
