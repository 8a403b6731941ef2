//! `goulet explain SECTOR COUNTRY`: what one score is made of.

use std::path::PathBuf;

use clap::Args;

use super::Common;
use super::say::{Say, table};
use crate::report::explain::{Explanation, explain};
use crate::report::tables::MentionRow;

/// Sentences shown on screen unless more are asked for.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Sector code, such as critical_minerals
    sector: String,
    /// Country code (ISO 3166-1 alpha-3, or EUE), such as CHN
    country: String,
    /// Folder that `goulet run` wrote
    #[arg(long, default_value = "reports")]
    reports: PathBuf,
    /// Period to explain
    #[arg(long, default_value = "latest")]
    period: String,
    /// Sentences to show
    #[arg(long, default_value_t = SHOWN)]
    sentences: usize,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, say: &Say) -> anyhow::Result<()> {
    let country = arguments.country.to_ascii_uppercase().parse()?;
    let explanation = explain(&arguments.reports, arguments.sector.parse()?, country, &arguments.period)?;
    if say.json() {
        say.result(&serde_json::to_string_pretty(&explanation.json())?);
        return Ok(());
    }
    heading(&explanation, say);
    contributions(&explanation, say);
    data_rows(&explanation, say);
    sentences(&explanation, arguments.sentences, say);
    Ok(())
}

fn exact(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
}

fn heading(explanation: &Explanation, say: &Say) {
    let score = &explanation.score;
    let rank = match (score.rank, score.rank_low, score.rank_high) {
        (Some(rank), Some(low), Some(high)) => format!("rank {rank} (5–95 %: {low} to {high})"),
        (Some(rank), ..) => format!("rank {rank}"),
        _ => "not ranked".to_owned(),
    };
    say.result(&format!(
        "{} × {}, period {}\nrisk {} of 100, {rank}; coverage {:.2}; {}; {} documents, {} mentions\n",
        score.sector,
        score.country,
        score.period,
        exact(score.risk),
        score.coverage,
        score.status,
        score.documents,
        score.mentions,
    ));
}

/// Every node: value × weight = contribution. What the indicators add, and what joining children by another mean than the arithmetic adds
/// at its node, add up to the score.
fn contributions(explanation: &Explanation, say: &Say) {
    let mut rows = Vec::new();
    for part in &explanation.parts {
        let indent = "  ".repeat(part.depth);
        rows.push(vec![
            format!("{indent}{}", part.code),
            exact(part.raw),
            exact(part.value),
            format!("{:.4}", part.effective_weight),
            if part.is_indicator { exact(part.contribution) } else { String::new() },
        ]);
        if part.combination_effect.abs() > 1e-9 {
            let effect = exact(Some(part.combination_effect));
            let empty = String::new;
            rows.push(vec![format!("{indent}  (how {} joins them)", part.code), empty(), empty(), empty(), effect]);
        }
    }
    let header = ["part", "value as measured", "on 0–100", "weight in the score", "adds"];
    say.result(&table(&header, rows, 1));
    say.result(&format!("sum of what is added: {:.4}\n", explanation.total()));
}

fn data_rows(explanation: &Explanation, say: &Say) {
    say.result("Where the values come from\n");
    for row in &explanation.indicators {
        let bounds = match (row.low, row.high) {
            (Some(low), Some(high)) => format!(" [{low:.2} to {high:.2}]"),
            _ => String::new(),
        };
        say.result(&format!("{}: {}{bounds}", row.indicator, exact(row.value)));
        if !row.provenance.is_empty() {
            say.result(&format!("    {}", row.provenance));
        }
    }
    say.result("");
}

fn sentences(explanation: &Explanation, most: usize, say: &Say) {
    let shown = most.min(by_sentence(&explanation.mentions).len());
    if explanation.mention_count == 0 {
        say.result("No document states anything of this unit: the text values are those of silence.");
    } else {
        say.result(&format!(
            "Sentences, most telling first ({shown} shown; {} mentions in all)\n",
            explanation.mention_count
        ));
    }
    for mentions in by_sentence(&explanation.mentions).iter().take(shown) {
        say.result(&format!("{}\n", sentence(mentions)));
    }
    if explanation.as_target > 0 {
        say.result(&format!("The country is the target of {} mentions in this sector.", explanation.as_target));
    }
}

/// A sentence that states the same of several materials or targets is shown once.
fn by_sentence(mentions: &[MentionRow]) -> Vec<Vec<&MentionRow>> {
    let mut groups: Vec<Vec<&MentionRow>> = Vec::new();
    for mention in mentions {
        let same = |group: &&mut Vec<&MentionRow>| {
            let first = group[0];
            (&first.doc_id, &first.evidence, &first.channel, &first.status)
                == (&mention.doc_id, &mention.evidence, &mention.channel, &mention.status)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(mention),
            None => groups.push(vec![mention]),
        }
    }
    groups
}

/// The different values of a cell in a group, joined.
fn joined(mentions: &[&MentionRow], cell: impl Fn(&MentionRow) -> Option<String>) -> String {
    let mut values: Vec<String> =
        mentions.iter().filter_map(|mention| cell(mention)).filter(|v| !v.is_empty()).collect();
    values.sort();
    values.dedup();
    values.join(", ")
}

fn sentence(mentions: &[&MentionRow]) -> String {
    let Some(mention) = mentions.first() else { return String::new() };
    let bracketed = |text: String, before: &str, after: &str| {
        if text.is_empty() { text } else { format!("{before}{text}{after}") }
    };
    let material = bracketed(joined(mentions, |m| m.material.clone()), " (", ")");
    let target = bracketed(joined(mentions, |m| m.target.map(|target| target.to_string())), " → ", "");
    let publisher = bracketed(mention.publisher.clone(), ", ", "");
    let date = if mention.date.is_empty() { "undated" } else { &mention.date };
    format!(
        "{date}{publisher}, {}\n  {}{material}{target}, {}: severity {} × certainty {} × weight {} [{}]\n  “{}”",
        mention.doc_id,
        mention.channel,
        mention.status,
        mention.severity,
        mention.certainty,
        mention.weight,
        joined(mentions, |m| Some(m.lexeme.clone())),
        mention.evidence.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}
