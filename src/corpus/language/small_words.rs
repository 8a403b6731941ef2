//! Small words of languages of Latin script: what they say of a text, in one pass over it.
//!
//! A word counts in two ways. One that a single language has speaks for that language; and no text of some length is in a language
//! without any of the words that it needs.

use std::sync::LazyLock;

/// Languages told by their small words.
const TOLD: [&str; 8] = ["en", "fr", "de", "es", "it", "pt", "nl", "sv"];

/// For each of [`TOLD`], small words that it alone has; words that two of them share (die, of, in, per, que) tell nothing and are not
/// here.
const ALONE: [&[&str]; TOLD.len()] = [
    &[
        "the", "and", "that", "with", "from", "which", "were", "this", "their", "would", "said", "have", "been", "its",
        "are",
    ],
    &["les", "est", "une", "dans", "pour", "avec", "aux", "cette", "leurs", "qu", "ces"],
    &[
        "der", "und", "dem", "von", "mit", "auf", "ist", "eine", "nicht", "zu", "wird", "sich", "nach", "auch", "bei",
        "aus",
    ],
    &["los", "las", "el", "sus", "pero", "fue", "hasta", "muy", "y"],
    &["della", "delle", "degli", "gli", "sono", "nel", "alla", "dalla", "anche", "il"],
    &["uma", "dos", "ao", "em", "pelo", "pela", "foi", "os", "seu", "aos"],
    &["het", "een", "voor", "niet", "zijn", "naar", "wordt", "ook", "aan", "uit"],
    &["och", "att", "inte", "ett", "till"],
];

/// Words without which no text of some length is in one of these languages; `l'` and `d'` are words only before an apostrophe.
const NEEDED: [(&str, &[&str]); 9] = [
    (
        "fr",
        &["le", "la", "les", "l'", "de", "des", "du", "d'", "en", "et", "un", "une", "au", "aux", "sur", "par", "pour"],
    ),
    ("de", &["der", "die", "das", "den", "dem", "des", "und", "im", "zu", "von", "mit", "auf", "ein", "eine", "nicht"]),
    ("es", &["el", "la", "los", "las", "de", "del", "en", "y", "un", "una", "al", "que", "por", "con", "para", "su"]),
    (
        "it",
        &["il", "la", "le", "gli", "di", "del", "della", "un", "una", "al", "che", "per", "con", "l'", "dell", "da"],
    ),
    ("pt", &["o", "os", "de", "da", "em", "na", "e", "um", "uma", "que", "por", "com", "para"]),
    ("nl", &["de", "het", "een", "en", "van", "te", "op", "voor", "met", "niet", "aan", "bij"]),
    ("tr", &["ve", "bir", "bu", "ile", "da", "de", "olarak", "olan", "gibi", "daha"]),
    ("sv", &["och", "att", "en", "ett", "av", "den", "det", "som", "med", "till", "inte", "har", "om"]),
    // Written without its marks, as some wires do.
    ("vi", &["va", "cua", "la", "cac", "cho", "voi", "khong", "duoc", "trong", "nhung", "mot", "co", "da"]),
];

/// Small words of one language that decide, and how many of them must stand against one of another.
const DECISIVE: u32 = 4;
/// So many words of text without one of [`NEEDED`] are no sentence of the language.
const SENTENCE: u32 = 6;
/// One word in so many is one of [`NEEDED`] in any text of the language: fewer stand in the names of others (De Laurentiis, Rio de
/// Janeiro).
const NEEDED_IN: u32 = 20;

/// What was met in a text.
#[derive(Debug, Default)]
pub(super) struct SmallWords {
    /// Words in all.
    words: u32,
    /// For each of [`TOLD`], words that it alone has.
    alone: [u32; TOLD.len()],
    /// For each of [`NEEDED`], its words.
    needed: [u32; NEEDED.len()],
}

impl SmallWords {
    /// Counts those of a text; letters beyond ASCII belong to words.
    pub fn of(text: &str) -> Self {
        let mut met = Self::default();
        let (mut word, mut len) = (0, 0);
        for byte in text.bytes().chain([b' ']) {
            let lower = byte | 0x20;
            if lower.is_ascii_lowercase() || !byte.is_ascii() {
                // A word longer than the key is none of them: its length says so.
                word = word << 8 | u64::from(lower);
                len += 1;
                continue;
            }
            if len > 0 {
                met.words += 1;
                if len <= LONGEST {
                    met.add(word);
                    if byte == b'\'' && len == 1 {
                        met.add(word << 8 | u64::from(b'\''));
                    }
                }
            }
            (word, len) = (0, 0);
        }
        met
    }

    fn add(&mut self, word: u64) {
        let Some(meaning) = TABLE.of(word) else { return };
        if let Some(met) = self.alone.get_mut(usize::from(meaning.alone)) {
            *met += 1;
        }
        let mut needed = meaning.needed;
        while needed != 0 {
            self.needed[needed.trailing_zeros() as usize] += 1;
            needed &= needed - 1;
        }
    }

    /// The language of which several small words stand there, and hardly one of another; `None` where that does not hold, as in
    /// headlines and tables.
    pub fn decide(&self) -> Option<&'static str> {
        let all: u32 = self.alone.iter().sum();
        let (best, hits) = self.alone.iter().copied().enumerate().max_by_key(|(_, hits)| *hits)?;
        (hits >= DECISIVE && hits >= DECISIVE * (all - hits)).then(|| TOLD[best])
    }

    /// Whether this is no text of `language`, for want of its words; false of a language that is not known here.
    pub fn lacks_words_of(&self, language: &str) -> bool {
        NEEDED.iter().position(|(code, _)| *code == language).is_some_and(|at| self.lacks(at))
    }

    /// Whether words are wanting of every language that is known here.
    pub fn lacks_words_of_all(&self) -> bool {
        (0..NEEDED.len()).all(|at| self.lacks(at))
    }

    fn lacks(&self, at: usize) -> bool {
        self.words >= SENTENCE && self.needed[at] * NEEDED_IN < self.words
    }
}

/// Letters of the longest word here.
const LONGEST: usize = 8;

/// What a word says.
#[derive(Debug, Clone, Copy)]
struct Meaning {
    /// Its letters, the last lowest; 0 where there is none.
    word: u64,
    /// The one language that has it, as a place in [`TOLD`]; beyond its end where there are several.
    alone: u8,
    /// A bit for each of [`NEEDED`] whose word it is.
    needed: u16,
}

/// All words, by a hash of their letters.
#[derive(Debug)]
struct Table(Vec<Meaning>);

/// Slots, as a power of two: most words of a text meet an empty one.
const SLOTS: u32 = 11;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let none = Meaning { word: 0, alone: u8::MAX, needed: 0 };
    let mut table = Table(vec![none; 1 << SLOTS]);
    for (alone, words) in (0..).zip(ALONE) {
        words.iter().for_each(|word| table.meaning(word).alone = alone);
    }
    for (at, (_, words)) in NEEDED.iter().enumerate() {
        words.iter().for_each(|word| table.meaning(word).needed |= 1 << at);
    }
    table
});

impl Table {
    fn slot(&self, word: u64) -> usize {
        let mut slot = (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOTS)) as usize;
        while self.0[slot].word != 0 && self.0[slot].word != word {
            slot = (slot + 1) % self.0.len();
        }
        slot
    }

    fn meaning(&mut self, word: &str) -> &mut Meaning {
        let word = word.bytes().fold(0, |all, byte| all << 8 | u64::from(byte));
        let slot = self.slot(word);
        let meaning = &mut self.0[slot];
        meaning.word = word;
        meaning
    }

    #[inline]
    fn of(&self, word: u64) -> Option<&Meaning> {
        Some(&self.0[self.slot(word)]).filter(|meaning| meaning.word != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_languages_have_a_word_alone_and_none_is_too_long() {
        let mut words: Vec<&str> = ALONE.concat();
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(words.iter().chain(NEEDED.iter().flat_map(|(_, words)| *words)).all(|word| word.len() <= LONGEST));
    }

    #[test]
    fn words_are_counted_whatever_their_case_and_neighbours() {
        let met = SmallWords::of("THE export of L'Oréal, and-the\nd'antimoine l 'x thetheth ethe");
        assert_eq!((met.words, met.alone[0]), (13, 3));
        // l' and d', not the lone l.
        assert_eq!(met.needed[0], 2);
        assert_eq!(SmallWords::of("étés the\u{e9} éles").needed[0], 0);
    }

    #[test]
    fn several_small_words_of_one_language_decide() {
        let told = |text| SmallWords::of(text).decide();
        let english = "The ministry said that the exports of gallium, which are subject to a licence, were stopped";
        assert_eq!(told(english), Some("en"));
        let german =
            "Die Ausfuhr von Gallium wird mit sofortiger Wirkung nach der Entscheidung des Ministeriums nicht mehr";
        assert_eq!(told(german), Some("de"));
        assert_eq!(told("Les exportations de gallium dans une usine pour les puces, avec une licence"), Some("fr"));
        assert_eq!(told("China restricts exports"), None);
        assert_eq!(told("The Los Angeles and Las Vegas papers said the El Nino and the dos Santos"), None);
        // Danish is none of them.
        assert_eq!(told("Kina begrænser eksporten af gallium og germanium, og det er en ulempe for de danske"), None);
    }
}
