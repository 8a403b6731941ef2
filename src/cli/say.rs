//! What is printed, and where: the only file that writes to the terminal.
//!
//! Colours go to terminals only; `NO_COLOR` turns them off, `CLICOLOR_FORCE` on. What carries data is never coloured.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use unicode_width::UnicodeWidthStr;

use super::excerpt;
use crate::error::Error;
use crate::warning::Warning;

/// Columns of a terminal whose width is not known.
const USUAL_WIDTH: usize = 100;

/// Faults that are shown with their line: the rest of a broken table is listed.
const MOST_EXCERPTS: usize = 20;

const BOLD: Style = Style::new().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Speaks to the user.
#[derive(Debug)]
pub struct Say {
    quiet: bool,
    json: bool,
    /// Whether a result could not be written, other than to a reader that went away.
    has_failed: Cell<bool>,
}

impl Say {
    /// `quiet`: results and errors only; `json`: results as JSON.
    pub fn new(quiet: bool, json: bool) -> Self {
        Self { quiet, json, has_failed: Cell::new(false) }
    }

    /// Whether results are wanted as JSON.
    pub fn json(&self) -> bool {
        self.json
    }

    /// A result, to standard output. A reader that has gone away is no failure; a full disk is.
    pub fn result(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let written = writeln!(out, "{text}").and_then(|()| out.flush());
        if let Err(cause) = written
            && cause.kind() != std::io::ErrorKind::BrokenPipe
            && !self.has_failed.replace(true)
        {
            let _ = writeln!(std::io::stderr().lock(), "error: standard output: {cause}");
        }
    }

    /// Whether a result was lost because it could not be written.
    pub fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    /// A result that is a file, byte for byte.
    pub fn bytes(&self, content: &[u8]) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(content).and_then(|()| out.flush());
    }

    /// A title among results.
    pub fn heading(&self, text: &str) {
        let _ = writeln!(anstream::stdout().lock(), "{BOLD}{text}{BOLD:#}");
    }

    /// An aligned table among results, numbers from column `numbers_from` on. Where the terminal is too narrow, columns are left
    /// out from the right down to the first `keep`, and named.
    pub fn table(
        &self,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
        numbers_from: usize,
        keep: usize,
    ) {
        let rows: Vec<Vec<String>> = rows.into_iter().collect();
        let (text, kept) = fitted(header, &rows, numbers_from, keep, width());
        let (titles, body) = text.split_once('\n').unwrap_or((&text, ""));
        let mut out = anstream::stdout().lock();
        let _ = writeln!(out, "{BOLD}{titles}{BOLD:#}\n{body}");
        drop(out);
        if kept < header.len() {
            self.message(&format!("(no room for: {})", header[kept..].join(", ")));
        }
    }

    /// A message, to standard error.
    pub fn message(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// The files written, each with its size, to standard error.
    pub fn files(&self, files: &[impl AsRef<Path>]) {
        let names: Vec<String> = files.iter().map(|file| file.as_ref().display().to_string()).collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        for (file, name) in files.iter().zip(&names) {
            let room = " ".repeat(widest - name.width());
            self.message(&format!("wrote {name}{room}  {}", size_of(file.as_ref())));
        }
    }

    /// Warnings, to standard error; returns whether something asked for could not be read.
    pub fn warnings(&self, warnings: &[Warning]) -> bool {
        let mut err = anstream::stderr().lock();
        for warning in warnings.iter().filter(|warning| warning.is_loss || !self.quiet) {
            let _ = writeln!(err, "{WARNING}warning:{WARNING:#} {}", excerpt::plain(&warning.to_string()));
        }
        warnings.iter().any(|warning| warning.is_loss)
    }

    /// An error with the lines at fault, its causes and its remedies, to standard error.
    pub fn error(&self, error: &anyhow::Error) {
        let mut err = anstream::stderr().lock();
        let _ = write!(err, "{ERROR}error:{ERROR:#} ");
        match error.downcast_ref::<Error>() {
            Some(known) => write_fault(&mut err, known, 0),
            None => {
                let _ = writeln!(err, "{}", excerpt::plain(&error.to_string()));
            }
        }
        for cause in error.chain().skip(1) {
            let _ = writeln!(err, "  because: {}", excerpt::plain(&cause.to_string()));
        }
    }

    /// Faults as a result, each with its line and its remedy.
    pub fn faults(&self, faults: &[Error]) {
        let mut out = anstream::stdout().lock();
        for (number, fault) in faults.iter().enumerate() {
            write_fault(&mut out, fault, number);
        }
    }

    /// A progress bar over `length` steps, on terminals only.
    pub fn progress(&self, length: u64, what: &str) -> ProgressBar {
        self.bar(length, what, "{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
    }

    /// A sign of life for work whose length is not known, on terminals only.
    pub fn spinner(&self, what: &str) -> ProgressBar {
        let spinner = self.bar(0, what, "{spinner} {msg} {elapsed}");
        spinner.enable_steady_tick(Duration::from_millis(100));
        spinner
    }

    fn bar(&self, length: u64, what: &str, template: &str) -> ProgressBar {
        if self.quiet || self.json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length).with_message(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

/// A fault with its line and remedy; of several, all of them. `number`: how many were written before.
fn write_fault(to: &mut impl Write, fault: &Error, number: usize) {
    let _ = writeln!(to, "{}", excerpt::title(fault));
    if let Some(shown) = excerpt::of(fault).filter(|_| number < MOST_EXCERPTS) {
        for line in shown.render(width().unwrap_or(USUAL_WIDTH)).lines() {
            let caret = line.trim_start_matches([' ', '|']).starts_with('^');
            let style = if caret { ERROR } else { Style::new() };
            let _ = writeln!(to, "  {style}{line}{style:#}");
        }
    }
    if let Some(remedy) = fault.remedy() {
        let _ = writeln!(to, "  {HINT}hint:{HINT:#} {}", excerpt::plain(remedy));
    }
    for (number, fault) in fault.faults().iter().enumerate() {
        write_fault(to, fault, number);
    }
}

/// Columns of the terminal that results go to; elsewhere what `COLUMNS` says, if anything.
fn width() -> Option<usize> {
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.or_else(columns).filter(|width| *width > 0)
}

/// The size of a file for the eye.
fn size_of(file: &Path) -> String {
    let Ok(bytes) = std::fs::metadata(file).map(|meta| meta.len()) else { return String::new() };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A table no wider than `width`, with as many columns as fit, at least `keep`: those are folded where they must be.
fn fitted(
    header: &[&str],
    rows: &[Vec<String>],
    numbers_from: usize,
    keep: usize,
    width: Option<usize>,
) -> (String, usize) {
    let cut = |count: usize| rows.iter().map(move |row| row.iter().take(count).collect::<Vec<_>>());
    let Some(width) = width else { return (table(header, cut(header.len()), numbers_from), header.len()) };
    for count in (keep.min(header.len())..=header.len()).rev() {
        let text = table(&header[..count], cut(count), numbers_from);
        if text.lines().all(|line| line.width() <= width) {
            return (text, count);
        }
    }
    let count = keep.min(header.len());
    let mut folded = draw(&header[..count], cut(count), numbers_from);
    folded.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX));
    (trimmed(&folded), count)
}

/// An aligned table: text to the left, everything from column `numbers_from` to the right.
pub fn table<C: ToString>(header: &[&str], rows: impl IntoIterator<Item = Vec<C>>, numbers_from: usize) -> String {
    trimmed(&draw(header, rows, numbers_from))
}

fn draw<C: ToString>(header: &[&str], rows: impl IntoIterator<Item = Vec<C>>, numbers_from: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for row in rows {
        table.add_row(row.into_iter().map(|cell| cell.to_string()));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index >= numbers_from {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn trimmed(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A number for the eye: one decimal, a dash where unknown.
pub fn short(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_table_loses_its_last_columns_and_folds_at_last() {
        let header = ["sector", "risk", "documents"];
        let rows = [vec!["artificial_intelligence".to_owned(), "1.5".to_owned(), "12".to_owned()]];
        let columns = |width| fitted(&header, &rows, 1, 2, width).1;
        assert_eq!((columns(None), columns(Some(60)), columns(Some(35))), (3, 3, 2));
        let (text, kept) = fitted(&header, &rows, 1, 2, Some(16));
        assert!(kept == 2 && text.lines().all(|line| line.width() <= 16), "{text}");
    }
}
