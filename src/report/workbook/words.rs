//! Titles, headers and sentences of the workbook, from `labels.csv` (kinds `sheet`, `workbook`, `method`).

use super::sheet::Title;
use crate::codes::{CountryCode, SectorId};
use crate::report::names::{Names, ReportLanguage};

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    names: &'a Names,
    language: ReportLanguage,
}

impl<'a> Words<'a> {
    pub fn new(names: &'a Names, language: ReportLanguage) -> Self {
        Self { names, language }
    }

    /// The words called `code`.
    pub fn say<'b>(&self, code: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.names.of("workbook", code, self.language)
    }

    /// A choice of the model file.
    pub fn method(&self, code: &str) -> String {
        self.names.of("method", code, self.language).to_owned()
    }

    /// The words called `code`, with `{name}` replaced.
    pub fn fill(&self, code: &str, values: &[(&str, String)]) -> String {
        let start = self.names.of("workbook", code, self.language).to_owned();
        values.iter().fold(start, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// A number of things as a reader of the language groups it.
    pub fn count(&self, number: u64) -> String {
        let digits = number.to_string();
        let separator = match self.language {
            ReportLanguage::En => ",",
            ReportLanguage::Fr => "\u{202f}",
        };
        let parts: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|chunk| std::str::from_utf8(chunk).unwrap_or_default()).collect();
        parts.join(separator)
    }

    pub fn title(&self, title: Title) -> &'a str {
        self.names.of("sheet", title.code(), self.language)
    }

    pub fn sector<'b>(&self, sector: &'b SectorId) -> &'b str
    where
        'a: 'b,
    {
        self.names.sector(sector, self.language)
    }

    pub fn country<'b>(&self, country: &'b CountryCode) -> &'b str
    where
        'a: 'b,
    {
        self.names.country(country, self.language)
    }

    /// The name of a code of `kind`.
    pub fn of<'b>(&self, kind: &str, code: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.names.of(kind, code, self.language)
    }

    /// An indicator: a node of the model, or a measure that is only reported.
    pub fn indicator<'b>(&self, code: &'b str) -> &'b str
    where
        'a: 'b,
    {
        let node = self.of("node", code);
        if node == code { self.of("indicator", code) } else { node }
    }

    /// A period; `all` in words.
    pub fn period<'b>(&self, period: &'b str) -> &'b str
    where
        'a: 'b,
    {
        if period == "all" { self.say("period_all") } else { period }
    }
}
