use super::*;

fn read(html: &str) -> Fields {
    fields(html.as_bytes().to_vec(), None, &mut Vec::new()).unwrap()
}

const PARAGRAPH: &str = "China has banned exports of gallium to the United States, the ministry said on Tuesday, citing \
                         national security, and companies now look for other sources of the metal, of which there are few.";

fn page(head: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><title>Gallium ban | The Wire</title>{head}</head><body>\
         <nav><a href=/a>Home</a> <a href=/b>Sport</a> <a href=/c>Weather</a></nav><article><h1>Gallium ban</h1>\
         <p>{PARAGRAPH}</p><p>{PARAGRAPH} &Eacute;t&eacute; &#8212; &amp;</p><p>{PARAGRAPH}</p></article>\
         <footer><a href=/d>Terms of use</a></footer><script>var x = '<p>script</p>';</script></body></html>"
    )
}

#[test]
fn a_page_gives_its_main_text_and_what_it_says_of_itself() {
    let mut fields = read(&page(
        "<meta property=\"og:title\" content=\"Gallium ban\"><meta property=\"og:site_name\" content=\"The Wire\">\
         <meta property=\"article:published_time\" content=\"2024-12-03T10:00:00+01:00\">\
         <link rel=\"canonical\" href=\"https://example.org/gallium\">",
    ));
    assert_eq!(fields.get(Field::Title), Some("Gallium ban"));
    assert_eq!(fields.get(Field::Date), Some("2024-12-03T10:00:00+01:00"));
    assert_eq!(fields.get(Field::Language), Some("en-GB"));
    assert_eq!(fields.get(Field::Source), Some("The Wire"));
    assert_eq!(fields.get(Field::Url), Some("https://example.org/gallium"));
    let text = fields.take(Field::Text).unwrap().text;
    assert!(text.starts_with("China has banned") && text.contains("Été — &"), "{text}");
    assert!(!text.contains("Weather") && !text.contains("script") && !text.contains("Terms"), "{text}");
}

#[test]
fn schema_org_and_the_host_fill_the_gaps() {
    let fields = read(&page(
        "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"Gallium banned\",\
         \"datePublished\":\"2024-12-03\",\"url\":\"https://www.example.org/a?b\"}</script>",
    ));
    assert_eq!(fields.get(Field::Title), Some("Gallium banned"));
    assert_eq!(fields.get(Field::Date), Some("2024-12-03"));
    assert_eq!(fields.get(Field::Source), Some("example.org"));
}

#[test]
fn a_time_is_a_date_when_it_is_the_only_one() {
    let dated = |times: &str| read(&format!("<p>Text</p>{times}")).get(Field::Date).map(str::to_owned);
    assert_eq!(dated("<time datetime=2024-12-03>today</time>").as_deref(), Some("2024-12-03"));
    assert_eq!(dated("<time datetime=2024-12-03>a</time><time datetime=2023-01-01>b</time>"), None);
    assert_eq!(
        dated("<meta name=date content=soon><time datetime=2024-12-03>a</time>").as_deref(),
        Some("2024-12-03"),
        "a date that cannot be read gives way to one that can"
    );
}

#[test]
fn a_page_of_little_text_is_kept() {
    assert_eq!(read("<p>Gallium").get(Field::Text), Some("Gallium"));
    assert_eq!(read("no markup at all").get(Field::Text), Some("no markup at all"));
    assert_eq!(read("<title>Only</title>").get(Field::Title), Some("Only"));
    assert!(fields(b"<html><body> </body></html>".to_vec(), None, &mut Vec::new()).is_none());
}

#[test]
fn encodings_are_those_declared() {
    let mut faults = Vec::new();
    for (bytes, charset) in [
        (b"<meta charset=iso-8859-1><p>Un \xe9t\xe9</p>".to_vec(), None),
        (b"<p>Un \xe9t\xe9</p>".to_vec(), Some("windows-1252")),
        ("<meta charset=iso-8859-1><p>Un été</p>".as_bytes().to_vec(), None),
    ] {
        let fields = fields(bytes, charset, &mut faults).unwrap();
        assert_eq!(fields.get(Field::Text), Some("Un été"));
    }
    assert_eq!(faults, []);
}

#[test]
fn pages_made_to_be_slow_are_read_all_the_same() {
    let begun = std::time::Instant::now();
    let nested = read(&format!("<h1>Title</h1>{}deep", "<div>".repeat(300_000)));
    assert_eq!(nested.get(Field::Text), Some("deep"));
    let formats: String = (0..400).map(|n| format!("<b id={n}>")).collect();
    let formatted = read(&format!("{formats}{}", "<p>x".repeat(20_000)));
    assert!(formatted.get(Field::Text).unwrap().starts_with("x\nx\n"));
    let attributes: String = (0..20_000).map(|n| format!(" a{n}=1")).collect();
    assert_eq!(read(&format!("<p{attributes}>text")).get(Field::Text), Some("text"));
    let open = read(&"<a href=x>".repeat(20_000).replace("x>", "x>y"));
    assert!(open.get(Field::Text).is_some());
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
