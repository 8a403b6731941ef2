//! Losses of inputs → losses of sectors, in chains.
//!
//! Two rules, applied in passes until nothing changes:
//!
//! - **an input** that is made of others: `loss = max(own, max over links of dependence · loss(from))`. The scarcest decides; its own
//!   loss (the shock on its makers) and the loss of what it is made of strike the same output, so that they are not added;
//! - **a sector**: `loss = Σ weight · dependence · loss(from) / Σ weight` over all it needs. What is not struck loses nothing.
//!
//! Every loss is a [`Span`]: its low end takes an unknown dependence as 0, its high end as 1. In pass n a loss has gone through n links,
//! so that the pass in which a node is first reached is the length of its shortest chain. In a cycle every further pass adds what comes
//! around again, less each time; passes end at [`MAX_PASSES`].

use std::collections::BTreeMap;

use super::links::Link;
use super::node::Node;
use super::span::Span;

/// After so many passes what a cycle still adds is left out.
pub const MAX_PASSES: usize = 1000;

/// A change below this is none.
const NO_CHANGE: f64 = 1e-15;

/// A link into a node.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub from: usize,
    pub weight: f64,
    pub dependence: Option<f64>,
    /// Its place in the links.
    pub link: usize,
}

/// The nodes and the links between them.
#[derive(Debug, Clone)]
pub struct Chains<'a> {
    pub(super) links: &'a [Link],
    pub(super) nodes: Vec<Node>,
    pub(super) into: Vec<Vec<Edge>>,
}

/// The losses of all nodes of some chains, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    /// Lost by the shocks themselves.
    pub own: Vec<Span>,
    /// Lost in the end.
    pub lost: Vec<Span>,
    /// The pass in which a node was first reached: 0 = struck itself, 1 = needs what is struck; `None` = never.
    pub reached: Vec<Option<usize>>,
    /// Whether the passes ended by themselves.
    pub is_settled: bool,
}

impl<'a> Chains<'a> {
    /// The chains of these links, with nodes for inputs that are struck but needed by nothing known.
    pub fn new<'b>(links: &'a [Link], struck: impl IntoIterator<Item = &'b Node>) -> Self {
        let mut index: BTreeMap<&Node, usize> = BTreeMap::new();
        let struck: Vec<&Node> = struck.into_iter().collect();
        for node in links.iter().flat_map(|link| [&link.from, &link.to]).chain(struck) {
            index.entry(node).or_default();
        }
        for (at, place) in index.values_mut().enumerate() {
            *place = at;
        }
        let mut into = vec![Vec::new(); index.len()];
        for (at, link) in links.iter().enumerate() {
            let edge = Edge { from: index[&link.from], weight: link.weight, dependence: link.dependence, link: at };
            into[index[&link.to]].push(edge);
        }
        Self { links, nodes: index.into_keys().cloned().collect(), into }
    }

    /// Lets losses pass through the chains.
    pub fn spread(&self, own: &BTreeMap<Node, Span>) -> Losses {
        let own: Vec<Span> = self.nodes.iter().map(|node| own.get(node).copied().unwrap_or_default()).collect();
        let mut lost = own.clone();
        let mut reached: Vec<Option<usize>> = own.iter().map(|span| (span.high > 0.0).then_some(0)).collect();
        for pass in 1..=MAX_PASSES {
            let next: Vec<Span> = (0..self.nodes.len()).map(|node| self.loss(node, own[node], &lost)).collect();
            let moved = |(a, b): (&Span, &Span)| (a.low - b.low).abs().max((a.high - b.high).abs()) > NO_CHANGE;
            let is_settled = !next.iter().zip(&lost).any(moved);
            for (reached, span) in reached.iter_mut().zip(&next) {
                if reached.is_none() && span.high > 0.0 {
                    *reached = Some(pass);
                }
            }
            lost = next;
            if is_settled {
                return Losses { own, lost, reached, is_settled };
            }
        }
        Losses { own, lost, reached, is_settled: false }
    }

    fn loss(&self, node: usize, own: Span, lost: &[Span]) -> Span {
        let edges = &self.into[node];
        match self.nodes[node] {
            Node::Input(_) => edges.iter().fold(own, |most, edge| most.or_more(edge.carries(lost))),
            Node::Sector(_) => {
                let weights = self.weights(node);
                if weights <= 0.0 {
                    return own;
                }
                let sum = |sum: Span, edge: &Edge| sum.plus(edge.carries(lost).scaled(edge.weight));
                edges.iter().fold(Span::ZERO, sum).scaled(1.0 / weights).held()
            }
        }
    }

    /// The sum of the weights of what a node needs.
    pub(super) fn weights(&self, node: usize) -> f64 {
        self.into[node].iter().map(|edge| edge.weight).sum()
    }

    /// The part of a sector's weights over which its loss is known to the digit.
    pub fn known_weight(&self, node: usize, losses: &Losses) -> Option<f64> {
        let weights = self.weights(node);
        let known: f64 =
            self.into[node].iter().filter(|edge| edge.is_known(&losses.lost)).map(|edge| edge.weight).sum();
        (weights > 0.0).then(|| known / weights)
    }

    /// What a node needs whose loss, or the dependence on which, is not known.
    pub fn unknown(&self, node: usize, losses: &Losses) -> Vec<&'a Link> {
        let unknown = self.into[node].iter().filter(|edge| !edge.is_known(&losses.lost));
        unknown.map(|edge| &self.links[edge.link]).collect()
    }

    /// Every link of unknown dependence that a loss has come to.
    pub fn unknown_dependences(&self, losses: &Losses) -> Vec<&'a Link> {
        let met = self.into.iter().flatten();
        let met = met.filter(|edge| edge.dependence.is_none() && losses.lost[edge.from].high > 0.0);
        met.map(|edge| &self.links[edge.link]).collect()
    }

    /// All nodes, each with its place.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate()
    }
}

impl Edge {
    /// The loss that comes through the link.
    pub(super) fn carries(&self, lost: &[Span]) -> Span {
        lost[self.from].times(Span::of(self.dependence))
    }

    fn is_known(&self, lost: &[Span]) -> bool {
        self.carries(lost).known().is_some()
    }
}
