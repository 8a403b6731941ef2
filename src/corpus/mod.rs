//! Documents in: from what the user named to a stream of [`Document`]s.
//!
//! ```text
//! paths ─ resolve ─► inputs ─ read ─► records ─ assemble ─► documents, in batches
//!                                                          └─ duplicates ─► clusters
//! ```
//!
//! - [`Corpus::open`] resolves files, folders, globs and `-` to a sorted list of [`Input`]s.
//! - [`Corpus::of_table`] takes rows that another program hands over in place of files.
//! - [`Corpus::batches`] streams them: files sorted, records in file order, a bounded batch at a time. Cutting a
//!   file into records is sequential; [`Corpus::cuts`] leaves parsing to any thread, with the same result.
//! - [`Fingerprint`] and [`Clusters`] find what was published several times.
//!
//! Invariants: `text` is `title + "\n\n" + body`; memory is bounded by the batch and by
//! [`Options::max_record`], never by a file; what cannot be read is said (`file:line: why`), counted and left
//! out, and the rest is read. A readable document is never left out because of its encoding, date or language.
//!
//! What it does not do: read what a document says, choose a period, or weigh duplicates.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::error::Result;
use crate::warning::Warnings;

mod assemble;
mod date;
mod decode;
mod document;
mod duplicates;
mod expansion;
mod fault;
mod fields;
mod input;
mod known;
mod language;
mod read;
mod resolve;
mod rows;
mod source;
mod stream;
mod tally;

pub use document::Document;
pub use duplicates::{Clusters, Fingerprint, Prints};
pub use fields::{ColumnMap, Field};
pub use input::{Input, Part};
pub use read::Format;
pub use rows::{Counted, Record, Row, Rows, day_of};
pub use stream::{Batches, Cut, Cuts, Gathering, Identified, Met, Parsed};

/// How documents are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Bytes above which a record, line or text file is refused with a warning.
    pub max_record: usize,
    /// Most bytes that a byte of a compressed file may become; above, the rest of the file is refused with a warning.
    pub max_expansion: u64,
    /// What the columns of the contract are called in these files.
    pub columns: ColumnMap,
    /// Keep documents whose text equals that of an earlier one (case, spaces and punctuation aside). They are kept
    /// by default: [`Clusters`] lets a later stage share one weight among them.
    pub keep_duplicates: bool,
    /// Hash the inputs while they are read, for the manifest; without, [`Input::sha256`] stays unknown.
    pub hash_inputs: bool,
    /// Most documents in a batch.
    pub batch_documents: usize,
    /// Bytes of input after which a batch is closed.
    pub batch_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_record: 64 << 20,
            max_expansion: 200,
            columns: ColumnMap::default(),
            keep_duplicates: true,
            hash_inputs: true,
            batch_documents: 250,
            batch_bytes: 256 << 10,
        }
    }
}

/// What the user named, resolved to readable inputs.
#[derive(Debug)]
pub struct Corpus {
    inputs: Vec<Input>,
    skipped: usize,
    faults: Vec<(String, fault::Fault)>,
    options: Options,
    table: Option<Handed>,
}

/// The rows of a table in memory, until they are read.
struct Handed {
    rows: Mutex<Option<Rows>>,
    /// Rows of the whole table before these.
    before: u64,
}

impl fmt::Debug for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handed").field("before", &self.before).finish_non_exhaustive()
    }
}

impl Corpus {
    /// Resolves `paths` (files, folders, globs, `-` for JSON Lines on standard input).
    ///
    /// # Errors
    /// A path that does not exist, a file whose extension no reader knows, a folder without documents, a glob that
    /// matches none: all such faults at once.
    pub fn open(paths: &[PathBuf], options: Options) -> Result<Self> {
        let resolve::Resolved { inputs, skipped, faults } = resolve::resolve(paths)?;
        Ok(Self { inputs, skipped, faults, options, table: None })
    }

    /// Files, or parts of them, in the order given.
    ///
    /// # Errors
    /// A file that does not exist, or whose extension no reader knows.
    pub fn of_parts(files: &[(PathBuf, Option<Part>)], options: Options) -> Result<Self> {
        let mut inputs = Vec::with_capacity(files.len());
        for (path, part) in files {
            let found = resolve::resolve(std::slice::from_ref(path))?.inputs.into_iter();
            inputs.extend(found.map(|input| match part {
                Some(part) => input.only(*part),
                None => input,
            }));
        }
        Ok(Self { inputs, skipped: 0, faults: Vec::new(), options, table: None })
    }

    /// A table in memory, whose rows can be read once. Its documents are those of a file of the same rows; messages call it `name`, and
    /// so do the ids of rows that bring none (`name#N`). `before` rows of it were handed to other readers.
    pub fn of_table(name: &str, rows: Rows, before: u64, options: Options) -> Self {
        let table = Some(Handed { rows: Mutex::new(Some(rows)), before });
        Self { inputs: vec![Input::table(name)], skipped: 0, faults: Vec::new(), options, table }
    }

    /// The inputs in reading order: sorted by path, standard input last.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Files passed over in folders and globs: hidden, or with an extension no reader knows.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// A reader of the rows handed over, the first time; none where files are read.
    fn reader_of_table(&self) -> Option<Result<Box<dyn read::Reader>>> {
        let table = self.table.as_ref()?;
        let Some(rows) = table.rows.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Some(Err(read::read_before()));
        };
        let Options { max_record, max_expansion, .. } = self.options;
        let before = table.before;
        let limits = read::Limits { max_record, max_expansion, lines_before: before, records_before: before };
        Some(Ok(Box::new(read::Table::new(rows, limits, self.options.hash_inputs))))
    }

    /// Cuts records out of the files, in order, a batch at a time; an error ends them. [`Cut::parse`] makes documents of them, which a
    /// [`Gathering`] takes in.
    pub fn cuts(&self) -> Cuts<'_> {
        Cuts::new(self)
    }

    /// Streams the documents in input order. Soft faults go to `warnings`; those over all files
    /// (documents without a date, repeated ids) when the last batch was taken. An error ends the stream.
    pub fn batches<'a>(&'a self, warnings: &'a Warnings) -> Batches<'a> {
        Batches::new(self, warnings)
    }
}

#[cfg(test)]
mod tests;
