//! What a run found, written: the tables, the files that people open, and the description of them all.
//!
//! ```text
//!            ┌─► scores.xlsx (from the first mentions) ───────────────────┐
//! results ───┤                                                            ├─► datapackage.json
//!            └─► mentions.csv, documents.csv ─┬─► report.html             │
//!                                             └─► Parquet, style, hashes ─┘
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::intake::ReadCorpus;
use super::score::{self, ModelInput};
use super::{Knowledge, Request};
use crate::codes::SectorId;
use crate::error::{Error, Result};
use crate::indicators::{IndicatorTable, Weights};
use crate::model::{Scores, Stages};
use crate::report::cells::number;
use crate::report::comparison::{self, Comparison, Reports};
use crate::report::composite;
use crate::report::dress::{self, Style};
use crate::report::findings::Findings;
use crate::report::names::{Names, ReportLanguage};
use crate::report::outbox::Outbox;
use crate::report::package::{self, InputHash, Run};
use crate::report::page;
use crate::report::parquet;
use crate::report::tables::{SCORES, SECTORS, ScoreRow, SectorRow};
use crate::report::workbook;

const MENTIONS: &str = "mentions.csv";
const DOCUMENTS: &str = "documents.csv";

/// What a run found.
pub(super) struct Results<'a> {
    pub request: &'a Request,
    pub knowledge: &'a Knowledge,
    pub read: &'a ReadCorpus,
    pub inputs: &'a [InputHash],
    pub weights: &'a Weights,
    pub indicators: &'a IndicatorTable,
    pub input: &'a ModelInput,
    pub stages: &'a Stages,
    pub scores: &'a Scores,
    pub rows: &'a [ScoreRow],
    pub sectors: &'a [SectorRow],
}

impl Results<'_> {
    /// Writes every file, and sends them all.
    ///
    /// # Errors
    /// When a file cannot be written; those of an earlier run then stand.
    pub fn write(&self, mut outbox: Outbox) -> Result<Vec<PathBuf>> {
        let Self { request, knowledge, read, .. } = self;
        let large = [MENTIONS, DOCUMENTS].map(|name| outbox.stage(name));
        let comparison = self.write_small(&mut outbox)?;
        let names = Names::load(&knowledge.source, &knowledge.lexicon, &knowledge.model)?;
        let opening = read.write_opening(self.weights, &outbox.scratch("opening"), workbook::MOST_MENTIONS)?;
        let findings = Findings {
            names: &names,
            language: request.language.unwrap_or(ReportLanguage::En),
            model: &knowledge.model,
            model_name: knowledge.model_name(),
            data_name: knowledge.data_name(),
            structure: knowledge.structure()?,
            documents: read.documents,
            mentions: read.mentions,
            scores: self.rows,
            sectors: self.sectors,
            comparison: comparison.as_ref(),
            indicators: self.indicators,
            input: self.input,
            stages: self.stages,
            corpus: read.facts(),
            opening,
        };
        let run = Run {
            request,
            knowledge,
            inputs: self.inputs,
            documents: read.documents,
            mentions: read.mentions,
            has_own_ids: read.has_own_ids,
            names: &names,
            style: &Style { dialect: request.csv, language: request.language.map(|language| (language, &names)) },
        };
        let path = outbox.stage("scores.xlsx");
        let (workbook, tables) = rayon::join(
            || workbook::write(&findings, &path),
            || self.write_large(&findings, &run, &large, &mut outbox),
        );
        workbook?;
        let description = package::describe(&run, tables?, &outbox)?;
        outbox.text("datapackage.json", &description)?;
        outbox.send()
    }

    /// Writes the tables of units and sectors.
    fn write_small(&self, outbox: &mut Outbox) -> Result<Option<Comparison>> {
        let path = outbox.stage("indicators.csv");
        self.indicators.write_csv(&path)?;
        outbox.csv("scores.csv", &SCORES, self.rows.iter().map(ScoreRow::cells))?;
        outbox.csv("sectors.csv", &SECTORS, self.sectors.iter().map(SectorRow::cells))?;
        self.write_matrix(outbox)?;
        composite::write_requested(outbox, &self.knowledge.model.tree, self.scores)?;
        self.compare_all(outbox)
    }

    /// Writes the tables of mentions and documents, and what is made from them; gives the descriptions of all tables.
    fn write_large(
        &self,
        findings: &Findings<'_>,
        run: &Run<'_>,
        [mentions, documents]: &[PathBuf; 2],
        outbox: &mut Outbox,
    ) -> Result<Vec<Value>> {
        let folder = outbox.scratch("telling");
        let excerpt = (folder.as_path(), page::MOST_MENTIONS);
        let (telling, hashes) = self.read.write_tables(self.weights, [mentions, documents], excerpt)?;
        let path = outbox.stage("report.html");
        let (page, tables) = rayon::join(
            || page::html(findings, &telling).and_then(|page| write_page(&path, &page)),
            || {
                if self.request.parquet {
                    parquet::staged(outbox)?;
                }
                for (name, hash) in [MENTIONS, DOCUMENTS].into_iter().zip(hashes) {
                    outbox.know(name, hash);
                }
                dress::staged(outbox, run.style)?;
                package::tables(run, outbox)
            },
        );
        page?;
        tables
    }

    fn write_matrix(&self, outbox: &mut Outbox) -> Result<()> {
        let sectors: BTreeSet<SectorId> = self.rows.iter().map(|row| row.sector).collect();
        let sectors: Vec<SectorId> = sectors.into_iter().collect();
        let mut header = vec!["country"];
        header.extend(sectors.iter().map(SectorId::as_str));
        let lines = score::matrix(self.rows, &sectors).into_iter().map(|(country, risks)| {
            std::iter::once(country.to_string()).chain(risks.into_iter().map(number)).collect::<Vec<_>>()
        });
        outbox.csv("matrix.csv", &header, lines)
    }

    /// `comparison.csv` of all sectors of the latest period; `goulet compare` narrows it to those asked for.
    fn compare_all(&self, outbox: &mut Outbox) -> Result<Option<Comparison>> {
        let latest = self.sectors.last().map(|row| row.period.clone()).unwrap_or_default();
        let named: Vec<SectorId> =
            self.sectors.iter().filter(|row| row.period == latest).map(|row| row.sector).collect();
        if named.is_empty() {
            return Ok(None);
        }
        let reports = Reports::new(self.rows.to_vec(), self.sectors.to_vec(), self.read.counted.clone());
        let comparison = comparison::compare(&reports, &named, &latest)?;
        outbox.text("comparison.csv", comparison.csv()?)?;
        Ok(Some(comparison))
    }
}

fn write_page(path: &Path, page: &str) -> Result<()> {
    fs_err::write(path, page).map_err(|cause| Error::io(path, cause))
}
