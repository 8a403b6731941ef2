//! A small folder of data worked by hand, properties on the tables inside the program, and facts about them.

use std::path::PathBuf;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::codes::Period;
use crate::model::Model;

const TABLES: [(&str, &str); 9] = [
    ("sectors.csv", "sector\nchips\ncars\nphones\n"),
    ("materials.csv", "material\ngallium\ncopper\n"),
    (
        "sector_inputs.csv",
        "sector,input,stage,weight,why,source\nchips,gallium,processing,1,,\nchips,copper,processing,3,,\n\
         cars,copper,processing,1,,\ncars,magnets,making,2,,\nphones,glass,making,1,,\n",
    ),
    (
        "structural/shares.csv",
        "input,stage,country,share,kind,reference_year,preferred,complete,basis,publisher,title,url\n\
         gallium,processing,CHN,0.9,production,2024,true,true,primary,Survey,Yearbook,a\n\
         gallium,processing,DEU,0.1,production,2024,true,true,primary,Survey,Yearbook,a\n\
         copper,processing,CHL,0.5,production,2024,true,false,primary,Survey,Yearbook,a\n\
         copper,processing,CHN,0.4,production,2024,true,false,primary,Survey,Yearbook,a\n\
         copper,processing,OTHER,0.1,production,2024,true,false,primary,Survey,Yearbook,a\n\
         ore,mining,CHN,0.6,production,2024,true,true,primary,Survey,Yearbook,a\n\
         ore,mining,AUS,0.4,production,2024,true,true,primary,Survey,Yearbook,a\n\
         magnets,making,CHN,0.3,production,2024,true,true,primary,Survey,Yearbook,a\n\
         magnets,making,JPN,0.7,production,2024,true,true,primary,Survey,Yearbook,a\n",
    ),
    ("structural/trade_parameter.csv", "material,stage,country,trade_parameter,reference_year,source\n"),
    (
        "structural/governance.csv",
        "country,year,voice_accountability,political_stability,government_effectiveness,regulatory_quality,\
         rule_of_law,control_of_corruption\n",
    ),
    ("structural/eu_parameters.csv", "material,stage,recycling_rate,si_sr\ngallium,processing,0.1,0.5\n"),
    (
        "structural/eu_supply_shares.csv",
        "material,stage,country,share\ngallium,processing,CHN,0.7\ngallium,processing,DEU,0.3\n\
         copper,processing,CHL,0.6\n",
    ),
    (
        "structural/sector_links.csv",
        "from,from_stage,to,to_stage,weight,dependence,why,source\ngallium,processing,chips,,,0.5,,\n\
         chips,,cars,,1,0.8,,\nchips,,phones,,1,,,\nore,mining,magnets,making,,0.9,,\n",
    ),
];

/// The small folder, with these tables in place of its own.
fn knowledge(changed: &[(&str, &str)]) -> Result<Knowledge> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("structural")).unwrap();
    for (name, text) in TABLES.iter().chain(changed) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Knowledge::load(&DataSource::Folder(PathBuf::from(folder.path())))
}

fn built_in() -> &'static Knowledge {
    static BUILT_IN: OnceLock<Knowledge> = OnceLock::new();
    BUILT_IN.get_or_init(|| Knowledge::load(&DataSource::Embedded).unwrap())
}

fn shocks(texts: &[&str]) -> Vec<Shock> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn small(texts: &[&str]) -> Scenario {
    run(&knowledge(&[]).unwrap(), &shocks(texts)).unwrap()
}

fn sector<'a>(scenario: &'a Scenario, code: &str) -> &'a SectorLoss {
    scenario.sectors.iter().find(|sector| sector.sector.as_str() == code).unwrap()
}

#[track_caller]
fn close(found: Span, low: f64, high: f64) {
    assert!((found.low - low).abs() < 1e-12 && (found.high - high).abs() < 1e-12, "{found:?} is not {low} to {high}");
}

#[test]
fn a_chain_by_hand() {
    let scenario = small(&["CHN:gallium=1"]);
    let struck = &scenario.struck[0];
    close(struck.lost(), 0.9, 0.9);
    close(struck.parameters.after_recycling(struck.lost()), 0.81, 0.81);
    close(struck.parameters.after_substitution(struck.lost()), 0.405, 0.405);
    // 1 × 0.5 × 0.9 / (1 + 3); copper is not struck and loses nothing.
    let chips = sector(&scenario, "chips");
    close(chips.lost, 0.1125, 0.1125);
    close(chips.after_mitigation, 0.050625, 0.050625);
    assert_eq!((chips.step, chips.known_weight, chips.unknown.len()), (1, Some(1.0), 0));
    // 1 × 0.8 × 0.1125 / (1 + 2 + 1).
    let cars = sector(&scenario, "cars");
    close(cars.lost, 0.0225, 0.0225);
    assert_eq!((cars.step, cars.ways[0].text()), (2, "gallium@processing -> chips -> cars".to_owned()));
    // Phones need chips by an unknown part: 0 to 1 × 0.1125 / 2.
    let phones = sector(&scenario, "phones");
    close(phones.lost, 0.0, 0.05625);
    assert_eq!((phones.known_weight, phones.unknown[0].to_string()), (Some(0.5), "chips".to_owned()));
    let unknown: Vec<_> = scenario.unknown.iter().map(|unknown| (unknown.kind, unknown.to.as_str())).collect();
    assert_eq!(unknown, [("dependence", "phones")]);
    close(scenario.exposed[0].exposure.unwrap(), 0.7, 0.7);
    assert_eq!(scenario.sectors[0].sector.as_str(), "chips");
}

#[test]
fn the_scarcest_of_what_an_input_is_made_of_decides() {
    let mined = small(&["CHN:ore=0.5"]);
    // Ore 0.3, magnets 0.9 × 0.3, cars up to 2 × 0.27 / 4.
    close(sector(&mined, "cars").lost, 0.0, 0.135);
    assert_eq!(sector(&mined, "cars").ways[0].text(), "ore@mining -> magnets@making -> cars");
    assert_eq!((mined.made_inputs.len(), mined.made_inputs[0].0.to_string()), (1, "magnets@making".to_owned()));
    // China's own magnets are 0.3 > 0.27: not the sum.
    let both = small(&["CHN:ore=0.5", "CHN:magnets=1"]);
    close(sector(&both, "cars").lost, 0.0, 0.15);
    assert_eq!(sector(&both, "cars").ways[0].text(), "magnets@making -> cars");
    // No recycling or substitution is known of ore: between nothing and all is left.
    close(sector(&both, "cars").after_mitigation, 0.0, 0.15);
    assert!(both.unknown.iter().any(|unknown| unknown.kind == "recycling" && unknown.from == "ore@mining"));
    assert!(both.unknown.iter().any(|unknown| unknown.kind == "purchases" && unknown.to == "EUE"));
}

#[test]
fn a_country_that_is_not_named_is_unknown_only_where_the_source_is_not_complete() {
    let incomplete = small(&["DEU:copper=0.5"]);
    close(incomplete.struck[0].lost(), 0.0, 0.05);
    assert_eq!(incomplete.struck[0].lost().known(), None);
    assert!(incomplete.unknown.iter().any(|unknown| unknown.kind == "share" && unknown.to == "DEU"));
    // The EU's table names Chile alone: 0.4 of the supply may be Germany's.
    close(incomplete.exposed[0].exposure.unwrap(), 0.0, 0.2);
    let complete = small(&["JPN:gallium=1"]);
    assert_eq!((complete.struck[0].lost().known(), complete.sectors.len()), (Some(0.0), 0));
    // Nobody says who makes glass.
    let no_set = small(&["CHN:glass=0.5"]);
    close(no_set.struck[0].lost(), 0.0, 0.5);
    close(sector(&no_set, "phones").lost, 0.0, 0.25);
}

#[test]
fn a_cycle_ends() {
    let node = |text: &str| match text.split_once('@') {
        Some((input, stage)) => Node::Input(InputStage { input: input.parse().unwrap(), stage: stage.to_owned() }),
        None => Node::Sector(text.parse().unwrap()),
    };
    let link = |from: &str, to: &str| Link {
        from: node(from),
        to: node(to),
        weight: 1.0,
        dependence: Some(1.0),
        source: String::new(),
        place: String::new(),
    };
    let links = [link("x@making", "a"), link("b", "a"), link("a", "b"), link("y@making", "b")];
    let own = BTreeMap::from([(node("x@making"), Span::of(Some(1.0)))]);
    let chains = Chains::new(&links, own.keys());
    let losses = chains.spread(&own);
    assert!(losses.is_settled);
    let of = |name: &str| chains.nodes().find(|(_, other)| **other == node(name)).unwrap().0;
    // a = (1 + b) / 2, b = a / 2.
    close(losses.lost[of("a")], 2.0 / 3.0, 2.0 / 3.0);
    close(losses.lost[of("b")], 1.0 / 3.0, 1.0 / 3.0);
    assert_eq!((losses.reached[of("a")], losses.reached[of("b")]), (Some(1), Some(2)));
    let ways = paths::ways(&chains, &losses, of("a"));
    assert_eq!(ways.iter().map(Way::text).collect::<Vec<_>>(), ["x@making -> a", "(round in cycles)"]);
    close(ways[1].adds, 0.0, 1.0 / 6.0);
}

#[test]
fn what_is_not_known_is_refused_with_what_is_near() {
    let knowledge = knowledge(&[]).unwrap();
    for (given, words, remedy) in [
        (["CHN:galium=1"].as_slice(), "no input `galium`", "gallium"),
        (&["CHN:gallium@mining=1"], "no stage `mining`", "processing"),
        (&["CHI:gallium=1"], "no country CHI", "CHL CHN"),
        (&["EUE:gallium=1"], "not one country", "DEU"),
        (&["CHN:gallium=1", "CHN:gallium=0.5"], "twice", "one --shock"),
        (&["CHN:gallium=1", "CHN:gallium@processing=1"], "twice", "one --shock"),
        (&[], "no shock", "--shock CHN:gallium=1.0"),
    ] {
        let fault = run(&knowledge, &shocks(given)).unwrap_err();
        assert!(fault.to_string().contains(words), "{fault}");
        assert!(fault.remedy().unwrap().contains(remedy), "{:?}", fault.remedy());
    }
    let all = run(&knowledge, &shocks(&["XXX:gallium=1", "CHN:galium=1"])).unwrap_err().to_string();
    assert!(all.contains("2 faults") && all.contains("XXX") && all.contains("galium"), "{all}");
}

#[test]
fn every_faulty_link_is_told_at_its_line() {
    let links = "from,from_stage,to,to_stage,weight,dependence,why,source\nship,,cars,,1,,,\nchips,,cars,,,,,\n\
                 gallium,mining,chips,,,,,\nglass,making,cars,,,1,,\nore,mining,magnets,making,2,,,\n\
                 chips,,phones,,1,1.5,,\nchips,,chips,,1,,,\nore,mining,magnets,making,,,,\n\
                 ore,mining,magnets,making,,,,\n";
    let message = knowledge(&[("structural/sector_links.csv", links)]).unwrap_err().to_string();
    for words in [
        "8 faults",
        "sector_links.csv:2 (column from): `ship`",
        ":3 (column weight)",
        ":4 (column from): neither shares.csv nor sector_inputs.csv",
        ":5 (column from): sector_inputs.csv does not list",
        ":6 (column weight)",
        ":7 (column dependence): 1.5",
        ":8 (column to)",
        ":10 (column to): the same link",
    ] {
        assert!(message.contains(words), "{words} not in {message}");
    }
    let parameters = "material,stage,recycling_rate,si_sr\ngallium,processing,1.5,0.5\n";
    let message = knowledge(&[("structural/eu_parameters.csv", parameters)]).unwrap_err().to_string();
    assert!(message.contains("eu_parameters.csv:2 (column recycling_rate)"), "{message}");
}

#[test]
fn all_of_chinas_gallium() {
    let scenario = run(built_in(), &shocks(&["CHN:gallium=1.0"])).unwrap();
    assert_eq!(scenario.struck.len(), 1);
    close(scenario.struck[0].lost(), 0.990099, 0.990099);
    // Recycling 0, substitution index 0.98 (EU 2023).
    let parameters = scenario.struck[0].parameters;
    close(parameters.after_substitution(scenario.struck[0].lost()), 0.97029702, 0.97029702);
    for code in
        ["semiconductors", "computers_electronics", "critical_minerals", "solar", "electric_vehicles", "telecom"]
    {
        assert!(sector(&scenario, code).lost.high > 0.0, "{code}");
    }
    let cars = sector(&scenario, "electric_vehicles");
    assert_eq!((cars.step, cars.ways.len()), (2, 1));
    assert_eq!(cars.ways[0].text(), "gallium@processing -> semiconductors -> electric_vehicles");
    // What no source says stays open: nobody gives the part of chips that need gallium.
    assert_eq!((cars.lost.low, cars.lost.known()), (0.0, None));
    close(scenario.exposed[0].exposure.unwrap(), 0.69, 0.69);
}

#[test]
fn scores_move_only_where_the_shock_strikes_and_never_down() {
    let knowledge = built_in();
    let model = Model::from_toml(&DataSource::Embedded.read("model.toml").unwrap(), "model.toml".as_ref()).unwrap();
    let indicators = knowledge.structure.indicators(&[Period::All]).unwrap();
    let of = |texts: &[&str]| {
        let struck = run(knowledge, &shocks(texts)).unwrap().struck;
        scores::rescore(&indicators, &model, &knowledge.structure, &struck).unwrap()
    };
    assert!(of(&["CHN:gallium=0"]).iter().all(|moved| moved.before == moved.after && moved.restrictions.is_none()));
    let all = of(&["CHN:gallium=1"]);
    let (part, both) = (of(&["CHN:gallium=0.5"]), of(&["CHN:gallium=1", "CHL:copper=1"]));
    let risk = |rows: &[scores::Moved], unit| rows.iter().find(|row| row.unit == unit).unwrap().after.risk;
    for moved in &all {
        let (_, sector, country) = moved.unit;
        let is_struck = country.as_str() == "CHN" && moved.restrictions.is_some();
        assert!(is_struck || moved.before.risk == moved.after.risk, "{sector} {country}");
        assert!(moved.after.risk >= moved.before.risk, "{sector} {country}");
        assert!(risk(&part, moved.unit) <= moved.after.risk && moved.after.risk <= risk(&both, moved.unit));
    }
    let rises = |code: &str| {
        let row = all.iter().find(|row| (row.unit.1.as_str(), row.unit.2.as_str()) == (code, "CHN")).unwrap();
        row.after.risk > row.before.risk
    };
    assert!(rises("semiconductors") && rises("critical_minerals") && !rises("wind"));
}

#[test]
fn restrictions_rise_by_the_part_of_supply_that_is_struck() {
    // China supplies 1 × 0.9 + 3 × 0.4 of 4 of what chips need, and licenses gallium: level 0.4 for all of it.
    let restricted = "material,stage,country,trade_parameter,reference_year,source\ngallium,processing,CHN,1.2,2023,\n";
    let knowledge = knowledge(&[("structural/trade_parameter.csv", restricted)]).unwrap();
    let model = Model::from_toml(&DataSource::Embedded.read("model.toml").unwrap(), "model.toml".as_ref()).unwrap();
    let indicators = knowledge.structure.indicators(&[Period::All]).unwrap();
    for (given, expected) in [
        // 1 × 0.9 × (1 − 0.4) / 4.
        (["CHN:gallium=1"].as_slice(), Some(0.21 + 0.135)),
        // Copper's level is not known: the mean stands for it. 3 × 0.4 × (1 − 0.4) / 4.
        (&["CHN:copper=1"], Some(0.21 + 0.18)),
        (&["CHN:copper=1", "CHN:gallium=1"], Some(0.21 + 0.135 + 0.18)),
        // Less than what is restricted already.
        (&["CHN:gallium=0.3"], None),
    ] {
        let struck = run(&knowledge, &shocks(given)).unwrap().struck;
        let moved = scores::rescore(&indicators, &model, &knowledge.structure, &struck).unwrap();
        let chips = moved.iter().find(|row| (row.unit.1.as_str(), row.unit.2.as_str()) == ("chips", "CHN")).unwrap();
        match (chips.restrictions, expected) {
            (Some((Some(before), after)), Some(expected)) => {
                assert!(
                    (before - 0.21).abs() < 1e-12 && (after - expected).abs() < 1e-12,
                    "{given:?}: {before} {after}"
                );
            }
            (found, expected) => assert_eq!(found.map(|found| found.1), expected, "{given:?}"),
        }
    }
}

/// Any shocks on what the tables know, none twice.
fn any_shocks() -> impl Strategy<Value = Vec<(String, f64)>> {
    let known: Vec<String> = built_in()
        .structure
        .shares()
        .sets()
        .filter(|set| set.preferred)
        .flat_map(|set| {
            let of = set.of.clone();
            set.countries.keys().map(move |country| format!("{country}:{}@{}", of.input, of.stage))
        })
        .collect();
    proptest::collection::btree_map(proptest::sample::select(known), 0.0..=1.0, 1..6)
        .prop_map(|map| map.into_iter().collect())
}

fn parsed(given: &[(String, f64)], by: f64) -> Vec<Shock> {
    given.iter().map(|(what, fraction)| format!("{what}={}", fraction * by).parse().unwrap()).collect()
}

fn losses(scenario: &Scenario) -> BTreeMap<SectorId, (Span, Span)> {
    scenario.sectors.iter().map(|sector| (sector.sector, (sector.lost, sector.after_mitigation))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn losses_grow_with_the_fraction_and_stay_within_bounds(given in any_shocks(), part in 0.0..=1.0f64) {
        let all = run(built_in(), &parsed(&given, 1.0)).unwrap();
        let less = losses(&run(built_in(), &parsed(&given, part)).unwrap());
        for sector in &all.sectors {
            let (lost, remaining) = (sector.lost, sector.after_mitigation);
            prop_assert!(0.0 <= lost.low && lost.low <= lost.high && lost.high <= 1.0);
            prop_assert!(remaining.low <= lost.low + 1e-12 && remaining.high <= lost.high + 1e-12);
            let sum: f64 = sector.ways.iter().map(|way| way.adds.high).sum();
            prop_assert!((sum - lost.high).abs() < 1e-9, "{}: {} is not {}", sector.sector, sum, lost.high);
            if let Some((before, _)) = less.get(&sector.sector) {
                prop_assert!(before.low <= lost.low + 1e-12 && before.high <= lost.high + 1e-12);
            }
        }
        prop_assert!(run(built_in(), &parsed(&given, 0.0)).unwrap().sectors.is_empty());
    }

    #[test]
    fn the_order_of_the_shocks_changes_nothing(given in any_shocks()) {
        let mut turned = parsed(&given, 1.0);
        turned.reverse();
        let (one, other) = (run(built_in(), &parsed(&given, 1.0)).unwrap(), run(built_in(), &turned).unwrap());
        prop_assert_eq!(one.sectors, other.sectors);
        prop_assert_eq!(one.struck, other.struck);
        prop_assert_eq!(one.unknown, other.unknown);
    }
}
