//! Sheet Evidence: one row a mention, with the document named, dated and linked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Url, Worksheet};

use super::sheet::{Cells, failed, row_number};
use super::{Book, Omitted};
use crate::error::Result;
use crate::report::findings::Findings;
use crate::report::tables::{DocumentRow, MentionRow, stream_while};

const HEADER: u32 = 2;
const FIRST: u32 = 3;

/// Mentions the sheet holds; more would make a file that few programs open in good time.
pub const MOST_MENTIONS: usize = 100_000;

/// Links a sheet of the format holds.
const MOST_LINKS: usize = 65_530;

/// Columns: key of the header, width.
const COLUMNS: [(&str, f64); 19] = [
    ("date", 11.0),
    ("publisher", 20.0),
    ("document_title", 44.0),
    ("evidence", 90.0),
    ("channel", 20.0),
    ("sector", 26.0),
    ("material", 20.0),
    ("origin", 20.0),
    ("target", 20.0),
    ("measure_status", 14.0),
    ("severity", 10.0),
    ("certainty", 10.0),
    ("weight", 10.0),
    ("address", 40.0),
    ("document", 30.0),
    ("sector_code", 14.0),
    ("origin_code", 8.0),
    ("target_code", 8.0),
    ("lexeme", 30.0),
];

/// The mentions that find room, and their documents.
#[derive(Debug)]
pub struct Evidence {
    mentions: Vec<MentionRow>,
    left_out: u64,
    /// Title and address of the documents that state something, by id.
    named: BTreeMap<String, (String, String)>,
}

impl Evidence {
    /// Reads the staged tables, row by row, as far as there is room.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(findings: &Findings<'_>) -> Result<Self> {
        let mut mentions: Vec<MentionRow> = Vec::new();
        stream_while(&findings.opening.mentions, |row| {
            mentions.push(row);
            mentions.len() < MOST_MENTIONS
        })?;
        let left_out = findings.mentions - mentions.len() as u64;
        let mut wanted: BTreeSet<&str> = mentions.iter().map(|row| row.doc_id.as_str()).collect();
        let mut named = BTreeMap::new();
        stream_while(&findings.opening.documents, |row: DocumentRow| {
            if wanted.remove(row.doc_id.as_str()) {
                named.insert(row.doc_id, (row.title, row.url));
            }
            !wanted.is_empty()
        })?;
        // The latest first; those of one day in the order of `mentions.csv`.
        mentions.sort_by(|a, b| b.date.cmp(&a.date));
        Ok(Self { mentions, left_out, named })
    }

    /// Writes the sheet.
    pub fn write(&self, book: &Book<'_>, sheet: &mut Worksheet, omitted: &mut Omitted) -> Result<()> {
        let (words, styles) = (&book.words, &book.styles);
        omitted.mentions = self.left_out;
        sheet.heading(words.say("evidence_title"), &styles.title)?;
        for (column, (key, width)) in (0..).zip(COLUMNS) {
            let format = if (10..13).contains(&column) { &styles.header_number } else { &styles.header };
            sheet.text((HEADER, column), words.say(key), format)?;
            sheet.set_column_width(column, width).map_err(failed)?;
        }
        // Before its cells, as a sheet that does not stay in memory wants it.
        sheet.set_row_height(HEADER, 30).map_err(failed)?;
        let mut links = 0;
        for (index, mention) in self.mentions.iter().enumerate() {
            self.row(book, sheet, FIRST + row_number(index), mention, (&mut links, omitted))?;
        }
        let last = FIRST + row_number(self.mentions.len().max(1)) - 1;
        sheet.set_freeze_panes(FIRST, 1).map_err(failed)?;
        sheet.autofilter(HEADER, 0, last, row_number(COLUMNS.len()) as u16 - 1).map_err(failed)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(HEADER, HEADER).map_err(failed)?;
        sheet.set_print_area(0, 0, last, 9).map_err(failed)?;
        Ok(())
    }

    fn row(
        &self,
        book: &Book<'_>,
        sheet: &mut Worksheet,
        row: u32,
        mention: &MentionRow,
        (links, omitted): (&mut usize, &mut Omitted),
    ) -> Result<()> {
        let (words, styles) = (&book.words, &book.styles);
        let (title, url) = self.named.get(&mention.doc_id).map_or(("", ""), |(title, url)| (title, url));
        let mut cut = 0;
        let mut text = |column: u16, value: &str, format: &Format| -> Result<()> {
            cut += usize::from(sheet.text((row, column), value, format)?);
            Ok(())
        };
        text(1, &mention.publisher, &styles.top)?;
        text(2, title, &styles.wrapped)?;
        text(3, &mention.evidence, &styles.wrapped)?;
        text(4, words.of("channel", &mention.channel), &styles.top)?;
        text(5, words.sector(&mention.sector), &styles.top)?;
        text(6, mention.material.as_deref().map_or("", |code| words.of("material", code)), &styles.top)?;
        text(7, mention.origin.as_ref().map_or("", |country| words.country(country)), &styles.top)?;
        text(8, mention.target.as_ref().map_or("", |country| words.country(country)), &styles.top)?;
        text(9, words.of("status", &mention.status), &styles.top)?;
        text(14, &mention.doc_id, &styles.code_top)?;
        text(15, mention.sector.as_str(), &styles.code_top)?;
        text(16, mention.origin.as_ref().map_or("", |country| country.as_str()), &styles.code_top)?;
        text(17, mention.target.as_ref().map_or("", |country| country.as_str()), &styles.code_top)?;
        text(18, &mention.lexeme, &styles.code_top)?;
        omitted.cut += cut;
        for (column, value) in (10..).zip([mention.severity, mention.certainty, mention.weight]) {
            sheet.number((row, column), Some(value), &styles.value_top)?;
        }
        let lines = [(title, 44), (&mention.evidence, 90)].map(|(text, width)| text.chars().count().div_ceil(width));
        let lines = lines.into_iter().max().unwrap_or(1).clamp(1, 25);
        sheet.set_row_height(row, 13.5 * lines as f64).map_err(failed)?;
        date(sheet, (row, 0), &mention.date, &styles.date)?;
        let is_link = *links < MOST_LINKS && link(sheet, (row, 13), url, &styles.link)?;
        *links += usize::from(is_link);
        if !is_link {
            omitted.links += usize::from(is_address(url));
            omitted.cut += usize::from(sheet.text((row, 13), url, &styles.top)?);
        }
        Ok(())
    }
}

/// A day as a date; what is none, as text.
fn date(sheet: &mut Worksheet, (row, column): (u32, u16), day: &str, format: &Format) -> Result<()> {
    let parsed = day.parse::<Date>().ok().filter(|day| day.year() >= 1900);
    let day_of = |day: Date| {
        let [year, month, day] = [day.year(), day.month().into(), day.day().into()].map(i16::unsigned_abs);
        ExcelDateTime::from_ymd(year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
    };
    match parsed.map(day_of) {
        Some(Ok(day)) => {
            sheet.write_datetime_with_format(row, column, day, format).map_err(failed)?;
        }
        _ => drop(sheet.text((row, column), day, format)?),
    }
    Ok(())
}

/// Whether a program may follow it: an address of the web and nothing else.
fn is_address(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(char::is_whitespace)
}

/// A link, where the address is one the format takes; tells whether it is.
fn link(sheet: &mut Worksheet, (row, column): (u32, u16), url: &str, format: &Format) -> Result<bool> {
    Ok(is_address(url) && sheet.write_url_with_format(row, column, Url::new(url), format).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert!(is_address("https://example.org/a?b=c"));
        for other in ["", "javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.c", "https://a b", "internal:'A'!A1"]
        {
            assert!(!is_address(other), "{other}");
        }
    }
}
