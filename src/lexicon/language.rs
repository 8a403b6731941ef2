//! One language, compiled: what can be found in a text of it, and what that means.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::tables::{
    Boundaries, CueKind, Frame, LanguageSettings, OrganisationKind, Party, PlaceKind, Relation, Requirement, Side,
};
use crate::codes::{Channel, CountryCode, Language, MaterialId, SectorId, Status};

/// What a matched form stands for; the numbers index the tables of [`LanguageLexicon`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payload {
    /// A whole measure.
    Measure(u32),
    /// A member of a class, part of a measure.
    Class(u32),
    /// A good, material or sector.
    Good(u32),
    /// A country.
    Place(u32),
    /// An organisation.
    Organisation(u32),
    /// A cue.
    Cue(u32),
    /// A mark of a role.
    Role(u32),
    /// A word that joins a list.
    Coordination,
    /// A word that may stand before a list's next member.
    Apposition,
}

/// A measure: what is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Name of the entry.
    pub id: String,
    /// Channel; `None` for a decoy.
    pub channel: Option<Channel>,
    /// Who is who.
    pub frame: Frame,
    /// Gravity if in force, in [0, 1].
    pub severity: f64,
    /// The status the form itself implies.
    pub status: Option<Status>,
    /// What else must stand in the sentence.
    pub requires: Option<Requirement>,
    /// Line in `measures.csv`.
    pub line: u64,
}

/// A measure in several parts: (class, gap before it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Index into the measures.
    pub measure: u32,
    /// Classes, with the number of words that may lie before each.
    pub parts: Vec<(u32, u32)>,
}

/// A good, material or sector; a decoy has no sector.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Good {
    /// Its sector.
    pub sector: Option<SectorId>,
    /// Its material.
    pub material: Option<MaterialId>,
}

/// A form that names a country; a decoy has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The country.
    pub country: Option<CountryCode>,
    /// How the form names it.
    pub kind: PlaceKind,
    /// Counts only where another form names the country too.
    pub weak: bool,
    /// When not empty: only in one of these spellings.
    pub spellings: Vec<String>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name as listed.
    pub name: String,
    /// Its country.
    pub country: Option<CountryCode>,
    /// What it is to that country.
    pub kind: OrganisationKind,
    /// Its sector.
    pub sector: Option<SectorId>,
}

/// A cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cue {
    /// What it does.
    pub kind: CueKind,
    /// Where it stands relative to the measure.
    pub side: Side,
}

/// A mark of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Name of the rule.
    pub name: String,
    /// The relation it gives.
    pub relation: Relation,
    /// `Before`: the mark stands before the country.
    pub side: Side,
    /// Words that may stand between.
    pub gap: u32,
    /// Channels it holds for; empty for all.
    pub channels: Vec<Channel>,
}

/// An automaton over folded text whose patterns stand for payloads.
#[derive(Debug)]
pub struct Matcher {
    pub(super) automaton: AhoCorasick,
    /// For pattern i: `payloads[starts[i]..starts[i + 1]]`.
    pub(super) starts: Vec<u32>,
    pub(super) payloads: Vec<Payload>,
}

impl Matcher {
    /// Every occurrence of every pattern, before word boundaries are looked at.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Range<usize>, &'a [Payload])> + 'a {
        self.automaton.find_overlapping_iter(text).map(|found| {
            let pattern = found.pattern().as_usize();
            let payloads = self.starts[pattern] as usize..self.starts[pattern + 1] as usize;
            (found.range(), &self.payloads[payloads])
        })
    }

    /// What each pattern stands for.
    pub fn payload_lists(&self) -> impl Iterator<Item = &[Payload]> {
        self.starts.windows(2).map(|ends| &self.payloads[ends[0] as usize..ends[1] as usize])
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether it has no pattern.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A language, compiled.
#[derive(Debug)]
pub struct LanguageLexicon {
    /// Which language.
    pub language: Language,
    /// How it is written.
    pub settings: LanguageSettings,
    /// Finds measures, classes, goods, places and organisations: run over whole documents.
    pub content: Matcher,
    /// Finds cues, roles and list words: run over sentences that state something.
    pub function: Matcher,
    /// The measures.
    pub measures: Vec<Measure>,
    /// Measures in parts, by the class of their first part.
    pub sequences: BTreeMap<u32, Vec<Sequence>>,
    /// The goods.
    pub goods: Vec<Good>,
    /// The country forms.
    pub places: Vec<Place>,
    /// The organisations.
    pub organisations: Vec<Organisation>,
    /// The cues.
    pub cues: Vec<Cue>,
    /// The roles.
    pub roles: Vec<Role>,
    /// Folded abbreviations, sorted, with their full stop.
    pub abbreviations: Vec<String>,
    /// (frame, relation) → what it can be: (party, priority: 1 first).
    pub frames: BTreeMap<(Frame, Relation), Vec<(Party, u8)>>,
}

impl LanguageLexicon {
    /// Whether `range` of the folded `text` begins and ends where words do, by this language's rules.
    pub fn on_boundaries(&self, text: &str, range: &Range<usize>) -> bool {
        let left = !joins(text, range.start, self.settings.boundaries);
        match self.settings.boundaries {
            Boundaries::Left => left,
            Boundaries::Words | Boundaries::None => left && !joins(text, range.end, self.settings.boundaries),
            Boundaries::Compounds => {
                let right = !joins(text, range.end, Boundaries::Words);
                (left && right) || ((left || right) && range.len() >= LONG_IN_COMPOUND)
            }
        }
    }
}

/// A form of this many bytes may begin or end a compound.
const LONG_IN_COMPOUND: usize = 7;

/// Whether the characters before and after `position` belong to one word.
fn joins(text: &str, position: usize, boundaries: Boundaries) -> bool {
    let (before, after) = text.split_at(position);
    let letter = |character: char| match boundaries {
        Boundaries::None => character.is_ascii_alphanumeric(),
        _ => character.is_alphanumeric(),
    };
    let byte_letter = |byte: u8| byte.is_ascii_alphanumeric();
    let last = match before.as_bytes().last() {
        None => return false,
        Some(byte) if byte.is_ascii() => byte_letter(*byte),
        Some(_) => before.chars().next_back().is_some_and(letter),
    };
    last && match after.as_bytes().first() {
        None => false,
        Some(byte) if byte.is_ascii() => byte_letter(*byte),
        Some(_) => after.chars().next().is_some_and(letter),
    }
}
