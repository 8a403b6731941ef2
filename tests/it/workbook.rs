//! The workbook as a file: same bytes, text that stays text, links that were links. Its formulas: `tests/workbook/run.sh`.

use std::io::Read;
use std::path::Path;

use flate2::read::DeflateDecoder;

use super::support::{folder, goulet, root, run_on, succeed};

/// The parts of a workbook: a ZIP whose directory stands at its end.
fn parts(path: &Path) -> Vec<(String, String)> {
    let bytes = std::fs::read(path).unwrap();
    let word =
        |at: usize, length: usize| bytes[at..at + length].iter().rev().fold(0, |sum, b| (sum << 8) | usize::from(*b));
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let (count, mut at) = (word(end + 10, 2), word(end + 16, 4));
    let mut parts = Vec::new();
    for _ in 0..count {
        let (method, packed, name_length) = (word(at + 10, 2), word(at + 20, 4), word(at + 28, 2));
        let name = String::from_utf8(bytes[at + 46..at + 46 + name_length].to_vec()).unwrap();
        let local = word(at + 42, 4);
        let start = local + 30 + word(local + 26, 2) + word(local + 28, 2);
        let mut text = String::new();
        let packed = &bytes[start..start + packed];
        match method {
            0 => text = String::from_utf8_lossy(packed).into_owned(),
            _ => drop(DeflateDecoder::new(packed).read_to_string(&mut text).unwrap()),
        }
        parts.push((name, text));
        at += 46 + name_length + word(at + 30, 2) + word(at + 32, 2);
    }
    parts
}

fn part<'a>(parts: &'a [(String, String)], name: &str) -> &'a str {
    parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str()).unwrap_or_else(|| panic!("no {name}"))
}

/// A document whose every field would be run by a spreadsheet that took it for more than text.
fn hostile(id: &str, url: &str) -> String {
    format!(
        r#"{{"id":"{id}","date":"2024-12-03","language":"en","title":"=cmd|' /C calc'!A0","text":"China has banned exports of gallium to the United States. +<script>alert(1)</script>","source":"=HYPERLINK(\"http://evil\")","url":"{url}"}}"#
    )
}

#[test]
fn text_of_documents_stays_text_and_only_addresses_of_the_web_are_links() {
    let corpus = [
        hostile("=1+1", "https://example.org/ban?a=1&b=2"),
        hostile("two", "javascript:alert(1)"),
        hostile("three", "file:///etc/passwd"),
    ];
    let corpus = folder(&[("d.jsonl", corpus.join("\n").as_bytes())]);
    let (out, output) = run_on(&corpus.path().join("d.jsonl"), &["--draws", "0", "--keep-duplicates"]);
    assert!(output.status.success());
    let parts = parts(&out.path().join("r/scores.xlsx"));
    let strings = part(&parts, "xl/sharedStrings.xml");
    for shown in [
        "<t>=cmd|' /C calc'!A0</t>",
        "<t>=HYPERLINK(\"http://evil\")</t>",
        "<t>=1+1</t>",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ] {
        assert!(strings.contains(shown), "{shown}");
    }
    let evidence = part(&parts, "xl/worksheets/sheet7.xml");
    assert!(evidence.contains("<c ") && !evidence.contains("<f>"));
    let links = part(&parts, "xl/worksheets/_rels/sheet7.xml.rels");
    assert!(links.contains("https://example.org/ban?a=1&amp;b=2"), "{links}");
    assert_eq!(links.matches("<Relationship ").count(), 1, "{links}");
    assert!(!parts.iter().any(|(_, text)| text.contains("<f>") && text.contains("cmd|")));
}

#[test]
fn the_same_run_gives_the_same_workbook_whatever_the_threads() {
    let out = tempfile::tempdir().unwrap();
    let run = |name: &str, threads: &str| {
        let mut command = goulet();
        command
            .env("RAYON_NUM_THREADS", threads)
            .args(["run", "--quiet", "--draws", "20", "--corpus", "seeds", "--out"]);
        succeed(command.arg(out.path().join(name)));
        std::fs::read(out.path().join(name).join("scores.xlsx")).unwrap()
    };
    assert!(run("one", "1") == run("two", "2"));
}

#[test]
fn weights_are_named_cells_and_sheets_are_titled_in_the_language_asked_for() {
    for (language, title, header) in
        [("en", "Read me", "Export controls"), ("fr", "Lisez-moi", "Contrôles à l'exportation")]
    {
        let (out, output) = run_on(&root().join("seeds"), &["--draws", "0", "--language", language]);
        assert!(output.status.success());
        let parts = parts(&out.path().join("r/scores.xlsx"));
        let book = part(&parts, "xl/workbook.xml");
        assert!(book.contains(&format!("name=\"{title}\"")), "{language}");
        for name in ["weight_export_controls", "weight_supply_share", "ranking_min_coverage", "high_supply_share"] {
            assert!(book.contains(&format!("name=\"{name}\"")), "{name}");
        }
        assert!(part(&parts, "xl/sharedStrings.xml").contains(header), "{language}");
        let scores = part(&parts, "xl/worksheets/sheet2.xml");
        assert!(scores.contains("<f>IF(SUMPRODUCT(") && scores.contains("COUNTIFS("));
    }
}
