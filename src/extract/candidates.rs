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
    /// The sentence looked at, by its place in the document, from 1.
    sentence: u32,
    /// Class → the last sentence it was met in.
    met: Vec<u32>,
    /// Class → the last sentence in which a measure may need it.
    needed: Vec<u32>,
    /// Parts of measures in the sentence; those of one class in order of position.
    atoms: Vec<Atom>,
    /// Class → its first atom in the sentence plus one, 0 for none; set where `needed` is this sentence.
    first: Vec<u32>,
    /// Measures all of whose parts are there.
    sequences: Vec<&'a Sequence>,
}

/// A part of a measure, where it stands.
#[derive(Debug, Clone)]
struct Atom {
    start: u32,
    end: u32,
    /// Its first word and one past its last; counted only where a measure may need the part.
    words: (u32, u32),
    class: u32,
    /// The next atom of the class plus one, 0 for none: a measure asks only for atoms of its own classes.
    next: u32,
}

impl Atom {
    fn new(bytes: &Range<usize>, class: u32) -> Self {
        Self { start: bytes.start as u32, end: bytes.end as u32, words: (0, 0), class, next: 0 }
    }

    fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<'a, 's> Candidates<'a, 's> {
    /// For the sentences of `text`.
    pub fn new(lexicon: &'a LanguageLexicon, text: &'s Text<'s>, scan: &'s Scan) -> Self {
        let none = vec![0; lexicon.anchored.len()];
        Self {
            lexicon,
            text,
            scan,
            sentence: 0,
            met: none.clone(),
            needed: none.clone(),
            first: none,
            atoms: Vec::new(),
            sequences: Vec::new(),
        }
    }

    /// Whether the words of any measure stand in the sentence at `bytes`, in whatever order.
    pub fn look(&mut self, bytes: &Range<usize>) -> bool {
        self.sentence += 1;
        self.atoms.clear();
        self.sequences.clear();
        let hits = within(&self.scan.words, bytes);
        for hit in hits {
            if let Payload::Class(class) = hit.payload {
                self.atoms.push(Atom::new(&hit.range, class));
            }
        }
        if !self.atoms.is_empty() {
            self.add_parts(bytes);
            self.put_together(hits);
        }
        !self.sequences.is_empty() || hits.iter().any(|hit| matches!(hit.payload, Payload::Measure(_)))
    }

    /// Finds the parts that are no anchors.
    fn add_parts(&mut self, bytes: &Range<usize>) {
        let anchors = self.atoms.len();
        let (atoms, scan) = (&mut self.atoms, self.scan);
        self.lexicon.parts.find(self.text, bytes, &self.lexicon.vocabulary, |range, payloads| {
            if scan.is_hidden(&range) {
                return;
            }
            for payload in payloads {
                if let Payload::Class(class) = *payload {
                    atoms.push(Atom::new(&range, class));
                }
            }
        });
        // No class is both anchor and other part. Parts inside a compound may come out of order.
        let order = |atom: &Atom| (atom.start, atom.end);
        if !self.atoms[anchors..].is_sorted_by_key(order) {
            self.atoms[anchors..].sort_by_key(order);
        }
        for atom in &self.atoms {
            self.met[atom.class as usize] = self.sentence;
        }
    }

    /// Finds the measures of the anchors among `hits` of which every part is there.
    fn put_together(&mut self, hits: &[Hit]) {
        let (lexicon, sentence) = (self.lexicon, self.sentence);
        for hit in hits {
            let Payload::Class(class) = hit.payload else { continue };
            // Another hit of the same class has brought its measures in.
            if std::mem::replace(&mut self.needed[class as usize], sentence) == sentence {
                continue;
            }
            for anchored in &lexicon.anchored[class as usize] {
                if self.met[anchored.other as usize] != sentence {
                    continue;
                }
                let sequence = &lexicon.sequences[anchored.sequence as usize];
                let is_there = sequence.parts.iter().all(|(class, _)| self.met[*class as usize] == sentence);
                if is_there && (self.scan.has_goods || !lexicon.measures[sequence.measure as usize].requires.goods) {
                    self.sequences.push(sequence);
                }
            }
        }
        for (class, _) in self.sequences.iter().flat_map(|sequence| &sequence.parts) {
            self.needed[*class as usize] = sentence;
            self.first[*class as usize] = 0;
        }
    }

    /// Strings together the atoms of each class that is needed, and counts their words.
    fn link(&mut self, view: &SentenceView<'_>) {
        let mut last = (0..0, (0, 0));
        for i in (0..self.atoms.len()).rev() {
            let atom = &mut self.atoms[i];
            let class = atom.class as usize;
            // Classes of the anchors looked at are marked as needed too: nothing asks for those of no sequence.
            if self.needed[class] != self.sentence {
                continue;
            }
            // Several classes often hold the same form.
            let bytes = atom.bytes();
            if last.0 != bytes {
                let words = view.span(&bytes).words;
                last = (bytes, (words.start as u32, words.end as u32));
            }
            atom.words = last.1;
            atom.next = std::mem::replace(&mut self.first[class], i as u32 + 1);
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
