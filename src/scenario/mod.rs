//! Suppose a country's supply of an input is lost: what do sectors lose, who is exposed, how do scores move?
//!
//! 1. [`shock`]: `CHN:gallium=1.0` → [`Shock`];
//! 2. [`lost`]: shocks and preferred shares → what is lost of each input and stage, with [`mitigation`] by recycling and substitution;
//! 3. [`links`]: what is made of what → [`chains`]: losses of inputs → losses of sectors, in chains; [`paths`]: by which ways;
//! 4. [`exposed`]: which countries are hit, as far as the data say;
//! 5. [`scores`]: the scores of a run with the shocks beside those without.
//!
//! A scenario is arithmetic on what is known, not a forecast: no prices, no stocks, no time, no new supply. What is not known is a
//! [`span::Span`] between the least and the most it may be, and is listed ([`Unknown`]). The assumptions in words: [`assumptions`].

pub mod assumptions;
pub mod chains;
pub mod exposed;
pub mod links;
pub mod lost;
pub mod mitigation;
pub mod nearest;
pub mod node;
pub mod paths;
pub mod scores;
pub mod shock;
pub mod span;

use std::collections::BTreeMap;

use crate::codes::SectorId;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};
use crate::structural::{InputStage, Structure};
use chains::{Chains, Losses};
use exposed::{EuSupply, Exposed};
use links::Link;
use lost::Struck;
use mitigation::Mitigation;
use node::Node;
use paths::Way;
pub use shock::Shock;
use span::Span;

/// What a scenario needs to know.
#[derive(Debug)]
pub struct Knowledge {
    /// Shares, governance, restrictions, inputs of sectors.
    pub structure: Structure,
    /// What needs what.
    pub links: Vec<Link>,
    /// Recycling and substitution.
    pub mitigation: Mitigation,
    /// Where the EU gets its materials.
    pub eu_supply: EuSupply,
}

impl Knowledge {
    /// Loads and checks the tables.
    ///
    /// # Errors
    /// With the faults of the tables, each at its file and line.
    pub fn load(source: &DataSource) -> Result<Self> {
        let structure = Structure::load(source)?;
        let links = links::load(source, &structure);
        let mitigation = Mitigation::load(source);
        let eu_supply = EuSupply::load(source);
        match (links, mitigation, eu_supply) {
            (Ok(links), Ok(mitigation), Ok(eu_supply)) => Ok(Self { structure, links, mitigation, eu_supply }),
            (links, mitigation, eu_supply) => {
                let faults = [links.err(), mitigation.err(), eu_supply.err()];
                Err(faults.into_iter().flatten().collect::<Vec<_>>().into())
            }
        }
    }
}

/// What a sector loses.
#[derive(Debug, Clone, PartialEq)]
pub struct SectorLoss {
    /// The sector.
    pub sector: SectorId,
    /// Links of the shortest chain from what is struck.
    pub step: usize,
    /// Lost, as a part of what it needs.
    pub lost: Span,
    /// The same after recycling and substitution of what is struck.
    pub after_mitigation: Span,
    /// The part of its weights over which the loss is known.
    pub known_weight: Option<f64>,
    /// What it needs whose loss, or the dependence on which, is not known.
    pub unknown: Vec<Node>,
    /// The ways by which the loss comes, what adds most first.
    pub ways: Vec<Way>,
}

/// Something the shocks met and nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// `share`, `dependence`, `recycling`, `substitution` or `purchases`.
    pub kind: &'static str,
    /// What is struck or needed.
    pub from: String,
    /// What needs it; empty where the fact is about `from` alone.
    pub to: String,
    /// What is missing, and what was done.
    pub reason: String,
    /// The row that would hold it.
    pub place: String,
}

/// What follows from the shocks.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The shocks, as given.
    pub shocks: Vec<Shock>,
    /// What they strike, in order of input, stage and country.
    pub struck: Vec<Struck>,
    /// What is lost of each input and stage by all shocks together.
    pub totals: BTreeMap<InputStage, Span>,
    /// What sectors lose, the most first.
    pub sectors: Vec<SectorLoss>,
    /// Inputs that are lost because what they are made of is, with what is lost of them.
    pub made_inputs: Vec<(Node, Span)>,
    /// Who is exposed.
    pub exposed: Vec<Exposed>,
    /// What is not known.
    pub unknown: Vec<Unknown>,
    /// Whether the chains came to an end by themselves.
    pub is_settled: bool,
}

/// Works out what follows from the shocks.
///
/// # Errors
/// Without a shock, and with every country, input and stage that the data do not know.
pub fn run(knowledge: &Knowledge, shocks: &[Shock]) -> Result<Scenario> {
    if shocks.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no shock is given").hint("give one with --shock CHN:gallium=1.0"));
    }
    let struck = lost::strike(shocks, &knowledge.structure, &knowledge.mitigation)?;
    let totals = lost::totals(&struck, Struck::lost);
    let remaining = lost::totals(&struck, |one| one.parameters.after_substitution(one.lost()));
    let as_nodes = |totals: &BTreeMap<InputStage, Span>| -> BTreeMap<Node, Span> {
        totals.iter().map(|(of, span)| (Node::Input(of.clone()), *span)).collect()
    };
    let own = as_nodes(&totals);
    let chains = Chains::new(&knowledge.links, own.keys());
    let losses = chains.spread(&own);
    let remaining = chains.spread(&as_nodes(&remaining));
    let exposed = exposed::of_europe(&struck, &knowledge.eu_supply);
    Ok(Scenario {
        shocks: shocks.to_vec(),
        sectors: sectors(&chains, &losses, &remaining),
        made_inputs: made_inputs(&chains, &losses),
        unknown: unknown(&struck, &chains, &losses, &exposed),
        is_settled: losses.is_settled && remaining.is_settled,
        exposed,
        struck,
        totals,
    })
}

fn sectors(chains: &Chains<'_>, losses: &Losses, remaining: &Losses) -> Vec<SectorLoss> {
    let reached = chains.nodes().filter_map(|(at, node)| Some((at, node.sector()?, losses.reached[at]?)));
    let mut sectors: Vec<SectorLoss> = reached
        .map(|(at, sector, step)| SectorLoss {
            sector,
            step,
            lost: losses.lost[at],
            after_mitigation: remaining.lost[at],
            known_weight: chains.known_weight(at, losses),
            unknown: chains.unknown(at, losses).into_iter().map(|link| link.from.clone()).collect(),
            ways: paths::ways(chains, losses, at),
        })
        .collect();
    sectors.sort_by(|a, b| b.lost.high.total_cmp(&a.lost.high).then(a.sector.cmp(&b.sector)));
    sectors
}

fn made_inputs(chains: &Chains<'_>, losses: &Losses) -> Vec<(Node, Span)> {
    let inputs =
        chains.nodes().filter(|(at, node)| node.sector().is_none() && losses.lost[*at].high > losses.own[*at].high);
    inputs.map(|(at, node)| (node.clone(), losses.lost[at])).collect()
}

fn unknown(struck: &[Struck], chains: &Chains<'_>, losses: &Losses, exposed: &[Exposed]) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    let mut add = |kind, from: String, to: String, reason: &str, place: &str| {
        unknown.push(Unknown { kind, from, to, reason: reason.to_owned(), place: place.to_owned() });
    };
    for one in struck.iter().filter(|one| one.lost().high > 0.0) {
        let from = Node::Input(one.of.clone()).to_string();
        if let Some(reason) = one.unknown_share() {
            add("share", from.clone(), one.country.to_string(), &reason, "structural/shares.csv");
        }
        if one.parameters.recycling_rate.is_none() {
            let reason = "no recycling rate: between nothing and all of the loss may be made up";
            add("recycling", from.clone(), String::new(), reason, mitigation::FILE);
        }
        if one.parameters.substitution_index.is_none() {
            let reason = "no substitution index: between nothing and all of the loss may be made up";
            add("substitution", from, String::new(), reason, mitigation::FILE);
        }
    }
    for link in chains.unknown_dependences(losses) {
        let reason = "no dependence: taken as 0 at the low end, as 1 at the high end";
        add("dependence", link.from.to_string(), link.to.to_string(), reason, &link.place);
    }
    for row in exposed.iter().filter(|row| row.exposure.is_none()) {
        let from = Node::Input(row.of.clone()).to_string();
        add("purchases", from, row.country.to_string(), &row.basis, exposed::FILE);
    }
    unknown.sort();
    // Two countries may strike the same input.
    unknown.dedup();
    unknown
}

#[cfg(test)]
mod tests;
