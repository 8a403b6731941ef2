//! Web pages: the main text, without menus and advertisements, and what the page says of itself.
//!
//! Title, date, language, publisher and address come from the page's metadata (Open Graph, Dublin Core, schema.org). Where no
//! main text is found, or the page is built so that finding it would take too long, the text of the whole page stands.

use dom_smoothie::{Config, Readability, TextMode};
use encoding_rs::Encoding;

use crate::corpus::date::parse_date;
use crate::corpus::decode;
use crate::corpus::fault::Fault;
use crate::corpus::fields::{Field, Fields};

use super::shield::shielded;
use super::whole::Whole;
use super::{Format, Reader};

mod linked_data;
mod page;

pub(super) use page::Page;

pub(super) const FORMAT: Format = Format {
    name: "html",
    extensions: &["html", "htm", "xhtml"],
    is_many: false,
    open: |opening| Ok(Box::new(Whole::new(opening, |bytes, faults| fields(bytes, None, faults))) as Box<dyn Reader>),
};

/// Bytes in which a page must name its encoding.
const DECLARED_WITHIN: usize = 1_024;
/// Elements inside elements above which no main text is looked for.
const MAX_DEPTH: usize = 512;
/// The same for depth times elements: what a parser may have to build of a page that closes nothing.
const MAX_WORK: usize = 4_000_000;

/// Names of metadata that hold a field, the most telling first.
const TITLES: &[&str] = &["og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title"];
const DATES: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date",
];
const PUBLISHERS: &[&str] = &["og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "publisher"];
const LANGUAGES: &[&str] = &["content-language", "og:locale", "dc.language", "dcterms.language"];

/// The fields of a page; `charset` is what its server said of it. Nothing when the page is blank.
pub(super) fn fields(bytes: Vec<u8>, charset: Option<&str>, faults: &mut Vec<Fault>) -> Option<Fields> {
    let html = decoded(bytes, charset, faults)?;
    let page = Page::read(&html);
    let linked = linked_data::read(&page.linked_data);
    let main = if page.depth <= MAX_DEPTH && page.depth.saturating_mul(page.elements) <= MAX_WORK {
        shielded(|| main_text(&html)).flatten()
    } else {
        None
    };
    let (clean_title, main) = main.unwrap_or_default();
    let title = first(&[page.meta(TITLES), &linked.title, &clean_title, &page.title, &page.heading]);
    let body = if main.is_empty() { &page.text } else { &main };
    let body = without_title(body, title);
    if title.is_empty() && body.is_empty() {
        return None;
    }
    let mut fields = Fields::default();
    let url = first(&[&page.canonical, page.meta(&["og:url"]), &linked.url]);
    let url = if is_web(url) { url } else { "" };
    for (field, value) in [
        (Field::Title, title),
        (Field::Text, body),
        (Field::Date, date(&page, &linked.date)),
        (Field::Language, first(&[&page.language, page.meta(LANGUAGES), &linked.language])),
        (Field::Source, first(&[page.meta(PUBLISHERS), &linked.publisher, host(url)])),
        (Field::Url, url),
    ] {
        if !value.is_empty() {
            fields.set(field, value.to_owned(), 1);
        }
    }
    Some(fields)
}

/// The page as text: UTF-8 where it is valid, else as the server or the page says, else by guess.
fn decoded(bytes: Vec<u8>, charset: Option<&str>, faults: &mut Vec<Fault>) -> Option<String> {
    if std::str::from_utf8(&bytes).is_ok() || decode::utf_16_of(&bytes).is_some() {
        return decode::whole(bytes, faults);
    }
    let declared = charset.map(str::to_owned).or_else(|| declared_charset(&bytes));
    match declared.and_then(|label| Encoding::for_label(label.as_bytes())) {
        Some(encoding) if !decode::is_binary(&bytes) => Some(encoding.decode(&bytes).0.into_owned()),
        _ => decode::whole(bytes, faults),
    }
}

/// The encoding that a page names in `<meta charset>` or in its XML declaration.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARED_WITHIN)]).to_ascii_lowercase();
    let at = head.find("charset=").map(|at| at + 8).or_else(|| head.find("encoding=").map(|at| at + 9))?;
    let name = head[at..].trim_start_matches(['"', '\'', ' ']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(name.len());
    (end > 0).then(|| name[..end].to_owned())
}

/// Title and main text, where there is one.
fn main_text(html: &str) -> Option<(String, String)> {
    let config = Config { text_mode: TextMode::Formatted, disable_json_ld: true, ..Config::default() };
    let article = Readability::new(html, None, Some(config)).ok()?.parse().ok()?;
    Some((page::tidy(&article.title), page::tidy(&article.text_content)))
}

/// The first value that is there.
fn first<'a>(values: &[&'a str]) -> &'a str {
    values.iter().copied().find(|value| !value.is_empty()).unwrap_or("")
}

/// The text without a first line that only says the title again.
fn without_title<'a>(text: &'a str, title: &str) -> &'a str {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    if !title.is_empty() && line.trim() == title { rest.trim_start() } else { text }
}

/// The first date in the metadata that can be read; the first there is where none can, so that it is said.
fn date<'a>(page: &'a Page, linked: &'a str) -> &'a str {
    let named = DATES.iter().filter_map(|name| page.meta.get(*name)).map(String::as_str);
    let all: Vec<&str> =
        named.chain(std::iter::once(linked)).chain(page.only_time()).filter(|d| !d.is_empty()).collect();
    all.iter().find(|text| parse_date(text).is_ok()).or(all.first()).copied().unwrap_or("")
}

/// Whether an address is one of the web.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The host of an address, which names the publisher where nothing else does.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or("");
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests;
