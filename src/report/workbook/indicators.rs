//! Sheet Indicators: the rows of `indicators.csv`, each value with its interval and where it comes from.

use rust_xlsxwriter::Worksheet;

use super::sheet::{Cells, MOST_ROWS, failed, row_number};
use super::{Book, Omitted};
use crate::error::Result;

const HEADER: u32 = 2;
const FIRST: u32 = 3;

/// Columns: key of the header, width.
const COLUMNS: [(&str, f64); 13] = [
    ("sector", 28.0),
    ("sector_code", 13.0),
    ("country", 22.0),
    ("country_code", 6.0),
    ("period", 9.0),
    ("indicator", 34.0),
    ("indicator_code", 24.0),
    ("value", 11.0),
    ("low", 11.0),
    ("high", 11.0),
    ("documents", 11.0),
    ("basis", 20.0),
    ("provenance", 90.0),
];

/// Returns how many rows found no room.
pub fn write(book: &Book<'_>, sheet: &mut Worksheet, omitted: &mut Omitted) -> Result<usize> {
    let (words, styles) = (&book.words, &book.styles);
    sheet.heading(words.say("indicators_title"), &styles.title)?;
    for (column, (key, width)) in (0..).zip(COLUMNS) {
        let format = match column {
            7..11 => &styles.header_number,
            11 => &styles.header_beside,
            _ => &styles.header,
        };
        sheet.text((HEADER, column), words.say(key), format)?;
        sheet.set_column_width(column, width).map_err(failed)?;
    }
    let (mut row, mut left_out) = (FIRST, 0);
    for of in book.findings.indicators.rows()? {
        let period = of.period.to_string();
        if !book.computed.periods.contains(&period.as_str()) || row as usize >= MOST_ROWS {
            left_out += 1;
            continue;
        }
        sheet.text((row, 0), words.sector(&of.sector), &styles.text)?;
        sheet.text((row, 1), of.sector.as_str(), &styles.code)?;
        sheet.text((row, 2), words.country(&of.country), &styles.text)?;
        sheet.text((row, 3), of.country.as_str(), &styles.code)?;
        sheet.text((row, 4), &period, &styles.text)?;
        sheet.text((row, 5), words.indicator(of.indicator.as_str()), &styles.text)?;
        sheet.text((row, 6), of.indicator.as_str(), &styles.code)?;
        for (column, value) in (7..).zip([of.value, of.low, of.high]) {
            sheet.number((row, column), value, &styles.value)?;
        }
        sheet.number((row, 10), of.documents.map(f64::from), &styles.count)?;
        sheet.text((row, 11), words.of("basis", of.basis.as_str()), &styles.beside)?;
        omitted.cut += usize::from(sheet.text((row, 12), &of.provenance, &styles.text)?);
        row += 1;
    }
    sheet.set_row_height(HEADER, 30).map_err(failed)?;
    sheet.set_freeze_panes(FIRST, 6).map_err(failed)?;
    let last = row.max(FIRST + 1) - 1;
    sheet.autofilter(HEADER, 0, last, row_number(COLUMNS.len() - 1) as u16).map_err(failed)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(HEADER, HEADER).map_err(failed)?;
    Ok(left_out)
}
