//! Shares of inputs → the supply of a sector: who holds how much of what it depends on.
//!
//! `supply share of c = Σ_i weight_i · S_ic / Σ_i weight_i` over the sector's inputs i that have a preferred set of
//! shares. A country that a **complete** set does not name has none of that input. One that an **incomplete** set
//! does not name has an unknown part of what the source left over: it counts 0 in `value`, which is then a lower
//! bound, and the most it may be ([`ShareSet::greatest_unnamed`]) in `high`. (A mean over the inputs that name a
//! country would be wrong: one named by a single source would hold that share of the whole sector, and shares would
//! sum to more than 1.) A country that no set names is not in the table: missing is missing.
//!
//! The sector's HHI is the mean of the HHI of its inputs by the same weights, a lower bound where any set is
//! incomplete.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::inputs::SectorInput;
use super::shares::{ShareSet, Shares};
use crate::codes::{CountryCode, SectorId};

/// An input of a sector and the shares that are used for it.
#[derive(Debug, Clone, PartialEq)]
pub struct InputStructure {
    /// What the sector depends on.
    pub input: SectorInput,
    /// Who supplies it; `None` where no source gives shares by country.
    pub set: Option<Arc<ShareSet>>,
}

/// The share of a country in the supply of a sector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplyShare {
    /// What sources name, as a fraction.
    pub value: f64,
    /// The most it may be, given what they leave over; `value` where all sets are complete.
    pub high: f64,
}

/// How the supply of a sector is concentrated.
#[derive(Debug, Clone, PartialEq)]
pub struct SectorStructure {
    /// The sector.
    pub sector: SectorId,
    /// Mean HHI of the inputs; `None` where none has shares.
    pub hhi: Option<f64>,
    /// Whether the true HHI may be higher, as some sources name only some countries.
    pub is_lower_bound: bool,
    /// The country with the greatest supply share.
    pub top_country: Option<CountryCode>,
    /// Its share.
    pub top_share: Option<f64>,
    /// Sum of the weights of inputs with shares, and of all inputs.
    pub weights: (f64, f64),
    /// The inputs, in the order of the table.
    pub inputs: Vec<InputStructure>,
    /// Supply share of every country that a set names.
    pub countries: BTreeMap<CountryCode, SupplyShare>,
}

/// What one input adds to the supply share of a country.
#[derive(Debug, Clone, Copy)]
pub struct Contribution<'a> {
    /// Weight of the input.
    pub weight: f64,
    /// Share of the country in it.
    pub share: f64,
    /// Line of `data/structural/shares.csv`.
    pub line: u64,
    /// The set it is from.
    pub set: &'a ShareSet,
}

impl SectorStructure {
    /// The inputs with shares.
    pub fn known(&self) -> impl Iterator<Item = (&SectorInput, &ShareSet)> {
        self.inputs.iter().filter_map(|input| Some((&input.input, &**input.set.as_ref()?)))
    }

    /// What each input adds to the supply share of a country, greatest first.
    pub fn contributions(&self, country: CountryCode) -> Vec<Contribution<'_>> {
        let mut contributions: Vec<_> = self
            .known()
            .filter_map(|(input, set)| {
                let named = set.countries.get(&country)?;
                Some(Contribution { weight: input.weight, share: named.share, line: named.line, set })
            })
            .collect();
        contributions.sort_by(|a, b| (b.weight * b.share).total_cmp(&(a.weight * a.share)));
        contributions
    }

    fn supply_share(&self, country: CountryCode) -> SupplyShare {
        let (mut value, mut unnamed) = (0.0, 0.0);
        for (input, set) in self.known() {
            match set.share(country) {
                Some(share) => value += input.weight * share,
                None => unnamed += input.weight * set.greatest_unnamed(),
            }
        }
        let total = self.weights.0;
        SupplyShare { value: (value / total).min(1.0), high: ((value + unnamed) / total).min(1.0) }
    }
}

/// Works out the structure of a sector.
pub(super) fn of_sector(sector: SectorId, inputs: Vec<SectorInput>, shares: &Shares) -> SectorStructure {
    let inputs: Vec<_> =
        inputs.into_iter().map(|input| InputStructure { set: shares.preferred(&input.of).cloned(), input }).collect();
    let all = inputs.iter().map(|input| input.input.weight).sum();
    let mut structure = SectorStructure {
        sector,
        hhi: None,
        is_lower_bound: false,
        top_country: None,
        top_share: None,
        weights: (0.0, all),
        inputs,
        countries: BTreeMap::new(),
    };
    let (mut weights, mut hhi) = (0.0, 0.0);
    for (input, set) in structure.known() {
        weights += input.weight;
        hhi += input.weight * set.hhi();
    }
    if weights == 0.0 {
        return structure;
    }
    structure.weights.0 = weights;
    structure.hhi = Some(hhi / weights);
    let is_lower_bound = structure.known().any(|(_, set)| !set.complete);
    structure.is_lower_bound = is_lower_bound;
    let named: BTreeSet<CountryCode> = structure.known().flat_map(|(_, set)| set.countries.keys().copied()).collect();
    structure.countries = named.into_iter().map(|country| (country, structure.supply_share(country))).collect();
    // The first of equals, in order of codes.
    let top = structure.countries.iter().rev().max_by(|a, b| a.1.value.total_cmp(&b.1.value));
    (structure.top_country, structure.top_share) = (top.map(|top| *top.0), top.map(|top| top.1.value));
    structure
}
