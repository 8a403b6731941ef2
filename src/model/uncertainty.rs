//! Step 9, *uncertainty*: how far ranks would move had weights and values been slightly different.
//!
//! Each draw takes new weights inside every group of siblings, Dirichlet with parameters concentration × nominal
//! weight (unbiased, unlike uniform noise, which pulls to equal weights), and new values for every indicator with
//! bounds: a normal split at the value, so that `low` and `high` are its quantiles at the level of the interval.
//! Scales stay as fitted. The units ranked nominally are ranked again; the interval holds the middle 90 % of the
//! ranks drawn (order statistics, rounded outwards).
//!
//! Draws run in parallel and are joined in order; each number depends on seed, draw and what it is for only, so the
//! result is the same bytes whatever the number of threads and the order of rows.

use rayon::prelude::*;

use super::aggregate::Plan;
use super::normalise::Scale;
use super::random::{Stream, key, normal_quantile};
use super::rank::{members, rank_all};
use super::settings::Uncertainty;
use super::table::Table;
use super::tree::Tree;

/// Keys that tell draws of weights from draws of values.
const WEIGHT: u64 = 1;
const VALUE: u64 = 2;

/// What the draws start from.
#[derive(Debug, Clone, Copy)]
pub struct Nominal<'a> {
    /// The table before normalisation (one column a leaf), with its bounds.
    pub table: &'a Table,
    /// The fitted scale of each column.
    pub scales: &'a [Scale],
    /// The tree.
    pub tree: &'a Tree,
    /// How nodes are joined.
    pub plan: &'a Plan,
    /// Scaled weights, one a node.
    pub weights: &'a [f64],
    /// The node that ranks.
    pub root: usize,
    /// Nominal ranks: only units that have one take part.
    pub ranks: &'a [Option<u32>],
    /// Level of the bounds, such as 0.90.
    pub bounds_level: f64,
}

/// Lower and upper rank of every unit; `None` where the unit is not ranked or nothing is drawn.
pub fn rank_intervals(
    nominal: &Nominal<'_>,
    groups: Option<&[usize]>,
    settings: &Uncertainty,
) -> Vec<Option<(u32, u32)>> {
    let mut intervals = vec![None; nominal.ranks.len()];
    if settings.draws == 0 {
        return intervals;
    }
    let draws = Draws::new(nominal, settings);
    let weights: Vec<Vec<f64>> = (0..settings.draws).into_par_iter().map(|draw| draws.weights(draw)).collect();
    for group in members(nominal.ranks.len(), groups) {
        let rows: Vec<usize> = group.into_iter().filter(|row| nominal.ranks[*row].is_some()).collect();
        let ranks: Vec<Vec<u32>> = weights
            .par_iter()
            .enumerate()
            .map(|(draw, weights)| rank_all(&draws.scores(draw as u64, weights, &rows)))
            .collect();
        for (place, row) in rows.iter().enumerate() {
            let mut drawn: Vec<u32> = ranks.iter().map(|ranks| ranks[place]).collect();
            drawn.sort_unstable();
            intervals[*row] = Some(middle(&drawn, settings.interval));
        }
    }
    intervals
}

/// The order statistics that enclose the middle share `level` of sorted values.
fn middle(sorted: &[u32], level: f64) -> (u32, u32) {
    let last = sorted.len() - 1;
    let cut = (((1.0 - level) / 2.0 * last as f64) + 1e-9).floor() as usize;
    (sorted[cut.min(last)], sorted[last - cut.min(last)])
}

/// What all draws share.
struct Draws<'a> {
    nominal: &'a Nominal<'a>,
    settings: &'a Uncertainty,
    nodes: Vec<u64>,
    units: Vec<u64>,
    /// Standard deviations from a value to its bounds.
    reach: f64,
}

impl<'a> Draws<'a> {
    fn new(nominal: &'a Nominal<'a>, settings: &'a Uncertainty) -> Self {
        let nodes = nominal.tree.nodes().iter().map(|node| key(node.code())).collect();
        let units = nominal.table.units.iter().map(|unit| key(unit)).collect();
        Self { nominal, settings, nodes, units, reach: normal_quantile(0.5 + nominal.bounds_level / 2.0) }
    }

    fn weights(&self, draw: u32) -> Vec<f64> {
        let concentration = self.settings.weight_concentration;
        if concentration <= 0.0 {
            return self.nominal.weights.to_vec();
        }
        let weights = self.nominal.weights.iter().zip(&self.nodes).map(|(weight, node)| {
            let mut stream = Stream::new(&[self.settings.seed, u64::from(draw), WEIGHT, *node]);
            // The floor keeps a group of tiny draws from summing to 0.
            if *weight > 0.0 { stream.gamma(concentration * weight).max(1e-300) } else { 0.0 }
        });
        self.nominal.tree.scaled_weights(&weights.collect::<Vec<_>>())
    }

    /// The scores of `rows` in one draw; a score that a draw leaves undefined comes last.
    fn scores(&self, draw: u64, weights: &[f64], rows: &[usize]) -> Vec<f64> {
        let nominal = self.nominal;
        let mut nodes = vec![f64::NAN; nominal.tree.nodes().len()];
        let mut score = |row: &usize| {
            for (column, leaf) in nominal.tree.leaves().iter().enumerate() {
                nodes[*leaf] = nominal.scales[column].apply(self.value(draw, *row, column, *leaf));
            }
            nominal.plan.roll_up(nominal.tree, weights, &mut nodes);
            Some(nodes[nominal.root]).filter(|score| !score.is_nan()).unwrap_or(f64::NEG_INFINITY)
        };
        rows.iter().map(&mut score).collect()
    }

    fn value(&self, draw: u64, row: usize, column: usize, leaf: usize) -> f64 {
        let value = self.nominal.table.values[(row, column)];
        match self.nominal.table.bounds(row, column) {
            Some(bounds) if self.settings.vary_values => {
                let mut stream = Stream::new(&[self.settings.seed, draw, VALUE, self.units[row], self.nodes[leaf]]);
                split_normal(value, bounds, stream.normal() / self.reach)
            }
            _ => value,
        }
    }
}

/// A value `share` of the way to its upper bound (above 0) or its lower bound (below 0).
fn split_normal(value: f64, (low, high): (f64, f64), share: f64) -> f64 {
    let side = if share < 0.0 { value - low } else { high - value };
    value + share * side.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_the_quantiles_of_the_draws() {
        let (mut stream, reach) = (Stream::new(&[7]), normal_quantile(0.95));
        let mut draws: Vec<f64> =
            (0..20_001).map(|_| split_normal(10.0, (9.0, 14.0), stream.normal() / reach)).collect();
        draws.sort_by(f64::total_cmp);
        assert!((draws[1_000] - 9.0).abs() < 0.05 && (draws[19_000] - 14.0).abs() < 0.15, "{}", draws[19_000]);
        assert!((draws[10_000] - 10.0).abs() < 0.05);
    }

    #[test]
    fn the_interval_is_rounded_outwards() {
        let ranks: Vec<u32> = (1..=100).collect();
        assert_eq!(middle(&ranks, 0.90), (5, 96));
        assert_eq!(middle(&[3], 0.90), (3, 3));
        assert_eq!(middle(&[1, 2, 2], 0.0), (2, 2));
    }
}
