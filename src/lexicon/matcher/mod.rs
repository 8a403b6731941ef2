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

use patterns::Forms;
pub use patterns::Patterns;
pub use text::{Text, TextMemory, is_letter};
pub use vocabulary::Vocabulary;
use words::Words;

use super::language::Payload;
use super::tables::Boundaries;

/// Finds forms and says what they stand for.
#[derive(Debug)]
pub struct Matcher {
    words: Words,
    boundaries: Boundaries,
    /// The forms, each with the range of its payloads.
    forms: Forms,
    payloads: Vec<Payload>,
}

impl Matcher {
    /// Compiles folded forms; the words of a language's matchers share one vocabulary.
    pub fn new(patterns: Patterns, boundaries: Boundaries, vocabulary: &mut Vocabulary) -> Self {
        let (forms, payloads) = patterns.into_parts();
        let words = Words::new(&forms, boundaries == Boundaries::Compounds, vocabulary);
        Self { words, boundaries, forms, payloads }
    }

    /// Calls `found` for every occurrence of every form in `range` of `text`, in order of where they begin; ranges are bytes of
    /// the whole text.
    pub fn find<'m>(
        &'m self,
        text: &Text<'_>,
        range: &Range<usize>,
        vocabulary: &Vocabulary,
        mut found: impl FnMut(Range<usize>, &'m [Payload]),
    ) {
        let by_words = self.boundaries.are_of_words();
        let slice = &text.folded[range.clone()];
        let mut matches = text.matches.take();
        matches.clear();
        self.words.find(&text.folded[..range.end], text.within(range), (&self.forms, vocabulary), &mut matches);
        for hit in &matches {
            let bytes = hit.start as usize..hit.end as usize;
            if by_words || self.boundaries.allow(slice, &(bytes.start - range.start..bytes.end - range.start)) {
                found(bytes, &self.payloads[self.forms.payloads(hit.form as usize)]);
            }
        }
        text.matches.replace(matches);
    }

    /// What each form stands for.
    pub fn payload_lists(&self) -> impl Iterator<Item = &[Payload]> {
        (0..self.forms.len()).map(|form| &self.payloads[self.forms.payloads(form)])
    }

    /// Number of forms.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// Whether it has no form.
    pub fn is_empty(&self) -> bool {
        self.forms.len() == 0
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

    fn found(boundaries: Boundaries, text: &str) -> Vec<(usize, usize, u32)> {
        let mut patterns = Patterns::default();
        for (i, form) in FORMS.iter().enumerate() {
            patterns.add(form, Payload::Good(i as u32));
        }
        let mut vocabulary = Vocabulary::new(boundaries.are_of_words());
        let matcher = Matcher::new(patterns, boundaries, &mut vocabulary);
        let mut all = Vec::new();
        matcher.find(
            &vocabulary.text(text, TextMemory::default()),
            &(0..text.len()),
            &vocabulary,
            |range, payloads| {
                if let Payload::Good(form) = payloads[0] {
                    all.push((range.start, range.end, form));
                }
            },
        );
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
