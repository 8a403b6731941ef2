//! From a sentence's measures to mentions: sectors, parties, status put together.

use std::collections::BTreeSet;

use super::parties::{self, Parties, Reading};
use super::sentence_view::{FoundMeasure, SentenceView, Span};
use super::status;
use crate::codes::{Channel, CountryCode, MaterialId, SectorId, Status};
use crate::lexicon::LanguageLexicon;
use crate::lexicon::language::Cue;
use crate::lexicon::tables::{CueKind, Frame, PlaceKind, Relation, Requirement, Side};

/// One statement, before it becomes a mention of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Channel.
    pub channel: Channel,
    /// Sector.
    pub sector: SectorId,
    /// Material.
    pub material: Option<MaterialId>,
    /// Acting or dominating country.
    pub origin: Option<CountryCode>,
    /// Country aimed at or exposed.
    pub target: Option<CountryCode>,
    /// Status.
    pub status: Status,
    /// Gravity.
    pub severity: f64,
    /// Bytes of the folded document that state it.
    pub bytes: std::ops::Range<usize>,
    /// Entry and rules.
    pub lexeme: String,
    /// Frame of the entry.
    pub frame: Frame,
}

/// What earlier sentences leave behind for the next.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// The one country that the sentence before was about, if one stands out.
    pub country: Option<CountryCode>,
    /// The one origin of what the sentence before stated.
    pub stated: Option<CountryCode>,
    /// The two countries that the latest sentence naming just two spoke of: "both sides".
    pub pair: Option<[CountryCode; 2]>,
    /// The country that the document's first sentence about one was about.
    pub topic: Option<CountryCode>,
    /// Sectors of the title.
    pub title_goods: BTreeSet<(SectorId, Option<MaterialId>)>,
    /// Sectors named in the sentence before.
    pub goods: BTreeSet<(SectorId, Option<MaterialId>)>,
    /// Whether the sentence before or after speaks of a motive.
    pub has_motive: bool,
    /// The latest acts stated (export controls, coercion), for words that speak of an act already named: "a riposte".
    pub acts: Vec<Statement>,
    /// Sentences since.
    pub acts_age: u32,
}

/// A motive in a sentence of its own speaks of an act this many sentences before.
const MOTIVE_REACH: u32 = 2;
/// A word for an act already named looks back this many sentences.
const ACT_REACH: u32 = 5;

/// Reads one sentence.
pub fn read(lexicon: &LanguageLexicon, view: &SentenceView<'_>, memory: &Memory) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut origin_of_channel: Vec<(Channel, Vec<Reading>)> = Vec::new();
    for measure in &view.measures {
        let Some(channel) = measure.measure.channel else { continue };
        if status::is_unstated(view, measure) || is_past(view, measure) || !meets_requirements(view, measure, memory) {
            continue;
        }
        let mut parties = parties::find(lexicon, view, measure);
        if channel == Channel::Coercion
            && names_act(view, measure, &parties)
            && coerce_by_act(lexicon, measure, memory, &parties, &mut statements)
        {
            continue;
        }
        if parties.origins.is_empty() {
            complete(lexicon, view, measure, memory, &origin_of_channel, &mut parties);
        }
        if parties.origins.is_empty() {
            continue;
        }
        origin_of_channel.push((channel, parties.origins.clone()));
        let goods = goods_of(view, measure, memory);
        let (status, status_rule) = status::of(view, measure);
        state(lexicon, measure, &parties, &goods, status, status_rule, &mut statements);
    }
    drop_reversed(&mut statements);
    motives(lexicon, view, memory, &mut statements);
    mitigation_targets(&mut statements);
    statements
}

/// "X depends on Y for 90 % of its imports" also reads as "X covers 90 %": where a sentence says both, the dependence stands.
fn drop_reversed(statements: &mut Vec<Statement>) {
    let depends: Vec<(SectorId, Option<CountryCode>, Option<CountryCode>)> =
        statements.iter().filter(|s| s.frame == Frame::Depend).map(|s| (s.sector, s.origin, s.target)).collect();
    statements.retain(|s| {
        s.channel != Channel::Concentration
            || s.frame == Frame::Depend
            || !depends.iter().any(|(sector, _, target)| *sector == s.sector && target.is_some() && *target == s.origin)
    });
}

/// Gravity of an export control that is said to punish or to answer.
const MOTIVE_SEVERITY: f64 = 0.7;

/// An export control with a stated motive is coercion too: the motive may follow in a sentence of its own.
fn motives(lexicon: &LanguageLexicon, view: &SentenceView<'_>, memory: &Memory, statements: &mut Vec<Statement>) {
    let Some(cue) = motive(view) else { return };
    let here: Vec<Statement> = statements.iter().filter(|s| s.channel == Channel::ExportControls).cloned().collect();
    let before =
        memory.acts.iter().filter(|act| act.channel == Channel::ExportControls && memory.acts_age <= MOTIVE_REACH);
    let acts = match here.is_empty() {
        false => here,
        true if view.measures.is_empty() && view.goods.is_empty() => before.cloned().collect(),
        true => Vec::new(),
    };
    for act in acts.into_iter().filter(|act| !matches!(act.status, Status::Eased | Status::Denied)) {
        let lexeme = format!("{}:motive+act_named_before", lexicon.language);
        let bytes = cue.bytes.clone();
        merge(Statement { channel: Channel::Coercion, severity: MOTIVE_SEVERITY, bytes, lexeme, ..act }, statements);
    }
}

/// The first motive of a sentence that no negation or denial takes back.
pub fn motive<'v>(view: &'v SentenceView<'_>) -> Option<&'v Span> {
    view.cues_of(CueKind::Motive).map(|(span, _)| span).find(|span| {
        !view.cues.iter().any(|(other, cue)| {
            matches!(cue.kind, CueKind::Negation | CueKind::Denied)
                && other.bytes.start < span.bytes.start
                && view.clause(other) == view.clause(span)
                && other.distance(span) <= 5
        })
    })
}

/// Writes one statement per good, origin and target, unless the sentence has stated the same already.
fn state(
    lexicon: &LanguageLexicon,
    measure: &FoundMeasure<'_>,
    parties: &Parties,
    goods: &BTreeSet<(SectorId, Option<MaterialId>)>,
    status: Status,
    status_rule: Option<&str>,
    statements: &mut Vec<Statement>,
) {
    let Some(channel) = measure.measure.channel else { return };
    let targets: Vec<Option<&Reading>> =
        if parties.targets.is_empty() { vec![None] } else { parties.targets.iter().map(Some).collect() };
    for (sector, material) in goods {
        for origin in &parties.origins {
            for target in &targets {
                let mut lexeme = format!("{}:{}+{}", lexicon.language, measure.measure.id, origin.rule);
                for rule in target.iter().map(|target| target.rule.as_str()).chain(status_rule) {
                    lexeme.push('+');
                    lexeme.push_str(rule);
                }
                let statement = Statement {
                    channel,
                    sector: *sector,
                    material: *material,
                    origin: Some(origin.country),
                    target: target.map(|target| target.country),
                    status,
                    severity: measure.measure.severity,
                    bytes: measure.span.bytes.clone(),
                    lexeme,
                    frame: measure.measure.frame,
                };
                merge(statement, statements);
            }
        }
    }
}

/// The same statement twice in a sentence is one; the graver wording stands for it.
fn merge(statement: Statement, statements: &mut Vec<Statement>) {
    let same = |other: &&mut Statement| {
        (other.channel, other.sector, other.material, other.origin, other.status)
            == (statement.channel, statement.sector, statement.material, statement.origin, statement.status)
            && (other.target == statement.target || other.target.is_none() || statement.target.is_none())
    };
    match statements.iter_mut().find(same) {
        Some(other) => {
            if other.target.is_none() && statement.target.is_some() {
                *other = Statement { severity: other.severity.max(statement.severity), ..statement };
            } else {
                other.severity = other.severity.max(statement.severity);
            }
        }
        None => statements.push(statement),
    }
}

/// Whether a measure of coercion only qualifies an act named elsewhere ("it looks like a riposte"): it names no goods of
/// its own, and no origin that a word marks.
fn names_act(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, parties: &Parties) -> bool {
    let has_goods = view.goods.iter().any(|(span, _)| view.clause(span) == view.clause(&measure.span));
    let is_marked = parties.origins.iter().any(|origin| !matches!(origin.rule.as_str(), "subject" | "object" | "far"));
    !has_goods && ((measure.measure.frame == Frame::Answer && !is_marked) || parties.origins.is_empty())
}

/// The act's parties and goods, stated anew as coercion: of this sentence, else of one shortly before.
fn coerce_by_act(
    lexicon: &LanguageLexicon,
    measure: &FoundMeasure<'_>,
    memory: &Memory,
    parties: &Parties,
    statements: &mut Vec<Statement>,
) -> bool {
    // What is answered is not the answer.
    let is_answered = |s: &Statement| parties.targets.iter().any(|target| Some(target.country) == s.origin);
    let here: Vec<Statement> =
        statements.iter().filter(|s| s.channel == Channel::ExportControls && !is_answered(s)).cloned().collect();
    let acts = if !here.is_empty() {
        here
    } else if memory.acts_age <= ACT_REACH {
        memory.acts.clone()
    } else {
        Vec::new()
    };
    for act in &acts {
        let lexeme = format!("{}:{}+act_named_before", lexicon.language, measure.measure.id);
        let severity = measure.measure.severity;
        let bytes = measure.span.bytes.clone();
        merge(Statement { channel: Channel::Coercion, severity, bytes, lexeme, ..act.clone() }, statements);
    }
    !acts.is_empty()
}

fn meets_requirements(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, memory: &Memory) -> bool {
    // Goods and countries were looked for when the measure was put together.
    measure.measure.requires != Some(Requirement::Motive) || motive(view).is_some() || memory.has_motive
}

/// Where the sentence names no origin: what another measure of the channel said, a reference ("the country"), or the one
/// country the sentence before was about.
fn complete(
    lexicon: &LanguageLexicon,
    view: &SentenceView<'_>,
    measure: &FoundMeasure<'_>,
    memory: &Memory,
    earlier: &[(Channel, Vec<Reading>)],
    parties: &mut Parties,
) {
    let not_target = |country: &CountryCode| parties.targets.iter().all(|target| target.country != *country);
    // Who restricts in retaliation is who retaliates.
    let is_same_act = |channel: Channel| {
        Some(channel) == measure.measure.channel
            || (measure.measure.channel == Some(Channel::Coercion) && channel == Channel::ExportControls)
    };
    if let Some((_, origins)) = earlier.iter().rev().find(|(channel, _)| is_same_act(*channel)) {
        let origins: Vec<_> = origins
            .iter()
            .filter(|origin| not_target(&origin.country))
            .map(|origin| Reading { country: origin.country, rule: "same_sentence".into() })
            .collect();
        if !origins.is_empty() {
            parties.origins = origins;
            return;
        }
    }
    if measure.measure.frame == Frame::Join {
        if view.cues_of(CueKind::ReferencePair).next().is_some() {
            let pair = memory.pair.into_iter().flatten();
            parties.origins = pair.map(|country| Reading { country, rule: "reference_pair".into() }).collect();
        }
        return;
    }
    let has_reference = view.cues_of(CueKind::Reference).next().is_some();
    // The sentence before may have been about the one who depends as well as about the one depended on.
    if measure.measure.channel == Some(Channel::Concentration) && !has_reference {
        return;
    }
    let rule = if has_reference { "reference" } else { "previous_sentence" };
    // Without a word that points back, a sentence that names countries of its own is taken as it stands.
    let may_look_back = has_reference || view.places.is_empty() || !parties.targets.is_empty();
    let is_dropped = lexicon.settings.drops_subjects && memory.stated.is_none() && view.places.is_empty();
    let candidate = if has_reference || is_dropped { memory.country } else { memory.stated };
    if let Some(country) = candidate.filter(|country| may_look_back && not_target(country)) {
        parties.origins.push(Reading { country, rule: rule.into() });
    }
}

/// Goods this many words before a cue of use that follows them are what others are for.
const USE_REACH: usize = 10;

/// "Economic coercion" is rarely of the goods named far from it in the sentence.
const COERCED_GOODS_REACH: usize = 14;

/// The goods a measure is about: of its clause, else of its sentence, else the only ones of the sentence before or of the
/// title, else several or none: `general`.
fn goods_of(
    view: &SentenceView<'_>,
    measure: &FoundMeasure<'_>,
    memory: &Memory,
) -> BTreeSet<(SectorId, Option<MaterialId>)> {
    let clause = view.clause(&measure.span);
    // What follows "used in" or "in reply to" is not what the measure is on.
    // Where a language names the use first (半導体に使うガリウム), the cue stands behind it: scope `after`.
    let (behind, before): (Vec<_>, Vec<_>) = view.cues_of(CueKind::Use).partition(|(_, cue)| cue.side == Side::After);
    let aside = before.into_iter().chain(view.cues_of(CueKind::Motive)).map(|(span, _)| span.bytes.start);
    let aside: Vec<usize> = aside.filter(|start| *start > measure.span.bytes.start).collect();
    let channel = measure.measure.channel;
    let collect = |same_clause: bool, skip_uses: bool| {
        let mut goods = BTreeSet::new();
        for (span, good) in &view.goods {
            let is_use = |(cue, _): &(Span, Cue)| span.bytes.end <= cue.bytes.start && span.distance(cue) <= USE_REACH;
            let used = skip_uses
                && (aside.iter().any(|from| span.bytes.start > *from) || behind.iter().any(|cue| is_use(cue)));
            if channel == Some(Channel::Coercion)
                && span.distance(&measure.span) + 3 * view.commas_between(span, &measure.span) > COERCED_GOODS_REACH
            {
                continue;
            }
            if let Some(sector) = good.sector.filter(|_| !used && (!same_clause || view.clause(span) == clause)) {
                goods.insert((sector, good.material));
            }
        }
        goods
    };
    for (same_clause, skip_uses) in [(true, true), (true, false), (false, false)] {
        let goods = tidy(collect(same_clause, skip_uses));
        if !goods.is_empty() {
            return goods;
        }
    }
    for neighbour in [&memory.goods, &memory.title_goods] {
        let sectors: BTreeSet<_> = neighbour.iter().map(|(sector, _)| *sector).collect();
        if sectors.len() == 1 {
            return tidy(neighbour.clone());
        }
    }
    BTreeSet::from([(SectorId::general(), None)])
}

/// A sector named by its materials needs no row without one.
fn tidy(goods: BTreeSet<(SectorId, Option<MaterialId>)>) -> BTreeSet<(SectorId, Option<MaterialId>)> {
    goods
        .iter()
        .filter(|(sector, material)| material.is_some() || !goods.iter().any(|(s, m)| s == sector && m.is_some()))
        .copied()
        .collect()
}

/// A dominance of the past is none of today's.
fn is_past(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> bool {
    measure.measure.channel == Some(Channel::Concentration)
        && view.cues_of(CueKind::Past).any(|(span, _)| view.clause(span) == view.clause(&measure.span))
}

/// The target of a mitigation is the country whose share is to be cut: the origin of a concentration stated beside it.
fn mitigation_targets(statements: &mut [Statement]) {
    let mut cut: Vec<CountryCode> =
        statements.iter().filter(|s| s.channel == Channel::Concentration).filter_map(|s| s.origin).collect();
    cut.dedup();
    if let [country] = cut[..] {
        for statement in statements.iter_mut().filter(|s| s.channel == Channel::Mitigation && s.target.is_none()) {
            if statement.origin != Some(country) {
                statement.target = Some(country);
            }
        }
    }
}

/// "X ... with Y": the partner a word marks, and the country named before it.
fn partners(view: &SentenceView<'_>) -> Option<[CountryCode; 2]> {
    view.places.windows(2).find_map(|two| {
        let is_partner = view.roles.iter().any(|(span, role)| {
            role.relation == Relation::Partner
                && span.words.end <= two[1].span.words.start
                && two[1].span.words.start - span.words.end <= 1
                && span.words.start >= two[0].span.words.end
        });
        (is_partner && two[0].country != two[1].country).then_some([two[0].country, two[1].country])
    })
}

/// What this sentence leaves behind.
pub fn remember(view: &SentenceView<'_>, statements: &[Statement], memory: &mut Memory) {
    let mut origins: Vec<_> = statements.iter().filter_map(|statement| statement.origin).collect();
    origins.sort_unstable();
    origins.dedup();
    let mut named: Vec<_> =
        view.places.iter().filter(|p| !p.is_company && p.kind != PlaceKind::People).map(|p| p.country).collect();
    let first = named.first().copied();
    named.sort_unstable();
    named.dedup();
    let joined: BTreeSet<CountryCode> =
        statements.iter().filter(|s| s.channel == Channel::Mitigation).filter_map(|s| s.origin).collect();
    let joined: Vec<_> = joined.into_iter().collect();
    if let Some(pair) = partners(view) {
        memory.pair = Some(pair);
    } else if let ([a, b], _) | (_, [a, b]) = (&joined[..], &named[..]) {
        memory.pair = Some([*a, *b]);
    }
    let first_is_free = view.places.first().is_some_and(|place| {
        !view
            .roles
            .iter()
            .any(|(span, role)| role.relation != Relation::Owner && span.words.end == place.span.words.start)
    });
    memory.stated = match origins[..] {
        [one] => Some(one),
        [] if view.places.is_empty() => memory.stated,
        _ => None,
    };
    memory.country = match (&origins[..], &named[..]) {
        ([one], _) => Some(*one),
        (_, [one]) => Some(*one),
        ([], [_, _, ..]) if first_is_free => first,
        // A sentence that names nobody leaves the one before standing.
        ([], []) => memory.country,
        _ => None,
    };
    let goods: BTreeSet<_> = view.goods.iter().filter_map(|(_, good)| Some((good.sector?, good.material))).collect();
    if !goods.is_empty() {
        memory.goods = goods;
    }
    let acts: Vec<_> = statements
        .iter()
        .filter(|s| matches!(s.channel, Channel::ExportControls | Channel::Coercion) && s.origin.is_some())
        .cloned()
        .collect();
    memory.topic = memory.topic.or(memory.stated).or(memory.country).or(first);
    memory.acts_age += 1;
    if !acts.is_empty() {
        memory.acts = acts;
        memory.acts_age = 1;
    }
}
