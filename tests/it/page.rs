//! `report.html`: one file that needs nothing else, the same bytes each time, in which no document can end a block.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::support::{folder, root, run_on, stderr};

fn page(corpus: &Path, more: &[&str]) -> String {
    let (out, output) = run_on(corpus, more);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    std::fs::read_to_string(out.path().join("r/report.html")).unwrap()
}

/// The JSON of a block.
fn block(page: &str, id: &str) -> serde_json::Value {
    let opening = format!("<script type=\"application/json\" id=\"{id}\">");
    let json = page.split_once(&opening).unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str(json).unwrap()
}

#[test]
fn the_page_is_whole_and_the_same_each_time() {
    let seeds = Path::new("seeds");
    let first = page(seeds, &[]);
    assert_eq!(first, page(seeds, &[]));
    assert!(first.starts_with("<!DOCTYPE html>\n<html lang=\"en\""));
    assert!(page(seeds, &["--language", "fr"]).contains("<h1 data-t=\"title\">Risques des chaînes d"));
    let markup = first.split_once("<script type").unwrap().0;
    for outside in ["src=", "<link", "@import", "url("] {
        assert!(!markup.contains(outside), "{outside}");
    }
    assert!(markup.contains("default-src &#x27;none&#x27;") && !markup.contains("unsafe"), "{}", &markup[..600]);
}

#[test]
fn it_holds_the_scores_and_the_sentences_of_the_tables() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let page = std::fs::read_to_string(out.path().join("r/report.html")).unwrap();
    let core = block(&page, "core");
    let scores = crate::support::table(&out.path().join("r/scores.csv"));
    assert_eq!(core["units"]["risk"].as_array().unwrap().len(), scores.len());
    for (row, risk) in scores.iter().zip(core["units"]["risk"].as_array().unwrap()) {
        assert_eq!(row["risk"].parse::<f64>().ok(), risk.as_f64());
    }
    let evidence = block(&page, "evidence");
    let mentions = crate::support::table(&out.path().join("r/mentions.csv"));
    let rows = evidence["rows"].as_array().unwrap();
    assert_eq!(rows.len(), mentions.len());
    let mut marks = 0;
    for row in rows {
        let sentence = evidence["sentences"][row[12].as_u64().unwrap() as usize].as_str().unwrap();
        let (Some(from), Some(to)) = (row[13].as_u64(), row[14].as_u64()) else { continue };
        let marked: Vec<u16> = sentence.encode_utf16().skip(from as usize).take((to - from) as usize).collect();
        let marked = String::from_utf16(&marked).unwrap();
        let is_there = |of: &std::collections::BTreeMap<String, String>| {
            of["evidence"] == sentence
                && of["end"].parse::<usize>().unwrap() - of["start"].parse::<usize>().unwrap() == marked.len()
        };
        assert!(mentions.iter().any(is_there), "{sentence} [{marked}]");
        marks += 1;
    }
    assert_eq!(marks, rows.len(), "every statement is marked");
}

#[test]
fn no_document_ends_a_block() {
    let hostile = r#"{"id":"x","language":"en","title":"</script><script>alert(1)</script>","text":"</script><!-- China has banned exports of gallium to the United States. \u2028","url":"javascript:alert(2)"}"#;
    let corpus = folder(&[("hostile.jsonl", hostile.as_bytes())]);
    let page = page(&corpus.path().join("hostile.jsonl"), &[]);
    assert_eq!(page.matches("<script").count(), page.matches("</script>").count());
    assert!(!page.contains("<script>alert") && !page.contains("<!--"));
    let evidence = block(&page, "evidence");
    assert!(evidence["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    assert_eq!(evidence["documents"][0][4], "</script><script>alert(1)</script>");
    assert_eq!(evidence["documents"][0][5], serde_json::Value::Null, "no link but to the web");
}

#[test]
fn an_apostrophe_that_a_document_has_stays() {
    let line = r#"{"id":"x","language":"en","title":"'=Gallium","text":"China has banned exports of gallium to the United States."}"#;
    let corpus = folder(&[("one.jsonl", line.as_bytes())]);
    let page = page(&corpus.path().join("one.jsonl"), &[]);
    assert_eq!(block(&page, "evidence")["documents"][0][4], "'=Gallium");
}

#[test]
fn the_vendored_libraries_are_those_of_the_readme() {
    let vendor = root().join("src/report/page/assets/vendor");
    let readme = std::fs::read_to_string(vendor.join("README.md")).unwrap();
    for file in ["d3.min.js", "plot.umd.min.js"] {
        let digest = Sha256::digest(std::fs::read(vendor.join(file)).unwrap());
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(readme.contains(&hash), "{file} {hash}");
    }
}
