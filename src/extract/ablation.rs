//! The extraction with a part of it taken away, to measure what the part is worth (`docs/accuracy.md`).

use std::collections::BTreeSet;

use super::sentence_view::{FoundMeasure, SentenceView};
use super::statements::Statement;
use crate::codes::{Channel, CountryCode, SectorId, Status};
use crate::corpus::Document;
use crate::lexicon::LanguageLexicon;

/// What is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ablation {
    /// Nothing: the extraction as it is.
    #[default]
    None,
    /// The marks of roles: word order alone says who acts on whom.
    Roles,
    /// The sentence as a window: words, goods and countries count together wherever they stand in the document, as in
    /// dictionary methods.
    Window,
    /// All but the title and the first paragraph.
    Body,
}

impl Ablation {
    /// All of them, the whole extraction first.
    pub const ALL: [Self; 4] = [Self::None, Self::Roles, Self::Window, Self::Body];

    /// How a report names what is left.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "all of it",
            Self::Roles => "without roles",
            Self::Window => "without window",
            Self::Body => "lead only",
        }
    }
}

/// The title and the first paragraph of a document.
pub fn lead(document: &Document) -> Document {
    let body = document.body();
    let paragraph = body.find("\n\n").or_else(|| body.find('\n')).unwrap_or(body.len());
    let end = document.text.len() - body.len() + paragraph;
    Document { text: document.text[..end].into(), ..document.clone() }
}

/// What co-occurrence in a document would state: every measure of the sentence with every sector and every country of the
/// document.
pub fn co_occurring(
    lexicon: &LanguageLexicon,
    view: &SentenceView<'_>,
    sectors: &BTreeSet<SectorId>,
    countries: &BTreeSet<CountryCode>,
) -> Vec<Statement> {
    let statement = |found: &FoundMeasure<'_>, channel: Channel, sector: SectorId, country: CountryCode| Statement {
        channel,
        sector,
        material: None,
        origin: Some(country),
        target: None,
        status: found.measure.status.unwrap_or(Status::InForce),
        severity: found.measure.severity,
        bytes: found.span.bytes.clone(),
        lexeme: format!("{}:{}+document", lexicon.language, found.measure.id),
        frame: found.measure.frame,
        share: None,
        on_condition: false,
        restates: false,
    };
    let mut statements = Vec::new();
    for found in &view.measures {
        let Some(channel) = found.measure.channel else { continue };
        for sector in sectors {
            statements.extend(countries.iter().map(|country| statement(found, channel, *sector, *country)));
        }
    }
    statements
}
