//! Figures → who produces what share, how concentrated that is, and how much of the world it covers.
//!
//! - share of a country `S_c = value_c / Σ value` over the **listed** rows, `Other countries` among them: published world
//!   totals are rounded to two or three digits and are never the denominator;
//! - `HHI = Σ S_c²` over the countries named: `Other countries` are several, so that where they produce, the HHI is a lower bound;
//! - band: below 0.15 low, below 0.25 moderate, below 0.50 high, else critical (METHODS, section 3);
//! - coverage = Σ listed rows / published world total.
//!
//! No production (`—`) and less than half a unit (`s`) add nothing. What is withheld or not available is outside the
//! denominator and named: with it the shares of all others would be lower.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Place;
use super::quantity::Quantity;
use super::{Figure, UsgsTable};
use crate::codes::CountryCode;
use crate::structural::InputStage;
use crate::structural::band::Band;
use crate::structural::shares::MOST_UNNAMED;

/// A difference to the published world total above this is told.
pub const TOLD_DIFFERENCE: f64 = 0.02;

/// What a country produces.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Producer {
    /// In the unit of the set.
    pub value: f64,
    /// Whether a figure it rests on is marked as estimated.
    pub is_estimated: bool,
    /// Whether a figure it rests on is a lower bound (`>540`).
    pub is_at_least: bool,
    /// Its first line in the file.
    pub line: u64,
}

/// World production of an input at a stage in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Production {
    /// Of what.
    pub of: InputStage,
    /// When.
    pub year: i16,
    /// The unit of the values.
    pub unit: String,
    /// The countries with a number.
    pub countries: BTreeMap<CountryCode, Producer>,
    /// What countries that are not named produce together; `None` without such a row.
    pub other: Option<Producer>,
    /// Countries whose figure is withheld.
    pub withheld: BTreeSet<CountryCode>,
    /// Countries whose figure is not available, or no single number.
    pub unavailable: BTreeSet<CountryCode>,
    /// The published world total; `None` where none is given.
    pub world: Option<f64>,
    /// The tables it was taken from, as `commodity, detail`.
    pub tables: BTreeSet<String>,
}

impl Production {
    /// Σ of the listed rows, above 0.
    pub fn listed(&self) -> f64 {
        self.countries.values().chain(&self.other).map(|producer| producer.value).sum()
    }

    /// The share of a country, as a fraction.
    pub fn share(&self, country: CountryCode) -> Option<f64> {
        self.countries.get(&country).map(|producer| producer.value / self.listed())
    }

    /// The share of the countries that are not named.
    pub fn other_share(&self) -> f64 {
        self.other.map_or(0.0, |other| other.value / self.listed())
    }

    /// The index of concentration, in [0, 1].
    pub fn hhi(&self) -> f64 {
        let listed = self.listed();
        self.countries.values().map(|producer| (producer.value / listed) * (producer.value / listed)).sum()
    }

    /// Whether the HHI is too low because several countries stand in one row.
    pub fn is_lower_bound(&self) -> bool {
        self.other_share() > 0.0
    }

    /// Whether every country that matters is named, as `complete` in `shares.csv`.
    pub fn is_complete(&self) -> bool {
        let named = self.countries.values().filter(|producer| producer.value > 0.0).count();
        let other = self.other_share();
        other <= MOST_UNNAMED && (named > 1 || other == 0.0)
    }

    /// The band of the HHI.
    pub fn band(&self) -> Band {
        Band::of(self.hhi())
    }

    /// The listed rows as a fraction of the published world total.
    pub fn coverage(&self) -> Option<f64> {
        self.world.filter(|world| *world > 0.0).map(|world| self.listed() / world)
    }

    /// Whether the listed rows differ from the published world total by more than rounding.
    pub fn differs_from_world(&self) -> bool {
        self.coverage().is_some_and(|coverage| (coverage - 1.0).abs() > TOLD_DIFFERENCE)
    }

    /// The countries with the greatest share first; ties in order of their codes.
    pub fn ranked(&self) -> Vec<(CountryCode, Producer)> {
        let mut ranked: Vec<_> = self.countries.iter().map(|(code, producer)| (*code, *producer)).collect();
        ranked.sort_by(|(_, a), (_, b)| b.value.total_cmp(&a.value));
        ranked
    }

    /// Whether any figure is marked as estimated.
    pub fn is_estimated(&self) -> bool {
        self.countries.values().chain(&self.other).any(|producer| producer.is_estimated)
    }
}

/// World production of every input and stage that the table has numbers for, in their order. Of a year, or without one of
/// the newest year that has numbers.
pub fn production(table: &UsgsTable, year: Option<i16>) -> Vec<Production> {
    let mut sets: BTreeMap<(&InputStage, i16), Vec<&Figure>> = BTreeMap::new();
    for figure in table.figures.iter().filter(|figure| year.is_none_or(|year| figure.year == year)) {
        sets.entry((&figure.of, figure.year)).or_default().push(figure);
    }
    let mut newest: BTreeMap<&InputStage, Production> = BTreeMap::new();
    for ((of, year), figures) in sets {
        let set = gather(of, year, &figures);
        // Years come in order, so that the last with numbers stays.
        if set.listed() > 0.0 {
            newest.insert(of, set);
        }
    }
    newest.into_values().collect()
}

fn gather(of: &InputStage, year: i16, figures: &[&Figure]) -> Production {
    let unit = figures.first().map(|figure| figure.unit.clone()).unwrap_or_default();
    let mut set = Production {
        of: of.clone(),
        year,
        unit,
        countries: BTreeMap::new(),
        other: None,
        withheld: BTreeSet::new(),
        unavailable: BTreeSet::new(),
        world: None,
        tables: BTreeSet::new(),
    };
    for figure in figures {
        set.tables.insert(format!("{}, {}", figure.commodity, figure.detail));
        match (figure.place, figure.quantity.counted()) {
            (Place::World, value) => set.world = value.map(|value| set.world.unwrap_or(0.0) + value).or(set.world),
            (Place::Others, Some(value)) => add(set.other.get_or_insert_default(), figure, value),
            (Place::Country(code), Some(value)) => add(set.countries.entry(code).or_default(), figure, value),
            (Place::Country(code), None) if figure.quantity == Quantity::Withheld => {
                set.withheld.insert(code);
            }
            (Place::Country(code), None) if figure.quantity.is_unknown() => {
                set.unavailable.insert(code);
            }
            (Place::Others | Place::Country(_), None) => {}
        }
    }
    set
}

fn add(producer: &mut Producer, figure: &Figure, value: f64) {
    if producer.line == 0 {
        producer.line = figure.line;
    }
    producer.value += value;
    producer.is_estimated |= figure.is_estimated;
    producer.is_at_least |= matches!(figure.quantity, Quantity::AtLeast(_));
}
