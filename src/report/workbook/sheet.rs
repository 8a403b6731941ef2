//! Cells, written safely: text stays text, missing stays empty, a formula carries its result.

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};

use crate::error::{Error, ErrorKind, Result};

/// The sheets, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Title {
    ReadMe,
    Scores,
    Matrix,
    Sectors,
    Compare,
    Indicators,
    Evidence,
    Model,
}

impl Title {
    pub const ALL: &'static [Self] = &[
        Self::ReadMe,
        Self::Scores,
        Self::Matrix,
        Self::Sectors,
        Self::Compare,
        Self::Indicators,
        Self::Evidence,
        Self::Model,
    ];

    /// The code in `labels.csv`, kind `sheet`.
    pub fn code(self) -> &'static str {
        match self {
            Self::ReadMe => "read_me",
            Self::Scores => "scores",
            Self::Matrix => "matrix",
            Self::Sectors => "sectors",
            Self::Compare => "compare",
            Self::Indicators => "indicators",
            Self::Evidence => "evidence",
            Self::Model => "model",
        }
    }
}

/// Rows of a sheet, the header among them.
pub const MOST_ROWS: usize = 1_048_576;

/// Characters a cell takes, counted in UTF-16.
const MOST_CHARACTERS: usize = 32_767;

/// A fault of the writer as the project's error.
pub fn failed(cause: XlsxError) -> Error {
    Error::new(ErrorKind::Io, "the workbook cannot be written").caused_by(cause)
}

/// Row number of the writer, which counts from 0.
pub fn row_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A sheet, with what is written into its cells.
pub trait Cells {
    /// The sheet's title, in a row that holds it.
    fn heading(&mut self, text: &str, format: &Format) -> Result<()>;
    /// Text as text, never as formula or link. Tells whether it had to be cut.
    fn text(&mut self, at: (u32, u16), text: &str, format: &Format) -> Result<bool>;
    /// A number; an empty cell where it is missing.
    fn number(&mut self, at: (u32, u16), value: Option<f64>, format: &Format) -> Result<()>;
    /// A formula with its result; a missing result is empty text.
    fn formula(&mut self, at: (u32, u16), formula: &str, result: Option<f64>, format: &Format) -> Result<()>;
    /// A formula whose result is text.
    fn wording(&mut self, at: (u32, u16), formula: &str, result: &str, format: &Format) -> Result<()>;
}

impl Cells for Worksheet {
    fn heading(&mut self, text: &str, format: &Format) -> Result<()> {
        self.set_row_height(0, 24).map_err(failed)?;
        self.text((0, 0), text, format).map(drop)
    }

    fn text(&mut self, at: (u32, u16), text: &str, format: &Format) -> Result<bool> {
        let (kept, is_cut) = shortened(text);
        self.write_string_with_format(at.0, at.1, kept, format).map_err(failed)?;
        Ok(is_cut)
    }

    fn number(&mut self, at: (u32, u16), value: Option<f64>, format: &Format) -> Result<()> {
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.write_number_with_format(at.0, at.1, value, format),
            None => self.write_blank(at.0, at.1, format),
        }
        .map(|_| ())
        .map_err(failed)
    }

    fn formula(&mut self, at: (u32, u16), formula: &str, result: Option<f64>, format: &Format) -> Result<()> {
        let result = result.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default();
        self.wording(at, formula, &result, format)
    }

    fn wording(&mut self, at: (u32, u16), formula: &str, result: &str, format: &Format) -> Result<()> {
        let formula = Formula::new(formula).set_result(shortened(result).0);
        self.write_formula_with_format(at.0, at.1, formula, format).map(|_| ()).map_err(failed)
    }
}

/// The text as far as a cell takes it, and whether something was cut.
fn shortened(text: &str) -> (&str, bool) {
    if text.len() <= MOST_CHARACTERS {
        return (text, false);
    }
    let mut length = 0;
    for (at, character) in text.char_indices() {
        length += character.len_utf16();
        if length > MOST_CHARACTERS {
            return (&text[..at], true);
        }
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_at_what_a_cell_takes() {
        let text = "🦊".repeat(MOST_CHARACTERS);
        let (kept, is_cut) = shortened(&text);
        assert!(is_cut);
        assert_eq!(kept.encode_utf16().count(), MOST_CHARACTERS - 1);
        assert_eq!(shortened("é"), ("é", false));
    }
}
