//! Forms: the small notation in which the lexicon writes many spellings as one (see `docs/lexicon.md`).
//!
//! `(x)` may be there or not, `[a|b]` is one of several, `<class>` is any form of a class, `~N` a gap of up to N
//! words. A form is parsed into [`Part`]s, each a set of folded literals or a class, with the gap before it.

use super::fold::fold;
use super::matcher::is_letter;

/// One part of a form: what must stand there, and how far from the part before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Words (characters in scripts without blanks) that may lie between this part and the one before; 0 for the first.
    pub gap: u32,
    /// What must stand there.
    pub content: Content,
}

/// What a part consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Any of these spellings, as written in the table (not folded).
    Spellings(Vec<String>),
    /// Any form of this class.
    Class(String),
}

/// Most spellings that one form may stand for; more is a slip of the pen.
const MAX_SPELLINGS: usize = 4096;
/// Bytes above which a spelling is a slip, too: a bracket or a line end forgotten.
const MAX_BYTES: usize = 400;
/// Most brackets inside one another.
const MAX_DEPTH: usize = 16;
/// Most words that a gap may span.
const MAX_GAP: u32 = 100;

/// The orders of a form: `A ^N B` stands for `A ~N B` and `B ~N A`; any other form for itself.
///
/// # Errors
/// When `^` stands more than once or without a number.
pub fn orders(form: &str) -> Result<Vec<String>, String> {
    let Some((first, rest)) = form.split_once('^') else { return Ok(vec![form.to_owned()]) };
    if rest.contains('^') {
        return Err("`^` more than once".into());
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Err("`^` without a number of words after it".into());
    }
    let (gap, second) = rest.split_at(digits);
    let (first, second) = (first.trim(), second.trim());
    Ok(vec![format!("{first} ~{gap} {second}"), format!("{second} ~{gap} {first}")])
}

/// Parses a form into its parts.
///
/// # Errors
/// With what is wrong, in words for the person who edits the table.
pub fn parse(form: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let (mut gap, mut literal, mut rest) = (0, String::new(), form.trim());
    while let Some(character) = rest.chars().next() {
        match character {
            '<' => {
                push_literal(&mut parts, &mut gap, &mut literal)?;
                let end = rest.find('>').ok_or("`<` without `>`")?;
                parts.push(Part { gap, content: Content::Class(rest[1..end].trim().to_owned()) });
                gap = 0;
                rest = &rest[end + 1..];
            }
            '~' => {
                push_literal(&mut parts, &mut gap, &mut literal)?;
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                gap = rest[1..=digits].parse().map_err(|_| "`~` without a number of words after it")?;
                if gap > MAX_GAP {
                    return Err(format!("a gap of {gap} words, at most {MAX_GAP} can be spanned"));
                }
                rest = &rest[1 + digits..];
            }
            _ => {
                literal.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
    }
    push_literal(&mut parts, &mut gap, &mut literal)?;
    match parts.len() {
        0 => Err("an empty form".into()),
        1..=4 => Ok(parts),
        n => Err(format!("{n} parts, at most 4 can be joined")),
    }
}

fn push_literal(parts: &mut Vec<Part>, gap: &mut u32, literal: &mut String) -> Result<(), String> {
    if !literal.trim().is_empty() {
        let spellings = expand(literal.trim())?;
        parts.push(Part { gap: *gap, content: Content::Spellings(spellings) });
        *gap = 0;
    }
    literal.clear();
    Ok(())
}

/// All spellings of a form that has neither classes nor gaps, as written, blanks tidied, without repeats.
///
/// # Errors
/// With what is wrong with the brackets.
pub fn expand(form: &str) -> Result<Vec<String>, String> {
    let mut rest = form;
    let mut spellings = sequence(&mut rest, 0)?;
    if let Some(stray) = rest.chars().next() {
        return Err(format!("`{stray}` where none belongs"));
    }
    for spelling in spellings.iter_mut().filter(|spelling| !is_tidy(spelling)) {
        *spelling = spelling.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    // Folding takes no letter away; only what has none must be folded to be known.
    spellings.retain(|spelling| spelling.contains(is_letter) || !fold(spelling).trim().is_empty());
    spellings.sort_unstable();
    spellings.dedup();
    if spellings.is_empty() { Err("a form that stands for nothing".into()) } else { Ok(spellings) }
}

/// Whether all blanks are single spaces between words.
fn is_tidy(spelling: &str) -> bool {
    let is_other_blank = |c: char| c != ' ' && c.is_whitespace();
    let mut before = b' ';
    let mut is_single = true;
    for byte in spelling.bytes() {
        is_single &= byte != b' ' || before != b' ';
        before = byte;
    }
    is_single && before != b' ' && !spelling.contains(is_other_blank)
}

/// The spellings of what stands before the next `)`, `]` or `|` that closes an outer bracket, of which there are `depth`.
fn sequence(rest: &mut &str, depth: usize) -> Result<Vec<String>, String> {
    let mut spellings = vec![String::new()];
    while let Some(character) = rest.chars().next() {
        let options = match character {
            ')' | ']' | '|' => break,
            '(' => {
                let mut options = bracket(rest, ')', depth)?;
                options.push(String::new());
                options
            }
            '[' => bracket(rest, ']', depth)?,
            _ => {
                let end = rest.find(['(', ')', '[', ']', '|']).unwrap_or(rest.len());
                for spelling in &mut spellings {
                    spelling.push_str(&rest[..end]);
                }
                *rest = &rest[end..];
                short(&spellings)?;
                continue;
            }
        };
        few(spellings.len() * options.len())?;
        spellings = product(spellings, &options);
        short(&spellings)?;
    }
    Ok(spellings)
}

/// That a form stands for no more spellings than one may.
fn few(spellings: usize) -> Result<(), String> {
    if spellings > MAX_SPELLINGS {
        return Err(format!("stands for more than {MAX_SPELLINGS} spellings: split it"));
    }
    Ok(())
}

/// That no spelling is longer than one may be.
fn short(spellings: &[String]) -> Result<(), String> {
    if spellings.iter().any(|spelling| spelling.len() > MAX_BYTES) {
        return Err(format!("a spelling of more than {MAX_BYTES} bytes"));
    }
    Ok(())
}

/// Each of `heads` with each of `tails` after it.
fn product(mut heads: Vec<String>, tails: &[String]) -> Vec<String> {
    let Some((last, others)) = tails.split_last() else { return Vec::new() };
    let mut all = Vec::with_capacity(heads.len() * tails.len());
    for head in &heads {
        for tail in others {
            let mut spelling = String::with_capacity(head.len() + tail.len() + ROOM);
            spelling.push_str(head);
            spelling.push_str(tail);
            all.push(spelling);
        }
    }
    // The heads themselves take the last.
    heads.iter_mut().for_each(|head| head.push_str(last));
    all.append(&mut heads);
    all
}

/// Bytes kept free in a spelling for what follows, so that it is not moved for every piece.
const ROOM: usize = 24;

/// The alternatives inside a bracket, which is passed over.
fn bracket(rest: &mut &str, close: char, depth: usize) -> Result<Vec<String>, String> {
    if depth == MAX_DEPTH {
        return Err(format!("more than {MAX_DEPTH} brackets inside one another"));
    }
    let open = rest.chars().next().unwrap_or_default();
    let mut options = Vec::new();
    loop {
        *rest = &rest[1..];
        options.extend(sequence(rest, depth + 1)?);
        few(options.len())?;
        match rest.chars().next() {
            Some('|') => {}
            Some(found) if found == close => {
                *rest = &rest[1..];
                return Ok(options);
            }
            _ => return Err(format!("`{open}` without `{close}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_expand() {
        assert_eq!(expand("export control(s)").unwrap(), ["export control", "export controls"]);
        assert_eq!(expand("restrict[ion(s)|ed]").unwrap(), ["restricted", "restriction", "restrictions"]);
        assert_eq!(expand("(the) ban").unwrap(), ["ban", "the ban"]);
        assert_eq!(
            expand("[aimant(s) [de|en] fer|x(y(z))]").unwrap(),
            ["aimant de fer", "aimant en fer", "aimants de fer", "aimants en fer", "x", "xy", "xyz"]
        );
    }

    #[test]
    fn parts_and_gaps() {
        let parts = parse("<restrict> ~4 [export(s)|sales]").unwrap();
        assert_eq!(parts[0].content, Content::Class("restrict".into()));
        assert_eq!(parts[1].gap, 4);
        assert_eq!(parts[1].content, Content::Spellings(vec!["export".into(), "exports".into(), "sales".into()]));
        assert_eq!(parse("<a>~6<b>").unwrap().len(), 2);
    }

    #[test]
    fn either_order() {
        assert_eq!(orders("<a> ^8 exports of").unwrap(), ["<a> ~8 exports of", "exports of ~8 <a>"]);
        assert_eq!(orders("<a> ~2 b").unwrap(), ["<a> ~2 b"]);
        assert!(orders("a ^ b").is_err() && orders("a ^2 b ^2 c").is_err());
    }

    #[test]
    fn slips_are_told() {
        for form in ["ban(s", "[a|b", "a ~ b", "", "a]", "<a <b", "(a]", "a|b", "a ~101 b", "a ~4294967295 b"] {
            assert!(parse(form).is_err(), "{form}");
        }
    }

    #[test]
    fn what_would_fill_the_memory_is_refused() {
        let many = format!("[{}]", vec!["x"; 5_000].join("|"));
        let nested = "[".repeat(100_000) + "x" + &"]".repeat(100_000);
        for form in [&many, &nested, &"(".repeat(100_000), &"x".repeat(500), &format!("{}y", "(a)".repeat(13))] {
            let fault = expand(form).unwrap_err();
            assert!(fault.len() < 100, "{fault}");
        }
        assert_eq!(expand(&("[".repeat(16) + "x" + &"]".repeat(16))).unwrap(), ["x"]);
    }
}
