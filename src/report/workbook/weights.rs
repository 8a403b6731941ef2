//! Sheet Model: every weight, goalpost and threshold as a cell that Scores computes with, and what else the scores rest on.

use rust_xlsxwriter::utility::{cell_range, row_col_to_cell_absolute};
use rust_xlsxwriter::{DataValidation, DataValidationRule, Format, Worksheet};
use serde::Serialize;

use super::Book;
use super::layout::model_column::{
    CODE, EFFECTIVE, HIGH, LOW, METHOD, NAME, NEEDED, NOTE, RUN_HIGH, RUN_LOW, RUN_WEIGHT, SHARE, WEIGHT,
};
use super::layout::{MIN_CHILDREN, MIN_COVERAGE, TREE_HEADER};
use super::sheet::{Cells, failed};
use crate::error::Result;
use crate::model::{Aggregator, ImputeMethod, NormaliseMethod, Plan, TreatMethod, WeightMethod};

/// Where the sheet says whether a number differs from those of the run.
pub const STATE: (u32, u16) = (2, 0);

pub fn write(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles) = (&book.words, &book.styles);
    sheet.heading(words.say("model_title"), &styles.title)?;
    sheet.text((1, 0), words.say("model_note"), &styles.note)?;
    state(book, sheet)?;
    settings(book, sheet)?;
    tree(book, sheet)?;
    for (column, width) in [(NAME, 50.0), (CODE, 26.0), (METHOD, 26.0), (NOTE, 40.0)] {
        sheet.set_column_width(column, width).map_err(failed)?;
    }
    for (from, to) in [(WEIGHT, EFFECTIVE), (NEEDED, HIGH), (RUN_WEIGHT, RUN_HIGH)] {
        sheet.set_column_range_width(from, to, 12).map_err(failed)?;
    }
    sheet.set_row_height(TREE_HEADER, 44).map_err(failed)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Says whether weights, goalposts and thresholds are those of the run.
fn state(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let first = TREE_HEADER + 1;
    let last = TREE_HEADER + u32::try_from(book.layout.in_order.len()).unwrap_or(1);
    let differ = |now: u16, run: u16| {
        format!("SUMPRODUCT(--({}<>{}))", cell_range(first, now, last, now), cell_range(first, run, last, run))
    };
    let setting = |row: u32| {
        let cell = |column| row_col_to_cell_absolute(row, column);
        format!("({}<>{})", cell(WEIGHT), cell(RUN_WEIGHT))
    };
    let changes = [
        differ(WEIGHT, RUN_WEIGHT),
        differ(LOW, RUN_LOW),
        differ(HIGH, RUN_HIGH),
        setting(MIN_COVERAGE),
        setting(MIN_CHILDREN),
    ];
    let quoted = |key| super::formula::quoted(book.words.say(key));
    let formula = format!("=IF({}>0,{},{})", changes.join("+"), quoted("state_changed"), quoted("state_as_run"));
    sheet.wording(STATE, &formula, book.words.say("state_as_run"), &book.styles.warning)
}

/// The thresholds that are cells, and the settings that a run of the program alone can follow.
fn settings(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles, model) = (&book.words, &book.styles, book.findings.model);
    let of = &model.settings;
    sheet.text((4, NAME), words.say("settings"), &styles.header)?;
    sheet.text((4, CODE), words.say("key"), &styles.header)?;
    sheet.text((4, WEIGHT), words.say("value"), &styles.header_number)?;
    sheet.text((4, RUN_WEIGHT), words.say("as_run"), &styles.header_number)?;
    for (row, key, value) in [
        (MIN_COVERAGE, "ranking.min_coverage", of.ranking.min_coverage),
        (MIN_CHILDREN, "aggregate.min_children", of.aggregate.min_children),
    ] {
        sheet.text((row, NAME), words.say(key), &styles.text)?;
        sheet.text((row, CODE), key, &styles.code)?;
        sheet.number((row, WEIGHT), Some(value), &styles.input)?;
        sheet.number((row, RUN_WEIGHT), Some(value), &styles.working)?;
        check(sheet, (row, WEIGHT), DataValidationRule::Between(0.0, 1.0), book)?;
    }
    let nodes = model.tree.nodes();
    let normalise = of.normalise.method.map_or("by_goalposts".to_owned(), |method| spelling(&method));
    let interval = format!("{} × {:.0} %", of.uncertainty.draws, 100.0 * of.uncertainty.interval);
    let fixed = [
        ("ranking.by", words.of("node", nodes[model.root].code()).to_owned()),
        ("weights.method", words.method(&spelling(&of.weights.method))),
        ("aggregate.method", words.method(&spelling(&of.aggregate.method))),
        ("normalise.method", words.method(&normalise)),
        ("impute.method", words.method(&spelling(&of.impute.method))),
        ("treat.method", words.method(&spelling(&of.treat.method))),
        ("screen.min_coverage", of.screen.min_coverage.to_string()),
        ("text.prior_strength", of.text.prior_strength.to_string()),
        ("uncertainty.draws", interval),
    ];
    for (row, (key, value)) in (MIN_CHILDREN + 1..).zip(&fixed) {
        sheet.text((row, NAME), words.say(key), &styles.text)?;
        sheet.text((row, CODE), key, &styles.code)?;
        let format = styles.text.clone().set_align(rust_xlsxwriter::FormatAlign::Left);
        sheet.text((row, WEIGHT), value, &format)?;
    }
    Ok(())
}

/// The spelling of a choice in the model file.
fn spelling(choice: &impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Only numbers in the range can be typed into the cell.
fn check(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    rule: DataValidationRule<f64>,
    book: &Book<'_>,
) -> Result<()> {
    let validation = DataValidation::new().allow_decimal_number(rule);
    let validation = validation.set_error_message(book.words.say("number_expected")).map_err(failed)?;
    sheet.add_data_validation(row, column, row, column, &validation).map(|_| ()).map_err(failed)
}

/// One row a node.
fn tree(book: &Book<'_>, sheet: &mut Worksheet) -> Result<()> {
    let (words, styles, layout) = (&book.words, &book.styles, &book.layout);
    sheet.text((TREE_HEADER - 1, NAME), words.say("tree"), &styles.section)?;
    let headers = [
        "node",
        "code",
        "node_weight",
        "node_share",
        "node_effective",
        "joined_by",
        "needed",
        "scores_low",
        "scores_high",
        "note",
        "run_weight",
        "run_low",
        "run_high",
    ];
    for (column, key) in (NAME..).zip(headers) {
        let is_text = matches!(column, NAME | CODE | METHOD | NOTE);
        let format = match column {
            METHOD | NOTE => &styles.header_beside,
            _ if is_text => &styles.header,
            _ => &styles.header_number,
        };
        let text = match (column, book.scale()) {
            (LOW | HIGH, Some([bottom, top])) => {
                words.fill(key, &[("end", if column == LOW { bottom } else { top }.to_string())])
            }
            (LOW | HIGH, None) => words.fill(key, &[("end", words.say(key_of_end(column)).to_owned())]),
            _ => words.say(key).to_owned(),
        };
        sheet.text((TREE_HEADER, column), &text, format)?;
    }
    let effective = book.findings.model.tree.effective_weights(layout.root, &book.computed.stages.weights);
    for &(node, depth) in &layout.in_order {
        node_row(book, sheet, (node, depth), effective[node])?;
    }
    Ok(())
}

fn key_of_end(column: u16) -> &'static str {
    if column == LOW { "end_low" } else { "end_high" }
}

fn node_row(book: &Book<'_>, sheet: &mut Worksheet, (node, depth): (usize, u8), effective: f64) -> Result<()> {
    let (words, styles, layout, model) = (&book.words, &book.styles, &book.layout, book.findings.model);
    let (of, row) = (&model.tree.nodes()[node], layout.model_rows[node]);
    let name = if of.is_leaf() { styles.text.clone() } else { styles.label.clone() };
    sheet.text((row, NAME), words.of("node", of.code()), &name.set_indent(depth.min(15)))?;
    sheet.text((row, CODE), of.code(), &styles.code)?;
    weight(book, sheet, node)?;
    let formula = match of.parent {
        _ if node == layout.root => "=1".to_owned(),
        Some(parent) => {
            let above = row_col_to_cell_absolute(layout.model_rows[parent], EFFECTIVE);
            format!("={above}*{}", row_col_to_cell_absolute(row, SHARE))
        }
        None => "=0".to_owned(),
    };
    sheet.formula((row, EFFECTIVE), &formula, Some(effective), &styles.working)?;
    if of.is_leaf() {
        goalposts(book, sheet, node)?;
    } else {
        joined(book, sheet, node)?;
    }
    sheet.text((row, NOTE), &note(book, node), &styles.note_beside)?;
    Ok(())
}

/// The weight as written and its share among the siblings.
fn weight(book: &Book<'_>, sheet: &mut Worksheet, node: usize) -> Result<()> {
    let (styles, layout, model) = (&book.styles, &book.layout, book.findings.model);
    let (of, row) = (&model.tree.nodes()[node], layout.model_rows[node]);
    let Some(parent) = of.parent else {
        return sheet.formula((row, SHARE), "=1", Some(1.0), &styles.working);
    };
    let scaled = book.computed.stages.weights[node];
    let raw = if model.settings.weights.method == WeightMethod::Given { of.weight() } else { scaled };
    let format = if layout.fixed[parent] { &styles.value } else { &styles.input };
    sheet.number((row, WEIGHT), Some(raw), format)?;
    sheet.number((row, RUN_WEIGHT), Some(raw), &styles.working)?;
    check(sheet, (row, WEIGHT), DataValidationRule::GreaterThanOrEqualTo(0.0), book)?;
    let total = sum(layout.model_rows.as_slice(), &model.tree.nodes()[parent].children);
    let share = format!("=IF({total}>0,{}/({total}),0)", row_col_to_cell_absolute(row, WEIGHT));
    sheet.formula((row, SHARE), &share, Some(scaled), &styles.working)
}

/// The weights of siblings, added.
fn sum(rows: &[u32], siblings: &[usize]) -> String {
    let cells: Vec<String> = siblings.iter().map(|node| row_col_to_cell_absolute(rows[*node], WEIGHT)).collect();
    cells.join("+")
}

/// The values that become the ends of the scale.
fn goalposts(book: &Book<'_>, sheet: &mut Worksheet, node: usize) -> Result<()> {
    let (styles, layout, tree) = (&book.styles, &book.layout, &book.findings.model.tree);
    let row = layout.model_rows[node];
    let Some(leaf) = tree.leaves().iter().position(|leaf| *leaf == node) else { return Ok(()) };
    let Some(line) = book.computed.line(leaf) else { return Ok(()) };
    let format: &Format = if layout.fixed[node] { &styles.value } else { &styles.input };
    // −0 is 0 to a reader.
    for (now, run, value) in [(LOW, RUN_LOW, line.low + 0.0), (HIGH, RUN_HIGH, line.high + 0.0)] {
        sheet.number((row, now), Some(value), format)?;
        sheet.number((row, run), Some(value), &styles.working)?;
    }
    Ok(())
}

/// How the children are joined, and how many it takes.
fn joined(book: &Book<'_>, sheet: &mut Worksheet, node: usize) -> Result<()> {
    let (words, styles, layout, model) = (&book.words, &book.styles, &book.layout, book.findings.model);
    let row = layout.model_rows[node];
    let plan = Plan::new(&model.tree, &model.settings.aggregate, model.settings.normalise.range);
    let method = plan.aggregator(node);
    let mut name = words.method(&spelling(&method));
    if method == Aggregator::Power {
        name.push_str(&format!(" ({})", model.settings.aggregate.power));
    }
    sheet.text((row, METHOD), &name, &styles.beside)?;
    let children = &model.tree.nodes()[node].children;
    let weights = &book.computed.stages.weights;
    let count = children.iter().filter(|child| weights[**child] > 0.0).count() as f64;
    let needed = (model.settings.aggregate.min_children * count - 1e-9).ceil().max(1.0);
    let counted: Vec<String> = children
        .iter()
        .map(|child| format!("({}>0)", row_col_to_cell_absolute(layout.model_rows[*child], WEIGHT)))
        .collect();
    let formula = format!("=MAX(1,ROUNDUP(aggregate_min_children*({})-1E-9,0))", counted.join("+"));
    sheet.formula((row, NEEDED), &formula, Some(needed), &styles.rank)
}

/// What is special about a node: its unit of measurement, and why a cell is none to type into.
fn note(book: &Book<'_>, node: usize) -> String {
    let (words, layout, model) = (&book.words, &book.layout, book.findings.model);
    let of = &model.tree.nodes()[node];
    let leaf = model.tree.leaves().iter().position(|leaf| *leaf == node);
    let mut notes: Vec<&str> = of.entry.unit.as_deref().into_iter().collect();
    if layout.fixed[node] {
        notes.push(words.say("note_fixed"));
    }
    if leaf.is_some_and(|leaf| book.computed.line(leaf).is_none()) {
        notes.push(words.say("note_ranked"));
    }
    if of.parent.is_none() && node != layout.root {
        notes.push(words.say("note_beside"));
    }
    notes.join("; ")
}

/// What of the model a sheet cannot follow when cells change, as keys of sentences for the first sheet.
pub fn not_followed(book: &Book<'_>) -> Vec<&'static str> {
    let (settings, layout) = (&book.findings.model.settings, &book.layout);
    let mut keys = vec!["still_indicators"];
    if settings.uncertainty.draws > 0 {
        keys.push("still_intervals");
    }
    if !matches!(settings.weights.method, WeightMethod::Given | WeightMethod::Equal) {
        keys.push("still_weights");
    }
    if settings.impute.method != ImputeMethod::None || settings.treat.method != TreatMethod::None {
        keys.push("still_adjusted");
    }
    if !matches!(settings.normalise.method, None | Some(NormaliseMethod::Goalposts | NormaliseMethod::Scaled)) {
        keys.push("still_sample");
    }
    if layout.fixed.contains(&true) {
        keys.push("still_copeland");
    }
    keys
}
