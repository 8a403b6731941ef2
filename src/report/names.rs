//! What codes are called where people read them: sectors, countries, materials, channels, statuses, columns, in English and French.
//!
//! The words are data: `sectors.csv`, `materials.csv`, `countries.csv`, `labels.csv` and the names of the model's nodes. A code
//! without a name is shown as it is, so that nothing is ever lost for want of a translation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codes::{CountryCode, SectorId};
use crate::data::{DataSource, Row};
use crate::dialect::Label;
use crate::error::{Error, ErrorKind, Result};
use crate::lexicon::Lexicon;
use crate::model::Model;

/// A language that reports are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportLanguage {
    /// English.
    En,
    /// French.
    Fr,
}

impl ReportLanguage {
    /// Every language of reports.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// The spelling on the command line and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }
}

impl fmt::Display for ReportLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ReportLanguage {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == value).ok_or_else(|| {
            Error::new(ErrorKind::Data, format!("`{value}` is no language of reports"))
                .hint("reports are written in en or fr")
        })
    }
}

#[derive(Debug, Deserialize)]
struct Country {
    country: CountryCode,
    name_en: String,
    name_fr: String,
}

/// Both names of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    en: String,
    fr: String,
}

/// The names of all codes.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// By kind (`sector`, `country`, `material`, `node`, and those of `labels.csv`), then by code.
    by_kind: BTreeMap<String, BTreeMap<String, Name>>,
}

impl Names {
    /// Loads the names from the tables, the lexicon's sectors and materials, and the model's tree.
    ///
    /// # Errors
    /// With every row of `countries.csv` or `labels.csv` that does not fit or names a code twice.
    pub fn load(source: &DataSource, lexicon: &Lexicon, model: &Model) -> Result<Self> {
        let mut names = Self::default();
        for sector in lexicon.sectors() {
            names.add("sector", sector.sector.as_str(), &sector.name_en, &sector.name_fr);
        }
        for material in lexicon.materials() {
            names.add("material", material.material.as_str(), &material.name_en, &material.name_fr);
        }
        for node in model.tree.nodes() {
            let entry = &node.entry;
            let english = entry.name_en.as_deref().unwrap_or(&entry.code);
            names.add("node", &entry.code, english, entry.name_fr.as_deref().unwrap_or(english));
        }
        // A data folder of an earlier version has neither table: codes then stand for themselves.
        if source.has("countries.csv") {
            for Row { line, value } in source.table::<Country>("countries.csv")? {
                if !names.add("country", value.country.as_str(), &value.name_en, &value.name_fr) {
                    return Err(twice(source, "countries.csv", line, value.country.as_str()));
                }
            }
        }
        if source.has("labels.csv") {
            for Row { line, value } in source.table::<Label>("labels.csv")? {
                if !names.add(&value.kind, &value.code, &value.en, &value.fr) {
                    return Err(twice(source, "labels.csv", line, &value.code));
                }
            }
        }
        Ok(names)
    }

    /// Whether it was new.
    fn add(&mut self, kind: &str, code: &str, en: &str, fr: &str) -> bool {
        let name = Name { en: en.to_owned(), fr: fr.to_owned() };
        self.by_kind.entry(kind.to_owned()).or_default().insert(code.to_owned(), name).is_none()
    }

    /// The name of a code of `kind`; the code itself where it has none.
    pub fn of<'a>(&'a self, kind: &str, code: &'a str, language: ReportLanguage) -> &'a str {
        let Some(name) = self.by_kind.get(kind).and_then(|codes| codes.get(code)) else { return code };
        match language {
            ReportLanguage::En => &name.en,
            ReportLanguage::Fr => &name.fr,
        }
    }

    /// The code that is called `name` in any language of reports, the way back of [`Names::of`].
    pub fn code_of(&self, kind: &str, name: &str) -> Option<&str> {
        let codes = self.by_kind.get(kind)?;
        codes.iter().find(|(_, known)| known.en == name || known.fr == name).map(|(code, _)| code.as_str())
    }

    /// All codes of `kind` with their English and French names, in order of code.
    pub fn all<'a>(&'a self, kind: &str) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        self.by_kind
            .get(kind)
            .into_iter()
            .flatten()
            .map(|(code, name)| (code.as_str(), name.en.as_str(), name.fr.as_str()))
    }

    /// What a sector is called.
    pub fn sector<'a>(&'a self, sector: &'a SectorId, language: ReportLanguage) -> &'a str {
        self.of("sector", sector.as_str(), language)
    }

    /// What a country is called.
    pub fn country<'a>(&'a self, country: &'a CountryCode, language: ReportLanguage) -> &'a str {
        self.of("country", country.as_str(), language)
    }
}

fn twice(source: &DataSource, file: &str, line: u64, code: &str) -> Error {
    Error::new(ErrorKind::Data, format!("`{code}` has a name twice"))
        .at_line(source.display(file), line)
        .hint("keep one of the rows")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_product_has_a_name_in_both_languages() {
        let source = DataSource::Embedded;
        let lexicon = Lexicon::load(&source).unwrap();
        let names = Names::load(&source, &lexicon, &Model::built_in().unwrap()).unwrap();
        for channel in crate::codes::Channel::ALL {
            assert_ne!(names.of("channel", channel.as_str(), ReportLanguage::Fr), channel.as_str());
        }
        for status in crate::codes::Status::ALL {
            assert_ne!(names.of("status", status.as_str(), ReportLanguage::En), status.as_str());
        }
        let taiwan: CountryCode = "TWN".parse().unwrap();
        assert_eq!(names.country(&taiwan, ReportLanguage::Fr), "Taïwan");
        let chips: SectorId = "semiconductors".parse().unwrap();
        assert_eq!(names.sector(&chips, ReportLanguage::En), "Semiconductors");
        assert_eq!(names.code_of("country", "Taïwan"), Some("TWN"));
        assert_eq!(names.of("country", "ZZZ", ReportLanguage::En), "ZZZ");
    }
}
