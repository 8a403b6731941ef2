//! A document as every later stage sees it.

use std::sync::Arc;

use jiff::civil::Date;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

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
    pub text: Arc<str>,
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

    /// A hash of language, title and text: documents that share it say the same. Under another seed, another.
    pub fn key(&self, seed: u64) -> u128 {
        let mut head = [0; 16];
        head[..8].copy_from_slice(&(self.title_len as u64).to_le_bytes());
        for (byte, letter) in head[8..].iter_mut().zip(self.language.as_str().bytes()) {
            *byte = letter;
        }
        xxh3_128_with_seed(self.text.as_bytes(), xxh3_64_with_seed(&head, seed))
    }

    /// Joins title and body as the contract says.
    pub fn join(title: &str, body: &str) -> Arc<str> {
        let mut text = String::with_capacity(title.len() + 2 + body.len());
        text.push_str(title);
        text.push_str("\n\n");
        text.push_str(body);
        text.into()
    }
}
