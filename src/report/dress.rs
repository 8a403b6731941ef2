//! The contract's tables rewritten for where they are opened: the dialect asked for, headers and names in the language asked for.
//!
//! Every table a command writes goes through [`rewrite`]; what is asked for nothing special stays byte for byte as it is. Codes keep
//! their columns; the name of each stands in a column of its own beside it.

use std::io::{Read, Write};
use std::path::Path;

use csv::StringRecord;

use super::names::{Names, ReportLanguage};
use super::outbox::Outbox;
use crate::dialect::{Dialect, Kind, MARK, TableReader, guard, is_number, kinds};
use crate::error::{Error, Result};

/// How tables are written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style<'a> {
    /// The form of CSV.
    pub dialect: Dialect,
    /// The language of headers and names, with the names; none: codes alone, as the contract has them.
    pub language: Option<(ReportLanguage, &'a Names)>,
}

impl Style<'_> {
    /// Codes alone, in this form of CSV.
    pub fn of(dialect: Dialect) -> Self {
        Self { dialect, language: None }
    }

    /// Whether tables stay as the contract has them.
    pub fn is_plain(&self) -> bool {
        self.dialect == Dialect::Rfc4180 && self.language.is_none()
    }
}

/// A column as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header in the file.
    pub header: String,
    /// Its name in the contract; `sector_name` for the name beside `sector`.
    pub column: String,
    /// What it holds.
    pub kind: Kind,
    /// Which cell of the contract's row it comes from.
    from: usize,
    /// The kind of code ([`Names::of`]) whose name it holds; none: the cell itself.
    named: Option<&'static str>,
}

/// The columns a table is written with; `table` is the file's name without its extension.
pub fn columns(table: &str, contract: &StringRecord, style: &Style<'_>) -> Vec<Column> {
    let kinds = kinds(table, contract);
    let mut columns: Vec<Column> = Vec::new();
    for (from, (name, kind)) in contract.iter().zip(kinds).enumerate() {
        let column = |column: String, kind: Kind, named| {
            let header = header(table, from, &column, style);
            Column { header, column, kind, from, named }
        };
        // A measure is words, not a code: it is written in the language itself.
        let measure = (name == "measure" && style.language.is_some()).then_some("measure");
        columns.push(column(name.to_owned(), kind, measure));
        if let Some(named) = name_of(table, name).filter(|_| style.language.is_some()) {
            columns.push(column(format!("{name}_name"), Kind::Text, Some(named)));
        }
    }
    // Two columns of one name could not be told apart: they keep those of the contract.
    let headers: Vec<String> = columns.iter().map(|column| column.header.clone()).collect();
    for column in &mut columns {
        if headers.iter().filter(|header| **header == column.header).count() > 1 {
            column.header.clone_from(&column.column);
        }
    }
    columns
}

/// The kind of code of a column that has a name beside it.
fn name_of(table: &str, column: &str) -> Option<&'static str> {
    Some(match column {
        "sector" => "sector",
        "country" | "origin" | "target" | "top_country" => "country",
        "material" => "material",
        "channel" => "channel",
        "status" if table == "scores" => "standing",
        "status" => "status",
        "polarity" => "polarity",
        "basis" => "basis",
        "indicator" => "node",
        _ => return None,
    })
}

fn header(table: &str, at: usize, column: &str, style: &Style<'_>) -> String {
    let Some((language, names)) = style.language else { return column.to_owned() };
    let is_sector = at > 0 && matches!(table, "matrix" | "comparison");
    names.of(if is_sector { "sector" } else { "column" }, column, language).to_owned()
}

/// Rewrites a table from the contract's form; `table` is the file's name without its extension, `file` how faults name it.
///
/// # Errors
/// When the table cannot be read or `output` not written.
pub fn rewrite(input: impl Read, output: impl Write, file: &Path, style: &Style<'_>) -> Result<()> {
    let table = file.file_stem().unwrap_or_default().to_string_lossy();
    let failed = |cause: csv::Error| Error::io(file, cause.into());
    let mut reader = TableReader::of_contract(input, file)?;
    let columns = columns(&table, reader.columns(), style);
    let mut output = output;
    if style.dialect.has_mark() {
        output.write_all(MARK.as_bytes()).map_err(|cause| Error::io(file, cause))?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(style.dialect.delimiter()).from_writer(output);
    for column in &columns {
        writer.write_field(&*text(&column.header, style)).map_err(failed)?;
    }
    writer.write_record(None::<&[u8]>).map_err(failed)?;
    let mut row = StringRecord::new();
    while reader.next_row(&mut row)? {
        for column in &columns {
            let cell = row.get(column.from).unwrap_or_default();
            match (column.named, style.language) {
                (Some(kind), Some((language, names))) => {
                    writer.write_field(&*text(name(names, kind, cell, language), style)).map_err(failed)?;
                }
                _ if column.kind == Kind::Text || !is_number(cell) => {
                    writer.write_field(&*text(cell, style)).map_err(failed)?;
                }
                _ if style.dialect.has_decimal_comma() => {
                    writer.write_field(cell.replacen('.', ",", 1)).map_err(failed)?;
                }
                _ => writer.write_field(cell).map_err(failed)?,
            }
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    writer.flush().map_err(|cause| Error::io(file, cause))
}

/// What a code is called. Indicators outside the model's tree have their names in `labels.csv`.
fn name<'a>(names: &'a Names, kind: &str, code: &'a str, language: ReportLanguage) -> &'a str {
    match names.of(kind, code, language) {
        unnamed if unnamed == code && kind == "node" => names.of("indicator", code, language),
        name => name,
    }
}

/// A cell of words: guarded, unless text is to stay as it came.
fn text<'a>(cell: &'a str, style: &Style<'_>) -> std::borrow::Cow<'a, str> {
    if style.dialect == Dialect::Raw { cell.into() } else { guard(cell) }
}

/// A table in memory rewritten; `name` is the name of its file.
///
/// # Errors
/// Never for a table of the contract.
pub fn bytes(content: Vec<u8>, name: &str, style: &Style<'_>) -> Result<Vec<u8>> {
    if style.is_plain() {
        return Ok(content);
    }
    let mut dressed = Vec::with_capacity(content.len());
    rewrite(content.as_slice(), &mut dressed, Path::new(name), style)?;
    Ok(dressed)
}

/// Rewrites the table of a file in place.
///
/// # Errors
/// When it cannot be read or written.
pub fn in_place(path: &Path, style: &Style<'_>) -> Result<()> {
    if style.is_plain() {
        return Ok(());
    }
    let undressed = path.with_extension("undressed");
    std::fs::rename(path, &undressed).map_err(|cause| Error::io(path, cause))?;
    let input = std::fs::File::open(&undressed).map_err(|cause| Error::io(&undressed, cause))?;
    let output = std::fs::File::create(path).map_err(|cause| Error::io(path, cause))?;
    rewrite(std::io::BufReader::new(input), std::io::BufWriter::new(output), path, style)?;
    std::fs::remove_file(&undressed).map_err(|cause| Error::io(&undressed, cause))
}

/// Rewrites every staged table in place.
///
/// # Errors
/// When a table cannot be read or written.
pub fn staged(outbox: &mut Outbox, style: &Style<'_>) -> Result<()> {
    if style.is_plain() {
        return Ok(());
    }
    for name in outbox.tables() {
        in_place(&outbox.stage(&name), style)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataSource;
    use crate::dialect::Headers;
    use crate::lexicon::Lexicon;
    use crate::model::Model;

    const SCORES: &str =
        "sector,country,period,risk,rank,status\nsolar,CHN,all,41.5,1,text only\nsolar,USA,all,,,text only\n";

    fn names() -> Names {
        let source = DataSource::Embedded;
        Names::load(&source, &Lexicon::load(&source).unwrap(), &Model::built_in().unwrap()).unwrap()
    }

    fn written(table: &str, content: &str, style: &Style<'_>) -> String {
        let mut output = Vec::new();
        rewrite(content.as_bytes(), &mut output, Path::new(table), style).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_french_spreadsheet_gets_its_signs_headers_and_names() {
        let names = names();
        let style = Style { dialect: Dialect::ExcelFr, language: Some((ReportLanguage::Fr, &names)) };
        let french = written("scores.csv", SCORES, &style);
        assert_eq!(
            french,
            "\u{feff}Code du secteur;Secteur;Code du pays;Pays;Période;Risque (0-100);Rang;Code du statut;Statut\n\
             solar;Énergie solaire;CHN;Chine;all;41,5;1;text only;Documents seuls\n\
             solar;Énergie solaire;USA;États-Unis;all;;;text only;Documents seuls\n"
        );
    }

    #[test]
    fn text_is_guarded_but_in_raw_and_its_commas_stay() {
        let content = "doc_id,severity,evidence\n'=x,0.5,\"up 1,5; more\"\n";
        let style = |dialect| Style { dialect, language: None };
        let french = written("mentions.csv", content, &style(Dialect::ExcelFr));
        assert_eq!(french, "\u{feff}doc_id;severity;evidence\n'=x;0,5;\"up 1,5; more\"\n");
        let raw = written("mentions.csv", content, &style(Dialect::Raw));
        assert_eq!(raw, "doc_id,severity,evidence\n=x,0.5,\"up 1,5; more\"\n");
        assert_eq!(written("mentions.csv", content, &style(Dialect::Rfc4180)), content);
    }

    /// What is written in any dialect and language is read back as the contract's table, names aside.
    #[test]
    fn every_style_reads_back() {
        let names = names();
        let comparison = "measure,solar,wind\nrisk (0-100),12.5,3\n\"its rank, 5-95 %\",1 to 3,\n";
        let mentions =
            "doc_id,date,channel,sector,severity,evidence\n'-1,2024-01-02,coercion,wind,0.25,\"''=1\na;b\"\n";
        for (table, content) in [("scores.csv", SCORES), ("comparison.csv", comparison), ("mentions.csv", mentions)] {
            for dialect in Dialect::ALL.into_iter().filter(|dialect| *dialect != Dialect::Raw) {
                for language in [None, Some(ReportLanguage::En), Some(ReportLanguage::Fr)] {
                    let style = Style { dialect, language: language.map(|language| (language, &names)) };
                    let written = written(table, content, &style);
                    let headers = Headers::of(&DataSource::Embedded).unwrap();
                    let mut reader = TableReader::new(written.as_bytes(), Path::new(table), headers).unwrap();
                    let kept: Vec<usize> =
                        (0..reader.columns().len()).filter(|at| !reader.columns()[*at].ends_with("_name")).collect();
                    let mut writer = csv::Writer::from_writer(Vec::new());
                    writer.write_record(kept.iter().map(|at| &reader.columns()[*at])).unwrap();
                    let mut row = StringRecord::new();
                    while reader.next_row(&mut row).unwrap() {
                        writer.write_record(kept.iter().map(|at| guard(&row[*at]).into_owned())).unwrap();
                    }
                    let back = String::from_utf8(writer.into_inner().unwrap()).unwrap();
                    assert_eq!(back, content, "{dialect} {language:?}");
                }
            }
        }
    }
}
