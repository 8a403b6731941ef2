//! Which of the measures whose words are there a sentence states.

use std::ops::Range;

use super::{FoundMeasure, FoundPlace, SentenceView, Span};
use crate::codes::{Channel, Status};
use crate::lexicon::tables::{PlaceKind, Requirements};

impl<'a> SentenceView<'a> {
    /// Leaves out the measures that lack what no function word can bring: goods here or near (`has_goods`), a topic, or `context`, the
    /// channels stated elsewhere in the document.
    pub fn rule_out(&mut self, has_goods: bool, context: &[Channel]) {
        let mut measures = std::mem::take(&mut self.measures);
        let has_topic = !context.is_empty() || self.names_state();
        measures.retain(|found| {
            let requires = found.measure.requires;
            let has_context = || found.measure.channel.is_some_and(|channel| context.contains(&channel));
            (has_goods || !requires.goods) && (has_topic || !requires.topic) && (!requires.context || has_context())
        });
        self.measures = measures;
    }

    /// Whether it has measures that are no decoys.
    pub fn may_state(&self) -> bool {
        self.measures.iter().any(|found| found.measure.channel.is_some())
    }

    /// Of the measures of one channel that overlap, keeps the longest that has what it requires: `has_motive`, a motive here or
    /// nearby; `has_goods`, goods of one sector in the sentences before. What else a measure requires, [`SentenceView::rule_out`] has
    /// looked at.
    pub fn settle(&mut self, has_motive: bool, has_goods: bool) {
        let mut found = std::mem::take(&mut self.measures);
        // "A tariff of 80 percent": a share that the words of an act hold, stated or not, is no share of supply.
        let acts = found.iter().filter(|found| found.measure.channel == Some(Channel::Coercion));
        let acts: Vec<Span> = acts.map(|found| found.span.clone()).collect();
        found.retain(|found| {
            found.measure.channel != Some(Channel::Concentration) || !self.is_share_of_another(&found.span, &acts)
        });
        // A longer wording that lacks what it requires must not hide a shorter one that stands.
        found.retain(|found| {
            let requires = found.measure.requires;
            let requires_here = Requirements { goods: requires.goods && !has_goods, ..requires };
            !self.is_parted(found) && self.names(requires_here) && (!requires.motive || has_motive)
        });
        // Longest first; the more grave, then the earlier in the table, among equals.
        found.sort_by(|a, b| {
            (b.span.bytes.len(), a.span.bytes.start, a.measure.line).cmp(&(
                a.span.bytes.len(),
                b.span.bytes.start,
                b.measure.line,
            ))
        });
        let mut kept: Vec<FoundMeasure<'a>> = Vec::new();
        for candidate in found {
            if !kept.iter().any(|other| other.hides(&candidate)) {
                kept.push(candidate);
            }
        }
        kept.retain(|found| found.measure.channel.is_some());
        kept.sort_by_key(|found| (found.span.bytes.start, found.span.bytes.end));
        self.measures = kept;
    }

    /// Whether there are shares in `span`, and each of them in one of `others`.
    fn is_share_of_another(&self, span: &Span, others: &[Span]) -> bool {
        let mut shares = self.shares.iter().map(|(share, _)| share).filter(|share| span.holds(share)).peekable();
        shares.peek().is_some() && shares.all(|share| others.iter().any(|other| other.holds(share)))
    }

    /// Whether the sentence itself has the goods and countries a measure requires.
    pub fn names(&self, requires: Requirements) -> bool {
        let has_countries = || self.places.iter().any(|place| place.country != self.places[0].country);
        (!requires.goods || self.names_goods())
            && (!requires.country || !self.places.is_empty())
            && (!requires.countries || has_countries())
    }

    /// Whether goods are named, decoys left aside.
    pub fn names_goods(&self) -> bool {
        self.goods.iter().any(|(_, good)| good.sector.is_some())
    }

    /// Whether goods and a state as such (its seat, capital or head) are named: then a sentence alone shows its topic.
    fn names_state(&self) -> bool {
        let is_state = |place: &FoundPlace| {
            !place.is_company && matches!(place.kind, PlaceKind::Seat | PlaceKind::Capital | PlaceKind::Head)
        };
        self.names_goods() && self.places.iter().any(is_state)
    }

    /// Whether a semicolon, a dash or the beginning of a clause parts the words of a measure: then they are of two statements. A
    /// condition within a threat ("warned that, if X, it will") parts nothing.
    fn is_parted(&self, found: &FoundMeasure<'_>) -> bool {
        let words = &found.span.words;
        let parts = |stop: &usize| words.start < *stop && *stop < words.end;
        let is_threat = found.measure.status == Some(Status::Threatened);
        let holds = |condition: &Range<usize>| is_threat && words.start < condition.start && condition.end < words.end;
        // "After a year of embargo, India reopens exports": the embargo is not India's.
        let begins_subject = || {
            let (Some(place), Some(comma)) = (self.places.first(), self.commas.first()) else { return false };
            let first = place.span.words.start;
            let is_name = !matches!(place.kind, PlaceKind::Adjective | PlaceKind::People);
            is_name && self.counts_words() && parts(comma) && parts(&first) && (*comma..=comma + 1).contains(&first)
        };
        (!is_threat && begins_subject())
            || self.stops.iter().any(parts)
            || self.conditions.iter().any(|c| !holds(c) && (parts(&c.start) || parts(&c.end)))
    }
}
