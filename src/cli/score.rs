//! `goulet score`: any table and its tree → scores and ranks, with every step between on request.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::say::{Say, short, table};
use super::{Common, TableOptions};
use crate::data::read_table;
use crate::error::{Error, ErrorKind};
use crate::model::{LogEntry, Model, Scores, Stages, explain, read_data, read_meta};
use crate::report::composite::{self, Wanted};
use crate::report::dress::{self, Style};
use crate::report::outbox::Outbox;

/// Units shown on screen.
const SHOWN: usize = 12;

/// Entries of the log shown on screen.
const SAID: usize = 8;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Table with one row a unit: uCode, indicators, groups, denominators (COINr's iData)
    #[arg(long, value_name = "TABLE")]
    data: PathBuf,
    /// Table with one row an indicator or aggregate: iCode, Type, Parent, Weight, Direction ... (COINr's iMeta)
    #[arg(long, value_name = "TABLE")]
    meta: PathBuf,
    /// A model file: how to impute, treat, normalise, weigh, aggregate
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Folder for the results
    #[arg(short, long, value_name = "DIR", default_value = "scores")]
    output: PathBuf,
    /// Write the table after every step, the treatment of outliers, weights and the log too
    #[arg(long)]
    stages: bool,
    /// Write what a reviewer asks for: correlations, effective weights, Cronbach's alpha, components, strengths, availability
    #[arg(long)]
    analysis: bool,
    /// Show how the score of this unit is made up, down the tree (for a unit at several times: CODE@TIME)
    #[arg(long, value_name = "UNIT")]
    explain: Option<String>,
    /// Draws of the uncertainty run (default: the model file's)
    #[arg(long, value_name = "N")]
    draws: Option<u32>,
    #[command(flatten)]
    tables: TableOptions,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let meta = read_meta(&read_table(&arguments.meta)?, &arguments.meta)?;
    let data = read_data(&read_table(&arguments.data)?, &arguments.data, &meta)?;
    let (text, file) = match &arguments.model {
        Some(file) => (read_table(file)?, file.as_path()),
        None => (String::new(), Path::new("the built-in defaults")),
    };
    let mut model = Model::with_tree(&text, file, meta.tree)?;
    if let Some(draws) = arguments.draws {
        model.set_draws(draws)?;
    }
    let spinner = say.spinner("scoring");
    let stages = Stages::run(&data, &model)?;
    let groups = data.panel.as_ref().map(|panel| panel.groups());
    let scores = stages.rank(&model, groups.as_deref())?;
    spinner.finish_and_clear();
    let mut outbox = Outbox::open(&arguments.output)?;
    composite::write(
        &mut outbox,
        &model,
        (&stages, &scores),
        Wanted { stages: arguments.stages, analysis: arguments.analysis },
    )?;
    dress::staged(&mut outbox, &Style::of(arguments.tables.csv))?;
    let files = outbox.send()?;
    if say.json() {
        say.result(&serde_json::to_string_pretty(&as_json(&scores, &files))?);
        return Ok(());
    }
    match &arguments.explain {
        Some(unit) => print_parts(&model, &scores, unit, say)?,
        None => print(&model, &scores, say),
    }
    say.files(&files);
    Ok(())
}

/// Best first.
fn ranked(scores: &Scores) -> Vec<usize> {
    let mut units: Vec<usize> = (0..scores.units.len()).filter(|unit| scores.rank[*unit].is_some()).collect();
    units.sort_by_key(|unit| (scores.rank[*unit], *unit));
    units
}

fn print(model: &Model, scores: &Scores, say: &Say) {
    let root = model.tree.nodes()[model.root].code();
    let cell = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    let rows = ranked(scores).into_iter().take(SHOWN).map(|unit| {
        let interval = scores.rank_interval(unit).map_or_else(|| "–".to_owned(), |(low, high)| format!("{low}–{high}"));
        let rank = scores.rank[unit].map(|rank| rank.to_string()).unwrap_or_default();
        let coverage = short(Some(100.0 * scores.coverage[unit]));
        vec![rank, interval, scores.units[unit].clone(), cell(scores.score(unit)), coverage]
    });
    say.result(&table(&["rank", "5-95 %", "unit", root, "coverage %"], rows, 3));
    say.message("");
    // What changed the numbers is said; what each indicator's treatment was is in the files.
    let told = |entry: &&LogEntry| matches!(entry.step, "read" | "screen" | "normalise");
    let all = scores.log.iter().filter(told).count();
    for entry in scores.log.iter().filter(told).take(SAID) {
        say.message(&format!("{}: {} {}", entry.step, entry.subject, entry.message));
    }
    if all > SAID {
        say.message(&format!("… and {} more (log.csv with --stages)", all - SAID));
    }
    say_skipped(scores, say);
}

/// What of the uncertainty run could not be computed.
fn say_skipped(scores: &Scores, say: &Say) {
    for (reason, count) in scores.moved.spreads.iter().flat_map(|spreads| &spreads.skipped) {
        say.message(&format!("uncertainty: {count} draws skipped: {reason}"));
    }
    if let Some(reason) = scores.moved.sensitivity.as_ref().and_then(|sensitivity| sensitivity.skipped.as_ref()) {
        say.message(&format!("sensitivity: not computed: {reason}"));
    }
}

/// The score of a unit, down the tree.
fn print_parts(model: &Model, scores: &Scores, name: &str, say: &Say) -> anyhow::Result<()> {
    let Some(unit) = scores.unit(name) else {
        let message = format!("there is no unit `{name}` among those scored");
        return Err(Error::new(ErrorKind::Usage, message)
            .hint("give a uCode of the data; screened-out units have no score")
            .into());
    };
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    let rows = explain(scores, model, unit).into_iter().map(|part| {
        let imputed = if part.is_imputed { "imputed" } else { "" };
        vec![
            format!("{}{}", "  ".repeat(part.depth), part.code),
            number(part.raw),
            number(part.value),
            number(Some(part.nominal_weight)),
            number(Some(part.effective_weight)),
            number(part.contribution),
            number(Some(part.combination_effect).filter(|effect| effect.abs() > 1e-9)),
            imputed.to_owned(),
        ]
    });
    let header = ["node", "raw", "value", "weight", "in score", "adds", "combination", ""];
    say.result(&table(&header, rows, 1));
    say.message("\nthe indicators' `adds` and all `combination` add up to the score\n");
    say_skipped(scores, say);
    Ok(())
}

fn as_json(scores: &Scores, files: &[PathBuf]) -> serde_json::Value {
    let unit = |unit: usize| {
        json!({
            "unit": scores.units[unit], "score": scores.score(unit), "rank": scores.rank[unit],
            "rank_interval": scores.rank_interval(unit), "coverage": scores.coverage[unit],
        })
    };
    json!({
        "units": ranked(scores).into_iter().map(unit).collect::<Vec<_>>(),
        "log": scores.log.iter().map(|entry| json!([entry.step, entry.subject, entry.message])).collect::<Vec<_>>(),
        "skipped": scores.moved.spreads.as_ref().map(|spreads| &spreads.skipped),
        "files": files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>(),
    })
}
