//! Where in a document something stands: title, dateline, lead or the rest.
//!
//! A dateline opens the body: a place, perhaps its state, a date, an agency, then a dash, a colon or a closing bracket
//! ("ST. PAUL, Minn., March 3 -", "Berlin (dpa)", "（베이징=연합뉴스）", "北京10月9日电"). It is known by its shape and by the place in
//! it, in no language in particular.

use std::ops::Range;

use memchr::memchr;

use crate::corpus::Document;
use crate::extract::scan::Scan;
use crate::lexicon::fold::Folded;
use crate::lexicon::{LanguageLexicon, Payload};

/// A part of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The headline.
    Title,
    /// Where the news was sent from.
    Dateline,
    /// The first paragraph.
    Lead,
    /// All after it.
    Body,
}

/// The lead is the first paragraph, at most this many bytes.
const LEAD_BYTES: usize = 400;
/// Nothing is passing in a body of so few bytes.
const SHORT_BYTES: usize = 700;
/// A dateline is no longer than this.
const DATELINE_BYTES: usize = 110;
/// A line longer than this is a paragraph; a shorter one may be wrapped.
const WRAPPED_BYTES: usize = 100;
/// Letters of a place in a script without case (ワシントン), and with a date.
const CASELESS_PLACE: usize = 6;
const CASELESS_DATED: usize = 14;
/// Words in lower case a dateline may hold besides figures ("le 3 mars").
const SMALL_WORDS: usize = 3;

/// The parts of one document, as byte offsets.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    title_end: usize,
    /// Where the dateline ends, or the body begins.
    pub dateline_end: usize,
    /// Whether there is a dateline.
    pub has_dateline: bool,
    lead_end: usize,
    /// A headline over a body, or a body with a dateline: news, not a sentence on its own.
    pub is_story: bool,
    /// So short that nothing in it is passing.
    pub is_short: bool,
}

impl Layout {
    /// Finds the parts of `document`.
    pub fn of(lexicon: &LanguageLexicon, document: &Document, folded: &Folded, scan: &Scan) -> Self {
        let text = &document.text;
        let start = (floor(text, document.title_len + 2)).min(text.len());
        let body = &text[start..];
        let start = start + (body.len() - body.trim_start().len());
        let body = &text[start..];
        let is_country = |payload: Payload| matches!(payload, Payload::Place(index) if lexicon.places[index as usize].country.is_some());
        let places = scan.names.iter().filter(|hit| is_country(hit.payload));
        let place = places.map(|hit| folded.original(hit.range.start)).find(|at| *at >= start).map(|at| at - start);
        // Without a place near the beginning there is none, whatever it looks like.
        let dateline_end = place
            .filter(|place| *place < DATELINE_BYTES)
            .and_then(|place| dateline(body).filter(|found| place <= found.place_within && place < found.end))
            .map_or(start, |found| start + found.end);
        Self {
            title_end: document.title_len,
            dateline_end,
            has_dateline: dateline_end > start,
            lead_end: dateline_end + lead(&text[dateline_end..]),
            is_story: !body.is_empty() && (document.title_len > 0 || dateline_end > start),
            is_short: body.len() <= SHORT_BYTES,
        }
    }

    /// Bytes of the document's text that are its dateline; empty when it has none.
    pub fn dateline(&self) -> Range<usize> {
        self.title_end.min(self.dateline_end)..if self.has_dateline { self.dateline_end } else { 0 }
    }

    /// The part a byte of the text lies in.
    pub fn zone(&self, at: usize) -> Zone {
        if at < self.title_end {
            Zone::Title
        } else if at < self.dateline_end {
            Zone::Dateline
        } else if at < self.lead_end {
            Zone::Lead
        } else {
            Zone::Body
        }
    }
}

/// Length of the first paragraph: up to a blank line, an indented line, or the end of an unwrapped line.
fn lead(body: &str) -> usize {
    let mut from = 0;
    let head = &body.as_bytes()[..body.len().min(LEAD_BYTES)];
    while let Some(line) = memchr(b'\n', &head[from..]) {
        let end = from + line;
        let next = body[end + 1..].chars().next();
        if line > WRAPPED_BYTES || next.is_none_or(char::is_whitespace) {
            return end.min(floor(body, LEAD_BYTES));
        }
        from = end + 1;
    }
    floor(body, LEAD_BYTES)
}

/// The last character boundary at or before `position`.
fn floor(text: &str, position: usize) -> usize {
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

/// What looks like a dateline: where it ends, and how near its beginning a place must stand.
struct Found {
    end: usize,
    place_within: usize,
}

/// Bytes with which begins what may end a dateline; none of them stands inside a character.
static MAY_END: [bool; 256] = {
    let mut table = [false; 256];
    let first = [b'-', b':', b')', b'.', 0xE2, 0xE7, 0xE8, 0xE9, 0xEF];
    let mut i = 0;
    while i < first.len() {
        table[first[i] as usize] = true;
        i += 1;
    }
    table
};

fn dateline(body: &str) -> Option<Found> {
    let window = &body[..floor(body, DATELINE_BYTES)];
    let window = window.split("\n\n").next().unwrap_or(window);
    let first = window.chars().next()?;
    if let Some(closing) = closing(first) {
        // All of it in brackets; the agency may stand before the place.
        let end = window.find(closing)?;
        return Some(Found { end: end + closing.len_utf8(), place_within: end });
    }
    let may_end = |(at, byte): &(usize, u8)| *at > 0 && MAY_END[usize::from(*byte)];
    for (at, _) in window.bytes().enumerate().filter(may_end) {
        let Some(character) = window[at..].chars().next() else { break };
        let head = &window[..at];
        let rest = &window[at + character.len_utf8()..];
        let (is_end, small_words) = match character {
            '—' | '–' | '―' => (true, SMALL_WORDS),
            '-' => (head.ends_with(char::is_whitespace) && rest.starts_with(['-', ' ', '\n']), SMALL_WORDS),
            // "BERLIN: ", but not "Berlin said: ".
            ':' | '：' => (rest.starts_with(char::is_whitespace) || character == '：', 0),
            // "Berlin (dpa)", unless a dash follows; but "刚果（金）" is a name.
            ')' | '）' => (holds_agency(head) && !rest.trim_start().starts_with(['-', '—', '–']), 0),
            // "北京10月9日电".
            '电' | '電' | '讯' | '訊' if head.ends_with(['日', '社']) => {
                return Some(Found { end: at, place_within: at });
            }
            '.' if rest.starts_with(' ') && head.len() > 60 => return None,
            _ => (false, 0),
        };
        if is_end {
            // In capitals or dated, it is a dateline even where only the state is known: "SOUTHFIELD, Mich., March 2 -".
            let place_within = if is_marked(head) { at } else { 0 };
            return (is_dateline(head, small_words) && is_bare(head))
                .then_some(Found { end: at + character.len_utf8(), place_within });
        }
    }
    None
}

/// Whether the bracket open at the end of `head` holds more than a letter.
fn holds_agency(head: &str) -> bool {
    head.rsplit_once(['(', '（']).is_some_and(|(_, inside)| inside.chars().nth(1).is_some())
}

/// The bracket that closes what `character` opens.
fn closing(character: char) -> Option<char> {
    Some(match character {
        '(' => ')',
        '（' => '）',
        '[' => ']',
        '【' => '】',
        '〔' => '〕',
        '［' => '］',
        _ => return None,
    })
}

/// Whether every word before the dash could stand in a dateline: capitals, figures, what stands in brackets, and few
/// others where there is a date.
fn is_dateline(head: &str, small_words: usize) -> bool {
    let has_figures = head.bytes().any(|byte| byte.is_ascii_digit());
    let (mut small, mut in_brackets) = (0, false);
    for word in head.split_whitespace() {
        in_brackets |= word.starts_with(['(', '（']);
        if !in_brackets && word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase) {
            small += 1;
        }
        in_brackets &= !word.ends_with([')', '）']);
    }
    !head.trim().is_empty() && small <= if has_figures { small_words } else { 0 }
}

/// Where letters have no case, what stands before the mark is bare: a place and perhaps a figure, no sentence.
fn is_bare(head: &str) -> bool {
    let place = head.split(['(', '（']).next().unwrap_or(head).trim();
    let has_case = place.chars().any(|c| c.is_uppercase() || c.is_lowercase());
    let has_figures = place.bytes().any(|byte| byte.is_ascii_digit());
    has_case || (place.chars().count() <= if has_figures { CASELESS_DATED } else { CASELESS_PLACE })
}

/// Whether the first word is in capitals or a figure follows.
fn is_marked(head: &str) -> bool {
    let first = head.split_whitespace().next().unwrap_or("");
    let in_capitals = first.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    (in_capitals && first.len() > 2) || head.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_are_known_by_their_shape() {
        for (text, rest) in [
            ("SOUTHFIELD, Mich., March 2 - The company", " The company"),
            ("ST. PAUL, Minn., March 3 - The company", " The company"),
            ("SAO PAULO, March 2 -\n    Brazil", "\n    Brazil"),
            ("PARIS (Agency) - Le ministre", " Le ministre"),
            ("PARIS, le 3 mars (AFP) — Le ministre", " Le ministre"),
            ("Berlin (dpa) Die Regierung", " Die Regierung"),
            ("BERLIN: Die Regierung", " Die Regierung"),
            ("北京10月9日电 商务部", "电 商务部"),
            ("【北京=特派员】商务部", "商务部"),
            ("(베이징=연합뉴스) 중국", " 중국"),
        ] {
            assert_eq!(dateline(text).map(|found| &text[found.end..]), Some(rest), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_dateline() {
        for text in [
            "China said on Tuesday - for the first time - that",
            "Washington said: no.",
            "The company - based in Ohio - said",
            "刚果（金）宣布暂停钴出口",
            "China's exports rose. Imports fell.",
            "",
        ] {
            assert!(dateline(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_lead_ends_with_its_paragraph() {
        assert_eq!(lead("one line\nof a wrapped lead\n    The next"), "one line\nof a wrapped lead".len());
        assert_eq!(lead("short\n\nnext"), "short".len());
        assert_eq!(lead("no end"), "no end".len());
        assert!(lead(&"été ".repeat(200)) <= LEAD_BYTES);
    }
}
