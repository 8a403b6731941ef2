//! Folding: what a form and a text look like before they are compared.
//!
//! Case, accents, apostrophes, hyphens, kinds and runs of blanks are made alike, whether the text is composed (NFC)
//! or decomposed (NFD). Every position in the folded text leads back to the original: [`Folded::original`]. Plain
//! text (ASCII without runs of blanks) takes a fast path on which the two positions are the same.

use unicode_normalization::char::{compose, decompose_canonical, is_combining_mark};

/// A folded text and the way back.
#[derive(Debug, Default, Clone)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// (folded, original) positions from which both advance byte by byte; empty when they are the same everywhere.
    anchors: Vec<(u32, u32)>,
}

impl Folded {
    /// Folds `text`.
    pub fn new(text: &str) -> Self {
        let mut folded = Self::default();
        folded.refill(text);
        folded
    }

    /// Folds `text` into this value, keeping its memory.
    pub fn refill(&mut self, text: &str) {
        self.text.clear();
        self.anchors.clear();
        if !self.fold_plain(text) {
            self.text.clear();
            self.fold_any(text);
        }
    }

    /// The position in the original text of a position in the folded one.
    pub fn original(&self, position: usize) -> usize {
        let after = self.anchors.partition_point(|&(folded, _)| folded as usize <= position);
        match after.checked_sub(1).map(|i| self.anchors[i]) {
            Some((folded, original)) => original as usize + (position - folded as usize),
            None => position,
        }
    }

    /// The position in the folded text of a position in the original one (of a character's first byte).
    pub fn folded(&self, position: usize) -> usize {
        let after = self.anchors.partition_point(|&(_, original)| original as usize <= position);
        let (start, end) = match after.checked_sub(1).map(|i| self.anchors[i]) {
            Some((folded, original)) => {
                let end = self.anchors.get(after).map_or(self.text.len(), |&(folded, _)| folded as usize);
                (folded as usize + (position - original as usize), end)
            }
            None => (position, self.anchors.first().map_or(self.text.len(), |&(folded, _)| folded as usize)),
        };
        start.min(end)
    }

    /// The fast path: returns false where the text needs the general one.
    fn fold_plain(&mut self, text: &str) -> bool {
        if !text.is_ascii() {
            return false;
        }
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.extend(text.as_bytes().iter().map(|byte| PLAIN[*byte as usize & 127]));
        let has_runs = memchr::memmem::find(&bytes, b"  ").is_some();
        self.text = String::from_utf8(bytes).unwrap_or_default();
        !has_runs
    }

    fn fold_any(&mut self, text: &str) {
        self.text.reserve(text.len());
        // Where the character before the present one sits in `self.text`, for marks that join it.
        let mut last: Option<(usize, char)> = None;
        for (position, character) in text.char_indices() {
            let at = self.text.len();
            if character.is_ascii() {
                let folded = PLAIN[character as usize];
                if folded == b' ' && self.text.ends_with(' ') {
                    continue;
                }
                self.anchor(at, position);
                self.text.push(folded as char);
                last = None;
                continue;
            }
            if is_mark(character) {
                if let Some((start, base)) = last
                    && let Some(joined) = compose(base, character)
                {
                    self.text.truncate(start);
                    self.text.push(joined);
                    last = Some((start, joined));
                    continue;
                }
                if is_combining_mark(character) {
                    continue;
                }
            }
            match fold_character(character) {
                Fold::Drop => {}
                Fold::Space => {
                    if !self.text.ends_with(' ') {
                        self.anchor(at, position);
                        self.text.push(' ');
                    }
                    last = None;
                }
                Fold::Text(bytes, len) => {
                    self.anchor(at, position);
                    self.text.push_str(std::str::from_utf8(&bytes[..len as usize]).unwrap_or(""));
                    last = None;
                }
                Fold::Char(folded) => {
                    self.anchor(at, position);
                    self.text.push(folded);
                    last = Some((at, folded));
                }
            }
        }
        let end = self.text.len();
        self.anchor(end, text.len());
    }

    /// Notes that both positions meet here, where they did not follow from the last anchor.
    fn anchor(&mut self, folded: usize, original: usize) {
        if self.original(folded) != original {
            self.anchors.push((folded as u32, original as u32));
        }
    }
}

/// Folds a form of the lexicon.
pub fn fold(text: &str) -> String {
    Folded::new(text).text
}

/// ASCII: lower case, blanks and hyphens to a space, the grave accent to an apostrophe.
static PLAIN: [u8; 128] = {
    let mut table = [0u8; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'-' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => b' ',
            b'`' => b'\'',
            other => other.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
};

enum Fold {
    Drop,
    Space,
    /// A few ASCII letters.
    Text([u8; 3], u8),
    Char(char),
}

/// Whether a character joins the one before it (accents, kana marks, later letters of a Hangul syllable).
pub fn is_mark(character: char) -> bool {
    is_combining_mark(character) || matches!(character, '\u{1160}'..='\u{11FF}')
}

fn fold_character(character: char) -> Fold {
    match character {
        '\u{A0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200A}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202F}'
        | '\u{205F}'
        | '\u{3000}' => Fold::Space,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Fold::Space,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => {
            Fold::Drop
        }
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2BC}' | '\u{B4}' | '\u{FF07}' => Fold::Text([b'\'', 0, 0], 1),
        // Korean writes lists with a letter-like dot.
        '\u{318D}' => Fold::Char('·'),
        'ß' | 'ẞ' => Fold::Text([b's', b's', 0], 2),
        'æ' | 'Æ' => Fold::Text([b'a', b'e', 0], 2),
        'œ' | 'Œ' => Fold::Text([b'o', b'e', 0], 2),
        'ø' | 'Ø' => Fold::Text([b'o', 0, 0], 1),
        'ł' | 'Ł' => Fold::Text([b'l', 0, 0], 1),
        'đ' | 'Đ' | 'ð' | 'Ð' => Fold::Text([b'd', 0, 0], 1),
        'ı' => Fold::Text([b'i', 0, 0], 1),
        'ﬁ' => Fold::Text([b'f', b'i', 0], 2),
        'ﬂ' => Fold::Text([b'f', b'l', 0], 2),
        '\u{FF01}'..='\u{FF5E}' => {
            let plain = (character as u32 - 0xFEE0) as u8;
            Fold::Text([PLAIN[plain as usize], 0, 0], 1)
        }
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => fold_latin(character),
        _ if character.is_uppercase() => Fold::Char(character.to_lowercase().next().unwrap_or(character)),
        _ => Fold::Char(character),
    }
}

/// The base letter of an accented Latin letter, in lower case.
fn fold_latin(character: char) -> Fold {
    let mut base = None;
    decompose_canonical(character, |part| {
        if base.is_none() {
            base = Some(part);
        }
    });
    match base {
        Some(letter) if letter.is_ascii() => Fold::Text([letter.to_ascii_lowercase() as u8, 0, 0], 1),
        _ => Fold::Char(character.to_lowercase().next().unwrap_or(character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn what_folds_alike() {
        for (text, folded) in [
            ("Export-Controls", "export controls"),
            ("l’exportation", "l'exportation"),
            ("SEMI\u{2011}CONDUCTEURS", "semi conducteurs"),
            ("90\u{A0}%\n\nde", "90 % de"),
            ("Großmächte", "grossmachte"),
            ("ｅｘｐｏｒｔ", "export"),
            ("ガリウム", "ガリウム"),
            ("Москва", "москва"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn composed_and_decomposed_fold_alike() {
        for text in ["Pékin a décidé", "ガリウム、ゲルマニウム", "반도체 수출규제", "Türkiye", "Åland"]
        {
            assert_eq!(fold(&text.nfd().collect::<String>()), fold(text), "{text}");
        }
    }

    #[test]
    fn positions_lead_back() {
        let text = "L’été  à Pékin\u{A0}: « l’œuvre » e\u{301}te\u{301} fin";
        let folded = Folded::new(text);
        let word = |needle: &str| {
            let start = folded.text.find(needle).unwrap();
            &text[folded.original(start)..folded.original(start + needle.len())]
        };
        assert_eq!(word("pekin"), "Pékin");
        assert_eq!(word("oeuvre"), "œuvre");
        assert_eq!(word("ete fin"), "e\u{301}te\u{301} fin");
        assert_eq!(folded.original(folded.text.len()), text.len());
    }

    proptest! {
        #[test]
        fn every_position_is_a_boundary_and_order_is_kept(text in "\\PC{0,60}") {
            let folded = Folded::new(&text);
            let mut previous = 0;
            for (position, _) in folded.text.char_indices() {
                let original = folded.original(position);
                prop_assert!(original >= previous && original <= text.len());
                previous = original;
            }
            prop_assert_eq!(folded.original(folded.text.len()), text.len());
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
