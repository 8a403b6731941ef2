//! `goulet extract PATH...`: mentions (and entities), no scores.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;

use super::reading::Reading;
use super::say::Say;
use super::{Common, TableOptions};
use crate::codes::Granularity;
use crate::corpus::{Corpus, Options};
use crate::error::{Error, ErrorKind};
use crate::extract::Extractor;
use crate::indicators::Weights;
use crate::pipeline::Knowledge;
use crate::pipeline::intake::{Cut, Destinations, Documents, ReadCorpus};
use crate::pipeline::read::Reader;
use crate::report::dress::{self, Style};
use crate::report::names::{Names, ReportLanguage};
use crate::report::outbox::persist;
use crate::report::parquet;
use crate::report::staging::Staging;
use crate::warning::Warnings;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Files, folders, globs, or - for JSON Lines on standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where the mentions go; - is standard output, and a name that ends in .parquet makes a Parquet file
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Where the entities go
    #[arg(long, value_name = "FILE")]
    entities: Option<PathBuf>,
    /// A folder of tables in place of those inside the program
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A model file (its certainties enter the mentions)
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Let every document weigh for itself, near-duplicates too
    #[arg(long)]
    keep_duplicates: bool,
    /// Language of headers and names, beside the codes: en or fr (default: codes alone)
    #[arg(long, value_name = "LANGUAGE", value_parser = super::run::language)]
    language: Option<ReportLanguage>,
    #[command(flatten)]
    tables: TableOptions,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(arguments: &Arguments, warnings: &Warnings, say: &Say) -> anyhow::Result<()> {
    // The process ends with this command: to take apart what it knows, piece by piece, took as long as to write a table.
    let knowledge = ManuallyDrop::new(Knowledge::load(arguments.data.as_deref(), arguments.model.as_deref())?);
    let corpus = Corpus::open(&arguments.paths, Options { hash_inputs: false, ..arguments.reading.options() })?;
    let to_stdout = arguments.output == Path::new("-");
    let scratch = scratch_beside(if to_stdout { None } else { Some(&arguments.output) })?;
    let bar = say.progress(corpus.inputs().iter().map(|input| input.bytes).sum(), "reading");
    let extractor = Extractor::new(&knowledge.lexicon, knowledge.certainties());
    let reader = Reader {
        lexicon: &knowledge.lexicon,
        extractor: if arguments.entities.is_some() { extractor } else { extractor.mentions_only() },
        cut: Cut { granularity: Granularity::All, as_of: None },
        keep_duplicates: arguments.keep_duplicates,
        entities: arguments.entities.is_some(),
        progress: &|bytes| bar.set_position(bytes),
    };
    let entity_scratch = match &arguments.entities {
        Some(path) => Some((path, scratch_beside(Some(path))?)),
        None => None,
    };
    let into = Destinations {
        folder: scratch.path().to_owned(),
        documents: Documents::None,
        entities: entity_scratch.as_ref().map(|(_, folder)| folder.path().join("entities.csv")),
        is_scored: false,
    };
    let read = ManuallyDrop::new(reader.read(&corpus, &into, warnings)?);
    bar.finish_and_clear();
    if read.documents == 0 {
        let first = arguments.paths.first().cloned().unwrap_or_default();
        return Err(Error::new(ErrorKind::NotFound, "no document could be read").at_file(first).into());
    }
    let weights = read.shares()?;
    let names = match arguments.language {
        Some(language) => Some((language, Names::load(&knowledge.source, &knowledge.lexicon, &knowledge.model)?)),
        None => None,
    };
    let language = names.as_ref().map(|(language, names)| (*language, names));
    let style = Style { dialect: arguments.tables.csv, language };
    if is_parquet(&arguments.output) {
        let path = scratch.path().join("mentions.parquet");
        write_parquet(&read, &weights, &path)?;
        persist(&path, &arguments.output)?;
    } else {
        write_csv(&read, &weights, &scratch.path().join("mentions.csv"), &arguments.output, &style)?;
    }
    if let (Some((destination, _)), Some(path)) = (&entity_scratch, &into.entities) {
        dress::in_place(path, &style)?;
        persist(path, destination)?;
    }
    say.message(&format!("{} documents, {} mentions", read.documents, read.mentions));
    Ok(())
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

/// Writes the mentions to `output`, by way of `path` where they cannot go there at once.
fn write_csv(
    read: &ReadCorpus,
    weights: &Weights,
    path: &Path,
    output: &Path,
    style: &Style<'_>,
) -> crate::error::Result<()> {
    let to_stdout = output == Path::new("-");
    if to_stdout && style.is_plain() {
        let written = read.write_mentions(weights, std::io::stdout(), Path::new("standard output"));
        return ignore_closed_pipe(written);
    }
    let file = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
    read.write_mentions(weights, file, path)?;
    if to_stdout {
        let file = std::fs::File::open(path).map_err(|cause| Error::io(path, cause))?;
        return ignore_closed_pipe(dress::rewrite(
            std::io::BufReader::new(file),
            std::io::stdout().lock(),
            path,
            style,
        ));
    }
    dress::in_place(path, style)?;
    persist(path, output)
}

/// Writes the mentions as Parquet, group of rows by group of rows: one thread writes rows, the other takes them.
fn write_parquet(read: &ReadCorpus, weights: &Weights, path: &Path) -> crate::error::Result<()> {
    let table = Path::new("mentions.csv");
    let (input, output) = std::io::pipe().map_err(|cause| Error::io(path, cause))?;
    std::thread::scope(|scope| {
        let rows = scope.spawn(|| read.write_mentions(weights, output, path));
        let written = parquet::write(std::io::BufReader::with_capacity(1 << 16, input), table, path);
        let rows = rows.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // Where the file could not be written, the rows had nobody to take them: that is no fault of theirs.
        written.and(rows)
    })
}

/// A scratch folder from which the result can be moved into place in one step.
fn scratch_beside(destination: Option<&Path>) -> anyhow::Result<Staging> {
    let Some(path) = destination else { return Ok(Staging::elsewhere()?) };
    Ok(Staging::beside(path)
        .map_err(|cause| Error::io(path, cause).hint("name a file in a folder you may write to"))?)
}

/// `goulet extract ... | head` is no failure.
fn ignore_closed_pipe(outcome: crate::error::Result<()>) -> crate::error::Result<()> {
    match outcome {
        Err(error) if error.to_string().contains("Broken pipe") => Ok(()),
        other => other,
    }
}
