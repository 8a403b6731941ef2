//! Every format that documents come in, alone, together, compressed, with columns under other names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use goulet::corpus::{Corpus, Document, Options};
use goulet::warning::{Warning, Warnings};

use crate::support::{folder, goulet, root, statement, stderr, stdout, table, with_input};

/// What the tables among the samples call their columns.
const MAP: &str = "text=body,date=published,id=number,language=lang";

fn samples() -> PathBuf {
    root().join("tests/readers/samples")
}

fn read(paths: &[PathBuf], map: &str) -> (Vec<Document>, Vec<Warning>) {
    let columns = if map.is_empty() { Options::default().columns } else { map.parse().unwrap() };
    let corpus = Corpus::open(paths, Options { columns, ..Options::default() }).unwrap();
    let warnings = Warnings::default();
    let documents = corpus.batches(&warnings).flat_map(|batch| batch.unwrap()).collect();
    (documents, warnings.take())
}

/// The map that a file among the samples needs.
fn map_of(file: &str) -> &'static str {
    match file {
        "table.tsv" => "text=body,date=published",
        "table.parquet" => MAP,
        _ => "",
    }
}

fn packed(bytes: &[u8], extension: &str) -> Vec<u8> {
    use std::io::Read;
    let mut packed = Vec::new();
    match extension {
        "gz" => drop(flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut packed)),
        _ => packed = zstd::stream::encode_all(bytes, 1).unwrap(),
    }
    packed
}

#[test]
fn the_samples_hold_what_is_expected() {
    let mut expected: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for row in table(&root().join("tests/readers/expected.csv")) {
        expected.entry(row["file"].clone()).or_default().push(row);
    }
    assert_eq!(expected.len(), 6);
    for (file, rows) in expected {
        let (documents, warnings) = read(&[samples().join(&file)], map_of(&file));
        assert!(warnings.iter().all(|warning| !warning.is_loss), "{file}: {warnings:?}");
        assert_eq!(documents.len(), rows.len(), "{file}: {documents:?} {warnings:?}");
        let prefix = format!("{}/", samples().display());
        for (document, row) in documents.iter().zip(rows) {
            assert_eq!(document.id.replace(&prefix, ""), row["id"], "{file}");
            assert_eq!(document.date.map(|date| date.to_string()).unwrap_or_default(), row["date"], "{file}");
            assert_eq!(document.language.as_str(), row["language"], "{file}");
            assert_eq!(document.publisher, row["publisher"], "{file}");
            assert_eq!(document.title(), row["title"], "{file}");
            assert_eq!(document.url, row["url"], "{file}");
            assert!(document.body().starts_with(&row["text"]), "{file}: {}", document.body());
            for other in ["garden", "Japan.</p>", "Terms", "margin", "Sport"] {
                assert!(!document.body().contains(other), "{file}: {}", document.body());
            }
        }
    }
}

#[test]
fn compressed_files_hold_the_same() {
    let files = ["page.html", "feed.rss", "feed.atom", "table.tsv", "table.parquet"];
    for file in files {
        let bytes = std::fs::read(samples().join(file)).unwrap();
        let (plain, _) = read(&[samples().join(file)], map_of(file));
        for extension in ["gz", "zst"] {
            let name = format!("{file}.{extension}");
            let copy = folder(&[(&name, &packed(&bytes, extension))]);
            let (documents, warnings) = read(&[copy.path().join(&name)], map_of(file));
            assert_eq!(documents.len(), plain.len(), "{name}: {warnings:?}");
            let same =
                documents.iter().zip(&plain).all(|(one, other)| one.text == other.text && one.date == other.date);
            assert!(same, "{name}: {documents:?}");
        }
    }
}

fn extract(arguments: &[&str]) -> Output {
    goulet().arg("extract").args(arguments).output().unwrap()
}

#[test]
fn every_format_gives_the_same_mentions_at_once_and_alone() {
    let samples = samples();
    let path = |name: &str| samples.join(name).display().to_string();
    let files = ["page.html", "feed.rss", "table.tsv", "table.parquet", "crawl.warc.gz"].map(path);
    let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    arguments.extend(["--map", "text=body,date=published", "--keep-duplicates"]);
    let output = extract(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let mut rows = csv::Reader::from_reader(output.stdout.as_slice());
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.records().map(|row| row.unwrap()) {
        if (&row[at("material")], &row[at("origin")], &row[at("target")]) == ("gallium", "CHN", "USA") {
            *found.entry(row[at("doc_id")].to_owned()).or_default() += 1;
        }
    }
    let ids: Vec<String> = found.keys().map(|id| id.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(ids, ["crawl#3", "crawl#7", "page", "table#1", "tab-1", "wire-1"], "{found:?}");
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let samples = samples().display().to_string();
    let runs = ["1", "2", "5"].map(|threads| {
        let output = goulet()
            .args(["extract", &samples, "--map", "text=body,date=published"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        (output.status.code(), stdout(&output), stderr(&output))
    });
    assert!(runs[0].1.lines().count() > 5, "{}", runs[0].2);
    assert!(runs.iter().all(|run| *run == runs[0]), "{runs:?}");
}

/// A statement with its columns under other names.
fn renamed(id: &str) -> String {
    statement(id).replace("\"text\"", "\"body\"").replace("\"date\"", "\"published\"")
}

#[test]
fn columns_are_mapped_by_every_command() {
    let title = "China bans exports of gallium to the United States";
    let csv = format!("id,published,body,text\nc,2024-12-03,{title}.,not this\n");
    let note = format!("---\nid: m\npublished: 2024-12-03\n---\n# {title}\n");
    let corpus = folder(&[("a.jsonl", renamed("j").as_bytes()), ("b.csv", csv.as_bytes()), ("c.md", note.as_bytes())]);
    let map = "text=body,date=published";
    let (documents, warnings) = read(&[corpus.path().to_owned()], map);
    assert_eq!(documents.iter().map(|document| document.id.as_str()).collect::<Vec<_>>(), ["j", "c", "m"]);
    assert!(documents.iter().all(|document| document.date.is_some()), "{warnings:?}");
    assert!(documents[..2].iter().all(|document| document.body().contains("gallium")));
    let path = corpus.path().display().to_string();
    assert!(stdout(&extract(&[&path, "--map", map])).contains("\nc,2024-12-03,"));
    let out = tempfile::tempdir().unwrap();
    let output =
        goulet().args(["run", "--quiet", "--corpus", &path, "--map", map, "--out"]).arg(out.path()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let package = std::fs::read_to_string(out.path().join("datapackage.json")).unwrap();
    assert!(package.contains("date=published,text=body"), "the map is recorded");
    let labels = folder(&[("gold.jsonl", b"{\"id\":\"j\",\"events\":[]}\n")]);
    let gold = labels.path().join("gold.jsonl");
    let output = goulet().args(["eval", "--corpus", &path, "--map", map, "--gold"]).arg(gold).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let output = with_input(goulet().args(["extract", "-", "--map", map]), &renamed("s"));
    assert!(stdout(&output).contains("\ns,2024-12-03,"), "{}", stderr(&output));
}

#[test]
fn a_wrong_map_is_wrong_usage_and_a_missing_column_is_named() {
    let corpus = folder(&[("b.csv", b"id,words\nc,x\n")]);
    let file = corpus.path().join("b.csv").display().to_string();
    for wrong in ["body", "words=body", "text=", "text=a,text=b"] {
        let output = extract(&[&file, "--map", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(stderr(&output).contains("--map"), "{}", stderr(&output));
    }
    let output = extract(&[&file, "--map", "text=body"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("no `body` column among: id, words") && said.contains("--map text=COLUMN"), "{said}");
}

#[test]
fn what_was_passed_over_in_an_archive_is_counted() {
    let (_, warnings) = read(&[samples().join("crawl.warc.gz")], "");
    let said: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
    let counted = "4 records hold no page and were passed over: 1 image/gif, 1 request, 1 status 404, 1 warcinfo";
    assert!(said.iter().any(|message| message.ends_with(counted)), "{said:?}");
}

/// A table larger than a slice, in several row groups, with a value missing here and there.
#[test]
fn parquet_is_read_in_slices() {
    use polars::prelude::*;
    let rows = 20_000;
    let texts: Vec<Option<String>> =
        (0..rows).map(|n| (n % 1_000 != 999).then(|| format!("Document {n} on gallium"))).collect();
    let numbers: Vec<i64> = (0..rows).collect();
    let days: Vec<Option<i32>> = (0..rows as i32).map(|n| (n % 2 == 0).then_some(20_000 + n % 300)).collect();
    let dates = Series::new("date".into(), days).cast(&DataType::Date).unwrap();
    let mut frame = DataFrame::new_infer_height(vec![
        Series::new("id".into(), numbers).into(),
        dates.into(),
        Series::new("text".into(), texts).into(),
    ])
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let file = std::fs::File::create(&path).unwrap();
    ParquetWriter::new(file).with_row_group_size(Some(7_000)).finish(&mut frame).unwrap();
    let (documents, warnings) = read(std::slice::from_ref(&path), "");
    assert_eq!(documents.len(), 19_980, "{warnings:?}");
    for document in [&documents[0], &documents[6_999], &documents[19_979]] {
        assert_eq!(document.body(), format!("Document {} on gallium", document.id));
    }
    assert_eq!(documents[0].date.map(|date| date.to_string()).as_deref(), Some("2024-10-04"));
    assert_eq!(documents[1].date, None);
    assert_eq!(documents[19_979].id, "19998");
    damaged_parquet(&std::fs::read(&path).unwrap());
}

/// Bytes changed, or the end cut off: never a panic, and what can be read is.
fn damaged_parquet(whole: &[u8]) {
    for (at, name) in [(0, "head"), (whole.len() / 2, "middle"), (whole.len() - 20, "end"), (20_000, "page")] {
        let mut bytes = whole.to_vec();
        bytes[at..at + 20].fill(0xFF);
        let copy = folder(&[("a.parquet", &bytes)]);
        let (documents, warnings) = read(&[copy.path().to_owned()], "");
        assert!(documents.len() == 19_980 || !warnings.is_empty(), "{name}");
    }
    let copy = folder(&[("a.parquet", &whole[..whole.len() / 2])]);
    let (documents, warnings) = read(&[copy.path().to_owned()], "");
    assert_eq!(documents.len(), 0);
    assert!(warnings.iter().any(|warning| warning.is_loss && warning.message.contains("cut off")), "{warnings:?}");
}

/// A page of many slices that cannot be unpacked: what stands before it and behind it is read all the same.
#[test]
fn parquet_is_read_on_behind_a_long_spoiled_page() {
    use polars::prelude::*;
    let rows = 400_000;
    let texts: Vec<String> = (0..rows).map(|n| format!("word {n}")).collect();
    let mut frame = DataFrame::new_infer_height(vec![Series::new("text".into(), texts).into()]).unwrap();
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Zstd(None));
    writer.with_row_group_size(Some(rows)).with_data_page_size(Some(1 << 20)).finish(&mut frame).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xFF);
    let folder = folder(&[("a.parquet", &bytes)]);
    let (documents, warnings) = read(&[folder.path().to_owned()], "");
    assert!(warnings.iter().any(|warning| warning.is_loss && warning.code == "broken-record"), "{warnings:?}");
    assert_eq!(documents.first().map(|document| document.body()), Some("word 0"));
    assert_eq!(documents.last().map(|document| document.body()), Some("word 399999"));
    // More than the eight slices after which a smaller file would be given up.
    assert!((8 * 4_096..rows / 2).contains(&(rows - documents.len())), "{}", documents.len());
}

#[test]
fn a_folder_of_everything_is_sorted_and_read_once() {
    let everything = samples();
    let again = everything.join("feed.rss");
    let (documents, _) = read(&[everything.clone(), again], "text=body,date=published");
    let (alone, _) = read(&[everything], "text=body,date=published");
    assert_eq!(documents, alone);
    assert!(documents.len() > 8);
    assert!(Path::new(&documents[0].id).ends_with("crawl#3"), "{}", documents[0].id);
}
