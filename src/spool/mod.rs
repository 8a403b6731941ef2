//! Bytes and records that wait on disk, so that memory stays bounded whatever the size of the corpus.
//!
//! - [`Spool`]: bytes, kept in memory while they are few and in an unnamed file beyond, read at any place by any thread;
//! - [`Blocks`]: blocks of bytes, compressed, each read again as a whole by any thread;
//! - [`Pile`]: bytes that are only read again from front to back, in blocks;
//! - [`Sorter`]: records of fixed size, brought into order in runs that fit memory.
//!
//! Unnamed files are gone with the process, however it ends.

mod blocks;
mod pile;
mod sorter;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

pub use blocks::{Block, Blocks, Packing};
pub use pile::Pile;
pub use sorter::{Record, Sorted, Sorter};

/// Bytes a spool keeps in memory before it asks for a file, and between two writes to it.
const IN_MEMORY: usize = 1 << 18;

/// Bytes that wait; written at the end, read anywhere.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    file: Option<File>,
    in_file: u64,
    tail: Vec<u8>,
}

impl Spool {
    /// An empty one, whose file would be in `folder`.
    pub fn within(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), file: None, in_file: 0, tail: Vec::new() }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.tail.extend_from_slice(bytes);
        if self.tail.len() < IN_MEMORY { Ok(()) } else { self.spill().map_err(|cause| full(&self.folder, cause)) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        io::Write::write_all(file, &self.tail)?;
        self.in_file += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }

    /// Bytes added so far.
    pub fn len(&self) -> u64 {
        self.in_file + self.tail.len() as u64
    }

    /// Fills `into` with the bytes from `offset` on.
    ///
    /// # Errors
    /// When there are not so many, or the file cannot be read.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.read_exact_at(offset, into).map_err(|cause| full(&self.folder, cause))
    }

    fn read_exact_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        if into.is_empty() {
            return Ok(());
        }
        let from_file = self.in_file.saturating_sub(offset).min(into.len() as u64) as usize;
        let (first, rest) = into.split_at_mut(from_file);
        if let (Some(file), false) = (&self.file, first.is_empty()) {
            positioned(file, first, offset)?;
        }
        let start = (offset + from_file as u64).saturating_sub(self.in_file);
        let missing = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let start = usize::try_from(start).map_err(|_| missing())?;
        let found = self.tail.get(start..start + rest.len()).ok_or_else(missing)?;
        rest.copy_from_slice(found);
        Ok(())
    }
}

#[cfg(unix)]
fn positioned(file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, offset)
}

#[cfg(windows)]
fn positioned(file: &File, mut into: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !into.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, into, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                into = &mut into[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// A fault of the scratch folder.
fn full(folder: &Path, cause: io::Error) -> Error {
    Error::io(folder, cause).hint("free some space there: what waits for the last document is kept on disk")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_across_file_and_memory() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::within(folder.path());
        let bytes: Vec<u8> = (0..IN_MEMORY + 1_000).map(|at| (at % 251) as u8).collect();
        bytes.chunks(777).for_each(|piece| spool.write(piece).unwrap());
        assert_eq!((spool.len(), spool.file.is_some()), (bytes.len() as u64, true));
        for (start, length) in [(0, 10), (IN_MEMORY - 5, 900), (bytes.len() - 3, 3), (bytes.len(), 0)] {
            let mut read = vec![0; length];
            spool.read_at(start as u64, &mut read).unwrap();
            assert_eq!(read, bytes[start..start + length]);
        }
        assert!(spool.read_at(bytes.len() as u64 - 1, &mut [0; 2]).is_err());
        assert!(spool.read_at(bytes.len() as u64 + 9, &mut []).is_ok(), "nothing is read nowhere");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }
}
