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
//!
//! A parent is missing where the share of its children (those of weight above 0) that are there is below
//! `min_children`, or none is there. Missing is never 0.

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
}

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

    /// The value of a node from its children's values in `row` (one a node); NaN where missing.
    pub fn combine(&self, tree: &Tree, node: usize, weights: &[f64], row: &[f64]) -> f64 {
        let children = &tree.nodes()[node].children;
        if !self.has_enough(children, weights, row) {
            return f64::NAN;
        }
        let pairs = children.iter().map(|child| (row[*child], weights[*child]));
        let pairs = pairs.filter(|(value, weight)| !value.is_nan() && *weight > 0.0);
        match self.aggregators[node] {
            Aggregator::Arithmetic => average(pairs, |x| x),
            Aggregator::Geometric => power_mean(pairs, 0.0),
            Aggregator::Harmonic => power_mean(pairs, -1.0),
            Aggregator::Power => power_mean(pairs, self.power),
            Aggregator::InvertedGeometric => self.inverted_geometric(pairs),
        }
    }

    fn has_enough(&self, children: &[usize], weights: &[f64], row: &[f64]) -> bool {
        let counted = children.iter().filter(|child| weights[**child] > 0.0);
        let (there, all) =
            counted.fold((0usize, 0usize), |(there, all), child| (there + usize::from(!row[*child].is_nan()), all + 1));
        // 1e-9: 2 of 3 children meet a threshold written as 0.666666667.
        there > 0 && there as f64 + 1e-9 >= self.min_children * all as f64
    }

    fn inverted_geometric(&self, pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
        let [bottom, top] = self.range;
        let mean = power_mean(pairs.map(|(x, weight)| ((top - x) / (top - bottom) * 9.0 + 1.0, weight)), 0.0);
        bottom + (10.0 - mean) / 9.0 * (top - bottom)
    }

    /// Fills the aggregates of a row whose indicators are filled.
    pub fn roll_up(&self, tree: &Tree, weights: &[f64], row: &mut [f64]) {
        for &node in tree.bottom_up() {
            if !tree.nodes()[node].is_leaf() {
                row[node] = self.combine(tree, node, weights, row);
            }
        }
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

/// Units × nodes: the normalised indicators (one column a leaf) and every aggregate above them.
pub fn aggregate(
    units: &[String],
    normalised: &Array2<f64>,
    tree: &Tree,
    weights: &[f64],
    plan: &Plan,
) -> Result<Array2<f64>> {
    let mut values = Array2::from_elem((units.len(), tree.nodes().len()), f64::NAN);
    for (column, leaf) in tree.leaves().iter().enumerate() {
        values.column_mut(*leaf).assign(&normalised.column(column));
    }
    let mut row = vec![f64::NAN; tree.nodes().len()];
    for (unit, mut target) in units.iter().zip(values.rows_mut()) {
        row.iter_mut().zip(&target).for_each(|(to, from)| *to = *from);
        plan.roll_up(tree, weights, &mut row);
        target.iter_mut().zip(&row).for_each(|(to, from)| *to = *from);
        let failed = tree.bottom_up().iter().copied().find(|node| {
            let children = &tree.nodes()[*node].children;
            !row[*node].is_finite() && plan.has_enough(children, weights, &row)
        });
        if let Some(node) = failed {
            return Err(undefined(tree.nodes()[node].code(), unit, plan.aggregators[node]));
        }
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
        let mut row = vec![f64::NAN];
        row.extend(values);
        Plan::new(&tree, settings, [0.0, 10.0]).combine(&tree, 0, &vec![1.0; row.len()], &row)
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
