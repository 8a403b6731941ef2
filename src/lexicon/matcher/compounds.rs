//! Which words forms begin or end with, where a language writes words together: most words of a text are told to hold none.

use super::vocabulary::first_eight;
use super::{LONG_IN_COMPOUND, PART_OF_COMPOUND};

/// Beginnings and ends of the first words of long forms.
///
/// A word of the text is asked first for its first seven letters and its last four, which nine words in ten do not share with any
/// form; only then for every length, by rolling hashes.
#[derive(Debug)]
pub struct Compounds {
    prefixes: Bits,
    suffixes: Bits,
    /// Of the prefixes the first [`LONG_IN_COMPOUND`] bytes.
    heads: Bits,
    /// Of the suffixes the last [`PART_OF_COMPOUND`] bytes.
    tails: Bits,
}

impl Default for Compounds {
    fn default() -> Self {
        Self { prefixes: Bits::new(), suffixes: Bits::new(), heads: Bits::new(), tails: Bits::new() }
    }
}

impl Compounds {
    /// Notes the first word of a long form; one that is the whole form may begin a compound, any may end one.
    pub fn add(&mut self, word: &[u8], is_whole: bool) {
        if is_whole && word.len() >= LONG_IN_COMPOUND {
            self.prefixes.set(word.iter().fold(0, |hash, byte| roll(hash, *byte)));
            self.heads.set(head(word));
        }
        if word.len() >= PART_OF_COMPOUND {
            self.suffixes.set(word.iter().rev().fold(0, |hash, byte| roll(hash, *byte)));
            self.tails.set(tail(word));
        }
    }

    /// Calls `found` with the lengths of proper beginnings that may be forms.
    #[inline]
    pub fn prefixes(&self, word: &[u8], mut found: impl FnMut(usize)) {
        if word.len() <= LONG_IN_COMPOUND || !self.heads.has(head(word)) {
            return;
        }
        let mut hash = 0;
        for (position, byte) in word[..word.len() - 1].iter().enumerate() {
            hash = roll(hash, *byte);
            if position + 1 >= LONG_IN_COMPOUND && self.prefixes.has(hash) {
                found(position + 1);
            }
        }
    }

    /// Calls `found` with the lengths of proper endings that may begin forms.
    #[inline]
    pub fn suffixes(&self, word: &[u8], mut found: impl FnMut(usize)) {
        if word.len() <= PART_OF_COMPOUND || !self.tails.has(tail(word)) {
            return;
        }
        let mut hash = 0;
        for (position, byte) in word[1..].iter().rev().enumerate() {
            hash = roll(hash, *byte);
            if position + 1 >= PART_OF_COMPOUND && self.suffixes.has(hash) {
                found(position + 1);
            }
        }
    }
}

/// A hash of the first seven bytes.
fn head(word: &[u8]) -> u32 {
    ((first_eight(word, 0) << 8).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

/// The last four bytes.
fn tail(word: &[u8]) -> u32 {
    word.last_chunk().map_or(0, |four| u32::from_le_bytes(*four))
}

fn roll(hash: u32, byte: u8) -> u32 {
    hash.wrapping_mul(0x9E37_79B1).wrapping_add(u32::from(byte) + 1)
}

/// A set of hashes that may also hold others.
#[derive(Debug)]
struct Bits(Vec<u64>);

/// Bits of each set, as a power of two: many times the words of a lexicon.
const BITS: u32 = 18;

impl Bits {
    fn new() -> Self {
        Self(vec![0; 1 << (BITS - 6)])
    }

    fn set(&mut self, hash: u32) {
        let bit = spread(hash);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn has(&self, hash: u32) -> bool {
        let bit = spread(hash);
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }
}

fn spread(hash: u32) -> usize {
    (hash.wrapping_mul(0x85EB_CA6B) >> (32 - BITS)) as usize
}
