//! The change of every score, split among its causes so that the parts add up.
//!
//! The score of a unit is computed again for every mixture of the two runs: old or new documents × way of reading ×
//! structural data × model. A cause's part is what it moves the score by, averaged over all orders in which the causes
//! could have come one after the other (its Shapley value: Shapley, *A value for n-person games*, 1953). So no cause gains
//! by being named first, effects of two causes together are shared among them, and the parts add up to the change.
//! Where a unit has no score in some mixture, the orders that pass through it are left out.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::causes::Cause;
use super::documents::EvidenceChange;
use super::evidence::{self, Evidence};
use super::folder::Folder;
use crate::error::Result;
use crate::indicators::{Basis, IndicatorRow, IndicatorTable, Measure};
use crate::pipeline::score::{Unit, model_input, score};

/// The part of each cause, in the order of [`Cause::ALL`].
pub type Parts = [f64; 5];

/// The scores computed again, and the change of each split.
#[derive(Debug)]
pub struct Split {
    /// The causes that differ and can be computed.
    pub causes: Vec<Cause>,
    /// By mixture (bit i set: cause i of `causes` as in the new run), the score of every unit that has one.
    states: Vec<BTreeMap<Unit, f64>>,
    /// All orders of the causes.
    orders: Vec<Vec<usize>>,
}

/// Whose documents and whose reading text indicators rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextMoves {
    /// The same on both sides.
    Nothing,
    /// With the documents alone.
    Documents,
    /// With the way of reading alone.
    Reading,
    /// With both.
    Both,
}

/// Everything a mixture is made of; index 0 is the old side, 1 the new.
struct Sides<'a> {
    folders: [&'a Folder; 2],
    evidence: [Evidence; 2],
    moves: TextMoves,
    /// What new, gone and changed documents add to the evidence.
    added: BTreeMap<(Unit, Measure), f64>,
}

impl Split {
    /// Computes the scores of all mixtures. `is_of_documents` tells the evidence that moves with the documents from that
    /// which moves with the way of reading.
    ///
    /// # Errors
    /// When a model cannot be computed.
    pub fn compute(
        old: &Folder,
        new: &Folder,
        changed: &[EvidenceChange],
        is_of_documents: impl Fn(&EvidenceChange) -> bool,
        documents_differ: bool,
    ) -> Result<Self> {
        let evidence = [evidence::evidence(&old.indicators), evidence::evidence(&new.indicators)];
        let moves = match (evidence[0] == evidence[1], documents_differ) {
            (true, _) => TextMoves::Nothing,
            (false, false) => TextMoves::Reading,
            (false, true) if changed.iter().all(&is_of_documents) => TextMoves::Documents,
            (false, true) => TextMoves::Both,
        };
        let mut added = BTreeMap::new();
        for change in changed.iter().filter(|change| is_of_documents(change)) {
            *added.entry((change.unit, change.measure)).or_default() += change.new.evidence - change.old.evidence;
        }
        let sides = Sides { folders: [old, new], evidence, moves, added };
        let causes = sides.causes();
        let states = (0..1usize << causes.len()).into_par_iter().map(|state| {
            let side = |cause: Cause| {
                causes.iter().position(|known| *known == cause).map_or(0, |position| state >> position & 1)
            };
            sides.scores(side)
        });
        let states = states.collect::<Result<Vec<_>>>()?;
        Ok(Self { orders: orders(causes.len()), causes, states })
    }

    /// The score computed again, in the old run and in the new.
    pub fn scores(&self, unit: &Unit) -> [Option<f64>; 2] {
        [self.states.first(), self.states.last()].map(|state| state.and_then(|state| state.get(unit).copied()))
    }

    /// The part of each cause in a unit's change, the rest being 0; none where no order is without a gap.
    pub fn parts(&self, unit: &Unit) -> Option<Parts> {
        let values: Vec<Option<f64>> = self.states.iter().map(|state| state.get(unit).copied()).collect();
        let mut sums = vec![0.0; self.causes.len()];
        let mut whole = 0;
        for order in &self.orders {
            if let Some(steps) = steps(order, &values) {
                whole += 1;
                order.iter().zip(steps).for_each(|(cause, step)| sums[*cause] += step);
            }
        }
        if whole == 0 {
            return None;
        }
        let mut parts = [0.0; 5];
        for (cause, sum) in self.causes.iter().zip(sums) {
            parts[*cause as usize] = sum / f64::from(whole);
        }
        Some(parts)
    }
}

/// What each cause moves the score by when they come in this order; none where a mixture has no score.
fn steps(order: &[usize], values: &[Option<f64>]) -> Option<Vec<f64>> {
    let mut state = 0;
    let mut before = values[0]?;
    order
        .iter()
        .map(|cause| {
            state |= 1 << cause;
            let after = values[state]?;
            Some(after - std::mem::replace(&mut before, after))
        })
        .collect()
}

/// All orders of `count` things; one, empty, of none.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        let insert = |order: Vec<usize>| {
            (0..=order.len()).map(move |place| [&order[..place], &[next], &order[place..]].concat())
        };
        orders = orders.into_iter().flat_map(insert).collect();
    }
    orders
}

impl Sides<'_> {
    /// The causes that differ.
    fn causes(&self) -> Vec<Cause> {
        let [old, new] = self.folders;
        let of_text: &[Cause] = match self.moves {
            TextMoves::Nothing => &[],
            TextMoves::Documents => &[Cause::Documents],
            TextMoves::Reading => &[Cause::Reading],
            TextMoves::Both => &[Cause::Documents, Cause::Reading],
        };
        let mut causes = of_text.to_vec();
        let values =
            |folder: &Folder| -> Vec<_> { structural(&folder.indicators).map(|row| (row.key(), row.value)).collect() };
        if values(old) != values(new) {
            causes.push(Cause::Structure);
        }
        if old.model != new.model {
            causes.push(Cause::Model);
        }
        causes
    }

    /// The score of every unit in a mixture; `side` says from which run each cause is taken.
    fn scores(&self, side: impl Fn(Cause) -> usize) -> Result<BTreeMap<Unit, f64>> {
        let model = &self.folders[side(Cause::Model)].model;
        let mut rows = self.text(side(Cause::Documents), side(Cause::Reading), side(Cause::Model))?;
        rows.extend(structural(&self.folders[side(Cause::Structure)].indicators).cloned());
        let input = model_input(&IndicatorTable::from_rows(rows)?, model)?;
        let scores = score(&input, model)?;
        let known = scores.rows.iter().enumerate().map(|(index, row)| (input.units[*row], scores.score(index)));
        Ok(known.filter_map(|(unit, score)| Some((unit, score?))).collect())
    }

    /// The text rows of a mixture.
    fn text(&self, documents: usize, reading: usize, model: usize) -> Result<Vec<IndicatorRow>> {
        let strength = |side: usize| self.folders[side].model.settings.text.prior_strength;
        let pure = match self.moves {
            // The same evidence: the side whose prior is wanted has the very rows.
            TextMoves::Nothing => model,
            TextMoves::Documents => documents,
            TextMoves::Reading => reading,
            TextMoves::Both if documents == reading => documents,
            TextMoves::Both => {
                let sign = if documents == 1 { 1.0 } else { -1.0 };
                let (base, read) = (&self.evidence[documents], &self.evidence[reading]);
                let mixed = evidence::with_added(base, read, &self.added, sign);
                return evidence::rows(&mixed, strength(model));
            }
        };
        if strength(pure) == strength(model) {
            let text = self.folders[pure].indicators.iter().filter(|row| row.basis == Basis::Text);
            return Ok(text.cloned().collect());
        }
        evidence::rows(&self.evidence[pure], strength(model))
    }
}

fn structural(rows: &[IndicatorRow]) -> impl Iterator<Item = &IndicatorRow> {
    rows.iter().filter(|row| row.basis == Basis::Structural)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_all_there_once() {
        let mut three = orders(3);
        three.sort();
        three.dedup();
        assert_eq!((orders(0).len(), orders(1).len(), three.len(), orders(4).len()), (1, 1, 6, 24));
    }

    fn split(values: &[Option<f64>]) -> Option<Parts> {
        let unit: Unit = (crate::codes::Period::All, "solar".parse().unwrap(), "CHN".parse().unwrap());
        let causes = vec![Cause::Documents, Cause::Model];
        let states = values.iter().map(|value| value.map(|value| (unit, value)).into_iter().collect()).collect();
        Split { orders: orders(2), causes, states }.parts(&unit)
    }

    #[test]
    fn what_two_causes_do_together_is_shared_and_the_parts_add_up() {
        // 10 → 40; alone, documents add 8 and the model 12: the 10 they add together are halved.
        let parts = split(&[Some(10.0), Some(18.0), Some(22.0), Some(40.0)]).unwrap();
        assert_eq!(parts, [13.0, 0.0, 0.0, 17.0, 0.0]);
    }

    #[test]
    fn an_order_through_a_gap_is_left_out() {
        assert_eq!(split(&[Some(10.0), None, Some(22.0), Some(40.0)]).unwrap(), [18.0, 0.0, 0.0, 12.0, 0.0]);
        assert_eq!(split(&[Some(10.0), None, None, Some(40.0)]), None);
    }
}
