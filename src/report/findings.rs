//! [`Findings`]: everything a run found, as the files for people (workbook, page) need it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::comparison::Comparison;
use super::names::{Names, ReportLanguage};
use super::tables::{ScoreRow, SectorRow};
use crate::indicators::IndicatorTable;
use crate::model::{Model, Stages};
use crate::pipeline::intake::Opening;
use crate::pipeline::score::{ModelInput, sector_weight};
use crate::structural::Structure;

/// What a run found. Small tables are at hand; those that memory may not hold are named by their staged file and read row by row.
#[derive(Debug, Clone)]
pub struct Findings<'a> {
    /// What codes are called.
    pub names: &'a Names,
    /// The language asked for; a file that can hold both begins in it.
    pub language: ReportLanguage,
    /// The model: settings and tree with weights.
    pub model: &'a Model,
    /// Which model was used, in words.
    pub model_name: String,
    /// Which data was used, in words.
    pub data_name: String,
    /// Shares, governance, restrictions.
    pub structure: &'a Structure,
    /// Documents read.
    pub documents: u32,
    /// Mentions found.
    pub mentions: u64,
    /// Rows of `scores.csv`, in its order.
    pub scores: &'a [ScoreRow],
    /// Rows of `sectors.csv`, in its order.
    pub sectors: &'a [SectorRow],
    /// All sectors of the latest period side by side; none where there is no sector.
    pub comparison: Option<&'a Comparison>,
    /// `indicators.csv` as a table.
    pub indicators: &'a IndicatorTable,
    /// The units and the table that were scored.
    pub input: &'a ModelInput,
    /// The model's steps on that table, before the uncertainty draws.
    pub stages: &'a Stages,
    /// What the documents are.
    pub corpus: CorpusFacts,
    /// The mentions that a workbook has room for ([`super::tables::MentionRow`]), with their documents
    /// ([`super::tables::DocumentRow`]).
    pub opening: Opening,
}

/// What the documents are.
#[derive(Debug, Clone, Default)]
pub struct CorpusFacts {
    /// Day of the earliest.
    pub first: Option<Date>,
    /// Day of the latest.
    pub last: Option<Date>,
    /// Without a day.
    pub undated: u64,
    /// Documents a language.
    pub languages: BTreeMap<String, u64>,
    /// Different publishers named.
    pub publishers: usize,
}

impl Findings<'_> {
    /// The latest period there are scores for; empty where there are none.
    pub fn latest(&self) -> &str {
        self.sectors.last().map_or("", |row| row.period.as_str())
    }

    /// What a unit counts in its sector, as `sectors.csv` weighs it: its supply share where any of the sector's units of the period has one, else
    /// its documents.
    pub fn sector_weight(&self) -> impl Fn(&ScoreRow) -> f64 {
        sector_weight(self.scores, self.structure)
    }
}
