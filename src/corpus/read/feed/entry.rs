//! One entry of a feed made a document.

use std::time::{Duration, SystemTime};

use feed_rs::model::{Entry, Feed, Link, Text};
use feed_rs::parser::{Builder, Parser};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::corpus::date::parse_date;
use crate::corpus::fields::{Field, Fields};
use crate::corpus::read::html::{self, Page};
use crate::corpus::read::shield::shielded;

/// What stands around the entries of a feed.
#[derive(Debug)]
pub(super) struct Around {
    open: String,
    close: String,
    language: String,
    title: String,
}

impl Around {
    /// From the tags open around the entries, those that close them, and all that stands before the first.
    pub fn new(open: String, close: String, head: &str) -> Self {
        let head = without_declaration(head);
        let feed = shielded(|| parser().parse(format!("{head}{close}").as_bytes()).ok()).flatten();
        let language = feed.as_ref().and_then(|feed| feed.language.clone()).unwrap_or_default();
        let title = feed.map(|feed| plain(feed.title.as_ref())).unwrap_or_default();
        Self { open, close, language, title }
    }
}

/// The fields of an entry, or why it cannot be read.
pub(super) fn parse(around: &Around, entry: &str) -> Result<Option<Fields>, String> {
    let xml = format!("{}{entry}{}", around.open, around.close);
    let feed: Feed = parser().parse(xml.as_bytes()).map_err(|error| error.to_string())?;
    let entry = feed.entries.into_iter().next().ok_or("no entry in it")?;
    Ok(fields(&entry, around))
}

/// The text of an entry that is no XML: its tags left out.
pub(super) fn bare(entry: &str) -> Option<Fields> {
    // A title of HTML ends at its own tag only, which may be what is broken.
    let entry = ["<![CDATA[", "]]>"].iter().fold(entry.to_owned(), |entry, mark| entry.replace(mark, ""));
    let text = Page::read(&entry.replace("<title", "<h1").replace("</title", "</h1")).text;
    let mut fields = Fields::default();
    fields.set(Field::Text, text, 1);
    Some(fields).filter(|fields| fields.get(Field::Text).is_some_and(|text| !text.is_empty()))
}

fn fields(entry: &Entry, around: &Around) -> Option<Fields> {
    let body = entry.content.as_ref().and_then(|content| content.body.as_deref()).map(text_of).unwrap_or_default();
    let body = if body.is_empty() { plain(entry.summary.as_ref()) } else { body };
    let title = plain(entry.title.as_ref());
    if body.is_empty() && title.is_empty() {
        return None;
    }
    let url = address(&entry.links);
    let publisher = Some(html::host(url)).filter(|host| !host.is_empty()).unwrap_or(&around.title);
    let date = entry.published.or(entry.updated).and_then(|time| day(time.timestamp())).map(|date| date.to_string());
    let mut fields = Fields::default();
    for (field, value) in [
        (Field::Id, entry.id.trim()),
        (Field::Title, &title),
        (Field::Text, &body),
        (Field::Date, date.as_deref().unwrap_or("")),
        (Field::Language, entry.language.as_deref().unwrap_or(&around.language)),
        (Field::Source, publisher),
        (Field::Url, url),
    ] {
        if !value.is_empty() {
            fields.set(field, value.to_owned(), 1);
        }
    }
    Some(fields)
}

/// The address of the entry itself, among links to comments, enclosures and feeds.
fn address(links: &[Link]) -> &str {
    let is_own = |link: &&Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let web = || links.iter().filter(|link| html::is_web(&link.href));
    web().find(is_own).or(web().next()).map_or("", |link| &link.href)
}

fn plain(text: Option<&Text>) -> String {
    text.map(|text| text_of(&text.content)).unwrap_or_default()
}

/// Text without the markup that feeds carry even where they promise none.
fn text_of(text: &str) -> String {
    Page::read(text).text
}

/// A parser that keeps days as written, whatever the zone, and makes up no ids.
fn parser() -> Parser {
    Builder::new()
        .timestamp_parser(|text| Some(midnight(date(text)?)?.into()))
        .id_generator(|_, _, _| String::new())
        .build()
}

/// The day of a date as feeds write it: ISO, or English with the day before the month.
fn date(text: &str) -> Option<Date> {
    if let Ok(date) = parse_date(text) {
        return Some(date);
    }
    let words: Vec<&str> = text.split([' ', ',', '-', '\t', '\n']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| month(word).is_some())?;
    let year: i16 = words.get(at + 1)?.parse().ok()?;
    // Two digits for the year, as the first standard had them.
    let year = match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        _ => year,
    };
    civil::Date::new(year, month(words[at])?, words.get(at.checked_sub(1)?)?.parse().ok()?).ok()
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let first = word.get(..3)?.to_ascii_lowercase();
    let is_word = word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'.');
    let at = MONTHS.iter().position(|month| is_word && *month == first)?;
    i8::try_from(at + 1).ok()
}

fn midnight(date: Date) -> Option<SystemTime> {
    let seconds = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    if seconds < 0 { epoch.checked_sub(distance) } else { epoch.checked_add(distance) }
}

fn day(seconds: i64) -> Option<Date> {
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
}

fn without_declaration(head: &str) -> &str {
    match head.trim_start_matches('\u{feff}').trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest),
        None => head,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_kept_as_written() {
        for text in [
            "Tue, 03 Dec 2024 23:30:00 -0500",
            "Tue, 3 December 2024 10:00 CET",
            "03 Dec 24 00:10 GMT",
            "2024-12-03T23:30:00-05:00",
            "3-Dec-2024",
        ] {
            assert_eq!(date(text).map(|date| date.to_string()).as_deref(), Some("2024-12-03"), "{text}");
        }
        for text in ["Tuesday", "Dec", "32 Dec 2024", "3 Décembre 2024", "", "Dec 2024"] {
            assert_eq!(date(text), None, "{text}");
        }
        let early = "1965-01-02".parse().unwrap();
        let seconds = -(SystemTime::UNIX_EPOCH.duration_since(midnight(early).unwrap()).unwrap().as_secs() as i64);
        assert_eq!(day(seconds), Some(early));
    }
}
