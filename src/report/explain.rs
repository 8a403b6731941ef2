//! One score taken apart: what every indicator, weight and data row adds, and the sentences behind the text.
//!
//! Everything is read from the reports: the model from `datapackage.json`, the values from `indicators.csv`, the sentences from
//! `mentions.csv`. The contributions add up to the score in `scores.csv`.

use std::path::Path;

use serde_json::{Value, json};

use super::cells::number;
use super::tables::{MentionRow, ScoreRow, read, stream};
use crate::codes::{CountryCode, SectorId};
use crate::error::{Error, ErrorKind, Result};
use crate::indicators::{IndicatorRow, IndicatorTable};
use crate::model::{self, Model, Part};
use crate::pipeline::score::{Unit, model_input};

/// Sentences kept for an explanation.
const MOST_SENTENCES: usize = 40;

/// An explanation of one unit.
#[derive(Debug)]
pub struct Explanation {
    /// The row of `scores.csv`.
    pub score: ScoreRow,
    /// The tree, root first, each node with its part of the score.
    pub parts: Vec<Part>,
    /// All rows of `indicators.csv` for the unit.
    pub indicators: Vec<IndicatorRow>,
    /// Mentions of the unit as origin, most telling first.
    pub mentions: Vec<MentionRow>,
    /// How many there are in all.
    pub mention_count: usize,
    /// Mentions of the country as target in the sector.
    pub as_target: usize,
}

/// Explains `sector` × `country` in `period` (`latest`: the last there is).
///
/// # Errors
/// When the reports are not there, or the unit is not in them: the message says what is.
pub fn explain(folder: &Path, sector: SectorId, country: CountryCode, period: &str) -> Result<Explanation> {
    let scores: Vec<ScoreRow> = read(&folder.join("scores.csv"))?;
    let score = find(&scores, sector, country, period)?;
    let model = model_of(&read_package(folder)?, folder)?;
    let mut table = IndicatorTable::read_csv(&folder.join("indicators.csv"))?;
    let unit = (score.period.parse()?, sector, country);
    let parts = parts(&table, model, unit)?;
    table.retain_unit(sector, country, unit.0)?;
    let indicators = table.rows()?;
    let mut mentions: Vec<MentionRow> = Vec::new();
    let (mut mention_count, mut as_target) = (0, 0);
    stream(&folder.join("mentions.csv"), |mention: MentionRow| {
        if mention.sector != sector
            || (score.period != "all" && !super::comparison::falls_in(&mention.date, &score.period))
        {
            return;
        }
        as_target += usize::from(mention.target == Some(country));
        if mention.origin == Some(country) {
            mention_count += 1;
            mentions.push(mention);
            if mentions.len() > 4 * MOST_SENTENCES {
                keep_most_telling(&mut mentions);
            }
        }
    })?;
    keep_most_telling(&mut mentions);
    Ok(Explanation { score, parts, indicators, mentions, mention_count, as_target })
}

/// The tree of a unit. The whole table is scored again: under a model of the user's, scales, gaps and outliers may depend on the others.
fn parts(table: &IndicatorTable, mut model: Model, unit: Unit) -> Result<Vec<Part>> {
    let moved = &mut model.settings.uncertainty;
    (moved.draws, moved.sobol, moved.leave_one_out) = (0, 0, false);
    let input = model_input(table, &model)?;
    let scored = model::score(&input.table, &model, None)?;
    let row = scored.rows.iter().position(|row| input.units[*row] == unit);
    Ok(row.map(|row| model::explain(&scored, &model, row)).unwrap_or_default())
}

/// Sorts by what a mention adds (weight × severity × certainty), then the newest, then by document.
fn keep_most_telling(mentions: &mut Vec<MentionRow>) {
    let force = |m: &MentionRow| m.weight * m.severity * m.certainty;
    mentions.sort_by(|a, b| {
        force(b).total_cmp(&force(a)).then_with(|| b.date.cmp(&a.date)).then_with(|| a.doc_id.cmp(&b.doc_id))
    });
    mentions.truncate(MOST_SENTENCES);
}

fn find(scores: &[ScoreRow], sector: SectorId, country: CountryCode, period: &str) -> Result<ScoreRow> {
    let unit = |row: &&ScoreRow| row.sector == sector && row.country == country;
    let found = match period {
        "latest" => scores.iter().rfind(unit),
        named => scores.iter().filter(unit).find(|row| row.period == named),
    };
    if let Some(row) = found {
        return Ok(row.clone());
    }
    let mut sectors: Vec<&str> =
        scores.iter().filter(|row| row.country == country).map(|row| row.sector.as_str()).collect();
    sectors.sort_unstable();
    sectors.dedup();
    let hint = if sectors.is_empty() {
        format!("{country} has no row in scores.csv; country codes are ISO 3166-1 alpha-3, or EUE")
    } else {
        format!("{country} is scored in: {}", sectors.join(" "))
    };
    Err(Error::new(ErrorKind::Usage, format!("no unit {sector} {country} ({period}) in the reports")).hint(hint))
}

/// `datapackage.json` of a folder of reports.
///
/// # Errors
/// When there is none, or it is no JSON.
pub fn read_package(folder: &Path) -> Result<Value> {
    let path = folder.join("datapackage.json");
    let text = fs_err::read_to_string(&path)
        .map_err(|cause| Error::io(&path, cause).hint("make the reports first with `goulet run`"))?;
    serde_json::from_str(&text)
        .map_err(|cause| Error::new(ErrorKind::Format, cause.to_string()).at_line(&path, cause.line() as u64))
}

/// The model that made the reports of a folder, by their package.
///
/// # Errors
/// When the package holds none, or one that this version does not understand.
pub fn model_of(package: &Value, folder: &Path) -> Result<Model> {
    let path = folder.join("datapackage.json");
    let model = &package["goulet"]["model"];
    let missing = || Error::new(ErrorKind::Format, "no model in it").at_file(&path).hint("run `goulet run` again");
    let text = model["text"].as_str().ok_or_else(missing)?;
    Model::from_toml(text, Path::new(model["file"].as_str().unwrap_or("model.toml")))
}

impl Explanation {
    /// Sum of all contributions: the score.
    pub fn total(&self) -> f64 {
        self.parts.iter().filter(|part| part.is_indicator).filter_map(|part| part.contribution).sum::<f64>()
            + self.parts.iter().map(|part| part.combination_effect).sum::<f64>()
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let value = |value: Option<f64>| value.map_or(Value::Null, |value| json!(number(value).parse::<f64>().ok()));
        json!({
            "sector": self.score.sector, "country": self.score.country, "period": self.score.period,
            "risk": value(self.score.risk), "rank": self.score.rank, "rank_low": self.score.rank_low,
            "rank_high": self.score.rank_high, "coverage": self.score.coverage, "status": self.score.status,
            "parts": self.parts.iter().map(|part| json!({
                "code": part.code, "parent": part.parent, "indicator": part.is_indicator,
                "raw": value(part.raw), "value": value(part.value), "nominal_weight": part.nominal_weight,
                "effective_weight": value(Some(part.effective_weight)), "contribution": value(part.contribution),
                "combination_effect": value(Some(part.combination_effect)),
            })).collect::<Vec<_>>(),
            "indicators": self.indicators.iter().map(|row| json!({
                "indicator": row.indicator.as_str(), "value": value(row.value), "low": value(row.low), "high": value(row.high),
                "documents": row.documents, "provenance": row.provenance,
            })).collect::<Vec<_>>(),
            "mention_count": self.mention_count,
            "mentions_as_target": self.as_target,
            "mentions": self.mentions.iter().map(|m| json!({
                "doc_id": m.doc_id, "date": m.date, "publisher": m.publisher, "channel": m.channel,
                "material": m.material, "origin": m.origin, "target": m.target, "status": m.status,
                "severity": m.severity, "certainty": m.certainty, "weight": m.weight, "lexeme": m.lexeme, "evidence": m.evidence,
            })).collect::<Vec<_>>(),
        })
    }
}
