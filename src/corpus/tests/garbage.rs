//! Whatever the bytes, every reader ends, in order, without a panic, and says what it could not read.

use proptest::prelude::*;

use super::*;

/// A deterministic stream of numbers.
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// `bytes` with some of them changed, removed, doubled or cut off.
fn spoiled(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random(state) % 6 {
        let at = random(state) % bytes.len().max(1);
        match random(state) % 5 {
            0 => bytes.truncate(at.max(1)),
            1 => drop(bytes.drain(at..(at + 3).min(bytes.len()))),
            2 => bytes.extend_from_within(at..),
            3 => bytes.insert(at, b"\"\\\n\0-{,\xFF\xE4"[random(state) % 9]),
            _ => bytes[at] = random(state) as u8,
        }
        if bytes.is_empty() {
            bytes.push(b'\n');
        }
    }
    bytes
}

#[test]
fn readers_survive_spoiled_files() {
    let text = "---\ntitle: Été\ndate: 2024-12-03\n---\n\nLa Chine restreint l’exportation. 中国 한국\r\n";
    let csv = "id,date,text\n1,2024-12-03,\"l’été, deux\"\n2,20241203,한국\n";
    let jsonl = format!("{RECORD}\n{{\"text\":\"\\ud83d\\ude00 été\",\"date\":20241203}}\n");
    let whole: &[(&str, Vec<u8>)] = &[
        ("a.txt", text.into()),
        ("b.md", text.into()),
        ("c.csv", csv.into()),
        ("d.jsonl", jsonl.clone().into()),
        ("e.jsonl.gz", gzip(jsonl.as_bytes())),
        ("f.csv", csv.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("g.html", include_bytes!("../../../tests/readers/samples/page.html").to_vec()),
        ("h.xml", include_bytes!("../../../tests/readers/samples/feed.rss").to_vec()),
        ("i.atom", include_bytes!("../../../tests/readers/samples/feed.atom").to_vec()),
        ("j.tsv", csv.replace(',', "\t").into()),
        ("k.warc.gz", include_bytes!("../../../tests/readers/samples/crawl.warc.gz").to_vec()),
        ("l.jsonl.zst", zstd::stream::encode_all(jsonl.as_bytes(), 1).unwrap()),
    ];
    let mut state = 1;
    for _ in 0..150 {
        let spoiled: Vec<(&str, Vec<u8>)> =
            whole.iter().map(|(name, bytes)| (*name, spoiled(bytes, &mut state))).collect();
        let files: Vec<(&str, &[u8])> = spoiled.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        let outcome = read(&files);
        for document in &outcome.documents {
            assert_eq!(Document::join(document.title(), document.body()), document.text);
        }
        for (name, _) in files {
            let is_read = outcome.documents.iter().any(|document| document.id.starts_with(&name[..1]));
            let is_said = outcome.warnings.iter().any(|warning| warning.message.starts_with(name));
            // Records with ids of their own do not show which file they came from.
            assert!(is_read || is_said || !outcome.documents.is_empty(), "{name}: {outcome:?}");
        }
    }
}

/// Every extension that a reader is registered for.
const EXTENSIONS: &[&str] =
    &["txt", "md", "html", "xml", "jsonl", "csv", "tsv", "parquet", "warc", "txt.gz", "csv.zst", "parquet.gz"];

/// Bytes with what the formats are made of among them.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
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
        "-->",
        "<p>",
        "<script>",
        "<meta name=date content=",
        "&amp;",
        "&#x",
        "WARC/1.0\r\n",
        "WARC-Type: response\r\n",
        "Content-Length: 40\r\n",
        "Content-Type: text/html\r\n",
        "HTTP/1.1 200 OK\r\n",
        "PAR1",
        "été",
        "한국",
        "\u{feff}",
        "\0",
    ]);
    let piece = prop_oneof![
        3 => token.prop_map(|token| token.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in any_bytes(), extension in prop::sample::select(EXTENSIONS)) {
        let name = format!("a.{extension}");
        let outcome = read(&[(&name, &bytes)]);
        prop_assert!(outcome.error.is_none() || outcome.documents.is_empty());
        for document in &outcome.documents {
            prop_assert_eq!(Document::join(document.title(), document.body()), document.text.clone());
        }
        let again = read(&[(&name, &bytes)]);
        prop_assert_eq!(outcome.documents, again.documents);
        prop_assert_eq!(outcome.warnings, again.warnings);
    }
}
