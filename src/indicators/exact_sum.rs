//! Sums that do not depend on the order of their terms.
//!
//! Each term is rounded to a whole number of 2⁻⁶⁰ and these are added as integers, so any order of documents, any
//! number of threads and any split into shards gives the same bytes. A weight of 2⁻⁷ or more loses nothing by the
//! rounding; below, the loss is under 10⁻¹⁸ a term.

/// Terms are counted in this many to the unit (2⁶⁰).
const SCALE: f64 = (1_u64 << 60) as f64;

/// A running sum of numbers that are at least 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExactSum(u128);

impl ExactSum {
    /// Adds a term; what is not above 0 adds nothing.
    pub fn add(&mut self, term: f64) {
        // A cast from float to integer saturates and turns NaN into 0.
        self.0 = self.0.saturating_add(libm::round(term * SCALE) as u128);
    }

    /// Adds another sum.
    pub fn join(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    /// The sum, rounded once.
    pub fn value(self) -> f64 {
        self.0 as f64 / SCALE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_tenths_are_one() {
        let mut sum = ExactSum::default();
        (0..10).for_each(|_| sum.add(0.1));
        assert_eq!(sum.value(), 1.0);
        sum.add(f64::NAN);
        sum.add(-3.0);
        assert_eq!(sum.value(), 1.0);
    }

    proptest! {
        #[test]
        fn the_order_of_terms_does_not_matter(terms in prop::collection::vec(0.0..2.0_f64, 0..50)) {
            let (mut forwards, mut backwards) = (ExactSum::default(), ExactSum::default());
            terms.iter().for_each(|term| forwards.add(*term));
            terms.iter().rev().for_each(|term| backwards.add(*term));
            prop_assert_eq!(forwards, backwards);
        }
    }
}
