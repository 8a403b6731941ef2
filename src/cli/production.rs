//! `goulet production FILE`: a table of world production of the USGS as published → shares, concentration, figures.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::say::Say;
use super::{Common, TableOptions};
use crate::data::DataSource;
use crate::error::{Error, ErrorKind};
use crate::report::dress::{self, Style};
use crate::report::outbox::write_whole;
use crate::report::production as tables;
use crate::structural::usgs::{self, Names, Production, UsgsTable, production};
use crate::warning::Warnings;

#[derive(Debug, Args)]
pub struct Arguments {
    /// World data of a release of the Mineral Commodity Summaries, CSV as published
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The year wanted (default: for each material the newest with figures)
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// Where the shares go, in the columns of data/structural/shares.csv; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Where the concentration of each material and stage goes: HHI, band, coverage of the world total
    #[arg(long, value_name = "FILE")]
    concentration: Option<PathBuf>,
    /// Where every figure goes: value, unit, whether estimated, withheld or none
    #[arg(long, value_name = "FILE")]
    figures: Option<PathBuf>,
    /// A folder of tables in place of those inside the program
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    tables: TableOptions,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, warnings: &Warnings, say: &Say) -> anyhow::Result<()> {
    let names = Names::load(&DataSource::open(arguments.data.as_deref())?)?;
    let table = usgs::read(&arguments.file, &names)?;
    let sets = production(&table, arguments.year);
    if sets.is_empty() {
        return Err(no_such_year(&table, arguments.year).into());
    }
    warn(&table, &sets, warnings);
    let shares = tables::shares(&sets, &table.publication)?;
    let to_stdout = arguments.output == Path::new("-");
    let mut written = Vec::new();
    if !to_stdout {
        written.push((&arguments.output, shares.clone()));
    }
    if let Some(path) = &arguments.concentration {
        written.push((path, tables::concentration(&sets)?));
    }
    if let Some(path) = &arguments.figures {
        written.push((path, tables::figures(&table, &sets)?));
    }
    let style = Style::of(arguments.tables.csv);
    for (path, content) in &written {
        write_whole(path, &dress::bytes(content.clone(), "production.csv", &style)?)?;
    }
    if say.json() {
        say.result(&serde_json::to_string_pretty(&as_json(&table, &sets))?);
    } else if to_stdout {
        say.result(String::from_utf8_lossy(&dress::bytes(shares, "production.csv", &style)?).trim_end());
    }
    say.message(&format!(
        "{}: {} figures, {}; {} sets of shares",
        table.publication.title,
        table.figures.len(),
        table.encoding.as_str(),
        sets.len()
    ));
    if !table.left_out.is_empty() {
        let count = table.left_out.len();
        say.message(&format!("{count} tables left out: data/structural/usgs_commodities.csv says why"));
    }
    say.files(&written.iter().map(|(path, _)| path).collect::<Vec<_>>());
    Ok(())
}

fn no_such_year(table: &UsgsTable, year: Option<i16>) -> Error {
    let years = table.years().iter().map(i16::to_string).collect::<Vec<_>>().join(", ");
    let wanted = year.map_or_else(String::new, |year| format!(" of {year}"));
    Error::new(ErrorKind::Usage, format!("no number{wanted} to compute shares from"))
        .at_file(&table.file)
        .hint(format!("the file has figures of {years}: set --year to one of them"))
}

/// Rows that could not be read are a loss; listed rows that differ from the world total are worth knowing.
fn warn(table: &UsgsTable, sets: &[Production], warnings: &Warnings) {
    for fault in &table.faults {
        let remedy = fault.remedy().map_or_else(String::new, |remedy| format!("; {remedy}"));
        warnings.loss("unread-figure", format!("{fault}{remedy}"));
    }
    for set in sets.iter().filter(|set| set.differs_from_world()) {
        let (listed, coverage) = (set.listed(), 100.0 * set.coverage().unwrap_or_default());
        let world = set.world.unwrap_or_default();
        let message = format!(
            "{} {}: the listed rows add up to {listed} {}, {coverage:.1} % of the published world total {world}; shares \
             are of the listed rows",
            set.of, set.year, set.unit
        );
        warnings.note("world-total", message);
    }
}

fn as_json(table: &UsgsTable, sets: &[Production]) -> serde_json::Value {
    let set = |set: &Production| {
        let shares = set.ranked().into_iter().map(|(code, _)| (code.to_string(), json!(set.share(code))));
        json!({
            "input": set.of.input, "stage": set.of.stage, "year": set.year, "hhi": set.hhi(),
            "lower_bound": set.is_lower_bound(), "band": set.band().to_string(), "complete": set.is_complete(),
            "shares": shares.collect::<serde_json::Map<_, _>>(), "other_share": set.other_share(),
            "listed": set.listed(), "unit": set.unit, "world_total": set.world, "coverage": set.coverage(),
            "withheld": set.withheld, "not_available": set.unavailable,
        })
    };
    json!({
        "publication": table.publication.title, "url": table.publication.url, "encoding": table.encoding.as_str(),
        "sets": sets.iter().map(set).collect::<Vec<_>>(),
        "left_out": table.left_out.iter().map(|left| json!([left.commodity, left.detail, left.reason])).collect::<Vec<_>>(),
        "faults": table.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
