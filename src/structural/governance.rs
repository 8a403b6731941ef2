//! How countries are governed: `data/structural/governance.csv`.
//!
//! Worldwide Governance Indicators (Kaufmann, Kraay and Mastruzzi, World Bank): six estimates a year, each about −2.5
//! (weak) to 2.5 (strong). The score of a country is the mean over its last five years with data of the mean of that
//! year's known estimates. Two scales:
//!
//! - risk `(2.5 − mean) / 5`, held inside [0, 1] (as in GeoPolRisk, with all six estimates in place of stability
//!   alone);
//! - `(2.5 − mean) · 2`, the WGI factor of the EU's supply risk, on 0–10 (European Commission, *Methodology for
//!   establishing the EU list of critical raw materials*, 2017).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::codes::CountryCode;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};

/// The table.
pub(super) const FILE: &str = "structural/governance.csv";

/// Years that a score is the mean of.
const YEARS: usize = 5;

/// Top of the scale of an estimate.
const BEST: f64 = 2.5;

/// The governance of one country over some years.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GovernanceScore {
    /// Mean estimate.
    pub mean: f64,
    /// First and last year of the mean.
    pub years: (i16, i16),
    /// Lines of `data/structural/governance.csv` they stand on.
    pub lines: (u64, u64),
}

impl GovernanceScore {
    /// 0 best, 1 worst.
    pub fn risk(&self) -> f64 {
        ((BEST - self.mean) / (2.0 * BEST)).clamp(0.0, 1.0)
    }

    /// The factor of the EU's supply risk, 0–10.
    pub fn supply_risk_factor(&self) -> f64 {
        (BEST - self.mean) * 2.0
    }
}

/// The governance of all countries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Governance {
    /// Mean of the estimates, and line, by year.
    years: BTreeMap<CountryCode, BTreeMap<i16, (f64, u64)>>,
    /// Political stability alone, by year.
    stability: BTreeMap<CountryCode, BTreeMap<i16, f64>>,
}

#[derive(Deserialize)]
struct Line {
    country: CountryCode,
    year: i16,
    voice_accountability: Option<f64>,
    political_stability: Option<f64>,
    government_effectiveness: Option<f64>,
    regulatory_quality: Option<f64>,
    rule_of_law: Option<f64>,
    control_of_corruption: Option<f64>,
}

impl Line {
    /// The estimates that are known.
    fn estimates(&self) -> impl Iterator<Item = f64> {
        let all = [
            self.voice_accountability,
            self.political_stability,
            self.government_effectiveness,
            self.regulatory_quality,
            self.rule_of_law,
            self.control_of_corruption,
        ];
        all.into_iter().flatten()
    }
}

impl Governance {
    pub(super) fn load(source: &DataSource) -> Result<Self> {
        let (mut governance, mut faults) = (Self::default(), Vec::new());
        for row in source.table::<Line>(FILE)? {
            let at = |message: String| Error::new(ErrorKind::Data, message).at_line(source.display(FILE), row.line);
            let Line { country, year, .. } = row.value;
            // A little room: estimates are standardised, not bounded.
            if let Some(wrong) = row.value.estimates().find(|estimate| !(-4.0..=4.0).contains(estimate)) {
                faults.push(at(format!("{wrong} is no governance estimate: expected about -2.5 to 2.5")));
            }
            let count = row.value.estimates().count();
            if count == 0 {
                continue;
            }
            if let Some(stability) = row.value.political_stability {
                governance.stability.entry(country).or_default().insert(year, stability);
            }
            let mean = row.value.estimates().sum::<f64>() / count as f64;
            if governance.years.entry(country).or_default().insert(year, (mean, row.line)).is_some() {
                faults.push(at(format!("{country} {year} twice")));
            }
        }
        if faults.is_empty() { Ok(governance) } else { Err(faults.into()) }
    }

    /// Over the last five years that have data.
    pub fn latest(&self, country: CountryCode) -> Option<GovernanceScore> {
        mean(self.years.get(&country)?.iter().rev().take(YEARS))
    }

    /// The estimate of political stability and absence of violence, in the last year that has one.
    pub fn political_stability(&self, country: CountryCode) -> Option<f64> {
        self.stability.get(&country)?.values().next_back().copied()
    }

    /// Over these years, as far as they have data.
    pub fn over(&self, country: CountryCode, years: RangeInclusive<i16>) -> Option<GovernanceScore> {
        if years.is_empty() {
            return None;
        }
        mean(self.years.get(&country)?.range(years).rev())
    }
}

/// The mean of years that come latest first.
fn mean<'a>(years: impl Iterator<Item = (&'a i16, &'a (f64, u64))>) -> Option<GovernanceScore> {
    let years: Vec<_> = years.collect();
    let (first, last) = (years.last()?, years.first()?);
    let sum: f64 = years.iter().map(|(_, (mean, _))| mean).sum();
    Some(GovernanceScore {
        mean: sum / years.len() as f64,
        years: (*first.0, *last.0),
        lines: ((first.1).1.min((last.1).1), (first.1).1.max((last.1).1)),
    })
}
