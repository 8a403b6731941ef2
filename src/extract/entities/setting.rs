//! Where a news item is set that names no country: its cities, and words usual in one country's news.

use super::{Grade, Key, Sighting};
use crate::lexicon::tables::PlaceKind;
use crate::lexicon::{LanguageLexicon, Payload};

/// Less evidence than this places nothing.
const ENOUGH: f64 = 1.0;
/// A second country counts from this share of the best one's evidence.
const BESIDE: f64 = 0.6;
/// What a city, a state, a minister or a ministry weighs; a company of the country weighs half.
const PLACE: f64 = 1.0;

/// Lets the evidence of the likeliest country (or of two about as likely) count as naming it.
///
/// `sightings` come sorted by key. Each row of the tables counts once, however often it is hit.
pub fn place(lexicon: &LanguageLexicon, sightings: &mut [Sighting<'_>]) {
    let weight = |group: &[Sighting<'_>]| -> f64 {
        if !matches!(group[0].key, Key::Country(_)) {
            return 0.0;
        }
        let distinct = |index: usize| group[..index].iter().all(|one| one.payload != group[index].payload);
        (0..group.len()).filter(|index| distinct(*index)).map(|index| evidence(lexicon, group[index].payload)).sum()
    };
    let best = sightings.chunk_by(|a, b| a.key == b.key).map(weight).fold(0.0, f64::max);
    if best < ENOUGH {
        return;
    }
    for group in sightings.chunk_by_mut(|a, b| a.key == b.key) {
        let weight = weight(group);
        if weight >= ENOUGH && weight >= best * BESIDE {
            for one in group.iter_mut() {
                one.grade = Grade::Named;
            }
        }
    }
}

fn evidence(lexicon: &LanguageLexicon, payload: Payload) -> f64 {
    match payload {
        Payload::Context(index) => lexicon.context[index as usize].weight,
        Payload::Organisation(index) if !lexicon.organisations[index as usize].is_state() => PLACE / 2.0,
        Payload::Place(index) if lexicon.places[index as usize].kind == PlaceKind::Continent => 0.0,
        _ => PLACE,
    }
}
