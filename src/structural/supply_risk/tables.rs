//! The EU's tables: parameters and published results by stage, where the EU buys, what its groups are made of.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::concentration::{Supplier, Supply};
use super::formula::{Factors, SupplyUsed};
use super::own_shares::sum_of;
use crate::codes::{CountryCode, MaterialId};
use crate::data::{DataSource, Row};
use crate::error::{Error, ErrorKind, Result};
use crate::structural::InputStage;

const PARAMETERS: &str = "structural/eu_parameters.csv";
const LIST_2017: &str = "structural/eu_2017.csv";
const EU_SUPPLY: &str = "structural/eu_supply_shares.csv";
const GROUPS: &str = "structural/eu_groups.csv";
const PUBLISHED: &str = "structural/eu_published.csv";

/// The most that the EU's sourcing shares may sum to: sources round. Most sets stay below 1, as published.
const MOST: f64 = 1.02;

/// A list of critical raw materials whose inputs are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Of 2017: the weighted concentrations as published.
    Of2017,
    /// Of 2023: the weighted concentrations from shares, governance and trade parameters.
    Of2023,
}

impl List {
    /// Its year.
    pub fn year(self) -> i16 {
        match self {
            Self::Of2017 => 2017,
            Self::Of2023 => 2023,
        }
    }
}

/// What a list says of a material at a stage.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Entry {
    /// The factors it publishes: for 2017 all, for 2023 all but the concentrations.
    pub factors: Factors,
    /// `SI_EI`, the substitution index of the economic importance.
    pub importance_substitution: Option<f64>,
    /// The supply risk it publishes for the stage, to be compared with ours.
    pub published_supply_risk: Option<f64>,
    /// The economic importance it publishes for the material.
    pub published_importance: Option<f64>,
}

/// All tables of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// Which list.
    pub list: List,
    /// By material and stage.
    pub entries: BTreeMap<InputStage, Entry>,
    /// The EU's sourcing; empty for 2017.
    pub eu_supply: BTreeMap<InputStage, Supply>,
    /// The members of each group, such as the platinum-group metals.
    pub groups: BTreeMap<MaterialId, BTreeSet<MaterialId>>,
    /// Materials of `data/materials.csv`.
    pub materials: BTreeSet<MaterialId>,
}

#[derive(Deserialize)]
struct ParameterLine {
    material: MaterialId,
    stage: String,
    import_reliance: Option<f64>,
    recycling_rate: Option<f64>,
    si_ei: Option<f64>,
    si_sr: Option<f64>,
    supply_used: Option<SupplyUsed>,
    published_supply_risk: Option<f64>,
    #[serde(default)]
    published_economic_importance: Option<f64>,
}

#[derive(Deserialize)]
struct Line2017 {
    material: MaterialId,
    stage: String,
    supply_risk: Option<f64>,
    economic_importance: Option<f64>,
    import_reliance: Option<f64>,
    recycling_rate: Option<f64>,
    supply_used: Option<SupplyUsed>,
    si_ei: Option<f64>,
    si_sr: Option<f64>,
    hhi_wgi_t_global: Option<f64>,
    hhi_wgi_t_eu: Option<f64>,
}

#[derive(Deserialize)]
struct SupplyLine {
    material: MaterialId,
    stage: String,
    country: CountryCode,
    share: f64,
    trade_parameter: f64,
}

#[derive(Deserialize)]
struct GroupLine {
    material: MaterialId,
    member: MaterialId,
}

/// A line of the parameters of either list.
trait ListLine: DeserializeOwned {
    const FILE: &'static str;
    fn entry(self) -> (InputStage, Entry);
}

impl ListLine for ParameterLine {
    const FILE: &'static str = PARAMETERS;

    fn entry(self) -> (InputStage, Entry) {
        let factors = Factors {
            supply_used: self.supply_used,
            hhi_global: None,
            hhi_eu: None,
            import_reliance: self.import_reliance,
            recycling: self.recycling_rate,
            substitution: self.si_sr,
        };
        let entry = Entry {
            factors,
            importance_substitution: self.si_ei,
            published_supply_risk: self.published_supply_risk,
            published_importance: self.published_economic_importance,
        };
        (InputStage { input: self.material, stage: self.stage }, entry)
    }
}

impl ListLine for Line2017 {
    const FILE: &'static str = LIST_2017;

    fn entry(self) -> (InputStage, Entry) {
        let factors = Factors {
            supply_used: self.supply_used,
            hhi_global: self.hhi_wgi_t_global,
            hhi_eu: self.hhi_wgi_t_eu,
            import_reliance: self.import_reliance,
            recycling: self.recycling_rate,
            substitution: self.si_sr,
        };
        let entry = Entry {
            factors,
            importance_substitution: self.si_ei,
            published_supply_risk: self.supply_risk,
            published_importance: self.economic_importance,
        };
        (InputStage { input: self.material, stage: self.stage }, entry)
    }
}

/// Reads tables and collects what is wrong with them.
struct Reader<'a> {
    source: &'a DataSource,
    materials: &'a BTreeSet<MaterialId>,
    faults: Vec<Error>,
}

impl Reader<'_> {
    fn rows<L: DeserializeOwned>(&mut self, file: &str) -> Vec<Row<L>> {
        self.source.table(file).unwrap_or_else(|fault| {
            self.faults.push(fault);
            Vec::new()
        })
    }

    fn expect(&mut self, holds: bool, file: &str, line: u64, column: &str, message: impl FnOnce() -> String) {
        if !holds {
            let fault = Error::new(ErrorKind::Data, message());
            self.faults.push(fault.at_line(self.source.display(file), line).in_column(column));
        }
    }

    fn expect_material(&mut self, material: MaterialId, file: &str, line: u64, column: &str) {
        let is_known = self.materials.contains(&material);
        self.expect(is_known, file, line, column, || format!("`{material}` is not in materials.csv"));
    }

    fn entries<L: ListLine>(&mut self) -> BTreeMap<InputStage, Entry> {
        let mut entries = BTreeMap::new();
        for row in self.rows::<L>(L::FILE) {
            let (of, entry) = row.value.entry();
            self.expect_material(of.input, L::FILE, row.line, "material");
            let is_stage = of.is_material();
            self.expect(is_stage, L::FILE, row.line, "stage", || {
                format!("`{}` is no stage: expected extraction or processing", of.stage)
            });
            let fractions = [
                ("recycling_rate", entry.factors.recycling),
                ("si_sr", entry.factors.substitution),
                ("si_ei", entry.importance_substitution),
            ];
            for (column, value) in fractions {
                let holds = value.is_none_or(|value| (0.0..=1.0).contains(&value));
                self.expect(holds, L::FILE, row.line, column, || {
                    format!("{} is no fraction between 0 and 1", value.unwrap_or_default())
                });
            }
            // A net exporter's is below 0; nobody imports more than is used.
            let reliance = entry.factors.import_reliance.unwrap_or_default();
            let holds = reliance.is_finite() && reliance <= 1.0;
            self.expect(holds, L::FILE, row.line, "import_reliance", || format!("{reliance}: expected at most 1"));
            let name = format!("{of} twice");
            let is_first = entries.insert(of, entry).is_none();
            self.expect(is_first, L::FILE, row.line, "material", || name);
        }
        entries
    }

    fn eu_supply(&mut self) -> BTreeMap<InputStage, Supply> {
        let file = self.source.display(EU_SUPPLY).display().to_string();
        let mut all = BTreeMap::<InputStage, (BTreeMap<CountryCode, Supplier>, u64)>::new();
        for row in self.rows::<SupplyLine>(EU_SUPPLY) {
            let SupplyLine { material, stage, country, share, trade_parameter } = row.value;
            self.expect_material(material, EU_SUPPLY, row.line, "material");
            self.expect((0.0..=1.0).contains(&share), EU_SUPPLY, row.line, "share", || {
                format!("{share} is no share: expected a fraction between 0 and 1")
            });
            self.expect((0.5..=2.0).contains(&trade_parameter), EU_SUPPLY, row.line, "trade_parameter", || {
                format!("{trade_parameter}: expected a number from 0.8 to 1.5")
            });
            let of = InputStage { input: material, stage };
            let name = format!("{of} {country} twice");
            let supplier = Supplier {
                country,
                share,
                trade_parameter: Some(trade_parameter),
                assumed: trade_parameter,
                line: row.line,
            };
            let (suppliers, _) = all.entry(of).or_insert_with(|| (BTreeMap::new(), row.line));
            let is_first = suppliers.insert(country, supplier).is_none();
            self.expect(is_first, EU_SUPPLY, row.line, "country", || name);
        }
        let mut supplies = BTreeMap::new();
        for (of, (suppliers, line)) in all {
            let suppliers: Vec<Supplier> = suppliers.into_values().collect();
            let sum = sum_of(&suppliers, 0.0);
            self.expect(sum <= MOST, EU_SUPPLY, line, "share", || {
                format!("the shares of {of} sum to {sum:.3}: expected no more than {MOST}")
            });
            supplies.insert(of, Supply { suppliers, other: 0.0, file: file.clone() });
        }
        supplies
    }

    fn groups(&mut self) -> BTreeMap<MaterialId, BTreeSet<MaterialId>> {
        let mut groups = BTreeMap::<_, BTreeSet<_>>::new();
        // A data folder of an earlier version has no such table; its groups then have no members.
        if !self.source.has(GROUPS) {
            return groups;
        }
        for row in self.rows::<GroupLine>(GROUPS) {
            let GroupLine { material, member } = row.value;
            self.expect_material(material, GROUPS, row.line, "material");
            self.expect_material(member, GROUPS, row.line, "member");
            groups.entry(material).or_default().insert(member);
        }
        for row in self.rows::<GroupLine>(GROUPS) {
            let member = row.value.member;
            let is_plain = !groups.contains_key(&member);
            self.expect(is_plain, GROUPS, row.line, "member", || format!("`{member}` is a group itself"));
        }
        groups
    }
}

impl Tables {
    /// The EU's sourcing of a material at a stage: its own shares, else those of the group it belongs to. The assessment
    /// gives the heavy rare earths at extraction as a group only.
    pub fn eu_supply_of(&self, of: &InputStage) -> Option<&Supply> {
        let of_group = || {
            let group = self.groups.iter().find(|(_, members)| members.contains(&of.input))?.0;
            self.eu_supply.get(&InputStage { input: *group, stage: of.stage.clone() })
        };
        self.eu_supply.get(of).or_else(of_group)
    }

    /// Loads and checks the tables of a list.
    ///
    /// # Errors
    /// With every fault of every table, each at its file and line.
    pub fn load(source: &DataSource, list: List) -> Result<Self> {
        let materials = source.table::<crate::structural::MaterialLine>("materials.csv")?;
        let materials = materials.into_iter().map(|row| row.value.material).collect();
        let mut reader = Reader { source, materials: &materials, faults: Vec::new() };
        let (entries, eu_supply) = match list {
            List::Of2017 => (reader.entries::<Line2017>(), BTreeMap::new()),
            List::Of2023 => (reader.entries::<ParameterLine>(), reader.eu_supply()),
        };
        let groups = reader.groups();
        let faults = reader.faults;
        if faults.is_empty() { Ok(Self { list, entries, eu_supply, groups, materials }) } else { Err(faults.into()) }
    }
}

#[derive(Deserialize)]
struct PublishedLine {
    material: MaterialId,
    year: i16,
    supply_risk: Option<f64>,
    economic_importance: Option<f64>,
}

/// What a list publishes of a whole material.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Published {
    /// The higher of its stages.
    pub supply_risk: Option<f64>,
    /// The economic importance.
    pub importance: Option<f64>,
}

/// The published results of the list of a year, by material.
///
/// # Errors
/// With every fault of `data/structural/eu_published.csv`.
pub fn published(source: &DataSource, year: i16) -> Result<BTreeMap<MaterialId, Published>> {
    let rows = source.table::<PublishedLine>(PUBLISHED)?.into_iter().map(|row| row.value);
    let of_line = |line: PublishedLine| {
        let results = Published { supply_risk: line.supply_risk, importance: line.economic_importance };
        (line.material, results)
    };
    Ok(rows.filter(|line| line.year == year).map(of_line).collect())
}
