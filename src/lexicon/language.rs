//! One language, compiled: what can be found in a text of it, and what that means.

use std::collections::BTreeMap;

use super::matcher::{Matcher, Text, Token, Vocabulary};
use super::sequences::{Anchored, PerList, Piece, Sequence};
use super::tables::{
    CueKind, Frame, LanguageSettings, OrganisationKind, Party, PlaceKind, Relation, Requirements, Side,
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
    /// A word usual in one country's news.
    Context(u32),
    /// A cue.
    Cue(u32),
    /// A mark of a role.
    Role(u32),
    /// A word of a share.
    Share(u32),
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
    /// What else must be there.
    pub requires: Requirements,
    /// Line in `measures.csv`.
    pub line: u64,
}

impl Measure {
    /// Whether it might be stated in the most favourable document with or without goods. Decoys state nothing, and a measure that
    /// requires context needs one that does not.
    pub fn may_be_stated(&self, has_goods: bool) -> bool {
        self.channel.is_some() && !self.requires.context && (has_goods || !self.requires.goods)
    }
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
    /// Whether its name holds the country's own: "Bank of Japan".
    pub names_country: bool,
}

impl Organisation {
    /// Whether it acts for its country.
    pub fn is_state(&self) -> bool {
        self.kind == OrganisationKind::State
    }
}

/// A word usual in one country's news, which places a text that names no country.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Context {
    /// The country.
    pub country: CountryCode,
    /// How much it says; 1 is enough alone.
    pub weight: f64,
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
    /// Channels it holds for, a bit each ([`Role::bit`]); none for all.
    pub channels: u8,
}

impl Role {
    /// The bit of a channel, in the order of [`Channel::ALL`].
    pub fn bit(channel: Channel) -> u8 {
        Channel::ALL.iter().position(|other| *other == channel).map_or(0, |number| 1 << number)
    }
}

/// What a word of a share stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShareForm {
    /// A share by itself: two thirds.
    Whole(f64),
    /// A unit: the number before it times this is the share (per cent: 0.01).
    Unit(f64),
}

/// A language, compiled.
#[derive(Debug)]
pub struct LanguageLexicon {
    /// Which language.
    pub language: Language,
    /// How it is written.
    pub settings: LanguageSettings,
    /// Finds places, goods and organisations: run over whole documents.
    pub names: Matcher,
    /// Finds measures, and the rarest part of measures in parts: run over whole documents that name a country.
    pub words: Matcher,
    /// Finds the other parts of measures: run over whole documents in which `words` found something.
    pub parts: Matcher,
    /// Finds cues, roles and list words: run over sentences that state something.
    pub function: Matcher,
    /// The words of all four.
    pub vocabulary: Vocabulary,
    /// The measures.
    pub measures: Vec<Measure>,
    /// Measures in parts.
    pub sequences: Vec<Sequence>,
    /// List of `words` → the measures that it is all the words of.
    pub whole: PerList<u32>,
    /// List of `words` → whether one of them is a decoy.
    pub decoys: Vec<bool>,
    /// Number of classes.
    pub classes: usize,
    /// List of `words` → the classes that are anchors.
    pub anchor_classes: PerList<Piece>,
    /// List of `words` → the sequences that they are the anchors of.
    pub anchored: PerList<Anchored>,
    /// List of `parts` → the other classes.
    pub part_classes: PerList<Piece>,
    /// The goods.
    pub goods: Vec<Good>,
    /// The country forms.
    pub places: Vec<Place>,
    /// The organisations.
    pub organisations: Vec<Organisation>,
    /// Words usual in one country's news.
    pub context: Vec<Context>,
    /// The cues.
    pub cues: Vec<Cue>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The words of shares.
    pub shares: Vec<ShareForm>,
    /// Folded abbreviations, sorted, with their full stop.
    pub abbreviations: Vec<String>,
    /// (frame, relation) → what it can be: (party, priority: 1 first).
    pub frames: BTreeMap<(Frame, Relation), Vec<(Party, u8)>>,
}

impl LanguageLexicon {
    /// A folded text, ready for the matchers.
    pub fn text<'t>(&self, folded: &'t str) -> Text<'t> {
        self.text_in(folded, Vec::new())
    }

    /// The same in memory of another text.
    pub fn text_in<'t>(&self, folded: &'t str, memory: Vec<Token>) -> Text<'t> {
        self.vocabulary.text(folded, memory)
    }
}
