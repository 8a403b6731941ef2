//! Where sentences begin and end, as byte ranges of the document's text.
//!
//! Written here, not taken from a library: only documents that state something are split, the ranges must lead back to the
//! original byte by byte, and abbreviations come from the lexicon like every other word of a language.

use std::ops::Range;

use crate::lexicon::fold::{fold, is_mark};

/// Splits `text`; the title, when there is one, is the first sentence. Ranges are trimmed, in order, and never overlap.
pub fn split(text: &str, title_len: usize, abbreviations: &[String]) -> Vec<Range<usize>> {
    let mut sentences = Vec::with_capacity(text.len() / BYTES_TO_A_SENTENCE);
    push(text, 0..title_len, &mut sentences);
    let mut body = (title_len + 2).min(text.len());
    while !text.is_char_boundary(body) {
        body += 1;
    }
    let mut start = body;
    let mut position = body;
    while let Some(skip) = next_stop(&text.as_bytes()[position..]) {
        position += skip;
        let Some(character) = text[position..].chars().next() else { break };
        let after = position + character.len_utf8();
        let end = match character {
            '。' | '！' | '？' | '｡' => closing(text, after),
            '.' | '!' | '?' | '…' => {
                let end = closing(text, after);
                if !ends_here(text, start, position, end, character, abbreviations) {
                    position = after;
                    continue;
                }
                end
            }
            '\n' if breaks_line(text, start, position) => position,
            _ => {
                position = after;
                continue;
            }
        };
        push(text, start..end, &mut sentences);
        start = end;
        position = end.max(after);
    }
    push(text, start..text.len(), &mut sentences);
    sentences
}

/// Whether a stop or a line end may begin with a byte: `…` does with E2, the full-width ones with E3 and EF. No byte inside a
/// character is among them.
fn may_stop(byte: u8) -> bool {
    (byte == b'.')
        | (byte == b'!')
        | (byte == b'?')
        | (byte == b'\n')
        | (byte == 0xE2)
        | (byte == 0xE3)
        | (byte == 0xEF)
}

/// Bytes asked together whether one of them may be a stop: most of those of Latin text are not.
const PIECE: usize = 16;

/// Where the next stop may be.
fn next_stop(bytes: &[u8]) -> Option<usize> {
    if bytes.first().is_some_and(|byte| may_stop(*byte)) {
        return Some(0);
    }
    let mut from = 0;
    while let Some(piece) = bytes[from..].first_chunk::<PIECE>() {
        // Without branches, so that the bytes are asked all at once.
        if piece.iter().fold(false, |any, byte| any | may_stop(*byte)) {
            break;
        }
        from += PIECE;
    }
    bytes[from..].iter().position(|byte| may_stop(*byte)).map(|at| from + at)
}

/// Room is made for a sentence in so many bytes.
const BYTES_TO_A_SENTENCE: usize = 64;

/// Longest stretch taken for one sentence; beyond it (tables, lists without stops) the text is cut at a blank.
const LONGEST: usize = 2000;

fn push(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let mut rest = range;
    while rest.len() > LONGEST {
        let mut limit = rest.start + LONGEST;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let cut = text[rest.start..limit].rfind(char::is_whitespace).map_or(limit, |i| rest.start + i);
        let cut = if cut == rest.start { limit } else { cut };
        push_trimmed(text, rest.start..cut, sentences);
        rest.start = cut;
    }
    push_trimmed(text, rest, sentences);
}

fn push_trimmed(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    let end = start + slice.trim().len();
    if start < end {
        sentences.push(start..end);
    }
}

/// Moves past closing quotes and brackets that belong to the sentence.
fn closing(text: &str, mut position: usize) -> usize {
    for character in text[position..].chars() {
        let is_blank_before_guillemet = matches!(character, '\u{A0}' | '\u{202F}' | ' ')
            && text[position + character.len_utf8()..].starts_with('»');
        if !is_blank_before_guillemet
            && !matches!(character, '"' | '”' | '’' | '\'' | ')' | ']' | '»' | '」' | '』' | '）' | '.' | '!' | '?')
        {
            break;
        }
        position += character.len_utf8();
    }
    position
}

/// Whether the stop at `position` ends a sentence: something new begins after it, and it is no abbreviation's.
fn ends_here(text: &str, start: usize, position: usize, end: usize, stop: char, abbreviations: &[String]) -> bool {
    let mut after = text[end..].chars();
    match after.next() {
        None => return true,
        Some(c) if c.is_whitespace() => {}
        // "존중한다.칠레는", "있다.AI": Hangul has no capitals.
        Some(c) if stop == '.' && (is_hangul(c) || (!c.is_lowercase() && ends_in_hangul(&text[..position]))) => {
            return ends_in_hangul(&text[..position]);
        }
        // A stop glued to a capital: "fin.La suite".
        Some(c) if c.is_uppercase() && stop == '.' => {
            let before = text[..position].chars().rev().take(2).collect::<Vec<_>>();
            return before.len() == 2 && before.iter().all(|c| c.is_lowercase());
        }
        Some(_) => return false,
    }
    let next = after.find(|c| !c.is_whitespace());
    let begins = next.is_none_or(|c| !c.is_lowercase() && !matches!(c, ',' | ';' | ':' | ')'));
    if !begins {
        return false;
    }
    if stop != '.' {
        return true;
    }
    let word_start =
        text[start..position].rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '«' | '"' | '“' | '\''));
    let word = &text[word_start
        .map_or(start, |i| start + i + text[start + i..].chars().next().map_or(1, char::len_utf8))
        ..=position];
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let is_initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none() && word.len() <= 3;
    !is_initial && !is_abbreviation(word, abbreviations)
}

/// Whether a word, its stop included, is an abbreviation. Most are of plain letters: to fold them took longer than all the rest.
fn is_abbreviation(word: &str, abbreviations: &[String]) -> bool {
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
        return abbreviations.binary_search(&fold(word)).is_ok();
    }
    let lower = || word.bytes().map(|byte| byte.to_ascii_lowercase());
    abbreviations.binary_search_by(|known| known.bytes().cmp(lower())).is_ok()
}

fn ends_in_hangul(text: &str) -> bool {
    text.chars().next_back().is_some_and(is_hangul)
}

fn is_hangul(character: char) -> bool {
    ('가'..='힣').contains(&character)
}

/// Whether a line end also ends a sentence: always at a blank line, and where the line does not look wrapped.
fn breaks_line(text: &str, start: usize, position: usize) -> bool {
    let next = text[position + 1..].trim_start_matches([' ', '\t', '\r']);
    if next.is_empty() || next.starts_with('\n') {
        return true;
    }
    let line_start = text[start..position].rfind('\n').map_or(start, |i| start + i + 1);
    let line = text[line_start..position].trim_end();
    let letters = if line.is_ascii() { line.len() } else { line.chars().filter(|c| !is_mark(*c)).count() };
    let wrapped = (50..=110).contains(&letters) && !line.ends_with(['.', '!', '?', ':', '。', '»', '”']);
    !(wrapped || next.starts_with(|c: char| c.is_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sentences(title: &str, body: &str) -> Vec<String> {
        let text = format!("{title}\n\n{body}");
        let abbreviations = ["m.".to_owned(), "mr.".to_owned(), "u.s.".to_owned()];
        split(&text, title.len(), &abbreviations).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn stops_and_abbreviations() {
        assert_eq!(
            sentences("Titre", "M. Xi a parlé. Le taux est de 3.5 %. « Fini ! » a-t-il dit. J. Biden reste."),
            ["Titre", "M. Xi a parlé.", "Le taux est de 3.5 %.", "« Fini ! » a-t-il dit.", "J. Biden reste."]
        );
        assert_eq!(
            sentences("", "The U.S. Commerce Dept acted.Then it stopped."),
            ["The U.S. Commerce Dept acted.", "Then it stopped."]
        );
        assert_eq!(sentences("題", "中国は規制した。日本は反発した。"), ["題", "中国は規制した。", "日本は反発した。"]);
    }

    #[test]
    fn lines() {
        assert_eq!(sentences("T", "Intertitre\nUne phrase.\n\nAutre"), ["T", "Intertitre", "Une phrase.", "Autre"]);
        let wrapped = "This is a line of some sixty characters that goes on to the\nnext line and ends.";
        assert_eq!(sentences("T", wrapped).len(), 2);
    }

    proptest! {
        #[test]
        fn ranges_are_ordered_and_hold_all_but_blanks(body in "[A-Za-zé .!?\n«»。]{0,200}") {
            let text = format!("T\n\n{body}");
            let ranges = split(&text, 1, &[]);
            let mut previous = 0;
            let mut kept = String::new();
            for range in ranges {
                prop_assert!(range.start >= previous && range.end > range.start);
                previous = range.end;
                kept.push_str(&text[range]);
            }
            let squeeze = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(squeeze(&kept), squeeze(&text));
        }
    }
}
