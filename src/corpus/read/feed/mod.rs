//! RSS and Atom feeds, one document an entry.
//!
//! The file is cut at its entries while it is read, and each is parsed alone within the tags that stand open around it: memory
//! is bounded by the entry, an entry that is broken costs no other, and a file that breaks off keeps those before.
//! XML that is no feed is read as one document, its tags left out.

use std::sync::Arc;

use encoding_rs::Encoding;

use crate::corpus::decode::{self, LineDecoder};
use crate::corpus::fault::Fault;

use super::shield::shielded;
use super::{Format, Limits, Opening, Pending, Reader, broken_off, html, oversized};

mod cut;
mod entry;

use cut::{Cut, Cutter};

pub(super) const FORMAT: Format = Format {
    name: "feed",
    extensions: &["xml", "rss", "atom"],
    is_many: true,
    open: |opening| Ok(Box::new(Feed::new(opening))),
};

struct Feed {
    cutter: Cutter,
    decoder: LineDecoder,
    limits: Limits,
    records: u64,
    /// The tags around the entry at hand, and what the feed says of itself.
    around: Option<Arc<entry::Around>>,
    is_binary: bool,
    is_done: bool,
}

impl Feed {
    fn new(opening: Opening) -> Self {
        let opened = decode::open(opening.stream);
        let decoder = match declared(&opened.head) {
            Some(encoding) => LineDecoder::declared(encoding),
            None => LineDecoder::new(&opened.head),
        };
        Self {
            is_binary: decode::is_binary(&opened.head),
            cutter: Cutter::new(opened.stream, opening.limits.max_record),
            decoder,
            limits: opening.limits,
            records: 0,
            around: None,
            is_done: false,
        }
    }

    /// Ends the file, with what there is to say about it.
    fn end(&mut self, fault: Option<Fault>) -> Option<Result<Pending, Fault>> {
        self.is_done = true;
        fault.map(Err)
    }

    /// What stands around the entries; read once, at the first.
    fn around(&mut self) -> Arc<entry::Around> {
        if let Some(around) = &self.around {
            return Arc::clone(around);
        }
        let mut text = |bytes: &[u8]| self.decoder.decode(bytes.to_vec());
        let (open, close) = self.cutter.open_tags();
        let around = Arc::new(entry::Around::new(text(&open), text(&close), &text(self.cutter.head())));
        self.around = Some(Arc::clone(&around));
        around
    }

    fn entry(&mut self, bytes: Vec<u8>, line: u64) -> Pending {
        self.records += 1;
        let (number, len) = (self.records, bytes.len());
        let around = self.around();
        let text = self.decoder.decode(bytes);
        Pending::new(line, number, len, move |faults| {
            let parsed =
                shielded(|| entry::parse(&around, &text)).unwrap_or_else(|| Err("the parser failed".to_owned()));
            parsed.unwrap_or_else(|why| {
                let message = format!("broken entry: {why}; its text was read without its markup");
                faults.push(Fault::note("broken-entry", message).at(line));
                entry::bare(&text)
            })
        })
    }

    /// A file without an entry: one document, unless it is a feed with nothing in it.
    fn without_entries(&mut self) -> Option<Result<Pending, Fault>> {
        self.is_done = true;
        let is_feed = self.cutter.is_feed();
        let bytes = self.cutter.take_rest();
        if is_feed || bytes.trim_ascii().is_empty() {
            return None;
        }
        let len = bytes.len();
        let parse = move |faults: &mut Vec<Fault>| {
            let message = "XML, but no RSS or Atom feed: read as one document, without its tags";
            faults.push(Fault::note("no-feed", message));
            html::fields(bytes, None, faults)
        };
        Some(Ok(Pending::new(1, 1, len, parse)))
    }
}

impl Reader for Feed {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        if self.is_done {
            return None;
        }
        if self.is_binary {
            return self.end(Some(decode::binary()));
        }
        match self.cutter.next() {
            Ok(Cut::Entry { bytes, line }) => Some(Ok(self.entry(bytes, line))),
            Ok(Cut::TooLong { line }) => {
                self.records += 1;
                Some(Err(oversized("entry", self.limits.max_record).at(line)))
            }
            Ok(Cut::HeadTooLong) => {
                self.end(Some(oversized("what stands before the first entry", self.limits.max_record)))
            }
            Ok(Cut::Unclosed { line }) => {
                let message = "the file ends within an entry; those before it are kept, fetch the file again";
                self.end(Some(Fault::loss("truncated", message).at(line)))
            }
            Ok(Cut::End) if self.records == 0 => self.without_entries(),
            Ok(Cut::End) => {
                let fault = self.decoder.fault();
                self.end(fault)
            }
            Err(error) => self.end(Some(broken_off(&error))),
        }
    }
}

/// The encoding named in the XML declaration.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.strip_prefix(b"<?xml")?;
    let declaration = String::from_utf8_lossy(&head[..memchr::memmem::find(head, b"?>")?]);
    let at = declaration.find("encoding")? + "encoding".len();
    let label = declaration[at..].trim_start_matches([' ', '=']).trim_start_matches(['"', '\'']);
    Encoding::for_label(label.split(['"', '\'']).next()?.as_bytes())
}

#[cfg(test)]
mod tests;
