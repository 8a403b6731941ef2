//! Where reference tables come from: the copy carried inside the binary, or a folder that `goulet init` wrote.
//!
//! A table is read with its line numbers, so that every later fault can name file, line and column. Rows that
//! begin with `#` are comments.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// A source of reference tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSource {
    /// The tables carried inside the binary.
    Embedded,
    /// A folder with the same layout.
    Folder(PathBuf),
}

impl DataSource {
    /// The folder when one is given, the embedded tables otherwise.
    ///
    /// # Errors
    /// When the folder does not exist or holds no `sectors.csv`.
    pub fn open(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder else { return Ok(Self::Embedded) };
        if !folder.join("sectors.csv").is_file() {
            return Err(Error::new(ErrorKind::NotFound, "no data folder: sectors.csv is missing")
                .at_file(folder)
                .hint("write an editable copy with `goulet init DIR` and pass it with --data DIR"));
        }
        Ok(Self::Folder(folder.to_owned()))
    }

    /// How messages name a file of this source.
    pub fn display(&self, name: &str) -> PathBuf {
        match self {
            Self::Embedded => Path::new("data").join(name),
            Self::Folder(folder) => folder.join(name),
        }
    }

    /// Whether the file is there.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Embedded => EMBEDDED.get_file(name).is_some(),
            Self::Folder(folder) => folder.join(name).is_file(),
        }
    }

    /// A whole file as text.
    ///
    /// # Errors
    /// When it is missing or not UTF-8.
    pub fn read(&self, name: &str) -> Result<String> {
        as_text(self.read_bytes(name)?, &self.display(name))
    }

    /// A whole file as bytes.
    ///
    /// # Errors
    /// When it is missing.
    pub fn read_bytes(&self, name: &str) -> Result<Vec<u8>> {
        match self {
            Self::Embedded => EMBEDDED.get_file(name).map(|file| file.contents().to_vec()).ok_or_else(|| {
                Error::new(ErrorKind::NotFound, "no such table inside the program").at_file(self.display(name))
            }),
            Self::Folder(folder) => {
                let path = folder.join(name);
                fs_err::read(&path).map_err(|cause| Error::io(&path, cause))
            }
        }
    }

    /// The names of all files, sorted, with `/` between folders.
    ///
    /// # Errors
    /// When the folder cannot be walked.
    pub fn files(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        match self {
            Self::Embedded => embedded_files(&EMBEDDED, &mut names),
            Self::Folder(folder) => {
                for entry in walkdir::WalkDir::new(folder) {
                    let entry = entry.map_err(|cause| {
                        Error::new(ErrorKind::Io, "the data folder cannot be read").at_file(folder).caused_by(cause)
                    })?;
                    if entry.file_type().is_file() {
                        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
                        names.push(parts.join("/"));
                    }
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// A CSV table as typed rows, each with its line number. Every faulty row is reported, not only the first.
    ///
    /// # Errors
    /// When the file is missing or any row does not fit `T`.
    pub fn table<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<Row<T>>> {
        let text = self.read(name)?;
        let file = self.display(name);
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|cause| csv_fault(&file, &cause, &csv::StringRecord::new()))?.clone();
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let outcome = record.and_then(|record| {
                let line = record.position().map_or(0, csv::Position::line);
                record.deserialize::<T>(Some(&headers)).map(|value| Row { line, value })
            });
            match outcome {
                Ok(row) => rows.push(row),
                Err(cause) => faults.push(csv_fault(&file, &cause, &headers)),
            }
        }
        if faults.is_empty() { Ok(rows) } else { Err(faults.into()) }
    }
}

/// A row of a table and the line it began on.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<T> {
    /// Line in the file, from 1.
    pub line: u64,
    /// The row.
    pub value: T,
}

fn embedded_files(dir: &Dir<'_>, names: &mut Vec<String>) {
    for file in dir.files() {
        names.push(file.path().to_string_lossy().replace('\\', "/"));
    }
    for sub in dir.dirs() {
        embedded_files(sub, names);
    }
}

/// A fault of the parser at its line, and in its column where one cell is to blame.
fn csv_fault(file: &Path, cause: &csv::Error, headers: &csv::StringRecord) -> Error {
    let line = cause.position().map_or(0, csv::Position::line);
    let mut column = None;
    let message = match cause.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            column = err.field().and_then(|field| headers.get(usize::try_from(field).ok()?));
            err.kind().to_string()
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells where the header has {expected_len}")
        }
        _ => cause.to_string(),
    };
    let hint = "correct the row; `goulet check` lists every fault";
    let fault = Error::new(ErrorKind::Data, message).at_line(file, line).hint(hint);
    match column {
        Some(column) => fault.in_column(column),
        None => fault,
    }
}

/// A table of the user's own as text.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn read_table(path: &Path) -> Result<String> {
    let bytes = fs_err::read(path).map_err(|cause| Error::io(path, cause).hint("check the name of the file"))?;
    as_text(bytes, path)
}

fn as_text(bytes: Vec<u8>, file: &Path) -> Result<String> {
    String::from_utf8(bytes).map_err(|cause| {
        let line = 1 + cause.as_bytes()[..cause.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        Error::new(ErrorKind::Data, "not UTF-8").at_line(file, line as u64).hint("save the table as UTF-8")
    })
}
