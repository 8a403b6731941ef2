//! The words of the page in both languages, and what its codes are called.

use serde_json::{Map, Value, json};

use crate::report::names::{Names, ReportLanguage};

/// Kinds of codes that the page shows by name.
const KINDS: [&str; 9] = ["page", "sector", "country", "material", "node", "channel", "status", "polarity", "basis"];

/// Kind → code → [English, French].
pub fn words(names: &Names) -> Value {
    let of_kind = |kind: &str| -> Value {
        let codes = names.all(kind).map(|(code, en, fr)| (code.to_owned(), json!([en, fr])));
        Value::Object(codes.collect::<Map<_, _>>())
    };
    Value::Object(KINDS.iter().map(|kind| ((*kind).to_owned(), of_kind(kind))).collect())
}

/// The page's own words, code and text.
pub fn page(names: &Names, language: ReportLanguage) -> impl Iterator<Item = (&str, &str)> {
    names.all("page").map(move |(code, en, fr)| match language {
        ReportLanguage::En => (code, en),
        ReportLanguage::Fr => (code, fr),
    })
}
