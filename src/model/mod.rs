//! The model stage: a table of indicators and a model file become scores.
//!
//! ```text
//! Table ─ denominate ─ impute ─ screen ─ treat ─ normalise ─ weights ─ aggregate ─ rank ─ uncertainty → Scores
//! ```
//!
//! Each step is a file with its formulas and source, and a pure function from a table and its settings to a table and
//! a log; a step the model file does not ask for changes nothing. [`Stages`] keeps every table in between, [`score`]
//! goes to the end, [`explain`] takes a score apart again.
//!
//! Invariants: missing stays missing (NaN inside, `Option` at the edge) unless imputation is asked for, and coverage
//! tells; sums run in the order of the tree, so the order of rows and columns changes nothing; the same input gives the
//! same bytes whatever the number of threads. Statistics of the sample (imputation, treatment, min-max …) are taken
//! over all units together, periods included, so that scores compare over time; only ranks are per group.
//!
//! This stage knows nothing of documents, sectors or countries: it serves `goulet run` and `goulet score` alike.

mod aggregate;
mod analysis;
mod check;
mod denominate;
mod draws;
mod explain;
mod file;
mod impute;
mod normalise;
mod random;
mod rank;
mod reader;
mod redraw;
mod scores;
mod screen;
mod sensitivity;
mod settings;
mod stages;
mod statistics;
mod table;
mod treat;
mod tree;
mod uncertainty;
mod variants;
mod weights;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;

use std::path::Path;

pub use aggregate::{Aggregator, Plan};
pub use analysis::{Analysis, Correlation, Group, Kinship, Standout, analyse};
pub use draws::Factor;
pub use explain::{Part, explain};
pub use file::BUILT_IN;
pub use normalise::Scale;
pub use random::Stream;
pub use reader::{Meta, read_data, read_meta};
pub use redraw::{Drawing, Redraw};
pub use scores::{Moved, Scores, Standing};
pub use sensitivity::{Design, Estimate, Indices, Sensitivity, sobol};
pub use settings::{
    Aggregate, Denominate, Impute, ImputeMethod, Normalise, NormaliseMethod, NormaliseOne, Ranking, Screen, Settings,
    Sources, Text, TextDraws, Treat, TreatMethod, Uncertainty, WeightMethod, Weights,
};
pub use stages::{Stages, score};
pub use table::{LogEntry, Panel, Table};
pub use treat::{Action, Shape, Treatment};
pub use tree::{Node, NodeEntry, Tree};
pub use uncertainty::{Drawn, LeftOut, Spread, Spreads};

use crate::error::{Error, Result};
use file::Places;

/// A checked model: every number of the computation, and the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The settings.
    pub settings: Settings,
    /// The tree.
    pub tree: Tree,
    /// Index of the node that ranks: `ranking.by`, else the first root.
    pub root: usize,
}

impl Model {
    /// The model for `run`: the file's keys over those of the built-in `data/model.toml`.
    ///
    /// ```
    /// # use goulet::model::Model;
    /// # use std::path::Path;
    /// let mine = Model::from_toml("[aggregate]\nmethod = \"geometric\"\n", Path::new("mine.toml"))?;
    /// assert_eq!(mine.tree.nodes()[mine.root].code(), "risk");
    /// # Ok::<(), goulet::error::Error>(())
    /// ```
    pub fn from_toml(text: &str, file: &Path) -> Result<Self> {
        let settings = file::read_over_built_in(text, file)?;
        let places = Places::of_model(text, file);
        let tree = Tree::build(&settings.nodes, &places).map_err(Error::from)?;
        Self::new(settings, tree, &places)
    }

    /// The model for `score`: settings from a model file (neutral where it says nothing), the tree from `--meta`.
    pub fn with_tree(text: &str, file: &Path, tree: Tree) -> Result<Self> {
        let mut settings = file::read(text, file)?;
        settings.nodes.clear();
        Self::new(settings, tree, &Places::of_model(text, file))
    }

    /// The built-in model.
    pub fn built_in() -> Result<Self> {
        Self::from_toml("", Path::new("data/model.toml"))
    }

    /// Takes another number of draws than the model file's.
    ///
    /// # Errors
    /// When it is too large.
    pub fn set_draws(&mut self, draws: u32) -> Result<()> {
        self.settings.uncertainty.draws = draws;
        let faults = check::check(&self.settings, &self.tree, &Places::default());
        if faults.is_empty() { Ok(()) } else { Err(Error::from(faults)) }
    }

    /// Takes other weights than the tree's, one a node in its order: what `weights.method = "given"` starts from.
    ///
    /// # Errors
    /// When they cannot be weights: see [`Tree::set_weights`].
    pub fn set_weights(&mut self, weights: &[f64]) -> Result<()> {
        self.tree.set_weights(weights).map_err(Error::from)
    }

    fn new(settings: Settings, tree: Tree, places: &Places) -> Result<Self> {
        let faults = check::check(&settings, &tree, places);
        if !faults.is_empty() {
            return Err(Error::from(faults));
        }
        let named = settings.ranking.by.as_deref().and_then(|code| tree.index_of(code));
        let root = named.or_else(|| tree.roots().next()).unwrap_or(0);
        Ok(Self { settings, tree, root })
    }
}
