//! What must hold for every table and every model, whatever the numbers: here on the built-in tree, in `any_model` for
//! every normalisation, aggregation, imputation and source of weights of `goulet score`.

mod any_model;

use std::path::Path;

use ndarray::{Array2, Axis, array};
use proptest::prelude::*;

use super::*;

const LEAVES: [&str; 6] = [
    "export_controls_text",
    "export_restrictions",
    "concentration_text",
    "supply_share",
    "coercion_text",
    "coercive_leverage",
];

fn model(text: &str) -> Model {
    Model::from_toml(&format!("{text}\n[uncertainty]\ndraws = 60\n"), Path::new("test.toml")).unwrap()
}

/// A table of the built-in model's indicators; text indicators have bounds.
fn table(values: Array2<f64>) -> Table {
    let units: Vec<String> = (0..values.nrows()).map(|row| format!("unit{row}")).collect();
    let bounded = |offset: f64| {
        Array2::from_shape_fn(values.dim(), |at| if is_text(at.1) { values[at] + offset } else { f64::NAN })
    };
    let (low, high) = (bounded(-6.0), bounded(9.0));
    let mut table = Table::new(units, LEAVES.map(String::from).to_vec(), values);
    (table.low, table.high) = (Some(low), Some(high));
    table
}

/// Text indicators stand at even places of [`LEAVES`].
fn is_text(column: usize) -> bool {
    column.is_multiple_of(2)
}

fn cell(column: usize) -> impl Strategy<Value = f64> {
    let top = if is_text(column) { 70.0 } else { 0.7 };
    prop_oneof![2 => Just(f64::NAN), 6 => 0.0..top, 1 => Just(0.0)]
}

fn tables() -> impl Strategy<Value = Table> {
    let row = || (cell(0), cell(1), cell(2), cell(3), cell(4), cell(5));
    prop::collection::vec(row(), 1..9).prop_map(|rows| {
        let cells = rows.iter().flat_map(|(a, b, c, d, e, f)| [*a, *b, *c, *d, *e, *f]).collect();
        table(Array2::from_shape_vec((rows.len(), 6), cells).unwrap())
    })
}

fn models() -> impl Strategy<Value = Model> {
    let method = prop::sample::select(vec!["arithmetic", "geometric", "harmonic", "power", "inverted_geometric"]);
    let least = prop::sample::select(vec![0.0, 0.5, 1.0]);
    (method, least)
        .prop_map(|(method, least)| model(&format!("[aggregate]\nmethod = \"{method}\"\nmin_children = {least:?}")))
}

fn same(left: &Scores, right: &Scores, row: usize, other: usize) -> bool {
    let bits = |scores: &Scores, row: usize| scores.values.row(row).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let rest = |scores: &Scores, row: usize| {
        (scores.rank[row], scores.rank_interval(row), scores.standing[row], scores.coverage[row])
    };
    bits(left, row) == bits(right, other) && rest(left, row) == rest(right, other)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn contributions_add_up_to_the_score(table in tables(), model in models()) {
        let scores = score(&table, &model, None).unwrap();
        for unit in 0..scores.units.len() {
            let parts = explain(&scores, &model, unit);
            let leaves: f64 = parts.iter().filter(|part| part.is_indicator).filter_map(|part| part.contribution).sum();
            let effects: f64 = parts.iter().map(|part| part.combination_effect).sum();
            prop_assert!((leaves + effects - scores.score(unit).unwrap_or(0.0)).abs() < 1e-9);
            let weight: f64 = parts.iter().filter(|part| part.is_indicator).map(|part| part.effective_weight).sum();
            let whole = f64::from(u8::from(scores.score(unit).is_some()));
            prop_assert!((weight - whole).abs() < 1e-9);
        }
    }

    #[test]
    fn a_higher_indicator_never_lowers_the_score(table in tables(), model in models(), column in 0usize..6, up in 0.0f64..30.0) {
        let mut raised = table.clone();
        let up = if is_text(column) { up } else { up / 100.0 };
        raised.values.column_mut(column).mapv_inplace(|value| value + up);
        let (before, after) = (score(&table, &model, None).unwrap(), score(&raised, &model, None).unwrap());
        for unit in 0..before.units.len() {
            prop_assert_eq!(before.score(unit).is_some(), after.score(unit).is_some());
            prop_assert!(after.score(unit).unwrap_or(0.0) >= before.score(unit).unwrap_or(0.0) - 1e-9);
        }
    }

    #[test]
    fn the_order_of_rows_and_columns_changes_nothing(table in tables(), model in models(), turn in 0usize..9) {
        let before = score(&table, &model, None).unwrap();
        let count = table.units.len();
        let rows: Vec<usize> = (0..count).map(|row| (row + turn) % count).rev().collect();
        let columns: Vec<usize> = (0..6).map(|column| (column * 5 + turn) % 6).collect();
        let mut moved = table.select_rows(&rows);
        moved.indicators = columns.iter().map(|column| table.indicators[*column].clone()).collect::<Vec<_>>().into();
        moved.values = moved.values.select(Axis(1), &columns);
        moved.low = moved.low.map(|low| low.select(Axis(1), &columns));
        moved.high = moved.high.map(|high| high.select(Axis(1), &columns));
        let after = score(&moved, &model, None).unwrap();
        for (to, from) in rows.iter().enumerate() {
            prop_assert!(same(&before, &after, *from, to));
        }
    }

    #[test]
    fn only_ratios_of_weights_count(table in tables(), factor in 0.01f64..500.0) {
        let scaled = BUILT_IN.replace("weight = 1.0", &format!("weight = {factor:?}"));
        let (before, after) = (score(&table, &model(""), None).unwrap(), score(&table, &replaced(&scaled), None).unwrap());
        for unit in 0..before.units.len() {
            prop_assert_eq!(before.score(unit).is_some(), after.score(unit).is_some());
            prop_assert!((before.score(unit).unwrap_or(0.0) - after.score(unit).unwrap_or(0.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn missing_takes_no_part(table in tables(), model in models(), column in 0usize..6) {
        // Blanking an indicator equals giving it no weight, wherever its siblings are there.
        let mut blank = table.clone();
        blank.values.column_mut(column).fill(f64::NAN);
        let scores = score(&blank, &model, None).unwrap();
        for unit in 0..scores.units.len() {
            prop_assert_eq!(scores.value(unit, LEAVES[column]), None);
            let known = (0..6).any(|column| blank.value(unit, column).is_some());
            prop_assert!(known || scores.score(unit).is_none());
            prop_assert_eq!(scores.coverage[unit] > 0.0, known);
            prop_assert_eq!(scores.rank[unit].is_some(), scores.standing[unit] == Standing::Ranked);
        }
    }

    #[test]
    fn scores_stay_on_the_scale(table in tables(), model in models()) {
        let scores = score(&table, &model, None).unwrap();
        prop_assert!(scores.values.iter().all(|value| value.is_nan() || (-1e-9..=100.0 + 1e-9).contains(value)));
        for unit in 0..scores.units.len() {
            let interval = scores.rank_interval(unit);
            prop_assert!(interval.is_some() == scores.rank[unit].is_some() && interval.is_none_or(|(low, high)| low <= high));
        }
    }
}

/// A model that stands alone, with fewer draws.
fn replaced(text: &str) -> Model {
    Model::from_toml(&text.replace("draws = 500", "draws = 60"), Path::new("test.toml")).unwrap()
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    let values = Array2::from_shape_fn((40, 6), |(row, column)| {
        let share = ((row * 7 + column * 13) % 41) as f64 / 41.0;
        if is_text(column) { share * 60.0 } else { share * 0.6 }
    });
    let groups: Vec<usize> = (0..40).map(|row| row % 3).collect();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| score(&table(values.clone()), &Model::built_in().unwrap(), Some(&groups)).unwrap())
    };
    let (one, many) = (run(1), run(7));
    assert!((0..40).all(|unit| same(&one, &many, unit, unit)));
    assert!((0..40).any(|unit| one.rank_interval(unit).is_some_and(|(low, high)| low < high)));
    assert_eq!(one.rank.iter().filter(|rank| **rank == Some(1)).count(), 3);
}

#[test]
fn only_units_with_text_and_structure_are_ranked() {
    let nan = f64::NAN;
    let values =
        array![[20.0, 0.01, 20.0, 0.1, nan, nan], [20.0, nan, 20.0, nan, 20.0, nan], [nan, nan, nan, nan, nan, nan]];
    let scores = score(&table(values), &Model::built_in().unwrap(), None).unwrap();
    assert_eq!(scores.standing, [Standing::Ranked, Standing::LowCoverage, Standing::NoScore]);
    assert_eq!(scores.rank, [Some(1), None, None]);
    assert_eq!((scores.score(1), scores.score(2)), (Some(40.0), None));
    assert!((scores.coverage[0] - 2.0 / 3.0).abs() < 1e-12 && (scores.coverage[1] - 0.5).abs() < 1e-12);
}

#[test]
fn mitigation_and_easing_are_reported_and_change_nothing() {
    let mut with = table(array![[20.0, 0.1, 20.0, 0.1, 20.0, 0.1]]);
    let without = score(&with, &Model::built_in().unwrap(), None).unwrap();
    std::sync::Arc::make_mut(&mut with.indicators).extend(["mitigation_text".to_owned(), "easing_text".to_owned()]);
    for matrix in [Some(&mut with.values), with.low.as_mut(), with.high.as_mut()].into_iter().flatten() {
        matrix.append(Axis(1), array![[50.0, 25.0]].view()).unwrap();
    }
    let scores = score(&with, &Model::built_in().unwrap(), None).unwrap();
    assert_eq!(scores.score(0), without.score(0));
    assert_eq!((scores.value(0, "mitigation"), scores.value(0, "easing")), (Some(100.0), Some(50.0)));
    assert_eq!(without.value(0, "mitigation"), None);
}

#[test]
fn a_constant_column_is_missing_under_min_max_and_said_so() {
    let values = array![[1.0, 0.02, 1.0, 0.3, 1.0, 0.3], [2.0, 0.02, 5.0, 0.2, 5.0, 0.1]];
    let min_max = model("[normalise]\nmethod = \"min_max\"");
    let scores = score(&table(values.clone()), &min_max, None).unwrap();
    assert_eq!(scores.value(0, "export_restrictions"), None);
    assert!(scores.log.iter().any(|entry| entry.subject == "export_restrictions" && entry.step == "normalise"));
    let posts = score(&table(values), &model(""), None).unwrap();
    assert_eq!(posts.value(0, "export_restrictions"), Some(20.0));
}

#[test]
fn one_unit_and_no_unit_are_scored() {
    let one = score(&table(array![[25.0, 0.05, 25.0, 0.25, 25.0, 0.25]]), &model(""), None).unwrap();
    assert_eq!((one.score(0), one.rank[0], one.rank_interval(0)), (Some(50.0), Some(1), Some((1, 1))));
    let none = score(&table(Array2::zeros((0, 6))), &model(""), None).unwrap();
    assert!(none.units.is_empty());
    assert!(explain(&none, &model(""), 0).is_empty());
}

#[test]
fn contradictions_are_told_together_at_their_keys() {
    let text = "[ranking]\nmin_coverage = 2\nby = \"rsk\"\n[normalise]\nrange = [5, 5]\n[aggregate]\nby_level = [\"power\"]\n\
                [text.certainty]\nin_force = 7\n[impute]\nmethod = \"group_mean\"\n[sources]\ndefault = -1\n";
    let message = Model::from_toml(text, Path::new("m.toml")).unwrap_err().to_string();
    for words in [
        "m.toml:2: `ranking.min_coverage`: 2 is no share",
        "m.toml:3: `ranking.by`: there is no node `rsk` (name one of: risk,",
        "m.toml:5: `normalise.range`: [5, 5] is no range",
        "m.toml:7: `aggregate.by_level`: 1 methods for 2 levels",
        "`text.certainty`: 7 for `in_force`",
        "m.toml:11: `impute.method`: needs a group",
        "m.toml:13: `sources.default`: -1 is out of range",
    ] {
        assert!(message.contains(words), "{words} not in\n{message}");
    }
}

#[test]
fn a_tree_without_goalposts_is_told_where() {
    let text = "[[node]]\ncode = \"risk\"\n\n[[node]]\ncode = \"a\"\nparent = \"risk\"\n\n[[node]]\ncode = \"b\"\nparent = \"rsk\"\n";
    let message = Model::from_toml(text, Path::new("m.toml")).unwrap_err().to_string();
    assert_eq!(message, "m.toml:8: node `b` names the parent `rsk`, which does not exist");
    let message = Model::from_toml(&text.replace("rsk", "risk"), Path::new("m.toml")).unwrap_err().to_string();
    assert_eq!(message, "m.toml: `normalise.method`: no goalposts for: a, b");
}

#[test]
fn infinite_values_are_refused() {
    let mut values = Array2::zeros((1, 6));
    values[(0, 3)] = f64::INFINITY;
    let error = score(&table(values), &model(""), None).unwrap_err();
    assert!(error.to_string().contains("`supply_share` is inf"));
}
