//! Step 9, *uncertainty*: how far scores and ranks would move had the model been slightly different.
//!
//! Many [`Draws`] of the model are computed; the units ranked nominally are ranked again in each. The interval of a rank holds
//! the middle 90 % of the ranks drawn (order statistics, rounded outwards), that of a score likewise. A draw whose combination
//! of steps cannot be computed is skipped and counted under its reason. Beside it, each node below the root is left out in turn,
//! its weight going to its siblings (COINr's `remove_elements`).
//!
//! Draws run in parallel and are joined in order: the result is the same bytes whatever the number of threads.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::draws::{Draws, Nominal, Point};
use super::rank::{members, rank_all};
use super::statistics::median_of_sorted;

/// How far a unit's score and rank moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Middle rank drawn; halfway between two for an even number of draws.
    pub rank_median: f64,
    /// Lower end of the interval of ranks.
    pub rank_low: u32,
    /// Upper end.
    pub rank_high: u32,
    /// Share of draws in which the unit was among the first `top`.
    pub in_top: f64,
    /// Middle score drawn.
    pub score_median: f64,
    /// Lower end of the interval of scores.
    pub score_low: f64,
    /// Upper end.
    pub score_high: f64,
}

/// What all draws gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spreads {
    /// One a unit; `None` where the unit is not ranked.
    pub units: Vec<Option<Spread>>,
    /// Whether all draws are on one scale, so that their scores compare.
    pub has_one_scale: bool,
    /// Draws computed.
    pub draws: usize,
    /// Draws skipped, by reason.
    pub skipped: BTreeMap<String, usize>,
}

/// Units that are ranked among each other, by their places among the rows of the draws.
#[derive(Debug)]
pub struct Groups {
    places: Vec<Vec<usize>>,
    nominal: Vec<Option<u32>>,
}

impl Groups {
    /// The units with a nominal rank, group by group (all in one without `groups`).
    pub fn new(nominal: &Nominal<'_>, draws: &Draws<'_>, groups: Option<&[usize]>) -> Self {
        let place: BTreeMap<usize, usize> = draws.rows.iter().enumerate().map(|(place, row)| (*row, place)).collect();
        let ranked = |group: Vec<usize>| group.into_iter().filter(|row| nominal.ranks[*row].is_some());
        let places = members(nominal.ranks.len(), groups)
            .into_iter()
            .map(|group| ranked(group).filter_map(|row| place.get(&row).copied()).collect())
            .collect();
        Self { places, nominal: draws.rows.iter().map(|row| nominal.ranks[*row]).collect() }
    }

    /// The ranks of these scores; 0 for units without one.
    fn rank(&self, scores: &[f64]) -> Vec<u32> {
        let mut ranks = vec![0; scores.len()];
        for places in &self.places {
            let of_group: Vec<f64> = places.iter().map(|place| scores[*place]).collect();
            places.iter().zip(rank_all(&of_group)).for_each(|(place, rank)| ranks[*place] = rank);
        }
        ranks
    }

    /// How many places the ranked units have moved: mean and most.
    pub fn shift(&self, scores: &[f64]) -> (f64, u32) {
        let moved = self.rank(scores).into_iter().zip(&self.nominal);
        let moved: Vec<u32> = moved.filter_map(|(rank, nominal)| Some(rank.abs_diff((*nominal)?))).collect();
        let mean = f64::from(moved.iter().sum::<u32>()) / moved.len().max(1) as f64;
        (mean, moved.into_iter().max().unwrap_or(0))
    }
}

/// Draws and ranks again.
pub fn spreads(nominal: &Nominal<'_>, draws: &Draws<'_>, groups: &Groups) -> Spreads {
    let settings = nominal.settings;
    let one = |scratch: &mut _, draw: u32| -> Result<(Vec<u32>, Vec<f64>), String> {
        let point = draws.point(draw);
        if let Some(fault) = nominal.variants.fault(point.choice) {
            return Err(fault.to_owned());
        }
        let scores = draws.scores(&point, &draws.weights(&point), scratch);
        Ok((groups.rank(scores), scores.to_vec()))
    };
    let all: Vec<_> = (0..settings.draws).into_par_iter().map_init(|| draws.scratch(), one).collect();
    let has_one_scale = nominal.variants.alternatives.normalise.len() == 1;
    let mut spreads = Spreads { units: vec![None; nominal.ranks.len()], has_one_scale, ..Spreads::default() };
    let mut done = Vec::with_capacity(all.len());
    for outcome in all {
        match outcome {
            Ok(drawn) => done.push(drawn),
            Err(fault) => *spreads.skipped.entry(fault).or_default() += 1,
        }
    }
    spreads.draws = done.len();
    if done.is_empty() {
        return spreads;
    }
    let spread = |place: usize| {
        let mut ranks: Vec<u32> = done.iter().map(|(ranks, _)| ranks[place]).collect();
        let mut scores: Vec<f64> = done.iter().map(|(_, scores)| scores[place]).collect();
        ranks.sort_unstable();
        scores.sort_unstable_by(f64::total_cmp);
        let ((rank_low, rank_high), (score_low, score_high)) =
            (middle(&ranks, settings.interval), middle(&scores, settings.interval));
        let numbers: Vec<f64> = ranks.iter().map(|rank| f64::from(*rank)).collect();
        let in_top = ranks.partition_point(|rank| *rank <= settings.top) as f64 / ranks.len() as f64;
        let (rank_median, score_median) = (median_of_sorted(&numbers), median_of_sorted(&scores));
        Spread { rank_median, rank_low, rank_high, in_top, score_median, score_low, score_high }
    };
    let places: Vec<usize> = groups.places.iter().flatten().copied().collect();
    let found: Vec<Spread> = places.par_iter().map(|place| spread(*place)).collect();
    places.iter().zip(found).for_each(|(place, spread)| spreads.units[draws.rows[*place]] = Some(spread));
    spreads
}

/// The order statistics that enclose the middle share `level` of what was drawn (at least one), sorted.
fn middle<T: Copy>(sorted: &[T], level: f64) -> (T, T) {
    let last = sorted.len().saturating_sub(1);
    let cut = (((1.0 - level) / 2.0 * last as f64) + 1e-9).floor() as usize;
    (sorted[cut.min(last)], sorted[last - cut.min(last)])
}

/// The settings of one draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Treatment, normalisation and aggregation, as the model file spells them.
    pub steps: [String; 3],
    /// Scaled weights, one a node.
    pub weights: Vec<f64>,
    /// Why it was skipped.
    pub skipped: Option<String>,
}

/// The settings of every draw.
pub fn drawn(nominal: &Nominal<'_>, draws: &Draws<'_>) -> Vec<Drawn> {
    let one = |draw: u32| {
        let point = draws.point(draw);
        Drawn {
            steps: nominal.variants.alternatives.names(point.choice),
            weights: draws.weights(&point),
            skipped: nominal.variants.fault(point.choice).map(str::to_owned),
        }
    };
    (0..nominal.settings.draws).map(one).collect()
}

/// What happens to the ranks without a node.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// Index of the node.
    pub node: usize,
    /// Mean number of places by which ranked units move.
    pub mean_shift: f64,
    /// Most places by which one moves.
    pub most: u32,
}

/// Leaves out each node below the root in turn. A node that nothing stands beside up to the root cannot be left out.
pub fn leave_one_out(nominal: &Nominal<'_>, draws: &Draws<'_>, groups: &Groups) -> Vec<LeftOut> {
    let effective = nominal.tree.effective_weights(nominal.root, nominal.weights);
    let counts = |node: &usize| *node != nominal.root && effective[*node] > 0.0;
    let nodes: Vec<usize> = (0..nominal.tree.nodes().len()).filter(counts).collect();
    let shift = |scratch: &mut _, node: &usize| {
        let mut weights = nominal.weights.to_vec();
        weights[*node] = 0.0;
        let scores = draws.scores(&Point::default(), &weights, scratch);
        let is_left = scores.iter().any(|score| score.is_finite());
        is_left.then(|| groups.shift(scores)).map(|(mean_shift, most)| LeftOut { node: *node, mean_shift, most })
    };
    let all: Vec<Option<LeftOut>> = nodes.par_iter().map_init(|| draws.scratch(), shift).collect();
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_rounded_outwards() {
        let ranks: Vec<u32> = (1..=100).collect();
        assert_eq!(middle(&ranks, 0.90), (5, 96));
        assert_eq!(middle(&[3], 0.90), (3, 3));
        assert_eq!(middle(&[1, 2, 2], 0.0), (2, 2));
        assert_eq!((median_of_sorted(&[1.0, 2.0, 4.0]), median_of_sorted(&[1.0, 2.0])), (2.0, 1.5));
    }
}
