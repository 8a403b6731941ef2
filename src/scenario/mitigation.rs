//! What recycling and substitution leave of a loss: `data/structural/eu_parameters.csv`.
//!
//! `after recycling = lost · (1 − EoL_RIR)`: shares of supply are of primary material; the part of a material's supply that comes from
//! end-of-life scrap is not struck. `after substitution = after recycling · SI_SR`: the substitution index is the part of the use that
//! has no substitute. Both factors, and their product, are those of the EU's supply risk (European Commission, *Methodology for
//! establishing the EU list of critical raw materials*, 2017). They are measured for the EU and taken for all.
//!
//! The parameters are by material and stage (extraction, processing). For a stage of another name, such as `lithium_refining`, the
//! material's value is taken where all its stages agree. A missing parameter is unknown: the factor may then be anything from 0 to 1.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::span::Span;
use crate::codes::MaterialId;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};
use crate::structural::InputStage;

/// The table.
pub const FILE: &str = "structural/eu_parameters.csv";

/// What is known of a material's recycling and substitution.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parameters {
    /// End-of-life recycling input rate, a fraction.
    pub recycling_rate: Option<f64>,
    /// Substitution index for supply risk: 1 = no substitute.
    pub substitution_index: Option<f64>,
}

impl Parameters {
    /// What remains of a loss after recycling.
    pub fn after_recycling(self, lost: Span) -> Span {
        lost.times(Span::of(self.recycling_rate.map(|rate| 1.0 - rate)))
    }

    /// What remains of a loss after recycling and substitution.
    pub fn after_substitution(self, lost: Span) -> Span {
        self.after_recycling(lost).times(Span::of(self.substitution_index))
    }
}

/// The parameters of all materials and stages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mitigation(BTreeMap<MaterialId, BTreeMap<String, Parameters>>);

#[derive(Deserialize)]
struct Line {
    material: MaterialId,
    stage: String,
    recycling_rate: Option<f64>,
    si_sr: Option<f64>,
}

impl Mitigation {
    /// Reads the table; a folder of data without one knows nothing.
    ///
    /// # Errors
    /// With every row that does not fit.
    pub fn load(source: &DataSource) -> Result<Self> {
        let mut mitigation = Self::default();
        if !source.has(FILE) {
            return Ok(mitigation);
        }
        let mut faults = Vec::new();
        for row in source.table::<Line>(FILE)? {
            let Line { material, stage, recycling_rate, si_sr } = row.value;
            for (column, value) in [("recycling_rate", recycling_rate), ("si_sr", si_sr)] {
                if let Some(wrong) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                    let fault = Error::new(ErrorKind::Data, format!("{wrong} is no fraction: expected 0 to 1"));
                    faults.push(fault.at_line(source.display(FILE), row.line).in_column(column));
                }
            }
            let parameters = Parameters { recycling_rate, substitution_index: si_sr };
            mitigation.0.entry(material).or_default().insert(stage, parameters);
        }
        if faults.is_empty() { Ok(mitigation) } else { Err(faults.into()) }
    }

    /// What is known for an input at a stage.
    pub fn of(&self, of: &InputStage) -> Parameters {
        let Some(stages) = self.0.get(&of.input) else { return Parameters::default() };
        if let Some(parameters) = stages.get(&of.stage) {
            return *parameters;
        }
        let agreed = |value: fn(&Parameters) -> Option<f64>| {
            let mut values = stages.values().map(value);
            let first = values.next()?;
            values.all(|other| other == first).then_some(first)?
        };
        Parameters {
            recycling_rate: agreed(|parameters| parameters.recycling_rate),
            substitution_index: agreed(|parameters| parameters.substitution_index),
        }
    }
}
