//! The contract's tables as Parquet: whole numbers, numbers, days and yes/no as such, text as it came, an empty cell as null.
//!
//! Columns are those of the contract, whatever the language and dialect of the CSV beside it: Parquet is for programs. Rows go out
//! in groups, so that a table may be larger than memory.

use std::io::Read;
use std::path::Path;

use csv::StringRecord;
use jiff::civil::Date;
use polars::prelude::*;

use super::outbox::Outbox;
use crate::dialect::{Kind, TableReader, kinds};
use crate::error::{Error, ErrorKind, Result};

/// Rows of a group: some tens of megabytes of mentions.
const GROUP: usize = 50_000;

/// Day 0 of Parquet's dates.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Stages a Parquet file for every staged table, which must still be in the contract's form.
///
/// # Errors
/// When a table cannot be read or a file not written.
pub fn staged(outbox: &mut Outbox) -> Result<()> {
    for name in outbox.tables() {
        let table = outbox.stage(&name);
        let input = std::fs::File::open(&table).map_err(|cause| Error::io(&table, cause))?;
        let path = outbox.stage(&name.replace(".csv", ".parquet"));
        write(std::io::BufReader::new(input), &table, &path)?;
    }
    Ok(())
}

/// Writes the table of `input` (named `table` in faults) to `path`.
///
/// # Errors
/// When a cell is not what its column holds, or the file cannot be written.
pub fn write(input: impl Read, table: &Path, path: &Path) -> Result<()> {
    let failed = |cause: PolarsError| {
        Error::new(ErrorKind::Io, "the Parquet file cannot be written").at_file(path).caused_by(cause)
    };
    let mut reader = TableReader::of_contract(input, table)?;
    let name = table.file_stem().unwrap_or_default().to_string_lossy();
    let names: Vec<String> = reader.columns().iter().map(str::to_owned).collect();
    let kinds = kinds(&name, reader.columns());
    let mut group: Vec<Cells> = kinds.iter().map(|kind| Cells::of(*kind)).collect();
    let file = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
    let schema: Schema = names.iter().zip(&kinds).map(|(name, kind)| Field::new(name.into(), dtype(*kind))).collect();
    let mut writer = ParquetWriter::new(std::io::BufWriter::new(file)).batched(&schema).map_err(failed)?;
    let mut row = StringRecord::new();
    let mut rows = 0;
    loop {
        let has_more = reader.next_row(&mut row)?;
        if has_more {
            rows += 1;
            for ((cells, cell), name) in group.iter_mut().zip(&row).zip(&names) {
                let line = row.position().map_or(0, csv::Position::line);
                cells.push(cell).map_err(|fault| fault.at_line(table, line).in_column(name))?;
            }
        }
        if rows == GROUP || (!has_more && rows > 0) {
            let columns = names.iter().zip(&mut group).map(|(name, cells)| cells.take(name)).collect();
            let frame = DataFrame::new(rows, columns).map_err(failed)?;
            writer.write_batch(&frame).map_err(failed)?;
            rows = 0;
        }
        if !has_more {
            break;
        }
    }
    writer.finish().map_err(failed)?;
    Ok(())
}

fn dtype(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Mixed => DataType::String,
        Kind::Integer => DataType::Int64,
        Kind::Number => DataType::Float64,
        Kind::Date => DataType::Date,
        Kind::Boolean => DataType::Boolean,
    }
}

/// The cells of a column in a group of rows.
enum Cells {
    Text(Vec<Option<String>>),
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Days(Vec<Option<i32>>),
    Booleans(Vec<Option<bool>>),
}

impl Cells {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Mixed => Self::Text(Vec::new()),
            Kind::Integer => Self::Integers(Vec::new()),
            Kind::Number => Self::Numbers(Vec::new()),
            Kind::Date => Self::Days(Vec::new()),
            Kind::Boolean => Self::Booleans(Vec::new()),
        }
    }

    fn push(&mut self, cell: &str) -> Result<()> {
        match self {
            Self::Text(cells) => cells.push((!cell.is_empty()).then(|| cell.to_owned())),
            Self::Integers(cells) => cells.push(parsed(cell, "a whole number")?),
            Self::Numbers(cells) => cells.push(parsed(cell, "a number")?),
            Self::Days(cells) => cells.push(parsed::<Date>(cell, "a day")?.map(days)),
            Self::Booleans(cells) => cells.push(parsed(cell, "true or false")?),
        }
        Ok(())
    }

    /// The cells as a column; none are left.
    fn take(&mut self, name: &str) -> Column {
        let name = PlSmallStr::from(name);
        match self {
            Self::Text(cells) => Column::new(name, std::mem::take(cells)),
            Self::Integers(cells) => Column::new(name, std::mem::take(cells)),
            Self::Numbers(cells) => Column::new(name, std::mem::take(cells)),
            Self::Days(cells) => {
                Int32Chunked::from_iter_options(name, std::mem::take(cells).into_iter()).into_date().into_column()
            }
            Self::Booleans(cells) => Column::new(name, std::mem::take(cells)),
        }
    }
}

fn parsed<T: std::str::FromStr>(cell: &str, expected: &str) -> Result<Option<T>> {
    if cell.is_empty() {
        return Ok(None);
    }
    let wrong = |_| Error::new(ErrorKind::Data, format!("`{cell}` is not {expected}"));
    cell.parse().map(Some).map_err(wrong)
}

fn days(day: Date) -> i32 {
    // Counted in days unless told otherwise; a date lies within ±4,000,000 days of another.
    day.since(EPOCH).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(table: &str, content: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        write(content.as_bytes(), Path::new(table), &path).unwrap();
        std::fs::read(path).unwrap()
    }

    fn frame(bytes: Vec<u8>) -> DataFrame {
        ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap()
    }

    #[test]
    fn columns_are_typed_and_text_is_as_it_came() {
        let content = "doc_id,date,start,severity,evidence\n'-a,2024-12-03,7,0.5,'=x\nb,,,,\n";
        let bytes = written("mentions.csv", content);
        let frame = frame(bytes.clone());
        assert_eq!(frame.column("doc_id").unwrap().str().unwrap().get(0), Some("-a"));
        assert_eq!(frame.column("date").unwrap().date().unwrap().phys.get(0), Some(20_060));
        assert_eq!(frame.column("start").unwrap().i64().unwrap().get(0), Some(7));
        assert_eq!(frame.column("severity").unwrap().f64().unwrap().get(0), Some(0.5));
        assert_eq!(frame.column("evidence").unwrap().str().unwrap().get(0), Some("=x"));
        for column in ["date", "start", "severity", "evidence"] {
            assert_eq!(frame.column(column).unwrap().null_count(), 1, "{column}");
        }
        assert_eq!(bytes, written("mentions.csv", content));
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let frame = frame(written("scores.csv", "sector,risk\n"));
        assert_eq!(frame.height(), 0);
        assert_eq!(frame.get_column_names(), ["sector", "risk"]);
    }

    #[test]
    fn more_rows_than_a_group_are_all_there() {
        let rows: String = (0..GROUP + 3).map(|row| format!("x,{row}\n")).collect();
        let frame = frame(written("documents.csv", &format!("doc_id,mentions\n{rows}")));
        assert_eq!(frame.height(), GROUP + 3);
        let last = frame.column("mentions").unwrap().i64().unwrap().get(GROUP + 2);
        assert_eq!(last, Some(GROUP as i64 + 2));
    }

    #[test]
    fn a_cell_that_does_not_fit_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let content = "sector,rank\nsolar,first\n".as_bytes();
        let fault = write(content, Path::new("scores.csv"), &folder.path().join("x")).unwrap_err().to_string();
        assert!(fault.contains("scores.csv:2 (column rank): `first`"), "{fault}");
    }
}
