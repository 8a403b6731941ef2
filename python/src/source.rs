//! What Python hands over: paths, or a table that streams its batches.

use std::path::PathBuf;

use arrow_array::RecordBatch;
use arrow_array::RecordBatchReader as _;
use arrow_array::ffi_stream::ArrowArrayStreamReader;
use arrow_pyarrow::FromPyArrow;
use goulet::corpus::{ColumnMap, Corpus, Field, Options, Record, Row, Rows};
use goulet::data;
use goulet::error::{Error, ErrorKind, Result};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::cells::Cells;

/// What messages, manifests and ids call a table that was handed over.
pub const TABLE: &str = "table";

/// Paths or a table.
pub enum Source {
    /// Files, folders, globs.
    Paths(Vec<PathBuf>),
    /// Anything with `__arrow_c_stream__`.
    Table(ArrowArrayStreamReader),
}

impl<'py> FromPyObject<'py> for Source {
    fn extract_bound(value: &Bound<'py, PyAny>) -> PyResult<Self> {
        if value.hasattr("__arrow_c_stream__")? {
            return ArrowArrayStreamReader::from_pyarrow_bound(value).map(Self::Table);
        }
        if let Ok(path) = value.extract::<PathBuf>() {
            return Ok(Self::Paths(vec![path]));
        }
        value.extract::<Vec<PathBuf>>().map(Self::Paths).map_err(|_| {
            let kind = value.get_type();
            PyTypeError::new_err(format!(
                "expected a path, a list of paths, or a table with __arrow_c_stream__ (pandas 2.2 or later, polars, pyarrow), got {kind}"
            ))
        })
    }
}

impl Source {
    /// The documents: as files have them, or as rows of the table.
    pub fn corpus(self, options: Options) -> Result<Corpus> {
        match self {
            Self::Paths(paths) => Corpus::open(&paths, options),
            Self::Table(stream) => Ok(Corpus::of_table(TABLE, rows(stream, &options.columns)?, 0, options)),
        }
    }

    /// What a manifest calls it.
    pub fn names(&self) -> Vec<PathBuf> {
        match self {
            Self::Paths(paths) => paths.clone(),
            Self::Table(_) => vec![PathBuf::from(TABLE)],
        }
    }

    /// A table as CSV, and its name for messages: the file's own text, or what the columns hold.
    pub fn into_csv(self, name: &str) -> Result<(String, PathBuf)> {
        let stream = match self {
            Self::Table(stream) => stream,
            Self::Paths(paths) => {
                let [path] = &paths[..] else {
                    return Err(Error::new(ErrorKind::Usage, format!("{name}: expected one file")));
                };
                return Ok((data::read_table(path)?, path.clone()));
            }
        };
        let name = PathBuf::from(name);
        let failed = |cause: csv::Error| Error::new(ErrorKind::Format, "the table cannot be written").caused_by(cause);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names: Vec<String> = stream.schema().fields().iter().map(|field| field.name().clone()).collect();
        writer.write_record(&names).map_err(failed)?;
        for batch in stream {
            let batch = batch.map_err(|cause| broken_off(&cause).at_file(&name))?;
            let columns: Vec<Cells> = batch.columns().iter().map(Cells::of).collect();
            for row in 0..batch.num_rows() {
                for (cells, column) in columns.iter().zip(&names) {
                    let cell = cells.get(row).map_err(|kind| unread(column, kind).at_file(&name))?;
                    writer.write_field(cell.unwrap_or_default()).map_err(failed)?;
                }
                writer.write_record(None::<&[u8]>).map_err(failed)?;
            }
        }
        let bytes = writer.into_inner().map_err(|cause| failed(cause.into_error().into()))?;
        let text = String::from_utf8(bytes);
        Ok((text.map_err(|cause| Error::new(ErrorKind::Format, "not UTF-8").caused_by(cause))?, name))
    }
}

fn unread(column: &str, kind: &str) -> Error {
    Error::new(ErrorKind::Format, format!("`{column}` holds {kind}, not text or numbers"))
        .in_column(column)
        .hint("leave the column out, or turn it into text or numbers")
}

/// The rows of a table, one batch in memory at a time.
///
/// # Errors
/// When no column holds the text.
pub fn rows(stream: ArrowArrayStreamReader, map: &ColumnMap) -> Result<Rows> {
    let names: Vec<String> = stream.schema().fields().iter().map(|field| field.name().clone()).collect();
    let columns = map.columns(&names).map_err(|error| error.at_file(TABLE))?;
    Ok(Box::new(stream.flat_map(move |batch| match batch {
        Ok(batch) => of_batch(&batch, &columns),
        Err(cause) => Box::new(std::iter::once(Err(broken_off(&cause)))) as Rows,
    })))
}

fn of_batch(batch: &RecordBatch, columns: &[(Field, usize)]) -> Rows {
    let cells: Vec<(Field, Cells)> = columns.iter().map(|(field, at)| (*field, Cells::of(batch.column(*at)))).collect();
    Box::new((0..batch.num_rows()).map(move |row| Ok(record(&cells, row))))
}

fn record(columns: &[(Field, Cells)], row: usize) -> Row {
    let mut record = Record::default();
    for (field, cells) in columns {
        match cells.get(row) {
            Ok(Some(text)) => record.set(*field, text),
            Ok(None) => {}
            Err(kind) => return Row::Broken(format!("`{}` holds {kind}, not text", field.name())),
        }
    }
    Row::Record(record)
}

/// The error of a stream that could not be read to its end.
fn broken_off(cause: &arrow_schema::ArrowError) -> Error {
    Error::new(ErrorKind::Io, format!("the table broke off: {cause}")).hint("whoever gives its rows failed: see above")
}
