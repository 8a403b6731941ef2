//! A trie whose steps are words and single signs, or single letters.

use std::ops::Range;

use super::compounds::Compounds;
use super::patterns::Forms;
use super::text::Token;
use super::vocabulary::{Vocabulary, WordId};
use super::{LONG_IN_COMPOUND, PART_OF_COMPOUND};

/// Forms by their words.
#[derive(Debug)]
pub struct Words {
    /// Word → node of the forms that begin with it; 0 for none.
    first: Vec<u32>,
    steps: Steps,
    nodes: Vec<Node>,
    /// Form → another form of the same words, plus one: forms differ in blanks too (`98 %`, `98%`).
    same: Vec<u32>,
    compounds: Option<Compounds>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// Form that ends here, plus one; 0 for none.
    form: u32,
    /// The words with which forms go on from here, a bit for each ([`bit`]): most words of a text go on with none, and need not
    /// be looked for among the steps.
    next: u32,
}

/// The bit of a word, which others share; the word of no form has none.
#[inline]
fn bit(word: WordId) -> u32 {
    u32::from(word != 0) << (word % u32::BITS)
}

/// What a search looks at.
#[derive(Clone, Copy)]
struct Look<'a> {
    bytes: &'a [u8],
    forms: &'a Forms,
    vocabulary: &'a Vocabulary,
}

impl Words {
    /// A trie of folded forms; with `compounds`, a long form may also begin or end a longer word.
    pub fn new(forms: &Forms, compounds: bool, vocabulary: &mut Vocabulary) -> Self {
        let mut trie = Self {
            first: vec![0],
            steps: Steps::default(),
            nodes: vec![Node::default()],
            same: vec![0; forms.len()],
            compounds: compounds.then(Compounds::default),
        };
        for form in 0..forms.len() {
            trie.add(form, forms.get(form), vocabulary);
        }
        trie.first.resize(vocabulary.last() + 1, 0);
        trie
    }

    fn add(&mut self, form: usize, text: &str, vocabulary: &mut Vocabulary) {
        let mut node = 0;
        vocabulary.add_all(text, |range, word| {
            if let Some(compounds) = self.compounds.as_mut().filter(|_| node == 0 && text.len() >= LONG_IN_COMPOUND) {
                compounds.add(&text.as_bytes()[range.clone()], range.end == text.len());
            }
            let next = self.nodes.len() as u32;
            let step = if node == 0 {
                if word as usize >= self.first.len() {
                    self.first.resize(word as usize + 1, 0);
                }
                let first = &mut self.first[word as usize];
                if *first == 0 {
                    *first = next;
                }
                *first
            } else {
                self.nodes[node as usize].next |= bit(word);
                self.steps.find_or_add(node, word, next)
            };
            if step == next {
                self.nodes.push(Node::default());
            }
            node = step;
        });
        self.same[form] = std::mem::replace(&mut self.nodes[node as usize].form, form as u32 + 1);
    }

    /// The node of the forms that begin with a word; 0 for none.
    #[inline]
    fn first(&self, word: WordId) -> u32 {
        // Words of other matchers of the language may have higher numbers.
        self.first.get(word as usize).copied().unwrap_or(0)
    }

    /// Calls `found` for every occurrence of every form among `words` of `text`.
    pub fn find(
        &self,
        text: &str,
        words: &[Token],
        (forms, vocabulary): (&Forms, &Vocabulary),
        mut found: impl FnMut(Range<usize>, usize),
    ) {
        let look = Look { bytes: text.as_bytes(), forms, vocabulary };
        for (position, token) in words.iter().enumerate() {
            let node = self.first(token.word);
            if node > 0 {
                self.walk(node, token.start, &words[position..], look, &mut found);
            }
            if let Some(compounds) = &self.compounds
                && (token.end - token.start) as usize > PART_OF_COMPOUND
            {
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
            let Node { form, next } = self.nodes[node as usize];
            if form > 0 {
                self.report(form, start as usize..token.end as usize, look, found);
            }
            if next == 0 {
                return;
            }
            match rest.next() {
                Some(next) => token = next,
                None => return,
            }
            if self.compounds.is_some() {
                self.begins(node, start, *token, look, found);
            }
            if next & bit(token.word) == 0 {
                return;
            }
            node = self.steps.find(node, token.word);
            if node == 0 {
                return;
            }
        }
    }

    /// Reports `form`, found at a node, and all of the same words, where they are spelled as the text is.
    fn report(&self, mut form: u32, range: Range<usize>, look: Look<'_>, found: &mut impl FnMut(Range<usize>, usize)) {
        while form > 0 {
            let index = form as usize - 1;
            if look.forms.get(index).as_bytes() == &look.bytes[range.clone()] {
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
            let word = look.vocabulary.find(look.bytes, token.start as usize..end as usize);
            let next = self.steps.find(node, word);
            if next > 0 {
                self.report(self.nodes[next as usize].form, start as usize..end as usize, look, found);
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
        let (start, end) = (token.start as usize, token.end as usize);
        let word = &look.bytes[start..end];
        compounds.prefixes(word, |len| {
            let node = self.first(look.vocabulary.find(look.bytes, start..start + len));
            if node > 0 {
                self.report(self.nodes[node as usize].form, start..start + len, look, found);
            }
        });
        compounds.suffixes(word, |len| {
            let node = self.first(look.vocabulary.find(look.bytes, end - len..end));
            if node > 0 {
                let mut long = |range: Range<usize>, form: usize| {
                    // A form may not be cut at both ends: a whole last word is required here.
                    let is_cut = words
                        .iter()
                        .any(|other| other.range().contains(&range.end) && other.start as usize != range.end);
                    if range.len() >= LONG_IN_COMPOUND && !is_cut {
                        found(range, form);
                    }
                };
                self.walk(node, (end - len) as u32, words, look, &mut long);
            }
        });
    }
}

/// (node, word) → node, in an open-addressed table that is never more than half full.
#[derive(Debug)]
struct Steps {
    /// (node, word, next); next is 0 where the slot is empty. A power of two.
    slots: Vec<(u32, WordId, u32)>,
    len: usize,
}

impl Default for Steps {
    fn default() -> Self {
        Self { slots: vec![(0, 0, 0); 1024], len: 0 }
    }
}

impl Steps {
    /// Where a step is or would be.
    #[inline]
    fn slot(&self, node: u32, word: WordId) -> usize {
        let mask = self.slots.len() - 1;
        let spread = (u64::from(node) << 32 | u64::from(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut slot = (spread >> 32) as usize & mask;
        while self.slots[slot].2 != 0 && (self.slots[slot].0, self.slots[slot].1) != (node, word) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Where a step leads; 0 for nowhere. No step is made by a word of no form.
    #[inline]
    fn find(&self, node: u32, word: WordId) -> u32 {
        if word == 0 { 0 } else { self.slots[self.slot(node, word)].2 }
    }

    /// Where a step leads, to `next` if it led nowhere.
    fn find_or_add(&mut self, node: u32, word: WordId, next: u32) -> u32 {
        if 2 * self.len >= self.slots.len() {
            let slots = vec![(0, 0, 0); 4 * self.slots.len()];
            for (node, word, next) in std::mem::replace(&mut self.slots, slots) {
                if next > 0 {
                    let slot = self.slot(node, word);
                    self.slots[slot] = (node, word, next);
                }
            }
        }
        let slot = self.slot(node, word);
        if self.slots[slot].2 == 0 {
            self.slots[slot] = (node, word, next);
            self.len += 1;
        }
        self.slots[slot].2
    }
}
