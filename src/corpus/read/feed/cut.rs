//! A feed cut at its entries, tag by tag, without ever holding more than one of them.

use std::io;

use crate::corpus::read::Stream;

/// Beginning and end of a tag that are kept to tell what it is, however long it is.
const KEPT: usize = 128;
/// Tags that stand open around an entry: more is no feed.
const MAX_OPEN: usize = 64;

/// What was cut.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// An entry with its tags, and the line it begins on.
    Entry { bytes: Vec<u8>, line: u64 },
    /// An entry longer than the limit, passed over.
    TooLong { line: u64 },
    /// What stands before the first entry is longer than the limit.
    HeadTooLong,
    /// The file ends within an entry.
    Unclosed { line: u64 },
    /// The end of the file.
    End,
}

/// Cuts a stream at its `<item>` or `<entry>` elements.
pub(super) struct Cutter {
    stream: Stream,
    limit: usize,
    line: u64,
    /// Everything before the first entry; the whole file where there is none.
    head: Vec<u8>,
    /// Tags open around the entries, as written.
    open: Vec<Vec<u8>>,
    has_entry: bool,
}

/// Bytes being gathered, given up when there are too many.
struct Gathered {
    bytes: Vec<u8>,
    limit: usize,
    is_over: bool,
}

impl Gathered {
    fn push(&mut self, piece: &[u8]) {
        self.is_over |= self.bytes.len() + piece.len() > self.limit;
        if self.is_over {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(piece);
        }
    }
}

/// A tag: its beginning, what it is.
struct Tag {
    /// Its beginning, and the whole where it is short.
    start: Vec<u8>,
    /// Its last three bytes.
    end: [u8; 3],
}

#[derive(PartialEq, Eq)]
enum Kind {
    Start,
    End,
    /// Closed in itself, a comment, a declaration.
    Other,
}

impl Cutter {
    pub fn new(stream: Stream, limit: usize) -> Self {
        Self { stream, limit, line: 1, head: Vec::new(), open: Vec::new(), has_entry: false }
    }

    /// Everything before the first entry.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The whole of a file without entries.
    pub fn take_rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.head)
    }

    /// Whether the root is that of a feed.
    pub fn is_feed(&self) -> bool {
        let head = String::from_utf8_lossy(&self.head[..self.head.len().min(4_096)]).to_ascii_lowercase();
        ["<rss", "<feed", "<rdf:rdf", "<channel"].iter().any(|root| head.contains(root))
    }

    /// The tags that stand open around the entries, and those that close them.
    pub fn open_tags(&self) -> (Vec<u8>, Vec<u8>) {
        let close = self.open.iter().rev().flat_map(|tag| [b"</".as_slice(), name(tag), b">"].concat()).collect();
        (self.open.concat(), close)
    }

    /// The next entry. Called until it gives [`Cut::End`] or a fault.
    pub fn next(&mut self) -> io::Result<Cut> {
        let mut before = Gathered { bytes: Vec::new(), limit: self.limit, is_over: false };
        while self.text(&mut before)? {
            if self.has_entry {
                // What stands between entries is not kept.
                before = Gathered { bytes: Vec::new(), limit: self.limit, is_over: false };
            }
            let (line, at) = (self.line, before.bytes.len());
            let Some(tag) = self.tag(&mut before)? else { break };
            match tag.kind() {
                _ if before.is_over && !self.has_entry => return Ok(Cut::HeadTooLong),
                Kind::Start if is_entry(name(&tag.start)) => {
                    let entry = before.bytes.split_off(at.min(before.bytes.len()));
                    if !std::mem::replace(&mut self.has_entry, true) {
                        self.head = before.bytes;
                    }
                    return self.entry(entry, tag, line);
                }
                Kind::Start if !self.has_entry && self.open.len() < MAX_OPEN => self.open.push(tag.start),
                Kind::End if !self.has_entry => drop(self.open.pop()),
                _ => {}
            }
        }
        if !self.has_entry {
            self.head = before.bytes;
        }
        Ok(Cut::End)
    }

    /// The rest of an entry whose first tag was read.
    fn entry(&mut self, bytes: Vec<u8>, first: Tag, line: u64) -> io::Result<Cut> {
        let wanted = name(&first.start).to_vec();
        let mut entry = Gathered { is_over: bytes.len() > self.limit, bytes, limit: self.limit };
        let mut depth = 1;
        while self.text(&mut entry)? {
            let Some(tag) = self.tag(&mut entry)? else { break };
            if name(&tag.start) != wanted {
                continue;
            }
            match tag.kind() {
                Kind::Start => depth += 1,
                Kind::End => depth -= 1,
                Kind::Other => {}
            }
            if depth == 0 {
                return Ok(if entry.is_over { Cut::TooLong { line } } else { Cut::Entry { bytes: entry.bytes, line } });
            }
        }
        Ok(Cut::Unclosed { line })
    }

    /// Text up to the next tag; false at the end of the file.
    fn text(&mut self, into: &mut Gathered) -> io::Result<bool> {
        self.until(b'<', false, |piece| into.push(piece))
    }

    /// A tag, comment or other thing between angle brackets; nothing where the file ends in it.
    fn tag(&mut self, into: &mut Gathered) -> io::Result<Option<Tag>> {
        let mut tag = Tag { start: Vec::new(), end: [0; 3] };
        loop {
            let is_whole = self.until(b'>', true, |piece| {
                into.push(piece);
                tag.push(piece);
            })?;
            if !is_whole {
                return Ok(None);
            }
            if tag.is_whole() {
                return Ok(Some(tag));
            }
        }
    }

    /// Hands over bytes up to `end`, and `end` itself where it is wanted; false at the end of the file.
    fn until(&mut self, end: u8, with_end: bool, mut into: impl FnMut(&[u8])) -> io::Result<bool> {
        loop {
            let chunk = match self.stream.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(false);
            }
            let found = memchr::memchr(end, chunk);
            let used = found.map_or(chunk.len(), |at| at + usize::from(with_end));
            into(&chunk[..used]);
            self.line += memchr::memchr_iter(b'\n', &chunk[..used]).count() as u64;
            self.stream.consume(used);
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

impl Tag {
    fn push(&mut self, piece: &[u8]) {
        // A root with its namespaces is kept whole; the text of a comment need not be.
        let room = if self.start.starts_with(b"<!") { KEPT } else { 1 << 16 };
        self.start.extend_from_slice(&piece[..piece.len().min(room.saturating_sub(self.start.len()))]);
        for byte in &piece[piece.len().saturating_sub(3)..] {
            self.end.rotate_left(1);
            self.end[2] = *byte;
        }
    }

    /// Whether a `>` ends it: not one within a comment or a quoted value.
    fn is_whole(&self) -> bool {
        if self.start.starts_with(b"<!--") {
            return self.end == *b"-->";
        }
        if self.start.starts_with(b"<![CDATA[") {
            return self.end == *b"]]>";
        }
        let mut quote = None;
        for byte in &self.start {
            match (quote, byte) {
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
        }
        // A quote that is never closed does not swallow the file.
        quote.is_none() || self.start.len() >= 4_096
    }

    fn kind(&self) -> Kind {
        match self.start.get(1) {
            Some(b'/') => Kind::End,
            Some(b'!' | b'?') | None => Kind::Other,
            Some(_) if self.end[1] == b'/' => Kind::Other,
            Some(_) => Kind::Start,
        }
    }
}

/// The name in a tag, with its prefix.
fn name(tag: &[u8]) -> &[u8] {
    let inside = tag.strip_prefix(b"</").or(tag.strip_prefix(b"<")).unwrap_or(tag);
    let end = inside.iter().position(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
    &inside[..end.unwrap_or(inside.len())]
}

fn is_entry(name: &[u8]) -> bool {
    let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
    local == b"item" || local == b"entry"
}
