//! Sheet Scores: one row a unit, its score a formula on the weights of Model, all its working in the same row.

use rust_xlsxwriter::Worksheet;

use super::Book;
use super::computed::Unit;
use super::formula::{Formulas, quoted};
use super::layout::{FIRST, HEADER, WEIGHTS, column, helper, in_row, model_column};
use super::sheet::{Cells, failed, row_number};
use super::style;
use super::weights::STATE;
use crate::error::Result;

/// A rank for units that have none, where a number is needed.
pub const UNRANKED: f64 = 1e9;

pub fn write(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let styles = &book.styles;
    sheet.heading(book.words.say("scores_title"), &styles.title)?;
    let state = format!("={}", book.layout.on_model(STATE.0, STATE.1));
    sheet.wording((1, 0), &state, book.words.say("state_as_run"), &styles.warning)?;
    headers(book, sheet)?;
    weights(book, sheet)?;
    for (index, unit) in book.computed.units.iter().enumerate() {
        let row = FIRST + row_number(index);
        facts(book, sheet, row, unit)?;
        values(book, sheet, row, unit)?;
        helpers(book, sheet, row, unit)?;
    }
    shape(book, sheet)
}

/// The headers of every column.
fn headers(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (layout, words, styles) = (&book.layout, &book.words, &book.styles);
    let nodes = book.findings.model.tree.nodes();
    let name = |node: usize| words.of("node", nodes[node].code());
    let mut text = |column: u16, words: &str| {
        let format = match column {
            _ if column < column::SCORE => &styles.header,
            _ if column == layout.facts + 3 => &styles.header_beside,
            _ => &styles.header_number,
        };
        sheet.text((HEADER, column), words, format).map(drop)
    };
    let keys = ["sector", "sector_code", "country", "country_code", "period"];
    for (column, key) in (0..).zip(keys) {
        text(column, words.say(key))?;
    }
    for (node, &column) in layout.nodes.iter().enumerate() {
        text(column, name(node))?;
    }
    text(column::SCORE, name(layout.root))?;
    text(column::RANK, words.say("rank"))?;
    text(column::RANK_LOW, words.say("rank_low"))?;
    text(column::RANK_HIGH, words.say("rank_high"))?;
    let facts = ["documents", "mentions", "coverage", "status", "run_score", "run_rank", "rank_shift"];
    for (column, key) in (layout.facts..).zip(facts) {
        text(column, words.say(key))?;
    }
    let leaves = book.findings.model.tree.leaves();
    for (columns, key) in [(&layout.observed, "observed_of"), (&layout.used, "used_of")] {
        for (&column, &leaf) in columns.iter().zip(leaves) {
            if key == "observed_of" || book.computed.is_adjusted {
                text(column, &words.fill(key, &[("name", name(leaf).to_owned())]))?;
            }
        }
    }
    for (&child, &column) in &layout.taken {
        text(column, &words.fill("taken_of", &[("name", name(child).to_owned())]))?;
    }
    let helpers = ["helper_ranked", "helper_rank", "helper_weight", "helper_key", "helper_rank_key"];
    for (column, key) in (layout.helpers..).zip(helpers) {
        text(column, words.say(key))?;
    }
    Ok(())
}

/// Above each column of values what it weighs: a node among its siblings, an indicator in the score.
fn weights(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (layout, format) = (&book.layout, &book.styles.header_light);
    let (model, stages) = (book.findings.model, &book.computed.stages);
    let effective = model.tree.effective_weights(layout.root, &stages.weights);
    sheet.text((WEIGHTS, 0), book.words.say("weights_row"), &book.styles.note)?;
    for (node, _) in model.tree.nodes().iter().enumerate().filter(|(_, of)| of.parent.is_some()) {
        let share = format!("={}", layout.on_model(layout.model_rows[node], model_column::SHARE));
        sheet.formula((WEIGHTS, layout.nodes[node]), &share, Some(stages.weights[node]), format)?;
    }
    for (leaf, &node) in model.tree.leaves().iter().enumerate() {
        let cell = (WEIGHTS, layout.observed[leaf]);
        let in_score = layout.on_model(layout.model_rows[node], model_column::EFFECTIVE);
        match book.computed.line(leaf) {
            Some(_) => {
                let name = &layout.names[node];
                let formula = format!("=IF(low_{name}=high_{name},0,{in_score})");
                sheet.formula(cell, &formula, Some(effective[node]), format)?;
            }
            None => {
                // Ranks and indicators without a scale: an indicator that is missing for every unit covers nothing.
                let is_there = stages.normalised.values.column(leaf).iter().any(|value| !value.is_nan());
                let result = if is_there { effective[node] } else { 0.0 };
                let formula = if is_there { format!("={in_score}") } else { "=0".to_owned() };
                sheet.formula(cell, &formula, Some(result), format)?;
            }
        }
    }
    Ok(())
}

/// What the unit is, and what does not depend on the weights.
fn facts(book: &Book<'_>, sheet: &mut Worksheet, row: u32, unit: &Unit<'_>) -> Result<()> {
    let (layout, words, styles, of) = (&book.layout, &book.words, &book.styles, unit.row);
    sheet.text((row, column::SECTOR_NAME), words.sector(&of.sector), &styles.text)?;
    sheet.text((row, column::SECTOR), of.sector.as_str(), &styles.code)?;
    sheet.text((row, column::COUNTRY_NAME), words.country(&of.country), &styles.text)?;
    sheet.text((row, column::COUNTRY), of.country.as_str(), &styles.code)?;
    sheet.text((row, column::PERIOD), &of.period, &styles.text)?;
    sheet.number((row, column::RANK_LOW), of.rank_low.map(f64::from), &styles.rank)?;
    sheet.number((row, column::RANK_HIGH), of.rank_high.map(f64::from), &styles.rank)?;
    let formulas = Formulas { layout, model: book.findings.model };
    sheet.formula((row, column::RANK), &formulas.rank(row), of.rank.map(f64::from), &styles.rank)?;
    let facts = layout.facts;
    sheet.number((row, facts), Some(f64::from(of.documents)), &styles.count)?;
    sheet.number((row, facts + 1), Some(f64::from(of.mentions)), &styles.count)?;
    sheet.formula((row, facts + 2), &formulas.coverage(row), Some(of.coverage), &styles.percent)?;
    let basis = of.status.split(", ").next().unwrap_or_default();
    let (basis, unranked) = (words.of("workbook", basis), words.say("not_ranked"));
    let rank = in_row(row, column::RANK);
    let status = format!("={}&IF({rank}=\"\",{},\"\")", quoted(basis), quoted(unranked));
    let result = if of.rank.is_some() { basis.to_owned() } else { format!("{basis}{unranked}") };
    sheet.wording((row, facts + 3), &status, &result, &styles.beside)?;
    sheet.number((row, facts + 4), of.risk, &styles.working)?;
    sheet.number((row, facts + 5), of.rank.map(f64::from), &styles.rank)?;
    let run = in_row(row, facts + 5);
    let shift = format!("=IF(OR({run}=\"\",{rank}=\"\"),\"\",{run}-{rank})");
    sheet.formula((row, facts + 6), &shift, of.rank.map(|_| 0.0), &styles.shift)
}

/// Every node: an indicator from its value, a mean from its children.
fn values(book: &Book<'_>, sheet: &mut Worksheet, row: u32, unit: &Unit<'_>) -> Result<()> {
    let (layout, styles, model) = (&book.layout, &book.styles, book.findings.model);
    let formulas = Formulas { layout, model };
    let format = |column: u16| if column < layout.facts { &styles.score } else { &styles.working };
    for (leaf, &node) in model.tree.leaves().iter().enumerate() {
        let (cell, value) = ((row, layout.nodes[node]), book.computed.value(unit, node));
        match book.computed.line(leaf).filter(|_| !layout.fixed[node]) {
            Some(line) => {
                let formula = formulas.indicator(row, node, layout.used[leaf], line);
                sheet.formula(cell, &formula, value, format(cell.1))?;
            }
            None => sheet.number(cell, value, format(cell.1))?,
        }
        sheet.number((row, layout.observed[leaf]), book.computed.observed(unit, leaf), &styles.working)?;
        if book.computed.is_adjusted {
            sheet.number((row, layout.used[leaf]), book.computed.used(unit, leaf), &styles.working)?;
        }
    }
    for (node, mean) in layout.means.iter().enumerate() {
        let Some(mean) = *mean else { continue };
        let (cell, value) = ((row, layout.nodes[node]), book.computed.value(unit, node));
        if layout.fixed[node] {
            sheet.number(cell, value, format(cell.1))?;
        } else {
            sheet.formula(cell, &formulas.mean(row, node, mean), value, format(cell.1))?;
            for child in model.tree.nodes()[node].children.iter().filter(|child| layout.taken.contains_key(child)) {
                let of_child = book.computed.value(unit, *child).filter(|_| book.computed.stages.weights[*child] > 0.0);
                let taken = of_child.map(|value| mean.take(value, model.settings.normalise.range));
                let cell = (row, layout.taken[child]);
                sheet.formula(cell, &formulas.taken(row, *child, mean), taken, &styles.working)?;
            }
        }
    }
    if layout.nodes[layout.root] != column::SCORE {
        let formula = format!("={}", in_row(row, layout.nodes[layout.root]));
        sheet.formula((row, column::SCORE), &formula, book.computed.value(unit, layout.root), &styles.score)?;
    }
    Ok(())
}

/// What other sheets look up.
fn helpers(book: &Book<'_>, sheet: &mut Worksheet, row: u32, unit: &Unit<'_>) -> Result<()> {
    let (layout, styles, of) = (&book.layout, &book.styles, unit.row);
    let formulas = Formulas { layout, model: book.findings.model };
    let at = |helper: u16| (row, layout.helpers + helper);
    let ranked = of.risk.filter(|_| of.rank.is_some());
    sheet.formula(at(helper::RANKED), &formulas.ranked_score(row), ranked, &styles.working)?;
    let rank = in_row(row, column::RANK);
    let number = format!("=IF({rank}=\"\",{UNRANKED},{rank})");
    sheet.formula(at(helper::RANK), &number, Some(of.rank.map_or(UNRANKED, f64::from)), &styles.working)?;
    sheet.number(at(helper::WEIGHT), Some(unit.weight), &styles.working)?;
    sheet.text(at(helper::KEY), &format!("{}/{}/{}", of.sector, of.country, of.period), &styles.working_text)?;
    let key = format!("{}/{}/", of.sector, of.period);
    let result = of.rank.map(|rank| format!("{key}{rank}")).unwrap_or_default();
    let formula = format!("=IF({rank}=\"\",\"\",{}&{rank})", quoted(&key));
    sheet.wording(at(helper::RANK_KEY), &formula, &result, &styles.working_text)
}

/// Widths, panes, filter, colours, print.
fn shape(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let layout = &book.layout;
    for (column, width) in [(0, 30.0), (1, 24.0), (2, 20.0), (3, 6.0), (4, 9.0), (5, 18.0)] {
        sheet.set_column_width(column, width).map_err(failed)?;
    }
    sheet.set_column_range_width(column::RANK, layout.facts + 2, 14).map_err(failed)?;
    sheet.set_column_width(layout.facts + 3, 30).map_err(failed)?;
    sheet.set_column_range_width(layout.facts + 4, layout.last_column(), 12).map_err(failed)?;
    sheet.set_row_height(HEADER, 44).map_err(failed)?;
    sheet.set_freeze_panes(FIRST, column::SCORE).map_err(failed)?;
    sheet.autofilter(HEADER, 0, layout.last, layout.last_column()).map_err(failed)?;
    sheet.group_columns_collapsed(layout.working(), layout.last_column()).map_err(failed)?;
    let heat = style::heat(book.scale());
    for (from, to) in [(column::SCORE, column::SCORE), (column::HEADLINE, layout.facts.max(10) - 1)] {
        sheet.add_conditional_format(FIRST, from, layout.last, to, &heat).map_err(failed)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(WEIGHTS, HEADER).map_err(failed)?;
    sheet.set_print_area(0, 0, layout.last, layout.facts + 3).map_err(failed)?;
    Ok(())
}
