//! `goulet diff`: what moved between two runs, each change split among its causes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{folder, goulet, statement, stderr, stdout, succeed, table};

/// The columns whose sum is the change.
const PARTS: [&str; 5] = ["documents", "reading", "structure", "model", "rest"];

struct Runs {
    scratch: tempfile::TempDir,
}

impl Runs {
    fn new() -> Self {
        Self { scratch: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// A run into the folder `name`, on documents given as JSON lines.
    fn run(&self, name: &str, lines: &[String], more: &[&str]) -> PathBuf {
        // The corpus is named alike, so that only its content differs.
        let corpus = self.path("news.jsonl");
        std::fs::write(&corpus, lines.join("\n")).unwrap();
        let out = self.path(name);
        let mut command = goulet();
        command.args(["run", "--quiet", "--draws", "0", "--corpus"]).arg(&corpus).arg("--out").arg(&out).args(more);
        succeed(&mut command);
        out
    }

    /// An edited copy of the data.
    fn data(&self, edit: impl FnOnce(&Path)) -> String {
        let data = self.path("data");
        succeed(goulet().arg("init").arg(&data));
        edit(&data);
        data.to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// `diff` into a folder, its parts checked against its changes.
    fn diff(&self, old: &Path, new: &Path) -> PathBuf {
        let out = self.path("diff");
        let output = goulet().arg("diff").args([old, new]).arg("-o").arg(&out).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let rows = table(&out.join("changes.csv"));
        assert!(!rows.is_empty());
        for row in &rows {
            adds_up(row);
        }
        out
    }
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

/// The parts add up to the change, and the change to the risks; and these are those of the reports.
fn adds_up(row: &BTreeMap<String, String>) {
    if row["change"].is_empty() {
        assert!(PARTS.iter().all(|part| row[*part].is_empty()), "{row:?}");
        return;
    }
    let sum: f64 = PARTS.iter().map(|part| number(row, part)).sum();
    assert!((sum - number(row, "change")).abs() < 1e-9, "{row:?}");
    assert!((number(row, "risk_new") - number(row, "risk_old") - number(row, "change")).abs() < 1e-9, "{row:?}");
}

fn unit<'a>(rows: &'a [BTreeMap<String, String>], sector: &str, country: &str) -> &'a BTreeMap<String, String> {
    rows.iter().find(|row| row["sector"] == sector && row["country"] == country).unwrap()
}

/// Whether `part` alone moves any unit.
fn only(rows: &[BTreeMap<String, String>], part: &str) -> bool {
    let moved = rows.iter().filter(|row| row["what"] == "moved" && !row["change"].is_empty());
    moved.clone().count() > 0
        && moved.flat_map(|row| PARTS.map(|part| (part, number(row, part)))).all(|(p, value)| p == part || value == 0.0)
}

fn other(id: &str) -> String {
    statement(id).replace("gallium", "graphite").replace("2024-12-03", "2024-12-09")
}

#[test]
fn the_same_run_twice_has_changed_nothing() {
    let runs = Runs::new();
    let (a, b) = (runs.run("a", &[statement("a")], &[]), runs.run("b", &[statement("a")], &[]));
    let output = goulet().arg("diff").args([&a, &b]).output().unwrap();
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "nothing changed\n"));
    let output = goulet().arg("diff").args([&a, &b]).args(["--json", "--quiet"]).output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["nothing_changed"], true);
    assert_eq!(answer["units"]["moved"], 0);
}

#[test]
fn new_gone_and_changed_documents_are_told_and_move_scores() {
    let runs = Runs::new();
    let old = runs.run("a", &[statement("a"), statement("b").replace("gallium", "cobalt")], &[]);
    let changed = statement("a").replace("has banned exports", "is considering a ban on exports");
    let new = runs.run("b", &[changed, other("c"), other("d").replace("China", "Japan")], &[]);
    let out = runs.diff(&old, &new);
    let rows = table(&out.join("changes.csv"));
    assert!(only(&rows, "documents"), "{rows:?}");
    assert_eq!(unit(&rows, "critical_minerals", "CHN")["main_cause"], "documents");
    let documents = table(&out.join("documents_changed.csv"));
    let whats: Vec<(&str, &str)> = documents.iter().map(|row| (row["doc_id"].as_str(), row["what"].as_str())).collect();
    assert!(whats.iter().any(|(id, what)| id.ends_with('c') && *what == "new"), "{whats:?}");
    assert!(whats.iter().any(|(id, what)| id.ends_with('b') && *what == "gone"), "{whats:?}");
    assert!(whats.iter().any(|(id, what)| id.ends_with('a') && *what == "changed"), "{whats:?}");
    let evidence = table(&out.join("evidence_changed.csv"));
    let new_one = evidence.iter().find(|row| row["doc_id"].ends_with('c') && row["measure"] == "export_controls");
    let new_one = new_one.unwrap();
    assert_eq!((new_one["country"].as_str(), new_one["sentences_old"].as_str()), ("CHN", "0"));
    assert!(number(new_one, "sentences_new") > 0.0 && number(new_one, "evidence_new") > 0.0);
}

#[test]
fn a_weight_moves_scores_through_the_model_alone_and_is_named() {
    let runs = Runs::new();
    let model = std::fs::read_to_string(crate::support::root().join("data/model.toml")).unwrap();
    let coercion = "code = \"coercion\"\nparent = \"risk\"\nweight = 1.0";
    assert!(model.contains(coercion));
    let model = runs.file("m.toml", &model.replace(coercion, &coercion.replace("1.0", "3.0")));
    let old = runs.run("a", &[statement("a")], &[]);
    let new = runs.run("b", &[statement("a")], &["--model", &model]);
    let out = runs.diff(&old, &new);
    assert!(only(&table(&out.join("changes.csv")), "model"));
    let causes = table(&out.join("causes.csv"));
    let weight = causes.iter().find(|row| row["key"] == "node.coercion.weight").unwrap();
    assert_eq!((weight["cause"].as_str(), weight["old"].as_str(), weight["new"].as_str()), ("model", "1.0", "3.0"));
    assert!(table(&out.join("documents_changed.csv")).is_empty());
}

#[test]
fn the_strength_of_the_prior_is_the_models_and_certainties_are_the_readings() {
    let runs = Runs::new();
    let announced = statement("a").replace("has banned", "will from January ban");
    let old = runs.run("a", std::slice::from_ref(&announced), &[]);
    let prior = runs.file("p.toml", "[text]\nprior_strength = 20.0\n");
    let new = runs.run("b", std::slice::from_ref(&announced), &["--model", &prior]);
    assert!(only(&table(&runs.diff(&old, &new).join("changes.csv")), "model"));
    let certain = runs.file("c.toml", "[text.certainty]\nin_force = 0.3\nannounced = 0.3\nconsidered = 0.3\n");
    let new = runs.run("c", std::slice::from_ref(&announced), &["--model", &certain]);
    let out = runs.diff(&old, &new);
    assert!(only(&table(&out.join("changes.csv")), "reading"));
    assert!(table(&out.join("documents_changed.csv")).iter().all(|row| row["what"] == "reread"));
}

#[test]
fn a_share_moves_scores_through_the_structure() {
    let runs = Runs::new();
    let data = runs.data(|data| {
        let path = data.join("structural/governance.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        let mended: Vec<String> = text.lines().filter(|line| !line.contains("CHN")).map(str::to_owned).collect();
        assert!(mended.len() < text.lines().count());
        std::fs::write(&path, mended.join("\n") + "\n").unwrap();
    });
    let old = runs.run("a", &[statement("a")], &[]);
    let new = runs.run("b", &[statement("a")], &["--data", &data]);
    let out = runs.diff(&old, &new);
    let rows = table(&out.join("changes.csv"));
    assert_eq!(unit(&rows, "critical_minerals", "CHN")["main_cause"], "structure");
    assert_eq!(number(unit(&rows, "critical_minerals", "CHN"), "documents"), 0.0);
    let causes = table(&out.join("causes.csv"));
    assert!(
        causes.iter().any(|row| row["cause"] == "structure" && row["key"].contains("CHN") && !row["old"].is_empty())
    );
}

#[test]
fn all_causes_together_still_add_up() {
    let runs = Runs::new();
    let model = "[text]\nprior_strength = 2.0\n[text.certainty]\nin_force = 0.5\n[aggregate]\nmethod = \"power\"\npower = 2.0\n";
    let model = runs.file("m.toml", model);
    let data = runs.data(|data| {
        let path = data.join("structural/governance.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("CHN", "QQQ")).unwrap();
    });
    let old = runs.run("a", &[statement("a"), statement("b").replace("China", "Russia")], &[]);
    let new = runs.run("b", &[statement("a"), other("c")], &["--model", &model, "--data", &data]);
    let rows = table(&runs.diff(&old, &new).join("changes.csv"));
    let china = unit(&rows, "critical_minerals", "CHN");
    for part in ["documents", "reading", "structure", "model"] {
        assert!(number(china, part) != 0.0, "{part}: {china:?}");
    }
    assert!(rows.iter().filter(|row| !row["rest"].is_empty()).all(|row| number(row, "rest") == 0.0));
    // Back again, every part has the other sign.
    let back = table(&runs.diff(&runs.path("b"), &runs.path("a")).join("changes.csv"));
    let back = unit(&back, "critical_minerals", "CHN");
    for part in PARTS {
        assert!((number(china, part) + number(back, part)).abs() < 1e-9, "{part}: {china:?} {back:?}");
    }
}

#[test]
fn a_score_edited_by_hand_is_in_the_rest() {
    let runs = Runs::new();
    let (old, new) = (runs.run("a", &[statement("a")], &[]), runs.run("b", &[statement("a")], &[]));
    let path = new.join("scores.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("critical_minerals,CHN,")).unwrap();
    let mut cells: Vec<&str> = line.split(',').collect();
    cells[3] = "99";
    std::fs::write(&path, text.replace(line, &cells.join(","))).unwrap();
    let rows = table(&runs.diff(&old, &new).join("changes.csv"));
    assert!(only(&rows, "rest"));
    assert_eq!(unit(&rows, "critical_minerals", "CHN")["risk_new"], "99");
}

#[test]
fn periods_that_differ_have_no_unit_in_common() {
    let runs = Runs::new();
    let old = runs.run("a", &[statement("a")], &[]);
    let new = runs.run("b", &[statement("a")], &["--period", "month"]);
    let rows = table(&runs.diff(&old, &new).join("changes.csv"));
    assert!(rows.iter().all(|row| row["what"] == "new" || row["what"] == "gone"));
    let output = goulet().arg("diff").args([&old, &new]).output().unwrap();
    let said = stdout(&output);
    assert!(said.contains("option period: all → month") && said.contains("units gone"), "{said}");
}

#[test]
fn one_table_on_standard_output_and_the_summary_on_screen() {
    let runs = Runs::new();
    let old = runs.run("a", &[statement("a")], &[]);
    let new = runs.run("b", &[statement("a"), other("c")], &[]);
    let output = goulet().arg("diff").args([&old, &new]).args(["-o", "-"]).output().unwrap();
    assert!(stdout(&output).starts_with("sector,country,period,what,risk_old,risk_new,change,documents,"));
    let output = goulet().arg("diff").args([&old, &new]).args(["--top", "1"]).output().unwrap();
    let said = stdout(&output);
    assert!(said.contains("documents  1 new") && said.contains("Biggest movers"), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("critical_minerals  ")).count(), 1, "{said}");
    assert!(said.contains("c: export_controls 2"), "{said}");
}

#[test]
fn what_is_no_folder_of_reports_is_told() {
    let runs = Runs::new();
    let old = runs.run("a", &[statement("a")], &[]);
    let scratch = folder(&[("empty/x.txt", b"x"), ("other/datapackage.json", b"{}")]);
    for (name, words) in [("none", "no such folder"), ("empty", "datapackage.json is missing"), ("other", "is missing")]
    {
        let output = goulet().arg("diff").arg(&old).arg(scratch.path().join(name)).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let message = stderr(&output);
        assert!(message.contains(words) && message.contains("hint:") && message.contains(name), "{message}");
    }
    assert_eq!(goulet().args(["diff", "one"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn other_columns_are_told_with_the_file() {
    let runs = Runs::new();
    let (old, new) = (runs.run("a", &[statement("a")], &[]), runs.run("b", &[statement("a")], &[]));
    std::fs::write(new.join("indicators.csv"), "sector,value\nsolar,1\n").unwrap();
    let output = goulet().arg("diff").args([&old, &new]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("indicators.csv:1") && stderr(&output).contains("hint:"), "{}", stderr(&output));
}
