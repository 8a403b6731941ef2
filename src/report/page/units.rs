//! The scores as the page computes with them: units, the values of every node, the tree with its weights.
//!
//! The children of the node that ranks (the pillars) are given with all their digits and each with its part of the coverage,
//! so that the page can weigh and rank again exactly; all other numbers have the six decimals of the tables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::codes::{CountryCode, Period, SectorId};
use crate::error::Result;
use crate::model::{Aggregator, Model, Stages, WeightMethod};
use crate::pipeline::score::Unit;
use crate::report::findings::Findings;
use crate::report::tables::ScoreRow;

/// Units a page holds: the newest periods first, in each the highest ranks.
const MOST_UNITS: usize = 5_000;

/// What the page shows of the scores.
pub struct Units<'a> {
    /// The rows of `scores.csv` that are shown, the newest period last.
    rows: Vec<&'a ScoreRow>,
    /// Their numbers.
    numbers: BTreeMap<Unit, usize>,
    /// Rows that are not shown.
    pub left_out: usize,
    /// Scaled weights, one a node.
    pub weights: Vec<f64>,
    /// Node → its value in each unit.
    values: Map<String, Value>,
    /// Pillar → how much of it rests on data in each unit, 0–1.
    pillar_coverage: Map<String, Value>,
    /// What each unit weighs in its sector's mean: its share of supply, or its documents where no share is known.
    sector_weights: Vec<Value>,
}

impl<'a> Units<'a> {
    /// Gathers the units of the findings.
    ///
    /// # Errors
    /// When the indicators do not give a table.
    pub fn gather(findings: &Findings<'a>) -> Result<Self> {
        let rows = shown(findings.scores);
        let mut numbers = BTreeMap::new();
        for (number, row) in rows.iter().enumerate() {
            numbers.insert((row.period.parse::<Period>()?, row.sector, row.country), number);
        }
        let sector_weight = findings.sector_weight();
        let (input, stages) = (findings.input, findings.stages);
        let places: BTreeMap<Unit, usize> =
            stages.rows.iter().enumerate().map(|(place, row)| (input.units[*row], place)).collect();
        let mut of_row = vec![None; rows.len()];
        for (unit, number) in &numbers {
            of_row[*number] = places.get(unit).copied();
        }
        Ok(Self {
            values: values(findings.model, stages, &of_row),
            pillar_coverage: pillar_coverage(findings.model, stages, &of_row),
            sector_weights: rows.iter().map(|row| whole(sector_weight(row))).collect(),
            left_out: findings.scores.len() - rows.len(),
            weights: stages.weights.clone(),
            rows,
            numbers,
        })
    }

    /// The number of a unit on the page.
    pub fn number(&self, period: Period, sector: SectorId, country: CountryCode) -> Option<usize> {
        self.numbers.get(&(period, sector, country)).copied()
    }

    /// The periods shown, as in files, in order of time.
    pub fn periods(&self) -> Vec<String> {
        let periods: BTreeSet<Period> = self.numbers.keys().map(|unit| unit.0).collect();
        periods.into_iter().map(|period| period.to_string()).collect()
    }

    /// As columns; sectors, countries, periods and statuses by number.
    pub fn json(&self) -> Value {
        let sectors = distinct(self.rows.iter().map(|row| row.sector.to_string()));
        let countries = distinct(self.rows.iter().map(|row| row.country.to_string()));
        let statuses = distinct(self.rows.iter().map(|row| row.status.clone()));
        let periods = self.periods();
        let coded = |codes: &[String], code: &dyn Fn(&ScoreRow) -> String| -> Vec<usize> {
            self.rows.iter().map(|row| codes.iter().position(|known| *known == code(row)).unwrap_or(0)).collect()
        };
        let column =
            |value: &dyn Fn(&ScoreRow) -> Value| -> Vec<Value> { self.rows.iter().map(|row| value(row)).collect() };
        json!({
            "codes": { "sector": &sectors, "country": &countries, "period": &periods, "status": &statuses },
            "sector": coded(&sectors, &|row| row.sector.to_string()),
            "country": coded(&countries, &|row| row.country.to_string()),
            "period": coded(&periods, &|row| row.period.clone()),
            "status": coded(&statuses, &|row| row.status.clone()),
            "risk": column(&|row| compact(row.risk)),
            "rank": column(&|row| row.rank.into()),
            "rank_low": column(&|row| row.rank_low.into()),
            "rank_high": column(&|row| row.rank_high.into()),
            "documents": column(&|row| row.documents.into()),
            "mentions": column(&|row| row.mentions.into()),
            "coverage": column(&|row| compact(Some(row.coverage))),
            "sector_weight": self.sector_weights,
            "pillar_coverage": self.pillar_coverage,
            "nodes": self.values,
        })
    }
}

fn distinct(codes: impl Iterator<Item = String>) -> Vec<String> {
    codes.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The rows that a page can hold: from the newest period back, the highest ranks first.
fn shown(scores: &[ScoreRow]) -> Vec<&ScoreRow> {
    let mut kept = Vec::new();
    for period in scores.chunk_by(|a, b| a.period == b.period).rev() {
        let room = MOST_UNITS - kept.iter().map(|part: &&[ScoreRow]| part.len()).sum::<usize>();
        kept.push(&period[..period.len().min(room)]);
        if period.len() >= room {
            break;
        }
    }
    kept.into_iter().rev().flatten().collect()
}

/// A number with six decimals, without a point where it is whole; null where it is missing.
pub fn compact(value: Option<f64>) -> Value {
    let Some(value) = value.filter(|value| value.is_finite()) else { return Value::Null };
    let rounded = (value * 1e6).round() / 1e6;
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { Value::from(rounded as i64) } else { Value::from(rounded) }
}

/// A number with all its digits; null where it is missing.
fn whole(value: f64) -> Value {
    if value.is_nan() { Value::Null } else { Value::from(value) }
}

fn values(model: &Model, stages: &Stages, of_row: &[Option<usize>]) -> Map<String, Value> {
    let nodes = model.tree.nodes().iter().enumerate();
    let column = |(index, node): (usize, &crate::model::Node)| {
        let is_pillar = node.parent == Some(model.root);
        let cell = |place: &Option<usize>| match place.map(|place| stages.aggregated[(place, index)]) {
            Some(value) if is_pillar => whole(value),
            value => compact(value),
        };
        (node.code().to_owned(), of_row.iter().map(cell).collect::<Vec<_>>().into())
    };
    nodes.filter(|(index, _)| *index != model.root).map(column).collect()
}

/// The share of each pillar's weight whose indicators have a value of their own.
fn pillar_coverage(model: &Model, stages: &Stages, of_row: &[Option<usize>]) -> Map<String, Value> {
    let imputed = stages.filled.select(ndarray::Axis(0), &stages.rows);
    let pillars = &model.tree.nodes()[model.root].children;
    let of_pillar = |pillar: &usize| {
        let effective = model.tree.effective_weights(*pillar, &stages.weights);
        let covered = |place: usize| -> f64 {
            let leaves = model.tree.leaves().iter().enumerate();
            let there = leaves.filter(|(column, _)| {
                !stages.normalised.values[(place, *column)].is_nan() && !imputed[(place, *column)]
            });
            there.map(|(_, leaf)| effective[*leaf]).sum()
        };
        let cells: Vec<Value> =
            of_row.iter().map(|place| place.map_or(Value::Null, |place| whole(covered(place)))).collect();
        (model.tree.nodes()[*pillar].code().to_owned(), cells.into())
    };
    pillars.iter().map(of_pillar).collect()
}

/// The tree with its weights, and how the page is to join and rank.
pub fn tree(model: &Model, weights: &[f64]) -> Value {
    let nodes: Vec<Value> = model
        .tree
        .nodes()
        .iter()
        .zip(weights)
        .map(|(node, scaled)| {
            json!({
                "code": node.code(),
                "parent": node.parent.map(|parent| model.tree.nodes()[parent].code()),
                "is_leaf": node.is_leaf(),
                "weight": node.weight(),
                "scaled": scaled,
                "goalposts": node.entry.goalposts,
                "entry": node.entry,
            })
        })
        .collect();
    let aggregate = &model.settings.aggregate;
    let root = &model.tree.nodes()[model.root];
    let of_level = root.level.checked_sub(2).and_then(|level| aggregate.by_level.get(level)).copied();
    json!({
        "root": root.code(),
        "nodes": nodes,
        "aggregator": root.entry.aggregate.or(of_level).unwrap_or(aggregate.method),
        "power": aggregate.power,
        "range": model.settings.normalise.range,
        "min_children": aggregate.min_children,
        "min_coverage": model.settings.ranking.min_coverage,
        "is_arithmetic": is_arithmetic(model),
        "has_given_weights": model.settings.weights.method == WeightMethod::Given,
    })
}

/// Whether every score is the weighted sum of its parts.
fn is_arithmetic(model: &Model) -> bool {
    let aggregate = &model.settings.aggregate;
    let own = model.tree.nodes().iter().filter_map(|node| node.entry.aggregate);
    let mut methods = own.chain(aggregate.by_level.iter().copied()).chain([aggregate.method]);
    methods.all(|method| method == Aggregator::Arithmetic)
}

/// The rows of `sectors.csv`, as they are.
pub fn sectors(findings: &Findings<'_>) -> Vec<Value> {
    let row = |row: &crate::report::tables::SectorRow| {
        json!({
            "sector": row.sector, "period": row.period, "risk": compact(row.risk), "hhi": compact(row.hhi),
            "top_country": row.top_country, "top_share": compact(row.top_share), "documents": row.documents,
        })
    };
    findings.sectors.iter().map(row).collect()
}
