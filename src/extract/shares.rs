//! The share of supply a concentration is stated with: "90 % of the world's gallium" → 0.90.

use super::sentence_view::{FoundMeasure, SentenceView, Span};
use crate::codes::{Channel, MaterialId, SectorId};
use crate::lexicon::language::ShareForm;

/// A share this many words from the measure still speaks of it; a comma counts as three.
const REACH: usize = 8;
const COMMA: usize = 3;

/// The share that a share word at `at` in `slice` states: its own, or the number before it times its unit.
/// `None` where no number stands before a unit, or where the share would exceed the whole.
pub fn read(form: ShareForm, slice: &str, at: usize) -> Option<f64> {
    let share = match form {
        ShareForm::Whole(share) => share,
        ShareForm::Unit(unit) => number_before(slice, at)? * unit,
    };
    // Nine times 0.1 is 0.9.
    let share = (share * 1e4).round() / 1e4;
    (share > 0.0 && share <= 1.0).then_some(share)
}

/// The number that ends right before byte `end` (blanks between allowed): `90`, `62.5`, `62,5`.
fn number_before(slice: &str, end: usize) -> Option<f64> {
    let head = slice[..end].trim_end();
    let digits = head.bytes().rev().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).count();
    let number = head[head.len() - digits..].trim_matches(['.', ',']);
    // A share has at most three digits before its point: longer numbers are amounts.
    (!number.is_empty()).then(|| number.replace(',', ".").parse().ok()).flatten()
}

/// The share stated with a measure of concentration for a good: where the clause names as many shares as goods, they pair in
/// order ("98 % of gallium and 60 % of germanium"), else the nearest to the measure stands.
pub fn of(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, good: (SectorId, Option<MaterialId>)) -> Option<f64> {
    if measure.measure.channel != Some(Channel::Concentration) || view.shares.is_empty() {
        return None;
    }
    let clause = view.clause(&measure.span);
    let cost = |span: &Span| span.distance(&measure.span) + COMMA * view.commas_between(span, &measure.span);
    let shares: Vec<&(Span, f64)> = view.shares.iter().filter(|(span, _)| view.clause(span) == clause).collect();
    let nearest = shares.iter().min_by_key(|(span, _)| cost(span)).filter(|(span, _)| cost(span) <= REACH)?;
    let mut goods: Vec<(SectorId, Option<MaterialId>)> = Vec::new();
    for (span, found) in &view.goods {
        if let Some(sector) = found.sector.filter(|_| view.clause(span) == clause) {
            goods.push((sector, found.material));
        }
    }
    goods.dedup();
    let pair = goods.iter().position(|named| *named == good).filter(|_| goods.len() == shares.len());
    Some(pair.map_or(nearest.1, |place| shares[place].1))
}

/// A share below this is no concentration (METHODS; the labelling rules).
const MINOR: f64 = 0.25;

/// Whether the only share within a measure's words is a minor one.
pub fn is_minor(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> bool {
    let mut inside =
        view.shares.iter().filter(|(span, _)| measure.span.holds(span)).map(|(_, share)| *share).peekable();
    measure.measure.channel == Some(Channel::Concentration)
        && inside.peek().is_some()
        && inside.all(|share| share < MINOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_before_a_unit() {
        let percent = |text: &str| read(ShareForm::Unit(0.01), text, text.find('%').unwrap());
        assert_eq!(percent("some 90 % of"), Some(0.9));
        assert_eq!(percent("62,5% de"), Some(0.625));
        assert_eq!(percent("98.0%"), Some(0.98));
        assert_eq!(percent("130 %"), None);
        assert_eq!(percent("no %"), None);
        assert_eq!(read(ShareForm::Unit(0.1), "世界の9割", "世界の9".len()), Some(0.9));
        assert_eq!(read(ShareForm::Whole(0.5), "half", 0), Some(0.5));
    }
}
