//! Fingerprints grouped into clusters of near-duplicates.
//!
//! Equal texts first; then the signatures are cut into bands, and texts that agree in a whole band are compared, each
//! with a few representatives of its bucket, so that a bucket of a million costs a million comparisons, not their
//! square. All of it runs over distinct texts sorted by their hash, so that the order of documents cannot matter.
//!
//! Bands are sorted on disk, and signatures read from there when they are compared: memory holds about nine bytes a fingerprint and four a document.

use std::path::Path;

use rayon::prelude::*;

use super::SIMILAR;
use super::fingerprint::SIGNATURE;
use super::prints::{Prints, Signature, Signatures, similarity};
use super::texts::{NONE, Texts};
use crate::error::Result;
use crate::spool::{Record, Sorted, Sorter, Spool};

/// Values of the signature in a band: texts that share half of their shingles meet in at least one of the 21 bands
/// with a probability of 94 %, those that share 0.6 with 99.4 %.
const BAND: usize = 3;
const BANDS: usize = SIGNATURE / BAND;
/// Bands sorted at a time: signatures are read once for all of them.
const AT_ONCE: usize = 7;
/// Keys of a band that are sorted in memory at a time.
const KEYS: usize = 1 << 18;
/// Texts of a bucket with which others are compared.
const REPRESENTATIVES: usize = 8;
/// Documents, fingerprints or keys looked at together.
const CHUNK: usize = 1 << 14;
/// Places of [`Met`] at most: two megabytes a band, looked at out of order.
const PLACES: usize = 1 << 23;
/// Bytes a document has in the result: its cluster and the size.
const BYTES: usize = 12;

/// Clusters of near-duplicates over the documents of a corpus.
#[derive(Debug)]
pub struct Clusters {
    of_document: Spool,
    documents: u32,
    /// Documents that are not alone in their cluster.
    repeated: u64,
}

impl Clusters {
    /// Groups what was fingerprinted; documents keep their number.
    ///
    /// # Errors
    /// When the scratch folder cannot be written or read.
    pub fn find(prints: Prints) -> Result<Self> {
        let folder = prints.folder.clone();
        let (mut texts, signatures) = Texts::of(prints)?;
        for first in (0..BANDS).step_by(AT_ONCE) {
            let bands = first..BANDS.min(first + AT_ONCE);
            for sorter in keys(bands, &texts, &signatures, &folder)? {
                join_buckets(sorter.sorted()?, &mut texts, &signatures)?;
            }
        }
        Self::label(&texts, &folder)
    }

    /// Every document for itself.
    pub fn none(folder: &Path) -> Self {
        Self { of_document: Spool::within(folder), documents: 0, repeated: 0 }
    }

    /// Clusters found earlier: the id and the size of each document's.
    ///
    /// # Errors
    /// When the scratch folder cannot be written.
    pub fn known(of_document: impl IntoIterator<Item = (u64, u32)>, folder: &Path) -> Result<Self> {
        let mut clusters = Self::none(folder);
        of_document.into_iter().try_for_each(|(id, size)| clusters.push(id, size))?;
        Ok(clusters)
    }

    fn push(&mut self, id: u64, size: u32) -> Result<()> {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&id.to_le_bytes());
        bytes[8..].copy_from_slice(&size.to_le_bytes());
        self.documents += 1;
        self.repeated += u64::from(id != 0 && size > 1);
        self.of_document.write(&bytes)
    }

    /// Documents that are not alone in their cluster.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Of `count` documents from `first` on: the cluster (the smallest content hash in it; 0, which is none, for a document without
    /// words or out of range) and the number of documents in it, at least 1.
    ///
    /// # Errors
    /// When the scratch file cannot be read.
    pub fn range(&self, first: u32, count: usize) -> Result<Vec<(u64, u32)>> {
        let known = count.min(self.documents.saturating_sub(first) as usize);
        let mut bytes = vec![0; known * BYTES];
        self.of_document.read_at(u64::from(first) * BYTES as u64, &mut bytes)?;
        let mut clusters = Vec::with_capacity(count);
        for of_document in bytes.chunks_exact(BYTES) {
            let (mut id, mut size) = ([0; 8], [0; 4]);
            id.copy_from_slice(&of_document[..8]);
            size.copy_from_slice(&of_document[8..]);
            clusters.push((u64::from_le_bytes(id), u32::from_le_bytes(size).max(1)));
        }
        clusters.resize(count, (0, 1));
        Ok(clusters)
    }

    fn label(texts: &Texts, folder: &Path) -> Result<Self> {
        let mut clusters = Self::none(folder);
        let label = |print: &u32| -> Result<(u64, u32)> {
            let text = texts.of_print[*print as usize];
            if text == NONE {
                return Ok((0, 1));
            }
            let (root, size) = texts.groups.found(text);
            Ok((texts.content(root)?, size))
        };
        for documents in texts.of_document.chunks(CHUNK) {
            let labels: Vec<(u64, u32)> = documents.par_iter().map(label).collect::<Result<_>>()?;
            labels.into_iter().try_for_each(|(id, size)| clusters.push(id, size))?;
        }
        Ok(clusters)
    }
}

/// A text in a bucket of a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    band: u64,
    text: u32,
    /// The fingerprint that stands for the text.
    print: u32,
}

impl Record for Key {
    const BYTES: usize = 16;

    fn encode(&self, into: &mut [u8]) {
        into[..8].copy_from_slice(&self.band.to_le_bytes());
        into[8..12].copy_from_slice(&self.text.to_le_bytes());
        into[12..].copy_from_slice(&self.print.to_le_bytes());
    }

    fn decode(from: &[u8]) -> Self {
        let part = |at: usize| u32::from_le_bytes([from[at], from[at + 1], from[at + 2], from[at + 3]]);
        Self { band: u64::from(part(4)) << 32 | u64::from(part(0)), text: part(8), print: part(12) }
    }
}

/// The keys of some bands; most that no other text has are left out.
fn keys(
    bands: std::ops::Range<usize>,
    texts: &Texts,
    signatures: &Signatures,
    folder: &Path,
) -> Result<Vec<Sorter<Key>>> {
    let mut sorters: Vec<Sorter<Key>> = bands.clone().map(|_| Sorter::within(folder, KEYS)).collect();
    let mut met: Vec<Met> = bands.clone().map(|_| Met::for_keys(texts.of_print.len())).collect();
    each_compared(texts, signatures, |_, _, signature| {
        bands.clone().zip(&mut met).for_each(|(band, met)| met.add(band_key(signature, band)));
        Ok(())
    })?;
    each_compared(texts, signatures, |print, text, signature| {
        for ((band, sorter), met) in bands.clone().zip(&mut sorters).zip(&met) {
            let band = band_key(signature, band);
            if met.may_be_shared(band) {
                sorter.push(Key { band, text, print })?;
            }
        }
        Ok(())
    })?;
    Ok(sorters)
}

/// Goes through the fingerprints that are to be compared, each with its text and signature.
fn each_compared(
    texts: &Texts,
    signatures: &Signatures,
    mut take: impl FnMut(u32, u32, &Signature) -> Result<()>,
) -> Result<()> {
    for (at, of_print) in texts.of_print.chunks(CHUNK).enumerate() {
        let first = (at * CHUNK) as u32;
        if !(first..).zip(of_print).any(|(print, _)| texts.is_compared(print)) {
            continue;
        }
        let found = signatures.from(first, of_print.len())?;
        for ((print, text), signature) in (first..).zip(of_print).zip(&found) {
            if texts.is_compared(print) {
                take(print, *text, signature)?;
            }
        }
    }
    Ok(())
}

/// Which numbers were met once, and which more often, by place: two numbers may share one.
struct Met {
    once: Vec<u64>,
    again: Vec<u64>,
}

impl Met {
    /// None yet, with room for so many. There are no places for very many, who may then all be shared.
    fn for_keys(count: usize) -> Self {
        let places = count.saturating_mul(8).next_power_of_two().max(64);
        let words = if places > PLACES { 0 } else { places / 64 };
        Self { once: vec![0; words], again: vec![0; words] }
    }

    /// The word and the bit of a number.
    fn place(&self, number: u64) -> (usize, u64) {
        // The upper half of the product depends on all bits.
        let place = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        // As many words as a power of two.
        ((place / 64) & (self.once.len() - 1), 1 << (place % 64))
    }

    fn add(&mut self, number: u64) {
        if !self.once.is_empty() {
            let (word, bit) = self.place(number);
            self.again[word] |= self.once[word] & bit;
            self.once[word] |= bit;
        }
    }

    fn may_be_shared(&self, number: u64) -> bool {
        self.once.is_empty() || {
            let (word, bit) = self.place(number);
            self.again[word] & bit != 0
        }
    }
}

/// The values of one band as one number.
fn band_key(signature: &Signature, band: usize) -> u64 {
    signature[band * BAND..(band + 1) * BAND].iter().fold(0, |key, value| key << 16 | u64::from(*value))
}

/// Joins the texts of each bucket that are similar to one of its first few unlike texts.
fn join_buckets(mut keys: Sorted<Key>, texts: &mut Texts, signatures: &Signatures) -> Result<()> {
    let mut bucket = Bucket { band: u64::MAX, representatives: Vec::with_capacity(REPRESENTATIVES) };
    let mut chunk: Vec<Key> = Vec::with_capacity(CHUNK + 2);
    // The chunk begins with the last key of the one before, and ends with the first of the next.
    let mut begun = 0;
    loop {
        while chunk.len() < CHUNK + 2 {
            let Some(key) = keys.next()? else { break };
            chunk.push(key);
        }
        let is_last = chunk.len() < CHUNK + 2;
        let end = if is_last { chunk.len() } else { chunk.len() - 1 };
        let wanted: Vec<Option<u32>> = (begun..end).map(|at| wanted(&chunk, at, texts)).collect();
        let read = |wanted: &Option<u32>| wanted.map(|print| signatures.of(print)).transpose();
        let found: Vec<Option<Signature>> = wanted.par_iter().with_min_len(64).map(read).collect::<Result<_>>()?;
        for (at, found) in (begun..end).zip(found) {
            if is_shared(&chunk, at) {
                bucket.take(chunk[at], found, texts, signatures)?;
            }
        }
        if is_last {
            return Ok(());
        }
        chunk.drain(..end - 1);
        begun = 1;
    }
}

/// Whether the bucket of a key holds others.
fn is_shared(keys: &[Key], at: usize) -> bool {
    let is_same = |other: Option<&Key>| other.is_some_and(|other| other.band == keys[at].band);
    is_same(keys.get(at + 1)) || is_same(at.checked_sub(1).and_then(|before| keys.get(before)))
}

/// The fingerprint whose signature will be needed: not that of a text alone in its bucket, or behind one of its own group.
fn wanted(keys: &[Key], at: usize, texts: &mut Texts) -> Option<u32> {
    let key = keys[at];
    let before = at.checked_sub(1).map(|before| keys[before]).filter(|before| before.band == key.band);
    let is_known = before.is_some_and(|before| texts.groups.root(before.text) == texts.groups.root(key.text));
    (is_shared(keys, at) && !is_known).then_some(key.print)
}

/// Texts that agree in a band.
struct Bucket {
    band: u64,
    /// The first few that are unlike each other.
    representatives: Vec<(u32, Signature)>,
}

impl Bucket {
    fn take(
        &mut self,
        key: Key,
        signature: Option<Signature>,
        texts: &mut Texts,
        signatures: &Signatures,
    ) -> Result<()> {
        if key.band != self.band {
            self.band = key.band;
            self.representatives.clear();
        }
        let groups = &mut texts.groups;
        let root = groups.root(key.text);
        if self.representatives.iter().any(|(other, _)| groups.root(*other) == root) {
            return Ok(());
        }
        let signature = signature.map_or_else(|| signatures.of(key.print), Ok)?;
        match self.representatives.iter().find(|(_, other)| similarity(&signature, other) >= SIMILAR) {
            Some((other, _)) => groups.join(key.text, *other),
            None if self.representatives.len() < REPRESENTATIVES => self.representatives.push((key.text, signature)),
            None => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_met_twice_is_never_left_out(numbers in proptest::collection::vec(any::<u64>(), 0..300), many in any::<bool>()) {
            let mut met = Met::for_keys(if many { PLACES } else { numbers.len() });
            for number in numbers.iter().chain(numbers.iter().take(100)) {
                met.add(*number);
            }
            prop_assert!(numbers.iter().take(100).all(|number| met.may_be_shared(*number)));
            let others = numbers.iter().skip(100).filter(|number| met.may_be_shared(**number)).count();
            prop_assert!(if many { true } else { others <= numbers.len() / 3 }, "{others}");
        }
    }
}
