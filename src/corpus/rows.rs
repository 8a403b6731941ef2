//! Rows of a table that is in memory already, handed over by another program: what a reader is given in place of a file.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::fields::{Field, Fields};
use crate::error::Result;

/// One row as text, column by column; a column that is not set is missing.
#[derive(Debug, Default)]
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
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every row is a record, and a box would be an allocation for each"
)]
#[derive(Debug)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Corpus, Options};
    use crate::error::{Error, ErrorKind};
    use crate::warning::Warnings;

    fn row(text: &str) -> Row {
        let mut record = Record::default();
        record.set(Field::Text, text.to_owned());
        record.set(Field::Date, "2024-12-03".to_owned());
        Row::Record(record)
    }

    fn rows(texts: &[&str]) -> Rows {
        let rows: Vec<Result<Row>> = texts.iter().map(|text| Ok(row(text))).collect();
        Box::new(rows.into_iter())
    }

    #[test]
    fn rows_become_documents_that_are_numbered_on() {
        let corpus = Corpus::of_table("table", rows(&["One.", " ", "Three."]), 40, Options::default());
        let warnings = Warnings::default();
        let documents: Vec<_> = corpus.batches(&warnings).flat_map(|batch| batch.unwrap()).collect();
        let ids: Vec<&str> = documents.iter().map(|document| document.id.as_str()).collect();
        assert_eq!(ids, ["table#41", "table#43"]);
        assert_eq!(documents[1].body(), "Three.");
        assert!(
            warnings.take().iter().any(|warning| warning.message.starts_with("table:42: record with an empty text"))
        );
        let counted = Counted::of(rows(&["One.", " ", "Three."])).unwrap();
        assert_eq!((counted.rows, counted.bytes), (3, 11 + 30));
        assert_eq!(corpus.inputs()[0].sha256(), Some(counted.sha256.as_str()));
        let again = corpus.batches(&warnings).next().unwrap().unwrap_err();
        assert!(again.to_string().contains("read once"), "{again}");
    }

    #[test]
    fn a_table_that_breaks_off_is_an_error() {
        let broken = std::iter::once(Err(Error::new(ErrorKind::Io, "gone")));
        let corpus = Corpus::of_table("table", Box::new(rows(&["One."]).chain(broken)), 0, Options::default());
        let warnings = Warnings::default();
        let last = corpus.batches(&warnings).last().unwrap();
        assert_eq!(last.unwrap_err().to_string(), "gone");
    }

    #[test]
    fn no_two_tables_look_alike() {
        let of = |rows: Rows| Counted::of(rows).unwrap().sha256;
        let mut titled = Record::default();
        titled.set(Field::Title, "ab".to_owned());
        titled.set(Field::Date, "2024-12-03".to_owned());
        let others: [Rows; 4] = [
            rows(&["a", "b"]),
            rows(&["ab", ""]),
            Box::new(std::iter::once(Ok(Row::Record(titled)))),
            Box::new(std::iter::once(Ok(Row::Broken("ab".to_owned())))),
        ];
        let hashes: Vec<String> = others.into_iter().map(of).chain([of(rows(&["ab"]))]).collect();
        let distinct: std::collections::BTreeSet<&String> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
    }
}
