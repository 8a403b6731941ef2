//! The index tree: which indicator belongs to which pillar, with weight, direction and goalposts.
//!
//! Built from `[[node]]` entries of a model file or from the rows of a `--meta` table. A node without children is an
//! indicator, all others are aggregates. A node without parent is a root; the first root (or `ranking.by`) is the
//! index, further roots are reported beside it and never enter it. Faults are collected, each at its entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::aggregate::Aggregator;
use super::file::Places;
use crate::error::{Error, ErrorKind};

/// One entry as written in a model file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeEntry {
    /// Unique code.
    pub code: String,
    /// Code of the node this one enters; none for a root.
    pub parent: Option<String>,
    /// Weight among its siblings; 1 if not given. Only ratios count.
    pub weight: Option<f64>,
    /// 1: high values raise the score; -1: they lower it. Indicators only; 1 if not given.
    pub direction: Option<f64>,
    /// Values that become the two ends of the scale. Indicators only.
    pub goalposts: Option<[f64; 2]>,
    /// Value that becomes the upper end under `normalise.method = "target"`. Indicators only.
    pub target: Option<f64>,
    /// Column that divides this indicator.
    pub denominator: Option<String>,
    /// Unit of measurement, for display.
    pub unit: Option<String>,
    /// Mean that joins the children, where it differs from `[aggregate]`. Aggregates only.
    pub aggregate: Option<Aggregator>,
    /// English name.
    pub name_en: Option<String>,
    /// French name.
    pub name_fr: Option<String>,
}

/// One node of a checked tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The entry, as written.
    pub entry: NodeEntry,
    /// Index of the parent.
    pub parent: Option<usize>,
    /// Indices of the children, in the order written.
    pub children: Vec<usize>,
    /// 1 for indicators, else one more than the highest child.
    pub level: usize,
}

impl Node {
    /// The code.
    pub fn code(&self) -> &str {
        &self.entry.code
    }

    /// The weight as written, 1 by default.
    pub fn weight(&self) -> f64 {
        self.entry.weight.unwrap_or(1.0)
    }

    /// 1 or −1.
    pub fn direction(&self) -> f64 {
        self.entry.direction.unwrap_or(1.0)
    }

    /// Whether this is an indicator.
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }
}

/// A checked tree. Node indices are positions in the order written.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
    codes: Arc<Vec<String>>,
    leaves: Vec<usize>,
    bottom_up: Vec<usize>,
}

impl Tree {
    /// Builds and checks a tree. `places` tells where each entry stands.
    pub fn build(entries: &[NodeEntry], places: &Places) -> Result<Self, Vec<Error>> {
        let mut faults = Vec::new();
        if entries.is_empty() {
            let fault = Error::new(ErrorKind::Model, "the tree has no node");
            return Err(vec![fault.hint("give `[[node]]` entries in the model file, or rows in the --meta table")]);
        }
        let parents = resolve_parents(entries, places, &mut faults);
        check_cycles(entries, &parents, places, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut nodes: Vec<Node> = entries
            .iter()
            .zip(&parents)
            .map(|(entry, parent)| Node { entry: entry.clone(), parent: *parent, children: Vec::new(), level: 1 })
            .collect();
        for (index, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                nodes[*parent].children.push(index);
            }
        }
        let bottom_up = bottom_up(&nodes);
        for &index in &bottom_up {
            let highest = nodes[index].children.iter().map(|child| nodes[*child].level).max();
            nodes[index].level = highest.map_or(1, |level| level + 1);
        }
        check_nodes(&nodes, places, &mut faults);
        check_weights(&nodes, places, &mut faults);
        let leaves = (0..nodes.len()).filter(|index| nodes[*index].is_leaf()).collect();
        let codes = Arc::new(nodes.iter().map(|node| node.code().to_owned()).collect());
        if faults.is_empty() { Ok(Self { nodes, codes, leaves, bottom_up }) } else { Err(faults) }
    }

    /// Takes other weights than those written, one a node; those of roots say nothing.
    ///
    /// # Errors
    /// When there is not one for each node, one is negative or no number, or siblings are all 0; the tree is then as it was.
    pub fn set_weights(&mut self, weights: &[f64]) -> Result<(), Vec<Error>> {
        if weights.len() != self.nodes.len() {
            let message = format!("{} weights for {} nodes", weights.len(), self.nodes.len());
            return Err(vec![Error::new(ErrorKind::Usage, message)]);
        }
        let set = |nodes: &mut [Node], weights: &[Option<f64>]| {
            nodes.iter_mut().zip(weights).for_each(|(node, weight)| node.entry.weight = *weight);
        };
        let before: Vec<Option<f64>> = self.nodes.iter().map(|node| node.entry.weight).collect();
        set(&mut self.nodes, &weights.iter().copied().map(Some).collect::<Vec<_>>());
        let mut faults = Vec::new();
        check_weights(&self.nodes, &Places::default(), &mut faults);
        if faults.is_empty() {
            return Ok(());
        }
        set(&mut self.nodes, &before);
        Err(faults)
    }

    /// All nodes, in the order written.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The codes of all nodes, to be shared.
    pub fn codes(&self) -> &Arc<Vec<String>> {
        &self.codes
    }

    /// Indices of the indicators, in the order written.
    pub fn leaves(&self) -> &[usize] {
        &self.leaves
    }

    /// Indices of all nodes, children before parents.
    pub fn bottom_up(&self) -> &[usize] {
        &self.bottom_up
    }

    /// Indices of the nodes without parent.
    pub fn roots(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|index| self.nodes[*index].parent.is_none())
    }

    /// The index of a code.
    pub fn index_of(&self, code: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.code() == code)
    }

    /// The highest level.
    pub fn height(&self) -> usize {
        self.nodes.iter().map(|node| node.level).max().unwrap_or(0)
    }

    /// Weights scaled to sum to 1 among siblings; 1 for roots.
    pub fn scaled_weights(&self, raw: &[f64]) -> Vec<f64> {
        let mut scaled = vec![1.0; self.nodes.len()];
        for node in &self.nodes {
            let total: f64 = node.children.iter().map(|child| raw[*child]).sum();
            for &child in &node.children {
                scaled[child] = raw[child] / total;
            }
        }
        scaled
    }

    /// Weight of every node in the score of `root`: the product of scaled weights on the way up; 0 outside.
    pub fn effective_weights(&self, root: usize, scaled: &[f64]) -> Vec<f64> {
        let mut effective = vec![0.0; self.nodes.len()];
        effective[root] = 1.0;
        for &index in self.bottom_up.iter().rev() {
            for &child in &self.nodes[index].children {
                if child != root {
                    effective[child] = effective[index] * scaled[child];
                }
            }
        }
        effective
    }
}

fn resolve_parents(entries: &[NodeEntry], places: &Places, faults: &mut Vec<Error>) -> Vec<Option<usize>> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let message = match known.get(entry.code.as_str()) {
            _ if entry.code.trim().is_empty() => "a node has an empty code".to_owned(),
            Some(first) => format!("node `{}` is there twice (entries {} and {})", entry.code, first + 1, index + 1),
            None => {
                known.insert(&entry.code, index);
                continue;
            }
        };
        faults.push(places.at_node(index, Error::new(ErrorKind::Model, message).hint("give each node its own code")));
    }
    let mut parents = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let parent = entry.parent.as_deref().filter(|code| !code.is_empty());
        let found = parent.and_then(|code| known.get(code).copied());
        if let (Some(code), None) = (parent, found) {
            let message = format!("node `{}` names the parent `{code}`, which does not exist", entry.code);
            let fault = Error::new(ErrorKind::Model, message).hint("correct `parent`, or add a node with that code");
            faults.push(places.at_node(index, fault));
        }
        parents.push(found);
    }
    parents
}

/// Each cycle is reported once, at its first entry.
fn check_cycles(entries: &[NodeEntry], parents: &[Option<usize>], places: &Places, faults: &mut Vec<Error>) {
    for start in 0..parents.len() {
        let mut path = vec![start];
        let mut at = start;
        while let Some(next) = parents[at].filter(|_| path.len() <= parents.len()) {
            if next == start {
                if path.iter().min() == Some(&start) {
                    let names: Vec<&str> = path.iter().chain([&start]).map(|i| entries[*i].code.as_str()).collect();
                    let message = format!("nodes are their own ancestors: {}", names.join(" → "));
                    let fault = Error::new(ErrorKind::Model, message).hint("remove or correct one `parent`");
                    faults.push(places.at_node(start, fault));
                }
                break;
            }
            path.push(next);
            at = next;
        }
    }
}

fn bottom_up(nodes: &[Node]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(nodes.len());
    let mut stack: Vec<usize> = (0..nodes.len()).rev().filter(|index| nodes[*index].parent.is_none()).collect();
    while let Some(index) = stack.pop() {
        order.push(index);
        stack.extend(&nodes[index].children);
    }
    order.reverse();
    order
}

fn check_nodes(nodes: &[Node], places: &Places, faults: &mut Vec<Error>) {
    for (index, node) in nodes.iter().enumerate() {
        let (code, entry) = (node.code(), &node.entry);
        let mut fault = |message: String, hint: &str| {
            faults.push(places.at_node(index, Error::new(ErrorKind::Model, message).hint(hint)));
        };
        if !(node.direction() == 1.0 || node.direction() == -1.0) {
            let message = format!("node `{code}` has direction {}, not 1 or -1", node.direction());
            fault(message, "1: high values raise the score; -1: they lower it");
        }
        let bounded = |[low, high]: [f64; 2]| low.is_finite() && high.is_finite() && low < high;
        if let Some(posts @ [low, high]) = entry.goalposts.filter(|posts| !bounded(*posts)) {
            let message = format!("node `{code}` has goalposts {posts:?}: {high} is not above {low}");
            fault(message, "give [smaller, larger]; for an indicator where less is worse set `direction = -1`");
        }
        if entry.target.is_some_and(|target| !target.is_finite()) {
            fault(format!("node `{code}` has a target that is no number"), "give a number, or no target");
        }
        let only_leaf = entry.goalposts.is_some()
            || entry.target.is_some()
            || entry.denominator.is_some()
            || entry.direction.is_some_and(|direction| direction != 1.0);
        if !node.is_leaf() && only_leaf {
            let message =
                format!("node `{code}` has children, so it takes no goalposts, target, denominator, direction");
            fault(message, "move them to its indicators");
        }
        if node.is_leaf() && entry.aggregate.is_some() {
            fault(format!("node `{code}` has `aggregate` but no children"), "name it as `parent` of other nodes");
        }
    }
}

/// Every weight is a number from 0 up, and siblings' weights are not all 0.
fn check_weights(nodes: &[Node], places: &Places, faults: &mut Vec<Error>) {
    for (index, node) in nodes.iter().enumerate() {
        let weight = node.weight();
        if !(weight.is_finite() && weight >= 0.0) {
            let message = format!("node `{}` has weight {weight}: a number from 0 up is expected", node.code());
            let hint = "only ratios between siblings count; 0 leaves a node out";
            faults.push(places.at_node(index, Error::new(ErrorKind::Model, message).hint(hint)));
        }
        let total: f64 = node.children.iter().map(|child| nodes[*child].weight()).sum();
        if !node.is_leaf() && (total == 0.0 || total == f64::INFINITY) {
            let what = if total == 0.0 { "all have weight 0" } else { "have weights too large to add" };
            let message = format!("the children of node `{}` {what}, so they cannot be scaled", node.code());
            let hint = "give at least one of them a weight above 0, and none above a million";
            faults.push(places.at_node(index, Error::new(ErrorKind::Model, message).hint(hint)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    fn entry(code: &str, parent: &str, weight: f64) -> NodeEntry {
        let parent = (!parent.is_empty()).then(|| parent.to_owned());
        NodeEntry { code: code.into(), parent, weight: Some(weight), ..NodeEntry::default() }
    }

    fn faults(entries: &[NodeEntry]) -> String {
        let places = Places::of_rows(Path::new("m.toml"), (0..entries.len() as u64).map(|i| 10 + i).collect());
        Error::from(Tree::build(entries, &places).unwrap_err()).to_string()
    }

    #[test]
    fn levels_and_effective_weights() {
        let entries = [
            entry("i", "", 1.0),
            entry("p", "i", 3.0),
            entry("q", "i", 1.0),
            entry("a", "p", 2.0),
            entry("b", "p", 2.0),
        ];
        let tree = Tree::build(&entries, &Places::default()).unwrap();
        assert_eq!(tree.nodes().iter().map(|node| node.level).collect::<Vec<_>>(), [3, 2, 1, 1, 1]);
        let raw: Vec<f64> = tree.nodes().iter().map(Node::weight).collect();
        assert_eq!(tree.effective_weights(0, &tree.scaled_weights(&raw)), [1.0, 0.75, 0.25, 0.375, 0.375]);
    }

    #[test]
    fn all_faults_are_told_at_their_lines() {
        let message = faults(&[entry("i", "", 1.0), entry("a", "nobody", 1.0), entry("i", "", 1.0)]);
        assert!(message.contains("m.toml:11: node `a` names the parent `nobody`"), "{message}");
        assert!(message.contains("m.toml:12: node `i` is there twice"), "{message}");
        let message =
            faults(&[entry("i", "", 1.0), entry("a", "i", f64::NAN), entry("p", "", 1.0), entry("b", "p", 0.0)]);
        assert!(message.contains("m.toml:11: node `a` has weight NaN"), "{message}");
        assert!(message.contains("m.toml:12: the children of node `p` all have weight 0"), "{message}");
    }

    #[test]
    fn a_cycle_is_told_once() {
        let message = faults(&[entry("r", "", 1.0), entry("a", "c", 1.0), entry("b", "a", 1.0), entry("c", "b", 1.0)]);
        assert_eq!(message, "m.toml:11: nodes are their own ancestors: a → c → b → a");
        assert!(faults(&[entry("a", "a", 1.0)]).contains("a → a"));
    }

    #[test]
    fn goalposts_and_direction_must_make_sense() {
        let mut leaf = entry("a", "", 1.0);
        leaf.goalposts = Some([1.0, 1.0]);
        leaf.direction = Some(0.0);
        let message = faults(&[leaf]);
        assert!(message.contains("goalposts [1.0, 1.0]") && message.contains("direction 0"), "{message}");
    }

    proptest! {
        /// Any list of entries gives a tree or faults, and never hangs or panics.
        #[test]
        fn any_entries_are_answered(links in prop::collection::vec((0usize..12, 0usize..14, -1.0f64..3.0), 0..12)) {
            let entries: Vec<NodeEntry> = links
                .iter()
                .map(|(code, parent, weight)| {
                    entry(&code.to_string(), &if *parent > 11 { String::new() } else { parent.to_string() }, *weight)
                })
                .collect();
            if let Ok(tree) = Tree::build(&entries, &Places::default()) {
                prop_assert_eq!(tree.bottom_up().len(), entries.len());
                let raw: Vec<f64> = tree.nodes().iter().map(Node::weight).collect();
                let root = tree.roots().next().unwrap();
                let effective = tree.effective_weights(root, &tree.scaled_weights(&raw));
                let total: f64 = tree.leaves().iter().map(|leaf| effective[*leaf]).sum();
                prop_assert!((total - 1.0).abs() < 1e-9);
            }
        }
    }
}
