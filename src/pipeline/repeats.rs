//! What documents said that stand in a corpus word for word more than once: wire copy that every paper prints is read one time.

use std::sync::Arc;

use crate::codes::SectorId;
use crate::corpus::{Document, Fingerprint};
use crate::extract::{Entity, Mention, Reading};
use crate::lately::Lately;

/// Bytes that all may take together.
const ROOM: usize = 64 << 20;

/// What a document said, whatever its id, date and publisher.
#[derive(Debug)]
pub struct Said {
    /// The sectors that it names.
    pub sectors: Vec<SectorId>,
    /// Its fingerprint.
    pub print: Fingerprint,
    /// As read in the first document with these words.
    pub reading: Reading,
}

/// What was said lately, by [`Document::key`].
#[derive(Debug)]
pub struct Repeats(Lately<Said>);

impl Default for Repeats {
    fn default() -> Self {
        Self(Lately::with_room(ROOM))
    }
}

impl Repeats {
    /// What was said under a key, if it is still known.
    pub fn get(&self, key: u128) -> Option<Arc<Said>> {
        self.0.get(key)
    }

    /// Keeps what was said under a key.
    pub fn keep(&self, key: u128, said: Arc<Said>) {
        let size = said.size();
        self.0.keep(key, said, size);
    }
}

impl Said {
    /// Bytes of memory, nearly.
    fn size(&self) -> usize {
        let of = |mention: &Mention| size_of::<Mention>() + mention.evidence.len() + mention.lexeme.len();
        let mentions: usize = self.reading.mentions.iter().map(of).sum();
        size_of::<Self>() + mentions + self.reading.entities.len() * size_of::<Entity>() + self.sectors.len()
    }

    /// The same as said by another document with these words.
    pub fn by(&self, document: &Document) -> Reading {
        let Reading { mentions, entities } = &self.reading;
        if mentions.is_empty() && entities.is_empty() {
            return Reading::default();
        }
        let (id, publisher) = (Arc::<str>::from(document.id.as_str()), Arc::<str>::from(document.publisher.as_str()));
        let mention = |mention: &Mention| Mention {
            doc_id: Arc::clone(&id),
            date: document.date,
            publisher: Arc::clone(&publisher),
            ..mention.clone()
        };
        let entity = |entity: &Entity| Entity { doc_id: Arc::clone(&id), ..entity.clone() };
        Reading { mentions: mentions.iter().map(mention).collect(), entities: entities.iter().map(entity).collect() }
    }
}
