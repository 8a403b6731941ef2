//! World production as the U.S. Geological Survey publishes it → figures, shares of countries, concentration.
//!
//! The world tables of the Mineral Commodity Summaries, as downloaded:
//!
//! 1. [`decode`]: UTF-8 or Windows-1252;
//! 2. `layout`: the columns of each release;
//! 3. [`names`]: countries, and which table is which material and stage: tables in `data/structural/`;
//! 4. [`quantity`]: what a cell says: numbers, withheld, none, estimates;
//! 5. [`production`]: shares, HHI with its band, and how much of the published world total the listed rows are.
//!
//! ```no_run
//! use goulet::data::DataSource;
//! use goulet::structural::usgs::{Names, production, read};
//! let table = read("mcs2026_world.csv".as_ref(), &Names::load(&DataSource::Embedded)?)?;
//! for set in production(&table, Some(2025)) {
//!     println!("{} {:.3} {}", set.of, set.hhi(), set.band());
//! }
//! # Ok::<(), goulet::error::Error>(())
//! ```
//!
//! A row that cannot be read is a fault at its line, told with its remedy, and takes no part; the rest is read. Tables of materials
//! that Goulet has no code for are left out, each for the reason its row in `usgs_commodities.csv` gives.

pub mod decode;
mod layout;
pub mod names;
pub mod production;
pub mod quantity;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use decode::Encoding;
pub use names::{Meaning, Names, Place, Publication};
pub use production::{Producer, Production, production};
pub use quantity::Quantity;

use crate::error::{Error, ErrorKind, Result};
use crate::structural::InputStage;
use layout::Entry;

/// One figure of production.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Of what.
    pub of: InputStage,
    /// Whose.
    pub place: Place,
    /// When.
    pub year: i16,
    /// How much.
    pub quantity: Quantity,
    /// In this unit, as published.
    pub unit: String,
    /// Whether it is marked as estimated.
    pub is_estimated: bool,
    /// The commodity, as published.
    pub commodity: String,
    /// The table within the commodity, as published, without the mark `rounded` of totals.
    pub detail: String,
    /// Its line in the file.
    pub line: u64,
}

/// A table that is not wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The commodity, as published.
    pub commodity: String,
    /// The table within the commodity.
    pub detail: String,
    /// Why.
    pub reason: String,
}

/// A file, read.
#[derive(Debug)]
pub struct UsgsTable {
    /// The file.
    pub file: PathBuf,
    /// How it was written.
    pub encoding: Encoding,
    /// The publication, to be cited.
    pub publication: Publication,
    /// The figures, in the order of the file.
    pub figures: Vec<Figure>,
    /// Tables left out, each once.
    pub left_out: Vec<LeftOut>,
    /// What could not be read, each at its line.
    pub faults: Vec<Error>,
}

impl UsgsTable {
    /// The years it has figures of, in order.
    pub fn years(&self) -> BTreeSet<i16> {
        self.figures.iter().map(|figure| figure.year).collect()
    }
}

/// Reads a world table of the Mineral Commodity Summaries.
///
/// # Errors
/// When the file cannot be read, is no text or no such table, or holds no production of any material known. Faults of
/// single rows are in [`UsgsTable::faults`].
pub fn read(file: &Path, names: &Names) -> Result<UsgsTable> {
    let bytes = fs_err::read(file).map_err(|cause| Error::io(file, cause).hint("check the name of the file"))?;
    let (text, encoding) = decode::decode(&bytes, file)?;
    let contents = layout::read(&text, file, names)?;
    let newest = contents.entries.iter().map(|entry| entry.year).max();
    // A release of January has the year that has just ended as its newest.
    let release = contents.release.or(newest.map(|year| year + 1)).unwrap_or_default();
    let mut reading = Reading::new(file, names);
    let mut faults = contents.faults;
    for entry in contents.entries {
        let line = entry.line;
        if let Err(fault) = reading.add(entry) {
            faults.push(fault.at_line(file, line));
        }
    }
    faults.extend(reading.unknown_names());
    faults.sort_by_key(|fault| fault.position().and_then(|position| position.line));
    if reading.figures.is_empty() {
        let nothing = Error::new(ErrorKind::Data, "no figure of production could be read").at_file(file);
        faults.insert(0, nothing.hint("give the world data of a release of the Mineral Commodity Summaries"));
        return Err(faults.into());
    }
    Ok(UsgsTable {
        file: file.to_owned(),
        encoding,
        publication: names.publication(release),
        figures: reading.figures,
        left_out: reading.left_out.into_iter().collect(),
        faults,
    })
}

/// What makes a figure one of its own: table, place, year.
type Key = (String, String, Place, i16);

struct Reading<'a> {
    file: &'a Path,
    names: &'a Names,
    figures: Vec<Figure>,
    left_out: BTreeSet<LeftOut>,
    /// Names without a row: what is said of them → the first line and how many there are.
    unknown: BTreeMap<(Unknown, String), (u64, usize)>,
    seen: BTreeMap<Key, (u64, Quantity)>,
    /// The unit of what is added up, and the line that gave it.
    units: BTreeMap<(InputStage, i16), (String, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    Table,
    Country,
}

impl<'a> Reading<'a> {
    fn new(file: &'a Path, names: &'a Names) -> Self {
        let (unknown, seen, units) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { file, names, figures: Vec::new(), left_out: BTreeSet::new(), unknown, seen, units }
    }

    fn add(&mut self, entry: Entry) -> Result<()> {
        let Entry { line, commodity, country, detail, unit, year, value, is_estimated } = entry;
        let of = match self.names.meaning(&commodity, &detail) {
            Some(Meaning::Of(of)) => of.clone(),
            Some(Meaning::LeftOut(reason)) => {
                self.left_out.insert(LeftOut { commodity, detail: names::table_of(&detail), reason: reason.clone() });
                return Ok(());
            }
            None => {
                self.not_known(Unknown::Table, format!("{commodity}, {}", names::table_of(&detail)), line);
                return Ok(());
            }
        };
        let Some(place) = self.names.place(&country) else {
            self.not_known(Unknown::Country, country, line);
            return Ok(());
        };
        let (quantity, is_marked) = quantity::quantity(&value).map_err(|message| {
            let fault = Error::new(ErrorKind::Data, message).in_column("Value");
            fault.hint("expected a number, W, NA, XX, s or —, as published")
        })?;
        let key = (names::folded(&commodity), names::table_of(&detail), place, year);
        if let Some((first, known)) = self.seen.get(&key) {
            let same = if *known == quantity { "the same figure" } else { "another figure" };
            let message = format!("`{country}` twice in `{commodity}, {detail}` of {year}: {same} on line {first}");
            return Err(Error::new(ErrorKind::Data, message).hint("keep one of the rows; the first is counted"));
        }
        let (known, first) = self.units.entry((of.clone(), year)).or_insert_with(|| (unit.clone(), line));
        if names::folded(known) != names::folded(&unit) {
            let message = format!("`{unit}` where line {first} has `{known}` for {of} in {year}");
            return Err(Error::new(ErrorKind::Data, message).in_column("Unit").hint("bring the rows to one unit"));
        }
        self.seen.insert(key, (line, quantity));
        let is_estimated = is_estimated || is_marked;
        let detail = names::table_of(&detail);
        self.figures.push(Figure { of, place, year, quantity, unit, is_estimated, commodity, detail, line });
        Ok(())
    }

    fn not_known(&mut self, what: Unknown, name: String, line: u64) {
        let (_, rows) = self.unknown.entry((what, name)).or_insert((line, 0));
        *rows += 1;
    }

    /// One fault a name, not one a row.
    fn unknown_names(&self) -> Vec<Error> {
        let fault = |((what, name), (line, rows)): (&(Unknown, String), &(u64, usize))| {
            let (column, remedy) = match what {
                Unknown::Table => ("Commodity", self.names.commodity_remedy()),
                Unknown::Country => ("Country", self.names.country_remedy()),
            };
            let message = format!("`{name}` is not known: {rows} figures are not read");
            Error::new(ErrorKind::Data, message).at_line(self.file, *line).in_column(column).hint(remedy)
        };
        self.unknown.iter().map(fault).collect()
    }
}

#[cfg(test)]
mod tests;
