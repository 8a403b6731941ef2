//! Bytes to text: UTF-8 or Windows-1252, told apart line by line.
//!
//! Releases come in both, and files that people have joined hold both. A line that is valid UTF-8 is UTF-8: text in
//! Windows-1252 that happens to be valid UTF-8 too has no letter outside ASCII.

use std::path::Path;

use encoding_rs::WINDOWS_1252;

use crate::error::{Error, ErrorKind, Result};

/// How a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// Windows-1252 on at least one line.
    Windows1252,
}

impl Encoding {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// The text of a file. Line ends stay as they are, so that line numbers stay true.
pub fn decode(bytes: &[u8], file: &Path) -> Result<(String, Encoding)> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let refused = |what: &str| {
        let hint = "give the CSV of the data release, unpacked and as published";
        Err(Error::new(ErrorKind::Format, what).at_file(file).hint(hint))
    };
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"%PDF") {
        return refused("not a CSV file but an archive, a workbook or a PDF");
    }
    if bytes.contains(&0) {
        return refused("not a text file: it holds zero bytes");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), Encoding::Utf8));
    }
    let line = |line: &[u8]| match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(line).0.into_owned(),
    };
    Ok((bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect(), Encoding::Windows1252))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Encoding) {
        decode(bytes, Path::new("f.csv")).unwrap()
    }

    #[test]
    fn both_encodings_and_a_mixture_are_read() {
        assert_eq!(decoded("\u{feff}Côte d’Ivoire,—\n".as_bytes()), ("Côte d’Ivoire,—\n".to_owned(), Encoding::Utf8));
        let old = b"C\xF4te d\x92Ivoire,\x97\r\n";
        assert_eq!(decoded(old), ("Côte d’Ivoire,—\r\n".to_owned(), Encoding::Windows1252));
        let both = [old.as_slice(), "Côte d’Ivoire,—\n".as_bytes()].concat();
        assert_eq!(decoded(&both).0, "Côte d’Ivoire,—\r\nCôte d’Ivoire,—\n");
    }

    #[test]
    fn what_is_no_text_is_told() {
        for bytes in [b"PK\x03\x04zip".as_slice(), b"%PDF-1.7", b"a\0b\0"] {
            assert!(decode(bytes, Path::new("f.csv")).unwrap_err().remedy().is_some());
        }
    }
}
