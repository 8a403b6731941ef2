//! A table being written.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::report::outbox::{FileHash, hex};

/// A table on its way to a file, which names the file when it fails.
pub(super) struct Sheet {
    path: PathBuf,
    file: BufWriter<std::fs::File>,
}

impl Sheet {
    /// A table with this header.
    pub fn create(path: &Path, header: &[&str]) -> Result<Self> {
        let file = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
        let mut sheet = Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 16, file) };
        sheet.write(line(header).as_bytes())?;
        Ok(sheet)
    }

    /// Adds rows.
    pub fn write(&mut self, rows: &[u8]) -> Result<()> {
        self.file.write_all(rows).map_err(|cause| Error::io(&self.path, cause))
    }

    /// Writes what is left.
    pub fn finish(mut self) -> Result<()> {
        self.file.flush().map_err(|cause| Error::io(&self.path, cause))
    }
}

/// Length and hash of a table in the making: it need not be read again for them.
pub(super) struct Hashing {
    /// Bytes so far.
    pub bytes: u64,
    hash: Sha256,
}

impl Hashing {
    /// Of a table with this header.
    pub fn of(header: &[&str]) -> Self {
        let mut hashing = Self { bytes: 0, hash: Sha256::new() };
        hashing.add(line(header).as_bytes());
        hashing
    }

    /// Adds rows.
    pub fn add(&mut self, rows: &[u8]) {
        self.bytes += rows.len() as u64;
        self.hash.update(rows);
    }

    /// Of all of it.
    pub fn finish(self) -> FileHash {
        (self.bytes, hex(&self.hash.finalize()))
    }
}

fn line(header: &[&str]) -> String {
    header.join(",") + "\n"
}
