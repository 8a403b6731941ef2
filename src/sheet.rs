//! Tables that users bring: rows found by column name, each with its line.
//!
//! Cells are parted by commas, or by semicolons (then numbers may have a decimal comma). Missing values are empty, `NA` or
//! `NaN`. Faults are collected, each with line and column.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use crate::error::{Error, ErrorKind, Result};

/// The rows of a CSV file with their lines, found by column name.
pub(crate) struct Sheet<'a> {
    pub(crate) file: &'a Path,
    pub(crate) columns: BTreeMap<String, usize>,
    pub(crate) rows: Vec<(u64, StringRecord)>,
    /// Whether numbers have a decimal comma: a French spreadsheet writes them so, between semicolons.
    has_decimal_comma: bool,
}

impl<'a> Sheet<'a> {
    /// Reads the text of a table; a byte-order mark is no part of it.
    pub(crate) fn read(text: &str, file: &'a Path) -> Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let has_semicolons = first.contains(';') && !first.contains(',');
        let delimiter = if has_semicolons { b';' } else { b',' };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
        let fault = |cause: csv::Error| {
            let line = cause.position().map_or(1, csv::Position::line);
            let hint = "give every row as many cells as the first; quote cells that hold commas";
            Error::new(ErrorKind::Format, cause.to_string()).at_line(file, line).hint(hint)
        };
        let mut columns = BTreeMap::new();
        for (index, name) in reader.headers().map_err(fault)?.iter().enumerate() {
            if !name.is_empty() && columns.insert(name.to_owned(), index).is_some() {
                let message = format!("column `{name}` is there twice");
                return Err(Error::new(ErrorKind::Format, message).at_line(file, 1).hint("remove or rename one"));
            }
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(fault)?;
            rows.push((record.position().map_or(0, csv::Position::line), record));
        }
        Ok(Self { file, columns, rows, has_decimal_comma: has_semicolons })
    }

    /// Faults where a column is missing, all at once.
    pub(crate) fn require(&self, names: &[&str]) -> Result<()> {
        let missing = names.iter().filter(|name| !self.columns.contains_key(**name));
        let faults: Vec<Error> = missing
            .map(|name| {
                let message = format!("there is no column `{name}`");
                Error::new(ErrorKind::Format, message)
                    .at_line(self.file, 1)
                    .hint("add it to the first row of the table")
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::from(faults)) }
    }

    /// A cell with something in it.
    pub(crate) fn text<'r>(&self, row: &'r StringRecord, column: &str) -> Option<&'r str> {
        let cell = row.get(*self.columns.get(column)?)?;
        (!matches!(cell, "" | "NA" | "NaN")).then_some(cell)
    }

    /// A cell as a number; a fault where it is something else.
    pub(crate) fn number(&self, line: u64, row: &StringRecord, column: &str, faults: &mut Vec<Error>) -> Option<f64> {
        let cell = self.text(row, column)?;
        let plain = if self.has_decimal_comma { cell.replacen(',', ".", 1) } else { cell.to_owned() };
        let number = plain.parse::<f64>().ok().filter(|number| number.is_finite());
        if number.is_none() {
            let fault = Error::new(ErrorKind::Format, format!("`{cell}` is no number"));
            let hint = "write numbers with a decimal point and no thousands separator; leave missing cells empty";
            faults.push(fault.at_line(self.file, line).in_column(column).hint(hint));
        }
        number
    }
}
