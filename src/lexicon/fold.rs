//! Folding: what a form and a text look like before they are compared.
//!
//! Case, accents, apostrophes, hyphens, kinds and runs of blanks are made alike, whether the text is composed (NFC)
//! or decomposed (NFD). Every position in the folded text leads back to the original: [`Folded::original`].

mod output;

use std::sync::LazyLock;

use unicode_normalization::char::{compose, decompose_canonical, is_combining_mark};

use output::Output;

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
        self.anchors.clear();
        let mut folded = Output::new(std::mem::take(&mut self.text), text.len());
        self.fold_into(text, &mut folded);
        self.text = folded.finish();
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

    fn fold_into(&mut self, text: &str, folded: &mut Output) {
        let source = text.as_bytes();
        let mut position = 0;
        // Where the character before the present one sits in `folded`, for marks that join it.
        let mut last: Option<(usize, char)> = None;
        // How far the original is ahead of the folded text.
        let mut ahead = 0;
        while let Some(byte) = source.get(position) {
            if byte.is_ascii() {
                let is_alone = source.get(position + 1).is_some_and(|next| !next.is_ascii());
                position += if is_alone {
                    self.fold_lone(*byte, position, &mut ahead, folded)
                } else {
                    // Where it stops at once, it is before a blank after a blank, which goes.
                    self.fold_plain(&source[position..], position, &mut ahead, folded).max(1)
                };
                last = None;
                continue;
            }
            if let Some(base) = source[position..].first_chunk().and_then(|bytes| accented(*bytes)) {
                self.anchor(folded.len(), position, &mut ahead);
                folded.push_ascii(base);
                position += 2;
                last = None;
                continue;
            }
            let same = unchanged(&source[position..]);
            if same > 0 {
                self.anchor(folded.len(), position, &mut ahead);
                folded.push_str(&text[position..position + same]);
                position += same;
                // Every character left alone has three bytes.
                last = text[position - 3..position].chars().next().map(|letter| (folded.len() - 3, letter));
                continue;
            }
            let Some(character) = text[position..].chars().next() else { break };
            self.fold_other(character, position, &mut ahead, &mut last, folded);
            position += character.len_utf8();
        }
        self.anchor(folded.len(), text.len(), &mut ahead);
    }

    /// A single ASCII character, as between words of Hangul: a piece would be work for nothing. Says how many bytes: one.
    fn fold_lone(&mut self, byte: u8, position: usize, ahead: &mut isize, folded: &mut Output) -> usize {
        let byte = plain(byte);
        if byte != b' ' || !folded.ends_in_blank() {
            self.anchor(folded.len(), position, ahead);
            folded.push_lone(byte);
        }
        1
    }

    /// ASCII in bulk, up to the first other character or second blank in a row; says how many bytes.
    fn fold_plain(&mut self, source: &[u8], position: usize, ahead: &mut isize, folded: &mut Output) -> usize {
        let mut done = 0;
        while let Some(piece) = source[done..].first_chunk::<PIECE>() {
            let kept = self.fold_piece(piece, PIECE, position + done, ahead, folded);
            done += kept;
            if kept < PIECE {
                return done;
            }
        }
        let mut piece = [0; PIECE];
        let rest = &source[done..];
        piece[..rest.len()].copy_from_slice(rest);
        done + self.fold_piece(&piece, rest.len(), position + done, ahead, folded)
    }

    /// As much as stands of the first `len` bytes of a piece; says how much.
    #[inline]
    fn fold_piece(
        &mut self,
        piece: &[u8; PIECE],
        len: usize,
        position: usize,
        ahead: &mut isize,
        folded: &mut Output,
    ) -> usize {
        let (plain, kept) = plain_piece(piece, folded.ends_in_blank());
        let kept = kept.min(len);
        if kept > 0 {
            self.anchor(folded.len(), position, ahead);
            folded.push_piece(&plain, kept);
        }
        kept
    }

    fn fold_other(
        &mut self,
        character: char,
        position: usize,
        ahead: &mut isize,
        last: &mut Option<(usize, char)>,
        folded: &mut Output,
    ) {
        let at = folded.len();
        if is_mark(character) {
            if let Some((start, base)) = *last
                && let Some(joined) = compose(base, character)
            {
                folded.truncate(start);
                folded.push(joined);
                *last = Some((start, joined));
                return;
            }
            if is_combining_mark(character) {
                return;
            }
        }
        match fold_character(character) {
            Fold::Drop => {}
            Fold::Space => {
                if !folded.ends_in_blank() {
                    self.anchor(at, position, ahead);
                    folded.push_ascii(b' ');
                }
                *last = None;
            }
            Fold::Text(bytes, len) => {
                self.anchor(at, position, ahead);
                bytes[..len as usize].iter().for_each(|byte| folded.push_ascii(*byte));
                *last = None;
            }
            Fold::Char(lower) => {
                self.anchor(at, position, ahead);
                folded.push(lower);
                *last = Some((at, lower));
            }
        }
    }

    /// Notes that both positions meet here, where they did not follow from the last anchor.
    fn anchor(&mut self, folded: usize, original: usize, ahead: &mut isize) {
        let distance = original as isize - folded as isize;
        if distance != *ahead {
            *ahead = distance;
            self.anchors.push((folded as u32, original as u32));
        }
    }
}

/// Folds a form of the lexicon.
pub fn fold(text: &str) -> String {
    Folded::new(text).text
}

/// ASCII is folded in pieces of this many bytes, as many as the machine's registers hold.
const PIECE: usize = 16;

/// A piece folded, and how many bytes of it stand: up to the first that is not ASCII or is a blank after a blank, one of which may
/// stand before. Without branches, so that the bytes are folded all at once: two instructions a byte, where one byte at a time
/// took ten.
#[inline]
fn plain_piece(source: &[u8; PIECE], after_blank: bool) -> ([u8; PIECE], usize) {
    let mut folded = [0; PIECE];
    let mut blanks = [0; PIECE];
    for ((folded, blank), byte) in folded.iter_mut().zip(&mut blanks).zip(source) {
        *folded = plain(*byte);
        *blank = if *folded == b' ' { u8::MAX } else { 0 };
    }
    // In what follows the upper bit of each byte is the answer for it.
    let blanks = u128::from_le_bytes(blanks);
    let seconds = blanks & (blanks << 8 | if after_blank { 0xFF } else { 0 });
    let stops = (u128::from_le_bytes(*source) | seconds) & UPPER;
    (folded, stops.trailing_zeros() as usize / 8)
}

/// The upper bit of every byte of a piece.
const UPPER: u128 = u128::from_le_bytes([0x80; PIECE]);

/// How many bytes at the beginning are characters of East Asian scripts that folding leaves as they are, three bytes each:
/// these are told by their bytes, because looking every one of them up in the tables of Unicode took most of the time.
fn unchanged(source: &[u8]) -> usize {
    let is_same = |character: &&[u8]| {
        let [first, second, third] = **character else { return false };
        match first {
            // Ideographs; Hangul.
            0xE4..=0xE9 | 0xEB | 0xEC => true,
            0xEA => second >= 0xB0,
            0xED => second < 0x9E,
            // Kana but for the marks that join a letter, and common signs.
            0xE3 => match second {
                0x80 => matches!(third, 0x81..=0xA9),
                0x82 => !matches!(third, 0x99 | 0x9A),
                _ => matches!(second, 0x81 | 0x83),
            },
            _ => false,
        }
    };
    3 * source.chunks_exact(3).take_while(is_same).count()
}

/// ASCII: lower case, blanks and hyphens to a space, the grave accent to an apostrophe. Without branches, so that many bytes
/// are folded at once.
const fn plain(byte: u8) -> u8 {
    let is_blank = (byte == b'-') | (byte.wrapping_sub(b'\t') < 5);
    let upper = (byte.wrapping_sub(b'A') < 26) as u8;
    let lower = byte | (upper << 5);
    let quoted = if byte == b'`' { b'\'' } else { lower };
    if is_blank { b' ' } else { quoted }
}

enum Fold {
    Drop,
    Space,
    /// A few ASCII letters.
    Text([u8; 3], u8),
    Char(char),
}

/// Whether a character joins the one before it (accents, kana marks, later letters of a Hangul syllable).
pub fn is_mark(character: char) -> bool {
    // Most letters and signs of ordinary text lie below the first mark, or among the punctuation, where there is none.
    if matches!(character, ..'\u{300}' | '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{3029}' | '\u{FF00}'..='\u{FFEF}') {
        return false;
    }
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
        // The sign of a unit, whose lower case is a letter with a ring.
        '\u{212B}' => Fold::Text([b'a', 0, 0], 1),
        'ﬁ' => Fold::Text([b'f', b'i', 0], 2),
        'ﬂ' => Fold::Text([b'f', b'l', 0], 2),
        '\u{FF01}'..='\u{FF5E}' => {
            let plain = (character as u32 - 0xFEE0) as u8;
            Fold::Text([self::plain(plain), 0, 0], 1)
        }
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => fold_latin(character),
        _ if character.is_uppercase() => Fold::Char(character.to_lowercase().next().unwrap_or(character)),
        _ => Fold::Char(character),
    }
}

/// First and last of the accented Latin letters kept in a table.
const LATIN: std::ops::RangeInclusive<char> = '\u{C0}'..='\u{24F}';

/// Their base letters, in lower case; 0 where there is none.
static LATIN_BASES: LazyLock<Vec<u8>> = LazyLock::new(|| LATIN.map(|letter| base(letter).unwrap_or(0)).collect());

/// The base letter of the accented letters of West European languages, in lower case, which a certain first byte begins; other
/// letters, and signs, are left to [`fold_character`], which takes five times the instructions.
#[inline]
fn accented([first, second]: [u8; 2]) -> Option<u8> {
    const BASES: &[u8; 64] = b"aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0y";
    let base = BASES[usize::from(second & 0x3F)];
    (first == 0xC3 && base > 0).then_some(base)
}

/// The base letter of an accented Latin letter, in lower case.
fn fold_latin(character: char) -> Fold {
    let known = if LATIN.contains(&character) {
        Some(LATIN_BASES[character as usize - *LATIN.start() as usize]).filter(|letter| *letter > 0)
    } else {
        base(character)
    };
    match known {
        Some(letter) => Fold::Text([letter, 0, 0], 1),
        None => Fold::Char(character.to_lowercase().next().unwrap_or(character)),
    }
}

fn base(character: char) -> Option<u8> {
    let mut base = None;
    decompose_canonical(character, |part| {
        if base.is_none() {
            base = Some(part);
        }
    });
    base.filter(char::is_ascii).map(|letter| letter.to_ascii_lowercase() as u8)
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
    fn what_is_left_alone_is_told_by_its_bytes() {
        for character in '\0'..=char::MAX {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            if unchanged(bytes) > 0 {
                assert_eq!(bytes.len(), 3);
                assert!(!is_mark(character));
                assert!(matches!(fold_character(character), Fold::Char(same) if same == character), "{character}");
            }
            assert_eq!(
                is_mark(character),
                is_combining_mark(character) || ('\u{1160}'..='\u{11FF}').contains(&character)
            );
        }
    }

    #[test]
    fn accented_letters_fold_alike_either_way() {
        for character in '\0'..=char::MAX {
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            if let Some(letter) = bytes.first_chunk().and_then(|bytes| accented(*bytes)) {
                let Fold::Text(bytes, len) = fold_character(character) else { panic!("{character}") };
                assert_eq!(bytes[..len as usize], [letter], "{character}");
            }
        }
    }

    #[test]
    fn every_character_folds_once_and_for_all() {
        let again: Vec<char> = ('\0'..=char::MAX)
            .filter(|character| {
                let once = fold(character.encode_utf8(&mut [0; 4]));
                fold(&once) != once
            })
            .collect();
        assert!(again.is_empty(), "{again:?}");
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
