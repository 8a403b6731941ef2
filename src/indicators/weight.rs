//! What a document counts: `w_d = (1 / size of its near-duplicate cluster) × source weight × 2^(−age / half-life)`.
//!
//! A wire report that fifty papers print is one report. Age is counted in days back from `as_of` (the latest document
//! when none is given). A document later than `as_of` was not known then and weighs 0. A document without a date is
//! taken to be as old as the median of the dated ones, so that a missing date is no advantage.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::settings::TextSettings;
use super::tally::{Block, Tally};
use crate::error::Result;

/// What each document counts, in their order: four bytes a document, for many weigh the same.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// Place in `values` of each document's weight; empty where all weigh the same.
    of_document: Vec<u32>,
    values: Vec<f64>,
}

impl Weights {
    /// The same for every document.
    pub fn all(weight: f64) -> Self {
        Self { of_document: Vec::new(), values: vec![weight] }
    }

    /// One weight a document, block by block.
    ///
    /// # Errors
    /// The first that `weights` gives.
    pub fn each(weights: impl IntoIterator<Item = Result<Vec<f64>>>) -> Result<Self> {
        let mut known: HashMap<u64, u32> = HashMap::new();
        let mut made = Self::default();
        for block in weights {
            made.of_block(block?, &mut known);
        }
        Ok(made)
    }

    fn of_block(&mut self, weights: Vec<f64>, known: &mut HashMap<u64, u32>) {
        for weight in weights {
            let number = *known.entry(weight.to_bits()).or_insert_with(|| {
                self.values.push(weight);
                self.values.len() as u32 - 1
            });
            self.of_document.push(number);
        }
    }

    /// The weight of a document; none for one that there is not.
    pub fn get(&self, document: u32) -> Option<f64> {
        let place = if self.of_document.is_empty() { Some(&0) } else { self.of_document.get(document as usize) };
        self.values.get(*place? as usize).copied()
    }
}

impl FromIterator<f64> for Weights {
    fn from_iter<I: IntoIterator<Item = f64>>(weights: I) -> Self {
        let mut made = Self::default();
        made.of_block(weights.into_iter().collect(), &mut HashMap::new());
        made
    }
}

/// The clusters of near-duplicates of so many documents from a number on: what names each cluster (0: none), and its size, itself
/// included.
pub trait Clustered: Fn(u32, usize) -> Result<Vec<(u64, u32)>> + Sync {}

impl<F: Fn(u32, usize) -> Result<Vec<(u64, u32)>> + Sync> Clustered for F {}

/// The weight of each document, in the order of the tally.
///
/// # Errors
/// When the scratch files cannot be read.
pub fn weights(tally: &Tally, clusters: impl Clustered, settings: &TextSettings) -> Result<Weights> {
    let sources = source_weights(tally.publishers(), settings);
    let ages = Ages::of(tally.days(), settings);
    let of_block = |block: Result<Block>| -> Result<Vec<f64>> {
        let mut block = block?;
        let clusters = clusters(block.first(), block.len())?;
        let mut weights = Vec::with_capacity(clusters.len());
        for (_, size) in clusters {
            let Some(document) = block.next_document() else { break };
            let source = sources.get(document.publisher as usize).copied().unwrap_or(settings.default_source_weight);
            weights.push(source * ages.factor(document.date) / f64::from(size.max(1)));
        }
        Ok(weights)
    };
    Weights::each(tally.blocks().map(of_block))
}

/// One weight for each publisher.
fn source_weights(publishers: &[String], settings: &TextSettings) -> Vec<f64> {
    let plain = |name: &str| name.trim().to_lowercase();
    let own: BTreeMap<_, _> = settings.source_weights.iter().map(|(name, weight)| (plain(name), *weight)).collect();
    publishers.iter().map(|name| own.get(&plain(name)).copied().unwrap_or(settings.default_source_weight)).collect()
}

/// How much age takes away.
struct Ages {
    as_of: Option<Date>,
    half_life_days: Option<f64>,
    /// Of documents without a date.
    undated: f64,
}

impl Ages {
    fn of(days: &BTreeMap<Date, u64>, settings: &TextSettings) -> Self {
        let as_of = settings.as_of.or_else(|| days.keys().next_back().copied());
        let known = || days.iter().filter(|(date, _)| as_of.is_none_or(|as_of| **date <= as_of));
        let before_median = known().map(|(_, count)| count).sum::<u64>().saturating_sub(1) / 2;
        let mut seen = 0;
        let median = known().find(|(_, count)| {
            seen += *count;
            seen > before_median
        });
        let mut ages = Self { as_of, half_life_days: settings.half_life_days, undated: 1.0 };
        if let Some((median, _)) = median {
            ages.undated = ages.factor(Some(*median));
        }
        ages
    }

    fn factor(&self, date: Option<Date>) -> f64 {
        let (Some(date), Some(as_of)) = (date, self.as_of) else { return self.undated };
        let days = as_of.duration_since(date).as_secs() / 86_400;
        match self.half_life_days {
            _ if days < 0 => 0.0,
            Some(half_life) => libm::exp2(-(days as f64) / half_life),
            None => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tally::{DocumentSummary, Summed};
    use super::*;

    fn tally(documents: &[(&str, &str)]) -> Tally {
        let mut tally = Tally::within(&std::env::temp_dir());
        for (date, publisher) in documents {
            tally.add(&DocumentSummary { date: date.parse().ok(), publisher, says: &Summed::default() }).unwrap();
        }
        tally
    }

    fn weighed(tally: &Tally, sizes: &[u32], settings: &TextSettings) -> Vec<f64> {
        let clusters = |_, _| Ok(sizes.iter().map(|size| (0, *size)).collect());
        let weights = weights(tally, clusters, settings).unwrap();
        (0..tally.len() as u32).map(|document| weights.get(document).unwrap()).collect()
    }

    #[test]
    fn cluster_source_and_age_multiply() {
        let tally =
            tally(&[("2024-01-31", "Gazette"), ("2024-01-01", " GAZETTE"), ("2024-01-01", "blog"), ("", "blog")]);
        let source_weights = BTreeMap::from([("gazette".to_owned(), 0.8)]);
        let settings = TextSettings { half_life_days: Some(30.0), source_weights, ..TextSettings::default() };
        // Of three dates the median is the 1st of January: half of the weight is gone, for the undated document too.
        assert_eq!(weighed(&tally, &[1, 2, 1, 4], &settings), [0.8, 0.2, 0.5, 0.125]);
        let as_of = Some("2024-01-01".parse().unwrap());
        let earlier = TextSettings { as_of, half_life_days: None, ..settings };
        assert_eq!(weighed(&tally, &[1, 2, 1, 4], &earlier), [0.0, 0.4, 1.0, 0.25]);
    }
}
