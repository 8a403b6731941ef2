//! Soft faults of reading, and the log that keeps a bad file from drowning the others.

use std::collections::BTreeMap;

use crate::warning::Warnings;

/// More faults of one code than this in one file are shortened …
const MANY_PER_FILE: usize = 20;
/// … to this many examples and a count.
const SHOWN_PER_FILE: usize = 5;
/// Messages of one code over all files; beyond it they are only counted.
const SHOWN_PER_CODE: usize = 200;

/// Something that could not be read as it should, before it is known as a warning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub code: &'static str,
    pub line: Option<u64>,
    /// What was seen and what to do, without the file and line.
    pub message: String,
    pub is_loss: bool,
}

impl Fault {
    /// Something that was asked for could not be read.
    pub fn loss(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, line: None, message: message.into(), is_loss: true }
    }

    /// Nothing lost, something worth knowing.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, line: None, message: message.into(), is_loss: false }
    }

    /// Adds the line, from 1.
    pub fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    fn text(&self, file: &str) -> String {
        match self.line {
            Some(line) => format!("{file}:{line}: {}", self.message),
            None => format!("{file}: {}", self.message),
        }
    }
}

/// Faults of one code in the file at hand.
#[derive(Debug, Default)]
struct Kept {
    first: Vec<Fault>,
    count: usize,
}

/// Passes faults on to [`Warnings`], file by file, shortening what repeats.
#[derive(Debug)]
pub(super) struct FaultLog<'a> {
    warnings: &'a Warnings,
    of_file: BTreeMap<&'static str, Kept>,
    /// Messages passed on, and those only counted, by code.
    of_all: BTreeMap<&'static str, (usize, usize)>,
    has_loss: BTreeMap<&'static str, bool>,
}

impl<'a> FaultLog<'a> {
    pub fn new(warnings: &'a Warnings) -> Self {
        Self { warnings, of_file: BTreeMap::new(), of_all: BTreeMap::new(), has_loss: BTreeMap::new() }
    }

    /// Notes a fault of the file at hand.
    pub fn add(&mut self, fault: Fault) {
        let kept = self.of_file.entry(fault.code).or_default();
        kept.count += 1;
        if kept.first.len() < MANY_PER_FILE {
            kept.first.push(fault);
        }
    }

    /// Passes on the faults of `file`, whose end was reached.
    pub fn end_file(&mut self, file: &str) {
        for (code, kept) in std::mem::take(&mut self.of_file) {
            let shown = if kept.count > MANY_PER_FILE { SHOWN_PER_FILE } else { kept.count };
            let is_loss = kept.first.iter().any(|fault| fault.is_loss);
            for fault in &kept.first[..shown] {
                self.pass_on(code, fault.text(file), fault.is_loss, 1);
            }
            if kept.count > shown {
                let more = kept.count - shown;
                self.pass_on(code, format!("{file}: {more} more of this kind ({} in all)", kept.count), is_loss, more);
            }
        }
    }

    /// Says how many were only counted.
    pub fn finish(&mut self) {
        for (code, (_, hidden)) in std::mem::take(&mut self.of_all) {
            if hidden > 0 {
                let is_loss = self.has_loss.get(code).copied().unwrap_or(false);
                self.warn(code, format!("{hidden} more of this kind in other files"), is_loss);
            }
        }
    }

    fn pass_on(&mut self, code: &'static str, message: String, is_loss: bool, stands_for: usize) {
        *self.has_loss.entry(code).or_default() |= is_loss;
        let (shown, hidden) = self.of_all.entry(code).or_default();
        if *shown < SHOWN_PER_CODE {
            *shown += 1;
            self.warn(code, message, is_loss);
        } else {
            *hidden += stands_for;
        }
    }

    fn warn(&self, code: &'static str, message: String, is_loss: bool) {
        if is_loss { self.warnings.loss(code, message) } else { self.warnings.note(code, message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_repeated_in_a_file_is_shortened() {
        let warnings = Warnings::default();
        let mut log = FaultLog::new(&warnings);
        for line in 1..=30 {
            log.add(Fault::loss("broken-record", "why").at(line));
        }
        log.end_file("a.jsonl");
        let seen = warnings.take();
        assert_eq!(seen.len(), 6);
        assert!(seen.iter().any(|w| w.message == "a.jsonl: 25 more of this kind (30 in all)" && w.is_loss));
        assert!(seen.iter().any(|w| w.message == "a.jsonl:5: why"));
    }

    #[test]
    fn a_fault_in_ten_thousand_files_is_counted() {
        let warnings = Warnings::default();
        let mut log = FaultLog::new(&warnings);
        for file in 0..1_000 {
            log.add(Fault::note("empty", "holds no document"));
            log.end_file(&format!("{file}.txt"));
        }
        log.finish();
        let seen = warnings.take();
        assert_eq!(seen.len(), 201);
        assert!(seen.iter().any(|w| w.message == "800 more of this kind in other files"));
    }
}
