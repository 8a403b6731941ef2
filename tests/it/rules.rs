//! One plain text for each rule of reading that reaches beyond a row and its words: sentences that speak of another, conditions,
//! answers, headlines. Each text must state what is listed, and of the channels listed nothing else.

use std::collections::BTreeSet;

use goulet::data::DataSource;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor};
use goulet::lexicon::Lexicon;

use crate::support::{code, document};

/// Rule, language, title, text, and what is stated: channel, material, origin, target, status.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "an act on another's conduct is a threat, aimed at that country",
        "en",
        "",
        "If Hanoi keeps its duties, China will ban exports of rare earths.",
        &["export_controls rare_earths CHN VNM threatened", "coercion rare_earths CHN VNM threatened"],
    ),
    (
        "a condition in mid-sentence parts nobody from what he says",
        "en",
        "",
        "China warned that, if Hanoi keeps its duties, it would ban exports of rare earths.",
        &["export_controls rare_earths CHN VNM threatened", "coercion rare_earths CHN VNM threatened"],
    ),
    (
        "a title's first country heads it",
        "ja",
        "中国、対米ガリウム輸出を禁止",
        "発表は10日。",
        &["export_controls gallium CHN USA in_force"],
    ),
    (
        "who only reports what another did is no actor",
        "ko",
        "",
        "산업통상자원부는 일본이 불화수소 수출규제를 해제했다고 밝혔다.",
        &["export_controls hydrogen_fluoride JPN  eased"],
    ),
    (
        "who was hit and complains does not act",
        "en",
        "",
        "China has halted exports of rare earths to Japan over a territorial dispute. Tokyo called it economic coercion.",
        &["export_controls rare_earths CHN JPN in_force", "coercion rare_earths CHN JPN in_force"],
    ),
    (
        "a mitigation is aimed at the country depended on beside it",
        "en",
        "",
        "The United States relies on China for 90% of its rare earths. Washington will fund two new plants to make rare-earth magnets at home.",
        &["concentration rare_earths CHN USA in_force", "mitigation rare_earth_magnets USA CHN announced"],
    ),
    (
        "what is answered is not the answer's",
        "en",
        "",
        "China banned exports of gallium to the United States. Analysts saw in it payback for the chip controls.",
        &["export_controls gallium CHN USA in_force", "coercion gallium CHN USA in_force"],
    ),
    (
        "a letter in brackets belongs to the country's name",
        "zh",
        "",
        "刚果（金）宣布暂停钴出口四个月。",
        &["export_controls cobalt COD  in_force"],
    ),
    (
        "the ministry of news sent from a capital is that country's",
        "en",
        "",
        "SEOUL - The trade ministry said it would ban exports of urea.",
        &["export_controls urea KOR  announced"],
    ),
    (
        "who suffers, says the next sentence",
        "de",
        "",
        "Jakarta hat die Ausfuhr von Kohle gestoppt. Betroffen sind vor allem Abnehmer in Japan.",
        &["export_controls coal IDN JPN in_force"],
    ),
    (
        "who opens the main clause acts in the clause before it",
        "en",
        "",
        "After banning nickel exports, Indonesia saw its smelters grow.",
        &["export_controls nickel IDN  in_force"],
    ),
    (
        "an opening phrase is no part of what the main clause states",
        "fr",
        "",
        "Après un an d'embargo, l'Inde rouvre les exportations de sucre.",
        &["export_controls sugar IND  eased"],
    ),
    (
        "acts and goods of the quarrel are not the act's",
        "en",
        "",
        "China halted exports of gallium to Canada in retaliation for the duties on electric cars.",
        &["export_controls gallium CHN CAN in_force", "coercion gallium CHN CAN in_force"],
    ),
    (
        "goods behind an act are of the country they are named after, which does not act",
        "fr",
        "",
        "L'embargo congolais sur le lithium zimbabwéen est en vigueur.",
        &["coercion lithium COD ZWE in_force"],
    ),
    (
        "an act on another's conduct has its motive",
        "en",
        "",
        "If Mexico does not yield, the United States will block tomatoes.",
        &["coercion  USA MEX threatened"],
    ),
    (
        "the first syllable of a name marks nobody before it",
        "ko",
        "",
        "페루와 에콰도르는 구리 수출을 금지했다.",
        &["export_controls copper PER  in_force", "export_controls copper ECU  in_force"],
    ),
    (
        "a denial takes back what the words state",
        "en",
        "",
        "Moscow denied that it had banned exports of urea.",
        &["export_controls urea RUS  denied"],
    ),
];

#[test]
fn each_rule_reads_its_text() {
    let lexicon = Lexicon::load(&DataSource::open(None).unwrap()).unwrap();
    let extractor = Extractor::new(&lexicon, DEFAULT_CERTAINTIES);
    let mut faults = Vec::new();
    for (rule, language, title, text, expected) in CASES {
        let channels: BTreeSet<&str> = expected.iter().filter_map(|row| row.split(' ').next()).collect();
        let found: BTreeSet<String> = extractor
            .read(&document(language, title, text))
            .unwrap()
            .mentions
            .iter()
            .filter(|m| channels.contains(m.channel.as_str()))
            .map(|m| {
                let material = m.material.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{} {material} {} {} {}", m.channel, code(m.origin), code(m.target), m.status)
            })
            .collect();
        let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
        if found != expected {
            faults.push(format!("{rule}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_aside_in_a_long_text_is_left_out() {
    let lexicon = Lexicon::load(&DataSource::open(None).unwrap()).unwrap();
    let extractor = Extractor::new(&lexicon, DEFAULT_CERTAINTIES);
    let read = |text: &str| extractor.read(&document("en", "", text)).unwrap().mentions.len();
    let aside = "Indonesia has banned exports of nickel ore.";
    let others =
        "The fair opened on Monday. Visitors came from many towns. Music was played until late. The food was good.";
    assert_eq!(read(&format!("{others} {aside}")), 0);
    assert_eq!(read(&format!("{aside} {others}")), 1);
    assert_eq!(read(aside), 1);
    // Who is aimed at, or a second sentence, makes it more than an aside.
    assert_eq!(read(&format!("{others} Indonesia has banned exports of nickel ore to China.")), 1);
    assert!(read(&format!("{others} {aside} China depends on Indonesia for 60 % of its nickel.")) >= 2);
}

#[test]
fn what_other_sentences_say_serves_only_where_it_is_of_the_same() {
    let lexicon = Lexicon::load(&DataSource::open(None).unwrap()).unwrap();
    let extractor = Extractor::new(&lexicon, DEFAULT_CERTAINTIES);
    let read = |text: &str| -> Vec<String> {
        let mentions = extractor.read(&document("en", "", text)).unwrap().mentions;
        mentions.iter().map(|m| format!("{} {} {}", m.channel, code(m.origin), code(m.target))).collect()
    };
    // A motive three sentences away, of the same two countries or of nobody in particular. Eighty percent is no share of supply.
    let tariff = "China has imposed a tariff of 80 percent on Australian barley. Silos are full. Farmers had expected a good year.";
    let motive = "Officials in Canberra said China wanted to punish Australia for its stand.";
    assert_eq!(read(&format!("{tariff} {motive}")), ["coercion CHN AUS"]);
    assert!(read(&format!("{tariff} Officials said that somebody wanted to punish them.")).is_empty());
    // Goods two sentences back, in a text that has stated something and in one that has not.
    let share = "Traders were surprised. China accounts for 98 percent of world production.";
    let stated = read(&format!("China has banned exports of gallium. {share}"));
    assert_eq!(stated, ["export_controls CHN ", "concentration CHN "]);
    assert!(read(&format!("Prices of gallium rose. {share}")).is_empty());
    // Who was aimed at does not act, unless against somebody.
    let ban = "China has banned exports of gallium to Japan.";
    assert_eq!(read(&format!("{ban} Japan has banned exports of gallium.")), ["export_controls CHN JPN"]);
    assert_eq!(read(&format!("{ban} Japan has banned exports of gallium to China.")).len(), 2);
}
