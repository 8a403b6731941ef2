//! The measures whose words stand in a sentence, before any is preferred.
//!
//! A measure in parts is put together here. Its rarest part, the anchor, was found with the names ([`super::scan`]); the other
//! parts are looked for only in a sentence with an anchor, and only where all of them are there is the order of the words
//! looked at. Most sentences are left after the first two steps, which need no word counted.

use std::ops::Range;

use super::scan::{Hit, Scan, within};
use super::sentence_view::{FoundMeasure, SentenceView};
use crate::lexicon::language::Sequence;
use crate::lexicon::matcher::Text;
use crate::lexicon::{LanguageLexicon, Payload};

/// Looks for measures in one sentence of a document after another, with memory kept from one to the next.
#[derive(Debug)]
pub struct Candidates<'a, 's> {
    lexicon: &'a LanguageLexicon,
    text: &'s Text<'s>,
    scan: &'s Scan,
    classes: &'s mut Classes,
    /// Words of the sentence that are parts of measures; those of one class in order of position.
    spots: Vec<Spot<'s>>,
    /// The same, once for each class that is needed, the last first.
    atoms: Vec<Atom>,
    /// Measures all of whose parts are there.
    sequences: Vec<&'a Sequence>,
}

/// What is known of each class, kept from document to document: there are thousands, and nothing need be undone, for what is noted
/// of one sentence says nothing in another.
#[derive(Debug, Default)]
pub struct Classes {
    /// The sentence looked at, of all looked at with this memory.
    sentence: u32,
    /// The classes met in the sentence: all of them fit where memory is nearest.
    met: BitSet,
    /// Class → the last sentence in which its measures were looked at.
    looked: Vec<u32>,
    /// Class → the last sentence in which a measure may need it.
    needed: Vec<u32>,
    /// Class → its first atom in the sentence plus one, 0 for none; set where `needed` is this sentence.
    first: Vec<u32>,
}

impl Classes {
    /// Makes room for so many classes.
    fn prepare(&mut self, len: usize) {
        if self.looked.len() < len || self.sentence > u32::MAX / 2 {
            let (none, met) = (vec![0; len], BitSet(vec![0; len / 64 + 1]));
            *self = Self { sentence: 0, met, looked: none.clone(), needed: none.clone(), first: none };
        }
    }
}

/// Classes, a bit for each.
#[derive(Debug, Default)]
struct BitSet(Vec<u64>);

impl BitSet {
    fn clear(&mut self) {
        self.0.fill(0);
    }

    #[inline]
    fn insert(&mut self, class: usize) {
        self.0[class / 64] |= 1 << (class % 64);
    }

    #[inline]
    fn has(&self, class: u32) -> bool {
        self.0[class as usize / 64] >> (class % 64) & 1 == 1
    }
}

/// Words that are parts of measures, with the classes they are of: half a dozen, of which hardly one is needed.
#[derive(Debug)]
struct Spot<'s> {
    start: u32,
    end: u32,
    classes: &'s [Payload],
}

impl<'s> Spot<'s> {
    fn new(bytes: &Range<usize>, classes: &'s [Payload]) -> Self {
        Self { start: bytes.start as u32, end: bytes.end as u32, classes }
    }

    fn classes(&self) -> impl Iterator<Item = usize> + 's {
        self.classes.iter().filter_map(|payload| match payload {
            Payload::Class(class) => Some(*class as usize),
            _ => None,
        })
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
    /// For the sentences of `text`.
    pub fn new(lexicon: &'a LanguageLexicon, text: &'s Text<'s>, scan: &'s Scan, classes: &'s mut Classes) -> Self {
        classes.prepare(lexicon.anchored.len());
        Self { lexicon, text, scan, classes, spots: Vec::new(), atoms: Vec::new(), sequences: Vec::new() }
    }

    /// Whether the words of any measure stand in the sentence at `bytes`, in whatever order.
    pub fn look(&mut self, bytes: &Range<usize>) -> bool {
        self.classes.sentence += 1;
        self.spots.clear();
        self.sequences.clear();
        let hits = within(&self.scan.words, bytes);
        for hit in hits {
            if matches!(hit.payload, Payload::Class(_)) {
                self.spots.push(Spot::new(&hit.range, std::slice::from_ref(&hit.payload)));
            }
        }
        if !self.spots.is_empty() {
            self.add_parts(bytes);
            self.put_together(hits);
        }
        !self.sequences.is_empty() || hits.iter().any(|hit| matches!(hit.payload, Payload::Measure(_)))
    }

    /// Finds the parts that are no anchors.
    fn add_parts(&mut self, bytes: &Range<usize>) {
        let anchors = self.spots.len();
        let (spots, scan, lexicon) = (&mut self.spots, self.scan, self.lexicon);
        lexicon.parts.find(self.text, bytes, &lexicon.vocabulary, |range, classes| {
            if !scan.is_hidden(&range) {
                spots.push(Spot::new(&range, classes));
            }
        });
        // No class is both anchor and other part. Parts inside a compound may come out of order.
        let order = |spot: &Spot<'_>| (spot.start, spot.end);
        if !self.spots[anchors..].is_sorted_by_key(order) {
            self.spots[anchors..].sort_by_key(order);
        }
        let met = &mut self.classes.met;
        met.clear();
        self.spots.iter().flat_map(Spot::classes).for_each(|class| met.insert(class));
    }

    /// Finds the measures of the anchors among `hits` of which every part is there.
    fn put_together(&mut self, hits: &[Hit]) {
        let lexicon = self.lexicon;
        let Classes { sentence, met, looked, needed, first } = &mut *self.classes;
        let sentence = *sentence;
        for hit in hits {
            let Payload::Class(class) = hit.payload else { continue };
            // Another hit of the same class has brought its measures in.
            if std::mem::replace(&mut looked[class as usize], sentence) == sentence {
                continue;
            }
            for anchored in &lexicon.anchored[class as usize] {
                if !met.has(anchored.other) {
                    continue;
                }
                let sequence = &lexicon.sequences[anchored.sequence as usize];
                let is_there = sequence.parts.iter().all(|(class, _)| met.has(*class));
                if is_there && (self.scan.has_goods || !lexicon.measures[sequence.measure as usize].requires.goods) {
                    self.sequences.push(sequence);
                }
            }
        }
        for (class, _) in self.sequences.iter().flat_map(|sequence| &sequence.parts) {
            needed[*class as usize] = sentence;
            first[*class as usize] = 0;
        }
    }

    /// Strings together the atoms of each class that is needed, and counts their words.
    fn link(&mut self, view: &SentenceView<'_>) {
        let Classes { sentence, needed, first, .. } = &mut *self.classes;
        self.atoms.clear();
        for spot in self.spots.iter().rev() {
            let mut counted = None;
            for class in spot.classes() {
                if needed[class] != *sentence {
                    continue;
                }
                let words = *counted.get_or_insert_with(|| {
                    let words = view.span(&(spot.start as usize..spot.end as usize)).words;
                    (words.start as u32, words.end as u32)
                });
                let number = self.atoms.len() as u32 + 1;
                let next = std::mem::replace(&mut first[class], number);
                self.atoms.push(Atom { start: spot.start, end: spot.end, words, next });
            }
        }
    }

    /// The measures in the sentence last looked at, which `view` sees.
    pub fn of(&mut self, view: &SentenceView<'a>) -> Vec<FoundMeasure<'a>> {
        let measures = &self.lexicon.measures;
        let mut found = Vec::new();
        for hit in within(&self.scan.words, &view.bytes) {
            if let Payload::Measure(index) = hit.payload {
                found.push(FoundMeasure { span: view.span(&hit.range), measure: &measures[index as usize] });
            }
        }
        if self.sequences.is_empty() {
            return found;
        }
        self.link(view);
        for sequence in &self.sequences {
            for first in self.of_class(sequence.parts[0].0) {
                if let Some(end) = self.follow(&sequence.parts[1..], first) {
                    let span = view.span(&(first.start as usize..end));
                    found.push(FoundMeasure { span, measure: &measures[sequence.measure as usize] });
                }
            }
        }
        found
    }

    /// The atoms of a class, in order of position.
    fn of_class(&self, class: u32) -> impl Iterator<Item = &Atom> {
        let mut next = self.classes.first[class as usize];
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
