//! What a run remembers of its documents, whether they were just read or come from tables made earlier.
//!
//! Rows wait on disk because weights are known only after the last document: near-duplicates share one. So do fingerprints and what
//! each document said, for scoring. Memory holds sums over all documents, and a few bytes of each once the last is known.

mod rows;
mod sheet;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::codes::{CountryCode, Granularity, Language, Period, SectorId};
use crate::corpus::{Clusters, Prints};
use crate::error::Result;
use crate::indicators::{DocumentSummary, Tally, Weights};
use crate::report::comparison::{Counted, MentionTally};
use crate::report::findings::CorpusFacts;
use crate::report::tables::{ENTITIES, SHARD_DOCUMENTS};
use crate::spool::{Blocks, Sorter};

pub use rows::{Draft, Drafted, Drafting, Placed, Prepared, Rows};
use sheet::Sheet;
pub use write::{Opening, Telling};

/// Ids whose hashes are sorted in memory at a time.
const IDS: usize = 1 << 20;

/// Bytes of rows that wait as they are, in memory, where they are all.
const PLAIN: usize = 1 << 24;

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
    /// Mentions of each batch, as they wait for their weights.
    waiting_mentions: Blocks,
    /// Documents of each batch, where they are kept, without cluster and weight.
    waiting_documents: Blocks,
    /// What the documents of each batch are numbered.
    numbers: Vec<Numbers>,
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

/// The numbers of a batch's documents.
#[derive(Debug)]
struct Numbers {
    /// That of the first.
    first: u32,
    /// Places of those that were left out, in order; mostly none.
    left_out: Vec<u32>,
}

impl Numbers {
    /// The number of the document at a place; none where it was left out.
    fn of(&self, place: u32) -> Option<u32> {
        match self.left_out.binary_search(&place) {
            Ok(_) => None,
            Err(before) => Some(self.first + place - before as u32),
        }
    }
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
            waiting_mentions: Blocks::within(folder, PLAIN),
            waiting_documents: Blocks::within(folder, PLAIN),
            numbers: Vec::new(),
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

    /// How rows are to be made for this.
    pub fn drafting(&self) -> Drafting {
        let packing = [&self.read.waiting_mentions, &self.read.waiting_documents];
        Drafting {
            documents: self.into.documents.clone(),
            entities: self.into.entities.is_some(),
            packing: packing.map(|blocks| blocks.packing().clone()),
        }
    }

    /// Takes in a batch: its documents, some of which may be left out, and their rows.
    ///
    /// # Errors
    /// When a table cannot be written.
    pub fn take(&mut self, batch: &[&Prepared], rows: Drafted, twins: &Twins) -> Result<()> {
        let Drafted { documents, mentions, waiting, shard, entities } = rows;
        self.read.waiting_mentions.push(mentions)?;
        self.read.waiting_documents.push(waiting)?;
        let left_out = if batch.len() == documents as usize {
            Vec::new()
        } else {
            let is_in = |place: &u32| batch.binary_search_by_key(place, |document| document.placed.place).is_ok();
            (0..documents).filter(|place| !is_in(place)).collect()
        };
        self.read.numbers.push(Numbers { first: self.read.documents, left_out });
        for (sheet, rows, which) in [(&mut self.shard, shard, 0), (&mut self.entities, entities, 1)] {
            let Some(sheet) = sheet else { continue };
            batch.iter().try_for_each(|document| sheet.write(document.placed.rows_of(&rows, which)))?;
        }
        batch.iter().try_for_each(|document| self.take_in(document, twins))
    }

    fn take_in(&mut self, document: &Prepared, twins: &Twins) -> Result<()> {
        if matches!(self.into.documents, Documents::Kept) {
            self.ids.push(document.placed.id)?;
        }
        if let Twins::Find = twins {
            self.prints.push(&document.print)?;
        }
        self.count(document)
    }

    fn count(&mut self, document: &Prepared) -> Result<()> {
        let read = &mut self.read;
        let Prepared { date, said, .. } = document;
        read.documents += 1;
        read.mentions += said.mentions.len() as u64;
        if !self.into.is_scored {
            return Ok(());
        }
        read.tally.add(&DocumentSummary { date: *date, publisher: &document.publisher, says: &said.summed })?;
        *read.languages.entry(document.language).or_default() += 1;
        let Some(period) = Period::of(*date, self.cut.granularity) else { return Ok(()) };
        for mention in &said.mentions {
            let counted: &mut MentionTally = read.counted.entry((period, mention.sector)).or_default();
            counted.add(mention.channel, mention.status, mention.parties);
        }
        if self.cut.as_of.is_some_and(|day| date.is_some_and(|date| date > day)) {
            return Ok(());
        }
        for sector in &said.summed.sectors {
            *read.sectors.entry((period, *sector)).or_default() += 1;
        }
        for ((sector, origin), mentions) in &said.units {
            let count = read.units.entry((period, *sector, *origin)).or_default();
            count.documents += 1;
            count.mentions += mentions;
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
