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
        let found: Vec<(u32, u32)> = (0..rows.len())
            .into_par_iter()
            .map(|place| middle(ranks.iter().map(|ranks| ranks[place]).collect(), settings.interval))
            .collect();
        rows.iter().zip(found).for_each(|(row, interval)| intervals[*row] = Some(interval));
    }
    intervals
}

/// The order statistics that enclose the middle share `level` of the ranks drawn (at least one).
fn middle(mut drawn: Vec<u32>, level: f64) -> (u32, u32) {
    drawn.sort_unstable();
    let last = drawn.len().saturating_sub(1);
    let cut = (((1.0 - level) / 2.0 * last as f64) + 1e-9).floor() as usize;
    (drawn[cut.min(last)], drawn[last - cut.min(last)])
}

/// A value with the distance to its bounds; both distances 0 where it stays as it is.
#[derive(Debug, Clone, Copy)]
struct Cell {
    value: f64,
    below: f64,
    above: f64,
    /// Key of unit and indicator.
    key: u64,
}

/// What all draws share: the part of the tree under the root, and the values it needs.
struct Draws<'a> {
    nominal: &'a Nominal<'a>,
    settings: &'a Uncertainty,
    /// Keys of the nodes.
    nodes: Vec<u64>,
    /// Columns and nodes of the indicators that count in the root.
    leaves: Vec<(usize, usize)>,
    /// Aggregates that count in the root, children first.
    aggregates: Vec<usize>,
    /// Units × `leaves`.
    cells: Vec<Cell>,
}

impl<'a> Draws<'a> {
    fn new(nominal: &'a Nominal<'a>, settings: &'a Uncertainty) -> Self {
        let (table, tree) = (nominal.table, nominal.tree);
        let effective = tree.effective_weights(nominal.root, nominal.weights);
        let leaves: Vec<(usize, usize)> =
            tree.leaves().iter().copied().enumerate().filter(|(_, leaf)| effective[*leaf] > 0.0).collect();
        let aggregates = tree.bottom_up().iter().copied();
        // Standard deviations from a value to its bounds.
        let reach = normal_quantile(0.5 + nominal.bounds_level / 2.0);
        let cell = |row: usize, column: usize, leaf: usize| {
            let value = table.values[(row, column)];
            let pair = key(&table.units[row]).wrapping_add(key(tree.nodes()[leaf].code()).rotate_left(32));
            let bounds = table.bounds(row, column).filter(|_| settings.vary_values);
            let (low, high) = bounds.unwrap_or((value, value));
            Cell { value, below: (value - low).max(0.0) / reach, above: (high - value).max(0.0) / reach, key: pair }
        };
        let all = (0..table.units.len()).flat_map(|row| leaves.iter().map(move |(column, leaf)| (row, *column, *leaf)));
        let cells = all.map(|(row, column, leaf)| cell(row, column, leaf)).collect();
        Self {
            nominal,
            settings,
            nodes: tree.nodes().iter().map(|node| key(node.code())).collect(),
            aggregates: aggregates.filter(|node| effective[*node] > 0.0 && !tree.nodes()[*node].is_leaf()).collect(),
            cells,
            leaves,
        }
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
        let Nominal { tree, plan, scales, root, .. } = *self.nominal;
        let stream = Stream::new(&[self.settings.seed, draw, VALUE]);
        let mut nodes = vec![f64::NAN; tree.nodes().len()];
        let mut score = |row: &usize| {
            let cells = &self.cells[row * self.leaves.len()..];
            for ((column, leaf), cell) in self.leaves.iter().zip(cells) {
                nodes[*leaf] = scales[*column].apply(cell.draw(&stream));
            }
            for &node in &self.aggregates {
                nodes[node] = plan.combine(tree, node, weights, &nodes);
            }
            Some(nodes[root]).filter(|score| !score.is_nan()).unwrap_or(f64::NEG_INFINITY)
        };
        rows.iter().map(&mut score).collect()
    }
}

impl Cell {
    fn draw(self, stream: &Stream) -> f64 {
        let is_fixed = self.below == 0.0 && self.above == 0.0;
        if is_fixed { self.value } else { self.at(stream.fork(self.key).normal()) }
    }

    /// The value `z` standard deviations away.
    fn at(self, z: f64) -> f64 {
        self.value + z * if z < 0.0 { self.below } else { self.above }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_the_quantiles_of_the_draws() {
        let (mut stream, reach) = (Stream::new(&[7]), normal_quantile(0.95));
        let cell = Cell { value: 10.0, below: 1.0 / reach, above: 4.0 / reach, key: 0 };
        let mut draws: Vec<f64> = (0..20_001).map(|_| cell.at(stream.normal())).collect();
        draws.sort_by(f64::total_cmp);
        assert!((draws[1_000] - 9.0).abs() < 0.05 && (draws[19_000] - 14.0).abs() < 0.15, "{}", draws[19_000]);
        assert!((draws[10_000] - 10.0).abs() < 0.05);
    }

    #[test]
    fn the_interval_is_rounded_outwards() {
        let ranks: Vec<u32> = (1..=100).collect();
        assert_eq!(middle(ranks, 0.90), (5, 96));
        assert_eq!(middle(vec![3], 0.90), (3, 3));
        assert_eq!(middle(vec![1, 2, 2], 0.0), (2, 2));
    }
}
