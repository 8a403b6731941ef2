//! [`IndicatorTable`]: the one long table that text and structural indicators meet in.
//!
//! A polars frame with exactly the columns of `indicators.csv`, in its order, sorted by sector, country, period and
//! indicator. A table with the same rows is therefore the same table, however it was put together. No two rows share
//! these four; values are finite; unknown is null, never NaN. Reading and writing CSV: [`super::table_csv`].

use polars::prelude::*;

use super::row::IndicatorRow;
use crate::codes::{CountryCode, Period, SectorId};
use crate::error::{Error, ErrorKind, Result};

/// The columns, in order (a contract: DESIGN, "Files out").
pub const COLUMNS: [&str; 10] =
    ["sector", "country", "period", "indicator", "value", "low", "high", "documents", "basis", "provenance"];

/// The columns that name a row.
const KEY: [&str; 4] = ["sector", "country", "period", "indicator"];

/// Indicators of units and periods, one value a row.
#[derive(Debug, Clone)]
pub struct IndicatorTable {
    frame: DataFrame,
}

impl IndicatorTable {
    /// A table of these rows, sorted.
    ///
    /// # Errors
    /// When two rows are about the same sector, country, period and indicator, or a number is not finite.
    pub fn from_rows(rows: Vec<IndicatorRow>) -> Result<Self> {
        let faults: Vec<_> = rows.iter().filter_map(infinite_number).collect();
        if !faults.is_empty() {
            return Err(faults.into());
        }
        Self::from_frame(frame_of(&rows).map_err(internal)?)
    }

    /// All rows of several tables as one table; the order of the tables does not matter.
    ///
    /// # Errors
    /// When two tables hold the same sector, country, period and indicator.
    pub fn concat(tables: impl IntoIterator<Item = Self>) -> Result<Self> {
        let mut whole = frame_of(&[]).map_err(internal)?;
        for table in tables {
            whole.vstack_mut(&table.frame).map_err(internal)?;
        }
        Self::from_frame(whole)
    }

    /// The frame, for whatever polars does best.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the rows of one unit and period.
    ///
    /// # Errors
    /// Never for a table made by this module's constructors.
    pub fn retain_unit(&mut self, sector: SectorId, country: CountryCode, period: Period) -> Result<()> {
        let is = |name: &str, code: &str| -> PolarsResult<BooleanChunked> {
            Ok(self.frame.column(name)?.str()?.equal(code))
        };
        let mask = || -> PolarsResult<BooleanChunked> {
            Ok(is("sector", sector.as_str())? & is("country", country.as_str())? & is("period", &period.to_string())?)
        };
        self.frame = mask().and_then(|mask| self.frame.filter(&mask)).map_err(internal)?;
        Ok(())
    }

    /// The rows in typed form, in the table's order.
    ///
    /// # Errors
    /// Never for a table made by this module's constructors: every code was typed before it went in.
    pub fn rows(&self) -> Result<Vec<IndicatorRow>> {
        let text = |name: &str| self.frame.column(name).and_then(|column| column.str()).map_err(internal);
        let number = |name: &str| self.frame.column(name).and_then(|column| column.f64()).map_err(internal);
        let documents = self.frame.column("documents").and_then(|column| column.u32()).map_err(internal)?;
        let (sector, country, period) = (text("sector")?, text("country")?, text("period")?);
        let (indicator, basis, provenance) = (text("indicator")?, text("basis")?, text("provenance")?);
        let (value, low, high) = (number("value")?, number("low")?, number("high")?);
        (0..self.len())
            .map(|at| {
                Ok(IndicatorRow {
                    sector: sector.get(at).unwrap_or_default().parse()?,
                    country: country.get(at).unwrap_or_default().parse()?,
                    period: period.get(at).unwrap_or_default().parse()?,
                    indicator: indicator.get(at).unwrap_or_default().parse()?,
                    value: value.get(at),
                    low: low.get(at),
                    high: high.get(at),
                    documents: documents.get(at),
                    basis: basis.get(at).unwrap_or_default().parse()?,
                    provenance: provenance.get(at).unwrap_or_default().to_owned(),
                })
            })
            .collect()
    }

    fn from_frame(frame: DataFrame) -> Result<Self> {
        let options = SortMultipleOptions::default().with_maintain_order(true);
        let frame = frame.sort(KEY, options).map_err(internal)?;
        let table = Self { frame };
        let faults = table.repeated_keys().map_err(internal)?;
        if faults.is_empty() { Ok(table) } else { Err(faults.into()) }
    }

    /// One fault for every row whose key the row above it has too.
    fn repeated_keys(&self) -> PolarsResult<Vec<Error>> {
        let columns = KEY.iter().map(|name| self.frame.column(name)?.str()).collect::<PolarsResult<Vec<_>>>()?;
        let repeated =
            (1..self.len()).filter(|row| columns.iter().all(|column| column.get(*row) == column.get(row - 1)));
        Ok(repeated
            .map(|row| {
                let key: Vec<_> = columns.iter().filter_map(|column| column.get(row)).collect();
                Error::new(ErrorKind::Data, format!("two rows for {}", key.join(", ")))
                    .hint("an indicator has one value for a sector, country and period: remove one of the rows")
            })
            .collect())
    }
}

impl PartialEq for IndicatorTable {
    fn eq(&self, other: &Self) -> bool {
        self.frame.equals_missing(&other.frame)
    }
}

fn frame_of(rows: &[IndicatorRow]) -> PolarsResult<DataFrame> {
    let text = |name: &str, get: &dyn Fn(&IndicatorRow) -> String| -> Column {
        Column::new(name.into(), rows.iter().map(get).collect::<Vec<_>>())
    };
    let number = |name: &str, get: &dyn Fn(&IndicatorRow) -> Option<f64>| -> Column {
        Column::new(name.into(), rows.iter().map(get).collect::<Vec<_>>())
    };
    let columns = vec![
        text("sector", &|row| row.sector.to_string()),
        text("country", &|row| row.country.to_string()),
        text("period", &|row| row.period.to_string()),
        text("indicator", &|row| row.indicator.to_string()),
        number("value", &|row| row.value),
        number("low", &|row| row.low),
        number("high", &|row| row.high),
        Column::new("documents".into(), rows.iter().map(|row| row.documents).collect::<Vec<_>>()),
        text("basis", &|row| row.basis.as_str().to_owned()),
        text("provenance", &|row| row.provenance.clone()),
    ];
    DataFrame::new(rows.len(), columns)
}

fn infinite_number(row: &IndicatorRow) -> Option<Error> {
    let wrong = [row.value, row.low, row.high].into_iter().flatten().find(|number| !number.is_finite())?;
    let (sector, country, period, indicator) = row.key();
    let message = format!("{indicator} of {sector} {country} {period} is {wrong}: a finite number is expected");
    Some(Error::new(ErrorKind::Data, message).hint("leave the cell empty where the value is unknown"))
}

fn internal(cause: PolarsError) -> Error {
    Error::new(ErrorKind::Data, "the indicator table cannot be put together").caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::super::row::Basis;
    use super::*;

    fn row(country: &str, value: Option<f64>) -> IndicatorRow {
        IndicatorRow {
            sector: "solar".parse().unwrap(),
            country: country.parse().unwrap(),
            period: "2024".parse().unwrap(),
            indicator: "coercion_text".parse().unwrap(),
            value,
            low: None,
            high: None,
            documents: Some(3),
            basis: Basis::Text,
            provenance: "3 of 4".to_owned(),
        }
    }

    #[test]
    fn the_order_of_rows_and_tables_does_not_matter() {
        let (first, second) = (row("CHN", Some(1.5)), row("USA", None));
        let whole = IndicatorTable::from_rows(vec![second.clone(), first.clone()]).unwrap();
        let part = |row: &IndicatorRow| IndicatorTable::from_rows(vec![row.clone()]).unwrap();
        assert_eq!(IndicatorTable::concat([part(&second), part(&first)]).unwrap(), whole);
        assert_eq!(whole.rows().unwrap(), vec![first.clone(), second]);
        let mut one = whole.clone();
        one.retain_unit(first.sector, first.country, first.period).unwrap();
        assert_eq!(one, part(&first));
        assert_eq!(whole.frame().get_column_names(), COLUMNS);
        assert_eq!(IndicatorTable::concat([]).unwrap().len(), 0);
    }

    #[test]
    fn the_same_unit_twice_is_a_fault_and_so_is_an_infinite_number() {
        let twice = IndicatorTable::from_rows(vec![row("CHN", None), row("CHN", Some(2.0))]).unwrap_err();
        assert!(twice.to_string().contains("two rows for solar, CHN, 2024, coercion_text"), "{twice}");
        let infinite = IndicatorTable::from_rows(vec![row("CHN", Some(f64::NAN))]).unwrap_err();
        assert!(infinite.to_string().contains("finite"), "{infinite}");
    }
}
