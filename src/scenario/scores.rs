//! The scores of a run with the shocks beside those without.
//!
//! A shock changes one indicator, `export_restrictions` of the struck country in every sector that needs the input: the part of the
//! sector's supply that the country holds under restrictions. It grows by
//!
//! `Σ over struck inputs of w · S · max(0, fraction − r) / Σ w`
//!
//! with w the weight of the input, S the country's share of it, Σ w over the inputs of the sector that have shares, and r the level of
//! restriction before (0 none, 1 banned): as known for the input, else the mean of those known, which stands for it in the
//! indicator, else 0. The mean itself is not taken anew: it would carry the shock on to inputs whose restrictions are not known.
//!
//! All else stands: text indicators, because no document has said anything new; `supply_share` and with it `coercive_leverage`,
//! because they say how much depends on the country, which is why its loss hurts. (With shares of what is left, a country that
//! withholds everything would become harmless.) No score falls: where the indicator was missing, and its first value would pull a
//! score down, it stays missing.
//!
//! The indicators of the reports are scored by the same model twice, with and without the change, without draws.

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
    let mut changes = changes(&rows, structure, struck)?;
    let before = standings(indicators, &model)?;
    let mut after = standings(&apply(&rows, &changes)?, &model)?;
    let risk = |of: &BTreeMap<Unit, Standing>, unit: &Unit| of.get(unit).and_then(|standing| standing.risk);
    let all = changes.len();
    changes.retain(|unit, (value, _)| value.is_some() || risk(&after, unit) >= risk(&before, unit));
    if changes.len() < all {
        after = standings(&apply(&rows, &changes)?, &model)?;
    }
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
            let added = added(structure, sector, *country, struck);
            if added <= 0.0 {
                continue;
            }
            for (period, value) in periods {
                changes.insert((*period, sector.sector, *country), (*value, value.unwrap_or(0.0) + added));
            }
        }
    }
    Ok(changes)
}

/// What the shocks add to the part of the sector's supply that the country holds under restrictions.
fn added(structure: &Structure, sector: &SectorStructure, country: CountryCode, struck: &[Struck]) -> f64 {
    let contributions = sector.contributions(country);
    let level = |of: &InputStage| structure.restrictions().get(of, country).map(|restriction| restriction.level());
    let (mut sum, mut known) = (0.0, 0.0);
    for of in &contributions {
        if let Some(level) = level(&of.set.of) {
            sum += of.weight * of.share * level;
            known += of.weight * of.share;
        }
    }
    let mean = if known > 0.0 { sum / known } else { 0.0 };
    let fraction = |of: &InputStage| {
        struck.iter().find(|one| one.country == country && one.of == *of).map_or(0.0, |one| one.fraction)
    };
    let rises = contributions.iter().map(|of| {
        let rise = fraction(&of.set.of) - level(&of.set.of).unwrap_or(mean);
        of.weight * of.share * rise.max(0.0)
    });
    let weights = sector.weights.0;
    if weights > 0.0 { rises.sum::<f64>() / weights } else { 0.0 }
}

fn apply(rows: &[IndicatorRow], changes: &BTreeMap<Unit, (Option<f64>, f64)>) -> Result<IndicatorTable> {
    let indicator: IndicatorId = INDICATOR.parse()?;
    let mut rows = rows.to_vec();
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
