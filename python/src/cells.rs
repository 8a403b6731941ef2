//! Cells of Arrow columns as text, as the readers of files give them: days as `2024-12-03`, numbers in their shortest form, missing
//! values and NaN as nothing.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};
use goulet::corpus::day_of;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Gives the cell of a row; nothing where it is missing.
type Cell = Box<dyn Fn(usize) -> Option<String> + Send>;

/// A column of a batch whose cells can be had as text.
pub struct Cells(Result<Cell, &'static str>);

impl Cells {
    /// The cells of a column.
    pub fn of(column: &ArrayRef) -> Self {
        Self(cells(column))
    }

    /// The cell of a row; nothing where it is missing.
    ///
    /// # Errors
    /// What the column holds, where it is no text.
    pub fn get(&self, row: usize) -> Result<Option<String>, &'static str> {
        self.0.as_ref().map(|cell| cell(row)).map_err(|kind| *kind)
    }
}

fn cells(column: &ArrayRef) -> Result<Cell, &'static str> {
    if let Some(numbers) = numbers(column) {
        return Ok(numbers);
    }
    let array = ArrayRef::clone(column);
    Ok(match column.data_type() {
        DataType::Null => Box::new(|_| None),
        DataType::Utf8 => text(array, |array, row| array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => text(array, |array, row| array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => text(array, |array, row| array.as_string_view().value(row).to_owned()),
        DataType::Binary => text(array, |array, row| decoded(array.as_binary::<i32>().value(row))),
        DataType::LargeBinary => text(array, |array, row| decoded(array.as_binary::<i64>().value(row))),
        DataType::BinaryView => text(array, |array, row| decoded(array.as_binary_view().value(row))),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let values = cells(dictionary.values())?;
            // Keys of missing cells stand for anything.
            let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
            Box::new(move |row| if array.is_null(row) { None } else { values(*keys.get(row)?) })
        }
        DataType::Boolean => return Err("true or false"),
        DataType::List(_) | DataType::LargeList(_) | DataType::ListView(_) | DataType::FixedSizeList(..) => {
            return Err("a list");
        }
        _ => return Err("values of a kind that is not read here"),
    })
}

fn numbers(column: &ArrayRef) -> Option<Cell> {
    let days = |seconds: fn(i64) -> i64| move |value| day_of(seconds(value)).map(|day| day.to_string());
    Some(match column.data_type() {
        DataType::Int8 => number::<Int8Type>(column, |value| Some(value.to_string())),
        DataType::Int16 => number::<Int16Type>(column, |value| Some(value.to_string())),
        DataType::Int32 => number::<Int32Type>(column, |value| Some(value.to_string())),
        DataType::Int64 => number::<Int64Type>(column, |value| Some(value.to_string())),
        DataType::UInt8 => number::<UInt8Type>(column, |value| Some(value.to_string())),
        DataType::UInt16 => number::<UInt16Type>(column, |value| Some(value.to_string())),
        DataType::UInt32 => number::<UInt32Type>(column, |value| Some(value.to_string())),
        DataType::UInt64 => number::<UInt64Type>(column, |value| Some(value.to_string())),
        DataType::Float32 => number::<Float32Type>(column, |value| Some(value.to_string()).filter(|_| !value.is_nan())),
        DataType::Float64 => number::<Float64Type>(column, |value| Some(value.to_string()).filter(|_| !value.is_nan())),
        DataType::Date32 => number::<Date32Type>(column, move |value| days(|day| day * DAY)(i64::from(value))),
        DataType::Date64 => number::<Date64Type>(column, days(|time| time.div_euclid(1_000))),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => number::<TimestampSecondType>(column, days(|time| time)),
            TimeUnit::Millisecond => number::<TimestampMillisecondType>(column, days(|time| time.div_euclid(1_000))),
            TimeUnit::Microsecond => {
                number::<TimestampMicrosecondType>(column, days(|time| time.div_euclid(1_000_000)))
            }
            TimeUnit::Nanosecond => {
                number::<TimestampNanosecondType>(column, days(|time| time.div_euclid(1_000_000_000)))
            }
        },
        _ => return None,
    })
}

fn number<T: ArrowPrimitiveType>(
    column: &ArrayRef,
    written: impl Fn(T::Native) -> Option<String> + Send + 'static,
) -> Cell {
    let array = column.as_primitive::<T>().clone();
    Box::new(move |row| if array.is_null(row) { None } else { written(array.value(row)) })
}

fn text(array: ArrayRef, value: fn(&ArrayRef, usize) -> String) -> Cell {
    Box::new(move |row| if array.is_null(row) { None } else { Some(value(&array, row)) })
}

fn decoded(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
