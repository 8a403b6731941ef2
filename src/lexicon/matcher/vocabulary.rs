//! The distinct words of all forms of a language: a word of the text is looked up once, and most are not among them.

/// Number of a word; 0 for one that no form has.
pub type WordId = u32;

/// An open-addressed table of word hashes. Two words of one hash would be taken for one: whole forms are compared letter by
/// letter where they match, so that this can only cost time.
#[derive(Debug)]
pub struct Vocabulary {
    /// (upper half of the hash, word); the word is 0 where the slot is empty. A power of two, at most a quarter full, so that
    /// most words that are not there meet an empty slot at once.
    slots: Vec<(u32, WordId)>,
    /// Hash of each word but the first, which is none.
    hashes: Vec<u64>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { slots: vec![(0, 0); 1024], hashes: vec![0] }
    }
}

impl Vocabulary {
    /// The number of `word`, given now if it has none.
    pub fn add(&mut self, word: &[u8]) -> WordId {
        if 4 * self.hashes.len() >= self.slots.len() {
            self.slots = vec![(0, 0); 2 * self.slots.len()];
            for (word, hash) in self.hashes.iter().enumerate().skip(1) {
                let slot = slot(&self.slots, *hash);
                self.slots[slot] = (upper(*hash), word as WordId);
            }
        }
        let hash = hash(word);
        let slot = slot(&self.slots, hash);
        if self.slots[slot].1 == 0 {
            self.slots[slot] = (upper(hash), self.hashes.len() as WordId);
            self.hashes.push(hash);
        }
        self.slots[slot].1
    }

    /// The number of `word`; 0 where no form has it.
    #[inline]
    pub fn find(&self, word: &[u8]) -> WordId {
        self.slots[slot(&self.slots, hash(word))].1
    }

    /// Highest number given; the words have all from 1 to this.
    pub fn last(&self) -> usize {
        self.hashes.len() - 1
    }
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Where a word of this hash is or would be.
#[inline]
fn slot(slots: &[(u32, WordId)], hash: u64) -> usize {
    let mask = slots.len() - 1;
    let mut slot = hash as usize & mask;
    while slots[slot].1 != 0 && slots[slot].0 != upper(hash) {
        slot = (slot + 1) & mask;
    }
    slot
}

/// A hash made for words: most have at most eight letters, which are read at once.
#[inline]
fn hash(word: &[u8]) -> u64 {
    let mut state = word.len() as u64;
    let mut rest = word;
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        state = mix(state ^ u64::from_le_bytes(*eight));
        rest = after;
    }
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        state ^= u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
    } else if let (Some(first), Some(middle), Some(last)) = (rest.first(), rest.get(rest.len() / 2), rest.last()) {
        state ^= (u64::from(*first) | u64::from(*middle) << 8 | u64::from(*last) << 16) << 7;
    }
    mix(state)
}

fn mix(value: u64) -> u64 {
    let product = u128::from(value ^ 0x243F_6A88_85A3_08D3) * 0x9E37_79B9_7F4A_7C15;
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_number() {
        let mut vocabulary = Vocabulary::default();
        let words: Vec<String> = (0..2000).map(|i| format!("word{i}")).collect();
        let ids: Vec<_> = words.iter().map(|word| vocabulary.add(word.as_bytes())).collect();
        assert_eq!(vocabulary.last(), 2000);
        assert!(words.iter().zip(&ids).all(|(word, id)| vocabulary.find(word.as_bytes()) == *id));
        assert_eq!(vocabulary.find(b"other"), 0);
        assert_eq!(vocabulary.add(b"word7"), ids[7]);
    }
}
