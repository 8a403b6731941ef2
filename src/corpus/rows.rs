//! Rows of a table that is in memory already, handed over by another program: what a reader is given in place of a file.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::fields::{Field, Fields};
use crate::error::Result;

/// One row as text, column by column; a column that is not set is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    pub(super) fields: Fields,
    pub(super) bytes: usize,
}

impl Record {
    /// Sets a column; the last value of a repeated column stands.
    pub fn set(&mut self, field: Field, text: String) {
        self.bytes += text.len();
        self.fields.set(field, text, 0);
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// As it was handed over.
    Record(Record),
    /// It cannot be read, and why: said as a warning, and left out.
    Broken(String),
}

/// The rows of a table in their order. An error ends the reading: nothing of the table may then be used.
pub type Rows = Box<dyn Iterator<Item = Result<Row>> + Send>;

/// The day of a time in seconds since 1970, in UTC; none outside of what a calendar holds.
pub fn day_of(seconds: i64) -> Option<Date> {
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

/// What a table, or a part of one, holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Rows, those that cannot be read among them.
    pub rows: u64,
    /// Bytes of text in all columns that documents are made of.
    pub bytes: u64,
    /// SHA-256 of what those columns hold, row by row.
    pub sha256: String,
}

impl Counted {
    /// Goes through rows to their end.
    ///
    /// # Errors
    /// The error that ends them.
    pub fn of(rows: Rows) -> Result<Self> {
        let (mut count, mut bytes, mut hash) = (0, 0, RowHash::default());
        for row in rows {
            let row = row?;
            count += 1;
            bytes += hash.add(&row);
        }
        Ok(Self { rows: count, bytes, sha256: hash.finish() })
    }
}

/// A hash over rows: of each column whether it is there, and if so its length and its bytes, so that no two tables look alike.
#[derive(Default)]
pub(super) struct RowHash(Sha256);

impl RowHash {
    /// Adds a row; gives its bytes.
    pub fn add(&mut self, row: &Row) -> u64 {
        let record = match row {
            Row::Record(record) => record,
            Row::Broken(why) => {
                self.0.update([2]);
                self.add_text(why);
                return 0;
            }
        };
        for field in Field::ALL {
            match record.fields.get(field) {
                None => self.0.update([0]),
                Some(text) => {
                    self.0.update([1]);
                    self.add_text(text);
                }
            }
        }
        record.bytes as u64
    }

    fn add_text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    /// The hash, in hexadecimal.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
