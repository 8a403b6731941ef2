//! How near our numbers are to the published ones.

/// Room for the rounding of binary fractions at the edge of a tolerance.
const EDGE: f64 = 1e-9;

/// A number of ours beside the published one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Ours, unrounded.
    pub ours: f64,
    /// As published, to one decimal.
    pub published: f64,
}

impl Pair {
    /// How far apart they are.
    pub fn difference(&self) -> f64 {
        (self.ours - self.published).abs()
    }
}

/// How many differ by no more than `tolerance`.
pub fn within(pairs: &[Pair], tolerance: f64) -> usize {
    pairs.iter().filter(|pair| pair.difference() <= tolerance + EDGE).count()
}

/// How many are on the same side of `limit`.
pub fn same_side(pairs: &[Pair], limit: f64) -> usize {
    pairs.iter().filter(|pair| (pair.ours >= limit) == (pair.published >= limit)).count()
}

/// The median difference; `None` without pairs.
pub fn median_difference(pairs: &[Pair]) -> Option<f64> {
    let mut all: Vec<f64> = pairs.iter().map(Pair::difference).collect();
    all.sort_by(f64::total_cmp);
    let middle = all.len() / 2;
    let upper = *all.get(middle)?;
    Some(if all.len() % 2 == 1 { upper } else { (all[middle - 1] + upper) / 2.0 })
}

/// Pearson's correlation; `None` below two pairs or where one side does not vary.
pub fn pearson(pairs: &[Pair]) -> Option<f64> {
    correlation(&column(pairs, |pair| pair.ours), &column(pairs, |pair| pair.published))
}

/// Spearman's rank correlation, equal values sharing the mean of their ranks; `None` as for Pearson's.
pub fn spearman(pairs: &[Pair]) -> Option<f64> {
    correlation(&ranks(&column(pairs, |pair| pair.ours)), &ranks(&column(pairs, |pair| pair.published)))
}

fn column(pairs: &[Pair], of: fn(&Pair) -> f64) -> Vec<f64> {
    pairs.iter().map(of).collect()
}

fn correlation(left: &[f64], right: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (centre_left, centre_right) = (mean(left), mean(right));
    let (mut cross, mut square_left, mut square_right) = (0.0, 0.0, 0.0);
    for (x, y) in left.iter().zip(right) {
        cross += (x - centre_left) * (y - centre_right);
        square_left += (x - centre_left).powi(2);
        square_right += (y - centre_right).powi(2);
    }
    let spread = (square_left * square_right).sqrt();
    (spread > 0.0).then(|| cross / spread)
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + (equal + 1) as f64 / 2.0
    };
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(all: &[(f64, f64)]) -> Vec<Pair> {
        all.iter().map(|(ours, published)| Pair { ours: *ours, published: *published }).collect()
    }

    #[test]
    fn worked_by_hand() {
        let all = pairs(&[(1.0, 1.1), (2.0, 2.0), (3.0, 5.0), (0.9, 1.0)]);
        assert_eq!((within(&all, 0.1), same_side(&all, 1.0)), (3, 3));
        assert!((median_difference(&all).unwrap() - 0.1).abs() < 1e-12);
        assert!((spearman(&all).unwrap() - 1.0).abs() < 1e-12);
        // Ranks 1, 2.5, 2.5 against 1, 2, 3: 1.5 / √(1.5 · 2).
        let tied = pairs(&[(1.0, 1.0), (2.0, 2.0), (2.0, 3.0)]);
        assert!((spearman(&tied).unwrap() - 1.5 / 3f64.sqrt()).abs() < 1e-12);
        assert_eq!((pearson(&tied[1..]), pearson(&[]), median_difference(&[])), (None, None, None));
    }
}
