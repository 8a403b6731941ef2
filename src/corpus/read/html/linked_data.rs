//! What schema.org data in a page say of the article on it.

use serde_json::Value;

/// Fields of the first article named; empty where unknown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LinkedData {
    pub title: String,
    pub date: String,
    pub language: String,
    pub publisher: String,
    pub url: String,
}

/// Kinds of things that are documents.
const KINDS: &[&str] = &["Article", "Posting", "Report", "WebPage"];

/// Reads the blocks of a page; one that is no JSON is passed over.
pub(super) fn read(blocks: &[String]) -> LinkedData {
    let parsed = blocks.iter().filter_map(|block| serde_json::from_str::<Value>(block.trim()).ok());
    let things: Vec<Value> = parsed.flat_map(things).collect();
    let of_kind = |kind: &str| things.iter().find(|thing| is_of_kind(thing, kind));
    KINDS.iter().find_map(|kind| of_kind(kind)).map(linked_data).unwrap_or_default()
}

/// The things of a block: itself, those of a list, those of a graph.
fn things(block: Value) -> Vec<Value> {
    match block {
        Value::Array(things) => things,
        Value::Object(mut thing) => match thing.remove("@graph") {
            Some(Value::Array(things)) => things,
            _ => vec![Value::Object(thing)],
        },
        _ => Vec::new(),
    }
}

fn is_of_kind(thing: &Value, kind: &str) -> bool {
    let is_it = |name: &Value| name.as_str().is_some_and(|name| name.ends_with(kind));
    match &thing["@type"] {
        Value::Array(names) => names.iter().any(is_it),
        name => is_it(name),
    }
}

fn linked_data(thing: &Value) -> LinkedData {
    let text = |value: &Value| value.as_str().unwrap_or("").trim().to_owned();
    let title = if thing["headline"].is_string() { &thing["headline"] } else { &thing["name"] };
    let publisher = &thing["publisher"];
    LinkedData {
        title: text(title),
        date: text(&thing["datePublished"]),
        language: text(&thing["inLanguage"]),
        publisher: text(if publisher.is_string() { publisher } else { &publisher["name"] }),
        url: text(&thing["url"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_found_wherever_it_stands() {
        let article =
            r#"{"@type":["NewsArticle"],"headline":"T","datePublished":"2024-12-03","publisher":{"name":"P"}}"#;
        let expected =
            LinkedData { title: "T".into(), date: "2024-12-03".into(), publisher: "P".into(), ..LinkedData::default() };
        for block in [
            article.to_owned(),
            format!("[{{\"@type\":\"Organization\"}},{article}]"),
            format!("{{\"@graph\":[{article}]}}"),
        ] {
            assert_eq!(read(&["no json".into(), block.clone()]), expected, "{block}");
        }
        assert_eq!(read(&[r#"{"@type":"Organization","name":"P"}"#.into(), "3".into()]), LinkedData::default());
    }
}
