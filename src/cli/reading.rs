//! Options of every command that reads documents.

use clap::Args;

use crate::corpus::{ColumnMap, Options};

#[derive(Debug, Clone, Args)]
pub struct Reading {
    /// Columns under other names, as field=column pairs: text=body,date=published
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    map: Option<ColumnMap>,
    /// Longest document that is read, in bytes or as 500K, 64M, 2G; longer ones are left out and told
    #[arg(long, value_name = "BYTES", default_value = "64M", value_parser = bytes)]
    max_document_bytes: usize,
    /// Most times its size that a compressed file may become; the rest of it is left out and told
    #[arg(long, value_name = "TIMES", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    max_expansion: u64,
}

impl Reading {
    /// How documents are read.
    pub fn options(&self) -> Options {
        Options {
            max_record: self.max_document_bytes,
            max_expansion: self.max_expansion,
            columns: self.map.clone().unwrap_or_default(),
            ..Options::default()
        }
    }
}

/// A number of bytes, with K, M or G for powers of 1024.
fn bytes(text: &str) -> Result<usize, String> {
    let wrong = || "expected bytes such as 500000, 500K, 64M or 2G".to_owned();
    let (digits, power) = match text.char_indices().next_back().ok_or_else(wrong)? {
        (at, 'k' | 'K') => (&text[..at], 10),
        (at, 'm' | 'M') => (&text[..at], 20),
        (at, 'g' | 'G') => (&text[..at], 30),
        _ => (text, 0),
    };
    let number: usize = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << power).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(bytes("500"), Ok(500));
        assert_eq!(bytes("64M"), Ok(64 << 20));
        assert_eq!(bytes("2g"), Ok(2 << 30));
        for text in ["", "0", "M", "1.5M", "-1", "99999999999G", "1é"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
