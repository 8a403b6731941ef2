//! The files of `goulet production`: shares in the columns of `data/structural/shares.csv`, the concentration of every
//! set, and every figure as it was read.
//!
//! Numbers have all their digits; a missing value is an empty cell.

use super::cells;
use super::outbox::csv_bytes;
use crate::codes::CountryCode;
use crate::error::Result;
use crate::structural::usgs::{Production, Publication, Quantity, UsgsTable};

/// Columns of the shares: those of `data/structural/shares.csv`.
pub const SHARES: [&str; 13] = [
    "input",
    "stage",
    "country",
    "share",
    "kind",
    "reference_year",
    "preferred",
    "complete",
    "basis",
    "publisher",
    "title",
    "url",
    "note",
];

/// Columns of the concentration.
pub const CONCENTRATION: [&str; 18] = [
    "input",
    "stage",
    "year",
    "hhi",
    "lower_bound",
    "band",
    "top_country",
    "top_share",
    "countries",
    "other_share",
    "complete",
    "listed",
    "unit",
    "world_total",
    "coverage",
    "withheld",
    "not_available",
    "tables",
];

/// Columns of the figures.
pub const FIGURES: [&str; 12] =
    ["input", "stage", "country", "year", "value", "unit", "kind", "estimated", "share", "commodity", "detail", "line"];

/// The shares of every set, greatest first, `OTHER` last.
pub fn shares(sets: &[Production], publication: &Publication) -> Result<Vec<u8>> {
    let rows = sets.iter().flat_map(|set| {
        let named = set.ranked().into_iter().map(|(code, producer)| (code.to_string(), producer));
        let all = named.chain(set.other.map(|other| ("OTHER".to_owned(), other)));
        let (listed, remark) = (set.listed(), remark(set));
        all.map(move |(country, producer)| {
            let own = [
                producer.is_estimated.then_some("estimated"),
                producer.is_at_least.then_some("at least this much"),
                Some(remark.as_str()),
            ];
            [
                set.of.input.to_string(),
                set.of.stage.clone(),
                country,
                (producer.value / listed).to_string(),
                "production".to_owned(),
                set.year.to_string(),
                "true".to_owned(),
                set.is_complete().to_string(),
                "primary".to_owned(),
                "USGS".to_owned(),
                cells::text(&publication.title),
                cells::text(&publication.url),
                own.into_iter().flatten().collect::<Vec<_>>().join("; "),
            ]
        })
    });
    csv_bytes(SHARES, rows)
}

/// What is to be known of all shares of a set.
fn remark(set: &Production) -> String {
    let mut remarks = vec!["computed from tonnages; denominator = sum of listed rows".to_owned()];
    for (what, countries) in [("withheld", &set.withheld), ("not available", &set.unavailable)] {
        if !countries.is_empty() {
            remarks.push(format!("{what}: {}", listing(countries.iter())));
        }
    }
    if let Some(coverage) = set.coverage().filter(|_| set.differs_from_world()) {
        remarks.push(format!("listed rows are {:.1} % of the published world total", 100.0 * coverage));
    }
    remarks.join("; ")
}

fn listing<'a>(countries: impl Iterator<Item = &'a CountryCode>) -> String {
    countries.map(CountryCode::as_str).collect::<Vec<_>>().join(", ")
}

/// How concentrated each set is.
pub fn concentration(sets: &[Production]) -> Result<Vec<u8>> {
    let rows = sets.iter().map(|set| {
        let top = set.ranked().into_iter().next().map(|(code, _)| code);
        [
            set.of.input.to_string(),
            set.of.stage.clone(),
            set.year.to_string(),
            set.hhi().to_string(),
            set.is_lower_bound().to_string(),
            set.band().to_string(),
            cells::optional(top),
            cells::optional(top.and_then(|code| set.share(code))),
            set.countries.len().to_string(),
            set.other_share().to_string(),
            set.is_complete().to_string(),
            set.listed().to_string(),
            cells::text(&set.unit),
            cells::optional(set.world),
            cells::optional(set.coverage()),
            listing(set.withheld.iter()),
            listing(set.unavailable.iter()),
            cells::text(&set.tables.iter().cloned().collect::<Vec<_>>().join("; ")),
        ]
    });
    csv_bytes(CONCENTRATION, rows)
}

/// Every figure of the sets' years as it was read, with its share where it enters one.
pub fn figures(table: &UsgsTable, sets: &[Production]) -> Result<Vec<u8>> {
    let of_sets = table
        .figures
        .iter()
        .filter_map(|figure| Some((figure, sets.iter().find(|set| set.of == figure.of && set.year == figure.year)?)));
    let rows = of_sets.map(|(figure, set)| {
        let value = match figure.quantity {
            Quantity::Number(value) | Quantity::AtLeast(value) | Quantity::Below(value) => value.to_string(),
            Quantity::Range(low, high) => format!("{low} - {high}"),
            _ => String::new(),
        };
        let is_total = figure.place == crate::structural::usgs::Place::World;
        let share = figure.quantity.counted().filter(|_| !is_total).map(|value| value / set.listed());
        [
            figure.of.input.to_string(),
            figure.of.stage.clone(),
            figure.place.as_str().to_owned(),
            figure.year.to_string(),
            value,
            cells::text(&figure.unit),
            figure.quantity.as_str().to_owned(),
            figure.is_estimated.to_string(),
            cells::optional(share),
            cells::text(&figure.commodity),
            cells::text(&figure.detail),
            figure.line.to_string(),
        ]
    });
    csv_bytes(FIGURES, rows)
}
