//! Finding thousands of forms in folded text.
//!
//! One engine: a trie over the text's tokens ([`Words`]), each of which was looked up once for all matchers of the language. Where
//! blanks separate words, tokens are words and signs, and a form never stands in the middle of a word unless the language has
//! compounds. Elsewhere (Chinese, Japanese, particles) they are characters, and what is found is filtered by where words begin and
//! end. Steps are few, for most words of a text begin no form; an Aho-Corasick automaton, which takes one step a byte, cost three
//! times as much on Chinese and could not be built in the time a start may take.

mod compounds;
mod patterns;
mod text;
mod trie;
mod vocabulary;
mod words;

use std::ops::Range;

use patterns::Lists;
pub use patterns::Patterns;
pub use text::{Text, Token, is_letter};
pub use vocabulary::Vocabulary;
pub use words::Match;
use words::Words;

use super::language::Payload;
use super::tables::Boundaries;

/// Finds forms and says what they stand for.
#[derive(Debug)]
pub struct Matcher {
    words: Words,
    boundaries: Boundaries,
    /// Number of forms.
    len: usize,
    lists: Lists,
}

impl Matcher {
    /// Compiles folded forms; the words of a language's matchers share one vocabulary.
    pub fn new(patterns: Patterns, boundaries: Boundaries, vocabulary: &mut Vocabulary) -> Self {
        let (forms, of_forms, lists) = patterns.into_parts();
        let words = Words::new(&forms, &of_forms, boundaries == Boundaries::Compounds, vocabulary);
        Self { words, boundaries, len: forms.len(), lists }
    }

    /// Puts into `found`, emptied before, every occurrence of every form in `range` of `text`, in order of where they begin; their
    /// bytes are those of the whole text.
    pub fn find(&self, text: &Text<'_>, range: &Range<usize>, vocabulary: &Vocabulary, found: &mut Vec<Match>) {
        found.clear();
        self.words.find(text, range, vocabulary, found);
        if !self.boundaries.are_of_words() {
            let slice = &text.folded[range.clone()];
            let here = |found: &Match| found.start as usize - range.start..found.end as usize - range.start;
            found.retain(|found| self.boundaries.allow(slice, &here(found)));
        }
    }

    /// What the forms of a list stand for, in order.
    #[inline]
    pub fn payloads(&self, list: u32) -> &[Payload] {
        self.lists.get(list)
    }

    /// What the forms of each list stand for.
    pub fn lists(&self) -> impl Iterator<Item = &[Payload]> {
        (0..self.lists.len() as u32).map(|list| self.lists.get(list))
    }

    /// Number of forms.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no form.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Boundaries {
    /// Whether texts are cut into words, not into characters.
    pub fn are_of_words(self) -> bool {
        matches!(self, Self::Words | Self::Compounds)
    }

    /// Whether `range` of folded `text` begins and ends where words do.
    fn allow(self, text: &str, range: &Range<usize>) -> bool {
        let left = !joins(text, range.start, self);
        match self {
            Self::Left => left,
            Self::Words | Self::None => left && !joins(text, range.end, self),
            Self::Compounds => {
                let right = !joins(text, range.end, Self::Words);
                let is_long = range.len() >= LONG_IN_COMPOUND;
                let form = &text[range.clone()];
                let is_sign = |c: char| !is_letter(c);
                let (first, last) = (form.split(is_sign).next(), form.rsplit(is_sign).next());
                let is_part = |word: Option<&str>| word.is_some_and(|word| word.len() >= PART_OF_COMPOUND);
                match (left, right) {
                    (true, true) => true,
                    (true, false) => is_long && is_part(last),
                    (false, true) => is_long && is_part(first),
                    (false, false) => false,
                }
            }
        }
    }
}

/// A form of this many bytes may begin or end a compound.
const LONG_IN_COMPOUND: usize = 7;
/// The part of a compound that belongs to it has at least this many: `davon China` holds no `von China`.
const PART_OF_COMPOUND: usize = 4;

/// Whether the characters before and after `position` belong to one word.
fn joins(text: &str, position: usize, boundaries: Boundaries) -> bool {
    let (before, after) = text.split_at(position);
    let letter = |character: Option<char>| match boundaries {
        Boundaries::None => character.is_some_and(|c| c.is_ascii_alphanumeric()),
        _ => character.is_some_and(is_letter),
    };
    letter(before.chars().next_back()) && letter(after.chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FORMS: [&str; 10] =
        ["export", "export control", "'s", "%", "ban", "u.s.", "l'exportation", "export controls", "98%", "98 %"];
    const TEXTS: [&str; 6] = [
        "export controls and exports, china's export control",
        "the u.s. ban on exports of 98% of l'exportation",
        "banned",
        "",
        "urban ban",
        "98 % and 98%",
    ];

    /// What the first matcher of a language finds, which the others of the same forms must find too.
    fn found(boundaries: Boundaries, text: &str) -> Vec<(usize, usize, u32)> {
        let mut vocabulary = Vocabulary::new(boundaries.are_of_words());
        let first = found_by_next(boundaries, text, &mut vocabulary);
        assert_eq!(found_by_next(boundaries, text, &mut vocabulary), first);
        first
    }

    fn found_by_next(boundaries: Boundaries, text: &str, vocabulary: &mut Vocabulary) -> Vec<(usize, usize, u32)> {
        let mut patterns = Patterns::default();
        for (i, form) in FORMS.iter().enumerate() {
            patterns.add(form, Payload::Good(i as u32));
        }
        let matcher = Matcher::new(patterns, boundaries, vocabulary);
        let mut matches = Vec::new();
        matcher.find(&vocabulary.text(text, Vec::new()), &(0..text.len()), vocabulary, &mut matches);
        let form = |list: u32| match matcher.payloads(list) {
            [Payload::Good(form), ..] => *form,
            other => panic!("{other:?}"),
        };
        let mut all: Vec<_> =
            matches.iter().map(|found| (found.start as usize, found.end as usize, form(found.list))).collect();
        all.sort_unstable();
        all
    }

    /// The same by looking for each form everywhere.
    fn everywhere(boundaries: Boundaries, text: &str) -> Vec<(usize, usize, u32)> {
        let starts = text.char_indices().map(|(at, _)| at);
        let mut all: Vec<(usize, usize, u32)> = starts
            .flat_map(|at| {
                let here = FORMS.iter().enumerate().filter(move |(_, form)| text[at..].starts_with(**form));
                here.map(move |(i, form)| (at, at + form.len(), i as u32))
            })
            .filter(|(start, end, _)| boundaries.allow(text, &(*start..*end)))
            .collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn every_form_is_found() {
        for text in TEXTS {
            assert_eq!(found(Boundaries::Words, text), everywhere(Boundaries::Words, text), "{text}");
        }
        assert_eq!(found(Boundaries::Words, "urban ban"), [(6, 9, 4)]);
        assert_eq!(found(Boundaries::Words, TEXTS[0]).len(), 5);
    }

    proptest! {
        /// Whatever the text: words glued together, signs, blanks.
        #[test]
        fn every_form_is_found_anywhere(parts in proptest::collection::vec(prop_oneof![
            Just("export"), Just("control"), Just("controls"), Just(" "), Just(" "), Just("u.s."), Just("98"), Just("%"),
            Just("ban"), Just("'s"), Just("l'"), Just("x"), Just("exportation"), Just("é"), Just(", ")], 0..14))
        {
            let text = parts.concat();
            for boundaries in [Boundaries::Words, Boundaries::Compounds, Boundaries::Left, Boundaries::None] {
                prop_assert_eq!(found(boundaries, &text), everywhere(boundaries, &text));
            }
        }
    }

    #[test]
    fn compounds_and_particles() {
        assert_eq!(found(Boundaries::Compounds, "bans"), []);
        assert_eq!(found(Boundaries::Left, "bans").len(), 1);
        assert_eq!(found(Boundaries::None, "禁ban令").len(), 1);
    }
}
