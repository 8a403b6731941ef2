//! `goulet shard` and `goulet run --mentions`: the reports of several processes are those of one, and nothing is lost or doubled.

use std::path::{Path, PathBuf};

use crate::support::{goulet, root, stderr, succeed};

const TABLES: [&str; 6] =
    ["mentions.csv", "documents.csv", "indicators.csv", "scores.csv", "sectors.csv", "matrix.csv"];

/// The sample as one file of JSON Lines with blank lines and near-duplicates, and as the files it is.
fn corpus(folder: &Path) -> PathBuf {
    let corpus = folder.join("corpus");
    std::fs::create_dir_all(&corpus).unwrap();
    let mut lines = String::new();
    let mut seeds: Vec<_> =
        std::fs::read_dir(root().join("seeds")).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    for (number, seed) in
        seeds.iter().filter(|path| path.extension().is_some_and(|found| found == "txt" || found == "md")).enumerate()
    {
        let text = std::fs::read_to_string(seed).unwrap();
        let body = text.rsplit("---\n").next().unwrap().to_owned();
        let date = format!("2024-0{}-11", number % 9 + 1);
        for copy in 0..=number % 2 {
            let body = format!("{body}{}", " Agency.".repeat(copy));
            lines += &serde_json::json!({ "title": format!("=Item {number}"), "text": body, "date": date, "source": "Gazette" }).to_string();
            lines += if number % 3 == 0 { "\n\n" } else { "\n" };
        }
        std::fs::copy(seed, corpus.join(seed.file_name().unwrap())).unwrap();
    }
    std::fs::write(corpus.join("all.jsonl"), lines).unwrap();
    corpus
}

fn plan(folder: &Path, corpus: &Path, count: &str) -> usize {
    let mut command = goulet();
    succeed(command.current_dir(folder).args(["shard", "plan", "--shards", count, "-o", "plan.json"]).arg(corpus));
    let plan: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("plan.json")).unwrap()).unwrap();
    plan["shards"].as_array().unwrap().len()
}

fn run_shard(folder: &Path, shard: usize) {
    let mut command = goulet();
    succeed(command.current_dir(folder).args(["shard", "run", "plan.json", &shard.to_string(), "-o", "parts"]));
}

fn merge(folder: &Path) -> std::process::Output {
    goulet().current_dir(folder).args(["shard", "merge", "plan.json", "parts", "-o", "merged"]).output().unwrap()
}

fn run(folder: &Path, from: &[&str], out: &str) {
    let mut command = goulet();
    let arguments = ["run", "--quiet", "--draws", "50", "--period", "quarter", "--out", out];
    succeed(command.current_dir(folder).args(arguments).args(from));
}

#[test]
fn shards_in_any_order_give_the_reports_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let count = plan(folder.path(), &corpus, "5");
    assert!(count >= 3, "{count} shards");
    for shard in (0..count).rev() {
        run_shard(folder.path(), shard);
    }
    // Once more: a shard that is there is left as it is.
    run_shard(folder.path(), 0);
    let merged = merge(folder.path());
    assert!(merged.status.success(), "{}", stderr(&merged));
    run(folder.path(), &["--corpus", corpus.to_str().unwrap()], "one");
    run(folder.path(), &["--mentions", "merged"], "many");
    run(folder.path(), &["--mentions", "one"], "again");
    for table in TABLES {
        let read = |out: &str| std::fs::read_to_string(folder.path().join(out).join(table)).unwrap();
        assert!(read("one") == read("many"), "{table} of shards");
        assert!(read("one") == read("again"), "{table} of the reports");
    }
}

#[test]
fn neither_loss_nor_doubling_passes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let corpus = corpus(at);
    let count = plan(at, &corpus, "3");
    (1..count).for_each(|shard| run_shard(at, shard));
    let refused = |expected: &str| {
        let output = merge(at);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(!at.join("merged/mentions.csv").exists());
    };
    refused("shard 0 is missing");
    run_shard(at, 0);
    let copy = at.join("parts/copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["receipt.json", "mentions.csv", "documents.csv"] {
        std::fs::copy(at.join("parts/shard-00000").join(name), copy.join(name)).unwrap();
    }
    refused("is there twice");
    std::fs::remove_dir_all(copy).unwrap();
    let table = at.join("parts/shard-00001/mentions.csv");
    let whole = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, format!("{whole}{}", whole.lines().last().unwrap())).unwrap();
    refused("not the one that the receipt speaks of");
    std::fs::write(&table, whole).unwrap();
    assert!(merge(at).status.success());
}

#[test]
fn a_file_that_changed_since_the_plan_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    plan(folder.path(), &corpus, "2");
    std::fs::write(corpus.join("all.jsonl"), "{}").unwrap();
    for shard in ["0", "1"] {
        let mut command = goulet();
        let output = command.current_dir(folder.path()).args(["shard", "run", "plan.json", shard, "-o", "parts"]);
        let output = output.output().unwrap();
        if !output.status.success() {
            assert!(stderr(&output).contains("when the plan was made"), "{}", stderr(&output));
            assert!(stderr(&output).contains("make the plan again"));
            return;
        }
    }
    panic!("no shard noticed the change");
}

#[test]
fn mentions_alone_are_scored_with_a_word_of_caution() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let mut command = goulet();
    succeed(command.current_dir(folder.path()).arg("extract").arg(&corpus).args(["-o", "mentions.csv"]));
    let arguments = ["run", "--draws", "0", "--mentions", "mentions.csv", "--out", "out"];
    let output = goulet().current_dir(folder.path()).args(arguments).output().unwrap();
    assert!(output.status.success() && stderr(&output).contains("mentions-alone"), "{}", stderr(&output));
    assert!(folder.path().join("out/scores.csv").is_file());
}
