//! What a run remembers of its documents, whether they were just read or come from tables made earlier.
//!
//! Mentions wait in a scratch file because their weight is known only after the last document: near-duplicates share one.
//! Memory holds, per document, a fingerprint and a few numbers, never its text.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::codes::{CountryCode, Granularity, Period, SectorId};
use crate::corpus::{Clusters, Fingerprint};
use crate::error::{Error, Result};
use crate::extract::{Entity, Mention};
use crate::indicators::{DocumentSummary, Tally};
use crate::report::cells;
use crate::report::outbox::csv_writer;
use crate::report::tables::{
    DOCUMENTS, DocumentFacts, ENTITIES, MENTIONS, SHARD_DOCUMENTS, document_cells, entity_cells, mention_cells,
};

/// Column of the weight in `mentions.csv`.
const WEIGHT: usize = 13;
/// Columns that `documents.csv` has in common with the documents of a shard: up to the sectors.
const KEPT: usize = 7;

/// What stands before a mention while it waits: the number of its document, from 0, and the byte where its sentence begins, where
/// that is known.
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
    /// Where mentions wait, with their [`PLACE`] before them and weights still open, and documents, without
    /// cluster and weight.
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
    /// The documents as a shard has them, where they are wanted: `documents.csv` is made of it when all are known.
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

/// How documents are cut into periods.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// How finely.
    pub granularity: Granularity,
    /// Documents after this day are kept but not counted: they weigh nothing.
    pub as_of: Option<Date>,
}

/// Takes documents in, one after the other.
pub struct Intake {
    cut: Cut,
    mentions: Sheet,
    documents: Option<Sheet>,
    entities: Option<Sheet>,
    prints: Vec<Fingerprint>,
    read: ReadCorpus,
}

impl Intake {
    /// Opens the tables that `into` names.
    ///
    /// # Errors
    /// When one cannot be made.
    pub fn open(cut: Cut, into: &Destinations) -> Result<Self> {
        let mut documents = into.documents.as_deref().map(Sheet::create).transpose()?;
        if let Some(documents) = &mut documents {
            documents.write(SHARD_DOCUMENTS)?;
        }
        let mut entities = into.entities.as_deref().map(Sheet::create).transpose()?;
        if let Some(entities) = &mut entities {
            entities.write(ENTITIES)?;
        }
        let read = ReadCorpus {
            spools: into.clone(),
            tally: Tally::new(),
            clusters: Clusters::find(&[]),
            documents: 0,
            mentions: 0,
            units: BTreeMap::new(),
            sectors: BTreeMap::new(),
        };
        Ok(Self { cut, mentions: Sheet::create(&into.mentions)?, documents, entities, prints: Vec::new(), read })
    }

    /// Takes in a document.
    ///
    /// # Errors
    /// When a table cannot be written.
    pub fn take(&mut self, document: &DocumentFacts, mentions: &[Mention], entities: &[Entity]) -> Result<()> {
        for mention in mentions {
            let number = self.read.documents.to_string();
            let start = cells::optional(mention.sentence_start);
            self.mentions.write([&number, &start].into_iter().chain(&mention_cells(mention, 1.0)))?;
        }
        if let Some(documents) = &mut self.documents {
            documents.write(document_cells(document, mentions.len()))?;
        }
        if let Some(sheet) = &mut self.entities {
            entities.iter().try_for_each(|entity| sheet.write(entity_cells(entity)))?;
        }
        self.prints.push(document.print);
        self.count(document, mentions);
        Ok(())
    }

    fn count(&mut self, document: &DocumentFacts, mentions: &[Mention]) {
        let read = &mut self.read;
        let (date, publisher, sectors) = (document.date, &document.publisher, &document.sectors);
        read.tally.add(&DocumentSummary { date, publisher, sectors, mentions });
        read.documents += 1;
        read.mentions += mentions.len() as u64;
        let is_later = self.cut.as_of.is_some_and(|day| date.is_some_and(|date| date > day));
        let Some(period) = Period::of(date, self.cut.granularity).filter(|_| !is_later) else { return };
        for sector in sectors {
            *read.sectors.entry((period, *sector)).or_default() += 1;
        }
        let mut seen = BTreeSet::new();
        for mention in mentions {
            let Some(origin) = mention.origin else { continue };
            let unit = (period, mention.sector, origin);
            let count = read.units.entry(unit).or_default();
            count.mentions += 1;
            if seen.insert(unit) {
                count.documents += 1;
            }
        }
    }

    /// Closes the tables and finds near-duplicates, unless every document is to weigh for itself.
    ///
    /// # Errors
    /// When a table cannot be written to its end.
    pub fn finish(mut self, keep_duplicates: bool) -> Result<ReadCorpus> {
        for sheet in [Some(self.mentions), self.documents, self.entities].into_iter().flatten() {
            sheet.finish()?;
        }
        if !keep_duplicates {
            self.read.clusters = Clusters::find(&self.prints);
        }
        Ok(self.read)
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
        each_record(spool, |line, record| {
            let Some(number) = line.checked_sub(1) else { return Ok(()) };
            for cell in record.iter().take(KEPT) {
                writer.write_field(cell).map_err(failed)?;
            }
            let cluster = match self.clusters.id(number) {
                0 => String::new(),
                id => format!("{id:016x}"),
            };
            writer.write_field(cluster).map_err(failed)?;
            writer.write_field(cells::number(weights.get(number).copied())).map_err(failed)?;
            writer.write_field(record.get(KEPT).unwrap_or_default()).map_err(failed)?;
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
