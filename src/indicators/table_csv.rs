//! [`IndicatorTable`] ⇄ `indicators.csv`.
//!
//! Numbers are written in the shortest form that reads back as the same number, so that scores computed from the file
//! are the scores of the run that wrote it. An empty cell is an unknown value.

use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::str::FromStr;

use super::row::IndicatorRow;
use super::table::{COLUMNS, IndicatorTable};
use crate::data::DataSource;
use crate::dialect::{Headers, TableReader, guard};
use crate::error::{Error, ErrorKind, Result};

impl IndicatorTable {
    /// Writes the table to a file; see [`IndicatorTable::write_to`].
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_csv(&self, path: &Path) -> Result<()> {
        let file = fs_err::File::create(path).map_err(|cause| Error::io(path, cause))?;
        self.write_to(BufWriter::new(file)).map_err(|fault| fault.at_file(path))
    }

    /// Reads the table of a file; see [`IndicatorTable::read_from`].
    ///
    /// # Errors
    /// When the file cannot be read or is not such a table.
    pub fn read_csv(path: &Path) -> Result<Self> {
        Self::read_rows(TableReader::open(path)?, path)
    }

    /// Writes the table with its header.
    ///
    /// # Errors
    /// When `output` cannot be written to.
    pub fn write_to(&self, output: impl Write) -> Result<()> {
        let failed = |cause: csv::Error| Error::new(ErrorKind::Io, "the indicators cannot be written").caused_by(cause);
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(COLUMNS).map_err(failed)?;
        for row in self.rows()? {
            writer.write_record(cells(row)).map_err(failed)?;
        }
        writer.flush().map_err(|cause| failed(cause.into()))
    }

    /// Reads a table that [`IndicatorTable::write_to`] or a spreadsheet wrote; `file` is how faults name it.
    ///
    /// # Errors
    /// When a column is missing or a cell does not fit its column: every fault with its line.
    pub fn read_from(input: impl Read, file: &Path) -> Result<Self> {
        Self::read_rows(TableReader::new(input, file, Headers::of(&DataSource::Embedded)?)?, file)
    }

    fn read_rows<R: Read>(mut reader: TableReader<R>, file: &Path) -> Result<Self> {
        let headers: Vec<&str> = reader.columns().iter().collect();
        let places: Vec<usize> =
            COLUMNS.iter().filter_map(|column| headers.iter().position(|header| header == column)).collect();
        if places.len() != COLUMNS.len() {
            let message = format!("the columns are {}: expected {}", headers.join(", "), COLUMNS.join(", "));
            return Err(Error::new(ErrorKind::Format, message)
                .at_line(file, 1)
                .hint("read the indicators.csv that `goulet run` wrote"));
        }
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        let mut record = csv::StringRecord::new();
        loop {
            match reader.next_row(&mut record) {
                Ok(false) => break,
                Ok(true) => match row_of(file, &record, &places) {
                    Ok(row) => rows.push(row),
                    Err(fault) => faults.push(fault),
                },
                Err(fault) if fault.kind() == ErrorKind::Io => return Err(fault),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        Self::from_rows(rows).map_err(|fault| fault.at_file(file))
    }
}

fn cells(row: IndicatorRow) -> [String; 10] {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        row.sector.to_string(),
        row.country.to_string(),
        row.period.to_string(),
        row.indicator.to_string(),
        number(row.value),
        number(row.low),
        number(row.high),
        row.documents.map(|count| count.to_string()).unwrap_or_default(),
        row.basis.as_str().to_owned(),
        guard(&row.provenance).into_owned(),
    ]
}

/// A row; `places` says where each of [`COLUMNS`] stands.
fn row_of(file: &Path, record: &csv::StringRecord, places: &[usize]) -> Result<IndicatorRow> {
    let line = record.position().map_or(0, csv::Position::line);
    let cell = |column: usize| record.get(places[column]).unwrap_or_default();
    let place = |column: usize, fault: Error| fault.at_line(file, line).in_column(COLUMNS[column]);
    let number = |column: usize| optional::<f64>(cell(column), "a number").map_err(|fault| place(column, fault));
    Ok(IndicatorRow {
        sector: cell(0).parse().map_err(|fault| place(0, fault))?,
        country: cell(1).parse().map_err(|fault| place(1, fault))?,
        period: cell(2).parse().map_err(|fault| place(2, fault))?,
        indicator: cell(3).parse().map_err(|fault| place(3, fault))?,
        value: number(4)?,
        low: number(5)?,
        high: number(6)?,
        documents: optional(cell(7), "a whole number").map_err(|fault| place(7, fault))?,
        basis: cell(8).parse().map_err(|fault| place(8, fault))?,
        provenance: cell(9).to_owned(),
    })
}

/// A cell that may be empty.
fn optional<T: FromStr>(cell: &str, expected: &str) -> Result<Option<T>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let parsed = cell.parse().map_err(|_| Error::new(ErrorKind::Data, format!("`{cell}` is not {expected}")));
    parsed.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "sector,country,period,indicator,value,low,high,documents,basis,provenance\n";

    fn read(body: &str) -> Result<IndicatorTable> {
        IndicatorTable::read_from(format!("{HEADER}{body}").as_bytes(), Path::new("indicators.csv"))
    }

    #[test]
    fn what_is_written_reads_back_byte_for_byte() {
        let body = "solar,CHN,2024-Q1,coercion_text,33.333333333333336,0.000000000001,,12,text,\
                    \"12 of 36, \"\"raw\"\"\"\n\
                    solar,USA,all,supply_share,,,,,structural,\n";
        let table = read(body).unwrap();
        let mut written = Vec::new();
        table.write_to(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), format!("{HEADER}{body}"));
    }

    #[test]
    fn every_faulty_cell_is_named_with_its_line() {
        let message = read(
            "solar,China,all,x,1,,,,text,\nsolar,CHN,all,x,high,,,,text,\n\
             solar,CHN,all,x,1,,,-1,text,\nsolar,CHN,all,x,1,,,1,rumour,\n",
        )
        .unwrap_err()
        .to_string();
        for words in
            ["4 faults", "indicators.csv:2 (column country)", ":3 (column value): `high`", ":4 (column documents)"]
        {
            assert!(message.contains(words), "{words} not in {message}");
        }
        assert!(IndicatorTable::read_from("sector,value\n".as_bytes(), Path::new("x.csv")).is_err());
    }
}
