//! What the tests share: the built binary, scratch folders, tables read back.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use goulet::codes::CountryCode;
use goulet::corpus::Document;

/// The built binary, run from the package's folder.
pub fn goulet() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_goulet"));
    command.current_dir(root());
    command
}

/// Runs to success.
pub fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

/// Runs with text on standard input.
pub fn with_input(command: &mut Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// A document of nothing but a title, which may be empty, and a text.
pub fn document(language: &str, title: &str, text: &str) -> Document {
    Document {
        id: "document".into(),
        date: None,
        language: language.parse().unwrap(),
        publisher: String::new(),
        url: String::new(),
        title_len: title.len(),
        text: Document::join(title, text),
    }
}

/// A country's code as tables write it: empty for none.
pub fn code(country: Option<CountryCode>) -> String {
    country.map(|country| country.to_string()).unwrap_or_default()
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A scratch folder holding the given files.
pub fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// `run` on a corpus, reports into a fresh folder.
pub fn run_on(corpus: &Path, more: &[&str]) -> (tempfile::TempDir, Output) {
    let out = tempfile::tempdir().unwrap();
    let output = goulet()
        .args(["run", "--corpus"])
        .arg(corpus)
        .arg("--out")
        .arg(out.path().join("r"))
        .args(more)
        .output()
        .unwrap();
    (out, output)
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A table as rows of column → cell.
pub fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| header.iter().map(str::to_owned).zip(record.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

/// A document that states something, as a JSON line.
pub fn statement(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","date":"2024-12-03","language":"en","title":"China bans exports of gallium to the United States","text":"China has banned exports of gallium to the United States.","source":"Test Wire"}}"#
    )
}
