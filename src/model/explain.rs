//! A score taken apart: what every indicator and pillar of a unit adds to it.
//!
//! Every node's *effective weight* is the product, up to the root, of its weight among the siblings **that are there**
//! for this unit. Its contribution is effective weight × value. Where children are joined by another mean than the
//! arithmetic, their parent differs from their weighted sum; that difference × the parent's effective weight is the
//! parent's *combination effect*. Contributions of the indicators + all combination effects = the score.

use super::Model;
use super::scores::Scores;
use super::table::known;

/// One node of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Code of the node.
    pub code: String,
    /// Code of its parent; none for the root.
    pub parent: Option<String>,
    /// Steps below the root.
    pub depth: usize,
    /// Whether it is an indicator.
    pub is_indicator: bool,
    /// The indicator's value as it entered, before any step; `None` where missing and for aggregates.
    pub raw: Option<f64>,
    /// Whether the indicator's value was imputed.
    pub is_imputed: bool,
    /// The value on the common scale.
    pub value: Option<f64>,
    /// Weight among all siblings, as the model has it.
    pub nominal_weight: f64,
    /// Weight in the score, after missing siblings gave theirs away; 0 where missing.
    pub effective_weight: f64,
    /// Effective weight × value; `None` where missing. Those of the indicators add up to the score.
    pub contribution: Option<f64>,
    /// What joining the children by another mean than the arithmetic adds to the score.
    pub combination_effect: f64,
}

/// The parts of a unit's score, the root first, children after their parent.
pub fn explain(scores: &Scores, model: &Model, unit: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    if unit < scores.units.len() {
        Walk { scores, model, unit }.visit(scores.root, 0, 1.0, &mut parts);
    }
    parts
}

struct Walk<'a> {
    scores: &'a Scores,
    model: &'a Model,
    unit: usize,
}

impl Walk<'_> {
    fn value(&self, node: usize) -> Option<f64> {
        known(self.scores.values[(self.unit, node)])
    }

    fn visit(&self, index: usize, depth: usize, effective_weight: f64, parts: &mut Vec<Part>) {
        let tree = &self.model.tree;
        let node = &tree.nodes()[index];
        let value = self.value(index);
        let effective_weight = if value.is_some() { effective_weight } else { 0.0 };
        let shares = self.shares(&node.children);
        let joined: f64 = shares.iter().map(|(child, share)| share * self.value(*child).unwrap_or(0.0)).sum();
        let combination = value.filter(|_| !node.is_leaf()).map_or(0.0, |value| value - joined);
        let column = tree.leaves().iter().position(|leaf| *leaf == index);
        parts.push(Part {
            code: node.code().to_owned(),
            parent: node.parent.filter(|_| depth > 0).map(|parent| tree.nodes()[parent].code().to_owned()),
            depth,
            is_indicator: node.is_leaf(),
            raw: column.and_then(|column| known(self.scores.raw[(self.unit, column)])),
            is_imputed: column.is_some_and(|column| self.scores.imputed[(self.unit, column)]),
            value,
            nominal_weight: if depth == 0 { 1.0 } else { self.scores.weights[index] },
            effective_weight,
            contribution: value.map(|value| value * effective_weight),
            combination_effect: combination * effective_weight,
        });
        for (child, share) in shares {
            self.visit(child, depth + 1, effective_weight * share, parts);
        }
    }

    /// Weights of the children among those that are there.
    fn shares(&self, children: &[usize]) -> Vec<(usize, f64)> {
        let weight = |child: usize| if self.value(child).is_some() { self.scores.weights[child] } else { 0.0 };
        let total: f64 = children.iter().map(|child| weight(*child)).sum();
        let share = |child: usize| if total > 0.0 { weight(child) / total } else { 0.0 };
        children.iter().map(|child| (*child, share(*child))).collect()
    }
}
