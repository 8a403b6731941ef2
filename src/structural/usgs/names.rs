//! What the names in USGS tables stand for, from tables that a person can extend:
//!
//! | table | columns | what it says |
//! |---|---|---|
//! | `structural/usgs_commodities.csv` | commodity, detail, input, stage, note | which table is which material and stage; `input` empty = left out, and why |
//! | `structural/usgs_countries.csv` | name, country, note | country names as USGS spells them; `OTHER` = nobody's own figure |
//! | `structural/usgs_releases.csv` | release, title, url | the publication to cite for a release |
//!
//! Names are compared without regard to capitals, kinds of apostrophes and blanks. `*` in `commodity` and `detail` stands for
//! any text. A row without `*` that fits goes before any with one; among these the first counts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::codes::{CountryCode, MaterialId};
use crate::data::{DataSource, Row};
use crate::error::{Error, ErrorKind, Result};
use crate::structural::{InputId, InputStage};

pub(super) const COMMODITIES: &str = "structural/usgs_commodities.csv";
pub(super) const COUNTRIES: &str = "structural/usgs_countries.csv";
const RELEASES: &str = "structural/usgs_releases.csv";

/// Whose figure a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A country's.
    Country(CountryCode),
    /// Of countries that are not named, together.
    Others,
    /// The published total of the world, most often rounded.
    World,
}

impl Place {
    /// The spelling in files.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Country(code) => code.as_str(),
            Self::Others => "OTHER",
            Self::World => "WORLD",
        }
    }
}

/// What a table of USGS stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// An input at a stage.
    Of(InputStage),
    /// Nothing that is wanted here, for the reason given.
    LeftOut(String),
}

/// The publication to cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its title.
    pub title: String,
    /// Its address; empty where unknown.
    pub url: String,
}

/// The names, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    exact: BTreeMap<(String, String), Meaning>,
    patterns: Vec<(String, String, Meaning)>,
    countries: BTreeMap<String, Place>,
    releases: BTreeMap<i16, Publication>,
    commodities_file: String,
    countries_file: String,
}

#[derive(Deserialize)]
struct CommodityLine {
    commodity: String,
    detail: String,
    input: Option<InputId>,
    stage: String,
    note: String,
}

#[derive(Deserialize)]
struct CountryLine {
    name: String,
    country: String,
}

#[derive(Deserialize)]
struct ReleaseLine {
    release: i16,
    title: String,
    url: String,
}

#[derive(Deserialize)]
struct MaterialLine {
    material: MaterialId,
}

impl Names {
    /// Loads and checks the three tables.
    ///
    /// # Errors
    /// With every fault of every table, each at its file and line.
    pub fn load(source: &DataSource) -> Result<Self> {
        let mut faults = Vec::new();
        let materials: BTreeSet<MaterialId> =
            rows::<MaterialLine>(source, "materials.csv", &mut faults).map(|row| row.value.material).collect();
        let mut names = Self {
            exact: BTreeMap::new(),
            patterns: Vec::new(),
            countries: BTreeMap::new(),
            releases: BTreeMap::new(),
            commodities_file: source.display(COMMODITIES).display().to_string(),
            countries_file: source.display(COUNTRIES).display().to_string(),
        };
        for row in rows(source, COMMODITIES, &mut faults).collect::<Vec<_>>() {
            let line = row.line;
            if let Err(fault) = names.add_commodity(row.value, &materials) {
                faults.push(fault.at_line(source.display(COMMODITIES), line));
            }
        }
        for row in rows(source, COUNTRIES, &mut faults).collect::<Vec<_>>() {
            let line = row.line;
            if let Err(fault) = names.add_country(&row.value) {
                faults.push(fault.at_line(source.display(COUNTRIES), line));
            }
        }
        for Row { value: ReleaseLine { release, title, url }, .. } in rows(source, RELEASES, &mut faults) {
            names.releases.insert(release, Publication { title, url });
        }
        if faults.is_empty() { Ok(names) } else { Err(faults.into()) }
    }

    fn add_commodity(&mut self, line: CommodityLine, materials: &BTreeSet<MaterialId>) -> Result<()> {
        let meaning = match line.input {
            Some(input) if !materials.contains(&input) => {
                let fault = Error::new(ErrorKind::Data, format!("`{input}` is not in materials.csv"));
                return Err(fault.in_column("input").hint("add the material there or correct its code"));
            }
            Some(_) if !matches!(line.stage.as_str(), "extraction" | "processing") => {
                let fault = Error::new(ErrorKind::Data, format!("`{}` is no stage", line.stage));
                return Err(fault.in_column("stage").hint("write extraction or processing"));
            }
            Some(input) => Meaning::Of(InputStage { input, stage: line.stage }),
            None if line.note.is_empty() => {
                let fault = Error::new(ErrorKind::Data, "a table left out needs a reason");
                return Err(fault.in_column("note").hint("say why, or give `input` and `stage`"));
            }
            None => Meaning::LeftOut(line.note),
        };
        let (commodity, detail) = (folded(&line.commodity), folded(&line.detail));
        if commodity.contains('*') || detail.contains('*') {
            self.patterns.push((commodity, detail, meaning));
        } else if self.exact.insert((commodity, detail), meaning).is_some() {
            let message = format!("`{}`, `{}` stands twice", line.commodity, line.detail);
            return Err(Error::new(ErrorKind::Data, message).hint("keep one of the rows"));
        }
        Ok(())
    }

    fn add_country(&mut self, line: &CountryLine) -> Result<()> {
        let place = match line.country.as_str() {
            "OTHER" => Place::Others,
            code => Place::Country(code.parse().map_err(|fault: Error| fault.in_column("country"))?),
        };
        match self.countries.insert(folded(&line.name), place) {
            Some(other) if other != place => {
                let message = format!("`{}` stands for {} and {}", line.name, other.as_str(), place.as_str());
                Err(Error::new(ErrorKind::Data, message).hint("keep one of the rows"))
            }
            _ => Ok(()),
        }
    }

    /// What the table of a commodity and detail stands for; `None` where no row fits.
    pub fn meaning(&self, commodity: &str, detail: &str) -> Option<&Meaning> {
        let key = (folded(commodity), table_of(detail));
        let fits = |(commodity, detail, _): &&(String, String, Meaning)| {
            matches_pattern(commodity, &key.0) && matches_pattern(detail, &key.1)
        };
        self.exact.get(&key).or_else(|| self.patterns.iter().find(fits).map(|(_, _, meaning)| meaning))
    }

    /// Whose figure a row gives. Marks of footnotes that tables made from print glue to names (`Japane`, `Other
    /// countries4`) are taken off where the name is unknown with them.
    pub fn place(&self, name: &str) -> Option<Place> {
        let name = folded(name);
        if name.starts_with("world") {
            return Some(Place::World);
        }
        if name.starts_with("other countries") || name == "other" {
            return Some(Place::Others);
        }
        let without_number = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',' || c == ' ');
        let without_letter = without_number.strip_suffix(['e', 'r']).unwrap_or(without_number);
        [&name, without_number, without_letter].iter().find_map(|name| self.countries.get(*name)).copied()
    }

    /// The commodity of a file of one commodity, which its name abbreviates: `mcs2023-lithi_world.csv`. The first five
    /// letters decide; `None` where none or several commodities begin so.
    pub fn commodity_of_file(&self, stem: &str) -> Option<String> {
        let stem = stem.to_lowercase();
        let code =
            stem.split(['-', '_']).find(|part| !part.is_empty() && !part.starts_with("mcs") && *part != "world")?;
        let all = self.exact.keys().map(|(commodity, _)| commodity);
        let begins = |commodity: &&String| {
            let letters: String = commodity.chars().filter(|c| c.is_alphanumeric()).collect();
            code.len() >= 4 && letters.starts_with(code)
        };
        let found: BTreeSet<&String> = all.filter(begins).collect();
        if found.len() == 1 { found.first().map(|commodity| (*commodity).clone()) } else { None }
    }

    /// The publication of a release.
    pub fn publication(&self, release: i16) -> Publication {
        self.releases.get(&release).cloned().unwrap_or_else(|| Publication {
            title: format!("Mineral Commodity Summaries {release}, data release"),
            url: String::new(),
        })
    }

    /// What to do about a commodity without a row.
    pub(super) fn commodity_remedy(&self) -> String {
        format!(
            "add a row to {}, with input and stage, or without them and with the reason in `note`",
            self.commodities_file
        )
    }

    /// What to do about a country without a row.
    pub(super) fn country_remedy(&self) -> String {
        format!("add its spelling to {} with the ISO code", self.countries_file)
    }
}

fn rows<'a, T: serde::de::DeserializeOwned + 'a>(
    source: &DataSource,
    name: &str,
    faults: &mut Vec<Error>,
) -> impl Iterator<Item = Row<T>> + use<'a, T> {
    let rows = source.table::<T>(name).unwrap_or_else(|fault| {
        faults.push(fault);
        Vec::new()
    });
    rows.into_iter()
}

/// A name as it is compared: lower case, plain apostrophes, single blanks.
pub(super) fn folded(name: &str) -> String {
    let plain = name.replace(['’', '‘', 'ʼ', '`'], "'").to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table a detail belongs to: totals carry the mark `rounded`.
pub(super) fn table_of(detail: &str) -> String {
    let folded = folded(detail);
    let bare = folded.strip_suffix("rounded").map(|rest| rest.trim_end_matches([' ', ':', ',', '(']));
    bare.unwrap_or(&folded).to_owned()
}

/// Whether `text` fits a pattern in which `*` stands for any text.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::load(&DataSource::Embedded).unwrap()
    }

    fn of(commodity: &str, detail: &str) -> String {
        match names().meaning(commodity, detail) {
            Some(Meaning::Of(of)) => of.to_string(),
            Some(Meaning::LeftOut(_)) => "left out".into(),
            None => "unknown".into(),
        }
    }

    #[test]
    fn tables_are_known_by_name_and_by_pattern() {
        for (commodity, detail, expected) in [
            ("Gallium", "Primary production", "gallium processing"),
            ("Gallium", "Primary production: rounded", "gallium processing"),
            ("Clays", "Mine production: Kaolin, rounded", "kaolin extraction"),
            ("Clays", "Mine production: Fuller’s earth, rounded", "left out"),
            ("Copper", "Refinery production", "copper processing"),
            ("COBALT", "Mine production,  cobalt content", "cobalt extraction"),
            ("Titanium Mineral Concentrates", "Mine production: ilmenite and rutile, rounded", "left out"),
            ("Titanium Mineral Concentrates", "Mine production: rutile, rounded", "titanium extraction"),
            ("Unobtainium", "Mine production", "unknown"),
        ] {
            assert_eq!(of(commodity, detail), expected, "{commodity}, {detail}");
        }
    }

    #[test]
    fn countries_are_known_with_the_marks_of_footnotes() {
        let names = names();
        for (name, expected) in [
            ("Côte d’Ivoire", "CIV"),
            ("Cote d'Ivoire", "CIV"),
            ("Burma", "MMR"),
            ("Congo (Kinshasa)", "COD"),
            ("Korea, Republic of", "KOR"),
            ("Türkiye", "TUR"),
            ("Japane", "JPN"),
            ("Chile", "CHL"),
            ("United States6", "USA"),
            ("Other countries4", "OTHER"),
            ("World total (rounded), excluding U.S. production", "WORLD"),
            ("United States and Canada", "OTHER"),
        ] {
            assert_eq!(names.place(name).map(|place| place.as_str().to_owned()).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(names.place("Atlantis"), None);
    }

    #[test]
    fn a_file_of_one_commodity_names_it() {
        let names = names();
        assert_eq!(names.commodity_of_file("mcs2023-lithi_world").as_deref(), Some("lithium"));
        assert_eq!(names.commodity_of_file("mcs2022-raree_world").as_deref(), Some("rare earths"));
        assert_eq!(names.commodity_of_file("mcs2022-xyzzy_world"), None);
        assert_eq!(names.commodity_of_file("table"), None);
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*b*c", "a-b-c", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*b*", "abc", true),
            ("*x*", "abc", false),
        ] {
            assert_eq!(matches_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
