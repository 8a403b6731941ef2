//! What every column is: its type, meaning, unit and what its cells must be.

use serde_json::{Map, Value, json};

use crate::codes::{Channel, Status};
use crate::dialect::Kind;
use crate::indicators::Basis;
use crate::model::{Aggregator, Model, NormaliseMethod};
use crate::report::dress::Column;

/// A period as in files.
const PERIOD: &str = "(all|[0-9]{4}(-(Q[1-4]|[0-9]{2}))?)";

/// A country code.
const COUNTRY: &str = "[A-Z]{3}";

/// What a column is called, and the sign of its numbers.
pub(super) struct Described<'a> {
    /// Name of the table.
    pub table: &'a str,
    /// The column as written.
    pub column: &'a Column,
    /// What people call it.
    pub title: &'a str,
    /// Whether its numbers have a decimal comma.
    pub has_decimal_comma: bool,
    /// Whether scores lie between 0 and 100.
    pub is_bounded: bool,
}

/// The field of a table schema.
pub(super) fn field(of: &Described<'_>) -> Value {
    let Described { table, column, .. } = *of;
    let name = column.column.as_str();
    let is_score = table == "matrix" && column.kind == Kind::Number;
    let (unit, meaning) =
        if is_score { ("0-100", "risk of the sector in the latest period") } else { meaning(table, name) };
    let mut field = Map::new();
    field.insert("name".into(), column.header.as_str().into());
    if column.header != name {
        field.insert("column".into(), name.into());
    }
    if of.title != column.header {
        field.insert("title".into(), of.title.into());
    }
    field.insert("type".into(), kind(column.kind).into());
    if of.has_decimal_comma && column.kind == Kind::Number {
        field.insert("decimalChar".into(), ",".into());
    }
    for (key, text) in [("description", meaning), ("unit", unit)] {
        if !text.is_empty() {
            field.insert(key.into(), text.into());
        }
    }
    let constraints = constraints(table, name, is_score || is_scaled(table, name), of.is_bounded);
    if !constraints.is_empty() {
        field.insert("constraints".into(), constraints.into());
    }
    field.into()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Mixed => "string",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Date => "date",
        Kind::Boolean => "boolean",
    }
}

/// Scores and pillars.
fn is_scaled(table: &str, column: &str) -> bool {
    matches!(table, "scores" | "sectors")
        && matches!(column, "risk" | "export_controls" | "concentration" | "coercion" | "mitigation")
}

/// Whether the model keeps every score between 0 and 100.
pub(super) fn is_bounded(model: &Model) -> bool {
    let (normalise, aggregate) = (&model.settings.normalise, &model.settings.aggregate);
    let is_cut = match normalise.method {
        None | Some(NormaliseMethod::Goalposts) => normalise.truncate,
        Some(NormaliseMethod::MinMax) => true,
        _ => false,
    };
    is_cut
        && normalise.range == [0.0, 100.0]
        && normalise.indicators.is_empty()
        && aggregate.by_level.is_empty()
        && aggregate.method == Aggregator::Arithmetic
}

/// Unit and meaning of a column.
fn meaning(table: &str, column: &str) -> (&'static str, &'static str) {
    match column {
        "doc_id" => ("", "id of the document, as given or from its path"),
        "date" => ("", "day of the document; empty when unknown"),
        "language" => ("", "ISO 639 code, given or detected"),
        "channel" => ("", "what the statement is about"),
        "sector" => ("", "code of sectors.csv in the data"),
        "material" => ("", "code of materials.csv in the data; empty where none is named"),
        "origin" => ("", "country that acts or supplies, ISO 3166-1 alpha-3 or EUE; empty where none is named"),
        "target" => ("", "country aimed at, ISO 3166-1 alpha-3 or EUE; empty where none is named"),
        "country" | "top_country" => ("", "ISO 3166-1 alpha-3, or EUE"),
        "status" if table == "scores" => ("", "what the score rests on"),
        "status" => ("", "state of the measure"),
        "polarity" => ("", "whether the measure tightens or eases"),
        "severity" => ("0-1", "gravity of the measure if in force, from the lexicon"),
        "certainty" => ("0-1", "certainty of the status, from the model"),
        "weight" => ("", "weight of the document: shared among near-duplicates, times source weight and age"),
        "sentence" => ("", "number of the sentence in the document, from 0"),
        "start" | "end" => (
            "bytes",
            "offset in the document's text (title, two line ends, body) of the words that state it; end excluded",
        ),
        "lexeme" => ("", "entry of the lexicon and rules that read it"),
        "evidence" => ("", "the sentence"),
        "share" => ("", "share that the statement gives, as a fraction"),
        "sectors" => ("", "codes of the sectors it mentions, with blanks between"),
        "cluster" => ("", "near-duplicates share it"),
        "period" => ("", "all, a year, a quarter (2024-Q3) or a month (2024-09)"),
        "indicator" => ("", "code of the indicator: docs/methods.md"),
        "value" | "low" | "high" => ("of the indicator", "low and high bound the interval of the model"),
        "basis" => ("", "documents or structural data"),
        "provenance" => ("", "how many documents, or which rows of which table"),
        "risk" | "export_controls" | "concentration" | "coercion" | "mitigation" => {
            ("0-100", "higher is riskier (mitigation: higher is safer); empty where unknown")
        }
        "rank" => ("", "1 is the riskiest of the period; empty where coverage does not suffice"),
        "rank_low" | "rank_high" => ("", "bounds of the rank in 90 % of the draws"),
        "coverage" => ("0-1", "share of the model's weight that rests on data"),
        "hhi" => ("0-1", "Herfindahl-Hirschman index of supply; a lower bound where shares name only some countries"),
        "top_share" => ("0-1", "supply share of the top country"),
        "documents" => ("documents", "documents that state something of it"),
        "mentions" => ("mentions", "statements of documents"),
        "measure" => ("", "what is measured, with its unit"),
        _ => ("", ""),
    }
}

/// What the cells of a column must be.
fn constraints(table: &str, column: &str, is_score: bool, is_bounded: bool) -> Map<String, Value> {
    let mut constraints = Map::new();
    let mut add = |key: &str, value: Value| constraints.insert(key.to_owned(), value);
    let is_key = match table {
        "mentions" => {
            !matches!(column, "date" | "publisher" | "material" | "origin" | "target" | "share")
                && !column.ends_with("_name")
        }
        "documents" => matches!(column, "doc_id" | "language" | "weight" | "mentions"),
        "indicators" => matches!(column, "sector" | "country" | "period" | "indicator" | "basis"),
        "scores" => {
            matches!(column, "sector" | "country" | "period" | "documents" | "mentions" | "coverage" | "status")
        }
        "sectors" => matches!(column, "sector" | "period" | "documents"),
        _ => matches!(column, "country" | "measure"),
    };
    if is_key {
        add("required", true.into());
    }
    match column {
        "channel" => drop(add("enum", json!(Channel::ALL.iter().map(|channel| channel.as_str()).collect::<Vec<_>>()))),
        "status" if table == "mentions" => {
            add("enum", json!(Status::ALL.iter().map(|status| status.as_str()).collect::<Vec<_>>()));
        }
        "basis" => drop(add("enum", json!([Basis::Text.as_str(), Basis::Structural.as_str()]))),
        "period" => drop(add("pattern", PERIOD.into())),
        "country" | "origin" | "target" | "top_country" => drop(add("pattern", COUNTRY.into())),
        "severity" | "certainty" | "coverage" | "hhi" | "top_share" => {
            add("minimum", 0.into());
            add("maximum", 1.into());
        }
        "rank" | "rank_low" | "rank_high" => drop(add("minimum", 1.into())),
        "weight" | "sentence" | "start" | "end" | "documents" | "mentions" => drop(add("minimum", 0.into())),
        _ if is_score && is_bounded => {
            add("minimum", 0.into());
            add("maximum", 100.into());
        }
        _ => {}
    }
    constraints
}
