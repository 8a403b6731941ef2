//! The stream of documents: files opened one after another, records cut in order, parsed in any order, gathered in order.
//!
//! - [`Cuts`] cuts records out of files, a batch at a time, on one thread;
//! - [`Cut::parse`] parses a batch, on any thread;
//! - [`Gathering`] takes the batches in, in order, and says what was wrong with them.
//!
//! [`Batches`] does the three in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use crate::error::Result;
use crate::warning::Warnings;

use super::assemble::{Assembled, assemble};
use super::fault::{Fault, FaultLog};
use super::fields::ColumnMap;
use super::known::{Known, Words};
use super::read::{Limits, Opening, Pending, Reader};
use super::source::Source;
use super::tally::Tally;
use super::{Corpus, Document, Fingerprint, Input};

/// Records in input order, cut but not parsed, a batch at a time; made by [`Corpus::cuts`].
pub struct Cuts<'a> {
    corpus: &'a Corpus,
    waiting: std::slice::Iter<'a, Input>,
    current: Option<Open<'a>>,
    bytes_read: Arc<AtomicU64>,
    columns: Arc<ColumnMap>,
    known: Arc<Known>,
    is_done: bool,
}

/// A file being read.
struct Open<'a> {
    input: &'a Input,
    /// Its bytes, unless it is a table in memory.
    source: Option<Source>,
    reader: Box<dyn Reader>,
}

/// What reading met, in order.
enum Event {
    Record(Pending),
    Fault(Fault),
    EndOfFile,
}

/// A batch of records as they were cut.
pub struct Cut<'a> {
    events: Vec<(&'a Input, Event)>,
    known: Arc<Known>,
    is_hashed: bool,
    /// Bytes of its records.
    pub bytes: usize,
    /// Bytes of input read by then, as stored: for progress against the sum of [`Input::bytes`].
    pub bytes_read: u64,
}

/// A batch of records, parsed: documents, or what was made of them.
pub struct Parsed<'a, D>(Vec<(&'a Input, Outcome<D>)>);

/// What became of a record.
enum Outcome<D> {
    Record { parsed: Option<(D, Counted)>, faults: Vec<Fault> },
    Fault(Fault),
    EndOfFile,
}

/// What there is to count of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// A hash of its id.
    pub id: u64,
    /// Whether it says no date.
    pub is_undated: bool,
    /// A hash of its text, where documents of equal texts are dropped.
    pub text: Option<u64>,
}

/// What has the id of a document.
pub trait Identified {
    /// The id.
    fn id(&self) -> &str;
}

/// A document, and what is known of its words from an earlier one with the same.
#[derive(Debug)]
pub struct Met {
    /// The document.
    pub document: Document,
    words: Arc<Words>,
}

impl Met {
    /// Its fingerprint, made where the same words have none yet.
    pub fn print(&self) -> Arc<Fingerprint> {
        self.words.print(&self.document)
    }

    /// What was made of the same words in the same language, if it is still known.
    pub fn made<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.words.made(self.document.language)
    }

    /// Keeps what was made of these words, which takes `size` bytes, for the next document that has them.
    pub fn keep<T: Send + Sync + 'static>(&self, made: Arc<T>, size: usize) {
        self.words.keep(self.document.language, made, size);
    }
}

impl Identified for Met {
    fn id(&self) -> &str {
        &self.document.id
    }
}

impl<'a, D> Parsed<'a, D> {
    /// The documents.
    pub fn documents(&self) -> impl Iterator<Item = &D> {
        self.0.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Record { parsed: Some((document, _)), .. } => Some(document),
            _ => None,
        })
    }

    /// The same, on their own.
    pub fn into_documents(self) -> Vec<D> {
        let document = |outcome| match outcome {
            (_, Outcome::Record { parsed: Some((document, _)), .. }) => Some(document),
            _ => None,
        };
        self.0.into_iter().filter_map(document).collect()
    }

    /// The same with something made of each document.
    ///
    /// # Errors
    /// The first that `make` gives.
    pub fn try_map<E>(self, mut make: impl FnMut(D) -> Result<E>) -> Result<Parsed<'a, E>> {
        let outcome = |(input, outcome)| {
            let outcome = match outcome {
                Outcome::Record { parsed: Some((document, counted)), faults } => {
                    Outcome::Record { parsed: Some((make(document)?, counted)), faults }
                }
                Outcome::Record { parsed: None, faults } => Outcome::Record { parsed: None, faults },
                Outcome::Fault(fault) => Outcome::Fault(fault),
                Outcome::EndOfFile => Outcome::EndOfFile,
            };
            Ok((input, outcome))
        };
        self.0.into_iter().map(outcome).collect::<Result<_>>().map(Parsed)
    }
}

impl<'a> Cuts<'a> {
    pub(super) fn new(corpus: &'a Corpus) -> Self {
        Self {
            corpus,
            waiting: corpus.inputs.iter(),
            current: None,
            bytes_read: Arc::default(),
            columns: Arc::new(corpus.options.columns.clone()),
            known: Arc::default(),
            is_done: false,
        }
    }

    /// Cuts records until the batch is full or the inputs are at their end.
    fn fill(&mut self) -> Result<Cut<'a>> {
        let options = &self.corpus.options;
        let (mut events, mut bytes) = (Vec::new(), 0);
        while events.len() < options.batch_documents.max(1) && bytes < options.batch_bytes.max(1) {
            let Some(open) = &mut self.current else {
                let Some(input) = self.waiting.next() else { break };
                match self.open(input)? {
                    Ok(open) => self.current = Some(open),
                    Err(fault) => events.extend([(input, Event::Fault(fault)), (input, Event::EndOfFile)]),
                }
                continue;
            };
            let input = open.input;
            match open.reader.next() {
                Some(Ok(pending)) => {
                    bytes += pending.bytes;
                    events.push((input, Event::Record(pending)));
                }
                Some(Err(fault)) => events.push((input, Event::Fault(fault))),
                None => {
                    let change = self.close()?;
                    events.extend(change.map(|fault| (input, Event::Fault(fault))));
                    events.push((input, Event::EndOfFile));
                }
            }
        }
        let bytes_read = self.bytes_read.load(Ordering::Relaxed);
        Ok(Cut { events, known: Arc::clone(&self.known), is_hashed: !options.keep_duplicates, bytes, bytes_read })
    }

    /// Opens a file. What is wrong with a file that the user named is an error; in a folder, the others are read.
    fn open(&self, input: &'a Input) -> Result<std::result::Result<Open<'a>, Fault>> {
        if let Some(reader) = self.corpus.reader_of_table() {
            return Ok(Ok(Open { input, source: None, reader: reader? }));
        }
        let source = match Source::open(input, self.corpus.options.hash_inputs, Arc::clone(&self.bytes_read)) {
            Ok(source) => source,
            Err(error) => return Ok(Err(Fault::loss("unreadable", format!("{error}; left out")))),
        };
        let (stream, is_compressed) = match source.stream(self.corpus.options.max_expansion) {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(Fault::loss("unreadable", format!("{error}; left out")))),
        };
        let is_plain_file = !is_compressed && !input.is_standard_input();
        let part = input.part;
        let opening = Opening {
            stream,
            path: is_plain_file.then(|| input.path.clone()),
            limits: Limits {
                max_record: self.corpus.options.max_record,
                max_expansion: self.corpus.options.max_expansion,
                lines_before: part.map_or(0, |part| part.lines),
                records_before: part.map_or(0, |part| part.records),
            },
            columns: Arc::clone(&self.columns),
            known: Arc::clone(&self.known),
        };
        match input.format.open(opening) {
            Ok(reader) => Ok(Ok(Open { input, source: Some(source), reader })),
            Err(error) if input.is_named => Err(error.at_file(&input.path)),
            Err(error) => {
                let remedy = error.remedy().map(|remedy| format!("; {remedy}")).unwrap_or_default();
                Ok(Err(Fault::loss("broken-file", format!("{error}{remedy}"))))
            }
        }
    }

    /// Closes the file at hand; says so where it changed while it was read. A table whose rows broke off is an error.
    fn close(&mut self) -> Result<Option<Fault>> {
        let Some(Open { input, source, mut reader }) = self.current.take() else { return Ok(None) };
        let of_table = reader.finish()?;
        drop(reader);
        if let Some(digest) = of_table.or_else(|| source.and_then(Source::finish)) {
            input.set_sha256(digest);
        }
        Ok(input.change())
    }
}

impl<'a> Iterator for Cuts<'a> {
    type Item = Result<Cut<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let cut = self.fill();
        self.is_done = cut.as_ref().map_or(true, |cut| cut.events.is_empty());
        cut.map(|cut| (!self.is_done).then_some(cut)).transpose()
    }
}

impl<'a> Cut<'a> {
    /// Parses the records: on any thread, with the same result.
    pub fn parse(self) -> Parsed<'a, Met> {
        let (known, is_hashed) = (&self.known, self.is_hashed);
        Parsed(self.events.into_iter().map(|(input, event)| (input, parse(input, event, known, is_hashed))).collect())
    }
}

/// Parses one record.
fn parse(input: &Input, event: Event, known: &Arc<Known>, is_hashed: bool) -> Outcome<Met> {
    let pending = match event {
        Event::Record(pending) => pending,
        Event::Fault(fault) => return Outcome::Fault(fault),
        Event::EndOfFile => return Outcome::EndOfFile,
    };
    let place = (pending.line, pending.number);
    let mut faults = Vec::new();
    let fields = pending.parse(&mut faults);
    let assembled = fields.and_then(|fields| assemble(fields, input, place, known, &mut faults));
    let parsed = assembled.map(|Assembled { document, words, is_undated }| {
        let text = is_hashed.then(|| Fingerprint::of(&document.text).content_hash());
        let counted = Counted { id: xxh3_64(document.id.as_bytes()), is_undated, text };
        (Met { document, words }, counted)
    });
    Outcome::Record { parsed, faults }
}

/// Takes parsed batches in, in order: counts what was read, keeps the documents and says what was wrong with the others.
pub struct Gathering<'a> {
    /// Documents and faults of the file whose records are being taken in.
    seen_in_file: usize,
    tally: Tally,
    log: FaultLog<'a>,
    warnings: &'a Warnings,
}

impl<'a> Gathering<'a> {
    /// Of nothing yet but the faults that were found when the corpus was opened. Soft faults go to `warnings`.
    pub fn new(corpus: &Corpus, warnings: &'a Warnings) -> Self {
        let mut log = FaultLog::new(warnings);
        for (place, fault) in &corpus.faults {
            log.add(fault.clone());
            log.end_file(place);
        }
        Self { seen_in_file: 0, tally: Tally::default(), log, warnings }
    }

    /// Takes in the next batch. A document that is to be dropped is in it no longer.
    pub fn take_in<D: Identified>(&mut self, batch: &mut Parsed<'_, D>) {
        for (input, outcome) in &mut batch.0 {
            match outcome {
                Outcome::Record { parsed, faults } => {
                    self.seen_in_file += faults.len();
                    faults.drain(..).for_each(|fault| self.log.add(fault));
                    if let Some((document, counted)) = parsed {
                        self.seen_in_file += 1;
                        if !self.tally.add(document.id(), *counted, &input.name) {
                            *parsed = None;
                        }
                    }
                }
                Outcome::Fault(fault) => {
                    self.seen_in_file += 1;
                    self.log.add(fault.clone());
                }
                Outcome::EndOfFile => {
                    if std::mem::take(&mut self.seen_in_file) == 0 {
                        self.log.add(Fault::note("empty", "holds no document"));
                    }
                    self.log.end_file(&input.name);
                }
            }
        }
    }

    /// Says what holds over all files (documents without a date, repeated ids), once the last batch was taken in.
    pub fn finish(mut self) {
        self.log.finish();
        self.tally.finish(self.warnings);
    }
}

/// Documents in input order, a batch at a time; made by [`Corpus::batches`].
pub struct Batches<'a> {
    cuts: Cuts<'a>,
    /// Until the last batch was taken.
    gathering: Option<Gathering<'a>>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(corpus: &'a Corpus, warnings: &'a Warnings) -> Self {
        Self { cuts: Cuts::new(corpus), gathering: Some(Gathering::new(corpus, warnings)) }
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Vec<Document>>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(gathering) = &mut self.gathering {
            let documents = match self.cuts.next() {
                Some(Ok(cut)) => {
                    let mut batch = cut.parse();
                    gathering.take_in(&mut batch);
                    batch.into_documents()
                }
                Some(Err(error)) => {
                    self.gathering = None;
                    return Some(Err(error));
                }
                None => {
                    self.gathering.take().into_iter().for_each(Gathering::finish);
                    break;
                }
            };
            if !documents.is_empty() {
                return Some(Ok(documents.into_iter().map(|met| met.document).collect()));
            }
        }
        None
    }
}
