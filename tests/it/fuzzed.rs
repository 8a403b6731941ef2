//! What the fuzz targets call (`fuzz/`): on every input that fuzzing kept, and on others, made of such an input spoiled or of
//! what the formats are made of. A target holds when it returns.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

use crate::support::root;

/// The inputs that fuzzing kept for a target, in order of name.
fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("fuzz/corpus").join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn every_target_has_a_corpus_and_a_program() {
    for (target, _) in targets::TARGETS {
        assert!(!corpus(target).is_empty(), "{target}");
        let program = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{target}.rs"))).unwrap();
        assert!(program.contains(&format!("run(\"{target}\", bytes)")), "{target}");
    }
    let programs = fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap().count();
    assert_eq!(programs, targets::TARGETS.len());
}

/// One change to the bytes of an input.
#[derive(Debug, Clone)]
enum Change {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    Repeat(Index, Index),
    Cut(Index),
}

/// What the formats are made of.
const TOKENS: &[&str] = &[
    "{\"text\":\"",
    "\"}",
    "\n",
    "\r\n\r\n",
    "text,title\n",
    "text\t",
    "\"",
    ",",
    ";",
    "---\n",
    "date: 2024",
    "<item>",
    "</item>",
    "<rss version=\"2.0\"><channel>",
    "<feed>",
    "<entry>",
    "</entry>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<p>",
    "<script>",
    "&amp;",
    "&#x",
    "WARC/1.0\r\n",
    "WARC-Type: response\r\n",
    "Content-Length: 40\r\n",
    "HTTP/1.1 200 OK\r\n",
    "PAR1",
    "\u{1f}\u{8b}",
    "China bans exports of gallium",
    "la Chine",
    "中国",
    "禁止",
    "미국이",
    "e\u{301}",
    "\u{feff}",
    "\0",
    "[",
    "]",
    "(",
    ")",
    "|",
    "~4 ",
    "^4 ",
    "<export>",
    "[[node]]\n",
    "[uncertainty]\n",
    "draws = ",
    "nan",
    "1e308",
    "-1",
    "= \"",
    "[normalise]\nmethod = ",
    "\"min_max\"\n",
    "code = \"",
    "parent = \"",
    "weight = ",
];

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::sample::select(TOKENS).prop_map(|token| token.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<(Index, u8)>().prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<Index>(), piece()).prop_map(|(at, piece)| Change::Insert(at, piece)),
        any::<(Index, Index)>().prop_map(|(at, end)| Change::Remove(at, end)),
        any::<(Index, Index)>().prop_map(|(at, end)| Change::Repeat(at, end)),
        any::<Index>().prop_map(Change::Cut),
    ]
}

fn spoil(bytes: &mut Vec<u8>, change: Change) {
    let place = |index: Index| index.index(bytes.len() + 1);
    let range = |one: Index, other: Index| place(one).min(place(other))..place(one).max(place(other));
    match change {
        Change::Set(at, byte) => {
            let at = place(at);
            bytes.get_mut(at).into_iter().for_each(|old| *old = byte);
        }
        Change::Insert(at, piece) => {
            let at = place(at);
            bytes.splice(at..at, piece);
        }
        Change::Remove(at, end) => drop(bytes.drain(range(at, end))),
        Change::Repeat(at, end) => bytes.extend_from_within(range(at, end)),
        Change::Cut(at) => bytes.truncate(place(at)),
    }
}

/// Inputs for a target: kept ones with some changes, and others made of pieces.
fn inputs(target: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let kept: Vec<Vec<u8>> = corpus(target).into_iter().map(|(_, bytes)| bytes).collect();
    let spoiled =
        (prop::sample::select(kept), prop::collection::vec(change(), 0..6)).prop_map(|(mut bytes, changes)| {
            changes.into_iter().for_each(|change| spoil(&mut bytes, change));
            bytes
        });
    prop_oneof![3 => spoiled, 1 => prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat())]
}

/// Runs a target on what fuzzing kept, then on `cases` other inputs.
fn hold(target: &str, cases: u32) {
    for (path, bytes) in corpus(target) {
        let outcome = std::panic::catch_unwind(|| targets::run(target, &bytes));
        assert!(outcome.is_ok(), "{}", path.display());
    }
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let holds = TestRunner::new(config).run(&inputs(target), |bytes| {
        targets::run(target, &bytes);
        Ok(())
    });
    holds.unwrap();
}

macro_rules! targets_hold {
    ($($target:ident $cases:literal),+ $(,)?) => {
        $(#[test]
        fn $target() {
            hold(stringify!($target), $cases);
        })+
    };
}

targets_hold! {
    read_text 200, read_html 100, read_feed 200, read_json_lines 200, read_csv 200, read_tsv 200, read_parquet 100, read_warc 200,
    read_gzip 200, read_zstd 200, extract 60, model 60, lexicon 60,
}
