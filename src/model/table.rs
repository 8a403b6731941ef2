//! The table that scores are computed from, and what every step says about its work.
//!
//! Units are rows, indicators are columns. Missing is NaN inside the model only; the accessors give `Option<f64>`.
//! Infinite values are refused at the door, so that every NaN met later was missing from the start or is logged.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::{Array2, Axis};

use crate::error::{Error, ErrorKind, Result};

/// Units × indicators, with what the steps need beside the values.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Row names, each once; steps share them.
    pub units: Arc<Vec<String>>,
    /// Column codes, each once; steps share them.
    pub indicators: Arc<Vec<String>>,
    /// The values; NaN = missing.
    pub values: Array2<f64>,
    /// Lower bounds of the values, where known (NaN = not).
    pub low: Option<Array2<f64>>,
    /// Upper bounds of the values, where known (NaN = not).
    pub high: Option<Array2<f64>>,
    /// Group columns for imputation: name → one label a unit.
    pub groups: Arc<BTreeMap<String, Vec<Option<String>>>>,
    /// Columns that indicators are divided by: name → one value a unit (NaN = missing).
    pub denominators: Arc<BTreeMap<String, Vec<f64>>>,
    /// Whose row it is and of when, where the same unit stands there at several times.
    pub panel: Option<Arc<Panel>>,
}

/// Units observed over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The unit of each row, without its time.
    pub codes: Vec<String>,
    /// The time of each row, such as a year.
    pub times: Vec<f64>,
}

impl Panel {
    /// The rows of each unit, in order of time; units in order of their codes.
    pub fn series(&self) -> Vec<Vec<usize>> {
        let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, code) in self.codes.iter().enumerate() {
            rows.entry(code).or_default().push(row);
        }
        let in_time = |mut rows: Vec<usize>| {
            rows.sort_by(|a, b| self.times[*a].total_cmp(&self.times[*b]));
            rows
        };
        rows.into_values().map(in_time).collect()
    }

    /// A number for each row, the same for those of one time, in order of time: what [`super::score`] ranks by.
    pub fn groups(&self) -> Vec<usize> {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times.dedup();
        self.times.iter().map(|time| times.partition_point(|other| other < time)).collect()
    }

    fn select(&self, rows: &[usize]) -> Self {
        Self { codes: pick_from(&self.codes, rows), times: pick_from(&self.times, rows) }
    }
}

/// What a step did, in words a reader of the log understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The step, such as `treat`.
    pub step: &'static str,
    /// The indicator, node or unit it concerns; empty = all.
    pub subject: String,
    /// What was done and why.
    pub message: String,
}

impl LogEntry {
    /// A new entry.
    pub fn new(step: &'static str, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { step, subject: subject.into(), message: message.into() }
    }
}

/// NaN as `None`.
pub fn known(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

impl Table {
    /// A table without bounds, groups and denominators.
    pub fn new(
        units: impl Into<Arc<Vec<String>>>,
        indicators: impl Into<Arc<Vec<String>>>,
        values: Array2<f64>,
    ) -> Self {
        Self {
            units: units.into(),
            indicators: indicators.into(),
            values,
            low: None,
            high: None,
            groups: Arc::default(),
            denominators: Arc::default(),
            panel: None,
        }
    }

    /// The value of a unit (by row) for an indicator (by column); `None` where missing.
    pub fn value(&self, row: usize, column: usize) -> Option<f64> {
        self.values.get((row, column)).copied().and_then(known)
    }

    /// The bounds of a value, where both are known and the value is.
    pub fn bounds(&self, row: usize, column: usize) -> Option<(f64, f64)> {
        let (low, high) = (self.low.as_ref()?[(row, column)], self.high.as_ref()?[(row, column)]);
        let all_known = !(low.is_nan() || high.is_nan() || self.values[(row, column)].is_nan());
        all_known.then_some((low, high))
    }

    /// Refuses shapes that do not fit, names that appear twice and infinite values; all faults at once.
    pub fn check(&self) -> Result<()> {
        let shape = (self.units.len(), self.indicators.len());
        let mut faults = Vec::new();
        let matrices = [("values", Some(&self.values)), ("low", self.low.as_ref()), ("high", self.high.as_ref())];
        for (name, matrix) in matrices.iter().filter_map(|(name, matrix)| matrix.map(|matrix| (name, matrix))) {
            if matrix.dim() != shape {
                let found = matrix.dim();
                faults.push(format!("`{name}` is {} × {}, not {} × {}", found.0, found.1, shape.0, shape.1));
                continue;
            }
            // Nearly always there is none, and looking is faster without counting rows and columns.
            if !matrix.iter().any(|value| value.is_infinite()) {
                continue;
            }
            for ((row, column), value) in matrix.indexed_iter().filter(|(_, value)| value.is_infinite()).take(5) {
                let (unit, indicator) = (&self.units[row], &self.indicators[column]);
                faults.push(format!("`{name}` of unit `{unit}` for `{indicator}` is {value}: a number is expected"));
            }
        }
        let lengths = self.groups.iter().map(|(name, column)| (name, column.len()));
        let times = self.panel.iter().flat_map(|panel| [panel.codes.len(), panel.times.len()]);
        let panel = "Time".to_owned();
        let lengths = lengths.chain(times.map(|length| (&panel, length)));
        for (name, length) in lengths.chain(self.denominators.iter().map(|(name, column)| (name, column.len()))) {
            if length != shape.0 {
                faults.push(format!("column `{name}` has {length} values for {} units", shape.0));
            }
        }
        for (what, names) in [("unit", &self.units), ("indicator", &self.indicators)] {
            let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            let twice = sorted.windows(2).filter(|pair| pair[0] == pair[1]);
            faults.extend(twice.map(|pair| format!("{what} `{}` twice", pair[0])));
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Error::from(faults.into_iter().map(|fault| Error::new(ErrorKind::Data, fault)).collect::<Vec<_>>()))
    }

    /// The same table with exactly these columns in this order; a column that is absent is missing throughout.
    #[must_use]
    pub fn select_columns(&self, codes: &[&str]) -> (Self, Vec<LogEntry>) {
        if self.indicators.iter().map(String::as_str).eq(codes.iter().copied()) {
            return (self.clone(), Vec::new());
        }
        let at: BTreeMap<&str, usize> =
            self.indicators.iter().enumerate().map(|(index, code)| (code.as_str(), index)).collect();
        let pick = |matrix: &Array2<f64>| {
            let mut picked = Array2::from_elem((self.units.len(), codes.len()), f64::NAN);
            for (to, code) in codes.iter().enumerate() {
                if let Some(from) = at.get(code) {
                    picked.column_mut(to).assign(&matrix.column(*from));
                }
            }
            picked
        };
        let absent = codes.iter().filter(|code| !at.contains_key(**code));
        let unused = self.indicators.iter().filter(|code| !codes.contains(&code.as_str()));
        let log = absent
            .map(|code| LogEntry::new("read", *code, "not in the table: missing for every unit"))
            .chain(unused.map(|code| LogEntry::new("read", code, "in the table but not in the tree: not used")))
            .collect();
        let table = Self {
            units: self.units.clone(),
            indicators: Arc::new(codes.iter().map(|code| (*code).to_owned()).collect()),
            values: pick(&self.values),
            low: self.low.as_ref().map(pick),
            high: self.high.as_ref().map(pick),
            groups: self.groups.clone(),
            denominators: self.denominators.clone(),
            panel: self.panel.clone(),
        };
        (table, log)
    }

    /// The same table with only these rows, in this order.
    #[must_use]
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        // Mostly no row is left out.
        if rows.iter().copied().eq(0..self.units.len()) {
            return self.clone();
        }
        let pick = |matrix: &Array2<f64>| select_rows(matrix, rows);
        let groups = self.groups.iter().map(|(name, all)| (name.clone(), pick_from(all, rows))).collect();
        let denominators = self.denominators.iter().map(|(name, all)| (name.clone(), pick_from(all, rows))).collect();
        Self {
            units: Arc::new(pick_from(&self.units, rows)),
            indicators: self.indicators.clone(),
            values: pick(&self.values),
            low: self.low.as_ref().map(pick),
            high: self.high.as_ref().map(pick),
            groups: Arc::new(groups),
            denominators: Arc::new(denominators),
            panel: self.panel.as_ref().map(|panel| Arc::new(panel.select(rows))),
        }
    }

    /// The same table with other values, without bounds.
    #[must_use]
    pub fn with_values(&self, values: Array2<f64>) -> Self {
        Self {
            units: self.units.clone(),
            indicators: self.indicators.clone(),
            values,
            low: None,
            high: None,
            groups: self.groups.clone(),
            denominators: self.denominators.clone(),
            panel: self.panel.clone(),
        }
    }

    /// Applies one function per column to values and bounds alike.
    pub fn map_columns(&mut self, function: impl Fn(usize, f64) -> f64) {
        for matrix in [Some(&mut self.values), self.low.as_mut(), self.high.as_mut()].into_iter().flatten() {
            for mut row in matrix.rows_mut() {
                for (column, value) in row.iter_mut().enumerate().filter(|(_, value)| !value.is_nan()) {
                    *value = function(column, *value);
                }
            }
        }
    }
}

/// These rows of a matrix, in this order; mostly they are all.
pub fn select_rows<T: Clone>(matrix: &Array2<T>, rows: &[usize]) -> Array2<T> {
    let are_all = rows.iter().copied().eq(0..matrix.nrows());
    if are_all { matrix.clone() } else { matrix.select(Axis(0), rows) }
}

fn pick_from<T: Clone>(all: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| all[*row].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn every_fault_of_a_table_is_named() {
        let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut table = Table::new(names(&["a", "a"]), names(&["x"]), array![[1.0], [f64::INFINITY]]);
        table.low = Some(array![[1.0]]);
        table.denominators = Arc::new(BTreeMap::from([("gdp".to_owned(), vec![1.0])]));
        let message = table.check().unwrap_err().to_string();
        for words in ["unit `a` twice", "unit `a` for `x` is inf", "`low` is 1 × 1", "`gdp` has 1 values"] {
            assert!(message.contains(words), "{words} not in {message}");
        }
    }

    #[test]
    fn an_absent_column_is_missing_not_zero() {
        let table = Table::new(vec!["a".into()], vec!["x".into(), "z".into()], array![[1.0, 2.0]]);
        let (selected, log) = table.select_columns(&["y", "x"]);
        assert_eq!((selected.value(0, 0), selected.value(0, 1)), (None, Some(1.0)));
        assert_eq!(log.len(), 2);
    }
}
