//! The layouts of releases → one [`Entry`] a figure.
//!
//! | release | layout | columns that are read |
//! |---|---|---|
//! | 2026 | long: a row a figure, all commodities | Section, Commodity, Country, Statistics, Statistics_detail, Unit, Year, Value, Notes |
//! | 2025 | wide: a row a country, all commodities | SOURCE, COMMODITY, COUNTRY, TYPE, UNIT_MEAS, PROD_2023, PROD_EST_ 2024 |
//! | 2022–2024 | wide, a file a commodity, which the file's name abbreviates | Source, Country, Type, Prod_t_2021, Prod_t_est_2022 (kt, kg … for other units) |
//!
//! Columns are found by name, without regard to capitals, blanks and underscores, in any order; others are not read. Of a long file
//! the rows of production in sections on the world are read: the same file holds reserves, capacities and statistics of
//! the United States.

use std::path::Path;

use csv::StringRecord;

use super::names::Names;
use crate::error::{Error, ErrorKind, Result};

/// A figure as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub line: u64,
    pub commodity: String,
    pub country: String,
    pub detail: String,
    pub unit: String,
    pub year: i16,
    /// The cell, never empty.
    pub value: String,
    /// Whether the row or its column is marked as estimated.
    pub is_estimated: bool,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub entries: Vec<Entry>,
    /// The release, where the file names it.
    pub release: Option<i16>,
    /// Rows that could not be read.
    pub faults: Vec<Error>,
}

/// Columns of production, a year each.
#[derive(Debug, PartialEq, Eq)]
struct ProductionColumn {
    index: usize,
    year: i16,
    unit: Option<&'static str>,
    is_estimated: bool,
}

enum Layout {
    Long {
        section: Option<usize>,
        commodity: usize,
        country: usize,
        statistics: usize,
        detail: usize,
        unit: usize,
        year: usize,
        value: usize,
        notes: Option<usize>,
    },
    Wide {
        source: Option<usize>,
        commodity: Option<usize>,
        country: usize,
        detail: usize,
        unit: Option<usize>,
        production: Vec<ProductionColumn>,
    },
}

/// Reads the rows of a file.
///
/// # Errors
/// When the file is empty or its header is of no layout. Faults of single rows are in the contents.
pub(super) fn read(text: &str, file: &Path, names: &Names) -> Result<Contents> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: char| first.matches(mark).count();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(char::from(*mark)), *mark == b','));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(header) => header.map_err(|cause| Error::new(ErrorKind::Format, cause.to_string()).at_line(file, 1))?,
        None => {
            let fault = Error::new(ErrorKind::Format, "the file is empty").at_file(file);
            return Err(fault.hint("download the world data of the release again"));
        }
    };
    let layout = layout(&header, file)?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut contents = Contents::default();
    let of_file = match &layout {
        Layout::Wide { commodity: None, .. } => {
            Some(names.commodity_of_file(&stem).ok_or_else(|| unnamed_commodity(file))?)
        }
        _ => None,
    };
    for record in records {
        let record = record.map_err(|cause| Error::new(ErrorKind::Format, cause.to_string()).at_file(file))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != header.len() {
            let message = format!("{} cells where the header has {}", record.len(), header.len());
            let hint = "the row is cut off or misses a quotation mark: download the file again";
            contents.faults.push(Error::new(ErrorKind::Format, message).at_line(file, line).hint(hint));
            continue;
        }
        if let Err(fault) = layout.entries(&record, line, of_file.as_deref(), &mut contents) {
            contents.faults.push(fault.at_line(file, line));
        }
    }
    contents.release = contents.release.or_else(|| release_of(&stem));
    Ok(contents)
}

fn unnamed_commodity(file: &Path) -> Error {
    Error::new(ErrorKind::Format, "neither a column COMMODITY nor the file's name says of which commodity this is")
        .at_file(file)
        .hint("name the file as it was published, such as mcs2023-lithi_world.csv, or add a column COMMODITY")
}

/// A column's name as it is compared.
fn key(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '_', '\u{feff}'], "")
}

fn layout(header: &StringRecord, file: &Path) -> Result<Layout> {
    let keys: Vec<String> = header.iter().map(key).collect();
    let find = |name: &str| keys.iter().position(|key| key == name);
    let production: Vec<ProductionColumn> =
        keys.iter().enumerate().filter_map(|(index, key)| production_column(index, key)).collect();
    if let (Some(country), Some(detail), false) = (find("country"), find("type"), production.is_empty()) {
        return Ok(Layout::Wide {
            source: find("source"),
            commodity: find("commodity"),
            country,
            detail,
            unit: find("unitmeas").or_else(|| find("unit")),
            production,
        });
    }
    let needed = ["commodity", "country", "statistics", "statisticsdetail", "unit", "year", "value"];
    let found: Vec<usize> = needed.iter().filter_map(|name| find(name)).collect();
    let [commodity, country, statistics, detail, unit, year, value] = found[..] else {
        let missing: Vec<&str> = needed.iter().copied().filter(|name| find(name).is_none()).collect();
        let message = format!("not a world table of the Mineral Commodity Summaries: no column {}", missing.join(", "));
        let hint = "expected Commodity, Country, Statistics, Statistics_detail, Unit, Year, Value (2026), or \
                    Country, Type and Prod_… a year (2022 to 2025)";
        return Err(Error::new(ErrorKind::Format, message).at_line(file, 1).hint(hint));
    };
    let (section, notes) = (find("section"), find("notes"));
    Ok(Layout::Long { section, commodity, country, statistics, detail, unit, year, value, notes })
}

/// `prod2023`, `prodest2024`, `prodt2021`, `prodktest2022` …
fn production_column(index: usize, key: &str) -> Option<ProductionColumn> {
    let rest = key.strip_prefix("prod")?;
    let digits = rest.len().checked_sub(4)?;
    let (before, year) = (rest.get(..digits)?, rest.get(digits..)?.parse().ok()?);
    let (unit, is_estimated) = before.strip_suffix("est").map_or((before, false), |unit| (unit, true));
    let unit = match unit {
        "" => None,
        "t" => Some("metric tons"),
        "kt" => Some("thousand metric tons"),
        "mt" | "mmt" => Some("million metric tons"),
        "kg" => Some("kilograms"),
        "mct" => Some("million carats"),
        "kct" => Some("thousand carats"),
        "mcm" => Some("million cubic meters"),
        _ => return None,
    };
    Some(ProductionColumn { index, year, unit, is_estimated })
}

/// `MCS2025`, `mcs2023-lithi_world` …
fn release_of(source: &str) -> Option<i16> {
    source.trim().to_lowercase().strip_prefix("mcs")?.get(..4)?.parse().ok()
}

/// Whether a remark says that a figure is estimated: `Estimated.` alone or before ` -- ` and more.
fn says_estimated(notes: &str) -> bool {
    notes.split("--").any(|note| note.trim_matches([' ', '.']).eq_ignore_ascii_case("estimated"))
}

impl Layout {
    /// The figures of a row, none where it is of another kind.
    fn entries(&self, row: &StringRecord, line: u64, of_file: Option<&str>, contents: &mut Contents) -> Result<()> {
        let cell = |index: usize| row.get(index).unwrap_or_default().trim();
        match self {
            Self::Long { section, commodity, country, statistics, detail, unit, year, value, notes } => {
                let is_world = section.is_none_or(|section| cell(section).to_lowercase().starts_with("world"));
                if !(is_world && cell(*statistics).eq_ignore_ascii_case("production")) {
                    return Ok(());
                }
                if cell(*value).is_empty() {
                    let fault = Error::new(ErrorKind::Data, "no figure").in_column("Value");
                    return Err(fault.hint("write NA where none is known"));
                }
                contents.entries.push(Entry {
                    line,
                    commodity: cell(*commodity).to_owned(),
                    country: cell(*country).to_owned(),
                    detail: cell(*detail).to_owned(),
                    unit: cell(*unit).to_owned(),
                    year: year_of(cell(*year))?,
                    value: cell(*value).to_owned(),
                    is_estimated: notes.is_some_and(|notes| says_estimated(cell(notes))),
                });
            }
            Self::Wide { source, commodity, country, detail, unit, production } => {
                contents.release = contents.release.or_else(|| source.and_then(|source| release_of(cell(source))));
                // A row of reserves or capacity alone has no figure of production.
                for column in production.iter().filter(|column| !cell(column.index).is_empty()) {
                    contents.entries.push(Entry {
                        line,
                        commodity: commodity.map_or(of_file.unwrap_or_default(), cell).to_owned(),
                        country: cell(*country).to_owned(),
                        detail: cell(*detail).to_owned(),
                        unit: column.unit.or_else(|| unit.map(cell)).unwrap_or_default().to_owned(),
                        year: column.year,
                        value: cell(column.index).to_owned(),
                        is_estimated: column.is_estimated,
                    });
                }
            }
        }
        Ok(())
    }
}

fn year_of(cell: &str) -> Result<i16> {
    cell.parse().ok().filter(|year| (1900..=2100).contains(year)).ok_or_else(|| {
        let fault = Error::new(ErrorKind::Data, format!("`{cell}` is no year")).in_column("Year");
        fault.hint("expected four digits such as 2025")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_production_are_known_by_their_names() {
        let found =
            |name: &str| production_column(0, &key(name)).map(|found| (found.year, found.unit, found.is_estimated));
        assert_eq!(found("PROD_2023"), Some((2023, None, false)));
        assert_eq!(found("PROD_EST_ 2024"), Some((2024, None, true)));
        assert_eq!(found("Prod_t_2021"), Some((2021, Some("metric tons"), false)));
        assert_eq!(found("Prod_kt_Est_2022"), Some((2022, Some("thousand metric tons"), true)));
        assert_eq!(found("PROD_NOTES"), None);
        assert_eq!(found("Prod_notes"), None);
        assert_eq!(found("Reserves_t"), None);
    }

    #[test]
    fn estimates_are_told_from_words_about_estimates() {
        for (notes, expected) in [
            ("Estimated.", true),
            ("Estimated. -- See Appendix C", true),
            ("Estimated .-- Source: a company", true),
            ("Reported.", false),
            ("Chile and Mexico were estimated to be producers.", false),
            ("", false),
        ] {
            assert_eq!(says_estimated(notes), expected, "{notes}");
        }
    }

    #[test]
    fn a_release_is_named_by_its_source_or_its_file() {
        assert_eq!((release_of("MCS2025"), release_of("mcs2023-lithi_world")), (Some(2025), Some(2023)));
        assert_eq!((release_of("table"), release_of("mcs")), (None, None));
    }
}
