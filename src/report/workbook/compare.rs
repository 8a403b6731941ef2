//! Sheet Compare: all sectors of the latest period side by side. What depends on the weights is a formula on Sectors and Scores.

use rust_xlsxwriter::Worksheet;
use rust_xlsxwriter::utility::row_col_to_cell_absolute;

use super::Book;
use super::formula::quoted;
use super::layout::{column, helper};
use super::scores::UNRANKED;
use super::sheet::{Cells, failed, row_number};
use super::style;
use super::{sectors, weights};
use crate::codes::CountryCode;
use crate::error::Result;
use crate::report::comparison::Comparison;

const NAMES: u32 = 3;
const CODES: u32 = 4;
const FIRST: u32 = 5;
const FIRST_SECTOR: u16 = 1;

/// Measures of `comparison.csv` that stand here as formulas, under other names or not at all: those of the second country and the
/// interval of the rank say something of the run, not of the weights now in the sheet.
const NOT_COPIED: &[&str] = &[
    "risk (0-100)",
    "export controls (0-100)",
    "concentration (0-100)",
    "coercion (0-100)",
    "mitigation (0-100)",
    "riskiest country",
    "its risk (0-100)",
    "its rank, 5-95 %",
    "second country",
    "countries ranked",
];

pub fn write(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles) = (&book.words, &book.styles);
    sheet.heading(words.say("compare_title"), &styles.title)?;
    let Some(comparison) = book.findings.comparison else {
        sheet.text((1, 0), words.say("compare_none"), &styles.note)?;
        return Ok(());
    };
    let state = format!("={}", book.layout.on_model(weights::STATE.0, weights::STATE.1));
    sheet.wording((1, 0), &state, words.say("state_as_run"), &styles.warning)?;
    let period = words.fill("compare_period", &[("period", comparison.period.clone())]);
    sheet.text((NAMES, 0), &period, &styles.header)?;
    sheet.text((CODES, 0), words.say("sector_code"), &styles.header)?;
    let order = in_order(book, comparison);
    for (column, place) in (FIRST_SECTOR..).zip(&order) {
        let sector = &comparison.sectors[*place];
        sheet.text((NAMES, column), words.sector(sector), &styles.header_number)?;
        sheet.text((CODES, column), sector.as_str(), &styles.code_right)?;
    }
    let next = scores(book, sheet, comparison, &order)?;
    let next = riskiest(book, sheet, comparison, &order, next)?;
    let last = copied(book, sheet, comparison, &order, next)?;
    let last_column = FIRST_SECTOR + u16::try_from(order.len().max(1)).unwrap_or(1) - 1;
    let measures = 1 + row_number(book.layout.headline.len());
    let heat = style::heat(book.scale());
    sheet.add_conditional_format(FIRST, FIRST_SECTOR, FIRST + measures - 1, last_column, &heat).map_err(failed)?;
    sheet.set_column_width(0, 40).map_err(failed)?;
    sheet.set_column_range_width(FIRST_SECTOR, last_column, 18).map_err(failed)?;
    sheet.set_row_height(NAMES, 44).map_err(failed)?;
    sheet.set_freeze_panes(FIRST, FIRST_SECTOR).map_err(failed)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_print_area(0, 0, last, last_column).map_err(failed)?;
    Ok(())
}

/// Places of the compared sectors in the order of the sheet Sectors.
fn in_order(book: &Book<'_>, comparison: &Comparison) -> Vec<usize> {
    sectors::rows(book)
        .into_iter()
        .filter(|row| row.period == comparison.period)
        .filter_map(|row| comparison.sectors.iter().position(|sector| *sector == row.sector))
        .collect()
}

/// Score and headline nodes, looked up in Sectors. Returns the next row.
fn scores(book: &Book<'_>, sheet: &mut Worksheet, comparison: &Comparison, order: &[usize]) -> Result<u32> {
    let (words, styles, layout) = (&book.words, &book.styles, &book.layout);
    let nodes = book.findings.model.tree.nodes();
    let keys = sectors::all(book, sectors::key(book));
    let mut row = FIRST;
    for (at, &node) in (sectors::SCORE..).zip(std::iter::once(&layout.root).chain(&layout.headline)) {
        sheet.text((row, 0), words.of("node", nodes[node].code()), &styles.label)?;
        let values = sectors::all(book, at);
        for (column, place) in (FIRST_SECTOR..).zip(order) {
            let key = format!("{}&{}", code_cell(column), quoted(&format!("/{}", comparison.period)));
            let formula = format!("=IFERROR(INDEX({values},MATCH({key},{keys},0)),\"\")");
            let result = book.computed.sector_mean(comparison.sectors[*place], &comparison.period, node);
            sheet.formula((row, column), &formula, result, &styles.score)?;
        }
        row += 1;
    }
    Ok(row)
}

fn code_cell(column: u16) -> String {
    row_col_to_cell_absolute(CODES, column).replacen('$', "", 1)
}

/// The ranked country of highest rank, its rank and score, and how many are ranked. Returns the next row.
fn riskiest(book: &Book<'_>, sheet: &mut Worksheet, comparison: &Comparison, order: &[usize], row: u32) -> Result<u32> {
    let (words, styles, layout) = (&book.words, &book.styles, &book.layout);
    let period = quoted(&comparison.period);
    let ranks = layout.units(layout.helpers + helper::RANK);
    let keys = layout.units(layout.helpers + helper::RANK_KEY);
    for (next, label) in (row..).zip(["best_rank", "best_country", "best_score", "countries_ranked"]) {
        sheet.text((next, 0), words.say(label), &styles.label)?;
    }
    for (column, place) in (FIRST_SECTOR..).zip(order) {
        let sector = comparison.sectors[*place];
        let of_sector = book.computed.units.iter().filter(|unit| {
            unit.row.sector == sector && unit.row.period == comparison.period && unit.row.rank.is_some()
        });
        let best = of_sector.clone().next();
        let code = code_cell(column);
        let here = format!("({}={code})*({}={period})", layout.units(column::SECTOR), layout.units(column::PERIOD));
        let least = format!("{UNRANKED}-SUMPRODUCT(MAX({here}*({UNRANKED}-{ranks})))");
        let rank = format!("=IF({least}>={UNRANKED},\"\",{least})");
        let result = best.and_then(|unit| unit.row.rank).map(f64::from);
        sheet.formula((row, column), &rank, result, &styles.rank)?;
        let rank_cell = row_col_to_cell_absolute(row, column).replacen('$', "", 1);
        let look_up = |values: String| {
            format!("=IFERROR(INDEX({values},MATCH({code}&\"/\"&{period}&\"/\"&{rank_cell},{keys},0)),\"\")")
        };
        let country = best.map_or("", |unit| words.country(&unit.row.country));
        let text = styles.text.clone().set_align(rust_xlsxwriter::FormatAlign::Right);
        sheet.wording((row + 1, column), &look_up(layout.units(column::COUNTRY_NAME)), country, &text)?;
        let score = best.and_then(|unit| unit.row.risk);
        sheet.formula((row + 2, column), &look_up(layout.units(column::SCORE)), score, &styles.score)?;
        let count = format!("=SUMPRODUCT({here}*({ranks}<{UNRANKED}))");
        sheet.formula((row + 3, column), &count, Some(of_sector.count() as f64), &styles.count)?;
    }
    Ok(row + 4)
}

/// Measures that do not depend on the weights, from `comparison.csv`. Returns the last row.
fn copied(book: &Book<'_>, sheet: &mut Worksheet, comparison: &Comparison, order: &[usize], row: u32) -> Result<u32> {
    let (words, styles) = (&book.words, &book.styles);
    let text = styles.text.clone().set_align(rust_xlsxwriter::FormatAlign::Right);
    let kept = comparison.rows.iter().filter(|measure| !NOT_COPIED.contains(&measure.label.as_str()));
    let mut last = row.saturating_sub(1);
    for (row, measure) in (row..).zip(kept) {
        sheet.text((row, 0), words.say(&measure.label), &styles.label)?;
        for (column, place) in (FIRST_SECTOR..).zip(order) {
            let cell = measure.cells.get(*place).map_or("", String::as_str);
            match cell.parse::<f64>() {
                Ok(number) if measure.label.contains("(0-1)") => {
                    sheet.number((row, column), Some(number), &styles.value)?;
                }
                Ok(number) => sheet.number((row, column), Some(number), &styles.count)?,
                Err(_) => drop(sheet.text((row, column), &named(book, cell), &text)?),
            }
        }
        last = row;
    }
    Ok(last)
}

/// A cell that begins with a country's code, with the country's name in its place.
fn named(book: &Book<'_>, cell: &str) -> String {
    let (code, rest) = cell.split_at_checked(3).unwrap_or((cell, ""));
    match code.parse::<CountryCode>() {
        Ok(country) if rest.is_empty() || rest.starts_with(' ') => format!("{}{rest}", book.words.country(&country)),
        _ => cell.to_owned(),
    }
}
