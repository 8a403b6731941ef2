//! The composite engine beside COINr (ASEM, every step) and INFORM 2016 (every node).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use goulet::model::{Model, Scores, Stages, Table, read_data, read_meta, score};

use crate::Failure;

/// COINr's default pipeline.
const PIPELINE: &str = "[impute]\nmethod = \"group_mean\"\ngroup = \"EurAsia_group\"\n[screen]\nmin_coverage = 0.9\n\
    [treat]\nmethod = \"winsorise\"\n[uncertainty]\nleave_one_out = true\n";

/// Mean |Δrank| without each pillar, as COINr's `remove_elements` prints it.
const WITHOUT: [(&str, f64); 8] = [
    ("Physical", 1.529),
    ("ConEcFin", 2.627),
    ("Political", 2.902),
    ("Instit", 1.176),
    ("P2P", 1.686),
    ("Environ", 3.098),
    ("Social", 3.961),
    ("SusEcFin", 2.627),
];

/// Rows of a golden table: unit → column → value.
type Golden = BTreeMap<String, BTreeMap<String, f64>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn text(name: &str) -> Result<String, Failure> {
    Ok(fs_err::read_to_string(folder().join(name))?)
}

fn golden(name: &str) -> Result<Golden, Failure> {
    let text = text(name)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let mut rows = Golden::new();
    for row in reader.records() {
        let row = row?;
        let numbers = header.iter().zip(&row).skip(1);
        let numbers = numbers.filter_map(|(name, cell)| Some((name.to_owned(), cell.parse().ok()?)));
        rows.insert(row[0].to_owned(), numbers.collect());
    }
    Ok(rows)
}

/// Prints the two sections.
pub fn print() -> Result<(), Failure> {
    println!("\n## COINr 1.1.14 on its ASEM example\n");
    println!("51 countries, 49 indicators, 8 pillars, 2 sub-indices, 1 index. The largest difference at each step:\n");
    println!("| step | values compared | largest difference | relative to the value |");
    println!("|---|---|---|---|");
    let (stages, scores) = asem("[normalise]\nmethod = \"min_max\"\n")?;
    for (name, table) in [
        ("raw", &stages.raw),
        ("denominated", &stages.denominated),
        ("imputed", &stages.imputed),
        ("screened", &stages.screened),
        ("treated", &stages.treated),
        ("normalised", &stages.normalised),
    ] {
        let file = format!("golden/coinr/dset_{}{}.csv", name[..1].to_uppercase(), &name[1..]);
        difference(name, &golden(&file)?, |unit, column| value_of(table, unit, column));
    }
    let of_scores = |scores: &Scores, unit: &str, column: &str| scores.value(scores.unit(unit)?, column);
    difference("aggregated", &golden("golden/coinr/dset_Aggregated.csv")?, |unit, column| {
        of_scores(&scores, unit, column)
    });
    for (file, method) in [("amean", "arithmetic"), ("gmean", "geometric")] {
        let more = format!("[normalise]\nmethod = \"min_max\"\nrange = [1, 100]\n[aggregate]\nmethod = \"{method}\"\n");
        let (_, scores) = asem(&more)?;
        let golden = golden(&format!("golden/coinr/agg_minmax1_100_a_{file}.csv"))?;
        difference(&format!("1–100, {method} means"), &golden, |unit, column| of_scores(&scores, unit, column));
    }
    println!(
        "\n{} of 49 indicators are treated; COINr treats 15.",
        stages.treatments.iter().filter(|t| !t.before.passes).count()
    );
    println!("\n| without the pillar | mean shift of ranks, ours | COINr's |");
    println!("|---|---|---|");
    for (pillar, published) in WITHOUT {
        let ours = scores.moved.left_out.iter().find(|without| scores.nodes[without.node] == pillar);
        println!("| {pillar} | {:.3} | {published:.3} |", ours.map_or(f64::NAN, |ours| ours.mean_shift));
    }
    println!(
        "\nWhere we differ by intent: a scale that would run against an indicator's direction (a target that all units have passed, `fraction_of_max` of"
    );
    println!(
        "negative values) is no scale, and the indicator is missing and logged; COINr computes it with a warning. A geometric mean of a 0 is 0; COINr stops."
    );
    inform()
}

/// Every step and the scores under COINr's pipeline and `more`.
fn asem(more: &str) -> Result<(Stages, Scores), Failure> {
    let meta = read_meta(&text("data/coinr/ASEM_iMeta.csv")?, Path::new("ASEM_iMeta.csv"))?;
    let data = read_data(&text("data/coinr/ASEM_iData.csv")?, Path::new("ASEM_iData.csv"), &meta)?;
    let model = Model::with_tree(&format!("{PIPELINE}{more}"), Path::new("validation.toml"), meta.tree)?;
    let stages = Stages::run(&data, &model)?;
    let scores = stages.rank(&model, None)?;
    Ok((stages, scores))
}

fn value_of(table: &Table, unit: &str, column: &str) -> Option<f64> {
    let row = table.units.iter().position(|name| name == unit)?;
    table.value(row, table.indicators.iter().position(|name| name == column)?)
}

/// Compares every value that both have and prints a row.
fn difference(name: &str, golden: &Golden, ours: impl Fn(&str, &str) -> Option<f64>) {
    let (mut count, mut worst, mut relative) = (0, 0.0_f64, 0.0_f64);
    for (unit, row) in golden {
        for (column, published) in row {
            let Some(ours) = ours(unit, column) else { continue };
            let gap = (ours - published).abs();
            count += 1;
            worst = worst.max(gap);
            relative = relative.max(gap / published.abs().max(1e-6));
        }
    }
    println!("| {name} | {count} | {} | {} |", power_of_ten(worst), power_of_ten(relative));
}

/// A difference as the power of ten it stays below: its digits are rounding, and differ from machine to machine.
fn power_of_ten(difference: f64) -> String {
    let bounds = [1e-12, 1e-11, 1e-10, 1e-9, 1e-6, 1e-3, 1.0];
    match bounds.into_iter().find(|bound| difference < *bound) {
        _ if difference == 0.0 => "none".to_owned(),
        Some(bound) => format!("below {bound:e}"),
        None => format!("{difference:.1}"),
    }
}

/// A node of INFORM: how it is joined, and its children with weights.
type Nodes = BTreeMap<String, (String, Vec<(String, f64)>)>;

fn inform() -> Result<(), Failure> {
    println!("\n## INFORM Risk 2016\n");
    println!(
        "Each node from its published children, which are rounded to one decimal: a difference of up to 0.06 is rounding.\n"
    );
    println!("| node | mean | countries | largest difference |");
    println!("|---|---|---|---|");
    let published = text("data/inform/INFORM-2016.csv")?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(published.as_bytes());
    let header: Vec<String> = reader.headers()?.iter().map(|name| name.trim().to_owned()).collect();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let rows: Vec<&csv::StringRecord> =
        rows.iter().filter(|row| row.get(1).is_some_and(|code| code.len() == 3)).collect();
    let cell = |row: &csv::StringRecord, name: &str| -> Option<f64> {
        row.get(header.iter().position(|other| other == name)?)?.trim().parse().ok()
    };
    for (node, (mean, children)) in nodes()? {
        let mut meta = format!("iCode,Type,Parent,Weight\n{node},Aggregate,,\n");
        children.iter().for_each(|(child, weight)| meta.push_str(&format!("{child},Indicator,{node},{weight}\n")));
        let codes: Vec<&str> = children.iter().map(|(child, _)| child.as_str()).collect();
        let mut data = format!("uCode,{}\n", codes.join(","));
        for row in &rows {
            let cells = codes.iter().map(|code| cell(row, code).map_or_else(String::new, |value| value.to_string()));
            data.push_str(&format!("{},{}\n", &row[1], cells.collect::<Vec<_>>().join(",")));
        }
        let meta = read_meta(&meta, Path::new("inform"))?;
        let table = read_data(&data, Path::new("inform"), &meta)?;
        let settings = format!(
            "[normalise]\nmethod = \"scaled\"\nbounds = [0, 10]\nrange = [0, 10]\n[aggregate]\nmethod = \"{mean}\"\n"
        );
        let scores = score(&table, &Model::with_tree(&settings, Path::new("inform"), meta.tree)?, None)?;
        let gaps =
            rows.iter().enumerate().filter_map(|(unit, row)| Some((scores.score(unit)? - cell(row, &node)?).abs()));
        println!("| {node} | {} | {} | {:.3} |", mean.replace('_', " "), rows.len(), gaps.fold(0.0, f64::max));
    }
    println!("\n`Human` is published by other rules and not computed here.");
    Ok(())
}

fn nodes() -> Result<Nodes, Failure> {
    let text = text("inform_nodes.csv")?;
    let mut nodes = Nodes::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        let node = nodes.entry(row[0].to_owned()).or_insert_with(|| (row[1].to_owned(), Vec::new()));
        node.1.push((row[2].to_owned(), row[3].parse()?));
    }
    Ok(nodes)
}
