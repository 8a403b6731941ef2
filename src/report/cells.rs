//! Cells: numbers written once and for all, text that no spreadsheet runs.

use crate::dialect::guard;

/// Decimals of a score or share in a table; rounding is the last step, after ranking.
const DECIMALS: usize = 6;

/// A number with at most six decimals and no idle zeros; an empty cell where it is missing.
pub fn number(value: impl Into<Option<f64>>) -> String {
    let Some(value) = value.into().filter(|value| value.is_finite()) else { return String::new() };
    if value.abs() < EVEN {
        // Most have few digits, which are found in a third of the time.
        let text = value.to_string();
        if text != "-0" && text.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= DECIMALS) {
            return text;
        }
    }
    rounded(value)
}

/// Below this the shortest form of a number, where it has few decimals, is the number rounded to so many: the next number is nearer.
const EVEN: f64 = 1e9;

fn rounded(value: f64) -> String {
    let text = format!("{value:.DECIMALS$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A number with all its digits, the shortest form that reads back as the same number; an empty cell where it is missing.
pub fn exact(value: impl Into<Option<f64>>) -> String {
    value.into().filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

/// A cell of a table as JSON: a number where it is one, null where it is empty.
pub fn as_json(cell: &str) -> serde_json::Value {
    match cell.parse::<f64>() {
        _ if cell.is_empty() => serde_json::Value::Null,
        Ok(number) if number.is_finite() => number.into(),
        _ => cell.into(),
    }
}

/// Anything that prints, or an empty cell.
pub fn optional<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Text from outside: an apostrophe goes before what a spreadsheet would take for a formula ([`guard`]).
pub fn text(value: &str) -> String {
    guard(value).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The short way gives what rounding gives.
        #[test]
        fn numbers_are_rounded(value in any::<f64>(), count in -10_i64..10_000_000_000, decimals in 0..10_i32, large in 1e6..1e17_f64) {
            for value in [value, count as f64 / 10_f64.powi(decimals), large, -large] {
                let expected = if value.is_finite() { rounded(value) } else { String::new() };
                prop_assert_eq!(number(value), expected);
            }
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(number(12.5), "12.5");
        assert_eq!(number(0.000_000_01), "0");
        assert_eq!(number(-0.000_000_01), "0");
        assert_eq!(number(None), "");
        assert_eq!(number(f64::NAN), "");
        assert_eq!(number(100.0), "100");
    }

    #[test]
    fn no_cell_begins_a_formula() {
        for hostile in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(text(hostile).starts_with('\''), "{hostile}");
        }
        assert_eq!(text("China = supplier"), "China = supplier");
    }
}
