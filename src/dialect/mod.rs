//! The forms a table takes on disk: what parts its cells, which sign its numbers have, what keeps text from being run.
//!
//! Inside, every table has one form, the contract's: UTF-8, commas, a decimal point, column names as in docs/files.md, and an
//! apostrophe before text that a spreadsheet would take for a formula ([`guard`]). Files for a certain spreadsheet are that form
//! rewritten at the end (`report::dress`), and [`TableReader`] brings any of them back to it, also after a spreadsheet saved it.

mod columns;
mod headers;
mod read;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

pub use columns::{Kind, kind, kinds};
pub use headers::Headers;
pub(crate) use headers::Label;
pub use read::TableReader;

/// How a CSV file is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// UTF-8, comma, decimal point: the contract's, for programs and most spreadsheets.
    #[default]
    Rfc4180,
    /// Byte-order mark, semicolon, decimal comma: opens with a double click in a French Excel or LibreOffice.
    ExcelFr,
    /// Byte-order mark, comma, decimal point: opens with a double click where the system's list separator is the comma.
    Excel,
    /// As [`Dialect::Rfc4180`], with text as it came: for programs only.
    Raw,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Rfc4180, Self::ExcelFr, Self::Excel, Self::Raw];

    /// The spelling on the command line and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rfc4180 => "rfc4180",
            Self::ExcelFr => "excel-fr",
            Self::Excel => "excel",
            Self::Raw => "raw",
        }
    }

    /// What parts two cells.
    pub fn delimiter(self) -> u8 {
        if self == Self::ExcelFr { b';' } else { b',' }
    }

    /// Whether the file begins with a byte-order mark, without which Excel takes UTF-8 for the system's old encoding.
    pub fn has_mark(self) -> bool {
        matches!(self, Self::ExcelFr | Self::Excel)
    }

    /// Whether numbers have a decimal comma.
    pub fn has_decimal_comma(self) -> bool {
        self == Self::ExcelFr
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = Error;
    fn from_str(value: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == value).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("`{value}` is no form of CSV"))
                .hint("expected one of rfc4180 excel-fr excel raw")
        })
    }
}

/// The byte-order mark of UTF-8.
pub const MARK: &str = "\u{feff}";

/// What makes a spreadsheet run a cell, where it comes first.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Text with an apostrophe before what a spreadsheet would run. Text that already looks guarded gets one more, so that
/// [`unguard`] always gives back what was there.
pub fn guard(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(RUN) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Text without the apostrophe that [`guard`] put there.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(RUN) => rest,
        _ => cell,
    }
}

/// A number with a point where it has a comma: `-1,5E-3` → `-1.5E-3`; `None` for anything else.
fn with_point(cell: &str) -> Option<String> {
    let plain = cell.replacen(',', ".", 1);
    (cell.contains(',') && is_number(&plain)).then_some(plain)
}

/// Whether a cell is a number as we write them: digits, one point at most, a sign, an exponent; not `inf` or `NaN`.
pub fn is_number(cell: &str) -> bool {
    cell.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'))
        && cell.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guarded_comes_back_and_nothing_else_changes() {
        for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "'=1", "''-", "'quoted'", "", "a=b", "'"] {
            let guarded = guard(text);
            assert_eq!(unguard(&guarded), text);
            assert!(!guarded.starts_with(RUN), "{text}");
        }
        assert_eq!(guard("China = supplier"), "China = supplier");
        assert_eq!(unguard("'tis"), "'tis");
    }

    #[test]
    fn only_numbers_change_their_sign() {
        assert_eq!(with_point("-1,5").as_deref(), Some("-1.5"));
        assert_eq!(with_point("1,23E-05").as_deref(), Some("1.23E-05"));
        for text in ["1,2,3", "1.234,5", "a,b", ",", "12", "inf", "1,5 %"] {
            assert_eq!(with_point(text), None, "{text}");
        }
    }
}
