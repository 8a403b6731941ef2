//! `goulet eval`: the extraction against labelled documents.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::Common;
use super::reading::Reading;
use super::say::{Say, table};
use crate::corpus::{Corpus, Options};
use crate::eval::{Evaluation, Tally, evaluate, read_gold};
use crate::extract::Extractor;
use crate::pipeline::Knowledge;
use crate::warning::Warnings;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The documents: files, folders, globs, or - for JSON Lines on standard input
    #[arg(long, required = true, value_name = "PATH", num_args = 1..)]
    corpus: Vec<PathBuf>,
    /// The labels: one JSON object a document, with `id` and `events`
    #[arg(long, required = true, value_name = "FILE")]
    gold: PathBuf,
    /// List every false alarm and every miss with its sentence
    #[arg(long)]
    errors: bool,
    /// A folder of tables in place of those inside the program
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, warnings: &Warnings, say: &Say) -> anyhow::Result<()> {
    let gold = read_gold(&arguments.gold)?;
    let knowledge = Knowledge::load(arguments.data.as_deref(), None)?;
    let extractor = Extractor::new(&knowledge.lexicon, knowledge.certainties());
    let corpus = Corpus::open(&arguments.corpus, Options { hash_inputs: false, ..arguments.reading.options() })?;
    let mut mentions = Vec::new();
    for batch in corpus.batches(warnings) {
        for document in batch? {
            mentions.extend(extractor.read(&document)?.mentions);
        }
    }
    let evaluation = evaluate(&mentions, &gold);
    if say.json() {
        say.result(&serde_json::to_string_pretty(&as_json(&evaluation, arguments.errors))?);
    } else {
        print(&evaluation, arguments.errors, say);
    }
    Ok(())
}

fn print(evaluation: &Evaluation, with_errors: bool, say: &Say) {
    let mut rows = vec![row("all", &evaluation.overall)];
    for group in [&evaluation.channels, &evaluation.languages, &evaluation.sectors] {
        rows.extend(group.iter().map(|(name, tally)| row(name, tally)));
    }
    let header = ["", "precision", "recall", "F1", "found", "false", "missed"];
    say.result(&table(&header, rows, 1));
    say.result(&format!(
        "\n{} documents; over {} pairs found: target {:.3}, status {:.3}, material {:.3}; share {}/{}; negatives clean {}/{}",
        evaluation.documents,
        evaluation.pairs,
        evaluation.target_share(),
        evaluation.status_share(),
        evaluation.material_share(),
        evaluation.shares.0,
        evaluation.shares.1,
        evaluation.negatives.0,
        evaluation.negatives.1,
    ));
    for mistake in evaluation.mistakes.iter().filter(|_| with_errors) {
        let evidence = mistake.evidence.split_whitespace().collect::<Vec<_>>().join(" ");
        let lexeme = if mistake.lexeme.is_empty() { String::new() } else { format!(" [{}]", mistake.lexeme) };
        say.result(&format!(
            "{} {} {} {} {}{lexeme}\n  {evidence}",
            mistake.document, mistake.kind, mistake.channel, mistake.sector, mistake.origin
        ));
    }
}

fn row(name: &str, tally: &Tally) -> Vec<String> {
    let figure = |value: f64| format!("{value:.3}");
    let counts = [tally.found, tally.false_alarms, tally.missed].map(|count| count.to_string());
    let figures = [tally.precision(), tally.recall(), tally.f1()].map(figure);
    std::iter::once(name.to_owned()).chain(figures).chain(counts).collect()
}

fn as_json(evaluation: &Evaluation, with_errors: bool) -> Value {
    let figures = |tally: &Tally| json!({ "precision": tally.precision(), "recall": tally.recall(), "f1": tally.f1() });
    let group = |group: &BTreeMap<String, Tally>| -> Value {
        group.iter().map(|(name, tally)| (name.clone(), figures(tally))).collect::<serde_json::Map<_, _>>().into()
    };
    let mut answer = json!({
        "documents": evaluation.documents,
        "precision": evaluation.overall.precision(),
        "recall": evaluation.overall.recall(),
        "f1": evaluation.overall.f1(),
        "target": evaluation.target_share(),
        "status": evaluation.status_share(),
        "material": evaluation.material_share(),
        "share": evaluation.supply_share(),
        "shares": format!("{}/{}", evaluation.shares.0, evaluation.shares.1),
        "negatives_clean": format!("{}/{}", evaluation.negatives.0, evaluation.negatives.1),
        "channels": group(&evaluation.channels),
        "languages": group(&evaluation.languages),
        "sectors": group(&evaluation.sectors),
    });
    if with_errors {
        answer["errors"] = json!(evaluation.mistakes);
    }
    answer
}
