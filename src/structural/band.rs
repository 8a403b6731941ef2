//! The bands of a plain index of concentration, `HHI = Σ_c S_c²` on 0–1 (METHODS, section 3).

use std::fmt;

/// The bands used in the field for a plain index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Below 0.15.
    Low,
    /// From 0.15.
    Moderate,
    /// From 0.25.
    High,
    /// From 0.50.
    Critical,
}

impl Band {
    /// The band of an index.
    pub fn of(hhi: f64) -> Self {
        match hhi {
            hhi if hhi >= 0.50 => Self::Critical,
            hhi if hhi >= 0.25 => Self::High,
            hhi if hhi >= 0.15 => Self::Moderate,
            _ => Self::Low,
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_at_their_lower_bound() {
        let bands = [0.0, 0.149, 0.15, 0.249, 0.25, 0.499, 0.5, 1.0].map(|hhi| Band::of(hhi).to_string());
        assert_eq!(bands, ["low", "low", "moderate", "moderate", "high", "high", "critical", "critical"]);
    }
}
