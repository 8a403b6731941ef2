//! From a sentence's measures to mentions: sectors, parties, status put together.

use super::goods::{self, Goods};
use super::memory::Memory;
use super::parties::{self, Parties, Reading};
use super::sentence_view::{FoundMeasure, SentenceView, Span};
use super::{shares, status};
use crate::codes::{Channel, CountryCode, MaterialId, SectorId, Status};
use crate::lexicon::LanguageLexicon;
use crate::lexicon::tables::{CueKind, Frame, Relation};

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
    /// The share of supply stated, in (0, 1].
    pub share: Option<f64>,
    /// Whether it is a threat read from a condition.
    pub on_condition: bool,
    /// Whether a word for coercion states anew an act named before it.
    pub restates: bool,
}

/// How `lexeme` ends where a word for coercion restates an act named before it.
const ACT_NAMED_BEFORE: &str = "+act_named_before";

/// A word for an act already named looks back this many sentences.
const ACT_REACH: u32 = 5;

/// Reads one sentence.
pub fn read(lexicon: &LanguageLexicon, view: &SentenceView<'_>, memory: &Memory) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut origin_of_channel: Vec<(Channel, Vec<Reading>)> = Vec::new();
    for measure in &view.measures {
        let Some(channel) = measure.measure.channel else { continue };
        if status::is_unstated(view, measure) || is_past(view, measure) {
            continue;
        }
        let mut parties = parties::find(lexicon, view, measure);
        if channel.is_act() && is_quarrel(view, measure, &parties) {
            continue;
        }
        if channel == Channel::Coercion && coerce_by_act(lexicon, (view, measure), memory, &parties, &mut statements) {
            continue;
        }
        if parties.origins.is_empty() {
            complete(view, measure, memory, &origin_of_channel, &mut parties);
        }
        if parties.origins.is_empty() {
            continue;
        }
        origin_of_channel.push((channel, parties.origins.clone()));
        let goods = goods::of(view, measure, memory);
        let (status, status_rule) = status::threatened(view, measure, status::of(view, measure));
        if status_rule == Some(status::ON_CONDITION) && parties.targets.is_empty() {
            aim_at_condition(view, measure, &mut parties);
        }
        if status != Status::Eased && shares::is_minor(view, measure) {
            continue;
        }
        state(lexicon, (view, measure), &parties, &goods, (status, status_rule), &mut statements);
    }
    drop_reversed(&mut statements);
    motives(lexicon, view, &mut statements);
    statements
}

/// Who is threatened, where the threat itself does not say, is the one country on whose conduct it depends.
fn aim_at_condition(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, parties: &mut Parties) {
    if let [country] = status::conditioned_on(view, measure)[..]
        && parties.origins.iter().all(|origin| origin.country != country)
    {
        parties.targets.push(Reading { country, rule: "condition_of".into(), owns: false });
    }
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

/// An export control with a motive stated in its sentence, or one threatened on a condition, is coercion too.
fn motives(lexicon: &LanguageLexicon, view: &SentenceView<'_>, statements: &mut Vec<Statement>) {
    let acts: Vec<Statement> = statements.iter().filter(|s| s.channel == Channel::ExportControls).cloned().collect();
    if acts.is_empty() {
        return;
    }
    let cue = motive(view);
    for act in acts.into_iter().filter(|act| !matches!(act.status, Status::Eased | Status::Denied)) {
        if cue.is_some_and(|cue| is_answered_act(view, &act, cue)) {
            continue;
        }
        let Some(bytes) = cue.map(|cue| cue.bytes.clone()).or_else(|| act.on_condition.then(|| act.bytes.clone()))
        else {
            continue;
        };
        let lexeme = format!("{}:motive{ACT_NAMED_BEFORE}", lexicon.language);
        merge(Statement { channel: Channel::Coercion, severity: MOTIVE_SEVERITY, bytes, lexeme, ..act }, statements);
    }
}

/// "Payback for the chip controls": whether an act or its goods are what the word for an answer, at `answer`, answers.
fn is_answered(view: &SentenceView<'_>, span: &Span, answer: &Span) -> bool {
    // "Answered with a ban": the ban is the answer.
    let is_means = view.roles.iter().any(|(mark, role, _)| {
        role.relation == Relation::Partner && answer.bytes.end <= mark.bytes.start && mark.bytes.end <= span.bytes.start
    });
    view.is_answered_side(span, answer) && !is_means
}

/// Words between an act and the word for its answer, where the act comes first.
const ANSWERED_REACH: usize = 2;

/// The same of an act, which stands right beside the word for its answer.
fn is_answered_act(view: &SentenceView<'_>, act: &Statement, answer: &Span) -> bool {
    let span = view.span(&act.bytes);
    span.distance(answer) <= ANSWERED_REACH * view.scale && is_answered(view, &span, answer)
}

/// "Barred pork in retaliation for the duties on cars": an act right behind the words for an answer, and nobody's by a word of its
/// own, is what the act before them answers.
fn is_quarrel(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, parties: &Parties) -> bool {
    let is_act = |other: &&FoundMeasure<'_>| other.measure.channel.is_some_and(Channel::is_act);
    let answers = |cue: &Span| view.measures.iter().filter(is_act).any(|other| other.span.bytes.end <= cue.bytes.end);
    let is_behind = |cue: &Span| {
        cue.bytes.end <= measure.span.bytes.start
            && answers(cue)
            && cue.distance(&measure.span) <= ANSWERED_REACH * view.scale
            && is_answered(view, &measure.span, cue)
    };
    parties.origins.iter().all(|origin| !origin.owns) && view.cues_of(CueKind::Motive).any(|(cue, _)| is_behind(cue))
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
    (view, measure): (&SentenceView<'_>, &FoundMeasure<'_>),
    parties: &Parties,
    goods: &Goods,
    (status, status_rule): (Status, Option<&str>),
    statements: &mut Vec<Statement>,
) {
    let Some(channel) = measure.measure.channel else { return };
    let targets: Vec<Option<&Reading>> =
        if parties.targets.is_empty() { vec![None] } else { parties.targets.iter().map(Some).collect() };
    for (sector, material) in goods {
        let share = shares::of(view, measure, (*sector, *material));
        for origin in &parties.origins {
            for target in &targets {
                let mut lexeme = [lexicon.language.as_str(), ":", &measure.measure.id, "+", &origin.rule].concat();
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
                    // A stated share is a reason of its own: nine tenths of supply weigh more than the word "major".
                    severity: measure.measure.severity.max(share.unwrap_or(0.0)),
                    share,
                    bytes: measure.span.bytes.clone(),
                    lexeme,
                    frame: measure.measure.frame,
                    on_condition: status_rule == Some(status::ON_CONDITION),
                    restates: false,
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
                let share = statement.share.or(other.share);
                *other = Statement { severity: other.severity.max(statement.severity), share, ..statement };
            } else {
                other.severity = other.severity.max(statement.severity);
                other.share = other.share.or(statement.share);
            }
        }
        None => statements.push(statement),
    }
}

/// Whether a measure of coercion only qualifies an act named elsewhere ("it looks like a riposte"): it names no goods of
/// its own, and no origin that a word marks.
fn names_act(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, parties: &Parties) -> bool {
    let is_marked = parties.origins.iter().any(|origin| !matches!(origin.rule.as_str(), "subject" | "object" | "far"));
    !names_goods(view, measure)
        && ((measure.measure.frame == Frame::Answer && !is_marked) || parties.origins.is_empty())
}

/// Whether the clause of a measure of coercion names goods, those of an act that it answers left aside.
fn names_goods(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> bool {
    // "A reply to the American rules on chips": goods beside what is answered are not the answer's.
    let is_aside = |good: &Span| measure.measure.frame == Frame::Answer && is_answered(view, good, &measure.span);
    let is_here = |span: &Span| view.clause(span) == view.clause(&measure.span) && !is_aside(span);
    view.goods.iter().any(|(span, _)| is_here(span))
}

/// "Taipei accused it of using fruit as a weapon", "Vilnius spoke of blackmail": whether the only one named beside a word for
/// coercion, with no goods but those of `acts`, is who was hit by one of them, and so who complains of it.
fn complains(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, parties: &Parties, acts: &[Statement]) -> bool {
    let sectors = || view.goods.iter().filter_map(|(_, good)| good.sector);
    let is_hit =
        |country: CountryCode| acts.iter().any(|act| act.target == Some(country) && act.origin != Some(country));
    let acts_itself = |country: CountryCode| acts.iter().any(|act| act.origin == Some(country));
    measure.measure.frame == Frame::Act
        && !parties.origins.is_empty()
        && parties.origins.iter().all(|o| !o.owns && is_hit(o.country) && !acts_itself(o.country))
        && sectors().all(|sector| acts.iter().any(|act| act.sector == sector))
}

/// A word for coercion that only qualifies an act, said by others or by who was hit: the act's parties and goods, stated anew as
/// coercion; of this sentence, else of one shortly before.
fn coerce_by_act(
    lexicon: &LanguageLexicon,
    (view, measure): (&SentenceView<'_>, &FoundMeasure<'_>),
    memory: &Memory,
    parties: &Parties,
    statements: &mut Vec<Statement>,
) -> bool {
    let answers = measure.measure.frame == Frame::Answer;
    let is_own =
        |s: &&Statement| s.channel == Channel::ExportControls && !(answers && is_answered_act(view, s, &measure.span));
    let here: Vec<Statement> = statements.iter().filter(is_own).cloned().collect();
    let remembered = if memory.acts_age <= ACT_REACH { &memory.acts[..] } else { &[] };
    let complaint = complains(view, measure, parties, if here.is_empty() { remembered } else { &here });
    if !complaint && !names_act(view, measure, parties) {
        return false;
    }
    // What is answered is not the answer.
    let is_by_target = |s: &Statement| parties.targets.iter().any(|target| Some(target.country) == s.origin);
    let here: Vec<Statement> = here.into_iter().filter(|s| complaint || !is_by_target(s)).collect();
    let acts = if here.is_empty() { remembered } else { &here };
    // Who is answered is who the act is aimed at.
    let answered = parties.targets.first().map(|target| target.country).filter(|_| !complaint);
    for act in acts {
        let answered = answered.filter(|country| (answers || act.target.is_none()) && Some(*country) != act.origin);
        let coercion = Statement {
            channel: Channel::Coercion,
            target: answered.or(act.target),
            severity: measure.measure.severity,
            bytes: measure.span.bytes.clone(),
            lexeme: format!("{}:{}{ACT_NAMED_BEFORE}", lexicon.language, measure.measure.id),
            restates: true,
            ..act.clone()
        };
        merge(coercion, statements);
    }
    !acts.is_empty()
}

/// Where the sentence names no origin: what another measure of the channel said, a reference ("the country"), or the one
/// country the sentence before was about.
fn complete(
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
            .map(|origin| Reading { country: origin.country, rule: "same_sentence".into(), owns: origin.owns })
            .collect();
        if !origins.is_empty() {
            parties.origins = origins;
            return;
        }
    }
    if measure.measure.frame == Frame::Join {
        if view.cues_of(CueKind::ReferencePair).next().is_some() {
            let pair = memory.pair.into_iter().flatten();
            parties.origins =
                pair.map(|country| Reading { country, rule: "reference_pair".into(), owns: false }).collect();
        }
        return;
    }
    // What is answered is the act of another than the one who was spoken of.
    let mut answers = view.measures.iter().filter(|other| other.measure.frame == Frame::Answer);
    if answers.any(|answer| answer.span != measure.span && is_answered(view, &measure.span, &answer.span)) {
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
    let candidate = if has_reference { memory.country.or(memory.topic) } else { memory.actor(view.places.is_empty()) };
    if let Some(country) = candidate.filter(|country| may_look_back && not_target(country)) {
        parties.origins.push(Reading { country, rule: rule.into(), owns: false });
    }
}

/// A dominance of the past is none of today's; "60 % today, a tenth ten years ago" is of today.
fn is_past(view: &SentenceView<'_>, measure: &FoundMeasure<'_>) -> bool {
    let is_of_it = |span: &Span| {
        view.clause(span) == view.clause(&measure.span)
            && (span.bytes.start < measure.span.bytes.start || view.commas_between(span, &measure.span) == 0)
    };
    measure.measure.channel == Some(Channel::Concentration)
        && measure.measure.status != Some(Status::Eased)
        && view.cues_of(CueKind::Past).any(|(span, _)| is_of_it(span))
}

/// "Hit hardest are buyers in X and Y": the countries of a sentence that states no act of its own but says who suffers.
pub fn sufferers(view: &SentenceView<'_>, statements: &[Statement]) -> Vec<CountryCode> {
    if statements.iter().any(|s| s.channel.is_act()) || view.cues_of(CueKind::Affected).next().is_none() {
        return Vec::new();
    }
    let mut countries: Vec<CountryCode> = view.places.iter().map(|place| place.country).collect();
    countries.sort_unstable();
    countries.dedup();
    countries
}

/// "It looks like a reply to X": whom the act named before answers is whom it is aimed at.
pub fn answered(statements: &[Statement]) -> Vec<CountryCode> {
    statements.iter().filter(|s| s.restates).filter_map(|s| s.target).collect()
}

/// Sentences between an act and the one that says who suffers from it.
const SUFFER_REACH: u32 = 2;

/// Gives the acts of the latest sentence that stated any, where they are aimed at nobody, `sufferers` as targets.
pub fn aim(stated: &mut Vec<(u32, Statement)>, number: u32, sufferers: &[CountryCode]) {
    let Some(latest) = stated.iter().rev().find(|(_, s)| s.channel.is_act()).map(|(at, _)| *at) else { return };
    if number - latest > SUFFER_REACH {
        return;
    }
    let aimless = |(at, s): &(u32, Statement)| *at == latest && s.channel.is_act() && s.target.is_none();
    let origins: Vec<CountryCode> = stated.iter().filter(|s| aimless(s)).filter_map(|(_, s)| s.origin).collect();
    let targets: Vec<CountryCode> = sufferers.iter().copied().filter(|country| !origins.contains(country)).collect();
    if targets.is_empty() {
        return;
    }
    let (acts, rest): (Vec<_>, Vec<_>) = std::mem::take(stated).into_iter().partition(aimless);
    *stated = rest;
    for (at, act) in acts {
        for target in &targets {
            let lexeme = format!("{}+affected", act.lexeme);
            stated.push((at, Statement { target: Some(*target), lexeme, ..act.clone() }));
        }
    }
    stated.sort_by_key(|(at, _)| *at);
}

/// Sentences between a mitigation and the concentration that it answers.
const TARGET_REACH: u32 = 2;

/// The target of a mitigation is the country whose share is to be cut: the one origin of the concentrations stated beside it,
/// in its sentence or near it. Who depends, where the sentence does not say, is the one who mitigates near it.
pub fn complete_targets(statements: &mut [(u32, Statement)]) {
    let near = |a: u32, b: u32| a.abs_diff(b) <= TARGET_REACH;
    let fits = |a: &Statement, b: &Statement| {
        a.sector == b.sector || a.sector == SectorId::general() || b.sector == SectorId::general()
    };
    let one = |mut found: Vec<CountryCode>| {
        found.sort_unstable();
        found.dedup();
        if let [country] = found[..] { Some(country) } else { None }
    };
    let known = statements.to_vec();
    let beside = |number: u32, of: &Statement, channel: Channel| {
        let others = known.iter().filter(|(other, s)| s.channel == channel && near(number, *other) && fits(of, s));
        one(others.filter_map(|(_, s)| s.origin).collect())
    };
    for (number, statement) in statements.iter_mut().filter(|(_, s)| s.target.is_none()) {
        let target = match (statement.channel, statement.frame) {
            (Channel::Mitigation, _) => beside(*number, statement, Channel::Concentration),
            (Channel::Concentration, Frame::Depend | Frame::Supply) => beside(*number, statement, Channel::Mitigation),
            _ => None,
        };
        if let Some(target) = target.filter(|target| Some(*target) != statement.origin) {
            statement.target = Some(target);
            statement.lexeme.push_str("+beside");
        }
    }
}

/// Who is aimed at somewhere in the document is rarely who acts, of the same sector, where it aims at nobody: mostly a sentence
/// on how it was hit, read the wrong way round. On labelled documents that were not tuned on, 7 such statements were right and
/// 25 wrong. An answer is its own.
pub fn drop_turned(statements: &mut Vec<(u32, Statement)>) {
    let aimed: Vec<(Channel, SectorId, Option<CountryCode>, Option<CountryCode>)> = statements
        .iter()
        .filter(|(_, s)| s.target.is_some() && s.channel != Channel::Concentration)
        .map(|(_, s)| (s.channel, s.sector, s.target, s.origin))
        .collect();
    statements.retain(|(_, s)| {
        let is_hit = |(channel, sector, target, origin): &(_, _, _, _)| {
            (*channel, *sector, *target) == (s.channel, s.sector, s.origin) && *origin != s.origin
        };
        s.target.is_some() || s.frame == Frame::Answer || !aimed.iter().any(is_hit)
    });
}
