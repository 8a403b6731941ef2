//! The stream of documents: files opened one after another, records cut in order, parsed in parallel, batch by batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::error::Result;
use crate::warning::Warnings;

use super::assemble::{Assembled, assemble};
use super::fault::{Fault, FaultLog};
use super::fields::ColumnMap;
use super::known::Known;
use super::read::{Limits, Opening, Pending, Reader};
use super::source::Source;
use super::{Corpus, Document, Fingerprint, Input};

/// Documents in input order, a batch at a time; made by [`Corpus::batches`].
pub struct Batches<'a> {
    corpus: &'a Corpus,
    waiting: std::slice::Iter<'a, Input>,
    current: Option<Open<'a>>,
    /// Documents and faults of the file whose records are being taken in.
    seen_in_file: usize,
    tally: super::tally::Tally,
    log: FaultLog<'a>,
    warnings: &'a Warnings,
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

/// The same after parsing.
enum Parsed {
    Record { assembled: Option<(Assembled, Option<u64>)>, faults: Vec<Fault> },
    Fault(Fault),
    EndOfFile,
}

impl<'a> Batches<'a> {
    pub(super) fn new(corpus: &'a Corpus, warnings: &'a Warnings) -> Self {
        let mut log = FaultLog::new(warnings);
        for (place, fault) in &corpus.faults {
            log.add(fault.clone());
            log.end_file(place);
        }
        Self {
            corpus,
            waiting: corpus.inputs.iter(),
            current: None,
            seen_in_file: 0,
            tally: super::tally::Tally::default(),
            log,
            warnings,
            bytes_read: Arc::default(),
            columns: Arc::new(corpus.options.columns.clone()),
            known: Arc::default(),
            is_done: false,
        }
    }

    /// Bytes of input read so far, as stored: for progress against the sum of [`Input::bytes`].
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Cuts records until the batch is full or the inputs are at their end.
    fn fill(&mut self) -> Result<Vec<(&'a Input, Event)>> {
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
        Ok(events)
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

    /// Counts what was parsed, in order, and keeps the documents.
    fn take_in(&mut self, parsed: Vec<(&'a Input, Parsed)>) -> Vec<Document> {
        let mut documents = Vec::with_capacity(parsed.len());
        for (input, parsed) in parsed {
            match parsed {
                Parsed::Record { assembled, faults } => {
                    self.seen_in_file += faults.len();
                    faults.into_iter().for_each(|fault| self.log.add(fault));
                    if let Some((assembled, text_hash)) = assembled {
                        self.seen_in_file += 1;
                        if self.tally.add(&assembled, text_hash, &input.name) {
                            documents.push(assembled.document);
                        }
                    }
                }
                Parsed::Fault(fault) => {
                    self.seen_in_file += 1;
                    self.log.add(fault);
                }
                Parsed::EndOfFile => {
                    if std::mem::take(&mut self.seen_in_file) == 0 {
                        self.log.add(Fault::note("empty", "holds no document"));
                    }
                    self.log.end_file(&input.name);
                }
            }
        }
        documents
    }

    fn finish(&mut self) {
        self.log.finish();
        self.tally.finish(self.warnings);
        self.is_done = true;
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Vec<Document>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_done {
            let events = match self.fill() {
                Ok(events) => events,
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(error));
                }
            };
            if events.is_empty() {
                self.finish();
                break;
            }
            let is_hashed = !self.corpus.options.keep_duplicates;
            let parsed = events.into_par_iter().map(|(input, event)| (input, parse(input, event, is_hashed))).collect();
            let documents = self.take_in(parsed);
            if !documents.is_empty() {
                return Some(Ok(documents));
            }
        }
        None
    }
}

/// Parses one record: pure, on any thread.
fn parse(input: &Input, event: Event, is_hashed: bool) -> Parsed {
    let pending = match event {
        Event::Record(pending) => pending,
        Event::Fault(fault) => return Parsed::Fault(fault),
        Event::EndOfFile => return Parsed::EndOfFile,
    };
    let (line, number) = (pending.line, pending.number);
    let mut faults = Vec::new();
    let fields = pending.parse(&mut faults);
    let assembled = fields.and_then(|fields| assemble(fields, input, line, number, &mut faults));
    let assembled = assembled.map(|assembled| {
        let text_hash = is_hashed.then(|| Fingerprint::of(&assembled.document.text).content_hash());
        (assembled, text_hash)
    });
    Parsed::Record { assembled, faults }
}
