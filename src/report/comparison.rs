//! Sectors side by side: `comparison.csv`, one row a measure, one column a sector.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cells::{self, number, optional};
use super::outbox::csv_bytes;
use super::tables::{ScoreRow, SectorRow, read, stream};
use crate::codes::{Channel, CountryCode, Period, SectorId, Status};
use crate::error::{Error, ErrorKind, Result};

/// The report tables a comparison reads.
#[derive(Debug)]
pub struct Reports {
    scores: Vec<ScoreRow>,
    sectors: Vec<SectorRow>,
    mentions: Mentions,
}

/// Where the mentions are counted.
#[derive(Debug)]
enum Mentions {
    /// In `mentions.csv`, read row by row: it can be larger than memory.
    File(PathBuf),
    /// They were, as they were found.
    Counted(Counted),
}

/// Mentions counted by period and sector.
pub type Counted = BTreeMap<(Period, SectorId), MentionTally>;

/// One measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRow {
    /// What is measured, with its unit.
    pub label: String,
    /// One cell a sector; empty where unknown.
    pub cells: Vec<String>,
}

/// The comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The sectors, in the order asked for.
    pub sectors: Vec<SectorId>,
    /// The period compared.
    pub period: String,
    /// The measures.
    pub rows: Vec<MeasureRow>,
}

impl Reports {
    /// Reports at hand.
    pub fn new(scores: Vec<ScoreRow>, sectors: Vec<SectorRow>, mentions: Counted) -> Self {
        Self { scores, sectors, mentions: Mentions::Counted(mentions) }
    }

    /// Reads a folder that `goulet run` wrote.
    ///
    /// # Errors
    /// When a table is missing or not of this version.
    pub fn read(folder: &Path) -> Result<Self> {
        Ok(Self {
            scores: read(&folder.join("scores.csv"))?,
            sectors: read(&folder.join("sectors.csv"))?,
            mentions: Mentions::File(folder.join("mentions.csv")),
        })
    }
}

/// Compares `sectors` in `period` (`latest`: the last one there is; `all` where time is not cut).
///
/// # Errors
/// When a sector or the period is not in the reports: the message lists what is.
pub fn compare(reports: &Reports, sectors: &[SectorId], period: &str) -> Result<Comparison> {
    let periods: BTreeSet<&str> = reports.sectors.iter().map(|row| row.period.as_str()).collect();
    let period = match period {
        "latest" => periods.iter().rfind(|p| **p != "all").or(periods.first()).copied().unwrap_or("all"),
        named => named,
    };
    let known: BTreeMap<SectorId, &SectorRow> =
        reports.sectors.iter().filter(|row| row.period == period).map(|row| (row.sector, row)).collect();
    if known.is_empty() {
        let all: Vec<_> = periods.into_iter().collect();
        return Err(Error::new(ErrorKind::Usage, format!("no period `{period}` in the reports"))
            .hint(format!("periods there: {}", all.join(" "))));
    }
    let missing: Vec<_> = sectors.iter().filter(|sector| !known.contains_key(sector)).map(SectorId::as_str).collect();
    if !missing.is_empty() {
        let all: Vec<_> = known.keys().map(SectorId::as_str).collect();
        return Err(Error::new(ErrorKind::Usage, format!("no sector `{}` in the reports", missing.join("`, `")))
            .hint(format!("sectors there: {}", all.join(" "))));
    }
    let mut tallies = match &reports.mentions {
        Mentions::File(path) => tallies(path, period)?,
        Mentions::Counted(counted) => {
            let of_period = counted.iter().filter(|((of, _), _)| of.to_string() == period);
            of_period.map(|((_, sector), tally)| (*sector, tally.clone())).collect()
        }
    };
    let views: Vec<_> = sectors
        .iter()
        .map(|sector| View::new(reports, known[sector], period, tallies.remove(sector).unwrap_or_default()))
        .collect();
    let rows = MEASURES
        .iter()
        .map(|(label, cell)| MeasureRow { label: (*label).to_owned(), cells: views.iter().map(cell).collect() })
        .collect();
    Ok(Comparison { sectors: sectors.to_vec(), period: period.to_owned(), rows })
}

/// What the reports say of one sector in one period.
struct View<'a> {
    row: &'a SectorRow,
    /// Units of the sector, the riskiest ranked one first.
    units: Vec<&'a ScoreRow>,
    tally: MentionTally,
}

/// What of a mention is counted.
#[derive(Debug, Deserialize)]
struct MentionFact {
    date: String,
    channel: Channel,
    sector: SectorId,
    origin: Option<CountryCode>,
    target: Option<CountryCode>,
    status: Status,
}

/// Mentions of one sector, counted.
#[derive(Debug, Clone, Default)]
pub struct MentionTally {
    all: usize,
    eased: usize,
    channels: BTreeMap<Channel, usize>,
    origins: BTreeMap<CountryCode, usize>,
    targets: BTreeMap<CountryCode, usize>,
}

impl MentionTally {
    /// Counts a mention: what it states, and by and against whom.
    pub fn add(&mut self, channel: Channel, status: Status, [origin, target]: [Option<CountryCode>; 2]) {
        self.all += 1;
        self.eased += usize::from(status == Status::Eased);
        *self.channels.entry(channel).or_default() += 1;
        for (counts, country) in [(&mut self.origins, origin), (&mut self.targets, target)] {
            if let Some(country) = country {
                *counts.entry(country).or_default() += 1;
            }
        }
    }
}

fn tallies(mentions: &Path, period: &str) -> Result<BTreeMap<SectorId, MentionTally>> {
    let mut tallies: BTreeMap<SectorId, MentionTally> = BTreeMap::new();
    stream(mentions, |fact: MentionFact| {
        if period != "all" && !falls_in(&fact.date, period) {
            return;
        }
        let tally = tallies.entry(fact.sector).or_default();
        tally.add(fact.channel, fact.status, [fact.origin, fact.target]);
    })?;
    Ok(tallies)
}

type Cell = fn(&View<'_>) -> String;

/// The measures and how each is read.
const MEASURES: &[(&str, Cell)] = &[
    ("risk (0-100)", |v| number(v.row.risk)),
    ("export controls (0-100)", |v| number(v.row.export_controls)),
    ("concentration (0-100)", |v| number(v.row.concentration)),
    ("coercion (0-100)", |v| number(v.row.coercion)),
    ("mitigation (0-100)", |v| number(v.row.mitigation)),
    ("HHI of inputs (0-1)", |v| number(v.row.hhi)),
    ("top supplier", |v| optional(v.row.top_country)),
    ("top supplier's share (0-1)", |v| number(v.row.top_share)),
    ("riskiest country", |v| v.riskiest(|unit| unit.country.to_string())),
    ("its risk (0-100)", |v| v.riskiest(|unit| number(unit.risk))),
    ("its rank, 5-95 %", |v| v.riskiest(|unit| format!("{} to {}", optional(unit.rank_low), optional(unit.rank_high)))),
    ("second country", |v| v.units.get(1).map(|unit| unit.country.to_string()).unwrap_or_default()),
    ("countries scored", |v| v.units.len().to_string()),
    ("countries ranked", |v| v.units.iter().filter(|unit| unit.rank.is_some()).count().to_string()),
    ("documents", |v| v.row.documents.to_string()),
    ("mentions", |v| v.tally.all.to_string()),
    ("mentions of export controls", |v| v.count(Channel::ExportControls).to_string()),
    ("mentions of concentration", |v| v.count(Channel::Concentration).to_string()),
    ("mentions of coercion", |v| v.count(Channel::Coercion).to_string()),
    ("mentions of mitigation", |v| v.count(Channel::Mitigation).to_string()),
    ("easings", |v| v.tally.eased.to_string()),
    ("main origin of mentions", |v| most_named(&v.tally.origins)),
    ("main target of mentions", |v| most_named(&v.tally.targets)),
];

impl<'a> View<'a> {
    fn new(reports: &'a Reports, row: &'a SectorRow, period: &str, tally: MentionTally) -> Self {
        let mut units: Vec<_> = reports
            .scores
            .iter()
            .filter(|unit| unit.sector == row.sector && unit.period == period && unit.risk.is_some())
            .collect();
        units.sort_by(|a, b| {
            (b.rank.is_some(), b.risk.unwrap_or(0.0), a.country)
                .partial_cmp(&(a.rank.is_some(), a.risk.unwrap_or(0.0), b.country))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        Self { row, units, tally }
    }

    fn riskiest(&self, cell: impl Fn(&ScoreRow) -> String) -> String {
        self.units.first().map(|unit| cell(unit)).unwrap_or_default()
    }

    fn count(&self, channel: Channel) -> usize {
        self.tally.channels.get(&channel).copied().unwrap_or(0)
    }
}

/// The most frequent country, the first code among equals, with its count.
fn most_named(counts: &BTreeMap<CountryCode, usize>) -> String {
    let most = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
    most.map(|(country, count)| format!("{country} ({count})")).unwrap_or_default()
}

/// Whether an ISO date falls in a period as written in files.
pub fn falls_in(date: &str, period: &str) -> bool {
    let (Some(year), month) = (date.get(..4), date.get(5..7).and_then(|month| month.parse::<u32>().ok())) else {
        return false;
    };
    match period.split_once('-') {
        None => period == "all" || year == period,
        Some((of_year, part)) => {
            let same = match part.strip_prefix('Q') {
                Some(quarter) => month.map(|m| m.div_ceil(3).to_string()).as_deref() == Some(quarter),
                None => month == part.parse().ok(),
            };
            year == of_year && same
        }
    }
}

impl Comparison {
    /// As `comparison.csv`.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let header = std::iter::once("measure").chain(self.sectors.iter().map(SectorId::as_str));
        csv_bytes(header, self.rows.iter().map(|row| std::iter::once(&row.label).chain(&row.cells)))
    }

    /// As JSON: measure → sector → value.
    pub fn json(&self) -> Value {
        let mut measures = Map::new();
        for row in &self.rows {
            let cells =
                self.sectors.iter().zip(&row.cells).map(|(sector, cell)| (sector.to_string(), cells::as_json(cell)));
            measures.insert(row.label.clone(), Value::Object(cells.collect()));
        }
        json!({ "period": self.period, "measures": measures })
    }
}

#[cfg(test)]
mod tests {
    use super::falls_in;

    #[test]
    fn dates_fall_in_periods() {
        assert!(falls_in("2024-09-30", "2024-Q3"));
        assert!(falls_in("2024-09-30", "2024-09"));
        assert!(falls_in("2024-09-30", "2024"));
        assert!(!falls_in("2024-10-01", "2024-Q3"));
        assert!(!falls_in("", "2024"));
    }
}
