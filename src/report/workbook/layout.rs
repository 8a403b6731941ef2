//! Which column of Scores and which row of Model holds what.
//!
//! Scores has one row a unit: what people read first, then the working. The children of a node stand side by side, so that their
//! mean is a formula on one range; above each stands its weight. Model has one row a node.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::utility::{
    cell_range_absolute, column_number_to_name, quote_sheet_name, row_col_to_cell_absolute,
};

use super::computed::Computed;
use super::sheet::{Title, row_number};
use super::words::Words;
use crate::model::{Aggregator, Model, Plan, Tree};

/// Row of Scores (from 0) with the weights of the columns.
pub const WEIGHTS: u32 = 2;
/// Row of Scores with the headers.
pub const HEADER: u32 = 3;
/// First row of Scores with a unit.
pub const FIRST: u32 = 4;

/// Columns of Scores that every model has.
pub mod column {
    pub const SECTOR_NAME: u16 = 0;
    pub const SECTOR: u16 = 1;
    pub const COUNTRY_NAME: u16 = 2;
    pub const COUNTRY: u16 = 3;
    pub const PERIOD: u16 = 4;
    pub const SCORE: u16 = 5;
    pub const RANK: u16 = 6;
    pub const RANK_LOW: u16 = 7;
    pub const RANK_HIGH: u16 = 8;
    pub const HEADLINE: u16 = 9;
}

/// Columns of the tree on Model.
pub mod model_column {
    pub const NAME: u16 = 0;
    pub const CODE: u16 = 1;
    pub const WEIGHT: u16 = 2;
    pub const SHARE: u16 = 3;
    pub const EFFECTIVE: u16 = 4;
    pub const METHOD: u16 = 5;
    pub const NEEDED: u16 = 6;
    pub const LOW: u16 = 7;
    pub const HIGH: u16 = 8;
    pub const NOTE: u16 = 9;
    pub const RUN_WEIGHT: u16 = 10;
    pub const RUN_LOW: u16 = 11;
    pub const RUN_HIGH: u16 = 12;
}

/// Row of Model with the coverage a rank needs; its value stands in the column of weights.
pub const MIN_COVERAGE: u32 = 5;
/// Row of Model with the share of children a mean needs.
pub const MIN_CHILDREN: u32 = 6;
/// Row of Model with the headers of the tree.
pub const TREE_HEADER: u32 = 17;

/// How a node's children are joined in the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mean {
    /// Weighted mean.
    Arithmetic,
    /// By logarithms.
    Geometric,
    /// Generalised, of this exponent, which is not 0.
    Power(f64),
    /// INFORM's.
    InvertedGeometric,
}

impl Mean {
    /// A child's value as the mean takes it; `range` is the scale.
    pub fn take(self, value: f64, [bottom, top]: [f64; 2]) -> f64 {
        match self {
            Self::Arithmetic => value,
            _ if value == 0.0 && self != Self::InvertedGeometric => 0.0,
            Self::Geometric => libm::log(value),
            Self::Power(power) => libm::pow(value, power),
            Self::InvertedGeometric => libm::log((top - value) / (top - bottom) * 9.0 + 1.0),
        }
    }
}

/// Where everything is.
#[derive(Debug)]
pub struct Layout {
    /// The node that ranks.
    pub root: usize,
    /// Nodes beside the score on the sheets people read: the children of the node that ranks, then the other roots.
    pub headline: Vec<usize>,
    /// Column of Scores with each node's value.
    pub nodes: Vec<u16>,
    /// First of the columns documents, mentions, coverage, status, score, rank of the run, shift of rank.
    pub facts: u16,
    /// Column of Scores with each indicator as observed, by its place among the leaves.
    pub observed: Vec<u16>,
    /// Column with each indicator as used; the observed where no step changed any.
    pub used: Vec<u16>,
    /// Column with a child's value as its parent's mean takes it (its logarithm, say).
    pub taken: BTreeMap<usize, u16>,
    /// First of the columns score if ranked, rank as number, weight in sector, two keys.
    pub helpers: u16,
    /// Row of Model with each node.
    pub model_rows: Vec<u32>,
    /// Nodes in the order of Model, each with its depth.
    pub in_order: Vec<(usize, u8)>,
    /// How each node's children are joined.
    pub means: Vec<Option<Mean>>,
    /// Whether a node's values are written as values: Copeland's scores, and all that is under them.
    pub fixed: Vec<bool>,
    /// A part of a defined name for each node.
    pub names: Vec<String>,
    /// Last row of Scores with a unit.
    pub last: u32,
    scores: String,
    model: String,
}

impl Layout {
    pub fn new(model: &Model, computed: &Computed<'_>, words: &Words<'_>) -> Self {
        let tree = &model.tree;
        let in_order = depth_first(tree);
        let first_row = TREE_HEADER + 1;
        let mut model_rows = vec![first_row; tree.nodes().len()];
        for (row, (node, _)) in in_order.iter().enumerate() {
            model_rows[*node] = first_row + row_number(row);
        }
        let (means, fixed) = means(model);
        let mut layout = Self {
            root: model.root,
            headline: headline(tree, model.root),
            nodes: vec![0; tree.nodes().len()],
            facts: 0,
            observed: Vec::new(),
            used: Vec::new(),
            taken: BTreeMap::new(),
            helpers: 0,
            model_rows,
            in_order,
            means,
            fixed,
            names: names(tree),
            last: FIRST + row_number(computed.units.len().max(1) - 1),
            scores: quote_sheet_name(words.title(Title::Scores)),
            model: quote_sheet_name(words.title(Title::Model)),
        };
        layout.place_columns(tree, computed.is_adjusted);
        layout
    }

    fn place_columns(&mut self, tree: &Tree, is_adjusted: bool) {
        let mut next = column::HEADLINE;
        let mut take = || {
            next += 1;
            next - 1
        };
        let mut placed = BTreeSet::new();
        if tree.nodes()[self.root].parent.is_none() {
            self.nodes[self.root] = column::SCORE;
            placed.insert(self.root);
        }
        for &node in &self.headline {
            self.nodes[node] = take();
            placed.insert(node);
        }
        self.facts = take();
        (1..FACTS).for_each(|_| {
            take();
        });
        self.observed = tree.leaves().iter().map(|_| take()).collect();
        self.used = if is_adjusted { tree.leaves().iter().map(|_| take()).collect() } else { self.observed.clone() };
        // Parents from the top: the children of each stand side by side.
        for &parent in tree.bottom_up().iter().rev() {
            for &child in tree.nodes()[parent].children.iter().filter(|child| placed.insert(**child)) {
                self.nodes[child] = take();
            }
        }
        for (parent, mean) in self.means.iter().enumerate() {
            if !self.fixed[parent] && mean.is_some_and(|mean| mean != Mean::Arithmetic) {
                self.taken.extend(tree.nodes()[parent].children.iter().map(|child| (*child, take())));
            }
        }
        self.helpers = take();
    }

    /// A column of all units on Scores, from any sheet.
    pub fn units(&self, column: u16) -> String {
        format!("{}!{}", self.scores, cell_range_absolute(FIRST, column, self.last, column))
    }

    /// Several columns of all units.
    pub fn block(&self, from: u16, to: u16) -> String {
        format!("{}!{}", self.scores, cell_range_absolute(FIRST, from, self.last, to))
    }

    /// Headers of several columns on Scores.
    pub fn headers(&self, from: u16, to: u16) -> String {
        format!("{}!{}", self.scores, cell_range_absolute(HEADER, from, HEADER, to))
    }

    /// A cell of Model, from any sheet.
    pub fn on_model(&self, row: u32, column: u16) -> String {
        format!("{}!{}", self.model, row_col_to_cell_absolute(row, column))
    }

    /// The last column of Scores.
    pub fn last_column(&self) -> u16 {
        self.helpers + HELPERS - 1
    }

    /// The first column of Scores that is working.
    pub fn working(&self) -> u16 {
        self.facts + FACTS
    }

    /// The names a formula can use, and their ranges.
    pub fn defined_names(&self, words: &Words<'_>) -> Vec<(String, String)> {
        use model_column::{HIGH, LOW, NEEDED, WEIGHT};
        let mut all = vec![
            ("ranking_min_coverage".to_owned(), self.on_model(MIN_COVERAGE, WEIGHT)),
            ("aggregate_min_children".to_owned(), self.on_model(MIN_CHILDREN, WEIGHT)),
            ("scores_score".to_owned(), self.units(column::SCORE)),
            ("scores_rank".to_owned(), self.units(column::RANK)),
            ("scores_key".to_owned(), self.units(self.helpers + helper::KEY)),
            ("matrix_measure".to_owned(), on_matrix(words, super::matrix::MEASURE)),
            ("matrix_period".to_owned(), on_matrix(words, super::matrix::PERIOD)),
        ];
        for (node, name) in self.names.iter().enumerate() {
            let row = self.model_rows[node];
            all.push((format!("weight_{name}"), self.on_model(row, WEIGHT)));
            match self.means[node] {
                Some(_) => all.push((format!("needed_{name}"), self.on_model(row, NEEDED))),
                None => {
                    all.push((format!("low_{name}"), self.on_model(row, LOW)));
                    all.push((format!("high_{name}"), self.on_model(row, HIGH)));
                }
            }
        }
        all.into_iter().map(|(name, range)| (name, format!("={range}"))).collect()
    }
}

/// Columns of facts: documents, mentions, coverage, status, score and rank of the run, shift of rank.
const FACTS: u16 = 7;

/// Helper columns, counted from the first.
pub mod helper {
    /// The score where coverage suffices for a rank.
    pub const RANKED: u16 = 0;
    /// The rank, a very large number where there is none.
    pub const RANK: u16 = 1;
    /// What the unit counts in the mean of its sector.
    pub const WEIGHT: u16 = 2;
    /// sector/country/period
    pub const KEY: u16 = 3;
    /// sector/period/rank
    pub const RANK_KEY: u16 = 4;
}

const HELPERS: u16 = 5;

fn on_matrix(words: &Words<'_>, at: (u32, u16)) -> String {
    format!("{}!{}", quote_sheet_name(words.title(Title::Matrix)), row_col_to_cell_absolute(at.0, at.1))
}

/// The columns of a range in one row, such as `K$3:M$3` (`absolute`) or `$K5:$M5`.
pub fn row_range(row: u32, from: u16, to: u16, absolute: bool) -> String {
    let (from, to) = (column_number_to_name(from), column_number_to_name(to));
    let row = row + 1;
    if absolute { format!("${from}${row}:${to}${row}") } else { format!("${from}{row}:${to}{row}") }
}

/// A cell in a row whose column stays, such as `$K5`.
pub fn in_row(row: u32, column: u16) -> String {
    format!("${}{}", column_number_to_name(column), row + 1)
}

fn headline(tree: &Tree, root: usize) -> Vec<usize> {
    let others = tree.roots().filter(|other| *other != root);
    tree.nodes()[root].children.iter().copied().chain(others).collect()
}

/// All nodes, each root with all below it, children in their order.
fn depth_first(tree: &Tree) -> Vec<(usize, u8)> {
    let roots: Vec<usize> = tree.roots().collect();
    let mut stack: Vec<(usize, u8)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
    let mut order = Vec::with_capacity(tree.nodes().len());
    while let Some((node, depth)) = stack.pop() {
        order.push((node, depth));
        stack.extend(tree.nodes()[node].children.iter().rev().map(|child| (*child, depth.saturating_add(1))));
    }
    order
}

/// How each node is joined, and what has to be written as values.
fn means(model: &Model) -> (Vec<Option<Mean>>, Vec<bool>) {
    let (tree, settings) = (&model.tree, &model.settings);
    let plan = Plan::new(tree, &settings.aggregate, settings.normalise.range);
    let mut fixed = vec![false; tree.nodes().len()];
    let mut means = vec![None; tree.nodes().len()];
    for &node in tree.bottom_up().iter().rev() {
        let of = &tree.nodes()[node];
        let is_copeland = !of.is_leaf() && plan.aggregator(node) == Aggregator::Copeland;
        fixed[node] = is_copeland || of.parent.is_some_and(|parent| fixed[parent]);
        if !of.is_leaf() {
            means[node] = Some(match plan.aggregator(node) {
                Aggregator::Arithmetic | Aggregator::Copeland => Mean::Arithmetic,
                Aggregator::Geometric => Mean::Geometric,
                Aggregator::Harmonic => Mean::Power(-1.0),
                Aggregator::Power if settings.aggregate.power == 0.0 => Mean::Geometric,
                Aggregator::Power => Mean::Power(settings.aggregate.power),
                Aggregator::InvertedGeometric => Mean::InvertedGeometric,
            });
        }
    }
    (means, fixed)
}

/// Codes as parts of defined names: letters, digits and underscores, each once whatever the case.
fn names(tree: &Tree) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let of = |code: &str| -> String {
        code.chars().take(200).map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
    };
    tree.nodes()
        .iter()
        .map(|node| {
            let base = of(node.code());
            let numbered = (2..).map(|number| format!("{base}_{number}"));
            let mut candidates = std::iter::once(base.clone()).chain(numbered);
            candidates.find(|name| taken.insert(name.to_lowercase())).unwrap_or(base)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_keeps_its_columns_and_its_row_where_told() {
        assert_eq!(row_range(2, 10, 12, true), "$K$3:$M$3");
        assert_eq!(row_range(4, 10, 12, false), "$K5:$M5");
        assert_eq!(in_row(0, 26), "$AA1");
    }

    #[test]
    fn the_built_in_tree_reads_from_the_top() {
        let model = Model::built_in().unwrap();
        let codes: Vec<_> = depth_first(&model.tree).iter().map(|(node, _)| model.tree.nodes()[*node].code()).collect();
        assert_eq!(codes[..4], ["risk", "export_controls", "export_controls_text", "export_restrictions"]);
        let headline: Vec<_> =
            headline(&model.tree, model.root).iter().map(|node| model.tree.nodes()[*node].code()).collect();
        assert_eq!(headline, ["export_controls", "concentration", "coercion", "mitigation", "easing"]);
    }

    #[test]
    fn names_are_told_apart_whatever_the_case() {
        let text = "[ranking]\nby = \"Total\"\n[[node]]\ncode = \"Total\"\n[[node]]\ncode = \"a-b\"\nparent = \"Total\"\ngoalposts = [0, 1]\n\
                    [[node]]\ncode = \"A.B\"\nparent = \"Total\"\ngoalposts = [0, 1]\n";
        let model = Model::from_toml(text, std::path::Path::new("m.toml")).unwrap();
        assert_eq!(names(&model.tree), ["Total", "a_b", "A_B_2"]);
    }
}
