//! Model file → [`Settings`]: parsing, the fall-back on the built-in model, and the place of every fault.
//!
//! A user's file holds only what it changes. For `run` it is laid over `data/model.toml` key by key; the list of
//! `[[node]]` entries is replaced as a whole, because half a tree has no meaning.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::settings::Settings;
use crate::error::{Error, ErrorKind, Result};

/// The model the binary carries: `data/model.toml`.
pub const BUILT_IN: &str = include_str!("../../data/model.toml");

/// Where in which file a setting or a node stands, for faults found after parsing.
#[derive(Debug, Clone, Default)]
pub struct Places {
    file: PathBuf,
    nodes: Vec<u64>,
    keys: Vec<(String, u64)>,
}

impl Places {
    /// The places of a table of nodes: one line per node.
    pub fn of_rows(file: &Path, nodes: Vec<u64>) -> Self {
        Self { file: file.to_owned(), nodes, keys: Vec::new() }
    }

    /// The places in a model file.
    pub fn of_model(text: &str, file: &Path) -> Self {
        let mut places = Self { file: file.to_owned(), ..Self::default() };
        let Ok(root) = DeTable::parse(text) else { return places };
        for (section, value) in root.get_ref() {
            match value.get_ref() {
                DeValue::Table(table) => {
                    places.keys.extend(table.keys().map(|key| {
                        (format!("{}.{}", section.get_ref(), key.get_ref()), line_of(text, key.span().start))
                    }))
                }
                DeValue::Array(array) if section.get_ref() == "node" => {
                    places.nodes = array.iter().map(|node| line_of(text, node.span().start)).collect();
                }
                _ => {}
            }
        }
        places
    }

    /// Puts a fault at the entry of node number `index`.
    pub fn at_node(&self, index: usize, fault: Error) -> Error {
        self.at(self.nodes.get(index), fault)
    }

    /// Puts a fault at a key such as `normalise.range`, or at the nearest key around it.
    pub fn at_key(&self, key: &str, fault: Error) -> Error {
        let around = std::iter::successors(Some(key), |key| Some(key.rsplit_once('.')?.0));
        let found = around.filter_map(|key| self.keys.iter().find(|(name, _)| name == key)).next();
        self.at(found.map(|(_, line)| line), fault)
    }

    fn at(&self, line: Option<&u64>, fault: Error) -> Error {
        match line {
            Some(line) => fault.at_line(&self.file, *line),
            None if self.file.as_os_str().is_empty() => fault,
            None => fault.at_file(&self.file),
        }
    }
}

/// Reads a model file on neutral defaults (`score`).
pub fn read(text: &str, file: &Path) -> Result<Settings> {
    toml::from_str(text).map_err(|fault| explain(&fault, text, file))
}

/// Reads a model file on the built-in model (`run`). A file without nodes has the built-in tree.
pub fn read_over_built_in(text: &str, file: &Path) -> Result<Settings> {
    read(text, file)?;
    let built_in = Path::new("data/model.toml");
    let mut merged = parse(BUILT_IN, built_in)?;
    overlay(&mut merged, parse(text, file)?);
    merged.try_into().map_err(|fault| explain(&fault, text, file))
}

fn parse(text: &str, file: &Path) -> Result<toml::Table> {
    text.parse().map_err(|fault| explain(&fault, text, file))
}

/// Lays `above` over `below`: tables key by key, everything else as a whole.
fn overlay(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => overlay(old, new),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// A parser's fault as the project's error, with the line of the file and the place in it.
fn explain(fault: &toml::de::Error, text: &str, file: &Path) -> Error {
    let message = fault.message().lines().collect::<Vec<_>>().join(", ");
    let hint = "correct the key or value; data/model.toml (`goulet init`) shows every key with its meaning";
    let error = Error::new(ErrorKind::Data, message).at_file(file).hint(hint);
    let Some(span) = fault.span() else { return error };
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let shown = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let from = (span.start - start).min(shown.len());
    let to = (span.end - start).clamp(from, shown.len());
    error.at_line(file, line_of(text, span.start)).showing(shown, from..to)
}

fn line_of(text: &str, offset: usize) -> u64 {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Status;

    fn fault(text: &str) -> Error {
        read_over_built_in(text, Path::new("mine.toml")).unwrap_err()
    }

    #[test]
    fn an_unknown_key_is_shown_with_line_and_caret() {
        let error = fault("[aggregate]\nmin_children = 0.5\nmethd = \"geometric\"\n");
        let position = error.position().unwrap();
        assert_eq!((position.file.to_str(), position.line), (Some("mine.toml"), Some(3)));
        let shown = error.to_string();
        assert!(shown.contains("unknown field `methd`") && shown.contains("expected one of `method`"), "{shown}");
        let excerpt = error.excerpt().unwrap();
        assert_eq!((excerpt.line.as_str(), excerpt.place.clone()), ("methd = \"geometric\"", 0..5));
        assert!(error.remedy().is_some());
    }

    #[test]
    fn a_wrong_type_syntax_or_choice_names_its_line() {
        for (text, line, words) in [
            ("[ranking]\nmin_coverage = \"half\"\n", 2, "invalid type"),
            ("[text]\nprior_strength = \n", 2, ""),
            ("[treat]\nmethod = \"winsorize\"\n", 2, "winsorise"),
            ("[text.certainty]\nin_force = 1.0\nmaybe = 0.5\n", 3, "considered"),
            ("[[node]]\ncode = \"a\"\nwieght = 1\n", 3, "wieght"),
        ] {
            let error = fault(text);
            assert_eq!(error.position().unwrap().line, Some(line), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn a_short_file_changes_only_what_it_says() {
        let built_in = read_over_built_in("", Path::new("empty.toml")).unwrap();
        let changed = "[text.certainty]\nconsidered = 0.25\n[aggregate]\nmethod = \"geometric\"\n";
        let mine = read_over_built_in(changed, Path::new("mine.toml")).unwrap();
        assert_eq!(mine.text.certainty(Status::Considered), 0.25);
        assert_eq!(mine.text.certainty(Status::InForce), built_in.text.certainty(Status::InForce));
        assert_eq!((&mine.nodes, mine.uncertainty.draws), (&built_in.nodes, built_in.uncertainty.draws));
        assert_ne!(mine.aggregate.method, built_in.aggregate.method);
    }

    #[test]
    fn publishers_are_found_whatever_their_case() {
        let text = "[sources]\ndefault = 0.5\nReuters = 0.9\n\"Le Monde\" = 1.0\n";
        let sources = read(text, Path::new("m.toml")).unwrap().sources;
        assert_eq!(sources.weight(Some("reuters ")), 0.9);
        assert_eq!(sources.weight(Some("LE MONDE")), 1.0);
        assert_eq!(sources.weight(Some("Someone")), 0.5);
        assert_eq!(sources.weight(None), 0.5);
    }
}
