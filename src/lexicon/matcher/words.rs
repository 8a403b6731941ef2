//! A trie whose steps are words and single signs.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::text::{Token, tokens};
use super::vocabulary::{Vocabulary, WordId};
use super::{LONG_IN_COMPOUND, PART_OF_COMPOUND};

/// Forms by their words.
#[derive(Debug)]
pub struct Words {
    /// Word → node of the forms that begin with it; 0 for none.
    first: Vec<u32>,
    /// (node, word) → node.
    steps: HashMap<u64, u32, BuildHasherDefault<Mix>>,
    nodes: Vec<Node>,
    /// Form → another form of the same words, plus one: forms differ in blanks too (`98 %`, `98%`).
    same: Vec<u32>,
    compounds: Option<Compounds>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// Form that ends here, plus one; 0 for none.
    form: u32,
    /// Whether forms go on from here.
    goes_on: bool,
}

/// What a search looks at.
#[derive(Clone, Copy)]
struct Look<'a> {
    bytes: &'a [u8],
    forms: &'a [String],
    vocabulary: &'a Vocabulary,
}

impl Words {
    /// A trie of folded forms; with `compounds`, a long form may also begin or end a longer word.
    pub fn new(forms: &[String], compounds: bool, vocabulary: &mut Vocabulary) -> Self {
        let mut trie = Self {
            first: vec![0],
            steps: HashMap::default(),
            nodes: vec![Node::default()],
            same: vec![0; forms.len()],
            compounds: compounds.then(Compounds::default),
        };
        for (form, text) in forms.iter().enumerate() {
            trie.add(form, text, vocabulary);
        }
        trie
    }

    fn add(&mut self, form: usize, text: &str, vocabulary: &mut Vocabulary) {
        let bytes = text.as_bytes();
        let mut node = 0;
        for (position, range) in tokens(text).enumerate() {
            let last = range.end == bytes.len();
            let word = &bytes[range];
            if let Some(compounds) = self.compounds.as_mut().filter(|_| position == 0 && text.len() >= LONG_IN_COMPOUND)
            {
                compounds.add(word, last);
            }
            let word = vocabulary.add(word);
            let next = self.nodes.len() as u32;
            let step = if node == 0 {
                self.first.resize(vocabulary.last() + 1, 0);
                let first = &mut self.first[word as usize];
                if *first == 0 {
                    *first = next;
                }
                *first
            } else {
                self.nodes[node as usize].goes_on = true;
                *self.steps.entry(key(node, word)).or_insert(next)
            };
            if step == next {
                self.nodes.push(Node::default());
            }
            node = step;
        }
        self.same[form] = std::mem::replace(&mut self.nodes[node as usize].form, form as u32 + 1);
    }

    /// The node of the forms that begin with a word; 0 for none.
    fn first(&self, word: WordId) -> u32 {
        // Words of other matchers of the language may have higher numbers.
        self.first.get(word as usize).copied().unwrap_or(0)
    }

    /// Calls `found` for every occurrence of every form among `words` of `text`.
    pub fn find(
        &self,
        text: &str,
        words: &[Token],
        (forms, vocabulary): (&[String], &Vocabulary),
        mut found: impl FnMut(Range<usize>, usize),
    ) {
        let look = Look { bytes: text.as_bytes(), forms, vocabulary };
        for (position, token) in words.iter().enumerate() {
            let node = self.first(token.word);
            if node > 0 {
                self.walk(node, token.start, &words[position..], look, &mut found);
            }
            if let Some(compounds) = self.compounds.as_ref().filter(|_| token.end - token.start > 1) {
                self.parts(compounds, &words[position..], look, &mut found);
            }
        }
    }

    /// Follows the forms that go on from `node`, reached at the first of `words`; `start` is where they begin.
    fn walk(
        &self,
        mut node: u32,
        start: u32,
        words: &[Token],
        look: Look<'_>,
        found: &mut impl FnMut(Range<usize>, usize),
    ) {
        let mut rest = words.iter();
        let Some(mut token) = rest.next() else { return };
        loop {
            self.report(node, start as usize..token.end as usize, look, found);
            if !self.nodes[node as usize].goes_on {
                return;
            }
            match rest.next() {
                Some(next) => token = next,
                None => return,
            }
            if self.compounds.is_some() {
                self.begins(node, start, *token, look, found);
            }
            match self.steps.get(&key(node, token.word)) {
                Some(next) if token.word > 0 => node = *next,
                _ => return,
            }
        }
    }

    /// Reports the forms that end at `node` and are spelled as the text is.
    fn report(&self, node: u32, range: Range<usize>, look: Look<'_>, found: &mut impl FnMut(Range<usize>, usize)) {
        let mut form = self.nodes[node as usize].form;
        while form > 0 {
            let index = form as usize - 1;
            if look.forms[index].as_bytes() == &look.bytes[range.clone()] {
                found(range.clone(), index);
            }
            form = self.same[index];
        }
    }

    /// Forms whose last word, a step from `node`, only begins the word `token`.
    fn begins(&self, node: u32, start: u32, token: Token, look: Look<'_>, found: &mut impl FnMut(Range<usize>, usize)) {
        for end in token.start + PART_OF_COMPOUND as u32..token.end {
            if ((end - start) as usize) < LONG_IN_COMPOUND {
                continue;
            }
            let word = look.vocabulary.find(&look.bytes[token.start as usize..end as usize]);
            if let Some(next) = self.steps.get(&key(node, word)).filter(|_| word > 0) {
                self.report(*next, start as usize..end as usize, look, found);
            }
        }
    }

    /// Forms that begin or end the first of `words`, a longer word.
    fn parts(
        &self,
        compounds: &Compounds,
        words: &[Token],
        look: Look<'_>,
        found: &mut impl FnMut(Range<usize>, usize),
    ) {
        let token = words[0];
        let word = &look.bytes[token.range()];
        compounds.prefixes(word, |len| {
            let node = self.first(look.vocabulary.find(&word[..len]));
            if node > 0 {
                self.report(node, token.start as usize..token.start as usize + len, look, found);
            }
        });
        compounds.suffixes(word, |len| {
            let node = self.first(look.vocabulary.find(&word[word.len() - len..]));
            if node > 0 {
                let start = token.end - len as u32;
                let mut long = |range: Range<usize>, form: usize| {
                    // A form may not be cut at both ends: a whole last word is required here.
                    let is_cut = words
                        .iter()
                        .any(|other| other.range().contains(&range.end) && other.start as usize != range.end);
                    if range.len() >= LONG_IN_COMPOUND && !is_cut {
                        found(range, form);
                    }
                };
                self.walk(node, start, words, look, &mut long);
            }
        });
    }
}

/// Which long words forms begin or end with, as bits of rolling hashes: most words of a text are told to hold none.
#[derive(Debug)]
struct Compounds {
    prefixes: Vec<u64>,
    suffixes: Vec<u64>,
}

/// Bits of each table: many times the words of a lexicon.
const BITS: u32 = 1 << 20;

impl Default for Compounds {
    fn default() -> Self {
        Self { prefixes: vec![0; BITS as usize / 64], suffixes: vec![0; BITS as usize / 64] }
    }
}

impl Compounds {
    /// Notes the first word of a long form; one that is the whole form may begin a compound, any may end one.
    fn add(&mut self, word: &[u8], is_whole: bool) {
        let hash = |bytes: &mut dyn Iterator<Item = &u8>| bytes.fold(0, |hash, byte| roll(hash, *byte));
        if is_whole {
            let bit = hash(&mut word.iter());
            self.prefixes[place(bit)] |= mask(bit);
        }
        let bit = hash(&mut word.iter().rev());
        self.suffixes[place(bit)] |= mask(bit);
    }

    /// Calls `found` with the lengths of proper beginnings that may be forms.
    fn prefixes(&self, word: &[u8], mut found: impl FnMut(usize)) {
        if word.len() <= LONG_IN_COMPOUND {
            return;
        }
        let mut hash = 0;
        for (position, byte) in word[..word.len() - 1].iter().enumerate() {
            hash = roll(hash, *byte);
            if position + 1 >= LONG_IN_COMPOUND && self.prefixes[place(hash)] & mask(hash) != 0 {
                found(position + 1);
            }
        }
    }

    /// Calls `found` with the lengths of proper endings that may begin forms.
    fn suffixes(&self, word: &[u8], mut found: impl FnMut(usize)) {
        let mut hash = 0;
        if word.len() <= PART_OF_COMPOUND {
            return;
        }
        for (position, byte) in word[1..].iter().rev().enumerate() {
            hash = roll(hash, *byte);
            if position + 1 >= PART_OF_COMPOUND && self.suffixes[place(hash)] & mask(hash) != 0 {
                found(position + 1);
            }
        }
    }
}

fn roll(hash: u32, byte: u8) -> u32 {
    hash.wrapping_mul(0x9E37_79B1).wrapping_add(u32::from(byte) + 1)
}

fn place(hash: u32) -> usize {
    (hash.wrapping_mul(0x85EB_CA6B) >> 12) as usize / 64
}

fn mask(hash: u32) -> u64 {
    1 << ((hash.wrapping_mul(0x85EB_CA6B) >> 12) % 64)
}

fn key(node: u32, word: WordId) -> u64 {
    u64::from(node) << 32 | u64::from(word)
}

/// Spreads (node, word) pairs over a table.
#[derive(Debug, Default, Clone)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        let spread = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = spread ^ (spread >> 32);
    }
}
