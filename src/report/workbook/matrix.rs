//! Sheet Matrix: countries × sectors as a heat map of any measure in any period, looked up in Scores.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::utility::{cell_range_absolute, row_col_to_cell_absolute};
use rust_xlsxwriter::{DataValidation, Formula, Worksheet};

use super::Book;
use super::computed::Unit;
use super::layout::{column, in_row};
use super::sheet::{Cells, failed, row_number};
use super::style;
use super::weights::STATE;
use crate::codes::{CountryCode, SectorId};
use crate::error::Result;

/// Where the measure is chosen.
pub const MEASURE: (u32, u16) = (1, 2);
/// Where the period is chosen.
pub const PERIOD: (u32, u16) = (2, 2);
const NAMES: u32 = 4;
const CODES: u32 = 5;
const FIRST: u32 = 6;
const FIRST_SECTOR: u16 = 2;

/// Rows and columns: the most exposed first.
struct Axes {
    sectors: Vec<SectorId>,
    countries: Vec<CountryCode>,
    /// Pairs that have a row in any period.
    pairs: BTreeSet<(CountryCode, SectorId)>,
}

pub fn write(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles) = (&book.words, &book.styles);
    let axes = Axes::new(book);
    sheet.heading(words.say("matrix_title"), &styles.title)?;
    choices(book, sheet, &axes)?;
    sheet.text((CODES, 0), words.say("country"), &styles.header)?;
    sheet.text((CODES, 1), words.say("country_code"), &styles.header)?;
    for (column, sector) in (FIRST_SECTOR..).zip(&axes.sectors) {
        sheet.text((NAMES, column), words.sector(sector), &styles.header_centred)?;
        sheet.text((CODES, column), sector.as_str(), &styles.code_centred)?;
    }
    let latest = book.computed.periods.first().copied().unwrap_or_default();
    let of_latest: BTreeMap<(CountryCode, SectorId), &Unit<'_>> = book
        .computed
        .units
        .iter()
        .filter(|unit| unit.row.period == latest)
        .map(|unit| ((unit.row.country, unit.row.sector), unit))
        .collect();
    for (index, country) in axes.countries.iter().enumerate() {
        let row = FIRST + row_number(index);
        sheet.text((row, 0), words.country(country), &styles.text)?;
        sheet.text((row, 1), country.as_str(), &styles.code)?;
        for (column, sector) in (FIRST_SECTOR..).zip(&axes.sectors) {
            if axes.pairs.contains(&(*country, *sector)) {
                let unit = of_latest.get(&(*country, *sector));
                let result = unit.and_then(|unit| book.computed.value(unit, book.layout.root));
                sheet.formula((row, column), &look_up(book, row, column), result, &styles.heat)?;
            }
        }
    }
    shape(book, sheet, &axes)
}

/// The cell of Scores whose unit and measure are asked for.
fn look_up(book: &Book<'_>, row: u32, column: u16) -> String {
    let layout = &book.layout;
    let table = layout.block(column::SCORE, layout.facts - 1);
    let headers = layout.headers(column::SCORE, layout.facts - 1);
    let sector = row_col_to_cell_absolute(CODES, column).replacen('$', "", 1);
    let key = format!("{sector}&\"/\"&{}&\"/\"&matrix_period", in_row(row, 1));
    format!("=IFERROR(INDEX({table},MATCH({key},scores_key,0),MATCH(matrix_measure,{headers},0)),\"\")")
}

/// The cells where measure and period are chosen, with what they can be.
fn choices(book: &Book<'_>, sheet: &mut Worksheet, axes: &Axes) -> Result<()> {
    let (words, styles, layout) = (&book.words, &book.styles, &book.layout);
    let nodes = book.findings.model.tree.nodes();
    let measures: Vec<&str> = std::iter::once(layout.root)
        .chain(layout.headline.iter().copied())
        .map(|node| words.of("node", nodes[node].code()))
        .collect();
    let latest = book.computed.periods.first().copied().unwrap_or_default();
    // What can be chosen stands beside the map, outside what is printed.
    let aside = FIRST_SECTOR + u16::try_from(axes.sectors.len()).unwrap_or(0) + 2;
    for (column, (at, key, value, list)) in (aside..).zip([
        (MEASURE, "measure", measures.first().copied().unwrap_or_default(), &measures),
        (PERIOD, "period", latest, &book.computed.periods),
    ]) {
        sheet.text((at.0, 0), words.say(key), &styles.label)?;
        sheet.merge_range(at.0, at.1, at.0, at.1 + 2, "", &styles.choice).map_err(failed)?;
        sheet.text(at, value, &styles.choice)?;
        sheet.text((NAMES, column), words.say(key), &styles.note)?;
        for (row, choice) in (CODES..).zip(list) {
            sheet.text((row, column), choice, &styles.note)?;
        }
        let range = cell_range_absolute(CODES, column, CODES + row_number(list.len().max(1)) - 1, column);
        let choice = DataValidation::new().allow_list_formula(Formula::new(range));
        sheet.add_data_validation(at.0, at.1, at.0, at.1, &choice).map_err(failed)?;
    }
    sheet.text((MEASURE.0, 6), words.say("matrix_note"), &styles.note)?;
    let state = format!("={}", layout.on_model(STATE.0, STATE.1));
    sheet.wording((PERIOD.0, 6), &state, words.say("state_as_run"), &styles.warning)
}

impl Axes {
    fn new(book: &Book<'_>) -> Self {
        let units = &book.computed.units;
        let mut sectors: BTreeMap<SectorId, f64> = BTreeMap::new();
        let mut countries: BTreeMap<CountryCode, f64> = BTreeMap::new();
        let latest = book.computed.periods.first().copied().unwrap_or_default();
        for unit in units {
            let score = unit.row.risk.filter(|_| unit.row.period == latest).unwrap_or(f64::NEG_INFINITY);
            sectors.entry(unit.row.sector).or_insert(f64::NEG_INFINITY);
            let most = countries.entry(unit.row.country).or_insert(f64::NEG_INFINITY);
            *most = most.max(score);
        }
        for (sector, score) in &mut sectors {
            *score = book.computed.sector_mean(*sector, latest, book.layout.root).unwrap_or(f64::NEG_INFINITY);
        }
        let pairs = units.iter().map(|unit| (unit.row.country, unit.row.sector)).collect();
        Self { sectors: highest_first(sectors), countries: highest_first(countries), pairs }
    }
}

fn highest_first<T: Copy + Ord>(scores: BTreeMap<T, f64>) -> Vec<T> {
    let mut all: Vec<(T, f64)> = scores.into_iter().collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.into_iter().map(|(code, _)| code).collect()
}

fn shape(book: &Book<'_>, sheet: &mut Worksheet, axes: &Axes) -> Result<()> {
    let last_row = FIRST + row_number(axes.countries.len().max(1)) - 1;
    let last = FIRST_SECTOR + u16::try_from(axes.sectors.len().max(1)).unwrap_or(1) - 1;
    sheet.set_column_width(0, 26).map_err(failed)?;
    sheet.set_column_width(1, 7).map_err(failed)?;
    sheet.set_column_range_width(FIRST_SECTOR, last, 18).map_err(failed)?;
    sheet.set_column_range_width(last + 3, last + 4, 24).map_err(failed)?;
    sheet.set_row_height(NAMES, 44).map_err(failed)?;
    sheet.set_freeze_panes(FIRST, FIRST_SECTOR).map_err(failed)?;
    sheet.autofilter(CODES, 0, last_row, last).map_err(failed)?;
    let heat = style::heat(book.scale());
    sheet.add_conditional_format(FIRST, FIRST_SECTOR, last_row, last, &heat).map_err(failed)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(NAMES, CODES).map_err(failed)?;
    sheet.set_print_area(0, 0, last_row, last).map_err(failed)?;
    Ok(())
}
