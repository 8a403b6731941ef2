//! Step 6, *weights*: what each node counts among its siblings, scaled to sum to 1.
//!
//! - `given`: as written in the tree; `equal`: the same for all siblings.
//! - `pca`: loadings of the first principal component of the siblings' correlations (COINr's `get_PCA`), turned so that
//!   their sum is positive; a sibling that runs against the others gets 0 and a log entry.
//! - `entropy`: 1 − e, e = −Σ p·ln p / ln n, p = x / Σx, x the sibling on 0–1 (Shannon; Zeleny 1982).
//! - `critic`: s · Σ(1 − r), s the standard deviation on 0–1, r correlations with siblings (Diakoulaki et al. 1995).
//! - `optimised`: such that the siblings' correlations with their parent stand to each other as the weights written in
//!   the tree do (Becker, Saisana, Paruolo and Vandecasteele 2017, linear; COINr's `get_opt_weights`); the log says how
//!   near it came.
//!
//! Data-driven weights of aggregates need the aggregates, so the tree is walked from the bottom up.

use ndarray::Array2;

use super::aggregate::{Columns, Plan, leaf_columns};
use super::settings::{WeightMethod, Weights};
use super::statistics::{correlation, correlations, deviation, first_component, present};
use super::table::LogEntry;
use super::tree::{Node, Tree};
use crate::error::{Error, ErrorKind, Result};

/// One scaled weight a node (1 for roots), from the normalised indicators (one column a leaf).
pub fn weights(
    normalised: &Array2<f64>,
    tree: &Tree,
    plan: &Plan,
    settings: &Weights,
) -> Result<(Vec<f64>, Vec<LogEntry>)> {
    let raw: Vec<f64> = match settings.method {
        WeightMethod::Given => tree.nodes().iter().map(Node::weight).collect(),
        WeightMethod::Equal => vec![1.0; tree.nodes().len()],
        WeightMethod::Pca | WeightMethod::Entropy | WeightMethod::Critic | WeightMethod::Optimised => {
            return from_data(normalised, tree, plan, settings.method);
        }
    };
    Ok((tree.scaled_weights(&raw), Vec::new()))
}

fn from_data(
    normalised: &Array2<f64>,
    tree: &Tree,
    plan: &Plan,
    method: WeightMethod,
) -> Result<(Vec<f64>, Vec<LogEntry>)> {
    let mut columns = leaf_columns(normalised, tree);
    let mut scaled = vec![1.0; tree.nodes().len()];
    let mut log = Vec::new();
    for &parent in tree.bottom_up() {
        let node = &tree.nodes()[parent];
        if node.is_leaf() {
            continue;
        }
        if method == WeightMethod::Optimised {
            log.push(optimise(tree, parent, plan, &mut scaled, &mut columns));
            continue;
        }
        let siblings: Vec<&[f64]> = node.children.iter().map(|child| columns[*child].as_slice()).collect();
        let mut found = of_siblings(method, &siblings);
        if method == WeightMethod::Pca && found.iter().all(|loading| *loading == 0.0) {
            // Two siblings of negative correlation: the component sets one against the other, and either could be up.
            found.fill(1.0);
            let message = "equal weights: its children run against each other, the first component has no direction";
            log.push(LogEntry::new("weights", node.code(), message));
        }
        let total: f64 = found.iter().filter(|weight| **weight > 0.0).sum();
        if !(total.is_finite() && total > 0.0) {
            let message = format!("the children of node `{}` have no spread that weights could follow", node.code());
            let hint = "set `weights.method` to `given` or `equal`, or use more units";
            return Err(Error::new(ErrorKind::Model, message).hint(hint));
        }
        for (child, weight) in node.children.iter().zip(&found) {
            scaled[*child] = weight.max(0.0) / total;
            let code = tree.nodes()[*child].code();
            let against = if *weight < 0.0 { ": it runs against its siblings" } else { "" };
            log.push(LogEntry::new("weights", code, format!("{:.6} in `{}`{against}", scaled[*child], node.code())));
        }
        plan.fill(tree, parent, &scaled, &mut columns);
    }
    Ok((scaled, log))
}

fn of_siblings(method: WeightMethod, columns: &[&[f64]]) -> Vec<f64> {
    let unit: Vec<Vec<f64>> = columns.iter().map(|column| on_unit_interval(column)).collect();
    let correlations = || correlations(columns);
    match method {
        _ if columns.len() == 1 => vec![1.0],
        WeightMethod::Pca => first_component(correlations()),
        WeightMethod::Entropy => unit.iter().map(|column| divergence(&present(column))).collect(),
        _ => {
            let matrix = correlations();
            let conflict = |index: usize| matrix.row(index).iter().map(|r| 1.0 - r).sum::<f64>();
            let spread = |column: &[f64]| Some(deviation(&present(column))).filter(|s| s.is_finite()).unwrap_or(0.0);
            unit.iter().enumerate().map(|(index, column)| spread(column) * conflict(index)).collect()
        }
    }
}

/// Rounds of optimisation: each brings every weight half of the way.
const ROUNDS: usize = 500;

/// Near enough to the importance wanted.
const NEAR: f64 = 1e-10;

/// Finds the weights of the children of `parent` and fills its column.
fn optimise(tree: &Tree, parent: usize, plan: &Plan, scaled: &mut [f64], columns: &mut Columns) -> LogEntry {
    let children = &tree.nodes()[parent].children;
    let total: f64 = children.iter().map(|child| tree.nodes()[*child].weight()).sum();
    let wanted: Vec<f64> = children.iter().map(|child| tree.nodes()[*child].weight() / total).collect();
    children.iter().zip(&wanted).for_each(|(child, weight)| scaled[*child] = *weight);
    let mut missed = f64::INFINITY;
    for _ in 0..ROUNDS {
        plan.fill(tree, parent, scaled, columns);
        let found: Vec<f64> =
            children.iter().map(|child| correlation(&columns[*child], &columns[parent]).max(1e-6)).collect();
        let sum: f64 = found.iter().sum();
        missed = found.iter().zip(&wanted).map(|(r, wanted)| (r / sum - wanted).abs()).fold(0.0, f64::max);
        if missed < NEAR {
            break;
        }
        for ((child, r), wanted) in children.iter().zip(&found).zip(&wanted) {
            scaled[*child] *= (wanted * sum / r).sqrt();
        }
        let total: f64 = children.iter().map(|child| scaled[*child]).sum();
        children.iter().for_each(|child| scaled[*child] /= total);
    }
    plan.fill(tree, parent, scaled, columns);
    let names = children.iter().map(|child| format!("{} {:.6}", tree.nodes()[*child].code(), scaled[*child]));
    let names = names.collect::<Vec<_>>().join(", ");
    LogEntry::new(
        "weights",
        tree.nodes()[parent].code(),
        format!("{names}; furthest from its importance: {missed:.1e}"),
    )
}

fn on_unit_interval(column: &[f64]) -> Vec<f64> {
    let low = column.iter().copied().fold(f64::INFINITY, f64::min);
    let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    column.iter().map(|value| if high > low { (value - low) / (high - low) } else { value * 0.0 }).collect()
}

/// 1 − entropy of the shares; 0 where there is nothing to share.
fn divergence(values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    if values.len() < 2 || total <= 0.0 {
        return 0.0;
    }
    let shares = values.iter().map(|value| value / total).filter(|share| *share > 0.0);
    1.0 + shares.map(|share| share * libm::log(share)).sum::<f64>() / libm::log(values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_their_weight_and_noise_is_told_apart() {
        let a = vec![0.0, 0.25, 0.5, 1.0];
        let b = vec![1.0, 0.0, 0.0, 0.9];
        let critic = of_siblings(WeightMethod::Critic, &[&a, &a, &b]);
        assert!((critic[0] - critic[1]).abs() < 1e-12 && critic[2] > critic[0]);
        let pca = of_siblings(WeightMethod::Pca, &[&a, &a, &b]);
        assert!((pca[0] - pca[1]).abs() < 1e-9 && pca[0] > pca[2]);
        let entropy = of_siblings(WeightMethod::Entropy, &[&a, &b, &[0.3; 4]]);
        assert!(entropy[0] > 0.0 && entropy[1] > 0.0 && entropy[2] == 0.0);
    }

    #[test]
    fn entropy_of_a_known_column() {
        // Shares 0, 1/3, 2/3: entropy .636514 of ln 3 = 1.098612.
        assert!((divergence(&[0.0, 0.5, 1.0]) - (1.0 - 0.636_514_168_294_813 / 1.098_612_288_668_11)).abs() < 1e-12);
    }
}
