//! Fingerprints of all documents, on disk until the last is known.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::fingerprint::{Fingerprint, SIGNATURE};
use crate::error::Result;
use crate::spool::{Record, Sorter, Spool};

/// Bytes of a signature.
const BYTES: usize = 2 * SIGNATURE;
/// Heads that are sorted in memory at a time.
const HEADS: usize = 1 << 20;

/// A signature.
pub(super) type Signature = [u16; SIGNATURE];

/// What tells equal texts apart from others, and orders them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Head {
    pub content: u64,
    pub words: u32,
    /// A hash of the signature: where it differs, so does the signature.
    pub mark: u32,
    /// The number of the fingerprint.
    pub print: u32,
}

impl Record for Head {
    const BYTES: usize = 20;

    fn encode(&self, into: &mut [u8]) {
        into[..8].copy_from_slice(&self.content.to_le_bytes());
        for (at, part) in [self.words, self.mark, self.print].into_iter().enumerate() {
            into[8 + 4 * at..12 + 4 * at].copy_from_slice(&part.to_le_bytes());
        }
    }

    fn decode(from: &[u8]) -> Self {
        let part = |at: usize| u32::from_le_bytes([from[at], from[at + 1], from[at + 2], from[at + 3]]);
        let content = u64::from(part(4)) << 32 | u64::from(part(0));
        Self { content, words: part(8), mark: part(12), print: part(16) }
    }
}

/// Fingerprints that are told to be those of earlier documents, by place.
const LATELY: usize = 1 << 16;

/// The fingerprints of the documents so far, in their order. What many documents share is mostly kept once: copies of a text come
/// again and again.
#[derive(Debug)]
pub struct Prints {
    pub(super) folder: PathBuf,
    pub(super) heads: Sorter<Head>,
    pub(super) signatures: Signatures,
    /// Fingerprints kept.
    pub(super) prints: u32,
    /// The number of each document's.
    pub(super) of_document: Vec<u32>,
    /// Some of them, by their hash, with their numbers.
    lately: Vec<Option<(Arc<Fingerprint>, u32)>>,
}

impl Prints {
    /// None yet; what does not fit memory goes to `folder`.
    pub fn within(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            heads: Sorter::within(folder, HEADS),
            signatures: Signatures(Spool::within(folder)),
            prints: 0,
            of_document: Vec::new(),
            lately: Vec::new(),
        }
    }

    /// Adds that of the next document.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, print: &Arc<Fingerprint>) -> Result<()> {
        let place = print.content_hash() as usize % LATELY;
        if self.lately.is_empty() {
            self.lately.resize(LATELY, None);
        }
        if let Some((known, number)) = &self.lately[place]
            && (Arc::ptr_eq(known, print) || known == print)
        {
            self.of_document.push(*number);
            return Ok(());
        }
        self.lately[place] = Some((Arc::clone(print), self.prints));
        self.of_document.push(self.prints);
        self.keep(print)
    }

    fn keep(&mut self, print: &Fingerprint) -> Result<()> {
        let mut bytes = [0; BYTES];
        for (two, value) in bytes.chunks_exact_mut(2).zip(print.signature()) {
            two.copy_from_slice(&value.to_le_bytes());
        }
        self.signatures.0.write(&bytes)?;
        if !print.is_empty() {
            let mark = xxh3_64(&bytes) as u32;
            let head = Head { content: print.content_hash(), words: print.words(), mark, print: self.prints };
            self.heads.push(head)?;
        }
        self.prints += 1;
        Ok(())
    }
}

/// The signatures of all fingerprints.
#[derive(Debug)]
pub(super) struct Signatures(Spool);

impl Signatures {
    /// That of one fingerprint.
    pub fn of(&self, print: u32) -> Result<Signature> {
        let mut bytes = [0; BYTES];
        self.0.read_at(u64::from(print) * BYTES as u64, &mut bytes)?;
        Ok(decoded(&bytes))
    }

    /// Those of `count` fingerprints from `first` on.
    pub fn from(&self, first: u32, count: usize) -> Result<Vec<Signature>> {
        let mut bytes = vec![0; count * BYTES];
        self.0.read_at(u64::from(first) * BYTES as u64, &mut bytes)?;
        Ok(bytes.chunks_exact(BYTES).map(decoded).collect())
    }
}

fn decoded(bytes: &[u8]) -> Signature {
    let mut signature = [0; SIGNATURE];
    for (value, two) in signature.iter_mut().zip(bytes.chunks_exact(2)) {
        *value = u16::from_le_bytes([two[0], two[1]]);
    }
    signature
}

/// Estimated share of common shingles of two texts, 0–1.
pub(super) fn similarity(one: &Signature, other: &Signature) -> f64 {
    one.iter().zip(other).filter(|(one, two)| one == two).count() as f64 / SIGNATURE as f64
}
