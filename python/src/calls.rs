//! The functions behind `goulet.extract`, `goulet.run` and `goulet.score`. They take what the Python side has put in order; users meet
//! its functions, not these.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use goulet::codes::Granularity;
use goulet::corpus::Options;
use goulet::error::{Error, ErrorKind, Result};
use goulet::extract::Extractor;
use goulet::model::{Model, Stages, read_data, read_meta};
use goulet::pipeline::intake::{Cut, Destinations, Documents};
use goulet::pipeline::read::Reader;
use goulet::pipeline::{self, Request};
use goulet::report::composite::{self, Wanted};
use goulet::report::outbox::Outbox;
use goulet::report::staging::Staging;
use goulet::warning::Warnings;
use pyo3::prelude::*;

use crate::fault::{Said, raised, said, with_warnings};
use crate::settings::{Loaded, ModelSource, Reading};
use crate::source::Source;
use crate::table::Table;
use crate::work::{Progress, work};

/// Mentions of documents, each with the weight that near-duplicates share.
#[pyfunction]
#[pyo3(signature = (source, reading, data, model, keep_duplicates, threads))]
pub fn extract(
    py: Python<'_>,
    source: Source,
    reading: Reading,
    data: Option<PathBuf>,
    model: Option<PathBuf>,
    keep_duplicates: bool,
    threads: Option<usize>,
) -> PyResult<(Table, Vec<Said>)> {
    let warnings = Warnings::default();
    let mentions = work(py, threads, |progress| {
        let known = Loaded::load(data.as_deref(), model.as_deref())?;
        let named = source.names();
        let corpus = source.corpus(Options { hash_inputs: false, ..reading.options()? })?;
        let scratch = Staging::elsewhere().map_err(|cause| Error::io(Path::new("a scratch folder"), cause))?;
        let reader = Reader {
            lexicon: &known.get().lexicon,
            extractor: Extractor::new(&known.get().lexicon, known.get().certainties()).mentions_only(),
            cut: Cut { granularity: Granularity::All, as_of: None },
            keep_duplicates,
            entities: false,
            progress,
        };
        let into = Destinations {
            folder: scratch.path().to_owned(),
            documents: Documents::None,
            entities: None,
            is_scored: false,
        };
        let read = reader.read(&corpus, &into, &warnings)?;
        if read.documents == 0 {
            return Err(no_document(&named));
        }
        let weights = read.shares()?;
        let path = scratch.path().join("mentions.csv");
        let file = std::fs::File::create(&path).map_err(|cause| Error::io(&path, cause))?;
        read.write_mentions(&weights, file, &path)?;
        Table::read(&path, &BTreeMap::new())
    })
    .map_err(|error| with_warnings(py, error, &warnings))?;
    Ok((mentions, said(&warnings)))
}

fn no_document(named: &[PathBuf]) -> Error {
    Error::new(ErrorKind::NotFound, "no document could be read").at_file(named.first().cloned().unwrap_or_default())
}

/// What is asked of a run beside its documents.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    reading: Reading,
    mentions: bool,
    data: Option<PathBuf>,
    model: ModelSource,
    out: PathBuf,
    period: String,
    as_of: Option<String>,
    keep_duplicates: bool,
    cache: Option<PathBuf>,
    language: Option<String>,
    draws: Option<u32>,
    csv: String,
    parquet: bool,
}

impl Asked {
    fn request(self, sources: Vec<PathBuf>) -> Result<Request> {
        let (model, model_text) = self.model.file_and_text()?;
        let (mentions, corpus) = if self.mentions { (sources, Vec::new()) } else { (Vec::new(), sources) };
        let as_of = self.as_of.map(|day| {
            day.parse().map_err(|_| {
                Error::new(ErrorKind::Usage, format!("as_of: `{day}` is no day"))
                    .hint("expected a day such as 2025-11-30")
            })
        });
        Ok(Request {
            corpus,
            mentions,
            data: self.data,
            model,
            out: self.out,
            granularity: self.period.parse()?,
            as_of: as_of.transpose()?,
            keep_duplicates: self.keep_duplicates,
            cache: self.cache,
            reading: self.reading.options()?,
            language: self.language.map(|language| language.parse()).transpose()?,
            draws: self.draws,
            csv: self.csv.parse()?,
            parquet: self.parquet,
            model_text,
        })
    }
}

/// Documents and mentions counted, files written, what was said.
type Ran = (u32, u64, Vec<PathBuf>, Vec<Said>);

/// The main job.
#[pyfunction]
#[pyo3(signature = (source, asked, threads))]
pub fn run(py: Python<'_>, source: Source, asked: Asked, threads: Option<usize>) -> PyResult<Ran> {
    let warnings = Warnings::default();
    let outcome = work(py, threads, |progress| {
        let request = asked.request(source.names())?;
        let corpus = match source {
            Source::Table(_) => Some(source.corpus(request.reading.clone())?),
            Source::Paths(_) => None,
        };
        pipeline::run_over(&request, corpus, &warnings, progress)
    })
    .map_err(|error| with_warnings(py, error, &warnings))?;
    Ok((outcome.documents, outcome.mentions, outcome.files, said(&warnings)))
}

/// What is asked of the composite engine beside its tables.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Composed {
    model: ModelSource,
    draws: Option<u32>,
    stages: bool,
    analysis: bool,
    out: PathBuf,
}

/// Entries of the log (step, subject, message) and files written.
type Scored = (Vec<(String, String, String)>, Vec<PathBuf>);

/// The composite engine on any table.
#[pyfunction]
#[pyo3(signature = (data, meta, asked, threads))]
pub fn score(py: Python<'_>, data: Source, meta: Source, asked: Composed, threads: Option<usize>) -> PyResult<Scored> {
    work(py, threads, |_: Progress<'_>| {
        let (text, file) = meta.into_csv("meta")?;
        let meta = read_meta(&text, &file)?;
        let (text, file) = data.into_csv("data")?;
        let data = read_data(&text, &file, &meta)?;
        let model = composite_model(&asked, meta.tree)?;
        let stages = Stages::run(&data, &model)?;
        let groups = data.panel.as_ref().map(|panel| panel.groups());
        let scores = stages.rank(&model, groups.as_deref())?;
        let mut outbox = Outbox::open(&asked.out)?;
        let wanted = Wanted { stages: asked.stages, analysis: asked.analysis };
        composite::write(&mut outbox, &model, (&stages, &scores), wanted)?;
        let log = scores.log.iter().map(|one| (one.step.to_owned(), one.subject.clone(), one.message.clone()));
        Ok((log.collect(), outbox.send()?))
    })
}

fn composite_model(asked: &Composed, tree: goulet::model::Tree) -> Result<Model> {
    let (text, file) = match asked.model.file_and_text()? {
        (Some(file), Some(text)) => (text, file),
        (Some(file), None) => (goulet::data::read_table(&file)?, file),
        (None, _) => (String::new(), PathBuf::from("the built-in defaults")),
    };
    let mut model = Model::with_tree(&text, &file, tree)?;
    if let Some(draws) = asked.draws {
        model.set_draws(draws)?;
    }
    Ok(model)
}

/// A table of a folder of results; with `only`, the rows that have these values in these columns.
#[pyfunction]
#[pyo3(signature = (path, only))]
pub fn read_table(py: Python<'_>, path: PathBuf, only: BTreeMap<String, String>) -> PyResult<Table> {
    py.allow_threads(|| Table::read(&path, &only)).map_err(|error| raised(py, &error))
}

/// Copies files of a folder into another, where they appear whole or not at all.
#[pyfunction]
#[pyo3(signature = (folder, names, out))]
pub fn send(py: Python<'_>, folder: PathBuf, names: Vec<String>, out: PathBuf) -> PyResult<Vec<PathBuf>> {
    let copy = || {
        let mut outbox = Outbox::open(&out)?;
        for name in &names {
            let (from, to) = (folder.join(name), outbox.stage(name));
            std::fs::copy(&from, &to).map_err(|cause| Error::io(&from, cause))?;
        }
        outbox.send()
    };
    py.allow_threads(copy).map_err(|error| raised(py, &error))
}
