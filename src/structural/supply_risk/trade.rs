//! GeoPolRisk on a user's trade: a row an exporter.
//!
//! Columns: `material`, `importer`, `exporter`, `import`, `domestic_production` (of the importer, in the unit of the imports,
//! the same on each of its rows or empty but on one), and optionally `stage`; without a stage, the score is computed for every
//! stage whose world production is known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;

use super::geopolrisk::{GeoPolRisk, Import};
use super::indices::Index;
use crate::codes::{CountryCode, MaterialId};
use crate::error::{Error, ErrorKind, Result};
use crate::sheet::Sheet;
use crate::structural::InputStage;
use crate::structural::governance::Governance;

/// What one country imports of a material.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imports {
    /// By exporter.
    pub amounts: BTreeMap<CountryCode, f64>,
    /// p; `None` where no row says it.
    pub domestic_production: Option<f64>,
}

/// Who imports what; the stage is `None` where the table does not say it.
pub type Trade = BTreeMap<(MaterialId, Option<String>, CountryCode), Imports>;

/// A material at a stage and an importer, with every factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The material, and the stage of its world production; the stage is empty where no production is known.
    pub of: InputStage,
    /// Who imports.
    pub importer: CountryCode,
    /// Concentration of world production; `None` where no shares are known.
    pub index: Option<Index>,
    /// `None` where something lacks.
    pub risk: Option<GeoPolRisk>,
    /// Why there is no score.
    pub reason: Option<String>,
}

/// Reads the text of a table; `file` is for messages.
///
/// # Errors
/// With every fault at its line: a malformed code, an amount below 0, an exporter twice, two domestic productions.
pub fn read(text: &str, file: &Path) -> Result<Trade> {
    let sheet = Sheet::read(text, file)?;
    sheet.require(&["material", "importer", "exporter", "import", "domestic_production"])?;
    let (mut trade, mut faults) = (Trade::new(), Vec::new());
    for (line, row) in &sheet.rows {
        if let Err(fault) = add(&sheet, *line, row, &mut trade, &mut faults) {
            faults.push(fault.at_line(file, *line));
        }
    }
    if sheet.rows.is_empty() {
        let fault = Error::new(ErrorKind::Data, "the table has no rows").at_line(file, 1);
        faults.push(fault.hint("give a row for each material, importer and exporter"));
    }
    if faults.is_empty() { Ok(trade) } else { Err(faults.into()) }
}

fn add(sheet: &Sheet<'_>, line: u64, row: &StringRecord, trade: &mut Trade, faults: &mut Vec<Error>) -> Result<()> {
    let fault = |message: String, column: &str| Error::new(ErrorKind::Data, message).in_column(column);
    let required =
        |column: &'static str| sheet.text(row, column).ok_or_else(|| fault("the cell is empty".to_owned(), column));
    let country = |column: &'static str| -> Result<CountryCode> {
        required(column)?.parse().map_err(|fault: Error| fault.in_column(column))
    };
    let material: MaterialId = required("material")?.parse().map_err(|fault: Error| fault.in_column("material"))?;
    let (importer, exporter) = (country("importer")?, country("exporter")?);
    required("import")?;
    let mut amount = |column: &str| sheet.number(line, row, column, faults);
    let (import, production) = (amount("import"), amount("domestic_production"));
    for (column, value) in [("import", import), ("domestic_production", production)] {
        if let Some(wrong) = value.filter(|value| *value < 0.0) {
            return Err(fault(format!("{wrong} is no amount: expected 0 or more"), column));
        }
    }
    if importer == exporter {
        return Err(
            fault(format!("{importer} imports from itself"), "exporter").hint("domestic production has its own column")
        );
    }
    let stage = sheet.text(row, "stage").map(str::to_owned);
    let imports = trade.entry((material, stage, importer)).or_default();
    if let Some(import) = import
        && imports.amounts.insert(exporter, import).is_some()
    {
        return Err(fault(format!("imports of {material} by {importer} from {exporter} twice"), "exporter"));
    }
    match (imports.domestic_production, production) {
        (Some(first), Some(other)) if first != other => Err(fault(
            format!("the domestic production of {importer} is {first} on an earlier row, {other} here"),
            "domestic_production",
        )),
        (known, said) => {
            imports.domestic_production = known.or(said);
            Ok(())
        }
    }
}

/// The score of every material, stage and importer, in order of their codes.
pub fn score(trade: &Trade, indices: &[Index], governance: &Governance) -> Vec<Scored> {
    let mut all = Vec::new();
    for ((material, stage, importer), imports) in trade {
        let fits =
            |index: &&Index| index.of.input == *material && stage.as_ref().is_none_or(|stage| index.of.stage == *stage);
        let found: Vec<&Index> = indices.iter().filter(fits).collect();
        if found.is_empty() {
            let of = InputStage { input: *material, stage: stage.clone().unwrap_or_default() };
            let reason = Some("no shares of world production by country".to_owned());
            all.push(Scored { of, importer: *importer, index: None, risk: None, reason });
        }
        all.extend(found.into_iter().map(|index| score_one(index, *importer, imports, governance)));
    }
    all
}

fn score_one(index: &Index, importer: CountryCode, imports: &Imports, governance: &Governance) -> Scored {
    let flows: Vec<Import> = imports
        .amounts
        .iter()
        .map(|(exporter, amount)| Import {
            exporter: *exporter,
            amount: *amount,
            stability: governance.political_stability(*exporter),
        })
        .collect();
    let risk = imports.domestic_production.map(|production| GeoPolRisk::new(index.hhi, &flows, production));
    let reason = match risk {
        None => Some("the domestic production is not given (write 0 where there is none)"),
        Some(risk) if risk.score().is_none() => Some("nothing is imported and nothing produced"),
        Some(_) => None,
    };
    Scored { of: index.of.clone(), importer, index: Some(index.clone()), risk, reason: reason.map(str::to_owned) }
}

/// The exporters without an estimate of stability, for messages.
pub fn without_estimate(trade: &Trade, governance: &Governance) -> BTreeSet<CountryCode> {
    let exporters = trade.values().flat_map(|imports| imports.amounts.keys());
    exporters.filter(|exporter| governance.political_stability(**exporter).is_none()).copied().collect()
}
