//! Which language a document is in, when it does not say so.
//!
//! Scripts that belong to one language decide at once, so that a headline of ten characters is told as surely as an
//! article; so do several small words that only one language of Latin script has. What remains goes to a statistical detector on a
//! sample, which costs forty times as much a byte; it tells Arabic, Dutch, English, French, German, Hindi, Italian, Portuguese,
//! Russian, Spanish, Swedish, Turkish and Vietnamese, and always answers with one of these: a text in another language of Latin script should say which.

mod small_words;

use small_words::SmallWords;
use whichlang::Lang;

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

/// Tells the language of `text`; `und` when it holds no letters.
pub(super) fn detect(text: &str) -> Language {
    let sample = &text[..boundary(text, SAMPLE)];
    let code = match Scripts::count(sample).decide() {
        Decision::Is(code) => code,
        Decision::Unknown => return Language::undetermined(),
        Decision::Ask => of_latin(sample),
    };
    code.parse().unwrap_or_else(|_| Language::undetermined())
}

/// The language of a sample in Latin script, or in one that several languages share.
///
/// The detector gives names and figures ("Shr 16 cts vs 13 cts") to any language. Where there is no word of that language it cannot be
/// right, and reading the text as English loses nothing and needs no other lexicon.
fn of_latin(sample: &str) -> &'static str {
    let middle = middle(sample);
    if let Some(language) = SmallWords::of(middle).decide() {
        return language;
    }
    let met = SmallWords::of(sample);
    if let Some(language) = met.decide() {
        return language;
    }
    if !sample.is_ascii() {
        return code_of(whichlang::detect_language(middle));
    }
    if met.lacks_words_of_all() {
        return "en";
    }
    let language = code_of(whichlang::detect_language(middle));
    if met.lacks_words_of(language) { "en" } else { language }
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
        // Letters of ASCII, all at once; the others by their scripts. Of ASCII alone it is enough to know whether there are any.
        if sample.is_ascii() {
            let has_letters = sample.bytes().any(|byte| byte.is_ascii_alphabetic());
            return Self { other: usize::from(has_letters), ..Self::default() };
        }
        let letters = sample.bytes().map(|byte| usize::from(byte.is_ascii_alphabetic())).sum();
        let mut scripts = Self { other: letters, ..Self::default() };
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
    fn names_and_figures_are_not_given_to_any_language() {
        let table =
            "TONKA CORP RAISES DIVIDEND\n\nQtly div two cts vs 1.7 cts\n Pay March 26\n Record March 12\n Reuter";
        assert_eq!(detect(table).as_str(), "en");
        assert_eq!(detect("MOTEL 6 L.P. SETS QUARTERLY\n\nQtly div 30-1/2 cts vs 30-1/2 cts prior").as_str(), "en");
        assert_eq!(detect("L'exportation d'antimoine bientot sous licence a Pekin").as_str(), "fr");
        let french = "La Chine restreint ses exportations de gallium et de germanium vers le Japon";
        assert_eq!(detect(french).as_str(), "fr");
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
