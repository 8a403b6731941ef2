//! From a sentence's measures to mentions: sectors, parties, status put together.

use std::collections::BTreeSet;

use super::parties::{self, Parties, Reading};
use super::sentence_view::{FoundMeasure, SentenceView};
use super::status;
use crate::codes::{Channel, CountryCode, MaterialId, SectorId, Status};
use crate::lexicon::LanguageLexicon;
use crate::lexicon::tables::{CueKind, Frame, PlaceKind, Relation, Requirement};

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
}

/// What earlier sentences leave behind for the next.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// The one country that the sentence before was about, if one stands out.
    pub country: Option<CountryCode>,
    /// Sectors of the title.
    pub title_goods: BTreeSet<(SectorId, Option<MaterialId>)>,
    /// Sectors named in the sentence before.
    pub goods: BTreeSet<(SectorId, Option<MaterialId>)>,
    /// Whether the sentence before speaks of a motive.
    pub has_motive: bool,
}

/// Reads one sentence.
pub fn read(lexicon: &LanguageLexicon, view: &SentenceView<'_>, memory: &Memory) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut origin_of_channel: Vec<(Channel, Vec<Reading>)> = Vec::new();
    for measure in &view.measures {
        let Some(channel) = measure.measure.channel else { continue };
        if status::is_unstated(view, measure) || !meets_requirements(view, measure, memory) {
            continue;
        }
        let mut parties = parties::find(lexicon, view, measure);
        if parties.origins.is_empty() {
            complete(view, measure, memory, &origin_of_channel, &mut parties);
        }
        if parties.origins.is_empty() {
            continue;
        }
        origin_of_channel.push((channel, parties.origins.clone()));
        let goods = goods_of(view, measure, memory);
        let (status, status_rule) = status::of(view, measure);
        state(lexicon, measure, &parties, &goods, status, status_rule, &mut statements);
    }
    mitigation_targets(&mut statements);
    statements
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

fn meets_requirements(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, memory: &Memory) -> bool {
    match measure.measure.requires {
        None => true,
        Some(Requirement::Goods) => !view.goods.is_empty(),
        Some(Requirement::Country) => !view.places.is_empty(),
        Some(Requirement::Motive) => view.cues_of(CueKind::Motive).next().is_some() || memory.has_motive,
    }
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
    if let Some((_, origins)) = earlier.iter().rev().find(|(channel, _)| Some(*channel) == measure.measure.channel) {
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
        return;
    }
    let has_reference = view.cues_of(CueKind::Reference).next().is_some();
    let rule = if has_reference { "reference" } else { "previous_sentence" };
    // Without a word that points back, a sentence that names countries of its own is taken as it stands.
    let may_look_back = has_reference || view.places.is_empty() || !parties.targets.is_empty();
    if let Some(country) = memory.country.filter(|country| may_look_back && not_target(country)) {
        parties.origins.push(Reading { country, rule: rule.into() });
    }
}

/// The goods a measure is about: of its clause, else of its sentence, else the only ones of the sentence before or of the
/// title, else several or none: `general`.
fn goods_of(
    view: &SentenceView<'_>,
    measure: &FoundMeasure<'_>,
    memory: &Memory,
) -> BTreeSet<(SectorId, Option<MaterialId>)> {
    let clause = view.clause(&measure.span);
    let use_from = view.cues_of(CueKind::Use).map(|(span, _)| span.bytes.start).min();
    let collect = |same_clause: bool, skip_uses: bool| {
        let mut goods = BTreeSet::new();
        for (span, good) in &view.goods {
            let used = skip_uses && use_from.is_some_and(|from| span.bytes.start > from);
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
    let first_is_free = view.places.first().is_some_and(|place| {
        !view.roles.iter().any(|(span, role, _)| {
            role.relation != Relation::Owner && span.words.end == place.span.words.start
        })
    });
    memory.country = match (&origins[..], &named[..]) {
        ([one], _) => Some(*one),
        (_, [one]) => Some(*one),
        ([], [_, _, ..]) if first_is_free => first,
        // A sentence that names nobody leaves the one before standing.
        ([], []) => memory.country,
        _ => None,
    };
    let goods: BTreeSet<_> =
        view.goods.iter().filter_map(|(_, good)| Some((good.sector?, good.material))).collect();
    if !goods.is_empty() {
        memory.goods = goods;
    }
    memory.has_motive = view.cues_of(CueKind::Motive).next().is_some();
}
