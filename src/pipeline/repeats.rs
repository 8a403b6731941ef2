//! What documents said that stand in a corpus word for word more than once: wire copy that every paper prints is read one time.
//!
//! Only the time depends on it. Memory is bounded: what was met last is kept, and where that is too much the older half is let go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

use crate::codes::SectorId;
use crate::corpus::{Document, Fingerprint};
use crate::extract::{Entity, Mention, Reading};

/// Bytes that all may take together.
const ROOM: usize = 64 << 20;
/// Parts with a lock each, so that threads hardly wait for one another; a power of two.
const PARTS: usize = 16;
/// Bytes of an entry that says nothing.
const ENTRY: usize = size_of::<Said>() + 64;

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

/// What was said lately, by what documents are known by.
#[derive(Debug, Default)]
pub struct Repeats {
    parts: [Mutex<Part>; PARTS],
}

/// Two generations: when the younger is full it becomes the older, which goes.
#[derive(Debug, Default)]
struct Part {
    young: HashMap<u128, Arc<Said>>,
    old: HashMap<u128, Arc<Said>>,
    /// Bytes of the younger.
    bytes: usize,
}

impl Repeats {
    /// What documents of the same words share: a hash of language, title and text.
    pub fn key(document: &Document) -> u128 {
        let mut hash = Xxh3::new();
        hash.update(document.language.as_str().as_bytes());
        hash.update(&(document.title_len as u64).to_le_bytes());
        hash.update(document.text.as_bytes());
        hash.digest128()
    }

    /// What was said under a key, if it is still known.
    pub fn get(&self, key: u128) -> Option<Arc<Said>> {
        let mut part = self.part(key).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = part.young.get(&key) {
            return Some(Arc::clone(said));
        }
        let said = part.old.remove(&key)?;
        part.keep(key, Arc::clone(&said));
        Some(said)
    }

    /// Keeps what was said under a key.
    pub fn keep(&self, key: u128, said: Arc<Said>) {
        self.part(key).lock().unwrap_or_else(PoisonError::into_inner).keep(key, said);
    }

    fn part(&self, key: u128) -> &Mutex<Part> {
        &self.parts[key as usize % PARTS]
    }
}

impl Part {
    fn keep(&mut self, key: u128, said: Arc<Said>) {
        let size = said.size();
        if self.bytes + size > ROOM / PARTS / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert(key, said);
    }
}

impl Said {
    /// Bytes of memory, nearly.
    fn size(&self) -> usize {
        let of = |mention: &Mention| size_of::<Mention>() + mention.evidence.len() + mention.lexeme.len();
        let mentions: usize = self.reading.mentions.iter().map(of).sum();
        ENTRY + mentions + self.reading.entities.len() * size_of::<Entity>() + self.sectors.len()
    }

    /// The same as said by another document with these words.
    pub fn by(&self, document: &Document) -> Reading {
        let Reading { mut mentions, mut entities } = self.reading.clone();
        if mentions.is_empty() && entities.is_empty() {
            return Reading { mentions, entities };
        }
        let (id, publisher) = (Arc::<str>::from(document.id.as_str()), Arc::<str>::from(document.publisher.as_str()));
        for mention in &mut mentions {
            mention.doc_id = Arc::clone(&id);
            mention.date = document.date;
            mention.publisher = Arc::clone(&publisher);
        }
        entities.iter_mut().for_each(|entity| entity.doc_id = Arc::clone(&id));
        Reading { mentions, entities }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Arc<Said> {
        Arc::new(Said { sectors: Vec::new(), print: Fingerprint::of("word"), reading: Reading::default() })
    }

    #[test]
    fn what_was_met_last_is_kept_and_memory_is_bounded() {
        let (repeats, said) = (Repeats::default(), said());
        let count = 2 * ROOM / ENTRY;
        let key = |number: usize| number as u128;
        for number in 0..count {
            repeats.keep(key(number), Arc::clone(&said));
            // Asked for again and again, it stays.
            assert!(repeats.get(key(0)).is_some(), "{number}");
        }
        assert!(repeats.get(key(count - 1)).is_some());
        assert!(repeats.get(key(1)).is_none());
        let kept: usize = repeats.parts.iter().map(|part| part.lock().unwrap().bytes).sum();
        assert!(kept <= ROOM / 2);
        let entries = |part: &Mutex<Part>| {
            let part = part.lock().unwrap();
            part.young.len() + part.old.len()
        };
        assert!(repeats.parts.iter().map(entries).sum::<usize>() * ENTRY <= ROOM);
    }
}
