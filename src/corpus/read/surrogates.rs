//! JSON strings with half a character: `\ud83d` without its second half, as programs write that cut text by
//! UTF-16 units.
//!
//! JSON parsers refuse them; the document is readable all the same, so the half is replaced by �.

/// Escapes are `\u` and four digits.
const ESCAPE: usize = 6;

/// `json` with every lone surrogate escape replaced by `\ufffd`; nothing when there is none.
pub(super) fn mend(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut mended = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        let unit = unit_at(bytes, at);
        match unit {
            Some(0xD800..=0xDBFF) if matches!(unit_at(bytes, at + ESCAPE), Some(0xDC00..=0xDFFF)) => at += 2 * ESCAPE,
            Some(0xD800..=0xDFFF) => {
                mended.push_str(&json[kept..at]);
                mended.push_str("\\ufffd");
                at += ESCAPE;
                kept = at;
            }
            // Two bytes, so that an escaped backslash does not begin another escape.
            _ => at = (at + 2).min(bytes.len()),
        }
    }
    (kept > 0).then(|| mended + &json[kept..])
}

/// The UTF-16 unit that the escape at `at` stands for.
fn unit_at(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)? as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_halves_are_replaced_and_pairs_kept() {
        assert_eq!(mend(r"a\ud83d b").as_deref(), Some(r"a\ufffd b"));
        assert_eq!(mend(r"\ud83d\ude00\ude00 é").as_deref(), Some(r"\ud83d\ude00\ufffd é"));
        assert_eq!(mend(r"\ud83d\ude00"), None);
        assert_eq!(mend(r"\\ud83d"), None);
        assert_eq!(mend("é\\"), None);
        assert_eq!(mend("\\é\\u12"), None);
    }
}
