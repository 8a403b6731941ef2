use std::io::Cursor;
use std::sync::Arc;

use super::*;
use crate::corpus::fields::{ColumnMap, Field, Fields};

fn read(bytes: &[u8], max_record: usize) -> (Vec<(u64, Fields)>, Vec<Fault>) {
    let opening = Opening {
        stream: Box::new(Cursor::new(bytes.to_vec())),
        path: None,
        limits: Limits { max_record, max_expansion: 200, lines_before: 0, records_before: 0 },
        columns: Arc::new(ColumnMap::default()),
        known: Arc::default(),
    };
    let mut warc = Warc::new(opening);
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    while let Some(next) = warc.next() {
        match next {
            Ok(pending) => {
                let number = pending.number;
                all.extend(pending.parse(&mut faults).map(|fields| (number, fields)));
            }
            Err(fault) => faults.push(fault),
        }
    }
    (all, faults)
}

fn record(kind: &str, content_type: &str, block: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://www.example.org/{kind}>\r\n\
         WARC-Date: 2024-12-03T10:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

fn answer(status: &str, content_type: &str, body: &str) -> String {
    let block = format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n\r\n{body}");
    record("response", "application/http; msgtype=response", &block)
}

fn archive() -> String {
    [
        record("warcinfo", "application/warc-fields", "software: x"),
        record("request", "application/http; msgtype=request", "GET / HTTP/1.1\r\n\r\n"),
        answer("200 OK", "text/html; charset=utf-8", "<title>One</title><p>Text of one"),
        answer("404 Not Found", "text/html", "<p>nothing here"),
        answer("200 OK", "image/png", "\u{1}\u{2}"),
        answer(
            "200 OK",
            "text/html",
            "<meta name=date content=2023-05-06><link rel=canonical href=https://other.example/2><p>Two",
        ),
        record("conversion", "text/plain", "Plain text of three"),
    ]
    .concat()
}

#[test]
fn pages_are_read_and_the_rest_counted() {
    let (all, faults) = read(archive().as_bytes(), 1 << 20);
    let value = |at: usize, field| all[at].1.get(field).unwrap_or("");
    assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 6, 7]);
    assert_eq!((value(0, Field::Title), value(0, Field::Text)), ("One", "Text of one"));
    assert_eq!(value(0, Field::Date), "2024-12-03T10:00:00Z");
    assert_eq!((value(0, Field::Url), value(0, Field::Source)), ("https://www.example.org/response", "example.org"));
    assert_eq!((value(1, Field::Date), value(1, Field::Url)), ("2023-05-06", "https://other.example/2"));
    assert_eq!(value(1, Field::Source), "other.example");
    assert_eq!(value(2, Field::Text), "Plain text of three");
    let [skipped] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!((skipped.code, skipped.is_loss), ("skipped-records", false));
    let named = "4 records hold no page and were passed over: 1 image/png, 1 request, 1 status 404, 1 warcinfo";
    assert_eq!(skipped.message, named);
}

#[test]
fn an_archive_cut_off_anywhere_keeps_what_came_before() {
    let whole = archive();
    for at in 0..whole.len() {
        let (all, faults) = read(&whole.as_bytes()[..at], 1 << 20);
        assert!(all.len() <= 3, "{at}: {faults:?}");
    }
    let cut = &whole[..whole.find("Text of one").unwrap() + 4];
    let (all, faults) = read(cut.as_bytes(), 1 << 20);
    assert_eq!(all[0].1.get(Field::Text), Some("Text"));
    assert!(faults.iter().any(|fault| fault.code == "truncated" && fault.is_loss), "{faults:?}");
}

#[test]
fn what_is_no_record_is_passed_over_and_said() {
    let one = answer("200 OK", "text/html", "<p>One");
    let (all, faults) = read(format!("{one}garbage\r\n\r\n{one}").as_bytes(), 1 << 20);
    assert_eq!(all.len(), 2);
    assert!(faults[0].message.contains("after record 1") && faults[0].is_loss, "{faults:?}");
    let (all, faults) = read(b"not an archive at all\n", 1 << 20);
    assert_eq!((all.len(), faults.len()), (0, 1));
    let without = one.replace("Content-Length", "Length");
    let (all, faults) = read(format!("{without}{one}").as_bytes(), 1 << 20);
    assert_eq!(all.len(), 1, "{faults:?}");
    assert!(faults.iter().any(|fault| fault.message.contains("no Content-Length")), "{faults:?}");
    let (all, faults) = read(format!("{}{one}", answer("200 OK", "text/html", &"x".repeat(2_000))).as_bytes(), 1_000);
    assert_eq!((all.len(), faults[0].code), (1, "oversized"));
    let huge = one.replace("Content-Length: ", "Content-Length: 99999999999999");
    let (_, faults) = read(huge.as_bytes(), 1 << 20);
    assert!(faults.iter().any(|fault| fault.code == "truncated"), "{faults:?}");
}
