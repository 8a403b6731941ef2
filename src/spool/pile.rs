//! [`Pile`]: bytes that are read again from front to back.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io;
use std::path::Path;

use super::{Blocks, full};
use crate::error::Result;

/// Bytes of a block before compression, and those that a pile holds in memory: there may be dozens at a time.
const BLOCK: usize = 1 << 18;

/// Bytes in blocks, compressed on their way to the disk.
#[derive(Debug)]
pub struct Pile {
    blocks: Blocks,
    tail: Vec<u8>,
}

impl Pile {
    /// An empty one, whose file would be in `folder`.
    pub fn within(folder: &Path) -> Self {
        Self { blocks: Blocks::within(folder, 0), tail: Vec::new() }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.tail.extend_from_slice(bytes);
        if self.tail.len() < BLOCK {
            return Ok(());
        }
        let block = std::mem::replace(&mut self.tail, Vec::with_capacity(BLOCK + BLOCK / 8));
        let block = self.blocks.packing().pack(block);
        self.blocks.push(block)
    }

    /// Reads all of it.
    pub fn reader(&self) -> PileReader<'_> {
        PileReader { pile: self, read: 0, block: Cow::default(), at: 0 }
    }
}

/// A pile from its front.
pub struct PileReader<'a> {
    pile: &'a Pile,
    /// Blocks read; the last is still the tail.
    read: usize,
    block: Cow<'a, [u8]>,
    at: usize,
}

impl PileReader<'_> {
    /// Fills `into`; false where the pile is at its end.
    ///
    /// # Errors
    /// When the file cannot be read, or ends within.
    pub fn next(&mut self, into: &mut [u8]) -> Result<bool> {
        let mut filled = 0;
        while filled < into.len() {
            let found = &self.block[self.at..];
            let length = found.len().min(into.len() - filled);
            into[filled..filled + length].copy_from_slice(&found[..length]);
            (filled, self.at) = (filled + length, self.at + length);
            if self.at == self.block.len() && filled < into.len() && !self.next_block()? {
                let missing = || full(self.pile.blocks.folder(), io::ErrorKind::UnexpectedEof.into());
                return if filled == 0 { Ok(false) } else { Err(missing()) };
            }
        }
        Ok(true)
    }

    /// The next block; false at the end.
    fn next_block(&mut self) -> Result<bool> {
        let blocks = &self.pile.blocks;
        self.block = match self.read.cmp(&blocks.len()) {
            Ordering::Less => blocks.read(self.read)?,
            Ordering::Equal => (&self.pile.tail).into(),
            Ordering::Greater => return Ok(false),
        };
        (self.read, self.at) = (self.read + 1, 0);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut pile = Pile::within(folder.path());
        assert!(!pile.reader().next(&mut [0; 4]).unwrap());
        let mut written = 0..0;
        for blocks in [0, 3, 20] {
            let numbers = written.end..(blocks * BLOCK) as u32 / 4 + 5;
            numbers.clone().for_each(|number| pile.write(&number.to_le_bytes()).unwrap());
            written.end = numbers.end;
            assert_eq!(pile.blocks.len(), blocks);
            let mut reader = pile.reader();
            for number in written.clone() {
                let mut read = [0; 4];
                assert!(reader.next(&mut read).unwrap());
                assert_eq!(u32::from_le_bytes(read), number);
            }
            assert!(!reader.next(&mut [0; 4]).unwrap());
        }
        let mut reader = pile.reader();
        assert!(reader.next(&mut vec![0; 19 * BLOCK]).unwrap());
        assert!(reader.next(&mut vec![0; 2 * BLOCK]).is_err(), "it ends within");
    }
}
