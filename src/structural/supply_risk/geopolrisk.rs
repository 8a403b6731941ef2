//! GeoPolRisk: the geopolitical supply risk of a material for a country that imports it.
//!
//! `score = HHI · Σ_i g_i f_i / (p + F)` with HHI that of world production (0–1), `g_i = (2.5 − political stability)/5` of the
//! exporter (0.5 where no estimate is known), f_i the imports from i, F all imports and p the domestic production, in the same
//! unit. Source: Gemechu et al., *Import-based indicator for the geopolitical supply risk of raw materials in life cycle
//! sustainability assessments* (Journal of Industrial Ecology, 2016), in the form with domestic production that the library
//! geopolrisk-py computes. The score is 0–1: 0 where nothing is imported or production is spread, more the
//! more the imports come from unstable countries.

use crate::codes::CountryCode;

/// The risk of an exporter without an estimate.
pub const UNKNOWN_STABILITY: f64 = 0.5;

/// Imports from one country.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Import {
    /// Where from.
    pub exporter: CountryCode,
    /// How much, in the unit of the production.
    pub amount: f64,
    /// Political stability of the exporter, about −2.5 to 2.5.
    pub stability: Option<f64>,
}

impl Import {
    /// g: 0 stable, 1 not.
    pub fn instability(&self) -> f64 {
        self.stability.map_or(UNKNOWN_STABILITY, |stability| ((2.5 - stability) / 5.0).clamp(0.0, 1.0))
    }
}

/// The factors of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeoPolRisk {
    /// Of world production.
    pub hhi: f64,
    /// F.
    pub imports: f64,
    /// p.
    pub domestic_production: f64,
    /// Σ g f.
    pub weighted_imports: f64,
    /// The part of F whose exporters have no estimate of stability.
    pub imports_without_estimate: f64,
}

impl GeoPolRisk {
    /// Puts the factors together.
    pub fn new(hhi: f64, imports: &[Import], domestic_production: f64) -> Self {
        let amounts = |of: &dyn Fn(&Import) -> f64| imports.iter().map(of).sum();
        Self {
            hhi,
            imports: amounts(&|import| import.amount),
            domestic_production,
            weighted_imports: amounts(&|import| import.instability() * import.amount),
            imports_without_estimate: amounts(&|import| if import.stability.is_none() { import.amount } else { 0.0 }),
        }
    }

    /// `Σ g f / (p + F)`; `None` where nothing is produced and nothing imported.
    pub fn import_risk(&self) -> Option<f64> {
        let supply = self.domestic_production + self.imports;
        (supply > 0.0).then(|| self.weighted_imports / supply)
    }

    /// The score.
    pub fn score(&self) -> Option<f64> {
        self.import_risk().map(|risk| self.hhi * risk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(exporter: &str, amount: f64, stability: Option<f64>) -> Import {
        Import { exporter: exporter.parse().unwrap(), amount, stability }
    }

    #[test]
    fn worked_by_hand() {
        let imports = [import("CHN", 60.0, Some(-0.5)), import("NOR", 20.0, Some(1.0)), import("XXX", 10.0, None)];
        let risk = GeoPolRisk::new(0.8, &imports, 10.0);
        // g: 0.6, 0.3, 0.5 → 36 + 6 + 5 = 47 over 10 + 90.
        assert!((risk.weighted_imports - 47.0).abs() < 1e-12);
        assert!((risk.import_risk().unwrap() - 0.47).abs() < 1e-12);
        assert!((risk.score().unwrap() - 0.376).abs() < 1e-12);
        assert_eq!(risk.imports_without_estimate, 10.0);
    }

    #[test]
    fn ends_of_the_scale() {
        assert_eq!(GeoPolRisk::new(0.8, &[], 10.0).score(), Some(0.0));
        assert_eq!(GeoPolRisk::new(0.8, &[], 0.0).score(), None);
        assert_eq!(GeoPolRisk::new(1.0, &[import("AAA", 5.0, Some(-2.5))], 0.0).score(), Some(1.0));
        // Estimates are standardised, not bounded: beyond the scale the risk stays at its end.
        assert_eq!(import("AAA", 1.0, Some(-2.9)).instability(), 1.0);
    }

    #[test]
    fn more_at_home_is_less_risk_and_units_do_not_matter() {
        let score = |factor: f64, home: f64| {
            GeoPolRisk::new(0.5, &[import("AAA", 3.0 * factor, Some(0.0))], home * factor).score().unwrap()
        };
        assert!(score(1.0, 9.0) < score(1.0, 1.0));
        assert!((score(1.0, 2.0) - score(1000.0, 2.0)).abs() < 1e-12);
    }
}
