//! What a document names, and what it is about.
//!
//! Salience grows with how often, how early and how prominently something is named: the title counts most, then the lead
//! (the first paragraph), then repetition. `about` is salience over a threshold relative to the document's most salient
//! entity of the same kind.

use std::collections::BTreeMap;

use super::scan::Scan;
use crate::corpus::Document;
use crate::extract::mention::{Entity, EntityKind};
use crate::lexicon::fold::Folded;
use crate::lexicon::tables::{OrganisationKind, PlaceKind};
use crate::lexicon::{LanguageLexicon, Payload};

/// What being named in the title is worth, in plain mentions.
const TITLE: f64 = 3.0;
/// What being named in the lead is worth, in plain mentions.
const LEAD: f64 = 1.5;
/// The lead is the first paragraph, at most this many bytes.
const LEAD_BYTES: usize = 600;
/// A document is about what reaches this share of its most salient entity of the kind.
const ABOUT: f64 = 0.4;

#[derive(Default)]
struct Count {
    mentions: u32,
    first: usize,
    in_title: bool,
    in_lead: bool,
    points: f64,
}

/// Lists the entities of a document.
pub fn list(lexicon: &LanguageLexicon, document: &Document, folded: &Folded, scan: &Scan) -> Vec<Entity> {
    let lead_end = lead_end(document);
    let mut counts: BTreeMap<(EntityKind, String), Count> = BTreeMap::new();
    for hit in &scan.names {
        let first = folded.original(hit.range.start);
        let mut add = |kind: EntityKind, code: String| {
            let count = counts.entry((kind, code)).or_insert_with(|| Count { first, ..Count::default() });
            count.mentions += 1;
            if first < document.title_len {
                count.in_title = true;
                count.points += TITLE;
            } else if first < lead_end {
                count.in_lead = true;
                count.points += LEAD;
            } else {
                count.points += 1.0;
            }
        };
        match hit.payload {
            Payload::Place(index) => {
                let place = &lexicon.places[index as usize];
                if let Some(country) = place.country.filter(|_| place.kind != PlaceKind::Region) {
                    add(EntityKind::Country, country.to_string());
                }
            }
            Payload::Good(index) => {
                let good = &lexicon.goods[index as usize];
                if let Some(sector) = good.sector {
                    add(EntityKind::Sector, sector.to_string());
                }
                if let Some(material) = good.material {
                    add(EntityKind::Material, material.to_string());
                }
            }
            Payload::Organisation(index) => {
                let organisation = &lexicon.organisations[index as usize];
                add(EntityKind::Organisation, organisation.name.clone());
                if let Some(sector) = organisation.sector {
                    add(EntityKind::Sector, sector.to_string());
                }
                if let Some(country) = organisation.country.filter(|_| organisation.kind == OrganisationKind::State) {
                    add(EntityKind::Country, country.to_string());
                }
            }
            _ => {}
        }
    }
    weigh(document, counts)
}

fn weigh(document: &Document, counts: BTreeMap<(EntityKind, String), Count>) -> Vec<Entity> {
    let doc_id: std::sync::Arc<str> = document.id.as_str().into();
    let mut most: BTreeMap<EntityKind, f64> = BTreeMap::new();
    for ((kind, _), count) in &counts {
        let top = most.entry(*kind).or_insert(0.0);
        *top = top.max(count.points);
    }
    counts
        .into_iter()
        .map(|((kind, code), count)| {
            let salience = count.points / most.get(&kind).copied().unwrap_or(1.0).max(1.0);
            Entity {
                doc_id: doc_id.clone(),
                kind,
                code,
                mentions: count.mentions,
                first: count.first,
                in_title: count.in_title,
                in_lead: count.in_title || count.in_lead,
                salience,
                about: count.in_title || salience >= ABOUT,
            }
        })
        .collect()
}

fn lead_end(document: &Document) -> usize {
    let body_start = (document.title_len + 2).min(document.text.len());
    let body = &document.text[body_start..];
    let paragraph = body.find("\n\n").or_else(|| body.find('\n')).unwrap_or(body.len());
    body_start + paragraph.min(LEAD_BYTES)
}
