//! Country shares of an input at a stage: `data/structural/shares.csv`.
//!
//! A **set** is the rows of one input, stage, publisher, year and kind; it sums to 1. Concentration is the
//! Herfindahl–Hirschman index `HHI = Σ S_c²` over the countries that the set names. `OTHER` is never one country: it
//! adds nothing, so where a set names only some countries (`complete` = false) its HHI is a lower bound.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::{InputId, InputStage, Known};
use crate::codes::CountryCode;
use crate::data::{DataSource, Row};
use crate::error::{Error, ErrorKind, Result};

/// The table.
pub(super) const FILE: &str = "structural/shares.csv";

/// What stands for all countries that a set does not name.
pub(super) const OTHER: &str = "OTHER";

/// How far the sum of a set may be from 1: sources round.
pub(super) const TOLERANCE: f64 = 0.02;

/// A set whose unnamed remainder exceeds this is not complete: below it, the HHI is understated by less than 0.01.
pub(super) const MOST_UNNAMED: f64 = 0.10;

/// The greatest share, the first by its code among equals; countries come in order of their codes.
pub(super) fn greatest(shares: impl Iterator<Item = (CountryCode, f64)>) -> Option<(CountryCode, f64)> {
    shares.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// What a set of shares measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareKind {
    /// Of what is produced in the country.
    Production,
    /// Of what plants in the country could produce.
    Capacity,
    /// Of world exports.
    Exports,
    /// Of the sales of companies, by the country of their head office.
    SalesByHq,
}

impl ShareKind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Capacity => "capacity",
            Self::Exports => "exports",
            Self::SalesByHq => "sales by head office",
        }
    }
}

/// How near to its origin a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceBasis {
    /// The publisher's own figures.
    Primary,
    /// Reported or tabulated by another.
    Secondary,
}

impl SourceBasis {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }
}

/// A country's share and the line it stands on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountryShare {
    /// As a fraction.
    pub share: f64,
    /// Line of `data/structural/shares.csv`.
    pub line: u64,
}

/// One set of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareSet {
    /// Of what.
    pub of: InputStage,
    /// What is shared out.
    pub kind: ShareKind,
    /// The year of the figures, or the last of a mean of years.
    pub reference_year: i16,
    /// Whether this is the set to use for its input and stage.
    pub preferred: bool,
    /// Whether every country that matters is named.
    pub complete: bool,
    /// Primary or secondary.
    pub basis: SourceBasis,
    /// Who published it.
    pub publisher: String,
    /// Title of the publication.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The countries named.
    pub countries: BTreeMap<CountryCode, CountryShare>,
    /// The share of all others together.
    pub other: f64,
    /// Line of its first row.
    pub line: u64,
}

impl ShareSet {
    /// The index of concentration, in [0, 1]: a lower bound where the set is not complete.
    pub fn hhi(&self) -> f64 {
        self.countries.values().map(|country| country.share * country.share).sum()
    }

    /// The share of a country the set names.
    pub fn share(&self, country: CountryCode) -> Option<f64> {
        self.countries.get(&country).map(|country| country.share)
    }

    /// The most that a country may have which the set does not name: 0 in a complete set; else what is left over, but
    /// no more than the smallest share named, for a source that names some countries names the greatest.
    pub fn greatest_unnamed(&self) -> f64 {
        let smallest = self.countries.values().map(|country| country.share).fold(1.0, f64::min);
        if self.complete { 0.0 } else { self.other.min(smallest) }
    }
}

/// All sets of shares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shares {
    sets: Vec<Arc<ShareSet>>,
    preferred: BTreeMap<InputStage, Arc<ShareSet>>,
}

#[derive(Deserialize)]
struct Line {
    input: InputId,
    stage: String,
    country: String,
    share: f64,
    kind: ShareKind,
    reference_year: i16,
    preferred: bool,
    complete: bool,
    basis: SourceBasis,
    publisher: String,
    title: String,
    url: String,
}

/// What tells one set from another.
type Key = (InputStage, String, i16, ShareKind);

impl Shares {
    pub(super) fn load(source: &DataSource, known: &Known) -> Result<Self> {
        let rows: Vec<Row<Line>> = source.table(FILE)?;
        let (mut sets, mut faults) = (BTreeMap::<Key, ShareSet>::new(), Vec::new());
        for row in rows {
            let line = row.line;
            if let Err(fault) = add(&mut sets, row, known) {
                faults.push(fault.at_line(source.display(FILE), line));
            }
        }
        let mut shares = Self::default();
        for set in sets.into_values() {
            let line = set.line;
            let at = |fault: Error| fault.at_line(source.display(FILE), line);
            let sum = set.other + set.countries.values().map(|country| country.share).sum::<f64>();
            if (sum - 1.0).abs() > TOLERANCE {
                faults.push(at(fault(format!("the shares of {} sum to {sum:.3}: expected 1 ± {TOLERANCE}", set.of))
                    .hint("add what is missing as a row with country OTHER")));
            }
            let set = Arc::new(set);
            let is_second = set.preferred && shares.preferred.insert(set.of.clone(), Arc::clone(&set)).is_some();
            if is_second {
                faults.push(at(fault(format!("a second preferred set for {}", set.of)).hint("one set only is used")));
            }
            shares.sets.push(set);
        }
        if faults.is_empty() { Ok(shares) } else { Err(faults.into()) }
    }

    /// Every set, in order of input, stage, publisher, year and kind.
    pub fn sets(&self) -> impl Iterator<Item = &ShareSet> {
        self.sets.iter().map(|set| &**set)
    }

    /// The set to use for an input and stage.
    pub fn preferred(&self, of: &InputStage) -> Option<&Arc<ShareSet>> {
        self.preferred.get(of)
    }

    /// The inputs and stages that have a set to use.
    pub fn known(&self) -> BTreeSet<&InputStage> {
        self.preferred.keys().collect()
    }
}

fn fault(message: String) -> Error {
    Error::new(ErrorKind::Data, message)
}

/// Adds a row to its set, which its first row begins.
fn add(sets: &mut BTreeMap<Key, ShareSet>, row: Row<Line>, known: &Known) -> Result<()> {
    let Row { line, value: cells } = row;
    let of = InputStage { input: cells.input, stage: cells.stage };
    if of.is_material() && !known.materials.contains(&of.input) {
        let message = format!("`{}` is not in materials.csv", of.input);
        return Err(fault(message).in_column("input").hint("add the material there or correct its code"));
    }
    if !(0.0..=1.0).contains(&cells.share) {
        let message = format!("{} is no share: expected a fraction between 0 and 1", cells.share);
        return Err(fault(message).in_column("share"));
    }
    let key = (of.clone(), cells.publisher.clone(), cells.reference_year, cells.kind);
    let set = sets.entry(key).or_insert_with(|| ShareSet {
        of,
        kind: cells.kind,
        reference_year: cells.reference_year,
        preferred: cells.preferred,
        complete: cells.complete,
        basis: cells.basis,
        publisher: cells.publisher,
        title: cells.title,
        url: cells.url,
        countries: BTreeMap::new(),
        other: 0.0,
        line,
    });
    if (set.preferred, set.complete, set.basis) != (cells.preferred, cells.complete, cells.basis) {
        let message = format!("preferred, complete or basis differs from line {} of the same set", set.line);
        return Err(fault(message).hint("a set is the rows of one input, stage, publisher, year and kind"));
    }
    if cells.country == OTHER {
        set.other += cells.share;
        return Ok(());
    }
    let country: CountryCode = cells.country.parse().map_err(|fault: Error| fault.in_column("country"))?;
    if let Some(first) = set.countries.get(&country) {
        let message = format!("{country} twice in the set, first on line {}", first.line);
        return Err(fault(message).in_column("country"));
    }
    set.countries.insert(country, CountryShare { share: cells.share, line });
    Ok(())
}
