//! What a reviewer of an index asks for, from a scored table: do the parts of each group go together, how much does each indicator
//! weigh in the end, what is a unit strong and weak in, and how much of the data was there.
//!
//! - Correlations (Pearson, of what is there) of every node with its siblings and with each of its ancestors. Flags as in the
//!   audits of the European Commission's COIN centre: below 0 `negative`, below 0.3 `weak`, from 0.92 `redundant` (siblings).
//! - Cronbach's alpha of every group: `k·c̄ / (v̄ + (k−1)·c̄)`, v̄ the mean variance, c̄ the mean covariance of its k members (1951).
//! - Principal components of every group, on its correlations.
//! - Strengths and weaknesses: the indicators in which a unit's rank is best and worst, its own group's units being the field.
//! - Availability: the share of indicators with a value of their own, before anything was imputed.

use std::collections::BTreeMap;

use super::rank::rank;
use super::scores::Scores;
use super::stages::Stages;
use super::statistics::{components, correlation, correlations, covariance};
use super::table::known;
use super::tree::Tree;

/// How two nodes stand to each other in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// Children of one parent.
    Siblings,
    /// The second is the first's parent, or further up.
    Ancestor,
}

impl Kinship {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Siblings => "siblings",
            Self::Ancestor => "ancestor",
        }
    }
}

/// A correlation and what a reviewer says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// Index of a node.
    pub node: usize,
    /// Index of its sibling or ancestor.
    pub other: usize,
    /// Which of the two.
    pub kinship: Kinship,
    /// Pearson's r; `None` where it is not defined.
    pub value: Option<f64>,
    /// Units in which both are there.
    pub units: usize,
    /// `negative`, `weak`, `redundant`, or nothing to say.
    pub flag: &'static str,
}

/// Below this a correlation says little.
const WEAK: f64 = 0.3;

/// From this on, siblings say the same.
const REDUNDANT: f64 = 0.92;

/// How a group of siblings goes together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Index of the parent.
    pub parent: usize,
    /// Cronbach's alpha; `None` with fewer than two members or no spread.
    pub alpha: Option<f64>,
    /// Variance of each principal component, largest first, with the loading of each member.
    pub components: Vec<(f64, Vec<f64>)>,
}

/// An indicator in which a unit stands out.
#[derive(Debug, Clone, PartialEq)]
pub struct Standout {
    /// The unit's row.
    pub unit: usize,
    /// Whether the unit scores high or low in it.
    pub is_strength: bool,
    /// Index of the indicator.
    pub node: usize,
    /// The unit's rank in it, 1 = highest.
    pub rank: u32,
    /// Units ranked.
    pub units: u32,
    /// The indicator as it entered.
    pub raw: Option<f64>,
    /// On the common scale.
    pub value: f64,
}

/// The analysis of a scored table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Analysis {
    /// Correlations between levels and among siblings.
    pub correlations: Vec<Correlation>,
    /// Weight of every node in the root.
    pub effective_weights: Vec<f64>,
    /// Groups, in the order of the tree.
    pub groups: Vec<Group>,
    /// Strengths and weaknesses, unit by unit.
    pub standouts: Vec<Standout>,
    /// Units × nodes: share of the indicators under the node with a value of their own.
    pub availability: Vec<Vec<f64>>,
}

/// Analyses; `count` strengths and as many weaknesses a unit; `groups` as for the ranks.
pub fn analyse(tree: &Tree, (stages, scores): (&Stages, &Scores), groups: Option<&[usize]>, count: usize) -> Analysis {
    let columns: Vec<Vec<f64>> = scores.values.columns().into_iter().map(|column| column.to_vec()).collect();
    Analysis {
        correlations: all_correlations(tree, &columns),
        effective_weights: tree.effective_weights(scores.root, &scores.weights),
        groups: (0..tree.nodes().len()).filter_map(|parent| group(tree, parent, &columns)).collect(),
        standouts: standouts(tree, scores, &columns, groups, count),
        availability: availability(tree, stages, scores),
    }
}

fn all_correlations(tree: &Tree, columns: &[Vec<f64>]) -> Vec<Correlation> {
    let mut all = Vec::new();
    for (node, of) in tree.nodes().iter().enumerate() {
        let siblings = of.parent.map_or(&[][..], |parent| tree.nodes()[parent].children.as_slice());
        let later = siblings.iter().filter(|sibling| **sibling > node).map(|sibling| (*sibling, Kinship::Siblings));
        let ancestors = std::iter::successors(of.parent, |parent| tree.nodes()[*parent].parent);
        for (other, kinship) in later.chain(ancestors.map(|ancestor| (ancestor, Kinship::Ancestor))) {
            let both = columns[node].iter().zip(&columns[other]).filter(|(a, b)| !a.is_nan() && !b.is_nan());
            let units = both.count();
            let is_defined = [node, other].iter().all(|node| covariance(&columns[*node], &columns[*node]) > 0.0);
            let value = is_defined.then(|| correlation(&columns[node], &columns[other]));
            let flag = match value {
                Some(r) if r < 0.0 => "negative",
                Some(r) if r < WEAK => "weak",
                Some(r) if r >= REDUNDANT && kinship == Kinship::Siblings => "redundant",
                _ => "",
            };
            all.push(Correlation { node, other, kinship, value, units, flag });
        }
    }
    all
}

fn group(tree: &Tree, parent: usize, columns: &[Vec<f64>]) -> Option<Group> {
    let members: Vec<&[f64]> = tree.nodes()[parent].children.iter().map(|child| columns[*child].as_slice()).collect();
    (!members.is_empty()).then(|| Group {
        parent,
        alpha: alpha(&members),
        components: components(correlations(&members)),
    })
}

/// Cronbach's alpha.
fn alpha(members: &[&[f64]]) -> Option<f64> {
    let k = members.len() as f64;
    if members.len() < 2 {
        return None;
    }
    let variance: f64 = members.iter().map(|member| covariance(member, member)).sum::<f64>() / k;
    let pairs = members.iter().enumerate().flat_map(|(at, a)| members[..at].iter().map(|b| covariance(a, b)));
    let joint = pairs.sum::<f64>() / (k * (k - 1.0) / 2.0);
    known(k * joint / (variance + (k - 1.0) * joint)).filter(|alpha| alpha.is_finite())
}

fn standouts(
    tree: &Tree,
    scores: &Scores,
    columns: &[Vec<f64>],
    groups: Option<&[usize]>,
    count: usize,
) -> Vec<Standout> {
    let eligible = vec![true; scores.units.len()];
    let group = |unit: usize| groups.and_then(|groups| groups.get(unit)).copied().unwrap_or(0);
    // Per indicator the ranks, and how many units are ranked in each group.
    let of_leaf = |leaf: &usize| {
        let ranks = rank(&columns[*leaf], &eligible, groups);
        let mut counts = BTreeMap::<usize, u32>::new();
        for unit in (0..ranks.len()).filter(|unit| ranks[*unit].is_some()) {
            *counts.entry(group(unit)).or_default() += 1;
        }
        (*leaf, ranks, counts)
    };
    let ranked: Vec<_> = tree.leaves().iter().map(of_leaf).collect();
    let mut all = Vec::new();
    for unit in 0..scores.units.len() {
        let mut of_unit: Vec<Standout> = Vec::new();
        for (column, (node, ranks, counts)) in ranked.iter().enumerate() {
            let (Some(rank), Some(&units)) = (ranks[unit], counts.get(&group(unit))) else { continue };
            let raw = known(scores.raw[(unit, column)]);
            let value = columns[*node][unit];
            of_unit.push(Standout { unit, is_strength: true, node: *node, rank, units, raw, value });
        }
        // Place among those ranked, so that indicators with gaps compare.
        let place = |standout: &Standout| f64::from(standout.rank) / f64::from(standout.units);
        of_unit.sort_by(|a, b| place(a).total_cmp(&place(b)).then(a.node.cmp(&b.node)));
        let weakest = of_unit.iter().rev().take(count).cloned();
        let weakest = weakest.map(|standout| Standout { is_strength: false, ..standout });
        all.extend(of_unit.iter().take(count).cloned().chain(weakest));
    }
    all
}

fn availability(tree: &Tree, stages: &Stages, scores: &Scores) -> Vec<Vec<f64>> {
    let column: BTreeMap<usize, usize> =
        tree.leaves().iter().enumerate().map(|(column, leaf)| (*leaf, column)).collect();
    let share = |row: usize| {
        let mut counts = vec![(0.0, 0.0); tree.nodes().len()];
        for &node in tree.bottom_up() {
            counts[node] = match column.get(&node) {
                Some(column) => (f64::from(u8::from(!stages.denominated.values[(row, *column)].is_nan())), 1.0),
                None => {
                    let children = tree.nodes()[node].children.iter().map(|child| counts[*child]);
                    children.fold((0.0, 0.0), |(there, all), child| (there + child.0, all + child.1))
                }
            };
        }
        counts.into_iter().map(|(there, all)| there / all).collect()
    };
    scores.rows.iter().map(|row| share(*row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_of_known_columns() {
        // Two equal columns agree wholly; a textbook case: variances 2.5 and 2.5, covariance 2.
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0]);
        assert!((alpha(&[&a, &a]).unwrap() - 1.0).abs() < 1e-12);
        assert!((alpha(&[&a, &b]).unwrap() - 2.0 * 2.0 / (2.5 + 2.0)).abs() < 1e-12);
        assert_eq!(alpha(&[&a]), None);
        assert_eq!(alpha(&[&[1.0, 1.0], &[2.0, 2.0]]), None);
    }
}
