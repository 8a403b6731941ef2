//! Soft failures: seen, counted, said, and the run goes on.
//!
//! Every warning has a stable code (for manifests and for searching the documentation) and a text that says what
//! was seen, why it matters and what to try. The library collects them in a [`Warnings`] sink; only `cli` prints.

use std::fmt;
use std::sync::Mutex;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// Stable code, such as `undated`.
    pub code: &'static str,
    /// What was seen, why it matters, what to try.
    pub message: String,
    /// Whether something that was asked for could not be read: the run ends with exit code 1 although the rest was done.
    pub is_loss: bool,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.code, self.message)
    }
}

/// Collects warnings from any thread.
#[derive(Debug, Default)]
pub struct Warnings(Mutex<Vec<Warning>>);

impl Warnings {
    /// Nothing lost, something worth knowing.
    pub fn note(&self, code: &'static str, message: impl Into<String>) {
        self.push(Warning { code, message: message.into(), is_loss: false });
    }

    /// Something that was asked for could not be read.
    pub fn loss(&self, code: &'static str, message: impl Into<String>) {
        self.push(Warning { code, message: message.into(), is_loss: true });
    }

    fn push(&self, warning: Warning) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(warning);
    }

    /// All warnings so far, in a stable order, leaving none.
    pub fn take(&self) -> Vec<Warning> {
        let mut all = std::mem::take(&mut *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        all.sort();
        all
    }
}
