//! Plain text and Markdown: one document a file, the first line its title unless front matter gives one.

use std::io::Read;

use crate::corpus::decode;
use crate::corpus::fault::Fault;
use crate::corpus::fields::{Field, Fields};

use super::{Format, Limits, Pending, Reader, Stream, broken_off, front_matter, oversized};

pub(super) const PLAIN: Format = Format {
    name: "text",
    extensions: &["txt"],
    is_many: false,
    open: |stream, limits| Ok(Box::new(Text { stream: Some(stream), limits, fault: None, is_markdown: false })),
};

pub(super) const MARKDOWN: Format = Format {
    name: "markdown",
    extensions: &["md"],
    is_many: false,
    open: |stream, limits| Ok(Box::new(Text { stream: Some(stream), limits, fault: None, is_markdown: true })),
};

struct Text {
    stream: Option<Stream>,
    limits: Limits,
    /// What ended the reading early, said after the document.
    fault: Option<Fault>,
    is_markdown: bool,
}

impl Reader for Text {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        let Some(stream) = self.stream.take() else { return self.fault.take().map(Err) };
        let mut bytes = Vec::new();
        if let Err(error) = stream.take(self.limits.max_record as u64 + 1).read_to_end(&mut bytes) {
            self.fault = Some(broken_off(&error));
            if bytes.is_empty() {
                return self.fault.take().map(Err);
            }
        }
        if bytes.len() > self.limits.max_record {
            return Some(Err(oversized("file", self.limits.max_record)));
        }
        let (is_markdown, len) = (self.is_markdown, bytes.len());
        let parse = move |faults: &mut Vec<Fault>| parse(&decode::whole(bytes, faults)?, is_markdown);
        Some(Ok(Pending::new(1, 1, len, parse)))
    }
}

/// Front matter, title and body of a text; nothing when it is blank.
fn parse(text: &str, is_markdown: bool) -> Option<Fields> {
    let (mut fields, text) = front_matter::split(text);
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
        let mut fields = parse(text, is_markdown)?;
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
