//! The codes that stand for things: countries, sectors, materials, channels, statuses, languages, periods.
//!
//! They are parsed at the edge (file, command line) and are types inside, so that a country can never be passed
//! where a sector is meant. All are small, ordered and cheap to copy. Which sectors and materials exist is data
//! (`data/sectors.csv`, `data/materials.csv`); here only their form is checked.

use std::fmt;
use std::str::FromStr;

use arrayvec::ArrayString;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// Longest code, in bytes.
const MAX_CODE: usize = 40;

fn bad_code(what: &str, value: &str, expected: &str) -> Error {
    Error::new(ErrorKind::Data, format!("`{value}` is no {what}: expected {expected}"))
}

/// Declares a code: a lower-case identifier kept inline.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(ArrayString<MAX_CODE>);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(value: &str) -> Result<Self, Error> {
                let valid = value.starts_with(|c: char| c.is_ascii_lowercase())
                    && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                ArrayString::from(value).ok().filter(|_| valid).map(Self).ok_or_else(|| {
                    bad_code($what, value, "lower-case letters, digits and underscores, at most 40, a letter first")
                })
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(value: String) -> Result<Self, Error> {
                value.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A sector of `data/sectors.csv`, such as `critical_minerals`.
    SectorId,
    "sector code"
);
identifier!(
    /// A material of `data/materials.csv`, such as `rare_earths`.
    MaterialId,
    "material code"
);
identifier!(
    /// An indicator, such as `export_controls_text`.
    IndicatorId,
    "indicator code"
);

impl SectorId {
    /// The sector of what concerns several sectors, or names none.
    pub fn general() -> Self {
        Self(ArrayString::from("general").unwrap_or_default())
    }
}

/// A country by its ISO 3166-1 alpha-3 code, or `EUE` for the European Union as an actor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 3]);

impl CountryCode {
    /// The European Union as an actor.
    pub const EUROPEAN_UNION: Self = Self(*b"EUE");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for CountryCode {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self, Error> {
        match value.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|x| x.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(bad_code("country code", value, "three capital letters (ISO 3166-1 alpha-3, or EUE)")),
        }
    }
}

impl TryFrom<String> for CountryCode {
    type Error = Error;
    fn try_from(value: String) -> Result<Self, Error> {
        value.parse()
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> String {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A language by its ISO 639 code (`fr`, `zh`); scripts and regions are cut off when parsed (`zh-Hant` → `zh`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(ArrayString<3>);

impl Language {
    /// No language could be told.
    pub fn undetermined() -> Self {
        Self(ArrayString::from("und").unwrap_or_default())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self, Error> {
        let primary = value.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        if (2..=3).contains(&primary.len())
            && primary.bytes().all(|b| b.is_ascii_lowercase())
            && let Ok(code) = ArrayString::from(&primary)
        {
            return Ok(Self(code));
        }
        Err(bad_code("language", value, "an ISO 639 code such as fr, en or zh-Hant"))
    }
}

impl TryFrom<String> for Language {
    type Error = Error;
    fn try_from(value: String) -> Result<Self, Error> {
        value.parse()
    }
}

impl From<Language> for String {
    fn from(code: Language) -> String {
        code.0.to_string()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares a closed set of words with their spelling in files.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in the order in which tables list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling in files.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(value: &str) -> Result<Self, Error> {
                match value {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(bad_code($what, value, concat!("one of", $(" ", $text),+))),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

closed_set!(
    /// What a mention is about (METHODS, section 1).
    Channel, "channel" {
        /// A government restricts its own exports.
        ExportControls = "export_controls",
        /// Supply or production is dominated by, or dependent on, a country.
        Concentration = "concentration",
        /// Economic pressure for political ends.
        Coercion = "coercion",
        /// Diversification, stockpiles, co-operation or new capacity that make supply safer.
        Mitigation = "mitigation",
    }
);

closed_set!(
    /// The state a measure is in.
    Status, "status" {
        /// Applies now, signed, operating.
        InForce = "in_force",
        /// Decided or published, with effect later.
        Announced = "announced",
        /// Conditional on the other side's conduct, stated by the actor.
        Threatened = "threatened",
        /// Under study, proposed, could, may.
        Considered = "considered",
        /// Lifted, suspended, relaxed.
        Eased = "eased",
        /// The actor denies the measure itself.
        Denied = "denied",
    }
);

closed_set!(
    /// Which way a mention moves risk.
    Polarity, "polarity" {
        /// The statement speaks of more risk.
        Tightening = "tightening",
        /// The statement speaks of less risk: an easing, or a mitigation.
        Easing = "easing",
        /// The measure is denied: nothing moves.
        Neutral = "neutral",
    }
);

impl Channel {
    /// Whether it is of acts against others, which are aimed, answered and suffered from: export controls and coercion.
    pub fn is_act(self) -> bool {
        matches!(self, Self::ExportControls | Self::Coercion)
    }
}

impl Polarity {
    /// Polarity follows from channel and status.
    pub fn of(channel: Channel, status: Status) -> Self {
        match (channel, status) {
            (_, Status::Denied) => Self::Neutral,
            (Channel::Mitigation, Status::Eased) => Self::Tightening,
            (Channel::Mitigation, _) | (_, Status::Eased) => Self::Easing,
            _ => Self::Tightening,
        }
    }
}

closed_set!(
    /// How finely time is cut.
    Granularity, "period" {
        /// One period over everything.
        All = "all",
        /// Calendar years.
        Year = "year",
        /// Calendar quarters.
        Quarter = "quarter",
        /// Calendar months.
        Month = "month",
    }
);

/// A span of time that scores are computed for: `all`, `2024`, `2024-Q3` or `2024-09`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// Everything, documents without a date included.
    All,
    /// A calendar year.
    Year(i16),
    /// A calendar quarter, 1–4.
    Quarter(i16, i8),
    /// A calendar month, 1–12.
    Month(i16, i8),
}

impl Period {
    /// The period that `date` falls in; a document without a date counts in [`Period::All`] only.
    pub fn of(date: Option<Date>, granularity: Granularity) -> Option<Self> {
        Some(match granularity {
            Granularity::All => Self::All,
            Granularity::Year => Self::Year(date?.year()),
            Granularity::Quarter => Self::Quarter(date?.year(), (date?.month() - 1) / 3 + 1),
            Granularity::Month => Self::Month(date?.year(), date?.month()),
        })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::All => "all".to_owned(),
            Self::Year(year) => format!("{year:04}"),
            Self::Quarter(year, quarter) => format!("{year:04}-Q{quarter}"),
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
        };
        f.pad(&text)
    }
}

impl FromStr for Period {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self, Error> {
        let fail = || bad_code("period", value, "all, YYYY, YYYY-Qn or YYYY-MM");
        if value == "all" {
            return Ok(Self::All);
        }
        let (year, rest) = value.split_once('-').map_or((value, None), |(y, r)| (y, Some(r)));
        let year: i16 = if year.len() == 4 { year.parse().map_err(|_| fail())? } else { return Err(fail()) };
        match rest {
            None => Ok(Self::Year(year)),
            Some(rest) => match rest.strip_prefix('Q') {
                Some(quarter) => quarter.parse().ok().filter(|q| (1..=4).contains(q)).map(|q| Self::Quarter(year, q)),
                None => {
                    rest.parse().ok().filter(|m| rest.len() == 2 && (1..=12).contains(m)).map(|m| Self::Month(year, m))
                }
            }
            .ok_or_else(fail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_what_they_print() {
        for text in ["all", "2024", "2024-Q3", "2024-09"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert!("2024-13".parse::<Period>().is_err());
        assert!("2024-Q5".parse::<Period>().is_err());
        assert_eq!("zh-Hant".parse::<Language>().unwrap().as_str(), "zh");
        assert!("chn".parse::<CountryCode>().is_err());
        assert!("Rare earths".parse::<MaterialId>().is_err());
        assert_eq!(SectorId::general().as_str(), "general");
    }

    #[test]
    fn an_undated_document_has_no_month() {
        assert_eq!(Period::of(None, Granularity::Month), None);
        assert_eq!(Period::of(None, Granularity::All), Some(Period::All));
    }
}
