//! Documents added up by unit and period: [`Tally`] and weights → [`Counts`].
//!
//! All sums are exact ([`ExactSum`]) and all keys ordered, so the order of the documents leaves no trace. A document of
//! weight 0 (a source that does not count, a date after `as_of`) is left out altogether.

use std::collections::{BTreeMap, BTreeSet};

use super::exact_sum::ExactSum;
use super::measure::Measure;
use super::tally::{Remembered, Statement, Tally};
use super::weight::Weights;
use crate::codes::{CountryCode, Granularity, Period, SectorId};
use crate::error::Result;

/// A sector and a country.
pub type Unit = (SectorId, CountryCode);

/// The documents that mention a sector in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Relevant {
    /// Their weights, added up: `R(s,p) = Σ w_d`.
    pub weight: ExactSum,
    /// Their number.
    pub documents: u32,
}

/// What the documents of a period say about a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitCount {
    /// `Σ w_d m_d`, by [`Measure::index`].
    pub scores: [ExactSum; 6],
    /// Number of documents with m_d > 0, by [`Measure::index`].
    pub documents: [u32; 6],
    /// Number of mentions whose origin is the country.
    pub mentions: u64,
    /// Number of documents with such a mention.
    pub stating: u32,
}

/// All sums that text indicators need.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Relevant documents by period and sector.
    pub relevant: BTreeMap<(Period, SectorId), Relevant>,
    /// What they say, by period and unit; a unit that nothing is said about in a period is absent.
    pub said: BTreeMap<(Period, Unit), UnitCount>,
}

impl Counts {
    /// Adds up the documents of a tally.
    ///
    /// # Errors
    /// When the tally's file cannot be read.
    pub fn of(tally: &Tally, weights: &Weights, granularity: Granularity) -> Result<Self> {
        let parts = tally.gather(Self::default, |counts, mut block| {
            while let Some(document) = block.next_document() {
                let weight = weights.get(document.number).unwrap_or(0.0);
                let period = Period::of(document.date, granularity).filter(|_| weight > 0.0);
                if let Some(period) = period {
                    counts.add(tally, &document, (period, weight));
                }
            }
            Ok(())
        })?;
        Ok(parts.into_iter().fold(Self::default(), Self::joined))
    }

    fn add(&mut self, tally: &Tally, document: &Remembered<'_>, (period, weight): (Period, f64)) {
        for sector in document.relevant.iter().filter_map(|index| tally.sectors().get(*index as usize)) {
            let relevant = self.relevant.entry((period, *sector)).or_default();
            relevant.weight.add(weight);
            relevant.documents += 1;
        }
        for about in document.statements.chunk_by(|a, b| (a.sector, a.country) == (b.sector, b.country)) {
            let sector = about.first().and_then(|said| tally.sectors().get(said.sector as usize));
            if let Some(sector) = sector {
                self.said.entry((period, (*sector, about[0].country))).or_default().add(about, weight);
            }
        }
    }

    fn joined(mut self, other: Self) -> Self {
        for (key, relevant) in other.relevant {
            let sum = self.relevant.entry(key).or_default();
            sum.weight.join(relevant.weight);
            sum.documents += relevant.documents;
        }
        for (key, said) in other.said {
            self.said.entry(key).or_default().join(&said);
        }
        self
    }

    /// The periods with a relevant document, in order.
    pub fn periods(&self) -> BTreeSet<Period> {
        self.relevant.keys().map(|(period, _)| *period).collect()
    }

    /// Every unit that some document speaks of, in whatever period.
    pub fn units(&self) -> BTreeSet<Unit> {
        self.said.keys().map(|(_, unit)| *unit).collect()
    }
}

impl UnitCount {
    fn join(&mut self, other: &Self) {
        for (sum, score) in self.scores.iter_mut().zip(other.scores) {
            sum.join(score);
        }
        for (sum, documents) in self.documents.iter_mut().zip(other.documents) {
            *sum += documents;
        }
        self.mentions += other.mentions;
        self.stating += other.stating;
    }

    /// Adds what one document says about the unit.
    fn add(&mut self, statements: &[Statement], weight: f64) {
        let mut is_origin = false;
        for statement in statements {
            let at = statement.measure.index();
            self.scores[at].add(weight * statement.score);
            self.documents[at] += u32::from(statement.score > 0.0);
            if let Measure::Channel(_) = statement.measure {
                self.mentions += u64::from(statement.mentions);
                is_origin = true;
            }
        }
        self.stating += u32::from(is_origin);
    }
}
