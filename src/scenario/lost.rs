//! Shocks → the supply lost of each input and stage.
//!
//! `lost = Σ over shocks of share(country) × fraction`, with the preferred set of shares of that input and stage. `OTHER` is never one
//! country. A country that a complete set does not name supplies nothing of it: nothing is lost. One that an incomplete set does not
//! name has an unknown share, from 0 to [`ShareSet::greatest_unnamed`]; where no set gives shares it is anything from 0 to 1. Losses
//! of several countries add up, held at 1.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::mitigation::{Mitigation, Parameters};
use super::nearest::nearest;
use super::shock::Shock;
use super::span::Span;
use crate::codes::CountryCode;
use crate::error::{Error, ErrorKind, Result};
use crate::structural::shares::ShareSet;
use crate::structural::{InputStage, Structure};

/// One shock at one stage, and what it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Struck {
    /// Whose supply.
    pub country: CountryCode,
    /// Of what, at which stage.
    pub of: InputStage,
    /// How much of that country's supply is lost.
    pub fraction: f64,
    /// The country's share of the supply, as far as it is known.
    pub share: Span,
    /// Whether a set of shares names the country, or leaves nothing for it.
    pub is_known: bool,
    /// The set of shares used.
    pub set: Option<Arc<ShareSet>>,
    /// Recycling and substitution of the input.
    pub parameters: Parameters,
}

impl Struck {
    /// The part of the world's supply of the input at the stage that is lost.
    pub fn lost(&self) -> Span {
        self.share.scaled(self.fraction)
    }

    /// Why the share is not known.
    pub fn unknown_share(&self) -> Option<String> {
        match (&self.set, self.is_known) {
            (_, true) => None,
            (Some(set), false) => Some(format!(
                "{} {} names only some countries, not {}: at most {}",
                set.publisher, set.reference_year, self.country, self.share.high
            )),
            (None, false) => Some("no set of shares by country".to_owned()),
        }
    }
}

/// Finds what the shocks strike.
///
/// # Errors
/// With every country, input and stage that the data do not know, and every shock that strikes the same twice.
pub fn strike(shocks: &[Shock], structure: &Structure, mitigation: &Mitigation) -> Result<Vec<Struck>> {
    let stages = known_stages(structure);
    let (mut struck, mut faults) = (BTreeMap::new(), Vec::new());
    for shock in shocks {
        if let Err(fault) = check_country(shock, structure) {
            faults.push(fault);
        }
        let found = match stages_of(shock, &stages) {
            Ok(found) => found,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        for of in found {
            let one = of_stage(shock, of.clone(), structure, mitigation);
            if struck.insert((of.clone(), shock.country), one).is_some() {
                let message = format!("{shock}: {} loses {of} twice", shock.country);
                faults.push(usage(message, "give one --shock for a country, input and stage"));
            }
        }
    }
    if faults.is_empty() { Ok(struck.into_values().collect()) } else { Err(faults.into()) }
}

/// What is lost of each input and stage by all shocks together.
pub fn totals(struck: &[Struck], each: impl Fn(&Struck) -> Span) -> BTreeMap<InputStage, Span> {
    let mut totals = BTreeMap::<InputStage, Span>::new();
    // In order of stage and country, so that the order of the shocks changes no digit.
    for one in struck {
        let total = totals.entry(one.of.clone()).or_default();
        *total = total.plus(each(one));
    }
    totals.into_iter().map(|(of, total)| (of, total.held())).collect()
}

fn usage(message: String, hint: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message).hint(hint)
}

/// Every input and stage that shares or sectors speak of; whether it has shares.
fn known_stages(structure: &Structure) -> BTreeMap<InputStage, bool> {
    let inputs = structure.sectors().flat_map(|sector| sector.inputs.iter().map(|input| &input.input.of));
    let mut stages: BTreeMap<InputStage, bool> = inputs.map(|of| (of.clone(), false)).collect();
    stages.extend(structure.shares().known().into_iter().map(|of| (of.clone(), true)));
    stages
}

fn check_country(shock: &Shock, structure: &Structure) -> Result<()> {
    let country = shock.country;
    let named = structure.shares().sets().flat_map(|set| set.countries.keys());
    let named: BTreeSet<&str> = named.map(CountryCode::as_str).collect();
    if country == CountryCode::EUROPEAN_UNION {
        let hint = "shares are by country: give one --shock for each member state, such as DEU:...";
        return Err(usage(format!("{shock}: the European Union is not one country in the shares"), hint));
    }
    if named.contains(country.as_str()) || structure.governance().latest(country).is_some() {
        return Ok(());
    }
    let near = nearest(country.as_str(), named).join(" ");
    Err(usage(format!("{shock}: the data know no country {country}"), format!("nearest codes: {near}")))
}

/// The stages a shock strikes.
fn stages_of<'a>(shock: &Shock, stages: &'a BTreeMap<InputStage, bool>) -> Result<Vec<&'a InputStage>> {
    let of_input: Vec<(&InputStage, bool)> =
        stages.iter().filter(|(of, _)| of.input == shock.input).map(|(of, has)| (of, *has)).collect();
    if of_input.is_empty() {
        let near = nearest(shock.input.as_str(), stages.keys().map(|of| of.input.as_str())).join(" ");
        let message = format!("{shock}: the data know no input `{}`", shock.input);
        return Err(usage(message, format!("nearest inputs: {near}")));
    }
    let Some(stage) = &shock.stage else {
        return Ok(of_input.into_iter().map(|(of, _)| of).collect());
    };
    match of_input.iter().find(|(of, _)| of.stage == *stage) {
        Some((of, _)) => Ok(vec![of]),
        None => {
            let all: Vec<&str> = of_input.iter().map(|(of, _)| of.stage.as_str()).collect();
            let message = format!("{shock}: `{}` has no stage `{stage}`", shock.input);
            Err(usage(message, format!("its stages: {}", all.join(" "))))
        }
    }
}

fn of_stage(shock: &Shock, of: InputStage, structure: &Structure, mitigation: &Mitigation) -> Struck {
    let set = structure.shares().preferred(&of).cloned();
    let (share, is_known) = match &set {
        None => (Span::of(None), false),
        Some(set) => match set.share(shock.country) {
            Some(share) => (Span::of(Some(share)), true),
            None => (Span { low: 0.0, high: set.greatest_unnamed() }.held(), set.complete),
        },
    };
    let parameters = mitigation.of(&of);
    Struck { country: shock.country, of, fraction: shock.fraction, share, is_known, set, parameters }
}
