//! [`Headers`]: from what a file calls its columns back to the names of the contract.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::data::DataSource;
use crate::error::Result;

/// What headers and measures are called in the languages of reports, and whether text was written as it came.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    columns: BTreeMap<String, String>,
    measures: BTreeMap<String, String>,
    is_raw: bool,
}

/// A row of `labels.csv`.
#[derive(Debug, Deserialize)]
pub(crate) struct Label {
    pub kind: String,
    pub code: String,
    pub en: String,
    pub fr: String,
}

#[derive(Debug, Deserialize)]
struct Sector {
    sector: String,
    name_en: String,
    name_fr: String,
}

impl Headers {
    /// Those of a data source.
    ///
    /// # Errors
    /// With the faulty rows of `labels.csv` or `sectors.csv`.
    pub fn of(source: &DataSource) -> Result<Self> {
        let mut headers = Self::default();
        for row in source.table::<Sector>("sectors.csv")? {
            let Sector { sector, name_en, name_fr } = row.value;
            headers.columns.insert(name_en, sector.clone());
            headers.columns.insert(name_fr, sector);
        }
        if source.has("labels.csv") {
            for row in source.table::<Label>("labels.csv")? {
                let Label { kind, code, en, fr } = row.value;
                let known = match kind.as_str() {
                    "column" => &mut headers.columns,
                    "measure" => &mut headers.measures,
                    _ => continue,
                };
                known.insert(en, code.clone());
                known.insert(fr, code);
            }
        }
        Ok(headers)
    }

    /// Those that `datapackage.json` in the folder of `file` names, over the built-in ones.
    ///
    /// # Errors
    /// Never in practice: the built-in tables are sound. A description that cannot be read counts as none.
    pub fn beside(file: &Path) -> Result<Self> {
        let mut headers = Self::of(&DataSource::Embedded)?;
        let package = file.with_file_name("datapackage.json");
        let package = std::fs::read(package).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
        let Some(package) = package else { return Ok(headers) };
        headers.is_raw = package["goulet"]["options"]["csv"] == "raw";
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let resources = package["resources"].as_array().into_iter().flatten();
        let described = resources.filter(|resource| resource["path"] == name.as_ref());
        for field in described.filter_map(|resource| resource["schema"]["fields"].as_array()).flatten() {
            if let (Some(called), Some(column)) = (field["name"].as_str(), field["column"].as_str()) {
                headers.columns.insert(called.to_owned(), column.to_owned());
            }
        }
        Ok(headers)
    }

    /// Whether text was written without protection.
    pub fn is_raw(&self) -> bool {
        self.is_raw
    }

    /// The contract's name of a column; the header itself where it is none we write.
    pub fn column<'a>(&'a self, header: &'a str) -> &'a str {
        self.columns.get(header).map_or(header, String::as_str)
    }

    /// The contract's name of a measure of `comparison.csv`.
    pub fn measure<'a>(&'a self, label: &'a str) -> &'a str {
        self.measures.get(label).map_or(label, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A header must lead back to one column only, or a French table could not be read.
    #[test]
    fn no_header_stands_for_two_columns() {
        let source = DataSource::Embedded;
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for row in source.table::<Label>("labels.csv").unwrap() {
            let Label { kind, code, en, fr } = row.value;
            if kind != "column" {
                continue;
            }
            for header in [en, fr] {
                let known = seen.insert(header.clone(), code.clone());
                assert!(known.is_none_or(|known| known == code), "{header} is {code} and another column");
            }
        }
        assert!(seen.len() > 60);
    }
}
