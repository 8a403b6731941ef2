//! `scores.xlsx`: the reports as a workbook whose scores are formulas on the weights of its sheet Model.
//!
//! ```text
//! Model (weights, goalposts, thresholds) ─► Scores (a row a unit, all its working in the same row) ─► Matrix, Sectors, Compare
//! ```
//!
//! - [`computed`]: the findings as the sheets need them; the model's steps are run again on the indicators, as anyone can
//! - [`layout`]: which column and row holds what; [`formula`]: what is written into them
//! - one file a sheet: [`read_me`], [`scores`], [`matrix`], [`sectors`], [`compare`], [`indicators`], [`evidence`], [`weights`]
//! - [`words`]: titles and sentences in the language asked for; [`style`]: formats; [`sheet`]: cells, safely
//!
//! Every formula uses functions that Excel 2016 and LibreOffice 7 know, refers to its own row or to whole columns (so that a sorted
//! sheet stays right), and carries its result, so that a viewer that does not compute shows the numbers of the run. Text from
//! documents is written as text: never a formula, never a link it did not have.

mod compare;
mod computed;
mod evidence;
mod formula;
mod indicators;
mod layout;
mod matrix;
mod read_me;
mod scores;
mod sectors;
mod sheet;
mod style;
mod weights;
mod words;

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};

use super::findings::Findings;
use crate::error::{Error, ErrorKind, Result};
use computed::Computed;
pub use evidence::MOST_MENTIONS;
use layout::Layout;
use sheet::{Title, failed};
use style::Styles;
use words::Words;

/// With more mentions than this, the rows of sheet Evidence go to disk as they are written.
const MANY_MENTIONS: u64 = 20_000;

/// What all sheets are made from.
struct Book<'a> {
    findings: &'a Findings<'a>,
    words: Words<'a>,
    computed: Computed<'a>,
    layout: Layout,
    styles: Styles,
}

impl Book<'_> {
    /// The scale of all scores, where they keep to one.
    fn scale(&self) -> Option<[f64; 2]> {
        let leaves = 0..self.findings.model.tree.leaves().len();
        let mut lines = leaves.map(|leaf| self.computed.line(leaf));
        let range = self.findings.model.settings.normalise.range;
        let keeps =
            |line: Option<computed::Line>| line.is_some_and(|line| line.range == range && line.cut == [true; 2]);
        (lines.all(keeps) && !self.layout.fixed.contains(&true)).then_some(range)
    }
}

/// What the sheets leave out, told on the first.
#[derive(Debug, Default)]
struct Omitted {
    /// Periods that are in `scores.csv` only.
    periods: usize,
    /// Mentions that are in `mentions.csv` only.
    mentions: u64,
    /// Rows that are in `indicators.csv` only.
    indicators: usize,
    /// Addresses written as text, because a sheet takes no more links.
    links: usize,
    /// Texts cut at the length a cell takes.
    cut: usize,
}

/// Writes the workbook to `path`.
///
/// # Errors
/// When the file cannot be written, or a title in `labels.csv` is none that a sheet can have.
pub fn write(findings: &Findings<'_>, path: &Path) -> Result<()> {
    let words = Words::new(findings.names, findings.language);
    let computed = Computed::new(findings);
    let layout = Layout::new(findings.model, &computed, &words);
    let book = Book { findings, words, computed, layout, styles: Styles::new() };
    let evidence = evidence::Evidence::read(findings)?;
    let mut omitted = Omitted { periods: book.computed.periods_left_out, ..Omitted::default() };

    let mut workbook = Workbook::new();
    if let Some(folder) = path.parent() {
        workbook.set_tempdir(folder).map_err(failed)?;
    }
    workbook.set_properties(&properties(&book)?);
    for title in Title::ALL {
        // A formula without result gives empty text, not the 0 that a reader would take for a number.
        let sheet = match title {
            Title::Evidence if findings.mentions > MANY_MENTIONS => workbook.add_worksheet_with_low_memory(),
            _ => Ok(workbook.add_worksheet()),
        };
        let sheet = sheet.map_err(failed)?.set_formula_result_default("");
        sheet.set_name(book.words.title(*title)).map_err(|cause| {
            Error::new(ErrorKind::Data, format!("a sheet cannot be called `{}`", book.words.title(*title)))
                .hint("change the row of kind `sheet` in labels.csv")
                .caused_by(cause)
        })?;
    }
    scores::write(&book, on(&mut workbook, Title::Scores)?)?;
    matrix::write(&book, on(&mut workbook, Title::Matrix)?)?;
    sectors::write(&book, on(&mut workbook, Title::Sectors)?)?;
    compare::write(&book, on(&mut workbook, Title::Compare)?)?;
    omitted.indicators = indicators::write(&book, on(&mut workbook, Title::Indicators)?, &mut omitted)?;
    evidence.write(&book, on(&mut workbook, Title::Evidence)?, &mut omitted)?;
    weights::write(&book, on(&mut workbook, Title::Model)?)?;
    read_me::write(&book, &omitted, on(&mut workbook, Title::ReadMe)?)?;
    for (name, range) in book.layout.defined_names(&book.words) {
        workbook.define_name(name, &range).map_err(failed)?;
    }
    workbook.save(path).map_err(|cause| failed(cause).at_file(path))
}

fn on(workbook: &mut Workbook, title: Title) -> Result<&mut Worksheet> {
    workbook.worksheet_from_index(title as usize).map_err(failed)
}

/// Title and subject; the day of the latest document stands for the day of making, so that the same run gives the same bytes.
fn properties(book: &Book<'_>) -> Result<DocProperties> {
    let made = match book.findings.corpus.last {
        Some(day) if day.year() >= 1900 => {
            ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())
        }
        _ => ExcelDateTime::from_ymd(2000, 1, 1),
    };
    Ok(DocProperties::new()
        .set_title(book.words.say("title"))
        .set_author(concat!("goulet ", env!("CARGO_PKG_VERSION")))
        .set_creation_datetime(&made.map_err(failed)?))
}
