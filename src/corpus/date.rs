//! Dates as corpora write them.
//!
//! Read: `2024-12-03`, with a time after it or not (`2024-12-03T10:00:00Z`: the date as written, no shift of
//! zone), `2024/12/03`, `2024.12.03`, `20241203`, `20241203100000`, `2024-12` (the first of the month, so that the
//! document counts in its month, quarter and year), and Unix time in seconds or milliseconds (10 or 13 digits, UTC),
//! which data frames write.
//!
//! Not read: a year alone (it would put every document of the year into January), and orders that depend on the
//! country (`03/12/2024`).

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// What a date should look like, for messages.
const EXPECTED: &str = "expected YYYY-MM-DD";
/// Years taken for real: outside of them a digit is wrong.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2199;

/// Reads a date; the error says why not and what was expected.
pub(super) fn parse_date(text: &str) -> Result<Date, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (head, rest) = text.split_at(digits);
    let date = match (head.len(), rest) {
        (4, "") => return Err("is a year without a month and day; expected YYYY-MM-DD or YYYY-MM".to_owned()),
        (4, rest) => separated(head, rest),
        (8, rest) if rest.is_empty() || rest.starts_with(['T', 't', ' ']) => compact(head),
        (14, "") => compact(&head[..8]),
        (10, "" | ".0") => epoch(head, 1_000),
        (13, "" | ".0") => epoch(head, 1),
        _ => None,
    };
    match date {
        Some(date) if YEARS.contains(&date.year()) => Ok(date),
        Some(date) => Err(format!("is in the year {}; {EXPECTED}", date.year())),
        None if rest.starts_with(['-', '/', '.']) && head.len() == 4 => {
            Err(format!("is no day of the calendar; {EXPECTED}"))
        }
        None => Err(format!("is in no form known here; {EXPECTED}")),
    }
}

/// `YYYY`, then a separator, a month, the same separator, a day and perhaps a time.
fn separated(year: &str, rest: &str) -> Option<Date> {
    let separator = rest.chars().next().filter(|c| ['-', '/', '.'].contains(c))?;
    let mut parts = rest[1..].splitn(2, separator);
    let month = small_number(parts.next()?)?;
    let day = match parts.next() {
        None => 1,
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let time = &rest[end..];
            if !time.is_empty() && !time.starts_with(['T', 't', ' ', 'Z', '+']) {
                return None;
            }
            small_number(&rest[..end])?
        }
    };
    Date::new(year.parse().ok()?, month, day).ok()
}

fn small_number(text: &str) -> Option<i8> {
    if (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// `YYYYMMDD`, eight digits.
fn compact(digits: &str) -> Option<Date> {
    Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..8].parse().ok()?).ok()
}

/// Unix time in units of `unit` milliseconds.
fn epoch(digits: &str, unit: i64) -> Option<Date> {
    let milliseconds = digits.parse::<i64>().ok()?.checked_mul(unit)?;
    Some(Timestamp::from_millisecond(milliseconds).ok()?.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_are_read() {
        for text in [
            "2024-12-03",
            " 2024-12-03 ",
            "2024-12-03T10:00:00Z",
            "2024-12-03 23:59:59+09:00",
            "2024/12/03",
            "2024/12/3",
            "2024.12.03",
            "20241203",
            "20241203T100000Z",
            "20241203100000",
            "1733184000",
            "1733184000000",
        ] {
            assert_eq!(parse_date(text).map(|d| d.to_string()), Ok("2024-12-03".to_owned()), "{text}");
        }
        assert_eq!(parse_date("2024-12").map(|d| d.to_string()), Ok("2024-12-01".to_owned()));
    }

    #[test]
    fn forms_that_are_refused_with_a_reason() {
        for (text, why) in [
            ("2024", "year without a month"),
            ("2024-02-30", "no day of the calendar"),
            ("2024-13", "no day of the calendar"),
            ("0224-12-03", "in the year 224"),
            ("03/12/2024", "in no form known"),
            ("3 décembre 2024", "in no form known"),
            ("20241399", "in no form known"),
            ("2024-12-03abc", "no day of the calendar"),
            ("２０２４-12-03", "in no form known"),
            ("-", "in no form known"),
        ] {
            let error = parse_date(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
            assert!(error.contains("expected"), "{text}: {error}");
        }
    }
}
