//! The numbers that text indicators are made with (sections `[text]` and `[sources]` of the model file).

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::codes::Granularity;
use crate::error::{Error, ErrorKind, Result};

/// How documents become text indicators. Certainties are inside the mentions already.
#[derive(Debug, Clone, PartialEq)]
pub struct TextSettings {
    /// α: how many effective documents the channel's mean counts for.
    pub prior_strength: f64,
    /// Age in days at which a document counts half; `None` = age does not matter.
    pub half_life_days: Option<f64>,
    /// Level of the interval, such as 0.90.
    pub interval: f64,
    /// Publisher → weight of its documents; letter case and outer spaces do not matter.
    pub source_weights: BTreeMap<String, f64>,
    /// Weight of the documents of all other publishers.
    pub default_source_weight: f64,
    /// What is known on this day: later documents do not count, and age is counted back from it. `None` = the day of
    /// the latest document.
    pub as_of: Option<Date>,
    /// How finely time is cut.
    pub granularity: Granularity,
}

impl Default for TextSettings {
    fn default() -> Self {
        Self {
            prior_strength: 5.0,
            half_life_days: None,
            interval: 0.90,
            source_weights: BTreeMap::new(),
            default_source_weight: 1.0,
            as_of: None,
            granularity: Granularity::All,
        }
    }
}

impl TextSettings {
    /// Refuses numbers that make no sense, all at once.
    ///
    /// # Errors
    /// One fault for each key of the model file that is out of range.
    pub fn check(&self) -> Result<()> {
        let mut faults = Vec::new();
        let mut expect = |holds: bool, key: &str, value: f64, expected: &str| {
            if !holds {
                let message = format!("{key} is {value}: expected {expected}");
                faults.push(Error::new(ErrorKind::Model, message).hint("correct the model file (--model)"));
            }
        };
        let is_weight = |value: f64| value.is_finite() && value >= 0.0;
        expect(is_weight(self.prior_strength), "text.prior_strength", self.prior_strength, "a number of at least 0");
        let is_level = self.interval > 0.0 && self.interval < 1.0;
        expect(is_level, "text.interval", self.interval, "a number between 0 and 1, such as 0.9");
        if let Some(days) = self.half_life_days {
            expect(days.is_finite() && days > 0.0, "text.half_life_days", days, "a number of days above 0");
        }
        let mut expect_weight = |name: &str, weight: f64| {
            expect(is_weight(weight), &format!("sources.{name}"), weight, "a weight of at least 0")
        };
        expect_weight("default", self.default_source_weight);
        self.source_weights.iter().for_each(|(name, weight)| expect_weight(name, *weight));
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_senseless_number_is_named() {
        let source_weights = BTreeMap::from([("Gazette".to_owned(), -1.0)]);
        let (prior_strength, interval, half_life_days) = (f64::NAN, 1.0, Some(0.0));
        let settings =
            TextSettings { prior_strength, interval, half_life_days, source_weights, ..TextSettings::default() };
        let message = settings.check().unwrap_err().to_string();
        for key in ["text.prior_strength", "text.interval", "text.half_life_days", "sources.Gazette"] {
            assert!(message.contains(key), "{key} not in {message}");
        }
        assert!(TextSettings::default().check().is_ok());
    }
}
