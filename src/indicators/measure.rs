//! What text indicators measure: the four channels, easing and exposure; and how a mention bears on each.

use crate::codes::{Channel, CountryCode, Polarity, Status};
use crate::extract::mention::Mention;

/// One thing that a document may say about a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// The country is the origin of a statement of this channel.
    Channel(Channel),
    /// The country lifts, suspends or relaxes a measure.
    Easing,
    /// The country is aimed at, or depends on another.
    Exposure,
}

impl Measure {
    /// Every measure, in the order of [`Measure::index`].
    pub const ALL: [Self; 6] = [
        Self::Channel(Channel::ExportControls),
        Self::Channel(Channel::Concentration),
        Self::Channel(Channel::Coercion),
        Self::Channel(Channel::Mitigation),
        Self::Easing,
        Self::Exposure,
    ];

    /// Its place in [`Measure::ALL`].
    pub fn index(self) -> usize {
        match self {
            Self::Channel(Channel::ExportControls) => 0,
            Self::Channel(Channel::Concentration) => 1,
            Self::Channel(Channel::Coercion) => 2,
            Self::Channel(Channel::Mitigation) => 3,
            Self::Easing => 4,
            Self::Exposure => 5,
        }
    }

    /// The first half of its indicators' codes: `coercion` of `coercion_text` and `coercion_text_raw`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Channel(channel) => channel.as_str(),
            Self::Easing => "easing",
            Self::Exposure => "exposure",
        }
    }
}

/// What a mention says about whom: up to three of (country, measure, score in [0, 1]).
///
/// - The origin, in the mention's channel: severity × certainty. A measure that is eased or denied has certainty 0: it
///   says nothing about the channel, though the country was spoken of.
/// - The origin, as easing: severity, where a measure of the other three channels is eased. It never cancels what other
///   mentions say. A mitigation that is withdrawn is no easing.
/// - The target, as exposure: 1, where the measure is neither eased nor denied. The partner of a mitigation is not
///   exposed.
pub fn statements(mention: &Mention) -> impl Iterator<Item = (CountryCode, Measure, f64)> {
    let Mention { channel, origin, target, status, polarity, severity, certainty, .. } = *mention;
    Stated { channel, origin, target, status, polarity, severity, certainty }.scores()
}

/// What of a mention its scores rest on: of one just read, or of a row of `mentions.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stated {
    /// What kind of statement.
    pub channel: Channel,
    /// Acting or dominating country.
    pub origin: Option<CountryCode>,
    /// Country aimed at or exposed.
    pub target: Option<CountryCode>,
    /// State of the measure.
    pub status: Status,
    /// Which way it moves risk.
    pub polarity: Polarity,
    /// Gravity if in force, 0–1.
    pub severity: f64,
    /// Certainty of the status, 0–1.
    pub certainty: f64,
}

impl Stated {
    /// As [`statements`].
    pub fn scores(self) -> impl Iterator<Item = (CountryCode, Measure, f64)> {
        let is_risk = self.channel != Channel::Mitigation;
        let stands = is_risk && !matches!(self.status, Status::Eased | Status::Denied);
        let is_easing = self.status == Status::Eased && self.polarity == Polarity::Easing;
        let channel = Measure::Channel(self.channel);
        let own = self.origin.map(|origin| (origin, channel, self.severity * self.certainty));
        let easing = self.origin.filter(|_| is_easing).map(|origin| (origin, Measure::Easing, self.severity));
        let exposure = self.target.map(|target| (target, Measure::Exposure, f64::from(u8::from(stands))));
        own.into_iter().chain(easing).chain(exposure).map(|(country, measure, score)| (country, measure, unit(score)))
    }
}

/// A score held inside [0, 1]; NaN says nothing.
fn unit(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_stands_at_its_index() {
        for (index, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure.index(), index);
        }
    }
}
