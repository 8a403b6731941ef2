//! A folded text as matchers see it: its words, each looked up once for all matchers of the language.
//!
//! Words are found 64 bytes at a time: what each byte is becomes a bit, and where a run of bits begins a word does. That takes a
//! third of the instructions of a walk from letter to letter.

use std::cell::OnceCell;
use std::ops::Range;

use super::vocabulary::{Entry, Vocabulary};
use crate::bits::{BLOCK, bits, block, is_alphanumeric};

/// A word (a run of letters and digits) or a single sign; in scripts without blanks a single character.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Its number, 0 where no form has it, and whose forms begin with it.
    pub entry: Entry,
}

impl Token {
    /// Its bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Folded text and its words.
#[derive(Debug)]
pub struct Text<'t> {
    /// The folded text.
    pub folded: &'t str,
    /// Its words, in order.
    tokens: Vec<Token>,
    /// Words of forms in longer ones, in order of these, once they are asked for.
    inner: OnceCell<Vec<Inner>>,
}

/// A word of a form at the beginning or the end of a longer word.
#[derive(Debug, Clone, Copy)]
pub struct Inner {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// As [`Token::entry`].
    pub entry: Entry,
}

impl<'t> Text<'t> {
    /// `folded`, and the words that `tell` adds to `tokens`, the memory of another text.
    pub(super) fn new(folded: &'t str, mut tokens: Vec<Token>, tell: impl FnOnce(&mut Vec<Token>)) -> Self {
        tokens.clear();
        tell(&mut tokens);
        Self { folded, tokens, inner: OnceCell::new() }
    }

    /// Its memory, for another.
    pub fn into_memory(self) -> Vec<Token> {
        self.tokens
    }

    /// The words that lie within `range`.
    pub fn within(&self, range: &Range<usize>) -> &[Token] {
        self.tokens(&self.numbers(range))
    }

    /// Their numbers.
    pub(super) fn numbers(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.tokens.partition_point(|token| (token.start as usize) < range.start);
        let last = self.tokens.partition_point(|token| (token.end as usize) <= range.end);
        first..last.max(first)
    }

    /// The words of these numbers.
    pub(super) fn tokens(&self, numbers: &Range<usize>) -> &[Token] {
        &self.tokens[numbers.clone()]
    }

    /// Words of forms in longer ones, from the word of a number on.
    pub(super) fn inner(&self, first: usize, vocabulary: &Vocabulary) -> &[Inner] {
        let inner = self.inner.get_or_init(|| {
            let mut inner = Vec::new();
            for token in &self.tokens {
                vocabulary.compounds.inner(*token, self.folded.as_bytes(), vocabulary, |part| inner.push(part));
            }
            inner
        });
        let start = self.tokens.get(first).map_or(u32::MAX, |token| token.start);
        &inner[inner.partition_point(|part| part.start < start)..]
    }
}

impl Text<'_> {
    /// Where the words of `range` begin, `%` being one; of a word that its beginning breaks, the rest is one too.
    pub fn word_starts(&self, range: &Range<usize>) -> Vec<u32> {
        let first = self.tokens.partition_point(|token| (token.start as usize) < range.start);
        let mut starts = Vec::with_capacity(range.len() / 5 + 1);
        let is_at_start = self.tokens.get(first).is_some_and(|token| token.start as usize == range.start);
        if !is_at_start && self.folded[range.clone()].starts_with(is_letter) {
            starts.push(range.start as u32);
        }
        for token in self.tokens[first..].iter().take_while(|token| (token.start as usize) < range.end) {
            let start = token.start as usize;
            let is_word = match self.folded.as_bytes()[start] {
                byte if byte.is_ascii() => byte.is_ascii_alphanumeric() || byte == b'%',
                _ => self.folded[start..].starts_with(is_letter),
            };
            if is_word {
                starts.push(token.start);
            }
        }
        starts
    }
}

/// Whether a character is a letter or a digit; the commonest of East Asia are told without the tables of Unicode.
pub fn is_letter(character: char) -> bool {
    match character {
        '\0'..='\u{7F}' => character.is_ascii_alphanumeric(),
        '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => true,
        '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{FF01}'..='\u{FF0F}' => false,
        _ => character.is_alphanumeric(),
    }
}

/// Calls `found` with the words and signs of a folded text, in order; blanks separate.
#[inline]
pub fn each_token(text: &str, mut found: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut kinds = Kinds::default();
    let mut open = 0;
    // Blanks are put behind the end, so that a word there ends as others do.
    for start in (0..=bytes.len()).step_by(BLOCK) {
        let before = kinds;
        kinds = match bytes[start..].first_chunk() {
            Some(block) => Kinds::of(block),
            None => Kinds::of(&block(&bytes[start..])),
        };
        if before.spill > 0 || kinds.signs & kinds.letters != 0 {
            kinds.tell_apart(text, start, before.spill);
        }
        let (mut starts, mut ends) = kinds.edges(&before);
        let mut next = || {
            let at = starts.trailing_zeros();
            starts &= starts.wrapping_sub(1);
            start + at as usize
        };
        if !before.is_open() {
            open = next();
        }
        // Beginnings and ends alternate; where none is left, what begins next is in a later block.
        while ends != 0 {
            let end = start + ends.trailing_zeros() as usize;
            ends &= ends - 1;
            found(open..end);
            open = next();
        }
    }
}

/// What the bytes of a block are, a bit for each.
#[derive(Debug, Clone, Copy, Default)]
struct Kinds {
    /// Bytes of letters and digits.
    letters: u64,
    /// First bytes of signs.
    signs: u64,
    /// Other bytes of signs.
    tails: u64,
    /// How many of the next bytes belong to the last letter.
    spill: usize,
}

impl Kinds {
    /// Which bytes are ASCII letters or digits, and which are signs. Of a character beyond ASCII both bits of each byte are set:
    /// what it is, its bytes alone do not say ([`Kinds::tell_apart`]).
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Self {
        let letters = bits(block, |byte| is_alphanumeric(byte) | (byte >= 0x80));
        let blanks = bits(block, |byte| byte == b' ');
        let others = if block.is_ascii() { 0 } else { bits(block, |byte| byte >= 0x80) };
        Self { letters, signs: (!letters & !blanks) | others, tails: 0, spill: 0 }
    }

    /// Decides for the characters beyond ASCII of the block at `start` whether they are letters or signs; the first `spill` bytes
    /// belong to a letter of the block before.
    fn tell_apart(&mut self, text: &str, start: usize, spill: usize) {
        let spilt = (1 << spill) - 1;
        let mut others = self.letters & self.signs & !spilt;
        self.signs &= !self.letters;
        self.letters = self.letters & !others | spilt;
        while others != 0 {
            let at = others.trailing_zeros() as usize;
            let Some(character) = text.get(start + at..).and_then(|rest| rest.chars().next()) else {
                // Bytes of a sign that began in the block before.
                self.tails |= 1 << at;
                others &= others - 1;
                continue;
            };
            let len = character.len_utf8();
            let mask = ((1 << len) - 1) << at;
            others &= !mask;
            if is_letter(character) {
                self.letters |= mask;
                self.spill = (at + len).saturating_sub(BLOCK);
            } else {
                self.signs |= 1 << at;
                self.tails |= mask & !(1 << at);
            }
        }
    }

    /// Where words and signs begin, and where they have ended, given the block before.
    #[inline]
    fn edges(&self, before: &Self) -> (u64, u64) {
        let after = |bits: u64, before: u64| bits << 1 | before >> (BLOCK - 1);
        let after_letter = after(self.letters, before.letters);
        let after_sign = after(self.signs | self.tails, before.signs | before.tails);
        (self.signs | (self.letters & !after_letter), (after_letter & !self.letters) | (after_sign & !self.tails))
    }

    /// Whether what stands last goes on, or ends, in the next block.
    fn is_open(&self) -> bool {
        (self.letters | self.signs | self.tails) >> (BLOCK - 1) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same from letter to letter.
    fn one_by_one(text: &str) -> Vec<Range<usize>> {
        let mut tokens: Vec<Range<usize>> = Vec::new();
        let mut inside = false;
        for (at, character) in text.char_indices() {
            let end = at + character.len_utf8();
            let letter = character.is_alphanumeric();
            match tokens.last_mut() {
                Some(last) if letter && inside && last.end == at => last.end = end,
                _ if character != ' ' => tokens.push(at..end),
                _ => {}
            }
            inside = letter;
        }
        tokens
    }

    #[test]
    fn letters_are_those_of_unicode() {
        assert!(('\0'..=char::MAX).all(|character| is_letter(character) == character.is_alphanumeric()));
    }

    proptest! {
        #[test]
        fn words_are_where_letters_run(parts in proptest::collection::vec(prop_oneof![
            Just("word"), Just(" "), Just("é"), Just("語"), Just("、"), Just("«"), Just(", "), Just("1"), Just("𝒜"), Just("😀"),
            Just("areallyverylongwordindeedthatgoesonandonandonuntilnobodycanreaditanylonger"), Just("Москва")], 0..60))
        {
            let text = parts.concat();
            let mut tokens = Vec::new();
            each_token(&text, |range| tokens.push(range));
            prop_assert_eq!(tokens, one_by_one(&text));
        }
    }
}
