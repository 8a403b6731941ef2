//! How exports are restricted: `data/structural/trade_parameter.csv`.
//!
//! The trade parameter t of the EU's assessment of raw materials, by material, stage and country: 0.8 inside the EU,
//! 1.0 without restriction, 1.1 to 1.5 by the kind of restriction (export tax, quota, ban; OECD inventory). The level
//! of restriction is `(t − 1) / 0.5`, held inside [0, 1]: 0 none, 1 banned.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{InputStage, Known};
use crate::codes::{CountryCode, MaterialId};
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};

/// The table.
pub(super) const FILE: &str = "structural/trade_parameter.csv";

/// The trade parameter inside the European Union.
pub const INSIDE_UNION: f64 = 0.8;

/// The trade parameter of one material, stage and country.
#[derive(Debug, Clone, PartialEq)]
pub struct Restriction {
    /// t.
    pub trade_parameter: f64,
    /// Year of the assessment.
    pub reference_year: i16,
    /// Who published it, and where.
    pub source: String,
    /// Line of `data/structural/trade_parameter.csv`.
    pub line: u64,
}

impl Restriction {
    /// 0 none, 1 banned.
    pub fn level(&self) -> f64 {
        ((self.trade_parameter - 1.0) / 0.5).clamp(0.0, 1.0)
    }
}

/// All trade parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restrictions(BTreeMap<(InputStage, CountryCode), Restriction>);

#[derive(Deserialize)]
struct Line {
    material: MaterialId,
    stage: String,
    country: CountryCode,
    trade_parameter: f64,
    reference_year: i16,
    source: String,
}

impl Restrictions {
    pub(super) fn load(source: &DataSource, known: &Known) -> Result<Self> {
        let (mut restrictions, mut faults) = (Self::default(), Vec::new());
        for row in source.table::<Line>(FILE)? {
            let Line { material, stage, country, trade_parameter, reference_year, source: said_by } = row.value;
            let mut expect = |holds: bool, column: &str, message: String| {
                if !holds {
                    let fault = Error::new(ErrorKind::Data, message);
                    faults.push(fault.at_line(source.display(FILE), row.line).in_column(column));
                }
            };
            expect(known.materials.contains(&material), "material", format!("`{material}` is not in materials.csv"));
            let is_parameter = (0.5..=2.0).contains(&trade_parameter);
            expect(is_parameter, "trade_parameter", format!("{trade_parameter}: expected a number from 0.8 to 1.5"));
            let of = InputStage { input: material, stage };
            let name = format!("{of} {country} twice");
            let restriction = Restriction { trade_parameter, reference_year, source: said_by, line: row.line };
            expect(restrictions.0.insert((of, country), restriction).is_none(), "country", name);
        }
        if faults.is_empty() { Ok(restrictions) } else { Err(faults.into()) }
    }

    /// The restriction of a country on an input at a stage; `None` where it is not known.
    pub fn get(&self, of: &InputStage, country: CountryCode) -> Option<&Restriction> {
        self.0.get(&(of.clone(), country))
    }

    /// The countries of the European Union, as far as the table shows them: those whose parameter is 0.8.
    pub fn european_union(&self) -> BTreeSet<CountryCode> {
        let inside = self.0.iter().filter(|(_, restriction)| restriction.trade_parameter == INSIDE_UNION);
        inside.map(|((_, country), _)| *country).collect()
    }
}
