use std::io::Cursor;

use super::*;
use crate::corpus::fields::{ColumnMap, Field, Fields};

fn read(bytes: &[u8], max_record: usize) -> (Vec<Fields>, Vec<Fault>) {
    let opening = Opening {
        stream: Box::new(Cursor::new(bytes.to_vec())),
        path: None,
        limits: Limits { max_record, max_expansion: 200, lines_before: 0, records_before: 0 },
        columns: Arc::new(ColumnMap::default()),
        known: Arc::default(),
    };
    let mut feed = Feed::new(opening);
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    while let Some(next) = feed.next() {
        match next {
            Ok(pending) => all.extend(pending.parse(&mut faults)),
            Err(fault) => faults.push(fault),
        }
    }
    (all, faults)
}

fn values(fields: &Fields) -> [&str; 7] {
    [Field::Id, Field::Date, Field::Language, Field::Title, Field::Text, Field::Source, Field::Url]
        .map(|field| fields.get(field).unwrap_or(""))
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Wire: world</title><language>fr-FR</language><link>https://example.org/</link>
<!-- an <item> in a comment -->
<item><title>Gallium &amp; germanium</title><guid>a1</guid><link>https://www.example.org/1</link>
<pubDate>Tue, 03 Dec 2024 23:00:00 -0500</pubDate><description>Short</description>
<content:encoded><![CDATA[<p>La Chine <b>interdit</b> l'exportation</item></p><p>Seconde &eacute;tape</p>]]></content:encoded></item>
<item><title>Two</title><description>&lt;p&gt;Text of two&lt;/p&gt;</description></item>
</channel></rss>"#;

#[test]
fn rss_is_read_entry_by_entry() {
    let (all, faults) = read(RSS.as_bytes(), 1 << 20);
    assert_eq!(faults, []);
    assert_eq!(all.len(), 2);
    assert_eq!(
        values(&all[0]),
        [
            "a1",
            "2024-12-03",
            "fr-fr",
            "Gallium & germanium",
            "La Chine interdit l'exportation\nSeconde étape",
            "example.org",
            "https://www.example.org/1"
        ]
    );
    assert_eq!(values(&all[1]), ["", "", "fr-fr", "Two", "Text of two", "The Wire: world", ""]);
}

#[test]
fn atom_and_rdf_are_read() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><id>f</id>
        <entry><id>urn:1</id><title type="html">A &lt;i&gt;ban&lt;/i&gt;</title><updated>2024-12-03T10:00:00Z</updated>
        <link rel="replies" href="https://example.org/c"/><link href="https://example.org/1"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Of <b>gallium</b></p></div></content></entry></feed>"#;
    let (all, faults) = read(atom.as_bytes(), 1 << 20);
    assert_eq!(faults, []);
    assert_eq!(values(&all[0])[..2], ["urn:1", "2024-12-03"]);
    assert_eq!(values(&all[0])[3..], ["A ban", "Of gallium", "example.org", "https://example.org/1"]);
    let rdf = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>T</title><items><rdf:Seq/></items></channel>
        <item rdf:about="y"><title>One</title><link>https://example.org/1</link><description>Text</description>
        <dc:date>2024-12-03T10:00:00+09:00</dc:date></item></rdf:RDF>"#;
    let (all, faults) = read(rdf.as_bytes(), 1 << 20);
    assert_eq!(faults, []);
    assert_eq!(values(&all[0])[1..], ["2024-12-03", "", "One", "Text", "example.org", "https://example.org/1"]);
}

#[test]
fn what_is_broken_costs_itself_alone() {
    let text = RSS.replace("<item><title>Two", "<item><title>Broken</wrong></item><item><title>Two");
    let (all, faults) = read(text.as_bytes(), 1 << 20);
    assert_eq!(all.len(), 3, "{faults:?}");
    assert_eq!(all[1].get(Field::Text), Some("Broken"));
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["broken-entry"]);
    let cut = &RSS[..RSS.find("Text of two").unwrap()];
    let (all, faults) = read(cut.as_bytes(), 1 << 20);
    assert_eq!((all.len(), faults.len()), (1, 1));
    assert!(faults[0].is_loss && faults[0].code == "truncated" && faults[0].line == Some(8), "{faults:?}");
    let (all, faults) = read(RSS.as_bytes(), 300);
    assert_eq!((all.len(), faults[0].code, faults[0].line), (1, "oversized", Some(5)));
}

#[test]
fn encodings_are_those_declared() {
    let text = RSS.replace("UTF-8", "ISO-8859-1").replace("Two", "Été");
    let latin = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    let (all, faults) = read(&latin, 1 << 20);
    assert_eq!((all[1].get(Field::Title), faults), (Some("Été"), vec![]));
}

#[test]
fn xml_that_is_no_feed_is_one_document() {
    let (all, faults) =
        read(b"<?xml version='1.0'?><act><heading>Law</heading><p>On <b>gallium</b></p></act>", 1 << 20);
    assert_eq!(all[0].get(Field::Text), Some("Law\nOn gallium"));
    assert_eq!(faults.iter().map(|fault| (fault.code, fault.is_loss)).collect::<Vec<_>>(), [("no-feed", false)]);
    for feed in [b"<rss version='2.0'><channel><title>T</title></channel></rss>".as_slice(), b""] {
        let (items, faults) = read(feed, 1 << 20);
        assert!(items.is_empty() && faults.is_empty());
    }
}
