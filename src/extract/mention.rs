//! What a document says: mentions and entities.

use jiff::civil::Date;
use std::sync::Arc;

use crate::codes::{Channel, CountryCode, Language, MaterialId, Polarity, SectorId, Status};

/// One statement of a document, tied to the sentence that makes it.
///
/// `origin` is the country the risk comes from, `target` the one aimed at or exposed. A sentence that names two
/// sectors or two parties makes two mentions.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Document id.
    pub doc_id: Arc<str>,
    /// Document date.
    pub date: Option<Date>,
    /// Document language.
    pub language: Language,
    /// Publisher, empty when unknown.
    pub publisher: Arc<str>,
    /// What kind of statement.
    pub channel: Channel,
    /// Sector of the goods affected; `general` when several or none is named.
    pub sector: SectorId,
    /// Material, where one is named.
    pub material: Option<MaterialId>,
    /// Acting or dominating country.
    pub origin: Option<CountryCode>,
    /// Country aimed at or exposed.
    pub target: Option<CountryCode>,
    /// State of the measure.
    pub status: Status,
    /// Which way it moves risk.
    pub polarity: Polarity,
    /// Gravity of the measure if in force, in [0, 1]: from the lexicon.
    pub severity: f64,
    /// Certainty of the status, in [0, 1]: from the model file.
    pub certainty: f64,
    /// Weight of the document, in (0, 1]: near-duplicates share one; source weight and age are in it.
    pub weight: f64,
    /// Number of the sentence in the document, from 0 (the title, where there is one).
    pub sentence: u32,
    /// Byte offset in [`crate::corpus::Document::text`] where the words that state the measure begin.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// The lexicon entry and the rules that read it, such as `fr:export_ban+by_agent`.
    pub lexeme: String,
    /// The sentence, as in the document.
    pub evidence: String,
    /// Byte offset where the sentence begins: what `start` and `end` are counted from within it. `None` where the mention comes from a
    /// table, which does not tell.
    pub sentence_start: Option<usize>,
    /// The share of supply stated with a concentration, in (0, 1].
    pub share: Option<f64>,
}

/// What kind of thing an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A country or the Union.
    Country,
    /// A sector.
    Sector,
    /// A material.
    Material,
    /// An organisation.
    Organisation,
}

impl EntityKind {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Sector => "sector",
            Self::Material => "material",
            Self::Organisation => "organisation",
        }
    }
}

/// Something a document names.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Document id.
    pub doc_id: Arc<str>,
    /// What kind of thing.
    pub kind: EntityKind,
    /// Its code; organisations by their name.
    pub code: String,
    /// How often it is named.
    pub mentions: u32,
    /// Byte offset of the first time.
    pub first: usize,
    /// Named in the title.
    pub in_title: bool,
    /// Named in the title or the first paragraph.
    pub in_lead: bool,
    /// How central it is to the document, in [0, 1].
    pub salience: f64,
    /// Whether the document is about it, not only names it.
    pub about: bool,
}

/// All that one document says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// In order of the sentence, then of the position.
    pub mentions: Vec<Mention>,
    /// In order of kind, then of code.
    pub entities: Vec<Entity>,
}
