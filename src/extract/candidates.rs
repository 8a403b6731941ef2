//! The measures whose words stand in a sentence, before any is preferred.
//!
//! A measure in parts is put together here. Its parts were found before ([`super::scan`]), the rarest of them, the anchor, apart from the
//! others; only where all of them are in one sentence is the order of the words looked at. A document that holds no measure's
//! parts is left first, and then most sentences: neither needs a word counted.

use std::ops::Range;

use super::scan::{Scan, within};
use super::sentence_view::{FoundMeasure, WordCursor};
use crate::lexicon::LanguageLexicon;
use crate::lexicon::matcher::Match;
use crate::lexicon::sequences::ClassSet;

/// Looks for measures in one sentence of a document after another.
#[derive(Debug)]
pub struct Candidates<'a, 's> {
    lexicon: &'a LanguageLexicon,
    scan: &'s Scan,
    workspace: &'s mut Workspace,
    /// Words of the sentence that are measures or anchors.
    words: &'s [Match],
    /// Parts before the sentence.
    passed: usize,
}

/// Memory for the search, kept from document to document.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Words of the sentence that are parts of measures, but no anchors, in order of position.
    parts: Vec<Match>,
    /// The classes met in the sentence.
    met: ClassSet,
    /// Measures in parts all of which are there.
    sequences: Vec<u32>,
    /// The classes of these.
    needed: ClassSet,
    /// The same words, once for each class that is needed, the last first.
    atoms: Vec<Atom>,
    /// Class → its first atom in the sentence plus one, 0 for none; set where it is needed.
    first: Vec<u32>,
}

impl Workspace {
    /// Makes room for so many classes.
    fn prepare(&mut self, classes: usize) {
        self.met.reserve(classes);
        self.needed.reserve(classes);
        if self.first.len() < classes {
            self.first.resize(classes, 0);
        }
    }

    /// The atoms of a class, in order of position.
    fn of_class(&self, class: u32) -> impl Iterator<Item = &Atom> {
        let mut next = self.first[class as usize];
        std::iter::from_fn(move || {
            let atom = self.atoms.get((next as usize).checked_sub(1)?)?;
            next = atom.next;
            Some(atom)
        })
    }

    /// The byte at which the rest of a sequence ends, each part within its gap of the one before.
    fn follow(&self, parts: &[(u32, u32)], last: &Atom) -> Option<usize> {
        let Some(&(class, gap)) = parts.first() else { return Some(last.end as usize) };
        let reach = last.words.1 + gap;
        self.of_class(class)
            .take_while(|atom| atom.words.0 <= reach)
            .filter(|atom| atom.start >= last.end)
            .find_map(|atom| self.follow(&parts[1..], atom))
    }
}

/// A part of a measure, where it stands.
#[derive(Debug, Clone)]
struct Atom {
    start: u32,
    end: u32,
    /// Its first word and one past its last.
    words: (u32, u32),
    /// The next atom of the class plus one, 0 for none: a measure asks only for atoms of its own classes.
    next: u32,
}

impl<'a: 's, 's> Candidates<'a, 's> {
    /// For the sentences of a document, one after the other.
    pub fn new(lexicon: &'a LanguageLexicon, scan: &'s Scan, workspace: &'s mut Workspace) -> Self {
        workspace.prepare(lexicon.classes);
        Self { lexicon, scan, workspace, words: &[], passed: 0 }
    }

    /// Whether the words of any measure that might be stated stand in the document, in whatever order and sentences.
    pub fn are_in_document(&mut self) -> bool {
        let (lexicon, scan) = (self.lexicon, self.scan);
        let met = &mut self.workspace.met;
        met.clear();
        scan.words.iter().for_each(|found| met.insert_all(lexicon.anchor_classes.of(found.list)));
        scan.parts.iter().for_each(|found| met.insert_all(lexicon.part_classes.of(found.list)));
        let may_state = |measure: u32| lexicon.measures[measure as usize].may_be_stated(scan.has_goods);
        scan.words.iter().any(|found| {
            let whole = lexicon.whole.of(found.list).iter().copied();
            let parted = complete(lexicon, (met, scan.has_goods), found)
                .map(|sequence| lexicon.sequences[sequence as usize].measure);
            whole.chain(parted).any(may_state)
        })
    }

    /// Whether the words of any measure stand in the sentence at `bytes`, in whatever order.
    pub fn look(&mut self, bytes: &Range<usize>) -> bool {
        let lexicon = self.lexicon;
        self.words = within(&self.scan.words, bytes, |found| found.range());
        self.workspace.sequences.clear();
        let has_anchor = |found: &Match| !lexicon.anchor_classes.of(found.list).is_empty();
        if self.words.iter().any(has_anchor) {
            self.add_parts(bytes);
            self.put_together();
        }
        !self.workspace.sequences.is_empty() || self.words.iter().any(|found| !lexicon.whole.of(found.list).is_empty())
    }

    /// Takes the parts of the sentence that are no anchors; a part that runs over its end joins two sentences by accident.
    fn add_parts(&mut self, bytes: &Range<usize>) {
        let (lexicon, scan) = (self.lexicon, self.scan);
        let Workspace { parts, met, .. } = &mut *self.workspace;
        let rest = &scan.parts[self.passed..];
        let begin_before = |byte: usize| move |part: &&Match| (part.start as usize) < byte;
        let before = rest.iter().take_while(begin_before(bytes.start)).count();
        self.passed += before;
        parts.clear();
        let here = rest[before..].iter().take_while(begin_before(bytes.end));
        parts.extend(here.filter(|part| part.end as usize <= bytes.end));
        met.clear();
        self.words.iter().for_each(|found| met.insert_all(lexicon.anchor_classes.of(found.list)));
        parts.iter().for_each(|found| met.insert_all(lexicon.part_classes.of(found.list)));
    }

    /// Finds the measures of the anchors of which every part is there.
    fn put_together(&mut self) {
        let (lexicon, has_goods) = (self.lexicon, self.scan.has_goods);
        let Workspace { met, sequences, needed, first, .. } = &mut *self.workspace;
        for found in self.words {
            for sequence in complete(lexicon, (met, has_goods), found) {
                // Another word of the anchor may have brought it in.
                if !sequences.contains(&sequence) {
                    sequences.push(sequence);
                }
            }
        }
        sequences.sort_unstable();
        needed.clear();
        for sequence in sequences {
            for (class, _) in &lexicon.sequences[*sequence as usize].parts {
                needed.insert(*class);
                first[*class as usize] = 0;
            }
        }
    }

    /// Strings together the atoms of each class that is needed, and counts their words.
    fn link(&mut self, cursor: &mut WordCursor<'_>) {
        let lexicon = self.lexicon;
        let Workspace { parts, needed, atoms, first, .. } = &mut *self.workspace;
        atoms.clear();
        let mut add = |found: &Match, pieces| {
            let mut counted = None;
            for class in needed.common(pieces) {
                let words = *counted.get_or_insert_with(|| {
                    let words = cursor.words(&found.range());
                    (words.start as u32, words.end as u32)
                });
                let number = atoms.len() as u32 + 1;
                let next = std::mem::replace(&mut first[class as usize], number);
                atoms.push(Atom { start: found.start, end: found.end, words, next });
            }
        };
        // No class is both anchor and other part.
        parts.iter().rev().for_each(|found| add(found, lexicon.part_classes.of(found.list)));
        self.words.iter().rev().for_each(|found| add(found, lexicon.anchor_classes.of(found.list)));
    }

    /// The measures in the sentence last looked at, of which `words` are the beginnings of words.
    pub fn of(&mut self, words: &[u32]) -> Vec<FoundMeasure<'a>> {
        let (lexicon, mut cursor) = (self.lexicon, WordCursor::new(words));
        let mut measures = Vec::new();
        let mut add = |bytes: Range<usize>, measure: u32| {
            let measure = &lexicon.measures[measure as usize];
            measures.push(FoundMeasure { span: cursor.span(&bytes), measure });
        };
        for found in self.words {
            lexicon.whole.of(found.list).iter().for_each(|measure| add(found.range(), *measure));
        }
        if self.workspace.sequences.is_empty() {
            return measures;
        }
        self.link(&mut WordCursor::new(words));
        for sequence in &self.workspace.sequences {
            let sequence = &lexicon.sequences[*sequence as usize];
            for first in self.workspace.of_class(sequence.parts[0].0) {
                if let Some(end) = self.workspace.follow(&sequence.parts[1..], first) {
                    add(first.start as usize..end, sequence.measure);
                }
            }
        }
        measures
    }
}

/// The measures in parts of which `found` is the anchor and every other part has been met.
#[inline]
fn complete<'l>(
    lexicon: &'l LanguageLexicon,
    (met, has_goods): (&'l ClassSet, bool),
    found: &Match,
) -> impl Iterator<Item = u32> + 'l {
    let mut list = lexicon.anchored.of(found.list);
    std::iter::from_fn(move || {
        while let Some(anchored) = list.first() {
            let [one, other] = anchored.others;
            if !met.has(one) {
                list = &list[anchored.alike as usize..];
                continue;
            }
            list = &list[1..];
            // Asked at once, without a branch between: hardly any have all.
            if !(met.has(other) & (has_goods | !anchored.requires_goods)) {
                continue;
            }
            let parts = &lexicon.sequences[anchored.sequence as usize].parts;
            if parts.iter().all(|(class, _)| met.has(*class)) {
                return Some(anchored.sequence);
            }
        }
        None
    })
}
