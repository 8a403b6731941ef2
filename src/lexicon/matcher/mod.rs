//! Finding thousands of forms in folded text.
//!
//! Two engines, one behaviour: every occurrence of every form that stands where words begin and end, by the language's rules.
//! Where blanks separate words, a trie over whole words ([`Words`]): it looks each word up once, needs no compilation and
//! never meets a form in the middle of a word unless the language has compounds. Elsewhere (Chinese, Japanese, particles), an
//! Aho-Corasick automaton whose matches are filtered by boundary.

mod text;
mod vocabulary;
mod words;

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

pub use text::Text;
pub use vocabulary::Vocabulary;
use words::Words;

use super::language::Payload;
use super::tables::Boundaries;
use crate::error::{Error, ErrorKind, Result};

/// Finds forms and says what they stand for.
#[derive(Debug)]
pub struct Matcher {
    engine: Engine,
    boundaries: Boundaries,
    /// The forms, sorted.
    forms: Vec<String>,
    /// For form i: `payloads[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    payloads: Vec<Payload>,
}

#[derive(Debug)]
enum Engine {
    Words(Box<Words>),
    Automaton(Box<AhoCorasick>),
}

impl Matcher {
    /// Compiles folded forms and what they stand for; the words of a language's matchers share one vocabulary.
    ///
    /// # Errors
    /// When there are too many for an automaton.
    pub fn new(
        patterns: BTreeMap<String, Vec<Payload>>,
        boundaries: Boundaries,
        vocabulary: &mut Vocabulary,
    ) -> Result<Self> {
        let (mut forms, mut starts, mut payloads) = (Vec::new(), vec![0], Vec::new());
        for (form, list) in patterns {
            forms.push(form);
            payloads.extend(list);
            starts.push(payloads.len() as u32);
        }
        let engine = if matches!(boundaries, Boundaries::Words | Boundaries::Compounds) {
            Engine::Words(Box::new(Words::new(&forms, boundaries == Boundaries::Compounds, vocabulary)))
        } else {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(&forms)
                .map_err(|cause| Error::new(ErrorKind::Data, "the lexicon is too large to compile").caused_by(cause))?;
            Engine::Automaton(Box::new(automaton))
        };
        Ok(Self { engine, boundaries, forms, starts, payloads })
    }

    /// Calls `found` for every occurrence of every form in `range` of `text`, in order of where they begin (words) or end
    /// (automaton); ranges are bytes of the whole text.
    pub fn find(
        &self,
        text: &Text<'_>,
        range: &Range<usize>,
        vocabulary: &Vocabulary,
        mut found: impl FnMut(Range<usize>, &[Payload]),
    ) {
        let payloads = |form: usize| &self.payloads[self.starts[form] as usize..self.starts[form + 1] as usize];
        match &self.engine {
            Engine::Words(words) => {
                words.find(&text.folded[..range.end], text.within(range), (&self.forms, vocabulary), |range, form| {
                    found(range, payloads(form))
                })
            }
            Engine::Automaton(automaton) => {
                let slice = &text.folded[range.clone()];
                for hit in automaton.find_overlapping_iter(slice) {
                    if self.boundaries.allow(slice, &hit.range()) {
                        found(hit.start() + range.start..hit.end() + range.start, payloads(hit.pattern().as_usize()));
                    }
                }
            }
        }
    }

    /// What each form stands for.
    pub fn payload_lists(&self) -> impl Iterator<Item = &[Payload]> {
        self.starts.windows(2).map(|ends| &self.payloads[ends[0] as usize..ends[1] as usize])
    }

    /// Number of forms.
    pub fn len(&self) -> usize {
        self.forms.len()
    }

    /// Whether it has no form.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }
}

impl Boundaries {
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
                let is_sign = |c: char| !c.is_alphanumeric();
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
        _ => character.is_some_and(char::is_alphanumeric),
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

    fn found(boundaries: Boundaries, automaton: bool, text: &str) -> Vec<(usize, usize, u32)> {
        let patterns: BTreeMap<String, Vec<Payload>> =
            FORMS.iter().enumerate().map(|(i, form)| ((*form).to_owned(), vec![Payload::Good(i as u32)])).collect();
        let mut vocabulary = Vocabulary::default();
        let mut matcher = Matcher::new(patterns, boundaries, &mut vocabulary).unwrap();
        let text = Text::of_words(text, &vocabulary);
        if automaton {
            matcher.engine = Engine::Automaton(Box::new(AhoCorasick::new(&matcher.forms).unwrap()));
        }
        let mut all = Vec::new();
        matcher.find(&text, &(0..text.folded.len()), &vocabulary, |range, payloads| {
            if let Payload::Good(form) = payloads[0] {
                all.push((range.start, range.end, form));
            }
        });
        all.sort_unstable();
        all
    }

    #[test]
    fn both_engines_find_the_same() {
        for text in TEXTS {
            assert_eq!(found(Boundaries::Words, false, text), found(Boundaries::Words, true, text), "{text}");
        }
        assert_eq!(found(Boundaries::Words, false, "urban ban"), [(6, 9, 4)]);
        assert_eq!(found(Boundaries::Words, false, TEXTS[0]).len(), 5);
    }

    proptest! {
        /// Whatever the text: words glued together, signs, blanks.
        #[test]
        fn engines_agree(parts in proptest::collection::vec(prop_oneof![
            Just("export"), Just("control"), Just("controls"), Just(" "), Just(" "), Just("u.s."), Just("98"), Just("%"),
            Just("ban"), Just("'s"), Just("l'"), Just("x"), Just("exportation"), Just("é"), Just(", ")], 0..14))
        {
            let text = parts.concat();
            for boundaries in [Boundaries::Words, Boundaries::Compounds] {
                prop_assert_eq!(found(boundaries, false, &text), found(boundaries, true, &text));
            }
        }
    }

    #[test]
    fn compounds_and_particles() {
        let german = |text: &str| found(Boundaries::Compounds, true, text).len();
        assert_eq!(german("bans"), 0);
        assert_eq!(found(Boundaries::Left, true, "bans").len(), 1);
        assert_eq!(found(Boundaries::None, true, "禁ban令").len(), 1);
    }
}
