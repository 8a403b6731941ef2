//! Sheet Read me: what this is, from what and of when, how to read it, how to change a weight, what is not in it.

use rust_xlsxwriter::{Url, Worksheet};

use super::sheet::{Cells, Title, failed};
use super::{Book, Omitted, weights};
use crate::error::Result;

/// Characters on a line of the second column.
const LINE: usize = 105;

/// The sheet as it is written from top to bottom.
struct Page<'a, 'b> {
    book: &'a Book<'b>,
    sheet: &'a mut Worksheet,
    row: u32,
}

pub fn write(book: &Book<'_>, omitted: &Omitted, sheet: &mut Worksheet) -> Result<()> {
    let words = &book.words;
    sheet.set_column_width(0, 26).map_err(failed)?;
    sheet.set_column_width(1, 105).map_err(failed)?;
    sheet.set_screen_gridlines(false);
    sheet.set_portrait().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.heading(words.say("title"), &book.styles.title)?;
    let mut page = Page { book, sheet, row: 1 };
    page.line("", words.say("what"))?;
    from_what(&mut page)?;
    sheets(&mut page)?;
    page.section("how_to_read")?;
    for key in ["read_score", "read_rank", "read_coverage", "read_status", "read_missing", "read_colours"] {
        page.entry(key)?;
    }
    page.section("how_to_change")?;
    for key in ["change_weight", "change_goalposts", "change_threshold", "change_keep"] {
        page.entry(key)?;
    }
    page.section("what_stays")?;
    for key in weights::not_followed(book) {
        page.entry(key)?;
    }
    left_out(&mut page, omitted)
}

/// Documents, dates, data, model, version.
fn from_what(page: &mut Page<'_, '_>) -> Result<()> {
    let (findings, words) = (page.book.findings, page.book.words);
    let documents = &findings.corpus;
    page.section("from_what")?;
    let languages: Vec<String> =
        documents.languages.iter().map(|(language, count)| format!("{language} {}", words.count(*count))).collect();
    let of_documents = [
        ("documents", words.count(findings.documents.into())),
        ("publishers", words.count(documents.publishers as u64)),
        ("languages", languages.join(", ")),
        ("mentions", words.count(findings.mentions)),
    ];
    page.line(words.say("documents"), &words.fill("from_documents", &of_documents))?;
    let dates = match (documents.first, documents.last) {
        (Some(first), Some(last)) => {
            let undated = words.count(documents.undated);
            words.fill("from_dates", &[("first", first.to_string()), ("last", last.to_string()), ("undated", undated)])
        }
        _ => words.say("from_no_dates").to_owned(),
    };
    page.line(words.say("dates"), &dates)?;
    let periods: Vec<&str> = page.book.computed.periods.iter().map(|period| words.period(period)).collect();
    page.line(words.say("periods"), &periods.join(", "))?;
    page.line(words.say("data"), words.say(&findings.data_name))?;
    page.line(words.say("model"), &findings.model_name)?;
    page.line(words.say("version"), concat!("goulet ", env!("CARGO_PKG_VERSION")))
}

/// One line a sheet, linked.
fn sheets(page: &mut Page<'_, '_>) -> Result<()> {
    page.section("sheets")?;
    for (title, key) in [
        (Title::Scores, "sheet_scores"),
        (Title::Matrix, "sheet_matrix"),
        (Title::Sectors, "sheet_sectors"),
        (Title::Compare, "sheet_compare"),
        (Title::Indicators, "sheet_indicators"),
        (Title::Evidence, "sheet_evidence"),
        (Title::Model, "sheet_model"),
    ] {
        let name = page.book.words.title(title);
        let target = format!("internal:'{}'!A1", name.replace('\'', "''"));
        page.line(name, page.book.words.say(key))?;
        let link = Url::new(target).set_text(name);
        page.sheet.write_url_with_format(page.row - 1, 0, link, &page.book.styles.link).map_err(failed)?;
    }
    Ok(())
}

/// What found no room, and where it is.
fn left_out(page: &mut Page<'_, '_>, omitted: &Omitted) -> Result<()> {
    let all = [
        ("left_periods", omitted.periods as u64),
        ("left_mentions", omitted.mentions),
        ("left_indicators", omitted.indicators as u64),
        ("left_links", omitted.links as u64),
        ("left_cut", omitted.cut as u64),
    ];
    page.section("left_out")?;
    let words = page.book.words;
    if all.iter().all(|(_, count)| *count == 0) {
        return page.line("", words.say("left_nothing"));
    }
    for (key, count) in all.into_iter().filter(|(_, count)| *count > 0) {
        page.line("", &words.fill(key, &[("count", words.count(count))]))?;
    }
    Ok(())
}

impl Page<'_, '_> {
    fn section(&mut self, key: &'static str) -> Result<()> {
        self.row += 1;
        self.sheet.text((self.row, 0), self.book.words.say(key), &self.book.styles.section)?;
        self.row += 1;
        Ok(())
    }

    /// A sentence with its heading: `KEY` and `KEY_text`.
    fn entry(&mut self, key: &'static str) -> Result<()> {
        let words = self.book.words;
        let text = format!("{key}_text");
        let text = words.fill(&text, &[("minimum", percent(self.book.findings.model.settings.ranking.min_coverage))]);
        self.line(words.say(key), &text)
    }

    fn line(&mut self, heading: &str, text: &str) -> Result<()> {
        let styles = &self.book.styles;
        self.sheet.text((self.row, 0), heading, &styles.label)?;
        self.sheet.text((self.row, 1), text, &styles.wrapped)?;
        let lines = text.chars().count().div_ceil(LINE).clamp(1, 25);
        self.sheet.set_row_height(self.row, 14.0 * lines as f64).map_err(failed)?;
        self.row += 1;
        Ok(())
    }
}

fn percent(share: f64) -> String {
    format!("{} %", (1000.0 * share).round() / 10.0)
}
