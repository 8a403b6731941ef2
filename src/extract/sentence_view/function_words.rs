//! The function words of a sentence: its cues, roles and shares, and what parts its clauses.

use std::ops::Range;

use super::{SentenceView, WordCursor};
use crate::extract::scan::{Placed, longest};
use crate::extract::shares;
use crate::lexicon::matcher::{Match, Text};
use crate::lexicon::tables::{Boundaries, CueKind, Side};
use crate::lexicon::{LanguageLexicon, Payload};

/// A cue inside a word has at least two syllables of Hangul.
const PARTICLE: usize = 6;

/// A function word where it stands; what it is, is a number in the table of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    start: u32,
    end: u32,
    number: u32,
}

impl Placed for Mark {
    type Meaning = u32;

    fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn meaning(&self) -> u32 {
        self.number
    }
}

/// Function words of a sentence as they are found, in memory kept for the next.
#[derive(Debug, Default)]
pub struct Found {
    matches: Vec<Match>,
    /// Cues by those that compete for the same words ([`CueKind::competition`]).
    cues: [Vec<Mark>; CueKind::COMPETITIONS],
    roles: Vec<Mark>,
    shares: Vec<Mark>,
    /// Words that join a list, or may stand before its next member; whether they join.
    joints: Vec<(Range<usize>, bool)>,
    /// Those of the roles that compete for the same words.
    competing: Vec<Mark>,
    /// Those that are left, with the channels they stand for.
    kept: Vec<(Mark, u8)>,
}

impl Found {
    fn clear(&mut self) {
        self.cues.iter_mut().for_each(Vec::clear);
        self.roles.clear();
        self.shares.clear();
        self.joints.clear();
        self.kept.clear();
    }
}

impl<'a> SentenceView<'a> {
    /// Reads the cues, roles, shares, clauses and lists too: needed only in documents that state something. Of a sentence that can
    /// state nothing, only what others ask it for is read: whom it speaks of, and its motives.
    pub fn read_function_words(&mut self, lexicon: &'a LanguageLexicon, text: &Text<'_>, found: &mut Found) {
        let slice = &text.folded[self.bytes.clone()];
        self.find_function_words(lexicon, text, found);
        self.read_cues(lexicon, &mut found.cues);
        let may_state = !self.measures.is_empty();
        if may_state {
            self.read_shares(lexicon, slice, &mut found.shares);
        }
        // A reference becomes a country.
        if may_state || !self.places.is_empty() || self.has_cue(|kind| kind == CueKind::Reference) {
            self.read_roles(lexicon, found);
        }
        if may_state || self.has_cue(|kind| matches!(kind, CueKind::Motive | CueKind::Hypothesis)) {
            self.read_signs(text);
            self.part_conditions();
            self.clause_starts.sort_unstable();
            self.clause_starts.dedup();
        }
        if may_state {
            self.number_lists(slice, &found.joints, lexicon.settings.boundaries == Boundaries::None);
        }
    }

    fn has_cue(&self, is: impl Fn(CueKind) -> bool) -> bool {
        self.cues.iter().any(|(_, cue)| is(cue.kind))
    }

    fn find_function_words(&self, lexicon: &LanguageLexicon, text: &Text<'_>, found: &mut Found) {
        found.clear();
        let Found { matches, cues, roles, shares, joints, .. } = found;
        let has_particles = self.has_particles;
        lexicon.function.find(text, &self.bytes, &lexicon.vocabulary, matches);
        for &Match { start, end, list } in &*matches {
            let is_long = (end - start) as usize >= PARTICLE;
            // Where particles follow words, a mark begins a word or follows a country at once; inside a word, a cue is no syllable.
            let begins_word = !has_particles || self.words.binary_search(&start).is_ok();
            let follows_place = || self.places.iter().any(|place| place.span.bytes.end == start as usize);
            // "... 막았다고 교도통신이": an ending of two syllables may mark the country of the next word.
            let is_ending = |role: u32| {
                is_long && lexicon.roles[role as usize].side == Side::Before && self.ends_word(text, end as usize)
            };
            for &payload in lexicon.function.payloads(list) {
                let mark = |number| Mark { start, end, number };
                match payload {
                    Payload::Cue(cue) if begins_word || is_long => {
                        cues[lexicon.cues[cue as usize].kind.competition()].push(mark(cue));
                    }
                    Payload::Role(role) if begins_word || follows_place() || is_ending(role) => roles.push(mark(role)),
                    Payload::Share(share) => shares.push(mark(share)),
                    Payload::Cue(_) | Payload::Role(_) => {}
                    other => joints.push((start as usize..end as usize, other == Payload::Coordination)),
                }
            }
        }
    }

    /// Of overlapping cues keeps the longest, among those that compete for the same words.
    fn read_cues(&mut self, lexicon: &LanguageLexicon, cues: &mut [Vec<Mark>; CueKind::COMPETITIONS]) {
        cues.iter_mut().for_each(longest);
        self.cues.reserve_exact(cues.iter().map(Vec::len).sum());
        let mut cursor = WordCursor::new(&self.words);
        for mark in cues.iter().flatten() {
            let span = cursor.span(&mark.bytes());
            let cue = lexicon.cues[mark.number as usize];
            if cue.kind == CueKind::Clause {
                // A connective inside the verb ends its clause: the next begins after it.
                let starts = if cue.side == Side::After { span.words.end } else { span.words.start };
                self.clause_starts.push(starts);
                self.stops.push(starts);
            }
            self.cues.push((span, cue));
        }
    }

    fn read_shares(&mut self, lexicon: &LanguageLexicon, slice: &str, shares: &mut Vec<Mark>) {
        longest(shares);
        let mut cursor = WordCursor::new(&self.words);
        for mark in shares {
            let bytes = mark.bytes();
            if let Some(share) =
                shares::read(lexicon.shares[mark.number as usize], slice, bytes.start - self.bytes.start)
            {
                self.shares.push((cursor.span(&bytes), share));
            }
        }
    }

    /// Notes where the signs of the sentence part clauses and words.
    fn read_signs(&mut self, text: &Text<'_>) {
        let starts = text.within(&self.bytes).iter().map(|token| token.range().start);
        for at in starts.filter(|at| MAY_PART[usize::from(text.folded.as_bytes()[*at])]) {
            let Some(character) = text.folded[at..].chars().next() else { break };
            let word = || self.words.partition_point(|start| (*start as usize) < at);
            match character {
                // "수출 통제…한국은 면제": in a title, dots part two statements.
                '…' | '⋯' if !self.is_title => {}
                ';' | '；' | '—' | '–' | '…' | '⋯' => {
                    let word = word();
                    self.clause_starts.push(word);
                    self.stops.push(word);
                }
                // "刚果（金）": a bracket inside a name parts nothing.
                ':' | '：' if !self.is_named(at) => {
                    self.commas.push(word());
                    self.colons.push(word());
                }
                ',' | '，' | '、' | '،' | '(' | ')' | '（' | '）' if !self.is_named(at) => {
                    self.commas.push(word());
                }
                _ => {}
            }
        }
    }

    /// "If X ..., Y will ...", "Y warned that, if X ..., it will": a condition is a clause of its own, up to its comma; what
    /// stands around it is one. Where the cue ends the condition ("...なら"), it only parts what stands before from what follows.
    fn part_conditions(&mut self) {
        let cues: Vec<(Range<usize>, Side)> =
            self.cues_of(CueKind::Hypothesis).map(|(span, cue)| (span.words.clone(), cue.side)).collect();
        for (words, side) in cues {
            if side == Side::After {
                self.clause_starts.push(words.end);
                self.stops.push(words.end);
                continue;
            }
            let comma = self.commas.iter().copied().find(|comma| *comma >= words.end);
            self.conditions.push(words.start..comma.unwrap_or(usize::MAX));
        }
    }

    /// Whether a word of the sentence ends at a byte of the document.
    fn ends_word(&self, text: &Text<'_>, byte: usize) -> bool {
        text.folded.get(byte..self.bytes.end).is_none_or(|rest| !rest.starts_with(char::is_alphanumeric))
    }

    /// Whether a byte lies within the name of a country, of which the last byte may be a bracket.
    fn is_named(&self, byte: usize) -> bool {
        self.places.iter().any(|place| place.span.bytes.contains(&byte))
    }

    /// The longest mark wins within each channel: a mark of coercion alone hides none of export controls, and a mark for all
    /// channels none for one.
    fn read_roles(&mut self, lexicon: &'a LanguageLexicon, found: &mut Found) {
        let Found { roles, competing, kept, .. } = found;
        let channels = |mark: &Mark| lexicon.roles[mark.number as usize].channels;
        let all = roles.iter().fold(0, |all, mark| all | channels(mark));
        if all == 0 {
            longest(roles);
            return self.add_roles(lexicon, roles.iter().map(|mark| (*mark, u8::MAX)));
        }
        for bit in std::iter::once(0).chain((0..u8::BITS).map(|number| 1 << number).filter(|bit| all & bit != 0)) {
            competing.clear();
            competing.extend(roles.iter().filter(|mark| channels(mark) & bit != 0 || channels(mark) == bit));
            longest(competing);
            let bits = if bit == 0 { u8::MAX } else { bit };
            for mark in competing.drain(..) {
                match kept.iter_mut().find(|(other, _)| *other == mark) {
                    Some((_, others)) => *others |= bits,
                    None => kept.push((mark, bits)),
                }
            }
        }
        kept.sort_by_key(|(mark, _)| (mark.start, mark.end, mark.number));
        self.add_roles(lexicon, kept.iter().copied());
    }

    fn add_roles(&mut self, lexicon: &'a LanguageLexicon, kept: impl ExactSizeIterator<Item = (Mark, u8)>) {
        self.roles.reserve_exact(kept.len());
        let mut cursor = WordCursor::new(&self.words);
        for (mark, channels) in kept {
            self.roles.push((cursor.span(&mark.bytes()), &lexicon.roles[mark.number as usize], channels));
        }
    }
}

/// Bytes with which a sign that parts clauses or words begins.
static MAY_PART: [bool; 256] = {
    let mut table = [false; 256];
    let first = [b';', b',', b':', b'(', b')', 0xD8, 0xE2, 0xE3, 0xEF];
    let mut i = 0;
    while i < first.len() {
        table[first[i] as usize] = true;
        i += 1;
    }
    table
};
