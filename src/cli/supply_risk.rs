//! `goulet supply-risk`: the EU's supply risk per material and stage, with every factor; on request the economic importance, plain
//! concentration, and GeoPolRisk on a user's trade.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::say::Say;
use super::{Common, TableOptions};
use crate::data::{DataSource, read_table};
use crate::error::{Error, ErrorKind};
use crate::report::cells;
use crate::report::dress::{self, Style};
use crate::report::outbox::{csv_bytes, write_whole};
use crate::report::supply_risk as report;
use crate::structural::supply_risk::importance::{self, Importance};
use crate::structural::supply_risk::own_shares::{self, OwnShares};
use crate::structural::supply_risk::tables::{List, Tables};
use crate::structural::supply_risk::{Assessment, Inputs, assess, indices, trade};
use crate::structural::{InputStage, Structure};

/// Cells named in a message before the rest is counted.
const NAMED: usize = 12;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A folder of tables in place of those inside the program
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the table goes; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Which of the EU's lists the inputs are of
    #[arg(long, value_enum, default_value = "2023")]
    year: Year,
    /// A table of your own shares (input, stage, country, share): its sets replace ours, new ones are added
    #[arg(long, value_name = "FILE")]
    shares: Option<PathBuf>,
    /// Write every term of the concentrations too: share, governance and trade parameter by country
    #[arg(long, value_name = "FILE")]
    factors: Option<PathBuf>,
    /// Write the economic importance per material too, and which materials are critical
    #[arg(long, value_name = "FILE")]
    importance: Option<PathBuf>,
    /// Write the plain concentration of every input and stage too, with its band
    #[arg(long, value_name = "FILE")]
    hhi: Option<PathBuf>,
    /// Write GeoPolRisk's score of this trade instead (material, importer, exporter, import, domestic_production)
    #[arg(long, value_name = "TRADE", conflicts_with_all = ["factors", "importance", "year"])]
    geopolrisk: Option<PathBuf>,
    #[command(flatten)]
    tables: TableOptions,
    #[command(flatten)]
    pub common: Common,
}

/// A year as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Year {
    #[value(name = "2017")]
    Of2017,
    #[value(name = "2023")]
    Of2023,
}

/// A table that was asked for.
struct Output<'a> {
    path: &'a Path,
    content: Vec<u8>,
}

/// What was read.
struct Read {
    source: DataSource,
    structure: Structure,
    tables: Tables,
    own: Option<OwnShares>,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    refuse_what_2017_lacks(arguments)?;
    refuse_one_place_for_two(arguments)?;
    let read = read(arguments)?;
    let replaced = told_shares(&read, arguments);
    for message in replaced.iter().take(NAMED) {
        say.message(message);
    }
    if let Some(more) = replaced.len().checked_sub(NAMED).filter(|more| *more > 0) {
        say.message(&format!("… and the shares of {more} more"));
    }
    let mut outputs = Vec::new();
    let indices = indices::of_shares(read.structure.shares(), read.own.as_ref());
    if let Some(path) = &arguments.hhi {
        let content = csv_bytes(report::INDICES, indices.iter().map(report::index))?;
        outputs.push(Output { path, content });
    }
    let (rows, reasons) = match &arguments.geopolrisk {
        Some(file) => geopolrisk(file, &indices, &read, say)?,
        None => supply_risk(arguments, &read, &mut outputs, say)?,
    };
    if arguments.output != Path::new("-") {
        outputs.insert(0, Output { path: &arguments.output, content: rows.clone() });
    }
    let style = Style::of(arguments.tables.csv);
    for output in &mut outputs {
        output.content = dress::bytes(std::mem::take(&mut output.content), "supply_risk.csv", &style)?;
        write_whole(output.path, &output.content)?;
    }
    let written = || outputs.iter().map(|output| output.path);
    if say.json() {
        let files: Vec<_> = written().map(|path| path.to_string_lossy()).collect();
        let mut answer = json!({"rows": as_json(&rows, &reasons)?, "shares": replaced, "files": files});
        if arguments.geopolrisk.is_none() {
            answer["year"] = read.tables.list.year().into();
        }
        say.result(&serde_json::to_string_pretty(&answer)?);
    } else if arguments.output == Path::new("-") {
        say.result(String::from_utf8_lossy(&dress::bytes(rows, "supply_risk.csv", &style)?).trim_end());
    }
    say.files(&written().collect::<Vec<_>>());
    Ok(())
}

/// The list of 2017 publishes concentrations, not the shares they are made of, and no end uses.
fn refuse_what_2017_lacks(arguments: &Arguments) -> anyhow::Result<()> {
    let asked = [
        ("--shares", arguments.shares.is_some()),
        ("--factors", arguments.factors.is_some()),
        ("--importance", arguments.importance.is_some()),
    ];
    match asked.iter().find(|(_, is_asked)| *is_asked && arguments.year == Year::Of2017) {
        Some((option, _)) => {
            let message = format!("{option} does not go with --year 2017: of that list only results are published");
            Err(Error::new(ErrorKind::Usage, message)
                .hint("leave out --year: the inputs are then those of 2023")
                .into())
        }
        None => Ok(()),
    }
}

/// Each table has a file of its own; only the result may go to standard output.
fn refuse_one_place_for_two(arguments: &Arguments) -> anyhow::Result<()> {
    let more = [&arguments.factors, &arguments.importance, &arguments.hhi];
    let mut seen = vec![arguments.output.as_path()];
    for path in more.into_iter().flatten() {
        if path == Path::new("-") || seen.contains(&path.as_path()) {
            let message = format!("two tables cannot go to {}", path.display());
            let fault = Error::new(ErrorKind::Usage, message);
            return Err(fault.hint("give each its own file; only -o may be - (standard output)").into());
        }
        seen.push(path);
    }
    Ok(())
}

fn read(arguments: &Arguments) -> anyhow::Result<Read> {
    let source = DataSource::open(arguments.data.as_deref())?;
    let structure = Structure::load(&source)?;
    let list = if arguments.year == Year::Of2017 { List::Of2017 } else { List::Of2023 };
    let tables = Tables::load(&source, list)?;
    let own = match &arguments.shares {
        Some(file) => Some(own_shares::read(&read_table(file)?, file, &tables.materials)?),
        None => None,
    };
    Ok(Read { source, structure, tables, own })
}

/// Which sets a user's shares replace, and which they add.
fn told_shares(read: &Read, arguments: &Arguments) -> Vec<String> {
    let Some((own, file)) = read.own.as_ref().zip(arguments.shares.as_ref()) else { return Vec::new() };
    let is_ours = |of: &InputStage| read.structure.shares().sets().any(|set| set.of == *of);
    let told = own.iter().map(|(of, set)| {
        let does = if is_ours(of) { "replaced by" } else { "added from" };
        format!("{of}: shares {does} {} ({} countries)", file.display(), set.suppliers.len())
    });
    told.collect()
}

/// Rows of a table and, for each, why its last value is missing.
type Rows = (Vec<u8>, Vec<Option<String>>);

fn supply_risk<'a>(
    arguments: &'a Arguments,
    read: &Read,
    outputs: &mut Vec<Output<'a>>,
    say: &Say,
) -> anyhow::Result<Rows> {
    let own = read.own.as_ref().zip(arguments.shares.as_deref());
    let assessments = assess(Inputs { tables: &read.tables, structure: &read.structure, source: &read.source, own });
    say_missing("supply risk", assessments.iter().map(|found| (found.of.to_string(), &found.reason)), say);
    say_assumed(&assessments, say);
    if let Some(path) = &arguments.factors {
        outputs.push(Output { path, content: csv_bytes(report::FACTORS, report::factors(&assessments))? });
    }
    if let Some(path) = &arguments.importance {
        let uses = importance::load(&read.source, &read.tables.materials)?;
        let found: Vec<Importance> = importance::assess(&read.tables, &uses, &assessments);
        let told = found.iter().map(|found| (found.material.to_string(), &found.reason));
        say_missing("economic importance", told, say);
        outputs.push(Output { path, content: csv_bytes(report::IMPORTANCE, found.iter().map(report::importance))? });
    }
    let rows = csv_bytes(report::SUPPLY_RISK, assessments.iter().map(report::supply_risk))?;
    Ok((rows, assessments.into_iter().map(|found| found.reason).collect()))
}

fn geopolrisk(file: &Path, indices: &[indices::Index], read: &Read, say: &Say) -> anyhow::Result<Rows> {
    let trade = trade::read(&read_table(file)?, file)?;
    let governance = read.structure.governance();
    let scored = trade::score(&trade, indices, governance);
    let told =
        scored.iter().map(|found| (format!("{} {}", found.of.to_string().trim(), found.importer), &found.reason));
    say_missing("score", told, say);
    let unknown: Vec<String> = trade::without_estimate(&trade, governance).iter().map(ToString::to_string).collect();
    if !unknown.is_empty() {
        let message = "no estimate of political stability, taken as 0.5 (the middle of the scale)";
        say.message(&format!("{message}: {}", unknown.join(", ")));
    }
    let rows = csv_bytes(report::GEOPOLRISK, scored.iter().map(report::geopolrisk))?;
    Ok((rows, scored.into_iter().map(|found| found.reason).collect()))
}

/// Why values are missing: a line a reason, for many share one.
fn say_missing<'a>(what: &str, all: impl Iterator<Item = (String, &'a Option<String>)>, say: &Say) {
    let mut by_reason = BTreeMap::<&str, Vec<String>>::new();
    for (name, reason) in all {
        if let Some(reason) = reason {
            by_reason.entry(reason).or_default().push(name);
        }
    }
    for (reason, names) in by_reason {
        say.message(&format!("no {what}: {}: {reason}", listed(&names)));
    }
}

/// Trade parameters that no table has.
fn say_assumed(assessments: &[Assessment], say: &Say) {
    let of_one = |found: &Assessment| {
        let countries = found.assumed_trade();
        let names: Vec<String> = countries.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| format!("{} ({})", found.of, names.join(" ")))
    };
    let all: Vec<String> = assessments.iter().filter_map(of_one).collect();
    if !all.is_empty() {
        let message = "no trade parameter known, taken as unrestricted (1, inside the EU 0.8)";
        say.message(&format!("{message}: {}", listed(&all)));
    }
}

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// The rows of the table as objects: numbers as numbers, empty cells as null, with the reason where there is one.
fn as_json(table: &[u8], reasons: &[Option<String>]) -> anyhow::Result<Vec<Value>> {
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers()?.clone();
    let mut rows = Vec::new();
    for (record, reason) in reader.records().zip(reasons) {
        let mut row: Map<String, Value> =
            header.iter().zip(&record?).map(|(name, cell)| (name.to_owned(), cells::as_json(cell))).collect();
        row.insert("missing".to_owned(), json!(reason));
        rows.push(row.into());
    }
    Ok(rows)
}
