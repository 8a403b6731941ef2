//! What a document said, whoever published it: wire copy that every paper prints is read one time.

use std::sync::Arc;

use crate::codes::SectorId;
use crate::corpus::Document;
use crate::extract::{Entity, Mention, Reading};

/// What a document said, whatever its id, date and publisher.
#[derive(Debug)]
pub struct Said {
    /// The sectors that it names.
    pub sectors: Vec<SectorId>,
    /// As read in the first document with these words.
    pub reading: Reading,
}

impl Said {
    /// Bytes of memory, nearly.
    pub fn size(&self) -> usize {
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
