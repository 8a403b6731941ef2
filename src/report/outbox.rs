//! Files that appear whole or not at all.
//!
//! Everything is written into a hidden folder beside its destination and moved into place at the end, file by file, each
//! move being one step of the file system. A run that dies before leaves the old files as they were.

use std::collections::BTreeMap;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::staging::{self, Staging};
use crate::dialect::guard;
use crate::error::{Error, ErrorKind, Result};

/// Length and SHA-256, in hexadecimal, of a file.
pub type FileHash = (u64, String);

/// Files on their way into a folder.
#[derive(Debug)]
pub struct Outbox {
    destination: PathBuf,
    staging: Staging,
    names: Vec<String>,
    /// Of files that were hashed as they were written.
    hashes: BTreeMap<String, FileHash>,
}

impl Outbox {
    /// Opens an outbox for `folder`, which is created when missing.
    ///
    /// # Errors
    /// When the folder cannot be made or written to.
    pub fn open(folder: &Path) -> Result<Self> {
        let refused = |cause: std::io::Error| {
            Error::io(folder, cause).hint("name a folder you may write to with --out DIR (score, -o)")
        };
        let staging = Staging::within(folder).map_err(refused)?;
        Ok(Self { destination: folder.to_owned(), staging, names: Vec::new(), hashes: BTreeMap::new() })
    }

    /// Where a file may be written until [`Outbox::send`]; `name` is its final name.
    pub fn stage(&mut self, name: &str) -> PathBuf {
        self.hashes.remove(name);
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        self.staging.path().join(name)
    }

    /// The folder that files are staged in.
    pub fn folder(&self) -> &Path {
        self.staging.path()
    }

    /// A scratch path that is never sent.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.staging.path().join(format!("{name}.scratch"))
    }

    /// Writes a CSV table.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone.
    pub fn csv<R, C>(&mut self, name: &str, header: &[&str], rows: impl IntoIterator<Item = R>) -> Result<()>
    where
        R: IntoIterator<Item = C>,
        C: AsRef<[u8]>,
    {
        let path = self.stage(name);
        let mut writer = csv_writer(&path)?;
        let failed = |cause: csv::Error| Error::io(&path, cause.into());
        // `goulet score` has columns that a user named.
        writer.write_record(header.iter().map(|name| guard(name).into_owned())).map_err(failed)?;
        for row in rows {
            writer.write_record(row).map_err(failed)?;
        }
        writer.flush().map_err(|cause| Error::io(&path, cause))
    }

    /// Writes a text file.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone.
    pub fn text(&mut self, name: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.stage(name);
        fs_err::write(&path, content).map_err(|cause| Error::io(&path, cause))
    }

    /// The names of all staged files, in order of staging.
    pub fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    /// The names of the staged CSV tables, in order of staging.
    pub fn tables(&self) -> Vec<String> {
        self.names.iter().filter(|name| name.ends_with(".csv") && self.has(name)).cloned().collect()
    }

    /// Bytes of a staged file.
    ///
    /// # Errors
    /// When it was not staged.
    pub fn read(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.staging.path().join(name);
        fs_err::read(&path).map_err(|cause| Error::io(&path, cause))
    }

    /// Whether a file was staged.
    pub fn has(&self, name: &str) -> bool {
        self.staging.path().join(name).is_file()
    }

    /// Knows a staged file by its hash, until it is staged again.
    pub fn know(&mut self, name: &str, hash: FileHash) {
        self.hashes.insert(name.to_owned(), hash);
    }

    /// Length and SHA-256 of a staged file, read in pieces where they are not known.
    ///
    /// # Errors
    /// When it was not staged.
    pub fn hash(&self, name: &str) -> Result<FileHash> {
        if let Some(hash) = self.hashes.get(name) {
            return Ok(hash.clone());
        }
        hash_of(&self.staging.path().join(name))
    }

    /// Moves every file into place and returns their paths. A run killed on the way is finished by the next.
    ///
    /// # Errors
    /// When a file cannot be moved; those already moved are whole.
    pub fn send(self) -> Result<Vec<PathBuf>> {
        self.staging.seal(&self.names).map_err(|cause| Error::io(&self.destination, cause))?;
        let mut sent = Vec::new();
        for name in &self.names {
            let target = self.destination.join(name);
            std::fs::rename(self.staging.path().join(name), &target).map_err(|cause| Error::io(&target, cause))?;
            sent.push(target);
        }
        Ok(sent)
    }
}

/// A CSV writer as the contract wants it: UTF-8, comma, `\n`.
///
/// # Errors
/// When the file cannot be made.
pub fn csv_writer(path: &Path) -> Result<csv::Writer<BufWriter<std::fs::File>>> {
    let file = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
    Ok(csv::Writer::from_writer(BufWriter::with_capacity(1 << 16, file)))
}

/// A CSV table in memory, as the contract wants it: UTF-8, comma, `\n`.
///
/// # Errors
/// Only if a row had not as many cells as the header.
pub fn csv_bytes<H, R, C>(header: H, rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    R: IntoIterator<Item = C>,
    C: AsRef<[u8]>,
{
    let failed = |cause: csv::Error| Error::new(ErrorKind::Io, "the table cannot be written").caused_by(cause);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer.into_inner().map_err(|cause| failed(cause.into_error().into()))
}

/// Writes one file whole or not at all.
///
/// # Errors
/// When its folder cannot be written to.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let failed = |cause: std::io::Error| Error::io(path, cause).hint("name a file in a folder you may write to");
    let staging = Staging::beside(path).map_err(failed)?;
    let finished = staging.path().join("whole");
    std::fs::write(&finished, content).map_err(failed)?;
    staging::deliver(&finished, path).map_err(failed)
}

/// Length and SHA-256, in hexadecimal, of a file, read in pieces.
///
/// # Errors
/// When it cannot be read.
pub fn hash_of(path: &Path) -> Result<FileHash> {
    let mut file = std::fs::File::open(path).map_err(|cause| Error::io(path, cause))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut piece).map_err(|cause| Error::io(path, cause))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(&piece[..read]);
    }
    Ok((bytes, hex(&hash.finalize())))
}

/// A hash as text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Moves a finished file into place.
///
/// # Errors
/// When the destination cannot be written.
pub fn persist(finished: &Path, destination: &Path) -> Result<()> {
    staging::deliver(finished, destination)
        .map_err(|cause| Error::io(destination, cause).hint("name a file in a folder you may write to"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_seen_before_it_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), "old").unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.csv("a.csv", &["x"], [["1"]]).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("a.csv")).unwrap(), "old");
        outbox.send().unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("a.csv")).unwrap(), "x\n1\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_dropped_outbox_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = Outbox::open(folder.path()).unwrap();
        outbox.text("a.txt", "x").unwrap();
        drop(outbox);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
