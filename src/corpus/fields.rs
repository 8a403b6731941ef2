//! The columns of the input contract, and one record's values for them.

/// A column every reader understands; all others are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Date,
    Language,
    Title,
    Text,
    Source,
    Url,
}

impl Field {
    const ALL: [Self; 7] = [Self::Id, Self::Date, Self::Language, Self::Title, Self::Text, Self::Source, Self::Url];

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
        Self::ALL.into_iter().find(|field| name.trim().eq_ignore_ascii_case(field.name()))
    }
}

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub text: String,
    pub line: u64,
}

/// What one record says, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields([Option<Value>; 7]);

impl Fields {
    /// Sets a field; the last value of a repeated field stands.
    pub fn set(&mut self, field: Field, text: String, line: u64) {
        self.0[field as usize] = Some(Value { text, line });
    }

    /// Takes a field out, with its line.
    pub fn take(&mut self, field: Field) -> Option<Value> {
        self.0[field as usize].take()
    }

    /// Takes a short field out: trimmed, and `None` when nothing is left.
    pub fn take_trimmed(&mut self, field: Field) -> Option<Value> {
        let value = self.take(field)?;
        let text = value.text.trim();
        (!text.is_empty()).then(|| Value { text: text.to_owned(), line: value.line })
    }

    /// The field's value as written.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0[field as usize].as_ref().map(|value| value.text.as_str())
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
    }
}
