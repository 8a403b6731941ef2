//! Text indicators: shares of relevant documents (METHODS, section 2).
//!
//! For a unit (sector s, country c), a period p and each [`Measure`] k:
//!
//! - relevant documents `R = Σ w_d` over the documents that mention s in p;
//! - raw share `Σ w_d m_d / R`, with m_d the greatest score of the document's mentions;
//! - shrunk share `(Σ w_d m_d + α μ) / (R + α)`, μ the mean raw share of k over all units of p (Beta-Binomial: Casella,
//!   *The American Statistician* 39, 1985, on empirical Bayes), so that one article never makes a confident 100;
//! - interval: quantiles of `Beta(Σ w_d m_d + α μ, R − Σ w_d m_d + α (1 − μ))`, widened to hold the value where the
//!   distribution is so skewed that its mean lies outside. Where μ is 0 or 1 the limit is a point.
//!
//! All on 0–100: 100 = every relevant document reports it at full gravity. Units are those that any document speaks of
//! and those with structural data; a unit gets rows wherever R > 0, for then silence is an observation. Where R = 0
//! there is no row: missing stays missing.
//!
//! | indicator | value | documents |
//! |---|---|---|
//! | `<measure>_text` | 100 × shrunk share, with low and high | that state it |
//! | `<measure>_text_raw` | 100 × raw share | that state it |
//! | `relevant_documents` | R | that mention the sector |
//! | `mentions` | mentions whose origin is the country | with such a mention |

use std::collections::BTreeSet;

use super::beta;
use super::counts::{Counts, Relevant, Unit, UnitCount};
use super::measure::Measure;
use super::row::{Basis, IndicatorRow};
use super::settings::TextSettings;
use super::table::IndicatorTable;
use super::tally::Tally;
use super::weight::Weights;
use crate::codes::{IndicatorId, Period};
use crate::error::Result;

/// The text indicators of all units.
///
/// # Errors
/// When the settings make no sense or the tally's file cannot be read.
pub fn text_indicators(
    tally: &Tally,
    weights: &Weights,
    settings: &TextSettings,
    structural_units: &BTreeSet<Unit>,
) -> Result<IndicatorTable> {
    settings.check()?;
    let counts = Counts::of(tally, weights, settings.granularity)?;
    let units: BTreeSet<Unit> = counts.units().union(structural_units).copied().collect();
    let codes = Codes::new()?;
    let mut rows = Vec::new();
    for period in counts.periods() {
        let observed = observed(&counts, &units, period);
        let means = Measure::ALL.map(|measure| mean_share(&observed, measure));
        for unit in &observed {
            rows.extend(unit.rows(&codes, period, &means, settings));
        }
    }
    IndicatorTable::from_rows(rows)
}

/// A unit in a period with relevant documents.
struct Observed {
    unit: Unit,
    relevant: Relevant,
    said: UnitCount,
}

fn observed(counts: &Counts, units: &BTreeSet<Unit>, period: Period) -> Vec<Observed> {
    let observe = |unit: &Unit| {
        let relevant = *counts.relevant.get(&(period, unit.0)).filter(|relevant| relevant.weight.value() > 0.0)?;
        let said = counts.said.get(&(period, *unit)).copied().unwrap_or_default();
        Some(Observed { unit: *unit, relevant, said })
    };
    units.iter().filter_map(observe).collect()
}

/// μ: the mean raw share over units, each unit counting once, in order of their codes.
fn mean_share(observed: &[Observed], measure: Measure) -> f64 {
    let sum: f64 = observed.iter().map(|unit| unit.raw_share(measure)).sum();
    if observed.is_empty() { 0.0 } else { sum / observed.len() as f64 }
}

/// A share drawn towards the mean of its channel, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunk {
    /// `(x + α μ) / (R + α)`.
    pub share: f64,
    /// Lower quantile.
    pub low: f64,
    /// Upper quantile.
    pub high: f64,
}

/// Shrinks `score` = Σ w_d m_d out of `relevant` = R towards `mean` = μ with strength α, at an interval of level
/// `level`.
pub fn shrink(score: f64, relevant: f64, mean: f64, strength: f64, level: f64) -> Shrunk {
    let (for_it, against) = pseudo_counts(score, relevant, mean, strength);
    let share = shrunk_share(score, relevant, mean, strength);
    let tail = 0.5 * (1.0 - level);
    let (low, high) = (beta::quantile(tail, for_it, against), beta::quantile(1.0 - tail, for_it, against));
    Shrunk { share, low: low.min(share), high: high.max(share) }
}

/// [`Shrunk::share`] alone, which costs no quantile.
pub fn shrunk_share(score: f64, relevant: f64, mean: f64, strength: f64) -> f64 {
    let (for_it, against) = pseudo_counts(score, relevant, mean, strength);
    if for_it + against > 0.0 { for_it / (for_it + against) } else { 0.0 }
}

/// What speaks for and against, the prior included: the parameters of the Beta distribution.
fn pseudo_counts(score: f64, relevant: f64, mean: f64, strength: f64) -> (f64, f64) {
    (score + strength * mean, (relevant - score).max(0.0) + strength * (1.0 - mean))
}

impl Observed {
    fn score(&self, measure: Measure) -> f64 {
        self.said.scores[measure.index()].value()
    }

    fn raw_share(&self, measure: Measure) -> f64 {
        (self.score(measure) / self.relevant.weight.value()).min(1.0)
    }

    fn rows(&self, codes: &Codes, period: Period, means: &[f64; 6], settings: &TextSettings) -> Vec<IndicatorRow> {
        let mut rows = Vec::with_capacity(14);
        for (measure, mean) in Measure::ALL.into_iter().zip(means) {
            let documents = self.said.documents[measure.index()];
            let seen = self.seen(measure);
            let strength = settings.prior_strength;
            let shrunk = shrink(self.score(measure), self.relevant.weight.value(), *mean, strength, settings.interval);
            let (shrunk_code, raw_code) = codes.of_measure[measure.index()];
            let mut row = self.row(period, shrunk_code, 100.0 * shrunk.share, documents);
            (row.low, row.high) = (Some(100.0 * shrunk.low), Some(100.0 * shrunk.high));
            row.provenance = format!(
                "{seen}, drawn to the mean of all units, {}, with strength {}",
                brief(100.0 * mean),
                brief(strength)
            );
            rows.push(row);
            let mut row = self.row(period, raw_code, 100.0 * self.raw_share(measure), documents);
            row.provenance = seen;
            rows.push(row);
        }
        let relevant = self.relevant.weight.value();
        let mut row = self.row(period, codes.relevant, relevant, self.relevant.documents);
        row.provenance = format!("{} documents mention the sector", self.relevant.documents);
        rows.push(row);
        let mut row = self.row(period, codes.mentions, self.said.mentions as f64, self.said.stating);
        row.provenance = format!("{} mentions in {} documents", self.said.mentions, self.said.stating);
        rows.push(row);
        rows
    }

    /// `3 of 20 relevant documents, weighted 2.25 of 17.5`.
    fn seen(&self, measure: Measure) -> String {
        let (stating, relevant) = (self.said.documents[measure.index()], self.relevant.documents);
        let (score, weight) = (brief(self.score(measure)), brief(self.relevant.weight.value()));
        format!("{stating} of {relevant} relevant documents, weighted {score} of {weight}")
    }

    fn row(&self, period: Period, indicator: IndicatorId, value: f64, documents: u32) -> IndicatorRow {
        IndicatorRow {
            sector: self.unit.0,
            country: self.unit.1,
            period,
            indicator,
            value: Some(value),
            low: None,
            high: None,
            documents: Some(documents),
            basis: Basis::Text,
            provenance: String::new(),
        }
    }
}

/// A number for a sentence: at most three decimals.
fn brief(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The codes of the text indicators.
struct Codes {
    /// Shrunk and raw, by [`Measure::index`].
    of_measure: [(IndicatorId, IndicatorId); 6],
    relevant: IndicatorId,
    mentions: IndicatorId,
}

impl Codes {
    fn new() -> Result<Self> {
        let (relevant, mentions) = ("relevant_documents".parse()?, "mentions".parse()?);
        let mut of_measure = [(relevant, relevant); 6];
        for measure in Measure::ALL {
            let name = measure.name();
            of_measure[measure.index()] = (format!("{name}_text").parse()?, format!("{name}_text_raw").parse()?);
        }
        Ok(Self { of_measure, relevant, mentions })
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
