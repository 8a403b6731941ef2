//! [`Blocks`]: bytes that are read again block by block, on any thread.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Spool, full};
use crate::error::Result;

/// Fast: a tenth of the time that making the bytes takes, and a quarter of their size.
const LEVEL: i32 = 1;

/// Blocks in their order, compressed on their way to the disk.
#[derive(Debug)]
pub struct Blocks {
    packed: Spool,
    /// The first blocks, as long as they are all.
    plain: Vec<Vec<u8>>,
    /// Bytes of the plain blocks.
    plain_bytes: usize,
    /// Bytes that they may have.
    room: usize,
    places: Vec<Place>,
    packing: Packing,
}

/// Where a block is.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    /// Bytes it takes there.
    length: usize,
    /// Bytes before it was packed, where it is.
    plain: Option<usize>,
}

/// Packs blocks, on any thread, from when on they are worth it.
#[derive(Debug, Clone, Default)]
pub struct Packing(Arc<AtomicBool>);

/// A block on its way.
#[derive(Debug)]
pub struct Block {
    bytes: Vec<u8>,
    /// Bytes before it was packed, where it is.
    plain: Option<usize>,
}

impl From<Vec<u8>> for Block {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, plain: None }
    }
}

impl Packing {
    /// Packs a block; as yet, it may stay as it is.
    pub fn pack(&self, bytes: Vec<u8>) -> Block {
        if self.0.load(Ordering::Relaxed) { packed(bytes) } else { bytes.into() }
    }
}

fn packed(bytes: Vec<u8>) -> Block {
    match zstd::bulk::compress(&bytes, LEVEL) {
        Ok(packed) => Block { bytes: packed, plain: Some(bytes.len()) },
        // What cannot be packed is kept as it is.
        Err(_) => bytes.into(),
    }
}

impl Blocks {
    /// None yet; the file would be in `folder`. So many bytes stay as they are, in memory, where no others follow: short sequences are
    /// not worth packing.
    pub fn within(folder: &Path, room: usize) -> Self {
        let (packed, packing) = (Spool::within(folder), Packing::default());
        Self { packed, plain: Vec::new(), plain_bytes: 0, room, places: Vec::new(), packing }
    }

    /// What packs blocks for [`Blocks::push`].
    pub fn packing(&self) -> &Packing {
        &self.packing
    }

    /// Adds a block.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, block: Block) -> Result<()> {
        if block.plain.is_none() && self.places.is_empty() && self.plain_bytes + block.bytes.len() <= self.room {
            self.plain_bytes += block.bytes.len();
            self.plain.push(block.bytes);
            return Ok(());
        }
        self.packing.0.store(true, Ordering::Relaxed);
        for block in std::mem::take(&mut self.plain) {
            self.put_away(packed(block))?;
        }
        self.put_away(match block.plain {
            None => packed(block.bytes),
            Some(_) => block,
        })
    }

    fn put_away(&mut self, block: Block) -> Result<()> {
        self.places.push(Place { offset: self.packed.len(), length: block.bytes.len(), plain: block.plain });
        self.packed.write(&block.bytes)
    }

    /// Where the file would be.
    pub fn folder(&self) -> &Path {
        &self.packed.folder
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.plain.len() + self.places.len()
    }

    /// Bytes of a block; 0 where there is none of this number.
    pub fn size(&self, number: usize) -> usize {
        let packed = |place: &Place| place.plain.unwrap_or(place.length);
        self.plain.get(number).map(Vec::len).or_else(|| self.places.get(number).map(packed)).unwrap_or(0)
    }

    /// A block; empty where there is none of this number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, number: usize) -> Result<Cow<'_, [u8]>> {
        if let Some(plain) = self.plain.get(number) {
            return Ok(plain.into());
        }
        let Some(place) = self.places.get(number) else { return Ok(Cow::default()) };
        let mut bytes = vec![0; place.length];
        self.packed.read_at(place.offset, &mut bytes)?;
        let Some(plain) = place.plain else { return Ok(bytes.into()) };
        let unpacked = zstd::bulk::decompress(&bytes, plain).map_err(|cause| full(&self.packed.folder, cause))?;
        Ok(unpacked.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let most = 5;
        let block = |number: usize| vec![number as u8; 1 << 16];
        let mut blocks = Blocks::within(folder.path(), most * block(0).len());
        for number in 0..most + 3 {
            assert_eq!(blocks.packing().0.load(Ordering::Relaxed), number > most, "packed when there are many");
            let block = blocks.packing().pack(block(number));
            blocks.push(block).unwrap();
            assert_eq!(blocks.plain.is_empty(), number >= most);
        }
        assert_eq!(blocks.len(), most + 3);
        for number in (0..blocks.len()).rev() {
            assert_eq!((blocks.size(number), &*blocks.read(number).unwrap()), (block(number).len(), &*block(number)));
        }
        assert!(blocks.read(blocks.len()).unwrap().is_empty());
    }
}
