//! [`Table`]: a table of Goulet as Python sees it, columns typed as the contract has them, given out by Arrow's C stream.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use goulet::dialect::{Kind, TableReader, kinds};
use goulet::error::{Error, ErrorKind, Result};
use jiff::civil::{Date, date};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

/// Rows of a batch.
const ROWS: usize = 50_000;
/// Day 0 of Arrow's dates.
const EPOCH: Date = date(1970, 1, 1);

/// A table: its batches lie in memory as Arrow has them.
///
/// Whatever speaks Arrow takes it as it is: `pandas.DataFrame.from_arrow(table)`, `polars.DataFrame(table)`, `pyarrow.table(table)`,
/// `duckdb.sql("select * from table")`.
#[pyclass(frozen, module = "goulet")]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Reads a CSV table of the contract; an empty cell is null. With `only`, rows that have these values in these columns.
    pub fn read(path: &Path, only: &BTreeMap<String, String>) -> Result<Self> {
        let mut reader = TableReader::open(path)?;
        let names: Vec<String> = reader.columns().iter().map(str::to_owned).collect();
        let only = places(only, &names, path)?;
        let table = path.file_stem().unwrap_or_default().to_string_lossy();
        let kinds = kinds(&table, reader.columns());
        let fields = names.iter().zip(&kinds).map(|(name, kind)| Field::new(name, dtype(*kind), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let mut columns: Vec<Column> = kinds.iter().map(|kind| Column::of(*kind)).collect();
        let (mut batches, mut rows, mut row) = (Vec::new(), 0, csv::StringRecord::new());
        while reader.next_row(&mut row)? {
            if only.iter().any(|(at, value)| row.get(*at) != Some(*value)) {
                continue;
            }
            for ((column, cell), name) in columns.iter_mut().zip(&row).zip(&names) {
                let line = row.position().map_or(0, csv::Position::line);
                column.push(cell).map_err(|fault| fault.at_line(path, line).in_column(name))?;
            }
            rows += 1;
            if rows == ROWS {
                batches.push(batch(&schema, &mut columns)?);
                rows = 0;
            }
        }
        if rows > 0 {
            batches.push(batch(&schema, &mut columns)?);
        }
        Ok(Self { schema, batches })
    }
}

#[pymethods]
impl Table {
    /// Names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __len__(&self) -> usize {
        self.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("goulet.Table({} rows: {})", self.num_rows(), self.column_names().join(", "))
    }

    /// The batches as a stream of Arrow, for whatever reads `__arrow_c_stream__`. No other schema than its own is given.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new(py, stream, Some(CString::from(c"arrow_array_stream")))
    }

    /// As a table of pyarrow.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// As a data frame of pandas (which needs pyarrow for this). Options are those of `pyarrow.Table.to_pandas`; without a
    /// `types_mapper` among them, whole numbers are pandas' own `Int64`, so that a missing rank does not make 1 into 1.0.
    #[pyo3(signature = (**options))]
    fn to_pandas<'py>(slf: &Bound<'py, Self>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let options = options.map_or_else(|| Ok(PyDict::new(py)), Bound::copy)?;
        if !options.contains("types_mapper")? {
            let types = PyDict::new(py);
            types.set_item(
                py.import("pyarrow")?.call_method0("int64")?,
                py.import("pandas")?.getattr("Int64Dtype")?.call0()?,
            )?;
            options.set_item("types_mapper", types.getattr("get")?)?;
        }
        Self::to_pyarrow(slf)?.call_method("to_pandas", (), Some(&options))
    }

    /// As a data frame of polars.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyRuntimeError::new_err("a goulet.Table cannot be pickled: send to_pyarrow() in its place"))
    }
}

/// The places of the columns that rows are chosen by.
fn places<'a>(only: &'a BTreeMap<String, String>, names: &[String], path: &Path) -> Result<Vec<(usize, &'a str)>> {
    let place = |(column, value): (&'a String, &'a String)| {
        let at = names.iter().position(|name| name == column).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("no column `{column}` among: {}", names.join(", "))).at_file(path)
        })?;
        Ok((at, value.as_str()))
    };
    only.iter().map(place).collect()
}

fn dtype(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Mixed => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Number => DataType::Float64,
        Kind::Date => DataType::Date32,
        Kind::Boolean => DataType::Boolean,
    }
}

fn batch(schema: &SchemaRef, columns: &mut [Column]) -> Result<RecordBatch> {
    let arrays = columns.iter_mut().map(Column::take).collect();
    RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|cause| Error::new(ErrorKind::Format, "the table cannot be put together").caused_by(cause))
}

/// A column being made.
enum Column {
    Text(StringBuilder),
    Integers(Int64Builder),
    Numbers(Float64Builder),
    Days(Date32Builder),
    Booleans(BooleanBuilder),
}

impl Column {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Mixed => Self::Text(StringBuilder::new()),
            Kind::Integer => Self::Integers(Int64Builder::new()),
            Kind::Number => Self::Numbers(Float64Builder::new()),
            Kind::Date => Self::Days(Date32Builder::new()),
            Kind::Boolean => Self::Booleans(BooleanBuilder::new()),
        }
    }

    fn push(&mut self, cell: &str) -> Result<()> {
        match self {
            Self::Text(cells) => cells.append_option((!cell.is_empty()).then_some(cell)),
            Self::Integers(cells) => cells.append_option(parsed(cell, "a whole number")?),
            Self::Numbers(cells) => cells.append_option(parsed(cell, "a number")?),
            Self::Days(cells) => {
                let day: Option<Date> = parsed(cell, "a day")?;
                cells.append_option(day.map(|day| day.since(EPOCH).map_or(0, |span| span.get_days())));
            }
            Self::Booleans(cells) => cells.append_option(parsed(cell, "true or false")?),
        }
        Ok(())
    }

    /// The cells so far; none are left.
    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Integers(cells) => Arc::new(cells.finish()),
            Self::Numbers(cells) => Arc::new(cells.finish()),
            Self::Days(cells) => Arc::new(cells.finish()),
            Self::Booleans(cells) => Arc::new(cells.finish()),
        }
    }
}

fn parsed<T: std::str::FromStr>(cell: &str, expected: &str) -> Result<Option<T>> {
    if cell.is_empty() {
        return Ok(None);
    }
    let wrong = || Error::new(ErrorKind::Format, format!("`{cell}` is not {expected}"));
    cell.parse().map(Some).map_err(|_| wrong())
}
