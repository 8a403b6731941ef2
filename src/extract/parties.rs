//! Who acts on whom: countries of a sentence as origin and target of a measure.
//!
//! Each country has a grammatical relation to the measure: marked by a word of `roles.csv`, or told from word order. The table
//! `frames.csv` says which relation is origin and which is target for the measure's frame; nearness decides among several.

use super::sentence_view::{FoundMeasure, FoundPlace, SentenceView, Span};
use crate::codes::{Channel, CountryCode};
use crate::lexicon::LanguageLexicon;
use crate::lexicon::language::Role;
use crate::lexicon::tables::{CueKind, Frame, Party, PlaceKind, Relation, Side};

/// A party of a measure and the rule that made it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which country.
    pub country: CountryCode,
    /// Name of the rule, for `lexeme`.
    pub rule: String,
    /// Whether a word marks it as the one whose act it is: its owner or its agent.
    pub owns: bool,
}

/// Origins and targets of one measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parties {
    /// Who acts, dominates or takes part.
    pub origins: Vec<Reading>,
    /// Who is aimed at or exposed.
    pub targets: Vec<Reading>,
}

/// How much farther a country in another clause counts, in words.
const OTHER_CLAUSE: usize = 30;
/// How much a comma between country and measure counts, in words.
const COMMA: usize = 2;
/// What a better relation is worth, in words.
const PRIORITY: usize = 8;
/// What a relation told from word order alone costs, in words.
const UNMARKED: usize = 4;
/// A country that only happens to stand among the words of a measure yields to its subject: so many words.
const INSIDE: usize = 4;
/// A bare country after the measure is its object only this near, in words.
const OBJECT_REACH: usize = 3;

/// A word that reports a measure stands behind it, this near in words.
const REPORT_REACH: usize = 3;

/// "Of X" and "by X" belong to the measure only this near, in words.
const BOUND_REACH: usize = 7;

struct Candidate<'p> {
    place: &'p FoundPlace,
    party: Party,
    cost: usize,
    relation: Relation,
    rule: String,
    marked: bool,
}

impl Candidate<'_> {
    fn owns(&self) -> bool {
        self.marked && matches!(self.relation, Relation::Owner | Relation::Agent)
    }
}

/// Finds the parties of `measure` among the countries of its sentence.
pub fn find(lexicon: &LanguageLexicon, view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> Parties {
    let Some(channel) = measure.measure.channel else { return Parties::default() };
    let mut candidates = Vec::new();
    for place in &view.places {
        let (relation, rule, marked) = answered(view, place, measure, relation(lexicon, view, place, measure, channel));
        // A company does not act for its state, but a measure aimed at it is aimed at its country.
        let may_act = !place.is_company || channel == Channel::Concentration;
        let may_suffer = marked && relation == Relation::Aimed && channel != Channel::Mitigation;
        if !may_act && !may_suffer {
            continue;
        }
        let mut cost =
            measure.span.distance(&place.span) / view.scale + COMMA * view.commas_between(&place.span, &measure.span);
        let is_topic = relation == Relation::Topic && place.span.bytes.end <= measure.span.bytes.start;
        let is_followed = is_topic && has_topic_between(view, place, measure, channel);
        if is_topic && !is_followed {
            cost /= 2;
        } else if view.clause(&place.span) != view.clause(&measure.span) {
            cost += OTHER_CLAUSE;
        }
        let stated = relation;
        let relation = if relation == Relation::Topic { Relation::Subject } else { relation };
        if !marked {
            cost += UNMARKED + if rule == "inside" { INSIDE } else { 0 };
        }
        if !may_act {
            cost += OTHER_CLAUSE;
        }
        for &(party, priority) in lexicon.frames.get(&(measure.measure.frame, relation)).map_or(&[][..], Vec::as_slice)
        {
            if party == Party::Origin && !may_act {
                continue;
            }
            let cost = cost + PRIORITY * (priority as usize).saturating_sub(1);
            candidates.push(Candidate {
                place,
                party,
                cost,
                relation: stated,
                rule: rule.clone(),
                marked: marked && may_act,
            });
        }
    }
    if measure.measure.frame == Frame::Act {
        suffer(&mut candidates, measure);
    }
    leave_out_answers(&mut candidates, measure);
    if measure.measure.frame == Frame::Join { together(&candidates) } else { choose(view, &candidates) }
}

/// "In reply to the taxes of X": the owner, or the subject, of what is answered is who the answer is aimed at.
fn answered(
    view: &SentenceView<'_>,
    place: &FoundPlace,
    measure: &FoundMeasure<'_>,
    (relation, rule, marked): (Relation, String, bool),
) -> (Relation, String, bool) {
    let channel = measure.measure.channel.unwrap_or(Channel::Coercion);
    let has_topic = || view.places.iter().any(|other| other.country != place.country && is_topic(view, other, channel));
    let is_before = place.span.bytes.end <= measure.span.bytes.start;
    // "X는 Y가 ...한 데 대한 보복으로": X answers what Y did.
    let is_inner_subject = marked && relation == Relation::Subject && is_before && has_topic();
    let is_answered = measure.measure.frame == Frame::Answer && (relation == Relation::Owner || is_inner_subject);
    let is_near = place.span.distance(&measure.span) <= view.scale;
    if is_answered && !is_near && view.is_answered_side(&place.span, &measure.span) {
        return (Relation::Aimed, format!("{rule}+answered"), true);
    }
    (relation, rule, marked)
}

/// "As for X, ..., as for Y, ...": the measure is said of the topic nearer to it; "X는 Y가 ...했다고 밝혔다": and, where it is
/// reported, of the subject nearer to it.
fn has_topic_between(
    view: &SentenceView<'_>,
    place: &FoundPlace,
    measure: &FoundMeasure<'_>,
    channel: Channel,
) -> bool {
    let between = |other: &&FoundPlace| {
        other.list != place.list
            && other.span.bytes.start > place.span.bytes.end
            && other.span.bytes.end <= measure.span.bytes.start
            && view.clause(&other.span) == view.clause(&measure.span)
    };
    let is_reported = view.cues_of(CueKind::Reported).any(|(cue, _)| {
        cue.bytes.end > measure.span.bytes.end && cue.distance(&measure.span) <= REPORT_REACH * view.scale
    });
    view.places.iter().filter(between).any(|other| match marked(view, other, channel) {
        Some((Relation::Topic, ..)) => true,
        Some((Relation::Subject, ..)) => is_reported,
        _ => false,
    })
}

/// "To X's ban, Y answered with a complaint": where the measure has its owner or agent before it, a topic after it does something
/// else.
fn leave_out_answers(candidates: &mut Vec<Candidate<'_>>, measure: &FoundMeasure<'_>) {
    let has_owner = candidates
        .iter()
        .any(|c| c.owns() && c.party == Party::Origin && c.place.span.bytes.end <= measure.span.bytes.start);
    if has_owner {
        candidates.retain(|c| c.relation != Relation::Topic || c.place.span.bytes.start < measure.span.bytes.end);
    }
}

/// Passive: where a word marks the agent ("was cut off by X"), an unmarked country before the measure is not a second agent
/// but the one that suffers.
fn suffer(candidates: &mut [Candidate<'_>], measure: &FoundMeasure<'_>) {
    let Some(agent) = candidates.iter().find(|c| c.relation == Relation::Agent).map(|c| c.place.country) else {
        return;
    };
    for candidate in candidates.iter_mut() {
        let is_before = candidate.place.span.bytes.end <= measure.span.bytes.start;
        if candidate.rule == "subject" && is_before && candidate.place.country != agent {
            candidate.party = Party::Target;
            candidate.rule = "sufferer".into();
        }
    }
}

/// All who take part are origins; sources are what one turns away from.
fn together(candidates: &[Candidate<'_>]) -> Parties {
    let mut parties = Parties::default();
    for candidate in candidates.iter().filter(|candidate| candidate.cost < OTHER_CLAUSE) {
        let side = if candidate.party == Party::Origin { &mut parties.origins } else { &mut parties.targets };
        add(side, candidate);
    }
    let origins: Vec<_> = parties.origins.iter().map(|origin| origin.country).collect();
    parties.targets.retain(|target| !origins.contains(&target.country));
    parties
}

/// The nearest best origin and target, each with the other members of its list.
fn choose(view: &SentenceView<'_>, candidates: &[Candidate<'_>]) -> Parties {
    let best = |party: Party, not: &[Reading]| {
        candidates
            .iter()
            .filter(|c| c.party == party && not.iter().all(|reading| reading.country != c.place.country))
            .min_by_key(|c| (c.cost, c.place.span.bytes.start))
    };
    let mut parties = Parties::default();
    // A marked target is surer than an unmarked origin: it is settled first where both are the same country.
    let origin = best(Party::Origin, &[]);
    let target = best(Party::Target, &[]);
    let target_first = match (origin, target) {
        (Some(o), Some(t)) => o.place.country == t.place.country && t.marked && !o.marked && t.cost <= o.cost,
        _ => false,
    };
    for party in if target_first { [Party::Target, Party::Origin] } else { [Party::Origin, Party::Target] } {
        let other = if party == Party::Origin { &parties.targets } else { &parties.origins };
        let Some(chosen) = best(party, other) else { continue };
        let mut members = Vec::new();
        for place in view.places.iter().filter(|place| place.list == chosen.place.list) {
            if other.iter().all(|reading| reading.country != place.country)
                && members.iter().all(|reading: &Reading| reading.country != place.country)
            {
                members.push(Reading { country: place.country, rule: chosen.rule.clone(), owns: chosen.owns() });
            }
        }
        if party == Party::Origin {
            parties.origins = members;
        } else {
            parties.targets = members;
        }
    }
    parties
}

fn add(side: &mut Vec<Reading>, candidate: &Candidate<'_>) {
    if side.iter().all(|reading| reading.country != candidate.place.country) {
        let owns = candidate.owns();
        side.push(Reading { country: candidate.place.country, rule: candidate.rule.clone(), owns });
    }
}

/// The relation of a country to a measure, the rule's name, and whether a word marks it.
fn relation(
    lexicon: &LanguageLexicon,
    view: &SentenceView<'_>,
    place: &FoundPlace,
    measure: &FoundMeasure<'_>,
    channel: Channel,
) -> (Relation, String, bool) {
    if view.is_headed_by(place) {
        return (Relation::Topic, "headline".into(), true);
    }
    if let Some((relation, name)) =
        marked(view, place, channel).and_then(|mark| near(mark, view.scale, place, &measure.span))
    {
        return (relation, name, true);
    }
    // A list shares the mark of the member that has one.
    for other in view.places.iter().filter(|other| other.list == place.list && other.span != place.span) {
        if let Some((relation, name)) =
            marked(view, other, channel).and_then(|mark| near(mark, view.scale, other, &measure.span))
        {
            return (relation, format!("{name}+list"), true);
        }
    }
    let (relation, name) = unmarked(lexicon, view, place, measure);
    (relation, name.to_owned(), false)
}

/// "Of X", "X's" and "by X" belong to the word beside them: far from the measure they say nothing of it, and an owner before
/// it ("the minister of X announced curbs") is its subject.
fn near((relation, name, side): Mark, scale: usize, place: &FoundPlace, measure: &Span) -> Option<(Relation, String)> {
    let is_bound = matches!(relation, Relation::Owner | Relation::Agent);
    let distance = place.span.distance(measure) / scale;
    let is_before = place.span.bytes.end <= measure.bytes.start;
    // "X's curbs", not "curbs, said X's minister".
    let is_owner_behind =
        relation == Relation::Owner && side == Side::After && !is_before && !measure.holds(&place.span);
    // "The minister of X announced curbs": X is the subject.
    let is_owner_of_subject =
        relation == Relation::Owner && is_before && (side == Side::Before && distance > 1 || distance > BOUND_REACH);
    if is_owner_of_subject {
        return Some((Relation::Subject, name));
    }
    (!is_bound || (distance <= BOUND_REACH && !is_owner_behind)).then_some((relation, name))
}

/// A relation, the rule that gives it, and where its mark stands.
type Mark = (Relation, String, Side);

/// The nearest mark of `roles.csv`, the longest among equals.
fn marked(view: &SentenceView<'_>, place: &FoundPlace, channel: Channel) -> Option<Mark> {
    let mut best: Option<(usize, usize, &Role)> = None;
    // Where particles follow the words they mark, "X의 규제에 맞서": the mark of what is owned stands for its owner too.
    let mut behind: Option<(usize, usize, &Role)> = None;
    let bit = Role::bit(channel);
    for (span, role, channels) in &view.roles {
        if channels & bit == 0 {
            continue;
        }
        let gap = match role.side {
            Side::Before if span.bytes.end <= place.span.bytes.start => {
                place.span.words.start.checked_sub(span.words.end)
            }
            // A mark may be part of the country's own form: 对美, 対中, 中国産.
            Side::Before
                if span.bytes.start <= place.span.bytes.start
                    && place.span.bytes.start < span.bytes.end
                    && span.bytes.end < place.span.bytes.end =>
            {
                Some(0)
            }
            Side::After
                if place.span.bytes.start < span.bytes.start
                    && span.bytes.start < place.span.bytes.end
                    && span.bytes.end >= place.span.bytes.end =>
            {
                Some(0)
            }
            // "핀란드와 에스토니아는": the first syllable of a name marks nobody.
            Side::After if view.has_particles && view.places.iter().any(|other| begins(span, &other.span)) => None,
            Side::After if span.bytes.start >= place.span.bytes.end => {
                span.words.start.checked_sub(place.span.words.end).or(Some(0))
            }
            _ => None,
        };
        let Some(gap) = gap.filter(|gap| *gap <= role.gap as usize) else { continue };
        let between = view.places.iter().any(|other| lies_between(&other.span, span, &place.span));
        // A mark after the country yields to one before it at the same distance: "by China's ministry".
        let rank = 2 * gap + usize::from(role.side == Side::After);
        let longer = usize::MAX - span.bytes.len();
        let is_cut = role.side == Side::Before
            && (view.commas_between(span, &place.span) > 0 || view.is_parted_between(span, &place.span));
        if between || is_cut {
            continue;
        }
        if best.is_none_or(|(r, l, ..)| (rank, longer) < (r, l)) {
            best = Some((rank, longer, role));
        }
        let heads = view.has_particles
            && role.side == Side::After
            && gap > 0
            && role.relation != Relation::Owner
            && view.commas_between(&place.span, span) == 0;
        if heads && behind.is_none_or(|(r, l, ..)| (rank, longer) < (r, l)) {
            behind = Some((rank, longer, role));
        }
    }
    let is_owner = |(rank, _, role): &(usize, usize, &Role)| {
        role.relation == Relation::Owner && role.side == Side::After && *rank <= 1
    };
    let best = if best.as_ref().is_some_and(is_owner) { behind.or(best) } else { best };
    best.map(|(_, _, role)| (role.relation, role.name.clone(), role.side))
}

/// Whether `mark` is the beginning of a longer name.
fn begins(mark: &Span, name: &Span) -> bool {
    mark.bytes.start == name.bytes.start && mark.bytes.end < name.bytes.end
}

/// Whether a word marks a country as the topic of its whole sentence.
pub fn is_topic(view: &SentenceView<'_>, place: &FoundPlace, channel: Channel) -> bool {
    matches!(marked(view, place, channel), Some((Relation::Topic, ..)))
}

fn lies_between(other: &Span, a: &Span, b: &Span) -> bool {
    let (from, to) =
        if a.bytes.start < b.bytes.start { (a.bytes.end, b.bytes.start) } else { (b.bytes.end, a.bytes.start) };
    other.bytes.start >= from && other.bytes.end <= to
}

/// What word order says of a country that no word marks.
fn unmarked(
    lexicon: &LanguageLexicon,
    view: &SentenceView<'_>,
    place: &FoundPlace,
    measure: &FoundMeasure<'_>,
) -> (Relation, &'static str) {
    let span = &measure.span;
    let distance = place.span.distance(span);
    let commas = view.commas_between(&place.span, span);
    let is_adjective = matches!(place.kind, PlaceKind::Adjective | PlaceKind::People);
    let before = place.span.bytes.end <= span.bytes.start;
    let qualifies_goods = is_adjective && view.goods.iter().any(|(good, _)| good.distance(&place.span) == 0);
    if span.holds(&place.span) && qualifies_goods {
        return (Relation::Source, "goods_of");
    }
    if span.holds(&place.span) {
        let relation = match measure.measure.frame {
            _ if is_adjective => Relation::Owner,
            _ if lexicon.settings.verb_second => Relation::Subject,
            // "70 % of the world's output, China makes": who is named within such words is who supplies.
            Frame::Dominate => Relation::Subject,
            _ => Relation::Aimed,
        };
        return (relation, "inside");
    }
    // "The Congolese ban on Zimbabwean lithium": behind an act, whose goods they are.
    if qualifies_goods && !before && measure.measure.channel.is_some_and(Channel::is_act) {
        return (Relation::Source, "goods_of");
    }
    let only_goods_between = distance > 0
        && before
        && view
            .goods
            .iter()
            .any(|(good, _)| good.words.start == place.span.words.end && good.words.end == span.words.start);
    if commas == 0 && (distance == 0 || only_goods_between) && (before || is_adjective) {
        // "Canada covers 80 %", "Norway was stripped of": a name right before the verb is its subject, not an owner.
        let is_subject = !is_adjective && distance == 0 && matches!(measure.measure.frame, Frame::Hit | Frame::Supply);
        return if is_subject { (Relation::Subject, "subject") } else { (Relation::Owner, "adjacent") };
    }
    if is_adjective && commas == 0 && distance <= 1 {
        return (Relation::Owner, "adjacent");
    }
    if qualifies_goods {
        return (Relation::Source, "goods_of");
    }
    if before {
        (Relation::Subject, "subject")
    } else if view.opens_main_clause(place, span) {
        (Relation::Subject, "main_subject")
    } else if distance / view.scale <= OBJECT_REACH && commas == 0 {
        (Relation::Aimed, "object")
    } else {
        (Relation::None, "far")
    }
}
