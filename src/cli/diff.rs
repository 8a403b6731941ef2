//! `goulet diff OLD NEW`: what moved between two runs, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::Args;

use super::Common;
use super::say::{Say, short};
use crate::codes::Period;
use crate::report::diff::causes::{Cause, CauseRow};
use crate::report::diff::documents::{EvidenceChange, What};
use crate::report::diff::{Diff, Fate, UnitChange, diff, tables};
use crate::report::outbox::Outbox;
use crate::report::tables::ScoreRow;

/// Units shown on screen unless more are asked for.
const SHOWN: usize = 12;

/// Rows of a list shown on screen: the tables have them all.
const LISTED: usize = 8;

/// Documents named for a unit on screen.
const PER_UNIT: usize = 3;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder of the earlier reports
    old: PathBuf,
    /// Folder of the later reports
    new: PathBuf,
    /// Folder for the tables, or - for changes.csv on standard output
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Units to show, the farthest moved first
    #[arg(long, value_name = "N", default_value_t = SHOWN)]
    top: usize,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let spinner = say.spinner("comparing");
    let diff = diff(&arguments.old, &arguments.new);
    spinner.finish_and_clear();
    let diff = diff?;
    let to_stdout = arguments.output.as_deref().is_some_and(|path| path.as_os_str() == "-");
    let files = match &arguments.output {
        Some(folder) if !to_stdout => {
            let mut outbox = Outbox::open(folder)?;
            tables::write(&mut outbox, &diff)?;
            outbox.send()?
        }
        _ => Vec::new(),
    };
    if say.json() {
        say.result(&serde_json::to_string_pretty(&tables::json(&diff, arguments.top))?);
    } else if to_stdout {
        say.bytes(&tables::changes(&diff)?);
    } else {
        print(&diff, arguments, say);
    }
    say.files(&files);
    Ok(())
}

fn print(diff: &Diff, arguments: &Arguments, say: &Say) {
    say.message(&format!("old  {}\nnew  {}\n", diff.old.summary(), diff.new.summary()));
    if diff.is_empty() {
        say.result("nothing changed");
        return;
    }
    say.heading("What changed\n");
    documents(diff, say);
    causes(diff, say);
    let count = |fate: Fate| diff.of_fate(fate).count();
    say.result(&format!(
        "units      {} moved ({} by 0.1 or more), {} new, {} gone, {} the same\n",
        count(Fate::Moved),
        diff.of_fate(Fate::Moved).filter(|unit| unit.change().is_some_and(|change| change.abs() >= 0.1)).count(),
        count(Fate::New),
        count(Fate::Gone),
        count(Fate::Same)
    ));
    movers(diff, arguments.top, say);
    appeared(diff, say);
    if arguments.output.is_none() {
        say.message("every unit, document and row: add -o DIR");
    }
}

fn documents(diff: &Diff, say: &Say) {
    let kinds = [What::New, What::Gone, What::Changed, What::Reread, What::Reweighted];
    let counts = kinds.map(|what| (what, diff.documents.iter().filter(|change| change.what == what).count()));
    let counts: Vec<String> =
        counts.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{n} {}", what.as_str())).collect();
    if counts.is_empty() {
        return;
    }
    say.result(&format!("documents  {}", counts.join(", ")));
    let told: Vec<_> = diff.documents.iter().filter(|change| change.what.is_of_documents()).collect();
    for change in told.iter().take(LISTED) {
        let date = change.row().map_or("", |row| row.date.as_str());
        say.result(&format!("           {:<7}  {date:<10}  {}", change.what.as_str(), change.id()));
    }
    more(told.len(), say);
}

fn more(count: usize, say: &Say) {
    if count > LISTED {
        say.result(&format!("           … and {} more", count - LISTED));
    }
}

/// Settings, options and versions one by one; data rows and inputs counted, the first of them shown.
fn causes(diff: &Diff, say: &Say) {
    let of_kind =
        |kinds: &[&str]| -> Vec<&CauseRow> { diff.causes.iter().filter(|row| kinds.contains(&row.kind)).collect() };
    for row in of_kind(&["version", "option", "setting"]) {
        say.result(&format!("{:<9}  {} {}: {}", row.cause.as_str(), row.kind, row.key, arrow(row)));
    }
    if !of_kind(&["data"]).is_empty() {
        say.result("reading    the tables of words or data differ (hash in causes.csv)");
    }
    let inputs = of_kind(&["input"]).len();
    if inputs > 0 && diff.documents.is_empty() {
        say.result(&format!("documents  {inputs} input files differ (names and hashes in causes.csv)"));
    }
    let rows = of_kind(&["row"]);
    if !rows.is_empty() {
        say.result(&format!("structure  {} rows", rows.len()));
        for row in rows.iter().take(LISTED) {
            say.result(&format!("           {}: {}", row.key, arrow(row)));
        }
        more(rows.len(), say);
    }
}

fn arrow(row: &CauseRow) -> String {
    let shown = |value: &str| if value.is_empty() { "–".to_owned() } else { value.to_owned() };
    if row.old == row.new {
        format!("{}, another source", shown(&row.new))
    } else {
        format!("{} → {}", shown(&row.old), shown(&row.new))
    }
}

fn rank(row: Option<&ScoreRow>) -> String {
    row.and_then(|row| row.rank).map_or_else(|| "–".to_owned(), |rank| rank.to_string())
}

fn signed(value: f64) -> String {
    // Below half of what is shown a part is none: no `+0.0`.
    if value.abs() < 0.005 { "·".to_owned() } else { format!("{value:+.2}") }
}

fn movers(diff: &Diff, most: usize, say: &Say) {
    let shown: Vec<&UnitChange> = diff.of_fate(Fate::Moved).take(most).collect();
    if shown.is_empty() {
        return;
    }
    // A cause that moves no unit needs no column.
    let moves = |cause: &Cause| {
        diff.units.iter().filter_map(|unit| unit.parts).any(|parts| parts[*cause as usize].abs() >= 0.005)
    };
    let causes: Vec<Cause> = Cause::ALL.into_iter().filter(moves).collect();
    say.heading("Biggest movers (points of risk; the causes add up to the change)\n");
    let mut header = vec!["sector", "country", "period", "risk", "→", "change"];
    header.extend(causes.iter().map(|cause| cause.as_str()));
    header.extend(["rank", "→"]);
    let rows = shown.iter().map(|unit| {
        let (period, sector, country) = unit.unit;
        let mut cells = vec![sector.to_string(), country.to_string(), period.to_string()];
        cells.extend([short(unit.risk[0]), short(unit.risk[1])]);
        cells.push(unit.change().map_or_else(|| "–".to_owned(), |change| format!("{change:+.2}")));
        cells.extend(causes.iter().map(|cause| unit.parts.map_or_else(String::new, |p| signed(p[*cause as usize]))));
        cells.extend([rank(unit.old.as_ref()), rank(unit.new.as_ref())]);
        cells
    });
    say.table(&header, rows, 3, 6);
    say.result("");
    stated(diff, &shown, say);
}

/// What the documents that differ state of the units shown: those that state most first.
fn stated(diff: &Diff, units: &[&UnitChange], say: &Say) {
    let mut is_first = true;
    for unit in units {
        let documents = by_document(diff, unit);
        if documents.is_empty() {
            continue;
        }
        if std::mem::take(&mut is_first) {
            say.heading("Their documents (sentences on each measure; the rest comes with the means of all units)\n");
        }
        let (period, sector, country) = unit.unit;
        say.result(&format!("{sector} {country} {period}"));
        for changes in documents.iter().take(PER_UNIT) {
            let sentences = |one: &&EvidenceChange| one.new.sentences.len().max(one.old.sentences.len());
            let said = changes.iter().map(|one| format!("{} {}", one.measure.name(), sentences(one)));
            let said: Vec<String> = said.collect();
            say.result(&format!("  {:<7}  {}: {}", changes[0].what.as_str(), changes[0].doc_id, said.join(", ")));
        }
        if documents.len() > PER_UNIT {
            say.result(&format!("  … and {} more", documents.len() - PER_UNIT));
        }
    }
    if !is_first {
        say.result("");
    }
}

/// The changes of evidence of a unit, document by document, those that add or take most first.
fn by_document<'a>(diff: &'a Diff, unit: &UnitChange) -> Vec<Vec<&'a EvidenceChange>> {
    let mut documents: BTreeMap<&str, Vec<&EvidenceChange>> = BTreeMap::new();
    for change in diff.evidence.iter().filter(|change| change.unit == unit.unit) {
        documents.entry(&change.doc_id).or_default().push(change);
    }
    let mut documents: Vec<_> = documents.into_values().collect();
    let size = |changes: &[&EvidenceChange]| -> f64 {
        changes.iter().map(|one| (one.new.evidence - one.old.evidence).abs()).sum()
    };
    documents.sort_by(|a, b| size(b).total_cmp(&size(a)));
    documents
}

fn appeared(diff: &Diff, say: &Say) {
    for (fate, title) in [(Fate::New, "new units"), (Fate::Gone, "units gone")] {
        let elsewhere: BTreeSet<Period> =
            diff.units.iter().filter(|unit| unit.fate != fate).map(|unit| unit.unit.0).collect();
        let (known, periods): (Vec<&UnitChange>, Vec<&UnitChange>) =
            diff.of_fate(fate).partition(|unit| elsewhere.contains(&unit.unit.0));
        if !periods.is_empty() {
            let names: BTreeSet<String> = periods.iter().map(|unit| unit.unit.0.to_string()).collect();
            let names: Vec<String> = names.into_iter().collect();
            say.result(&format!("{title}: {} in the periods {}\n", periods.len(), names.join(", ")));
        }
        let units: Vec<String> = known
            .into_iter()
            .map(|unit| {
                let (period, sector, country) = unit.unit;
                let risk = unit.risk.into_iter().flatten().next();
                format!("{sector} {country} {period} ({})", short(risk))
            })
            .collect();
        if !units.is_empty() {
            let rest =
                if units.len() > LISTED { format!(" … and {} more", units.len() - LISTED) } else { String::new() };
            say.result(&format!("{title} (risk): {}{rest}\n", units[..units.len().min(LISTED)].join(", ")));
        }
    }
}
