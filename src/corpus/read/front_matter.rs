//! Front matter: `key: value` lines between two lines of `---` at the head of a text.

use crate::corpus::fields::{ColumnMap, Fields};

/// The fields of the front matter, and the text after it; no fields and the whole text when there is none.
///
/// A rule of three dashes is no front matter: every line between the marks must look like `key: value`, or like a
/// continuation, list item or comment of YAML, none of which is read.
pub(super) fn split<'a>(text: &'a str, columns: &ColumnMap) -> (Fields, &'a str) {
    read(text, columns).unwrap_or_else(|| (Fields::default(), text))
}

fn read<'a>(text: &'a str, columns: &ColumnMap) -> Option<(Fields, &'a str)> {
    let mut fields = Fields::default();
    let mut has_key = false;
    let mut consumed = 0;
    for (line, at) in text.split_inclusive('\n').zip(1..) {
        consumed += line.len();
        let content = line.trim_end();
        match (at, content) {
            (1, "---") => continue,
            (1, _) => return None,
            (_, "---" | "...") => return has_key.then(|| (fields, &text[consumed..])),
            _ if content.is_empty() || content.starts_with([' ', '\t', '-', '#']) => continue,
            _ => {}
        }
        let (key, value) = content.split_once(':')?;
        if key.contains(char::is_whitespace) {
            return None;
        }
        has_key = true;
        if let Some(field) = columns.field(key) {
            let value = unquote(value.trim());
            if !value.is_empty() {
                fields.set(field, value.to_owned(), at);
            }
        }
    }
    None
}

/// A value without the quotes around it.
fn unquote(value: &str) -> &str {
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::fields::Field;

    fn split(text: &str) -> (Fields, &str) {
        super::split(text, &ColumnMap::default())
    }

    #[test]
    fn keys_are_read_with_their_lines() {
        let text = "---\r\ntitle: \"Chips: a survey\"\r\ntags:\r\n  - a\r\nDate: 2024-12-03\r\nsource: Le Monde\r\n---\r\nBody";
        let (mut fields, rest) = split(text);
        assert_eq!(rest, "Body");
        assert_eq!(fields.get(Field::Title), Some("Chips: a survey"));
        assert_eq!(fields.get(Field::Source), Some("Le Monde"));
        assert_eq!(fields.take(Field::Date).map(|date| date.line), Some(5));
    }

    #[test]
    fn a_rule_or_an_open_mark_is_text() {
        for text in ["---\nA sentence here.\n---\nBody", "---\ntitle: never closed\n", "---\n---\nBody", "Body", ""] {
            let (fields, rest) = split(text);
            assert!(Field::ALL.iter().all(|field| fields.get(*field).is_none()));
            assert_eq!(rest, text);
        }
    }
}
