//! A search for forms whose steps are words and single signs, or single letters.

use std::ops::Range;

use super::compounds::Compounds;
use super::patterns::{Forms, Records};
use super::text::Token;
use super::trie::{Builder, Ending, Goal, Node, Reached, Trie};
use super::vocabulary::{Entry, Vocabulary};
use super::{LONG_IN_COMPOUND, PART_OF_COMPOUND};

/// Forms by their words.
#[derive(Debug)]
pub struct Words {
    /// What the words have with which forms begin.
    mark: Entry,
    trie: Trie,
    records: Records,
    compounds: Option<Compounds>,
}

/// An occurrence of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The list of what the form stands for; while it is being looked for, the place of its record.
    pub list: u32,
}

impl Match {
    /// Its bytes.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A search of a text for the forms of a trie.
struct Search<'a> {
    trie: &'a Trie,
    compounds: Option<&'a Compounds>,
    bytes: &'a [u8],
    vocabulary: &'a Vocabulary,
    found: &'a mut Vec<Match>,
}

impl Words {
    /// A trie of folded forms, with their records; with `compounds`, a long form may also begin or end a longer word.
    pub fn new(forms: &Forms, lists: &[u32], compounds: bool, vocabulary: &mut Vocabulary) -> Self {
        let mark = vocabulary.mark();
        let mut compounds = compounds.then(Compounds::default);
        let mut trie = Builder::default();
        for form in 0..forms.len() {
            let text = forms.get(form);
            let mut node = 0;
            vocabulary.add_all(text, mark, |range, word| {
                if let Some(compounds) = &mut compounds
                    && text.len() >= LONG_IN_COMPOUND
                {
                    let part = &text.as_bytes()[range.clone()];
                    if node == 0 { compounds.add(part, range.end == text.len()) } else { compounds.add_later(part) }
                }
                node = trie.step(node, word);
            });
            trie.end(node, form);
        }
        let (records, places) = Records::new(forms, lists);
        Self { mark, trie: trie.pack(&places), records, compounds }
    }

    /// Adds every occurrence of every form among `words` of `text` to `found`, which is empty.
    pub fn find(&self, text: &str, words: &[Token], vocabulary: &Vocabulary, found: &mut Vec<Match>) {
        let (trie, compounds, bytes) = (&self.trie, self.compounds.as_ref(), text.as_bytes());
        let mut search = Search { trie, compounds, bytes, vocabulary, found };
        for (position, token) in words.iter().enumerate() {
            if token.entry.has(self.mark) {
                search.walk(trie.first(token.entry.word()), token.start, &words[position..]);
            }
            if let Some(compounds) = compounds
                && (token.end - token.start) as usize > PART_OF_COMPOUND
            {
                search.parts(compounds, &words[position..]);
            }
        }
        // What one form waits for, memory brings while others are looked at.
        found.retain_mut(|found| {
            let list = self.records.list_of(found.list, bytes, found.start, found.end);
            list.inspect(|list| found.list = *list).is_some()
        });
    }
}

impl Search<'_> {
    /// Follows the forms that go on from `goal`, reached at the first of `words`; `start` is where they begin. Most end there, or go
    /// on with another word than the next.
    #[inline(always)]
    fn walk(&mut self, goal: Goal, start: u32, words: &[Token]) {
        let end = words[0].end;
        let node = match goal.reached() {
            Reached::Nowhere => return,
            Reached::Form(ending) => return self.report(ending, start, end),
            Reached::Node(node) => self.trie.node(node),
        };
        self.report(node.ending(), start, end);
        let next = words.get(1).map_or(0, |token| token.entry.word());
        if node.may_go_on(next) || self.compounds.is_some() {
            self.walk_on(node, start, &words[1..]);
        }
    }

    /// The same from a node, with what follows it.
    #[inline(never)]
    fn walk_on(&mut self, mut node: Node, start: u32, words: &[Token]) {
        for token in words {
            if let Some(compounds) = self.compounds {
                self.begins(compounds, node, start, *token);
            }
            node = match self.trie.step(node, token.entry.word()).reached() {
                Reached::Nowhere => return,
                Reached::Form(ending) => return self.report(ending, start, token.end),
                Reached::Node(node) => self.trie.node(node),
            };
            self.report(node.ending(), start, token.end);
        }
    }

    /// Notes the form of an ending, and all of the same words: whether they are spelled as the text is, is told in the end.
    #[inline]
    fn report(&mut self, ending: Ending, start: u32, end: u32) {
        if let Some(form) = ending.form() {
            self.found.push(Match { start, end, list: form });
            if ending.has_same() {
                self.report_same(form, start, end);
            }
        }
    }

    /// [`Search::report`] of the other forms of the same words, kept apart because hardly any words have one.
    #[inline(never)]
    fn report_same(&mut self, form: u32, start: u32, end: u32) {
        self.report(self.trie.same(form), start, end);
    }

    /// Forms whose last word, a step from `node`, only begins the word `token`.
    fn begins(&mut self, compounds: &Compounds, node: Node, start: u32, token: Token) {
        compounds.later(&self.bytes[token.range()], |len| {
            let end = token.start + len as u32;
            let word = self.vocabulary.find(self.bytes, token.start as usize..end as usize);
            if word > 0 && (end - start) as usize >= LONG_IN_COMPOUND {
                self.report(self.trie.ending(self.trie.step(node, word)), start, end);
            }
        });
    }

    /// Forms that begin or end the first of `words`, a longer word.
    fn parts(&mut self, compounds: &Compounds, words: &[Token]) {
        let token = words[0];
        let (start, end) = (token.start as usize, token.end as usize);
        let word = &self.bytes[start..end];
        compounds.prefixes(word, |len| {
            let goal = self.trie.first(self.vocabulary.find(self.bytes, start..start + len));
            self.report(self.trie.ending(goal), token.start, token.start + len as u32);
        });
        compounds.suffixes(word, |len| {
            let goal = self.trie.first(self.vocabulary.find(self.bytes, end - len..end));
            if goal != Goal::default() {
                self.walk_from_suffix(goal, token.end - len as u32, words);
            }
        });
    }

    /// The same as [`Search::walk`] from the end of a longer word: a form may not be cut at both ends, so that its last word must be
    /// whole.
    #[inline(never)]
    fn walk_from_suffix(&mut self, goal: Goal, start: u32, words: &[Token]) {
        let before = self.found.len();
        self.walk(goal, start, words);
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
