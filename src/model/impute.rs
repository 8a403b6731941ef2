//! Step 2, *impute*: gaps are filled where the model file asks for it, and every filled cell stays marked.
//!
//! Methods: mean or median of the indicator, over all units or over the units of the same group (COINr's `i_mean`,
//! `i_median`, `i_mean_grp`, `i_median_grp`). A group without any value leaves the gap. Over time, where the table holds
//! units at several times: `latest`, the unit's last value before; `linear`, the line between the unit's values before
//! and after, and before the first and after the last the nearest (COINr's `impute_panel`). Without a method missing
//! stays missing: the weight of the gap then goes to its siblings and coverage says so.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::settings::{Impute, ImputeMethod};
use super::statistics::{mean, median, present};
use super::table::{LogEntry, Table};
use crate::error::{Error, ErrorKind, Result};

/// A table without (some of) its gaps.
#[derive(Debug, Clone)]
pub struct Imputed {
    /// The table.
    pub table: Table,
    /// Which values were filled in.
    pub filled: Array2<bool>,
    /// What was done.
    pub log: Vec<LogEntry>,
}

/// Fills the gaps of `table`.
pub fn impute(mut table: Table, settings: &Impute) -> Result<Imputed> {
    let mut filled = Array2::from_elem(table.values.dim(), false);
    let mut log = Vec::new();
    let centre: fn(&[f64]) -> f64 = match settings.method {
        ImputeMethod::None => return Ok(Imputed { table, filled, log }),
        ImputeMethod::Mean | ImputeMethod::GroupMean => mean,
        ImputeMethod::Median | ImputeMethod::GroupMedian => median,
        ImputeMethod::Latest => return over_time(table, filled, latest),
        ImputeMethod::Linear => return over_time(table, filled, linear),
    };
    let groups = groups(&table, settings)?;
    let mut known: Vec<Vec<f64>> = vec![Vec::new(); groups.iter().max().map_or(0, |last| last + 1)];
    for column in 0..table.indicators.len() {
        if !table.values.column(column).iter().any(|value| value.is_nan()) {
            continue;
        }
        known.iter_mut().for_each(Vec::clear);
        for (value, group) in table.values.column(column).iter().zip(&groups).filter(|(value, _)| !value.is_nan()) {
            known[*group].push(*value);
        }
        let centres: Vec<f64> = known.iter().map(|values| centre(&present(values))).collect();
        let (mut done, mut left) = (0usize, 0usize);
        for (row, value) in table.values.column_mut(column).iter_mut().enumerate().filter(|(_, value)| value.is_nan()) {
            let centre = centres[groups[row]];
            if centre.is_nan() {
                left += 1;
            } else {
                (*value, filled[(row, column)]) = (centre, true);
                done += 1;
            }
        }
        log.extend(entry(&table.indicators[column], (done, left), "no value in their group"));
    }
    Ok(Imputed { table, filled, log })
}

fn entry(indicator: &str, (done, left): (usize, usize), why: &str) -> Option<LogEntry> {
    let rest = if left == 0 { String::new() } else { format!("; {left} left: {why}") };
    (done + left > 0).then(|| LogEntry::new("impute", indicator, format!("{done} values filled{rest}")))
}

/// The value to put at a time, given the times and values that are known, in order of time.
type OverTime = fn(time: f64, known: &[(f64, f64)]) -> Option<f64>;

fn latest(time: f64, known: &[(f64, f64)]) -> Option<f64> {
    known.iter().rev().find(|(other, _)| *other < time).map(|(_, value)| *value)
}

fn linear(time: f64, known: &[(f64, f64)]) -> Option<f64> {
    let after = known.partition_point(|(other, _)| *other < time);
    match (after.checked_sub(1).map(|before| known[before]), known.get(after)) {
        (Some((t0, v0)), Some((t1, v1))) => Some(v0 + (v1 - v0) * (time - t0) / (t1 - t0)),
        (Some((_, value)), None) | (None, Some(&(_, value))) => Some(value),
        (None, None) => None,
    }
}

/// Fills each unit's gaps from its own other times.
fn over_time(mut table: Table, mut filled: Array2<bool>, fill: OverTime) -> Result<Imputed> {
    let Some(panel) = table.panel.clone() else {
        let message = "imputation over time needs units at several times, which the table does not hold";
        let hint = "add a column `Time` with one row a unit and time, or set `impute.method` to a mean or median";
        return Err(Error::new(ErrorKind::Model, message).hint(hint));
    };
    let series = panel.series();
    let mut log = Vec::new();
    for column in 0..table.indicators.len() {
        let (mut done, mut left) = (0, 0);
        for rows in &series {
            let value = |row: &usize| (panel.times[*row], table.values[(*row, column)]);
            let known: Vec<(f64, f64)> = rows.iter().map(value).filter(|(_, value)| !value.is_nan()).collect();
            let is_gap = |row: &usize| table.values[(*row, column)].is_nan();
            for row in rows.iter().copied().filter(is_gap).collect::<Vec<_>>() {
                match fill(panel.times[row], &known) {
                    Some(value) => {
                        (table.values[(row, column)], filled[(row, column)]) = (value, true);
                        done += 1;
                    }
                    None => left += 1,
                }
            }
        }
        log.extend(entry(&table.indicators[column], (done, left), "no value of the unit to fill them from"));
    }
    Ok(Imputed { table, filled, log })
}

/// The number of every unit's group; one for all where the method has none. Units without label are a group of their own.
fn groups(table: &Table, settings: &Impute) -> Result<Vec<usize>> {
    if !matches!(settings.method, ImputeMethod::GroupMean | ImputeMethod::GroupMedian) {
        return Ok(vec![0; table.units.len()]);
    }
    let name = settings.group.as_deref().unwrap_or_default();
    let labels = table.groups.get(name).ok_or_else(|| {
        let known = table.groups.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("imputation by group needs the column `{name}`, which the table does not hold");
        Error::new(ErrorKind::Model, message).hint(format!("set `impute.group` to one of: {known}"))
    })?;
    let mut numbers = BTreeMap::new();
    Ok(labels
        .iter()
        .map(|label| {
            let next = numbers.len();
            *numbers.entry(label).or_insert(next)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::Panel;
    use ndarray::array;

    fn table() -> Table {
        let units = ["a", "b", "c", "d"].map(String::from).to_vec();
        let values = array![[1.0], [3.0], [f64::NAN], [f64::NAN]];
        let mut table = Table::new(units, vec!["x".into()], values);
        let side = vec![Some("e".into()), Some("e".into()), Some("e".into()), None];
        table.groups = BTreeMap::from([("side".into(), side)]).into();
        table
    }

    #[test]
    fn a_group_without_values_keeps_its_gap() {
        let settings = Impute { method: ImputeMethod::GroupMean, group: Some("side".into()) };
        let imputed = impute(table(), &settings).unwrap();
        assert_eq!((imputed.table.value(2, 0), imputed.table.value(3, 0)), (Some(2.0), None));
        assert_eq!(imputed.filled.iter().filter(|filled| **filled).count(), 1);
        assert_eq!(imputed.log[0].message, "1 values filled; 1 left: no value in their group");
    }

    #[test]
    fn a_unit_is_filled_from_its_own_other_times() {
        let nan = f64::NAN;
        let values = array![[3.0, 2.0], [nan, nan], [7.0, nan], [nan, 5.0], [nan, nan]];
        let units: Vec<String> = (0..5).map(|row| row.to_string()).collect();
        let mut table = Table::new(units, vec!["x".into(), "y".into()], values);
        let codes = ["a", "a", "a", "a", "b"].map(String::from).to_vec();
        table.panel = Some(Panel { codes, times: vec![2020.0, 2021.0, 2024.0, 2019.0, 2020.0] }.into());
        let filled = |method: ImputeMethod| {
            let settings = Impute { method, group: None };
            impute(table.clone(), &settings)
                .unwrap()
                .table
                .values
                .mapv(|value| if value.is_nan() { -1.0 } else { value })
        };
        assert_eq!(filled(ImputeMethod::Linear), array![[3.0, 2.0], [4.0, 2.0], [7.0, 2.0], [3.0, 5.0], [-1.0, -1.0]]);
        assert_eq!(filled(ImputeMethod::Latest), array![[3.0, 2.0], [3.0, 2.0], [7.0, 2.0], [-1.0, 5.0], [-1.0, -1.0]]);
        let without = Table { panel: None, ..table.clone() };
        let settings = Impute { method: ImputeMethod::Latest, group: None };
        assert!(impute(without, &settings).unwrap_err().to_string().contains("several times"));
    }

    #[test]
    fn nothing_is_filled_unasked_and_a_wrong_group_is_told() {
        let kept = impute(table(), &Impute::default()).unwrap();
        assert!(kept.table.value(2, 0).is_none() && kept.log.is_empty());
        let settings = Impute { method: ImputeMethod::GroupMedian, group: Some("continent".into()) };
        let error = impute(table(), &settings).unwrap_err();
        assert_eq!(error.remedy(), Some("set `impute.group` to one of: side"));
    }
}
