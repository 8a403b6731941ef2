//! A fraction that may be known only within bounds.

/// The least and the most a fraction may be, both in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Span {
    /// The least.
    pub low: f64,
    /// The most; equal to `low` where the value is known.
    pub high: f64,
}

impl Span {
    /// Nothing.
    pub const ZERO: Self = Self { low: 0.0, high: 0.0 };

    /// A value that is known; without one, anything from 0 to 1.
    pub fn of(value: Option<f64>) -> Self {
        match value {
            Some(value) => Self { low: value, high: value }.held(),
            None => Self { low: 0.0, high: 1.0 },
        }
    }

    /// The value, where it is known.
    pub fn known(self) -> Option<f64> {
        (self.low == self.high).then_some(self.low)
    }

    /// Both ends held inside [0, 1].
    #[must_use]
    pub fn held(self) -> Self {
        Self { low: self.low.clamp(0.0, 1.0), high: self.high.clamp(0.0, 1.0) }
    }

    /// Both ends multiplied.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self { low: self.low * other.low, high: self.high * other.high }
    }

    /// Both ends added, not held.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    /// Both ends multiplied by a number that is not negative, not held.
    #[must_use]
    pub fn scaled(self, by: f64) -> Self {
        Self { low: self.low * by, high: self.high * by }
    }

    /// The greater of each end.
    #[must_use]
    pub fn or_more(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.max(other.high) }
    }
}
