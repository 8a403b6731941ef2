//! Step 3, *screen*: units with too little data are left out before they move the statistics of the others.
//!
//! Kept: share of indicators with a value ≥ `min_coverage` (COINr's `Screen`, by missing values). This step counts
//! what is there after imputation, as COINr does; the coverage beside a score counts observed values only.

use super::settings::Screen;
use super::table::{LogEntry, Table};

/// The rows that stay, in order, and a log entry for each that does not.
pub fn screen(table: &Table, settings: &Screen) -> (Vec<usize>, Vec<LogEntry>) {
    let mut log = Vec::new();
    let total = table.indicators.len().max(1) as f64;
    let kept = (0..table.units.len())
        .filter(|row| {
            let coverage = table.values.row(*row).iter().filter(|value| !value.is_nan()).count() as f64 / total;
            let stays = coverage >= settings.min_coverage;
            if !stays {
                let message = format!("left out: coverage {coverage:.3} is below {}", settings.min_coverage);
                log.push(LogEntry::new("screen", &table.units[*row], message));
            }
            stays
        })
        .collect();
    (kept, log)
}
