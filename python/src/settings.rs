//! What calls have in common: how documents are read, the model, the data.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use goulet::corpus::{ColumnMap, Options};
use goulet::error::{Error, ErrorKind, Result};
use goulet::pipeline::Knowledge;
use pyo3::prelude::*;

/// How documents are read.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Reading {
    /// Columns under other names, as pairs of field and column between commas.
    map: Option<String>,
    /// Longest document that is read.
    max_document_bytes: Option<usize>,
    /// Most times its size that a compressed file may become.
    max_expansion: Option<u64>,
}

impl Reading {
    /// The options of the library.
    pub fn options(&self) -> Result<Options> {
        let default = Options::default();
        let columns = match &self.map {
            Some(map) => map.parse().map_err(|why: String| Error::new(ErrorKind::Usage, format!("map: {why}")))?,
            None => ColumnMap::default(),
        };
        Ok(Options {
            max_record: self.max_document_bytes.unwrap_or(default.max_record),
            max_expansion: self.max_expansion.unwrap_or(default.max_expansion),
            columns,
            ..default
        })
    }
}

/// A model: a file, or the keys of one as JSON.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct ModelSource {
    file: Option<PathBuf>,
    keys: Option<String>,
}

impl ModelSource {
    /// The file, and the text where it is at hand.
    pub fn file_and_text(&self) -> Result<(Option<PathBuf>, Option<String>)> {
        let Some(keys) = &self.keys else { return Ok((self.file.clone(), None)) };
        let failed = |why: String| {
            Error::new(ErrorKind::Usage, format!("model: {why}"))
                .hint("give the keys of a model file as nested dictionaries of texts, numbers, booleans and lists")
        };
        let keys: serde_json::Value = serde_json::from_str(keys).map_err(|cause| failed(cause.to_string()))?;
        let text = toml::to_string(&keys).map_err(|cause| failed(cause.to_string()))?;
        Ok((Some(PathBuf::from("model")), Some(text)))
    }
}

/// The data and the built-in model: those inside the program are loaded once a process.
pub enum Loaded {
    /// Inside the program.
    Embedded(&'static Knowledge),
    /// Of a folder or with a model of its own.
    Own(Box<Knowledge>),
}

impl Loaded {
    /// Loads what reading documents needs.
    pub fn load(data: Option<&Path>, model: Option<&Path>) -> Result<Self> {
        static EMBEDDED: OnceLock<Knowledge> = OnceLock::new();
        if data.is_some() || model.is_some() {
            return Ok(Self::Own(Box::new(Knowledge::load(data, model)?)));
        }
        if let Some(known) = EMBEDDED.get() {
            return Ok(Self::Embedded(known));
        }
        let loaded = Knowledge::load(None, None)?;
        Ok(Self::Embedded(EMBEDDED.get_or_init(|| loaded)))
    }

    /// What was loaded.
    pub fn get(&self) -> &Knowledge {
        match self {
            Self::Embedded(known) => known,
            Self::Own(known) => known,
        }
    }
}
