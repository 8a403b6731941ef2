//! A table in memory: rows as they are handed over, counted and hashed as those of a file are.

use crate::corpus::fault::Fault;
use crate::corpus::rows::{Record, Row, RowHash, Rows};
use crate::error::{Error, ErrorKind, Result as Outcome};

use super::{Format, Limits, Pending, Reader, oversized};

/// Known by no extension: such a table is never found, only handed over.
pub(in crate::corpus) const FORMAT: Format =
    Format { name: "table", extensions: &[], is_many: true, open: |_| Err(read_before()) };

/// The error of rows that are asked for a second time.
pub(in crate::corpus) fn read_before() -> Error {
    Error::new(ErrorKind::Usage, "the rows of a table are read once, and were").hint("hand the table over again")
}

/// Reads the rows of a table.
pub(in crate::corpus) struct Table {
    rows: Rows,
    limits: Limits,
    records: u64,
    hash: Option<RowHash>,
    failure: Option<Error>,
}

impl Table {
    pub fn new(rows: Rows, limits: Limits, is_hashed: bool) -> Self {
        Self { rows, limits, records: 0, hash: is_hashed.then(RowHash::default), failure: None }
    }
}

impl Reader for Table {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        let row = match self.rows.next()? {
            Ok(row) => row,
            Err(failure) => {
                self.failure = Some(failure);
                return None;
            }
        };
        self.records += 1;
        if let Some(hash) = &mut self.hash {
            hash.add(&row);
        }
        let number = self.limits.records_before + self.records;
        let Record { mut fields, bytes } = match row {
            Row::Record(record) => record,
            Row::Broken(why) => return Some(Err(Fault::loss("broken-record", format!("row {number}: {why}")))),
        };
        if bytes > self.limits.max_record {
            return Some(Err(oversized(&format!("row {number}"), self.limits.max_record)));
        }
        fields.stand_on(number);
        Some(Ok(Pending::new(number, number, bytes, move |_| Some(fields))))
    }

    fn finish(&mut self) -> Outcome<Option<String>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        Ok(self.hash.take().map(RowHash::finish))
    }
}
