//! Finding thousands of forms in folded text.
//!
//! Two engines, one behaviour: every occurrence of every form that stands where words begin and end, by the language's rules.
//! Where blanks separate words, a trie over whole words ([`Words`]): it looks at each word once, needs no compilation and
//! never meets a form in the middle of a word. Elsewhere (Chinese, Japanese, compounds, particles), an Aho-Corasick
//! automaton whose matches are filtered by boundary.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use xxhash_rust::xxh3::xxh3_64_with_seed;

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
    Words(Words),
    Automaton(Box<AhoCorasick>),
}

impl Matcher {
    /// Compiles folded forms and what they stand for.
    ///
    /// # Errors
    /// When there are too many for an automaton.
    pub fn new(patterns: BTreeMap<String, Vec<Payload>>, boundaries: Boundaries) -> Result<Self> {
        let (mut forms, mut starts, mut payloads) = (Vec::new(), vec![0], Vec::new());
        for (form, list) in patterns {
            forms.push(form);
            payloads.extend(list);
            starts.push(payloads.len() as u32);
        }
        let engine = if boundaries == Boundaries::Words {
            Engine::Words(Words::new(&forms))
        } else {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(&forms)
                .map_err(|cause| Error::new(ErrorKind::Data, "the lexicon is too large to compile").caused_by(cause))?;
            Engine::Automaton(Box::new(automaton))
        };
        Ok(Self { engine, boundaries, forms, starts, payloads })
    }

    /// Calls `found` for every occurrence of every form, in order of where they begin (words) or end (automaton).
    pub fn find(&self, text: &str, mut found: impl FnMut(Range<usize>, &[Payload])) {
        let payloads = |form: usize| &self.payloads[self.starts[form] as usize..self.starts[form + 1] as usize];
        match &self.engine {
            Engine::Words(words) => words.find(text, &self.forms, |range, form| found(range, payloads(form))),
            Engine::Automaton(automaton) => {
                for hit in automaton.find_overlapping_iter(text) {
                    let range = hit.range();
                    if self.boundaries.allow(text, &range) {
                        found(range, payloads(hit.pattern().as_usize()));
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

/// Keys are hashes already.
#[derive(Debug, Default, Clone)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A trie whose steps are words and single signs. Steps are found by hash; a match is checked letter by letter.
#[derive(Debug, Default)]
struct Words {
    /// Hash of (node, word) → node.
    steps: HashMap<u64, u32, BuildHasherDefault<Identity>>,
    /// Node → form that ends there, plus one; 0 for none.
    ends: Vec<u32>,
    /// Form → another form of the same words, plus one: forms differ in blanks too (`98 %`, `98%`).
    same: Vec<u32>,
}

impl Words {
    fn new(forms: &[String]) -> Self {
        let mut words = Self { steps: HashMap::default(), ends: vec![0], same: vec![0; forms.len()] };
        for (form, text) in forms.iter().enumerate() {
            let mut node = 0;
            for word in tokens(text, 0) {
                let next = words.ends.len() as u32;
                node = *words.steps.entry(step(node, &text.as_bytes()[word])).or_insert(next);
                if node == next {
                    words.ends.push(0);
                }
            }
            words.same[form] = std::mem::replace(&mut words.ends[node as usize], form as u32 + 1);
        }
        words
    }

    fn find(&self, text: &str, forms: &[String], mut found: impl FnMut(Range<usize>, usize)) {
        let bytes = text.as_bytes();
        let words: Vec<Range<usize>> = tokens(text, 0).collect();
        for (first, start) in words.iter().enumerate() {
            let mut node = 0;
            for word in &words[first..] {
                match self.steps.get(&step(node, &bytes[word.clone()])) {
                    Some(next) => node = *next,
                    None => break,
                }
                let range = start.start..word.end;
                let mut form = self.ends[node as usize];
                while form > 0 {
                    let index = form as usize - 1;
                    if forms[index].as_bytes() == &bytes[range.clone()] {
                        found(range.clone(), index);
                    }
                    form = self.same[index];
                }
            }
        }
    }
}

fn step(node: u32, word: &[u8]) -> u64 {
    xxh3_64_with_seed(word, u64::from(node))
}

/// Words (runs of letters and digits) and single signs of folded text; blanks separate.
fn tokens(text: &str, from: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut position = from;
    std::iter::from_fn(move || {
        while bytes.get(position) == Some(&b' ') {
            position += 1;
        }
        let start = position;
        while position < bytes.len() {
            let byte = bytes[position];
            if byte.is_ascii_alphanumeric() {
                position += 1;
                continue;
            }
            let character = if byte.is_ascii() { char::from(byte) } else { text[position..].chars().next()? };
            if character.is_alphanumeric() {
                position += character.len_utf8();
                continue;
            }
            if position == start {
                position += character.len_utf8();
            }
            break;
        }
        (start < position).then_some(start..position)
    })
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
                (left && right) || ((left || right) && range.len() >= LONG_IN_COMPOUND)
            }
        }
    }
}

/// A form of this many bytes may begin or end a compound.
const LONG_IN_COMPOUND: usize = 7;

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
        let mut matcher = Matcher::new(patterns, boundaries).unwrap();
        if automaton {
            matcher.engine = Engine::Automaton(Box::new(AhoCorasick::new(&matcher.forms).unwrap()));
        }
        let mut all = Vec::new();
        matcher.find(text, |range, payloads| {
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

    #[test]
    fn compounds_and_particles() {
        let german = |text: &str| found(Boundaries::Compounds, true, text).len();
        assert_eq!(german("bans"), 0);
        assert_eq!(found(Boundaries::Left, true, "bans").len(), 1);
        assert_eq!(found(Boundaries::None, true, "禁ban令").len(), 1);
    }
}
