//! What is named and what a document is about, by the tables the program carries.

use crate::corpus::Document;
use crate::data::DataSource;
use crate::extract::{DEFAULT_CERTAINTIES, Entity, EntityKind, Extractor};
use crate::lexicon::Lexicon;

fn lexicon() -> Lexicon {
    Lexicon::load(&DataSource::Embedded).unwrap()
}

fn countries(lexicon: &Lexicon, language: &str, title: &str, body: &str) -> Vec<Entity> {
    let document = Document {
        id: "one".to_owned(),
        date: None,
        language: language.parse().unwrap(),
        publisher: String::new(),
        url: String::new(),
        title_len: title.len(),
        text: Document::join(title, body),
    };
    let entities = Extractor::new(lexicon, DEFAULT_CERTAINTIES).read(&document).unwrap().entities;
    entities.into_iter().filter(|entity| entity.kind == EntityKind::Country).collect()
}

fn named(lexicon: &Lexicon, language: &str, title: &str, body: &str) -> String {
    let codes: Vec<String> = countries(lexicon, language, title, body).into_iter().map(|entity| entity.code).collect();
    codes.join(" ")
}

fn about(lexicon: &Lexicon, title: &str, body: &str) -> String {
    let found = countries(lexicon, "en", title, body);
    let codes: Vec<String> = found.into_iter().filter(|entity| entity.about).map(|entity| entity.code).collect();
    codes.join(" ")
}

#[test]
fn datelines_place_a_story() {
    let lexicon = lexicon();
    for (title, body, codes) in [
        ("PLANT TO GROW", "ST. PAUL, Minn., March 3 - The company said it will expand.", "USA"),
        ("PLANT TO GROW", "SOUTHFIELD, Mich., March 3 - The company supplies Japan.", "JPN USA"),
        ("MONEY SUPPLY UP", "FRANKFURT, March 3 - It rose.", "DEU"),
        ("ALL QUIET", "VIENNA, Va., March 3 - Nothing happened.", "USA"),
        ("JOBLESS RATE DOWN", "BRUSSELS, March 3 - The rate fell.", "BEL"),
        ("DEBT TALKS", "WASHINGTON, March 9 - Bankers expect long talks with Brazil.", "BRA USA"),
    ] {
        assert_eq!(about(&lexicon, title, body), codes, "{body}");
    }
}

#[test]
fn cities_and_cues_place_a_story_only_where_no_country_is_named() {
    let lexicon = lexicon();
    for (title, body, codes) in [
        ("Q4 NET", "Shr 34 cts vs 28 cts\n    Net 2,310,000 vs 1,905,000", "USA"),
        ("STAKE RAISED", "The group told the Securities and Exchange Commission it holds 8 pct.", "USA"),
        ("STAKE RAISED", "The group from Houston bought shares of a Swedish firm for 2 mln dlrs.", "SWE"),
        ("DIVIDEND", "The Plc will pay 15 pence, it told the London Stock Exchange.", "GBR"),
        ("WEATHER", "It rained.", ""),
    ] {
        assert_eq!(about(&lexicon, title, body), codes, "{body}");
    }
    // A sentence on its own is no story.
    assert_eq!(named(&lexicon, "en", "", "The museum opened in Chicago."), "");
}

#[test]
fn a_passing_mention_is_named_and_not_about() {
    let lexicon = lexicon();
    let filler = "The committee discussed the budget and the calendar at some length. ".repeat(12);
    let body = format!("Chile raised taxes.\n\n{filler}\n\nA similar law exists in Norway.");
    let found = countries(&lexicon, "en", "Taxes up", &body);
    let about: Vec<_> = found.iter().map(|entity| (entity.code.as_str(), entity.about)).collect();
    assert_eq!(about, [("CHL", true), ("NOR", false)]);
    assert!(found[0].in_lead && !found[1].in_lead && found[0].salience > found[1].salience);
}

#[test]
fn heads_and_seats_stand_for_their_country_in_headlines_only() {
    let lexicon = lexicon();
    assert_eq!(named(&lexicon, "en", "", "Obama spoke at the White House."), "");
    assert_eq!(named(&lexicon, "en", "Trump threatens tariffs on Canada", "The list is long."), "CAN USA");
    let twice = countries(&lexicon, "en", "", "Obama praised American carmakers.");
    assert_eq!((twice[0].code.as_str(), twice[0].mentions), ("USA", 2));
}

#[test]
fn a_union_is_named_by_its_name_and_not_by_its_continent_or_seat() {
    let lexicon = lexicon();
    assert_eq!(named(&lexicon, "en", "", "Birds return to Europe in spring."), "");
    assert_eq!(named(&lexicon, "en", "", "She was born in Brussels."), "BEL");
    assert_eq!(named(&lexicon, "en", "", "The European Union will answer, Brussels said."), "EUE");
    assert_eq!(named(&lexicon, "en", "", "The European Union looks to its neighbours in Europe."), "EUE");
}

#[test]
fn an_organisation_names_the_country_in_its_name() {
    let lexicon = lexicon();
    assert_eq!(named(&lexicon, "en", "", "The Bank of Japan kept rates."), "JPN");
    assert_eq!(named(&lexicon, "en", "", "The FBI opened an inquiry."), "");
}

#[test]
fn headlines_in_capitals_name_what_is_told_by_its_capital() {
    let lexicon = lexicon();
    assert_eq!(named(&lexicon, "en", "TURKEY TO SELL WHEAT", "Nothing more."), "TUR");
    assert_eq!(named(&lexicon, "en", "", "We ate turkey."), "");
}

#[test]
fn a_language_is_no_country_in_any_language() {
    let lexicon = lexicon();
    for (language, text) in [
        ("en", "She wrote in English, and spoke Japanese."),
        ("fr", "Elle écrivait en anglais et parlait japonais."),
        ("de", "Sie schrieb auf Englisch und sprach Japanisch."),
        ("es", "Escribía en inglés y hablaba japonés."),
        ("ja", "彼女は英語で書き、日本語を話した。"),
        ("ko", "그녀는 영어로 쓰고 일본어를 말했다."),
        ("zh", "她用英语写作，会说日语。"),
    ] {
        assert_eq!(named(&lexicon, language, "", text), "", "{text}");
    }
}

#[test]
fn names_of_other_times_are_read() {
    let lexicon = lexicon();
    for (language, text) in [
        ("en", "Soviet and West German officials met."),
        ("fr", "Des responsables soviétiques et ouest-allemands se rencontrèrent."),
        ("de", "Sowjetische und westdeutsche Beamte trafen sich."),
        ("es", "Funcionarios de la Unión Soviética y de Alemania Occidental se reunieron."),
        ("ja", "ソ連と西ドイツの当局者が会談した。"),
        ("ko", "소련과 서독 관리들이 만났다."),
        ("zh", "苏联和西德官员会面。"),
    ] {
        assert_eq!(named(&lexicon, language, "", text), "DEU RUS", "{text}");
    }
}

#[test]
fn languages_known_by_their_places_name_countries() {
    let lexicon = lexicon();
    assert_eq!(named(&lexicon, "it", "", "I francesi e la Germania firmano."), "DEU FRA");
    assert_eq!(named(&lexicon, "pt", "", "O Brasil e a Argentina assinam."), "ARG BRA");
    assert!(lexicon.languages().all(|language| language.as_str() != "it"));
}
