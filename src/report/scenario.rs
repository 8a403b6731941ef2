//! The files of `goulet scenario`. All digits are written; an empty cell is unknown.

use super::cells;
use super::outbox::Outbox;
use crate::error::Result;
use crate::scenario::exposed::Exposed;
use crate::scenario::lost::Struck;
use crate::scenario::scores::Moved;
use crate::scenario::{Scenario, SectorLoss, assumptions};

/// Columns of `supply_lost.csv`.
const SUPPLY: [&str; 16] = [
    "input",
    "stage",
    "country",
    "share",
    "fraction",
    "lost",
    "lost_high",
    "recycling_rate",
    "after_recycling",
    "substitution_index",
    "after_substitution",
    "kind",
    "reference_year",
    "complete",
    "source",
    "note",
];

/// Columns of `sector_losses.csv`.
const SECTORS: [&str; 11] = [
    "sector",
    "step",
    "path",
    "loss",
    "loss_low",
    "loss_high",
    "after_mitigation_low",
    "after_mitigation_high",
    "paths",
    "known_weight",
    "unknown_inputs",
];

/// Columns of `scores_after.csv`.
const SCORES: [&str; 9] = [
    "sector",
    "country",
    "period",
    "risk_before",
    "risk_after",
    "rank_before",
    "rank_after",
    "export_restrictions_before",
    "export_restrictions_after",
];

/// Writes every file; `scores` where the scores of a run were wanted.
///
/// # Errors
/// When a file cannot be written.
pub fn write(outbox: &mut Outbox, scenario: &Scenario, scores: Option<&[Moved]>) -> Result<()> {
    outbox.csv("supply_lost.csv", &SUPPLY, scenario.struck.iter().map(struck_cells))?;
    outbox.csv("sector_losses.csv", &SECTORS, scenario.sectors.iter().map(sector_cells))?;
    write_chains(outbox, scenario)?;
    let header = ["country", "input", "stage", "exposure", "exposure_low", "exposure_high", "documents", "basis"];
    outbox.csv("exposed_countries.csv", &header, scenario.exposed.iter().map(exposed_cells))?;
    if let Some(scores) = scores {
        outbox.csv("scores_after.csv", &SCORES, scores.iter().map(moved_cells))?;
    }
    let rows = scenario.unknown.iter().map(|unknown| {
        let texts = [&unknown.from, &unknown.to, &unknown.reason, &unknown.place].map(|cell| cells::text(cell));
        [vec![unknown.kind.to_owned()], texts.to_vec()].concat()
    });
    outbox.csv("unknown.csv", &["kind", "from", "to", "reason", "place"], rows)?;
    outbox.text("assumptions.txt", assumptions::text(scenario))
}

fn write_chains(outbox: &mut Outbox, scenario: &Scenario) -> Result<()> {
    let ways = scenario.sectors.iter().flat_map(|sector| sector.ways.iter().map(move |way| (sector.sector, way)));
    let rows = ways.map(|(sector, way)| {
        let numbers = [way.adds.low.to_string(), way.adds.high.to_string(), way.unknown.to_string()];
        [vec![sector.to_string(), way.steps().to_string(), way.text()], numbers.to_vec()].concat()
    });
    let header = ["sector", "step", "path", "adds_low", "adds_high", "unknown_dependences"];
    outbox.csv("chains.csv", &header, rows)
}

fn struck_cells(one: &Struck) -> Vec<String> {
    let lost = one.lost();
    let parameters = one.parameters;
    let set = one.set.as_deref();
    vec![
        one.of.input.to_string(),
        cells::text(&one.of.stage),
        one.country.to_string(),
        cells::optional(one.is_known.then_some(one.share.low)),
        one.fraction.to_string(),
        cells::optional(lost.known()),
        lost.high.to_string(),
        cells::optional(parameters.recycling_rate),
        cells::optional(parameters.after_recycling(lost).known()),
        cells::optional(parameters.substitution_index),
        cells::optional(parameters.after_substitution(lost).known()),
        set.map(|set| set.kind.as_str().to_owned()).unwrap_or_default(),
        cells::optional(set.map(|set| set.reference_year)),
        cells::optional(set.map(|set| set.complete)),
        set.map(|set| cells::text(&format!("{}, {}; {}", set.publisher, set.title, set.url))).unwrap_or_default(),
        cells::text(&one.unknown_share().unwrap_or_default()),
    ]
}

fn sector_cells(sector: &SectorLoss) -> Vec<String> {
    let unknown: Vec<String> = sector.unknown.iter().map(ToString::to_string).collect();
    vec![
        sector.sector.to_string(),
        sector.step.to_string(),
        sector.ways.first().map(|way| way.text()).unwrap_or_default(),
        cells::optional(sector.lost.known()),
        sector.lost.low.to_string(),
        sector.lost.high.to_string(),
        sector.after_mitigation.low.to_string(),
        sector.after_mitigation.high.to_string(),
        sector.ways.len().to_string(),
        cells::optional(sector.known_weight),
        unknown.join("; "),
    ]
}

fn exposed_cells(row: &Exposed) -> Vec<String> {
    vec![
        row.country.to_string(),
        row.of.input.to_string(),
        cells::text(&row.of.stage),
        cells::optional(row.exposure.and_then(|exposure| exposure.known())),
        cells::optional(row.exposure.map(|exposure| exposure.low)),
        cells::optional(row.exposure.map(|exposure| exposure.high)),
        cells::optional(row.documents),
        row.basis.clone(),
    ]
}

fn moved_cells(moved: &Moved) -> Vec<String> {
    let (period, sector, country) = moved.unit;
    let before = moved.restrictions.and_then(|(before, _)| before);
    vec![
        sector.to_string(),
        country.to_string(),
        period.to_string(),
        cells::optional(moved.before.risk),
        cells::optional(moved.after.risk),
        cells::optional(moved.before.rank),
        cells::optional(moved.after.rank),
        cells::optional(before),
        cells::optional(moved.restrictions.map(|(_, after)| after)),
    ]
}
