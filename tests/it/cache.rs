//! `run --cache`: the reports are those of a run without, whatever the cache held.

use std::path::{Path, PathBuf};

use crate::support::{goulet, root, stderr};

const TABLES: [&str; 5] = ["mentions.csv", "documents.csv", "indicators.csv", "scores.csv", "sectors.csv"];

/// Runs on `corpus` under `model`, and gives the tables and what was said.
fn run(at: &Path, corpus: &str, more: &[&str]) -> (Vec<String>, String) {
    let mut command = goulet();
    let arguments = ["run", "--draws", "20", "--out", "out", "--corpus", corpus];
    let output = command.current_dir(at).args(arguments).args(more).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let read = |table: &&str| std::fs::read_to_string(at.join("out").join(table)).unwrap();
    (TABLES.iter().map(read).collect(), stderr(&output))
}

fn packs(at: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for engine in std::fs::read_dir(at.join("cache")).unwrap() {
        found.extend(std::fs::read_dir(engine.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
    }
    found.sort();
    found
}

#[test]
fn the_cache_changes_nothing_but_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("corpus")).unwrap();
    let mut seeds: Vec<_> =
        std::fs::read_dir(root().join("seeds")).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.retain(|seed| seed.extension().is_some_and(|extension| extension == "md" || extension == "txt"));
    seeds.sort();
    let (early, late) = seeds.split_at(seeds.len() / 2);
    let copy = |seed: &PathBuf| std::fs::copy(seed, at.join("corpus").join(seed.file_name().unwrap())).unwrap();
    for seed in early {
        copy(seed);
    }
    std::fs::write(at.join("model.toml"), "[text.certainty]\nannounced = 0.3\n").unwrap();
    let cache = ["--cache", "cache"];

    assert_eq!(run(at, "corpus", &cache).0, run(at, "corpus", &[]).0);
    assert_eq!(packs(at).len(), 1);
    for seed in late {
        copy(seed);
    }
    assert_eq!(run(at, "corpus", &cache).0, run(at, "corpus", &[]).0);
    assert_eq!(packs(at).len(), 2);
    // Nothing is new: no pack more. Another model reads the same documents otherwise.
    let other = run(at, "corpus", &["--cache", "cache", "--model", "model.toml"]).0;
    assert_eq!(other, run(at, "corpus", &["--model", "model.toml"]).0);
    assert_eq!(packs(at).len(), 2);
}

#[test]
fn a_damaged_pack_is_said_and_its_documents_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let seeds = root().join("seeds");
    let plain = run(at, seeds.to_str().unwrap(), &["--cache", "cache"]).0;
    let pack = packs(at).remove(0);
    let whole = std::fs::read(&pack).unwrap();
    for damaged in [
        whole[..whole.len() / 2].to_vec(),
        {
            let mut other = whole.clone();
            other[whole.len() / 3] ^= 1;
            other
        },
        Vec::new(),
    ] {
        std::fs::write(&pack, damaged).unwrap();
        let (tables, said) = run(at, seeds.to_str().unwrap(), &["--cache", "cache"]);
        assert!(said.contains("[cache]") && said.contains("read again"), "{said}");
        assert_eq!(tables, plain);
    }
}
