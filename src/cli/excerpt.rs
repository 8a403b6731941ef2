//! The line of a file that a fault sits on, with a caret under what is wrong.
//!
//! Parsers that have the text at hand say where ([`Error::excerpt`]); for all others the line is read again from the file, or
//! from the table inside the program, and the place is the cell of the fault's column, or else what the message quotes.

use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;

use unicode_width::UnicodeWidthChar;

use crate::data::DataSource;
use crate::error::{Error, Excerpt, Position};

/// Longest line that is read for an excerpt, in bytes: beyond, it is no table a person edits.
const LONGEST: usize = 1 << 20;

/// How far a tab moves.
const TAB: usize = 4;

/// An excerpt with the number of its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    number: u64,
    excerpt: Excerpt,
}

/// The excerpt of a fault; none where it names no line, or the line cannot be read.
pub fn of(error: &Error) -> Option<Shown> {
    let position = error.position()?;
    let number = position.line.filter(|line| *line > 0)?;
    if let Some(excerpt) = error.excerpt() {
        let place = if excerpt.place.is_empty() { quoted(error.message(), &excerpt.line) } else { None };
        let place = place.unwrap_or_else(|| excerpt.place.clone());
        return Some(Shown { number, excerpt: Excerpt { line: excerpt.line.clone(), place } });
    }
    let (header, number, line) = read_again(&position.file, number)?;
    let cell = position.column.as_deref().and_then(|column| cell(&header, &line, column));
    let place = cell.or_else(|| quoted(error.message(), &line)).unwrap_or(0..0);
    Some(Shown { number, excerpt: Excerpt { line, place } })
}

/// The header (first line that is no comment) and the line wanted, with its number. A parser may name the comment or the blank
/// line before a row: the row is meant.
fn read_again(file: &Path, wanted: u64) -> Option<(String, u64, String)> {
    let mut reader: Box<dyn BufRead> = match std::fs::File::open(file) {
        Ok(open) => Box::new(BufReader::new(open)),
        Err(_) => {
            let name = file.strip_prefix("data").ok()?.to_string_lossy().replace('\\', "/");
            Box::new(std::io::Cursor::new(DataSource::Embedded.read_bytes(&name).ok()?))
        }
    };
    let mut header: Option<String> = None;
    for number in 1.. {
        let mut bytes = Vec::new();
        if std::io::Read::take(&mut reader, LONGEST as u64).read_until(b'\n', &mut bytes).ok()? == 0
            || bytes.contains(&0)
        {
            return None;
        }
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}');
        let is_content = !line.trim().is_empty() && !line.starts_with('#');
        if is_content && header.is_none() {
            header = Some(line.to_owned());
        }
        if number >= wanted && is_content {
            return Some((header.unwrap_or_default(), number, line.to_owned()));
        }
    }
    None
}

/// The cell of a line that stands in the column of this name.
fn cell(header: &str, line: &str, column: &str) -> Option<Range<usize>> {
    let delimiter = if header.contains(',') {
        ','
    } else if header.contains(';') {
        ';'
    } else {
        '\t'
    };
    let name = |range: &Range<usize>| header[range.clone()].trim().trim_matches('"') == column;
    let at = cells(header, delimiter).iter().position(name)?;
    cells(line, delimiter).get(at).cloned()
}

/// The cells of a line of CSV, quotes included.
fn cells(line: &str, delimiter: char) -> Vec<Range<usize>> {
    let (mut cells, mut start, mut is_quoted) = (Vec::new(), 0, false);
    for (at, letter) in line.char_indices() {
        if letter == '"' {
            is_quoted = !is_quoted;
        } else if letter == delimiter && !is_quoted {
            cells.push(start..at);
            start = at + letter.len_utf8();
        }
    }
    cells.push(start..line.len());
    cells
}

/// Where the line holds what the message quotes between backticks: the first quotation found, as a whole word; of a key such as
/// `normalise.range`, its last part.
fn quoted(message: &str, line: &str) -> Option<Range<usize>> {
    let quotations = message.split('`').skip(1).step_by(2);
    let names = quotations.flat_map(|whole| [Some(whole), whole.rsplit_once('.').map(|(_, last)| last)]);
    names.flatten().filter(|name| !name.trim().is_empty()).find_map(|name| {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        line.match_indices(name)
            .map(|(at, _)| at..at + name.len())
            .find(|range| !line[..range.start].ends_with(is_word) && !line[range.end..].starts_with(is_word))
    })
}

impl Shown {
    /// The line between rules, a caret under the place, cut around it so that nothing is wider than `width` columns.
    pub fn render(&self, width: usize) -> String {
        let gutter = self.number.to_string().len().max(2);
        let room = width.saturating_sub(gutter + 4).max(20);
        let place = &self.excerpt.place;
        let columns = columns(&self.excerpt.line);
        let column_at = |byte: usize| columns.iter().take_while(|(at, ..)| *at < byte).map(|(.., width)| width).sum();
        let (from, to): (usize, usize) = (column_at(place.start), column_at(place.end));
        let whole: usize = columns.iter().map(|(.., width)| width).sum();
        // A third of the room before the place, where the line does not fit.
        let first = if whole <= room { 0 } else { from.saturating_sub(room / 3) };
        let (text, shown_from) = window(&columns, first, room);
        let mut lines = vec![format!("{:gutter$} |", ""), format!("{:gutter$} | {text}", self.number)];
        // A place of no width, such as a missing value at the end of a line, has one caret.
        if place.end > 0 {
            let indent = from.saturating_sub(first) + shown_from;
            let carets = (to - from).clamp(1, room.saturating_sub(indent).max(1));
            lines.push(format!("{:gutter$} | {}{}", "", " ".repeat(indent), "^".repeat(carets)));
        }
        lines.join("\n")
    }
}

/// The letters of a line as shown: byte, text, columns. Tabs are blanks; what moves the cursor or turns the direction of writing is
/// shown as a replacement mark.
fn columns(line: &str) -> Vec<(usize, String, usize)> {
    line.char_indices()
        .map(|(at, letter)| match letter {
            '\t' => (at, " ".repeat(TAB), TAB),
            _ if is_unsafe(letter) => (at, '\u{fffd}'.to_string(), 1),
            _ => (at, letter.to_string(), letter.width().unwrap_or(0)),
        })
        .collect()
}

/// Whether a terminal would act on a letter instead of showing it.
fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text for a terminal: line ends and tabs stay, whatever else would move the cursor is replaced.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c != '\n' && c != '\t' && is_unsafe(c) { '\u{fffd}' } else { c }).collect()
}

/// The part of a line from column `first`, as wide as there is room, with ellipses where it was cut; and the columns that the
/// ellipsis before it takes.
fn window(columns: &[(usize, String, usize)], first: usize, room: usize) -> (String, usize) {
    let mut text = String::new();
    let (mut column, mut used) = (0, 0);
    let before = usize::from(first > 0);
    let room = room.saturating_sub(before + 1);
    let mut is_cut = false;
    for (_, letter, width) in columns {
        if column >= first {
            if used + width > room {
                is_cut = true;
                break;
            }
            used += width;
            text.push_str(letter);
        }
        column += width;
    }
    let (left, right) = (if first > 0 { "…" } else { "" }, if is_cut { "…" } else { "" });
    (format!("{left}{text}{right}"), before)
}

/// How a fault names its place and what was seen.
pub fn title(error: &Error) -> String {
    let place = error.position().map(Position::to_string).filter(|place| !place.is_empty());
    match place {
        Some(place) => format!("{}: {}", plain(&place), plain(error.message())),
        None => plain(error.message()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn shown(line: &str, place: Range<usize>) -> String {
        Shown { number: 7, excerpt: Excerpt { line: line.to_owned(), place } }.render(60)
    }

    #[test]
    fn the_caret_stands_under_the_place() {
        assert_eq!(shown("methd = 1", 0..5), "   |\n 7 | methd = 1\n   | ^^^^^");
        // Wide letters take two columns, a tab four, an accent none of its own.
        assert_eq!(shown("半導体,x", 10..11), "   |\n 7 | 半導体,x\n   |        ^");
        assert_eq!(shown("a\tb", 2..3), "   |\n 7 | a    b\n   |      ^");
        assert_eq!(shown("e\u{301}a", 3..4).lines().last(), Some("   |  ^"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{},zeppelin,{}", "x".repeat(300), "y".repeat(300));
        let picture = shown(&line, 301..309);
        let lines: Vec<&str> = picture.lines().collect();
        assert!(
            lines[1].chars().count() <= 60 && lines[1].contains(",zeppelin,") && lines[1].ends_with('…'),
            "{picture}"
        );
        let at = lines[2].find('^').unwrap();
        assert_eq!(lines[1].chars().skip(at).take(8).collect::<String>(), "zeppelin", "{picture}");
    }

    #[test]
    fn nothing_a_terminal_would_act_on_is_shown() {
        assert!(!shown("a\u{1b}[2Jb\u{202e}c", 0..1).contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn the_place_is_the_cell_of_the_column_or_what_is_quoted() {
        let (header, line) = ("input,\"stage\",share", "gallium,\"a, b\",1.5");
        assert_eq!(cell(header, line, "stage").map(|range| &line[range]), Some("\"a, b\""));
        assert_eq!(cell("a;b", "1;2,5", "b"), Some(2..5));
        assert_eq!(cell(header, line, "none"), None);
        assert_eq!(quoted("`normalise.range`: no range", "range = [1, 0]"), Some(0..5));
        assert_eq!(quoted("`sol` is no sector", "solar,sol"), Some(6..9));
    }

    #[test]
    fn a_table_inside_the_program_is_shown_too() {
        let error = Error::new(ErrorKind::Data, "wrong").at_line("data/sectors.csv", 2).in_column("sector");
        let picture = of(&error).unwrap().render(100);
        assert!(
            picture.contains("2 | artificial_intelligence,") && picture.ends_with("| ^^^^^^^^^^^^^^^^^^^^^^^"),
            "{picture}"
        );
        assert_eq!(of(&Error::new(ErrorKind::Data, "wrong").at_line("data/none.csv", 2)), None);
    }
}
