//! Who is exposed, as far as the data say who buys from whom.
//!
//! - **The European Union**: `data/structural/eu_supply_shares.csv` says where it gets each material from, its own output included.
//!   `exposure = Σ over shocks of share in the EU's supply × fraction`, before recycling and substitution. The table is as published and
//!   often names less than all of the supply: what it does not name may come from the struck country, so that the exposure then has
//!   an upper bound of its own.
//! - **Every other country**: no table of ours says what it buys. Where reports of documents are given, those that documents name as
//!   the target of an act of the struck country are listed with the number of such documents. That is no measure of dependence: their
//!   exposure stays empty.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::lost::Struck;
use super::span::Span;
use crate::codes::{Channel, CountryCode, MaterialId};
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};
use crate::report::tables::stream;
use crate::structural::InputStage;

/// The table.
pub const FILE: &str = "structural/eu_supply_shares.csv";

/// What is left unnamed by rounding alone.
const ROUNDING: f64 = 0.02;

/// A country and what it may miss.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// Who.
    pub country: CountryCode,
    /// Of what.
    pub of: InputStage,
    /// The part of its supply that is lost; `None` where nothing says.
    pub exposure: Option<Span>,
    /// Documents that name it as the target of the struck country.
    pub documents: Option<usize>,
    /// What this rests on.
    pub basis: String,
}

/// Where the EU gets its materials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EuSupply(BTreeMap<InputStage, BTreeMap<CountryCode, f64>>);

#[derive(Deserialize)]
struct Line {
    material: MaterialId,
    stage: String,
    country: CountryCode,
    share: f64,
}

impl EuSupply {
    /// Reads the table; a folder of data without one knows nothing.
    ///
    /// # Errors
    /// With every row that does not fit.
    pub fn load(source: &DataSource) -> Result<Self> {
        let (mut supply, mut faults) = (Self::default(), Vec::new());
        if !source.has(FILE) {
            return Ok(supply);
        }
        for row in source.table::<Line>(FILE)? {
            let Line { material, stage, country, share } = row.value;
            if !(0.0..=1.0).contains(&share) {
                let fault = Error::new(ErrorKind::Data, format!("{share} is no share: expected 0 to 1"));
                faults.push(fault.at_line(source.display(FILE), row.line).in_column("share"));
            }
            *supply.0.entry(InputStage { input: material, stage }).or_default().entry(country).or_default() += share;
        }
        if faults.is_empty() { Ok(supply) } else { Err(faults.into()) }
    }

    /// The part of the EU's supply of an input that is lost; `None` where nothing says where it buys.
    fn exposure(&self, of: &InputStage, struck: &[&Struck]) -> Option<Span> {
        let shares = self.0.get(of)?;
        let unnamed = (1.0 - shares.values().sum::<f64>()).max(0.0);
        let unnamed = if unnamed > ROUNDING { unnamed } else { 0.0 };
        let mut exposure = Span::ZERO;
        for one in struck {
            let share = match shares.get(&one.country) {
                Some(share) => Span { low: *share, high: *share },
                None => Span { low: 0.0, high: unnamed },
            };
            exposure = exposure.plus(share.scaled(one.fraction));
        }
        Some(exposure.held())
    }
}

/// The exposure of the European Union, one row an input and stage that is struck.
pub fn of_europe(struck: &[Struck], supply: &EuSupply) -> Vec<Exposed> {
    let mut stages: BTreeMap<&InputStage, Vec<&Struck>> = BTreeMap::new();
    for one in struck {
        stages.entry(&one.of).or_default().push(one);
    }
    let rows = stages.into_iter().map(|(of, struck)| {
        let exposure = supply.exposure(of, &struck);
        let basis = match exposure {
            Some(_) => "where the EU gets it from (European Commission 2023)",
            None => "no table says where the EU gets it from",
        };
        let country = CountryCode::EUROPEAN_UNION;
        Exposed { country, of: of.clone(), exposure, documents: None, basis: basis.to_owned() }
    });
    rows.collect()
}

#[derive(Deserialize)]
struct Statement {
    doc_id: String,
    channel: Channel,
    material: Option<MaterialId>,
    origin: Option<CountryCode>,
    target: Option<CountryCode>,
}

/// The countries that documents name as the target of acts of a struck country on the struck input.
///
/// # Errors
/// When the table of mentions is not of this version.
pub fn named_in(mentions: &Path, struck: &[Struck]) -> Result<Vec<Exposed>> {
    let mut named: BTreeMap<(InputStage, CountryCode), BTreeSet<String>> = BTreeMap::new();
    stream(mentions, |statement: Statement| {
        let (Some(target), true) = (statement.target, statement.channel.is_act()) else { return };
        let meets = |one: &&Struck| {
            statement.origin == Some(one.country) && statement.material == Some(one.of.input) && one.fraction > 0.0
        };
        for one in struck.iter().filter(meets) {
            named.entry((one.of.clone(), target)).or_default().insert(statement.doc_id.clone());
        }
    })?;
    let rows = named.into_iter().map(|((of, country), documents)| Exposed {
        country,
        of,
        exposure: None,
        documents: Some(documents.len()),
        basis: "named in documents as the target of the struck country".to_owned(),
    });
    Ok(rows.collect())
}
