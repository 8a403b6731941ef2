//! What a column holds, by its name: the names are the contract's, and mean the same in every table.

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words: never touched, whatever they look like.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// An ISO day.
    Date,
    /// `true` or `false`.
    Boolean,
    /// A number in some rows, words in others.
    Mixed,
}

/// Columns of words. What is named nowhere is a number, for the columns of `goulet score` bear the names of a user's indicators.
const TEXT: &[&str] = &[
    "doc_id",
    "language",
    "publisher",
    "channel",
    "sector",
    "material",
    "origin",
    "target",
    "status",
    "polarity",
    "lexeme",
    "evidence",
    "title",
    "url",
    "sectors",
    "cluster",
    "fingerprint",
    "kind",
    "code",
    "country",
    "period",
    "indicator",
    "basis",
    "provenance",
    "top_country",
    "measure",
    "uCode",
    "iCode",
    "Parent",
    "other",
    "kinship",
    "flag",
    "group",
    "step",
    "subject",
    "message",
    "action",
    "treatment",
    "normalisation",
    "aggregation",
    "skipped",
    "factor",
    "stage",
    "supply_used",
    "scope",
    "source",
    "input",
    "band",
    "reference_year",
    "importer",
    "unit",
    "tables",
    "commodity",
    "detail",
    "note",
    "from",
    "to",
    "reason",
    "place",
    "path",
    "unknown_inputs",
];

/// Columns of whole numbers.
const INTEGERS: &[&str] =
    &["sentence", "start", "end", "documents", "mentions", "rank", "rank_low", "rank_high", "first"];

/// Columns of yes and no.
const BOOLEANS: &[&str] = &["in_title", "in_lead", "about"];

/// Tables of `goulet score` whose columns, but the first, bear the codes of a user's indicators.
const WIDE: &[&str] = &[
    "scores",
    "ranks",
    "raw",
    "denominated",
    "imputed",
    "screened",
    "treated",
    "normalised",
    "aggregated",
    "availability",
];

/// What a column of a table of the contract holds.
pub fn kind(column: &str) -> Kind {
    match column {
        "date" => Kind::Date,
        _ if TEXT.contains(&column) || column.ends_with("_name") => Kind::Text,
        _ if INTEGERS.contains(&column) => Kind::Integer,
        _ if BOOLEANS.contains(&column) => Kind::Boolean,
        _ => Kind::Number,
    }
}

/// What the columns of a table hold; `table` is the file's name without its extension.
pub fn kinds<'a>(table: &str, columns: impl IntoIterator<Item = &'a str>) -> Vec<Kind> {
    let columns: Vec<&str> = columns.into_iter().collect();
    let first = columns.first().copied().unwrap_or_default();
    let others = match first {
        "measure" => Some(Kind::Mixed),
        "country" if table == "matrix" => Some(Kind::Number),
        "uCode" if WIDE.contains(&table) => Some(Kind::Number),
        _ => None,
    };
    let one = |(at, column): (usize, &&str)| match others {
        // The names beside the countries of `matrix.csv` are words.
        Some(others) if at > 0 && *column != "country_name" => others,
        _ => kind(column),
    };
    columns.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_indicator_may_be_called_as_a_column_of_words() {
        assert_eq!(kinds("scores", ["uCode", "title", "Index"]), [Kind::Text, Kind::Number, Kind::Number]);
        assert_eq!(kinds("comparison", ["measure", "solar"]), [Kind::Text, Kind::Mixed]);
        assert_eq!(
            kinds("mentions", ["doc_id", "date", "start", "share"]),
            [Kind::Text, Kind::Date, Kind::Integer, Kind::Number]
        );
    }
}
