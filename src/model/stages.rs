//! The steps in their order: the only place that knows it.

use std::sync::Arc;

use ndarray::Array2;

use super::Model;
use super::aggregate::{Plan, aggregate};
use super::denominate::denominate;
use super::draws::{Draws, Nominal};
use super::impute::impute;
use super::normalise::{Scale, normalise};
use super::rank::rank;
use super::redraw::{Redraw, Redrawn, divisors};
use super::scores::{Moved, Scores, Standing};
use super::screen::screen;
use super::sensitivity::of_ranks;
use super::table::{LogEntry, Table, select_rows};
use super::treat::{Treatment, treat};
use super::uncertainty::{Groups, drawn, leave_one_out, spreads};
use super::variants::Variants;
use super::weights::weights;
use crate::error::{Error, ErrorKind, Result};

/// A coverage written as 0.5 is met by three sixths that add up to a little less.
const ROUNDING: f64 = 1e-9;

/// The table after every step up to aggregation, as `goulet score --stages` writes them.
#[derive(Debug, Clone)]
pub struct Stages {
    /// As it came, with one column a leaf of the tree.
    pub raw: Table,
    /// After division by size.
    pub denominated: Table,
    /// After filling gaps.
    pub imputed: Table,
    /// Which values were filled, in the rows of `imputed`.
    pub filled: Array2<bool>,
    /// After leaving out units.
    pub screened: Table,
    /// Rows of the table that stay.
    pub rows: Vec<usize>,
    /// After the treatment of outliers.
    pub treated: Table,
    /// The audit of that treatment.
    pub treatments: Vec<Treatment>,
    /// On the common scale.
    pub normalised: Table,
    /// The scales that made it, one a leaf.
    pub scales: Vec<Scale>,
    /// Scaled weights, one a node.
    pub weights: Vec<f64>,
    /// Units × nodes.
    pub aggregated: Array2<f64>,
    /// What the steps did.
    pub log: Arc<Vec<LogEntry>>,
}

impl Stages {
    /// Runs all steps up to aggregation.
    pub fn run(table: &Table, model: &Model) -> Result<Self> {
        table.check()?;
        let (tree, settings) = (&model.tree, &model.settings);
        let codes: Vec<&str> = tree.leaves().iter().map(|leaf| tree.nodes()[*leaf].code()).collect();
        let (raw, mut log) = table.select_columns(&codes);
        let (denominated, entries) = denominate(raw.clone(), tree, &settings.denominate)?;
        log.extend(entries);
        let imputed = impute(denominated.clone(), &settings.impute)?;
        log.extend(imputed.log);
        let (rows, entries) = screen(&imputed.table, &settings.screen);
        log.extend(entries);
        let screened = imputed.table.select_rows(&rows);
        let treated = treat(screened.clone(), &settings.treat);
        log.extend(treated.log);
        let normalised = normalise(&treated.table, tree, &settings.normalise)?;
        log.extend(normalised.log);
        let plan = Plan::new(tree, &settings.aggregate, settings.normalise.range);
        let (weights, entries) = weights(&normalised.table.values, tree, &plan, &settings.weights)?;
        log.extend(entries);
        let aggregated = aggregate(&screened.units, &normalised.table.values, tree, &weights, &plan)?;
        Ok(Self {
            raw,
            denominated,
            imputed: imputed.table,
            filled: imputed.filled,
            screened,
            rows,
            treated: treated.table,
            treatments: treated.treatments,
            normalised: normalised.table,
            scales: normalised.scales,
            weights,
            aggregated,
            log: Arc::new(log),
        })
    }

    /// Ranks the units inside each group (one number a row of the table that was run; all in one group without).
    pub fn rank(&self, model: &Model, group_by: Option<&[usize]>) -> Result<Scores> {
        self.rank_redrawn(model, group_by, None)
    }

    /// The same, with a source that draws some of the values of the uncertainty run.
    pub fn rank_redrawn(
        &self,
        model: &Model,
        group_by: Option<&[usize]>,
        source: Option<&dyn Redraw>,
    ) -> Result<Scores> {
        let groups = match group_by {
            Some(groups) if groups.len() != self.raw.units.len() => {
                let message = format!("{} group numbers for {} units", groups.len(), self.raw.units.len());
                return Err(Error::new(ErrorKind::Usage, message));
            }
            groups => groups.map(|groups| self.rows.iter().map(|row| groups[*row]).collect::<Vec<_>>()),
        };
        let imputed = select_rows(&self.filled, &self.rows);
        let coverage = self.coverage(model, &imputed);
        let scores = self.aggregated.column(model.root).to_vec();
        let gate = model.settings.ranking.min_coverage - ROUNDING;
        let eligible: Vec<bool> = coverage.iter().map(|coverage| *coverage >= gate).collect();
        let ranks = rank(&scores, &eligible, groups.as_deref());
        let moved = self.moved(model, &ranks, groups.as_deref(), source)?;
        let standing = |(score, rank): (&f64, &Option<u32>)| match rank {
            Some(_) => Standing::Ranked,
            None if score.is_nan() => Standing::NoScore,
            None => Standing::LowCoverage,
        };
        Ok(Scores {
            standing: scores.iter().zip(&ranks).map(standing).collect(),
            raw: select_rows(&self.raw.values, &self.rows),
            units: self.screened.units.clone(),
            rows: self.rows.clone(),
            nodes: model.tree.codes().clone(),
            values: self.aggregated.clone(),
            imputed,
            weights: self.weights.clone(),
            root: model.root,
            coverage,
            rank: ranks,
            moved,
            log: self.log.clone(),
        })
    }

    /// How far the ranks move, as far as the model file asks.
    fn moved(
        &self,
        model: &Model,
        ranks: &[Option<u32>],
        groups: Option<&[usize]>,
        source: Option<&dyn Redraw>,
    ) -> Result<Moved> {
        let (tree, settings) = (&model.tree, &model.settings.uncertainty);
        if settings.draws == 0 && settings.sobol == 0 && !settings.leave_one_out {
            return Ok(Moved::default());
        }
        let variants = Variants::new(&self.screened, tree, &model.settings, &self.weights)?;
        let divisors = divisors(&self.raw, tree, model.settings.denominate.enabled);
        let nominal = Nominal {
            tree,
            variants: &variants,
            weights: &self.weights,
            root: model.root,
            ranks,
            bounds_level: model.settings.text.interval,
            settings,
            redrawn: source.map(|source| Redrawn { source, rows: &self.rows, divisors: &divisors }),
        };
        let draws = Draws::new(nominal);
        let groups = Groups::new(&nominal, &draws, groups);
        Ok(Moved {
            spreads: (settings.draws > 0).then(|| spreads(&nominal, &draws, &groups)),
            sensitivity: (settings.sobol > 0).then(|| of_ranks(&nominal, &draws, &groups)),
            left_out: if settings.leave_one_out { leave_one_out(&nominal, &draws, &groups) } else { Vec::new() },
            drawn: if settings.keep_draws { drawn(&nominal, &draws) } else { Vec::new() },
        })
    }

    /// Share of the effective weight under the root whose indicators have a value of their own.
    fn coverage(&self, model: &Model, imputed: &Array2<bool>) -> Vec<f64> {
        let effective = model.tree.effective_weights(model.root, &self.weights);
        let observed = |row: usize| {
            let leaves = model.tree.leaves().iter().enumerate();
            let there = leaves
                .filter(|(column, _)| !self.normalised.values[(row, *column)].is_nan() && !imputed[(row, *column)]);
            there.map(|(_, leaf)| effective[*leaf]).sum::<f64>().clamp(0.0, 1.0)
        };
        (0..self.screened.units.len()).map(observed).collect()
    }
}

/// Scores a table: all steps, then ranks inside each group (`run` gives each period a number; ranks are per period).
pub fn score(table: &Table, model: &Model, group_by: Option<&[usize]>) -> Result<Scores> {
    Stages::run(table, model)?.rank(model, group_by)
}
