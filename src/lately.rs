//! [`Lately`]: what was made lately, by a hash of what it was made of, so that what comes again is not made again.
//!
//! Only time depends on it. Memory is bounded: what was asked for last is kept, and where that is too much the older half is let go.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// Parts with a lock each, so that threads hardly wait for one another; a power of two.
const PARTS: usize = 16;
/// Bytes that an entry takes beside what it holds, nearly.
const ENTRY: usize = 96;

/// Things by their hashes.
#[derive(Debug)]
pub struct Lately<V> {
    parts: [Mutex<Part<V>>; PARTS],
    /// Bytes that the younger half of a part may take.
    room: usize,
}

/// Two generations: when the younger is full it becomes the older, which goes.
#[derive(Debug)]
struct Part<V> {
    young: Entries<V>,
    old: Entries<V>,
    /// Bytes of the younger.
    bytes: usize,
}

/// Each with its bytes.
type Entries<V> = HashMap<u128, (Arc<V>, usize), BuildHasherDefault<OfHash>>;

/// Takes what is a hash already, or a part of it.
#[derive(Debug, Default)]
pub struct OfHash(u64);

impl Hasher for OfHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write_u128(&mut self, hash: u128) {
        // The lowest bits chose the part.
        self.0 = (hash >> 64) as u64;
    }
}

impl<V> Lately<V> {
    /// Nothing yet; all may take so many bytes together.
    pub fn with_room(bytes: usize) -> Self {
        let part = || Mutex::new(Part { young: HashMap::default(), old: HashMap::default(), bytes: 0 });
        Self { parts: std::array::from_fn(|_| part()), room: bytes / PARTS / 2 }
    }

    /// What was made of what has this hash, if it is still known.
    pub fn get(&self, key: u128) -> Option<Arc<V>> {
        let mut part = self.part(key).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, _)) = part.young.get(&key) {
            return Some(Arc::clone(known));
        }
        let (known, size) = part.old.remove(&key)?;
        part.keep(key, (Arc::clone(&known), size), self.room);
        Some(known)
    }

    /// Keeps something of `size` bytes.
    pub fn keep(&self, key: u128, made: Arc<V>, size: usize) {
        self.part(key).lock().unwrap_or_else(PoisonError::into_inner).keep(key, (made, size + ENTRY), self.room);
    }

    /// Notes that something kept has become larger by so many bytes.
    pub fn grow(&self, key: u128, bytes: usize) {
        let mut part = self.part(key).lock().unwrap_or_else(PoisonError::into_inner);
        let part = &mut *part;
        if let Some((_, size)) = part.young.get_mut(&key) {
            *size += bytes;
            part.bytes += bytes;
        } else if let Some((_, size)) = part.old.get_mut(&key) {
            *size += bytes;
        }
    }

    fn part(&self, key: u128) -> &Mutex<Part<V>> {
        &self.parts[key as usize % PARTS]
    }
}

impl<V> Part<V> {
    fn keep(&mut self, key: u128, made: (Arc<V>, usize), room: usize) {
        if self.bytes + made.1 > room {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += made.1;
        self.young.insert(key, made);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_128;

    #[test]
    fn what_grows_takes_more_room() {
        let lately = Lately::with_room(PARTS * 2 * 1_000);
        for key in [0, PARTS as u128] {
            lately.keep(key, Arc::new(()), 300);
            lately.grow(key, 200);
        }
        // The younger half of a part holds 1,000 bytes: two of 596 give way to the next.
        lately.keep(2 * PARTS as u128, Arc::new(()), 300);
        let part = lately.part(0).lock().unwrap();
        assert_eq!((part.young.len(), part.old.len(), part.bytes), (1, 2, 396));
    }

    #[test]
    fn what_was_asked_for_last_is_kept_and_memory_is_bounded() {
        const ROOM: usize = 1 << 20;
        let lately = Lately::with_room(ROOM);
        let count = 2 * ROOM / ENTRY;
        let key = |number: usize| xxh3_128(&number.to_le_bytes());
        for number in 0..count {
            lately.keep(key(number), Arc::new(number), 0);
            // Asked for again and again, it stays.
            assert_eq!(lately.get(key(0)).as_deref(), Some(&0), "{number}");
        }
        assert_eq!(lately.get(key(count - 1)).as_deref(), Some(&(count - 1)));
        assert!(lately.get(key(1)).is_none());
        let entries = |part: &Mutex<Part<usize>>| {
            let part = part.lock().unwrap();
            assert!(part.bytes <= ROOM / PARTS / 2);
            part.young.len() + part.old.len()
        };
        assert!(lately.parts.iter().map(entries).sum::<usize>() * ENTRY <= ROOM);
    }
}
