//! The scores of a run with the shocks beside those without.
//!
//! A shock changes one indicator, `export_restrictions` of the struck country in every sector that needs the input: the level of
//! restriction of that input and stage, 0 none to 1 banned, becomes the fraction lost where that is more, or where no level was known.
//! All else stands: text indicators, because no document has said anything new; `supply_share` and with it `coercive_leverage`,
//! because they say how much depends on the country, which is why its loss hurts. (With shares of what is left, a country that
//! withholds everything would become harmless.) The value never falls by a shock: where a level that was unknown would pull the
//! supply-weighted mean down, the old value stays.
//!
//! The indicators of the reports are read and changed by the difference that the formula of
//! [`crate::structural::indicators`] gives with and without the shocks, then scored by the same model twice, without draws.

use std::collections::{BTreeMap, BTreeSet};

use super::lost::Struck;
use crate::codes::{CountryCode, IndicatorId, Period, SectorId};
use crate::error::Result;
use crate::indicators::{Basis, IndicatorRow, IndicatorTable};
use crate::model::Model;
use crate::pipeline::score::{ModelInput, Unit, model_input, score};
use crate::structural::{InputStage, SectorStructure, Structure};

/// The indicator that a shock changes.
pub const INDICATOR: &str = "export_restrictions";

/// A unit before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Sector, country and period.
    pub unit: Unit,
    /// Without the shocks.
    pub before: Standing,
    /// With them.
    pub after: Standing,
    /// [`INDICATOR`] without and with the shocks, where they change it.
    pub restrictions: Option<(Option<f64>, f64)>,
}

/// What a unit's score is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// The score, 0–100.
    pub risk: Option<f64>,
    /// The rank among the units of the period; `None` where it is not ranked.
    pub rank: Option<u32>,
}

/// The scores of all units of a table, without and with the shocks, by period and new rank.
///
/// # Errors
/// When the table or the model cannot be scored.
pub fn rescore(
    indicators: &IndicatorTable,
    model: &Model,
    structure: &Structure,
    struck: &[Struck],
) -> Result<Vec<Moved>> {
    let mut model = model.clone();
    // Ranks before and after are compared, not their intervals.
    model.set_draws(0)?;
    let rows = indicators.rows()?;
    let changes = changes(&rows, structure, struck)?;
    let changed = apply(rows, &changes)?;
    let (before, after) = (standings(indicators, &model)?, standings(&changed, &model)?);
    let units: BTreeSet<Unit> = before.keys().chain(after.keys()).copied().collect();
    let mut moved: Vec<Moved> = units
        .into_iter()
        .map(|unit| Moved {
            unit,
            before: before.get(&unit).copied().unwrap_or_default(),
            after: after.get(&unit).copied().unwrap_or_default(),
            restrictions: changes.get(&unit).copied(),
        })
        .collect();
    moved.sort_by_key(|moved| (moved.unit.0, moved.after.rank.unwrap_or(u32::MAX), moved.unit));
    Ok(moved)
}

/// New values of the indicator by unit, with the old.
fn changes(
    rows: &[IndicatorRow],
    structure: &Structure,
    struck: &[Struck],
) -> Result<BTreeMap<Unit, (Option<f64>, f64)>> {
    let indicator: IndicatorId = INDICATOR.parse()?;
    let mut old: BTreeMap<(SectorId, CountryCode), BTreeMap<Period, Option<f64>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.basis == Basis::Structural) {
        let value = old.entry((row.sector, row.country)).or_default().entry(row.period).or_default();
        if row.indicator == indicator {
            *value = row.value;
        }
    }
    let countries: BTreeSet<CountryCode> = struck.iter().map(|one| one.country).collect();
    let mut changes = BTreeMap::new();
    for sector in structure.sectors() {
        for country in &countries {
            let Some(periods) = old.get(&(sector.sector, *country)) else { continue };
            let (before, after) = restrictions(structure, sector, *country, struck);
            let Some(after) = after else { continue };
            let added = after - before.unwrap_or(0.0);
            if added <= 0.0 {
                continue;
            }
            for (period, value) in periods {
                // By the difference, so that a table of other data is changed by the shock alone.
                changes.insert((*period, sector.sector, *country), (*value, value.unwrap_or(0.0) + added));
            }
        }
    }
    Ok(changes)
}

/// `supply share × Σ w S r / Σ w S` over the inputs with a known level r, without and with the shocks.
fn restrictions(
    structure: &Structure,
    sector: &SectorStructure,
    country: CountryCode,
    struck: &[Struck],
) -> (Option<f64>, Option<f64>) {
    let Some(share) = sector.countries.get(&country) else { return (None, None) };
    let fraction = |of: &InputStage| {
        let meets = |one: &&Struck| one.country == country && one.of == *of && one.fraction > 0.0;
        struck.iter().find(meets).map(|one| one.fraction)
    };
    let contributions = sector.contributions(country);
    let mean = |is_struck: bool| {
        let (mut sum, mut known) = (0.0, 0.0);
        for of in &contributions {
            let level = structure.restrictions().get(&of.set.of, country).map(|restriction| restriction.level());
            let shock = if is_struck { fraction(&of.set.of) } else { None };
            let level = match (level, shock) {
                (Some(level), Some(fraction)) => Some(level.max(fraction)),
                (level, shock) => level.or(shock),
            };
            if let Some(level) = level {
                sum += of.weight * of.share * level;
                known += of.weight * of.share;
            }
        }
        (known > 0.0).then(|| share.value * sum / known)
    };
    (mean(false), mean(true))
}

fn apply(mut rows: Vec<IndicatorRow>, changes: &BTreeMap<Unit, (Option<f64>, f64)>) -> Result<IndicatorTable> {
    let indicator: IndicatorId = INDICATOR.parse()?;
    let mut missing: BTreeMap<&Unit, f64> = changes.iter().map(|(unit, (_, value))| (unit, *value)).collect();
    for row in rows.iter_mut().filter(|row| row.indicator == indicator) {
        if let Some(value) = missing.remove(&(row.period, row.sector, row.country)) {
            row.value = Some(value);
        }
    }
    rows.extend(missing.into_iter().map(|((period, sector, country), value)| IndicatorRow {
        sector: *sector,
        country: *country,
        period: *period,
        indicator,
        value: Some(value),
        low: None,
        high: None,
        documents: None,
        basis: Basis::Structural,
        provenance: "scenario".to_owned(),
    }));
    IndicatorTable::from_rows(rows)
}

fn standings(indicators: &IndicatorTable, model: &Model) -> Result<BTreeMap<Unit, Standing>> {
    let input: ModelInput = model_input(indicators, model)?;
    let scores = score(&input, model)?;
    let standing = |(index, row): (usize, &usize)| {
        (input.units[*row], Standing { risk: scores.score(index), rank: scores.rank[index] })
    };
    Ok(scores.rows.iter().enumerate().map(standing).collect())
}
