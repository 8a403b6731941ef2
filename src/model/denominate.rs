//! Step 1, *denominate*: totals become ratios, so that large and small units compare.
//!
//! Formula: `x / d`, d the unit's value in the denominator column the indicator names (COINr's `Denominate`).
//! A missing or zero denominator makes the value missing, and the log says so.

use super::settings::Denominate;
use super::table::{LogEntry, Table};
use super::tree::Tree;
use crate::error::{Error, ErrorKind, Result};

/// Divides the columns of `table` (one a leaf of `tree`, in its order) whose leaf names a denominator.
pub fn denominate(mut table: Table, tree: &Tree, settings: &Denominate) -> Result<(Table, Vec<LogEntry>)> {
    let mut log = Vec::new();
    if !settings.enabled {
        return Ok((table, log));
    }
    for (column, leaf) in tree.leaves().iter().enumerate() {
        let node = &tree.nodes()[*leaf];
        let Some(name) = &node.entry.denominator else { continue };
        let Some(divisors) = table.denominators.get(name) else {
            let message = format!("indicator `{}` is divided by `{name}`, which the table does not hold", node.code());
            let hint = "add that column to the data, or remove the denominator from the tree";
            return Err(Error::new(ErrorKind::Model, message).hint(hint));
        };
        let mut unusable = 0usize;
        let matrices = [Some(&mut table.values), table.low.as_mut(), table.high.as_mut()];
        for (which, matrix) in matrices.into_iter().flatten().enumerate() {
            for (value, divisor) in matrix.column_mut(column).iter_mut().zip(divisors) {
                let ratio = *value / divisor;
                let lost = !value.is_nan() && !ratio.is_finite();
                unusable += usize::from(lost && which == 0);
                *value = if lost { f64::NAN } else { ratio };
            }
        }
        let lost = if unusable == 0 { String::new() } else { format!("; missing or zero for {unusable} values") };
        log.push(LogEntry::new("denominate", node.code(), format!("divided by `{name}`{lost}")));
    }
    Ok((table, log))
}
