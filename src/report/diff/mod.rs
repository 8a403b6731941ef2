//! Two folders of reports → what moved between them, and why.
//!
//! 1. [`folder`] reads both sides: scores, indicators, documents, the model and the options of the run.
//! 2. [`causes`] lists what differs but the documents: settings, options, inputs, structural rows, version.
//! 3. [`documents`] lists documents that are new, gone, changed, read or weighed otherwise, and what they state of whom.
//! 4. [`split`] computes the scores again for every mixture of the two runs ([`evidence`]: the text indicators of a mixture)
//!    and gives each cause its part of every change.
//!
//! Everything rests on the files of the two folders; nothing is read from the corpus. For every unit in both runs the parts
//! of [`causes::Cause::ALL`] add up to the change of its risk.

pub mod causes;
pub mod documents;
pub mod evidence;
pub mod folder;
pub mod split;
pub mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use causes::{Cause, CauseRow};
use documents::{DocumentChange, EvidenceChange, What};
use folder::Folder;
use split::{Parts, Split};

use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::score::Unit;
use crate::report::tables::ScoreRow;

/// `scores.csv` has six decimals: what is computed again may differ from it by no more, or something else has changed.
const ROUNDING: f64 = 6e-7;

/// Below this a change is none.
const NOTHING: f64 = 1e-9;

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Its risk, rank or status differs.
    Moved,
    /// In the new run only.
    New,
    /// In the old run only.
    Gone,
    /// The same on both sides.
    Same,
}

impl Fate {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Same => "same",
        }
    }
}

/// A unit on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitChange {
    /// Period, sector, country.
    pub unit: Unit,
    /// What became of it.
    pub fate: Fate,
    /// Its row in the old `scores.csv`.
    pub old: Option<ScoreRow>,
    /// Its row in the new one.
    pub new: Option<ScoreRow>,
    /// Its risk on both sides, with all digits; `None` where there is none.
    pub risk: [Option<f64>; 2],
    /// The part of each cause in the change; `None` where it has no risk on one of the sides.
    pub parts: Option<Parts>,
}

impl UnitChange {
    /// New risk less old.
    pub fn change(&self) -> Option<f64> {
        let [old, new] = self.risk;
        Some(new? - old?)
    }

    /// The cause with the greatest part, the first among equals; none where nothing moved.
    pub fn main_cause(&self) -> Option<Cause> {
        let parts = self.parts?;
        let greatest = Cause::ALL.into_iter().rev().max_by(|a, b| {
            let size = |cause: &Cause| parts[*cause as usize].abs();
            size(a).total_cmp(&size(b))
        });
        greatest.filter(|cause| parts[*cause as usize].abs() > NOTHING)
    }
}

/// What differs between two runs.
#[derive(Debug)]
pub struct Diff {
    /// The old run.
    pub old: Folder,
    /// The new one.
    pub new: Folder,
    /// Settings, options, inputs, data rows, version.
    pub causes: Vec<CauseRow>,
    /// Documents.
    pub documents: Vec<DocumentChange>,
    /// What changed documents state of whom.
    pub evidence: Vec<EvidenceChange>,
    /// All units of either run: those that moved, the farthest first; then new and gone ones, the riskiest first; then all others.
    pub units: Vec<UnitChange>,
}

/// Compares two folders that `goulet run` wrote.
///
/// # Errors
/// When a folder holds no reports of this version, or a model of theirs cannot be computed.
pub fn diff(old: &Path, new: &Path) -> Result<Diff> {
    let (old, new) = (Folder::read(old)?, Folder::read(new)?);
    let causes = causes::causes(&old, &new)?;
    let (reads_otherwise, weighs_otherwise) = (causes::reads_otherwise(&causes), causes::weighs_otherwise(&causes));
    let documents = documents::changes(&old, &new, reads_otherwise)?;
    let evidence = documents::evidence(&old, &new, &documents)?;
    let is_of_documents = |what: What| what.is_of_documents() || what == What::Reweighted && !weighs_otherwise;
    let documents_differ = documents.iter().any(|change| is_of_documents(change.what));
    let split = Split::compute(&old, &new, &evidence, |change| is_of_documents(change.what), documents_differ)?;
    let units = units(&old, &new, &split)?;
    Ok(Diff { old, new, causes, documents, evidence, units })
}

impl Diff {
    /// Whether the two runs are the same in everything but their layout.
    pub fn is_empty(&self) -> bool {
        self.causes.is_empty() && self.documents.is_empty() && self.units.iter().all(|unit| unit.fate == Fate::Same)
    }

    /// The units of one fate.
    pub fn of_fate(&self, fate: Fate) -> impl Iterator<Item = &UnitChange> {
        self.units.iter().filter(move |unit| unit.fate == fate)
    }
}

fn units(old: &Folder, new: &Folder, split: &Split) -> Result<Vec<UnitChange>> {
    let (before, now) = (by_unit(old)?, by_unit(new)?);
    let keys: BTreeSet<&Unit> = before.keys().chain(now.keys()).collect();
    let mut units: Vec<UnitChange> = keys
        .into_iter()
        .map(|unit| unit_change(*unit, before.get(unit).copied(), now.get(unit).copied(), split))
        .collect();
    let risk = |unit: &UnitChange| unit.risk.into_iter().flatten().next();
    let size = |unit: &UnitChange| unit.change().or(risk(unit)).map_or(0.0, f64::abs);
    units.sort_by(|a, b| a.fate.cmp(&b.fate).then(size(b).total_cmp(&size(a))).then(a.unit.cmp(&b.unit)));
    Ok(units)
}

fn by_unit(folder: &Folder) -> Result<BTreeMap<Unit, &ScoreRow>> {
    let mut rows = BTreeMap::new();
    for row in &folder.scores {
        let unit = (row.period.parse()?, row.sector, row.country);
        if rows.insert(unit, row).is_some() {
            let message = format!("two rows for {} {} {}", row.sector, row.country, row.period);
            return Err(Error::new(ErrorKind::Data, message)
                .at_file(folder.path.join("scores.csv"))
                .hint("the table was edited: make it again with `goulet run`"));
        }
    }
    Ok(rows)
}

fn unit_change(unit: Unit, old: Option<&ScoreRow>, new: Option<&ScoreRow>, split: &Split) -> UnitChange {
    let computed = split.scores(&unit);
    let risk = [(old, computed[0]), (new, computed[1])].map(|(row, computed)| {
        let written = row?.risk?;
        // All digits where the table only cut them off; else what it says.
        Some(computed.filter(|computed| (computed - written).abs() <= ROUNDING).unwrap_or(written))
    });
    let change = risk[0].zip(risk[1]).map(|(old, new)| new - old);
    let parts = change.map(|change| {
        let mut parts = split.parts(&unit).unwrap_or_default();
        let rest = change - parts.iter().sum::<f64>();
        parts[Cause::Rest as usize] = if rest.abs() > NOTHING { rest } else { 0.0 };
        parts
    });
    let moved = |(old, new): (&ScoreRow, &ScoreRow)| {
        (old.rank, &old.status) != (new.rank, &new.status)
            || change.map_or(old.risk != new.risk, |change| change.abs() > NOTHING)
    };
    let fate = match (old, new) {
        (None, _) => Fate::New,
        (_, None) => Fate::Gone,
        (Some(old), Some(new)) if moved((old, new)) => Fate::Moved,
        _ => Fate::Same,
    };
    UnitChange { unit, fate, old: old.cloned(), new: new.cloned(), risk, parts }
}
