//! JSON Lines: one object a line. Values may be text, numbers or null (absent); unknown fields are ignored.

mod written;

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::corpus::decode::{self, LineDecoder};
use crate::corpus::fault::Fault;
use crate::corpus::fields::{ColumnMap, Field, Fields};
use crate::corpus::known::Known;

use super::lines::{Line, Lines};
use super::{Format, Limits, Opening, Pending, Reader, broken_off, oversized, surrogates};

pub(super) const FORMAT: Format = Format {
    name: "json_lines",
    extensions: &["jsonl", "ndjson"],
    is_many: true,
    open: |opening| Ok(Box::new(JsonLines::new(opening))),
};

struct JsonLines {
    lines: Lines,
    limits: Limits,
    shared: Arc<Shared>,
    decoder: LineDecoder,
    records: u64,
    /// Faults of the file as a whole, given when its lines are.
    is_binary: bool,
    is_done: bool,
}

/// What every line is parsed with.
struct Shared {
    columns: Arc<ColumnMap>,
    known: Arc<Known>,
}

impl JsonLines {
    fn new(opening: Opening) -> Self {
        let Opening { stream, limits, columns, known, .. } = opening;
        let opened = decode::open(stream);
        Self {
            lines: Lines::new(opened.stream, limits.max_record).after(limits.lines_before),
            limits,
            shared: Arc::new(Shared { columns, known }),
            decoder: LineDecoder::new(&opened.head),
            records: limits.records_before,
            is_binary: decode::is_binary(&opened.head),
            is_done: false,
        }
    }

    /// Ends the file, with what there is to say about it.
    fn end(&mut self, fault: Option<Fault>) -> Option<Result<Pending, Fault>> {
        self.is_done = true;
        fault.map(Err)
    }
}

impl Reader for JsonLines {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        if self.is_done {
            return None;
        }
        if self.is_binary {
            return self.end(Some(decode::binary()));
        }
        loop {
            let line = match self.lines.next() {
                Ok(Some(Line::Whole(line))) if line.bytes().trim_ascii().is_empty() => continue,
                Ok(Some(line)) => line,
                Ok(None) => {
                    let fault = self.decoder.fault();
                    return self.end(fault);
                }
                Err(error) => return self.end(Some(broken_off(&error))),
            };
            self.records += 1;
            let number = self.lines.number();
            let Line::Whole(line) = line else {
                return Some(Err(oversized("line", self.limits.max_record).at(number)));
            };
            let bytes = line.bytes().len();
            let decoded = if line.text().is_none() { Some(self.decoder.decode(line.bytes().to_vec())) } else { None };
            let shared = Arc::clone(&self.shared);
            let parse = move |faults: &mut Vec<Fault>| {
                let text = decoded.as_deref().or_else(|| line.text()).unwrap_or_default();
                parse(text, number, &shared.columns, &shared.known)
                    .map_err(|message| faults.push(Fault::loss("broken-record", message).at(number)))
                    .ok()
            };
            return Some(Ok(Pending::new(number, self.records, bytes, parse)));
        }
    }
}

/// The fields of one line, or what is wrong with it and what to do.
fn parse(text: &str, line: u64, columns: &ColumnMap, known: &Arc<Known>) -> Result<Fields, String> {
    if let Some(fields) = written::recall(text, line, columns, known) {
        return Ok(fields);
    }
    let error = match read(text, line, columns) {
        Ok(fields) => return Ok(fields),
        Err(error) => error,
    };
    if let Some(fields) = surrogates::mend(text).and_then(|mended| read(&mended, line, columns).ok()) {
        return Ok(fields);
    }
    if line == 1 && text.trim_start().starts_with('[') {
        return Err("a JSON array where one object a line is expected; `jq -c '.[]'` makes JSON Lines of it".to_owned());
    }
    let why = error.to_string();
    let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
    let place = if error.column() > 0 { format!(" at column {}", error.column()) } else { String::new() };
    Err(format!("broken JSON{place}: {why}; mend the line or remove it"))
}

/// The fields of a line that is parsed whole.
fn read(text: &str, line: u64, columns: &ColumnMap) -> serde_json::Result<Fields> {
    let mut json = serde_json::Deserializer::from_str(text);
    let fields = Record { line, columns }.deserialize(&mut json)?;
    json.end()?;
    Ok(fields)
}

/// Reads an object into fields, the last of a repeated name standing.
struct Record<'a> {
    line: u64,
    columns: &'a ColumnMap,
}

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = Fields;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a `text`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key_seed(Name(self.columns))? {
            let Some(field) = name else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value::<Scalar>();
            let value = value.map_err(|error| A::Error::custom(format!("`{}`: {error}", field.name())))?;
            if let Scalar(Some(text)) = value {
                fields.set(field, text, self.line);
            }
        }
        Ok(fields)
    }
}

/// The field that a name stands for, if it is one we read.
struct Name<'a>(&'a ColumnMap);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<Field>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<Field>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.field(name))
    }
}

/// Text, a number as text, or nothing.
struct Scalar(Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number or null")
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(Some(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
                Ok(Scalar(Some(text)))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(Some(number.to_string())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(Some(number.to_string())))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar(Some(number.to_string())))
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar(None))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, line: u64) -> Result<Fields, String> {
        super::parse(text, line, &ColumnMap::default(), &Arc::default())
    }

    /// Title and text of a line whose words became known.
    fn joined(fields: &Fields) -> &str {
        let Some(words) = &fields.words else { panic!("{fields:?}") };
        &words.text
    }

    #[test]
    fn what_is_nested_deep_is_passed_over_or_said() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let fields = parse(&format!(r#"{{"more":{deep},"text":"a"}}"#), 1).unwrap();
        assert_eq!(joined(&fields), "\n\na");
        let error = parse(&format!(r#"{{"text":{deep}}}"#), 1).unwrap_err();
        assert!(error.contains("`text`: invalid type: sequence"), "{error}");
        assert!(parse(&"[".repeat(1_000_000), 2).is_err());
        assert!(parse(&r#"{"a":"#.repeat(1_000_000), 2).is_err());
    }

    #[test]
    fn numbers_are_text_and_null_is_absent() {
        let fields =
            parse(r#"{"id": 7, "date": 20241203, "title": null, "text": "a\nb", "tags": [{"x": 1}]}"#, 3).unwrap();
        assert_eq!(fields.get(Field::Id), Some("7"));
        assert_eq!(fields.get(Field::Date), Some("20241203"));
        assert_eq!(joined(&fields), "\n\na\nb");
        let fields = parse(r#"{"id": 7, "title": null, "text": 12}"#, 3).unwrap();
        assert_eq!((fields.get(Field::Title), fields.get(Field::Text)), (None, Some("12")));
    }

    #[test]
    fn half_a_character_does_not_lose_the_record() {
        let fields = parse(r#"{"text": "cut \ud83d"}"#, 1).unwrap();
        assert_eq!(fields.get(Field::Text), Some("cut \u{fffd}"));
    }

    #[test]
    fn faults_say_column_and_remedy() {
        for (line, text, part) in [
            (2, r#"{"text": "a""#, "broken JSON at column 12: EOF while parsing an object"),
            (2, r#"{"text": ["a"]}"#, "`text`: invalid type: sequence, expected text, a number or null"),
            (2, r#"[1]"#, "broken JSON: invalid type: sequence, expected an object with a `text`"),
            (2, r#"{"text": "a"} {"#, "trailing characters"),
            (1, r#"[{"text": "a"},"#, "jq -c"),
        ] {
            let error = parse(text, line).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
