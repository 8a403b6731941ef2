mod garbage;

use std::io::Write;
use std::path::Path;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::warning::Warning;

/// A folder with the given files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs_err::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[derive(Debug)]
struct Outcome {
    documents: Vec<Document>,
    warnings: Vec<Warning>,
    error: Option<Error>,
}

impl Outcome {
    fn ids(&self) -> Vec<&str> {
        self.documents.iter().map(|document| document.id.as_str()).collect()
    }

    /// The messages of a code.
    fn said(&self, code: &str) -> Vec<&str> {
        self.warnings.iter().filter(|warning| warning.code == code).map(|warning| warning.message.as_str()).collect()
    }

    fn losses(&self) -> usize {
        self.warnings.iter().filter(|warning| warning.is_loss).count()
    }
}

fn read_with(path: &Path, options: Options) -> Outcome {
    let corpus = Corpus::open(&[path.to_owned()], options).unwrap();
    let warnings = Warnings::default();
    let (mut documents, mut error) = (Vec::new(), None);
    for batch in corpus.batches(&warnings) {
        match batch {
            Ok(batch) => documents.extend(batch),
            Err(fault) => error = Some(fault),
        }
    }
    // Names of the temporary folder out of ids and messages.
    let root = format!("{}/", if path.is_dir() { path } else { path.parent().unwrap() }.display());
    for document in &mut documents {
        document.id = document.id.replace(&root, "");
    }
    let mut warnings = warnings.take();
    for warning in &mut warnings {
        warning.message = warning.message.replace(&root, "");
    }
    Outcome { documents, warnings, error }
}

fn read(files: &[(&str, &[u8])]) -> Outcome {
    read_with(folder(files).path(), Options::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const RECORD: &str = r#"{"id":"a","date":"2024-12-03","language":"en","title":"Title","text":"Body of the text","source":"Le Monde","url":"https://example.org"}"#;

#[test]
fn every_format_gives_the_same_document() {
    let text = "---\nid: a\ndate: 2024-12-03\nlanguage: en\ntitle: Title\nsource: Le Monde\nurl: https://example.org\n---\n\
                Body of the text\n";
    let csv = "id,date,language,title,text,source,url,more\r\na,2024-12-03,en,Title,Body of the text,Le Monde,https://example.org,x\r\n";
    let utf_16: Vec<u8> = csv.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf_16 = [b"\xFF\xFE".as_slice(), &utf_16].concat();
    for (name, bytes) in [
        ("a.txt", text.as_bytes()),
        ("a.md", text.as_bytes()),
        ("a.txt.gz", &gzip(text.as_bytes())),
        ("a.jsonl", RECORD.as_bytes()),
        ("a.ndjson", format!("\u{feff}{RECORD}\r\n\n").as_bytes()),
        ("a.jsonl.gz", &gzip(RECORD.as_bytes())),
        ("a.jsonl.gz", RECORD.as_bytes()),
        ("a.csv", csv.as_bytes()),
        ("a.csv", csv.replace(',', ";").as_bytes()),
        ("a.csv", &utf_16),
        ("a.csv.gz", &gzip(csv.as_bytes())),
        ("a.tsv", csv.replace(',', "\t").as_bytes()),
        ("a.tsv", csv.as_bytes()),
        ("a.jsonl.zst", &zstd::stream::encode_all(RECORD.as_bytes(), 1).unwrap()),
    ] {
        let outcome = read(&[(name, bytes)]);
        assert_eq!(outcome.warnings, [], "{name}");
        let [document] = &outcome.documents[..] else { panic!("{name}: {:?}", outcome.documents) };
        assert_eq!((document.id.as_str(), document.language.as_str()), ("a", "en"), "{name}");
        assert_eq!(document.date.map(|date| date.to_string()).as_deref(), Some("2024-12-03"), "{name}");
        assert_eq!((document.title(), document.body()), ("Title", "Body of the text"), "{name}");
        assert_eq!(document.text, Document::join("Title", "Body of the text"), "{name}");
        assert_eq!((document.publisher.as_str(), document.url.as_str()), ("Le Monde", "https://example.org"), "{name}");
    }
}

#[test]
fn ids_are_paths_and_record_numbers() {
    let outcome = read(&[
        ("b.txt", b"Title\n\nBody"),
        ("a.jsonl", b"{\"text\":\"one\"}\n\n{broken\n{\"text\":\"three\"}\n"),
        ("c.csv", b"text\none\n"),
    ]);
    assert_eq!(outcome.ids(), ["a#1", "a#3", "b", "c#1"]);
    assert_eq!(outcome.said("undated").len(), 1);
    let said = outcome.said("undated")[0];
    assert!(said.starts_with("4 documents have no date: they count in period all only; add `date`"), "{said}");
    assert!(said.ends_with("a#1`)"), "{said}");
}

#[test]
fn broken_records_are_said_with_their_lines_and_the_rest_is_read() {
    let outcome = read(&[
        ("a.jsonl", b"{\"text\":\"one\"}\n{\"text\":\n[1]\n{\"id\":3}\n{\"text\":\"five\"}\n{\"text\":\"\"}"),
        ("b.csv", b"id,text\n1,one\n2,two,three\n3,\"four\nfive\"\n4\n5,six\n"),
    ]);
    assert_eq!(outcome.ids(), ["a#1", "a#5", "1", "3", "5"]);
    let said = outcome.said("broken-record");
    assert_eq!(said.len(), 5);
    for (place, why) in [
        ("a.jsonl:2: ", "EOF while parsing"),
        ("a.jsonl:3: ", "expected an object"),
        ("a.jsonl:4: ", "without `text` or `title`"),
        ("b.csv:3: ", "row of 3 fields where the header has 2"),
        ("b.csv:6: ", "row of 1 fields"),
    ] {
        assert!(said.iter().any(|message| message.starts_with(place) && message.contains(why)), "{place} in {said:?}");
    }
    assert_eq!(outcome.said("empty").len(), 1);
    assert_eq!(outcome.losses(), 5);
}

#[test]
fn a_broken_date_keeps_the_document() {
    let outcome = read(&[("a.md", b"---\ntitle: T\ndate: 2024-02-30\n---\nBody")]);
    assert_eq!(outcome.documents[0].date, None);
    let said = outcome.said("broken-date");
    assert!(
        said[0].starts_with("a.md:3: date `2024-02-30` is no day of the calendar; expected YYYY-MM-DD"),
        "{said:?}"
    );
    assert_eq!((outcome.said("undated").len(), outcome.losses()), (0, 0));
}

#[test]
fn empty_and_binary_files_are_said() {
    let outcome = read(&[
        ("a.txt", b""),
        ("b.txt", b" \n\n"),
        ("c.jsonl", b"\n"),
        ("d.csv", b"id,text\n"),
        ("e.csv", b""),
        ("f.txt", b"\x7fELF\x02\0\x01\0\0\0\0\0\x03"),
        ("g.jsonl", b"\0\0\0\x01\0garbage"),
        ("h.csv", b"\0\0\0\x01\0garbage"),
    ]);
    assert_eq!((outcome.documents.len(), outcome.said("empty").len(), outcome.said("binary").len()), (0, 5, 3));
    assert_eq!(outcome.losses(), 3);
}

#[test]
fn encodings_are_guessed_once_a_file() {
    let lines = "{\"text\":\"La décision a été publiée à l'été\"}\n".repeat(3);
    let latin = encoding_rs::WINDOWS_1252.encode(&lines).0.into_owned();
    let outcome = read(&[("a.jsonl", &latin), ("b.csv", &[b"text\n", &latin[9..30]].concat())]);
    assert_eq!(outcome.documents.len(), 4);
    assert!(
        outcome.documents.iter().all(|document| document.text.contains("La décision a")),
        "{:?}",
        outcome.documents
    );
    assert_eq!(outcome.said("guessed-encoding").len(), 2);
    assert!(outcome.said("guessed-encoding")[0].starts_with("a.jsonl: not UTF-8: read as windows-1252"));
}

#[test]
fn cut_off_compression_keeps_what_came_before() {
    // Lines that hardly compress, so that half the bytes hold half the lines.
    let line = |n: u64| {
        format!("{{\"text\":\"{:x}{:x}\"}}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n.wrapping_mul(0xD6E8_FEB8))
    };
    let lines: String = (0..20_000).map(line).collect();
    let whole = gzip(lines.as_bytes());
    let outcome = read(&[("a.jsonl.gz", &whole[..whole.len() / 2]), ("b.csv.gz", &gzip(b"text\none\n")[..12])]);
    assert!((5_000..15_000).contains(&outcome.documents.len()), "{}", outcome.documents.len());
    assert_eq!(outcome.said("truncated").len(), 2);
    assert_eq!(outcome.losses(), 2);
    let half = gzip(lines.as_bytes());
    let text = read(&[("a.txt.gz", &half[..half.len() / 2])]);
    assert_eq!((text.documents.len(), text.losses()), (1, 1));
}

#[test]
fn what_is_too_long_is_left_out() {
    let options = Options { max_record: 100, ..Options::default() };
    let long = "x".repeat(200);
    let folder = folder(&[
        ("a.jsonl", format!("{{\"text\":\"{long}\"}}\n{{\"text\":\"short\"}}\n").as_bytes()),
        ("b.txt", long.as_bytes()),
        ("c.csv", format!("text\nshort\n\"{}", "never closed, ".repeat(10_000)).as_bytes()),
    ]);
    let outcome = read_with(folder.path(), options);
    assert_eq!(outcome.ids(), ["a#2", "c#1"]);
    assert_eq!(outcome.said("oversized").len(), 3);
    assert!(outcome.said("oversized")[0].starts_with("a.jsonl:1: line is longer than 100 bytes"));
}

#[test]
fn a_csv_without_text_is_an_error_when_named_and_a_loss_in_a_folder() {
    let folder = folder(&[("a.csv", b"id,body\n1,one\n"), ("b.txt", b"Title")]);
    let outcome = read_with(&folder.path().join("a.csv"), Options::default());
    let error = outcome.error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Format);
    assert!(error.to_string().ends_with("a.csv: no `text` column among: id, body"), "{error}");
    assert!(error.remedy().is_some());
    let outcome = read_with(folder.path(), Options::default());
    assert_eq!((outcome.documents.len(), outcome.losses()), (1, 1));
}

#[test]
fn repeated_ids_are_said_once() {
    let outcome =
        read(&[("a.jsonl", b"{\"id\":1,\"text\":\"a\"}\n{\"id\":\"1\",\"text\":\"b\"}\n{\"id\":1,\"text\":\"c\"}")]);
    assert_eq!(outcome.documents.len(), 3);
    assert_eq!(outcome.said("repeated-id").len(), 1);
    assert!(outcome.said("repeated-id")[0].starts_with("2 documents have the id of another"));
}

#[test]
fn batches_and_threads_change_nothing() {
    let lines: String = (0..500)
        .map(
            |n| if n % 7 == 0 { "{broken\n".to_owned() } else { format!("{{\"text\":\"document {n} on gallium\"}}\n") },
        )
        .collect();
    let folder = folder(&[("a.jsonl", lines.as_bytes()), ("b.txt", b"Title\n\nBody")]);
    let whole = read_with(folder.path(), Options::default());
    for (documents, bytes, threads) in [(1, 1 << 20, 1), (7, 1 << 20, 3), (1_000, 50, 2)] {
        let options = Options { batch_documents: documents, batch_bytes: bytes, ..Options::default() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let again = pool.install(|| read_with(folder.path(), options));
        assert!(again.documents == whole.documents && again.warnings == whole.warnings);
    }
}

#[test]
fn batches_are_bounded() {
    let lines = "{\"text\":\"document\"}\n".repeat(100);
    let folder = folder(&[("a.jsonl", lines.as_bytes())]);
    let options = Options { batch_documents: 30, ..Options::default() };
    let corpus = Corpus::open(&[folder.path().to_owned()], options).unwrap();
    let warnings = Warnings::default();
    let sizes: Vec<usize> = corpus.batches(&warnings).map(|batch| batch.unwrap().len()).collect();
    assert_eq!(sizes, [30, 30, 30, 10]);
}

#[test]
fn inputs_are_hashed_as_stored() {
    let bytes = gzip(b"{\"text\":\"abc\"}");
    let folder = folder(&[("a.jsonl.gz", &bytes), ("b.txt", b"abc")]);
    let corpus = Corpus::open(&[folder.path().to_owned()], Options::default()).unwrap();
    assert_eq!(corpus.inputs()[1].sha256(), None);
    let warnings = Warnings::default();
    assert_eq!(corpus.batches(&warnings).map(|batch| batch.unwrap().len()).sum::<usize>(), 2);
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(corpus.inputs()[1].sha256(), Some(expected));
    assert_ne!(corpus.inputs()[0].sha256(), None);
    assert_eq!(corpus.inputs()[0].bytes, bytes.len() as u64);
}

#[test]
fn equal_texts_are_dropped_on_request_only() {
    let files: &[(&str, &[u8])] =
        &[("a.txt", b"Title\n\nSome body."), ("b.txt", b"TITLE\nsome body"), ("c.txt", b"Other title")];
    assert_eq!(read(files).documents.len(), 3);
    let options = Options { keep_duplicates: false, ..Options::default() };
    let outcome = read_with(folder(files).path(), options);
    assert_eq!(outcome.ids(), ["a", "c"]);
    assert_eq!(outcome.said("duplicate-dropped").len(), 1);
}

#[cfg(unix)]
#[test]
fn a_document_of_any_language_goes_through() {
    let outcome = read(&[
        ("fr.txt", "Été\n\nLa Chine restreint l’exportation du gallium.".as_bytes()),
        ("日本.txt", "輸出規制を強化".as_bytes()),
    ]);
    let languages: Vec<&str> = outcome.documents.iter().map(|document| document.language.as_str()).collect();
    assert_eq!(languages, ["fr", "ja"]);
    assert_eq!(outcome.ids(), ["fr", "日本"]);
    for document in &outcome.documents {
        assert!(document.text.is_char_boundary(document.title_len));
        assert_eq!(Document::join(document.title(), document.body()), document.text);
    }
}
