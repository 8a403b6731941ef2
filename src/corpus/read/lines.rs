//! Lines of a stream, without ever holding one that is too long.

use std::io::{self, BufRead};

use super::Stream;

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The line without its line feed.
    Whole(Vec<u8>),
    /// A line longer than the limit, passed over.
    TooLong,
}

/// Cuts a stream into lines.
pub(super) struct Lines {
    stream: Stream,
    limit: usize,
    number: u64,
}

impl Lines {
    pub fn new(stream: Stream, limit: usize) -> Self {
        Self { stream, limit, number: 0 }
    }

    /// The same lines, counted as if `lines` others had come before.
    pub fn after(self, lines: u64) -> Self {
        Self { number: lines, ..self }
    }

    /// The number of the line last given, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line; on a fault of the stream, what was read of the line is dropped.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        let mut is_too_long = false;
        let mut is_begun = false;
        loop {
            let chunk = match self.stream.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                break;
            }
            is_begun = true;
            let end = memchr::memchr(b'\n', chunk);
            let piece = &chunk[..end.unwrap_or(chunk.len())];
            is_too_long |= line.len() + piece.len() > self.limit;
            if is_too_long {
                line = Vec::new();
            } else {
                line.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.stream.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += u64::from(is_begun);
        Ok(is_begun.then_some(if is_too_long { Line::TooLong } else { Line::Whole(line) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Cursor};

    #[test]
    fn long_lines_are_passed_over_and_counted() {
        let bytes = b"one\n\ntwo is far too long\nthree".to_vec();
        let mut lines = Lines::new(Box::new(BufReader::with_capacity(4, Cursor::new(bytes))), 5);
        let whole = |text: &str| Some(Line::Whole(text.as_bytes().to_vec()));
        assert_eq!(lines.next().unwrap(), whole("one"));
        assert_eq!(lines.next().unwrap(), whole(""));
        assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
        assert_eq!(lines.number(), 3);
        assert_eq!(lines.next().unwrap(), whole("three"));
        assert_eq!(lines.next().unwrap(), None);
        assert_eq!(lines.number(), 4);
    }
}
