//! What the pages of a column say they unpack to, told before anything is unpacked.
//!
//! A page begins with a header in Thrift's compact form: its kind, its size unpacked, its size as stored, more that is passed
//! over here. The parser makes room for what the header says, so that a file of a few bytes could fill the memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::corpus::expansion::within;

/// Most structures inside one another: a header has two.
const MAX_DEPTH: usize = 8;
/// Numbers of the fields of a header.
const UNPACKED: i64 = 2;
const STORED: i64 = 3;
/// The type of both in the compact form.
const INTEGER: u8 = 5;

/// That no page of the column chunk at `range` unpacks to more than it may, as [`within`] has it. What follows bytes that are no
/// header is not looked at: the parser reads in the same order and gets no further.
///
/// # Errors
/// When a page does, or the file cannot be read.
pub(super) fn check(file: &mut File, range: &Range<u64>, max_expansion: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut pages = BufReader::new(file);
    while pages.stream_position()? < range.end {
        let Some(Header { unpacked, stored }) = header(&mut pages) else { return Ok(()) };
        within(unpacked, stored, max_expansion)?;
        pages.seek_relative(i64::try_from(stored).unwrap_or(i64::MAX))?;
    }
    Ok(())
}

/// What a page says of itself, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Header {
    unpacked: u64,
    stored: u64,
}

/// The header at hand; nothing where there is none.
fn header(bytes: &mut impl BufRead) -> Option<Header> {
    let mut header = Header::default();
    let mut id = 0;
    loop {
        let (next, kind) = field(bytes, id)?;
        id = next;
        match (id, kind) {
            (_, 0) => return Some(header),
            (UNPACKED, INTEGER) => header.unpacked = u64::try_from(number(bytes)?).ok()?,
            (STORED, INTEGER) => header.stored = u64::try_from(number(bytes)?).ok()?,
            _ => pass(bytes, kind, MAX_DEPTH)?,
        }
    }
}

/// The number and type of the next field of a structure; type 0 at its end.
fn field(bytes: &mut impl BufRead, before: i64) -> Option<(i64, u8)> {
    let head = byte(bytes)?;
    let id = match head >> 4 {
        0 if head != 0 => number(bytes)?,
        step => before.checked_add(i64::from(step))?,
    };
    Some((id, head & 0x0F))
}

/// Passes over a value of a type.
fn pass(bytes: &mut impl BufRead, kind: u8, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match kind {
        // Truth stands in the type itself.
        1 | 2 => Some(()),
        3 => byte(bytes).map(drop),
        4..=6 => varint(bytes).map(drop),
        7 => pass_bytes(bytes, 8),
        8 => varint(bytes).and_then(|len| pass_bytes(bytes, len)),
        9 | 10 => {
            let head = byte(bytes)?;
            let len = if head >> 4 == 0x0F { varint(bytes)? } else { u64::from(head >> 4) };
            (0..len).try_for_each(|_| pass_element(bytes, head & 0x0F, depth))
        }
        11 => {
            let len = varint(bytes)?;
            let kinds = if len == 0 { 0 } else { byte(bytes)? };
            (0..len).try_for_each(|_| {
                pass_element(bytes, kinds >> 4, depth)?;
                pass_element(bytes, kinds & 0x0F, depth)
            })
        }
        12 => {
            let mut id = 0;
            loop {
                let (next, kind) = field(bytes, id)?;
                if kind == 0 {
                    return Some(());
                }
                id = next;
                pass(bytes, kind, depth)?;
            }
        }
        _ => None,
    }
}

/// Passes over an element of a list or map, where truth takes a byte.
fn pass_element(bytes: &mut impl BufRead, kind: u8, depth: usize) -> Option<()> {
    if matches!(kind, 1 | 2) { byte(bytes).map(drop) } else { pass(bytes, kind, depth) }
}

fn pass_bytes(bytes: &mut impl BufRead, len: u64) -> Option<()> {
    let passed = io::copy(&mut bytes.take(len), &mut io::sink()).ok()?;
    (passed == len).then_some(())
}

fn byte(bytes: &mut impl BufRead) -> Option<u8> {
    let mut one = [0];
    bytes.read_exact(&mut one).ok()?;
    Some(one[0])
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &mut impl BufRead) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let group = byte(bytes)?;
        value |= u64::from(group & 0x7F) << shift;
        if group < 0x80 {
            return Some(value);
        }
    }
    None
}

/// A number that may be negative: its sign is the lowest bit.
fn number(bytes: &mut impl BufRead) -> Option<i64> {
    let value = varint(bytes)?;
    Some((value >> 1) as i64 ^ -((value & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A data page of 1,000 bytes unpacked and 3 stored, with a header of a page of five values in it.
    const PAGE: &[u8] =
        b"\x15\x00\x15\xd0\x0f\x15\x06\x2c\x15\x0a\x15\x00\x15\x06\x15\x06\x1c\x18\x01a\x11\x00\x00\x00abc";

    fn checked(bytes: &[u8], max_expansion: u64) -> io::Result<()> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"PAR1").unwrap();
        file.write_all(bytes).unwrap();
        check(&mut file, &(4..4 + bytes.len() as u64), max_expansion)
    }

    #[test]
    fn a_header_is_read_to_its_end() {
        let mut rest = PAGE;
        assert_eq!(header(&mut rest), Some(Header { unpacked: 1_000, stored: 3 }));
        assert_eq!(rest, b"abc");
    }

    #[test]
    fn every_page_is_looked_at() {
        // 2,000,000,000 bytes out of 3.
        let bomb = b"\x15\x00\x15\x80\xd0\xac\xf3\x0e\x15\x06\x00abc";
        assert!(checked(&[PAGE, PAGE].concat(), 2).is_ok());
        let fault = checked(&[PAGE, PAGE, bomb].concat(), 200).unwrap_err();
        assert!(fault.to_string().contains("--max-expansion"), "{fault}");
        assert!(checked(&[PAGE, bomb].concat(), 1_000_000_000).is_ok());
    }

    #[test]
    fn what_is_no_header_is_left_to_the_parser() {
        for end in 0..PAGE.len() {
            assert!(checked(&PAGE[..end], 200).is_ok());
        }
        assert!(checked(&[0x1C; 5_000], 200).is_ok());
        assert!(checked(&[0xFF; 5_000], 200).is_ok());
    }
}
