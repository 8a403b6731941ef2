//! The EU's formula of supply risk, on numbers alone.
//!
//! `SR = [HHI_GS·IR/2 + HHI_EU·(1 − IR/2)] · (1 − EoL_RIR) · SI_SR`
//!
//! Source: European Commission, *Methodology for establishing the EU list of critical raw materials* (2017), used for the
//! lists of 2017, 2020 and 2023. Where the assessment marks a stage as "global supply only" (the EU's sourcing is poorly
//! known) the bracket is `HHI_GS`; where it marks "EU supply only", `HHI_EU`. The import reliance then has no part in it.

use std::fmt;

use serde::Deserialize;

/// From this supply risk on, a material is critical if its economic importance is high too.
pub const CRITICAL_SUPPLY_RISK: f64 = 1.0;

/// From this economic importance on, a material is critical if its supply risk is high too.
pub const CRITICAL_IMPORTANCE: f64 = 2.8;

/// Which supply the assessment looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplyUsed {
    /// World production and the EU's own sourcing, weighted by the import reliance.
    GlobalAndEu,
    /// World production alone.
    GlobalOnly,
    /// The EU's sourcing alone.
    EuOnly,
}

impl SupplyUsed {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GlobalAndEu => "global_and_eu",
            Self::GlobalOnly => "global_only",
            Self::EuOnly => "eu_only",
        }
    }
}

/// What enters the formula; what is not known is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Factors {
    /// Which of the two concentrations count.
    pub supply_used: Option<SupplyUsed>,
    /// `HHI_GS` of world production, weighted by governance and trade: 0–15, in practice below 10.
    pub hhi_global: Option<f64>,
    /// `HHI_EU` of the EU's sourcing, weighted likewise.
    pub hhi_eu: Option<f64>,
    /// IR, net imports over consumption, as a fraction; below 0 for a net exporter and then taken as 0.
    pub import_reliance: Option<f64>,
    /// `EoL_RIR`, the share of demand met by scrap of used products.
    pub recycling: Option<f64>,
    /// `SI_SR`, near 1 where nothing can take the material's place.
    pub substitution: Option<f64>,
}

/// What lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Which supply the assessment used.
    SupplyUsed,
    /// The concentration of world production.
    Global,
    /// The concentration of the EU's sourcing.
    Eu,
    /// The import reliance.
    ImportReliance,
    /// The recycling rate.
    Recycling,
    /// The substitution index.
    Substitution,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SupplyUsed => "which supply to use is not published",
            Self::Global => "the concentration of world production is not known",
            Self::Eu => "the concentration of the EU's sourcing is not known",
            Self::ImportReliance => "the import reliance is not published",
            Self::Recycling => "the recycling rate is not published",
            Self::Substitution => "the substitution index is not published",
        })
    }
}

impl Factors {
    /// The import reliance as the formula takes it: never below 0.
    pub fn floored_import_reliance(&self) -> Option<f64> {
        self.import_reliance.map(|reliance| reliance.max(0.0))
    }

    /// The bracket of the formula.
    fn concentration(&self) -> Result<f64, Vec<Gap>> {
        match self.supply_used {
            None => Err(vec![Gap::SupplyUsed]),
            Some(SupplyUsed::GlobalOnly) => self.hhi_global.ok_or_else(|| vec![Gap::Global]),
            Some(SupplyUsed::EuOnly) => self.hhi_eu.ok_or_else(|| vec![Gap::Eu]),
            Some(SupplyUsed::GlobalAndEu) => match (self.hhi_global, self.hhi_eu, self.floored_import_reliance()) {
                (Some(global), Some(eu), Some(reliance)) => {
                    let half = reliance / 2.0;
                    Ok(global * half + eu * (1.0 - half))
                }
                (global, eu, reliance) => {
                    let lacks = [
                        (global.is_none(), Gap::Global),
                        (eu.is_none(), Gap::Eu),
                        (reliance.is_none(), Gap::ImportReliance),
                    ];
                    Err(lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, gap)| gap).collect())
                }
            },
        }
    }

    /// The supply risk: 0 none, above 1 high, in the assessments at most about 6.
    ///
    /// # Errors
    /// With everything that lacks; what the formula does not need may be missing.
    pub fn supply_risk(&self) -> Result<f64, Vec<Gap>> {
        let bracket = self.concentration();
        let mut gaps = bracket.as_ref().err().cloned().unwrap_or_default();
        gaps.extend(self.recycling.is_none().then_some(Gap::Recycling));
        gaps.extend(self.substitution.is_none().then_some(Gap::Substitution));
        match (bracket, self.recycling, self.substitution) {
            (Ok(bracket), Some(recycling), Some(substitution)) => Ok(bracket * (1.0 - recycling) * substitution),
            _ => Err(gaps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors() -> Factors {
        Factors {
            supply_used: Some(SupplyUsed::GlobalAndEu),
            hhi_global: Some(4.0),
            hhi_eu: Some(1.0),
            import_reliance: Some(0.5),
            recycling: Some(0.2),
            substitution: Some(0.9),
        }
    }

    #[test]
    fn worked_by_hand() {
        // (4 · 0.25 + 1 · 0.75) · 0.8 · 0.9 = 1.26
        assert!((factors().supply_risk().unwrap() - 1.26).abs() < 1e-12);
        let global = Factors { supply_used: Some(SupplyUsed::GlobalOnly), ..factors() };
        assert!((global.supply_risk().unwrap() - 2.88).abs() < 1e-12);
        let eu = Factors { supply_used: Some(SupplyUsed::EuOnly), ..factors() };
        assert!((eu.supply_risk().unwrap() - 0.72).abs() < 1e-12);
    }

    #[test]
    fn a_net_exporter_rests_on_its_own_sourcing() {
        let exporter = Factors { import_reliance: Some(-0.4), ..factors() };
        assert_eq!(exporter.supply_risk(), Factors { import_reliance: Some(0.0), ..factors() }.supply_risk());
        assert!((exporter.supply_risk().unwrap() - 0.72).abs() < 1e-12);
    }

    #[test]
    fn everything_that_lacks_is_named_and_nothing_else() {
        let bare = Factors { hhi_eu: None, import_reliance: None, substitution: None, ..factors() };
        assert_eq!(bare.supply_risk(), Err(vec![Gap::Eu, Gap::ImportReliance, Gap::Substitution]));
        let global =
            Factors { supply_used: Some(SupplyUsed::GlobalOnly), hhi_eu: None, import_reliance: None, ..factors() };
        assert!(global.supply_risk().is_ok());
        let empty = Factors::default().supply_risk();
        assert_eq!(empty, Err(vec![Gap::SupplyUsed, Gap::Recycling, Gap::Substitution]));
    }

    #[test]
    fn the_risk_lies_between_those_of_its_two_terms_and_grows_with_each() {
        let steps = [0.0, 0.3, 0.7, 1.0];
        for reliance in steps {
            let at = |global: f64| Factors { hhi_global: Some(global), import_reliance: Some(reliance), ..factors() };
            let (low, high) = (at(2.0).supply_risk().unwrap(), at(6.0).supply_risk().unwrap());
            assert!(low <= high && (0.72..=0.72 * 6.0).contains(&high), "{reliance}: {low} {high}");
        }
    }
}
