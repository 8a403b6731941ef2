//! `goulet compare SECTOR SECTOR...`: sectors side by side, on screen and as `comparison.csv`.

use std::path::PathBuf;

use clap::Args;

use super::Common;
use super::say::{Say, table};
use crate::codes::SectorId;
use crate::report::comparison;
use crate::report::package;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Two or more sector codes, such as semiconductors critical_minerals
    #[arg(required = true, num_args = 2..)]
    sectors: Vec<String>,
    /// Folder that `goulet run` wrote
    #[arg(long, default_value = "reports")]
    reports: PathBuf,
    /// Period to compare
    #[arg(long, default_value = "latest")]
    period: String,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let sectors = arguments.sectors.iter().map(|code| code.parse::<SectorId>()).collect::<Result<Vec<_>, _>>()?;
    let reports = comparison::Reports::read(&arguments.reports)?;
    let comparison = comparison::compare(&reports, &sectors, &arguments.period)?;
    package::narrow(&arguments.reports, &comparison)?;
    if say.json() {
        say.result(&serde_json::to_string_pretty(&comparison.json())?);
        return Ok(());
    }
    let mut header = vec!["measure"];
    header.extend(arguments.sectors.iter().map(String::as_str));
    let rows = comparison.rows.iter().map(|row| {
        std::iter::once(row.label.clone())
            .chain(row.cells.iter().map(|cell| if cell.is_empty() { "–".into() } else { cell.clone() }))
            .collect()
    });
    say.result(&table(&header, rows, 1));
    say.message(&format!(
        "\nperiod {}; also in {}",
        comparison.period,
        arguments.reports.join("comparison.csv").display()
    ));
    Ok(())
}
