//! What a scenario takes for granted, in words: printed with every result and kept beside it.

use super::Scenario;
use super::chains::MAX_PASSES;
use super::node::Node;

/// The assumptions that hold for every scenario.
const ALWAYS: [&str; 11] = [
    "Arithmetic on known shares, not a forecast: no prices, stocks, time, new capacity or other countries' replies.",
    "Supply lost = share of the country x fraction, with the preferred set of shares of each input and stage. OTHER is never one \
     country. A country that a complete set does not name supplies none of it; where a set names only some countries its share is \
     unknown, up to what the set leaves.",
    "Losses of several countries in one input and stage add up, at most to 1.",
    "What is not struck, and is made of nothing that is, loses nothing.",
    "A sector loses the sum of weight x dependence x loss over all it needs, divided by the sum of the weights. A weight says how much an \
     input matters beside the others; it is not a dependence.",
    "An input made of others loses what the scarcest of them, or the shock on its own makers, takes: the greatest, not the sum.",
    "Dependence = the part of a product that cannot be made without the input. Where nobody says it, it stays unknown: the low end of a \
     loss takes it as 0, the high end as 1. Both ends are given; one number is given only where they agree.",
    "Losses pass on through the chains until nothing changes.",
    "After recycling = lost x (1 - end-of-life recycling input rate). After substitution = that x substitution index (SI_SR). Both are the \
     EU's parameters of 2023, taken for the whole world. An unknown one may make up nothing or all of the loss.",
    "Who buys from whom is known for the European Union alone. Countries named in documents as a target are counted, not measured.",
    "Scores: a shock raises export_restrictions of the struck country by the part of a sector's supply that is struck. Text indicators, \
     supply shares and governance stand as they were.",
];

/// The assumptions of a scenario, one a line, with what it supposes first.
pub fn text(scenario: &Scenario) -> String {
    let mut lines: Vec<String> = scenario
        .shocks
        .iter()
        .map(|shock| {
            let stages: Vec<String> = scenario
                .struck
                .iter()
                .filter(|one| one.country == shock.country && one.of.input == shock.input)
                .filter(|one| shock.stage.as_ref().is_none_or(|stage| *stage == one.of.stage))
                .map(|one| Node::Input(one.of.clone()).to_string())
                .collect();
            format!("Shock: {} loses {} of its supply of {}.", shock.country, shock.fraction, stages.join(", "))
        })
        .collect();
    lines.extend(ALWAYS.iter().map(|line| (*line).to_owned()));
    if !scenario.is_settled {
        lines.push(format!(
            "The links form a cycle that had not settled after {MAX_PASSES} passes: losses are a little too low."
        ));
    }
    let unknown = scenario.unknown.len();
    lines.push(format!("Unknown and listed in unknown.csv: {unknown}."));
    lines.join("\n") + "\n"
}
