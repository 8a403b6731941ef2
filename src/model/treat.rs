//! Step 4, *treat*: outliers are drawn in, so that one unit does not press all others together.
//!
//! As COINr 1.1.14 (`Treat`, checked to 1e-9). An indicator passes when |skew| < `max_skew` or excess kurtosis <
//! `max_kurtosis`. One that fails is winsorised: while it fails and fewer than `max_points` points are clipped, the
//! points at the maximum (skew ≥ 0; else at the minimum) take the next distinct value. One that still fails is
//! instead taken, from the original data, to ln(x − min + a), a = (max − min)/100. Bounds are treated like values.

use super::settings::{Treat, TreatMethod};
use super::statistics::{self, ascending};
use super::table::{LogEntry, Table};

/// What was done to one indicator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Nothing.
    Kept,
    /// Values were clipped to these ends.
    Winsorised {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Replaced by ln(x + shift).
    Logarithm {
        /// What is added first.
        shift: f64,
    },
}

/// Shape of a distribution, and whether it passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Type 2 skewness.
    pub skew: f64,
    /// Type 2 excess kurtosis.
    pub kurtosis: f64,
    /// Whether it needs no treatment.
    pub passes: bool,
}

/// One row of the audit table, `treatment.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatment {
    /// The indicator.
    pub indicator: String,
    /// Shape before.
    pub before: Shape,
    /// Points clipped by winsorising (also where the logarithm was taken in the end).
    pub points: usize,
    /// What was done.
    pub action: Action,
    /// Shape after.
    pub after: Shape,
}

/// A table after treatment, with its audit.
#[derive(Debug, Clone)]
pub struct Treated {
    /// The table.
    pub table: Table,
    /// One row an indicator; empty where treatment is off.
    pub treatments: Vec<Treatment>,
    /// What was done.
    pub log: Vec<LogEntry>,
}

/// Treats every column on its own.
pub fn treat(mut table: Table, settings: &Treat) -> Treated {
    let treatments: Vec<Treatment> = match settings.method {
        TreatMethod::None => Vec::new(),
        TreatMethod::Winsorise => table
            .indicators
            .iter()
            .zip(table.values.columns())
            .map(|(indicator, column)| examine(indicator, &ascending(column), settings))
            .collect(),
    };
    if !treatments.is_empty() {
        table.map_columns(|column, value| treatments[column].action.apply(value));
    }
    let log = treatments.iter().filter_map(Treatment::describe).collect();
    Treated { table, treatments, log }
}

impl Action {
    /// The treated value.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Kept => value,
            Self::Winsorised { low, high } => value.max(low).min(high),
            // Bounds may lie below the sample's minimum, where the logarithm is not defined.
            Self::Logarithm { shift } => libm::log((value + shift).max(f64::MIN_POSITIVE)),
        }
    }
}

impl Treatment {
    fn describe(&self) -> Option<LogEntry> {
        let what = match self.action {
            Action::Kept if self.before.passes => return None,
            Action::Kept => "fails, and nothing could be done".to_owned(),
            Action::Winsorised { low, high } => format!("{} points clipped to {low} … {high}", self.points),
            Action::Logarithm { shift } => format!("winsorising was not enough: ln(x + {shift})"),
        };
        let (skew, kurtosis) = (self.after.skew, self.after.kurtosis);
        let verdict = if self.after.passes { "passes" } else { "still fails" };
        let message = format!("{what}; {verdict} with skew {skew:.3}, kurtosis {kurtosis:.3}");
        Some(LogEntry::new("treat", &self.indicator, message))
    }
}

fn shape(values: &[f64], settings: &Treat) -> Shape {
    let (skew, kurtosis) = statistics::shape(values);
    // Too few or constant values have no shape, hence no outliers.
    let passes =
        skew.is_nan() || kurtosis.is_nan() || skew.abs() < settings.max_skew || kurtosis < settings.max_kurtosis;
    Shape { skew, kurtosis, passes }
}

fn examine(indicator: &str, values: &[f64], settings: &Treat) -> Treatment {
    let before = shape(values, settings);
    if before.passes {
        return Treatment { indicator: indicator.to_owned(), before, points: 0, action: Action::Kept, after: before };
    }
    let (low, high, points) = winsorise(values, before, settings);
    let attempt = |action: Action| {
        let treated: Vec<f64> = values.iter().map(|value| action.apply(*value)).collect();
        (action, shape(&treated, settings))
    };
    let (action, after) = match attempt(Action::Winsorised { low, high }) {
        (action, after) if after.passes => (action, after),
        _ => {
            let (smallest, largest) = extent(values);
            attempt(Action::Logarithm { shift: 0.01 * (largest - smallest) - smallest })
        }
    };
    Treatment { indicator: indicator.to_owned(), before, points, action, after }
}

/// The ends to clip to, and how many points that clips. `values` ascend, so those clipped stand at either end.
fn winsorise(values: &[f64], before: Shape, settings: &Treat) -> (f64, f64, usize) {
    let (mut low, mut high) = extent(values);
    // Values from `kept.0` up to `kept.1` are as they were.
    let (mut now, mut kept) = (before, (0, values.len()));
    let mut clipped = values.to_vec();
    while !now.passes && values.len() - (kept.1 - kept.0) < settings.max_points {
        if now.skew >= 0.0 {
            let below = clipped.partition_point(|value| *value < high);
            let Some(next) = below.checked_sub(1).map(|last| clipped[last]) else { break };
            high = next;
            kept.1 = below;
            clipped[below..].fill(high);
        } else {
            let above = clipped.partition_point(|value| *value <= low);
            let Some(next) = clipped.get(above).copied() else { break };
            low = next;
            kept.0 = above;
            clipped[..above].fill(low);
        }
        now = shape(&clipped, settings);
    }
    (low, high, values.len() - (kept.1 - kept.0))
}

/// The smallest and the largest of values that ascend.
fn extent(values: &[f64]) -> (f64, f64) {
    (values.first().copied().unwrap_or(f64::INFINITY), values.last().copied().unwrap_or(f64::NEG_INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn treated(values: &[f64], max_points: usize) -> Treated {
        let units: Vec<String> = (0..values.len()).map(|row| row.to_string()).collect();
        let matrix = Array2::from_shape_fn((values.len(), 1), |(row, _)| values[row]);
        let settings = Treat { method: TreatMethod::Winsorise, max_points, ..Treat::default() };
        treat(Table::new(units, vec!["x".into()], matrix), &settings)
    }

    #[test]
    fn one_outlier_is_drawn_in_and_the_rest_kept() {
        let mut values: Vec<f64> = (1..=20).map(f64::from).collect();
        values[0] = 1000.0;
        values[5] = f64::NAN;
        let result = treated(&values, 5);
        assert_eq!(result.treatments[0].points, 1);
        assert_eq!(result.table.value(0, 0), Some(20.0));
        assert_eq!(result.table.value(1, 0), Some(2.0));
        assert_eq!(result.table.value(5, 0), None);
    }

    #[test]
    fn the_logarithm_is_taken_where_clipping_is_not_enough() {
        let values: Vec<f64> = (0..30).map(|i| libm::exp(f64::from(i) / 2.0)).collect();
        let result = treated(&values, 1);
        assert!(matches!(result.treatments[0].action, Action::Logarithm { .. }), "{:?}", result.treatments);
        assert!(result.log[0].message.contains("winsorising was not enough"));
    }

    #[test]
    fn constant_and_tiny_columns_are_left_alone() {
        for values in [vec![3.0; 8], vec![1.0], vec![f64::NAN; 3], vec![]] {
            assert_eq!(treated(&values, 5).treatments[0].action, Action::Kept);
        }
    }
}
