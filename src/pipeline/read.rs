//! The first half of a run: corpus in, mentions out, and the compact memory that scoring needs.
//!
//! Mentions wait in a scratch file because their weight is known only after the last document: near-duplicates share one.
//! Memory holds, per document, a fingerprint and a few numbers, never its text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::codes::{CountryCode, Granularity, Language, Period, SectorId};
use crate::corpus::{Clusters, Corpus, Document, Fingerprint};
use crate::error::{Error, Result};
use crate::extract::{EntityKind, Extractor, Reading};
use crate::indicators::{DocumentSummary, Tally};
use crate::lexicon::{Extent, Lexicon};
use crate::report::cells;
use crate::report::outbox::csv_writer;
use crate::report::tables::{DOCUMENTS, ENTITIES, MENTIONS, document_cells, entity_cells, mention_cells};
use crate::warning::Warnings;

/// Column of the weight in `mentions.csv`.
const WEIGHT: usize = 13;

/// What stands before a mention while it waits: the number of its document, from 0, and the byte where its sentence begins.
pub const PLACE: [&str; 2] = ["document", "sentence_start"];

/// How much a unit was spoken of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Documents that state something of it.
    pub documents: u32,
    /// Mentions.
    pub mentions: u32,
}

/// What a corpus left behind once read.
#[derive(Debug)]
pub struct ReadCorpus {
    /// Where mentions wait, with the number of their document and the start of their sentence before them and weights still
    /// open, and documents, without cluster and weight.
    spools: Destinations,
    /// One entry a document.
    pub tally: Tally,
    /// Who repeats whom.
    pub clusters: Clusters,
    /// Documents read.
    pub documents: u32,
    /// Mentions found.
    pub mentions: u64,
    /// Per unit and period, by origin.
    pub units: BTreeMap<(Period, SectorId, CountryCode), Count>,
    /// Documents that mention a sector, per period.
    pub sectors: BTreeMap<(Period, SectorId), u32>,
}

/// Where reading writes.
#[derive(Debug, Clone)]
pub struct Destinations {
    /// A scratch file: mentions wait there for their weight.
    pub mentions: PathBuf,
    /// A scratch file for documents, where they are wanted.
    pub documents: Option<PathBuf>,
    /// The finished table of entities, where it is wanted.
    pub entities: Option<PathBuf>,
}

/// A table being written, which names its file when it fails.
struct Sheet {
    path: PathBuf,
    writer: csv::Writer<BufWriter<std::fs::File>>,
}

impl Sheet {
    fn create(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), writer: csv_writer(path)? })
    }

    fn write<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) -> Result<()> {
        self.writer.write_record(cells).map_err(|cause| Error::io(&self.path, cause.into()))
    }

    fn finish(mut self) -> Result<()> {
        self.writer.flush().map_err(|cause| Error::io(&self.path, cause))
    }
}

/// What reading needs.
pub struct Reader<'a> {
    /// The words.
    pub lexicon: &'a Lexicon,
    /// Reads one document.
    pub extractor: Extractor<'a>,
    /// How time is cut.
    pub granularity: Granularity,
    /// Documents after this day are read but not counted: they weigh nothing.
    pub as_of: Option<Date>,
    /// Every document weighs for itself.
    pub keep_duplicates: bool,
    /// Called with the bytes read so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Reader<'_> {
    /// Reads the whole corpus into the files that `into` names.
    ///
    /// # Errors
    /// When a table of the lexicon is faulty or a file cannot be written.
    pub fn read(&self, corpus: &Corpus, into: &Destinations, warnings: &Warnings) -> Result<ReadCorpus> {
        let mut mentions = Sheet::create(&into.mentions)?;
        let mut documents = into.documents.as_deref().map(Sheet::create).transpose()?;
        let mut entities = into.entities.as_deref().map(Sheet::create).transpose()?;
        if let Some(entities) = &mut entities {
            entities.write(ENTITIES)?;
        }
        let mut prints = Vec::new();
        let mut unread: BTreeMap<Language, u32> = BTreeMap::new();
        let mut read = ReadCorpus {
            spools: into.clone(),
            tally: Tally::new(),
            clusters: Clusters::find(&[]),
            documents: 0,
            mentions: 0,
            units: BTreeMap::new(),
            sectors: BTreeMap::new(),
        };
        let mut batches = corpus.batches(warnings);
        while let Some(batch) = batches.next() {
            let batch = batch?;
            let readings = batch.par_iter().map(|document| self.read_one(document)).collect::<Result<Vec<_>>>()?;
            for (document, (reading, print)) in batch.iter().zip(&readings) {
                if self.lexicon.extent(document.language) != Some(Extent::Full) {
                    *unread.entry(document.language).or_default() += 1;
                }
                for mention in &reading.mentions {
                    let number = read.documents.to_string();
                    let start = mention.sentence_start.to_string();
                    mentions.write([&number, &start].into_iter().chain(&mention_cells(mention, 1.0)))?;
                }
                if let Some(documents) = &mut documents {
                    documents.write(document_cells(document, reading.mentions.len()))?;
                }
                if let Some(entities) = &mut entities {
                    reading.entities.iter().try_for_each(|entity| entities.write(entity_cells(entity)))?;
                }
                prints.push(*print);
                self.count(document, reading, &mut read);
            }
            (self.progress)(batches.bytes_read());
        }
        for sheet in [Some(mentions), documents, entities].into_iter().flatten() {
            sheet.finish()?;
        }
        self.warn_of_unread(&unread, warnings);
        read.clusters = if self.keep_duplicates { Clusters::find(&[]) } else { Clusters::find(&prints) };
        Ok(read)
    }

    fn warn_of_unread(&self, unread: &BTreeMap<Language, u32>, warnings: &Warnings) {
        for (language, count) in unread {
            let known: Vec<_> = self.lexicon.languages().map(|code| code.to_string()).collect();
            warnings.note(
                "no-lexicon",
                format!(
                    "{count} documents in `{language}` were not read: there is no lexicon for it (there is for {}); set their \
                     `language` if it was detected wrongly",
                    known.join(" ")
                ),
            );
        }
    }

    fn read_one(&self, document: &Document) -> Result<(Reading, Fingerprint)> {
        Ok((self.extractor.read(document)?, Fingerprint::of_document(document)))
    }

    fn count(&self, document: &Document, reading: &Reading, read: &mut ReadCorpus) {
        let mut sectors: BTreeSet<SectorId> = reading.mentions.iter().map(|mention| mention.sector).collect();
        let named = reading.entities.iter().filter(|entity| entity.kind == EntityKind::Sector);
        sectors.extend(named.filter_map(|entity| entity.code.parse::<SectorId>().ok()));
        let sectors: Vec<_> = sectors.into_iter().collect();
        read.tally.add(&DocumentSummary {
            date: document.date,
            publisher: &document.publisher,
            sectors: &sectors,
            mentions: &reading.mentions,
        });
        read.documents += 1;
        read.mentions += reading.mentions.len() as u64;
        let is_later = self.as_of.is_some_and(|day| document.date.is_some_and(|date| date > day));
        let Some(period) = Period::of(document.date, self.granularity).filter(|_| !is_later) else { return };
        for sector in &sectors {
            *read.sectors.entry((period, *sector)).or_default() += 1;
        }
        let mut seen = BTreeSet::new();
        for mention in &reading.mentions {
            let Some(origin) = mention.origin else { continue };
            let unit = (period, mention.sector, origin);
            let count = read.units.entry(unit).or_default();
            count.mentions += 1;
            if seen.insert(unit) {
                count.documents += 1;
            }
        }
    }
}

impl ReadCorpus {
    /// Writes `mentions.csv` with the weight of each document, in the order of reading.
    ///
    /// # Errors
    /// When the scratch file is gone or the destination cannot be written.
    pub fn write_mentions<W: std::io::Write>(&self, weights: &[f64], destination: W, name: &Path) -> Result<()> {
        let failed = |cause: csv::Error| Error::io(name, cause.into());
        let mut writer = csv::Writer::from_writer(destination);
        writer.write_record(MENTIONS).map_err(failed)?;
        each_record(&self.spools.mentions, |_, record| {
            let number: usize = std::str::from_utf8(&record[0]).ok().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
            let weight = cells::number(weights.get(number).copied());
            for (column, cell) in record.iter().skip(PLACE.len()).enumerate() {
                writer.write_field(if column == WEIGHT { weight.as_bytes() } else { cell }).map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)
        })?;
        writer.flush().map_err(|cause| Error::io(name, cause))
    }

    /// Writes where each mention stands, in the order of `mentions.csv`: the columns of [`PLACE`].
    ///
    /// # Errors
    /// When the scratch file is gone or the destination cannot be written.
    pub fn write_places(&self, destination: &Path) -> Result<()> {
        let mut sheet = Sheet::create(destination)?;
        sheet.write(PLACE)?;
        each_record(&self.spools.mentions, |_, record| sheet.write(record.iter().take(PLACE.len())))?;
        sheet.finish()
    }

    /// Writes `documents.csv` with the cluster and the weight of each document, in the order of reading.
    ///
    /// # Errors
    /// When documents were not asked for, the scratch file is gone or the destination cannot be written.
    pub fn write_documents<W: std::io::Write>(&self, weights: &[f64], destination: W, name: &Path) -> Result<()> {
        let failed = |cause: csv::Error| Error::io(name, cause.into());
        let mut writer = csv::Writer::from_writer(destination);
        writer.write_record(DOCUMENTS).map_err(failed)?;
        let Some(spool) = &self.spools.documents else { return Ok(()) };
        each_record(spool, |number, record| {
            let mentions = record.len() - 1;
            for cell in record.iter().take(mentions) {
                writer.write_field(cell).map_err(failed)?;
            }
            let cluster = match self.clusters.id(number) {
                0 => String::new(),
                id => format!("{id:016x}"),
            };
            writer.write_field(cluster).map_err(failed)?;
            writer.write_field(cells::number(weights.get(number).copied())).map_err(failed)?;
            writer.write_field(&record[mentions]).map_err(failed)?;
            writer.write_record(None::<&[u8]>).map_err(failed)
        })?;
        writer.flush().map_err(|cause| Error::io(name, cause))
    }

    /// The size of each document's cluster of near-duplicates; 1 where duplicates are kept apart.
    pub fn cluster_sizes(&self) -> Vec<u32> {
        (0..self.documents as usize).map(|i| self.clusters.size(i).max(1)).collect()
    }
}

/// Hands over the records of a scratch file with their number, from 0.
fn each_record(spool: &Path, mut each: impl FnMut(usize, &csv::ByteRecord) -> Result<()>) -> Result<()> {
    let file = std::fs::File::open(spool).map_err(|cause| Error::io(spool, cause))?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(std::io::BufReader::with_capacity(1 << 16, file));
    let mut record = csv::ByteRecord::new();
    let mut number = 0;
    while reader.read_byte_record(&mut record).map_err(|cause| Error::io(spool, cause.into()))? {
        each(number, &record)?;
        number += 1;
    }
    Ok(())
}
