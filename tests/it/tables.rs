//! The tables in every dialect and language: written as asked, read back by every command, described truly, done again.

use std::path::{Path, PathBuf};
use std::process::Output;

use sha2::{Digest, Sha256};

use crate::support::{folder, goulet, run_on, statement, stderr, stdout, succeed};

/// Documents that a spreadsheet would run, and numbers in words.
const HOSTILE: &str = r#"{"id":"=cmd|' /C calc'!A0","date":"2024-12-03","language":"en","title":"=1+1; China bans exports of gallium, 1,5 % of it, to the United States","text":"","source":"+Wire; \"quoted\"","url":"@x"}
{"id":"'=twice","date":"2024-12-04","language":"fr","title":"La Chine interdit l'exportation de graphite vers les États-Unis","text":"","source":"\tTab"}
"#;

fn corpus() -> tempfile::TempDir {
    let lines = format!("{HOSTILE}{}\n", statement("plain"));
    folder(&[("c.jsonl", lines.as_bytes())])
}

/// A run on [`corpus`]; the reports are in `r` of the folder.
fn reports(corpus: &Path, more: &[&str]) -> tempfile::TempDir {
    let (out, output) = run_on(corpus, more);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    out
}

fn text(out: &tempfile::TempDir, file: &str) -> String {
    std::fs::read_to_string(out.path().join("r").join(file)).unwrap()
}

fn package(out: &tempfile::TempDir) -> serde_json::Value {
    serde_json::from_str(&text(out, "datapackage.json")).unwrap()
}

/// What a command says of a report folder.
fn said(command: &[&str], reports: &Path) -> String {
    let output = goulet().args(command).arg("--reports").arg(reports).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{command:?}: {}", stderr(&output));
    stdout(&output)
}

#[test]
fn a_french_spreadsheet_gets_semicolons_decimal_commas_and_french_names() {
    let corpus = corpus();
    let out = reports(corpus.path(), &["--csv", "excel-fr", "--language", "fr"]);
    let scores = text(&out, "scores.csv");
    let header = "\u{feff}Code du secteur;Secteur;Code du pays;Pays;Période;Risque (0-100);Rang;";
    assert!(scores.starts_with(header), "{}", scores.lines().next().unwrap());
    let row = scores.lines().find(|line| line.starts_with("critical_minerals;")).unwrap();
    let cells: Vec<&str> = row.split(';').collect();
    assert_eq!(&cells[1..4], ["Minéraux critiques", "CHN", "Chine"]);
    assert!(cells[5].contains(',') && !cells[5].contains('.'), "{row}");
    let mentions = text(&out, "mentions.csv");
    assert!(mentions.contains("'=cmd|' /C calc'!A0;"), "{mentions}");
    assert!(mentions.contains("1,5 % of it"), "words keep their commas: {mentions}");
    assert!(text(&out, "matrix.csv").lines().next().unwrap().contains("Code du pays;Pays;"));
    assert!(text(&out, "comparison.csv").contains("\nRisque (0-100);"));
}

#[test]
fn text_is_untouched_in_raw_and_guarded_everywhere_else() {
    let corpus = corpus();
    for form in ["rfc4180", "excel", "excel-fr", "raw"] {
        let out = reports(corpus.path(), &["--csv", form]);
        let documents = text(&out, "documents.csv");
        let is_guarded = documents.contains("'=cmd|") && documents.contains("''=twice") && documents.contains("'@x");
        assert_eq!(is_guarded, form != "raw", "{form}: {documents}");
        assert_eq!(documents.starts_with('\u{feff}'), form.starts_with("excel"), "{form}");
    }
}

#[test]
fn explain_and_compare_say_the_same_of_every_form() {
    let corpus = corpus();
    let explain = ["explain", "critical_minerals", "CHN", "--json"];
    let compare = ["compare", "semiconductors", "critical_minerals", "--json"];
    let plain = reports(corpus.path(), &[]);
    let of = |out: &tempfile::TempDir, command: &[&str]| said(command, &out.path().join("r"));
    let expected = (of(&plain, &explain), of(&plain, &compare));
    assert!(expected.0.contains("\"=cmd|' /C calc'!A0\"") && expected.0.contains("\"'=twice\""), "{}", expected.0);
    for form in ["rfc4180", "excel", "excel-fr", "raw"] {
        for language in [None, Some("en"), Some("fr")] {
            let mut more = vec!["--csv", form];
            more.extend(language.iter().flat_map(|language| ["--language", language]));
            let out = reports(corpus.path(), &more);
            assert_eq!((of(&out, &explain), of(&out, &compare)), expected, "{more:?}");
        }
    }
}

#[test]
fn a_file_that_is_no_table_is_named() {
    let corpus = corpus();
    let out = reports(corpus.path(), &[]);
    let reports = out.path().join("r");
    std::fs::write(reports.join("scores.csv"), b"PK\x03\x04 saved as a workbook").unwrap();
    let output = goulet().args(["explain", "solar", "CHN", "--reports"]).arg(&reports).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("scores.csv: this is a workbook, not a CSV table"), "{}", stderr(&output));
    std::fs::write(reports.join("scores.csv"), "sector;country\nsolar;CHN\n").unwrap();
    let output = goulet().args(["explain", "solar", "CHN", "--reports"]).arg(&reports).output().unwrap();
    assert!(stderr(&output).contains("scores.csv:2: missing field `period`"), "{}", stderr(&output));
}

#[test]
fn the_package_has_the_hash_of_every_file_also_after_compare() {
    let corpus = corpus();
    let out = reports(corpus.path(), &["--csv", "excel-fr", "--language", "fr", "--parquet"]);
    let check = || {
        let package = package(&out);
        let resources = package["resources"].as_array().unwrap();
        for resource in resources {
            let bytes = std::fs::read(out.path().join("r").join(resource["path"].as_str().unwrap())).unwrap();
            let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(resource["hash"], format!("sha256:{hash}"), "{}", resource["path"]);
            assert_eq!(resource["bytes"], bytes.len());
        }
        let parquet = resources.iter().filter(|one| one["format"] == "parquet").count();
        assert_eq!(parquet, resources.iter().filter(|one| one["format"] == "csv").count());
    };
    check();
    said(&["compare", "semiconductors", "critical_minerals"], &out.path().join("r"));
    assert!(text(&out, "comparison.csv").starts_with("\u{feff}Mesure;Semi-conducteurs;Minéraux critiques\n"));
    check();
}

#[test]
fn the_package_gives_types_limits_and_keys() {
    let corpus = corpus();
    let out = reports(corpus.path(), &["--csv", "excel-fr", "--language", "fr"]);
    let package = package(&out);
    let table = |name: &str| package["resources"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    let field = |name: &str, column: &str| {
        let fields = table(name)["schema"]["fields"].as_array().unwrap();
        fields.iter().find(|one| one["column"] == column).unwrap().clone()
    };
    let risk = field("scores", "risk");
    assert_eq!(
        (&risk["type"], &risk["decimalChar"], &risk["name"]),
        (&"number".into(), &",".into(), &"Risque (0-100)".into())
    );
    assert_eq!(risk["constraints"]["maximum"], 100);
    assert_eq!(field("mentions", "channel")["constraints"]["enum"].as_array().unwrap().len(), 4);
    let keys = &table("scores")["schema"]["primaryKey"];
    assert_eq!(*keys, serde_json::json!(["Code du secteur", "Code du pays", "Période"]));
    assert_eq!(table("mentions")["schema"]["foreignKeys"][0]["reference"]["resource"], "documents");
    assert_eq!(table("mentions")["dialect"]["delimiter"], ";");
    assert!(package["licenses"].as_array().is_some_and(|licenses| !licenses.is_empty()));
}

#[test]
fn ids_that_repeat_are_no_key() {
    let lines = format!("{}\n{}\n", statement("same"), statement("same"));
    let corpus = folder(&[("c.jsonl", lines.as_bytes())]);
    let (out, _) = run_on(corpus.path(), &[]);
    let package = package(&out);
    let documents = package["resources"].as_array().unwrap().iter().find(|one| one["name"] == "documents").unwrap();
    assert!(documents["schema"].get("primaryKey").is_none());
}

fn replay(manifest: &Path, more: &[&str]) -> Output {
    goulet().args(["run", "--manifest"]).arg(manifest).args(more).output().unwrap()
}

#[test]
fn a_manifest_gives_the_same_bytes_and_leaves_the_reports_alone() {
    let corpus = corpus();
    let model = folder(&[("m.toml", b"[uncertainty]\ndraws = 20\n")]);
    let model_file = model.path().join("m.toml");
    let more = [
        "--csv",
        "excel-fr",
        "--language",
        "fr",
        "--parquet",
        "--period",
        "month",
        "--as-of",
        "2024-12-31",
        "--keep-duplicates",
        "--draws",
        "30",
        "--model",
        model_file.to_str().unwrap(),
    ];
    let out = reports(corpus.path(), &more);
    let manifest = out.path().join("r/datapackage.json");
    // The model is in the description itself.
    std::fs::remove_file(&model_file).unwrap();
    let output = replay(&manifest, &[]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert_eq!(stdout(&output).trim(), "same bytes");
    said(&["compare", "semiconductors", "critical_minerals"], &out.path().join("r"));
    let before: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(out.path().join("r"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    let again = out.path().join("again");
    let output = replay(&manifest, &["--json", "--out", again.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "after compare: {}{}", stdout(&output), stderr(&output));
    for (path, bytes) in before {
        assert!(std::fs::read(&path).unwrap() == bytes);
        assert!(std::fs::read(again.join(path.file_name().unwrap())).unwrap() == bytes, "{}", path.display());
    }
}

#[test]
fn a_manifest_tells_what_differs() {
    let corpus = corpus();
    let out = reports(corpus.path(), &[]);
    let manifest = out.path().join("r/datapackage.json");
    std::fs::write(corpus.path().join("c.jsonl"), format!("{}\n", statement("other"))).unwrap();
    std::fs::write(corpus.path().join("d.jsonl"), format!("{}\n", statement("new"))).unwrap();
    let output = replay(&manifest, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(answer["same"], false);
    let named = |what: &str, end: &str| {
        let all = answer["differences"].as_array().unwrap().iter();
        all.clone().find(|one| one["what"] == what && one["name"].as_str().unwrap().ends_with(end)).cloned()
    };
    assert!(named("input", "c.jsonl").is_some_and(|one| one["recorded"] != one["now"]));
    assert!(named("input", "d.jsonl").is_some_and(|one| one["recorded"].is_null()));
    assert!(named("file", "mentions.csv").is_some() && named("data", "").is_none());

    std::fs::remove_file(corpus.path().join("c.jsonl")).unwrap();
    let output = replay(&manifest, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("missing") && stderr(&output).contains("no longer there"), "{}", stdout(&output));

    let changed = text(&out, "datapackage.json").replacen("\"hash\": \"sha256:", "\"hash\": \"sha256:0", 1);
    std::fs::write(&manifest, changed.replace("\"period\": \"all\"", "\"period\": \"week\"")).unwrap();
    assert_eq!(replay(&manifest, &[]).status.code(), Some(1));
    let usage = replay(&manifest, &["--period", "year"]);
    assert_eq!(usage.status.code(), Some(2), "options come from the manifest");
}

#[test]
fn the_bytes_do_not_depend_on_threads() {
    let corpus = corpus();
    let read = |threads: &str| {
        let out = tempfile::tempdir().unwrap();
        let mut command = goulet();
        command.env("RAYON_NUM_THREADS", threads).env("POLARS_MAX_THREADS", threads).args([
            "run",
            "--quiet",
            "--parquet",
            "--corpus",
        ]);
        succeed(command.arg(corpus.path()).arg("--out").arg(out.path()));
        std::fs::read(out.path().join("datapackage.json")).unwrap()
    };
    assert!(read("1") == read("3"));
}

#[test]
fn other_commands_write_the_same_forms() {
    let out = tempfile::tempdir().unwrap();
    let corpus = corpus();
    let mut command = goulet();
    succeed(
        command
            .args(["extract", "--quiet", "--csv", "excel-fr", "--language", "fr"])
            .arg(corpus.path())
            .arg("-o")
            .arg(out.path().join("m.csv")),
    );
    let mentions = std::fs::read_to_string(out.path().join("m.csv")).unwrap();
    assert!(mentions.starts_with("\u{feff}Document;Date;Langue;"), "{mentions}");
    let risk = goulet().args(["supply-risk", "--csv", "excel-fr", "--quiet"]).output().unwrap();
    assert!(stdout(&risk).starts_with("\u{feff}material;stage;supply_used;"), "{}", stdout(&risk));
    assert!(stdout(&risk).contains("0,"));
    let tables = folder(&[
        ("data.csv", b"uCode;title;x\n=1,5;1,5;2\nb;2,25;4\n"),
        ("meta.csv", b"iCode,iName,Direction,Level,Weight,Parent,Type\ntitle,T,1,1,1,Index,Indicator\nx,X,1,1,1,Index,Indicator\nIndex,I,1,2,1,,Aggregate\n"),
    ]);
    let mut command = goulet();
    succeed(
        command
            .args(["score", "--quiet", "--stages", "--csv", "excel-fr", "--data"])
            .arg(tables.path().join("data.csv"))
            .arg("--meta")
            .arg(tables.path().join("meta.csv"))
            .arg("-o")
            .arg(out.path().join("s")),
    );
    let raw = std::fs::read_to_string(out.path().join("s/raw.csv")).unwrap();
    assert_eq!(raw, "\u{feff}uCode;title;x\n'=1,5;1,5;2\nb;2,25;4\n");
}

/// `extract -o mentions.parquet`: the rows and types of the CSV, whatever the dialect asked for.
#[test]
fn extract_writes_parquet() {
    use polars::prelude::{ParquetReader, SerReader};

    let corpus = corpus();
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("mentions.parquet");
    let arguments = [corpus.path().as_os_str(), "-o".as_ref(), path.as_os_str(), "--csv".as_ref(), "excel-fr".as_ref()];
    let output = goulet().arg("extract").args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let frame = ParquetReader::new(std::fs::File::open(&path).unwrap()).finish().unwrap();
    let csv = stdout(&goulet().arg("extract").arg(corpus.path()).output().unwrap());
    assert_eq!(frame.height(), csv.lines().count() - 1);
    assert_eq!(frame.column("doc_id").unwrap().str().unwrap().get(0), Some("=cmd|' /C calc'!A0"));
    assert_eq!(frame.column("weight").unwrap().f64().unwrap().get(0), Some(1.0));
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1, "nothing is left beside it");
}
