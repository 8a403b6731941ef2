//! Readers: files cut into records. One file per format, one table that registers them by extension.
//!
//! To add a format, write a file beside these that holds a [`Reader`] and a `pub const FORMAT: Format`, and name it in
//! [`FORMATS`]. A reader that makes text of markup looks like this:
//!
//! ```ignore
//! pub(super) const FORMAT: Format =
//!     Format { name: "letters", extensions: &["eml"], is_many: false, open: |opening| Ok(Box::new(Whole::new(opening, parse))) };
//!
//! fn parse(bytes: Vec<u8>, faults: &mut Vec<Fault>) -> Option<Fields> {
//!     let mut fields = Fields::default();
//!     fields.set(Field::Text, text_of(bytes, faults)?, 1);
//!     Some(fields)
//! }
//! ```
//!
//! [`Whole`] reads a file that is one document; a file of many has a [`Reader`] of its own, whose `next` only cuts (it is
//! called in order by one thread) and leaves parsing to [`Pending`] (any thread).

use std::fmt;
use std::io::{self, BufRead, Read};
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Result as Outcome;

use super::expansion::TooMuch;
use super::fault::Fault;
use super::fields::{ColumnMap, Fields};
use super::known::Known;

mod csv;
mod feed;
mod front_matter;
mod html;
mod json_lines;
mod lines;
mod parquet;
mod shield;
mod surrogates;
mod table;
mod text;
mod warc;
mod whole;

pub(super) use table::{FORMAT as TABLE, Table, read_before};

/// Bytes of a file, decompressed, at its beginning.
pub(super) type Stream = Box<dyn BufRead + Send>;

/// Every format, in the order in which messages list them.
const FORMATS: &[&Format] = &[
    &text::PLAIN,
    &text::MARKDOWN,
    &html::FORMAT,
    &feed::FORMAT,
    &json_lines::FORMAT,
    &csv::FORMAT,
    &csv::TABS,
    &parquet::FORMAT,
    &warc::FORMAT,
];

/// What standard input is read as.
pub(super) const STANDARD_INPUT_FORMAT: &Format = &json_lines::FORMAT;

/// Every compression, known by extension in names and by its first bytes when read.
pub(super) const COMPRESSIONS: &[Compression] = &[
    Compression {
        extension: "gz",
        magic: b"\x1f\x8b",
        open: |stored| Ok(Box::new(flate2::bufread::MultiGzDecoder::new(stored))),
    },
    Compression {
        extension: "zst",
        magic: b"\x28\xb5\x2f\xfd",
        open: |stored| Ok(Box::new(zstd::stream::read::Decoder::with_buffer(stored)?)),
    },
];

/// What a reader must not exceed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes above which a record, line or text file is refused.
    pub max_record: usize,
    /// Bytes that one byte of compressed data may become at most.
    pub max_expansion: u64,
    /// Lines of the file before the part that is read; 0 for a whole file.
    pub lines_before: u64,
    /// Records before it.
    pub records_before: u64,
}

/// All that a reader is opened with.
pub(super) struct Opening {
    /// The file from its beginning, decompressed.
    pub stream: Stream,
    /// Where the file is, unless it is compressed: for formats that are not read from front to back.
    pub path: Option<PathBuf>,
    /// What the reader must not exceed.
    pub limits: Limits,
    /// What columns are called.
    pub columns: Arc<ColumnMap>,
    /// The words of documents met lately.
    pub known: Arc<Known>,
}

/// A way of storing documents.
pub struct Format {
    /// Short name, for manifests.
    pub name: &'static str,
    /// Extensions without the dot, in lower case.
    pub extensions: &'static [&'static str],
    /// Whether a file holds many records, so that ids carry a record number.
    pub is_many: bool,
    open: fn(Opening) -> Outcome<Box<dyn Reader>>,
}

impl Format {
    /// A reader at the beginning of a file; an error when the file as a whole is not what its name says.
    pub(super) fn open(&self, opening: Opening) -> Outcome<Box<dyn Reader>> {
        (self.open)(opening)
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A way of compressing files.
pub(super) struct Compression {
    pub extension: &'static str,
    pub magic: &'static [u8],
    pub open: fn(Stream) -> io::Result<Box<dyn Read + Send>>,
}

/// Cuts one file into records.
pub(super) trait Reader: Send {
    /// The next record, not yet parsed, or a fault in its place; nothing at the end of the file. Called in
    /// order by one thread.
    fn next(&mut self) -> Option<Result<Pending, Fault>>;

    /// Ends the reading: the SHA-256 of what was read, for a reader that reads no file; an error where nothing of it may be used.
    fn finish(&mut self) -> Outcome<Option<String>> {
        Ok(None)
    }
}

type Parse = Box<dyn FnOnce(&mut Vec<Fault>) -> Option<Fields> + Send>;

/// A record cut out of its file, to be parsed on any thread.
pub(super) struct Pending {
    /// Line it begins on, from 1.
    pub line: u64,
    /// Its number in the file, from 1; records with faults count.
    pub number: u64,
    /// Bytes it holds.
    pub bytes: usize,
    parse: Parse,
}

impl Pending {
    pub fn new(
        line: u64,
        number: u64,
        bytes: usize,
        parse: impl FnOnce(&mut Vec<Fault>) -> Option<Fields> + Send + 'static,
    ) -> Self {
        Self { line, number, bytes, parse: Box::new(parse) }
    }

    /// Its fields, or nothing and a fault that says why.
    pub fn parse(self, faults: &mut Vec<Fault>) -> Option<Fields> {
        (self.parse)(faults)
    }
}

/// The format that the extension of `name` stands for, and the length of its extensions (`.csv.gz` → 7).
pub(super) fn format_of(name: &str) -> Option<(&'static Format, usize)> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let (stem, last) = file.rsplit_once('.')?;
    let is_compressed = COMPRESSIONS.iter().any(|compression| last.eq_ignore_ascii_case(compression.extension));
    let (stem, extension) = if is_compressed { stem.rsplit_once('.')? } else { (stem, last) };
    let format =
        FORMATS.iter().find(|format| format.extensions.iter().any(|known| extension.eq_ignore_ascii_case(known)));
    format.map(|format| (*format, file.len() - stem.len()))
}

/// Whether the name says that the file is compressed.
pub(super) fn is_compressed(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    COMPRESSIONS.iter().any(|compression| last.eq_ignore_ascii_case(compression.extension))
}

/// The extensions read, for messages.
pub(super) fn known() -> String {
    let formats = FORMATS.iter().flat_map(|format| format.extensions);
    let formats: Vec<String> = formats.map(|extension| format!(".{extension}")).collect();
    let compressions: Vec<String> = COMPRESSIONS.iter().map(|one| format!(".{}", one.extension)).collect();
    format!("{} (each also {})", formats.join(" "), compressions.join(" "))
}

/// The fault of a file that could not be read on: cut off, corrupt, or refused by the system.
fn broken_off(error: &io::Error) -> Fault {
    if let Some(bomb) = error.get_ref().and_then(|inner| inner.downcast_ref::<TooMuch>()) {
        return Fault::loss("expansion", format!("{bomb}; what came before is kept"));
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            let message =
                format!("compressed data breaks off ({error}); what came before is kept, fetch the file again");
            Fault::loss("truncated", message)
        }
        _ => Fault::loss("unreadable", format!("{error}; what came before is kept")),
    }
}

/// The fault of a record that is too long.
fn oversized(what: &str, max_record: usize) -> Fault {
    let limit = if max_record >= 1 << 20 { format!("{} MiB", max_record >> 20) } else { format!("{max_record} bytes") };
    Fault::loss("oversized", format!("{what} is longer than {limit}; split it, or raise --max-document-bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_extension() {
        let of = |name| format_of(name).map(|(format, len)| (format.name, len));
        assert_eq!(of("a/b.txt"), Some(("text", 4)));
        assert_eq!(of("a/b.TXT.GZ"), Some(("text", 7)));
        assert_eq!(of("b.ndjson"), Some(("json_lines", 7)));
        assert_eq!(of("b.2024.csv.gz"), Some(("csv", 7)));
        assert_eq!(of("b.tsv.zst"), Some(("tsv", 8)));
        assert_eq!(of("crawl.warc.gz"), Some(("warc", 8)));
        assert_eq!(of("a.txt/b"), None);
        assert_eq!(of("a.gz"), None);
        assert_eq!(of("a.pdf"), None);
    }
}
