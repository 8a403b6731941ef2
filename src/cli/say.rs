//! What is printed, and where: the only file that writes to the terminal.

use std::cell::Cell;
use std::io::{IsTerminal, Write};

use comfy_table::{CellAlignment, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Error;
use crate::warning::Warning;

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

    /// A message, to standard error.
    pub fn message(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// Warnings, to standard error; returns whether something asked for could not be read.
    pub fn warnings(&self, warnings: &[Warning]) -> bool {
        let mut err = std::io::stderr().lock();
        for warning in warnings.iter().filter(|warning| warning.is_loss || !self.quiet) {
            let _ = writeln!(err, "warning: {warning}");
        }
        warnings.iter().any(|warning| warning.is_loss)
    }

    /// An error with its causes and its remedy, to standard error.
    pub fn error(&self, error: &anyhow::Error) {
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "error: {error}");
        for cause in error.chain().skip(1) {
            let _ = writeln!(err, "  because: {cause}");
        }
        if let Some(remedy) = error.downcast_ref::<Error>().and_then(Error::remedy) {
            let _ = writeln!(err, "  hint: {remedy}");
        }
    }

    /// A progress bar over `length` steps, on terminals only.
    pub fn progress(&self, length: u64, what: &str) -> ProgressBar {
        if self.quiet || self.json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length).with_message(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        bar
    }
}

/// An aligned table: text to the left, everything from column `numbers_from` to the right.
pub fn table<C: ToString>(header: &[&str], rows: impl IntoIterator<Item = Vec<C>>, numbers_from: usize) -> String {
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
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A number for the eye: one decimal, a dash where unknown.
pub fn short(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}
