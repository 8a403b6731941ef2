//! Step 5, *normalise*: indicators of different kinds are brought to one scale, higher always meaning more.
//!
//! A scale is first *fitted* to an indicator, then *applied* to values: uncertainty draws reuse the fitted scale.
//! Definitions as COINr 1.1.14, with x first multiplied by its direction (fixed bounds and targets turn with it):
//!
//! | method | on 0–1, then stretched to `range` |
//! |---|---|
//! | `min_max` | (x − min) / (max − min) |
//! | `scaled` | (x − lower) / (upper − lower), not cut; direction −1: (upper − x) / (upper − lower) |
//! | `goalposts` | (x − low) / (high − low); direction −1: (high − x) / (high − low); cut to 0–1 |
//! | `target` | (x − min) / (target − min); direction −1: (max − x) / (max − target) |
//! | `reference` | 1 − (x_ref − x) / (x_ref − min) |
//! | `fraction_of_max` | x / max |
//! | `percentile_rank` | (rank − 1) / (n − 1) |
//!
//! On their own scale: `none` x; `z_score` mean + sd·(x − x̄)/s; `rank` (ties take the lowest); `borda` rank − 1.
//! An indicator without spread tells units apart in no way: where the formula divides by zero it becomes missing. So it does where
//! the formula would divide by less than zero and turn the indicator against its direction: a target that every unit has passed,
//! `fraction_of_max` where the best value times direction is negative (any indicator of direction −1 above 0). COINr warns there.

use super::settings::{Normalise, NormaliseMethod};
use super::statistics::{ascending, deviation, mean, present, sort};
use super::table::{LogEntry, Table};
use super::tree::Tree;
use crate::error::{Error, ErrorKind, Result};

/// A fitted scale: from a value to the common scale.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// bottom + (x·sign − origin) / span · (top − bottom), cut where told.
    Linear {
        /// 1 or −1.
        sign: f64,
        /// Value (times sign) that becomes `bottom`.
        origin: f64,
        /// Distance from there to the value that becomes `top`.
        span: f64,
        /// Ends of the scale.
        range: [f64; 2],
        /// Whether values below, above are cut.
        cut: [bool; 2],
    },
    /// How many values of the sample are below, times `factor`, plus `offset`.
    Ranked {
        /// 1 or −1.
        sign: f64,
        /// The sample times sign, ascending.
        sorted: Vec<f64>,
        /// What one place is worth.
        factor: f64,
        /// What the last place is worth.
        offset: f64,
    },
    /// No scale can be fitted: every value becomes missing.
    Undefined,
}

impl Scale {
    /// The value on the common scale; NaN where missing or undefined.
    pub fn apply(&self, value: f64) -> f64 {
        match self {
            _ if value.is_nan() => f64::NAN,
            Self::Undefined => f64::NAN,
            Self::Linear { sign, origin, span, range: [bottom, top], cut } => {
                let mut share = (value * sign - origin) / span;
                if cut[0] {
                    share = share.max(0.0);
                }
                if cut[1] {
                    share = share.min(1.0);
                }
                bottom + share * (top - bottom)
            }
            Self::Ranked { sign, sorted, factor, offset } => {
                let below = sorted.partition_point(|other| *other < value * sign);
                offset + factor * below as f64
            }
        }
    }
}

/// A normalised table, with the scales that made it.
#[derive(Debug, Clone)]
pub struct Normalised {
    /// The table, without bounds.
    pub table: Table,
    /// One scale a column.
    pub scales: Vec<Scale>,
    /// What was done.
    pub log: Vec<LogEntry>,
}

/// The method of an indicator: the one named for it, else for all, else `goalposts` where every indicator has them, else `min_max`.
pub fn method(settings: &Normalise, tree: &Tree, leaf: usize) -> NormaliseMethod {
    let own = settings.indicators.get(tree.nodes()[leaf].code()).and_then(|one| one.method);
    own.or(settings.method).unwrap_or_else(|| {
        let all_have = tree.leaves().iter().all(|leaf| settings.goalposts(&tree.nodes()[*leaf]).is_some());
        if all_have { NormaliseMethod::Goalposts } else { NormaliseMethod::MinMax }
    })
}

/// Brings every column of `table` (one a leaf of `tree`) to the common scale.
pub fn normalise(table: &Table, tree: &Tree, settings: &Normalise) -> Result<Normalised> {
    let (mut scales, mut log) = (Vec::with_capacity(tree.leaves().len()), Vec::new());
    for (column, leaf) in tree.leaves().iter().enumerate() {
        let node = &tree.nodes()[*leaf];
        let own = settings.of(node.code());
        let method = method(settings, tree, *leaf);
        let sample = present(table.values.column(column));
        let fixed = Fixed {
            goalposts: settings.goalposts(node),
            target: settings.target(node).unwrap_or(f64::NAN),
            reference: match reference_row(table, method, &own)? {
                Some(row) => table.values[(row, column)],
                None => f64::NAN,
            },
        };
        let scale = fit(method, node.direction(), &sample, fixed, &own);
        if sample.is_empty() && !table.units.is_empty() {
            log.push(LogEntry::new(
                "normalise",
                node.code(),
                "missing for every unit: its weight goes to its siblings",
            ));
        } else if scale == Scale::Undefined && !sample.is_empty() {
            let message = "no scale: constant, or its target, reference or maximum is not above the lowest value; \
                           missing for every unit";
            log.push(LogEntry::new("normalise", node.code(), message));
        }
        scales.push(scale);
    }
    let mut values = table.values.clone();
    for mut row in values.rows_mut() {
        row.iter_mut().zip(&scales).for_each(|(value, scale)| *value = scale.apply(*value));
    }
    Ok(Normalised { table: table.with_values(values), scales, log })
}

fn reference_row(table: &Table, method: NormaliseMethod, settings: &Normalise) -> Result<Option<usize>> {
    if method != NormaliseMethod::Reference {
        return Ok(None);
    }
    let name = settings.reference.as_deref().unwrap_or_default();
    let row = table.units.iter().position(|unit| unit == name).ok_or_else(|| {
        Error::new(ErrorKind::Model, format!("the reference unit `{name}` is not in the table"))
            .hint("set `normalise.reference` to the code of a unit")
    });
    row.map(Some)
}

/// Values that do not come from the sample.
#[derive(Debug, Clone, Copy)]
struct Fixed {
    goalposts: Option<[f64; 2]>,
    /// NaN where there is none.
    target: f64,
    /// NaN where there is none.
    reference: f64,
}

fn fit(method: NormaliseMethod, sign: f64, sample: &[f64], fixed: Fixed, settings: &Normalise) -> Scale {
    let signed = || -> Vec<f64> { sample.iter().map(|value| value * sign).collect() };
    let low = sample.iter().map(|value| value * sign).fold(f64::INFINITY, f64::min);
    let high = sample.iter().map(|value| value * sign).fold(f64::NEG_INFINITY, f64::max);
    let linear = |origin: f64, span: f64, range: [f64; 2], cut: [bool; 2]| {
        // A target already passed by all, or a greatest value below 0, would turn the indicator against its direction.
        let usable = origin.is_finite() && span.is_finite() && span > 0.0;
        if usable { Scale::Linear { sign, origin, span, range, cut } } else { Scale::Undefined }
    };
    let range = settings.range;
    match method {
        NormaliseMethod::None => linear(0.0, 1.0, [0.0, 1.0], [false; 2]),
        NormaliseMethod::MinMax => linear(low, high - low, range, [false; 2]),
        NormaliseMethod::ZScore => {
            let sample = ascending(&signed());
            linear(mean(&sample), deviation(&sample), [settings.mean, settings.mean + settings.sd], [false; 2])
        }
        NormaliseMethod::Scaled => {
            let [lower, upper] = settings.bounds;
            linear(if sign < 0.0 { -upper } else { lower }, upper - lower, range, [false; 2])
        }
        NormaliseMethod::Goalposts => match fixed.goalposts {
            Some([low, high]) if sign < 0.0 => linear(-high, high - low, range, [settings.truncate; 2]),
            Some([low, high]) => linear(low, high - low, range, [settings.truncate; 2]),
            None => Scale::Undefined,
        },
        NormaliseMethod::Target => linear(low, fixed.target * sign - low, range, [false, settings.cap]),
        NormaliseMethod::Reference => linear(low, fixed.reference * sign - low, range, [false, settings.cap]),
        NormaliseMethod::FractionOfMax => linear(0.0, high, range, [false; 2]),
        NormaliseMethod::Rank | NormaliseMethod::Borda | NormaliseMethod::PercentileRank => {
            ranked(method, sign, signed(), range)
        }
    }
}

fn ranked(method: NormaliseMethod, sign: f64, mut sorted: Vec<f64>, [bottom, top]: [f64; 2]) -> Scale {
    sort(&mut sorted);
    let (factor, offset) = match method {
        NormaliseMethod::PercentileRank if sorted.len() < 2 => return Scale::Undefined,
        NormaliseMethod::PercentileRank => ((top - bottom) / (sorted.len() - 1) as f64, bottom),
        NormaliseMethod::Rank => (1.0, 1.0),
        _ => (1.0, 0.0),
    };
    Scale::Ranked { sign, sorted, factor, offset }
}
