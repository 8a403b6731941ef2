//! The order of the stages, and the only place that knows it.
//!
//! ```text
//! corpus ─► documents ─► extract ─► mentions ─┐
//!                                             ├─► indicators ─► model ─► scores ─► report
//! data ─► structural ─────────────────────────┘
//! ```
//!
//! [`run`] is the main job. Its halves can be used alone: [`read::Reader`] goes from a corpus to mentions, [`score`] from an
//! indicator table and a model to scores.

pub mod cache;
pub mod earlier;
pub mod intake;
mod output;
pub mod read;
pub mod replay;
pub mod resample;
pub mod said;
pub mod score;
pub mod shards;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use cache::Cache;
use intake::{Cut, Destinations, Documents, ReadCorpus};
use output::Results;

use crate::codes::{CountryCode, Granularity, Period, SectorId, Status};
use crate::corpus::{Corpus, Options};
use crate::data::DataSource;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::extract::{Certainties, Extractor};
use crate::indicators::{self, IndicatorTable, TextSettings, Weights};
use crate::lexicon::Lexicon;
use crate::model::{Model, Scores, Stages};
use crate::report::names::ReportLanguage;
use crate::report::outbox::{Outbox, hex};
use crate::report::package::InputHash;
use crate::report::tables::{ScoreRow, SectorRow};
use crate::structural::Structure;
use crate::warning::Warnings;

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct Request {
    /// Files, folders, globs, or `-`.
    pub corpus: Vec<PathBuf>,
    /// Mentions made earlier, in place of documents.
    pub mentions: Vec<PathBuf>,
    /// A folder in place of the data inside the program.
    pub data: Option<PathBuf>,
    /// A model file over the built-in one.
    pub model: Option<PathBuf>,
    /// Where the reports go.
    pub out: PathBuf,
    /// How time is cut.
    pub granularity: Granularity,
    /// The day that ages are counted from; the latest document's where none is given.
    pub as_of: Option<Date>,
    /// Every document weighs for itself, near-duplicates too.
    pub keep_duplicates: bool,
    /// A folder that keeps what documents said, so that the next run reads what is new.
    pub cache: Option<PathBuf>,
    /// What columns are called, and what a file must not exceed.
    pub reading: Options,
    /// Language of headers and names in the tables, beside the codes; none: codes alone, as the contract has them.
    pub language: Option<ReportLanguage>,
    /// Draws of the uncertainty run in place of the model file's.
    pub draws: Option<u32>,
    /// How the tables are written.
    pub csv: Dialect,
    /// Every table as Parquet too.
    pub parquet: bool,
    /// The text of the model, where a description of an earlier run has it; `model` is then only its name.
    pub model_text: Option<String>,
}

impl Default for Request {
    /// The main job: `seeds/` in, `reports/` out.
    fn default() -> Self {
        Self {
            corpus: vec![PathBuf::from("seeds")],
            mentions: Vec::new(),
            data: None,
            model: None,
            out: PathBuf::from("reports"),
            granularity: Granularity::All,
            as_of: None,
            keep_duplicates: false,
            cache: None,
            reading: Options::default(),
            language: None,
            draws: None,
            csv: Dialect::default(),
            parquet: false,
            model_text: None,
        }
    }
}

impl Request {
    /// What is read: the documents, or the mentions in their place.
    pub fn sources(&self) -> &[PathBuf] {
        if self.mentions.is_empty() { &self.corpus } else { &self.mentions }
    }
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Documents read.
    pub documents: u32,
    /// Mentions found.
    pub mentions: u64,
    /// Units scored, the riskiest first.
    pub scores: Vec<ScoreRow>,
    /// Sectors.
    pub sectors: Vec<SectorRow>,
    /// Files written.
    pub files: Vec<PathBuf>,
    /// Which data was used, in words.
    pub data: String,
    /// Which model was used, in words.
    pub model: String,
}

/// The data, the model and the lexicon of a run, loaded and checked before any document is read.
#[derive(Debug)]
pub struct Knowledge {
    /// Where the tables come from.
    pub source: DataSource,
    /// The words.
    pub lexicon: Lexicon,
    /// The shares, governance and restrictions, once they are asked for.
    structure: OnceLock<Structure>,
    /// The model.
    pub model: Model,
    /// The model file, as the user named it.
    pub model_file: PathBuf,
    /// Its text.
    pub model_text: String,
}

impl Knowledge {
    /// One hash over every data file, in order of name, as `sha256:` and hexadecimal digits.
    ///
    /// # Errors
    /// When a data file cannot be read.
    pub fn data_hash(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for name in self.source.files()? {
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update(self.source.read_bytes(&name)?);
        }
        Ok(format!("sha256:{}", hex(&hash.finalize())))
    }

    /// What decides how a document is read: the version of the program and the data.
    ///
    /// # Errors
    /// When a data file cannot be read.
    pub fn engine(&self) -> Result<String> {
        Ok(format!("{} {}", env!("CARGO_PKG_VERSION"), self.data_hash()?))
    }

    /// Which data is used, in words.
    pub fn data_name(&self) -> String {
        match &self.source {
            DataSource::Embedded => "the data inside the program".into(),
            DataSource::Folder(folder) => folder.display().to_string(),
        }
    }

    /// Which model is used, in words.
    pub fn model_name(&self) -> String {
        self.model_file.display().to_string()
    }

    /// The shares, governance and restrictions, loaded at the first call.
    ///
    /// # Errors
    /// With the faults of the first table that has any.
    pub fn structure(&self) -> Result<&Structure> {
        if let Some(structure) = self.structure.get() {
            return Ok(structure);
        }
        let structure = Structure::load(&self.source)?;
        Ok(self.structure.get_or_init(|| structure))
    }

    /// Loads what every run needs to know; lexicons and structural tables when they are asked for.
    ///
    /// # Errors
    /// With the faults of the first table or file that has any.
    pub fn load(data: Option<&std::path::Path>, model: Option<&std::path::Path>) -> Result<Self> {
        Self::load_with(data, model, None)
    }

    /// As [`Knowledge::load`]; where the text of the model is at hand, `model` is only its name.
    fn load_with(
        data: Option<&std::path::Path>,
        model: Option<&std::path::Path>,
        model_text: Option<&str>,
    ) -> Result<Self> {
        let source = DataSource::open(data)?;
        let lexicon = Lexicon::load(&source)?;
        let (model_file, model_text) = match (model, model_text) {
            (file, Some(text)) => {
                (file.map_or_else(|| source.display("model.toml"), std::path::Path::to_owned), text.to_owned())
            }
            (Some(file), None) => {
                let text = fs_err::read_to_string(file).map_err(|cause| {
                    Error::io(file, cause).hint("`goulet init DIR` writes a model file to start from")
                })?;
                (file.to_owned(), text)
            }
            (None, None) => (source.display("model.toml"), source.read("model.toml")?),
        };
        let model = Model::from_toml(&model_text, &model_file)?;
        Ok(Self { source, lexicon, structure: OnceLock::new(), model, model_file, model_text })
    }

    /// What a status counts, in the order of [`Status::ALL`].
    pub fn certainties(&self) -> Certainties {
        let mut certainties = [0.0; 6];
        for (slot, status) in certainties.iter_mut().zip(Status::ALL) {
            *slot = self.model.settings.text.certainty(*status);
        }
        certainties
    }
}

/// Runs the main job.
///
/// # Errors
/// When the input, the data or the model cannot be read, or the reports cannot be written; the old reports then stand.
pub fn run(request: &Request, warnings: &Warnings, progress: &(dyn Fn(u64) + Sync)) -> Result<Outcome> {
    run_over(request, None, warnings, progress)
}

/// As [`run`], over documents at hand in place of those that the request names: a table in memory, say.
///
/// # Errors
/// As [`run`].
pub fn run_over(
    request: &Request,
    corpus: Option<Corpus>,
    warnings: &Warnings,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Outcome> {
    run_sized((request, corpus), warnings, |_| {}, progress)
}

/// As [`run_over`]; `sized` is told the bytes there are to read, once, before any is read.
///
/// # Errors
/// As [`run`].
pub fn run_sized(
    (request, corpus): (&Request, Option<Corpus>),
    warnings: &Warnings,
    sized: impl FnOnce(u64),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Outcome> {
    let mut knowledge =
        Knowledge::load_with(request.data.as_deref(), request.model.as_deref(), request.model_text.as_deref())?;
    if let Some(draws) = request.draws {
        knowledge.model.set_draws(draws)?;
    }
    // What is missing is said before anything is made.
    let structure = knowledge.structure()?;
    let corpus = match corpus {
        None if request.mentions.is_empty() => Some(Corpus::open(&request.corpus, request.reading.clone())?),
        at_hand => at_hand,
    };
    sized(corpus.iter().flat_map(Corpus::inputs).map(|input| input.bytes).sum());
    let outbox = Outbox::open(&request.out)?;
    let (read, inputs) = take_in((request, corpus), &knowledge, &outbox, warnings, progress)?;
    if read.documents == 0 {
        return Err(Error::new(crate::error::ErrorKind::NotFound, "no document could be read")
            .at_file(request.sources().first().cloned().unwrap_or_default())
            .hint("the warnings above say why; nothing was written"));
    }

    let settings = text_settings(&knowledge.model, request);
    let weights = indicators::weights(&read.tally, |first, count| read.clusters.range(first, count), &settings)?;
    let structural = structure.units();
    let indicators = indicator_table(&knowledge, &read, &weights, &settings, &structural)?;
    let input = score::model_input(&indicators, &knowledge.model)?;
    let stages = Stages::run(&input.table, &knowledge.model)?;
    let documents = resample::Resample::new(&read, &weights, &settings, &structural, (&input, &knowledge.model))?;
    let scores = score::score_redrawn(&input, &stages, &knowledge.model, documents.as_ref())?;
    drop(documents);
    warn_of_skipped(&scores, warnings);
    let rows = score::score_rows(&input, &scores, &read.units);
    let sectors =
        score::sector_rows(&rows, structure, knowledge.lexicon.sectors().map(|sector| sector.sector), &read.sectors)?;

    let results = Results {
        request,
        knowledge: &knowledge,
        read: &read,
        inputs: &inputs,
        weights: &weights,
        indicators: &indicators,
        input: &input,
        stages: &stages,
        scores: &scores,
        rows: &rows,
        sectors: &sectors,
    };
    let files = results.write(outbox)?;
    Ok(Outcome {
        documents: read.documents,
        mentions: read.mentions,
        scores: rows,
        sectors,
        data: knowledge.data_name(),
        model: knowledge.model_name(),
        files,
    })
}

/// Documents, or mentions made earlier, and the hashes of the files they came from.
fn take_in(
    (request, corpus): (&Request, Option<Corpus>),
    knowledge: &Knowledge,
    outbox: &Outbox,
    warnings: &Warnings,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(ReadCorpus, Vec<InputHash>)> {
    let into = Destinations {
        folder: outbox.folder().to_owned(),
        documents: Documents::Kept,
        entities: None,
        is_scored: true,
    };
    let cut = Cut { granularity: request.granularity, as_of: request.as_of };
    let keep_duplicates = request.keep_duplicates;
    let Some(corpus) = corpus else {
        let earlier = earlier::Earlier { cut, certainties: knowledge.certainties(), keep_duplicates };
        let read = earlier.read(&request.mentions, &into, warnings)?;
        return Ok((read, InputHash::of_tables(&request.mentions)?));
    };
    let extractor = Extractor::new(&knowledge.lexicon, knowledge.certainties());
    let reader =
        read::Reader { lexicon: &knowledge.lexicon, extractor, cut, keep_duplicates, entities: false, progress };
    let cache = request.cache.as_ref().map(|folder| Cache::open(folder, &knowledge.engine()?, warnings)).transpose()?;
    let read = reader.read_with(&corpus, &into, cache, warnings)?;
    Ok((read, InputHash::of_corpus(&corpus)))
}

/// Says which part of the uncertainty run could not be computed.
fn warn_of_skipped(scores: &Scores, warnings: &Warnings) {
    for (reason, count) in scores.moved.spreads.iter().flat_map(|spreads| &spreads.skipped) {
        warnings.note("draws-skipped", format!("uncertainty: {count} draws skipped: {reason}"));
    }
    if let Some(reason) = scores.moved.sensitivity.as_ref().and_then(|sensitivity| sensitivity.skipped.as_ref()) {
        warnings.note("sensitivity-skipped", format!("sensitivity: not computed: {reason}"));
    }
}

fn text_settings(model: &Model, request: &Request) -> TextSettings {
    let text = &model.settings.text;
    let sources = &model.settings.sources;
    TextSettings {
        prior_strength: text.prior_strength,
        half_life_days: Some(text.half_life_days).filter(|days| *days > 0.0),
        interval: text.interval,
        source_weights: sources.0.iter().map(|(name, weight)| (name.clone(), *weight)).collect(),
        default_source_weight: sources.weight(None),
        as_of: request.as_of,
        granularity: request.granularity,
    }
}

/// Text and structural indicators in one long table.
fn indicator_table(
    knowledge: &Knowledge,
    read: &ReadCorpus,
    weights: &Weights,
    settings: &TextSettings,
    structural_units: &BTreeSet<(SectorId, CountryCode)>,
) -> Result<IndicatorTable> {
    let text = indicators::text_indicators(&read.tally, weights, settings, structural_units)?;
    let mut periods: BTreeSet<Period> = read.sectors.keys().map(|(period, _)| *period).collect();
    if periods.is_empty() {
        periods.insert(Period::All);
    }
    let structural = knowledge.structure()?.indicators(&periods.into_iter().collect::<Vec<_>>())?;
    IndicatorTable::concat([text, structural])
}
