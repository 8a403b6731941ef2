//! The first half of a run: corpus in, mentions out, and the compact memory that scoring needs ([`super::intake`]).

mod ahead;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cache::{Cache, Kept, NewPack, Packs};
use super::intake::{Cut, Destinations, Draft, Drafted, Drafting, Intake, Prepared, ReadCorpus, Twins};
use super::said::Said;
use crate::codes::{Language, SectorId};
use crate::corpus::{Corpus, Document, Gathering, Met, Parsed};
use crate::error::Result;
use crate::extract::{EntityKind, Extractor, Reading};
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
        let intake = Intake::open(self.cut, into)?;
        let drafting = intake.drafting();
        let task = Task { reader: self, packs: packs.as_ref(), drafting: &drafting };
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
        let Extracted { mut documents, rows } = task.extract(cut.parse())?;
        gathering.take_in(&mut documents);
        writing.take(&documents, rows, bytes_read)?;
    }
    gathering.finish();
    Ok(writing)
}

/// What is done with a batch: on any thread.
#[derive(Clone, Copy)]
struct Task<'r> {
    reader: &'r Reader<'r>,
    /// What is known from earlier runs.
    packs: Option<&'r Packs>,
    drafting: &'r Drafting,
}

/// A batch whose documents were read, and their rows.
struct Extracted<'r> {
    documents: Parsed<'r, Prepared>,
    rows: Drafted,
}

impl<'r> Task<'r> {
    fn extract(self, batch: Parsed<'r, Met>) -> Result<Extracted<'r>> {
        let mut draft = self.drafting.begin();
        let documents = batch.try_map(|met| self.prepare(met, &mut draft))?;
        Ok(Extracted { documents, rows: draft.finish() })
    }

    /// What a document says, from the cache where it is there; else with the key under which it is to be kept.
    fn prepare(self, met: Met, draft: &mut Draft<'_>) -> Result<Prepared> {
        let document = &met.document;
        let key = self.packs.map(|packs| document.key(packs.seed()));
        let kept = self.packs.zip(key).and_then(|(packs, key)| packs.get(key));
        let recalled = kept.and_then(|kept| kept.restore(document, self.reader.extractor.certainties()));
        let (said, print, key) = match recalled {
            Some((sectors, print, reading)) => (Arc::new(Said::of(&sectors, &reading)?), Arc::new(print), None),
            None => (self.read_once(&met)?, met.print(), key.map(Box::new)),
        };
        let facts = DocumentFacts {
            id: &document.id,
            date: document.date,
            language: document.language,
            publisher: &document.publisher,
            title: document.title(),
            url: &document.url,
        };
        let placed = draft.add(&facts, &said, &print)?;
        let Document { id, date, language, publisher, .. } = met.document;
        Ok(Prepared { id, date, language, publisher, print, said, key, placed })
    }

    /// What a document says; one with the same words as an earlier one says the same.
    fn read_once(self, met: &Met) -> Result<Arc<Said>> {
        if let Some(said) = met.made() {
            return Ok(said);
        }
        let mut reading = self.reader.extractor.read(&met.document)?;
        let sectors = sectors_of(&reading);
        let kept = self.packs.map(|_| Kept::of(&sectors, &met.print(), &reading.mentions).bytes());
        if !self.reader.entities {
            reading.entities.clear();
        }
        let said = Arc::new(Said { kept, ..Said::of(&sectors, &reading)? });
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
    fn take(&mut self, batch: &Parsed<'_, Prepared>, rows: Drafted, bytes_read: u64) -> Result<()> {
        let batch: Vec<&Prepared> = batch.documents().collect();
        for document in &batch {
            if let (Some(new), Some(key), Some(kept)) = (&mut self.new, &document.key, &document.said.kept) {
                new.keep(**key, kept)?;
            }
            if self.reader.lexicon.extent(document.language) != Some(Extent::Full) {
                *self.unread.entry(document.language).or_default() += 1;
            }
        }
        self.intake.take(&batch, rows, &Twins::unless(self.reader.keep_duplicates))?;
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

/// The sectors that a document mentions, by what it states or only names.
fn sectors_of(Reading { mentions, entities }: &Reading) -> Vec<SectorId> {
    let named = entities.iter().filter(|entity| entity.kind == EntityKind::Sector);
    let named = named.filter_map(|entity| entity.code.parse::<SectorId>().ok());
    let stated = mentions.iter().map(|mention| mention.sector);
    stated.chain(named).collect::<BTreeSet<_>>().into_iter().collect()
}
