//! Which language a document is in, when it does not say so.
//!
//! Scripts that belong to one language decide at once, so that a headline of ten characters is told as surely as an
//! article; so do several small words that only one language of Latin script has. What remains goes to a statistical detector on a
//! sample, which costs forty times as much a byte; it tells Arabic, Dutch, English, French, German, Hindi, Italian, Portuguese,
//! Russian, Spanish, Swedish, Turkish and Vietnamese, and always answers with one of these: a text in another language of Latin script should say which.

use std::sync::atomic::{AtomicU64, Ordering};

use whichlang::Lang;
use xxhash_rust::xxh3::xxh3_64;

use crate::codes::Language;
use crate::error::Result;

/// Bytes in which scripts are counted.
const SAMPLE: usize = 1_024;
/// Bytes given to the statistical detector, which costs many times as much a byte, from the middle of the sample: a
/// headline in another language does not decide.
const SMALL_SAMPLE: usize = 320;

/// Letters of the older three-letter codes that corpora carry.
const THREE_LETTERS: &[(&str, &str)] = &[
    ("ara", "ar"),
    ("chi", "zh"),
    ("cmn", "zh"),
    ("deu", "de"),
    ("dut", "nl"),
    ("eng", "en"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("hin", "hi"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("nld", "nl"),
    ("pol", "pl"),
    ("por", "pt"),
    ("rus", "ru"),
    ("spa", "es"),
    ("swe", "sv"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("vie", "vi"),
    ("zho", "zh"),
];

/// Reads a language as given, three-letter codes brought to two.
pub(super) fn parse(text: &str) -> Result<Language> {
    let language: Language = text.parse()?;
    match THREE_LETTERS.iter().find(|(long, _)| *long == language.as_str()) {
        Some((_, short)) => short.parse(),
        None => Ok(language),
    }
}

/// Tells the language of `text`; `und` when it holds no letters. The same wire copy comes again and again: what was told of a sample
/// lately is known.
pub(super) fn detect(text: &str) -> Language {
    let sample = &text[..boundary(text, SAMPLE)];
    let hash = xxh3_64(sample.as_bytes());
    let place = &LATELY[hash as usize % LATELY.len()];
    let known = place.load(Ordering::Relaxed);
    let is_known = known != 0 && (known ^ hash) & TAG == 0;
    let [.., one, two] = known.to_be_bytes();
    if is_known && let Some(language) = std::str::from_utf8(&[one, two]).ok().and_then(|code| code.parse().ok()) {
        return language;
    }
    let language = tell(sample);
    if let [one, two] = *language.as_str().as_bytes() {
        place.store(hash & TAG | u64::from(one) << 8 | u64::from(two), Ordering::Relaxed);
    }
    language
}

/// Samples told lately: the upper bits of a hash whose lower bits are the place, and the two letters of the language; 0 where there is
/// none.
static LATELY: [AtomicU64; 1 << 18] = [const { AtomicU64::new(0) }; 1 << 18];
/// The bits of the hash that are kept.
const TAG: u64 = !0xFFFF;

fn tell(sample: &str) -> Language {
    let code = match Scripts::count(sample).decide() {
        Decision::Is(code) => code,
        Decision::Unknown => return Language::undetermined(),
        Decision::Ask => by_small_words(middle(sample))
            .or_else(|| by_small_words(sample))
            .unwrap_or_else(|| believed(code_of(whichlang::detect_language(middle(sample))), sample)),
    };
    code.parse().unwrap_or_else(|_| Language::undetermined())
}

/// The last place between characters at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The middle of a sample, whole where it is small.
fn middle(sample: &str) -> &str {
    let start = boundary(sample, sample.len().saturating_sub(SMALL_SAMPLE) / 2);
    &sample[start..boundary(sample, start + SMALL_SAMPLE)]
}

/// Languages told by their small words.
const TOLD: [&str; 8] = ["en", "fr", "de", "es", "it", "pt", "nl", "sv"];
/// Small words of one language that decide, and how many of them must stand against one of another.
const DECISIVE: u32 = 4;

/// The language of a text in Latin script with several small words of one language and hardly one of another; `None` where that does not
/// hold, as in headlines and tables.
fn by_small_words(sample: &str) -> Option<&'static str> {
    let mut met = [0_u32; TOLD.len()];
    for word in sample.as_bytes().split(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii()) {
        let mut lower = [0; LONGEST_SMALL_WORD];
        let Some(lower) = lower.get_mut(..word.len()) else { continue };
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        if let Some(language) = language_of(lower) {
            met[language] += 1;
        }
    }
    let all: u32 = met.iter().sum();
    let (best, hits) = met.into_iter().enumerate().max_by_key(|(_, hits)| *hits)?;
    (hits >= DECISIVE && hits >= DECISIVE * (all - hits)).then(|| TOLD[best])
}

/// Words without which no text of some length is in one of these languages; `l'` and `d'` are words only before an apostrophe.
const NEEDED: [(&str, &[&str]); 8] = [
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
];
/// So many words of text without one of [`NEEDED`] are no sentence of the language.
const SENTENCE: usize = 6;
/// One word in so many is one of [`NEEDED`] in any text of the language: fewer stand in the names of others (De Laurentiis, Rio de
/// Janeiro).
const NEEDED_IN: usize = 20;

/// The detector's answer, or English where it cannot be right: it gives names and figures ("Shr 16 cts vs 13 cts") to any language, and
/// where there is no word of that language, reading it as English loses nothing and needs no other lexicon.
fn believed(language: &'static str, sample: &str) -> &'static str {
    let Some((_, needed)) = NEEDED.iter().find(|(code, _)| *code == language) else { return language };
    if !sample.is_ascii() {
        return language;
    }
    let (mut words, mut met) = (0, 0);
    // A word and the sign after it.
    for word in sample.split_inclusive(|letter: char| !letter.is_ascii_alphabetic()) {
        let bare = word.trim_end_matches(|letter: char| !letter.is_ascii_alphabetic());
        words += usize::from(!bare.is_empty());
        let is = |needed: &&str| needed.eq_ignore_ascii_case(if needed.ends_with('\'') { word } else { bare });
        met += usize::from(needed.iter().any(is));
    }
    let is_sentence = words >= SENTENCE;
    if is_sentence && met * NEEDED_IN < words { "en" } else { language }
}

/// Bytes of the longest of [`language_of`]'s words.
const LONGEST_SMALL_WORD: usize = 6;

/// The place in [`TOLD`] of the language that alone has a small word; words that two of them share (die, of, in, per, que) tell
/// nothing and are not here.
fn language_of(word: &[u8]) -> Option<usize> {
    Some(match word {
        b"the" | b"and" | b"that" | b"with" | b"from" | b"which" | b"were" | b"this" | b"their" | b"would"
        | b"said" | b"have" | b"been" | b"its" | b"are" => 0,
        b"les" | b"est" | b"une" | b"dans" | b"pour" | b"avec" | b"aux" | b"cette" | b"leurs" | b"qu" | b"ces" => 1,
        b"der" | b"und" | b"dem" | b"von" | b"mit" | b"auf" | b"ist" | b"eine" | b"nicht" | b"zu" | b"wird"
        | b"sich" | b"nach" | b"auch" | b"bei" | b"aus" => 2,
        b"los" | b"las" | b"el" | b"sus" | b"pero" | b"fue" | b"hasta" | b"muy" | b"y" => 3,
        b"della" | b"delle" | b"degli" | b"gli" | b"sono" | b"nel" | b"alla" | b"dalla" | b"anche" | b"il" => 4,
        b"uma" | b"dos" | b"ao" | b"em" | b"pelo" | b"pela" | b"foi" | b"os" | b"seu" | b"aos" => 5,
        b"het" | b"een" | b"voor" | b"niet" | b"zijn" | b"naar" | b"wordt" | b"ook" | b"aan" | b"uit" => 6,
        b"och" | b"att" | b"inte" | b"ett" | b"till" => 7,
        _ => return None,
    })
}

/// What the scripts of a sample say.
enum Decision {
    Is(&'static str),
    Ask,
    Unknown,
}

/// Letters of a sample by script.
#[derive(Debug, Default)]
struct Scripts {
    kana: usize,
    han: usize,
    hangul: usize,
    greek: usize,
    hebrew: usize,
    thai: usize,
    /// Letters of Ukrainian that Russian has not.
    ukrainian: usize,
    cyrillic: usize,
    other: usize,
}

impl Scripts {
    fn count(sample: &str) -> Self {
        // Letters of ASCII, all at once; the others by their scripts.
        let letters = sample.bytes().map(|byte| usize::from(byte.is_ascii_alphabetic())).sum();
        let mut scripts = Self { other: letters, ..Self::default() };
        if sample.is_ascii() {
            return scripts;
        }
        for letter in sample.chars() {
            let script = match letter {
                '\0'..='\u{7f}' => continue,
                '\u{c0}'..='\u{24f}' => &mut scripts.other,
                'ぁ'..='ゖ' | 'ァ'..='ヺ' | '\u{ff66}'..='\u{ff9d}' => &mut scripts.kana,
                '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => &mut scripts.han,
                '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '가'..='힣' => &mut scripts.hangul,
                '\u{370}'..='\u{3ff}' => &mut scripts.greek,
                '\u{5d0}'..='\u{5ea}' => &mut scripts.hebrew,
                '\u{e01}'..='\u{e4e}' => &mut scripts.thai,
                'і' | 'ї' | 'є' | 'ґ' | 'І' | 'Ї' | 'Є' | 'Ґ' => &mut scripts.ukrainian,
                '\u{400}'..='\u{4ff}' => &mut scripts.cyrillic,
                letter if letter.is_alphabetic() => &mut scripts.other,
                _ => continue,
            };
            *script += 1;
        }
        scripts
    }

    fn decide(&self) -> Decision {
        let cyrillic = self.cyrillic + self.ukrainian;
        let east_asian = self.kana + self.han + self.hangul;
        let all = east_asian + self.greek + self.hebrew + self.thai + cyrillic + self.other;
        if all == 0 {
            return Decision::Unknown;
        }
        // One ideograph says as much as three letters: names in Latin script do not make a text English.
        if east_asian * 3 > self.other + cyrillic {
            // A の in a Chinese brand name does not make a text Japanese.
            return Decision::Is(match () {
                () if self.hangul >= self.han.max(self.kana) => "ko",
                () if self.kana * 25 >= east_asian => "ja",
                () => "zh",
            });
        }
        let mostly = |letters: usize| letters * 2 > all;
        match () {
            () if mostly(self.greek) => Decision::Is("el"),
            () if mostly(self.hebrew) => Decision::Is("he"),
            () if mostly(self.thai) => Decision::Is("th"),
            () if mostly(cyrillic) && self.ukrainian * 50 >= cyrillic => Decision::Is("uk"),
            () if mostly(cyrillic) => Decision::Is("ru"),
            () => Decision::Ask,
        }
    }
}

fn code_of(language: Lang) -> &'static str {
    match language {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_are_told() {
        for (code, text) in [
            ("fr", "La Chine restreint ses exportations de gallium"),
            ("en", "China restricts exports of gallium and germanium"),
            ("de", "China beschränkt die Ausfuhr von Gallium und Germanium"),
            ("es", "China restringe las exportaciones de galio y germanio"),
            ("it", "La Cina limita le esportazioni di gallio e germanio"),
            ("pt", "A China restringe as exportações de gálio e germânio"),
            ("nl", "China beperkt de uitvoer van gallium en germanium"),
            ("zh", "中国对镓、锗相关物项实施出口管制"),
            ("zh", "商务部公告"),
            ("ja", "中国、ガリウムの輸出規制を発表"),
            ("ja", "米国、対中半導体輸出規制を強化"),
            ("ko", "중국, 갈륨 수출 통제 발표"),
            ("ko", "日, 반도체 수출 규제"),
            ("ru", "Китай ограничил экспорт галлия"),
            ("uk", "Китай обмежив експорт галію і германію"),
            ("zh", "ASML、NVIDIA 和 Intel 受到出口管制影响"),
            ("und", "2024-12-03 — 42 %"),
            ("und", ""),
        ] {
            assert_eq!(detect(text).as_str(), code, "{text}");
        }
    }

    #[test]
    fn small_words_decide_where_they_are_of_one_language() {
        let told = |text| by_small_words(text);
        let english = "The ministry said that the exports of gallium, which are subject to a licence, were stopped";
        assert_eq!(told(english), Some("en"));
        let german =
            "Die Ausfuhr von Gallium wird mit sofortiger Wirkung nach der Entscheidung des Ministeriums nicht mehr";
        assert_eq!(told(german), Some("de"));
        assert_eq!(told("Les exportations de gallium dans une usine pour les puces, avec une licence"), Some("fr"));
        assert_eq!(told("China restricts exports"), None);
        let table =
            "TONKA CORP RAISES DIVIDEND\n\nQtly div two cts vs 1.7 cts\n Pay March 26\n Record March 12\n Reuter";
        assert_eq!(detect(table).as_str(), "en");
        assert_eq!(believed("fr", table), "en");
        assert_eq!(believed("fr", "MOTEL 6 L.P. SETS QUARTERLY\n\nQtly div 30-1/2 cts vs 30-1/2 cts prior"), "en");
        assert_eq!(believed("fr", "L'exportation d'antimoine bientot sous licence a Pekin"), "fr");
        assert_eq!(
            believed("fr", "La Chine restreint ses exportations de gallium et de germanium vers le Japon"),
            "fr"
        );
        assert_eq!(told("The Los Angeles and Las Vegas papers said the El Nino and the dos Santos"), None);
        // Danish is none of them.
        assert_eq!(told("Kina begrænser eksporten af gallium og germanium, og det er en ulempe for de danske"), None);
    }

    #[test]
    fn the_sample_is_cut_between_characters() {
        let text = format!("a{}", "中".repeat(SAMPLE));
        assert_eq!(detect(&text).as_str(), "zh");
        let text = format!("China restricts exports. {}", "é à ".repeat(SAMPLE));
        assert_eq!(middle(&text[..boundary(&text, SAMPLE)]).len(), SMALL_SAMPLE);
    }

    #[test]
    fn a_headline_in_another_language_does_not_decide() {
        let body = "Les exportations de gallium sont soumises à une licence depuis le mois d'août. ".repeat(30);
        assert_eq!(detect(&format!("China restricts exports of gallium and germanium\n\n{body}")).as_str(), "fr");
    }

    #[test]
    fn three_letter_codes_become_two() {
        assert_eq!(parse("fra").unwrap().as_str(), "fr");
        assert_eq!(parse("zh-Hant").unwrap().as_str(), "zh");
        assert_eq!(parse("EN").unwrap().as_str(), "en");
        assert!(parse("français").is_err());
    }
}
