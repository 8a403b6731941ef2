//! The distinct words of all forms of a language: a word of the text is looked up once, and most are not among them.

use std::ops::Range;

use super::compounds::Compounds;
use super::text::{Text, Token, each_token};

/// Number of a word; 0 for one that no form has.
pub type WordId = u32;

/// The words of a language, and how its texts are cut into them.
#[derive(Debug)]
pub struct Vocabulary {
    table: Table,
    /// Matchers made so far.
    matchers: u32,
    /// Where the language has compounds: which words the forms of all matchers but the first begin or end with.
    pub(super) compounds: Compounds,
}

#[derive(Debug)]
enum Table {
    /// Runs of letters and digits, and single signs.
    Words(WordTable),
    /// Single characters, where no blanks separate words or particles follow them.
    Letters(LetterTable),
}

/// What is known of a word: its number, and above it a bit for each matcher of which a form begins with it. Most words of a text
/// begin no form of a matcher, which sees so at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry(u32);

/// Bits of an entry that are the word's number; the marks of matchers are the others.
const NUMBER_BITS: u32 = 24;

impl Entry {
    /// The mark of the first matcher.
    pub const FIRST: Self = Self(1 << NUMBER_BITS);

    /// The word's number.
    #[inline]
    pub fn word(self) -> WordId {
        self.0 & ((1 << NUMBER_BITS) - 1)
    }

    /// Whether the word has the mark of a matcher.
    #[inline]
    pub fn has(self, mark: Entry) -> bool {
        self.0 & mark.0 != 0
    }

    fn add(&mut self, mark: Entry) {
        self.0 |= mark.0;
    }
}

impl Vocabulary {
    /// No words yet, of a language matched by whole words or by letters.
    pub fn new(by_words: bool) -> Self {
        let table = if by_words { Table::Words(WordTable::default()) } else { Table::Letters(LetterTable::default()) };
        Self { table, matchers: 0, compounds: Compounds::default() }
    }

    /// A mark for the words with which the forms of a new matcher begin.
    pub fn mark(&mut self) -> Entry {
        self.matchers += 1;
        Entry(1 << (NUMBER_BITS + self.matchers - 1))
    }

    /// Calls `found` with the words of a form, each with its number, given now if it has none; the first gets the mark of the
    /// form's matcher.
    pub fn add_all(&mut self, form: &str, mut mark: Entry, mut found: impl FnMut(Range<usize>, WordId)) {
        let mut marked = |entry: &mut Entry| {
            entry.add(std::mem::take(&mut mark));
            entry.word()
        };
        match &mut self.table {
            Table::Words(table) => each_token(form, |range| {
                found(range.clone(), marked(table.add(&form.as_bytes()[range])));
            }),
            Table::Letters(table) => {
                for (at, letter) in form.char_indices() {
                    found(at..at + letter.len_utf8(), marked(table.add(letter)));
                }
            }
        }
    }

    /// A folded text, its words looked up, in memory used before.
    pub fn text<'t>(&self, folded: &'t str, memory: Vec<Token>) -> Text<'t> {
        let token = |range: Range<usize>, entry| Token { start: range.start as u32, end: range.end as u32, entry };
        Text::new(folded, memory, |tokens| {
            tokens.reserve(folded.len() / 4 + 1);
            match &self.table {
                Table::Words(table) => each_token(folded, |range| {
                    tokens.push(token(range.clone(), table.find(folded.as_bytes(), range)));
                }),
                Table::Letters(table) => tokens.extend(
                    folded.char_indices().map(|(at, letter)| token(at..at + letter.len_utf8(), table.find(letter))),
                ),
            }
        })
    }

    /// What is known of the word at `range` of `text`; nothing where no form has it.
    pub fn find(&self, text: &[u8], range: Range<usize>) -> Entry {
        match &self.table {
            Table::Words(table) => table.find(text, range),
            Table::Letters(_) => Entry::default(),
        }
    }

    /// Highest number given; the words have all from 1 to this.
    pub fn last(&self) -> usize {
        match &self.table {
            Table::Words(table) => table.hashes.len() - 1,
            Table::Letters(table) => table.last as usize,
        }
    }
}

/// An open-addressed table of word hashes. Two words of one hash would be taken for one: whole forms are compared letter by
/// letter where they match, so that this can only cost time.
#[derive(Debug)]
pub struct WordTable {
    /// (upper half of the hash, word); the word is 0 where the slot is empty. A power of two, at most a quarter full, so that
    /// most words that are not there meet an empty slot at once.
    slots: Vec<(u32, Entry)>,
    /// Hash of each word but the first, which is none.
    hashes: Vec<u64>,
    /// A bit for every hash that may be a word's, by the bits above those of the slot: small enough to stay near the processor, and
    /// most words that are not there are told without a look at the slots.
    filter: Vec<u64>,
}

/// Bits of [`WordTable`]'s filter, as a power of two.
const FILTER: u32 = 18;

impl Default for WordTable {
    fn default() -> Self {
        Self { slots: vec![(0, Entry(0)); 1024], hashes: vec![0], filter: vec![0; 1 << (FILTER - 6)] }
    }
}

impl WordTable {
    fn add(&mut self, word: &[u8]) -> &mut Entry {
        if 4 * self.hashes.len() >= self.slots.len() {
            let slots = vec![(0, Entry(0)); 2 * self.slots.len()];
            for known in std::mem::replace(&mut self.slots, slots) {
                if known.1.word() > 0 {
                    let slot = slot(&self.slots, self.hashes[known.1.word() as usize]);
                    self.slots[slot] = known;
                }
            }
        }
        let hash = word_hash(word, 0..word.len());
        let slot = slot(&self.slots, hash);
        if self.slots[slot].1 == Entry(0) {
            self.slots[slot] = (upper(hash), Entry(self.hashes.len() as WordId));
            self.hashes.push(hash);
            let (piece, bit) = in_filter(hash);
            self.filter[piece] |= bit;
        }
        &mut self.slots[slot].1
    }

    #[inline]
    fn find(&self, text: &[u8], range: Range<usize>) -> Entry {
        let hash = word_hash(text, range);
        let (piece, bit) = in_filter(hash);
        if self.filter[piece] & bit == 0 {
            return Entry(0);
        }
        self.slots[slot(&self.slots, hash)].1
    }
}

/// Where the bit of a hash is.
#[inline]
fn in_filter(hash: u64) -> (usize, u64) {
    let bit = (hash >> (64 - FILTER)) as usize;
    (bit / 64, 1 << (bit % 64))
}

/// The upper half of a hash.
pub(super) fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Where a word of this hash is or would be.
#[inline]
fn slot(slots: &[(u32, Entry)], hash: u64) -> usize {
    let mask = slots.len() - 1;
    let mut slot = hash as usize & mask;
    loop {
        let (known, word) = slots[slot];
        if word == Entry(0) || known == upper(hash) {
            return slot;
        }
        slot = (slot + 1) & mask;
    }
}

/// A hash made for words: of the first eight letters, which are all of most words, and of the last eight of a longer one.
#[inline]
fn word_hash(text: &[u8], word: Range<usize>) -> u64 {
    let len = word.len();
    let first = first_eight(text, word.start);
    if len <= 8 {
        return mix(first & (u64::MAX >> (64 - 8 * len.clamp(1, 8))));
    }
    let last = text[..word.end].last_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
    mix(first ^ last.rotate_left(29) ^ len as u64)
}

/// A hash of a whole text.
pub(super) fn hash(text: &[u8]) -> u64 {
    let mut state = text.len() as u64;
    let (eights, rest) = text.as_chunks::<8>();
    for eight in eights {
        state = mix(state ^ u64::from_le_bytes(*eight));
    }
    mix(state ^ first_eight(rest, 0))
}

/// Eight bytes from `start`, zeros after the end.
#[inline]
pub(super) fn first_eight(text: &[u8], start: usize) -> u64 {
    let rest = &text[start..];
    rest.first_chunk().map_or_else(|| fewer_than_eight(rest), |eight| u64::from_le_bytes(*eight))
}

#[cold]
fn fewer_than_eight(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte))
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
    letters: Vec<[Entry; PAGE]>,
    last: WordId,
}

const PAGE: usize = 64;

impl Default for LetterTable {
    fn default() -> Self {
        Self { pages: vec![0; char::MAX as usize / PAGE + 1], letters: vec![[Entry(0); PAGE]], last: 0 }
    }
}

impl LetterTable {
    fn add(&mut self, letter: char) -> &mut Entry {
        let page = &mut self.pages[letter as usize / PAGE];
        if *page == 0 {
            *page = self.letters.len() as u16;
            self.letters.push([Entry(0); PAGE]);
        }
        let entry = &mut self.letters[*page as usize][letter as usize % PAGE];
        if *entry == Entry(0) {
            self.last += 1;
            *entry = Entry(self.last);
        }
        entry
    }

    #[inline]
    fn find(&self, letter: char) -> Entry {
        self.letters[self.pages[letter as usize / PAGE] as usize][letter as usize % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_number_and_their_marks() {
        let mut vocabulary = Vocabulary::new(true);
        let (first, second) = (vocabulary.mark(), vocabulary.mark());
        let mut table = WordTable::default();
        let words: Vec<String> = (0..2000).map(|i| format!("word{i}{}", "x".repeat(i % 20))).collect();
        let numbers: Vec<WordId> = words.iter().map(|word| table.add(word.as_bytes()).word()).collect();
        table.add(words[7].as_bytes()).add(second);
        for i in 0..3000 {
            table.add(format!("other{i}").as_bytes());
        }
        let find = |word: &str| table.find(word.as_bytes(), 0..word.len());
        assert!(words.iter().zip(&numbers).all(|(word, number)| find(word).word() == *number));
        assert_eq!(find("nothing"), Entry(0));
        assert!(find(&words[7]).has(second) && !find(&words[7]).has(first));
        assert_eq!(table.find(b"a word7xxxxxxx b", 2..14).word(), numbers[7]);
    }

    #[test]
    fn letters_keep_their_number() {
        let mut table = LetterTable::default();
        let numbers: Vec<_> = "輸出規制한국ab輸".chars().map(|letter| table.add(letter).word()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 1]);
        assert_eq!((table.find('規').word(), table.find('外')), (3, Entry(0)));
    }
}
