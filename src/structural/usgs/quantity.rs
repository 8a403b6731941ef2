//! A cell of figures as USGS writes it → [`Quantity`].
//!
//! | cell | meaning |
//! |---|---|
//! | `1,234` `1 234` `12.5` | a number; commas and blanks part thousands |
//! | `e60,000` `60,000e` | an estimate |
//! | `60,000r` | a revised number |
//! | `>540` | more than this |
//! | `<200` | less than this |
//! | `330 - 390` | a range |
//! | `—` `--` | no production |
//! | `s` | less than half a unit |
//! | `W` | withheld, so that no company's figure is given away |
//! | `NA` | not available |
//! | `XX` | not applicable |

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// A number.
    Number(f64),
    /// More than this.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
    /// Between these.
    Range(f64, f64),
    /// No production.
    None,
    /// Some, but less than half a unit.
    UnderHalfUnit,
    /// Withheld.
    Withheld,
    /// Not available.
    NotAvailable,
    /// Not applicable: a total that cannot be computed.
    NotApplicable,
}

impl Quantity {
    /// The number that enters a sum: none for what is unknown, and none for what is nothing or next to nothing.
    pub fn counted(self) -> Option<f64> {
        match self {
            Self::Number(value) | Self::AtLeast(value) => Some(value),
            _ => None,
        }
    }

    /// Whether there is production that no number is known for.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Withheld | Self::NotAvailable | Self::Range(..) | Self::Below(_))
    }

    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::AtLeast(_) => "at_least",
            Self::Below(_) => "below",
            Self::Range(..) => "range",
            Self::None => "none",
            Self::UnderHalfUnit => "under_half_unit",
            Self::Withheld => "withheld",
            Self::NotAvailable => "not_available",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// Reads a cell: what it says, and whether it is marked as an estimate. `Err` says what is wrong with it.
pub fn quantity(cell: &str) -> Result<(Quantity, bool), String> {
    let cell = cell.trim();
    let word = match cell {
        "—" | "–" | "-" | "--" => Some(Quantity::None),
        "s" | "S" => Some(Quantity::UnderHalfUnit),
        "W" | "w" => Some(Quantity::Withheld),
        "NA" | "N/A" | "na" => Some(Quantity::NotAvailable),
        "XX" | "xx" => Some(Quantity::NotApplicable),
        _ => None,
    };
    if let Some(word) = word {
        return Ok((word, false));
    }
    let (cell, is_estimate) = without_marks(cell);
    let parted = cell.split_once(['–', '—']).or_else(|| cell.split_once(" - "));
    let quantity = if let Some(rest) = cell.strip_prefix('>') {
        Quantity::AtLeast(number(rest)?)
    } else if let Some(rest) = cell.strip_prefix('<') {
        Quantity::Below(number(rest)?)
    } else if let Some((low, high)) = parted {
        Quantity::Range(number(low)?, number(high)?)
    } else {
        Quantity::Number(number(cell)?)
    };
    Ok((quantity, is_estimate))
}

/// The marks `e` (estimated) and `r` (revised) before or after a number, taken off.
fn without_marks(cell: &str) -> (&str, bool) {
    let bare = cell.trim_start_matches(['e', 'r']).trim_end_matches(['e', 'r']);
    let is_marked = bare.len() < cell.len();
    let marks =
        || cell.strip_suffix(bare).unwrap_or(cell).contains('e') || cell.starts_with('e') || cell.ends_with('e');
    (bare.trim(), is_marked && marks())
}

/// A number of 0 or more, its thousands parted by commas or blanks, or not at all.
fn number(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let fault = |what: &str| Err(format!("`{text}` {what}"));
    if text.starts_with(['-', '−']) {
        return fault("is negative: production is 0 or more");
    }
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let groups: Vec<&str> = whole.split(|c: char| c == ',' || c.is_whitespace()).collect();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(|group| is_digits(group)) || !decimals.is_none_or(is_digits) {
        return fault("is no number");
    }
    if groups.len() > 1 && (groups[0].len() > 3 || groups[1..].iter().any(|group| group.len() != 3)) {
        return fault("has a comma or blank that does not part thousands");
    }
    let plain = groups.concat() + "." + decimals.unwrap_or("0");
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => fault("is no number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_figure_is_read() {
        for (cell, expected, is_estimate) in [
            ("1,310,000", Quantity::Number(1_310_000.0), false),
            (" 12 345 ", Quantity::Number(12_345.0), false),
            ("12\u{a0}345", Quantity::Number(12_345.0), false),
            ("60000", Quantity::Number(60_000.0), false),
            ("0.5", Quantity::Number(0.5), false),
            ("0", Quantity::Number(0.0), false),
            ("e60,000", Quantity::Number(60_000.0), true),
            ("60,000e", Quantity::Number(60_000.0), true),
            ("e 60,000", Quantity::Number(60_000.0), true),
            ("60,000r", Quantity::Number(60_000.0), false),
            (">2,000,000", Quantity::AtLeast(2_000_000.0), false),
            ("< 200,000", Quantity::Below(200_000.0), false),
            ("10,000 - 15,000", Quantity::Range(10_000.0, 15_000.0), false),
            ("330–390", Quantity::Range(330.0, 390.0), false),
            ("—", Quantity::None, false),
            ("--", Quantity::None, false),
            ("s", Quantity::UnderHalfUnit, false),
            ("W", Quantity::Withheld, false),
            ("NA", Quantity::NotAvailable, false),
            ("XX", Quantity::NotApplicable, false),
        ] {
            assert_eq!(quantity(cell), Ok((expected, is_estimate)), "{cell}");
        }
    }

    #[test]
    fn what_is_no_figure_is_told() {
        for (cell, words) in [
            ("-5", "is negative"),
            ("−5", "is negative"),
            ("1,23", "does not part thousands"),
            ("1234,567", "does not part thousands"),
            ("12 34", "does not part thousands"),
            ("", "is no number"),
            ("Large", "is no number"),
            ("1e5x", "is no number"),
            ("1.2.3", "is no number"),
            ("60,0", "does not part thousands"),
            ("inf", "is no number"),
        ] {
            let message = quantity(cell).unwrap_err();
            assert!(message.contains(words), "{cell}: {message}");
        }
    }
}
