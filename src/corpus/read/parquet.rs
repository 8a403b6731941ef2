//! Parquet: columns by name as in CSV, read in slices of a row group.
//!
//! Only the columns that documents are made of are read. Text may be of any type that holds text; numbers, days and times are
//! read as text would be.

mod own_copy;
mod pages;

use std::fs::File;
use std::io::{self, Seek};
use std::ops::Range;
use std::sync::Arc;

use polars::io::parquet::metadata::FileMetadataRef;
use polars::prelude::*;

use crate::corpus::fault::Fault;
use crate::corpus::fields::{Field, Fields};
use crate::corpus::rows::day_of;
use crate::error::Result as Outcome;

use super::shield::shielded;
use super::{Format, Limits, Opening, Pending, Reader, broken_off, oversized};
use own_copy::Stored;

pub(super) const FORMAT: Format = Format {
    name: "parquet",
    extensions: &["parquet", "pq"],
    is_many: true,
    open: |opening| Ok(Box::new(Parquet::open(opening)?)),
};

/// Bytes of a slice, as far as the file tells its size …
const SLICE_BYTES: usize = 16 << 20;
/// … and rows.
const SLICE_ROWS: usize = 4_096;

type Metadata = FileMetadataRef;

/// So many slices of a group that cannot be read, one after the other, and the rest of it is passed over: more than a spoiled
/// page of a file of this size can hold, so that what stands behind it is read, and no more than end soon where a description
/// promises rows without end.
fn hopeless(bytes: u64) -> u64 {
    8 + bytes / SLICE_ROWS as u64
}

struct Parquet {
    limits: Limits,
    /// The file, and where in it the next slice begins; nothing when it cannot be read.
    file: Option<(Stored, Metadata)>,
    columns: Vec<(Field, String)>,
    group: usize,
    row_in_group: usize,
    /// The slice at hand, and the next of its rows.
    slice: DataFrame,
    row: usize,
    records: u64,
    /// Rows that the description has and the file has not, to be said once the rows before them are read.
    missing: usize,
    /// Slices in a row that could not be read.
    failures: u64,
    /// A fault of the whole file, to be said instead of its rows.
    fault: Option<Fault>,
}

impl Parquet {
    fn open(opening: Opening) -> Outcome<Self> {
        let limits = opening.limits;
        let map = Arc::clone(&opening.columns);
        match table(opening) {
            Ok((file, metadata, names)) => {
                let columns = map.columns(&names)?.into_iter().map(|(field, at)| (field, names[at].clone())).collect();
                Ok(Self::new(limits, Some((file, metadata)), columns, None))
            }
            Err(fault) => Ok(Self::new(limits, None, Vec::new(), Some(fault))),
        }
    }

    fn new(
        limits: Limits,
        file: Option<(Stored, Metadata)>,
        columns: Vec<(Field, String)>,
        fault: Option<Fault>,
    ) -> Self {
        let slice = DataFrame::default();
        let (group, row_in_group, row, records, missing) = (0, 0, 0, 0, 0);
        Self { limits, file, columns, group, row_in_group, slice, row, records, missing, failures: 0, fault }
    }

    /// Reads the next slice; false at the end.
    fn refill(&mut self) -> Result<bool, Fault> {
        let missing = std::mem::take(&mut self.missing);
        if missing > 0 {
            return Err(self.lost(missing, "the file holds fewer than it says"));
        }
        let Some((file, metadata)) = &mut self.file else { return Ok(false) };
        let Some(group) = metadata.row_groups.get(self.group) else { return Ok(false) };
        let (number, at, left) = (self.group, self.row_in_group, group.num_rows().saturating_sub(self.row_in_group));
        let a_row = group.total_byte_size() / group.num_rows().max(1);
        let rows = (SLICE_BYTES / a_row.max(1)).clamp(1, SLICE_ROWS).min(left);
        let names: Vec<String> = self.columns.iter().map(|(_, name)| name.clone()).collect();
        self.row = 0;
        self.slice = DataFrame::default();
        if rows == left {
            self.group += 1;
            self.row_in_group = 0;
        } else {
            self.row_in_group += rows;
        }
        if rows == 0 {
            return Ok(true);
        }
        let hopeless = hopeless(file.len());
        let file = match file.group(number, &chunks(metadata, number, &names)) {
            Ok(file) => file,
            Err(error) => {
                // What cannot be copied now cannot be copied for the group's other slices either.
                (self.group, self.row_in_group) = (number + 1, 0);
                return Err(self.lost(left, &error.to_string()));
            }
        };
        let slice = shielded(|| read_slice(file, metadata, number, (at, rows), names));
        match slice.unwrap_or_else(|| Err("damaged, or of a type that is not read here".to_owned())) {
            Ok(slice) => {
                self.failures = 0;
                if slice.height() < rows {
                    // A description may promise more rows than could be counted in a lifetime.
                    (self.group, self.row_in_group) = (number + 1, 0);
                    self.missing = left - slice.height();
                }
                self.slice = slice;
                Ok(true)
            }
            Err(why) => {
                self.failures += 1;
                let is_hopeless = self.failures >= hopeless;
                if is_hopeless {
                    (self.group, self.row_in_group, self.failures) = (number + 1, 0, 0);
                }
                Err(self.lost(if is_hopeless { left } else { rows }, &why))
            }
        }
    }

    /// Passes over the next rows, and says so.
    fn lost(&mut self, rows: usize, why: &str) -> Fault {
        let first = self.records + 1;
        self.records = self.records.saturating_add(rows as u64);
        let last = self.records;
        let message = format!("rows {first} to {last} cannot be read ({why}); the others are, write the file again");
        Fault::loss("broken-record", message)
    }

    /// The row at hand.
    fn take_row(&mut self) -> Result<Pending, Fault> {
        let row = self.row;
        self.row += 1;
        self.records += 1;
        let mut fields = Fields::default();
        let mut bytes = 0;
        for ((field, _), column) in self.columns.iter().zip(self.slice.columns()) {
            let Ok(value) = column.get(row) else { continue };
            let value = text(&value).map_err(|kind| {
                let message = format!("row {}: `{}` holds {kind}, not text", self.records, field.name());
                Fault::loss("broken-record", message)
            })?;
            if let Some(value) = value {
                bytes += value.len();
                if bytes > self.limits.max_record {
                    return Err(oversized(&format!("row {}", self.records), self.limits.max_record));
                }
                fields.set(*field, value, self.records);
            }
        }
        Ok(Pending::new(self.records, self.records, bytes, move |_| Some(fields)))
    }
}

impl Reader for Parquet {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        if let Some(fault) = self.fault.take() {
            return Some(Err(fault));
        }
        while self.row >= self.slice.height() {
            match self.refill() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(fault) => return Some(Err(fault)),
            }
        }
        Some(self.take_row())
    }
}

/// The file, its description and the names of its columns. A compressed file is unpacked into a scratch file.
fn table(opening: Opening) -> Result<(Stored, Metadata, Vec<String>), Fault> {
    let Opening { mut stream, path, limits, .. } = opening;
    let unreadable = |error: io::Error| Fault::loss("unreadable", format!("{error}; left out"));
    let is_own = path.is_none();
    let file = match path {
        Some(path) => File::open(path).map_err(unreadable)?,
        None => {
            let mut file = tempfile::tempfile().map_err(unreadable)?;
            io::copy(&mut stream, &mut file).map_err(|error| broken_off(&error))?;
            file.rewind().map_err(unreadable)?;
            file
        }
    };
    let handle = file.try_clone().map_err(unreadable)?;
    let opened = shielded(move || {
        let mut reader = ParquetReader::new(handle);
        let names = reader.schema()?.iter_names().map(|name| name.to_string()).collect();
        Ok::<_, PolarsError>((Arc::clone(reader.get_metadata()?), names))
    });
    let why = match opened {
        Some(Ok((metadata, names))) => {
            let file = Stored::new(file, is_own, limits.max_expansion).map_err(unreadable)?;
            return Ok((file, metadata, names));
        }
        Some(Err(error)) => error.to_string(),
        None => "damaged description".to_owned(),
    };
    let message = format!("no Parquet file, or cut off: {}; fetch it again", first_line(&why));
    Err(Fault::loss("broken-file", message))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// Where in the file the columns of a row group are.
fn chunks(metadata: &Metadata, group: usize, names: &[String]) -> Vec<Range<u64>> {
    let Some(group) = metadata.row_groups.get(group) else { return Vec::new() };
    let columns = names.iter().filter_map(|name| group.columns_under_root_iter(name));
    columns.flatten().map(|column| column.byte_range()).collect()
}

/// Rows of one row group: the description is narrowed to it, so that the others are not gone through.
fn read_slice(
    file: File,
    metadata: &Metadata,
    group: usize,
    slice: (usize, usize),
    names: Vec<String>,
) -> Result<DataFrame, String> {
    let mut narrowed = (**metadata).clone();
    narrowed.row_groups = metadata.row_groups.get(group..=group).unwrap_or_default().to_vec();
    narrowed.num_rows = narrowed.row_groups.iter().map(|group| group.num_rows()).sum();
    let mut reader = ParquetReader::new(file)
        .with_columns(Some(names.clone()))
        .with_slice(Some(slice))
        .read_parallel(ParallelStrategy::None);
    reader.set_metadata(Arc::new(narrowed));
    let frame = reader.finish().and_then(|frame| frame.select(names));
    frame.map_err(|error| first_line(&error.to_string()).to_owned())
}

/// A value as text; nothing where it is missing, and what it is where it is no text.
fn text(value: &AnyValue<'_>) -> Result<Option<String>, &'static str> {
    if let Some(text) = value.get_str() {
        return Ok(Some(text.to_owned()));
    }
    Ok(match value {
        AnyValue::Null => None,
        AnyValue::Binary(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        AnyValue::Date(days) => day_of(i64::from(*days) * 86_400).map(|date| date.to_string()),
        AnyValue::Datetime(time, unit, _) => {
            let units = match unit {
                TimeUnit::Nanoseconds => 1_000_000_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Milliseconds => 1_000,
            };
            day_of(time.div_euclid(units)).map(|date| date.to_string())
        }
        AnyValue::Float32(number) => Some(number.to_string()).filter(|_| !number.is_nan()),
        AnyValue::Float64(number) => Some(number.to_string()).filter(|_| !number.is_nan()),
        AnyValue::Boolean(_) => return Err("true or false"),
        AnyValue::List(_) => return Err("a list"),
        AnyValue::Int8(_) | AnyValue::Int16(_) | AnyValue::Int32(_) | AnyValue::Int64(_) => {
            value.extract::<i64>().map(|number| number.to_string())
        }
        AnyValue::UInt8(_) | AnyValue::UInt16(_) | AnyValue::UInt32(_) | AnyValue::UInt64(_) => {
            value.extract::<u64>().map(|number| number.to_string())
        }
        _ => return Err("values of a kind that is not read here"),
    })
}
