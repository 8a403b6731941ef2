//! A record's fields made into a document: date, language and id read or found, title and text joined.

use std::sync::Arc;

use super::date::parse_date;
use super::fault::Fault;
use super::fields::{Field, Fields};
use super::known::{Known, Words};
use super::language;
use super::{Document, Input};

/// A document, and whether its date was missing (rather than given but broken, which has its own warning).
#[derive(Debug)]
pub(super) struct Assembled {
    pub document: Document,
    /// Its words, which other documents may share.
    pub words: Arc<Words>,
    pub is_undated: bool,
}

/// Makes record `number`, which stands on `line` of `input`, a document.
pub(super) fn assemble(
    mut fields: Fields,
    input: &Input,
    (line, number): (u64, u64),
    known: &Arc<Known>,
    faults: &mut Vec<Fault>,
) -> Option<Assembled> {
    let words = words(&mut fields, line, known, faults)?;
    let date = fields.take_trimmed(Field::Date);
    let is_undated = date.is_none();
    let date = date.and_then(|given| {
        parse_date(&given.text)
            .map_err(|why| {
                let message = format!("date `{}` {why}; the document counts in period all only", short(&given.text));
                faults.push(Fault::note("broken-date", message).at(given.line));
            })
            .ok()
    });
    let given = fields.take_trimmed(Field::Language).and_then(|given| {
        language::parse(&given.text)
            .map_err(|why| {
                let message = format!("{why}; the language was detected instead");
                faults.push(Fault::note("broken-language", message).at(given.line));
            })
            .ok()
    });
    let mut word = |field| fields.take_trimmed(field).map(|value| value.text);
    let document = Document {
        id: word(Field::Id).unwrap_or_else(|| input.default_id(number)),
        date,
        language: given.unwrap_or_else(|| words.language()),
        publisher: word(Field::Source).unwrap_or_default(),
        url: word(Field::Url).unwrap_or_default(),
        title_len: words.title_len,
        text: Arc::clone(&words.text),
    };
    Some(Assembled { document, words, is_undated })
}

/// Title and text, unless there is nothing in them.
fn words(fields: &mut Fields, line: u64, known: &Arc<Known>, faults: &mut Vec<Fault>) -> Option<Arc<Words>> {
    if let Some(words) = fields.words.take() {
        return Some(words);
    }
    let (title, body) = (fields.take(Field::Title), fields.take(Field::Text));
    if title.is_none() && body.is_none() {
        let message = "record without `text` or `title`; give it a `text`, or remove it";
        faults.push(Fault::loss("broken-record", message).at(line));
        return None;
    }
    let [title, body] = [title, body].map(|value| value.map(|value| value.text).unwrap_or_default());
    if title.trim().is_empty() && body.trim().is_empty() {
        faults.push(Fault::note("empty", "record with an empty text and title; left out").at(line));
        return None;
    }
    Some(known.of_text(&title, &body))
}

/// A value short enough for a message.
fn short(value: &str) -> String {
    if value.chars().count() <= 40 { value.to_owned() } else { value.chars().take(39).chain(['…']).collect() }
}
