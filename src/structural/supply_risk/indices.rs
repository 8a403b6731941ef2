//! The plain index of concentration of every input and stage that has shares, a user's in place of ours.

use super::own_shares::{OwnSet, OwnShares};
use crate::codes::CountryCode;
use crate::structural::InputStage;
use crate::structural::band::Band;
use crate::structural::shares::{ShareSet, Shares, greatest};

/// How concentrated the supply of an input at a stage is.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Of what.
    pub of: InputStage,
    /// `Σ S²` over the countries named, 0–1.
    pub hhi: f64,
    /// Whether countries that matter may be unnamed: the index is then at least this.
    pub is_lower_bound: bool,
    /// The greatest, and its share.
    pub top: Option<(CountryCode, f64)>,
    /// What is shared out: production, capacity, exports, sales; empty where a user's table does not say.
    pub kind: String,
    /// Year of the figures, likewise.
    pub reference_year: String,
    /// Who published them, likewise.
    pub publisher: String,
}

impl Index {
    /// The band of the index; of a lower bound, the least it can be in.
    pub fn band(&self) -> Band {
        Band::of(self.hhi)
    }
}

/// Of every input and stage, in order of their codes: its preferred set, or the user's.
pub fn of_shares(shares: &Shares, own: Option<&OwnShares>) -> Vec<Index> {
    let is_replaced = |of: &InputStage| own.is_some_and(|own| own.contains_key(of));
    let preferred = shares.known().into_iter().filter(|of| !is_replaced(of)).filter_map(|of| shares.preferred(of));
    let mut all: Vec<Index> = preferred.map(|set| of_set(set)).collect();
    all.extend(own.into_iter().flatten().map(|(of, set)| of_own(of, set)));
    all.sort_by(|a, b| a.of.cmp(&b.of));
    all
}

fn of_set(set: &ShareSet) -> Index {
    let countries = set.countries.iter().map(|(country, share)| (*country, share.share));
    Index {
        of: set.of.clone(),
        hhi: set.hhi(),
        is_lower_bound: !set.complete,
        top: greatest(countries),
        kind: set.kind.as_str().to_owned(),
        reference_year: set.reference_year.to_string(),
        publisher: set.publisher.clone(),
    }
}

fn of_own(of: &InputStage, set: &OwnSet) -> Index {
    let countries = set.suppliers.iter().map(|supplier| (supplier.country, supplier.share));
    Index {
        of: of.clone(),
        hhi: countries.clone().map(|(_, share)| share * share).sum(),
        is_lower_bound: !set.complete,
        top: greatest(countries),
        kind: set.kind.clone().unwrap_or_default(),
        reference_year: set.reference_year.clone().unwrap_or_default(),
        publisher: set.publisher.clone().unwrap_or_default(),
    }
}
