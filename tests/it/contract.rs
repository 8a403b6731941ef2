//! The contract: files, columns, exit codes, the same bytes.

use std::path::Path;

use crate::support::{folder, goulet, root, run_on, statement, stderr, stdout, succeed, table, with_input};

/// File → its columns, as the design has them.
const COLUMNS: [(&str, &str); 4] = [
    (
        "mentions.csv",
        "doc_id,date,language,publisher,channel,sector,material,origin,target,status,polarity,severity,certainty,weight,\
         sentence,start,end,lexeme,evidence,share",
    ),
    ("indicators.csv", "sector,country,period,indicator,value,low,high,documents,basis,provenance"),
    (
        "scores.csv",
        "sector,country,period,risk,rank,rank_low,rank_high,export_controls,concentration,coercion,mitigation,documents,\
         mentions,coverage,status",
    ),
    (
        "sectors.csv",
        "sector,period,risk,hhi,top_country,top_share,export_controls,concentration,coercion,mitigation,documents",
    ),
];

#[test]
fn every_file_has_its_columns() {
    let (out, output) = run_on(Path::new("seeds"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (file, columns) in COLUMNS {
        let text = std::fs::read_to_string(out.path().join("r").join(file)).unwrap();
        assert_eq!(text.lines().next().unwrap(), columns, "{file}");
    }
    let matrix = std::fs::read_to_string(out.path().join("r/matrix.csv")).unwrap();
    assert!(matrix.starts_with("country,"));
    let comparison = std::fs::read_to_string(out.path().join("r/comparison.csv")).unwrap();
    assert!(comparison.starts_with("measure,"));
    let package: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.path().join("r/datapackage.json")).unwrap()).unwrap();
    // Seven tables, the workbook and the page.
    assert_eq!(package["resources"].as_array().unwrap().len(), 9);
    assert!(stdout(&output).contains("critical_minerals"));
}

#[test]
fn the_committed_reports_are_those_of_the_sample() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    for entry in std::fs::read_dir(root().join("reports")).unwrap() {
        let name = entry.unwrap().file_name();
        // The package names the folder asked for.
        let (committed, fresh) = (
            std::fs::read(root().join("reports").join(&name)).unwrap(),
            std::fs::read(out.path().join("r").join(&name)),
        );
        assert!(
            fresh.is_ok_and(|fresh| fresh == committed),
            "{name:?} differs: run `cargo run --release` and look at it"
        );
    }
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let mut runs = Vec::new();
    for threads in ["1", "2"] {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("r");
        succeed(goulet().env("RAYON_NUM_THREADS", threads).args(["run", "--quiet", "--out"]).arg(&path));
        let mut files: Vec<_> = std::fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_owned(), std::fs::read(&path).unwrap()))
            .collect();
        files.sort();
        runs.push(files);
    }
    assert_eq!(runs[0], runs[1]);
}

#[test]
fn the_order_of_documents_changes_no_score() {
    let lines =
        [statement("a"), statement("b").replace("gallium", "rare earths"), statement("c").replace("China", "Russia")];
    let forward = folder(&[("news.jsonl", lines.join("\n").as_bytes())]);
    let backward = folder(&[("news.jsonl", lines.iter().rev().cloned().collect::<Vec<_>>().join("\n").as_bytes())]);
    let (a, _) = run_on(forward.path(), &[]);
    let (b, _) = run_on(backward.path(), &[]);
    for file in ["scores.csv", "indicators.csv", "sectors.csv", "matrix.csv"] {
        let read = |out: &tempfile::TempDir| std::fs::read(out.path().join("r").join(file)).unwrap();
        assert!(read(&a) == read(&b), "{file}");
    }
}

#[test]
fn near_duplicates_share_one_weight() {
    let long = "The ministry said the measure takes effect at once and covers all shipments of the metal, and traders said \
                that buyers in Europe and in Japan had begun to look for other sources of supply within hours of the notice.";
    let line = |id: &str, title: &str| {
        format!(
            r#"{{"id":"{id}","date":"2024-12-03","language":"en","title":"{title}","text":"China has banned exports of gallium to the United States. {long}"}}"#
        )
    };
    let text = [line("a", "China bans gallium exports"), line("b", "Gallium: China bans exports (update)")].join("\n");
    let corpus = folder(&[("news.jsonl", text.as_bytes())]);
    let weights = |more: &[&str]| {
        let (out, _) = run_on(corpus.path(), more);
        table(&out.path().join("r/mentions.csv")).into_iter().map(|m| m["weight"].clone()).collect::<Vec<_>>()
    };
    assert!(weights(&[]).iter().all(|weight| weight == "0.5"));
    assert!(weights(&["--keep-duplicates"]).iter().all(|weight| weight == "1"));
}

#[test]
fn offsets_lead_back_to_the_words_and_the_evidence() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let mentions = table(&out.path().join("r/mentions.csv"));
    assert!(mentions.len() > 50);
    for mention in mentions {
        let text = std::fs::read_to_string(root().join(format!("seeds/{}.md", mention["doc_id"]))).unwrap();
        let mut parts = text.splitn(3, "---\n");
        let front = parts.nth(1).unwrap();
        let body = parts.next().unwrap().trim();
        let title = front.lines().find_map(|line| line.strip_prefix("title: ")).unwrap().trim();
        let document = format!("{title}\n\n{body}");
        let words = &document[mention["start"].parse().unwrap()..mention["end"].parse().unwrap()];
        assert!(!words.is_empty() && mention["evidence"].contains(words), "{words:?} in {:?}", mention["evidence"]);
    }
}

#[test]
fn standard_input_and_output() {
    let output = with_input(goulet().args(["extract", "-"]), &format!("{}\n", statement("a")));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with(COLUMNS[0].1), "{}", stdout(&output));
    assert!(stdout(&output).contains("CHN,USA"), "{}", stdout(&output));
}

#[test]
fn extract_writes_entities() {
    let out = tempfile::tempdir().unwrap();
    let (mentions, entities) = (out.path().join("m.csv"), out.path().join("e.csv"));
    succeed(goulet().args(["extract", "seeds", "-o"]).arg(&mentions).arg("--entities").arg(&entities));
    let rows = table(&entities);
    let header = "doc_id,kind,code,mentions,first,in_title,in_lead,salience,about";
    assert_eq!(std::fs::read_to_string(&entities).unwrap().lines().next().unwrap(), header);
    assert!(rows.iter().any(|row| row["kind"] == "country" && row["code"] == "CHN" && row["about"] == "true"));
    assert!(!table(&mentions).is_empty());
}

#[test]
fn check_runs_clean_on_our_data() {
    let output = goulet().arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn an_edited_copy_of_the_data_gives_the_same_scores() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    succeed(goulet().arg("init").arg(&data));
    let (a, _) = run_on(Path::new("seeds"), &[]);
    let (b, output) = run_on(Path::new("seeds"), &["--data", data.to_str().unwrap()]);
    assert!(stderr(&output).contains(data.to_str().unwrap()), "run says which data it used");
    let read = |out: &tempfile::TempDir| std::fs::read(out.path().join("r/scores.csv")).unwrap();
    assert!(read(&a) == read(&b));
}

#[test]
fn compare_prints_at_least_twelve_measures_and_writes_them() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let reports = out.path().join("r");
    let output =
        goulet().args(["compare", "semiconductors", "critical_minerals", "--reports"]).arg(&reports).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let rows = table(&reports.join("comparison.csv"));
    assert!(rows.len() >= 12);
    for row in &rows {
        assert!(stdout(&output).contains(&row["measure"]));
    }
    assert!(rows.iter().any(|row| row["measure"] == "top supplier" && row["critical_minerals"] == "CHN"));
}

#[test]
fn months_have_their_own_scores() {
    let (out, output) = run_on(Path::new("seeds"), &["--period", "month"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let scores = table(&out.path().join("r/scores.csv"));
    assert!(scores.iter().any(|row| row["period"] == "2024-12"));
    assert!(scores.iter().all(|row| row["period"].len() == 7));
}
