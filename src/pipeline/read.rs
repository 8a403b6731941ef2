//! The first half of a run: corpus in, mentions out, and the compact memory that scoring needs ([`super::intake`]).

mod ahead;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cache::{Cache, Kept, NewPack, Packs};
use super::intake::{Cut, Destinations, Documents, Intake, Prepared, ReadCorpus, Twins};
use super::said::Said;
use crate::codes::{Language, SectorId};
use crate::corpus::{Corpus, Document, Fingerprint, Gathering, Met};
use crate::error::Result;
use crate::extract::{Entity, EntityKind, Extractor, Mention, Reading};
use crate::lexicon::{Extent, Lexicon};
use crate::report::tables::DocumentFacts;
use crate::warning::Warnings;

/// What reading needs.
pub struct Reader<'a> {
    /// The words.
    pub lexicon: &'a Lexicon,
    /// Reads one document.
    pub extractor: Extractor<'a>,
    /// How documents are cut into periods.
    pub cut: Cut,
    /// Every document weighs for itself.
    pub keep_duplicates: bool,
    /// Whether rows of entities are made.
    pub entities: bool,
    /// Called with the bytes read so far.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Reader<'_> {
    /// Reads the whole corpus into the files that `into` names.
    ///
    /// # Errors
    /// When a table of the lexicon is faulty or a file cannot be written.
    pub fn read(&self, corpus: &Corpus, into: &Destinations, warnings: &Warnings) -> Result<ReadCorpus> {
        self.read_with(corpus, into, None, warnings)
    }

    /// As [`Reader::read`], but what `cache` holds is not read again, and what is new is kept there. Entities are not kept: none may
    /// be asked for.
    ///
    /// # Errors
    /// As [`Reader::read`], and when the cache cannot be written.
    pub fn read_with(
        &self,
        corpus: &Corpus,
        into: &Destinations,
        cache: Option<Cache>,
        warnings: &Warnings,
    ) -> Result<ReadCorpus> {
        let (packs, new) = cache.map(|cache| (cache.packs, cache.new)).unzip();
        let task = Task { reader: self, packs: packs.as_ref(), wanted: &into.documents };
        let intake = Intake::open(self.cut, into)?;
        let writing = Writing { intake, new, unread: BTreeMap::new(), reader: self };
        // One thread is one thread: whoever asks for it gets no other beside it.
        let writing = match rayon::current_num_threads() {
            1 => read_alone(task, corpus, writing, warnings)?,
            _ => ahead::read(task, corpus, writing, warnings)?,
        };
        let intake = writing.finish(warnings)?;
        intake.finish(Twins::unless(self.keep_duplicates))
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
}

/// Reads, extracts and writes in turn.
fn read_alone<'r>(
    task: Task<'r>,
    corpus: &Corpus,
    mut writing: Writing<'r>,
    warnings: &Warnings,
) -> Result<Writing<'r>> {
    let mut gathering = Gathering::new(corpus, warnings);
    for cut in corpus.cuts() {
        let cut = cut?;
        let bytes_read = cut.bytes_read;
        let batch = gathering.take_in(cut.parse().try_map(|met| task.read_or_recall(met))?);
        writing.take(&batch, bytes_read)?;
    }
    gathering.finish();
    Ok(writing)
}

/// What is done with a document: on any thread.
#[derive(Clone, Copy)]
struct Task<'r> {
    reader: &'r Reader<'r>,
    /// What is known from earlier runs.
    packs: Option<&'r Packs>,
    wanted: &'r Documents,
}

impl Task<'_> {
    /// What a document says, from the cache where it is there; else with the key under which it is to be kept.
    fn read_or_recall(self, met: Met) -> Result<Prepared> {
        let (reader, wanted) = (self.reader, self.wanted);
        let key = self.packs.map(|packs| met.document.key(packs.seed()));
        let kept = self.packs.zip(key).and_then(|(packs, key)| packs.get(key));
        if let Some((sectors, print, mentions)) =
            kept.and_then(|kept| kept.restore(&met.document, reader.extractor.certainties()))
        {
            return Prepared::of(facts(met.document, (sectors, Arc::new(print)), wanted), mentions, None, wanted);
        }
        let (said, print) = (self.read_once(&met)?, met.print());
        let Reading { mentions, entities } = said.by(&met.document);
        let facts = facts(met.document, (said.sectors.clone(), print), wanted);
        let entities = reader.entities.then_some(entities.as_slice());
        let mut prepared = Prepared::of(facts, mentions, entities, wanted)?;
        prepared.key = key;
        Ok(prepared)
    }

    /// What a document says; one with the same words as an earlier one says the same.
    fn read_once(self, met: &Met) -> Result<Arc<Said>> {
        if let Some(said) = met.made() {
            return Ok(said);
        }
        let reading = self.reader.extractor.read(&met.document)?;
        let sectors = sectors_of(&reading.mentions, &reading.entities);
        let said = Arc::new(Said { sectors, reading });
        met.keep(Arc::clone(&said), said.size());
        Ok(said)
    }
}

/// Where batches go, in order.
struct Writing<'r> {
    reader: &'r Reader<'r>,
    intake: Intake,
    /// What later runs are to know.
    new: Option<NewPack>,
    /// Documents in languages without a lexicon.
    unread: BTreeMap<Language, u32>,
}

impl Writing<'_> {
    /// Takes in the next batch, up to which so many bytes of input were read.
    fn take(&mut self, batch: &[Prepared], bytes_read: u64) -> Result<()> {
        let twins = Twins::unless(self.reader.keep_duplicates);
        for document in batch {
            let facts = &document.facts;
            if let (Some(new), Some(key)) = (&mut self.new, document.key) {
                new.keep(key, &Kept::of(&facts.sectors, &facts.print, &document.mentions))?;
            }
            if self.reader.lexicon.extent(facts.language) != Some(Extent::Full) {
                *self.unread.entry(facts.language).or_default() += 1;
            }
            self.intake.take(document, &twins)?;
        }
        (self.reader.progress)(bytes_read);
        Ok(())
    }

    /// Ends the cache's new pack, and says what could not be read.
    fn finish(self, warnings: &Warnings) -> Result<Intake> {
        if let Some(new) = self.new {
            new.finish()?;
        }
        self.reader.warn_of_unread(&self.unread, warnings);
        Ok(self.intake)
    }
}

/// What is kept of a document; its title only where its row is wanted.
fn facts(document: Document, (sectors, print): (Vec<SectorId>, Arc<Fingerprint>), wanted: &Documents) -> DocumentFacts {
    let title = if matches!(wanted, Documents::None) { String::new() } else { document.title().to_owned() };
    let Document { id, date, language, publisher, url, .. } = document;
    DocumentFacts { id, date, language, publisher, title, url, sectors, print }
}

/// The sectors that a document mentions, by what it states or only names.
fn sectors_of(mentions: &[Mention], entities: &[Entity]) -> Vec<SectorId> {
    let named = entities.iter().filter(|entity| entity.kind == EntityKind::Sector);
    let named = named.filter_map(|entity| entity.code.parse::<SectorId>().ok());
    let stated = mentions.iter().map(|mention| mention.sector);
    stated.chain(named).collect::<BTreeSet<_>>().into_iter().collect()
}
