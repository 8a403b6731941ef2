//! `goulet score` on small tables: what it writes, and what it says to tables that have no plain answer.

use std::collections::BTreeMap;

use crate::support::{folder, goulet, stderr};

const META: &str = "iCode,iName,Direction,Level,Weight,Parent,Type\n\
    Index,Index,,3,,,Aggregate\nP,First pillar,,2,1,Index,Aggregate\nQ,Second pillar,,2,3,Index,Aggregate\n\
    a,A,1,1,1,P,Indicator\nb,B,-1,1,1,P,Indicator\nc,C,1,1,1,Q,Indicator\nside,Side,,,,,Group\n";

const DATA: &str = "uCode,uName,side,a,b,c\n\
    =one,One,east,0,10,5\ntwo,Two,east,50,5,\nthree,Three,west,100,0,25\nfour,Four,west,25,,15\n";

/// What a run gave.
struct Ran {
    folder: tempfile::TempDir,
    code: Option<i32>,
    stderr: String,
}

impl Ran {
    /// A file written, as text.
    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("out").join(name)).unwrap()
    }

    /// Whether anything was written.
    fn has_written(&self) -> bool {
        self.folder.path().join("out/scores.csv").exists()
    }

    /// A table written: row name → column → cell.
    fn table(&self, name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let content = self.text(name);
        let mut reader = csv::Reader::from_reader(content.as_bytes());
        let header = reader.headers().unwrap().clone();
        let cells =
            |row: &csv::StringRecord| header.iter().zip(row).map(|(h, c)| (h.to_owned(), c.to_owned())).collect();
        reader.records().map(Result::unwrap).map(|row| (row[0].to_owned(), cells(&row))).collect()
    }
}

/// Scores a table in a fresh folder with so many threads.
fn score_with(threads: &str, data: &str, meta: &str, model: &str, options: &[&str]) -> Ran {
    let files = [("data.csv", data.as_bytes()), ("meta.csv", meta.as_bytes()), ("model.toml", model.as_bytes())];
    let folder = folder(&files);
    let arguments = ["score", "--data", "data.csv", "--meta", "meta.csv", "--model", "model.toml", "-o", "out"];
    let mut command = goulet();
    command.current_dir(folder.path()).env("RAYON_NUM_THREADS", threads).args(arguments).args(options);
    let output = command.output().unwrap();
    Ran { folder, code: output.status.code(), stderr: stderr(&output) }
}

fn score(data: &str, meta: &str, model: &str, options: &[&str]) -> Ran {
    score_with("2", data, meta, model, options)
}

#[test]
fn scores_and_ranks_of_a_small_table() {
    let ran = score(DATA, META, "", &["--stages", "--analysis"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let header = ran.text("scores.csv").lines().next().unwrap().to_owned();
    assert_eq!(header, "uCode,Index,P,Q");
    let scores = ran.table("scores.csv");
    // three: both ends of every scale; one: 0, 0, 0; two lacks c, so that its index is its first pillar.
    assert_eq!((scores["three"]["Index"].as_str(), scores["'=one"]["Index"].as_str()), ("100", "0"));
    assert_eq!((scores["two"]["P"].as_str(), scores["two"]["Q"].as_str()), ("50", ""));
    assert_eq!(scores["two"]["Index"], "50");
    // four: P = 25 (b is missing), Q = 50: (25 + 3·50) / 4.
    assert_eq!(scores["four"]["Index"], "43.75");
    let ranks = ran.table("ranks.csv");
    assert_eq!((ranks["three"]["Index"].as_str(), ranks["four"]["Index"].as_str()), ("1", "3"));
    for name in ["raw", "denominated", "imputed", "screened", "treated", "normalised", "aggregated"] {
        assert_eq!(ran.table(&format!("{name}.csv")).len(), 4, "{name}");
    }
    let parts = ran.text("contributions.csv");
    let adds = |row: &csv::StringRecord| -> f64 {
        let is_indicator = ["a", "b", "c"].contains(&&row[1]);
        if is_indicator { row[7].parse().unwrap_or(0.0) } else { row[8].parse().unwrap() }
    };
    let mut reader = csv::Reader::from_reader(parts.as_bytes());
    let four = reader.records().map(Result::unwrap).filter(|row| &row[0] == "four");
    assert!((four.map(|row| adds(&row)).sum::<f64>() - 43.75).abs() < 1e-9);
}

#[test]
fn a_constant_or_empty_indicator_and_a_single_unit_have_an_answer() {
    let constant = DATA.replace(",5\n", ",7\n").replace(",25\n", ",7\n").replace(",15\n", ",7\n");
    let ran = score(&constant, META, "", &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("c no scale: constant"), "{}", ran.stderr);
    assert_eq!(ran.table("scores.csv")["three"]["Q"], "");
    let empty = "uCode,side,a,b,c\none,e,1,1,\ntwo,e,2,2,\n";
    let ran = score(empty, META, "", &[]);
    assert_eq!((ran.code, ran.table("scores.csv")["two"]["Index"].as_str()), (Some(0), "50"));
    // One unit has no spread: fixed goalposts still score it.
    let single = "uCode,side,a,b,c\none,e,1,1,1\n";
    let ran = score(single, META, "", &[]);
    assert_eq!((ran.code, ran.table("scores.csv")["one"]["Index"].as_str()), (Some(0), ""));
    let ran = score(single, META, "[normalise]\nmethod = \"scaled\"\nbounds = [0, 4]\n", &[]);
    assert_eq!((ran.code, ran.table("scores.csv")["one"]["Q"].as_str()), (Some(0), "25"));
}

#[test]
fn zeros_and_negatives_under_other_means_are_defined() {
    let ran = score(DATA, META, "[aggregate]\nmethod = \"geometric\"\n", &[]);
    assert_eq!((ran.code, ran.table("scores.csv")["'=one"]["Index"].as_str()), (Some(0), "0"));
    let model = "[normalise]\nmethod = \"z_score\"\n[aggregate]\nmethod = \"harmonic\"\n";
    let ran = score(DATA, META, model, &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("node `P` of unit `=one`: the harmonic mean") && ran.stderr.contains("hint:"));
    assert!(!ran.has_written());
}

#[test]
fn faults_of_tables_and_models_name_their_place() {
    let cases = [
        (DATA, META.replace("b,B,-1,1,1,P", "b,B,-1,1,1,R"), "", "meta.csv:6: node `b` names the parent `R`"),
        (DATA, META.replace("Index,Index,,3,,,", "Index,Index,,3,,Q,"), "", "their own ancestors: Index → Q → Index"),
        (DATA, META.replace("c,C,1,1,1,Q,Indicator\n", ""), "", "`Q` is an aggregate without children"),
        (DATA, META.replace("a,A,1,1,1,P", "a,A,1,1,x,P"), "", "meta.csv:5 (column Weight): `x` is no number"),
        (DATA, META.to_owned(), "[impute]\nmethod = \"latest\"\n", "units at several times"),
        (DATA, META.to_owned(), "[normalise.indicators.z]\nrange = [0, 1]\n", "no such indicator"),
        (DATA, META.to_owned(), "[uncertainty]\nsobol = 70000\n", "model.toml:2: `uncertainty.sobol`"),
        ("uCode,side,a,b,c\nu,e,1,2,3\nu,e,1,2,3\n", META.to_owned(), "", "data.csv:3 (column uCode): unit `u` twice"),
        ("uCode,side,a,b\nu,e,1,2\n", META.to_owned(), "", "data.csv:1: there is no column `c`"),
    ];
    for (data, meta, model, words) in cases {
        let ran = score(data, &meta, model, &[]);
        assert_eq!(ran.code, Some(1), "{words}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        assert!(!ran.has_written(), "{words}");
    }
}

#[test]
fn a_missing_weight_is_one_and_units_may_stand_at_several_times() {
    let meta = META.replace("a,A,1,1,1,P", "a,A,1,1,,P").replace("b,B,-1,1,1,P", "b,B,-1,1,1.0,P");
    let (with, without) = (score(DATA, META, "", &[]), score(DATA, &meta, "", &[]));
    assert_eq!(with.text("scores.csv"), without.text("scores.csv"));
    let panel = "uCode;Time;side;a;b;c\nu;2020;e;0;1;1\nu;2022;e;10;;3\nv;2020;e;4,5;3;2\nv;2022;e;5;2;2\n";
    let model = "[impute]\nmethod = \"latest\"\n";
    let ran = score(panel, META, model, &["--draws", "50"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ranks = ran.text("ranks.csv");
    assert!(ranks.starts_with("uCode,Time,Index") && ranks.contains("\nv,2020,1,") && ranks.contains("\nu,2022,1,"));
    assert!(ran.text("uncertainty.csv").contains("\nu,2022,1,"));
}

#[test]
fn draws_are_the_same_whatever_the_threads() {
    let model = "[uncertainty]\ndraws = 300\nsobol = 128\nleave_one_out = true\nkeep_draws = true\n\
        normalise = [\"min_max\", \"percentile_rank\"]\naggregate = [\"arithmetic\", \"copeland\"]\n";
    let run = |threads: &str| {
        let ran = score_with(threads, DATA, META, model, &[]);
        assert_eq!(ran.code, Some(0), "{threads}: {}", ran.stderr);
        ["uncertainty.csv", "sensitivity.csv", "leave_one_out.csv", "draws.csv"].map(|name| ran.text(name))
    };
    let first = run("1");
    assert_eq!(first, run("2"));
    assert_eq!(first[3].lines().count(), 301);
    assert!(first[1].contains("\naggregation,") && first[2].contains("\nQ,"));
}
