//! Numbers worked by hand: every expected value below follows from the formulas in `text.rs`.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::tally::tests::mention;
use super::super::tally::{DocumentSummary, Summed, Tally};
use super::super::weight::weights;
use super::*;
use crate::codes::{Channel, Granularity, SectorId, Status};
use crate::extract::mention::Mention;

struct Written {
    date: &'static str,
    sectors: Vec<SectorId>,
    mentions: Vec<Mention>,
}

/// A document that mentions `solar`, and these statements.
fn written(date: &'static str, mentions: Vec<Mention>) -> Written {
    Written { date, sectors: vec!["solar".parse().unwrap()], mentions }
}

fn tally(documents: &[Written]) -> Tally {
    let mut tally = Tally::within(&std::env::temp_dir());
    for Written { date, sectors, mentions } in documents {
        tally
            .add(&DocumentSummary { date: date.parse().ok(), publisher: "", says: &Summed::of(sectors, mentions) })
            .unwrap();
    }
    tally
}

/// The indicators of documents with clusters of these sizes.
fn of(tally: &Tally, sizes: &[u32], settings: &TextSettings, structural: &[&str]) -> IndicatorTable {
    let clusters = |_, _| Ok(sizes.iter().map(|size| (0, *size)).collect());
    let weights = weights(tally, clusters, settings).unwrap();
    let structural: BTreeSet<Unit> = structural.iter().map(|country| unit(country)).collect();
    text_indicators(tally, &weights, settings, &structural).unwrap()
}

fn unit(country: &str) -> Unit {
    ("solar".parse().unwrap(), country.parse().unwrap())
}

/// (indicator, country) → row, of one period.
fn rows(table: &IndicatorTable, period: &str) -> BTreeMap<(String, String), IndicatorRow> {
    let rows = table.rows().unwrap().into_iter().filter(|row| row.period.to_string() == period);
    rows.map(|row| ((row.indicator.to_string(), row.country.to_string()), row)).collect()
}

fn ban(severity: f64) -> Mention {
    mention(Channel::ExportControls, "solar", ("CHN", "USA"), Status::InForce, severity)
}

/// Four documents on solar; China bans exports in two (0.5 and 1.0), one of these printed twice; one eases.
fn sample() -> Tally {
    let easing = mention(Channel::ExportControls, "solar", ("CHN", ""), Status::Eased, 0.6);
    tally(&[
        written("2024-01-10", vec![ban(0.5), ban(0.25)]),
        written("2024-01-20", vec![ban(1.0)]),
        written("2024-01-21", vec![ban(1.0)]),
        written("2024-02-01", vec![easing]),
        written("2024-02-02", vec![]),
    ])
}

const CLUSTERS: [u32; 5] = [1, 2, 2, 1, 1];

fn indicators(settings: &TextSettings) -> IndicatorTable {
    of(&sample(), &CLUSTERS, settings, &["FRA"])
}

#[track_caller]
fn value(rows: &BTreeMap<(String, String), IndicatorRow>, indicator: &str, country: &str, expected: f64) {
    let row = &rows[&(indicator.to_owned(), country.to_owned())];
    let found = row.value.unwrap();
    assert!((found - expected).abs() < 1e-9, "{indicator} {country}: {found} is not {expected} ({})", row.provenance);
}

#[test]
fn shares_by_hand() {
    let rows = rows(&indicators(&TextSettings::default()), "all");
    // R = 1 + ½ + ½ + 1 + 1 = 4; Σwm = 0.5 + ½ + ½ = 1.5; raw 0.375.
    value(&rows, "relevant_documents", "CHN", 4.0);
    value(&rows, "export_controls_text_raw", "CHN", 37.5);
    // Units CHN, USA (target) and FRA (structural): μ = 0.375 / 3 = 0.125; (1.5 + 5 × 0.125) / 9 and 0.625 / 9.
    value(&rows, "export_controls_text", "CHN", 100.0 * 2.125 / 9.0);
    value(&rows, "export_controls_text", "FRA", 100.0 * 0.625 / 9.0);
    // One of four documents eases, at severity 0.6.
    value(&rows, "easing_text_raw", "CHN", 15.0);
    // Two of four effective documents aim at the United States.
    value(&rows, "exposure_text_raw", "USA", 50.0);
    value(&rows, "coercion_text", "CHN", 0.0);
    value(&rows, "mentions", "CHN", 5.0);
    let documents = |indicator: &str, country: &str| rows[&(indicator.to_owned(), country.to_owned())].documents;
    assert_eq!(documents("export_controls_text", "CHN"), Some(3));
    assert_eq!(documents("export_controls_text", "FRA"), Some(0));
    assert_eq!((documents("mentions", "CHN"), documents("relevant_documents", "FRA")), (Some(4), Some(5)));
    let provenance = &rows[&("export_controls_text".to_owned(), "CHN".to_owned())].provenance;
    assert_eq!(
        provenance,
        "3 of 5 relevant documents, weighted 1.5 of 4, drawn to the mean of all units, 12.5, with strength 5"
    );
}

#[test]
fn the_interval_is_that_of_the_beta_distribution() {
    // One document of full gravity out of one, μ = 0.25, α = 4: Beta(2, 3), F(x) = 6x² − 8x³ + 3x⁴.
    let shrunk = shrink(1.0, 1.0, 0.25, 4.0, 0.9);
    let distribution = |x: f64| 6.0 * x.powi(2) - 8.0 * x.powi(3) + 3.0 * x.powi(4);
    assert!((shrunk.share - 0.4).abs() < 1e-12, "one article is no confident 100");
    assert!((distribution(shrunk.low) - 0.05).abs() < 1e-9 && (distribution(shrunk.high) - 0.95).abs() < 1e-9);
    // A nearly empty prior: the mean would lie outside.
    let skewed = shrink(0.0, 3.0, 1e-6, 5.0, 0.9);
    assert!(skewed.low <= skewed.share && skewed.share <= skewed.high);
    assert_eq!(shrink(0.0, 3.0, 0.0, 5.0, 0.9), Shrunk { share: 0.0, low: 0.0, high: 0.0 });
    assert_eq!(shrink(0.0, 0.0, 0.5, 0.0, 0.9).share, 0.0);
}

#[test]
fn a_month_without_relevant_documents_has_no_row_and_silence_in_another_is_a_zero() {
    let monthly = indicators(&TextSettings { granularity: Granularity::Month, ..TextSettings::default() });
    let (january, february) = (rows(&monthly, "2024-01"), rows(&monthly, "2024-02"));
    // January: Σwm = 1.5 of R = 2. February: nothing but the easing, out of 2.
    value(&january, "export_controls_text_raw", "CHN", 75.0);
    value(&february, "export_controls_text_raw", "CHN", 0.0);
    value(&february, "export_controls_text", "CHN", 0.0);
    value(&february, "easing_text_raw", "CHN", 30.0);
    assert!(rows(&monthly, "2024-03").is_empty() && rows(&monthly, "all").is_empty());
    assert!(february.contains_key(&("exposure_text".to_owned(), "FRA".to_owned())), "structural units are observed");
}

#[test]
fn documents_after_the_day_do_not_count() {
    let as_of = Some("2024-01-20".parse().unwrap());
    let rows = rows(&indicators(&TextSettings { as_of, ..TextSettings::default() }), "all");
    value(&rows, "relevant_documents", "CHN", 1.5);
    value(&rows, "export_controls_text_raw", "CHN", 100.0 * 1.0 / 1.5);
}

#[test]
fn status_and_missing_parties() {
    let considered = mention(Channel::Coercion, "solar", ("USA", ""), Status::Considered, 0.5);
    let denied = mention(Channel::Coercion, "solar", ("IND", "CHN"), Status::Denied, 0.9);
    let aimed = mention(Channel::Concentration, "solar", ("", "DEU"), Status::InForce, 0.7);
    let elsewhere = mention(Channel::Coercion, "wind", ("USA", ""), Status::InForce, 1.0);
    let tally = tally(&[written("", vec![considered, denied, aimed, elsewhere])]);
    let table = of(&tally, &[1], &TextSettings::default(), &[]);
    let mut found: Vec<_> = table.rows().unwrap();
    found
        .retain(|row| row.sector == unit("USA").0 && row.indicator.as_str().ends_with("_raw") && row.value > Some(0.0));
    let found: Vec<_> = found.iter().map(|row| (row.country.as_str(), row.indicator.as_str(), row.value)).collect();
    // Severity 0.5 × certainty 0.4; a denial says nothing; the sector of another statement is another unit.
    let expected = [("DEU", "exposure_text_raw", Some(100.0)), ("USA", "coercion_text_raw", Some(20.0))];
    assert_eq!(found, expected);
    assert!(rows(&table, "all").contains_key(&("coercion_text".to_owned(), "IND".to_owned())));
}

/// A document made of a few numbers: day, number of statements and their gravity.
fn generated(day: i8, statements: &[(u8, f64)]) -> Written {
    const DATES: [&str; 4] = ["2024-01-05", "2024-02-07", "2024-02-08", ""];
    const COUNTRIES: [&str; 3] = ["CHN", "USA", "FRA"];
    let mentions = statements.iter().map(|(kind, severity)| {
        let channel = Channel::ALL[usize::from(kind % 4)];
        let status = Status::ALL[usize::from(kind % 6)];
        let sector = if kind % 5 == 0 { "wind" } else { "solar" };
        let parties = (COUNTRIES[usize::from(kind % 3)], COUNTRIES[usize::from(kind / 3 % 3)]);
        mention(channel, sector, parties, status, *severity)
    });
    written(DATES[day.unsigned_abs() as usize % 4], mentions.collect())
}

proptest! {
    #[test]
    fn the_order_of_documents_does_not_matter(
        documents in prop::collection::vec(
            (0..4_i8, prop::collection::vec((0..60_u8, 0.0..1.0_f64), 0..4), 1..4_u32), 1..12
        ),
        seed in 0..1000_usize,
    ) {
        let (half_life_days, granularity) = (Some(17.0), Granularity::Month);
        let settings = TextSettings { half_life_days, granularity, ..TextSettings::default() };
        let bytes = |order: &[usize]| {
            let made: Vec<_> = order.iter().map(|at| generated(documents[*at].0, &documents[*at].1)).collect();
            let clusters: Vec<_> = order.iter().map(|at| documents[*at].2).collect();
            let table = of(&tally(&made), &clusters, &settings, &["JPN"]);
            let mut bytes = Vec::new();
            table.write_to(&mut bytes).unwrap();
            bytes
        };
        let order: Vec<_> = (0..documents.len()).collect();
        let mut shuffled = order.clone();
        shuffled.rotate_left(seed % order.len());
        shuffled.sort_by_key(|at| (at * 7919 + seed) % 13);
        prop_assert_eq!(bytes(&order), bytes(&shuffled));
    }

    #[test]
    fn the_value_lies_in_its_interval_and_on_the_scale(
        relevant in 0.0..1e5_f64, part in 0.0..=1.0_f64, mean in 0.0..=1.0_f64, strength in 0.0..100.0_f64,
    ) {
        let shrunk = shrink(part * relevant, relevant, mean, strength, 0.9);
        prop_assert!(0.0 <= shrunk.low && shrunk.low <= shrunk.share, "{:?}", shrunk);
        prop_assert!(shrunk.share <= shrunk.high && shrunk.high <= 1.0, "{:?}", shrunk);
    }
}
