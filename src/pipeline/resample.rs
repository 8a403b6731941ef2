//! Documents as the model's uncertainty run redraws them: what [`crate::indicators::Bootstrap`] draws, put in the cells of the table that is
//! scored.

use std::collections::BTreeSet;

use super::intake::ReadCorpus;
use super::score::ModelInput;
use crate::error::Result;
use crate::indicators::bootstrap::{Bootstrap, Place, Sums};
use crate::indicators::counts::Unit;
use crate::indicators::{Measure, TextSettings, Weights};
use crate::model::{Drawing, Model, Redraw, Stream, TextDraws};

/// A share this much smaller than one document is none: e^−30.
const NOTHING: f64 = -30.0;

/// The documents behind a table.
#[derive(Debug)]
pub struct Resample {
    bootstrap: Bootstrap,
    /// By row, then column: where the value comes from, and whether it is the shrunk one.
    cells: Vec<Option<(Place, bool)>>,
    columns: usize,
}

impl Resample {
    /// The documents of a corpus behind the text indicators of `input`; `None` where the model does not draw them anew. Weights and settings
    /// are those of the indicators.
    ///
    /// # Errors
    /// When the scratch files cannot be read or written.
    pub fn new(
        read: &ReadCorpus,
        weights: &Weights,
        settings: &TextSettings,
        structural_units: &BTreeSet<Unit>,
        (input, model): (&ModelInput, &Model),
    ) -> Result<Option<Self>> {
        let uncertainty = &model.settings.uncertainty;
        let is_asked = uncertainty.vary_values && uncertainty.text == TextDraws::Bootstrap;
        let draws = uncertainty.draws > 0 || uncertainty.sobol > 0;
        if !is_asked || !draws {
            return Ok(None);
        }
        let clusters = |first, count| read.clusters.range(first, count);
        let bootstrap = Bootstrap::new(&read.tally, weights, clusters, settings, structural_units)?;
        Ok(Some(Self::of(bootstrap, input, model)))
    }

    /// A bootstrap behind a table.
    pub fn of(bootstrap: Bootstrap, input: &ModelInput, model: &Model) -> Self {
        let leaves = model.tree.leaves().iter().map(|leaf| measure(model.tree.nodes()[*leaf].code()));
        let leaves: Vec<Option<(Measure, bool)>> = leaves.collect();
        let cell = |(row, column): (usize, usize)| {
            let (measure, is_shrunk) = leaves[column]?;
            let (period, sector, country) = input.units[row];
            input.table.value(row, column)?;
            Some((bootstrap.place(period, (sector, country), measure)?, is_shrunk))
        };
        let columns = leaves.len();
        let cells = (0..input.units.len() * columns).map(|at| cell((at / columns, at % columns))).collect();
        Self { bootstrap, cells, columns }
    }
}

/// What an indicator measures, and whether it is shrunk; `None` for all but shares of documents.
fn measure(code: &str) -> Option<(Measure, bool)> {
    let shrunk = code.strip_suffix("_text").map(|name| (name, true));
    let (name, is_shrunk) = shrunk.or_else(|| code.strip_suffix("_text_raw").map(|name| (name, false)))?;
    Measure::ALL.into_iter().find(|measure| measure.name() == name).map(|measure| (measure, is_shrunk))
}

impl Redraw for Resample {
    fn redraws(&self, row: usize, column: usize) -> bool {
        self.cells.get(row * self.columns + column).is_some_and(Option::is_some)
    }

    fn drawing(&self) -> Box<dyn Drawing + '_> {
        Box::new(OfThread { all: self, sums: Sums::default(), random: Stream::new(&[]) })
    }
}

/// The draws of a thread.
struct OfThread<'a> {
    all: &'a Resample,
    sums: Sums,
    random: Stream,
}

impl Drawing for OfThread<'_> {
    fn begin(&mut self, random: Stream) {
        self.all.bootstrap.draw(|key, shape| gamma(&random, key, shape), &mut self.sums);
        self.random = random;
    }

    fn value(&self, row: usize, column: usize) -> f64 {
        let Some((place, is_shrunk)) = self.all.cells[row * self.all.columns + column] else { return f64::NAN };
        let bootstrap = &self.all.bootstrap;
        100.0
            * match is_shrunk {
                true => bootstrap.shrunk(place, |key, shape| gamma(&self.random, key, shape), &self.sums),
                false => bootstrap.raw(place, &self.sums),
            }
    }
}

/// A Gamma number. Most are of the prior and of small shape: nearly 0, and then not worth the rest of the work.
fn gamma(random: &Stream, key: u64, shape: f64) -> f64 {
    let mut stream = random.fork(key);
    if shape <= 0.0 {
        return 0.0;
    }
    if shape >= 1.0 {
        return stream.gamma(shape);
    }
    let boost = libm::log(stream.uniform()) / shape;
    if boost < NOTHING { 0.0 } else { libm::exp(boost) * stream.gamma(1.0 + shape) }
}
