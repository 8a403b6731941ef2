//! The EU's supply risk of each material and stage, and its economic importance; GeoPolRisk beside them.
//!
//! 1. [`tables`]: what the lists of 2017 and 2023 publish: import reliance, recycling, substitution, where the EU buys;
//! 2. [`own_shares`]: a user's shares in place of the tables';
//! 3. [`concentration`]: shares × governance × trade parameter → the weighted index;
//! 4. [`formula`]: the factors → the supply risk;
//! 5. [`importance`]: end uses × value added × substitution → the economic importance, and which materials are critical;
//! 6. [`agreement`]: how near our numbers are to the published ones;
//! 7. [`geopolrisk`] and [`trade`]: the score of another school, on a user's trade.
//!
//! For 2023 the index is computed from shares, for 2017 it is taken as published. Governance is the mean of 2016–2020, as in
//! the assessment of 2023. Nothing is fitted, and what is not known stays missing, with its reason. A group of materials
//! (heavy and light rare earths, platinum-group metals) has the mean of its members, as the assessment does; a member
//! without EU sourcing of its own has that of its group.

pub mod agreement;
pub mod concentration;
pub mod formula;
pub mod geopolrisk;
pub mod importance;
pub mod indices;
pub mod own_shares;
pub mod tables;
pub mod trade;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

use crate::codes::{CountryCode, MaterialId};
use crate::data::DataSource;
use crate::structural::restrictions::{INSIDE_UNION, Restrictions};
use crate::structural::shares::{self, ShareSet};
use crate::structural::{InputStage, Structure};
use concentration::{Supplier, Supply, Term, weighted};
use formula::{Factors, Gap};
use own_shares::OwnShares;
use tables::{Entry, List, Tables};

/// Whose shares of world production the assessment of 2023 rests on.
const ASSESSMENT: &str = "European Commission";

/// The years of governance in the assessment of 2023.
const GOVERNANCE_YEARS: RangeInclusive<i16> = 2016..=2020;

/// All that a supply risk is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The list.
    pub tables: &'a Tables,
    /// Shares, governance, trade parameters.
    pub structure: &'a Structure,
    /// Where the tables come from, for names of files.
    pub source: &'a DataSource,
    /// A user's shares and their file.
    pub own: Option<(&'a OwnShares, &'a Path)>,
}

/// A supply with every term of its weighted index.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    /// Who supplies.
    pub supply: Supply,
    /// Share, governance and trade parameter of each supplier.
    pub terms: Vec<Term>,
    /// The index, or the countries whose governance is not known.
    pub index: Result<f64, Vec<CountryCode>>,
}

/// The supply risk of a material at a stage, with every factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Material and stage.
    pub of: InputStage,
    /// What entered the formula.
    pub factors: Factors,
    /// `None` where something lacks: see `reason`.
    pub supply_risk: Option<f64>,
    /// Why there is no supply risk.
    pub reason: Option<String>,
    /// World production; `None` where no shares are known.
    pub global: Option<Weighted>,
    /// The EU's sourcing; `None` where no shares are known.
    pub eu: Option<Weighted>,
    /// The number of materials that this is the mean of; 0 where it is no group.
    pub members: usize,
    /// What the list publishes.
    pub entry: Entry,
}

/// The supply risk of every material and stage of the list, and of those that a user's shares add; in order of their codes.
pub fn assess(inputs: Inputs<'_>) -> Vec<Assessment> {
    let global = global_supplies(inputs);
    let own = inputs.own.map(|(sets, _)| sets.keys()).into_iter().flatten().filter(|of| of.is_material());
    let all: BTreeSet<&InputStage> = inputs.tables.entries.keys().chain(own).collect();
    let mut assessments: Vec<Assessment> = all.into_iter().map(|of| assess_one(inputs, &global, of)).collect();
    let known: BTreeMap<InputStage, Option<f64>> =
        assessments.iter().map(|assessment| (assessment.of.clone(), assessment.supply_risk)).collect();
    for assessment in &mut assessments {
        if let Some(members) = inputs.tables.groups.get(&assessment.of.input) {
            of_group(assessment, members, &known);
        }
    }
    assessments
}

fn assess_one(inputs: Inputs<'_>, global: &BTreeMap<InputStage, Supply>, of: &InputStage) -> Assessment {
    let entry = inputs.tables.entries.get(of).copied().unwrap_or_default();
    let weigh = |supply: &Supply| {
        let governance = |country| inputs.structure.governance().over(country, GOVERNANCE_YEARS);
        let terms = supply.terms(|country| governance(country).map(|score| score.supply_risk_factor()));
        Weighted { supply: supply.clone(), index: weighted(&terms), terms }
    };
    let global = global.get(of).map(weigh);
    let eu = inputs.tables.eu_supply_of(of).map(weigh);
    let index =
        |weighted: &Option<Weighted>| weighted.as_ref().and_then(|weighted| weighted.index.as_ref().ok()).copied();
    let factors = Factors {
        hhi_global: index(&global).or(entry.factors.hhi_global),
        hhi_eu: index(&eu).or(entry.factors.hhi_eu),
        ..entry.factors
    };
    let (supply_risk, reason) = match factors.supply_risk() {
        Ok(risk) => (Some(risk), None),
        Err(_) if !inputs.tables.entries.contains_key(of) => {
            (None, Some(format!("the list of {} has no parameters of it", inputs.tables.list.year())))
        }
        Err(gaps) => (None, Some(reason(&gaps, &global, &eu))),
    };
    Assessment { of: of.clone(), factors, supply_risk, reason, global, eu, members: 0, entry }
}

/// In words.
fn reason(gaps: &[Gap], global: &Option<Weighted>, eu: &Option<Weighted>) -> String {
    let words = |gap: &Gap| {
        let (supply, no_shares) = match gap {
            Gap::Global => (global, "no shares of world production by country"),
            Gap::Eu => (eu, "no shares of the EU's sourcing by country"),
            other => return other.to_string(),
        };
        match supply.as_ref().map(|weighted| &weighted.index) {
            Some(Err(countries)) => {
                let codes: Vec<&str> = countries.iter().map(CountryCode::as_str).collect();
                let (first, last) = (GOVERNANCE_YEARS.start(), GOVERNANCE_YEARS.end());
                format!("no governance estimate {first}-{last} of {}", codes.join(", "))
            }
            _ => no_shares.to_owned(),
        }
    };
    gaps.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// A group has the mean of its members at the stage, where all are known.
fn of_group(group: &mut Assessment, members: &BTreeSet<MaterialId>, known: &BTreeMap<InputStage, Option<f64>>) {
    let at = |member: &MaterialId| InputStage { input: *member, stage: group.of.stage.clone() };
    let risks: Vec<(MaterialId, Option<f64>)> =
        members.iter().map(|member| (*member, known.get(&at(member)).copied().flatten())).collect();
    let missing: Vec<&str> =
        risks.iter().filter(|(_, risk)| risk.is_none()).map(|(member, _)| member.as_str()).collect();
    group.members = members.len();
    if missing.is_empty() {
        group.supply_risk = Some(risks.iter().filter_map(|(_, risk)| *risk).sum::<f64>() / risks.len() as f64);
        group.reason = None;
    } else {
        group.supply_risk = None;
        group.reason = Some(format!("a group is the mean of its members; not known of {}", missing.join(", ")));
    }
}

/// World production by material and stage: the assessment's shares, or a user's. For 2017 none are published.
fn global_supplies(inputs: Inputs<'_>) -> BTreeMap<InputStage, Supply> {
    let restrictions = inputs.structure.restrictions();
    let union = restrictions.european_union();
    let mut supplies = BTreeMap::new();
    if inputs.tables.list == List::Of2023 {
        let file = inputs.source.display(shares::FILE).display().to_string();
        let sets = inputs.structure.shares().sets();
        for set in sets.filter(|set| set.publisher == ASSESSMENT && set.of.is_material()) {
            let supply = Supply { suppliers: suppliers(set), other: set.other, file: file.clone() };
            supplies.insert(set.of.clone(), with_trade(supply, &set.of, restrictions, &union));
        }
    }
    if let Some((own, file)) = inputs.own {
        for (of, set) in own.iter().filter(|(of, _)| of.is_material()) {
            let file = file.display().to_string();
            let supply = Supply { suppliers: set.suppliers.clone(), other: set.other, file };
            supplies.insert(of.clone(), with_trade(supply, of, restrictions, &union));
        }
    }
    supplies
}

fn suppliers(set: &ShareSet) -> Vec<Supplier> {
    let supplier = |(country, share): (&CountryCode, &shares::CountryShare)| Supplier {
        country: *country,
        share: share.share,
        trade_parameter: None,
        assumed: 1.0,
        line: share.line,
    };
    set.countries.iter().map(supplier).collect()
}

/// With the trade parameter of every country that the table of shares does not say.
fn with_trade(
    mut supply: Supply,
    of: &InputStage,
    restrictions: &Restrictions,
    union: &BTreeSet<CountryCode>,
) -> Supply {
    for supplier in &mut supply.suppliers {
        let restriction = restrictions.get(of, supplier.country);
        supplier.trade_parameter =
            supplier.trade_parameter.or_else(|| restriction.map(|restriction| restriction.trade_parameter));
        supplier.assumed = if union.contains(&supplier.country) { INSIDE_UNION } else { 1.0 };
    }
    supply
}

impl Assessment {
    /// The country that produces most of the world's supply, with its share.
    pub fn top(&self) -> Option<(CountryCode, f64)> {
        self.global.as_ref()?.supply.top()
    }

    /// The countries whose trade parameter is taken as if no restriction were known.
    pub fn assumed_trade(&self) -> Vec<CountryCode> {
        let terms = self.global.iter().flat_map(|weighted| &weighted.terms);
        let assumed = terms.filter(|term| term.supplier.trade_parameter.is_none());
        assumed.map(|term| term.supplier.country).collect()
    }
}

#[cfg(test)]
mod tests;
