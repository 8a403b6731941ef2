//! A folded text as matchers see it: its words, each looked up once for all matchers of the language.

use std::ops::Range;

use super::vocabulary::{Vocabulary, WordId};

/// A word (a run of letters and digits) or a single sign.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Its number; 0 where no form has it.
    pub word: WordId,
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
    /// Its words; none in a language that is not matched by words.
    tokens: Vec<Token>,
}

impl<'t> Text<'t> {
    /// `folded` without its words, for matchers that read letters.
    pub fn of_letters(folded: &'t str) -> Self {
        Self { folded, tokens: Vec::new() }
    }

    /// `folded` with its words looked up in `vocabulary`.
    pub fn of_words(folded: &'t str, vocabulary: &Vocabulary) -> Self {
        let bytes = folded.as_bytes();
        let mut tokens = Vec::with_capacity(folded.len() / 5 + 1);
        let mut position = 0;
        while let Some(range) = next(folded, position) {
            position = range.end;
            let word = vocabulary.find(&bytes[range.clone()]);
            tokens.push(Token { start: range.start as u32, end: range.end as u32, word });
        }
        Self { folded, tokens }
    }

    /// The words that begin within `range`.
    pub fn within(&self, range: &Range<usize>) -> &[Token] {
        let first = self.tokens.partition_point(|token| (token.start as usize) < range.start);
        let last = self.tokens.partition_point(|token| (token.start as usize) < range.end);
        &self.tokens[first..last]
    }
}

/// What a byte of folded text is.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Blank,
    Letter,
    Sign,
    /// Part of a character beyond ASCII.
    Other,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Sign; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Class::Letter,
            0..=127 => Class::Sign,
            128..=255 => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// The words and signs of a folded text; blanks separate.
pub fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut position = 0;
    std::iter::from_fn(move || {
        let range = next(text, position)?;
        position = range.end;
        Some(range)
    })
}

/// The first word or sign at or after `position`.
#[inline]
fn next(text: &str, position: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = position + bytes.get(position..)?.iter().position(|byte| *byte != b' ')?;
    let mut end = start;
    loop {
        end += bytes[end..].iter().take_while(|byte| CLASSES[usize::from(**byte)] == Class::Letter).count();
        let Some(byte) = bytes.get(end) else { break };
        let sign = match CLASSES[usize::from(*byte)] {
            Class::Other => text[end..].chars().next()?,
            Class::Sign => char::from(*byte),
            Class::Blank | Class::Letter => break,
        };
        if !sign.is_ascii() && sign.is_alphanumeric() {
            end += sign.len_utf8();
            continue;
        }
        if end == start {
            end += sign.len_utf8();
        }
        break;
    }
    Some(start..end)
}
