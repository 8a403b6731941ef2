//! What a document is about, of all it names.
//!
//! Salience grows with prominence and repetition: the title counts most, then dateline and lead, then the rest. A document
//! is about what its title, its dateline or its lead names, and about what it comes back to; a single mention deep in a
//! long text is passing, whereas in a short one nothing is.

use super::Sighting;
use super::layout::{Layout, Zone};
use crate::extract::mention::Entity;

/// What being named in the title is worth, in plain mentions.
const TITLE: f64 = 3.0;
/// What being named in the dateline or the lead is worth, in plain mentions.
const LEAD: f64 = 2.0;
/// A plain mention.
const PLAIN: f64 = 1.0;
/// A capital after the lead, in plain mentions: talks are held somewhere.
const CITY: f64 = 0.5;
/// A document is about what reaches this share of its most salient entity of the kind...
const SHARE: f64 = 0.25;
/// ... and is worth so many plain mentions.
const WORTH: f64 = 2.0;

/// Fills in salience and about. `sightings` are those of the entities, group by group in the same order.
pub fn decide(entities: &mut [Entity], sightings: &[Sighting<'_>], layout: &Layout) {
    let groups = sightings.chunk_by(|a, b| a.key == b.key);
    for (entity, group) in entities.iter_mut().zip(groups) {
        entity.salience = group.iter().map(worth).sum();
    }
    for kind in entities.chunk_by_mut(|a, b| a.kind == b.kind) {
        let most = kind.iter().map(|entity| entity.salience).fold(1.0, f64::max);
        for entity in kind {
            let returns = entity.salience >= WORTH && entity.salience >= most * SHARE;
            entity.about = entity.in_lead || returns || (layout.is_short && entity.salience >= PLAIN);
            entity.salience /= most;
        }
    }
}

fn worth(sighting: &Sighting<'_>) -> f64 {
    match sighting.zone {
        Zone::Title => TITLE,
        Zone::Dateline | Zone::Lead => LEAD,
        Zone::Body if sighting.is_city => CITY,
        Zone::Body => PLAIN,
    }
}
