//! Text reduced to what an editor does not change: words without case, accents, punctuation and spacing.

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::xxh3_64;

use crate::bits::{BLOCK, bits, block, is_alphanumeric};

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
        Self { content: xxh3_64(&folder.letters[..folder.end]), words: folder.words, characters: folder.characters }
    }
}

struct Folder {
    words: Vec<u64>,
    characters: usize,
    /// All letters and digits, folded, one word after the other, with room behind them.
    letters: Vec<u8>,
    /// Where the word being read begins in them, and where it ends so far.
    start: usize,
    end: usize,
}

/// Bytes of text to a word, where room is made for words.
const BYTES_TO_A_WORD: usize = 5;
/// Letters are copied so many at a time, more than most words have.
const STEP: usize = 16;

impl Folder {
    fn with_room_for(bytes: usize) -> Self {
        let words = Vec::with_capacity(bytes / BYTES_TO_A_WORD);
        Self { words, characters: 0, letters: vec![0; bytes + BLOCK + STEP], start: 0, end: 0 }
    }

    /// Adds what stands before the first byte that is not ASCII, 64 bytes at a time; says how much that was.
    fn add_ascii(&mut self, bytes: &[u8]) -> usize {
        let mut done = 0;
        while done < bytes.len() {
            let block = block(&bytes[done..]);
            let others = if block.is_ascii() { 0 } else { bits(&block, |byte| !byte.is_ascii()) };
            let ascii = (others.trailing_zeros() as usize).min(bytes.len() - done);
            self.add_block(&block, ascii);
            done += ascii;
            if ascii < BLOCK {
                return done;
            }
        }
        done
    }

    /// Adds the first `len` bytes of a block, all ASCII.
    #[inline]
    fn add_block(&mut self, block: &[u8; BLOCK], len: usize) {
        let here = if len < BLOCK { (1 << len) - 1 } else { u64::MAX };
        let mut letters = bits(block, is_alphanumeric) & here;
        let mut lower = [0; BLOCK + STEP];
        for (lower, byte) in lower.iter_mut().zip(block) {
            *lower = byte.to_ascii_lowercase();
        }
        if letters & 1 == 0 && len > 0 {
            self.end_word();
        }
        self.make_room(BLOCK + STEP);
        while letters != 0 {
            let first = letters.trailing_zeros() as usize;
            let run = (!(letters >> first)).trailing_zeros() as usize;
            let end = (first + run).min(BLOCK);
            for from in (first..end).step_by(STEP) {
                let to = self.end + from - first;
                self.letters[to..to + STEP].copy_from_slice(&lower[from..from + STEP]);
            }
            self.end += end - first;
            // A word that reaches the end may go on behind it.
            if end == len {
                return;
            }
            self.end_word();
            letters &= u64::MAX << end;
        }
    }

    /// Makes room for so many more letters.
    #[inline]
    fn make_room(&mut self, letters: usize) {
        if self.end + letters > self.letters.len() {
            self.letters.resize(2 * (self.end + letters), 0);
        }
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
            let before = self.end;
            let mut is_separator = true;
            decompose_compatible(letter, |part| {
                if is_combining_mark(part) {
                    is_separator = false;
                } else if part.is_alphanumeric() {
                    is_separator = false;
                    part.to_lowercase().for_each(|lower| self.push(lower));
                }
            });
            if is_separator && self.end == before {
                self.end_word();
            }
        }
    }

    fn push(&mut self, letter: char) {
        let mut bytes = [0; 4];
        let bytes = letter.encode_utf8(&mut bytes).as_bytes();
        self.make_room(bytes.len());
        self.letters[self.end..self.end + bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    #[inline]
    fn end_word(&mut self) {
        if self.end > self.start {
            self.words.push(xxh3_64(&self.letters[self.start..self.end]));
            self.start = self.end;
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
    use proptest::prelude::*;

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

    /// The same from letter to letter.
    fn one_by_one(text: &str) -> Folded {
        let mut folder = Folder::with_room_for(0);
        for letter in text.chars() {
            match letter {
                'A'..='Z' | 'a'..='z' | '0'..='9' => folder.push(letter.to_ascii_lowercase()),
                '\0'..='\u{7f}' => folder.end_word(),
                _ => folder.add(letter),
            }
        }
        folder.end_word();
        let content = xxh3_64(&folder.letters[..folder.end]);
        Folded { words: folder.words, characters: folder.characters, content }
    }

    proptest! {
        #[test]
        fn blocks_change_nothing(parts in proptest::collection::vec(prop_oneof![
            Just("word"), Just(" "), Just("É"), Just("語"), Just("、"), Just(", "), Just("1"), Just("e\u{301}"), Just("ﬁ"), Just("Gallium"),
            Just("areallyverylongwordindeedthatgoesonandonandonuntilnobodycanreaditanylonger"), Just("Москва")], 0..60))
        {
            let text = parts.concat();
            let (folded, expected) = (Folded::of(&text), one_by_one(&text));
            prop_assert_eq!(folded.words, expected.words);
            prop_assert_eq!((folded.characters, folded.content), (expected.characters, expected.content));
        }
    }

    #[test]
    fn words_are_words_and_ideographs_characters() {
        let folded = Folded::of("对GaN实施 controls");
        assert_eq!((folded.words.len(), folded.characters), (5, 3));
        assert_eq!(Folded::of(" \n—").words.len(), 0);
    }
}
