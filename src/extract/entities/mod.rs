//! What a document names, and what it is about.
//!
//! Every hit of the scan becomes a sighting: of what, where in the document (`layout`) and how plainly. A country is
//! named by its name, its adjective, its people, its capital, its initials, or by a city in the dateline. Its head of
//! state, its seat of government, its ministries and its continent stand for it in a headline, and elsewhere only
//! strengthen what is named otherwise. A news item that names no country at all is placed by its cities and by the cues of
//! `data/places/context.csv` (`setting`). What of all this the document is about, `about` decides.

mod about;
mod layout;
mod setting;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::scan::{Hit, Scan};
use crate::codes::{CountryCode, MaterialId, SectorId};
use crate::corpus::Document;
use crate::extract::mention::{Entity, EntityKind};
use crate::lexicon::fold::Folded;
use crate::lexicon::tables::{OrganisationKind, PlaceKind};
use crate::lexicon::{LanguageLexicon, Payload};
pub use layout::Layout;
use layout::Zone;

/// What is named. The order is that of the entities of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Country(CountryCode),
    Sector(SectorId),
    Material(MaterialId),
    Organisation(&'a str),
}

impl Key<'_> {
    fn kind(self) -> EntityKind {
        match self {
            Self::Country(_) => EntityKind::Country,
            Self::Sector(_) => EntityKind::Sector,
            Self::Material(_) => EntityKind::Material,
            Self::Organisation(_) => EntityKind::Organisation,
        }
    }

    fn code(self) -> String {
        match self {
            Self::Country(code) => code.as_str().to_owned(),
            Self::Sector(code) => code.as_str().to_owned(),
            Self::Material(code) => code.as_str().to_owned(),
            Self::Organisation(name) => name.to_owned(),
        }
    }
}

/// How plainly a hit speaks of what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    /// Names it.
    Named,
    /// Stands for it where it is named otherwise.
    Support,
    /// Lies in it, and is the seat of a union of which it is a member: names it where the union is not named.
    Twofold,
    /// Lies in it, or is usual there: counts where no country is named.
    Setting,
}

/// One hit, as the listing sees it.
#[derive(Debug, Clone, Copy)]
struct Sighting<'a> {
    key: Key<'a>,
    /// Byte of the document's text.
    at: usize,
    zone: Zone,
    grade: Grade,
    /// A city used for its country, which may also be no more than a place where something happens.
    is_city: bool,
    /// Which row of the tables was hit, so that the same evidence counts once.
    payload: Payload,
}

/// Lists the entities of a document, in order of kind, then of code.
pub fn list(
    lexicon: &LanguageLexicon,
    document: &Document,
    (folded, layout): (&Folded, &Layout),
    scan: &Scan,
) -> Vec<Entity> {
    if scan.names.is_empty() {
        return Vec::new();
    }
    let mut sightings = sightings(lexicon, folded, scan, layout);
    // Stable: the sightings of a key stay in order of position.
    sightings.sort_by(|a, b| a.key.cmp(&b.key));
    settle(&mut sightings);
    if layout.is_story && !sightings.iter().any(|one| one.key.kind() == EntityKind::Country && counts(one)) {
        setting::place(lexicon, &mut sightings);
    }
    sightings.retain(counts);
    let doc_id: Arc<str> = document.id.as_str().into();
    let mut entities: Vec<Entity> =
        sightings.chunk_by(|a, b| a.key == b.key).map(|group| entity(&doc_id, group)).collect();
    about::decide(&mut entities, &sightings, layout);
    entities
}

fn counts(sighting: &Sighting<'_>) -> bool {
    sighting.grade == Grade::Named
}

/// Gives support its due: beside a sighting that names the same country it counts as one. Then decides what is twofold.
fn settle(sightings: &mut [Sighting<'_>]) {
    for group in sightings.chunk_by_mut(|a, b| a.key == b.key) {
        if group.iter().any(counts) {
            for one in group.iter_mut().filter(|one| matches!(one.grade, Grade::Support | Grade::Twofold)) {
                one.grade = Grade::Named;
            }
        }
    }
    for number in 0..sightings.len() {
        let one = sightings[number];
        if one.grade == Grade::Twofold {
            let is_union = sightings.iter().any(|other| other.at == one.at && other.key != one.key && counts(other));
            sightings[number].grade = if is_union { Grade::Support } else { Grade::Named };
        }
    }
}

fn entity(doc_id: &Arc<str>, group: &[Sighting<'_>]) -> Entity {
    let in_title = group.iter().any(|one| one.zone == Zone::Title);
    Entity {
        doc_id: doc_id.clone(),
        kind: group[0].key.kind(),
        code: group[0].key.code(),
        mentions: group.len() as u32,
        first: group[0].at,
        in_title,
        in_lead: in_title || group.iter().any(|one| matches!(one.zone, Zone::Dateline | Zone::Lead)),
        salience: 0.0,
        about: false,
    }
}

/// Whether the words of a hit stand for another country too: Brussels is a city of its own, and the seat of a union.
fn is_twofold(lexicon: &LanguageLexicon, scan: &Scan, number: usize) -> bool {
    let country = |hit: &Hit| match hit.payload {
        Payload::Place(index) => lexicon.places[index as usize].country,
        _ => None,
    };
    let hit = &scan.names[number];
    let differs = |other: &Hit| other.range == hit.range && country(other).is_some() && country(other) != country(hit);
    let before = number.checked_sub(1).and_then(|before| scan.names.get(before));
    before.into_iter().chain(scan.names.get(number + 1)).any(differs)
}

fn sightings<'a>(lexicon: &'a LanguageLexicon, folded: &Folded, scan: &Scan, layout: &Layout) -> Vec<Sighting<'a>> {
    let mut all: Vec<Sighting<'a>> = Vec::with_capacity(scan.names.len() + 8);
    // Where the last place of the dateline stands: "VIENNA, Va." lies in Virginia.
    let mut dateline: Option<(usize, std::ops::Range<usize>)> = None;
    for (number, hit) in scan.names.iter().enumerate() {
        let at = folded.original(hit.range.start);
        let zone = layout.zone(at);
        let plainly = |grade: Grade| match zone {
            Zone::Title if layout.is_story && grade == Grade::Support => Grade::Named,
            Zone::Dateline => Grade::Named,
            _ => grade,
        };
        let is_city =
            matches!(hit.payload, Payload::Place(index) if lexicon.places[index as usize].kind == PlaceKind::Capital);
        let mut add = |key, grade| all.push(Sighting { key, at, zone, grade, is_city, payload: hit.payload });
        match hit.payload {
            Payload::Place(index) => {
                let place = &lexicon.places[index as usize];
                let Some(country) = place.country else { continue };
                let grade = match place.kind {
                    PlaceKind::Region if is_twofold(lexicon, scan, number) => Grade::Twofold,
                    PlaceKind::Region => Grade::Setting,
                    PlaceKind::Head | PlaceKind::Seat | PlaceKind::Continent => Grade::Support,
                    _ if place.weak => Grade::Support,
                    _ => Grade::Named,
                };
                if zone == Zone::Dateline && place.kind == PlaceKind::Seat {
                    continue;
                }
                add(Key::Country(country), plainly(grade));
                if zone == Zone::Dateline {
                    if let Some((index, range)) = &dateline
                        && range.end < hit.range.start
                        && folded.text[range.end..hit.range.start].chars().all(|c| c == ',' || c == ' ')
                    {
                        all[*index].grade = Grade::Setting;
                    }
                    dateline = Some((all.len() - 1, hit.range.clone()));
                }
            }
            Payload::Good(index) => {
                let good = &lexicon.goods[index as usize];
                if let Some(sector) = good.sector {
                    add(Key::Sector(sector), Grade::Named);
                }
                if let Some(material) = good.material {
                    add(Key::Material(material), Grade::Named);
                }
            }
            Payload::Organisation(index) => {
                let organisation = &lexicon.organisations[index as usize];
                add(Key::Organisation(&organisation.name), Grade::Named);
                if let Some(sector) = organisation.sector {
                    add(Key::Sector(sector), Grade::Named);
                }
                match organisation.country {
                    Some(country) if organisation.names_country => add(Key::Country(country), Grade::Named),
                    Some(country) if organisation.kind == OrganisationKind::State => {
                        add(Key::Country(country), plainly(Grade::Support));
                    }
                    Some(country) => add(Key::Country(country), Grade::Setting),
                    None => {}
                }
            }
            Payload::Context(index) => {
                add(Key::Country(lexicon.context[index as usize].country), Grade::Setting);
            }
            _ => {}
        }
    }
    all
}
