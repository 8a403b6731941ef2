//! Where a structural value comes from, in one cell: inputs, shares, sources, years, addresses and lines of the data.
//!
//! The greatest contributions are named, grouped by source so that an address stands once:
//! `USGS, primary, production 2025, https://…: gallium processing 0.9901 (shares.csv:1061), …; 33 more`.

use super::governance::GovernanceScore;
use super::indicators::Restricted;
use super::shares::ShareSet;
use super::supply::{Contribution, SectorStructure};
use crate::codes::CountryCode;

/// Inputs that are named in a cell; the rest is counted.
const NAMED: usize = 6;

/// Where a supply share comes from.
pub(super) fn of_supply(
    structure: &SectorStructure,
    country: CountryCode,
    contributions: &[Contribution<'_>],
) -> String {
    let known = structure.known().count();
    let unnamed = structure.known().filter(|(_, set)| set.share(country).is_none() && !set.complete).count();
    let mut text =
        format!("named in {} of {known} inputs with shares ({} in all)", contributions.len(), structure.inputs.len());
    if unnamed > 0 {
        text.push_str(&format!(", a lower bound: not named in {unnamed} that name only some countries"));
    }
    let mut sources: Vec<(&ShareSet, Vec<&Contribution<'_>>)> = Vec::new();
    for contribution in contributions.iter().take(NAMED) {
        match sources.iter_mut().find(|(set, _)| same_source(set, contribution.set)) {
            Some((_, group)) => group.push(contribution),
            None => sources.push((contribution.set, vec![contribution])),
        }
    }
    for (set, group) in sources {
        let inputs: Vec<_> = group.into_iter().map(input).collect();
        text.push_str(&format!(
            "; {}, {}, {} {}, {}: {}",
            set.publisher,
            set.basis.as_str(),
            set.kind.as_str(),
            set.reference_year,
            set.url,
            inputs.join(", ")
        ));
    }
    text + &more(contributions.len())
}

/// The same inputs without their sources, for values that are made from a supply share.
pub(super) fn inputs_of(contributions: &[Contribution<'_>]) -> String {
    let named: Vec<_> = contributions.iter().take(NAMED).map(input).collect();
    named.join(", ") + &more(contributions.len())
}

/// Where a level of restriction comes from; `restricted` has what it is the mean of, greatest first.
pub(super) fn of_restrictions(restricted: &[Restricted<'_>], known: f64, all: f64) -> String {
    let percent = format!("{:.0}", if all > 0.0 { 100.0 * known / all } else { 0.0 });
    let mut text = format!("trade parameter known for {percent}% of the country's weighted supply");
    for (at, part) in restricted.iter().take(NAMED).enumerate() {
        let restriction = part.restriction;
        let parameter = restriction.trade_parameter;
        let opening =
            if at == 0 { format!("; {}, {}: ", restriction.source, restriction.reference_year) } else { ", ".into() };
        text.push_str(&opening);
        text.push_str(&format!(
            "{} t {parameter} (trade_parameter.csv:{})",
            part.contribution.set.of, restriction.line
        ));
    }
    text + &more(restricted.len())
}

/// Where a governance score comes from.
pub(super) fn of_governance(score: &GovernanceScore) -> String {
    let ((first_year, last_year), (first, last)) = (score.years, score.lines);
    let mean = brief(score.mean);
    format!(
        "World Bank, Worldwide Governance Indicators, mean estimate {mean}, {first_year}-{last_year} \
         (governance.csv:{first}-{last})"
    )
}

fn input(contribution: &Contribution<'_>) -> String {
    format!("{} {} (shares.csv:{})", contribution.set.of, brief(contribution.share), contribution.line)
}

fn same_source(a: &ShareSet, b: &ShareSet) -> bool {
    let source = |set: &ShareSet| (set.basis, set.kind, set.reference_year);
    source(a) == source(b) && a.publisher == b.publisher && a.url == b.url
}

fn more(count: usize) -> String {
    if count > NAMED { format!("; {} more", count - NAMED) } else { String::new() }
}

/// A number for a sentence: at most four decimals.
pub(super) fn brief(number: f64) -> String {
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
