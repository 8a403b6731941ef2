//! The report of `docs/accuracy.md`: how well the extraction reads the labelled documents of `tests/gold`.
//!
//! `cargo run --release --example accuracy > docs/accuracy.md`

use std::path::Path;

use goulet::codes::Language;
use goulet::corpus::{Corpus, Document, Options};
use goulet::data::DataSource;
use goulet::eval::{Evaluation, GoldDocument, evaluate, read_gold};
use goulet::extract::ablation::Ablation;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor};
use goulet::lexicon::Lexicon;
use goulet::warning::Warnings;

type Failure = Box<dyn std::error::Error>;

const LANGUAGES: [&str; 7] = ["en", "fr", "de", "es", "ja", "ko", "zh"];
const PARTS: [(&str, &str); 2] = [("develop", "develop"), ("held_back", "held back")];

const HEAD: &str = "# How well the extraction reads

Printed by `cargo run --release --example accuracy > docs/accuracy.md`; CI compares.

A prediction and a label agree on (document, channel, sector, origin); precision, recall and F1 count these. Target, status and share (of supply,
where the label gives one) are shares of the pairs that agree, mitigation aside. `develop` was read while the lexicons were written; `held back` was
not: it was written and labelled apart, by others than those who wrote the tables, and is the honest figure (how the parts came about, and what flatters
them: `tests/gold/README.md`). `goulet eval --errors` lists each miss and each false alarm with its sentence and the rule that made it.
";

struct Labelled {
    documents: Vec<Document>,
    gold: Vec<GoldDocument>,
}

fn main() -> Result<(), Failure> {
    let lexicon = Lexicon::load(&DataSource::open(None)?)?;
    let extractor = Extractor::new(&lexicon, DEFAULT_CERTAINTIES);
    print!("{HEAD}");
    println!("\n## By language\n");
    println!("| language | part | documents | precision | recall | F1 | target | status | share | negatives clean |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (folder, part) in PARTS {
        for language in LANGUAGES {
            let figures = measure(extractor, &[labelled(folder, language)?])?;
            println!("| {language} | {part} | {} |", cells(&figures));
        }
        let all = all(folder)?;
        println!("| **all** | {part} | {} |", cells(&measure(extractor, &all)?));
    }
    let held_back = all("held_back")?;
    let figures = measure(extractor, &held_back)?;
    println!("\n## By channel and sector (held back)\n\n| | precision | recall | F1 | labels |\n|---|---|---|---|---|");
    for (name, tally) in figures.channels.iter().chain(&figures.sectors) {
        let labels = tally.found + tally.missed;
        println!("| {name} | {:.2} | {:.2} | {:.2} | {labels} |", tally.precision(), tally.recall(), tally.f1());
    }
    println!("\n## What each part is worth (texts of several paragraphs, develop)\n");
    println!(
        "*Without roles*: word order alone says who acts on whom. *Without window*: words, goods and countries count together wherever"
    );
    println!("they stand in the document, as in dictionary methods. *Lead only*: title and first paragraph.\n");
    let long = all("develop")?.into_iter().map(of_several_paragraphs).collect::<Vec<_>>();
    println!("| | precision | recall | F1 | target | status | negatives clean |\n|---|---|---|---|---|---|---|");
    for ablation in Ablation::ALL {
        let figures = measure(extractor.without(ablation), &long)?;
        let all = figures.overall;
        println!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {}/{} |",
            ablation.name(),
            all.precision(),
            all.recall(),
            all.f1(),
            figures.target_share(),
            figures.status_share(),
            figures.negatives.0,
            figures.negatives.1,
        );
    }
    Ok(())
}

fn cells(figures: &Evaluation) -> String {
    let all = figures.overall;
    format!(
        "{} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {}/{} | {}/{}",
        figures.documents,
        all.precision(),
        all.recall(),
        all.f1(),
        figures.target_share(),
        figures.status_share(),
        figures.shares.0,
        figures.shares.1,
        figures.negatives.0,
        figures.negatives.1,
    )
}

fn all(folder: &str) -> Result<Vec<Labelled>, Failure> {
    LANGUAGES.iter().map(|language| labelled(folder, language)).collect()
}

fn labelled(folder: &str, language: &str) -> Result<Labelled, Failure> {
    language.parse::<Language>()?;
    let path = Path::new("tests/gold").join(folder).join(format!("{language}.jsonl"));
    let corpus = Corpus::open(std::slice::from_ref(&path), Options { hash_inputs: false, ..Options::default() })?;
    let mut documents = Vec::new();
    for batch in corpus.batches(&Warnings::default()) {
        documents.extend(batch?);
    }
    Ok(Labelled { documents, gold: read_gold(&path)? })
}

/// The documents of more than one paragraph: only they have a lead to tell from the rest.
fn of_several_paragraphs(part: Labelled) -> Labelled {
    let is_long = |document: &Document| document.text[document.title_len..].trim_start().contains("\n\n");
    let documents: Vec<Document> = part.documents.into_iter().filter(is_long).collect();
    let gold = part.gold.into_iter().filter(|gold| documents.iter().any(|document| document.id == gold.id)).collect();
    Labelled { documents, gold }
}

fn measure(extractor: Extractor<'_>, parts: &[Labelled]) -> Result<Evaluation, Failure> {
    let (mut mentions, mut gold) = (Vec::new(), Vec::new());
    for part in parts {
        for document in &part.documents {
            mentions.extend(extractor.read(document)?.mentions);
        }
        gold.extend(part.gold.iter().cloned());
    }
    Ok(evaluate(&mentions, &gold))
}
