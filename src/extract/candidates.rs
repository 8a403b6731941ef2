//! The measures whose words stand in a sentence, before any is preferred.
//!
//! A measure in parts is put together here. Its rarest part, the anchor, was found with the names ([`super::scan`]); the other
//! parts are looked for only in a sentence with an anchor, and only where all of them are there is the order of the words
//! looked at. Most sentences are left after the first two steps, which need no word counted.

use std::ops::Range;

use super::scan::{Hit, Scan, within};
use super::sentence_view::{FoundMeasure, SentenceView, Span};
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
    /// Parts of measures in the sentence.
    atoms: Vec<(Range<usize>, u32)>,
    /// Measures all of whose parts are there.
    sequences: Vec<&'a Sequence>,
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
            needed: none,
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
                self.atoms.push((hit.range.clone(), class));
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
        let (atoms, scan) = (&mut self.atoms, self.scan);
        self.lexicon.parts.find(self.text, bytes, &self.lexicon.vocabulary, |range, payloads| {
            if scan.is_hidden(&range) {
                return;
            }
            for payload in payloads {
                if let Payload::Class(class) = *payload {
                    atoms.push((range.clone(), class));
                }
            }
        });
        for (_, class) in &self.atoms {
            self.met[*class as usize] = self.sentence;
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
            for sequence in &lexicon.anchored[class as usize] {
                let sequence = &lexicon.sequences[*sequence as usize];
                let is_there = sequence.parts.iter().all(|(class, _)| self.met[*class as usize] == sentence);
                if is_there && (self.scan.has_goods || !lexicon.measures[sequence.measure as usize].requires.goods) {
                    self.sequences.push(sequence);
                }
            }
        }
        for (class, _) in self.sequences.iter().flat_map(|sequence| &sequence.parts) {
            self.needed[*class as usize] = sentence;
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
        self.atoms.retain(|(_, class)| self.needed[*class as usize] == self.sentence);
        self.atoms.sort_unstable_by_key(|(range, class)| (range.start, range.end, *class));
        let atoms: Vec<(u32, Span)> = self.atoms.iter().map(|(range, class)| (*class, view.span(range))).collect();
        for sequence in &self.sequences {
            for (position, (class, first)) in atoms.iter().enumerate() {
                if *class != sequence.parts[0].0 {
                    continue;
                }
                if let Some(end) = follow(&atoms[position + 1..], &sequence.parts[1..], first) {
                    let span = view.span(&(first.bytes.start..end));
                    found.push(FoundMeasure { span, measure: &measures[sequence.measure as usize] });
                }
            }
        }
        found
    }
}

/// The byte at which the rest of a sequence ends, each part within its gap of the one before.
fn follow(atoms: &[(u32, Span)], parts: &[(u32, u32)], last: &Span) -> Option<usize> {
    let Some(&(class, gap)) = parts.first() else { return Some(last.bytes.end) };
    let reach = last.words.end + gap as usize;
    atoms.iter().take_while(|(_, span)| span.words.start <= reach).enumerate().find_map(|(i, (found, span))| {
        let matches = *found == class && span.bytes.start >= last.bytes.end;
        if matches { follow(&atoms[i + 1..], &parts[1..], span) } else { None }
    })
}
