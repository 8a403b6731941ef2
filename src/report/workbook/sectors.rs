//! Sheet Sectors: the means of Scores over the countries that supply a sector, as formulas.

use rust_xlsxwriter::Worksheet;

use super::Book;
use super::formula::sector_mean;
use super::layout::{column, in_row};
use super::sheet::{Cells, Title, failed, row_number};
use super::style;
use crate::error::Result;
use crate::report::tables::SectorRow;

const HEADER: u32 = 3;
/// First row with a sector.
pub const FIRST: u32 = 4;
const NAME: u16 = 0;
const CODE: u16 = 1;
const PERIOD: u16 = 2;
/// The first measure: the score, then the headline nodes.
pub const SCORE: u16 = 3;

/// The rows of the sheet: periods the latest first, in each the sector of highest risk first.
pub fn rows<'a>(book: &'a Book<'_>) -> Vec<&'a SectorRow> {
    let place = |row: &SectorRow| book.computed.periods.iter().position(|period| *period == row.period);
    let mut rows: Vec<(usize, &SectorRow)> =
        book.findings.sectors.iter().filter_map(|row| Some((place(row)?, row))).collect();
    let risk = |row: &SectorRow| row.risk.unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| a.0.cmp(&b.0).then(risk(b.1).total_cmp(&risk(a.1))).then(a.1.sector.cmp(&b.1.sector)));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The column after the measures: the first of the facts.
fn facts(book: &Book<'_>) -> u16 {
    SCORE + 1 + u16::try_from(book.layout.headline.len()).unwrap_or(0)
}

/// Column with sector/period, for look-ups.
pub fn key(book: &Book<'_>) -> u16 {
    facts(book) + 5
}

/// A column of all rows, from any sheet.
pub fn all(book: &Book<'_>, column: u16) -> String {
    let last = FIRST + row_number(rows(book).len().max(1)) - 1;
    let range = rust_xlsxwriter::utility::cell_range_absolute(FIRST, column, last, column);
    let title = rust_xlsxwriter::utility::quote_sheet_name(book.words.title(Title::Sectors));
    format!("{title}!{range}")
}

pub fn write(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles, layout) = (&book.words, &book.styles, &book.layout);
    sheet.heading(words.say("sectors_title"), &styles.title)?;
    sheet.text((1, 0), words.say("sectors_note"), &styles.note)?;
    headers(book, sheet)?;
    let first_fact = facts(book);
    for (index, of) in rows(book).into_iter().enumerate() {
        let row = FIRST + row_number(index);
        sheet.text((row, NAME), words.sector(&of.sector), &styles.text)?;
        sheet.text((row, CODE), of.sector.as_str(), &styles.code)?;
        sheet.text((row, PERIOD), &of.period, &styles.text)?;
        for (at, &node) in (SCORE..).zip(std::iter::once(&layout.root).chain(&layout.headline)) {
            let column = if node == layout.root { column::SCORE } else { layout.nodes[node] };
            let formula = sector_mean(layout, &in_row(row, CODE), &in_row(row, PERIOD), column);
            let result = book.computed.sector_mean(of.sector, &of.period, node);
            sheet.formula((row, at), &formula, result, &styles.score)?;
        }
        sheet.number((row, first_fact), of.hhi, &styles.value)?;
        let country = of.top_country.as_ref();
        sheet.text((row, first_fact + 1), country.map_or("", |country| words.country(country)), &styles.beside)?;
        sheet.text((row, first_fact + 2), country.map_or("", |country| country.as_str()), &styles.code)?;
        sheet.number((row, first_fact + 3), of.top_share, &styles.share)?;
        sheet.number((row, first_fact + 4), Some(f64::from(of.documents)), &styles.count)?;
        sheet.text((row, key(book)), &format!("{}/{}", of.sector, of.period), &styles.working_text)?;
    }
    shape(book, sheet)
}

fn headers(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles, layout) = (&book.words, &book.styles, &book.layout);
    for (column, key) in (NAME..).zip(["sector", "sector_code", "period"]) {
        sheet.text((HEADER, column), words.say(key), &styles.header)?;
    }
    let nodes = book.findings.model.tree.nodes();
    for (column, &node) in (SCORE..).zip(std::iter::once(&layout.root).chain(&layout.headline)) {
        sheet.text((HEADER, column), words.of("node", nodes[node].code()), &styles.header_number)?;
    }
    let facts_headers = ["hhi", "top_country", "country_code", "top_share", "sector_documents", "helper_key"];
    for (column, key) in (facts(book)..).zip(facts_headers) {
        let format = match key {
            "top_country" => &styles.header_beside,
            "country_code" => &styles.header,
            _ => &styles.header_number,
        };
        sheet.text((HEADER, column), words.say(key), format)?;
    }
    Ok(())
}

fn shape(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let last_row = FIRST + row_number(rows(book).len().max(1)) - 1;
    let (first_fact, last) = (facts(book), key(book));
    for (column, width) in [(NAME, 34.0), (CODE, 24.0), (PERIOD, 9.0)] {
        sheet.set_column_width(column, width).map_err(failed)?;
    }
    sheet.set_column_width(SCORE, 18).map_err(failed)?;
    sheet.set_column_range_width(SCORE + 1, first_fact, 15).map_err(failed)?;
    sheet.set_column_width(first_fact + 1, 24).map_err(failed)?;
    sheet.set_column_range_width(first_fact + 2, last - 1, 11).map_err(failed)?;
    sheet.set_column_width(last, 24).map_err(failed)?;
    sheet.set_row_height(HEADER, 44).map_err(failed)?;
    sheet.set_freeze_panes(FIRST, SCORE).map_err(failed)?;
    sheet.autofilter(HEADER, 0, last_row, last - 1).map_err(failed)?;
    sheet.group_columns_collapsed(last, last).map_err(failed)?;
    sheet.add_conditional_format(FIRST, SCORE, last_row, first_fact - 1, &style::heat(book.scale())).map_err(failed)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADER, HEADER).map_err(failed)?;
    sheet.set_print_area(0, 0, last_row, last - 1).map_err(failed)?;
    Ok(())
}
