//! A run done again from its description: the same inputs, options, model and data, and what differs from what is recorded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::{Request, run};
use crate::codes::SectorId;
use crate::corpus::{self, ColumnMap, Corpus};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::report::comparison::{self, Reports};
use crate::report::names::ReportLanguage;
use crate::report::package;
use crate::warning::Warnings;

/// Something that is not as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is: `version`, `data`, `input` or `file`.
    pub what: &'static str,
    /// Which one.
    pub name: String,
    /// As recorded; none where it is new.
    pub recorded: Option<String>,
    /// As found now; none where it is missing.
    pub now: Option<String>,
}

/// A description of a run, as `datapackage.json` has it.
#[derive(Debug)]
pub struct Manifest {
    path: PathBuf,
    text: String,
    package: Value,
    options: Options,
    model: RecordedModel,
}

/// What was asked of the run.
#[derive(Debug, Deserialize)]
struct Options {
    corpus: Vec<PathBuf>,
    #[serde(default)]
    mentions: Vec<PathBuf>,
    data: Option<PathBuf>,
    model: Option<PathBuf>,
    period: String,
    as_of: Option<String>,
    keep_duplicates: bool,
    map: String,
    max_document_bytes: usize,
    max_expansion: u64,
    draws: u32,
    csv: Dialect,
    language: Option<ReportLanguage>,
    parquet: bool,
}

#[derive(Debug, Deserialize)]
struct RecordedModel {
    text: String,
}

/// What `goulet compare` asked for last.
#[derive(Debug, Deserialize)]
struct Narrowed {
    sectors: Vec<SectorId>,
    period: String,
}

impl Manifest {
    /// Reads the description of a run.
    ///
    /// # Errors
    /// When the file is missing, or not the description of a run of this kind.
    pub fn read(path: &Path) -> Result<Self> {
        let hint = "name the datapackage.json of a folder that `goulet run` wrote";
        let text = fs_err::read_to_string(path).map_err(|cause| Error::io(path, cause).hint(hint))?;
        let wrong = |cause: serde_json::Error, line: u64| {
            let error = Error::new(ErrorKind::Format, format!("no description of a run: {cause}")).hint(hint);
            if line == 0 { error.at_file(path) } else { error.at_line(path, line) }
        };
        let package: Value =
            serde_json::from_str(&text).map_err(|cause| (cause.line() as u64, cause)).map_err(|(l, c)| wrong(c, l))?;
        let options = Options::deserialize(&package["goulet"]["options"]).map_err(|cause| wrong(cause, 0))?;
        let model = RecordedModel::deserialize(&package["goulet"]["model"]).map_err(|cause| wrong(cause, 0))?;
        Ok(Self { path: path.to_owned(), text, package, options, model })
    }

    /// Bytes of the corpus as it is now; 0 where it cannot be found.
    pub fn bytes(&self) -> u64 {
        Corpus::open(&self.options.corpus, corpus::Options::default())
            .map_or(0, |corpus| corpus.inputs().iter().map(|input| input.bytes).sum())
    }

    /// The inputs of the run with their hashes.
    fn inputs(&self) -> BTreeMap<String, String> {
        inputs(&self.package)
    }

    /// What columns were called.
    fn columns(&self) -> Result<ColumnMap> {
        if self.options.map.is_empty() {
            return Ok(ColumnMap::default());
        }
        self.options.map.parse().map_err(|why: String| Error::new(ErrorKind::Format, why).at_file(&self.path))
    }

    fn request(&self, out: &Path) -> Result<Request> {
        let options = &self.options;
        let as_of = options.as_of.as_deref().map(|day| {
            let wrong = |cause: jiff::Error| Error::new(ErrorKind::Format, cause.to_string()).at_file(&self.path);
            day.parse().map_err(wrong)
        });
        Ok(Request {
            corpus: options.corpus.clone(),
            mentions: options.mentions.clone(),
            data: options.data.clone(),
            model: options.model.clone(),
            out: out.to_owned(),
            granularity: options.period.parse()?,
            as_of: as_of.transpose()?,
            keep_duplicates: options.keep_duplicates,
            cache: None,
            reading: corpus::Options {
                max_record: options.max_document_bytes,
                max_expansion: options.max_expansion,
                columns: self.columns()?,
                ..corpus::Options::default()
            },
            language: options.language,
            draws: Some(options.draws),
            csv: options.csv,
            parquet: options.parquet,
            model_text: Some(self.model.text.clone()),
        })
    }
}

/// Does the run of `manifest` again, into `out`, and tells what differs; nothing where every byte is the same. Where an input is
/// missing, that alone is told and nothing is run.
///
/// # Errors
/// When the run itself fails.
pub fn replay(
    manifest: &Manifest,
    out: &Path,
    warnings: &Warnings,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Difference>> {
    if manifest.options.corpus.iter().any(|path| path == Path::new("-")) {
        return Err(Error::new(
            ErrorKind::Usage,
            "the run read documents from standard input, which are not there any more",
        )
        .at_file(&manifest.path)
        .hint("run it on files to be able to do it again"));
    }
    let missing = missing(manifest);
    if !missing.is_empty() {
        return Ok(missing);
    }
    run(&manifest.request(out)?, warnings, progress)?;
    if let Some(narrowed) = manifest.package["goulet"].get("comparison") {
        let wrong = |cause: serde_json::Error| Error::new(ErrorKind::Format, cause.to_string()).at_file(&manifest.path);
        let Narrowed { sectors, period } = Narrowed::deserialize(narrowed).map_err(wrong)?;
        package::narrow(out, &comparison::compare(&Reports::read(out)?, &sectors, &period)?)?;
    }
    let again = Manifest::read(&out.join("datapackage.json"))?;
    Ok(differences(manifest, &again))
}

/// Inputs and data that are no longer where they were.
fn missing(manifest: &Manifest) -> Vec<Difference> {
    let documents = manifest.inputs().into_iter().map(|(path, hash)| ("input", path, Some(hash)));
    let hash = || manifest.package["goulet"]["data"]["hash"].as_str().map(str::to_owned);
    let data = manifest.options.data.iter().map(|path| ("data", path.display().to_string(), hash()));
    documents
        .chain(data)
        .filter(|(_, path, _)| !Path::new(path).exists())
        .map(|(what, name, recorded)| Difference { what, name, recorded, now: None })
        .collect()
}

fn differences(old: &Manifest, new: &Manifest) -> Vec<Difference> {
    let text = |manifest: &Manifest, key: [&str; 2]| -> Option<String> {
        manifest.package["goulet"].pointer(&format!("/{}", key.join("/"))).and_then(Value::as_str).map(str::to_owned)
    };
    let version = |manifest: &Manifest| manifest.package["goulet"]["version"].as_str().map(str::to_owned);
    let mut found = Vec::new();
    for (what, recorded, now) in
        [("version", version(old), version(new)), ("data", text(old, ["data", "hash"]), text(new, ["data", "hash"]))]
    {
        if recorded != now {
            let name = text(old, ["data", "source"]).filter(|_| what == "data").unwrap_or_else(|| "goulet".to_owned());
            found.push(Difference { what, name, recorded, now });
        }
    }
    let files = |manifest: &Manifest| hashes(&manifest.package["resources"]);
    for (what, old, new) in [("input", old.inputs(), new.inputs()), ("file", files(old), files(new))] {
        let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
        let changed = names.filter(|name| old.get(*name) != new.get(*name));
        found.extend(changed.map(|name| Difference {
            what,
            name: name.clone(),
            recorded: old.get(name).cloned(),
            now: new.get(name).cloned(),
        }));
    }
    if found.is_empty() && old.text != new.text {
        let name = "datapackage.json".to_owned();
        let (recorded, now) = (Some("as recorded".to_owned()), Some("other words, same hashes".to_owned()));
        found.push(Difference { what: "file", name, recorded, now });
    }
    found
}

fn inputs(package: &Value) -> BTreeMap<String, String> {
    hashes(&package["sources"])
}

/// Path → hash of what has both.
fn hashes(list: &Value) -> BTreeMap<String, String> {
    let both = |item: &Value| Some((item["path"].as_str()?.to_owned(), item["hash"].as_str()?.to_owned()));
    list.as_array().into_iter().flatten().filter_map(both).collect()
}
