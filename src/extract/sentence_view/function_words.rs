//! The function words of a sentence: its cues, roles and shares, and what parts its clauses.

use std::ops::Range;

use super::{SentenceView, WordCursor};
use crate::codes::Channel;
use crate::extract::scan::{Hit, longest};
use crate::extract::shares;
use crate::lexicon::language::Role;
use crate::lexicon::matcher::{Match, Text};
use crate::lexicon::tables::{Boundaries, CueKind, Side};
use crate::lexicon::{LanguageLexicon, Payload};

/// A cue inside a word has at least two syllables of Hangul.
const PARTICLE: usize = 6;

/// Function words of a sentence as they are found, in memory kept for the next.
#[derive(Debug, Default)]
pub struct Found {
    matches: Vec<Match>,
    cues: Vec<Hit>,
    roles: Vec<Hit>,
    shares: Vec<Hit>,
    /// Words that join a list, or may stand before its next member; whether they join.
    joints: Vec<(Range<usize>, bool)>,
    /// Those of the cues or roles that compete for the same words.
    competing: Vec<Hit>,
    /// Those that are left, with the channels they stand for.
    kept: Vec<(Hit, u8)>,
}

impl Found {
    fn clear(&mut self) {
        self.cues.clear();
        self.roles.clear();
        self.shares.clear();
        self.joints.clear();
        self.kept.clear();
    }
}

impl<'a> SentenceView<'a> {
    /// Reads the cues, roles, shares, clauses and lists too: needed only in documents that state something.
    pub fn read_function_words(&mut self, lexicon: &'a LanguageLexicon, text: &Text<'_>, found: &mut Found) {
        let slice = &text.folded[self.bytes.clone()];
        let offset = self.bytes.start;
        found.clear();
        let Found { matches, cues, roles, shares, joints, competing, kept } = found;
        let has_particles = self.has_particles;
        lexicon.function.find(text, &self.bytes, &lexicon.vocabulary, matches);
        for found in matches {
            let bytes = found.range();
            // Where particles follow words, a mark begins a word or follows a country at once; inside a word, a cue is no syllable.
            let begins_word = !has_particles || self.words.binary_search(&found.start).is_ok();
            let follows_place = begins_word || self.places.iter().any(|place| place.span.bytes.end == bytes.start);
            // "... 막았다고 교도통신이": an ending of two syllables may mark the country of the next word.
            let is_ending = |role: u32| {
                lexicon.roles[role as usize].side == Side::Before
                    && bytes.len() >= PARTICLE
                    && self.ends_word(slice, bytes.end)
            };
            for &payload in lexicon.function.payloads(found.list) {
                let hit = Hit { range: bytes.clone(), payload };
                match payload {
                    Payload::Cue(_) if begins_word || bytes.len() >= PARTICLE => cues.push(hit),
                    Payload::Role(role) if follows_place || is_ending(role) => roles.push(hit),
                    Payload::Share(_) => shares.push(hit),
                    Payload::Cue(_) | Payload::Role(_) => {}
                    other => joints.push((bytes.clone(), other == Payload::Coordination)),
                }
            }
        }
        Self::longest_cues(lexicon, cues, competing);
        self.cues.reserve_exact(cues.len());
        let mut cursor = WordCursor::new(&self.words);
        for hit in cues {
            if let Payload::Cue(index) = hit.payload {
                let span = cursor.span(&hit.range);
                let cue = lexicon.cues[index as usize];
                if cue.kind == CueKind::Clause {
                    // A connective inside the verb ends its clause: the next begins after it.
                    let starts = if cue.side == Side::After { span.words.end } else { span.words.start };
                    self.clause_starts.push(starts);
                    self.stops.push(starts);
                }
                self.cues.push((span, cue));
            }
        }
        longest(shares);
        for hit in shares.iter() {
            if let Payload::Share(index) = hit.payload
                && let Some(share) = shares::read(lexicon.shares[index as usize], slice, hit.range.start - offset)
            {
                self.shares.push((cursor.span(&hit.range), share));
            }
        }
        self.read_roles(lexicon, roles, (competing, kept));
        self.read_signs(text);
        self.part_conditions();
        self.clause_starts.sort_unstable();
        self.clause_starts.dedup();
        self.number_lists(slice, joints, lexicon.settings.boundaries == Boundaries::None);
    }

    /// Of overlapping cues keeps the longest, among those that compete for the same words ([`CueKind::competition`]).
    fn longest_cues(lexicon: &LanguageLexicon, hits: &mut Vec<Hit>, group: &mut Vec<Hit>) {
        let competition = |hit: &Hit| match hit.payload {
            Payload::Cue(index) => lexicon.cues[index as usize].kind.competition(),
            _ => 0,
        };
        let all = hits.len();
        for number in 0..CueKind::COMPETITIONS {
            group.clear();
            group.extend(hits[..all].iter().filter(|hit| competition(hit) == number).cloned());
            longest(group);
            hits.append(group);
        }
        hits.drain(..all);
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

    /// Whether a word of `slice`, the sentence's text, ends at a byte of the document.
    fn ends_word(&self, slice: &str, byte: usize) -> bool {
        slice.get(byte - self.bytes.start..).is_none_or(|rest| !rest.starts_with(char::is_alphanumeric))
    }

    /// Whether a byte lies within the name of a country, of which the last byte may be a bracket.
    fn is_named(&self, byte: usize) -> bool {
        self.places.iter().any(|place| place.span.bytes.contains(&byte))
    }

    /// The longest mark wins within each channel: a mark of coercion alone hides none of export controls, and a mark for all
    /// channels none for one.
    fn read_roles(
        &mut self,
        lexicon: &'a LanguageLexicon,
        hits: &mut Vec<Hit>,
        (group, kept): (&mut Vec<Hit>, &mut Vec<(Hit, u8)>),
    ) {
        let role = |hit: &Hit| match hit.payload {
            Payload::Role(index) => Some(&lexicon.roles[index as usize]),
            _ => None,
        };
        if hits.iter().all(|hit| role(hit).is_some_and(|role| role.channels.is_empty())) {
            longest(hits);
            return self.add_roles(lexicon, hits.iter().map(|hit| (hit, u8::MAX)));
        }
        let groups = std::iter::once(None).chain(Channel::ALL.iter().map(Some));
        for (number, channel) in groups.enumerate() {
            let holds = |role: &Role| match channel {
                Some(channel) => role.channels.contains(channel),
                None => role.channels.is_empty(),
            };
            group.clear();
            group.extend(hits.iter().filter(|hit| role(hit).is_some_and(holds)).cloned());
            longest(group);
            let channels = if number == 0 { u8::MAX } else { 1 << (number - 1) };
            for hit in group.drain(..) {
                match kept.iter_mut().find(|(other, _)| *other == hit) {
                    Some((_, others)) => *others |= channels,
                    None => kept.push((hit, channels)),
                }
            }
        }
        kept.sort_by(|a, b| {
            (a.0.range.start, a.0.range.end, a.0.payload).cmp(&(b.0.range.start, b.0.range.end, b.0.payload))
        });
        self.add_roles(lexicon, kept.iter().map(|(hit, channels)| (hit, *channels)));
    }

    fn add_roles<'h>(&mut self, lexicon: &'a LanguageLexicon, kept: impl ExactSizeIterator<Item = (&'h Hit, u8)>) {
        self.roles.reserve_exact(kept.len());
        let mut cursor = WordCursor::new(&self.words);
        for (hit, channels) in kept {
            if let Payload::Role(index) = hit.payload {
                let span = cursor.span(&hit.range);
                self.roles.push((span, &lexicon.roles[index as usize], channels));
            }
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
