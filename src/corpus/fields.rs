//! The columns of the input contract, what a file may call them, and one record's values for them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::known::Words;
use crate::error::{Error, ErrorKind, Result as Outcome};

/// A column every reader understands; all others are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The document's own id.
    Id,
    /// Day of publication.
    Date,
    /// Its language.
    Language,
    /// Its title.
    Title,
    /// Its body.
    Text,
    /// Who published it.
    Source,
    /// Its address.
    Url,
}

impl Field {
    /// Every column, in the order of the contract.
    pub const ALL: [Self; 7] = [Self::Id, Self::Date, Self::Language, Self::Title, Self::Text, Self::Source, Self::Url];

    /// The column's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Date => "date",
            Self::Language => "language",
            Self::Title => "title",
            Self::Text => "text",
            Self::Source => "source",
            Self::Url => "url",
        }
    }

    /// The field called `name`, whatever its case and the spaces around it.
    pub fn named(name: &str) -> Option<Self> {
        // Nearly all are spelled as the contract has them.
        match name {
            "id" => return Some(Self::Id),
            "date" => return Some(Self::Date),
            "language" => return Some(Self::Language),
            "title" => return Some(Self::Title),
            "text" => return Some(Self::Text),
            "source" => return Some(Self::Source),
            "url" => return Some(Self::Url),
            _ => {}
        }
        Self::ALL.into_iter().find(|field| name.trim().eq_ignore_ascii_case(field.name()))
    }
}

/// What the columns of the contract are called in the files at hand: `text=body,date=published`.
///
/// A field that is mapped is read from the column named and no other; all others keep their own name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMap([Option<String>; 7]);

impl ColumnMap {
    /// The field that a column holds, whatever the case of its name and the spaces around it.
    pub fn field(&self, column: &str) -> Option<Field> {
        if self.0.iter().all(Option::is_none) {
            return Field::named(column);
        }
        let column = column.trim();
        let is_mapped = |field: &Field| {
            self.0[*field as usize].as_ref().is_some_and(|name| name.to_lowercase() == column.to_lowercase())
        };
        if let Some(field) = Field::ALL.into_iter().find(is_mapped) {
            return Some(field);
        }
        Field::named(column).filter(|field| self.0[*field as usize].is_none())
    }

    /// The columns that hold a field, with their place among `names`; of several for one field, the last.
    ///
    /// # Errors
    /// When none holds the text.
    pub fn columns(&self, names: &[String]) -> Outcome<Vec<(Field, usize)>> {
        let mut columns: Vec<(Field, usize)> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let Some(field) = self.field(name) else { continue };
            columns.retain(|(known, _)| *known != field);
            columns.push((field, at));
        }
        if columns.iter().any(|(field, _)| *field == Field::Text) { Ok(columns) } else { Err(self.without_text(names)) }
    }

    /// The error of a table without a column for the text.
    pub(super) fn without_text(&self, names: &[String]) -> Error {
        let wanted = self.name(Field::Text);
        Error::new(ErrorKind::Format, format!("no `{wanted}` column among: {}", names.join(", ")))
            .hint("name the column that holds the documents: --map text=COLUMN, or call it `text` in the file")
    }

    /// What the column of a field is called.
    pub(super) fn name(&self, field: Field) -> &str {
        self.0[field as usize].as_deref().unwrap_or(field.name())
    }
}

impl fmt::Display for ColumnMap {
    /// As it is written on the command line; empty where every field has its own name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mapped = Field::ALL.into_iter().zip(&self.0).filter_map(|(field, column)| Some((field, column.as_ref()?)));
        for (at, (field, column)) in mapped.enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{}={column}", field.name())?;
        }
        Ok(())
    }
}

impl FromStr for ColumnMap {
    type Err = String;

    /// Reads `field=column` pairs between commas; the error says what was wrong and which fields there are.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut map = Self::default();
        for pair in text.split(',') {
            let known = || Field::ALL.map(Field::name).join(" ");
            let Some((field, column)) = pair.split_once('=') else {
                return Err(format!("`{pair}` is no field=column; write for example text=body,date=published"));
            };
            let (name, column) = (field.trim(), column.trim());
            let Some(field) = Field::named(name) else {
                return Err(format!("`{name}` is no field; fields are {}", known()));
            };
            if column.is_empty() {
                return Err(format!("`{name}=` names no column"));
            }
            if map.0.iter().flatten().any(|other| other.to_lowercase() == column.to_lowercase()) {
                return Err(format!("the column `{column}` stands for two fields"));
            }
            if map.0[field as usize].replace(column.to_owned()).is_some() {
                return Err(format!("the field `{name}` is named twice"));
            }
        }
        Ok(map)
    }
}

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub text: String,
    pub line: u64,
}

/// What one record says, as written.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: [Option<Value>; 7],
    /// In place of title and text, where the reader found them.
    pub words: Option<Arc<Words>>,
}

impl Fields {
    /// Sets a field; the last value of a repeated field stands.
    pub fn set(&mut self, field: Field, text: String, line: u64) {
        self.values[field as usize] = Some(Value { text, line });
    }

    /// Places every value on a line, where reading did not.
    pub fn stand_on(&mut self, line: u64) {
        self.values.iter_mut().flatten().for_each(|value| value.line = line);
    }

    /// Takes a field out, with its line.
    pub fn take(&mut self, field: Field) -> Option<Value> {
        self.values[field as usize].take()
    }

    /// Takes a short field out: trimmed, and `None` when nothing is left.
    pub fn take_trimmed(&mut self, field: Field) -> Option<Value> {
        let value = self.take(field)?;
        let is_sign = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        if is_sign(value.text.as_bytes().first()) && is_sign(value.text.as_bytes().last()) {
            return Some(value);
        }
        let text = value.text.trim();
        if text.is_empty() {
            return None;
        }
        if text.len() == value.text.len() {
            return Some(value);
        }
        Some(Value { text: text.to_owned(), line: value.line })
    }

    /// The field's value as written.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.values[field as usize].as_ref().map(|value| value.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case() {
        assert_eq!(Field::named(" Text "), Some(Field::Text));
        assert_eq!(Field::named("body"), None);
        assert!(Field::ALL.iter().enumerate().all(|(at, field)| *field as usize == at));
        assert!(Field::ALL.into_iter().all(|field| Field::named(field.name()) == Some(field)));
    }

    #[test]
    fn columns_are_mapped() {
        let map: ColumnMap = "text=Body, date = published".parse().unwrap();
        assert_eq!(map.field("BODY"), Some(Field::Text));
        assert_eq!(map.field("published"), Some(Field::Date));
        assert_eq!((map.field("text"), map.field("date")), (None, None));
        assert_eq!((map.field("title"), map.field("other")), (Some(Field::Title), None));
        assert_eq!(map.to_string(), "date=published,text=Body");
        let swapped: ColumnMap = "text=title,title=text".parse().unwrap();
        assert_eq!((swapped.field("title"), swapped.field("text")), (Some(Field::Text), Some(Field::Title)));
        for (text, why) in [
            ("body", "no field=column"),
            ("words=body", "fields are id date"),
            ("text=", "names no column"),
            ("text=a,text=b", "named twice"),
            ("text=a,title=A", "two fields"),
        ] {
            let error = text.parse::<ColumnMap>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
