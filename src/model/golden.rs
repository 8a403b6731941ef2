//! What others computed, as tests: COINr's ASEM example at every stage, and every node of INFORM Risk 2016.
//!
//! The files and their sources are in `tests/golden`.

use std::collections::BTreeMap;
use std::path::Path;

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

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path)).unwrap()
}

/// A golden table: row → column → value.
fn golden(path: &str) -> BTreeMap<String, BTreeMap<String, f64>> {
    let text = file(path);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells =
            names.iter().zip(&row).skip(1).filter_map(|(name, cell)| Some((name.to_owned(), cell.parse().ok()?)));
        (row[0].to_owned(), cells.collect())
    });
    rows.collect()
}

fn asem(model: &str) -> (Table, Model) {
    let meta = read_meta(&file("data/coinr/ASEM_iMeta.csv"), Path::new("meta.csv")).unwrap();
    let table = read_data(&file("data/coinr/ASEM_iData.csv"), Path::new("data.csv"), &meta).unwrap();
    (table, Model::with_tree(model, Path::new("asem.toml"), meta.tree).unwrap())
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
            worst = worst.max((found - expected).abs() / expected.abs().max(1e-6));
        }
    }
    worst
}

fn aggregated(stages: &Stages, model: &Model) -> Table {
    let codes: Vec<String> = model.tree.nodes().iter().map(|node| node.code().to_owned()).collect();
    Table::new(stages.screened.units.clone(), codes, stages.aggregated.clone())
}

#[test]
fn coinr_asem_at_every_stage() {
    let (table, model) = asem(MODEL);
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
        let golden = golden(&format!("golden/coinr/dset_{name}.csv"));
        let worst = difference(found, &golden);
        println!("{name}: {} × {}, worst difference {worst:.1e}", found.units.len(), found.indicators.len());
        assert!(worst < 1e-9, "{name}: {worst:e}");
    }
}

#[test]
fn coinr_asem_results_and_ranks() {
    let (table, model) = asem(MODEL);
    let scores = score(&table, &model, None).unwrap();
    for (unit, index) in [("CHE", 68.383_724_238_342), ("NLD", 64.819_516_169_818), ("DNK", 64.804_079_960_608)] {
        let found = scores.value(scores.unit(unit).unwrap(), "Index").unwrap();
        assert!((found - index).abs() < 1e-9, "{unit} {found}");
    }
    let golden = golden("golden/coinr/results_aggs_amean_minmax.csv");
    for (unit, row) in &golden {
        assert_eq!(scores.rank[scores.unit(unit).unwrap()].map(f64::from), Some(row["Rank"]), "{unit}");
    }
}

#[test]
fn coinr_asem_treatment_and_statistics() {
    let (table, model) = asem(MODEL);
    let stages = Stages::run(&table, &model).unwrap();
    assert_eq!(stages.treatments.iter().filter(|treatment| !treatment.before.passes).count(), 15);
    let details = golden("golden/coinr/treat_details.csv");
    for treatment in &stages.treatments {
        let row = &details[&treatment.indicator];
        assert!((treatment.before.skew - row["check_SkewKurt0.Skew"]).abs() < 1e-9, "{treatment:?}");
        assert!((treatment.before.kurtosis - row["check_SkewKurt0.Kurt"]).abs() < 1e-9, "{treatment:?}");
        if let Some(points) = row.get("winsorise.nwin") {
            assert_eq!(treatment.points as f64, *points, "{treatment:?}");
            assert!((treatment.after.skew - row["check_SkewKurt1.Skew"]).abs() < 1e-9, "{treatment:?}");
        }
    }
    let golden = golden("golden/coinr/stats_raw.csv");
    for (indicator, column) in stages.raw.indicators.iter().zip(stages.raw.values.columns()) {
        let values = statistics::present(column);
        for (name, found) in [
            ("Mean", statistics::mean(&values)),
            ("Median", statistics::median(&values)),
            ("Std", statistics::deviation(&values)),
            ("Skew", statistics::shape(&values).0),
            ("Kurt", statistics::shape(&values).1),
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
        let (table, model) = asem(&changed);
        let scores = score(&table, &model, None).unwrap();
        let golden = golden(&format!("golden/coinr/agg_minmax1_100_a_{name}.csv"));
        for (unit, row) in &golden {
            for (node, expected) in row {
                let found = scores.value(scores.unit(unit).unwrap(), node).unwrap();
                assert!((found - expected).abs() < 1e-9, "{name} {unit} {node} {found} {expected}");
            }
        }
    }
}

#[test]
fn coinr_asem_without_each_pillar() {
    let changed = format!("{MODEL}[uncertainty]\nleave_one_out = true\n");
    let (table, model) = asem(&changed);
    let scores = score(&table, &model, None).unwrap();
    for (pillar, expected) in [
        ("Physical", 1.529),
        ("ConEcFin", 2.627),
        ("Political", 2.902),
        ("Instit", 1.176),
        ("P2P", 1.686),
        ("Environ", 3.098),
        ("Social", 3.961),
        ("SusEcFin", 2.627),
    ] {
        let without = scores.moved.left_out.iter().find(|without| scores.nodes[without.node] == pillar).unwrap();
        assert!((without.mean_shift - expected).abs() < 5e-4, "{without:?}");
    }
}

#[test]
fn optimised_weights_give_the_importances_asked_for() {
    let changed = format!("{MODEL}[weights]\nmethod = \"optimised\"\n");
    let (table, model) = asem(&changed);
    let stages = Stages::run(&table, &model).unwrap();
    let entry = stages.log.iter().find(|entry| entry.step == "weights" && entry.subject == "Index").unwrap();
    // COINr's test asks for equal importance of the two sub-indices, to two decimals.
    let missed: f64 = entry.message.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(missed < 1e-9, "{}", entry.message);
}

#[test]
fn every_alternative_of_asem_is_drawn_and_what_cannot_be_is_said() {
    let uncertainty = "[uncertainty]\ndraws = 200\nnormalise = [\"min_max\", \"z_score\"]\n\
        aggregate = [\"arithmetic\", \"geometric\"]\nmax_points = [1, 3, 5]\nsobol = 64\nkeep_draws = true\n";
    let (table, model) = asem(&format!("{MODEL}{uncertainty}"));
    let moved = score(&table, &model, None).unwrap().moved;
    let spreads = moved.spreads.unwrap();
    let skipped: usize = spreads.skipped.values().sum();
    assert_eq!((spreads.draws + skipped, moved.drawn.len()), (200, 200));
    assert!(
        (30..80).contains(&skipped) && spreads.skipped.keys().all(|reason| reason.contains("geometric")),
        "{spreads:?}"
    );
    assert_eq!(moved.drawn.iter().filter(|drawn| drawn.skipped.is_some()).count(), skipped);
    assert!(moved.sensitivity.unwrap().skipped.unwrap().contains("geometric"));
    let uncertainty = uncertainty.replace(", \"geometric\"", ", \"copeland\"").replace("\"z_score\"", "\"rank\"");
    let (table, model) = asem(&format!("{MODEL}{uncertainty}"));
    let moved = score(&table, &model, None).unwrap().moved;
    let factors: Vec<&str> = moved.sensitivity.unwrap().factors.iter().map(|(factor, _)| factor.as_str()).collect();
    assert_eq!(factors, ["weights", "treatment", "normalisation", "aggregation"]);
}

#[test]
fn coinr_asem_effective_weights() {
    let (_, model) = asem(MODEL);
    let golden = golden("golden/coinr/eff_weights.csv");
    let raw: Vec<f64> = model.tree.nodes().iter().map(Node::weight).collect();
    let effective = model.tree.effective_weights(model.root, &model.tree.scaled_weights(&raw));
    for (node, weight) in model.tree.nodes().iter().zip(effective) {
        assert!((weight - golden[node.code()]["EffWeight"]).abs() < 1e-12, "{}", node.code());
    }
}

#[test]
fn data_driven_weights_and_other_scales_work_on_asem() {
    for method in ["equal", "pca", "entropy", "critic"] {
        let (table, model) = asem(&format!("{MODEL}[weights]\nmethod = \"{method}\"\n"));
        let scores = score(&table, &model, None).unwrap();
        assert!(scores.rank.iter().all(Option::is_some), "{method}");
    }
    for method in ["none", "z_score", "scaled", "target", "fraction_of_max", "rank", "borda", "percentile_rank"] {
        let (table, model) = asem(&MODEL.replace("min_max", method));
        assert!(score(&table, &model, None).is_ok(), "{method}");
    }
    let (table, model) = asem(&MODEL.replace("\"min_max\"", "\"reference\"\nreference = \"AUT\""));
    assert!(score(&table, &model, None).is_ok());
}

/// INFORM's nodes: how each is joined, and its children with weights.
fn inform_nodes() -> BTreeMap<String, (String, Vec<(String, f64)>)> {
    let mut nodes = BTreeMap::<String, (String, Vec<(String, f64)>)>::new();
    for row in csv::Reader::from_reader(file("inform_nodes.csv").as_bytes()).records() {
        let row = row.unwrap();
        let node = nodes.entry(row[0].to_owned()).or_insert_with(|| (row[1].to_owned(), Vec::new()));
        node.1.push((row[2].to_owned(), row[3].parse().unwrap()));
    }
    nodes
}

/// A model of one node over its children, on INFORM's scale of 0 to 10.
fn inform_model(node: &str, method: &str, children: &[(String, f64)]) -> Model {
    let mut entries = vec![NodeEntry { code: node.into(), ..NodeEntry::default() }];
    entries.extend(children.iter().map(|(code, weight)| NodeEntry {
        code: code.clone(),
        parent: Some(node.into()),
        weight: Some(*weight),
        ..NodeEntry::default()
    }));
    let tree = Tree::build(&entries, &Places::default()).unwrap();
    let text = format!(
        "[normalise]\nmethod = \"scaled\"\nbounds = [0, 10]\nrange = [0, 10]\n[aggregate]\nmethod = \"{method}\"\n"
    );
    Model::with_tree(&text, Path::new("inform.toml"), tree).unwrap()
}

#[test]
fn inform_risk_2016_at_every_node() {
    let text = file("data/inform/INFORM-2016.csv");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(|name| name.trim().to_owned()).collect();
    let rows: Vec<csv::StringRecord> =
        reader.records().map(|row| row.unwrap()).filter(|row| row.get(1).is_some_and(|code| code.len() == 3)).collect();
    let number = |row: usize, column: usize| rows[row].get(column).and_then(|cell| cell.trim().parse().ok());
    let values = ndarray::Array2::from_shape_fn((rows.len(), names.len()), |(row, column)| {
        number(row, column).unwrap_or(f64::NAN)
    });
    let column = |name: &str| names.iter().position(|other| other == name).unwrap();
    let nodes = inform_nodes();
    assert_eq!(nodes.len(), 10);
    for (node, (method, children)) in &nodes {
        let codes: Vec<String> = children.iter().map(|(code, _)| code.clone()).collect();
        let columns: Vec<usize> = codes.iter().map(|code| column(code)).collect();
        let units: Vec<String> = rows.iter().map(|row| row[1].to_owned()).collect();
        let table = Table::new(units, codes, values.select(ndarray::Axis(1), &columns));
        let scores = score(&table, &inform_model(node, method, children), None).unwrap();
        let published = values.column(column(node));
        let gaps = published
            .iter()
            .enumerate()
            .map(|(row, published)| scores.score(row).map_or(f64::INFINITY, |found| (found - published).abs()));
        let worst = gaps.fold(0.0, f64::max);
        println!("{node}: {} countries, worst difference {worst:.3}", rows.len());
        assert!(worst < 0.065, "{node}: {worst}");
    }
}
