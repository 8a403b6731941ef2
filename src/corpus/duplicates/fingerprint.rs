//! A document's fingerprint: one hash that equal texts share, and a signature that similar texts mostly share.

use std::fmt;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::corpus::Document;
use crate::error::{Error, ErrorKind};

use super::fold::Folded;
use super::prints::similarity;

/// Values of a signature: the estimate of the common share is right to about 0.06.
pub(super) const SIGNATURE: usize = 64;
/// Words of a shingle.
const WORDS: usize = 5;
/// Characters of a shingle, in text written without spaces.
const CHARACTERS: usize = 8;
/// Fewer words than this say too little: such texts join only when equal.
pub(super) const SHORTEST: u32 = 10;
/// Fewer words than this, and the title is needed to tell two documents apart.
const SHORT_BODY: u32 = 50;

/// Digits of a fingerprint as text.
const TEXT_LENGTH: usize = 16 + 8 + 4 * SIGNATURE;

/// Compact fingerprint of one document: the same for the same text on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint {
    content: u64,
    words: u32,
    /// MinHash of the shingles, 16 bits a value.
    signature: [u16; SIGNATURE],
}

impl Fingerprint {
    /// The fingerprint of a text; case, accents, spaces and punctuation do not count.
    pub fn of(text: &str) -> Self {
        let folded = Folded::of(text);
        let words = u32::try_from(folded.words.len()).unwrap_or(u32::MAX);
        Self { content: folded.content, words, signature: signature_of(&folded) }
    }

    /// The fingerprint of a document: of its body, since editors change headlines, and of title and body where the
    /// body is too short to stand alone ("Read more on our site").
    pub fn of_document(document: &Document) -> Self {
        let body = Self::of(document.body());
        if body.words >= SHORT_BODY { body } else { Self::of(&document.text) }
    }

    /// Equal texts have equal hashes.
    pub fn content_hash(&self) -> u64 {
        self.content
    }

    /// Whether the text held no word: such documents join nothing.
    pub fn is_empty(&self) -> bool {
        self.words == 0
    }

    pub(super) fn words(&self) -> u32 {
        self.words
    }

    pub(super) fn signature(&self) -> &[u16; SIGNATURE] {
        &self.signature
    }

    /// Estimated share of common shingles, 0–1.
    pub fn similarity(&self, other: &Self) -> f64 {
        if self.content == other.content {
            return 1.0;
        }
        similarity(&self.signature, &other.signature)
    }
}

impl fmt::Display for Fingerprint {
    /// 280 hexadecimal digits: content, words, signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:08x}", self.content, self.words)?;
        self.signature.iter().try_for_each(|value| write!(f, "{value:04x}"))
    }
}

impl FromStr for Fingerprint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = || {
            Error::new(ErrorKind::Format, "not a fingerprint of this version")
                .hint("make the shard again with this version of goulet")
        };
        let digits = |from: usize, count: usize| {
            text.get(from..from + count).and_then(|part| u64::from_str_radix(part, 16).ok()).ok_or_else(refused)
        };
        if text.len() != TEXT_LENGTH {
            return Err(refused());
        }
        let mut print = Self { content: digits(0, 16)?, words: 0, signature: [0; SIGNATURE] };
        print.words = u32::try_from(digits(16, 8)?).map_err(|_| refused())?;
        for (place, value) in print.signature.iter_mut().enumerate() {
            *value = u16::try_from(digits(24 + 4 * place, 4)?).map_err(|_| refused())?;
        }
        Ok(print)
    }
}

/// One-permutation MinHash: each shingle is hashed once and falls into one of the places, where the smallest stays.
fn signature_of(folded: &Folded) -> [u16; SIGNATURE] {
    let is_unspaced = folded.characters * 2 > folded.words.len();
    let length = if is_unspaced { CHARACTERS } else { WORDS };
    let mut smallest = [u64::MAX; SIGNATURE];
    // A text shorter than one shingle is a shingle of its own.
    let length = length.min(folded.words.len()).max(1);
    let mut place = |hash: u64| {
        let place = &mut smallest[(hash >> 58) as usize];
        *place = (*place).min(hash << 6);
    };
    let shingles = folded.words.len().saturating_sub(length - 1);
    let together = shingles - shingles % LANES;
    for first in (0..together).step_by(LANES) {
        lanes(&folded.words[first..], length).into_iter().for_each(&mut place);
    }
    folded.words[together..].windows(length).map(hash_of).for_each(place);
    fill_empty(&mut smallest);
    // The low bits of a minimum are as even as those of any hash.
    smallest.map(|value| (mix(value) >> 48) as u16)
}

/// Shingles hashed side by side: each waits for its own products only, which takes a third of the time of one after the other.
const LANES: usize = 4;

/// [`hash_of`] of the shingles that begin with each of the first words.
fn lanes(words: &[u64], length: usize) -> [u64; LANES] {
    let mut hashes = [0_u64; LANES];
    for step in words.windows(LANES).take(length) {
        for (hash, word) in hashes.iter_mut().zip(step) {
            *hash = mix(hash.rotate_left(23) ^ word);
        }
    }
    hashes
}

/// The hash of a shingle, word by word.
fn hash_of(shingle: &[u64]) -> u64 {
    shingle.iter().fold(0, |hash, word| mix(hash.rotate_left(23) ^ word))
}

/// Places that no shingle fell into take the value of another, chosen by the place's own number: short texts stay
/// comparable (Shrivastava, "Optimal densification for fast and accurate minwise hashing", 2017).
fn fill_empty(smallest: &mut [u64; SIGNATURE]) {
    let found = *smallest;
    if found.iter().all(|value| *value == u64::MAX) {
        return;
    }
    for (place, value) in smallest.iter_mut().enumerate().filter(|(_, value)| **value == u64::MAX) {
        let candidates = (1..).map(|attempt| xxh3_64_with_seed(&[place as u8], attempt) as usize % SIGNATURE);
        if let Some(full) = candidates.map(|at| found[at]).find(|value| *value != u64::MAX) {
            *value = full;
        }
    }
}

/// A strong mix of 64 bits (the finaliser of SplitMix64).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_small() {
        assert!(size_of::<Fingerprint>() <= 150);
    }

    /// Two texts of `length` words that share the first `common` of them have a known similarity.
    #[test]
    fn the_estimate_is_near_the_truth() {
        let text = |seed: usize, common: usize, length: usize| {
            let word = |at: usize| if at < common { format!("w{at}") } else { format!("x{seed}x{at}") };
            (0..length).map(word).collect::<Vec<_>>().join(" ")
        };
        for common in [100, 300, 450] {
            let shingles = (common - 4) as f64;
            let truth = shingles / (2.0 * 496.0 - shingles);
            let estimates = (0..40).map(|seed| {
                let (one, two) = (text(2 * seed, common, 500), text(2 * seed + 1, common, 500));
                Fingerprint::of(&one).similarity(&Fingerprint::of(&two))
            });
            let mean = estimates.sum::<f64>() / 40.0;
            assert!((mean - truth).abs() < 0.05, "{common}: {mean} for {truth}");
        }
    }
}
