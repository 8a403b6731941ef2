//! One row of the indicator table, in typed form.

use crate::codes::{CountryCode, IndicatorId, Period, SectorId};
use crate::error::{Error, ErrorKind, Result};

/// What a value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Counted in documents.
    Text,
    /// Computed from `data/structural`.
    Structural,
}

impl Basis {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Structural => "structural",
        }
    }
}

impl std::str::FromStr for Basis {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self> {
        match value {
            "text" => Ok(Self::Text),
            "structural" => Ok(Self::Structural),
            _ => Err(Error::new(ErrorKind::Data, format!("`{value}` is no basis: expected one of text structural"))),
        }
    }
}

/// What one indicator says about one unit (sector × country) in one period, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorRow {
    /// Sector of the unit.
    pub sector: SectorId,
    /// Country of the unit.
    pub country: CountryCode,
    /// Period of the value.
    pub period: Period,
    /// Which indicator.
    pub indicator: IndicatorId,
    /// The value; `None` where it is unknown.
    pub value: Option<f64>,
    /// Lower end of the interval, where there is one.
    pub low: Option<f64>,
    /// Upper end of the interval, where there is one.
    pub high: Option<f64>,
    /// How many documents state it (text indicators only).
    pub documents: Option<u32>,
    /// Text or structural.
    pub basis: Basis,
    /// Where the value comes from, in words and numbers that lead back to documents or data rows.
    pub provenance: String,
}

impl IndicatorRow {
    /// What a row is about: no two rows of a table share it.
    pub fn key(&self) -> (SectorId, CountryCode, Period, IndicatorId) {
        (self.sector, self.country, self.period, self.indicator)
    }
}
