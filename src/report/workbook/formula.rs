//! The formulas of Scores, one function a cell: the definitions of the model stage in the words of a spreadsheet.
//!
//! `W` are the scaled weights above the children's columns, `V` their values in the unit's row. Missing is empty text.

use rust_xlsxwriter::utility::{cell_range_absolute, row_col_to_cell_absolute};

use super::computed::Line;
use super::layout::{FIRST, Layout, Mean, WEIGHTS, column, helper, in_row, row_range};
use crate::model::{Model, Node};

/// Formulas of the units' rows.
#[derive(Debug, Clone, Copy)]
pub struct Formulas<'a> {
    pub layout: &'a Layout,
    pub model: &'a Model,
}

impl Formulas<'_> {
    fn node(&self, node: usize) -> &Node {
        &self.model.tree.nodes()[node]
    }

    /// An indicator on the common scale.
    pub fn indicator(&self, row: u32, node: usize, used: u16, line: Line) -> String {
        let (cell, name) = (in_row(row, used), &self.layout.names[node]);
        let share = format!("({cell}-low_{name})/(high_{name}-low_{name})");
        let share = match line.cut {
            [true, true] => format!("MAX(0,MIN(1,{share}))"),
            [true, false] => format!("MAX(0,{share})"),
            [false, true] => format!("MIN(1,{share})"),
            [false, false] => share,
        };
        let [bottom, top] = line.range;
        let scaled = match (bottom, top - bottom) {
            (0.0, 1.0) => share,
            (0.0, span) => format!("{span}*{share}"),
            (bottom, span) => format!("{bottom}+{span}*{share}"),
        };
        format!("=IF(OR({cell}=\"\",low_{name}=high_{name}),\"\",{scaled})")
    }

    /// A child's value as its parent's mean takes it.
    pub fn taken(&self, row: u32, child: usize, mean: Mean) -> String {
        let weight = row_col_to_cell_absolute(WEIGHTS, self.layout.nodes[child]);
        let value = in_row(row, self.layout.nodes[child]);
        let [bottom, top] = self.model.settings.normalise.range;
        let taken = match mean {
            Mean::Arithmetic => value.clone(),
            Mean::Geometric => format!("IF({value}<0,NA(),IF({value}=0,0,LN({value})))"),
            Mean::Power(power) => format!("IF({value}<0,NA(),IF({value}=0,0,{value}^({power})))"),
            Mean::InvertedGeometric => format!("LN(({top}-({value}))/({top}-({bottom}))*9+1)"),
        };
        format!("=IF(AND(ISNUMBER({value}),{weight}>0),{taken},\"\")")
    }

    /// A node from its children.
    pub fn mean(&self, row: u32, node: usize, mean: Mean) -> String {
        let children = &self.node(node).children;
        let columns: Vec<u16> = children.iter().map(|child| self.layout.nodes[*child]).collect();
        let (Some(&from), Some(&to)) = (columns.first(), columns.last()) else { return "=\"\"".to_owned() };
        let weights = row_range(WEIGHTS, from, to, true);
        let values = row_range(row, from, to, false);
        let needed = format!("needed_{}", self.layout.names[node]);
        if mean == Mean::Arithmetic {
            let there = format!("SUMPRODUCT(({weights}>0)*ISNUMBER({values}))");
            let average = format!("SUMPRODUCT({weights},{values})/SUMPRODUCT({weights}*ISNUMBER({values}))");
            return format!("=IF({there}>={needed},{average},\"\")");
        }
        let taken = |child: Option<&usize>| child.and_then(|child| self.layout.taken.get(child)).copied().unwrap_or(0);
        let taken = row_range(row, taken(children.first()), taken(children.last()), false);
        let average = format!("SUMPRODUCT({weights},{taken})/SUMPRODUCT({weights}*ISNUMBER({taken}))");
        let zero = format!("SUMPRODUCT(({weights}>0)*ISNUMBER({values})*({values}=0))>0");
        let [bottom, top] = self.model.settings.normalise.range;
        let joined = match mean {
            Mean::Arithmetic => average,
            Mean::Geometric => format!("IF({zero},0,EXP({average}))"),
            Mean::Power(power) if power < 0.0 => format!("IF({zero},0,({average})^(1/({power})))"),
            Mean::Power(power) => format!("({average})^(1/({power}))"),
            Mean::InvertedGeometric => format!("{bottom}+(10-EXP({average}))/9*({top}-({bottom}))"),
        };
        format!("=IF(COUNT({taken})>={needed},{joined},\"\")")
    }

    /// The share of the weight in the score that stands on values of their own.
    pub fn coverage(&self, row: u32) -> String {
        let observed = &self.layout.observed;
        let (Some(&from), Some(&to)) = (observed.first(), observed.last()) else { return "=0".to_owned() };
        let weights = row_range(WEIGHTS, from, to, true);
        format!("=MIN(1,SUMPRODUCT({weights}*ISNUMBER({})))", row_range(row, from, to, false))
    }

    /// The score, where coverage suffices for a rank.
    pub fn ranked_score(&self, row: u32) -> String {
        let (score, coverage) = (in_row(row, column::SCORE), in_row(row, self.layout.facts + 2));
        format!("=IF(AND(ISNUMBER({score}),{coverage}>=ranking_min_coverage-1E-9),{score},\"\")")
    }

    /// The rank among the units of the period, ties lowest; scores closer than 1e-10 tie, as in the model.
    pub fn rank(&self, row: u32) -> String {
        let own = in_row(row, self.layout.helpers + helper::RANKED);
        let all = |column: u16| cell_range_absolute(FIRST, column, self.layout.last, column);
        let (periods, scores) = (all(column::PERIOD), all(self.layout.helpers + helper::RANKED));
        let period = in_row(row, column::PERIOD);
        let above = format!("\">\"&({own}+1E-10*MAX(1,ABS({own})))");
        format!("=IF({own}=\"\",\"\",1+COUNTIFS({periods},{period},{scores},{above}))")
    }
}

/// The mean of a column of Scores over the units of a sector and period, by their weights.
pub fn sector_mean(layout: &Layout, sector: &str, period: &str, column: u16) -> String {
    let (sectors, periods) = (layout.units(column::SECTOR), layout.units(column::PERIOD));
    let (weights, values) = (layout.units(layout.helpers + helper::WEIGHT), layout.units(column));
    let weight = format!("({sectors}={sector})*({periods}={period})*{weights}");
    let total = format!("SUMPRODUCT({weight}*ISNUMBER({values}))");
    format!("=IF({total}>0,SUMPRODUCT({weight},{values})/{total},\"\")")
}

/// Text as a formula writes it: a text in a formula has at most 255 characters.
pub fn quoted(text: &str) -> String {
    let kept: String = text.chars().take(250).collect();
    format!("\"{}\"", kept.replace('"', "\"\""))
}
