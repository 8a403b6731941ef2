//! [`TableReader`]: a table in any form we write, row by row in the contract's form.

use std::fs::File;
use std::io::{Chain, Cursor, Read};
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::{Headers, Kind, MARK, kinds, unguard, with_point};
use crate::error::{Error, ErrorKind, Result};

/// Bytes looked at to tell how a file is written; a header line is far shorter.
const LOOKED_AT: u64 = 1 << 16;

/// Rows of a table as the contract has them: its column names, decimal points, text without the protecting apostrophe.
pub struct TableReader<R> {
    file: PathBuf,
    reader: csv::Reader<Chain<Cursor<Vec<u8>>, R>>,
    headers: Headers,
    /// As the file names its columns.
    called: Vec<String>,
    columns: StringRecord,
    kinds: Vec<Kind>,
    has_decimal_comma: bool,
    row: StringRecord,
}

impl TableReader<File> {
    /// Opens a table of a report folder; its description beside it, where there is one, says how it was written.
    ///
    /// # Errors
    /// When the file cannot be read or is no CSV table.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|cause| {
            Error::io(path, cause)
                .hint("make the reports first with `goulet run`, or name their folder with --reports DIR")
        })?;
        Self::new(file, path, Headers::beside(path)?)
    }
}

impl<R: Read> TableReader<R> {
    /// Reads a table; `file` is how faults name it.
    ///
    /// # Errors
    /// When the input cannot be read or is no CSV table.
    pub fn new(mut input: R, file: &Path, headers: Headers) -> Result<Self> {
        let mut start = Vec::new();
        input.by_ref().take(LOOKED_AT).read_to_end(&mut start).map_err(|cause| Error::io(file, cause))?;
        refuse_other_files(&start, file)?;
        if start.starts_with(MARK.as_bytes()) {
            start.drain(..MARK.len());
        }
        let delimiter = delimiter(&start);
        Self::parted_by(delimiter, start, input, file, headers)
    }

    /// Reads a table known to be in the contract's form.
    ///
    /// # Errors
    /// When the input cannot be read or is no CSV table.
    pub fn of_contract(input: R, file: &Path) -> Result<Self> {
        Self::parted_by(b',', Vec::new(), input, file, Headers::default())
    }

    fn parted_by(delimiter: u8, start: Vec<u8>, input: R, file: &Path, headers: Headers) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(Cursor::new(start).chain(input));
        let called: Vec<String> =
            reader.headers().map_err(|cause| fault(file, &cause))?.iter().map(str::to_owned).collect();
        let is_raw = headers.is_raw();
        let columns: StringRecord = called
            .iter()
            .map(|header| if is_raw { header.as_str() } else { unguard(header) })
            .map(|header| headers.column(header))
            .collect();
        let table = file.file_stem().unwrap_or_default().to_string_lossy();
        let kinds = kinds(&table, &columns);
        let file = file.to_owned();
        let row = StringRecord::new();
        Ok(Self { file, reader, headers, called, columns, kinds, has_decimal_comma: delimiter != b',', row })
    }

    /// The contract's names of the columns, in the order of the file.
    pub fn columns(&self) -> &StringRecord {
        &self.columns
    }

    /// What the file calls its columns.
    pub fn called(&self) -> &[String] {
        &self.called
    }

    /// Puts the next row into `into`; false at the end. The row keeps its place in the file.
    ///
    /// # Errors
    /// When the row has not as many cells as the header, or is not UTF-8.
    pub fn next_row(&mut self, into: &mut StringRecord) -> Result<bool> {
        if !self.reader.read_record(&mut self.row).map_err(|cause| fault(&self.file, &cause))? {
            return Ok(false);
        }
        into.clear();
        for (cell, kind) in self.row.iter().zip(&self.kinds) {
            let number = if self.has_decimal_comma && *kind != Kind::Text { with_point(cell) } else { None };
            let cell = if self.headers.is_raw() { cell } else { unguard(cell) };
            into.push_field(number.as_deref().unwrap_or(cell));
        }
        if self.columns.get(0) == Some("measure") {
            let measure = self.headers.measure(into.get(0).unwrap_or_default()).to_owned();
            *into = std::iter::once(measure.as_str()).chain(into.iter().skip(1)).collect();
        }
        into.set_position(self.row.position().cloned());
        Ok(true)
    }
}

/// The sign that parts the cells of the first line: the most frequent outside quotes, a comma where there is none.
fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in start.iter().take_while(|byte| **byte != b'\n') {
        is_quoted ^= *byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| sign == byte && !is_quoted) {
            *count += 1;
        }
    }
    // The first of equals, which is the comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}

/// Says what a file is when it is no CSV table.
fn refuse_other_files(start: &[u8], file: &Path) -> Result<()> {
    let what = match start {
        [b'P', b'K', 3, 4, ..] => "this is a workbook, not a CSV table",
        [b'P', b'A', b'R', b'1', ..] => "this is a Parquet file, not a CSV table",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this is text in UTF-16, not a CSV table in UTF-8",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::Format, what)
        .at_file(file)
        .hint("save it as CSV in UTF-8, or make the reports again with `goulet run`"))
}

fn fault(file: &Path, cause: &csv::Error) -> Error {
    let line = cause.position().map_or(0, csv::Position::line);
    let error = match cause.kind() {
        csv::ErrorKind::Utf8 { .. } => {
            Error::new(ErrorKind::Format, "not UTF-8").hint("save the table as “CSV UTF-8” in the spreadsheet")
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let message = format!("{len} cells where the header has {expected_len}");
            Error::new(ErrorKind::Format, message).hint("run `goulet run` again, or mend the row")
        }
        csv::ErrorKind::Io(cause) => Error::new(ErrorKind::Io, cause.to_string()),
        _ => Error::new(ErrorKind::Format, cause.to_string()),
    };
    if line == 0 { error.at_file(file) } else { error.at_line(file, line) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataSource;

    fn rows(text: &[u8], name: &str) -> Result<(Vec<String>, Vec<Vec<String>>)> {
        let headers = Headers::of(&DataSource::Embedded)?;
        let mut reader = TableReader::new(text, Path::new(name), headers)?;
        let columns = reader.columns().iter().map(str::to_owned).collect();
        let (mut row, mut rows) = (StringRecord::new(), Vec::new());
        while reader.next_row(&mut row)? {
            rows.push(row.iter().map(str::to_owned).collect());
        }
        Ok((columns, rows))
    }

    #[test]
    fn every_form_is_the_same_table() {
        let plain = rows(b"doc_id,severity,evidence\n'-a,0.5,\"1,5; x\"\n", "mentions.csv").unwrap();
        assert_eq!(plain.1, [["-a", "0.5", "1,5; x"]]);
        for other in [
            "\u{feff}doc_id;severity;evidence\r\n'-a;0,5;\"1,5; x\"\r\n",
            "\u{feff}doc_id,severity,evidence\n'-a,0.5,\"1,5; x\"\n",
            "doc_id\tseverity\tevidence\n'-a\t0,5\t1,5; x\n",
        ] {
            assert_eq!(rows(other.as_bytes(), "mentions.csv").unwrap(), plain, "{other}");
        }
    }

    #[test]
    fn a_cell_of_words_that_is_a_number_stays_as_it_is() {
        let (_, cells) = rows(b"doc_id;weight\n1,5;1,5\n", "documents.csv").unwrap();
        assert_eq!(cells, [["1,5", "1.5"]]);
    }

    #[test]
    fn what_is_no_table_is_said() {
        for (bytes, words) in [
            (&b"PK\x03\x04rest"[..], "workbook"),
            (b"\xff\xfed\x00", "UTF-16"),
            (b"a,b\n1\n", "1 cells where the header has 2"),
            (b"a,b\n\xe9,1\n", "not UTF-8"),
        ] {
            let message = rows(bytes, "scores.csv").unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}
