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

use std::collections::{BTreeMap, BTreeSet};

use super::counts::{Counts, Unit};
use super::exact_sum::ExactSum;
use super::measure::Measure;
use super::settings::TextSettings;
use super::tally::{Remembered, Tally};
use crate::codes::{Period, SectorId};

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
    /// Lays out a tally. `weights` and `clusters` (whose equal numbers are near-duplicates; 0: alone) are in its order; `structural_units`
    /// are those that [`super::text_indicators`] got, so that μ is the mean over the same units.
    pub fn new(
        tally: &Tally,
        weights: &[f64],
        clusters: impl Fn(usize) -> u64,
        settings: &TextSettings,
        structural_units: &BTreeSet<Unit>,
    ) -> Self {
        let counts = Counts::of(tally, weights, settings.granularity);
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
        let kinds = Gathering::new(&made, tally, settings).kinds(weights, clusters);
        kinds.iter().for_each(|(said, weight)| made.push(said, weight.value()));
        made
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

/// What a document, or a cluster in a period, is relevant to and says, each part once, in order; shares and scores as bits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    relevant: Vec<(u32, u64)>,
    says: Vec<(u32, u64)>,
    key: u64,
}

/// A cluster in a period, in the making.
#[derive(Debug, Default)]
struct Cluster {
    weight: ExactSum,
    relevant: BTreeMap<u32, ExactSum>,
    says: BTreeMap<u32, ExactSum>,
}

/// Puts documents that say the same together.
struct Gathering<'a> {
    made: &'a Bootstrap,
    tally: &'a Tally,
    settings: &'a TextSettings,
    /// Keys of the units that are spoken of.
    units: Vec<u64>,
}

impl<'a> Gathering<'a> {
    fn new(made: &'a Bootstrap, tally: &'a Tally, settings: &'a TextSettings) -> Self {
        let name = |(period, unit): &(Period, Unit)| key(&[&period.to_string(), unit.0.as_str(), unit.1.as_str()]);
        Self { made, tally, settings, units: made.of_unit.keys().map(name).collect() }
    }

    /// Everything that is said, in an order that does not depend on that of the documents, with its weight.
    fn kinds(&self, weights: &[f64], clusters: impl Fn(usize) -> u64) -> BTreeMap<Said, ExactSum> {
        let mut kinds: BTreeMap<Said, ExactSum> = BTreeMap::new();
        let mut together: BTreeMap<(Period, u64), Cluster> = BTreeMap::new();
        for (number, (document, weight)) in self.tally.documents().zip(weights).enumerate() {
            let period = Period::of(document.date, self.settings.granularity).filter(|_| *weight > 0.0);
            let Some(period) = period else { continue };
            let mut alone = Cluster::default();
            let cluster = match clusters(number) {
                0 => &mut alone,
                id => together.entry((period, id)).or_default(),
            };
            self.add(cluster, period, &document, *weight);
            if !alone.relevant.is_empty() {
                kinds.entry(self.said(&alone)).or_default().add(*weight);
            }
        }
        for cluster in together.values().filter(|cluster| !cluster.relevant.is_empty()) {
            kinds.entry(self.said(cluster)).or_default().add(cluster.weight.value());
        }
        kinds
    }

    fn add(&self, cluster: &mut Cluster, period: Period, document: &Remembered<'_>, weight: f64) {
        let sector = |index: u32| self.tally.sectors().get(index as usize).copied();
        cluster.weight.add(weight);
        for sector in document.relevant.iter().filter_map(|index| sector(*index)) {
            if let Some(at) = self.made.of_sector.get(&(period, sector)) {
                cluster.relevant.entry(*at).or_default().add(weight);
            }
        }
        for statement in document.statements.iter().filter(|statement| statement.score > 0.0) {
            let unit = sector(statement.sector).map(|sector| (period, (sector, statement.country)));
            if let Some(at) = unit.and_then(|unit| self.made.of_unit.get(&unit)) {
                let at = at * MEASURES as u32 + statement.measure.index() as u32;
                cluster.says.entry(at).or_default().add(weight * statement.score);
            }
        }
    }

    fn said(&self, cluster: &Cluster) -> Said {
        let part = |(at, sum): (&u32, &ExactSum)| (*at, share(sum.value(), cluster.weight.value()).to_bits());
        let relevant: Vec<(u32, u64)> = cluster.relevant.iter().map(part).collect();
        let says: Vec<(u32, u64)> = cluster.says.iter().map(part).collect();
        let mix = |hash: u64, number: u64| (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let sectors = relevant.iter().flat_map(|(at, share)| [self.made.sectors[*at as usize].key, *share]);
        let units = says
            .iter()
            .flat_map(|(at, score)| [self.units[*at as usize / MEASURES], u64::from(*at) % MEASURES as u64, *score]);
        let key = sectors.chain(units).fold(1, mix);
        Said { relevant, says, key }
    }
}

#[cfg(test)]
#[path = "bootstrap_tests.rs"]
mod tests;
