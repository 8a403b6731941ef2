//! `goulet run`: documents in, reports out.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::reading::Reading;
use super::say::{Say, short};
use super::{Common, TableOptions};
use crate::codes::Granularity;
use crate::pipeline::{self, Outcome, Request};
use crate::report::names::ReportLanguage;
use crate::report::tables::{ScoreRow, SectorRow};
use crate::warning::Warnings;

/// Units shown on screen.
const SHOWN: usize = 12;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A file, a folder, a glob, or - for JSON Lines on standard input; may be given several times
    #[arg(long, value_name = "PATH", num_args = 1.., default_value = "seeds")]
    corpus: Vec<PathBuf>,
    /// Score mentions made earlier in place of documents: a folder with documents.csv and mentions.csv (`goulet shard merge`), or a table of mentions
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "corpus")]
    mentions: Vec<PathBuf>,
    /// Keep what documents said in this folder, and read only those that are new
    #[arg(long, value_name = "DIR", conflicts_with = "mentions")]
    cache: Option<PathBuf>,
    /// A folder of tables in place of those inside the program (`goulet init DIR` writes one)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A model file; keys it leaves out keep their built-in value
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Folder for the reports (default: reports; with --manifest, none)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How time is cut: all, year, quarter or month
    #[arg(long, default_value = "all", value_parser = granularity)]
    period: Granularity,
    /// Day that the age of documents is counted from (default: the latest document's)
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
    /// Let every document weigh for itself, near-duplicates too
    #[arg(long)]
    keep_duplicates: bool,
    /// Language of headers and names, beside the codes: en or fr (default: codes alone)
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    language: Option<ReportLanguage>,
    /// Draws of the uncertainty run (default: the model file's)
    #[arg(long, value_name = "N")]
    draws: Option<u32>,
    #[command(flatten)]
    tables: TableOptions,
    /// Write every table as Parquet too
    #[arg(long)]
    parquet: bool,
    /// Do a run again from its datapackage.json and tell what differs; exit code 1 where anything does
    #[arg(long, value_name = "FILE", conflicts_with_all = ["corpus", "mentions", "cache", "map", "max_document_bytes", "max_expansion", "data", "model", "period", "as_of",
        "keep_duplicates", "language", "draws", "csv", "parquet"])]
    manifest: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub common: Common,
}

fn granularity(text: &str) -> Result<Granularity, String> {
    text.parse().map_err(|error: crate::error::Error| error.to_string())
}

pub fn language(text: &str) -> Result<ReportLanguage, String> {
    text.parse().map_err(|_| "reports are written in en or fr".to_owned())
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "expected a day such as 2025-11-30".to_owned())
}

pub fn run(arguments: &Arguments, warnings: &Warnings, say: &Say) -> anyhow::Result<()> {
    if let Some(manifest) = &arguments.manifest {
        return super::replay::run(manifest, arguments.out.as_deref(), warnings, say);
    }
    let request = Request {
        corpus: arguments.corpus.clone(),
        mentions: arguments.mentions.clone(),
        data: arguments.data.clone(),
        model: arguments.model.clone(),
        out: arguments.out.clone().unwrap_or_else(|| PathBuf::from("reports")),
        granularity: arguments.period,
        as_of: arguments.as_of,
        keep_duplicates: arguments.keep_duplicates,
        cache: arguments.cache.clone(),
        reading: arguments.reading.options(),
        language: arguments.language,
        draws: arguments.draws,
        csv: arguments.tables.csv,
        parquet: arguments.parquet,
        model_text: None,
    };
    let bar = say.progress(0, "reading");
    let sized = |size| bar.set_length(size);
    let outcome = pipeline::run_sized((&request, None), warnings, sized, &|bytes| {
        bar.set_position(bytes);
        if bar.length().is_some_and(|size| bytes >= size) {
            bar.set_message("scoring");
        }
    });
    bar.finish_and_clear();
    let outcome = outcome?;
    if say.json() {
        say.result(&serde_json::to_string_pretty(&as_json(&outcome))?);
        return Ok(());
    }
    print(&outcome, say);
    Ok(())
}

fn print(outcome: &Outcome, say: &Say) {
    let latest = outcome.scores.last().map(|row| row.period.clone()).unwrap_or_default();
    say.message(&format!(
        "{} documents, {} mentions; data: {}; model: {}\n",
        outcome.documents, outcome.mentions, outcome.data, outcome.model
    ));
    let ranked: Vec<&ScoreRow> =
        outcome.scores.iter().filter(|row| row.period == latest && row.rank.is_some()).collect();
    say.heading(&format!(
        "Riskiest units, period {latest} (0–100; {} of {} ranked)\n",
        SHOWN.min(ranked.len()),
        ranked.len()
    ));
    let header =
        ["rank", "5-95 %", "sector", "country", "risk", "export c.", "concentr.", "coercion", "mitigation", "docs"];
    say.table(&header, ranked.iter().take(SHOWN).map(|row| unit_cells(row)), 4, 5);
    say.heading(&format!("\nSectors, period {latest}\n"));
    let mut sectors: Vec<&SectorRow> = outcome.sectors.iter().filter(|row| row.period == latest).collect();
    sectors.sort_by(|a, b| b.risk.unwrap_or(-1.0).total_cmp(&a.risk.unwrap_or(-1.0)).then(a.sector.cmp(&b.sector)));
    let header = ["sector", "top supplier", "risk", "export c.", "concentr.", "coercion", "mitigation", "hhi", "docs"];
    say.table(&header, sectors.into_iter().map(sector_cells), 2, 3);
    say.message("");
    say.files(&outcome.files);
    if let Some(first) = ranked.first() {
        say.message(&format!("\nwhy a score is what it is: goulet explain {} {}", first.sector, first.country));
    }
}

fn unit_cells(row: &ScoreRow) -> Vec<String> {
    let rank = |rank: Option<u32>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    vec![
        rank(row.rank),
        format!("{}–{}", rank(row.rank_low), rank(row.rank_high)),
        row.sector.to_string(),
        row.country.to_string(),
        short(row.risk),
        short(row.export_controls),
        short(row.concentration),
        short(row.coercion),
        short(row.mitigation),
        row.documents.to_string(),
    ]
}

fn sector_cells(row: &SectorRow) -> Vec<String> {
    let top = match (row.top_country, row.top_share) {
        (Some(country), Some(share)) => format!("{country} {:.0} %", 100.0 * share),
        _ => "–".to_owned(),
    };
    vec![
        row.sector.to_string(),
        top,
        short(row.risk),
        short(row.export_controls),
        short(row.concentration),
        short(row.coercion),
        short(row.mitigation),
        row.hhi.map_or_else(|| "–".to_owned(), |hhi| format!("{hhi:.2}")),
        row.documents.to_string(),
    ]
}

fn as_json(outcome: &Outcome) -> serde_json::Value {
    json!({
        "documents": outcome.documents,
        "mentions": outcome.mentions,
        "units": outcome.scores.len(),
        "data": outcome.data,
        "model": outcome.model,
        "files": outcome.files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>(),
        "top": outcome.scores.iter().filter(|row| row.rank.is_some()).take(SHOWN).map(|row| json!({
            "sector": row.sector, "country": row.country, "period": row.period,
            "risk": row.risk, "rank": row.rank, "rank_low": row.rank_low, "rank_high": row.rank_high,
        })).collect::<Vec<_>>(),
    })
}
