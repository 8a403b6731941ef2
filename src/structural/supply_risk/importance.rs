//! The EU's economic importance of each material, and which materials are critical.
//!
//! `EI = Σ_s A_s · Q_s · SI_EI`, with A_s the share of the EU's use of the material that goes to sector s (NACE, two digits),
//! Q_s the value added of the sector and `SI_EI` the substitution index; scaled so that the largest sector (C28, machinery,
//! 204 200 M€ in the assessment of 2023) is 10. A material is critical where its supply risk (the higher of its stages) is 1 or more
//! and its economic importance 2.8 or more. Source: European Commission, *Methodology* (2017); end uses of the list of 2023.
//!
//! Uses without a sector ("other") add nothing, and shares are not scaled up to 1 for them: where they are more than rounding,
//! the importance is a **lower bound** and says so.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Assessment;
use super::formula::{CRITICAL_IMPORTANCE, CRITICAL_SUPPLY_RISK};
use super::tables::Tables;
use crate::codes::MaterialId;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind, Result};

const USES: &str = "structural/material_uses.csv";

/// Value added of the largest sector (C28), M€, which has the importance 10.
pub const LARGEST_SECTOR: f64 = 204_200.0;

/// The top of the scale.
const TOP: f64 = 10.0;

/// Shares of uses with a sector that sum to this are all of them, but for rounding.
const ALL_BUT_ROUNDING: f64 = 0.98;

/// What of a material is used for what, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Uses {
    /// Applications named.
    pub applications: usize,
    /// Σ A over the applications with a sector.
    pub share: f64,
    /// Σ A·Q over them, M€.
    pub value_added: f64,
}

/// The economic importance of a material.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// Which material.
    pub material: MaterialId,
    /// Its uses; `None` where none are known.
    pub uses: Option<Uses>,
    /// `SI_EI`.
    pub substitution: Option<f64>,
    /// 0–10.
    pub importance: Option<f64>,
    /// Whether part of the uses has no sector.
    pub is_lower_bound: bool,
    /// Why there is no importance.
    pub reason: Option<String>,
    /// The higher of its stages that are known.
    pub supply_risk: Option<f64>,
    /// Whether it is critical; `None` where what is not known could decide.
    pub is_critical: Option<bool>,
    /// What the list publishes.
    pub published: Option<f64>,
}

impl Uses {
    /// The importance for a substitution index.
    pub fn importance(&self, substitution: f64) -> f64 {
        self.value_added * substitution * TOP / LARGEST_SECTOR
    }
}

#[derive(Deserialize)]
struct Line {
    material: MaterialId,
    share: Option<f64>,
    value_added_meur: Option<f64>,
}

/// Reads the end uses.
///
/// # Errors
/// With every fault, each at its file and line.
pub fn load(source: &DataSource, materials: &BTreeSet<MaterialId>) -> Result<BTreeMap<MaterialId, Uses>> {
    let (mut all, mut faults) = (BTreeMap::<MaterialId, Uses>::new(), Vec::new());
    for row in source.table::<Line>(USES)? {
        let Line { material, share, value_added_meur } = row.value;
        let mut expect = |holds: bool, column: &str, message: String| {
            if !holds {
                let fault = Error::new(ErrorKind::Data, message).at_line(source.display(USES), row.line);
                faults.push(fault.in_column(column));
            }
        };
        expect(materials.contains(&material), "material", format!("`{material}` is not in materials.csv"));
        let in_range = share.is_none_or(|share| (0.0..=1.0).contains(&share));
        expect(in_range, "share", format!("{} is no share", share.unwrap_or_default()));
        let is_value = value_added_meur.is_none_or(|value| value.is_finite() && value >= 0.0);
        expect(is_value, "value_added_meur", format!("{} is no value added", value_added_meur.unwrap_or_default()));
        let uses = all.entry(material).or_default();
        uses.applications += 1;
        if let (Some(share), Some(value)) = (share, value_added_meur) {
            uses.share += share;
            uses.value_added += share * value;
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults.into()) }
}

/// The importance of every material of the list, in order of their codes.
pub fn assess(tables: &Tables, uses: &BTreeMap<MaterialId, Uses>, risks: &[Assessment]) -> Vec<Importance> {
    let materials: BTreeSet<MaterialId> =
        tables.entries.keys().map(|of| of.input).chain(uses.keys().copied()).collect();
    let mut all: BTreeMap<MaterialId, Importance> =
        materials.into_iter().map(|material| (material, assess_one(tables, material, uses.get(&material)))).collect();
    for (group, members) in &tables.groups {
        if all.contains_key(group) {
            let mean = of_group(members, &all);
            if let Some(group) = all.get_mut(group) {
                (group.importance, group.is_lower_bound, group.reason) = mean;
            }
        }
    }
    let mut all: Vec<Importance> = all.into_values().collect();
    for importance in &mut all {
        judge(importance, risks);
    }
    all
}

fn assess_one(tables: &Tables, material: MaterialId, uses: Option<&Uses>) -> Importance {
    let entries = || tables.entries.iter().filter(|(of, _)| of.input == material).map(|(_, entry)| entry);
    let substitution = entries().find_map(|entry| entry.importance_substitution);
    let reason = match (uses, substitution) {
        (None, _) => Some("no end uses known"),
        (_, None) => Some("the substitution index of its importance is not published"),
        _ => None,
    };
    Importance {
        material,
        uses: uses.copied(),
        substitution,
        importance: uses.zip(substitution).map(|(uses, substitution)| uses.importance(substitution)),
        is_lower_bound: uses.is_some_and(|uses| uses.share < ALL_BUT_ROUNDING),
        reason: reason.map(str::to_owned),
        supply_risk: None,
        is_critical: None,
        published: entries().find_map(|entry| entry.published_importance),
    }
}

/// The mean of the members, as for the supply risk.
fn of_group(
    members: &BTreeSet<MaterialId>,
    all: &BTreeMap<MaterialId, Importance>,
) -> (Option<f64>, bool, Option<String>) {
    let known: Vec<&Importance> =
        members.iter().filter_map(|member| all.get(member)).filter(|member| member.importance.is_some()).collect();
    if known.len() < members.len() {
        let is_known = |member: &&MaterialId| known.iter().any(|known| known.material == **member);
        let missing: Vec<&str> = members.iter().filter(|member| !is_known(member)).map(MaterialId::as_str).collect();
        let reason = format!("a group is the mean of its members; not known of {}", missing.join(", "));
        return (None, false, Some(reason));
    }
    let mean = known.iter().filter_map(|member| member.importance).sum::<f64>() / known.len() as f64;
    (Some(mean), known.iter().any(|member| member.is_lower_bound), None)
}

/// Sets supply risk and verdict. A lower bound that passes is enough; one that fails decides nothing.
fn judge(importance: &mut Importance, risks: &[Assessment]) {
    let stages = || risks.iter().filter(|risk| risk.of.input == importance.material);
    let known: Vec<f64> = stages().filter_map(|risk| risk.supply_risk).collect();
    let all_known = !known.is_empty() && known.len() == stages().count();
    let highest = known.into_iter().reduce(f64::max);
    let passes = |value: Option<f64>, limit: f64, is_whole: bool| match value {
        Some(value) if value >= limit => Some(true),
        Some(_) if is_whole => Some(false),
        _ => None,
    };
    let verdicts = (
        passes(highest, CRITICAL_SUPPLY_RISK, all_known),
        passes(importance.importance, CRITICAL_IMPORTANCE, !importance.is_lower_bound),
    );
    importance.is_critical = match verdicts {
        (Some(true), Some(true)) => Some(true),
        (Some(false), _) | (_, Some(false)) => Some(false),
        _ => None,
    };
    importance.supply_risk = highest;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Half of it in the largest sector, a quarter in one half its size: (0.5 + 0.125) · 10 · 0.8.
        let uses =
            Uses { applications: 2, share: 0.75, value_added: 0.5 * LARGEST_SECTOR + 0.25 * LARGEST_SECTOR / 2.0 };
        assert!((uses.importance(0.8) - 5.0).abs() < 1e-12);
    }
}
