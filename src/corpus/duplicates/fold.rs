//! Text reduced to what an editor does not change: words without case, accents, punctuation and spacing.

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::xxh3_64;

/// The folded words of a text: their hashes in order, and the hash of all.
pub(super) struct Folded {
    /// A hash per word; ideographs and kana, which know no spaces, are a word each.
    pub words: Vec<u64>,
    /// Of `words`, how many are single ideographs or kana.
    pub characters: usize,
    /// Hash of all letters and digits in order, spaces aside.
    pub content: u64,
}

impl Folded {
    pub fn of(text: &str) -> Self {
        let mut folder = Folder::with_room_for(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let ascii = folder.add_ascii(rest.as_bytes());
            let mut others = rest[ascii..].chars();
            if let Some(letter) = others.next() {
                folder.add(letter);
            }
            rest = others.as_str();
        }
        folder.end_word();
        Self { words: folder.words, characters: folder.characters, content: xxh3_64(&folder.letters) }
    }
}

struct Folder {
    words: Vec<u64>,
    characters: usize,
    /// All letters and digits, folded, one word after the other.
    letters: Vec<u8>,
    /// Where the word being read begins in them.
    start: usize,
}

/// Bytes of text to a word, where room is made for words.
const BYTES_TO_A_WORD: usize = 5;

impl Folder {
    fn with_room_for(bytes: usize) -> Self {
        let words = Vec::with_capacity(bytes / BYTES_TO_A_WORD);
        Self { words, characters: 0, letters: Vec::with_capacity(bytes), start: 0 }
    }

    /// Adds what stands before the first byte that is not ASCII; says how much that was.
    fn add_ascii(&mut self, bytes: &[u8]) -> usize {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => self.letters.push(*byte),
                b'A'..=b'Z' => self.letters.push(byte | 0x20),
                0x80.. => return at,
                _ => self.end_word(),
            }
        }
        bytes.len()
    }

    fn add(&mut self, letter: char) {
        if is_unspaced(letter) {
            self.end_word();
            self.push(letter);
            self.end_word();
            self.characters += 1;
        } else if is_whole(letter) {
            self.push(letter);
        } else {
            let before = self.letters.len();
            let mut is_separator = true;
            decompose_compatible(letter, |part| {
                if is_combining_mark(part) {
                    is_separator = false;
                } else if part.is_alphanumeric() {
                    is_separator = false;
                    part.to_lowercase().for_each(|lower| self.push(lower));
                }
            });
            if is_separator && self.letters.len() == before {
                self.end_word();
            }
        }
    }

    fn push(&mut self, letter: char) {
        self.letters.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }

    #[inline]
    fn end_word(&mut self) {
        let word = &self.letters[self.start..];
        if !word.is_empty() {
            self.words.push(xxh3_64(word));
            self.start = self.letters.len();
        }
    }
}

/// Ideographs and kana: written without spaces.
fn is_unspaced(letter: char) -> bool {
    let is_kana = matches!(letter, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー');
    is_kana || matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Hangul syllables: letters that would only come apart.
fn is_whole(letter: char) -> bool {
    matches!(letter, '가'..='힣')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let (one, other) = (Folded::of(one), Folded::of(other));
        one.content == other.content && one.words == other.words
    }

    #[test]
    fn case_accents_forms_and_punctuation_do_not_count() {
        assert!(same("L’Été — à Paris!", "l'ete a  PARIS"));
        assert!(same("e\u{301}te\u{301}", "été"));
        assert!(same("ＧＡＬＬＩＵＭ", "gallium"));
        assert!(same("出口管制，镓。", "出口 管制\n镓"));
        assert!(!same("gallium", "germanium"));
    }

    #[test]
    fn words_are_words_and_ideographs_characters() {
        let folded = Folded::of("对GaN实施 controls");
        assert_eq!((folded.words.len(), folded.characters), (5, 3));
        assert_eq!(Folded::of(" \n—").words.len(), 0);
    }
}
