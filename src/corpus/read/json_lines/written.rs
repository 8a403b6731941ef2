//! Lines whose title and text were met lately, as they are written: these are found, not parsed.
//!
//! Strings are passed over from quote to quote; what else a line holds, and every string that is wanted and new, goes through
//! serde_json. A line that is not plainly an object with a text is left to the parser of whole lines, which says what is wrong with it.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserializer, IgnoredAny, Visitor};

use super::Scalar;
use crate::corpus::fields::{ColumnMap, Field, Fields};
use crate::corpus::known::Known;

/// The fields of a line whose title and text are strings (a title may be missing, or null), which are parsed only where they are not
/// known as they are written.
pub(super) fn recall(text: &str, line: u64, columns: &ColumnMap, known: &Arc<Known>) -> Option<Fields> {
    let Written { mut fields, title, body } = Written::of(text, line, columns)?;
    let title = title.filter(|json| *json != "null");
    let body = body?;
    if !title.is_none_or(is_string) || !is_string(body) {
        return None;
    }
    fields.words = Some(known.of_json(title, body, || joined(title, body))?);
    Some(fields)
}

/// What a title and a body in JSON are together, with the bytes of the title; nothing where they are not valid, or blank.
fn joined(title: Option<&str>, body: &str) -> Option<(Arc<str>, usize)> {
    let mut text = String::with_capacity(title.map_or(0, str::len) + 2 + body.len());
    title.map_or(Ok(()), |json| append(json, &mut text)).ok()?;
    let title_len = text.len();
    text.push_str("\n\n");
    append(body, &mut text).ok()?;
    (!text.trim().is_empty()).then(|| (text.into(), title_len))
}

fn is_string(json: &str) -> bool {
    json.starts_with('"')
}

/// Adds what a JSON string holds to a text.
fn append(json: &str, text: &mut String) -> serde_json::Result<()> {
    struct Append<'t>(&'t mut String);
    impl Visitor<'_> for Append<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_str<E>(self, part: &str) -> Result<(), E> {
            self.0.push_str(part);
            Ok(())
        }
    }
    let mut json = serde_json::Deserializer::from_str(json);
    json.deserialize_str(Append(text))?;
    json.end()
}

/// Title and text as they stand in a line, and its other fields.
struct Written<'l> {
    fields: Fields,
    title: Option<&'l str>,
    body: Option<&'l str>,
}

impl<'l> Written<'l> {
    /// Those of a line; nothing where it is no object, or says title or text twice.
    fn of(line: &'l str, number: u64, columns: &ColumnMap) -> Option<Self> {
        let mut written = Self { fields: Fields::default(), title: None, body: None };
        let mut rest = after(line, b'{')?;
        loop {
            let (name, value) = string(rest)?;
            if name.contains('\\') {
                return None;
            }
            let field = columns.field(&name[1..name.len() - 1]);
            let (json, more) = value_of(after(value, b':')?, field.is_some())?;
            match field {
                None => {}
                Some(Field::Title) if written.title.is_none() => written.title = Some(json),
                Some(Field::Text) if written.body.is_none() => written.body = Some(json),
                Some(Field::Title | Field::Text) => return None,
                Some(field) => {
                    if let Scalar(Some(text)) = serde_json::from_str(json).ok()? {
                        written.fields.set(field, text, number);
                    }
                }
            }
            match after(more, b',') {
                Some(next) => rest = next,
                None => return after(more, b'}').filter(|end| blank(end).is_empty()).map(|_| written),
            }
        }
    }
}

/// What follows the blanks at the beginning.
fn blank(text: &str) -> &str {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    &text[text.bytes().take_while(|byte| is_blank(byte)).count()..]
}

/// What follows a sign and the blanks about it.
fn after(text: &str, sign: u8) -> Option<&str> {
    let text = blank(text);
    (text.as_bytes().first() == Some(&sign)).then(|| blank(&text[1..]))
}

/// The string at the beginning, with its quotes, and what follows; what its escapes are is not looked at.
fn string(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        // Line breaks are escapes too: there are many more of these than quotes. So a quote is asked whether it is one.
        let escapes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        at += 1;
        if escapes.is_multiple_of(2) {
            return text.split_at_checked(at);
        }
    }
}

/// The value at the beginning and what follows; a string that nobody parses, as it is not `wanted`, must be valid.
fn value_of(text: &str, is_wanted: bool) -> Option<(&str, &str)> {
    if text.starts_with('"') {
        let (json, rest) = string(text)?;
        let is_valid = is_wanted || serde_json::from_str::<IgnoredAny>(json).is_ok();
        return is_valid.then_some((json, rest));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    text.split_at_checked(values.byte_offset())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::Document;
    use crate::corpus::read::json_lines::{parse, read};

    fn is_found(line: &str) -> bool {
        Written::of(line, 1, &ColumnMap::default()).is_some()
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for line in [
            r#"{"text":"a"}"#,
            " { \"id\" : 7 , \"text\" : \"a\\\"b\" , \"x\":[{\"text\":1}],\"y\":{}, \"z\":null,\"n\":-1.5e3 } \r",
            r#"{"text":"a","id":"1","id":"2"}"#,
        ] {
            assert!(is_found(line), "{line}");
        }
        for line in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"text""#,
            r#"{"text":"a""#,
            r#"{"text":"a"}}"#,
            r#"{"text":"a",}"#,
            r#"{"text":"a" "id":1}"#,
            r#"{"text":"a","text":"b"}"#,
            r#"{"te\u0078t":"a"}"#,
            r#"{"text":"a","x":[1}"#,
            r#"{"text":"a","x":"\q"}"#,
            r#"{"text":"a","id":tru}"#,
            r#"{"text":"a","id":[1]}"#,
            "{\"text\":\"a\\",
        ] {
            assert!(!is_found(line), "{line}");
        }
    }

    proptest! {
        /// A line is what it is when it is parsed whole, the first time it is met and the second.
        #[test]
        fn what_is_known_reads_as_what_is_new(
            id in 0..1000_u32, title in proptest::option::of("[a-z\n\"\\\\é\u{1F600}]{0,8}"), is_null in any::<bool>(),
            text in "[a-z \t\n\"/é中]{0,20}", is_ascii in any::<bool>())
        {
            let mut line = serde_json::json!({"id": id, "text": text, "more": [1, {"text": 2}]});
            if let Some(title) = &title {
                line["title"] = title.as_str().into();
            } else if is_null {
                line["title"] = serde_json::Value::Null;
            }
            let mut line = line.to_string();
            if is_ascii {
                line = line.replace('é', "\\u00e9").replace('/', "\\/");
            }
            let known = Arc::default();
            let whole = read(&line, 1, &ColumnMap::default()).unwrap();
            let mut first = parse(&line, 1, &ColumnMap::default(), &known).unwrap();
            let mut second = parse(&line, 1, &ColumnMap::default(), &known).unwrap();
            let title = whole.get(Field::Title).unwrap_or_default();
            match (first.words.take(), second.words.take()) {
                (Some(words), Some(again)) => {
                    prop_assert!(Arc::ptr_eq(&words, &again));
                    prop_assert_eq!(&*words.text, &*Document::join(title, &text));
                    prop_assert_eq!(words.title_len, title.len());
                }
                // What is blank is told where it is assembled.
                (None, None) => {
                    prop_assert!(title.trim().is_empty() && text.trim().is_empty());
                    prop_assert_eq!(second.get(Field::Text), Some(text.as_str()));
                }
                other => prop_assert!(false, "{other:?}"),
            }
            prop_assert_eq!(second.get(Field::Id), whole.get(Field::Id));
        }

        /// What is found here the parser of whole lines reads too, and the same.
        #[test]
        fn nothing_is_found_that_is_no_json(parts in proptest::collection::vec(prop_oneof![
            Just("{"), Just("}"), Just("\"text\":"), Just("\"title\":"), Just("\"id\":"), Just("\"x\":"), Just("\"a b\""), Just("\"a\\nb\""),
            Just("\"\\"), Just("\""), Just("1"), Just("null"), Just(","), Just(","), Just(" "), Just("["), Just("]"), Just("\u{1}")], 0..14))
        {
            let line = format!("{{\"text\":\"c\",{}", parts.concat());
            let Some(found) = recall(&line, 1, &ColumnMap::default(), &Arc::default()) else { return Ok(()) };
            let whole = read(&line, 1, &ColumnMap::default());
            let Ok(whole) = whole else { return Err(TestCaseError::fail(format!("{line}: {whole:?}"))) };
            prop_assert_eq!(found.get(Field::Id), whole.get(Field::Id));
        }
    }
}
