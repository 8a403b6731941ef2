//! Words of documents met lately: wire copy that every paper prints is parsed, told a language and read one time.

use std::any::Any;
use std::sync::{Arc, OnceLock, Weak};

use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use super::{Document, Fingerprint, language};
use crate::codes::Language;
use crate::lately::Lately;

/// Bytes that all may take together, with what was made of them.
const ROOM: usize = 128 << 20;

/// Title and text of a document, and what is found out of these alone.
#[derive(Debug)]
pub(super) struct Words {
    /// As that of a document.
    pub text: Arc<str>,
    /// As that of a document.
    pub title_len: usize,
    /// The language told, once it was asked for.
    told: OnceLock<Language>,
    /// The fingerprint, likewise.
    print: OnceLock<Arc<Fingerprint>>,
    /// What a later stage made of these words in a language.
    made: OnceLock<(Language, Arc<dyn Any + Send + Sync>)>,
    /// Among which words these are known, and by which hash.
    home: (Weak<Known>, u128),
}

impl Words {
    /// The language of the text.
    pub fn language(&self) -> Language {
        *self.told.get_or_init(|| language::detect(&self.text))
    }

    /// The fingerprint of a document with these words.
    pub fn print(&self, document: &Document) -> Arc<Fingerprint> {
        Arc::clone(self.print.get_or_init(|| Arc::new(Fingerprint::of_document(document))))
    }

    /// What was made of these words in a language.
    pub fn made<T: Send + Sync + 'static>(&self, language: Language) -> Option<Arc<T>> {
        let (_, made) = self.made.get().filter(|(of, _)| *of == language)?;
        Arc::clone(made).downcast().ok()
    }

    /// Keeps what was made of these words in a language, which takes `size` bytes; the first that is kept stays.
    pub fn keep<T: Send + Sync + 'static>(&self, language: Language, made: Arc<T>, size: usize) {
        let (known, key) = &self.home;
        if self.made.set((language, made)).is_ok()
            && let Some(known) = known.upgrade()
        {
            known.0.grow(*key, size);
        }
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

impl Known {
    /// The words of a title and a body.
    pub fn of_text(self: &Arc<Self>, title: &str, body: &str) -> Arc<Words> {
        let key = key([title.as_bytes(), body.as_bytes()], PLAIN);
        self.0.get(key).unwrap_or_else(|| self.add(key, (Document::join(title, body), title.len())))
    }

    /// The words of a title and a body as they are written in JSON; where they are not known, those that `join` gives, if any, with the
    /// bytes of the title.
    pub fn of_json(
        self: &Arc<Self>,
        title: Option<&str>,
        body: &str,
        join: impl FnOnce() -> Option<(Arc<str>, usize)>,
    ) -> Option<Arc<Words>> {
        let key = key([title.unwrap_or_default().as_bytes(), body.as_bytes()], JSON);
        self.0.get(key).or_else(|| join().map(|joined| self.add(key, joined)))
    }

    fn add(self: &Arc<Self>, key: u128, (text, title_len): (Arc<str>, usize)) -> Arc<Words> {
        let (told, print, made) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let words = Arc::new(Words { text, title_len, told, print, made, home: (Arc::downgrade(self), key) });
        let size = words.text.len() + size_of::<Words>() + size_of::<Fingerprint>();
        self.0.keep(key, Arc::clone(&words), size);
        words
    }
}

/// Seeds of the hashes of texts that are written plainly and in JSON: one may look like another of the other kind.
const PLAIN: u64 = 1;
const JSON: u64 = 2;

fn key([title, body]: [&[u8]; 2], seed: u64) -> u128 {
    xxh3_128_with_seed(body, xxh3_64_with_seed(title, seed))
}
