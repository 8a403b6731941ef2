//! The model in all the ways that an uncertainty run lets it be: every combination of treatment, normalisation and
//! aggregation, worked out once, so that a draw only picks one.
//!
//! A combination that cannot be computed (a geometric mean of z-scores, which are negative) is kept as the reason why; what
//! lands on it is skipped and said.

use super::aggregate::{Aggregator, Columns, Plan, aggregate, leaf_columns};
use super::normalise::{Scale, normalise};
use super::settings::{NormaliseMethod, Settings, TreatMethod};
use super::table::Table;
use super::treat::treat;
use super::tree::Tree;
use crate::error::Result;

/// A choice among the alternatives, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Choice {
    /// Treatment of outliers.
    pub treat: usize,
    /// Normalisation.
    pub normalise: usize,
    /// Aggregation.
    pub aggregate: usize,
}

/// A treatment of outliers: the method and how many points may be clipped.
pub type Treatment = (TreatMethod, usize);

/// The alternatives of each step; the model's own where none are named.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternatives {
    /// Treatments.
    pub treat: Vec<Treatment>,
    /// Normalisations; `None` is the model's own rule.
    pub normalise: Vec<Option<NormaliseMethod>>,
    /// Aggregations; `None` is the model's own, level by level.
    pub aggregate: Vec<Option<Aggregator>>,
}

impl Alternatives {
    /// Those that the model file names.
    pub fn of(settings: &Settings) -> Self {
        let (uncertainty, own) = (&settings.uncertainty, &settings.treat);
        let methods = if uncertainty.treat.is_empty() { vec![own.method] } else { uncertainty.treat.clone() };
        let points =
            if uncertainty.max_points.is_empty() { vec![own.max_points] } else { uncertainty.max_points.clone() };
        let mut treat = Vec::new();
        for method in methods {
            match method {
                TreatMethod::None => treat.push((method, 0)),
                TreatMethod::Winsorise => treat.extend(points.iter().map(|points| (method, *points))),
            }
        }
        Self {
            treat,
            normalise: optional(&uncertainty.normalise, settings.normalise.method),
            aggregate: optional(&uncertainty.aggregate, None),
        }
    }

    /// How the choice is called in a table: treatment, normalisation, aggregation.
    pub fn names(&self, choice: Choice) -> [String; 3] {
        let treat = match self.treat[choice.treat] {
            (TreatMethod::None, _) => "none".to_owned(),
            (TreatMethod::Winsorise, points) => format!("winsorise {points}"),
        };
        let normalise = self.normalise[choice.normalise].map_or_else(|| "as given".to_owned(), |method| name(&method));
        let aggregate = self.aggregate[choice.aggregate].map_or_else(|| "as given".to_owned(), |method| name(&method));
        [treat, normalise, aggregate]
    }
}

fn optional<T: Copy>(alternatives: &[T], own: Option<T>) -> Vec<Option<T>> {
    if alternatives.is_empty() { vec![own] } else { alternatives.iter().copied().map(Some).collect() }
}

/// The spelling of a choice in files.
fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
}

/// A treated and normalised table.
#[derive(Debug, Clone)]
pub struct Base {
    /// The table after treatment, with its bounds; one column a leaf.
    pub treated: Table,
    /// What was done to each column; empty where nothing is.
    pub treatments: Vec<super::Treatment>,
    /// The fitted scale of each column.
    pub scales: Vec<Scale>,
    /// The nominal values on the common scale, one column a node, aggregates empty.
    pub columns: Columns,
}

/// All combinations.
#[derive(Debug)]
pub struct Variants {
    /// What they are combinations of.
    pub alternatives: Alternatives,
    /// By treatment, then normalisation.
    bases: Vec<Base>,
    /// By aggregation.
    plans: Vec<Plan>,
    /// By treatment, normalisation, aggregation: why it cannot be computed.
    faults: Vec<Option<String>>,
}

impl Variants {
    /// Works out every combination for the screened table, with the nominal weights.
    pub fn new(screened: &Table, tree: &Tree, settings: &Settings, weights: &[f64]) -> Result<Self> {
        let alternatives = Alternatives::of(settings);
        let plan = |method: &Option<Aggregator>| match method {
            None => Plan::new(tree, &settings.aggregate, settings.normalise.range),
            Some(method) => {
                let own = super::Aggregate { method: *method, by_level: Vec::new(), ..settings.aggregate.clone() };
                Plan::new(tree, &own, settings.normalise.range)
            }
        };
        let plans: Vec<Plan> = alternatives.aggregate.iter().map(plan).collect();
        let (mut bases, mut faults) = (Vec::new(), Vec::new());
        for &(method, max_points) in &alternatives.treat {
            let own = super::Treat { method, max_points, ..settings.treat.clone() };
            let super::treat::Treated { table: treated, treatments, .. } = treat(screened.clone(), &own);
            for &method in &alternatives.normalise {
                let own = super::Normalise { method, ..settings.normalise.clone() };
                let normalised = normalise(&treated, tree, &own)?;
                let values = &normalised.table.values;
                for plan in &plans {
                    let fault = aggregate(&screened.units, values, tree, weights, plan).err();
                    faults.push(fault.map(|fault| fault.to_string()));
                }
                let columns = leaf_columns(values, tree);
                let (treated, treatments) = (treated.clone(), treatments.clone());
                bases.push(Base { treated, treatments, scales: normalised.scales, columns });
            }
        }
        Ok(Self { alternatives, bases, plans, faults })
    }

    /// The tables of a choice.
    pub fn base(&self, choice: Choice) -> &Base {
        &self.bases[choice.treat * self.alternatives.normalise.len() + choice.normalise]
    }

    /// How a choice joins nodes.
    pub fn plan(&self, choice: Choice) -> &Plan {
        &self.plans[choice.aggregate]
    }

    /// Why a choice cannot be computed.
    pub fn fault(&self, choice: Choice) -> Option<&str> {
        let base = choice.treat * self.alternatives.normalise.len() + choice.normalise;
        self.faults[base * self.plans.len() + choice.aggregate].as_deref()
    }

    /// Why some choices cannot be computed.
    pub fn faults(&self) -> impl Iterator<Item = &str> {
        self.faults.iter().flatten().map(String::as_str)
    }

    /// Whether units are compared with each other, so that all must be there in a draw.
    pub fn compares_units(&self, tree: &Tree) -> bool {
        let compares = |plan: &Plan| (0..tree.nodes().len()).any(|node| plan.aggregator(node) == Aggregator::Copeland);
        self.plans.iter().any(compares)
    }
}
