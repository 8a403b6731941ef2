//! A trie whose steps are words and single signs, or single letters.

use super::compounds::Compounds;
use super::patterns::Forms;
use super::text::Token;
use super::vocabulary::{Entry, Vocabulary, WordId};
use super::{LONG_IN_COMPOUND, PART_OF_COMPOUND};

/// Forms by their words.
#[derive(Debug)]
pub struct Words {
    /// What the words have with which forms begin.
    mark: Entry,
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

/// An occurrence of a form.
#[derive(Debug, Clone, Copy)]
pub struct Match {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The form.
    pub form: u32,
}

/// A search of a text for the forms of a trie.
struct Search<'a> {
    trie: &'a Words,
    bytes: &'a [u8],
    forms: &'a Forms,
    vocabulary: &'a Vocabulary,
    found: &'a mut Vec<Match>,
}

impl Words {
    /// A trie of folded forms; with `compounds`, a long form may also begin or end a longer word.
    pub fn new(forms: &Forms, compounds: bool, vocabulary: &mut Vocabulary) -> Self {
        let mut trie = Self {
            mark: vocabulary.mark(),
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
        vocabulary.add_all(text, self.mark, |range, word| {
            if let Some(compounds) = &mut self.compounds
                && text.len() >= LONG_IN_COMPOUND
            {
                let part = &text.as_bytes()[range.clone()];
                if node == 0 { compounds.add(part, range.end == text.len()) } else { compounds.add_later(part) }
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

    /// Adds every occurrence of every form among `words` of `text` to `found`.
    pub fn find(
        &self,
        text: &str,
        words: &[Token],
        (forms, vocabulary): (&Forms, &Vocabulary),
        found: &mut Vec<Match>,
    ) {
        let mut search = Search { trie: self, bytes: text.as_bytes(), forms, vocabulary, found };
        for (position, token) in words.iter().enumerate() {
            if token.entry.has(self.mark) {
                search.walk(self.first(token.entry.word()), token.start, &words[position..]);
            }
            if let Some(compounds) = &self.compounds
                && (token.end - token.start) as usize > PART_OF_COMPOUND
            {
                search.parts(compounds, &words[position..]);
            }
        }
    }
}

impl Search<'_> {
    /// Follows the forms that go on from `node`, reached at the first of `words`; `start` is where they begin.
    #[inline]
    fn walk(&mut self, mut node: u32, start: u32, words: &[Token]) {
        let trie = self.trie;
        let mut end = words[0].end;
        for token in &words[1..] {
            let Node { form, next } = trie.nodes[node as usize];
            if form > 0 {
                self.report(form, start, end);
            }
            if next == 0 {
                return;
            }
            if let Some(compounds) = &trie.compounds {
                self.begins(compounds, node, start, *token);
            }
            let word = token.entry.word();
            if next & bit(word) == 0 {
                return;
            }
            node = trie.steps.find(node, word);
            if node == 0 {
                return;
            }
            end = token.end;
        }
        self.report(trie.nodes[node as usize].form, start, end);
    }

    /// Reports `form`, found at a node, and all of the same words, where they are spelled as the text is.
    #[inline]
    fn report(&mut self, form: u32, start: u32, end: u32) {
        if form == 0 {
            return;
        }
        let number = form - 1;
        if self.forms.stands(number, self.bytes, start, end) {
            self.found.push(Match { start, end, form: number });
        }
        let same = self.trie.same[number as usize];
        if same > 0 {
            self.report_same(same, start, end);
        }
    }

    /// [`Search::report`] of the second form of the same words, kept apart because hardly any words have one.
    #[inline(never)]
    fn report_same(&mut self, form: u32, start: u32, end: u32) {
        self.report(form, start, end);
    }

    /// Forms whose last word, a step from `node`, only begins the word `token`.
    fn begins(&mut self, compounds: &Compounds, node: u32, start: u32, token: Token) {
        compounds.later(&self.bytes[token.range()], |len| {
            let end = token.start + len as u32;
            let word = self.vocabulary.find(self.bytes, token.start as usize..end as usize);
            let next = self.trie.steps.find(node, word);
            if next > 0 && (end - start) as usize >= LONG_IN_COMPOUND {
                self.report(self.trie.nodes[next as usize].form, start, end);
            }
        });
    }

    /// Forms that begin or end the first of `words`, a longer word.
    fn parts(&mut self, compounds: &Compounds, words: &[Token]) {
        let token = words[0];
        let (start, end) = (token.start as usize, token.end as usize);
        let word = &self.bytes[start..end];
        compounds.prefixes(word, |len| {
            let node = self.trie.first(self.vocabulary.find(self.bytes, start..start + len));
            if node > 0 {
                self.report(self.trie.nodes[node as usize].form, token.start, token.start + len as u32);
            }
        });
        compounds.suffixes(word, |len| {
            let node = self.trie.first(self.vocabulary.find(self.bytes, end - len..end));
            if node > 0 {
                self.walk_from_suffix(node, token.end - len as u32, words);
            }
        });
    }

    /// The same as [`Search::walk`] from the end of a longer word: a form may not be cut at both ends, so that its last word must be
    /// whole.
    #[inline(never)]
    fn walk_from_suffix(&mut self, node: u32, start: u32, words: &[Token]) {
        let before = self.found.len();
        self.walk(node, start, words);
        let is_cut = |at: u32| words.iter().any(|other| (other.start..other.end).contains(&at) && other.start != at);
        let mut kept = before;
        for number in before..self.found.len() {
            let found = self.found[number];
            if (found.end - start) as usize >= LONG_IN_COMPOUND && !is_cut(found.end) {
                self.found[kept] = found;
                kept += 1;
            }
        }
        self.found.truncate(kept);
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
