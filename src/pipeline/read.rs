//! The first half of a run: corpus in, mentions out, and the compact memory that scoring needs ([`super::intake`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread::Scope;

use rayon::prelude::*;

use super::cache::{Cache, Kept};
use super::intake::{Cut, Destinations, Documents, Intake, Prepared, ReadCorpus, Twins};
use super::repeats::{Repeats, Said};
use crate::codes::{Language, SectorId};
use crate::corpus::{Corpus, Document, Fingerprint};
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
        let intake = Intake::open(self.cut, into)?;
        // One thread is one thread: whoever asks for it gets no other beside it.
        let intake = match rayon::current_num_threads() {
            1 => self.read_alone(corpus, intake, cache, warnings)?,
            _ => std::thread::scope(|scope| self.read_ahead(scope, corpus, intake, cache, warnings))?,
        };
        intake.finish(Twins::unless(self.keep_duplicates))
    }

    /// Reads, extracts and writes in turn.
    fn read_alone(
        &self,
        corpus: &Corpus,
        mut intake: Intake,
        cache: Option<Cache>,
        warnings: &Warnings,
    ) -> Result<Intake> {
        let wanted = intake.wanted().clone();
        let mut batches = corpus.batches(warnings);
        let batches = std::iter::from_fn(move || batches.next().map(|batch| (batch, batches.bytes_read())));
        self.extract(batches, (cache, &wanted), warnings, |prepared| {
            prepared
                .iter()
                .try_for_each(|document| intake.take(document, &Twins::unless(self.keep_duplicates)))
                .map(|()| true)
        })?;
        Ok(intake)
    }

    /// Reads on one thread, writes on another, and extracts on all that rayon has: while a batch is extracted, the next is cut and the one
    /// before is written.
    fn read_ahead<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        corpus: &'scope Corpus,
        mut intake: Intake,
        cache: Option<Cache>,
        warnings: &'scope Warnings,
    ) -> Result<Intake> {
        let wanted = intake.wanted().clone();
        let (sender, receiver) = mpsc::sync_channel::<Vec<Prepared>>(1);
        let writing = scope.spawn(move || -> Result<Intake> {
            for document in receiver.into_iter().flatten() {
                intake.take(&document, &Twins::unless(self.keep_duplicates))?;
            }
            Ok(intake)
        });
        // A writer that failed listens no more: what it failed of is told below.
        let hand_over = |prepared| Ok(sender.send(prepared).is_ok());
        let extracted = self.extract(ahead(scope, corpus, warnings), (cache, &wanted), warnings, hand_over);
        drop(sender);
        let intake = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        extracted.map(|()| intake)
    }

    /// Extracts batch by batch and hands each over, in order, as long as it is wanted.
    fn extract(
        &self,
        batches: impl IntoIterator<Item = Batch>,
        (mut cache, wanted): (Option<Cache>, &Documents),
        warnings: &Warnings,
        mut hand_over: impl FnMut(Vec<Prepared>) -> Result<bool>,
    ) -> Result<()> {
        let mut unread: BTreeMap<Language, u32> = BTreeMap::new();
        let repeats = Repeats::default();
        for (batch, bytes_read) in batches {
            let known = cache.as_ref();
            let batch = batch?;
            self.compile(&batch)?;
            let readings =
                batch.into_par_iter().map(|document| self.read_or_recall(document, (known, &repeats), wanted));
            let prepared = readings.collect::<Vec<_>>().into_iter().collect::<Result<Vec<Prepared>>>()?;
            for document in &prepared {
                let facts = &document.facts;
                if let (Some(cache), Some(key)) = (&mut cache, document.key) {
                    cache.keep(key, &Kept::of(&facts.sectors, &facts.print, &document.mentions))?;
                }
                if self.lexicon.extent(facts.language) != Some(Extent::Full) {
                    *unread.entry(facts.language).or_default() += 1;
                }
            }
            if !hand_over(prepared)? {
                return Ok(());
            }
            (self.progress)(bytes_read);
        }
        if let Some(cache) = cache {
            cache.finish()?;
        }
        self.warn_of_unread(&unread, warnings);
        Ok(())
    }

    /// Compiles the lexicons that a batch asks for on this thread, while others cut and parse the next: the threads that extract would all
    /// wait for the one that compiles.
    fn compile(&self, batch: &[Document]) -> Result<()> {
        let languages = batch.iter().map(|document| document.language).collect::<BTreeSet<_>>();
        languages.into_iter().try_for_each(|language| self.lexicon.language(language).map(drop))
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

    /// What a document says, from the cache where it is there; else with the key under which it is to be kept.
    fn read_or_recall(
        &self,
        document: Document,
        (cache, repeats): (Option<&Cache>, &Repeats),
        wanted: &Documents,
    ) -> Result<Prepared> {
        let key = document.key(cache.map_or(0, Cache::seed));
        let kept = cache.and_then(|cache| cache.get(key));
        if let Some((sectors, print, mentions)) =
            kept.and_then(|kept| kept.restore(&document, self.extractor.certainties()))
        {
            return Prepared::of(facts(document, (sectors, print), wanted), mentions, None, wanted);
        }
        let said = self.read_once(&document, key, repeats)?;
        let Reading { mentions, entities } = said.by(&document);
        let facts = facts(document, (said.sectors.clone(), said.print), wanted);
        let entities = self.entities.then_some(entities.as_slice());
        let mut prepared = Prepared::of(facts, mentions, entities, wanted)?;
        prepared.key = cache.map(|_| key);
        Ok(prepared)
    }

    /// What a document says; one with the same words as an earlier one says the same.
    fn read_once(&self, document: &Document, key: u128, repeats: &Repeats) -> Result<Arc<Said>> {
        if let Some(said) = repeats.get(key) {
            return Ok(said);
        }
        let reading = self.extractor.read(document)?;
        let sectors = sectors_of(&reading.mentions, &reading.entities);
        let said = Arc::new(Said { sectors, print: Fingerprint::of_document(document), reading });
        repeats.keep(key, Arc::clone(&said));
        Ok(said)
    }
}

/// Documents, and the bytes of input read by then.
type Batch = (Result<Vec<Document>>, u64);

/// Batches that may wait while a lexicon is compiled.
const WAITING: usize = 4;

/// Reads batches on a thread of its own, so that the next is cut while one is extracted and written: some wait, one is
/// being made. The thread ends when nobody listens.
fn ahead<'scope>(
    scope: &'scope Scope<'scope, '_>,
    corpus: &'scope Corpus,
    warnings: &'scope Warnings,
) -> Receiver<Batch> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    scope.spawn(move || {
        let mut batches = corpus.batches(warnings);
        while let Some(batch) = batches.next() {
            if sender.send((batch, batches.bytes_read())).is_err() {
                break;
            }
        }
    });
    receiver
}

/// What is kept of a document; its title only where its row is wanted.
fn facts(document: Document, (sectors, print): (Vec<SectorId>, Fingerprint), wanted: &Documents) -> DocumentFacts {
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
