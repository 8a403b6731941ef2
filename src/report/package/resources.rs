//! The files of a run as resources: tables with their schema and keys, the rest as they are.

use std::path::Path;

use csv::StringRecord;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::Run;
use super::fields::{Described, field, is_bounded};
use crate::dialect::{Dialect, TableReader};
use crate::error::{Error, Result};
use crate::report::dress::{Column, columns};
use crate::report::names::{Names, ReportLanguage};
use crate::report::outbox::Outbox;
use crate::report::tables::{DOCUMENTS, MENTIONS, SCORES, SECTORS};

/// A table of a run.
struct Table {
    name: &'static str,
    title: &'static str,
    /// Its columns; none where they depend on the sectors.
    columns: Option<&'static [&'static str]>,
    /// What names a row; nothing where rows may repeat.
    key: &'static [&'static str],
    /// A table, and the columns that say which of its rows is meant: there they have the same names.
    refers: &'static [(&'static str, &'static [&'static str])],
}

const TABLES: [Table; 10] = [
    Table {
        name: "mentions",
        title: "What documents state, one row a statement",
        columns: Some(&MENTIONS),
        key: &[],
        refers: &[("documents", &["doc_id"])],
    },
    Table {
        name: "documents",
        title: "One row a document read",
        columns: Some(&DOCUMENTS),
        key: &["doc_id"],
        refers: &[],
    },
    Table {
        name: "indicators",
        title: "One row a sector, country, period and indicator",
        columns: Some(&crate::indicators::COLUMNS),
        key: &["sector", "country", "period", "indicator"],
        refers: &[],
    },
    Table {
        name: "scores",
        title: "Risk per sector and country",
        columns: Some(&SCORES),
        key: &["sector", "country", "period"],
        refers: &[],
    },
    Table {
        name: "sectors",
        title: "Risk per sector",
        columns: Some(&SECTORS),
        key: &["sector", "period"],
        refers: &[("scores", &["sector", "period"])],
    },
    Table {
        name: "matrix",
        title: "Risk, country by sector, in the latest period",
        columns: None,
        key: &["country"],
        refers: &[("scores", &["country"])],
    },
    Table { name: "comparison", title: "Sectors side by side", columns: None, key: &["measure"], refers: &[] },
    Table {
        name: "sensitivity",
        title: "Which factor of the uncertainty run moves the ranks",
        columns: None,
        key: &[],
        refers: &[],
    },
    Table { name: "leave_one_out", title: "How ranks move without each node", columns: None, key: &[], refers: &[] },
    Table { name: "draws", title: "The settings of every draw", columns: None, key: &[], refers: &[] },
];

/// Every staged table.
///
/// # Errors
/// When one cannot be read.
pub fn tables(run: &Run<'_>, outbox: &Outbox) -> Result<Vec<Value>> {
    let tables = TABLES.par_iter().filter(|table| outbox.has(&format!("{}.csv", table.name)));
    // Reading them for their hashes takes most of the time.
    tables.map(|table| described(table, run, outbox)).collect()
}

/// Every other staged file.
pub(super) fn others(outbox: &Outbox) -> Result<Vec<Value>> {
    let is_plain = |name: &String| outbox.has(name) && !name.ends_with(".csv") && name != "datapackage.json";
    outbox.names().into_par_iter().filter(is_plain).map(|name| plain(&name, outbox)).collect()
}

fn described(table: &Table, run: &Run<'_>, outbox: &Outbox) -> Result<Value> {
    let file = format!("{}.csv", table.name);
    let columns = match table.columns {
        Some(contract) => columns(table.name, &StringRecord::from(contract), run.style),
        None => of_file(table.name, &outbox.folder().join(&file), run)?,
    };
    let view = View {
        names: run.names,
        language: run.request.language.unwrap_or(ReportLanguage::En),
        dialect: run.style.dialect,
        is_bounded: is_bounded(&run.knowledge.model),
    };
    let fields = fields(table.name, &columns, &view);
    let called = |name: &str| {
        let column = columns.iter().find(|column| column.column == name);
        column.map_or_else(|| name.to_owned(), |column| column.header.clone())
    };
    let mut schema = json!({ "fields": fields, "missingValues": [""] });
    if !table.key.is_empty() && (table.name != "documents" || run.has_own_ids) {
        schema["primaryKey"] = table.key.iter().map(|name| called(name)).collect::<Vec<_>>().into();
    }
    if !table.refers.is_empty() {
        let keys = table.refers.iter().map(|(table, columns)| {
            // A column has the same header in every table.
            let columns: Vec<String> = columns.iter().map(|name| called(name)).collect();
            json!({ "fields": columns, "reference": { "resource": table, "fields": columns } })
        });
        schema["foreignKeys"] = keys.collect::<Vec<_>>().into();
    }
    let (bytes, hash) = outbox.hash(&file)?;
    Ok(json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": dialect(run.style.dialect),
        "bytes": bytes,
        "hash": format!("sha256:{hash}"),
        "schema": schema,
    }))
}

/// The columns of a table whose header depends on the sectors there are.
fn of_file(table: &str, path: &Path, run: &Run<'_>) -> Result<Vec<Column>> {
    let file = std::fs::File::open(path).map_err(|cause| Error::io(path, cause))?;
    let headers = crate::dialect::Headers::of(&run.knowledge.source)?;
    let reader = TableReader::new(std::io::BufReader::new(file), path, headers)?;
    let contract: StringRecord = reader.columns().iter().filter(|column| !column.ends_with("_name")).collect();
    Ok(columns(table, &contract, run.style))
}

/// What fields are described with.
pub(super) struct View<'a> {
    /// What columns are called.
    pub names: &'a Names,
    /// In which language.
    pub language: ReportLanguage,
    /// How the table is written.
    pub dialect: Dialect,
    /// Whether scores lie between 0 and 100.
    pub is_bounded: bool,
}

/// The fields of a table's schema.
pub(super) fn fields(table: &str, columns: &[Column], view: &View<'_>) -> Vec<Value> {
    let described = |column| Described {
        table,
        column,
        title: title(table, &column.column, view),
        has_decimal_comma: view.dialect.has_decimal_comma(),
        is_bounded: view.is_bounded,
    };
    columns.iter().map(|column| field(&described(column))).collect()
}

/// What people call a column.
fn title<'a>(table: &str, column: &'a str, view: &View<'a>) -> &'a str {
    let title = view.names.of("column", column, view.language);
    let is_sector = matches!(table, "matrix" | "comparison") && title == column;
    if is_sector { view.names.of("sector", column, view.language) } else { title }
}

fn dialect(dialect: Dialect) -> Value {
    json!({
        "delimiter": char::from(dialect.delimiter()).to_string(),
        "lineTerminator": "\n",
        "quoteChar": "\"",
        "doubleQuote": true,
        "header": true,
    })
}

/// A file that is no CSV table.
fn plain(file: &str, outbox: &Outbox) -> Result<Value> {
    let (stem, format) = file.rsplit_once('.').unwrap_or((file, ""));
    let (title, mediatype) = match format {
        "xlsx" => ("The reports as a workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "html" => ("The reports as a page", "text/html"),
        "parquet" => ("The table of the same name, for programs", "application/vnd.apache.parquet"),
        _ => ("", "application/octet-stream"),
    };
    let (bytes, hash) = outbox.hash(file)?;
    // `type` keeps tools from reading a workbook or a page as a table without a schema.
    Ok(json!({
        "profile": "data-resource",
        "type": "file",
        "name": format!("{stem}-{format}"),
        "title": title,
        "path": file,
        "format": format,
        "mediatype": mediatype,
        "bytes": bytes,
        "hash": format!("sha256:{hash}"),
    }))
}
