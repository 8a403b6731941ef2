//! What others computed, as tests: COINr's ASEM example at every stage.
//!
//! The files are in `../shared`; where that folder is absent the tests say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

const MODEL: &str = r#"
[denominate]
enabled = true
[impute]
method = "group_mean"
group = "EurAsia_group"
[screen]
min_coverage = 0.9
[treat]
method = "winsorise"
max_points = 5
[normalise]
method = "min_max"
range = [0, 100]
[aggregate]
method = "arithmetic"
"#;

fn shared(path: &str) -> Option<String> {
    let folder = [Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from("/work/shared")];
    let text = folder.iter().find_map(|folder| std::fs::read_to_string(folder.join(path)).ok());
    if text.is_none() {
        println!("skipped: {path} is not here");
    }
    text
}

/// A golden table: row → column → value.
fn golden(path: &str) -> Option<BTreeMap<String, BTreeMap<String, f64>>> {
    let text = shared(path)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells =
            names.iter().zip(&row).skip(1).filter_map(|(name, cell)| Some((name.to_owned(), cell.parse().ok()?)));
        (row[0].to_owned(), cells.collect())
    });
    Some(rows.collect())
}

fn asem(model: &str) -> Option<(Table, Model)> {
    let meta = read_meta(&shared("data/coinr/ASEM_iMeta.csv")?, Path::new("meta.csv")).unwrap();
    let table = read_data(&shared("data/coinr/ASEM_iData.csv")?, Path::new("data.csv"), &meta).unwrap();
    Some((table, Model::with_tree(model, Path::new("asem.toml"), meta.tree).unwrap()))
}

/// The largest relative difference; both must miss the same values.
fn difference(table: &Table, golden: &BTreeMap<String, BTreeMap<String, f64>>) -> f64 {
    assert_eq!(table.units.len(), golden.len());
    let mut worst = 0.0f64;
    for (row, unit) in table.units.iter().enumerate() {
        for (column, indicator) in table.indicators.iter().enumerate() {
            let expected = golden[unit].get(indicator).copied();
            let found = table.value(row, column);
            assert_eq!(found.is_some(), expected.is_some(), "{unit} {indicator}");
            let (found, expected) = (found.unwrap_or(0.0), expected.unwrap_or(0.0));
            worst = worst.max((found - expected).abs() / expected.abs().max(1.0));
        }
    }
    worst
}

fn aggregated(stages: &Stages, model: &Model) -> Table {
    let codes = model.tree.nodes().iter().map(|node| node.code().to_owned()).collect();
    Table::new(stages.screened.units.clone(), codes, stages.aggregated.clone())
}

#[test]
fn coinr_asem_at_every_stage() {
    let Some((table, model)) = asem(MODEL) else { return };
    let stages = Stages::run(&table, &model).unwrap();
    let results = aggregated(&stages, &model);
    for (name, found) in [
        ("Raw", &stages.raw),
        ("Denominated", &stages.denominated),
        ("Imputed", &stages.imputed),
        ("Screened", &stages.screened),
        ("Treated", &stages.treated),
        ("Normalised", &stages.normalised),
        ("Aggregated", &results),
    ] {
        let Some(golden) = golden(&format!("golden/coinr/dset_{name}.csv")) else { return };
        let worst = difference(found, &golden);
        println!("{name}: {} × {}, worst difference {worst:.1e}", found.units.len(), found.indicators.len());
        assert!(worst < 1e-9, "{name}: {worst:e}");
    }
}

#[test]
fn coinr_asem_results_and_ranks() {
    let Some((table, model)) = asem(MODEL) else { return };
    let scores = score(&table, &model, None).unwrap();
    for (unit, index) in [("CHE", 68.383_724_238_342), ("NLD", 64.819_516_169_818), ("DNK", 64.804_079_960_608)] {
        let found = scores.value(scores.unit(unit).unwrap(), "Index").unwrap();
        assert!((found - index).abs() < 1e-9, "{unit} {found}");
    }
    let Some(golden) = golden("golden/coinr/results_aggs_amean_minmax.csv") else { return };
    for (unit, row) in &golden {
        assert_eq!(scores.rank[scores.unit(unit).unwrap()].map(f64::from), Some(row["Rank"]), "{unit}");
    }
}

#[test]
fn coinr_asem_treatment_and_statistics() {
    let Some((table, model)) = asem(MODEL) else { return };
    let stages = Stages::run(&table, &model).unwrap();
    assert_eq!(stages.treatments.iter().filter(|treatment| !treatment.before.passes).count(), 15);
    let Some(details) = golden("golden/coinr/treat_details.csv") else { return };
    for treatment in &stages.treatments {
        let row = &details[&treatment.indicator];
        assert!((treatment.before.skew - row["check_SkewKurt0.Skew"]).abs() < 1e-9, "{treatment:?}");
        assert!((treatment.before.kurtosis - row["check_SkewKurt0.Kurt"]).abs() < 1e-9, "{treatment:?}");
        if let Some(points) = row.get("winsorise.nwin") {
            assert_eq!(treatment.points as f64, *points, "{treatment:?}");
            assert!((treatment.after.skew - row["check_SkewKurt1.Skew"]).abs() < 1e-9, "{treatment:?}");
        }
    }
    let Some(golden) = golden("golden/coinr/stats_raw.csv") else { return };
    for (indicator, column) in stages.raw.indicators.iter().zip(stages.raw.values.columns()) {
        let values = statistics::present(column);
        for (name, found) in [
            ("Mean", statistics::mean(&values)),
            ("Median", statistics::median(&values)),
            ("Std", statistics::deviation(&values)),
            ("Skew", statistics::skewness(&values)),
            ("Kurt", statistics::kurtosis(&values)),
        ] {
            let expected = golden[indicator][name];
            assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{indicator} {name} {found}");
        }
    }
}

#[test]
fn coinr_asem_arithmetic_and_geometric_on_1_to_100() {
    for (name, method) in [("amean", "arithmetic"), ("gmean", "geometric")] {
        let changed = MODEL.replace("[0, 100]", "[1, 100]").replace("arithmetic", method);
        let Some((table, model)) = asem(&changed) else { return };
        let scores = score(&table, &model, None).unwrap();
        let Some(golden) = golden(&format!("golden/coinr/agg_minmax1_100_a_{name}.csv")) else { return };
        for (unit, row) in &golden {
            for (node, expected) in row {
                let found = scores.value(scores.unit(unit).unwrap(), node).unwrap();
                assert!((found - expected).abs() < 1e-9, "{name} {unit} {node} {found} {expected}");
            }
        }
    }
}

#[test]
fn coinr_asem_effective_weights() {
    let Some((_, model)) = asem(MODEL) else { return };
    let Some(golden) = golden("golden/coinr/eff_weights.csv") else { return };
    let raw: Vec<f64> = model.tree.nodes().iter().map(Node::weight).collect();
    let effective = model.tree.effective_weights(model.root, &model.tree.scaled_weights(&raw));
    for (node, weight) in model.tree.nodes().iter().zip(effective) {
        assert!((weight - golden[node.code()]["EffWeight"]).abs() < 1e-12, "{}", node.code());
    }
}

#[test]
fn data_driven_weights_and_other_scales_work_on_asem() {
    for method in ["equal", "pca", "entropy", "critic"] {
        let Some((table, model)) = asem(&format!("{MODEL}[weights]\nmethod = \"{method}\"\n")) else { return };
        let scores = score(&table, &model, None).unwrap();
        assert!(scores.rank.iter().all(Option::is_some), "{method}");
    }
    for method in ["none", "z_score", "scaled", "target", "fraction_of_max", "rank", "borda", "percentile_rank"] {
        let Some((table, model)) = asem(&MODEL.replace("min_max", method)) else { return };
        assert!(score(&table, &model, None).is_ok(), "{method}");
    }
    let Some((table, model)) = asem(&MODEL.replace("\"min_max\"", "\"reference\"\nreference = \"AUT\"")) else {
        return;
    };
    assert!(score(&table, &model, None).is_ok());
}
