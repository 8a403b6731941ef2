//! CSV and TSV with a header: `text` is required, `id date language title source url` are read, other columns ignored.
//!
//! The separator is the one the extension promises, or the comma, semicolon or tab that spreadsheets write in some
//! countries, whichever makes a `text` column of the header.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, ErrorKind as CsvErrorKind, Position, ReaderBuilder};

use crate::corpus::decode::{self, LineDecoder};
use crate::corpus::fault::Fault;
use crate::corpus::fields::{ColumnMap, Field, Fields};
use crate::error::Result as Outcome;

use super::{Format, Limits, Opening, Pending, Reader, Stream, broken_off, oversized};

pub(super) const FORMAT: Format = Format {
    name: "csv",
    extensions: &["csv"],
    is_many: true,
    open: |opening| Ok(Box::new(Csv::open(opening, b",;\t")?)),
};

pub(super) const TABS: Format = Format {
    name: "tsv",
    extensions: &["tsv", "tab"],
    is_many: true,
    open: |opening| Ok(Box::new(Csv::open(opening, b"\t,;")?)),
};

struct Csv {
    rows: csv::Reader<Guard>,
    /// The field of each column.
    columns: Arc<[Option<Field>]>,
    decoder: LineDecoder,
    limits: Limits,
    since_row: Arc<AtomicUsize>,
    records: u64,
    /// A fault of the whole file, to be said instead of its rows.
    fault: Option<Fault>,
    is_done: bool,
}

impl Csv {
    /// Opens a table whose separator is one of `separators`, the likeliest first.
    fn open(opening: Opening, separators: &[u8]) -> Outcome<Self> {
        let Opening { stream, limits, columns: map, .. } = opening;
        let opened = decode::open(stream);
        let is_binary = decode::is_binary(&opened.head);
        let since_row = Arc::new(AtomicUsize::new(0));
        let guard = Guard { stream: opened.stream, limit: limits.max_record, since_row: Arc::clone(&since_row) };
        let separator = separator_of(&opened.head, separators, &map);
        let mut rows = ReaderBuilder::new().delimiter(separator).from_reader(guard);
        let (header, fault) = match rows.byte_headers() {
            _ if is_binary => (ByteRecord::new(), Some(decode::binary())),
            Ok(header) => (header.clone(), None),
            Err(error) => (ByteRecord::new(), Some(fault_of(&error, limits))),
        };
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let columns: Arc<[Option<Field>]> = names.iter().map(|name| map.field(name)).collect();
        if fault.is_none() && !names.is_empty() && !columns.contains(&Some(Field::Text)) {
            return Err(map.without_text(&names));
        }
        let decoder = LineDecoder::new(&opened.head);
        Ok(Self { rows, columns, decoder, limits, since_row, records: 0, fault, is_done: false })
    }

    fn end(&mut self, fault: Option<Fault>) -> Option<Result<Pending, Fault>> {
        self.is_done = true;
        fault.map(Err)
    }

    /// The row's fields as text.
    fn pending(&mut self, row: &ByteRecord) -> Pending {
        let line = row.position().map_or(0, Position::line);
        let mut fields = Fields::default();
        for (field, value) in self.columns.iter().zip(row) {
            if let Some(field) = *field {
                fields.set(field, self.decoder.decode(value.to_vec()), line);
            }
        }
        Pending::new(line, self.records, row.as_slice().len(), move |_| Some(fields))
    }
}

impl Reader for Csv {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        if self.is_done {
            return None;
        }
        if let Some(fault) = self.fault.take() {
            return self.end(Some(fault));
        }
        let mut row = ByteRecord::new();
        self.since_row.store(0, Ordering::Relaxed);
        match self.rows.read_byte_record(&mut row) {
            Ok(true) => {
                self.records += 1;
                Some(Ok(self.pending(&row)))
            }
            Ok(false) => {
                let fault = self.decoder.fault();
                self.end(fault)
            }
            Err(error) => {
                self.records += 1;
                let fault = fault_of(&error, self.limits);
                // Rows of the wrong length are passed over; after any other fault there is nothing to read.
                if matches!(error.kind(), CsvErrorKind::UnequalLengths { .. }) {
                    return Some(Err(fault));
                }
                let line = self.rows.position().line();
                self.end(Some(if fault.code == "oversized" { fault.at(line) } else { fault }))
            }
        }
    }
}

/// The separator that makes a `text` column of the first line.
fn separator_of(head: &[u8], separators: &[u8], map: &ColumnMap) -> u8 {
    let header = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let has_text = |separator: u8| {
        header.split(|byte| *byte == separator).any(|name| {
            let name = String::from_utf8_lossy(name);
            map.field(name.trim().trim_matches('"')) == Some(Field::Text)
        })
    };
    let likeliest = separators.first().copied().unwrap_or(b',');
    separators.iter().copied().find(|separator| has_text(*separator)).unwrap_or(likeliest)
}

fn fault_of(error: &csv::Error, limits: Limits) -> Fault {
    match error.kind() {
        CsvErrorKind::UnequalLengths { pos, expected_len, len } => {
            let message = format!(
                "row of {len} fields where the header has {expected_len}; put fields with separators or line breaks in quotes, \
                 and close every quote"
            );
            let fault = Fault::loss("broken-record", message);
            match pos {
                Some(position) => fault.at(position.line()),
                None => fault,
            }
        }
        CsvErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<TooLong>()) => {
            let mut fault = oversized("row", limits.max_record);
            fault.message.push_str("; a quote that is never closed does this; the rest of the file was not read");
            fault
        }
        CsvErrorKind::Io(error) => broken_off(error),
        _ => Fault::loss("unreadable", format!("{error}; what came before is kept")),
    }
}

/// Stops a row that never ends, such as one whose quote is never closed, before it fills the memory.
struct Guard {
    stream: Stream,
    limit: usize,
    /// Bytes given since the last row, the reader's buffer included.
    since_row: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct TooLong;

impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("row too long")
    }
}

impl std::error::Error for TooLong {}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        if self.since_row.fetch_add(read, Ordering::Relaxed) > self.limit {
            return Err(io::Error::other(TooLong));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_from_the_header() {
        let of = |head: &[u8]| separator_of(head, b",;\t", &ColumnMap::default());
        assert_eq!(of(b"id,title,text\n"), b',');
        assert_eq!(of(b"id;title;\"Text\"\r\n1;2;3"), b';');
        assert_eq!(of(b"id\ttext\n"), b'\t');
        assert_eq!(of(b"id;body\n"), b',');
        let map = "text=body".parse().unwrap();
        assert_eq!(separator_of(b"id;body\n", b",;\t", &map), b';');
    }
}
