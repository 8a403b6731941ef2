//! Step 2, *impute*: gaps are filled where the model file asks for it, and every filled cell stays marked.
//!
//! Methods: mean or median of the indicator, over all units or over the units of the same group (COINr's `i_mean`,
//! `i_median`, `i_mean_grp`, `i_median_grp`). A group without any value leaves the gap. Without a method missing
//! stays missing: the weight of the gap then goes to its siblings and coverage says so.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::settings::{Impute, ImputeMethod};
use super::statistics::{mean, median};
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
    };
    let labels = labels(&table, settings)?;
    for column in 0..table.indicators.len() {
        let mut groups: BTreeMap<&Option<String>, Vec<f64>> = BTreeMap::new();
        for (value, label) in table.values.column(column).iter().zip(&labels).filter(|(value, _)| !value.is_nan()) {
            groups.entry(label).or_default().push(*value);
        }
        let centres: BTreeMap<&Option<String>, f64> =
            groups.iter().map(|(label, values)| (*label, centre(values))).collect();
        let (mut done, mut left) = (0usize, 0usize);
        for (row, value) in table.values.column_mut(column).iter_mut().enumerate().filter(|(_, value)| value.is_nan()) {
            match centres.get(&labels[row]) {
                Some(centre) => {
                    (*value, filled[(row, column)]) = (*centre, true);
                    done += 1;
                }
                None => left += 1,
            }
        }
        if done + left > 0 {
            let rest = if left == 0 { String::new() } else { format!("; {left} left: no value in their group") };
            log.push(LogEntry::new("impute", &table.indicators[column], format!("{done} values filled{rest}")));
        }
    }
    Ok(Imputed { table, filled, log })
}

/// The group of every unit; one group for all where the method has none. A unit without label is its own kind of group.
fn labels(table: &Table, settings: &Impute) -> Result<Vec<Option<String>>> {
    if !matches!(settings.method, ImputeMethod::GroupMean | ImputeMethod::GroupMedian) {
        return Ok(vec![None; table.units.len()]);
    }
    let name = settings.group.as_deref().unwrap_or_default();
    table.groups.get(name).cloned().ok_or_else(|| {
        let known = table.groups.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("imputation by group needs the column `{name}`, which the table does not hold");
        Error::new(ErrorKind::Model, message).hint(format!("set `impute.group` to one of: {known}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn table() -> Table {
        let units = ["a", "b", "c", "d"].map(String::from).to_vec();
        let values = array![[1.0], [3.0], [f64::NAN], [f64::NAN]];
        let mut table = Table::new(units, vec!["x".into()], values);
        table.groups.insert("side".into(), vec![Some("e".into()), Some("e".into()), Some("e".into()), None]);
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
    fn nothing_is_filled_unasked_and_a_wrong_group_is_told() {
        let kept = impute(table(), &Impute::default()).unwrap();
        assert!(kept.table.value(2, 0).is_none() && kept.log.is_empty());
        let settings = Impute { method: ImputeMethod::GroupMedian, group: Some("continent".into()) };
        let error = impute(table(), &settings).unwrap_err();
        assert_eq!(error.remedy(), Some("set `impute.group` to one of: side"));
    }
}
