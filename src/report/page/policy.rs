//! What keeps the page to itself: a content-security policy of hashes, and data that cannot end its block.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The style that Observable Plot puts into each chart of class `chart`: the one block that is not in the page's source.
const CHART_STYLE: &str = ":where(.chart) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.chart text),
:where(.chart tspan) {
  white-space: pre;
}";

/// The policy: nothing but these style sheets and scripts, by the hash of their text. Neither network, nor frames, nor forms,
/// nor `eval`.
pub fn policy(styles: &[&str], scripts: &[&str]) -> String {
    let list = |texts: &[&str]| texts.iter().map(|text| source(text)).collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; style-src {} {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        list(styles),
        source(CHART_STYLE),
        list(scripts),
    )
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
}

/// Bytes in the sixty-four letters of RFC 4648, padded.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for piece in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(piece.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let is_there = at <= piece.len();
            text.push(if is_there { char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]) } else { '=' });
        }
    }
    text
}

/// JSON for a `script` element: no text in it can end the element or begin a comment.
pub fn as_script_data(value: &Value) -> String {
    let json = value.to_string();
    let mut text = String::with_capacity(json.len() + json.len() / 16);
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_examples_of_rfc_4648() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (text, expected) in cases {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn the_hash_of_an_empty_script_is_the_known_one() {
        assert!(policy(&[], &[""]).contains("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"));
    }

    #[test]
    fn data_never_ends_its_block_and_reads_back() {
        let hostile = serde_json::json!({ "t": "</script><script>alert(1)</script><!-- & \u{2028}\u{202e}" });
        let text = as_script_data(&hostile);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), hostile);
    }
}
