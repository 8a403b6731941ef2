//! The text indicators of a mixed state: the documents of one run read in the way of the other, under either prior.
//!
//! `indicators.csv` holds what the shrunk shares were made of (raw share and relevant weight), so they can be made again
//! under another prior. What one run's reading would have found in the other run's documents is known as well, as far as
//! the documents are the same: evidence(new documents, old reading) = evidence(old) + what the new, gone and changed
//! documents add, and the other way round. The relevant documents of a sector follow the documents.

use std::collections::BTreeMap;

use crate::codes::{IndicatorId, Period};
use crate::error::Result;
use crate::indicators::text::shrunk_share;
use crate::indicators::{Basis, IndicatorRow, Measure};
use crate::pipeline::score::Unit;

/// What documents say of a unit, by the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counted {
    /// R: weight of the documents that mention the sector.
    relevant: f64,
    /// Mentions of the unit.
    mentions: f64,
    /// `Σ w_d m_d`, by [`Measure::index`].
    scores: [f64; 6],
}

/// The evidence of all units.
pub type Evidence = BTreeMap<Unit, Counted>;

/// The evidence in the text rows of a table.
pub fn evidence(rows: &[IndicatorRow]) -> Evidence {
    let mut units = Evidence::new();
    for row in rows.iter().filter(|row| row.basis == Basis::Text) {
        let counted = units.entry((row.period, row.sector, row.country)).or_default();
        let value = row.value.unwrap_or(0.0);
        match row.indicator.as_str() {
            "relevant_documents" => counted.relevant = value,
            "mentions" => counted.mentions = value,
            code => {
                let measure = Measure::ALL.into_iter().find(|measure| code == raw_code(*measure));
                if let Some(measure) = measure {
                    counted.scores[measure.index()] = value / 100.0;
                }
            }
        }
    }
    // Raw shares become sums of scores once every relevant weight is known.
    for counted in units.values_mut() {
        counted.scores.iter_mut().for_each(|share| *share *= counted.relevant);
    }
    units
}

/// The evidence in a mixture: relevant weights and units of the run of `documents`; scores of the run of `reading`, plus (`sign` 1) or
/// less (−1) what the documents that differ add.
pub fn with_added(
    documents: &Evidence,
    reading: &Evidence,
    added: &BTreeMap<(Unit, Measure), f64>,
    sign: f64,
) -> Evidence {
    let mut mixed = documents.clone();
    for (unit, counted) in &mut mixed {
        let read = reading.get(unit).copied().unwrap_or_default();
        for measure in Measure::ALL {
            let at = measure.index();
            let score = read.scores[at] + sign * added.get(&(*unit, measure)).copied().unwrap_or(0.0);
            counted.scores[at] = score.clamp(0.0, counted.relevant);
        }
    }
    mixed
}

/// The rows that the text indicators stage makes of this evidence, under a prior of this strength.
///
/// # Errors
/// Never: the codes are those of the stage.
pub fn rows(evidence: &Evidence, strength: f64) -> Result<Vec<IndicatorRow>> {
    let mut means: BTreeMap<Period, ([f64; 6], f64)> = BTreeMap::new();
    for ((period, ..), counted) in evidence {
        let (sums, units) = means.entry(*period).or_default();
        *units += 1.0;
        for (sum, score) in sums.iter_mut().zip(counted.scores) {
            *sum += share(score, counted.relevant);
        }
    }
    let mut rows = Vec::with_capacity(14 * evidence.len());
    for (unit, counted) in evidence {
        let Some((sums, units)) = means.get(&unit.0) else { continue };
        let mut add = |code: &str, value: f64| -> Result<()> {
            rows.push(text_row(*unit, code.parse()?, value));
            Ok(())
        };
        for measure in Measure::ALL {
            let (score, mean) = (counted.scores[measure.index()], sums[measure.index()] / units);
            add(&format!("{}_text", measure.name()), 100.0 * shrunk_share(score, counted.relevant, mean, strength))?;
            add(&raw_code(measure), 100.0 * share(score, counted.relevant))?;
        }
        add("relevant_documents", counted.relevant)?;
        add("mentions", counted.mentions)?;
    }
    Ok(rows)
}

fn raw_code(measure: Measure) -> String {
    format!("{}_text_raw", measure.name())
}

fn share(score: f64, relevant: f64) -> f64 {
    if relevant > 0.0 { (score / relevant).min(1.0) } else { 0.0 }
}

fn text_row((period, sector, country): Unit, indicator: IndicatorId, value: f64) -> IndicatorRow {
    let (low, high, provenance) = (None, None, String::new());
    let (value, documents, basis) = (Some(value), Some(0), Basis::Text);
    IndicatorRow { sector, country, period, indicator, value, low, high, documents, basis, provenance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_run_are_made_again_from_their_own_evidence() {
        let unit = |country: &str| -> Unit { (Period::All, "solar".parse().unwrap(), country.parse().unwrap()) };
        let counted = |score: f64| Counted { relevant: 7.5, mentions: 3.0, scores: [score, 0.1, 0.0, 2.0, 0.0, 7.5] };
        let whole = Evidence::from([(unit("CHN"), counted(1.25)), (unit("USA"), counted(0.0))]);
        let again = evidence(&rows(&whole, 5.0).unwrap());
        for (unit, counted) in &whole {
            for (a, b) in counted.scores.iter().zip(again[unit].scores) {
                assert!((a - b).abs() < 1e-12, "{a} {b}");
            }
        }
        let added = BTreeMap::from([((unit("CHN"), Measure::Easing), 3.0), ((unit("USA"), Measure::Exposure), 1.0)]);
        let mixed = with_added(&whole, &whole, &added, 1.0);
        assert_eq!(mixed[&unit("CHN")].scores[Measure::Easing.index()], 3.0);
        assert_eq!(mixed[&unit("USA")].scores[Measure::Exposure.index()], 7.5, "no more than all relevant documents");
    }
}
