//! The findings as the sheets need them: the model's steps joined with the rows of `scores.csv`.

use std::collections::BTreeMap;

use crate::codes::SectorId;
use crate::model::{Scale, Stages};
use crate::report::findings::Findings;
use crate::report::tables::ScoreRow;

/// Units a sheet holds with formulas: ranks compare each with all others of its period, which more would make slow.
const MOST_UNITS: usize = 15_000;

/// A unit of the sheet Scores.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'a> {
    /// Its row of `scores.csv`.
    pub row: &'a ScoreRow,
    /// Its row in the tables of the model.
    pub at: usize,
    /// What it counts in the mean of its sector.
    pub weight: f64,
}

/// What the sheets show and compute with.
#[derive(Debug)]
pub struct Computed<'a> {
    /// Every step of the model, a row a unit.
    pub stages: &'a Stages,
    /// Units, the latest period first, inside it in the order of `scores.csv`.
    pub units: Vec<Unit<'a>>,
    /// Periods, the latest first.
    pub periods: Vec<&'a str>,
    /// Earlier periods that found no room.
    pub periods_left_out: usize,
    /// Whether gaps were filled or outliers treated, so that the values used are not all those observed.
    pub is_adjusted: bool,
}

impl<'a> Computed<'a> {
    /// Joins steps and rows.
    pub fn new(findings: &'a Findings<'a>) -> Self {
        let (input, stages) = (findings.input, findings.stages);
        let at: BTreeMap<_, usize> = stages
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| (input.units[*row], at))
            .map(|((period, sector, country), at)| ((period.to_string(), sector, country), at))
            .collect();
        let (periods, periods_left_out) = newest_periods(findings.scores);
        let weights = findings.sector_weight();
        let units = periods
            .iter()
            .flat_map(|period| findings.scores.iter().filter(move |row| row.period == *period))
            .filter_map(|row| {
                let at = *at.get(&(row.period.clone(), row.sector, row.country))?;
                Some(Unit { row, at, weight: weights(row) })
            })
            .collect();
        let is_adjusted = stages
            .denominated
            .select_rows(&stages.rows)
            .values
            .iter()
            .zip(stages.treated.values.iter())
            .any(|(before, after)| before.to_bits() != after.to_bits() && !(before.is_nan() && after.is_nan()));
        Self { stages, units, periods, periods_left_out, is_adjusted }
    }

    /// A node's value for a unit; none where missing.
    pub fn value(&self, unit: &Unit<'_>, node: usize) -> Option<f64> {
        self.stages.aggregated.get((unit.at, node)).copied().filter(|value| !value.is_nan())
    }

    /// An indicator as it was observed (by its place among the leaves).
    pub fn observed(&self, unit: &Unit<'_>, leaf: usize) -> Option<f64> {
        let row = *self.stages.rows.get(unit.at)?;
        self.stages.denominated.value(row, leaf)
    }

    /// An indicator as it enters the scale, after gaps were filled and outliers treated.
    pub fn used(&self, unit: &Unit<'_>, leaf: usize) -> Option<f64> {
        self.stages.treated.value(unit.at, leaf)
    }

    /// The values that become the two ends of the scale, and these ends, where an indicator's scale is a line.
    pub fn line(&self, leaf: usize) -> Option<Line> {
        match self.stages.scales.get(leaf)? {
            Scale::Linear { sign, origin, span, range, cut } => {
                Some(Line { low: sign * origin, high: sign * (origin + span), range: *range, cut: *cut })
            }
            Scale::Ranked { .. } | Scale::Undefined => None,
        }
    }

    /// The mean of a node over the units of a sector and period, by their weights; none where nothing is known.
    pub fn sector_mean(&self, sector: SectorId, period: &str, node: usize) -> Option<f64> {
        let of_sector = self.units.iter().filter(|unit| unit.row.sector == sector && unit.row.period == period);
        let known = of_sector.filter(|unit| unit.weight > 0.0).filter_map(|unit| Some((unit, self.value(unit, node)?)));
        let (sum, total) =
            known.fold((0.0, 0.0), |(sum, total), (unit, value)| (sum + unit.weight * value, total + unit.weight));
        (total > 0.0).then(|| sum / total)
    }
}

/// A linear scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Value that becomes the lower end.
    pub low: f64,
    /// Value that becomes the upper end.
    pub high: f64,
    /// The ends.
    pub range: [f64; 2],
    /// Whether what lies below, above is cut.
    pub cut: [bool; 2],
}

/// The periods that find room, the latest first, and how many do not. The latest is always there.
fn newest_periods(rows: &[ScoreRow]) -> (Vec<&str>, usize) {
    let mut periods: Vec<(&str, usize)> = Vec::new();
    for row in rows.iter().rev() {
        match periods.last_mut() {
            Some((period, count)) if *period == row.period => *count += 1,
            _ => periods.push((&row.period, 1)),
        }
    }
    let mut total = 0;
    let kept = periods
        .iter()
        .position(|(_, count)| {
            total += count;
            total > MOST_UNITS && total > *count
        })
        .unwrap_or(periods.len());
    (periods[..kept].iter().map(|(period, _)| *period).collect(), periods.len() - kept)
}
