//! Lines of a stream, shared and not copied, without ever holding one that is too long.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use super::Stream;

/// Bytes read at a time.
const BLOCK: usize = 256 << 10;
/// Blocks whose memory is used again once nobody holds a line of them: room is asked for once, not for every line.
const KEPT: usize = 128;

/// One line.
#[derive(Debug)]
pub(super) enum Line {
    /// The line without its line feed.
    Whole(Piece),
    /// A line longer than the limit, passed over.
    TooLong,
}

/// Lines as they were read; all of them UTF-8, or bytes.
#[derive(Debug)]
enum Block {
    Text(String),
    Bytes(Vec<u8>),
}

/// A line in its block.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    block: Arc<Block>,
    range: Range<usize>,
}

impl Block {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl Piece {
    /// The bytes of the line.
    pub fn bytes(&self) -> &[u8] {
        &self.block.bytes()[self.range.clone()]
    }

    /// The line as text, where it was found to be UTF-8 with those around it.
    pub fn text(&self) -> Option<&str> {
        match &*self.block {
            Block::Text(text) => text.get(self.range.clone()),
            Block::Bytes(_) => None,
        }
    }
}

/// Cuts a stream into lines.
pub(super) struct Lines {
    stream: Stream,
    limit: usize,
    /// Bytes read at a time.
    step: usize,
    number: u64,
    /// Whole lines, and where the next begins.
    block: Arc<Block>,
    at: usize,
    /// The beginning of the line after them.
    rest: Vec<u8>,
    /// Blocks of which lines may still be held.
    lent: Vec<Arc<Block>>,
    is_at_end: bool,
    /// What broke the stream off, to be said behind the lines before it.
    fault: Option<io::Error>,
}

impl Lines {
    pub fn new(stream: Stream, limit: usize) -> Self {
        let block = Arc::new(Block::Bytes(Vec::new()));
        let (rest, lent) = (Vec::new(), Vec::new());
        Self { stream, limit, step: BLOCK, number: 0, block, at: 0, rest, lent, is_at_end: false, fault: None }
    }

    /// The same lines, counted as if `lines` others had come before.
    pub fn after(self, lines: u64) -> Self {
        Self { number: lines, ..self }
    }

    /// The number of the line last given, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line; on a fault of the stream, what was read of the line is dropped, and the stream is at its end.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let bytes = self.block.bytes();
            if self.at < bytes.len() {
                // Only the last line of a stream ends without a line feed.
                let end = memchr::memchr(b'\n', &bytes[self.at..]).map_or(bytes.len(), |length| self.at + length);
                let range = self.at..end;
                self.at = end + 1;
                self.number += 1;
                if range.len() > self.limit {
                    return Ok(Some(Line::TooLong));
                }
                return Ok(Some(Line::Whole(Piece { block: Arc::clone(&self.block), range })));
            }
            if self.is_at_end && self.rest.is_empty() {
                return self.fault.take().map_or(Ok(None), Err);
            }
            if self.refill()? {
                self.number += 1;
                return Ok(Some(Line::TooLong));
            }
        }
    }

    /// Reads the next whole lines into the block; true where it passed over one that is too long instead.
    fn refill(&mut self) -> io::Result<bool> {
        let mut bytes = self.take_room();
        let mut filled = self.rest.len();
        make_room(&mut bytes, filled + self.step);
        bytes[..filled].copy_from_slice(&self.rest);
        self.rest.clear();
        // Where the last whole line ends: there may be some behind one that was passed over.
        let mut whole = memchr::memrchr(b'\n', &bytes[..filled]).map(|end| end + 1);
        while whole.is_none() && !self.is_at_end {
            if filled > self.limit {
                self.pass_over(bytes)?;
                return Ok(true);
            }
            let before = filled;
            filled = self.read_on(&mut bytes, filled);
            whole = memchr::memrchr(b'\n', &bytes[before..filled]).map(|end| before + end + 1);
        }
        // What follows it is a line at the end of the stream, but not where the stream broke off.
        let end = if self.is_at_end && self.fault.is_none() { filled } else { whole.unwrap_or(0) };
        if !self.is_at_end {
            self.rest.extend_from_slice(&bytes[end..filled]);
        }
        bytes.truncate(end);
        let block = String::from_utf8(bytes).map_or_else(|error| Block::Bytes(error.into_bytes()), Block::Text);
        self.lent.push(std::mem::replace(&mut self.block, Arc::new(block)));
        self.at = 0;
        Ok(false)
    }

    /// Memory for a block: that of one of which nobody holds a line any more, if there is one.
    fn take_room(&mut self) -> Vec<u8> {
        let free = self.lent.iter_mut().position(|block| Arc::get_mut(block).is_some());
        let free = free.and_then(|at| Arc::into_inner(self.lent.swap_remove(at)));
        if self.lent.len() > KEPT {
            self.lent.remove(0);
        }
        // The memory of a long line is given back.
        free.map(Block::into_bytes).filter(|bytes| bytes.capacity() <= 3 * self.step).unwrap_or_default()
    }

    /// Adds what the stream gives behind the first `filled` bytes, up to a block of it; says how many bytes there are then. The end of
    /// the stream is noted, and what broke it off.
    fn read_on(&mut self, bytes: &mut Vec<u8>, mut filled: usize) -> usize {
        make_room(bytes, filled + self.step);
        let end = filled + self.step;
        while filled < end {
            match self.stream.read(&mut bytes[filled..end]) {
                Ok(0) => {
                    self.is_at_end = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => {
                    (self.is_at_end, self.fault) = (true, Some(fault));
                    break;
                }
            }
        }
        filled
    }

    /// Drops a line that is too long, into whose memory is read.
    fn pass_over(&mut self, mut bytes: Vec<u8>) -> io::Result<()> {
        while !self.is_at_end {
            let filled = self.read_on(&mut bytes, 0);
            if let Some(end) = memchr::memchr(b'\n', &bytes[..filled]) {
                self.rest.extend_from_slice(&bytes[end + 1..filled]);
                return Ok(());
            }
        }
        self.fault.take().map_or(Ok(()), Err)
    }
}

/// Makes room for so many bytes; what is there already is not cleared.
fn make_room(bytes: &mut Vec<u8>, len: usize) {
    if bytes.len() < len {
        bytes.resize(len, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use proptest::prelude::*;

    use super::*;

    fn lines(bytes: &[u8], limit: usize) -> Lines {
        Lines::new(Box::new(BufReader::with_capacity(4, Cursor::new(bytes.to_vec()))), limit)
    }

    /// The next line, with its number; one that is too long is `None`.
    fn next(lines: &mut Lines) -> Option<(u64, Option<Vec<u8>>)> {
        let line = lines.next().unwrap()?;
        let bytes = if let Line::Whole(piece) = line { Some(piece.bytes().to_vec()) } else { None };
        Some((lines.number(), bytes))
    }

    #[test]
    fn long_lines_are_passed_over_and_counted() {
        let mut lines = lines(b"one\n\ntwo is far too long\nthree", 5);
        let whole = |number, text: &str| Some((number, Some(text.as_bytes().to_vec())));
        assert_eq!(next(&mut lines), whole(1, "one"));
        assert_eq!(next(&mut lines), whole(2, ""));
        assert_eq!(next(&mut lines), Some((3, None)));
        assert_eq!(next(&mut lines), whole(4, "three"));
        assert_eq!(next(&mut lines), None);
        assert_eq!(lines.number(), 4);
    }

    #[test]
    fn a_line_longer_than_a_block_is_whole_and_one_beyond_the_limit_is_never_held() {
        let long = "é".repeat(3 * BLOCK);
        let mut all = lines(format!("{long}\n{long}x\nend").as_bytes(), long.len());
        assert_eq!(next(&mut all), Some((1, Some(long.as_bytes().to_vec()))));
        assert_eq!(next(&mut all), Some((2, None)));
        assert_eq!(next(&mut all), Some((3, Some(b"end".to_vec()))));
        let mut none = lines(format!("{}\none\ntwo", "x".repeat(9 * BLOCK)).as_bytes(), BLOCK);
        assert_eq!(next(&mut none), Some((1, None)));
        assert_eq!(next(&mut none), Some((2, Some(b"one".to_vec()))));
        assert_eq!(next(&mut none), Some((3, Some(b"two".to_vec()))));
        assert!(none.rest.capacity() <= 2 * BLOCK && none.lent.len() <= 2);
        assert_eq!(next(&mut none), None);
    }

    #[test]
    fn memory_is_used_again_and_held_lines_stay() {
        let line = "word ".repeat(BLOCK / 5 - 1);
        let mut all = lines(format!("{line}\n").repeat(40).as_bytes(), usize::MAX);
        let Some(Line::Whole(first)) = all.next().unwrap() else { panic!("no line") };
        while let Some((_, bytes)) = next(&mut all) {
            assert_eq!(bytes.unwrap(), line.as_bytes());
            assert!(all.lent.len() <= 3);
        }
        assert_eq!(first.text(), Some(line.as_str()));
    }

    #[test]
    fn lines_before_a_fault_are_given() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        }
        let stream = BufReader::new(Cursor::new(b"one\ntwo\nthr".to_vec()).chain(Broken));
        let mut lines = Lines::new(Box::new(stream), 100);
        assert_eq!(next(&mut lines), Some((1, Some(b"one".to_vec()))));
        assert_eq!(next(&mut lines), Some((2, Some(b"two".to_vec()))));
        assert_eq!(lines.next().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(next(&mut lines), None);
    }

    proptest! {
        /// Whatever the bytes and the limit: what a plain split gives.
        #[test]
        fn lines_are_those_of_a_split(parts in proptest::collection::vec(prop_oneof![
            Just(&b"a"[..]), Just("é".as_bytes()), Just(&b"\xff"[..]), Just(&b"\n"[..]), Just(&b"line "[..])], 0..40), limit in 0..12_usize, step in 1..20_usize)
        {
            let bytes = parts.concat();
            let mut expected: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            if expected.last().is_some_and(|last| last.is_empty()) {
                expected.pop();
            }
            let mut lines = Lines { step, ..lines(&bytes, limit) };
            for (number, line) in (1..).zip(expected) {
                let whole = (line.len() <= limit).then(|| line.to_vec());
                prop_assert_eq!(next(&mut lines), Some((number, whole)));
            }
            prop_assert_eq!(next(&mut lines), None);
        }
    }
}
