//! The tables of `data/places`: places, organisations, and what places a text.

use super::{Builder, add};
use crate::codes::{CountryCode, Language};
use crate::error::Result;
use crate::lexicon::fold::fold;
use crate::lexicon::language::{Context, Organisation, Payload, Place};
use crate::lexicon::tables::{ContextRow, OrganisationRow, PlaceKind, PlaceRow};
use crate::lexicon::unknown_sector;

/// A form told by its capitals may also stand in a headline set in capitals ("TURKEY", but not "TO").
fn add_headlines(spellings: &mut Vec<String>) {
    let mut capitals: Vec<String> = spellings.iter().map(|spelling| spelling.to_uppercase()).collect();
    capitals.retain(|capital| capital.len() >= HEADLINE_BYTES && !spellings.contains(capital));
    spellings.append(&mut capitals);
}

/// Shorter forms mean too many other things in capitals.
const HEADLINE_BYTES: usize = 4;

impl Builder<'_> {
    /// Places, organisations and what places a text: all that stands in `data/places`.
    pub(super) fn named(&mut self, language: Language) -> Result<()> {
        self.places(&format!("places/{language}.csv"))?;
        self.organisations("places/organisations.csv", language)?;
        self.context("places/context.csv", language)
    }

    fn places(&mut self, file: &str) -> Result<()> {
        if !self.source.has(file) {
            return Ok(());
        }
        for row in self.source.table::<PlaceRow>(file)? {
            let flags = row.value.flag.unwrap_or_default();
            let (mut case, mut weak) = (false, false);
            for flag in flags.split_whitespace() {
                match flag {
                    "case" => case = true,
                    "weak" => weak = true,
                    // Stands for two countries at once (米中): both rows are kept.
                    "pair" => {}
                    other => {
                        self.fault(file, row.line, "flag", format!("`{other}` is no flag: expected case, weak or pair"))
                    }
                }
            }
            let mut spellings = self.spellings(file, row.line, &row.value.form);
            let index = self.places.len() as u32;
            for spelling in &spellings {
                add(&mut self.names, spelling, Payload::Place(index));
            }
            if case {
                add_headlines(&mut spellings);
            }
            self.places.push(Place {
                country: row.value.country,
                kind: row.value.kind.unwrap_or(PlaceKind::Name),
                weak,
                spellings: if case { spellings } else { Vec::new() },
            });
        }
        Ok(())
    }

    fn organisations(&mut self, file: &str, language: Language) -> Result<()> {
        if !self.source.has(file) {
            return Ok(());
        }
        for row in self.source.table::<OrganisationRow>(file)? {
            if let Some(sector) = row.value.sector.filter(|sector| self.lexicon.sector(sector).is_none()) {
                self.faults.push(unknown_sector(self.source, file, row.line, &sector));
            }
            let languages = row.value.languages.unwrap_or_default();
            if !languages.is_empty() && !languages.split_whitespace().any(|code| code == language.as_str()) {
                continue;
            }
            let spellings = self.spellings(file, row.line, &row.value.form);
            let Some(name) = spellings.first().cloned() else { continue };
            let country = row.value.country;
            let names_country = country.is_some_and(|code| spellings.iter().any(|name| self.names(name, code)));
            for spelling in &spellings {
                add(&mut self.names, spelling, Payload::Organisation(self.organisations.len() as u32));
            }
            self.organisations.push(Organisation {
                name,
                country,
                kind: row.value.kind,
                sector: row.value.sector,
                names_country,
            });
        }
        Ok(())
    }

    /// Whether a run of a name's words (of its characters, where no blanks separate words) names `country`.
    fn names(&self, name: &str, country: CountryCode) -> bool {
        let folded = fold(name);
        let ends: Vec<usize> = if folded.is_ascii() {
            let signs = folded.match_indices(|c: char| !c.is_ascii_alphanumeric()).map(|(at, _)| at);
            signs.flat_map(|at| [at, at + 1]).chain([0, folded.len()]).collect()
        } else {
            folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect()
        };
        ends.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end))).any(|(start, end)| {
            let run = folded.get(start..end).filter(|run| run.len() > 1);
            run.into_iter().flat_map(|run| self.names.payloads_of(run)).any(|payload| match payload {
                Payload::Place(index) => {
                    let place = &self.places[index as usize];
                    place.country == Some(country)
                        && !place.weak
                        && matches!(
                            place.kind,
                            PlaceKind::Name | PlaceKind::Adjective | PlaceKind::People | PlaceKind::Abbreviation
                        )
                }
                _ => false,
            })
        })
    }

    /// Words usual in one country's news, of this language.
    fn context(&mut self, file: &str, language: Language) -> Result<()> {
        if !self.source.has(file) {
            return Ok(());
        }
        for row in self.source.table::<ContextRow>(file)? {
            if row.value.language != language {
                continue;
            }
            if !(row.value.weight > 0.0 && row.value.weight <= 2.0) {
                self.fault(file, row.line, "weight", format!("weight {} is not in (0, 2]", row.value.weight));
            }
            for spelling in &self.spellings(file, row.line, &row.value.form) {
                add(&mut self.names, spelling, Payload::Context(self.context.len() as u32));
            }
            self.context.push(Context { country: row.value.country, weight: row.value.weight });
        }
        Ok(())
    }
}
