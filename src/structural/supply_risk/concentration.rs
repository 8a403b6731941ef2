//! How concentrated a supply is: the EU's index, weighted by governance and trade.
//!
//! European Commission, 2017: `HHI = Σ_c S_c² · WGI_c · t_c` with S a fraction,
//! `WGI_c = (2.5 − mean of six estimates)·2` on 0–10 and t the trade parameter. `OTHER` is never one country: it adds nothing.

use crate::codes::CountryCode;
use crate::structural::shares::greatest;

/// The part of one country in a supply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supplier {
    /// Who.
    pub country: CountryCode,
    /// As a fraction.
    pub share: f64,
    /// t of the country's exports; `None` where the table has none, and then taken as [`Supplier::assumed`].
    pub trade_parameter: Option<f64>,
    /// Where t is not known: 0.8 inside the EU, 1 elsewhere, for no restriction is known.
    pub assumed: f64,
    /// Line of the table of shares.
    pub line: u64,
}

/// Who supplies a material at a stage: the world, or the EU.
#[derive(Debug, Clone, PartialEq)]
pub struct Supply {
    /// Each country named, once, in order of the codes.
    pub suppliers: Vec<Supplier>,
    /// The share of all others together.
    pub other: f64,
    /// The table of shares.
    pub file: String,
}

/// One term of the weighted index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Share and trade parameter.
    pub supplier: Supplier,
    /// The country's governance on 0–10, worst 10; `None` where no estimate is known.
    pub governance: Option<f64>,
}

impl Term {
    /// t as it enters the product.
    pub fn trade_parameter(&self) -> f64 {
        self.supplier.trade_parameter.unwrap_or(self.supplier.assumed)
    }

    /// `S² · WGI · t`.
    pub fn product(&self) -> Option<f64> {
        self.governance.map(|governance| self.supplier.share.powi(2) * governance * self.trade_parameter())
    }
}

impl Supply {
    /// Every term of the weighted index; `governance` is the factor of a country on 0–10.
    pub fn terms(&self, governance: impl Fn(CountryCode) -> Option<f64>) -> Vec<Term> {
        let term = |supplier: &Supplier| Term { supplier: *supplier, governance: governance(supplier.country) };
        self.suppliers.iter().map(term).collect()
    }

    /// The country with the greatest share (the first by its code among equals), with that share.
    pub fn top(&self) -> Option<(CountryCode, f64)> {
        greatest(self.suppliers.iter().map(|supplier| (supplier.country, supplier.share)))
    }
}

/// The weighted index.
///
/// # Errors
/// With the countries whose governance is not known: one term less would pass for less risk.
pub fn weighted(terms: &[Term]) -> Result<f64, Vec<CountryCode>> {
    let unknown: Vec<CountryCode> =
        terms.iter().filter(|term| term.governance.is_none()).map(|term| term.supplier.country).collect();
    if unknown.is_empty() { Ok(terms.iter().filter_map(Term::product).sum()) } else { Err(unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supplier(country: &str, share: f64, trade_parameter: Option<f64>) -> Supplier {
        Supplier { country: country.parse().unwrap(), share, trade_parameter, assumed: 1.0, line: 2 }
    }

    fn supply(suppliers: &[Supplier]) -> Supply {
        Supply { suppliers: suppliers.to_vec(), other: 0.1, file: "shares.csv".into() }
    }

    #[test]
    fn worked_by_hand() {
        let supply =
            supply(&[supplier("CHN", 0.6, Some(1.1)), supplier("DEU", 0.2, Some(0.8)), supplier("ZAF", 0.1, None)]);
        let governance = |country: CountryCode| Some(if country.as_str() == "DEU" { 2.0 } else { 6.0 });
        // 0.36·6·1.1 + 0.04·2·0.8 + 0.01·6·1; the other tenth adds nothing.
        let index = weighted(&supply.terms(governance)).unwrap();
        assert!((index - (2.376 + 0.064 + 0.06)).abs() < 1e-12, "{index}");
        assert_eq!(supply.top().unwrap().0.as_str(), "CHN");
    }

    #[test]
    fn a_country_without_governance_is_named_and_not_left_out() {
        let supply = supply(&[supplier("AAA", 0.5, None), supplier("BBB", 0.4, None)]);
        let terms = supply.terms(|country| (country.as_str() == "AAA").then_some(5.0));
        assert_eq!(weighted(&terms), Err(vec!["BBB".parse().unwrap()]));
        assert_eq!(weighted(&[]), Ok(0.0));
    }
}
