//! What a sentence names: places and goods, and the country that a word points back to.

use std::ops::Range;

use super::{FoundPlace, SentenceView, Span, WordCursor};
use crate::codes::CountryCode;
use crate::extract::scan::Hit;
use crate::lexicon::tables::{CueKind, OrganisationKind, PlaceKind, Relation, Side};
use crate::lexicon::{LanguageLexicon, Payload};

/// References are in no list: their numbers begin here.
const REFERENCES: usize = 1 << 20;

impl<'a> SentenceView<'a> {
    pub(super) fn name(&mut self, lexicon: &'a LanguageLexicon, hits: &[Hit]) {
        if !hits.is_empty() {
            self.goods.reserve(hits.len());
            self.places.reserve(hits.len());
        }
        let words = std::mem::take(&mut self.words);
        let mut cursor = WordCursor::new(&words);
        for hit in hits {
            let span = cursor.span(&hit.range);
            match hit.payload {
                Payload::Good(index) => self.goods.push((span, &lexicon.goods[index as usize])),
                Payload::Place(index) => {
                    let place = &lexicon.places[index as usize];
                    if let Some(country) = place.country.filter(|_| place.kind != PlaceKind::Region) {
                        self.place(span, country, place.kind, false);
                    }
                }
                Payload::Organisation(index) => {
                    let organisation = &lexicon.organisations[index as usize];
                    if let Some(country) = organisation.country {
                        let is_company = organisation.kind != OrganisationKind::State;
                        self.place(span, country, PlaceKind::Seat, is_company);
                    }
                    if let Some(sector) = organisation.sector.filter(|sector| !self.trades.contains(sector)) {
                        self.trades.push(sector);
                    }
                }
                _ => {}
            }
        }
        self.words = words;
    }

    /// "Japan's Toyota", "Dutch ASML": a country right before its company stands for the company.
    pub(super) fn leave_to_companies(&mut self, text: &str) {
        for i in 1..self.places.len() {
            let (state, company) = (&self.places[i - 1], &self.places[i]);
            let between = text.get(state.span.bytes.end..company.span.bytes.start).unwrap_or("-");
            let owns = company.is_company && state.country == company.country;
            if owns && matches!(between.trim(), "" | "'s" | "'" | "の" | "的") {
                self.places[i - 1].is_company = true;
            }
        }
        // "阿曼商务部": a ministry named in the same words in several countries is that of the country before it.
        for i in (1..self.places.len()).rev() {
            let (state, body) = (&self.places[i - 1], &self.places[i]);
            let between = text.get(state.span.bytes.end..body.span.bytes.start).unwrap_or("-");
            let is_anothers = body.kind == PlaceKind::Seat && !body.is_company && state.country != body.country;
            if is_anothers && !state.is_company && matches!(between, "" | " " | "'s " | "' " | "の" | "的") {
                self.places.remove(i);
            }
        }
    }

    fn place(&mut self, span: Span, country: CountryCode, kind: PlaceKind, is_company: bool) {
        let list = self.places.len();
        self.places.push(FoundPlace { span, country, kind, is_company, list });
    }

    /// The country of the dateline, where it stands in this sentence: "the ministry" of news sent from a capital is that country's.
    pub fn place_in(&self, dateline: &Range<usize>) -> Option<CountryCode> {
        let place = self.places.iter().find(|place| dateline.contains(&place.span.bytes.start))?;
        Some(place.country)
    }

    /// Leaves out the countries of the dateline: they only say where the news was sent from.
    pub fn leave_out(&mut self, dateline: &Range<usize>) {
        self.places.retain(|place| !dateline.contains(&place.span.bytes.start));
    }

    /// Words that point back (同国, "the kingdom", "from there") count as the country named last before them in the sentence,
    /// else as `country`, else as `home`, with whatever role marks them. One that a word marks as other than the subject
    /// ("buys half of it from there") is `country` first: the subject of its own sentence is another.
    pub fn resolve(&mut self, country: Option<CountryCode>, home: Option<CountryCode>) {
        let cues: Vec<(Span, Side)> =
            self.cues_of(CueKind::Reference).map(|(span, cue)| (span.clone(), cue.side)).collect();
        for (span, side) in cues {
            if self.places.iter().any(|place| place.span.overlaps(&span)) {
                continue;
            }
            let at = self.places.partition_point(|place| place.span.bytes.start < span.bytes.start);
            let before = self.places[..at].iter().rev().find(|place| !place.is_company).map(|place| place.country);
            let is_oblique = side == Side::Before
                || self.roles.iter().any(|(mark, role, _)| {
                    matches!(role.relation, Relation::Source | Relation::Aimed | Relation::Place | Relation::Partner)
                        && mark.distance(&span) <= role.gap as usize
                        && match role.side {
                            Side::Before => mark.bytes.end <= span.bytes.start,
                            Side::After | Side::Any => mark.bytes.start >= span.bytes.end,
                        }
                });
            let elsewhere = country.filter(|country| self.places.iter().all(|place| place.country != *country));
            let resolved = if is_oblique { elsewhere.or(before) } else { before };
            let Some(country) = resolved.or(country).or(home) else { continue };
            let list = REFERENCES + at;
            self.places.insert(at, FoundPlace { span, country, kind: PlaceKind::Name, is_company: false, list });
        }
    }
}
