//! How inputs and sectors hang together: `data/sector_inputs.csv` and `data/structural/sector_links.csv`.
//!
//! A row of `sector_links.csv` says that `to` needs `from`. A name with a stage is an input, one without is a sector:
//!
//! | from | to | means | weight |
//! |---|---|---|---|
//! | input | input | the one is made of the other (bauxite → alumina) | empty |
//! | sector | input | the sector makes the input | empty |
//! | sector | sector | the sector's goods are an input of the other (semiconductors → electric_vehicles) | as in `sector_inputs.csv` |
//! | input | sector | says the `dependence` of a row of `sector_inputs.csv` | empty: it stands there |
//!
//! `dependence` is the part of what `to` makes that cannot be made without `from`: 1 = none of it can. Empty = unknown. The weight is not
//! a dependence: it says how much an input matters beside the others.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::node::Node;
use crate::codes::SectorId;
use crate::data::{DataSource, Row};
use crate::error::{Error, ErrorKind, Result};
use crate::structural::{InputId, InputStage, Structure};

/// The table.
pub const FILE: &str = "structural/sector_links.csv";

/// One thing needs another.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What is needed.
    pub from: Node,
    /// By what.
    pub to: Node,
    /// How much it matters beside the other needs of a sector; 0 where an input is made, as there nothing is weighed.
    pub weight: f64,
    /// The part of `to` that cannot be made without it; `None` = unknown.
    pub dependence: Option<f64>,
    /// Who says so.
    pub source: String,
    /// File and line of the dependence, or of the need.
    pub place: String,
}

#[derive(Deserialize)]
struct Line {
    from: String,
    from_stage: Option<String>,
    to: String,
    to_stage: Option<String>,
    weight: Option<f64>,
    dependence: Option<f64>,
    source: String,
}

/// All links, in order of what needs and what is needed.
///
/// # Errors
/// With every fault of `sector_links.csv`; a folder of data without that table has the inputs of sectors alone.
pub fn load(source: &DataSource, structure: &Structure) -> Result<Vec<Link>> {
    let mut links: BTreeMap<(Node, Node), Link> = BTreeMap::new();
    for sector in structure.sectors() {
        for input in sector.inputs.iter().map(|input| &input.input) {
            let (from, to) = (Node::Input(input.of.clone()), Node::Sector(sector.sector));
            let link = Link {
                from: from.clone(),
                to: to.clone(),
                weight: input.weight,
                dependence: None,
                source: input.source.clone(),
                place: format!("sector_inputs.csv:{}", input.line),
            };
            links.insert((to, from), link);
        }
    }
    if source.has(FILE) {
        add_table(source, structure, &mut links)?;
    }
    Ok(links.into_values().collect())
}

fn add_table(source: &DataSource, structure: &Structure, links: &mut BTreeMap<(Node, Node), Link>) -> Result<()> {
    let known = Known::new(source, structure)?;
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for row in source.table::<Line>(FILE)? {
        let at = |fault: Error| fault.at_line(source.display(FILE), row.line);
        let outcome = link_of(&row, &known, links).and_then(|link| {
            let key = (link.to.clone(), link.from.clone());
            let is_new = seen.insert(key.clone());
            is_new.then_some((key, link)).ok_or_else(|| fault("to", "the same link stands above already".to_owned()))
        });
        match outcome {
            Ok((key, link)) => drop(links.insert(key, link)),
            Err(fault) => faults.push(at(fault)),
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// The names that a row may use.
struct Known {
    sectors: BTreeSet<SectorId>,
    inputs: BTreeSet<InputStage>,
}

#[derive(Deserialize)]
struct SectorLine {
    sector: SectorId,
}

impl Known {
    fn new(source: &DataSource, structure: &Structure) -> Result<Self> {
        let sectors = source.table::<SectorLine>("sectors.csv")?.into_iter().map(|row| row.value.sector).collect();
        let mut inputs: BTreeSet<InputStage> = structure.shares().known().into_iter().cloned().collect();
        inputs.extend(structure.sectors().flat_map(|sector| sector.inputs.iter().map(|input| input.input.of.clone())));
        Ok(Self { sectors, inputs })
    }

    fn node(&self, column: &str, name: &str, stage: Option<&str>) -> Result<Node> {
        let in_column = |error: Error| error.in_column(column);
        let Some(stage) = stage.filter(|stage| !stage.is_empty()) else {
            let sector: SectorId = name.parse().map_err(in_column)?;
            let is_known = self.sectors.contains(&sector);
            return is_known.then_some(Node::Sector(sector)).ok_or_else(|| {
                fault(column, format!("`{sector}` is not in sectors.csv")).hint("an input needs its stage too")
            });
        };
        let input: InputId = name.parse().map_err(in_column)?;
        let of = InputStage { input, stage: stage.to_owned() };
        if self.inputs.contains(&of) {
            return Ok(Node::Input(of));
        }
        let message = format!("neither shares.csv nor sector_inputs.csv knows {of}");
        Err(fault(column, message).hint("name input and stage as they stand there"))
    }
}

fn fault(column: &str, message: String) -> Error {
    Error::new(ErrorKind::Data, message).in_column(column)
}

fn link_of(row: &Row<Line>, known: &Known, links: &BTreeMap<(Node, Node), Link>) -> Result<Link> {
    let line = &row.value;
    let from = known.node("from", &line.from, line.from_stage.as_deref())?;
    let to = known.node("to", &line.to, line.to_stage.as_deref())?;
    if from == to {
        return Err(fault("to", format!("{to} is said to need itself")));
    }
    if let Some(wrong) = line.dependence.filter(|value| !(0.0..=1.0).contains(value)) {
        return Err(fault("dependence", format!("{wrong} is no fraction: expected 0 to 1, or empty where unknown")));
    }
    let weight = match (&from, &to, line.weight) {
        (Node::Sector(_), Node::Sector(_), Some(weight)) if weight.is_finite() && weight > 0.0 => weight,
        (Node::Sector(_), Node::Sector(_), _) => {
            return Err(fault("weight", "a sector that needs another needs a weight above 0".to_owned()));
        }
        (_, _, Some(_)) => {
            let message = "a weight stands only where a sector needs a sector".to_owned();
            return Err(fault("weight", message).hint("that of an input stands in sector_inputs.csv: leave it empty"));
        }
        (Node::Input(of), Node::Sector(sector), None) => match links.get(&(to.clone(), from.clone())) {
            Some(input) => input.weight,
            None => return Err(fault("from", format!("sector_inputs.csv does not list {of} for {sector}"))),
        },
        (_, Node::Input(_), None) => 0.0,
    };
    let place = format!("sector_links.csv:{}", row.line);
    Ok(Link { from, to, weight, dependence: line.dependence, source: line.source.clone(), place })
}
