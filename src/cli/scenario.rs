//! `goulet scenario`: what follows when a country's supply of an input is lost.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::say::{Say, short, table};
use super::{Common, TableOptions};
use crate::data::{DataSource, read_table};
use crate::error::{Error, ErrorKind};
use crate::indicators::IndicatorTable;
use crate::model::Model;
use crate::report;
use crate::report::dress::{self, Style};
use crate::report::outbox::Outbox;
use crate::scenario::scores::{Moved, rescore};
use crate::scenario::span::Span;
use crate::scenario::{self, Knowledge, Scenario, SectorLoss, Shock, assumptions, exposed};

/// Units whose score moves that are shown on screen.
const SHOWN: usize = 12;

#[derive(Debug, Args)]
pub struct Arguments {
    /// COUNTRY:INPUT[@STAGE]=FRACTION, such as CHN:gallium=1.0: the fraction of its supply that is lost; may be given several times
    #[arg(long, value_name = "SHOCK", required = true, value_parser = shock)]
    shock: Vec<Shock>,
    /// Folder that `goulet run` wrote, whose scores are computed again with the shocks
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports: PathBuf,
    /// Leave the scores out: no reports are needed
    #[arg(long, conflicts_with = "reports")]
    no_scores: bool,
    /// A folder of tables in place of those inside the program (`goulet init DIR` writes one)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The model file of the reports, if they were made with one
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Folder for the results
    #[arg(short, long, value_name = "DIR", default_value = "scenario")]
    output: PathBuf,
    #[command(flatten)]
    tables: TableOptions,
    #[command(flatten)]
    pub common: Common,
}

fn shock(text: &str) -> Result<Shock, String> {
    text.parse().map_err(|error: Error| match error.remedy() {
        Some(remedy) => format!("{error}\n  hint: {remedy}"),
        None => error.to_string(),
    })
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let source = DataSource::open(arguments.data.as_deref())?;
    let knowledge = Knowledge::load(&source)?;
    let mut scenario = scenario::run(&knowledge, &arguments.shock)?;
    let scores = match arguments.no_scores {
        true => None,
        false => Some(scores(arguments, &source, &knowledge, &scenario)?),
    };
    let mentions = arguments.reports.join("mentions.csv");
    if scores.is_some() && mentions.is_file() {
        scenario.exposed.extend(exposed::named_in(&mentions, &scenario.struck)?);
    }
    let mut outbox = Outbox::open(&arguments.output)?;
    report::scenario::write(&mut outbox, &scenario, scores.as_deref())?;
    dress::staged(&mut outbox, &Style::of(arguments.tables.csv))?;
    let files = outbox.send()?;
    if say.json() {
        say.result(&serde_json::to_string_pretty(&as_json(&scenario, scores.as_deref(), &files))?);
        return Ok(());
    }
    print(&scenario, scores.as_deref(), say);
    say.files(&files);
    Ok(())
}

/// The scores of the reports, without and with the shocks.
fn scores(
    arguments: &Arguments,
    source: &DataSource,
    knowledge: &Knowledge,
    scenario: &Scenario,
) -> anyhow::Result<Vec<Moved>> {
    let file = arguments.reports.join("indicators.csv");
    if !file.is_file() {
        let message = "no reports whose scores could be computed again";
        return Err(Error::new(ErrorKind::NotFound, message)
            .at_file(file)
            .hint("make them with `goulet run`, name their folder with --reports DIR, or leave the scores out with --no-scores")
            .into());
    }
    let (text, model_file) = match &arguments.model {
        Some(file) => (read_table(file)?, file.clone()),
        None => (source.read("model.toml")?, source.display("model.toml")),
    };
    let model = Model::from_toml(&text, Path::new(&model_file))?;
    let indicators = IndicatorTable::read_csv(&file)?;
    Ok(rescore(&indicators, &model, &knowledge.structure, &scenario.struck)?)
}

/// A fraction as a percentage: one number where it is known, both ends where it is not.
fn percent(span: Span) -> String {
    match span.known() {
        Some(value) => format!("{:.1}", 100.0 * value),
        None => format!("{:.1}–{:.1}", 100.0 * span.low, 100.0 * span.high),
    }
}

fn print(scenario: &Scenario, scores: Option<&[Moved]>, say: &Say) {
    say.result("Supply lost, % of the world's\n");
    let rows = scenario.struck.iter().map(|one| {
        let lost = one.lost();
        vec![
            format!("{}@{}", one.of.input, one.of.stage),
            one.country.to_string(),
            percent(one.share),
            percent(lost),
            percent(one.parameters.after_recycling(lost)),
            percent(one.parameters.after_substitution(lost)),
        ]
    });
    let header = ["input", "country", "share", "lost", "after recycling", "after substitution"];
    say.result(&table(&header, rows, 2));
    print_sectors(&scenario.sectors, say);
    let known = scenario.exposed.iter().filter(|row| row.documents.is_none());
    let rows = known.map(|row| {
        let exposure = row.exposure.map_or_else(|| "unknown".to_owned(), percent);
        vec![row.country.to_string(), format!("{}@{}", row.of.input, row.of.stage), exposure]
    });
    say.result("\nWho is exposed, % of its supply (other countries' purchases: unknown)\n");
    say.result(&table(&["country", "input", "lost"], rows, 2));
    let targets = scenario.exposed.iter().filter_map(|row| Some(format!("{} ({})", row.country, row.documents?)));
    let targets: Vec<String> = targets.collect();
    if !targets.is_empty() {
        say.result(&format!("\nNamed in documents as targets (number of documents): {}", targets.join(", ")));
    }
    if let Some(scores) = scores {
        print_scores(scores, say);
    }
    say.result(&format!("\nAssumptions\n\n{}", assumptions::text(scenario)));
}

fn print_sectors(sectors: &[SectorLoss], say: &Say) {
    if sectors.is_empty() {
        say.result("\nNo sector is known to need what is lost");
        return;
    }
    say.result(
        "\nSectors, % of what they need (low end: known dependences alone; high end: unknown ones taken as full)\n",
    );
    let rows = sectors.iter().map(|sector| {
        let path = sector.ways.first().map(|way| way.text()).unwrap_or_default();
        let known = sector.known_weight.map(|weight| 100.0 * weight);
        let cells = [percent(sector.lost), percent(sector.after_mitigation), short(known)];
        [vec![sector.sector.to_string(), path], cells.to_vec()].concat()
    });
    let header = ["sector", "main path", "lost", "after mitigation", "known weight %"];
    say.result(&table(&header, rows, 2));
}

fn print_scores(scores: &[Moved], say: &Say) {
    let mut moved: Vec<&Moved> = scores.iter().filter(|moved| moved.restrictions.is_some()).collect();
    let rise = |moved: &Moved| moved.after.risk.unwrap_or(0.0) - moved.before.risk.unwrap_or(0.0);
    moved.sort_by(|a, b| rise(b).total_cmp(&rise(a)).then(a.unit.cmp(&b.unit)));
    say.result(&format!("\nScores that move ({} of {} units)\n", moved.len(), scores.len()));
    let rank = |rank: Option<u32>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    let rows = moved.into_iter().take(SHOWN).map(|moved| {
        let (period, sector, country) = moved.unit;
        let ranks = [rank(moved.before.rank), rank(moved.after.rank)];
        let risks = [short(moved.before.risk), short(moved.after.risk)];
        [vec![sector.to_string(), country.to_string(), period.to_string()], risks.to_vec(), ranks.to_vec()].concat()
    });
    let header = ["sector", "country", "period", "risk before", "after", "rank before", "after"];
    say.result(&table(&header, rows, 3));
}

fn as_json(scenario: &Scenario, scores: Option<&[Moved]>, files: &[PathBuf]) -> Value {
    let span = |span: Span| json!({ "value": span.known(), "low": span.low, "high": span.high });
    let struck = scenario.struck.iter().map(|one| {
        let lost = one.lost();
        json!({
            "input": one.of.input, "stage": one.of.stage, "country": one.country, "fraction": one.fraction,
            "share": span(one.share), "lost": span(lost),
            "after_recycling": span(one.parameters.after_recycling(lost)),
            "after_substitution": span(one.parameters.after_substitution(lost)),
        })
    });
    let sector = |sector: &SectorLoss| {
        json!({
            "sector": sector.sector, "step": sector.step, "loss": span(sector.lost),
            "after_mitigation": span(sector.after_mitigation), "known_weight": sector.known_weight,
            "unknown_inputs": sector.unknown.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "paths": sector.ways.iter().map(|way| way.text()).collect::<Vec<_>>(),
        })
    };
    let exposed = scenario.exposed.iter().map(|row| {
        json!({
            "country": row.country, "input": row.of.input, "stage": row.of.stage,
            "exposure": row.exposure.map(span), "documents": row.documents, "basis": row.basis,
        })
    });
    let unknown = scenario.unknown.iter().map(|unknown| {
        json!({ "kind": unknown.kind, "from": unknown.from, "to": unknown.to, "reason": unknown.reason, "place": unknown.place })
    });
    let moved = |moved: &Moved| {
        let (period, sector, country) = moved.unit;
        json!({
            "sector": sector, "country": country, "period": period.to_string(),
            "risk_before": moved.before.risk, "risk_after": moved.after.risk,
            "rank_before": moved.before.rank, "rank_after": moved.after.rank,
        })
    };
    let changed = |moved: &&Moved| moved.restrictions.is_some() || moved.before != moved.after;
    json!({
        "shocks": scenario.shocks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "supply_lost": struck.collect::<Vec<_>>(),
        "sectors": scenario.sectors.iter().map(sector).collect::<Vec<_>>(),
        "exposed": exposed.collect::<Vec<_>>(),
        "scores_moved": scores.map(|scores| scores.iter().filter(changed).map(moved).collect::<Vec<_>>()),
        "unknown": unknown.collect::<Vec<_>>(),
        "assumptions": assumptions::text(scenario).lines().collect::<Vec<_>>(),
        "files": files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>(),
    })
}
