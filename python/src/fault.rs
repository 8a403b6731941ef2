//! Errors of Goulet as exceptions of Python: the same words, and the parts of them as attributes.

use std::error::Error as _;
use std::fmt::Write as _;

use goulet::error::{Error, ErrorKind};
use goulet::warning::Warnings;
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(
    goulet,
    GouletError,
    PyException,
    "What Goulet could not do, in the words of the command line.\n\n\
     Attributes: `kind` (not_found, io, format, data, model, usage), `file`, `line` and `column` of the fault where it sits in a file, \
     `hint` (what to do), `faults` (the texts of all faults where there are several), `warnings` (what was said before). What is not known \
     is None."
);

/// The exception for an error.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let mut text = error.to_string();
    if let Some(remedy) = error.remedy() {
        let _ = write!(text, "\n{remedy}");
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        let _ = write!(text, "\nbecause: {inner}");
        cause = inner.source();
    }
    let exception = GouletError::new_err(text);
    // An exception without its attributes is better than another exception.
    let _ = describe(exception.value(py), error);
    exception
}

fn describe(exception: &Bound<'_, PyAny>, error: &Error) -> PyResult<()> {
    let position = error.position();
    exception.setattr("kind", kind(error.kind()))?;
    exception.setattr("file", position.map(|at| at.file.to_string_lossy().into_owned()))?;
    exception.setattr("line", position.and_then(|at| at.line))?;
    exception.setattr("column", position.and_then(|at| at.column.clone()))?;
    exception.setattr("hint", error.remedy())?;
    exception.setattr("warnings", Vec::<Said>::new())?;
    exception.setattr("faults", error.faults().iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "not_found",
        ErrorKind::Io => "io",
        ErrorKind::Format => "format",
        ErrorKind::Data => "data",
        ErrorKind::Model => "model",
        ErrorKind::Usage => "usage",
        _ => "other",
    }
}

/// What was said on the way: code, message, whether something was lost.
pub type Said = (String, String, bool);

/// The warnings so far, losses first.
pub fn said(warnings: &Warnings) -> Vec<Said> {
    let mut said: Vec<Said> =
        warnings.take().into_iter().map(|one| (one.code.to_owned(), one.message, one.is_loss)).collect();
    said.sort_by_key(|(_, _, is_loss)| !is_loss);
    said
}

/// Adds what was said before the work failed, which often is why it failed.
pub fn with_warnings(py: Python<'_>, error: PyErr, warnings: &Warnings) -> PyErr {
    // The error itself matters more than what goes with it.
    let _ = error.value(py).setattr("warnings", said(warnings));
    error
}
