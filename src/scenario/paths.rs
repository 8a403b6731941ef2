//! The ways by which a loss comes to a sector.
//!
//! A sector's loss is a sum over what it needs, so each way to it adds `Π over links of (weight / Σ weight) · dependence`, times the
//! loss it began with. Through an input only the way that decides its loss leads on: the scarcest at the high end, the first in order of
//! names among equals. The high ends of the ways to a sector add up to its loss, except for what goes round in a cycle, which is a
//! way of its own.

use super::chains::{Chains, Losses};
use super::node::Node;
use super::span::Span;

/// One way to a sector.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// From what is struck to the sector; empty for what goes round in cycles.
    pub nodes: Vec<Node>,
    /// What it adds to the sector's loss.
    pub adds: Span,
    /// Links of unknown dependence on it.
    pub unknown: usize,
}

impl Way {
    /// Number of links.
    pub fn steps(&self) -> usize {
        self.nodes.len().saturating_sub(1)
    }

    /// From what is struck to the sector, with arrows.
    pub fn text(&self) -> String {
        if self.nodes.is_empty() {
            return "(round in cycles)".to_owned();
        }
        self.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ")
    }
}

/// Every way to a node, what adds most first.
pub fn ways(chains: &Chains<'_>, losses: &Losses, to: usize) -> Vec<Way> {
    let mut search = Search { chains, losses, trail: Vec::new(), found: Vec::new() };
    search.go(to, Span { low: 1.0, high: 1.0 }, 0);
    let mut found = search.found;
    found.sort_by(|a, b| b.adds.high.total_cmp(&a.adds.high).then_with(|| a.nodes.cmp(&b.nodes)));
    let sum: f64 = found.iter().map(|way| way.adds.high).sum();
    let rest = losses.lost[to].high - sum;
    // Sums in another order differ in their last digits: that is no cycle.
    if rest > 1e-12 {
        found.push(Way { nodes: Vec::new(), adds: Span { low: 0.0, high: rest }, unknown: 0 });
    }
    found
}

struct Search<'a, 'b> {
    chains: &'b Chains<'a>,
    losses: &'b Losses,
    /// From the sector back to here.
    trail: Vec<usize>,
    found: Vec<Way>,
}

impl Search<'_, '_> {
    fn go(&mut self, node: usize, factor: Span, unknown: usize) {
        if self.trail.contains(&node) || self.losses.lost[node].high <= 0.0 {
            return;
        }
        self.trail.push(node);
        match self.chains.nodes[node] {
            Node::Sector(_) => {
                let weights = self.chains.weights(node);
                for edge in &self.chains.into[node] {
                    let passes = Span::of(edge.dependence).scaled(edge.weight / weights);
                    self.go(edge.from, factor.times(passes), unknown + usize::from(edge.dependence.is_none()));
                }
            }
            Node::Input(_) => self.through_input(node, factor, unknown),
        }
        self.trail.pop();
    }

    fn through_input(&mut self, node: usize, factor: Span, unknown: usize) {
        let own = self.losses.own[node];
        let lost = &self.losses.lost;
        let mut deciding = None;
        let mut most = own.high;
        for edge in &self.chains.into[node] {
            let carried = edge.carries(lost).high;
            if carried > most {
                (most, deciding) = (carried, Some(edge));
            }
        }
        match deciding {
            Some(edge) => {
                let unknown = unknown + usize::from(edge.dependence.is_none());
                self.go(edge.from, factor.times(Span::of(edge.dependence)), unknown);
            }
            None => {
                let nodes = self.trail.iter().rev().map(|place| self.chains.nodes[*place].clone()).collect();
                self.found.push(Way { nodes, adds: factor.times(own), unknown });
            }
        }
    }
}
