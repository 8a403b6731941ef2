//! The rows of `data/lexicon` and `data/places`, as read.

use serde::{Deserialize, Deserializer};

use crate::codes::{Channel, CountryCode, Language, MaterialId, SectorId, Status};

/// How a language marks where words begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Boundaries {
    /// A form matches whole words.
    #[default]
    Words,
    /// A form begins where a word begins; particles may follow (Korean).
    Left,
    /// As words, but a long form may also begin or end a compound (German).
    Compounds,
    /// No blanks between words (Chinese, Japanese).
    None,
}

/// `data/lexicon/<language>/language.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageSettings {
    /// The language's own name.
    pub name: String,
    /// Where words begin and end.
    pub boundaries: Boundaries,
    /// Words that join the members of a list.
    #[serde(default)]
    pub coordination: Vec<String>,
    /// Words that may stand between a list's joint and its member (articles).
    #[serde(default)]
    pub apposition: Vec<String>,
    /// Words met in any text: measures in parts are not looked for by them alone.
    #[serde(default)]
    pub common: Vec<String>,
    /// Whether the subject may stand inside the verb ("schränkt China den Export ein").
    #[serde(default)]
    pub verb_second: bool,
    /// The country meant by "the government" where the document has named none (Japanese 政府は in Japan's own papers).
    #[serde(default)]
    pub home: Option<CountryCode>,
    /// Whether what is answered stands before the word for the answer ("米国の規制への報復"), not behind it ("in reply to US curbs").
    #[serde(default)]
    pub answered_first: bool,
}

impl LanguageSettings {
    /// How a language is read of which only the places are known: whole words, and no sentence is taken apart.
    pub fn places_only(language: Language) -> Self {
        Self { name: language.to_string(), ..Self::default() }
    }
}

/// The grammatical relation of a country to a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// By X.
    Agent,
    /// X's, the Chinese ...
    Owner,
    /// X does.
    Subject,
    /// As for X: the subject of the whole sentence, whatever clauses lie between (Japanese は).
    Topic,
    /// Against, on, to X.
    Aimed,
    /// From X.
    Source,
    /// With X.
    Partner,
    /// In X.
    Place,
    /// X says: it acts where nobody else does.
    Speaker,
    /// X's companies, buyers, patients: no state acts, but the country may suffer or depend.
    Private,
    /// No party: "according to X".
    None,
}

impl Relation {
    /// The spelling in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Owner => "owner",
            Self::Subject => "subject",
            Self::Topic => "topic",
            Self::Aimed => "aimed",
            Self::Source => "source",
            Self::Partner => "partner",
            Self::Place => "place",
            Self::Speaker => "speaker",
            Self::Private => "private",
            Self::None => "none",
        }
    }
}

/// Origin or target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The country that acts or dominates.
    Origin,
    /// The country aimed at or exposed.
    Target,
}

/// Which relation is which party (`frames.csv`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frame {
    /// A measure or an active verb.
    Act,
    /// X bars what comes from Y.
    Bar,
    /// The sufferer is the subject.
    Hit,
    /// X depends on Y.
    Depend,
    /// X dominates.
    Dominate,
    /// X covers N % of Y's imports; Y buys N % from X.
    Supply,
    /// Several act together.
    Join,
    /// X answers Y's act.
    Answer,
}

impl Frame {
    /// All frames.
    pub const ALL: [Self; 8] =
        [Self::Act, Self::Bar, Self::Hit, Self::Depend, Self::Dominate, Self::Supply, Self::Join, Self::Answer];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameRow {
    pub frame: Frame,
    pub relation: Relation,
    pub party: Party,
    pub priority: u8,
}

/// What else must be there for a measure to count; all that is named must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requirements {
    /// A motive (retaliation, pressure, politics) in the sentence or its neighbour.
    pub motive: bool,
    /// A good, material or sector in the sentence itself.
    pub goods: bool,
    /// A country in the sentence itself.
    pub country: bool,
    /// Two different countries in the sentence itself.
    pub countries: bool,
    /// A measure of any channel elsewhere in the document, stated by a form that needs neither topic nor context.
    pub topic: bool,
    /// A measure of the same channel elsewhere in the document, stated by a form that needs no context.
    pub context: bool,
}

impl Requirements {
    /// Whether `other` requires at least as much.
    pub fn is_within(self, other: Self) -> bool {
        let holds = |one: bool, other: bool| !one || other;
        holds(self.motive, other.motive)
            && holds(self.goods, other.goods)
            && holds(self.country, other.country || other.countries)
            && holds(self.countries, other.countries)
            && holds(self.topic, other.topic || other.context)
            && holds(self.context, other.context)
    }
}

impl std::str::FromStr for Requirements {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut requirements = Self::default();
        for word in text.split_whitespace() {
            *match word {
                "motive" => &mut requirements.motive,
                "goods" => &mut requirements.goods,
                "country" => &mut requirements.country,
                "countries" => &mut requirements.countries,
                "topic" => &mut requirements.topic,
                "context" => &mut requirements.context,
                other => {
                    return Err(format!(
                        "`{other}` is no requirement: motive, goods, country, countries, topic, context"
                    ));
                }
            } = true;
        }
        Ok(requirements)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureRow {
    pub id: String,
    #[serde(deserialize_with = "or_none")]
    pub channel: Option<Channel>,
    pub frame: Option<Frame>,
    pub severity: Option<f64>,
    pub status: Option<Status>,
    #[serde(deserialize_with = "requirements")]
    pub requires: Requirements,
    pub form: String,
    pub example: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassRow {
    pub class: String,
    pub form: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoodsRow {
    #[serde(deserialize_with = "or_none")]
    pub sector: Option<SectorId>,
    pub material: Option<MaterialId>,
    pub form: String,
}

/// What a cue does to the measure it stands near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CueKind {
    /// Status in force.
    InForce,
    /// Status announced.
    Announced,
    /// Status threatened.
    Threatened,
    /// Status considered.
    Considered,
    /// Status eased.
    Eased,
    /// Status denied.
    Denied,
    /// The measure is not stated.
    Negation,
    /// Looks like a negation and is none.
    PseudoNegation,
    /// "If": no event.
    Hypothesis,
    /// Retaliation, pressure, politics.
    Motive,
    /// Ends a clause.
    Clause,
    /// Stands for the country of the sentence before.
    Reference,
    /// Stands for the two countries named before: "both sides".
    ReferencePair,
    /// "Hit hardest are ...": the countries of a sentence with no act of its own suffer from the act stated before.
    Affected,
    /// Reports what another did ("...했다고"): the topic of the sentence only speaks.
    Reported,
    /// Belongs to the past.
    Past,
    /// Goods named after it are what the goods before it are for ("used in").
    Use,
    /// Belongs to another world (sport, kitchen, courtroom): a document with several such words speaks of no trade.
    Offtopic,
    /// Its full stop ends no sentence.
    Abbreviation,
}

impl CueKind {
    /// How many groups of kinds there are whose cues compete for the same words.
    pub const COMPETITIONS: usize = 4;

    /// Which of them this kind is in: a longer cue hides a shorter one of its own group only. A motive ("if Beijing keeps") takes
    /// no condition away, but "examines if" is no condition.
    pub fn competition(self) -> usize {
        match self {
            Self::Motive => 1,
            Self::Affected | Self::Reported | Self::Use => 2,
            Self::Threatened => 3,
            _ => 0,
        }
    }

    /// The status this cue gives, if it is a status cue.
    pub fn status(self) -> Option<Status> {
        Some(match self {
            Self::InForce => Status::InForce,
            Self::Announced => Status::Announced,
            Self::Threatened => Status::Threatened,
            Self::Considered => Status::Considered,
            Self::Eased => Status::Eased,
            Self::Denied => Status::Denied,
            _ => return None,
        })
    }
}

/// Where a cue stands relative to what it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The cue stands before.
    Before,
    /// The cue stands after.
    After,
    /// Either.
    Any,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CueRow {
    pub kind: CueKind,
    pub form: String,
    pub scope: Option<Side>,
    #[allow(dead_code, reason = "for the reader of the table; checked by `goulet check`")]
    pub example: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleRow {
    pub name: String,
    pub role: Relation,
    pub side: Side,
    pub gap: u32,
    pub channels: Option<String>,
    pub form: String,
    #[allow(dead_code, reason = "for the reader of the table; checked by `goulet check`")]
    pub example: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareRow {
    pub form: String,
    pub share: Option<f64>,
    pub unit: Option<f64>,
    #[allow(dead_code, reason = "for the reader of the table")]
    pub example: Option<String>,
}

/// How a form names a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// A name.
    Name,
    /// A demonym adjective.
    Adjective,
    /// Its people.
    People,
    /// A capital used for the state.
    Capital,
    /// A seat used for the state.
    Seat,
    /// Letters.
    Abbreviation,
    /// A state or city that stands for the country in a dateline only.
    Region,
    /// A head of state or minister.
    Head,
    /// A continent that stands for the union of its states.
    Continent,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceRow {
    #[serde(deserialize_with = "or_none")]
    pub country: Option<CountryCode>,
    pub form: String,
    pub kind: Option<PlaceKind>,
    pub flag: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextRow {
    pub country: CountryCode,
    pub language: Language,
    pub form: String,
    pub weight: f64,
}

/// What an organisation is to its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrganisationKind {
    /// Acts for the country.
    State,
    /// Tied to it.
    Company,
    /// Several states together.
    Body,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationRow {
    pub form: String,
    #[serde(deserialize_with = "or_none")]
    pub country: Option<CountryCode>,
    pub kind: OrganisationKind,
    pub sector: Option<SectorId>,
    pub languages: Option<String>,
}

fn requirements<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Requirements, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// A code, or `none` (or nothing) for a decoy.
fn or_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err = crate::error::Error>,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() || text == "none" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(serde::de::Error::custom)
}
