//! `data/lexicon` and `data/places` compiled into matchers.
//!
//! A [`Lexicon`] holds the sectors, the materials, and one [`LanguageLexicon`] per folder of `data/lexicon`, compiled when a
//! document in that language first asks for it. A language with a table of `data/places` and no folder is known by its
//! places only: a text of it names countries and states nothing. What is in a language stands in tables; this module knows no language.
//! It does not read documents: that is `extract`.

pub mod compile;
pub mod fold;
pub mod language;
pub mod matcher;
pub mod sequences;
pub mod tables;
pub mod template;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::codes::{Language, MaterialId, SectorId};
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};

pub use language::{Context, LanguageLexicon, Measure, Organisation, Payload, Place};

/// A row of `data/sectors.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Sector {
    /// Code.
    pub sector: SectorId,
    /// English name.
    pub name_en: String,
    /// French name.
    pub name_fr: String,
    /// The sector this one belongs to.
    pub parent: Option<SectorId>,
}

/// A row of `data/materials.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Material {
    /// Code.
    pub material: MaterialId,
    /// English name.
    pub name_en: String,
    /// French name.
    pub name_fr: String,
    /// The sector it belongs to.
    pub sector: SectorId,
}

/// Everything the extraction knows.
#[derive(Debug)]
pub struct Lexicon {
    source: DataSource,
    sectors: BTreeMap<SectorId, Sector>,
    materials: BTreeMap<MaterialId, Material>,
    languages: BTreeMap<Language, Entry>,
}

/// How much is known of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// A folder of `data/lexicon`: what is stated and what is named.
    Full,
    /// A table of `data/places` only: which countries are named.
    Places,
}

/// A language, and its lexicon once it has been asked for.
#[derive(Debug)]
struct Entry {
    extent: Extent,
    compiled: OnceLock<Result<LanguageLexicon>>,
}

impl Entry {
    fn new(extent: Extent) -> Self {
        Self { extent, compiled: OnceLock::new() }
    }
}

impl Lexicon {
    /// Reads the tables all languages share; the languages themselves are compiled when first asked for.
    ///
    /// # Errors
    /// When a table is missing or names a sector that does not exist.
    pub fn load(source: &DataSource) -> Result<Self> {
        let sectors: BTreeMap<_, _> =
            source.table::<Sector>("sectors.csv")?.into_iter().map(|row| (row.value.sector, row.value)).collect();
        let mut materials = BTreeMap::new();
        for row in source.table::<Material>("materials.csv")? {
            if !sectors.contains_key(&row.value.sector) {
                return Err(unknown_sector(source, "materials.csv", row.line, &row.value.sector));
            }
            materials.insert(row.value.material, row.value);
        }
        let mut languages = BTreeMap::new();
        for name in source.files()? {
            if let Some(code) = name.strip_prefix("lexicon/").and_then(|rest| rest.strip_suffix("/language.toml")) {
                languages.insert(code.parse::<Language>()?, Entry::new(Extent::Full));
            } else if let Some(code) = name.strip_prefix("places/").and_then(|rest| rest.strip_suffix(".csv"))
                && let Ok(language) = code.parse::<Language>()
            {
                // Where there is a folder too, it comes before the places: files come sorted.
                languages.entry(language).or_insert_with(|| Entry::new(Extent::Places));
            }
        }
        Ok(Self { source: source.clone(), sectors, materials, languages })
    }

    /// The languages with a whole lexicon, in order of code.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.languages.iter().filter(|(_, entry)| entry.extent == Extent::Full).map(|(code, _)| *code)
    }

    /// How much is known of a language; `None` where nothing is.
    pub fn extent(&self, language: Language) -> Option<Extent> {
        self.languages.get(&language).map(|entry| entry.extent)
    }

    /// The lexicon of a language, compiled at the first call; `None` where the data has none. Of a language known by its
    /// places only, it holds nothing but these.
    ///
    /// # Errors
    /// When a table of that language is faulty: call [`Lexicon::compile_all`] first to have every fault at once.
    pub fn language(&self, language: Language) -> Result<Option<&LanguageLexicon>> {
        let Some(entry) = self.languages.get(&language) else { return Ok(None) };
        let compiled = entry.compiled.get_or_init(|| compile::compile(&self.source, self, language, entry.extent));
        compiled.as_ref().map(Some).map_err(Error::again)
    }

    /// Whether [`Lexicon::language`] answers at once.
    pub fn is_ready(&self, language: Language) -> bool {
        self.languages.get(&language).is_none_or(|entry| entry.compiled.get().is_some())
    }

    /// Compiles the given languages now, so that a fault in a table is told before any document is read.
    ///
    /// # Errors
    /// With the faults of the first faulty language.
    pub fn compile_all(&self, languages: impl IntoIterator<Item = Language>) -> Result<()> {
        for language in languages {
            self.language(language)?;
        }
        Ok(())
    }

    /// A sector's row.
    pub fn sector(&self, sector: &SectorId) -> Option<&Sector> {
        self.sectors.get(sector)
    }

    /// All sectors, in order of code.
    pub fn sectors(&self) -> impl Iterator<Item = &Sector> {
        self.sectors.values()
    }

    /// A material's row.
    pub fn material(&self, material: &MaterialId) -> Option<&Material> {
        self.materials.get(material)
    }

    /// All materials, in order of code.
    pub fn materials(&self) -> impl Iterator<Item = &Material> {
        self.materials.values()
    }
}

fn unknown_sector(source: &DataSource, file: &str, line: u64, sector: &SectorId) -> Error {
    Error::new(ErrorKind::Data, format!("unknown sector `{sector}`"))
        .at_line(source.display(file), line)
        .in_column("sector")
        .hint("add it to data/sectors.csv or use one of the codes there")
}
