//! Any table, as COINr users keep them: `--meta` (one row an indicator or aggregate) and `--data` (one row a unit).
//!
//! `--meta` columns: `iCode`, `Type` (Indicator, Aggregate, Group, Denominator, Other) and optionally `iName`,
//! `Direction`, `Level`, `Weight`, `Parent`, `Denominator`, `Target`, `Unit`. `--data` columns: `uCode`, optionally
//! `uName`, and those the meta table names; others are not used. A unit may stand on several rows where a column `Time`
//! tells them apart. Missing values are empty, `NA` or `NaN`. Cells are parted by commas, or by semicolons (then numbers may have a
//! decimal comma). Faults are collected, each with line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use csv::StringRecord;
use ndarray::Array2;

use super::file::Places;
use super::table::{Panel, Table};
use super::tree::{NodeEntry, Tree};
use crate::error::{Error, ErrorKind, Result};
use crate::sheet::Sheet;

/// A tree read from a meta table, with the columns of the data table that are not indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// The tree.
    pub tree: Tree,
    /// Columns that hold groups of units.
    pub groups: Vec<String>,
    /// Columns that indicators are divided by.
    pub denominators: Vec<String>,
}

/// Reads a meta table.
pub fn read_meta(text: &str, file: &Path) -> Result<Meta> {
    let sheet = Sheet::read(text, file)?;
    sheet.require(&["iCode", "Type"])?;
    let (mut entries, mut lines, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let (mut groups, mut denominators) = (Vec::new(), Vec::new());
    let mut levels = BTreeMap::new();
    for (line, row) in &sheet.rows {
        let code = sheet.text(row, "iCode").unwrap_or_default().to_owned();
        match sheet.text(row, "Type").unwrap_or_default() {
            "Indicator" | "Aggregate" => {
                if let Some(level) = sheet.number(*line, row, "Level", &mut faults) {
                    levels.insert(code, (level, *line));
                }
                entries.push(node_entry(&sheet, *line, row, &mut faults));
                lines.push(*line);
            }
            "Group" => groups.push(code),
            "Denominator" => denominators.push(code),
            "Other" | "" => {}
            other => {
                let message = format!("`{other}` is no type of row");
                let hint = "write Indicator, Aggregate, Group, Denominator or Other";
                faults.push(Error::new(ErrorKind::Format, message).at_line(file, *line).in_column("Type").hint(hint));
            }
        }
    }
    let tree = Tree::build(&entries, &Places::of_rows(file, lines));
    match tree {
        Ok(tree) => {
            check_types(&sheet, &tree, &mut faults);
            check_levels(file, &tree, &levels, &mut faults);
            if faults.is_empty() { Ok(Meta { tree, groups, denominators }) } else { Err(Error::from(faults)) }
        }
        Err(more) => {
            faults.extend(more);
            Err(Error::from(faults))
        }
    }
}

fn node_entry(sheet: &Sheet<'_>, line: u64, row: &StringRecord, faults: &mut Vec<Error>) -> NodeEntry {
    let text = |column: &str| sheet.text(row, column).map(str::to_owned);
    let is_indicator = sheet.text(row, "Type") == Some("Indicator");
    let direction = sheet.number(line, row, "Direction", faults);
    let target = sheet.number(line, row, "Target", faults);
    NodeEntry {
        code: text("iCode").unwrap_or_default(),
        parent: text("Parent"),
        weight: sheet.number(line, row, "Weight", faults),
        direction: direction.filter(|_| is_indicator),
        target: target.filter(|_| is_indicator),
        denominator: text("Denominator").filter(|_| is_indicator),
        unit: text("Unit"),
        name_en: text("iName"),
        ..NodeEntry::default()
    }
}

/// An aggregate needs children, an indicator has none.
fn check_types(sheet: &Sheet<'_>, tree: &Tree, faults: &mut Vec<Error>) {
    for (line, row) in &sheet.rows {
        let Some(index) = sheet.text(row, "iCode").and_then(|code| tree.index_of(code)) else { continue };
        let node = &tree.nodes()[index];
        let (what, hint) = match (sheet.text(row, "Type"), node.is_leaf()) {
            (Some("Aggregate"), true) => ("is an aggregate without children", "name it as `Parent` of other rows"),
            (Some("Indicator"), false) => ("is an indicator but parent of others", "make its Type `Aggregate`"),
            _ => continue,
        };
        let fault = Error::new(ErrorKind::Model, format!("`{}` {what}", node.code()));
        faults.push(fault.at_line(sheet.file, *line).in_column("Type").hint(hint));
    }
}

/// Where levels are given, a parent's is above its children's.
fn check_levels(file: &Path, tree: &Tree, levels: &BTreeMap<String, (f64, u64)>, faults: &mut Vec<Error>) {
    for node in tree.nodes() {
        let parent = node.parent.map(|parent| tree.nodes()[parent].code());
        let (Some((own, line)), Some(parent)) = (levels.get(node.code()), parent) else { continue };
        if let Some((above, _)) = levels.get(parent).filter(|(above, _)| above <= own) {
            let message = format!("`{}` has level {own}, its parent `{parent}` level {above}", node.code());
            let fault = Error::new(ErrorKind::Model, message).at_line(file, *line).in_column("Level");
            faults.push(fault.hint("give the parent the higher level, or leave `Level` empty"));
        }
    }
}

/// Reads a data table: the indicators, groups and denominators that `meta` names.
pub fn read_data(text: &str, file: &Path, meta: &Meta) -> Result<Table> {
    let sheet = Sheet::read(text, file)?;
    let indicators: Vec<String> =
        meta.tree.leaves().iter().map(|leaf| meta.tree.nodes()[*leaf].code().to_owned()).collect();
    let named = indicators.iter().chain(&meta.groups).chain(&meta.denominators).map(String::as_str);
    sheet.require(&std::iter::once("uCode").chain(named).collect::<Vec<_>>())?;
    let mut faults = Vec::new();
    let (units, panel) = read_units(&sheet, &mut faults);
    let mut column = |name: &String| -> Vec<f64> {
        let cells = sheet.rows.iter().map(|(line, row)| sheet.number(*line, row, name, &mut faults));
        cells.map(|cell| cell.unwrap_or(f64::NAN)).collect()
    };
    let columns: Vec<Vec<f64>> = indicators.iter().map(&mut column).collect();
    let denominators = meta.denominators.iter().map(|name| (name.clone(), column(name))).collect::<BTreeMap<_, _>>();
    let label = |name: &String| sheet.rows.iter().map(|(_, row)| sheet.text(row, name).map(str::to_owned)).collect();
    let groups = meta.groups.iter().map(|name| (name.clone(), label(name))).collect::<BTreeMap<_, _>>();
    if !faults.is_empty() {
        return Err(Error::from(faults));
    }
    let values = Array2::from_shape_fn((units.len(), indicators.len()), |(row, column)| columns[column][row]);
    let panel = panel.map(Arc::new);
    Ok(Table {
        groups: groups.into(),
        denominators: denominators.into(),
        panel,
        ..Table::new(units, indicators, values)
    })
}

/// The name of each row: the unit, and where one stands on several rows, its time. Each may be there once.
fn read_units(sheet: &Sheet<'_>, faults: &mut Vec<Error>) -> (Vec<String>, Option<Panel>) {
    let code = |row: &StringRecord| sheet.text(row, "uCode").unwrap_or_default().to_owned();
    let codes: Vec<String> = sheet.rows.iter().map(|(_, row)| code(row)).collect();
    let is_once = codes.iter().collect::<BTreeSet<_>>().len() == codes.len();
    let panel = (!is_once && sheet.columns.contains_key("Time")).then(|| {
        let time = |(line, row): &(u64, StringRecord)| sheet.number(*line, row, "Time", faults).unwrap_or(f64::NAN);
        Panel { times: sheet.rows.iter().map(time).collect(), codes: codes.clone() }
    });
    let units = match &panel {
        Some(panel) => codes.iter().zip(&panel.times).map(|(code, time)| format!("{code}@{time}")).collect(),
        None => codes.clone(),
    };
    let mut seen = BTreeSet::new();
    for (((line, _), code), unit) in sheet.rows.iter().zip(&codes).zip(&units) {
        if code.is_empty() || !seen.insert(unit) {
            let what = if code.is_empty() { "a unit has no code".to_owned() } else { format!("unit `{unit}` twice") };
            let fault = Error::new(ErrorKind::Data, what).at_line(sheet.file, *line).in_column("uCode");
            let hint = "give each unit its own code; for one unit at several times add a column `Time`";
            faults.push(fault.hint(hint));
        }
    }
    (units, panel)
}

#[cfg(test)]
mod tests {
    use super::*;

    const META: &str = "iCode,Type,Parent,Weight,Direction,Level\nTop,Aggregate,,1,1,2\na,Indicator,Top,1,-1,1\nb,Indicator,Top,2,1,1\ng,Group,,,,\n";

    fn meta(text: &str) -> Result<Meta> {
        read_meta(text, Path::new("meta.csv"))
    }

    #[test]
    fn numbers_gaps_and_groups_are_read() {
        let meta = meta(META).unwrap();
        let table =
            read_data("\u{feff}uCode,b,a,g,x\nu,1.5,NA,east,9\nv, ,2e3,,9\n", Path::new("d.csv"), &meta).unwrap();
        assert_eq!((table.value(0, 0), table.value(0, 1)), (None, Some(1.5)));
        assert_eq!((table.value(1, 0), table.value(1, 1)), (Some(2000.0), None));
        assert_eq!(table.groups["g"], [Some("east".to_owned()), None]);
    }

    #[test]
    fn a_table_of_a_french_spreadsheet_is_read() {
        let meta = meta(META).unwrap();
        let table = read_data("uCode;a;b;g\nu;1,5;-2e3;e\n", Path::new("d.csv"), &meta).unwrap();
        assert_eq!((table.value(0, 0), table.value(0, 1)), (Some(1.5), Some(-2000.0)));
    }

    #[test]
    fn a_unit_may_stand_there_at_several_times() {
        let meta = meta(META).unwrap();
        let read = |text: &str| read_data(text, Path::new("d.csv"), &meta);
        let table = read("uCode,Time,a,b,g\nu,2020,1,1,e\nu,2021,2,2,e\nv,2020,3,3,e\n").unwrap();
        assert_eq!(*table.units, ["u@2020", "u@2021", "v@2020"]);
        assert_eq!(table.panel.unwrap().groups(), [0, 1, 0]);
        assert!(read("uCode,Time,a,b,g\nu,2020,1,1,e\nv,2021,2,2,e\n").unwrap().panel.is_none());
        let message = read("uCode,Time,a,b,g\nu,2020,1,1,e\nu,2020,2,2,e\n").unwrap_err().to_string();
        assert!(message.contains("d.csv:3 (column uCode): unit `u@2020` twice"), "{message}");
    }

    #[test]
    fn faults_name_line_and_column() {
        let meta = meta(META).unwrap();
        let read = |text: &str| read_data(text, Path::new("d.csv"), &meta).unwrap_err().to_string();
        let message = read("uCode,a,b,g\nu,1,2,e\nu,1,\"1,5\",e\n");
        assert!(message.contains("d.csv:3 (column b): `1,5` is no number"), "{message}");
        assert!(message.contains("d.csv:3 (column uCode): unit `u` twice"), "{message}");
        assert!(read("uCode,a,g\nu,1,e\n").contains("no column `b`"));
        assert!(read("uCode,a,b,g\nu,1\n").contains("d.csv:2"));
    }

    #[test]
    fn a_tree_that_contradicts_its_types_is_refused() {
        let message =
            meta("iCode,Type,Parent,Level\nTop,Indicator,,1\na,Indicator,Top,1\nz,Aggregate,,2\nq,Pillar,,2\n");
        let message = message.unwrap_err().to_string();
        for words in
            ["`Top` is an indicator but parent", "meta.csv:4", "`Pillar` is no type", "its parent `Top` level 1"]
        {
            assert!(message.contains(words), "{words} not in {message}");
        }
    }
}
