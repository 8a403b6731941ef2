//! What holds for any text in any language: no panic, offsets that lead back, composed and decomposed text read alike.

use goulet::corpus::Document;
use goulet::data::DataSource;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor, Mention};
use goulet::lexicon::Lexicon;
use proptest::prelude::*;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

use crate::support::document;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::load(&DataSource::Embedded).unwrap());

/// Pieces that sentences of the field are made of, in several languages and with traps between them.
const PIECES: [&str; 48] = [
    "China",
    "la Chine",
    "les États-Unis",
    "Japan's",
    "Tokyo",
    "中国",
    "日本が",
    "미국이",
    "Deutschland",
    "the European Union",
    "banned",
    "a interdit",
    "exports of",
    "l’exportation de",
    "出口管制",
    "輸出規制",
    "수출 규제",
    "Exportkontrollen",
    "gallium",
    "terres rares",
    "稀土",
    "半導体",
    "반도체",
    "Halbleiterexportkontrollen",
    "to",
    "against",
    "contre",
    "par",
    "by",
    "对",
    "に対する",
    "depends on",
    "dépend de",
    "90 %",
    "of the world's",
    "in retaliation",
    "en représailles",
    ".",
    ",",
    ";",
    "。",
    "\n",
    "\n\n",
    "«",
    "»",
    "\u{a0}",
    "e\u{301}te\u{301}",
    "not",
];

fn read(language: &str, title: &str, body: &str) -> (Document, Vec<Mention>) {
    let document = document(language, title, body);
    let mentions = Extractor::new(&LEXICON, DEFAULT_CERTAINTIES).read(&document).unwrap().mentions;
    (document, mentions)
}

fn check(language: &str, title: &str, body: &str) {
    let (document, mentions) = read(language, title, body);
    for mention in &mentions {
        let words = &document.text[mention.start..mention.end];
        assert!(!words.is_empty() && mention.evidence.contains(words), "{words:?} in {:?}", mention.evidence);
        assert!(document.text.contains(&mention.evidence));
        assert!((0.0..=1.0).contains(&mention.severity) && mention.origin.is_some());
        assert_ne!(mention.origin, mention.target);
    }
}

/// What a mention says, without where.
fn said(mentions: &[Mention]) -> Vec<String> {
    mentions
        .iter()
        .map(|m| format!("{} {} {:?} {:?} {:?} {}", m.channel, m.sector, m.material, m.origin, m.target, m.status))
        .collect()
}

fn languages() -> Vec<String> {
    LEXICON.languages().map(|language| language.to_string()).collect()
}

#[test]
fn every_language_reads_a_sentence_of_its_own() {
    for (language, title) in [
        ("en", "China bans exports of gallium to the United States"),
        ("fr", "La Chine interdit l'exportation de gallium vers les États-Unis"),
        ("de", "China verbietet die Ausfuhr von Gallium in die USA"),
        ("zh", "中国禁止对美国出口镓"),
    ] {
        let (_, mentions) = read(language, title, "");
        let found = mentions.iter().any(|m| {
            m.channel.as_str() == "export_controls"
                && m.origin.is_some_and(|c| c.as_str() == "CHN")
                && m.target.is_some_and(|c| c.as_str() == "USA")
        });
        assert!(found, "{language}: {:?}", said(&mentions));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn sentences_of_the_field(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40), glue in "[ ]{0,1}") {
        let body = pieces.join(&glue);
        for language in languages() {
            check(&language, "China", &body);
        }
    }

    #[test]
    fn any_text(body in "\\PC{0,200}") {
        for language in languages() {
            check(&language, &body, &body);
        }
    }

    #[test]
    fn composed_and_decomposed_say_the_same(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..30)) {
        let body = pieces.join(" ");
        for language in languages() {
            let composed = read(&language, "", &body.nfc().collect::<String>()).1;
            let decomposed = read(&language, "", &body.nfd().collect::<String>()).1;
            prop_assert_eq!(said(&composed), said(&decomposed));
        }
    }
}
