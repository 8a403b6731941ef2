//! The bytes of one row group where nobody else can cut them.
//!
//! The Parquet parser maps the file it is given into memory, and to touch a mapped place that another process has cut off in
//! the meantime ends the program. What it is given is therefore a nameless scratch file of the same length in which only the
//! chunks at hand are written, each at its own place; the rest is a hole that takes no room. Memory is bounded by the parser's
//! slice, the scratch file by the row group as stored. No page of it unpacks to more than `--max-expansion` allows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use super::pages;

/// A Parquet file, and the row group at hand.
pub(super) struct Stored {
    file: File,
    /// Whether nobody else can reach the file, so that it needs no copy.
    is_own: bool,
    len: u64,
    /// Bytes that one of a page may become.
    max_expansion: u64,
    at_hand: Option<(usize, File)>,
}

impl Stored {
    /// `file` as long as it is now.
    pub fn new(file: File, is_own: bool, max_expansion: u64) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { file, is_own, len, max_expansion, at_hand: None })
    }

    /// Bytes of the file.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// A file in which the chunks at `ranges`, those of row group `group`, stand at their places.
    ///
    /// # Errors
    /// When the file has become shorter or cannot be read, the scratch file cannot be written, or a page would fill the memory.
    pub fn group(&mut self, group: usize, ranges: &[Range<u64>]) -> io::Result<File> {
        let file = match self.at_hand.take() {
            Some((at_hand, file)) if at_hand == group => file,
            _ => self.take_out(ranges)?,
        };
        let handle = file.try_clone();
        self.at_hand = Some((group, file));
        handle
    }

    fn take_out(&mut self, ranges: &[Range<u64>]) -> io::Result<File> {
        let mut file = if self.is_own { self.file.try_clone()? } else { self.copy_of(ranges)? };
        ranges.iter().try_for_each(|range| pages::check(&mut file, range, self.max_expansion))?;
        Ok(file)
    }

    fn copy_of(&mut self, ranges: &[Range<u64>]) -> io::Result<File> {
        let mut copy = tempfile::tempfile()?;
        copy.set_len(self.len)?;
        for Range { start, end } in ranges {
            let (start, end) = (*start, *end);
            if start > end || end > self.len {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "its description leads out of the file"));
            }
            self.file.seek(SeekFrom::Start(start))?;
            copy.seek(SeekFrom::Start(start))?;
            let copied = io::copy(&mut (&mut self.file).take(end - start), &mut copy)?;
            if copied < end - start {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file was cut while it was read"));
            }
        }
        Ok(copy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file_of(bytes: &[u8]) -> (tempfile::NamedTempFile, Stored) {
        let mut named = tempfile::NamedTempFile::new().unwrap();
        named.write_all(bytes).unwrap();
        let stored = Stored::new(File::open(named.path()).unwrap(), false, 200).unwrap();
        (named, stored)
    }

    fn read(mut file: File) -> Vec<u8> {
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// The only chunk of a row group.
    fn one(start: u64, end: u64) -> Vec<Range<u64>> {
        vec![Range { start, end }]
    }

    #[test]
    fn a_copy_holds_the_chunks_at_their_places_and_nothing_else() {
        let (_named, mut stored) = file_of(b"0123456789");
        assert_eq!(read(stored.group(0, &[1..3, 6..8]).unwrap()), b"\x0012\0\0\x0067\0\0");
        assert_eq!(read(stored.group(1, &one(8, 10)).unwrap()), b"\0\0\0\0\0\0\0\x0089");
    }

    #[test]
    fn a_cut_leaves_the_copy_at_hand_and_is_told_at_the_next() {
        let (named, mut stored) = file_of(b"0123456789");
        assert_eq!(read(stored.group(0, &one(0, 4)).unwrap()).len(), 10);
        named.as_file().set_len(2).unwrap();
        assert_eq!(&read(stored.group(0, &one(0, 4)).unwrap())[..4], b"0123");
        let fault = stored.group(1, &one(4, 8)).unwrap_err();
        assert_eq!(fault.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_description_that_leads_out_of_the_file_is_told() {
        let (_named, mut stored) = file_of(b"0123456789");
        for range in [8..11, Range { start: 4, end: 3 }] {
            assert_eq!(stored.group(0, &[range]).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
