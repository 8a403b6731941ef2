//! What a run remembers of its documents, whether they were just read or come from tables made earlier.
//!
//! Rows wait on disk because weights are known only after the last document: near-duplicates share one. So do fingerprints and what
//! each document said, for scoring. Memory holds sums over all documents, and a few bytes of each once the last is known.

mod rows;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use xxhash_rust::xxh3::xxh3_64;

use crate::codes::{CountryCode, Granularity, Language, Period, SectorId};
use crate::corpus::{Clusters, Prints};
use crate::error::{Error, Result};
use crate::indicators::{DocumentSummary, Tally, Weights};
use crate::report::cells;
use crate::report::comparison::{Counted, MentionTally};
use crate::report::findings::CorpusFacts;
use crate::report::tables::{ENTITIES, SHARD_DOCUMENTS};
use crate::spool::{Pile, Sorter};

pub use rows::Prepared;
use rows::{MentionHead, day_number, document_head};
pub use write::Telling;

/// Ids whose hashes are sorted in memory at a time.
const IDS: usize = 1 << 20;

/// Documents whose clusters are read at a time.
const SHARED: usize = 4_096;

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
    /// Mentions, each after its [`MentionHead`].
    waiting_mentions: Pile,
    /// Documents, where they are kept, without cluster and weight.
    waiting_documents: Pile,
    /// What each document said.
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
    /// Mentions of each sector, per period, for the comparison.
    pub counted: Counted,
    /// Whether no two documents have one id; only where documents are kept.
    pub has_own_ids: bool,
    languages: BTreeMap<Language, u64>,
}

/// What becomes of the documents' own rows.
#[derive(Debug, Clone, Default)]
pub enum Documents {
    /// Nothing: they are not wanted.
    #[default]
    None,
    /// They are kept until `documents.csv` can be made of them.
    Kept,
    /// They go to the finished table of a shard.
    Shard(PathBuf),
}

/// Where reading writes.
#[derive(Debug, Clone)]
pub struct Destinations {
    /// What waits for the last document goes to unnamed files here.
    pub folder: PathBuf,
    /// What becomes of the documents.
    pub documents: Documents,
    /// The finished table of entities, where it is wanted.
    pub entities: Option<PathBuf>,
    /// Whether what documents said is summed up for scores.
    pub is_scored: bool,
}

/// A table being written, which names its file when it fails.
struct Sheet {
    path: PathBuf,
    file: BufWriter<std::fs::File>,
}

impl Sheet {
    fn create(path: &Path, header: &[&str]) -> Result<Self> {
        let file = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
        let mut sheet = Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 16, file) };
        sheet.write(header.join(",").as_bytes())?;
        sheet.write(b"\n")?;
        Ok(sheet)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|cause| Error::io(&self.path, cause))
    }

    fn finish(mut self) -> Result<()> {
        self.file.flush().map_err(|cause| Error::io(&self.path, cause))
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

/// How near-duplicates are found.
pub enum Twins {
    /// By their fingerprints.
    Find,
    /// Not: every document weighs for itself.
    Apart,
    /// They are known: the cluster of each document and its size.
    Known(Vec<(u64, u32)>),
}

impl Twins {
    /// By fingerprints, unless every document is to weigh for itself.
    pub fn unless(keep_duplicates: bool) -> Self {
        if keep_duplicates { Self::Apart } else { Self::Find }
    }
}

/// Takes documents in, one after the other.
pub struct Intake {
    cut: Cut,
    into: Destinations,
    shard: Option<Sheet>,
    entities: Option<Sheet>,
    prints: Prints,
    ids: Sorter<u64>,
    read: ReadCorpus,
}

impl Intake {
    /// Opens the tables that `into` names.
    ///
    /// # Errors
    /// When one cannot be made.
    pub fn open(cut: Cut, into: &Destinations) -> Result<Self> {
        let shard = match &into.documents {
            Documents::Shard(path) => Some(Sheet::create(path, &SHARD_DOCUMENTS)?),
            Documents::None | Documents::Kept => None,
        };
        let entities = into.entities.as_deref().map(|path| Sheet::create(path, &ENTITIES)).transpose()?;
        let folder = &into.folder;
        let read = ReadCorpus {
            waiting_mentions: Pile::within(folder),
            waiting_documents: Pile::within(folder),
            tally: Tally::within(folder),
            clusters: Clusters::none(folder),
            documents: 0,
            mentions: 0,
            units: BTreeMap::new(),
            sectors: BTreeMap::new(),
            counted: Counted::new(),
            has_own_ids: true,
            languages: BTreeMap::new(),
        };
        let (prints, ids) = (Prints::within(folder), Sorter::within(folder, IDS));
        Ok(Self { cut, into: into.clone(), shard, entities, prints, ids, read })
    }

    /// What becomes of the documents: for [`Prepared::of`].
    pub fn wanted(&self) -> &Documents {
        &self.into.documents
    }

    /// Takes in a document.
    ///
    /// # Errors
    /// When a table cannot be written.
    pub fn take(&mut self, document: &Prepared, twins: &Twins) -> Result<()> {
        self.keep_mentions(document)?;
        if matches!(self.into.documents, Documents::Kept) {
            let head = document_head(document.document_bytes.len(), document.mentions.len());
            self.read.waiting_documents.write(&head)?;
            self.read.waiting_documents.write(&document.document_bytes)?;
            self.ids.push(xxh3_64(document.facts.id.as_bytes()))?;
        }
        if let Some(sheet) = &mut self.shard {
            sheet.write(&document.document_bytes)?;
        }
        if let Some(sheet) = &mut self.entities {
            sheet.write(&document.entity_bytes)?;
        }
        if let Twins::Find = twins {
            self.prints.push(&document.facts.print)?;
        }
        self.count(document)
    }

    fn keep_mentions(&mut self, document: &Prepared) -> Result<()> {
        let mut bytes = document.mention_bytes.as_slice();
        for (mention, (head, tail)) in document.mentions.iter().zip(&document.rows) {
            let rounded = |number: f64| cells::number(number).parse().unwrap_or(0.0);
            let before = MentionHead {
                document: self.read.documents,
                day: day_number(document.facts.date),
                sentence_start: mention.sentence_start.map(|start| start as u64),
                severity: rounded(mention.severity),
                certainty: rounded(mention.certainty),
                parts: [*head as u32, *tail as u32],
            };
            let (row, rest) = bytes.split_at(head + tail);
            bytes = rest;
            self.read.waiting_mentions.write(&before.encode())?;
            self.read.waiting_mentions.write(row)?;
        }
        Ok(())
    }

    fn count(&mut self, document: &Prepared) -> Result<()> {
        let read = &mut self.read;
        read.documents += 1;
        read.mentions += document.mentions.len() as u64;
        if !self.into.is_scored {
            return Ok(());
        }
        let (date, mentions) = (document.facts.date, &document.mentions);
        let (publisher, sectors) = (&document.facts.publisher, &document.facts.sectors);
        read.tally.add(&DocumentSummary { date, publisher, sectors, mentions })?;
        *read.languages.entry(document.facts.language).or_default() += 1;
        let Some(period) = Period::of(date, self.cut.granularity) else { return Ok(()) };
        for mention in mentions {
            let counted: &mut MentionTally = read.counted.entry((period, mention.sector)).or_default();
            counted.add(mention.channel, mention.status, [mention.origin, mention.target]);
        }
        if self.cut.as_of.is_some_and(|day| date.is_some_and(|date| date > day)) {
            return Ok(());
        }
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
        Ok(())
    }

    /// Closes the tables and finds near-duplicates.
    ///
    /// # Errors
    /// When a table cannot be written to its end.
    pub fn finish(mut self, twins: Twins) -> Result<ReadCorpus> {
        for sheet in [self.shard, self.entities].into_iter().flatten() {
            sheet.finish()?;
        }
        let (mut ids, mut last) = (self.ids.sorted()?, None);
        while let Some(id) = ids.next()?.filter(|_| self.read.has_own_ids) {
            self.read.has_own_ids = last.replace(id) != Some(id);
        }
        self.read.clusters = match twins {
            Twins::Find => Clusters::find(self.prints)?,
            Twins::Apart => self.read.clusters,
            Twins::Known(clusters) => Clusters::known(clusters, &self.into.folder)?,
        };
        Ok(self.read)
    }
}

impl ReadCorpus {
    /// What each document counts where only its near-duplicates matter.
    ///
    /// # Errors
    /// When a scratch file cannot be read.
    pub fn shares(&self) -> Result<Weights> {
        let of_block = |first: u32| {
            let clusters = self.clusters.range(first, SHARED.min((self.documents - first) as usize))?;
            Ok(clusters.into_iter().map(|(_, size)| 1.0 / f64::from(size)).collect())
        };
        Weights::each((0..self.documents).step_by(SHARED).map(of_block))
    }

    /// What the documents are.
    pub fn facts(&self) -> CorpusFacts {
        let days = self.tally.days();
        CorpusFacts {
            first: days.keys().next().copied(),
            last: days.keys().next_back().copied(),
            undated: u64::from(self.documents) - days.values().sum::<u64>(),
            languages: self.languages.iter().map(|(language, count)| (language.to_string(), *count)).collect(),
            publishers: self.tally.publishers().iter().filter(|name| !name.is_empty()).count(),
        }
    }
}
