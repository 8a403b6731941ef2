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
    /// Of the bytes so far, where it is wanted.
    hash: Option<(u64, Sha256)>,
}

impl Sheet {
    /// A table with this header.
    pub fn create(path: &Path, header: &[&str]) -> Result<Self> {
        Self::create_with(path, header, None)
    }

    /// The same, hashed as it is written: it need not be read again for that.
    pub fn create_hashed(path: &Path, header: &[&str]) -> Result<Self> {
        Self::create_with(path, header, Some((0, Sha256::new())))
    }

    fn create_with(path: &Path, header: &[&str], hash: Option<(u64, Sha256)>) -> Result<Self> {
        let file = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
        let mut sheet = Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 16, file), hash };
        sheet.write(header.join(",").as_bytes())?;
        sheet.write(b"\n")?;
        Ok(sheet)
    }

    /// Adds rows.
    pub fn write(&mut self, rows: &[u8]) -> Result<()> {
        if let Some((bytes, hash)) = &mut self.hash {
            *bytes += rows.len() as u64;
            hash.update(rows);
        }
        self.file.write_all(rows).map_err(|cause| Error::io(&self.path, cause))
    }

    /// Writes what is left, and gives length and hash, where they were wanted.
    pub fn finish(mut self) -> Result<Option<FileHash>> {
        self.file.flush().map_err(|cause| Error::io(&self.path, cause))?;
        Ok(self.hash.map(|(bytes, hash)| (bytes, hex(&hash.finalize()))))
    }
}
