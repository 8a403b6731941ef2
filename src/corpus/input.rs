//! One file to read: where it is, what it is, and what it hashes to once read.

use std::cmp::Ordering;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::read::{self, Format};

/// The path that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// Whole lines of a file of JSON Lines, for one of several processes to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// First byte.
    pub start: u64,
    /// Byte after the last.
    pub end: u64,
    /// Lines before the first byte.
    pub lines: u64,
    /// Records before it: lines that are not blank.
    pub records: u64,
}

/// A readable input of the corpus, for the manifest and for progress.
#[derive(Debug)]
pub struct Input {
    /// The path as the user named it, joined for files found in folders; `-` for standard input.
    pub path: PathBuf,
    /// How it is read.
    pub format: &'static Format,
    /// Size on disk; 0 for standard input.
    pub bytes: u64,
    /// Which part of the file is read; none: all of it.
    pub part: Option<Part>,
    /// Whether the user named this very file, rather than a folder or glob that holds it.
    pub is_named: bool,
    /// The path with forward slashes: what messages and sorting use.
    pub(super) name: String,
    /// `name` without its extensions: what ids are made of.
    pub(super) stem: String,
    sha256: OnceLock<String>,
}

impl Input {
    /// The file at `path`, if a reader knows its extension.
    pub(super) fn file(path: PathBuf, bytes: u64, is_named: bool) -> Option<Self> {
        let name = slashed(&path);
        let (format, extension_len) = read::format_of(&name)?;
        let stem = name[..name.len() - extension_len].to_owned();
        Some(Self { path, format, bytes, part: None, is_named, name, stem, sha256: OnceLock::new() })
    }

    /// The same file, of which only `part` is read.
    pub(super) fn only(mut self, part: Part) -> Self {
        self.bytes = part.end.saturating_sub(part.start);
        self.part = Some(part);
        self
    }

    /// Whether the file can be read in parts: records end with their line, and bytes are as stored.
    pub fn has_parts(&self) -> bool {
        self.format.name == read::STANDARD_INPUT_FORMAT.name
            && !self.is_standard_input()
            && !read::is_compressed(&self.name)
    }

    /// Standard input, read as JSON Lines. Its documents are `stdin#1` and so on: an id that
    /// begins with `-` would be a formula in a spreadsheet.
    pub(super) fn standard_input() -> Self {
        let (path, stem) = (PathBuf::from(STANDARD_INPUT), "stdin".to_owned());
        let (format, name) = (read::STANDARD_INPUT_FORMAT, stem.clone());
        Self { path, format, bytes: 0, part: None, is_named: true, name, stem, sha256: OnceLock::new() }
    }

    /// The table in memory that messages and ids are to call `name`.
    pub(super) fn table(name: &str) -> Self {
        let path = PathBuf::from(name);
        let (name, stem) = (name.to_owned(), name.to_owned());
        Self { path, format: &read::TABLE, bytes: 0, part: None, is_named: true, name, stem, sha256: OnceLock::new() }
    }

    pub(super) fn is_standard_input(&self) -> bool {
        self.path.as_os_str() == STANDARD_INPUT
    }

    /// SHA-256 of the bytes as stored (compressed files: as compressed), in hexadecimal; known once
    /// [`super::Corpus::batches`] has read the file to its end.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.get().map(String::as_str)
    }

    pub(super) fn set_sha256(&self, digest: String) {
        // A second reading of the same corpus finds it set: the first stands.
        let _ = self.sha256.set(digest);
    }

    /// What to say when the file is not as long as it was when it was found. One that is gone was read all the same: it
    /// stays readable for whoever has it open. Of a part, only its plan knows.
    pub(super) fn change(&self) -> Option<Fault> {
        let now = std::fs::metadata(&self.path).ok().filter(|found| found.is_file() && self.bytes > 0)?.len();
        if self.part.is_some() {
            return None;
        }
        let found = self.bytes;
        match now.cmp(&found) {
            Ordering::Equal => None,
            Ordering::Greater => Some(Fault::note(
                "changed",
                format!(
                    "grew from {found} to {now} bytes while it was read: what was added is not in the result; run again"
                ),
            )),
            Ordering::Less => Some(Fault::loss(
                "changed",
                format!("was cut from {found} to {now} bytes while it was read; run again when it is whole"),
            )),
        }
    }

    /// The id of a record that brings none: `path#N` in a file of many, else the path.
    pub(super) fn default_id(&self, number: u64) -> String {
        if self.format.is_many { format!("{}#{number}", self.stem) } else { self.stem.clone() }
    }
}

/// The path with forward slashes on every system.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(MAIN_SEPARATOR, "/") }
}
