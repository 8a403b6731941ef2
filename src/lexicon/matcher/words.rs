//! A search for forms whose steps are words and single signs, or single letters.

use std::ops::Range;

use super::LONG_IN_COMPOUND;
use super::compounds::Compounds;
use super::patterns::{Forms, Records};
use super::text::{Inner, Text, Token};
use super::trie::{Builder, Ending, Goal, Node, Reached, Trie};
use super::vocabulary::{Entry, Vocabulary};

/// Forms by their words.
#[derive(Debug)]
pub struct Words {
    /// What the words have with which forms begin.
    mark: Entry,
    trie: Trie,
    records: Records,
    parts: Parts,
}

/// How forms that begin or end longer words are found.
#[derive(Debug)]
enum Parts {
    /// There are none.
    None,
    /// Each time, by the matcher's own table: of the matcher that is run over every text.
    Own(Compounds),
    /// Once a text, for all other matchers of the language ([`Text::inner`]).
    Shared,
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
    mark: Entry,
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
        let is_first = mark == Entry::FIRST;
        let mut compounds =
            compounds.then(|| if is_first { Compounds::default() } else { std::mem::take(&mut vocabulary.compounds) });
        let mut trie = Builder::for_forms(forms.len());
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
        let parts = match compounds {
            None => Parts::None,
            Some(own) if is_first => Parts::Own(own),
            Some(shared) => {
                vocabulary.compounds = shared;
                Parts::Shared
            }
        };
        Self { mark, trie: trie.pack(&places), records, parts }
    }

    /// Adds every occurrence of every form that lies in `range` of `text` to `found`, which is empty.
    pub fn find(&self, text: &Text<'_>, range: &Range<usize>, vocabulary: &Vocabulary, found: &mut Vec<Match>) {
        let (trie, bytes) = (&self.trie, text.folded.as_bytes());
        let numbers = text.numbers(range);
        let words = text.tokens(&numbers);
        let from = |position: usize| &words[position..];
        let compounds = match &self.parts {
            Parts::None => None,
            Parts::Own(compounds) => Some(compounds),
            Parts::Shared => Some(&vocabulary.compounds),
        };
        let mut search = Search { mark: self.mark, trie, compounds, bytes, vocabulary, found };
        match &self.parts {
            Parts::None => search.begin_all(words),
            Parts::Own(compounds) => {
                for (position, token) in words.iter().enumerate() {
                    search.begin(from(position));
                    compounds.inner(*token, bytes, vocabulary, |part| search.part(part, from(position)));
                }
            }
            Parts::Shared => {
                let mut inner = text.inner(numbers.start, vocabulary);
                for (position, token) in words.iter().enumerate() {
                    search.begin(from(position));
                    while let Some((part, rest)) = inner.split_first().filter(|(part, _)| part.end <= token.end) {
                        search.part(*part, from(position));
                        inner = rest;
                    }
                }
            }
        }
        // What one form waits for, memory brings while others are looked at.
        found.retain_mut(|found| {
            let list = self.records.list_of(found.list, bytes, found.start, found.end);
            list.inspect(|list| found.list = *list).is_some()
        });
    }
}

/// Words looked at together.
const TOGETHER: usize = 256;

impl Search<'_> {
    /// Follows the forms that begin with each of `words`, none of which is part of another. Most begin none, or go on with another word
    /// than the next: these are sorted out first, without a branch, so that the others' places in memory are read side by side.
    fn begin_all(&mut self, words: &[Token]) {
        let mut marked = [0_u32; TOGETHER];
        let mut leading = [(Goal::default(), 0_u32); TOGETHER];
        for (first, together) in (0..).step_by(TOGETHER).zip(words.chunks(TOGETHER)) {
            let (mut count, mut led) = (0, 0);
            for (number, token) in (first..).zip(together) {
                marked[count] = number;
                count += usize::from(token.entry.has(self.mark));
            }
            for &number in &marked[..count] {
                let word = words[number as usize].entry.word();
                let next = words.get(number as usize + 1).map_or(0, |token| token.entry.word());
                let first = self.trie.first(word);
                leading[led] = (first.goal, number);
                led += usize::from(first.may_lead_to(next));
            }
            for &(goal, number) in &leading[..led] {
                let words = &words[number as usize..];
                self.walk(goal, words[0].start, words);
            }
        }
    }

    /// Follows the forms that begin with the first of `words`.
    #[inline(always)]
    fn begin(&mut self, words: &[Token]) {
        let token = words[0];
        if token.entry.has(self.mark) {
            self.walk(self.trie.first(token.entry.word()).goal, token.start, words);
        }
    }

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
            let word = self.vocabulary.find(self.bytes, token.start as usize..end as usize).word();
            if word > 0 && (end - start) as usize >= LONG_IN_COMPOUND {
                self.report(self.trie.ending(self.trie.step(node, word)), start, end);
            }
        });
    }

    /// Forms of which the beginning or the end of the first of `words`, a longer word, is a word.
    fn part(&mut self, part: Inner, words: &[Token]) {
        if !part.entry.has(self.mark) {
            return;
        }
        let goal = self.trie.first(part.entry.word()).goal;
        if part.start == words[0].start {
            self.report(self.trie.ending(goal), part.start, part.end);
        } else {
            self.walk_from_suffix(goal, part.start, words);
        }
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
