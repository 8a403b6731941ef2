//! The files of `goulet score`: scores and ranks of any table, on request every step between, the audit of treatments and what
//! the uncertainty run gave.
//!
//! Numbers have all digits that matter: the shortest form that reads back as the same number. A missing value is an empty cell.

use ndarray::ArrayView2;

use super::cells::{self, exact};
use super::outbox::Outbox;
use crate::error::Result;
use crate::model::{Action, Analysis, Model, Scores, Shape, Stages, Table, Tree, analyse, explain};

/// Which files are wanted beside `scores.csv` and `ranks.csv`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// One table a step, and the log of all.
    pub stages: bool,
    /// Correlations, effective weights, reliability, components, strengths and weaknesses, availability, contributions.
    pub analysis: bool,
}

/// Strengths, and as many weaknesses, a unit.
const STANDOUTS: usize = 5;

/// The first cells of a unit's row: its code, and its time where units stand at several times.
struct Labels {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Labels {
    fn of(table: &Table) -> Self {
        match &table.panel {
            None => {
                Self { header: vec!["uCode"], rows: table.units.iter().map(|unit| vec![cells::text(unit)]).collect() }
            }
            Some(panel) => Self {
                header: vec!["uCode", "Time"],
                rows: panel
                    .codes
                    .iter()
                    .zip(&panel.times)
                    .map(|(code, time)| vec![cells::text(code), exact(*time)])
                    .collect(),
            },
        }
    }

    /// Writes a table of numbers, a row a unit.
    fn write(&self, outbox: &mut Outbox, name: &str, columns: &[&str], values: ArrayView2<'_, f64>) -> Result<()> {
        let header: Vec<&str> = self.header.iter().chain(columns).copied().collect();
        let rows =
            self.rows.iter().zip(values.rows()).map(|(label, row)| {
                label.iter().cloned().chain(row.iter().map(|value| exact(*value))).collect::<Vec<_>>()
            });
        outbox.csv(name, &header, rows)
    }
}

/// Stages every file of a scored table.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write(outbox: &mut Outbox, model: &Model, (stages, scores): (&Stages, &Scores), wanted: Wanted) -> Result<()> {
    let tree = &model.tree;
    let labels = Labels::of(&stages.screened);
    let aggregates: Vec<usize> = (0..tree.nodes().len()).filter(|node| !tree.nodes()[*node].is_leaf()).collect();
    let codes: Vec<&str> = aggregates.iter().map(|node| tree.nodes()[*node].code()).collect();
    let of_aggregates = scores.values.select(ndarray::Axis(1), &aggregates);
    labels.write(outbox, "scores.csv", &codes, of_aggregates.view())?;
    let groups = stages.screened.panel.as_ref().map(|panel| panel.groups());
    labels.write(outbox, "ranks.csv", &codes, scores.ranks_of(&aggregates, groups.as_deref()).view())?;
    if wanted.stages {
        write_stages(outbox, tree, stages)?;
    }
    if wanted.analysis {
        let analysis = analyse(tree, (stages, scores), groups.as_deref(), STANDOUTS);
        write_analysis(outbox, tree, &labels, &analysis)?;
        write_contributions(outbox, model, &labels, scores)?;
    }
    write_moved(outbox, tree, &labels, scores)
}

fn write_stages(outbox: &mut Outbox, tree: &Tree, stages: &Stages) -> Result<()> {
    for (name, table) in [
        ("raw.csv", &stages.raw),
        ("denominated.csv", &stages.denominated),
        ("imputed.csv", &stages.imputed),
        ("screened.csv", &stages.screened),
        ("treated.csv", &stages.treated),
        ("normalised.csv", &stages.normalised),
    ] {
        let columns: Vec<&str> = table.indicators.iter().map(String::as_str).collect();
        Labels::of(table).write(outbox, name, &columns, table.values.view())?;
    }
    let codes: Vec<&str> = tree.nodes().iter().map(|node| node.code()).collect();
    Labels::of(&stages.screened).write(outbox, "aggregated.csv", &codes, stages.aggregated.view())?;
    let weights = tree.nodes().iter().zip(&stages.weights);
    let rows = weights.map(|(node, weight)| {
        let parent = node.parent.map_or("", |parent| tree.nodes()[parent].code());
        [node.code().to_owned(), parent.to_owned(), exact(*weight)]
    });
    outbox.csv("weights.csv", &["iCode", "Parent", "weight"], rows)?;
    write_treatments(outbox, stages)?;
    let log = stages.log.iter().map(|entry| [entry.step, &entry.subject, &entry.message].map(str::to_owned));
    outbox.csv("log.csv", &["step", "subject", "message"], log)
}

/// The audit of outlier treatment: one row an indicator.
fn write_treatments(outbox: &mut Outbox, stages: &Stages) -> Result<()> {
    let shape = |shape: &Shape| [exact(shape.skew), exact(shape.kurtosis), shape.passes.to_string()];
    let rows = stages.treatments.iter().map(|treatment| {
        let (action, low, high, shift) = match treatment.action {
            Action::Kept => ("kept", f64::NAN, f64::NAN, f64::NAN),
            Action::Winsorised { low, high } => ("winsorised", low, high, f64::NAN),
            Action::Logarithm { shift } => ("logarithm", f64::NAN, f64::NAN, shift),
        };
        let mut row = vec![treatment.indicator.clone()];
        row.extend(shape(&treatment.before));
        row.extend([action.to_owned(), treatment.points.to_string(), exact(low), exact(high), exact(shift)]);
        row.extend(shape(&treatment.after));
        row
    });
    let header = [
        "iCode",
        "skew_before",
        "kurtosis_before",
        "passes_before",
        "action",
        "points",
        "low",
        "high",
        "shift",
        "skew_after",
        "kurtosis_after",
        "passes_after",
    ];
    outbox.csv("treatment.csv", &header, rows)
}

fn write_analysis(outbox: &mut Outbox, tree: &Tree, labels: &Labels, analysis: &Analysis) -> Result<()> {
    let code = |node: usize| tree.nodes()[node].code().to_owned();
    let rows = analysis.correlations.iter().map(|pair| {
        let value = exact(pair.value);
        let (kinship, flag) = (pair.kinship.as_str().to_owned(), pair.flag.to_owned());
        [code(pair.node), code(pair.other), kinship, value, pair.units.to_string(), flag]
    });
    outbox.csv("correlations.csv", &["iCode", "other", "kinship", "correlation", "units", "flag"], rows)?;
    let rows = tree.nodes().iter().zip(&analysis.effective_weights).map(|(node, weight)| {
        let parent = node.parent.map_or_else(String::new, code);
        [node.code().to_owned(), node.level.to_string(), parent, exact(*weight)]
    });
    outbox.csv("effective_weights.csv", &["iCode", "Level", "Parent", "effective_weight"], rows)?;
    let rows = analysis.groups.iter().map(|group| {
        let alpha = exact(group.alpha);
        [code(group.parent), group.components.len().to_string(), alpha]
    });
    outbox.csv("reliability.csv", &["iCode", "members", "cronbach_alpha"], rows)?;
    let mut rows = Vec::new();
    for group in &analysis.groups {
        let total: f64 = group.components.iter().map(|(variance, _)| variance).sum();
        for (number, (variance, loadings)) in group.components.iter().enumerate() {
            for (child, loading) in tree.nodes()[group.parent].children.iter().zip(loadings) {
                let component = (number + 1).to_string();
                let numbers = [*variance, variance / total, *loading].map(exact);
                rows.push(
                    [[code(group.parent), component].as_slice(), &numbers[..2], &[code(*child)], &numbers[2..]]
                        .concat(),
                );
            }
        }
    }
    outbox.csv("pca.csv", &["group", "component", "variance", "explained", "iCode", "loading"], rows)?;
    let rows = analysis.standouts.iter().map(|standout| {
        let kind = if standout.is_strength { "strength" } else { "weakness" };
        let mut row = labels.rows[standout.unit].clone();
        row.extend([kind.to_owned(), code(standout.node), standout.rank.to_string(), standout.units.to_string()]);
        row.extend([exact(standout.raw), exact(standout.value)]);
        row
    });
    let mut header = labels.header.clone();
    header.extend(["kind", "iCode", "rank", "units", "raw", "normalised"]);
    outbox.csv("strengths.csv", &header, rows)?;
    let codes: Vec<&str> = tree.nodes().iter().map(|node| node.code()).collect();
    let shares = ndarray::Array2::from_shape_fn((analysis.availability.len(), codes.len()), |(unit, node)| {
        analysis.availability[unit][node]
    });
    labels.write(outbox, "availability.csv", &codes, shares.view())
}

/// Every score taken apart: what each node of the tree adds to it. Contributions of the indicators and all combination effects of a
/// unit add up to its score.
fn write_contributions(outbox: &mut Outbox, model: &Model, labels: &Labels, scores: &Scores) -> Result<()> {
    let mut header = labels.header.clone();
    header.extend(["iCode", "Parent", "depth", "value", "weight", "effective_weight"]);
    header.extend(["contribution", "combination_effect", "imputed"]);
    let parts =
        (0..scores.units.len()).flat_map(|unit| explain(scores, model, unit).into_iter().map(move |part| (unit, part)));
    let rows = parts.map(|(unit, part)| {
        let mut row = labels.rows[unit].clone();
        row.extend([part.code, part.parent.unwrap_or_default(), part.depth.to_string(), exact(part.value)]);
        row.extend([part.nominal_weight, part.effective_weight].map(exact));
        row.extend([exact(part.contribution), exact(part.combination_effect), part.is_imputed.to_string()]);
        row
    });
    outbox.csv("contributions.csv", &header, rows)
}

/// What the uncertainty run gave, as far as the model file asked.
fn write_moved(outbox: &mut Outbox, tree: &Tree, labels: &Labels, scores: &Scores) -> Result<()> {
    let moved = &scores.moved;
    if let Some(spreads) = &moved.spreads {
        let mut header = labels.header.clone();
        header.extend([
            "rank",
            "rank_median",
            "rank_low",
            "rank_high",
            "in_top",
            "score_median",
            "score_low",
            "score_high",
        ]);
        let rows = labels.rows.iter().zip(&spreads.units).zip(&scores.rank).map(|((label, spread), rank)| {
            let mut row = label.clone();
            row.push(cells::optional(*rank));
            match spread {
                None => row.extend(vec![String::new(); 7]),
                Some(spread) => {
                    row.extend([exact(spread.rank_median), spread.rank_low.to_string(), spread.rank_high.to_string()]);
                    row.push(exact(spread.in_top));
                    // Scores on different scales have no middle.
                    let scores = [spread.score_median, spread.score_low, spread.score_high];
                    row.extend(scores.map(|score| if spreads.has_one_scale { exact(score) } else { String::new() }));
                }
            }
            row
        });
        outbox.csv("uncertainty.csv", &header, rows)?;
    }
    write_requested(outbox, tree, scores)
}

/// What a model file may ask of the uncertainty run beside intervals: sensitivity, ranks without each node, every draw's settings.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write_requested(outbox: &mut Outbox, tree: &Tree, scores: &Scores) -> Result<()> {
    let moved = &scores.moved;
    if let Some(sensitivity) = &moved.sensitivity {
        let rows = sensitivity.factors.iter().map(|(factor, indices)| {
            let mut row = vec![factor.as_str().to_owned()];
            for estimate in [indices.first, indices.total] {
                row.extend([estimate.value, estimate.low, estimate.high].map(exact));
            }
            row
        });
        let header =
            ["factor", "first_order", "first_order_low", "first_order_high", "total", "total_low", "total_high"];
        outbox.csv("sensitivity.csv", &header, rows)?;
    }
    if !moved.left_out.is_empty() {
        let rows = moved.left_out.iter().map(|without| {
            [tree.nodes()[without.node].code().to_owned(), exact(without.mean_shift), without.most.to_string()]
        });
        outbox.csv("leave_one_out.csv", &["iCode", "mean_rank_shift", "most_rank_shift"], rows)?;
    }
    if !moved.drawn.is_empty() {
        let weights: Vec<String> = tree.nodes().iter().map(|node| format!("weight_{}", node.code())).collect();
        let mut header = vec!["draw", "treatment", "normalisation", "aggregation", "skipped"];
        header.extend(weights.iter().map(String::as_str));
        let rows = moved.drawn.iter().enumerate().map(|(draw, drawn)| {
            let mut row = vec![(draw + 1).to_string()];
            row.extend(drawn.steps.iter().cloned());
            row.push(drawn.skipped.clone().unwrap_or_default());
            row.extend(drawn.weights.iter().map(|weight| exact(*weight)));
            row
        });
        outbox.csv("draws.csv", &header, rows)?;
    }
    Ok(())
}
