//! Step 7, *aggregate*: children become parents, level by level, up to the index.
//!
//! Over the children that are there, with weights w (the weight of a missing child is spread over the others):
//!
//! | method | formula |
//! |---|---|
//! | `arithmetic` | Σwx / Σw: a bad value is offset by a good one |
//! | `geometric` | exp(Σw·ln x / Σw): low values pull down; 0 makes 0 |
//! | `harmonic` | Σw / Σ(w/x): more so |
//! | `power` | (Σw·xᵖ / Σw)^(1/p) |
//! | `inverted_geometric` | INFORM's (10 − GM(((10−x)/10)·9+1))·10/9 on 0–10, stretched to `range`: high values dominate |
//! | `copeland` | units above − units below, where a unit is above another if the children in which it is higher weigh more than half (ties half) |
//!
//! Copeland's scores (Saari and Merlin 1996; COINr's `a_copeland`) compare units, so that one unit's score depends on the others;
//! all other means are of the unit alone.
//!
//! A parent is missing where the share of its children (those of weight above 0) that are there is below
//! `min_children`, or none is there. Missing is never 0.

use std::cmp::Ordering;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::settings::Aggregate;
use super::tree::Tree;
use crate::error::{Error, ErrorKind, Result};

/// How children are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregator {
    /// Weighted mean.
    Arithmetic,
    /// Weighted geometric mean.
    Geometric,
    /// Weighted harmonic mean.
    Harmonic,
    /// Weighted generalised mean.
    Power,
    /// INFORM's mean, in which high values dominate.
    InvertedGeometric,
    /// How many units are outranked, less by how many.
    Copeland,
}

/// One column a node, one value a unit; NaN = missing.
pub type Columns = Vec<Vec<f64>>;

/// How every node of a tree is joined from its children.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    aggregators: Vec<Aggregator>,
    power: f64,
    range: [f64; 2],
    min_children: f64,
}

impl Plan {
    /// The node's own `aggregate`, else its level's entry in `by_level`, else `method`. `range` is the scale.
    pub fn new(tree: &Tree, settings: &Aggregate, range: [f64; 2]) -> Self {
        let of_level = |level: usize| level.checked_sub(2).and_then(|index| settings.by_level.get(index)).copied();
        let aggregators = tree
            .nodes()
            .iter()
            .map(|node| node.entry.aggregate.or_else(|| of_level(node.level)).unwrap_or(settings.method))
            .collect();
        Self { aggregators, power: settings.power, range, min_children: settings.min_children }
    }

    /// The method of a node.
    pub fn aggregator(&self, node: usize) -> Aggregator {
        self.aggregators[node]
    }

    /// Fills the column of a node from those of its children.
    pub fn fill(&self, tree: &Tree, node: usize, weights: &[f64], columns: &mut Columns) {
        let children = &tree.nodes()[node].children;
        let mut column = std::mem::take(&mut columns[node]);
        match self.aggregators[node] {
            Aggregator::Arithmetic => self.means(children, weights, columns, &mut column),
            Aggregator::Copeland => self.outrankings(children, weights, columns, &mut column),
            mean => {
                for (unit, value) in column.iter_mut().enumerate() {
                    *value = self.mean(mean, children, weights, |child| columns[child][unit]);
                }
            }
        }
        columns[node] = column;
    }

    /// Fills the columns of all aggregates.
    pub fn roll_up(&self, tree: &Tree, weights: &[f64], columns: &mut Columns) {
        for &node in tree.bottom_up().iter().filter(|node| !tree.nodes()[**node].is_leaf()) {
            self.fill(tree, node, weights, columns);
        }
    }

    /// Weighted means, child by child, so that the loop over units is the inner one; taken from the first value that is there, so
    /// that the mean of equal values is exactly that value.
    fn means(&self, children: &[usize], weights: &[f64], columns: &Columns, means: &mut [f64]) {
        let counted: Vec<usize> = children.iter().copied().filter(|child| weights[*child] > 0.0).collect();
        for (number, block) in means.chunks_mut(BLOCK).enumerate() {
            let start = number * BLOCK;
            let mut sums = [Sum::default(); BLOCK];
            for &child in &counted {
                let (weight, column) = (weights[child], &columns[child][start..start + block.len()]);
                for (sum, value) in sums.iter_mut().zip(column).filter(|(_, value)| !value.is_nan()) {
                    sum.add(*value, weight);
                }
            }
            for (mean, sum) in block.iter_mut().zip(&sums) {
                *mean = if self.is_enough(sum.count, counted.len()) { sum.mean() } else { f64::NAN };
            }
        }
    }

    /// Copeland's scores.
    fn outrankings(&self, children: &[usize], weights: &[f64], columns: &Columns, scores: &mut [f64]) {
        let counted: Vec<usize> = children.iter().copied().filter(|child| weights[*child] > 0.0).collect();
        let there = |unit: usize| counted.iter().filter(|child| !columns[**child][unit].is_nan()).count();
        let has_enough: Vec<bool> = (0..scores.len()).map(|unit| self.is_enough(there(unit), counted.len())).collect();
        scores.iter_mut().zip(&has_enough).for_each(|(score, enough)| *score = if *enough { 0.0 } else { f64::NAN });
        for unit in (0..scores.len()).filter(|unit| has_enough[*unit]) {
            for other in (0..unit).filter(|other| has_enough[*other]) {
                let lead = counted.iter().fold(0.0, |lead, child| {
                    match columns[*child][unit].partial_cmp(&columns[*child][other]) {
                        Some(Ordering::Greater) => lead + weights[*child],
                        Some(Ordering::Less) => lead - weights[*child],
                        _ => lead,
                    }
                });
                // Weights that balance add up to 0 but for rounding.
                let point = if lead.abs() < TIED { 0.0 } else { lead.signum() };
                scores[unit] += point;
                scores[other] -= point;
            }
        }
    }

    /// A mean of one unit's children.
    fn mean(&self, mean: Aggregator, children: &[usize], weights: &[f64], value: impl Fn(usize) -> f64 + Copy) -> f64 {
        let counted = children.iter().filter(|child| weights[**child] > 0.0);
        let pairs = counted.clone().map(|child| (value(*child), weights[*child])).filter(|(value, _)| !value.is_nan());
        if !self.is_enough(pairs.clone().count(), counted.count()) {
            return f64::NAN;
        }
        match mean {
            Aggregator::Geometric => power_mean(pairs, 0.0),
            Aggregator::Harmonic => power_mean(pairs, -1.0),
            Aggregator::Power => power_mean(pairs, self.power),
            Aggregator::InvertedGeometric => self.inverted_geometric(pairs),
            Aggregator::Arithmetic | Aggregator::Copeland => average(pairs, |x| x),
        }
    }

    /// Whether so many of so many children are enough. 1e-9: 2 of 3 meet a threshold written as 0.666666667.
    fn is_enough(&self, there: usize, all: usize) -> bool {
        there > 0 && there as f64 + 1e-9 >= self.min_children * all as f64
    }

    fn inverted_geometric(&self, pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
        let [bottom, top] = self.range;
        let mean = power_mean(pairs.map(|(x, weight)| ((top - x) / (top - bottom) * 9.0 + 1.0, weight)), 0.0);
        bottom + (10.0 - mean) / 9.0 * (top - bottom)
    }
}

/// Units whose sums are kept at hand while the children pass by.
const BLOCK: usize = 128;

/// A lead below this is none: weights are scaled to sum to 1.
const TIED: f64 = 1e-12;

/// A weighted mean in the making.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    first: f64,
    rest: f64,
    weight: f64,
    count: usize,
}

impl Sum {
    fn add(&mut self, value: f64, weight: f64) {
        if self.count == 0 {
            self.first = value;
        }
        self.rest += weight * (value - self.first);
        self.weight += weight;
        self.count += 1;
    }

    fn mean(&self) -> f64 {
        self.first + self.rest / self.weight
    }
}

/// Σw·f(x) / Σw, taken from the first value, so that the mean of equal values is exactly that value.
fn average(mut pairs: impl Iterator<Item = (f64, f64)>, function: impl Fn(f64) -> f64) -> f64 {
    let Some((first, weight)) = pairs.next() else { return f64::NAN };
    let first = function(first);
    let (sum, total) =
        pairs.fold((0.0, weight), |(sum, total), (x, weight)| (sum + weight * (function(x) - first), total + weight));
    first + sum / total
}

/// The generalised mean; 0 = geometric. NaN where a value is negative; 0 where one is 0 and the exponent not above 0.
/// Kept between the smallest and the largest value, where a mean lies but for rounding.
fn power_mean(pairs: impl Iterator<Item = (f64, f64)> + Clone, exponent: f64) -> f64 {
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = pairs.clone().fold(ends, |(low, high), (x, _)| (low.min(x), high.max(x)));
    if low < 0.0 {
        return f64::NAN;
    }
    if exponent <= 0.0 && low == 0.0 {
        return 0.0;
    }
    let mean = if exponent == 0.0 {
        libm::exp(average(pairs, libm::log))
    } else if exponent == -1.0 {
        1.0 / average(pairs, |x| 1.0 / x)
    } else {
        libm::pow(average(pairs, |x| libm::pow(x, exponent)), 1.0 / exponent)
    };
    mean.max(low).min(high)
}

/// The nodes' columns, those of the indicators filled.
pub fn leaf_columns(normalised: &Array2<f64>, tree: &Tree) -> Columns {
    let mut columns = vec![vec![f64::NAN; normalised.nrows()]; tree.nodes().len()];
    for (leaf, values) in tree.leaves().iter().zip(normalised.columns()) {
        columns[*leaf] = values.to_vec();
    }
    columns
}

/// Units × nodes: the normalised indicators (one column a leaf) and every aggregate above them.
pub fn aggregate(
    units: &[String],
    normalised: &Array2<f64>,
    tree: &Tree,
    weights: &[f64],
    plan: &Plan,
) -> Result<Array2<f64>> {
    let mut columns = leaf_columns(normalised, tree);
    plan.roll_up(tree, weights, &mut columns);
    for &node in tree.bottom_up().iter().filter(|node| !tree.nodes()[**node].is_leaf()) {
        let children = &tree.nodes()[node].children;
        let counted: Vec<usize> = children.iter().copied().filter(|child| weights[*child] > 0.0).collect();
        for (unit, name) in units.iter().enumerate().filter(|(unit, _)| !columns[node][*unit].is_finite()) {
            let there = counted.iter().filter(|child| !columns[**child][unit].is_nan()).count();
            if plan.is_enough(there, counted.len()) {
                return Err(undefined(tree.nodes()[node].code(), name, plan.aggregators[node]));
            }
        }
    }
    let mut values = Array2::from_elem((units.len(), columns.len()), f64::NAN);
    for (mut to, column) in values.columns_mut().into_iter().zip(&columns) {
        to.iter_mut().zip(column).for_each(|(to, value)| *to = *value);
    }
    Ok(values)
}

fn undefined(node: &str, unit: &str, aggregator: Aggregator) -> Error {
    let name = format!("{aggregator:?}").to_lowercase();
    Error::new(
        ErrorKind::Model,
        format!("node `{node}` of unit `{unit}`: the {name} mean of these values has no value"),
    )
    .hint("set `normalise` so that no value is below 0 (min_max with range = [1, 100]), or aggregate arithmetically")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::file::Places;
    use crate::model::tree::NodeEntry;

    fn star(count: usize) -> Tree {
        let entry = |code: &str, parent: Option<&str>| NodeEntry {
            code: code.into(),
            parent: parent.map(String::from),
            ..NodeEntry::default()
        };
        let mut entries = vec![entry("top", None)];
        entries.extend((0..count).map(|index| entry(&format!("x{index}"), Some("top"))));
        Tree::build(&entries, &Places::default()).unwrap()
    }

    fn top(settings: &Aggregate, values: &[f64]) -> f64 {
        let tree = star(values.len());
        let mut columns = vec![vec![f64::NAN]];
        columns.extend(values.iter().map(|value| vec![*value]));
        let weights = vec![1.0; columns.len()];
        Plan::new(&tree, settings, [0.0, 10.0]).fill(&tree, 0, &weights, &mut columns);
        columns[0][0]
    }

    fn with(method: Aggregator) -> Aggregate {
        Aggregate { method, ..Aggregate::default() }
    }

    #[test]
    fn means_of_known_values() {
        for (method, expected) in [
            (Aggregator::Arithmetic, 4.25),
            (Aggregator::Geometric, 2.990_697_562_442_441),
            (Aggregator::Harmonic, 80.0 / 37.0),
            (Aggregator::Power, 5.5),
        ] {
            assert!((top(&with(method), &[1.0, 2.0, 4.0, 10.0]) - expected).abs() < 1e-12, "{method:?}");
        }
    }

    #[test]
    fn the_inverted_geometric_mean_keeps_the_ends_and_favours_high_values() {
        let method = with(Aggregator::InvertedGeometric);
        assert!(top(&method, &[10.0, 10.0]) == 10.0 && top(&method, &[0.0, 0.0]).abs() < 1e-12);
        assert!(top(&method, &[0.0, 10.0]) > 7.5);
        // (10 − √10)·10/9: one child at either end.
        assert!((top(&method, &[0.0, 10.0]) - 7.597_469_266_479_578).abs() < 1e-9);
    }

    #[test]
    fn copeland_counts_who_is_above_whom() {
        let tree = star(3);
        // a and b lead in halves that balance; c equals a in one half and is below in the other.
        let mut columns = vec![vec![f64::NAN; 4], vec![1.0, 2.0, 1.0, f64::NAN], vec![1.0, 2.0, 1.0, f64::NAN]];
        columns.push(vec![3.0, 0.0, 2.0, f64::NAN]);
        let plan = Plan::new(&tree, &with(Aggregator::Copeland), [0.0, 100.0]);
        plan.fill(&tree, 0, &[1.0, 0.25, 0.25, 0.5], &mut columns);
        assert_eq!(columns[0][..3], [1.0, 0.0, -1.0]);
        assert!(columns[0][3].is_nan());
    }

    #[test]
    fn missing_is_left_out_and_never_zero() {
        assert_eq!(top(&with(Aggregator::Arithmetic), &[4.0, f64::NAN]), 4.0);
        assert!(top(&with(Aggregator::Arithmetic), &[f64::NAN, f64::NAN]).is_nan());
        let strict = Aggregate { min_children: 0.75, ..Aggregate::default() };
        assert!(top(&strict, &[4.0, f64::NAN]).is_nan());
        assert_eq!(top(&strict, &[4.0, 4.0, 4.0, f64::NAN]), 4.0);
    }

    #[test]
    fn a_single_child_is_its_parent_exactly() {
        use Aggregator::{Arithmetic, Geometric, Harmonic, Power};
        for method in [Arithmetic, Geometric, Harmonic, Power] {
            assert_eq!(top(&with(method), &[100.0, f64::NAN]), 100.0, "{method:?}");
        }
    }

    #[test]
    fn a_mean_that_does_not_exist_is_told() {
        let tree = star(2);
        let plan = Plan::new(&tree, &with(Aggregator::Geometric), [0.0, 100.0]);
        let values = ndarray::array![[1.0, -1.0]];
        let error = aggregate(&["FRA".into()], &values, &tree, &[1.0; 3], &plan).unwrap_err();
        assert!(error.to_string().contains("node `top` of unit `FRA`"));
    }
}
