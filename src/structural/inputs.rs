//! What each sector depends on: `data/sector_inputs.csv`.
//!
//! The weight says how much an input matters to the sector (1 for a dependence that a source names, 0.25 for a material
//! known only from end uses); only its size beside the other weights of the sector matters.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{InputId, InputStage, Known};
use crate::codes::SectorId;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};

/// The table.
pub(super) const FILE: &str = "sector_inputs.csv";

/// One input of a sector.
#[derive(Debug, Clone, PartialEq)]
pub struct SectorInput {
    /// What, and at which stage.
    pub of: InputStage,
    /// How much it matters beside the others.
    pub weight: f64,
    /// Why it is an input of the sector.
    pub why: String,
    /// Who says so.
    pub source: String,
    /// Line of `data/sector_inputs.csv`.
    pub line: u64,
}

#[derive(Deserialize)]
struct Line {
    sector: SectorId,
    input: InputId,
    stage: String,
    weight: f64,
    why: String,
    source: String,
}

/// The inputs of every sector, in the order of the table.
pub(super) fn load(source: &DataSource, known: &Known) -> Result<BTreeMap<SectorId, Vec<SectorInput>>> {
    let (mut inputs, mut faults) = (BTreeMap::<SectorId, Vec<SectorInput>>::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for row in source.table::<Line>(FILE)? {
        let Line { sector, input, stage, weight, why, source: said_by } = row.value;
        let of = InputStage { input, stage };
        let mut expect = |holds: bool, column: &str, message: String| {
            if !holds {
                let fault = Error::new(ErrorKind::Data, message);
                faults.push(fault.at_line(source.display(FILE), row.line).in_column(column));
            }
        };
        expect(known.sectors.contains(&sector), "sector", format!("`{sector}` is not in sectors.csv"));
        let is_known = !of.is_material() || known.materials.contains(&input);
        expect(is_known, "input", format!("`{input}` is not in materials.csv"));
        let is_weight = weight.is_finite() && weight > 0.0;
        expect(is_weight, "weight", format!("{weight} is no weight: expected a number above 0"));
        expect(seen.insert((sector, of.clone())), "input", format!("{of} is an input of {sector} already"));
        inputs.entry(sector).or_default().push(SectorInput { of, weight, why, source: said_by, line: row.line });
    }
    if faults.is_empty() { Ok(inputs) } else { Err(faults.into()) }
}
