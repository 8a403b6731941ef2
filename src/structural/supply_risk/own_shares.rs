//! A user's own shares: a table with the columns of `data/structural/shares.csv`.
//!
//! Only `input`, `stage`, `country` (ISO 3166-1 alpha-3, or OTHER) and `share` are required. Of the other columns
//! `kind`, `reference_year`, `publisher`, `complete` and `preferred` are read where present, and `trade_parameter` (t of the
//! country's exports), which our table keeps apart. The set of an input and stage replaces ours; one that we do not have is
//! added. A table with several sets of one input and stage marks the one to use as `preferred`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;

use super::concentration::Supplier;
use crate::codes::{CountryCode, MaterialId};
use crate::error::{Error, ErrorKind, Result};
use crate::sheet::Sheet;
use crate::structural::InputStage;
use crate::structural::shares::{MOST_UNNAMED, OTHER, TOLERANCE};

/// A set of shares that a user brought.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnSet {
    /// Each country named, in order of the codes.
    pub suppliers: Vec<Supplier>,
    /// The share of all others together.
    pub other: f64,
    /// Whether every country that matters is named.
    pub complete: bool,
    /// What is shared out, if said.
    pub kind: Option<String>,
    /// Year of the figures, if said.
    pub reference_year: Option<String>,
    /// Who published them, if said.
    pub publisher: Option<String>,
    /// Line of its first row.
    pub line: u64,
}

/// The sets of a user's table.
pub type OwnShares = BTreeMap<InputStage, OwnSet>;

/// The shares of all, `OTHER` included.
pub(super) fn sum_of(suppliers: &[Supplier], other: f64) -> f64 {
    other + suppliers.iter().map(|supplier| supplier.share).sum::<f64>()
}

/// What tells sets of one input and stage apart: publisher, year, kind.
type Key = (InputStage, [Option<String>; 3]);

/// A set as its rows are added.
#[derive(Debug, Default)]
struct Draft {
    suppliers: BTreeMap<CountryCode, Supplier>,
    other: f64,
    complete: Option<bool>,
    preferred: bool,
    line: u64,
}

/// Reads the text of a table; `file` is for messages.
///
/// # Errors
/// With every fault at its line: unknown material, malformed country, no share, a country twice, a set that does not sum
/// to 1, two sets of one input and stage.
pub fn read(text: &str, file: &Path, materials: &BTreeSet<MaterialId>) -> Result<OwnShares> {
    let sheet = Sheet::read(text, file)?;
    sheet.require(&["input", "stage", "country", "share"])?;
    let (mut drafts, mut faults) = (BTreeMap::<Key, Draft>::new(), Vec::new());
    for (line, row) in &sheet.rows {
        if let Err(fault) = add(&sheet, *line, row, materials, &mut drafts, &mut faults) {
            faults.push(fault.at_line(file, *line));
        }
    }
    if sheet.rows.is_empty() {
        let fault = Error::new(ErrorKind::Data, "the table has no rows").at_line(file, 1);
        faults.push(fault.hint("give a row for each input, stage and country"));
    }
    // Sums are judged only where every row was read.
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let sets = choose(drafts, file, &mut faults);
    if faults.is_empty() { Ok(sets) } else { Err(faults.into()) }
}

fn add(
    sheet: &Sheet<'_>,
    line: u64,
    row: &StringRecord,
    materials: &BTreeSet<MaterialId>,
    drafts: &mut BTreeMap<Key, Draft>,
    faults: &mut Vec<Error>,
) -> Result<()> {
    let cell = |column: &'static str| sheet.text(row, column);
    let required = |column: &'static str| {
        cell(column).ok_or_else(|| Error::new(ErrorKind::Data, "the cell is empty").in_column(column))
    };
    let input: MaterialId = required("input")?.parse().map_err(|fault: Error| fault.in_column("input"))?;
    let of = InputStage { input, stage: required("stage")?.to_owned() };
    if of.is_material() && !materials.contains(&input) {
        let message = format!("`{input}` is not in materials.csv");
        return Err(Error::new(ErrorKind::Data, message)
            .in_column("input")
            .hint("materials.csv lists the codes; `goulet init DIR` writes a copy to which you may add"));
    }
    let country = required("country")?;
    required("share")?;
    // A share that is no number is told by the sheet.
    let Some(share) = sheet.number(line, row, "share", faults) else { return Ok(()) };
    if !(0.0..=1.0).contains(&share) {
        let message = format!("{share} is no share: expected a fraction between 0 and 1");
        return Err(Error::new(ErrorKind::Data, message).in_column("share").hint("divide per cents by 100"));
    }
    let own = |column| cell(column).map(str::to_owned);
    let draft = drafts.entry((of, [own("publisher"), own("reference_year"), own("kind")])).or_default();
    if draft.line == 0 {
        draft.line = line;
        draft.complete = flag(cell("complete"), "complete")?;
        draft.preferred = flag(cell("preferred"), "preferred")?.unwrap_or_default();
    }
    if country == OTHER {
        draft.other += share;
        return Ok(());
    }
    let country: CountryCode = country.parse().map_err(|fault: Error| fault.in_column("country"))?;
    let trade_parameter = sheet.number(line, row, "trade_parameter", faults);
    if let Some(wrong) = trade_parameter.filter(|parameter| !(0.5..=2.0).contains(parameter)) {
        let message = format!("{wrong}: expected a number from 0.8 to 1.5");
        return Err(Error::new(ErrorKind::Data, message).in_column("trade_parameter"));
    }
    if let Some(first) = draft.suppliers.get(&country) {
        let message = format!("{country} twice in the set, first on line {}", first.line);
        return Err(Error::new(ErrorKind::Data, message).in_column("country"));
    }
    draft.suppliers.insert(country, Supplier { country, share, trade_parameter, assumed: 1.0, line });
    Ok(())
}

fn flag(cell: Option<&str>, column: &str) -> Result<Option<bool>> {
    match cell.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true" | "1" | "yes") => Ok(Some(true)),
        Some("false" | "0" | "no") => Ok(Some(false)),
        Some(other) => {
            let message = format!("`{other}` is neither true nor false");
            Err(Error::new(ErrorKind::Data, message).in_column(column))
        }
    }
}

/// One set for each input and stage.
fn choose(drafts: BTreeMap<Key, Draft>, file: &Path, faults: &mut Vec<Error>) -> OwnShares {
    let mut by_stage = BTreeMap::<InputStage, Vec<([Option<String>; 3], Draft)>>::new();
    for ((of, said), draft) in drafts {
        by_stage.entry(of).or_default().push((said, draft));
    }
    let mut sets = OwnShares::new();
    for (of, mut drafts) in by_stage {
        if drafts.len() > 1 {
            let line = drafts.iter().map(|(_, draft)| draft.line).max().unwrap_or_default();
            let count = drafts.len();
            drafts.retain(|(_, draft)| draft.preferred);
            if drafts.len() != 1 {
                let message = format!("{count} sets for {of}, of which {} are marked `preferred`", drafts.len());
                let fault = Error::new(ErrorKind::Data, message).at_line(file, line);
                faults.push(fault.hint("a set is the rows of one publisher, year and kind; mark one set as preferred"));
                continue;
            }
        }
        for (said, draft) in drafts {
            let set = finish(said, draft);
            let sum = sum_of(&set.suppliers, set.other);
            if (sum - 1.0).abs() > TOLERANCE {
                let message = format!("the shares of {of} sum to {sum:.3}: expected 1 ± {TOLERANCE}");
                let fault = Error::new(ErrorKind::Data, message).at_line(file, set.line);
                faults.push(fault.hint("add what is missing as a row with country OTHER"));
            }
            sets.insert(of.clone(), set);
        }
    }
    sets
}

fn finish([publisher, reference_year, kind]: [Option<String>; 3], draft: Draft) -> OwnSet {
    let suppliers: Vec<Supplier> = draft.suppliers.into_values().collect();
    // As for our own sets: one country beside OTHER is no picture of the others.
    let names_enough = draft.other <= MOST_UNNAMED && (suppliers.len() > 1 || draft.other == 0.0);
    let complete = draft.complete.unwrap_or(names_enough);
    OwnSet { suppliers, other: draft.other, complete, kind, reference_year, publisher, line: draft.line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<OwnShares> {
        let materials = ["gallium", "cobalt"].map(|code| code.parse().unwrap()).into();
        read(text, Path::new("own.csv"), &materials)
    }

    fn only(text: &str) -> OwnSet {
        read_text(text).unwrap().into_values().next().unwrap()
    }

    #[test]
    fn four_columns_are_enough() {
        let set = only("country,share,input,stage\nCHN,0.9,gallium,processing\nOTHER,0.09,gallium,processing\n");
        assert_eq!((set.suppliers.len(), set.other, set.complete, set.publisher), (1, 0.09, false, None));
        let set = only("input;stage;country;share\ncobalt;extraction;COD;0,7\ncobalt;extraction;IDN;0,3\n");
        assert_eq!((set.suppliers[0].share, set.complete), (0.7, true));
        // A good of another stage need not be a material.
        assert_eq!(read_text("input,stage,country,share\nwafers,capacity,TWN,1\n").unwrap().len(), 1);
    }

    #[test]
    fn every_fault_has_its_line() {
        let message = read_text(
            "input,stage,country,share\nunobtainium,extraction,CHN,1\ncobalt,extraction,China,0.5\ncobalt,extraction,COD,70\n\
             cobalt,extraction,COD,x\ncobalt,extraction,,0.5\n",
        )
        .unwrap_err()
        .to_string();
        for words in [
            "own.csv:2 (column input): `unobtainium` is not in materials.csv",
            "own.csv:3 (column country): `China` is no country code",
            "own.csv:4 (column share): 70 is no share",
            "own.csv:5 (column share): `x` is no number",
            "own.csv:6 (column country): the cell is empty",
        ] {
            assert!(message.contains(words), "{words} not in {message}");
        }
    }

    #[test]
    fn a_set_that_does_not_sum_to_one_is_refused_with_its_sum() {
        let refused = |text: &str| read_text(text).unwrap_err().to_string();
        let message = refused("input,stage,country,share\ncobalt,extraction,COD,0.7\ncobalt,extraction,IDN,0.2\n");
        assert!(message.contains("own.csv:2: the shares of cobalt extraction sum to 0.900"), "{message}");
        let message = refused("input,stage,country,share\ncobalt,extraction,COD,0.7\ncobalt,extraction,COD,0.3\n");
        assert!(message.contains("own.csv:3 (column country): COD twice in the set, first on line 2"), "{message}");
        assert!(refused("input,stage,country,share\n").contains("no rows"));
        assert!(refused("input,stage,share\n").contains("no column `country`"));
    }

    #[test]
    fn of_several_sets_the_preferred_is_taken() {
        let text = "input,stage,country,share,publisher,preferred\ncobalt,extraction,COD,1,A,no\ncobalt,extraction,IDN,1,B,yes\n";
        assert_eq!(only(text).publisher.as_deref(), Some("B"));
        let message = read_text(&text.replace("yes", "no")).unwrap_err().to_string();
        assert!(message.contains("own.csv:3: 2 sets for cobalt extraction, of which 0"), "{message}");
    }
}
