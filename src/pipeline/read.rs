//! The first half of a run: corpus in, mentions out, and the compact memory that scoring needs ([`super::intake`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread::Scope;

use rayon::prelude::*;

use super::cache::{Cache, Kept};
use super::intake::{Cut, Destinations, Intake, ReadCorpus};
use super::repeats::{Repeats, Said};
use crate::codes::{Language, SectorId};
use crate::corpus::{Corpus, Document, Fingerprint};
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
        std::thread::scope(|scope| self.read_batches(ahead(scope, corpus, warnings), into, cache, warnings))
    }

    fn read_batches(
        &self,
        batches: Receiver<Batch>,
        into: &Destinations,
        mut cache: Option<Cache>,
        warnings: &Warnings,
    ) -> Result<ReadCorpus> {
        let mut intake = Intake::open(self.cut, into)?;
        let mut unread: BTreeMap<Language, u32> = BTreeMap::new();
        let repeats = Repeats::default();
        for (batch, bytes_read) in batches {
            let known = cache.as_ref();
            let readings = batch?.into_par_iter().map(|document| self.read_or_recall(&document, &repeats, known));
            for read in readings.collect::<Vec<_>>() {
                let (document, reading, new) = read?;
                if let (Some(cache), Some(key)) = (&mut cache, new) {
                    cache.keep(key, &Kept::of(&document.sectors, &document.print, &reading.mentions))?;
                }
                if self.lexicon.extent(document.language) != Some(Extent::Full) {
                    *unread.entry(document.language).or_default() += 1;
                }
                intake.take(&document, &reading.mentions, &reading.entities)?;
            }
            (self.progress)(bytes_read);
        }
        if let Some(cache) = cache {
            cache.finish()?;
        }
        self.warn_of_unread(&unread, warnings);
        intake.finish(self.keep_duplicates)
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

    /// What a document says, from the cache where it is there; else its key, under which it is to be kept.
    fn read_or_recall(
        &self,
        document: &Document,
        repeats: &Repeats,
        cache: Option<&Cache>,
    ) -> Result<(DocumentFacts, Reading, Option<u128>)> {
        let Some(cache) = cache else {
            return self.read_once(document, repeats).map(|(facts, reading)| (facts, reading, None));
        };
        let key = cache.key(document);
        let kept = cache.get(key).and_then(|kept| kept.restore(document, self.extractor.certainties()));
        match kept {
            Some((sectors, print, mentions)) => {
                Ok((facts(document, sectors, print), Reading { mentions, entities: Vec::new() }, None))
            }
            None => self.read_once(document, repeats).map(|(facts, reading)| (facts, reading, Some(key))),
        }
    }

    /// What a document says; one with the same words as an earlier one says the same.
    fn read_once(&self, document: &Document, repeats: &Repeats) -> Result<(DocumentFacts, Reading)> {
        let key = Repeats::key(document);
        let said = match repeats.get(key) {
            Some(said) => said,
            None => {
                let reading = self.extractor.read(document)?;
                let said = Said { sectors: sectors_of(&reading), print: Fingerprint::of_document(document), reading };
                let said = Arc::new(said);
                repeats.keep(key, Arc::clone(&said));
                said
            }
        };
        Ok((facts(document, said.sectors.clone(), said.print), said.by(document)))
    }
}

/// Documents, and the bytes of input read by then.
type Batch = (Result<Vec<Document>>, u64);

/// Reads batches on a thread of its own, so that the next is cut while one is extracted and written: one waits, one is
/// being made. The thread ends when nobody listens.
fn ahead<'scope>(
    scope: &'scope Scope<'scope, '_>,
    corpus: &'scope Corpus,
    warnings: &'scope Warnings,
) -> Receiver<Batch> {
    let (sender, receiver) = mpsc::sync_channel(1);
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

fn facts(document: &Document, sectors: Vec<SectorId>, print: Fingerprint) -> DocumentFacts {
    DocumentFacts {
        id: document.id.as_str().into(),
        date: document.date,
        language: document.language,
        publisher: document.publisher.as_str().into(),
        title: document.title().to_owned(),
        url: document.url.clone(),
        sectors,
        print,
    }
}

/// The sectors that a document mentions, by what it states or only names.
fn sectors_of(reading: &Reading) -> Vec<SectorId> {
    let named = reading.entities.iter().filter(|entity| entity.kind == EntityKind::Sector);
    let named = named.filter_map(|entity| entity.code.parse::<SectorId>().ok());
    let stated = reading.mentions.iter().map(|mention| mention.sector);
    stated.chain(named).collect::<BTreeSet<_>>().into_iter().collect()
}
