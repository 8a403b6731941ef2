//! Plain text and Markdown: one document a file, the first line its title unless front matter gives one.

use crate::corpus::decode;
use crate::corpus::fields::{ColumnMap, Field, Fields};

use super::whole::Whole;
use super::{Format, Opening, Reader, front_matter};

pub(super) const PLAIN: Format =
    Format { name: "text", extensions: &["txt"], is_many: false, open: |opening| Ok(reader(opening, false)) };

pub(super) const MARKDOWN: Format =
    Format { name: "markdown", extensions: &["md"], is_many: false, open: |opening| Ok(reader(opening, true)) };

fn reader(opening: Opening, is_markdown: bool) -> Box<dyn Reader> {
    let columns = opening.columns.clone();
    Box::new(Whole::new(opening, move |bytes, faults| parse(&decode::whole(bytes, faults)?, is_markdown, &columns)))
}

/// Front matter, title and body of a text; nothing when it is blank.
fn parse(text: &str, is_markdown: bool, columns: &ColumnMap) -> Option<Fields> {
    let (mut fields, text) = front_matter::split(text, columns);
    let text = trim_blank_lines(text).trim_end();
    let has_title = fields.get(Field::Title).is_some_and(|title| !title.is_empty());
    if text.is_empty() && !has_title {
        return None;
    }
    let body = if has_title {
        text
    } else {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let title = first.trim();
        let title = if is_markdown { heading(title) } else { title };
        fields.set(Field::Title, title.to_owned(), 1);
        trim_blank_lines(rest)
    };
    fields.set(Field::Text, body.to_owned(), 1);
    Some(fields)
}

/// The text from its first line that is not blank, that line's indent kept.
fn trim_blank_lines(text: &str) -> &str {
    let indent = text.len() - text.trim_start().len();
    let line_start = text[..indent].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    &text[line_start..]
}

/// A Markdown heading without its marks.
fn heading(line: &str) -> &str {
    let bare = line.trim_start_matches('#');
    let is_heading = bare.len() < line.len() && (bare.is_empty() || bare.starts_with([' ', '\t']));
    if is_heading && !bare.trim().is_empty() { bare.trim().trim_end_matches('#').trim_end() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, is_markdown: bool) -> Option<(String, String)> {
        let mut fields = parse(text, is_markdown, &ColumnMap::default())?;
        Some((fields.take(Field::Title)?.text, fields.take(Field::Text)?.text))
    }

    fn pair(title: &str, body: &str) -> Option<(String, String)> {
        Some((title.to_owned(), body.to_owned()))
    }

    #[test]
    fn the_first_line_is_the_title() {
        assert_eq!(parsed("\n\n  Title \n\n  First.\r\nSecond.\n \n", false), pair("Title", "  First.\r\nSecond."));
        assert_eq!(parsed("Title", false), pair("Title", ""));
        assert_eq!(parsed("# Title #\nBody", true), pair("Title", "Body"));
        assert_eq!(parsed("#1 in gallium\nBody", true), pair("#1 in gallium", "Body"));
        assert_eq!(parsed("# Title\nBody", false), pair("# Title", "Body"));
        assert_eq!(parsed(" \r\n\n", false), None);
    }

    #[test]
    fn front_matter_gives_the_title_or_leaves_it_to_the_first_line() {
        assert_eq!(parsed("---\ntitle: Given\n---\n\nFirst.\n", false), pair("Given", "First."));
        assert_eq!(parsed("---\ndate: 2024-12-03\n---\nFirst.\nSecond.", false), pair("First.", "Second."));
        assert_eq!(parsed("---\ntitle: Only\n---\n", false), pair("Only", ""));
    }
}
