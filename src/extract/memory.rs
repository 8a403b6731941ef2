//! What a document's earlier sentences leave behind for the next: who was spoken of, on which goods, who did what.

use std::collections::BTreeSet;

use super::goods::{self, Goods};
use super::sentence_view::SentenceView;
use super::statements::Statement;
use crate::codes::{Channel, CountryCode};
use crate::lexicon::tables::{PlaceKind, Relation};

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
    pub title_goods: Goods,
    /// Sectors named in the sentence before; for a title, those of the lead.
    pub goods: Goods,
    /// Whether the sentence to read is the title.
    pub is_title: bool,
    /// Whether an earlier sentence stated something.
    pub has_stated: bool,
    /// Sentences since goods were named.
    pub goods_age: u32,
    /// The latest acts stated (export controls, coercion), for words that speak of an act already named: "a riposte".
    pub acts: Vec<Statement>,
    /// Sentences since.
    pub acts_age: u32,
}

/// Goods serve a measure this many sentences on, at most.
pub const GOODS_REACH: usize = 2;

impl Memory {
    /// Whether the sentence before named goods, and of one sector: then the next may leave them out. In a document that has stated
    /// something, they may stand a sentence farther back.
    pub fn has_one_sector(&self) -> bool {
        let reach = if self.has_stated { GOODS_REACH } else { 1 };
        self.goods_age as usize <= reach && goods::is_one_sector(&self.goods)
    }

    /// Who acts in a sentence that does not say: who did in the sentence before, else whom it was about, else, where the
    /// sentence names nobody at all, whom the document is about.
    pub fn actor(&self, names_nobody: bool) -> Option<CountryCode> {
        // Only a document that has named an actor before leaves one out later.
        let other = self.country.or(self.topic.filter(|_| names_nobody)).filter(|_| self.has_stated);
        self.stated.or(other)
    }
}

/// "X ... with Y": the partner a word marks, and the country named before it.
fn partners(view: &SentenceView<'_>) -> Option<[CountryCode; 2]> {
    view.places.windows(2).find_map(|two| {
        let is_partner = view.roles.iter().any(|(span, role, _)| {
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
            .any(|(span, role, _)| role.relation != Relation::Owner && span.words.end == place.span.words.start)
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
    let goods = goods::named(view);
    memory.has_stated |= !statements.is_empty();
    memory.goods_age += 1;
    if !goods.is_empty() {
        memory.goods = goods;
        memory.goods_age = 1;
    }

    let acts: Vec<_> = statements.iter().filter(|s| s.channel.is_act() && s.origin.is_some()).cloned().collect();
    memory.topic = memory.topic.or(memory.stated).or(memory.country).or(first);
    memory.acts_age += 1;
    if !acts.is_empty() {
        memory.acts = acts;
        memory.acts_age = 1;
    }
}
