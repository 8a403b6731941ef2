//! Who produces what, how it is governed and how its exports are restricted → structural indicators per sector and
//! country.
//!
//! 1. [`shares`]: sets of country shares of an input at a stage, their HHI, and which set is preferred;
//! 2. [`inputs`]: what each sector depends on, and with what weight;
//! 3. [`governance`]: five-year means of the Worldwide Governance Indicators;
//! 4. [`restrictions`]: the trade parameter of the EU's assessment of raw materials;
//! 5. [`supply`]: the share of each country in the supply of each sector;
//! 6. [`indicators`]: all of it as rows of the indicator table, with [`provenance`] down to the line of the data;
//! 7. [`supply_risk`]: the EU's supply risk and economic importance of each material, GeoPolRisk beside them.
//!
//! [`usgs`] reads world production as its publisher writes it, for years and releases that our tables do not hold.
//!
//! Sets that measure different things (production, capacity, exports, sales by head office) are never averaged: one
//! set is marked `preferred` in the data for each input and stage, and only that one is used. What no set says stays
//! missing. Tables are validated when loaded, all faults at once. Their origin and licence:
//! `data/structural/README.md`.

pub mod band;
pub mod governance;
pub mod indicators;
pub mod inputs;
pub mod provenance;
pub mod restrictions;
pub mod shares;
pub mod supply;
pub mod supply_risk;
pub mod usgs;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use crate::codes::{CountryCode, MaterialId, Period, SectorId};
use crate::data::DataSource;
use crate::error::{Error, Result};
use crate::indicators::IndicatorTable;
use governance::Governance;
use restrictions::Restrictions;
use shares::Shares;
pub use supply::{SectorStructure, SupplyShare};

/// What a sector depends on: a material of `data/materials.csv`, or a good such as `battery_cells`. Same form as a
/// material.
pub type InputId = MaterialId;

/// An input at a stage of its making, such as `gallium processing`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputStage {
    /// The material or good.
    pub input: InputId,
    /// The stage or measure, such as `extraction` or `wafer_fab_capacity`.
    pub stage: String,
}

impl InputStage {
    /// Whether the input must be one of `data/materials.csv`: raw materials have two stages, other goods have their
    /// own.
    fn is_material(&self) -> bool {
        matches!(self.stage.as_str(), "extraction" | "processing")
    }
}

impl fmt::Display for InputStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.input, self.stage)
    }
}

/// All structural knowledge, checked, with the supply of each sector worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    shares: Shares,
    governance: Governance,
    restrictions: Restrictions,
    sectors: BTreeMap<SectorId, SectorStructure>,
}

impl Structure {
    /// Loads and checks the tables.
    ///
    /// # Errors
    /// With every fault of every table, each at its file and line.
    pub fn load(source: &DataSource) -> Result<Self> {
        let mut faults = Vec::new();
        let known = Known {
            sectors: names(source.table::<SectorLine>("sectors.csv"), &mut faults, |line| line.sector),
            materials: names(source.table::<MaterialLine>("materials.csv"), &mut faults, |line| line.material),
        };
        let shares = collect(Shares::load(source, &known), &mut faults);
        let inputs = collect(inputs::load(source, &known), &mut faults);
        let governance = collect(Governance::load(source), &mut faults);
        let restrictions = collect(Restrictions::load(source, &known), &mut faults);
        if !faults.is_empty() {
            return Err(faults.into());
        }
        let sectors = inputs.into_iter().map(|(sector, inputs)| (sector, supply::of_sector(sector, inputs, &shares)));
        Ok(Self { sectors: sectors.collect(), shares, governance, restrictions })
    }

    /// The structure of a sector; `None` where no input is known for it.
    pub fn sector(&self, sector: &SectorId) -> Option<&SectorStructure> {
        self.sectors.get(sector)
    }

    /// All sectors with inputs, in order of their codes.
    pub fn sectors(&self) -> impl Iterator<Item = &SectorStructure> {
        self.sectors.values()
    }

    /// The share of a country in the supply of a sector, as a fraction; `None` where no set of shares names it.
    pub fn supply_share(&self, sector: &SectorId, country: CountryCode) -> Option<f64> {
        self.sector(sector)?.countries.get(&country).map(|share| share.value)
    }

    /// The units that structural indicators speak of.
    pub fn units(&self) -> BTreeSet<(SectorId, CountryCode)> {
        let units = self.sectors.iter().flat_map(|(sector, of)| of.countries.keys().map(|country| (*sector, *country)));
        units.collect()
    }

    /// The structural indicators, the same values in each of these periods: see [`indicators`].
    ///
    /// # Errors
    /// Only if an indicator's code were malformed.
    pub fn indicators(&self, periods: &[Period]) -> Result<IndicatorTable> {
        indicators::table(self, periods)
    }

    /// Every set of shares, preferred or not.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// The governance of countries.
    pub fn governance(&self) -> &Governance {
        &self.governance
    }

    /// The restrictions on exports.
    pub fn restrictions(&self) -> &Restrictions {
        &self.restrictions
    }
}

/// The codes that tables may name.
#[derive(Debug, Default)]
struct Known {
    sectors: BTreeSet<SectorId>,
    materials: BTreeSet<MaterialId>,
}

#[derive(Deserialize)]
struct SectorLine {
    sector: SectorId,
}

#[derive(Deserialize)]
struct MaterialLine {
    material: MaterialId,
}

fn names<L, C: Ord>(rows: Result<Vec<crate::data::Row<L>>>, faults: &mut Vec<Error>, code: fn(L) -> C) -> BTreeSet<C> {
    collect(rows, faults).into_iter().map(|row| code(row.value)).collect()
}

/// The value, or nothing and one more fault: so that every table is looked at.
fn collect<T: Default>(outcome: Result<T>, faults: &mut Vec<Error>) -> T {
    outcome.unwrap_or_else(|fault| {
        faults.push(fault);
        T::default()
    })
}

#[cfg(test)]
mod tests;
