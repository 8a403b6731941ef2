//! Words of documents met lately: what comes again as it was written is neither parsed nor told a language a second time.

use std::sync::{Arc, OnceLock};

use super::{Document, language};
use crate::codes::Language;
use crate::lately::Lately;

/// Bytes that all may take together.
const ROOM: usize = 64 << 20;

/// Title and text of a document, and what is found out of these alone.
#[derive(Debug)]
pub(super) struct Words {
    /// As [`Document::text`].
    pub text: Arc<str>,
    /// As [`Document::title_len`].
    pub title_len: usize,
    /// The language told, once it was asked for.
    told: OnceLock<Language>,
}

impl Words {
    /// Of a title and a body.
    pub fn new(title: &str, body: &str) -> Self {
        Self { text: Document::join(title, body), title_len: title.len(), told: OnceLock::new() }
    }

    /// The language of the text.
    pub fn language(&self) -> Language {
        *self.told.get_or_init(|| language::detect(&self.text))
    }
}

/// What was met lately, by a hash of how it was written.
#[derive(Debug)]
pub(super) struct Known(Lately<Words>);

impl Default for Known {
    fn default() -> Self {
        Self(Lately::with_room(ROOM))
    }
}

/// The words of a record: known, or to be known from now on.
#[derive(Debug)]
pub(super) enum Recall {
    Found(Arc<Words>),
    New(Arc<Known>, u128),
}

impl Recall {
    /// What is known of what has this hash.
    pub fn of(known: &Arc<Known>, key: u128) -> Self {
        known.0.get(key).map_or_else(|| Self::New(Arc::clone(known), key), Self::Found)
    }

    /// Keeps the words of a record that was new.
    pub fn keep(&self, words: &Arc<Words>) {
        if let Self::New(known, key) = self {
            known.0.keep(*key, Arc::clone(words), words.text.len());
        }
    }
}
