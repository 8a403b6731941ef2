//! Text indicators drawn anew: what they might have been, had the press printed other documents of the same kind.
//!
//! The Bayesian bootstrap (Rubin 1981) with the prior of the indicators themselves, that is, a draw from the Dirichlet process
//! posterior (Ferguson 1973; Lo 1987). A document counts w_d; in a draw it counts a Gamma(w_d) number, whose mean is w_d, for all sectors,
//! countries and channels at once: one document moves all that it speaks of. The α documents of the prior are drawn likewise:
//!
//! ```text
//! share = (Σ v_d m_d + g) / (Σ v_d + g + h)    v_d ~ Gamma(w_d), g ~ Gamma(α μ), h ~ Gamma(α (1 − μ))
//! ```
//!
//! with μ, the mean raw share of the period, taken anew from the v_d, g drawn for each unit and channel, h for each sector and channel.
//!
//! - The mean of the draws is the published value: for fixed μ exactly, since these are Dirichlet weights.
//! - Where documents state a thing in full or not at all, a draw is, for fixed μ, distributed as the Beta whose quantiles are published as
//!   `low` and `high`; where they state it in part, it varies a little less, and with μ drawn anew a little more.
//! - **Silence** is not certainty. Documents drawn with replacement, as in the plain bootstrap, would repeat the silence of a unit that no
//!   document speaks of, and only μ and R would move it. Here the prior's documents may speak: its value is Beta(αμ, R + α(1 − μ)), the
//!   published interval. So it is for a corpus of one document, which the plain bootstrap can only draw again.
//! - A cluster of near-duplicates is one document: its copies in a period share one number, in proportion to their weights.
//! - Documents that say the same of the same are drawn together: the sum of Gamma(a) and Gamma(b) is Gamma(a + b). So the work
//!   of a draw grows with what is said, not with how often.
//! - Where more than 100,000 different things are said, what documents say of each unit is drawn apart, scores rounded to 1/1024: each
//!   indicator varies as before, but no longer with those of other units. So the work of a draw is bounded.

use std::collections::{BTreeMap, BTreeSet};

mod gathering;

use super::counts::{Counts, Unit};
use super::measure::Measure;
use super::settings::TextSettings;
use super::tally::Tally;
use super::weight::{Clustered, Weights};
use crate::codes::{Period, SectorId};
use crate::error::Result;
use gathering::{Found, Gathering, Said, mixed};

/// Kinds of documents that are drawn as a whole; with more, units are drawn apart.
const MOST_KINDS: usize = 100_000;

/// Number of measures.
const MEASURES: usize = Measure::ALL.len();

/// Gamma numbers of a draw: (what for, shape) → the number; 0 for shape 0.
pub trait Gammas: Fn(u64, f64) -> f64 {}

impl<F: Fn(u64, f64) -> f64> Gammas for F {}

/// All that documents say, laid out for drawing.
#[derive(Debug, Clone, Default)]
pub struct Bootstrap {
    strength: f64,
    kinds: Vec<Kind>,
    /// What each kind is relevant to, one after the other: place in `sectors` and share of its weight.
    relevant: Vec<(u32, f64)>,
    /// What each kind says: place in `said` × measures + measure, and score.
    says: Vec<(u32, f64)>,
    sectors: Vec<Sector>,
    /// Place in `sectors` of each unit that is spoken of.
    said: Vec<u32>,
    /// Units observed in each period, over which μ is the mean.
    observed: Vec<f64>,
    /// Where a sector, and a unit that is spoken of, stand.
    of_sector: BTreeMap<(Period, SectorId), u32>,
    of_unit: BTreeMap<(Period, Unit), u32>,
}

/// Documents that say the same of the same.
#[derive(Debug, Clone, Copy)]
struct Kind {
    /// Σ w_d.
    weight: f64,
    key: u64,
    relevant_end: usize,
    says_end: usize,
}

/// A sector in a period.
#[derive(Debug, Clone, Copy)]
struct Sector {
    period: u32,
    key: u64,
}

/// Where an indicator finds its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    sector: u32,
    /// `None` where no document speaks of the unit.
    said: Option<u32>,
    measure: u32,
    key: u64,
}

/// The sums of a draw, kept from one to the next so that no memory is asked for again.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// Σ v_d, by sector.
    relevant: Vec<f64>,
    /// Σ v_d m_d, by unit and measure.
    said: Vec<f64>,
    /// μ, by period and measure.
    means: Vec<f64>,
    /// h, by sector and measure.
    against: Vec<f64>,
}

impl Bootstrap {
    /// Lays out a tally; `structural_units` are those that [`super::text_indicators`] got, so that μ is the mean over the same units.
    ///
    /// # Errors
    /// When the scratch files cannot be read or written.
    pub fn new(
        tally: &Tally,
        weights: &Weights,
        clusters: impl Clustered,
        settings: &TextSettings,
        structural_units: &BTreeSet<Unit>,
    ) -> Result<Self> {
        Self::within(tally, weights, clusters, settings, structural_units, MOST_KINDS)
    }

    /// As [`Bootstrap::new`]; with more kinds of documents than `most`, units are drawn apart.
    fn within(
        tally: &Tally,
        weights: &Weights,
        clusters: impl Clustered,
        settings: &TextSettings,
        structural_units: &BTreeSet<Unit>,
        most: usize,
    ) -> Result<Self> {
        let counts = Counts::of(tally, weights, settings.granularity)?;
        let mut made = Self { strength: settings.prior_strength, ..Self::default() };
        let periods: Vec<Period> = counts.periods().into_iter().collect();
        for (number, (period, sector)) in counts.relevant.keys().enumerate() {
            let of_period = periods.partition_point(|other| other < period) as u32;
            made.sectors.push(Sector { period: of_period, key: key(&[&period.to_string(), sector.as_str()]) });
            made.of_sector.insert((*period, *sector), number as u32);
        }
        for (number, (period, unit)) in counts.said.keys().enumerate() {
            // A document is relevant to every sector that it speaks of.
            made.said.push(made.of_sector.get(&(*period, unit.0)).copied().unwrap_or(0));
            made.of_unit.insert((*period, *unit), number as u32);
        }
        let units: BTreeSet<Unit> = counts.units().union(structural_units).copied().collect();
        let is_observed = |period: Period, unit: &Unit| made.of_sector.contains_key(&(period, unit.0));
        let observed = |period: &Period| units.iter().filter(|unit| is_observed(*period, unit)).count() as f64;
        made.observed = periods.iter().map(observed).collect();
        match Gathering::whole(&made, tally, settings, most).gather(weights, &clusters)? {
            Some(found) => found.kinds.iter().for_each(|(said, weight)| made.push(said, weight.value())),
            None => {
                let found = Gathering::apart(&made, tally, settings).gather(weights, &clusters)?;
                made.part(found.unwrap_or_default(), &counts);
            }
        }
        Ok(made)
    }

    /// Gives each unit that is spoken of a sector of its own: the documents that speak of it, as `found`, and the rest of those of its sector.
    fn part(&mut self, found: Found, counts: &Counts) {
        let weights: Vec<f64> = counts.relevant.values().map(|relevant| relevant.weight.value()).collect();
        let silent = |at: usize, key: u64| {
            let key = mixed([key, 1.0_f64.to_bits()].into_iter());
            Said { relevant: vec![(at as u32, 1.0_f64.to_bits())], says: Vec::new(), key }
        };
        for (at, weight) in weights.iter().enumerate() {
            self.push(&silent(at, self.sectors[at].key), *weight);
        }
        let units: Vec<(Period, Unit)> = self.of_unit.keys().copied().collect();
        for (number, (period, unit)) in units.into_iter().enumerate() {
            let sector = self.said[number] as usize;
            let key = key(&[&period.to_string(), unit.0.as_str(), unit.1.as_str()]);
            let own = self.sectors.len();
            self.sectors.push(Sector { period: self.sectors[sector].period, key });
            self.said[number] = own as u32;
            let spoken = found.spoken.get(&(number as u32)).copied().unwrap_or_default().value();
            self.push(&silent(own, key), (weights[sector] - spoken).max(0.0));
        }
        found.kinds.iter().for_each(|(said, weight)| self.push(said, weight.value()));
    }

    fn push(&mut self, said: &Said, weight: f64) {
        self.relevant.extend(said.relevant.iter().map(|(at, share)| (*at, f64::from_bits(*share))));
        self.says.extend(said.says.iter().map(|(at, score)| (*at, f64::from_bits(*score))));
        let (relevant_end, says_end) = (self.relevant.len(), self.says.len());
        self.kinds.push(Kind { weight, key: said.key, relevant_end, says_end });
    }

    /// Where the measure of a unit stands; `None` where no document of the period mentions the sector.
    pub fn place(&self, period: Period, unit: Unit, measure: Measure) -> Option<Place> {
        let sector = *self.of_sector.get(&(period, unit.0))?;
        let names = [&period.to_string(), unit.0.as_str(), unit.1.as_str(), measure.name()];
        let said = self.of_unit.get(&(period, unit)).copied();
        let sector = said.map_or(sector, |unit| self.said[unit as usize]);
        Some(Place { sector, said, measure: measure.index() as u32, key: key(&names) })
    }

    /// Draws what all indicators share.
    pub fn draw(&self, gammas: impl Gammas, sums: &mut Sums) {
        self.add_up(&gammas, sums);
        refill(&mut sums.means, self.observed.len() * MEASURES);
        for (of_unit, sector) in sums.said.chunks_exact(MEASURES).zip(&self.said) {
            let total = sums.relevant[*sector as usize];
            let from = self.sectors[*sector as usize].period as usize * MEASURES;
            for (mean, score) in sums.means[from..from + MEASURES].iter_mut().zip(of_unit) {
                *mean += share(*score, total);
            }
        }
        for (means, observed) in sums.means.chunks_exact_mut(MEASURES).zip(&self.observed) {
            means.iter_mut().for_each(|mean| *mean = share(*mean, *observed));
        }
        refill(&mut sums.against, self.sectors.len() * MEASURES);
        for (against, sector) in sums.against.chunks_exact_mut(MEASURES).zip(&self.sectors) {
            let means = &sums.means[sector.period as usize * MEASURES..];
            for (measure, (against, mean)) in against.iter_mut().zip(means).enumerate() {
                *against = gammas(sector.key.wrapping_add(measure as u64), self.strength * (1.0 - mean));
            }
        }
    }

    fn add_up(&self, gammas: &impl Gammas, sums: &mut Sums) {
        refill(&mut sums.relevant, self.sectors.len());
        refill(&mut sums.said, self.said.len() * MEASURES);
        let (mut relevant, mut says) = (0, 0);
        for kind in &self.kinds {
            let counts = gammas(kind.key, kind.weight);
            for (at, share) in &self.relevant[relevant..kind.relevant_end] {
                sums.relevant[*at as usize] += counts * share;
            }
            for (at, score) in &self.says[says..kind.says_end] {
                sums.said[*at as usize] += counts * score;
            }
            (relevant, says) = (kind.relevant_end, kind.says_end);
        }
    }

    /// The shrunk share of a place in this draw, in [0, 1].
    pub fn shrunk(&self, place: Place, gammas: impl Gammas, sums: &Sums) -> f64 {
        let sector = place.sector as usize;
        let mean = sums.means[self.sectors[sector].period as usize * MEASURES + place.measure as usize];
        let prior = gammas(place.key, self.strength * mean);
        let against = sums.against[sector * MEASURES + place.measure as usize];
        share(score(place, sums) + prior, sums.relevant[sector] + against + prior)
    }

    /// The raw share of a place in this draw, in [0, 1].
    pub fn raw(&self, place: Place, sums: &Sums) -> f64 {
        share(score(place, sums), sums.relevant[place.sector as usize])
    }
}

/// Σ v_d m_d.
fn score(place: Place, sums: &Sums) -> f64 {
    place.said.map_or(0.0, |unit| sums.said[unit as usize * MEASURES + place.measure as usize])
}

/// A part of a whole; 0 of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}

fn refill(numbers: &mut Vec<f64>, len: usize) {
    numbers.clear();
    numbers.resize(len, 0.0);
}

/// A number for names (FNV-1a, names apart), on which the draws of what they name depend: not on its place among others.
fn key(names: &[&str]) -> u64 {
    let bytes = names.iter().flat_map(|name| name.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
#[path = "bootstrap_tests.rs"]
mod tests;
