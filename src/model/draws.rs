//! One draw of an uncertainty run: a point in the space of what may vary → the scores of the units.
//!
//! - *weights*: new ones inside every group of siblings, Dirichlet with parameters concentration × nominal weight (unbiased,
//!   unlike uniform noise, which pulls to equal weights);
//! - *values*: every indicator with bounds anew, a normal split at the value, so that `low` and `high` are its quantiles at the
//!   level of the interval; but those that a source of values draws together ([`super::Redraw`]: text indicators, over documents), as it
//!   says;
//! - *treatment*, *normalisation*, *aggregation*: one of the alternatives each ([`Variants`]), scales as fitted there.
//!
//! Each number depends on seed, draw and what it is for only, so that neither threads nor the order of rows change it.

use super::aggregate::Columns;
use super::normalise::Scale;
use super::random::{Stream, key, normal_quantile};
use super::redraw::{Drawing, Redrawn};
use super::settings::Uncertainty;
use super::treat::Action;
use super::tree::Tree;
use super::variants::{Base, Choice, Variants};

/// Keys that tell what a random number is for.
const WEIGHT: u64 = 1;
const VALUE: u64 = 2;
const CHOICE: u64 = 3;

/// What an uncertainty run lets vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// Weights of siblings.
    Weights,
    /// Values within their bounds.
    Values,
    /// Treatment of outliers.
    Treatment,
    /// Normalisation.
    Normalisation,
    /// Aggregation.
    Aggregation,
}

impl Factor {
    const ALL: [Self; 5] = [Self::Weights, Self::Values, Self::Treatment, Self::Normalisation, Self::Aggregation];

    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Values => "values",
            Self::Treatment => "treatment",
            Self::Normalisation => "normalisation",
            Self::Aggregation => "aggregation",
        }
    }
}

/// One way the model might have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Point {
    /// Key of the weights; `None` = nominal.
    pub weights: Option<u64>,
    /// Key of the values; `None` = as they are.
    pub values: Option<u64>,
    /// Which alternative of each step.
    pub choice: Choice,
}

/// A value with the distance to its bounds; both distances 0 where it stays as it is.
#[derive(Debug, Clone, Copy)]
struct Cell {
    value: f64,
    below: f64,
    above: f64,
    /// Key of unit and indicator.
    key: u64,
}

impl Cell {
    fn is_fixed(self) -> bool {
        self.below == 0.0 && self.above == 0.0
    }

    /// The value `z` standard deviations away.
    fn at(self, z: f64) -> f64 {
        self.value + z * if z < 0.0 { self.below } else { self.above }
    }
}

/// What the draws start from.
#[derive(Debug, Clone, Copy)]
pub struct Nominal<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The model in all its variants.
    pub variants: &'a Variants,
    /// Scaled weights, one a node.
    pub weights: &'a [f64],
    /// The node that ranks.
    pub root: usize,
    /// Nominal ranks: only units that have one are ranked again.
    pub ranks: &'a [Option<u32>],
    /// Level of the bounds of values, such as 0.90.
    pub bounds_level: f64,
    /// What varies, and how far.
    pub settings: &'a Uncertainty,
    /// Values that a source draws.
    pub redrawn: Option<Redrawn<'a>>,
}

/// What all draws share: the part of the tree under the root, and the values it needs.
#[derive(Debug)]
pub struct Draws<'a> {
    nominal: Nominal<'a>,
    /// Rows of the units that take part.
    pub rows: Vec<usize>,
    /// Keys of the nodes.
    nodes: Vec<u64>,
    /// Columns and nodes of the indicators that count in the root.
    leaves: Vec<(usize, usize)>,
    /// Aggregates that count in the root, children first.
    aggregates: Vec<usize>,
    /// By treatment: leaf by leaf, the cells of the units that take part.
    cells: Vec<Vec<Vec<Cell>>>,
    /// Leaf by leaf: the units that take part (place and row) whose values a source draws.
    redrawn: Vec<Vec<(usize, usize)>>,
    /// By treatment, then normalisation: the nominal columns of the units that take part.
    columns: Vec<Columns>,
}

/// Memory of one thread: columns of the last draw, and whose leaves they hold.
pub struct Scratch<'a> {
    columns: Columns,
    holds: Option<(usize, usize, Option<u64>)>,
    /// What a source of values draws with.
    drawing: Option<Box<dyn Drawing + 'a>>,
}

impl<'a> Draws<'a> {
    /// Prepares the draws.
    pub fn new(nominal: Nominal<'a>) -> Self {
        let Nominal { tree, variants, .. } = nominal;
        let all = 0..nominal.ranks.len();
        let rows: Vec<usize> = match variants.compares_units(tree) {
            true => all.collect(),
            false => all.filter(|row| nominal.ranks[*row].is_some()).collect(),
        };
        let effective = tree.effective_weights(nominal.root, nominal.weights);
        let counts = |node: &usize| effective[*node] > 0.0;
        let leaves: Vec<(usize, usize)> =
            tree.leaves().iter().copied().enumerate().filter(|(_, leaf)| counts(leaf)).collect();
        let aggregates = tree.bottom_up().iter().copied().filter(|node| counts(node) && !tree.nodes()[*node].is_leaf());
        let alternatives = &variants.alternatives;
        let choices = (0..alternatives.treat.len())
            .flat_map(|treat| (0..alternatives.normalise.len()).map(move |normalise| (treat, normalise)));
        let select = |column: &Vec<f64>| -> Vec<f64> { rows.iter().map(|row| column[*row]).collect() };
        let columns = choices
            .map(|(treat, normalise)| variants.base(Choice { treat, normalise, aggregate: 0 }))
            .map(|base| base.columns.iter().map(select).collect())
            .collect();
        let mut draws = Self {
            nominal,
            nodes: tree.nodes().iter().map(|node| key(node.code())).collect(),
            leaves,
            aggregates: aggregates.collect(),
            cells: Vec::new(),
            redrawn: Vec::new(),
            columns,
            rows,
        };
        draws.redrawn = draws.leaves.iter().map(|(column, _)| draws.redrawn_of(*column)).collect();
        draws.cells = (0..alternatives.treat.len()).map(|treat| draws.cells_of(treat)).collect();
        draws
    }

    fn redrawn_of(&self, column: usize) -> Vec<(usize, usize)> {
        let redrawn = self.nominal.redrawn.filter(|_| self.nominal.settings.vary_values);
        let is_redrawn = |(_, row): &(usize, usize)| redrawn.is_some_and(|redrawn| redrawn.redraws(*row, column));
        self.rows.iter().copied().enumerate().filter(is_redrawn).collect()
    }

    fn cells_of(&self, treat: usize) -> Vec<Vec<Cell>> {
        let Nominal { tree, variants, settings, .. } = self.nominal;
        let table = &variants.base(Choice { treat, ..Choice::default() }).treated;
        // Standard deviations from a value to its bounds.
        let reach = normal_quantile(0.5 + self.nominal.bounds_level / 2.0);
        let units: Vec<u64> = self.rows.iter().map(|row| key(&table.units[*row])).collect();
        let is_redrawn = |row, column| self.nominal.redrawn.is_some_and(|redrawn| redrawn.redraws(row, column));
        let cell = |(row, unit): (&usize, &u64), column: usize, leaf: usize| {
            let value = table.values[(*row, column)];
            let bounds = table.bounds(*row, column).filter(|_| settings.vary_values && !is_redrawn(*row, column));
            let (low, high) = bounds.unwrap_or((value, value));
            let key = unit.wrapping_add(key(tree.nodes()[leaf].code()).rotate_left(32));
            Cell { value, below: (value - low).max(0.0) / reach, above: (high - value).max(0.0) / reach, key }
        };
        let of_leaf = |(column, leaf): &(usize, usize)| {
            self.rows.iter().zip(&units).map(|row| cell(row, *column, *leaf)).collect()
        };
        self.leaves.iter().map(of_leaf).collect()
    }

    /// What varies at all.
    pub fn factors(&self) -> Vec<Factor> {
        let alternatives = &self.nominal.variants.alternatives;
        let varies = |factor: &Factor| match factor {
            Factor::Weights => self.nominal.settings.weight_concentration > 0.0,
            Factor::Values => {
                let is_redrawn = self.redrawn.iter().any(|cells| !cells.is_empty());
                is_redrawn || self.cells.iter().flatten().flatten().any(|cell| !cell.is_fixed())
            }
            Factor::Treatment => alternatives.treat.len() > 1,
            Factor::Normalisation => alternatives.normalise.len() > 1,
            Factor::Aggregation => alternatives.aggregate.len() > 1,
        };
        Factor::ALL.into_iter().filter(varies).collect()
    }

    /// The point of a plain draw.
    pub fn point(&self, draw: u32) -> Point {
        let (seed, draw) = (self.nominal.settings.seed, u64::from(draw));
        let mut point = Point::default();
        for factor in Factor::ALL {
            let uniform = Stream::new(&[seed, draw, CHOICE, factor as u64]).uniform();
            self.set(&mut point, factor, draw, uniform);
        }
        point
    }

    /// The point at these coordinates, one in [0, 1) for each of `factors`; what is not among them stays nominal.
    pub fn point_at(&self, factors: &[Factor], coordinates: &[f64]) -> Point {
        let mut point = Point::default();
        for (factor, at) in factors.iter().zip(coordinates) {
            self.set(&mut point, *factor, at.to_bits(), *at);
        }
        point
    }

    fn set(&self, point: &mut Point, factor: Factor, key: u64, uniform: f64) {
        let alternatives = &self.nominal.variants.alternatives;
        let pick = |len: usize| ((uniform * len as f64) as usize).min(len - 1);
        match factor {
            Factor::Weights => point.weights = Some(key),
            Factor::Values => point.values = Some(key).filter(|_| self.nominal.settings.vary_values),
            Factor::Treatment => point.choice.treat = pick(alternatives.treat.len()),
            Factor::Normalisation => point.choice.normalise = pick(alternatives.normalise.len()),
            Factor::Aggregation => point.choice.aggregate = pick(alternatives.aggregate.len()),
        }
    }

    /// The weights of a point, one a node.
    pub fn weights(&self, point: &Point) -> Vec<f64> {
        let Nominal { weights, settings, tree, .. } = self.nominal;
        let Some(draw) = point.weights.filter(|_| settings.weight_concentration > 0.0) else { return weights.to_vec() };
        let drawn = weights.iter().zip(&self.nodes).map(|(weight, node)| {
            let mut stream = Stream::new(&[settings.seed, draw, WEIGHT, *node]);
            // The floor keeps a group of tiny draws from summing to 0.
            if *weight > 0.0 { stream.gamma(settings.weight_concentration * weight).max(1e-300) } else { 0.0 }
        });
        tree.scaled_weights(&drawn.collect::<Vec<_>>())
    }

    /// Memory for a thread.
    pub fn scratch(&self) -> Scratch<'a> {
        let drawing = self.nominal.redrawn.map(|redrawn| redrawn.source.drawing());
        Scratch { columns: self.columns[0].clone(), holds: Some((0, 0, None)), drawing }
    }

    /// The scores at a point, one for each of `rows`; a score that the draw leaves undefined is below all others.
    pub fn scores<'s>(&self, point: &Point, weights: &[f64], scratch: &'s mut Scratch<'a>) -> &'s mut [f64] {
        let Nominal { tree, variants, root, .. } = self.nominal;
        self.lay_out(point, scratch);
        let plan = variants.plan(point.choice);
        for &node in &self.aggregates {
            plan.fill(tree, node, weights, &mut scratch.columns);
        }
        let scores = &mut scratch.columns[root];
        scores.iter_mut().filter(|score| score.is_nan()).for_each(|score| *score = f64::NEG_INFINITY);
        scores
    }

    /// Fills the columns of the indicators, unless they hold these values already.
    fn lay_out(&self, point: &Point, scratch: &mut Scratch<'a>) {
        let Choice { treat, normalise, .. } = point.choice;
        let holds = Some((treat, normalise, point.values));
        if scratch.holds == holds {
            return;
        }
        let base = self.nominal.variants.base(point.choice);
        let nominal = &self.columns[treat * self.nominal.variants.alternatives.normalise.len() + normalise];
        let stream = point.values.map(|draw| Stream::new(&[self.nominal.settings.seed, draw, VALUE]));
        for ((column, leaf), cells) in self.leaves.iter().zip(&self.cells[treat]) {
            scratch.columns[*leaf].copy_from_slice(&nominal[*leaf]);
            if let Some(stream) = &stream {
                draw_values(&mut scratch.columns[*leaf], cells, &base.scales[*column], stream);
            }
        }
        if let Some(stream) = stream {
            self.redraw(stream, base, scratch);
        }
        scratch.holds = holds;
    }

    /// Puts in the values that a source draws.
    fn redraw(&self, stream: Stream, base: &Base, scratch: &mut Scratch<'a>) {
        let (Some(redrawn), Some(drawing)) = (self.nominal.redrawn, scratch.drawing.as_mut()) else { return };
        drawing.begin(stream);
        for ((column, leaf), units) in self.leaves.iter().zip(&self.redrawn) {
            let treated = base.treatments.get(*column).map_or(Action::Kept, |treatment| treatment.action);
            for (place, row) in units {
                let value = redrawn.value(drawing.as_ref(), *row, *column);
                scratch.columns[*leaf][*place] = base.scales[*column].apply(treated.apply(value));
            }
        }
    }
}

fn draw_values(column: &mut [f64], cells: &[Cell], scale: &Scale, stream: &Stream) {
    for (value, cell) in column.iter_mut().zip(cells).filter(|(_, cell)| !cell.is_fixed()) {
        *value = scale.apply(cell.at(stream.fork(cell.key).normal()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_the_quantiles_of_the_draws() {
        let (mut stream, reach) = (Stream::new(&[7]), normal_quantile(0.95));
        let cell = Cell { value: 10.0, below: 1.0 / reach, above: 4.0 / reach, key: 0 };
        let mut draws: Vec<f64> = (0..20_001).map(|_| cell.at(stream.normal())).collect();
        draws.sort_by(f64::total_cmp);
        assert!((draws[1_000] - 9.0).abs() < 0.05 && (draws[19_000] - 14.0).abs() < 0.15, "{}", draws[19_000]);
        assert!((draws[10_000] - 10.0).abs() < 0.05);
    }
}
