//! The distinct words of all forms of a language: a word of the text is looked up once, and most are not among them.

use std::ops::Range;

use super::text::{Text, Token, each_token};

/// Number of a word; 0 for one that no form has.
pub type WordId = u32;

/// The words of a language, and how its texts are cut into them.
#[derive(Debug)]
pub enum Vocabulary {
    /// Runs of letters and digits, and single signs.
    Words(WordTable),
    /// Single characters, where no blanks separate words or particles follow them.
    Letters(LetterTable),
}

impl Vocabulary {
    /// No words yet, of a language matched by whole words or by letters.
    pub fn new(by_words: bool) -> Self {
        if by_words { Self::Words(WordTable::default()) } else { Self::Letters(LetterTable::default()) }
    }

    /// Calls `found` with the words of a form, each with its number, given now if it has none.
    pub fn add_all(&mut self, form: &str, mut found: impl FnMut(Range<usize>, WordId)) {
        match self {
            Self::Words(table) => each_token(form, |range| found(range.clone(), table.add(&form.as_bytes()[range]))),
            Self::Letters(table) => {
                for (at, letter) in form.char_indices() {
                    found(at..at + letter.len_utf8(), table.add(letter));
                }
            }
        }
    }

    /// A folded text, its words looked up.
    pub fn text<'t>(&self, folded: &'t str) -> Text<'t> {
        let mut tokens = Vec::with_capacity(folded.len() / 4 + 1);
        let token = |range: Range<usize>, word| Token { start: range.start as u32, end: range.end as u32, word };
        match self {
            Self::Words(table) => each_token(folded, |range| {
                tokens.push(token(range.clone(), table.find(folded.as_bytes(), range)));
            }),
            Self::Letters(table) => tokens.extend(
                folded.char_indices().map(|(at, letter)| token(at..at + letter.len_utf8(), table.find(letter))),
            ),
        }
        Text::new(folded, tokens)
    }

    /// The number of the word at `range` of `text`; 0 where no form has it.
    pub fn find(&self, text: &[u8], range: Range<usize>) -> WordId {
        match self {
            Self::Words(table) => table.find(text, range),
            Self::Letters(_) => 0,
        }
    }

    /// Highest number given; the words have all from 1 to this.
    pub fn last(&self) -> usize {
        match self {
            Self::Words(table) => table.hashes.len() - 1,
            Self::Letters(table) => table.last as usize,
        }
    }
}

/// An open-addressed table of word hashes. Two words of one hash would be taken for one: whole forms are compared letter by
/// letter where they match, so that this can only cost time.
#[derive(Debug)]
pub struct WordTable {
    /// (upper half of the hash, word); the word is 0 where the slot is empty. A power of two, at most a quarter full, so that
    /// most words that are not there meet an empty slot at once.
    slots: Vec<(u32, WordId)>,
    /// Hash of each word but the first, which is none.
    hashes: Vec<u64>,
}

impl Default for WordTable {
    fn default() -> Self {
        Self { slots: vec![(0, 0); 1024], hashes: vec![0] }
    }
}

impl WordTable {
    fn add(&mut self, word: &[u8]) -> WordId {
        if 4 * self.hashes.len() >= self.slots.len() {
            self.slots = vec![(0, 0); 4 * self.slots.len()];
            for (word, hash) in self.hashes.iter().enumerate().skip(1) {
                let slot = slot(&self.slots, *hash);
                self.slots[slot] = (upper(*hash), word as WordId);
            }
        }
        let hash = hash(word, 0..word.len());
        let slot = slot(&self.slots, hash);
        if self.slots[slot].1 == 0 {
            self.slots[slot] = (upper(hash), self.hashes.len() as WordId);
            self.hashes.push(hash);
        }
        self.slots[slot].1
    }

    #[inline]
    fn find(&self, text: &[u8], range: Range<usize>) -> WordId {
        self.slots[slot(&self.slots, hash(text, range))].1
    }
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Where a word of this hash is or would be.
#[inline]
fn slot(slots: &[(u32, WordId)], hash: u64) -> usize {
    let mask = slots.len() - 1;
    let mut slot = hash as usize & mask;
    loop {
        let (known, word) = slots[slot];
        if word == 0 || known == upper(hash) {
            return slot;
        }
        slot = (slot + 1) & mask;
    }
}

/// A hash made for words: most have at most eight letters, which are read at once.
#[inline]
pub(super) fn hash(text: &[u8], word: Range<usize>) -> u64 {
    let len = word.len();
    if len <= 8 {
        return mix(first_eight(text, word.start) & (u64::MAX >> (64 - 8 * len.clamp(1, 8))));
    }
    let mut state = len as u64;
    let bytes = &text[word];
    for eight in bytes.as_chunks::<8>().0 {
        state = mix(state ^ u64::from_le_bytes(*eight));
    }
    // The last eight, some of them for the second time.
    mix(state ^ bytes.last_chunk().map_or(0, |eight| u64::from_le_bytes(*eight)))
}

/// Eight bytes from `start`, zeros after the end.
#[inline]
pub(super) fn first_eight(text: &[u8], start: usize) -> u64 {
    let rest = &text[start..];
    rest.first_chunk().map_or_else(
        || rest.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
        |eight| u64::from_le_bytes(*eight),
    )
}

#[inline]
fn mix(value: u64) -> u64 {
    let product = u128::from(value ^ 0x243F_6A88_85A3_08D3) * 0x9E37_79B9_7F4A_7C15;
    (product as u64) ^ (product >> 64) as u64
}

/// Characters by their numbers in Unicode, in pages of 64: two steps, no hash.
#[derive(Debug)]
pub struct LetterTable {
    /// Upper part of a character's number → page; 0 for the empty one.
    pages: Vec<u16>,
    letters: Vec<[WordId; PAGE]>,
    last: WordId,
}

const PAGE: usize = 64;

impl Default for LetterTable {
    fn default() -> Self {
        Self { pages: vec![0; char::MAX as usize / PAGE + 1], letters: vec![[0; PAGE]], last: 0 }
    }
}

impl LetterTable {
    fn add(&mut self, letter: char) -> WordId {
        let page = &mut self.pages[letter as usize / PAGE];
        if *page == 0 {
            *page = self.letters.len() as u16;
            self.letters.push([0; PAGE]);
        }
        let word = &mut self.letters[*page as usize][letter as usize % PAGE];
        if *word == 0 {
            self.last += 1;
            *word = self.last;
        }
        *word
    }

    #[inline]
    fn find(&self, letter: char) -> WordId {
        self.letters[self.pages[letter as usize / PAGE] as usize][letter as usize % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_number() {
        let mut table = WordTable::default();
        let find = |table: &WordTable, word: &str| table.find(word.as_bytes(), 0..word.len());
        let words: Vec<String> = (0..2000).map(|i| format!("word{i}{}", "x".repeat(i % 20))).collect();
        let ids: Vec<_> = words.iter().map(|word| table.add(word.as_bytes())).collect();
        assert!(words.iter().zip(&ids).all(|(word, id)| find(&table, word) == *id));
        assert_eq!(find(&table, "other"), 0);
        assert_eq!(table.add(words[7].as_bytes()), ids[7]);
        let text = "a word7xxxxxxx b";
        assert_eq!(table.find(text.as_bytes(), 2..14), ids[7]);
    }

    #[test]
    fn letters_keep_their_number() {
        let mut table = LetterTable::default();
        let ids: Vec<_> = "輸出規制한국ab輸".chars().map(|letter| table.add(letter)).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7, 8, 1]);
        assert_eq!((table.find('規'), table.find('外')), (3, 0));
    }
}
