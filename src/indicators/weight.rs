//! What a document counts: `w_d = (1 / size of its near-duplicate cluster) × source weight × 2^(−age / half-life)`.
//!
//! A wire report that fifty papers print is one report. Age is counted in days back from `as_of` (the latest document
//! when none is given). A document later than `as_of` was not known then and weighs 0. A document without a date is
//! taken to be as old as the median of the dated ones, so that a missing date is no advantage.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::settings::TextSettings;
use super::tally::{Remembered, Tally};

/// The weight of each document, in the order of the tally; `clusters` holds the size of each document's cluster of
/// near-duplicates, itself included (a document without a size stands alone).
pub fn weights(tally: &Tally, clusters: &[u32], settings: &TextSettings) -> Vec<f64> {
    let sources = source_weights(tally.publishers(), settings);
    let ages = Ages::of(tally.dates(), settings);
    let weigh = |(document, size): (Remembered<'_>, u32)| {
        let source = sources.get(document.publisher as usize).copied().unwrap_or(settings.default_source_weight);
        source * ages.factor(document.date) / f64::from(size.max(1))
    };
    tally.documents().zip(clusters.iter().copied().chain(std::iter::repeat(1))).map(weigh).collect()
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
    fn of(dates: &[Option<Date>], settings: &TextSettings) -> Self {
        let mut known: Vec<Date> = dates.iter().copied().flatten().collect();
        known.sort_unstable();
        let as_of = settings.as_of.or_else(|| known.last().copied());
        known.retain(|date| as_of.is_none_or(|as_of| *date <= as_of));
        let mut ages = Self { as_of, half_life_days: settings.half_life_days, undated: 1.0 };
        if let Some(median) = known.get(known.len().saturating_sub(1) / 2) {
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
    use super::super::tally::DocumentSummary;
    use super::*;

    fn tally(documents: &[(&str, &str)]) -> Tally {
        let mut tally = Tally::new();
        for (date, publisher) in documents {
            tally.add(&DocumentSummary { date: date.parse().ok(), publisher, sectors: &[], mentions: &[] });
        }
        tally
    }

    #[test]
    fn cluster_source_and_age_multiply() {
        let tally =
            tally(&[("2024-01-31", "Gazette"), ("2024-01-01", " GAZETTE"), ("2024-01-01", "blog"), ("", "blog")]);
        let source_weights = BTreeMap::from([("gazette".to_owned(), 0.8)]);
        let settings = TextSettings { half_life_days: Some(30.0), source_weights, ..TextSettings::default() };
        // Of three dates the median is the 1st of January: half of the weight is gone, for the undated document too.
        assert_eq!(weights(&tally, &[1, 2, 1, 4], &settings), [0.8, 0.2, 0.5, 0.125]);
        let as_of = Some("2024-01-01".parse().unwrap());
        let earlier = TextSettings { as_of, half_life_days: None, ..settings };
        assert_eq!(weights(&tally, &[1, 2, 1, 4], &earlier), [0.0, 0.4, 1.0, 0.25]);
    }
}
