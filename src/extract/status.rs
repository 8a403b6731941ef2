//! The state a measure is in, and whether it is stated at all.

use super::parties;
use super::sentence_view::{FoundMeasure, SentenceView, Span};
use crate::codes::{Channel, CountryCode, Status};
use crate::lexicon::language::Cue;
use crate::lexicon::tables::{CueKind, Side};

/// A negation this many words before a measure denies it.
const NEGATION_REACH: usize = 4;

/// Whether a negation or a hypothesis in the clause takes the statement back.
pub fn is_unstated(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> bool {
    let clause = view.clause(&measure.span);
    let negated = view.cues_of(CueKind::Negation).any(|(span, cue)| {
        view.clause(span) == clause
            && stands(span, &measure.span, cue.side)
            && span.distance(&measure.span) <= NEGATION_REACH * view.scale
            && !measure.span.overlaps(span)
            && view.commas_between(span, &measure.span) == 0
    });
    // "공급이 끊기면": the ending that supposes may share the verb with the measure.
    let follows = |span: &Span| !measure.span.overlaps(span) || span.bytes.end > measure.span.bytes.end;
    let supposed = view
        .cues_of(CueKind::Hypothesis)
        .any(|(span, cue)| view.clause(span) == clause && stands(span, &measure.span, cue.side) && follows(span));
    negated || supposed
}

/// "If X ..., Y will ban ...": the countries on whose conduct the sentence makes its act depend.
pub fn conditioned_on(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> Vec<CountryCode> {
    let clause = view.clause(&measure.span);
    let conditions: Vec<usize> = view.conditions().filter(|condition| *condition != clause).collect();
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for place in view.places.iter().filter(|place| !place.is_company) {
        // "中国商務省は、オランダが…なら": the topic stands before the condition and outside it.
        let is_topic = measure.measure.channel.is_some_and(|channel| parties::is_topic(view, place, channel));
        let is_inside = conditions.contains(&view.clause(&place.span)) && !is_topic;
        if is_inside { &mut inside } else { &mut outside }.push(place.country);
    }
    inside.retain(|country| outside.iter().any(|other| other != country));
    inside.sort_unstable();
    inside.dedup();
    inside
}

/// The status: of the entry itself, else of the nearest cue in the clause, else in force.
pub fn of(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> (Status, Option<&'static str>) {
    let clause = view.clause(&measure.span);
    if let Some(status) = measure.measure.status {
        let is_denied = view.cues_of(CueKind::Denied).any(|(span, cue)| {
            view.clause(span) == clause
                && stands(span, &measure.span, cue.side)
                && span.distance(&measure.span) <= NEGATION_REACH * view.scale
        });
        return if is_denied { (Status::Denied, Some(Status::Denied.as_str())) } else { (status, None) };
    }
    // Dominance is not announced or considered: "the largest producer, which weighs a tax". It can only have fallen.
    let is_dominance = measure.measure.channel == Some(Channel::Concentration);
    view.cues
        .iter()
        .filter_map(|(span, cue)| {
            let status = cue.kind.status().filter(|status| !is_dominance || *status == Status::Eased)?;
            let applies = view.clause(span) == clause && stands(span, &measure.span, cue.side);
            applies.then(|| {
                let commas = view.commas_between(span, &measure.span) + 2 * view.subjects_between(span, &measure.span);
                // "Announced that it would suspend": what is announced decides.
                let decides = matches!(status, Status::Eased | Status::Denied);
                let distance = span.distance(&measure.span) / view.scale + 3 * commas;
                let distance = if decides { distance.saturating_sub(DECIDES) } else { distance };
                (distance, strength(status), status)
            })
        })
        .filter(|(distance, ..)| *distance <= STATUS_REACH)
        .min_by_key(|(distance, strength, _)| (*distance, *strength))
        .map_or((Status::InForce, None), |(_, _, status)| (status, Some(status.as_str())))
}

/// Name of the rule that reads a threat from a condition.
pub const ON_CONDITION: &str = "on_condition";

/// An act on a condition is a threat, unless it is lifted or denied.
pub fn threatened(
    view: &SentenceView<'_>,
    measure: &FoundMeasure<'_>,
    (status, rule): (Status, Option<&'static str>),
) -> (Status, Option<&'static str>) {
    let is_act = measure.measure.channel.is_some_and(Channel::is_act);
    // "Its controls have gaps if the allies do not follow": what is in force depends on nothing named behind it.
    let is_led_by = |(cue, _): &(Span, Cue)| cue.bytes.end <= measure.span.bytes.start;
    let may_be = match status {
        Status::Announced | Status::Considered => true,
        Status::InForce => rule.is_none() && view.cues_of(CueKind::Hypothesis).any(is_led_by),
        Status::Threatened | Status::Eased | Status::Denied => false,
    };
    if is_act && may_be && !conditioned_on(view, measure).is_empty() {
        return (Status::Threatened, Some(ON_CONDITION));
    }
    (status, rule)
}

/// What a cue of easing or denial is worth beside one that only says when, in words.
const DECIDES: usize = 3;

/// A status cue this many words from a measure still speaks of it.
const STATUS_REACH: usize = 14;

/// Which status wins at the same distance.
fn strength(status: Status) -> u8 {
    match status {
        Status::Denied => 0,
        Status::Eased => 1,
        Status::Threatened => 2,
        Status::Considered => 3,
        Status::Announced => 4,
        Status::InForce => 5,
    }
}

fn stands(cue: &Span, measure: &Span, side: Side) -> bool {
    match side {
        Side::Before => cue.bytes.start < measure.bytes.start,
        Side::After => cue.bytes.end > measure.bytes.end,
        Side::Any => true,
    }
}
