//! Web archives (WARC): the pages of a crawl, one document a page.
//!
//! Read are `response` and `resource` records that hold HTML or plain text, and `conversion` records (text made of pages).
//! A page's own date and address stand before those of the crawl. Other records are passed over and counted. The file is read
//! from front to back, a record at a time; where a record is broken, reading goes on at the next.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};

use crate::corpus::fault::Fault;

use super::{Format, Limits, Opening, Pending, Reader, Stream, broken_off, oversized};

mod http;
mod page;

use page::Kind;

pub(super) const FORMAT: Format =
    Format { name: "warc", extensions: &["warc"], is_many: true, open: |opening| Ok(Box::new(Warc::new(opening))) };

/// Bytes of a header line, and lines of a header: more is no record.
const MAX_LINE: usize = 64 << 10;
const MAX_LINES: usize = 1_000;
/// Kinds of passed over records that are named.
const NAMED_KINDS: usize = 8;

struct Warc {
    stream: Stream,
    limits: Limits,
    records: u64,
    /// What was passed over, by kind.
    skipped: BTreeMap<String, u64>,
    /// What is still to be said, such as what ended the reading early: after the record that it cut.
    faults: VecDeque<Fault>,
    is_done: bool,
}

/// The header of a record.
#[derive(Debug, Default)]
struct Header {
    kind: String,
    content_type: String,
    date: String,
    url: String,
    length: Option<u64>,
}

/// What comes next in the file.
enum Next {
    Record(Header),
    /// Bytes that are no record, up to where the next begins.
    Garbage,
    End,
}

impl Warc {
    fn new(opening: Opening) -> Self {
        Self {
            stream: opening.stream,
            limits: opening.limits,
            records: 0,
            skipped: BTreeMap::new(),
            faults: VecDeque::new(),
            is_done: false,
        }
    }

    /// A line without its end, and whether the file goes on after it. The rest of one that is too long is passed over.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut is_begun = false;
        loop {
            let chunk = match self.stream.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(is_begun.then_some(line));
            }
            is_begun = true;
            let found = memchr::memchr(b'\n', chunk);
            let piece = &chunk[..found.unwrap_or(chunk.len())];
            line.extend_from_slice(&piece[..piece.len().min(MAX_LINE - line.len())]);
            let used = piece.len() + usize::from(found.is_some());
            self.stream.consume(used);
            if found.is_some() {
                line.truncate(line.trim_ascii_end().len());
                return Ok(Some(line));
            }
        }
    }

    /// The header of the next record.
    fn header(&mut self) -> io::Result<Next> {
        let mut is_garbage = false;
        loop {
            match self.line()? {
                None if is_garbage => return Ok(Next::Garbage),
                None => return Ok(Next::End),
                Some(line) if line.is_empty() => {}
                Some(line) if line.starts_with(b"WARC/") => break,
                Some(_) => is_garbage = true,
            }
        }
        let mut header = Header::default();
        for _ in 0..MAX_LINES {
            let Some(line) = self.line()? else { break };
            if line.is_empty() {
                break;
            }
            header.set(&String::from_utf8_lossy(&line));
        }
        if is_garbage {
            // Said as a fault of the record before; the one found is read.
            self.faults.push_back(self.garbage());
        }
        Ok(Next::Record(header))
    }

    fn garbage(&self) -> Fault {
        let message =
            format!("bytes that are no WARC record after record {}; passed over up to the next", self.records);
        Fault::loss("broken-record", message)
    }

    /// Reads the block of a record, as far as the file goes.
    fn block(&mut self, length: u64) -> Vec<u8> {
        let mut block = Vec::new();
        match self.stream.by_ref().take(length).read_to_end(&mut block) {
            Ok(_) if (block.len() as u64) < length => {
                let message = format!("the file ends within record {}; what came before is kept", self.records);
                self.stop(Fault::loss("truncated", message));
            }
            Ok(_) => {}
            Err(error) => self.stop(broken_off(&error)),
        }
        block
    }

    /// Passes over the block of a record.
    fn pass_over(&mut self, length: u64) {
        match io::copy(&mut self.stream.by_ref().take(length), &mut io::sink()) {
            Ok(read) if read < length => {
                let message = format!("the file ends within record {}; what came before is kept", self.records);
                self.stop(Fault::loss("truncated", message));
            }
            Ok(_) => {}
            Err(error) => self.stop(broken_off(&error)),
        }
    }

    fn stop(&mut self, fault: Fault) {
        self.faults.push_back(fault);
        self.is_done = true;
    }

    fn skip(&mut self, kind: String) {
        *self.skipped.entry(kind).or_default() += 1;
    }

    /// A record with a header: a page, or nothing where it is passed over.
    fn record(&mut self, header: Header) -> Option<Result<Pending, Fault>> {
        let Some(length) = header.length else {
            let message = format!("record {} has no Content-Length; passed over", self.records);
            return Some(Err(Fault::loss("broken-record", message)));
        };
        let Some(kind) = Kind::of(&header.kind, &header.content_type) else {
            self.skip(header.kind);
            self.pass_over(length);
            return None;
        };
        if length > self.limits.max_record as u64 {
            self.pass_over(length);
            return Some(Err(oversized(&format!("record {}", self.records), self.limits.max_record)));
        }
        let block = self.block(length);
        let len = block.len();
        let max = self.limits.max_record;
        match page::Page::cut(kind, block, header.content_type) {
            Err(why) => {
                self.skip(why);
                None
            }
            Ok(page) => {
                let (number, date, url) = (self.records, header.date, header.url);
                let parse = move |faults: &mut Vec<Fault>| page.fields(&date, &url, max, number, faults);
                Some(Ok(Pending::new(number, number, len, parse)))
            }
        }
    }

    /// What was passed over, once, at the end.
    fn passed_over(&mut self) -> Option<Fault> {
        let skipped = std::mem::take(&mut self.skipped);
        let total: u64 = skipped.values().sum();
        let mut kinds: Vec<(String, u64)> = skipped.into_iter().collect();
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let others = kinds.split_off(kinds.len().min(NAMED_KINDS)).len();
        let mut named: Vec<String> = kinds.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        if others > 0 {
            named.push(format!("{others} other kinds"));
        }
        let message = format!("{total} records hold no page and were passed over: {}", named.join(", "));
        (total > 0).then(|| Fault::note("skipped-records", message))
    }
}

impl Reader for Warc {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        loop {
            if let Some(fault) = self.faults.pop_front() {
                return Some(Err(fault));
            }
            if self.is_done {
                return self.passed_over().map(Err);
            }
            match self.header() {
                Ok(Next::Record(header)) => {
                    self.records += 1;
                    if let Some(record) = self.record(header) {
                        return Some(record);
                    }
                }
                Ok(Next::Garbage) => {
                    let fault = self.garbage();
                    self.stop(fault);
                }
                Ok(Next::End) => self.is_done = true,
                Err(error) => self.stop(broken_off(&error)),
            }
        }
    }
}

impl Header {
    fn set(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else { return };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "warc-type" => value.clone_into(&mut self.kind),
            "content-type" => value.clone_into(&mut self.content_type),
            "warc-date" => value.clone_into(&mut self.date),
            "warc-target-uri" => value.trim_matches(['<', '>']).clone_into(&mut self.url),
            "content-length" => self.length = value.parse().ok(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
