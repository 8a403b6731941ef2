//! What the model stage gives: a score a unit and node, with coverage, rank and the interval of the rank.

use std::sync::Arc;

use ndarray::Array2;

use super::rank::rank;
use super::sensitivity::Sensitivity;
use super::table::{LogEntry, known};
use super::uncertainty::{Drawn, LeftOut, Spreads};

/// Why a unit has a rank or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Scored and ranked.
    Ranked,
    /// Scored, but on too little data to be compared: not ranked.
    LowCoverage,
    /// Nothing to score.
    NoScore,
}

impl Standing {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ranked => "ranked",
            Self::LowCoverage => "low_coverage",
            Self::NoScore => "no_score",
        }
    }
}

/// The scores of a table under a model. Vectors have one entry a unit, in the order of `units`.
#[derive(Debug, Clone)]
pub struct Scores {
    /// The units, in the order of the table, without those screened out.
    pub units: Arc<Vec<String>>,
    /// Row of each unit in the table that was scored.
    pub rows: Vec<usize>,
    /// Codes of all nodes of the tree: indicators (normalised) and aggregates.
    pub nodes: Arc<Vec<String>>,
    /// Units × nodes; NaN = missing. Use [`Scores::value`] outside the model.
    pub values: Array2<f64>,
    /// Indicators as they entered, one column a leaf in tree order; NaN = missing.
    pub raw: Array2<f64>,
    /// Which of these were imputed.
    pub imputed: Array2<bool>,
    /// Scaled weights, one a node.
    pub weights: Vec<f64>,
    /// Index of the node that ranks.
    pub root: usize,
    /// Share of the effective weight under the root whose indicators were observed (not missing, not imputed).
    pub coverage: Vec<f64>,
    /// Rank inside the group, 1 = highest, ties take the lowest.
    pub rank: Vec<Option<u32>>,
    /// How far scores and ranks move; empty where the model file asks for nothing.
    pub moved: Moved,
    /// Why a unit has a rank or not.
    pub standing: Vec<Standing>,
    /// What the steps did, in order.
    pub log: Arc<Vec<LogEntry>>,
}

/// What the uncertainty run gave, as far as the model file asks for it.
#[derive(Debug, Clone, Default)]
pub struct Moved {
    /// Intervals of scores and ranks.
    pub spreads: Option<Spreads>,
    /// Which factor moves the ranks.
    pub sensitivity: Option<Sensitivity>,
    /// The ranks without each node.
    pub left_out: Vec<LeftOut>,
    /// The settings of every draw.
    pub drawn: Vec<Drawn>,
}

impl Scores {
    /// The interval of a unit's rank; `None` without draws, or where it is not ranked. It holds the rank itself, which is that of one more
    /// setting as good as those drawn: where many units that little is known of might each stand higher, hardly a draw gives a unit the
    /// rank that its expected score has.
    pub fn rank_interval(&self, unit: usize) -> Option<(u32, u32)> {
        let spread = self.moved.spreads.as_ref()?.units.get(unit).copied().flatten()?;
        let rank = self.rank[unit]?;
        Some((spread.rank_low.min(rank), spread.rank_high.max(rank)))
    }

    /// The value of a unit (by row) for a node; `None` where missing or where there is no such node.
    pub fn value(&self, unit: usize, node: &str) -> Option<f64> {
        let column = self.nodes.iter().position(|code| code == node)?;
        self.values.get((unit, column)).copied().and_then(known)
    }

    /// The score of a unit: its value for the node that ranks.
    pub fn score(&self, unit: usize) -> Option<f64> {
        self.values.get((unit, self.root)).copied().and_then(known)
    }

    /// Units × `nodes`: the rank of every unit for every node inside its group, coverage aside; NaN where it has no value.
    pub fn ranks_of(&self, nodes: &[usize], groups: Option<&[usize]>) -> Array2<f64> {
        let eligible = vec![true; self.units.len()];
        let mut ranks = Array2::from_elem((self.units.len(), nodes.len()), f64::NAN);
        for (mut column, node) in ranks.columns_mut().into_iter().zip(nodes) {
            let of_node = rank(&self.values.column(*node).to_vec(), &eligible, groups);
            column.iter_mut().zip(of_node).for_each(|(to, rank)| *to = rank.map_or(f64::NAN, f64::from));
        }
        ranks
    }

    /// The row of a unit by name.
    pub fn unit(&self, name: &str) -> Option<usize> {
        self.units.iter().position(|unit| unit == name)
    }
}
