//! The second half of a run: one indicator table and a model in, rows of scores out.
//!
//! Needs nothing but the table and the model, so that scores can be computed again from `indicators.csv`.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::Array2;

use super::intake::Count;
use super::resample::Resample;
use crate::codes::{CountryCode, Period, SectorId};
use crate::error::Result;
use crate::indicators::{Basis, IndicatorRow, IndicatorTable};
use crate::model::{self, Model, Redraw, Scores, Stages};
use crate::report::tables::{ScoreRow, SectorRow};
use crate::structural::Structure;

/// A unit: sector × country × period, in the order of the tables.
pub type Unit = (Period, SectorId, CountryCode);

/// The indicator table as the model takes it, with what else its rows say of each unit.
#[derive(Debug)]
pub struct ModelInput {
    /// The units, sorted: row i of the table is unit i.
    pub units: Vec<Unit>,
    /// Units × indicators of the tree.
    pub table: model::Table,
    /// Whether documents state something of the unit.
    pub has_text: Vec<bool>,
    /// Whether structural data speak of the unit.
    pub has_structure: Vec<bool>,
}

/// Arranges the indicators of the model's tree as a matrix, units sorted by period, sector, country.
///
/// # Errors
/// When the table is not of this version.
pub fn model_input(indicators: &IndicatorTable, model: &Model) -> Result<ModelInput> {
    let columns: BTreeMap<&str, usize> = model
        .tree
        .leaves()
        .iter()
        .enumerate()
        .map(|(column, &leaf)| (model.tree.nodes()[leaf].code(), column))
        .collect();
    let rows: Vec<IndicatorRow> =
        indicators.rows()?.into_iter().filter(|row| columns.contains_key(row.indicator.as_str())).collect();
    let units: BTreeSet<Unit> =
        rows.iter().filter(|row| row.value.is_some()).map(|row| (row.period, row.sector, row.country)).collect();
    let units: Vec<Unit> = units.into_iter().collect();
    let shape = (units.len(), columns.len());
    let missing = || Array2::from_elem(shape, f64::NAN);
    let (mut values, mut low, mut high) = (missing(), missing(), missing());
    let (mut has_text, mut has_structure) = (vec![false; units.len()], vec![false; units.len()]);
    for row in &rows {
        let Ok(unit) = units.binary_search(&(row.period, row.sector, row.country)) else { continue };
        let at = (unit, columns[row.indicator.as_str()]);
        values[at] = row.value.unwrap_or(f64::NAN);
        low[at] = row.low.unwrap_or(f64::NAN);
        high[at] = row.high.unwrap_or(f64::NAN);
        match row.basis {
            Basis::Text => has_text[unit] |= row.documents.unwrap_or(0) > 0,
            Basis::Structural => has_structure[unit] |= row.value.is_some(),
        }
    }
    let names: Vec<String> =
        units.iter().map(|(period, sector, country)| format!("{sector}/{country}/{period}")).collect();
    let codes: Vec<String> =
        model.tree.leaves().iter().map(|&leaf| model.tree.nodes()[leaf].code().to_owned()).collect();
    let mut table = model::Table::new(names, codes, values);
    table.low = Some(low);
    table.high = Some(high);
    Ok(ModelInput { units, table, has_text, has_structure })
}

/// Scores every unit; ranks within each period.
///
/// # Errors
/// When the model cannot be computed.
pub fn score(input: &ModelInput, model: &Model) -> Result<Scores> {
    score_redrawn(input, &Stages::run(&input.table, model)?, model, None)
}

/// The same from the steps of `model` on the table of `input`, with the documents behind the text indicators, which the uncertainty run then draws anew.
///
/// # Errors
/// When the model cannot be computed.
pub fn score_redrawn(
    input: &ModelInput,
    stages: &Stages,
    model: &Model,
    documents: Option<&Resample>,
) -> Result<Scores> {
    let periods: BTreeSet<Period> = input.units.iter().map(|unit| unit.0).collect();
    let periods: Vec<Period> = periods.into_iter().collect();
    let groups: Vec<usize> =
        input.units.iter().map(|unit| periods.binary_search(&unit.0).unwrap_or_default()).collect();
    let source = documents.map(|documents| documents as &dyn Redraw);
    stages.rank_redrawn(model, Some(&groups), source)
}

/// The rows of `scores.csv`, sorted by period, then rank (unranked last), then sector and country.
pub fn score_rows(input: &ModelInput, scores: &Scores, counts: &BTreeMap<Unit, Count>) -> Vec<ScoreRow> {
    let mut rows: Vec<(Period, ScoreRow)> = scores
        .rows
        .iter()
        .enumerate()
        .map(|(index, &row)| {
            let unit = input.units[row];
            let count = counts.get(&unit).copied().unwrap_or_default();
            let value = |node: &str| scores.value(index, node);
            let score = ScoreRow {
                sector: unit.1,
                country: unit.2,
                period: unit.0.to_string(),
                risk: scores.score(index),
                rank: scores.rank[index],
                rank_low: scores.rank_interval(index).map(|(low, _)| low),
                rank_high: scores.rank_interval(index).map(|(_, high)| high),
                export_controls: value("export_controls"),
                concentration: value("concentration"),
                coercion: value("coercion"),
                mitigation: value("mitigation"),
                documents: count.documents,
                mentions: count.mentions,
                coverage: scores.coverage[index],
                status: status(input.has_text[row], input.has_structure[row], scores.rank[index].is_some()),
            };
            (unit.0, score)
        })
        .collect();
    rows.sort_by(|(a_period, a), (b_period, b)| {
        let key = |period: &Period, row: &ScoreRow| (*period, row.rank.unwrap_or(u32::MAX), row.sector, row.country);
        key(a_period, a).cmp(&key(b_period, b))
    });
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What a score rests on, in words for the table.
fn status(has_text: bool, has_structure: bool, is_ranked: bool) -> String {
    let basis = match (has_text, has_structure) {
        (true, true) => "text and structure",
        (true, false) => "text only",
        (false, true) => "structure only",
        (false, false) => "no evidence",
    };
    if is_ranked { basis.to_owned() } else { format!("{basis}, not ranked") }
}

/// What a unit counts in the mean of its sector: its supply share where any of the sector's units of the period has one, else its
/// documents.
pub fn sector_weight<'a>(rows: &'a [ScoreRow], structure: &'a Structure) -> impl Fn(&ScoreRow) -> f64 + use<'a> {
    let share = |row: &ScoreRow| structure.supply_share(&row.sector, row.country);
    let known = rows.iter().filter(|row| share(row).is_some());
    let with_shares: BTreeSet<(&str, SectorId)> = known.map(|row| (row.period.as_str(), row.sector)).collect();
    move |row| {
        if with_shares.contains(&(row.period.as_str(), row.sector)) {
            share(row).unwrap_or(0.0)
        } else {
            f64::from(row.documents)
        }
    }
}

/// The rows of `sectors.csv` (METHODS, section 4): means weighted by supply share where shares are known, else by documents.
pub fn sector_rows(
    rows: &[ScoreRow],
    structure: &Structure,
    sectors: impl IntoIterator<Item = SectorId>,
    documents: &BTreeMap<(Period, SectorId), u32>,
) -> Result<Vec<SectorRow>> {
    let mut by_sector: BTreeMap<(Period, SectorId), Vec<&ScoreRow>> = BTreeMap::new();
    for row in rows {
        by_sector.entry((row.period.parse()?, row.sector)).or_default().push(row);
    }
    let sectors: BTreeSet<SectorId> = sectors.into_iter().collect();
    let weight = sector_weight(rows, structure);
    let mut table = Vec::new();
    for ((period, sector), units) in by_sector.into_iter().filter(|((_, sector), _)| sectors.contains(sector)) {
        let supply = structure.sector(&sector);
        let mean = |value: fn(&ScoreRow) -> Option<f64>| {
            let (mut sum, mut total) = (0.0, 0.0);
            for row in &units {
                let weight = weight(row);
                if let Some(value) = value(row).filter(|_| weight > 0.0) {
                    sum += weight * value;
                    total += weight;
                }
            }
            (total > 0.0).then(|| sum / total)
        };
        table.push(SectorRow {
            sector,
            period: period.to_string(),
            risk: mean(|row| row.risk),
            hhi: supply.and_then(|supply| supply.hhi),
            top_country: supply.and_then(|supply| supply.top_country),
            top_share: supply.and_then(|supply| supply.top_share),
            export_controls: mean(|row| row.export_controls),
            concentration: mean(|row| row.concentration),
            coercion: mean(|row| row.coercion),
            mitigation: mean(|row| row.mitigation),
            documents: documents.get(&(period, sector)).copied().unwrap_or(0),
        });
    }
    Ok(table)
}

/// The rows of `matrix.csv` in the latest period: one a country, one cell a sector, in the order of `sectors`.
pub fn matrix(rows: &[ScoreRow], sectors: &[SectorId]) -> Vec<(CountryCode, Vec<Option<f64>>)> {
    let latest = rows.last().map(|row| row.period.clone()).unwrap_or_default();
    let mut matrix: BTreeMap<CountryCode, Vec<Option<f64>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.period == latest) {
        if let Some(column) = sectors.iter().position(|sector| *sector == row.sector) {
            matrix.entry(row.country).or_insert_with(|| vec![None; sectors.len()])[column] = row.risk;
        }
    }
    matrix.into_iter().collect()
}
