//! The terminal: what is said where, errors with their lines, colours, widths, completions and manual pages.

use std::process::Output;

use crate::support::{folder, goulet, run_on, statement, stderr, stdout};

/// Exit code, standard output and standard error, as one text.
fn shown(output: &Output) -> String {
    format!("{:?}\n-- stdout\n{}-- stderr\n{}", output.status.code(), stdout(output), stderr(output))
}

/// Scores a table by a model file, in its folder, and shows what was said.
fn score_with(model: &str) -> String {
    let data = "uCode,a,b\none,1,2\ntwo,3,5\n";
    let meta = "iCode,Type,Parent,Weight,Direction,Level\na,Indicator,index,1,1,1\nb,Indicator,index,1,1,1\nindex,Aggregate,,1,1,2\n";
    let scratch = folder(&[("d.csv", data.as_bytes()), ("t.csv", meta.as_bytes()), ("m.toml", model.as_bytes())]);
    let mut command = goulet();
    command.current_dir(scratch.path());
    shown(&command.args(["score", "--data", "d.csv", "--meta", "t.csv", "--model", "m.toml"]).output().unwrap())
}

#[test]
fn a_model_file_with_a_fault_is_shown_at_its_place() {
    let said = score_with("[aggregate]\nmin_children = 0.5\nmethd = \"geometric\"\n");
    let expected = "Some(1)\n-- stdout\n-- stderr\nerror: m.toml:3: unknown field `methd`, expected one of `method`, \
                    `by_level`, `power`, `min_children`\n     |\n   3 | methd = \"geometric\"\n     | ^^^^^\n  hint: correct \
                    the key or value; data/model.toml (`goulet init`) shows every key with its meaning\n";
    assert_eq!(said, expected);
    let said = score_with("[treat]\nmethod = \"winsorize\"\n");
    assert!(said.contains("   2 | method = \"winsorize\"\n     |          ^^^^^^^^^^^\n"), "{said}");
}

#[test]
fn contradictions_of_a_model_file_are_all_shown() {
    let said = score_with("[screen]\nmin_coverage = 1.5\n[normalise]\nrange = [10, 0]\n");
    assert!(said.contains("error: 2 faults\n"), "{said}");
    assert!(said.contains("   2 | min_coverage = 1.5\n     | ^^^^^^^^^^^^\n  hint:"), "{said}");
    assert!(said.contains("   4 | range = [10, 0]\n     | ^^^^^\n  hint:"), "{said}");
}

#[test]
fn a_table_with_faults_is_shown_cell_by_cell() {
    let scratch = folder(&[
        ("d.csv", "uCode;a;b\none;\"x;y\";2\ntwo;3;半導体\n".as_bytes()),
        ("t.csv", b"iCode,Type,Parent\na,Indicator,index\nb,Indicator,index\nindex,Aggregate,\n"),
    ]);
    let mut command = goulet();
    command.current_dir(scratch.path());
    let said = shown(&command.args(["score", "--data", "d.csv", "--meta", "t.csv"]).output().unwrap());
    assert!(said.contains("d.csv:2 (column a): "), "{said}");
    assert!(said.contains("   2 | one;\"x;y\";2\n     |     ^^^^^\n"), "{said}");
    assert!(said.contains("   3 | two;3;半導体\n     |       ^^^^^^\n"), "{said}");
}

#[test]
fn check_shows_every_fault_of_a_table_with_its_line() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    assert!(goulet().arg("init").arg(&data).output().unwrap().status.success());
    let path = data.join("lexicon/en/goods.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}zeppelins,,airship(s)\nballoons,,balloon(s)\n")).unwrap();
    let output = goulet().args(["check", "--data"]).arg(&data).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stdout(&output);
    for word in ["zeppelins", "balloons"] {
        let caret = format!("| {}\n", "^".repeat(word.len()));
        let at = said.find(&format!("| {word},,")).unwrap_or_else(|| panic!("{said}"));
        assert!(said[at..].lines().nth(1).is_some_and(|line| format!("{line}\n").ends_with(&caret)), "{said}");
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let with = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = goulet();
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
            command.env_remove(name);
        }
        let output = command.envs(variables.iter().copied()).args(arguments).output().unwrap();
        (stdout(&output).contains('\u{1b}'), stderr(&output).contains('\u{1b}'))
    };
    let missing = ["run", "--corpus", "no/such/place", "--out", "target/never"];
    assert_eq!(with(&[], &["--help"]), (false, false));
    assert_eq!(with(&[], &missing), (false, false));
    assert_eq!(with(&[("CLICOLOR_FORCE", "1")], &["--help"]), (true, false));
    assert_eq!(with(&[("CLICOLOR_FORCE", "1")], &missing), (false, true));
    assert_eq!(with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &["--help"]), (false, false));
    assert_eq!(with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &missing), (false, false));
}

#[test]
fn a_run_ends_with_its_top_units_and_a_line_a_file_on_any_width() {
    let corpus = folder(&[("a.jsonl", statement("a").as_bytes())]);
    for columns in ["200", "80", "50"] {
        let out = tempfile::tempdir().unwrap();
        let output = goulet()
            .env("COLUMNS", columns)
            .args(["run", "--draws", "0", "--corpus"])
            .arg(corpus.path())
            .arg("--out")
            .arg(out.path())
            .output()
            .unwrap();
        let width: usize = columns.parse().unwrap();
        let tables = stdout(&output);
        assert!(tables.contains("Riskiest units") && tables.contains("critical_minerals"), "{tables}");
        let widest = tables.lines().filter(|line| line.contains("  ")).map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= width), "{columns}: {tables}");
        assert_eq!(stderr(&output).contains("no room for"), width < 100, "{}", stderr(&output));
        for entry in std::fs::read_dir(out.path()).unwrap() {
            let entry = entry.unwrap();
            let line = format!("wrote {}", entry.path().display());
            let told = stderr(&output).lines().any(|said| said.starts_with(&line) && said.trim_end().ends_with('B'));
            assert!(told, "{}\n{}", entry.path().display(), stderr(&output));
        }
    }
}

#[test]
fn messages_hold_nothing_that_a_terminal_would_act_on() {
    let model = "[aggregate]\n\"me\\u001bthd\" = \"\u{202e}x\"\n";
    let scratch = folder(&[("m.toml", model.as_bytes()), ("a.jsonl", statement("a").as_bytes())]);
    let path = scratch.path().join("m.toml");
    let (_out, output) = run_on(&scratch.path().join("a.jsonl"), &["--model", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!stderr(&output).contains(['\u{1b}', '\u{202e}']), "{}", stderr(&output));
}

#[test]
fn completions_for_every_shell() {
    for (shell, words) in [
        ("bash", "complete -F _goulet"),
        ("zsh", "#compdef goulet"),
        ("fish", "complete -c goulet"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let output = goulet().args(["completions", shell]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let script = stdout(&output);
        assert!(
            script.contains(words) && script.contains("supply-risk") && script.contains("keep-duplicates"),
            "{shell}"
        );
    }
    assert_eq!(goulet().args(["completions", "command.com"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn a_manual_page_a_command() {
    let output = goulet().arg("man").output().unwrap();
    assert!(
        stdout(&output).contains(".TH goulet 1") && stdout(&output).contains("goulet\\-explain"),
        "{}",
        stdout(&output)
    );
    let scratch = tempfile::tempdir().unwrap();
    let pages = scratch.path().join("man1");
    assert_eq!(goulet().arg("man").arg(&pages).output().unwrap().status.code(), Some(0));
    let names: std::collections::BTreeSet<String> =
        std::fs::read_dir(&pages).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for name in ["goulet.1", "goulet-run.1", "goulet-diff.1", "goulet-explain.1", "goulet-man.1"] {
        assert!(names.contains(name), "{names:?}");
    }
    let page = std::fs::read_to_string(pages.join("goulet-diff.1")).unwrap();
    assert!(page.contains("goulet\\-diff") && page.contains("changes.csv"), "{page}");
}
