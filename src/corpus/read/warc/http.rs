//! An HTTP answer as archives keep it: status, header, body as it went over the wire.

use std::io::{Cursor, Read};

/// An answer, its body still as sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: u16,
    pub content_type: String,
    encoding: String,
    is_chunked: bool,
    body: Vec<u8>,
}

impl Answer {
    /// Cuts a block into header and body; nothing when it is no HTTP answer.
    pub fn read(block: Vec<u8>) -> Option<Self> {
        let end = |mark: &[u8]| memchr::memmem::find(&block, mark).map(|at| (at, at + mark.len()));
        let (head, body) = end(b"\r\n\r\n").or_else(|| end(b"\n\n")).unwrap_or((block.len(), block.len()));
        let header = String::from_utf8_lossy(&block[..head]).into_owned();
        let mut lines = header.lines();
        let mut status = lines.next()?.split_whitespace();
        if !status.next()?.starts_with("HTTP/") {
            return None;
        }
        let mut answer = Self {
            status: status.next()?.parse().ok()?,
            content_type: String::new(),
            encoding: String::new(),
            is_chunked: false,
            body: block[body..].to_vec(),
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" => value.clone_into(&mut answer.content_type),
                "content-encoding" => answer.encoding = value.to_ascii_lowercase(),
                "transfer-encoding" => answer.is_chunked = value.eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        Some(answer)
    }

    /// Whether the body is compressed in a way that is not read here.
    pub fn unread_encoding(&self) -> Option<&str> {
        let is_read = matches!(self.encoding.as_str(), "" | "identity" | "gzip" | "x-gzip" | "deflate" | "zstd");
        (!is_read).then_some(&self.encoding)
    }

    /// The body as the browser would see it, as far as it can be read, and whether it was whole. No more than `max` bytes.
    pub fn body(self, max: usize) -> (Vec<u8>, bool) {
        let sent = if self.is_chunked { joined(&self.body).unwrap_or(self.body) } else { self.body };
        // Archives often keep the header of a compression that they have undone.
        match self.encoding.as_str() {
            "gzip" | "x-gzip" if sent.starts_with(b"\x1f\x8b") => {
                unpacked(flate2::read::MultiGzDecoder::new(Cursor::new(sent)), max)
            }
            "deflate" if sent.first().is_some_and(|byte| byte & 0x0f == 8) => {
                unpacked(flate2::read::ZlibDecoder::new(Cursor::new(sent)), max)
            }
            "zstd" if sent.starts_with(b"\x28\xb5\x2f\xfd") => {
                match zstd::stream::read::Decoder::new(Cursor::new(sent)) {
                    Ok(decoder) => unpacked(decoder, max),
                    Err(_) => (Vec::new(), false),
                }
            }
            _ => (sent, true),
        }
    }
}

fn unpacked(decoder: impl Read, max: usize) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    let is_whole = decoder.take(max as u64).read_to_end(&mut body).is_ok() && body.len() < max;
    (body, is_whole)
}

/// The chunks of a body joined; nothing when it is not in chunks after all. A body cut off keeps what there is.
fn joined(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest)?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            break;
        }
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        joined.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n")).unwrap_or(after);
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cut_and_joined() {
        let block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>a\r\n3;x=y\r\nbcd\r\n0\r\n\r\n";
        let answer = Answer::read(block.to_vec()).unwrap();
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "text/html"));
        assert_eq!(answer.body(100), (b"<p>abcd".to_vec(), true));
        let block = b"HTTP/1.0 404 Not Found\nTransfer-Encoding: chunked\n\n<p>not in chunks";
        let answer = Answer::read(block.to_vec()).unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(answer.body(100).0, b"<p>not in chunks");
        assert_eq!(Answer::read(b"<html>".to_vec()), None);
        assert_eq!(Answer::read(Vec::new()), None);
    }

    #[test]
    fn compressed_bodies_are_bounded() {
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(Cursor::new(vec![b'x'; 100_000]), flate2::Compression::fast())
            .read_to_end(&mut packed)
            .unwrap();
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        let answer = || Answer::read([head.as_slice(), &packed].concat()).unwrap();
        assert_eq!(answer().body(1 << 20).0.len(), 100_000);
        let (body, is_whole) = answer().body(1_000);
        assert_eq!((body.len(), is_whole), (1_000, false));
    }
}
