//! Properties of `goulet score`, over all that its model file can choose.

use std::path::Path;

use ndarray::Array2;
use proptest::prelude::*;

use crate::error::Result;
use crate::model::file::Places;
use crate::model::table::Panel;
use crate::model::*;

/// Code, parent, weight, direction: two pillars, indicators of both directions.
const TREE: [(&str, &str, f64, f64); 8] = [
    ("Index", "", 1.0, 1.0),
    ("P", "Index", 1.0, 1.0),
    ("Q", "Index", 3.0, 1.0),
    ("a", "P", 2.0, 1.0),
    ("b", "P", 1.0, -1.0),
    ("c", "Q", 1.0, 1.0),
    ("d", "Q", 0.5, -1.0),
    ("e", "Q", 1.5, 1.0),
];
const INDICATORS: [&str; 5] = ["a", "b", "c", "d", "e"];
const DIRECTIONS: [f64; 5] = [1.0, -1.0, 1.0, -1.0, 1.0];

const NORMALISATIONS: [&str; 11] = [
    "method = \"none\"",
    "method = \"min_max\"\nrange = [1, 100]",
    "method = \"z_score\"\nmean = 50\nsd = 10",
    "method = \"scaled\"\nbounds = [0, 100]",
    "method = \"goalposts\"",
    "method = \"target\"",
    "method = \"reference\"\nreference = \"u0\"",
    "method = \"fraction_of_max\"",
    "method = \"rank\"",
    "method = \"borda\"",
    "method = \"percentile_rank\"",
];
const AGGREGATIONS: [&str; 6] = ["arithmetic", "geometric", "harmonic", "power", "inverted_geometric", "copeland"];

/// A model of the tree, its weights multiplied, its entries in another order. `None` where the model file's own rules refuse it.
fn model(text: &str, factor: f64, turn: usize) -> Option<Model> {
    let entry = |(code, parent, weight, direction): &(&str, &str, f64, f64)| NodeEntry {
        code: (*code).into(),
        parent: (!parent.is_empty()).then(|| (*parent).into()),
        weight: Some(weight * factor),
        direction: Some(*direction),
        goalposts: INDICATORS.contains(code).then_some([10.0, 80.0]),
        target: INDICATORS.contains(code).then_some(if *direction > 0.0 { 120.0 } else { -20.0 }),
        ..NodeEntry::default()
    };
    let mut entries: Vec<NodeEntry> = TREE.iter().map(entry).collect();
    entries.rotate_left(turn % TREE.len());
    Model::with_tree(text, Path::new("m.toml"), Tree::build(&entries, &Places::default()).unwrap()).ok()
}

/// Sections of a model file.
fn settings(normalise: &str, aggregate: &str, more: &str) -> String {
    format!("[normalise]\n{normalise}\n[aggregate]\nmethod = \"{aggregate}\"\n{more}")
}

fn table(rows: Vec<[f64; 5]>) -> Table {
    let count = rows.len();
    let values = Array2::from_shape_fn((count, 5), |(row, column)| rows[row][column]);
    let units = (0..count).map(|row| format!("u{row}")).collect();
    let mut table = Table::new(units, INDICATORS.map(String::from).to_vec(), values);
    let side =
        |row: usize| (row % 4 != 3).then(|| if row.is_multiple_of(2) { "east".to_owned() } else { "west".to_owned() });
    table.groups.insert("side".into(), (0..count).map(side).collect());
    table
}

/// From one unit up, with gaps, ties and zeros.
fn tables() -> impl Strategy<Value = Table> {
    let cell = || prop_oneof![1 => Just(f64::NAN), 6 => 0.0f64..100.0, 1 => Just(50.0), 1 => Just(0.0)];
    prop::collection::vec((cell(), cell(), cell(), cell(), cell()), 1..9)
        .prop_map(|rows| table(rows.into_iter().map(|(a, b, c, d, e)| [a, b, c, d, e]).collect()))
}

fn normalisations() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NORMALISATIONS.to_vec())
}

fn aggregations() -> impl Strategy<Value = &'static str> {
    prop::sample::select(AGGREGATIONS.to_vec())
}

/// Where weights come from and how gaps and outliers are met.
fn more() -> impl Strategy<Value = String> {
    let weights = prop::sample::select(vec!["given", "equal", "pca", "entropy", "critic"]);
    let impute = prop::sample::select(vec!["none", "mean", "median", "group_mean", "group_median", "latest", "linear"]);
    let treat = prop::sample::select(vec!["none", "winsorise"]);
    (weights, impute, treat).prop_map(|(weights, impute, treat)| {
        format!(
            "[weights]\nmethod = \"{weights}\"\n[impute]\nmethod = \"{impute}\"\ngroup = \"side\"\n\
             [treat]\nmethod = \"{treat}\"\n[screen]\nmin_coverage = 0.4\n"
        )
    })
}

/// Two units in three stand at several times.
fn panel(mut table: Table) -> Table {
    let count = table.units.len();
    let codes: Vec<String> = (0..count).map(|row| format!("v{}", row / 3)).collect();
    let times: Vec<f64> = (0..count).map(|row| 2020.0 + (row % 3) as f64).collect();
    table.panel = Some(Panel { codes, times });
    table
}

fn near(left: f64, right: f64) -> bool {
    left.is_nan() && right.is_nan() || (left - right).abs() <= 1e-9 * left.abs().max(1.0)
}

/// The same scores and ranks for the units of the same name, or a refusal on both sides.
fn alike(before: &Result<Scores>, after: &Result<Scores>) -> std::result::Result<(), String> {
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(_), Err(_)) => return Ok(()),
        _ => return Err(format!("only one of the two was refused: {before:?} / {after:?}")),
    };
    for (row, unit) in before.units.iter().enumerate() {
        let other = after.unit(unit).ok_or(format!("{unit} is missing"))?;
        for (column, node) in before.nodes.iter().enumerate() {
            let found = after.value(other, node).unwrap_or(f64::NAN);
            if !near(before.values[(row, column)], found) {
                return Err(format!("{unit} {node}: {} and {found}", before.values[(row, column)]));
            }
        }
        if before.rank[row] != after.rank[other] || !near(before.coverage[row], after.coverage[other]) {
            return Err(format!("{unit}: rank {:?} and {:?}", before.rank[row], after.rank[other]));
        }
    }
    if before.units.len() == after.units.len() { Ok(()) } else { Err("another number of units".into()) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// A unit whose indicator rises never loses where its direction is 1, and never gains where it is −1. Other units may move
    /// too where the scale is the sample's.
    #[test]
    fn a_score_moves_with_an_indicator_in_its_direction(
        table in tables(), normalise in normalisations(), aggregate in aggregations(),
        unit in 0usize..9, column in 0usize..5, up in 0.0f64..60.0,
    ) {
        let Some(model) = model(&settings(normalise, aggregate, ""), 1.0, 0) else { return Ok(()) };
        let unit = unit % table.units.len();
        let mut raised = table.clone();
        raised.values[(unit, column)] += up;
        // A mean that does not exist for negative values is refused: nothing to compare.
        let (Ok(before), Ok(after)) = (score(&table, &model, None), score(&raised, &model, None)) else { return Ok(()) };
        let known = |scores: &Scores| INDICATORS.map(|code| scores.value(unit, code).is_some());
        // An indicator can gain a scale, or lose it, by the change.
        prop_assume!(known(&before) == known(&after));
        let (Some(low), Some(high)) = (before.score(unit), after.score(unit)) else { return Ok(()) };
        let gain = (high - low) * DIRECTIONS[column];
        prop_assert!(gain >= -1e-9 * low.abs().max(1.0), "{normalise} {aggregate} {}: {low} → {high}", INDICATORS[column]);
        let moved = after.value(unit, INDICATORS[column]).zip(before.value(unit, INDICATORS[column])).map(|(a, b)| a - b);
        if aggregate == "arithmetic" && moved.is_some_and(|moved| moved.abs() > 1e-6) {
            prop_assert!(gain > 0.0, "{normalise} {}: {low} → {high}", INDICATORS[column]);
        }
    }

    #[test]
    fn the_order_of_units_indicators_and_nodes_changes_nothing(
        table in tables(), normalise in normalisations(), aggregate in aggregations(), more in more(),
        turn in 0usize..9, by_time in any::<bool>(),
    ) {
        let text = settings(normalise, aggregate, &more);
        let (Some(model), Some(turned)) = (model(&text, 1.0, 0), model(&text, 1.0, turn)) else { return Ok(()) };
        let table = if by_time { panel(table) } else { table };
        let count = table.units.len();
        let rows: Vec<usize> = (0..count).map(|row| (row + turn) % count).rev().collect();
        let columns: Vec<usize> = (0..5).map(|column| (column * 3 + turn) % 5).collect();
        let mut moved = table.select_rows(&rows);
        moved.indicators = columns.iter().map(|column| table.indicators[*column].clone()).collect();
        moved.values = moved.values.select(ndarray::Axis(1), &columns);
        let groups = |table: &Table| table.panel.as_ref().map(Panel::groups);
        let before = score(&table, &model, groups(&table).as_deref());
        let after = score(&moved, &turned, groups(&moved).as_deref());
        prop_assert_eq!(alike(&before, &after), Ok(()));
    }

    #[test]
    fn the_scale_of_weights_changes_nothing(
        table in tables(), normalise in normalisations(), aggregate in aggregations(), factor in 1e-3f64..1e3,
        weights in prop::sample::select(vec!["given", "given", "given", "optimised"]),
    ) {
        let text = settings(normalise, aggregate, &format!("[weights]\nmethod = \"{weights}\"\n"));
        let (Some(model), Some(scaled)) = (model(&text, 1.0, 0), model(&text, factor, 0)) else { return Ok(()) };
        let (before, after) = (score(&table, &model, None), score(&table, &scaled, None));
        // Importances that cannot be reached leave the search where it ran out, which rounding moves; the log says so.
        let is_reached = |entry: &LogEntry| {
            entry.step != "weights" || entry.message.rsplit(' ').next().is_some_and(|m| m.parse::<f64>().is_ok_and(|m| m < 1e-9))
        };
        prop_assume!(before.as_ref().is_ok_and(|scores| scores.log.iter().all(is_reached)));
        prop_assert_eq!(alike(&before, &after), Ok(()));
    }

    #[test]
    fn contributions_add_up_for_every_aggregation(
        table in tables(), normalise in normalisations(), aggregate in aggregations(), above in aggregations(), more in more(),
    ) {
        let text = settings(normalise, aggregate, &more);
        let levels = format!("[aggregate]\nby_level = [\"{aggregate}\", \"{above}\"]\n");
        let text = text.replace("[aggregate]\n", &levels);
        let Some(model) = model(&text, 1.0, 0) else { return Ok(()) };
        let Ok(scores) = score(&table, &model, None) else { return Ok(()) };
        for unit in 0..scores.units.len() {
            let parts = explain(&scores, &model, unit);
            let leaves: f64 = parts.iter().filter(|part| part.is_indicator).filter_map(|part| part.contribution).sum();
            let effects: f64 = parts.iter().map(|part| part.combination_effect).sum();
            prop_assert!(near(leaves + effects, scores.score(unit).unwrap_or(0.0)), "{text}");
        }
    }
}

/// Every pair of a normalisation and an aggregation gives scores of a plain table, or says why not.
#[test]
fn every_pair_of_scale_and_mean_has_an_answer() {
    let rows = (0..6).map(|row| [0, 1, 2, 3, 4].map(|column| f64::from((row * 7 + column * 5) % 11) * 9.0 + 1.0));
    let table = table(rows.collect());
    let mut refused = Vec::new();
    for normalise in NORMALISATIONS {
        for aggregate in AGGREGATIONS {
            let Some(model) = model(&settings(normalise, aggregate, ""), 1.0, 0) else {
                refused.push((normalise, aggregate));
                continue;
            };
            match score(&table, &model, None) {
                Ok(scores) => assert!((0..6).all(|unit| scores.score(unit).is_some()), "{normalise} {aggregate}"),
                Err(error) => assert!(error.remedy().is_some(), "{normalise} {aggregate}: {error}"),
            }
        }
    }
    // A mean on a bounded scale refuses scales without bounds.
    assert!(refused.iter().all(|(_, aggregate)| *aggregate == "inverted_geometric"));
    assert_eq!(refused.len(), 4);
}
