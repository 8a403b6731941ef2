//! [`Structure`] → rows of the indicator table, for every country that a sector's shares name.
//!
//! | indicator | value | range | missing where |
//! |---|---|---|---|
//! | `supply_share` | [`super::supply`], with bounds where sources are incomplete | 0–1 | no set names the country |
//! | `export_restrictions` | `Σ w S r / Σ w S` over its inputs, r from [`super::restrictions`] | 0–1 | no r is known |
//! | `governance_risk` | [`super::governance`] | 0–1 | the World Bank has no estimate |
//! | `coercive_leverage` | supply share × governance risk | 0–1 | either is missing |
//!
//! Structural data change slowly: the same values stand in every period asked for, with their reference years in the
//! provenance. A value of 2025 in a period of 2023 is therefore not what was known in 2023.

use std::collections::BTreeSet;

use super::Structure;
use super::provenance;
use super::restrictions::Restriction;
use super::supply::{Contribution, SectorStructure, SupplyShare};
use crate::codes::{CountryCode, IndicatorId, Period, SectorId};
use crate::error::Result;
use crate::indicators::{Basis, IndicatorRow, IndicatorTable};

/// An input of a country with a known trade parameter.
pub(super) struct Restricted<'a> {
    pub contribution: Contribution<'a>,
    pub restriction: &'a Restriction,
}

impl Restricted<'_> {
    /// Weight × share.
    fn supply(&self) -> f64 {
        self.contribution.weight * self.contribution.share
    }
}

/// One value before it is put into a period.
struct Value {
    indicator: IndicatorId,
    value: f64,
    bounds: Option<(f64, f64)>,
    provenance: String,
}

pub(super) fn table(structure: &Structure, periods: &[Period]) -> Result<IndicatorTable> {
    let codes = Codes::new()?;
    let periods: BTreeSet<Period> = periods.iter().copied().collect();
    let mut rows = Vec::new();
    for sector in structure.sectors() {
        for (country, share) in &sector.countries {
            for value in values(structure, &codes, sector, *country, *share) {
                rows.extend(periods.iter().map(|period| row(sector.sector, *country, *period, &value)));
            }
        }
    }
    IndicatorTable::from_rows(rows)
}

fn values(
    structure: &Structure,
    codes: &Codes,
    sector: &SectorStructure,
    country: CountryCode,
    share: SupplyShare,
) -> Vec<Value> {
    let contributions = sector.contributions(country);
    let is_bounded = share.high > share.value;
    let mut values = vec![Value {
        indicator: codes.supply_share,
        value: share.value,
        bounds: is_bounded.then_some((share.value, share.high)),
        provenance: provenance::of_supply(sector, country, &contributions),
    }];
    values.extend(restrictions(structure, codes.export_restrictions, country, share.value, &contributions));
    if let Some(governance) = structure.governance().latest(country) {
        let risk = governance.risk();
        values.push(Value {
            indicator: codes.governance_risk,
            value: risk,
            bounds: None,
            provenance: provenance::of_governance(&governance),
        });
        let (share_text, risk_text) = (provenance::brief(share.value), provenance::brief(risk));
        let (years, inputs) = (governance.years, provenance::inputs_of(&contributions));
        values.push(Value {
            indicator: codes.coercive_leverage,
            value: share.value * risk,
            bounds: is_bounded.then_some((share.value * risk, share.high * risk)),
            provenance: format!(
                "supply share {share_text} × governance risk {risk_text} ({}-{}); {inputs}",
                years.0, years.1
            ),
        });
    }
    values
}

/// The part of the sector's supply that the country holds under restrictions: its supply share × the supply-weighted mean
/// level. A country that restricts all of a trifling supply moves little.
fn restrictions(
    structure: &Structure,
    indicator: IndicatorId,
    country: CountryCode,
    supply_share: f64,
    contributions: &[Contribution<'_>],
) -> Option<Value> {
    let restriction = |of: &Contribution<'_>| structure.restrictions().get(&of.set.of, country);
    let mut restricted: Vec<_> = contributions
        .iter()
        .filter_map(|of| Some(Restricted { contribution: *of, restriction: restriction(of)? }))
        .collect();
    let all: f64 = contributions.iter().map(|of| of.weight * of.share).sum();
    let known: f64 = restricted.iter().map(Restricted::supply).sum();
    if known <= 0.0 {
        return None;
    }
    let level: f64 = restricted.iter().map(|part| part.supply() * part.restriction.level()).sum();
    // What adds most first; the order by supply stands among equals.
    let added = |part: &Restricted<'_>| part.supply() * part.restriction.level();
    restricted.sort_by(|a, b| added(b).total_cmp(&added(a)));
    let mean = level / known;
    let (share_text, mean_text) = (provenance::brief(supply_share), provenance::brief(mean));
    let provenance = provenance::of_restrictions(&restricted, known, all);
    let provenance = format!("supply share {share_text} × mean level of restriction {mean_text}; {provenance}");
    Some(Value { indicator, value: supply_share * mean, bounds: None, provenance })
}

fn row(sector: SectorId, country: CountryCode, period: Period, value: &Value) -> IndicatorRow {
    IndicatorRow {
        sector,
        country,
        period,
        indicator: value.indicator,
        value: Some(value.value),
        low: value.bounds.map(|bounds| bounds.0),
        high: value.bounds.map(|bounds| bounds.1),
        documents: None,
        basis: Basis::Structural,
        provenance: value.provenance.clone(),
    }
}

/// The codes of the structural indicators.
struct Codes {
    supply_share: IndicatorId,
    export_restrictions: IndicatorId,
    governance_risk: IndicatorId,
    coercive_leverage: IndicatorId,
}

impl Codes {
    fn new() -> Result<Self> {
        Ok(Self {
            supply_share: "supply_share".parse()?,
            export_restrictions: "export_restrictions".parse()?,
            governance_risk: "governance_risk".parse()?,
            coercive_leverage: "coercive_leverage".parse()?,
        })
    }
}
