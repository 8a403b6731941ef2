//! A document as every later stage sees it.

use jiff::civil::Date;

use crate::codes::Language;

/// One news item, communiqué or notice: the unit that is counted.
///
/// `text` is `title + "\n\n" + body`, whatever the format it came from; every offset in `mentions.csv` is a byte
/// offset into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The document's own id, or its path without extension (with `#record` for a file of many).
    pub id: String,
    /// Publication date; a document without one counts in period `all` only.
    pub date: Option<Date>,
    /// Given, or detected from the text.
    pub language: Language,
    /// Publisher (`source` in the input), empty when unknown.
    pub publisher: String,
    /// Address, empty when unknown.
    pub url: String,
    /// Title, a blank line, body.
    pub text: String,
    /// Length of the title in bytes: `text[..title_len]`.
    pub title_len: usize,
}

impl Document {
    /// The title.
    pub fn title(&self) -> &str {
        &self.text[..self.title_len]
    }

    /// The body, after the blank line.
    pub fn body(&self) -> &str {
        self.text.get(self.title_len + 2..).unwrap_or("")
    }

    /// Joins title and body as the contract says.
    pub fn join(title: &str, body: &str) -> String {
        let mut text = String::with_capacity(title.len() + 2 + body.len());
        text.push_str(title);
        text.push_str("\n\n");
        text.push_str(body);
        text
    }
}
