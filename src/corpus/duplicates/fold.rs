//! Text reduced to what an editor does not change: words without case, accents, punctuation and spacing.

use unicode_normalization::char::decompose_compatible;
use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

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
        let mut folder = Folder { words: Vec::new(), characters: 0, content: Xxh3::new(), word: String::new() };
        for letter in text.chars() {
            folder.add(letter);
        }
        folder.end_word();
        Self { words: folder.words, characters: folder.characters, content: folder.content.digest() }
    }
}

struct Folder {
    words: Vec<u64>,
    characters: usize,
    content: Xxh3,
    /// The word being read, folded.
    word: String,
}

impl Folder {
    fn add(&mut self, letter: char) {
        if letter.is_ascii() {
            match letter.is_ascii_alphanumeric() {
                true => self.word.push(letter.to_ascii_lowercase()),
                false => self.end_word(),
            }
        } else if is_unspaced(letter) {
            self.end_word();
            self.word.push(letter);
            self.end_word();
            self.characters += 1;
        } else if is_whole(letter) {
            self.word.push(letter);
        } else {
            let start = self.word.len();
            let mut is_separator = true;
            decompose_compatible(letter, |part| {
                if is_combining_mark(part) {
                    is_separator = false;
                } else if part.is_alphanumeric() {
                    is_separator = false;
                    self.word.extend(part.to_lowercase());
                }
            });
            if is_separator && self.word.len() == start {
                self.end_word();
            }
        }
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.content.update(self.word.as_bytes());
            self.words.push(xxh3_64(self.word.as_bytes()));
            self.word.clear();
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
