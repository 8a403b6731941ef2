//! Bad input: a clear error with file, line and remedy; the rest is read; nothing half-written.

use crate::support::{folder, goulet, run_on, statement, stderr, succeed, table};

/// Runs with an edited copy of the data: `edit` gets the folder.
fn with_data(edit: impl FnOnce(&std::path::Path)) -> (tempfile::TempDir, std::process::Output) {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    succeed(goulet().arg("init").arg(&data));
    edit(&data);
    let corpus = folder(&[("a.jsonl", statement("a").as_bytes())]);
    let output = goulet()
        .args(["run", "--corpus"])
        .arg(corpus.path())
        .arg("--data")
        .arg(&data)
        .arg("--out")
        .arg(scratch.path().join("r"))
        .output()
        .unwrap();
    (scratch, output)
}

fn append(path: &std::path::Path, text: &str) -> usize {
    let before = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, format!("{before}{text}\n")).unwrap();
    before.lines().count() + 1
}

#[test]
fn a_missing_path() {
    let (out, output) = run_on(std::path::Path::new("no/such/place"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no/such/place"), "{}", stderr(&output));
    assert!(!out.path().join("r").exists());
}

#[test]
fn an_empty_folder() {
    let corpus = tempfile::tempdir().unwrap();
    let (out, output) = run_on(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(&corpus.path().display().to_string()), "{}", stderr(&output));
    assert!(!out.path().join("r").exists());
}

#[test]
fn empty_and_binary_files_leave_the_rest_read() {
    let line = statement("a");
    let corpus = folder(&[
        ("a.jsonl", line.as_bytes()),
        ("empty.txt", b""),
        ("picture.txt", b"\x89PNG\x00\x01\x02\x00\x00\xff"),
    ]);
    let (out, output) = run_on(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "a file that could not be read shows in the exit code");
    let message = stderr(&output);
    assert!(message.contains("empty.txt") && message.contains("picture.txt"), "{message}");
    assert!(!table(&out.path().join("r/mentions.csv")).is_empty());
}

#[test]
fn only_unreadable_files() {
    let corpus = folder(&[("empty.txt", b"")]);
    let (out, output) = run_on(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no document could be read"), "{}", stderr(&output));
    assert!(!out.path().join("r/scores.csv").exists());
}

#[test]
fn other_encodings_are_decoded_and_said() {
    let text = "La Chine interdit l'exportation de gallium\n\nP\u{e9}kin a interdit vendredi l'exportation de gallium vers les \u{c9}tats-Unis. \
                La d\u{e9}cision a \u{e9}t\u{e9} publi\u{e9}e par le minist\u{e8}re du Commerce et prend effet imm\u{e9}diatement.";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let corpus = folder(&[("latin.txt", &latin)]);
    let (out, output) = run_on(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("guessed-encoding") && stderr(&output).contains("latin.txt"),
        "{}",
        stderr(&output)
    );
    let mentions = table(&out.path().join("r/mentions.csv"));
    assert!(mentions.iter().any(|m| m["origin"] == "CHN" && m["evidence"].contains("États-Unis")), "{mentions:?}");
}

#[test]
fn a_broken_json_line_is_named_and_the_rest_read() {
    let text = format!(
        "{}\n{{\"id\": \"b\", \"text\": \n{}\n",
        statement("a"),
        statement("c").replace("gallium", "germanium")
    );
    let corpus = folder(&[("news.jsonl", text.as_bytes())]);
    let (out, output) = run_on(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("news.jsonl:2"), "{}", stderr(&output));
    let mentions = table(&out.path().join("r/mentions.csv"));
    for id in ["a", "c"] {
        assert!(mentions.iter().any(|m| m["doc_id"] == id), "{id} was not read");
    }
}

#[test]
fn a_broken_date_is_named_and_the_document_kept() {
    let line = statement("a").replace("2024-12-03", "2024-31-31");
    let corpus = folder(&[("news.jsonl", line.as_bytes())]);
    let (out, output) = run_on(corpus.path(), &[]);
    let message = stderr(&output);
    assert!(message.contains("news.jsonl") && message.contains("2024-31-31"), "{message}");
    let mentions = table(&out.path().join("r/mentions.csv"));
    assert!(mentions.iter().all(|m| m["date"].is_empty()) && !mentions.is_empty());
}

#[test]
fn a_lexicon_row_with_an_unknown_sector() {
    let mut line = 0;
    let (scratch, output) =
        with_data(|data| line = append(&data.join("lexicon/en/goods.csv"), "zeppelins,,airship(s)"));
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains(&format!("goods.csv:{line}")) && message.contains("zeppelins"), "{message}");
    assert!(!scratch.path().join("r/scores.csv").exists());
}

#[test]
fn a_malformed_form() {
    let mut line = 0;
    let (_scratch, output) = with_data(|data| line = append(&data.join("lexicon/en/goods.csv"), "energy,,lignite(s"));
    assert!(stderr(&output).contains(&format!("goods.csv:{line}")), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_model_file_with_an_unknown_key() {
    let scratch =
        folder(&[("m.toml", b"[aggregate]\nmethods = \"geometric\"\n"), ("a.jsonl", statement("a").as_bytes())]);
    let model = scratch.path().join("m.toml");
    let (out, output) = run_on(&scratch.path().join("a.jsonl"), &["--model", model.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("m.toml:2") && message.contains("methods"), "{message}");
    assert!(!out.path().join("r").exists());
}

#[test]
fn weights_that_cannot_be_scaled() {
    let (_scratch, output) = with_data(|data| {
        let path = data.join("model.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let zeroed: Vec<String> = text
            .lines()
            .map(
                |line| {
                    if line.trim_start().starts_with("weight =") { "weight = 0".to_owned() } else { line.to_owned() }
                },
            )
            .collect();
        std::fs::write(path, zeroed.join("\n")).unwrap();
    });
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("model.toml") && message.contains("weight"), "{message}");
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let scratch = folder(&[("a.jsonl", statement("a").as_bytes()), ("file", b"x")]);
    let output = goulet()
        .args(["run", "--corpus"])
        .arg(scratch.path().join("a.jsonl"))
        .arg("--out")
        .arg(scratch.path().join("file/reports"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("file/reports") && stderr(&output).contains("hint"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for arguments in
        [&["--no-such-flag"][..], &["run", "--period", "fortnight"], &["compare", "semiconductors"], &["explain"]]
    {
        assert_eq!(goulet().args(arguments).output().unwrap().status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn unknown_sectors_and_countries_are_told_with_what_there_is() {
    let output = goulet().args(["explain", "critical_minerals", "XXX"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let output = goulet().args(["compare", "semiconductors", "zeppelins"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("zeppelins") && stderr(&output).contains("critical_minerals"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn no_cell_from_a_document_begins_a_formula() {
    let line = statement("=cmd|' /C calc'!A0")
        .replace("China has banned", "=China has banned")
        .replace("\"China bans", "\"@China bans")
        .replace("Test Wire", "+Test Wire");
    let corpus = folder(&[("news.jsonl", line.as_bytes())]);
    let (out, output) = run_on(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let mentions = table(&out.path().join("r/mentions.csv"));
    assert!(mentions.len() >= 2);
    for mention in &mentions {
        for column in ["doc_id", "publisher", "lexeme", "evidence"] {
            assert!(!mention[column].starts_with(['=', '+', '-', '@', '\t', '\r']), "{column}: {}", mention[column]);
        }
        assert!(mention["evidence"].starts_with('\''), "{}", mention["evidence"]);
    }
}
