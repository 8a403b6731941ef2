//! The indicators behind the scores: values, intervals and what each rests on, as columns.
//!
//! Provenance repeats over many units (no document of the sector names them), so that it is kept once and named by number.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::units::{Units, compact};
use crate::codes::IndicatorId;
use crate::error::Result;
use crate::indicators::{Basis, IndicatorRow};
use crate::report::findings::Findings;

/// The rows of one indicator, one cell a unit that has it.
#[derive(Default)]
struct Columns {
    unit: Vec<usize>,
    value: Vec<Value>,
    low: Vec<Value>,
    high: Vec<Value>,
    documents: Vec<Option<u32>>,
    provenance: Vec<usize>,
    is_text: bool,
}

/// Texts, each kept once, in the order in which they first came.
#[derive(Default)]
pub struct Texts {
    numbers: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Texts {
    /// The number of a text.
    pub fn number(&mut self, text: String) -> usize {
        let next = self.texts.len();
        *self.numbers.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }

    /// All of them.
    pub fn into_texts(self) -> Vec<String> {
        self.texts
    }
}

/// Every row of `indicators.csv` whose unit is shown.
///
/// # Errors
/// When the table is not of this version.
pub fn facts(findings: &Findings<'_>, units: &Units<'_>) -> Result<Value> {
    let mut by_indicator: BTreeMap<IndicatorId, Columns> = BTreeMap::new();
    let mut provenance = Texts::default();
    for row in findings.indicators.rows()? {
        let Some(unit) = units.number(row.period, row.sector, row.country) else { continue };
        by_indicator.entry(row.indicator).or_default().push(unit, row, &mut provenance);
    }
    let indicators: Vec<Value> = by_indicator
        .into_iter()
        .map(|(code, columns)| {
            json!({
                "code": code.as_str(),
                "basis": if columns.is_text { "text" } else { "structural" },
                "unit": columns.unit,
                "value": columns.value,
                "low": columns.low,
                "high": columns.high,
                "documents": columns.documents,
                "provenance": columns.provenance,
            })
        })
        .collect();
    Ok(json!({ "provenance": provenance.into_texts(), "indicators": indicators }))
}

impl Columns {
    fn push(&mut self, unit: usize, row: IndicatorRow, provenance: &mut Texts) {
        self.unit.push(unit);
        self.value.push(compact(row.value));
        self.low.push(compact(row.low));
        self.high.push(compact(row.high));
        self.documents.push(row.documents);
        self.is_text = row.basis == Basis::Text;
        self.provenance.push(provenance.number(row.provenance));
    }
}
