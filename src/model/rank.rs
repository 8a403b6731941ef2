//! Step 8, *rank*: 1 is the highest score of its group; ties take the lowest rank (1, 2, 2, 4).
//!
//! Ranks come from the scores as computed, never from rounded ones; only scores that differ by less than the rounding of
//! the arithmetic itself (1e-10) tie, or the order of additions would decide who is ahead. A unit that is not eligible (no score, or too
//! little coverage) has no rank and takes none from others.

use std::collections::BTreeMap;

/// Scores closer than this (relative above 1) are the same.
const ROUNDING: f64 = 1e-10;

/// Rows of every group, in order; one group where none are given. A group is, for `run`, a period.
pub fn members(rows: usize, groups: Option<&[usize]>) -> Vec<Vec<usize>> {
    let mut by_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in 0..rows {
        by_group.entry(groups.and_then(|groups| groups.get(row)).copied().unwrap_or(0)).or_default().push(row);
    }
    by_group.into_values().collect()
}

/// Ranks of `scores` (all known), 1 = highest.
pub fn rank_all(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<(f64, usize)> = scores.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut ranks = vec![0; scores.len()];
    let (mut current, mut leader) = (0, f64::NAN);
    for (place, (score, index)) in order.into_iter().enumerate() {
        let ties = score == leader || (leader - score).abs() < ROUNDING * leader.abs().max(1.0);
        if !ties {
            (current, leader) = (place as u32 + 1, score);
        }
        ranks[index] = current;
    }
    ranks
}

/// Ranks inside each group, of eligible units with a score.
pub fn rank(scores: &[f64], eligible: &[bool], groups: Option<&[usize]>) -> Vec<Option<u32>> {
    let mut ranks = vec![None; scores.len()];
    for group in members(scores.len(), groups) {
        let rows: Vec<usize> = group.into_iter().filter(|row| eligible[*row] && !scores[*row].is_nan()).collect();
        let ranked = rank_all(&rows.iter().map(|row| scores[*row]).collect::<Vec<_>>());
        rows.iter().zip(ranked).for_each(|(row, rank)| ranks[*row] = Some(rank));
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_take_the_lowest_rank_and_groups_count_apart() {
        let scores = [5.0, 9.0, 9.0, 1.0, f64::NAN, 7.0, 8.0];
        let eligible = [true, true, true, true, true, true, false];
        let groups = [0, 0, 0, 0, 0, 1, 1];
        let expected = [Some(3), Some(1), Some(1), Some(4), None, Some(1), None];
        assert_eq!(rank(&scores, &eligible, Some(&groups)), expected);
    }

    #[test]
    fn minus_zero_ties_with_zero() {
        assert_eq!(rank_all(&[0.0, -0.0, -1.0]), [1, 1, 3]);
        assert_eq!(
            rank_all(&[100.0, 99.999_999_999_999_99, 99.999_9, f64::NEG_INFINITY, f64::NEG_INFINITY]),
            [1, 1, 3, 4, 4]
        );
        assert!(rank_all(&[]).is_empty());
    }
}
