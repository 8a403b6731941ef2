//! Which words forms begin or end with, where a language writes words together: most words of a text are told to hold none.

use super::text::{Inner, Token};
use super::vocabulary::{Entry, Vocabulary, first_eight};
use super::{LONG_IN_COMPOUND, PART_OF_COMPOUND};

/// Beginnings and ends of the first words of long forms, by their own ends: a word of the text is asked once for its first seven
/// letters and once for its last four, and then only for the lengths of forms that share them.
#[derive(Debug)]
pub struct Compounds {
    /// By the first [`LONG_IN_COMPOUND`] bytes.
    prefixes: Lengths,
    /// By the last [`PART_OF_COMPOUND`] bytes.
    suffixes: Lengths,
    /// Later words of forms, by their first [`PART_OF_COMPOUND`] bytes.
    later: Lengths,
}

impl Default for Compounds {
    fn default() -> Self {
        let none = || Lengths(vec![0; 1 << TABLE]);
        Self { prefixes: none(), suffixes: none(), later: none() }
    }
}

impl Compounds {
    /// Notes the first word of a long form; one that is the whole form may begin a compound, any may end one.
    pub fn add(&mut self, word: &[u8], is_whole: bool) {
        if is_whole && word.len() >= LONG_IN_COMPOUND {
            self.prefixes.add(head(word), word.len());
        }
        if word.len() >= PART_OF_COMPOUND {
            self.suffixes.add(tail(word), word.len());
        }
    }

    /// Notes a word that is not the first of its form.
    pub fn add_later(&mut self, word: &[u8]) {
        if let Some(four) = word.first_chunk() {
            self.later.add(four_letters(*four), word.len());
        }
    }

    /// Calls `found` with the lengths of proper beginnings that may be later words of forms.
    #[inline]
    pub fn later(&self, word: &[u8], found: impl FnMut(usize)) {
        if let Some(four) = word.first_chunk() {
            self.later.each(four_letters(*four), word.len(), found);
        }
    }

    /// Calls `found` with the words that are proper beginnings of the word `token` of `text` and may be forms, and with those that
    /// are proper endings and may begin forms.
    #[inline]
    pub fn inner(&self, token: Token, text: &[u8], vocabulary: &Vocabulary, mut found: impl FnMut(Inner)) {
        let word = &text[token.range()];
        let mut look = |start: u32, end: u32| {
            let entry = vocabulary.find(text, start as usize..end as usize);
            if entry != Entry::default() {
                found(Inner { start, end, entry });
            }
        };
        if word.len() > LONG_IN_COMPOUND {
            self.prefixes.each(head(word), word.len(), |len| look(token.start, token.start + len as u32));
        }
        if word.len() > PART_OF_COMPOUND {
            self.suffixes.each(tail(word), word.len(), |len| look(token.end - len as u32, token.end));
        }
    }
}

/// A hash of the first seven bytes.
#[inline]
fn head(word: &[u8]) -> u64 {
    first_eight(word, 0) << 8
}

/// The last four bytes.
#[inline]
fn tail(word: &[u8]) -> u64 {
    word.last_chunk().map_or(0, |four| four_letters(*four))
}

fn four_letters(four: [u8; PART_OF_COMPOUND]) -> u64 {
    u32::from_le_bytes(four).into()
}

/// Lengths of words by a key, a bit for each; other keys may share them.
#[derive(Debug)]
struct Lengths(Vec<u64>);

/// Keys told apart, as a power of two.
const TABLE: u32 = 14;
/// All longer words share a bit.
const LONGEST: usize = 63;

impl Lengths {
    #[inline]
    fn place(key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - TABLE)) as usize
    }

    fn add(&mut self, key: u64, len: usize) {
        self.0[Self::place(key)] |= 1 << len.min(LONGEST);
    }

    /// Calls `found` with the lengths below `limit`.
    #[inline]
    fn each(&self, key: u64, limit: usize, mut found: impl FnMut(usize)) {
        let mut lengths = self.0[Self::place(key)];
        while lengths != 0 {
            let len = lengths.trailing_zeros() as usize;
            if len >= limit {
                return;
            }
            if len == LONGEST {
                return (LONGEST..limit).for_each(found);
            }
            found(len);
            lengths &= lengths - 1;
        }
    }
}
