//! The goods a measure is about, and the share of supply that is stated of each.

use std::collections::BTreeSet;

use super::memory::Memory;
use super::sentence_view::{FoundMeasure, SentenceView, Span};
use crate::codes::{Channel, MaterialId, SectorId};
use crate::lexicon::language::Cue;
use crate::lexicon::tables::{CueKind, Frame, Side};

/// Sectors and materials; no material where only the sector, or finished goods, are named.
pub type Goods = BTreeSet<(SectorId, Option<MaterialId>)>;

/// Goods this many words before a cue of use that follows them are what others are for.
const USE_REACH: usize = 10;

/// "Economic coercion" is rarely of the goods named far from it in the sentence.
const COERCED_GOODS_REACH: usize = 14;

/// The goods a measure is about: of its clause, else of its sentence, else the only ones of the sentence before or of the
/// title, else several or none: `general`.
pub fn of(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, memory: &Memory) -> Goods {
    let clause = view.clause(&measure.span);
    // What follows "used in" or "in reply to" is not what the measure is on.
    // Where a language names the use first (半導体に使うガリウム), the cue stands behind it: scope `after`.
    let (behind, before): (Vec<_>, Vec<_>) = view.cues_of(CueKind::Use).partition(|(_, cue)| cue.side == Side::After);
    let behind_measure = |start: &usize| *start > measure.span.bytes.start;
    let aside: Vec<usize> = before.into_iter().map(|(span, _)| span.bytes.start).filter(behind_measure).collect();
    // "In reprisal for the duties on cars": goods of the quarrel, not of the act.
    let is_answered = |good: &Span| {
        view.cues_of(CueKind::Motive).any(|(cue, _)| {
            measure.span.bytes.end <= cue.bytes.start
                && cue.bytes.end <= good.bytes.start
                && view.commas_between(cue, good) == 0
        })
    };
    let channel = measure.measure.channel;
    let collect = |same_clause: bool, skip_uses: bool| {
        let mut goods = BTreeSet::new();
        for (span, good) in &view.goods {
            let is_use = |(cue, _): &(Span, Cue)| {
                span.bytes.end <= cue.bytes.start && span.distance(cue) <= USE_REACH * view.scale
            };
            let used = skip_uses
                && (aside.iter().any(|from| span.bytes.start > *from) || behind.iter().any(|cue| is_use(cue)));
            if channel == Some(Channel::Coercion)
                && span.distance(&measure.span) / view.scale + 3 * view.commas_between(span, &measure.span)
                    > COERCED_GOODS_REACH
            {
                continue;
            }
            if is_anothers(view, measure, span) || is_answered(span) {
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
    // "Canada will publish its own list of countermeasures": goods named before are those of the act that is answered.
    // A title that names none speaks of those of its lead.
    if measure.measure.frame == Frame::Answer && !(memory.is_title && view.goods.is_empty()) {
        return BTreeSet::from([(SectorId::general(), None)]);
    }
    for neighbour in [&memory.goods, &memory.title_goods] {
        if is_one_sector(neighbour) {
            return tidy(neighbour.clone());
        }
    }
    // "Gazprom cut off Poland": the trade of the one company named.
    if let [sector] = view.trades[..] {
        return BTreeSet::from([(sector, None)]);
    }
    BTreeSet::from([(SectorId::general(), None)])
}

/// Words between two goods of one list.
const LIST_REACH: usize = 1;

/// "Halts exports of sand, while customs bar citrus": goods between the commas of another measure are not this one's, where
/// this one has goods between its own, unless they stand in one list.
fn is_anothers(view: &SentenceView<'_>, measure: &FoundMeasure<'_>, good: &Span) -> bool {
    let beside = |measure: &FoundMeasure<'_>, good: &Span| view.commas_between(&measure.span, good) == 0;
    let is_others =
        !beside(measure, good) && view.measures.iter().any(|other| other.span != measure.span && beside(other, good));
    is_others && {
        // Goods come in order of position.
        let lists = view.goods.chunk_by(|(a, _), (b, _)| a.distance(b) <= LIST_REACH * view.scale);
        let mut owned = lists.filter(|list| list.iter().any(|(own, _)| beside(measure, own))).peekable();
        owned.peek().is_some() && owned.all(|list| list.iter().all(|(span, _)| span != good))
    }
}

/// Whether there are goods, and of one sector.
pub fn is_one_sector(goods: &Goods) -> bool {
    let mut sectors = goods.iter().map(|(sector, _)| sector);
    sectors.next().is_some_and(|first| sectors.all(|other| other == first))
}

/// The goods that a sentence names, decoys left out.
pub fn named(view: &SentenceView<'_>) -> Goods {
    view.goods.iter().filter_map(|(_, good)| Some((good.sector?, good.material))).collect()
}

/// A sector named by its materials needs no row without one.
fn tidy(goods: Goods) -> Goods {
    goods
        .iter()
        .filter(|(sector, material)| material.is_some() || !goods.iter().any(|(s, m)| s == sector && m.is_some()))
        .copied()
        .collect()
}
