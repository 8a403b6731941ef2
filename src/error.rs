//! One error type for the library: what went wrong, where (file, line, column), and what to do about it.
//!
//! The message never ends in a full stop and always names the file when there is one. The hint, printed on a
//! line of its own by the binary, names the flag or the file to change.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The result type of the library.
pub type Result<T> = std::result::Result<T, Error>;

/// Where in a file a fault sits. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// The file, as the user named it (tables carried inside the binary appear as `data/...`).
    pub file: PathBuf,
    /// Line in the file, from 1.
    pub line: Option<u64>,
    /// Column name (tables) or byte column (text), as printed.
    pub column: Option<String>,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " (column {column})")?;
        }
        Ok(())
    }
}

/// What kind of failure this is; decides nothing but lets a caller match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A path that does not exist, or holds nothing to read.
    NotFound,
    /// Reading or writing failed.
    Io,
    /// A document, table or report that is not in the form its name says.
    Format,
    /// A reference table, lexicon or model file that contradicts itself or the codes.
    Data,
    /// A model that cannot be computed.
    Model,
    /// A request that makes no sense: an unknown sector, a pattern that matches nothing.
    Usage,
}

/// The library's error: a kind, a message, a place, a remedy and a cause.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    position: Option<Position>,
    hint: Option<String>,
    excerpt: Option<Excerpt>,
    faults: Vec<Error>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The line of a file that a fault sits on, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, without its end.
    pub line: String,
    /// The bytes of the line that are at fault; empty where the place inside the line is not known.
    pub place: Range<usize>,
}

impl Error {
    /// A new error of `kind`; `message` says what was seen, without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            position: None,
            hint: None,
            excerpt: None,
            faults: Vec::new(),
            source: None,
        }))
    }

    /// An input or output failure on `path`.
    pub fn io(path: &Path, cause: std::io::Error) -> Self {
        let kind = if cause.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Io };
        Self::new(kind, cause.to_string()).at_file(path)
    }

    /// Adds the file.
    #[must_use]
    pub fn at_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.0.position.get_or_insert_default().file = file.into();
        self
    }

    /// Adds file and line (from 1).
    #[must_use]
    pub fn at_line(mut self, file: impl Into<PathBuf>, line: u64) -> Self {
        let position = self.0.position.get_or_insert_default();
        position.file = file.into();
        position.line = Some(line);
        self
    }

    /// Adds the column of a table.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.0.position.get_or_insert_default().column = Some(column.into());
        self
    }

    /// Adds what the user can do, naming the flag or file.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the line at fault, by whoever has the text at hand: it may be in no file that could be read again.
    #[must_use]
    pub fn showing(mut self, line: impl Into<String>, place: Range<usize>) -> Self {
        self.0.excerpt = Some(Excerpt { line: line.into(), place });
        self
    }

    /// Adds the underlying cause.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it happened, if in a file.
    pub fn position(&self) -> Option<&Position> {
        self.0.position.as_ref()
    }

    /// The line at fault, if it was added.
    pub fn excerpt(&self) -> Option<&Excerpt> {
        self.0.excerpt.as_ref()
    }

    /// The faults that this error is made of; none where it is one itself.
    pub fn faults(&self) -> &[Self] {
        &self.0.faults
    }

    /// The faults that this error is made of, or itself.
    pub fn into_faults(mut self) -> Vec<Self> {
        match std::mem::take(&mut self.0.faults) {
            own if own.is_empty() => vec![self],
            own => own,
        }
    }

    /// The same once more, for whoever meets a stored failure later; its cause is kept as text.
    #[must_use]
    pub fn again(&self) -> Self {
        let inner = &self.0;
        Self(Box::new(Inner {
            kind: inner.kind,
            message: inner.message.clone(),
            position: inner.position.clone(),
            hint: inner.hint.clone(),
            excerpt: inner.excerpt.clone(),
            faults: inner.faults.iter().map(Self::again).collect(),
            source: inner.source.as_ref().map(|cause| cause.to_string().into()),
        }))
    }

    /// What was seen, without the place and without the faults it is made of.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The remedy, if one is known.
    pub fn remedy(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = &self.0.position {
            write!(f, "{position}: ")?;
        }
        f.write_str(&self.0.message)?;
        for fault in &self.0.faults {
            write!(f, "\n  {fault}")?;
            if let Some(remedy) = fault.remedy() {
                write!(f, " ({remedy})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|cause| &**cause as &(dyn std::error::Error + 'static))
    }
}

impl From<Vec<Error>> for Error {
    /// Several faults as one error, so that a file is mended in one go. What is made of faults itself gives up its own.
    fn from(faults: Vec<Error>) -> Self {
        let mut flat = Vec::with_capacity(faults.len());
        for fault in faults {
            flat.extend(fault.into_faults());
        }
        if flat.len() == 1 {
            return flat.remove(0);
        }
        let kind = flat.first().map_or(ErrorKind::Data, Error::kind);
        let mut error = Self::new(kind, format!("{} faults", flat.len()));
        error.0.faults = flat;
        error
    }
}
