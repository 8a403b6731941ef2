//! Documents that say the same, put together; near-duplicates of a period are one document.
//!
//! A document that is alone in its cluster is added at once. The others wait on disk, parted by cluster, and a part is gathered at a
//! time: so memory grows with what is said, not with the documents. Where too many different things are said, each unit is gathered
//! apart ([`Gathering::apart`]), which bounds that too.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::{Bootstrap, MEASURES, key, share};
use crate::codes::Period;
use crate::error::Result;
use crate::indicators::counts::Unit;
use crate::indicators::exact_sum::ExactSum;
use crate::indicators::settings::TextSettings;
use crate::indicators::tally::{Block, Remembered, Tally};
use crate::indicators::weight::{Clustered, Weights};
use crate::spool::Pile;

/// Parts that documents with near-duplicates wait in.
const PARTS: usize = 64;
/// Bytes that a thread keeps before it adds them to a part.
const KEPT: usize = 1 << 14;
/// Bytes before a waiting document: its cluster, its weight, their length.
const HEAD: usize = 8 + 8 + 4;

/// What a document, or a cluster in a period, is relevant to and says, each part once, in order; shares and scores as bits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    pub relevant: Vec<(u32, u64)>,
    pub says: Vec<(u32, u64)>,
    pub key: u64,
}

/// Steps to which scores are rounded where units are gathered apart.
const STEPS: f64 = 1_024.0;

/// Everything that is said, in an order that does not depend on that of the documents, with its weight.
type Kinds = BTreeMap<Said, ExactSum>;

/// What was gathered.
#[derive(Default)]
pub(super) struct Found {
    pub kinds: Kinds,
    /// Where units are gathered apart: the weight of the documents that speak of each, by place in `of_unit`.
    pub spoken: BTreeMap<u32, ExactSum>,
}

/// A cluster in a period, in the making.
#[derive(Debug, Default)]
struct Cluster {
    weight: ExactSum,
    relevant: BTreeMap<u32, ExactSum>,
    says: BTreeMap<u32, ExactSum>,
}

/// Puts documents that say the same together.
pub(super) struct Gathering<'a> {
    made: &'a Bootstrap,
    tally: &'a Tally,
    settings: &'a TextSettings,
    /// Keys of the units that are spoken of.
    units: Vec<u64>,
    /// Whether what a document says of one unit is kept apart from what it says of others.
    is_apart: bool,
    /// Most kinds that are gathered.
    most: usize,
    /// Whether there were more.
    too_many: AtomicBool,
}

/// What a thread has gathered.
struct Gathered {
    found: Found,
    /// Documents on their way to each part.
    waiting: Vec<Vec<u8>>,
}

impl<'a> Gathering<'a> {
    /// What documents say as a whole.
    pub fn whole(made: &'a Bootstrap, tally: &'a Tally, settings: &'a TextSettings, most: usize) -> Self {
        let name = |(period, unit): &(Period, Unit)| key(&[&period.to_string(), unit.0.as_str(), unit.1.as_str()]);
        let units = made.of_unit.keys().map(name).collect();
        Self { made, tally, settings, units, is_apart: false, most, too_many: AtomicBool::new(false) }
    }

    /// What they say of each unit, apart.
    pub fn apart(made: &'a Bootstrap, tally: &'a Tally, settings: &'a TextSettings) -> Self {
        Self { is_apart: true, ..Self::whole(made, tally, settings, usize::MAX) }
    }

    /// Gathers all documents; nothing where there are too many kinds.
    pub fn gather(&self, weights: &Weights, clusters: &impl Clustered) -> Result<Option<Found>> {
        let parts: Vec<Mutex<Pile>> = (0..PARTS).map(|_| Mutex::new(Pile::within(self.tally.folder()))).collect();
        let begin = || Gathered { found: Found::default(), waiting: vec![Vec::new(); PARTS] };
        let gathered = self.tally.gather(begin, |gathered, mut block| {
            if self.is_too_much(&gathered.found) {
                return Ok(());
            }
            let clusters = clusters(block.first(), block.len())?;
            for (id, size) in clusters {
                let Some(document) = block.next_document() else { break };
                let Some(weight) = weights.get(document.number).filter(|weight| *weight > 0.0) else { continue };
                match id != 0 && size > 1 {
                    true => gathered.wait(&document, (id, weight), &parts)?,
                    false => self.add_alone(&document, weight, &mut gathered.found),
                }
            }
            Ok(())
        })?;
        let mut found = Found::default();
        for mut gathered in gathered {
            let mut waiting = gathered.waiting.iter_mut().zip(&parts);
            waiting.try_for_each(|(bytes, part)| put(bytes, part))?;
            found.join(gathered.found);
        }
        if !self.is_too_much(&found) {
            let of_parts: Vec<Found> = parts.par_iter().map(|part| self.together(part)).collect::<Result<_>>()?;
            of_parts.into_iter().for_each(|other| found.join(other));
        }
        Ok(if self.is_too_much(&found) { None } else { Some(found) })
    }

    /// Whether there are too many kinds, here or on another thread: then all together are too many.
    fn is_too_much(&self, found: &Found) -> bool {
        if found.kinds.len() > self.most {
            self.too_many.store(true, Ordering::Relaxed);
        }
        self.too_many.load(Ordering::Relaxed)
    }

    fn add_alone(&self, document: &Remembered<'_>, weight: f64, found: &mut Found) {
        let Some(period) = Period::of(document.date, self.settings.granularity) else { return };
        let mut alone = Cluster::default();
        self.add(&mut alone, period, document, weight);
        self.add_cluster(&alone, found);
    }

    fn add_cluster(&self, cluster: &Cluster, found: &mut Found) {
        if cluster.relevant.is_empty() {
            return;
        }
        if !self.is_apart {
            found.kinds.entry(self.said(cluster)).or_default().add(cluster.weight.value());
            return;
        }
        let says: Vec<(u32, ExactSum)> = cluster.says.iter().map(|(at, sum)| (*at, *sum)).collect();
        for of_unit in says.chunk_by(|one, other| one.0 / MEASURES as u32 == other.0 / MEASURES as u32) {
            let unit = of_unit[0].0 / MEASURES as u32;
            let sector = self.made.said[unit as usize];
            let relevant = cluster.relevant.get(&sector).copied().unwrap_or_default();
            found.spoken.entry(unit).or_default().join(relevant);
            let of_unit = Cluster {
                weight: cluster.weight,
                relevant: BTreeMap::from([(sector, relevant)]),
                says: of_unit.iter().copied().collect(),
            };
            found.kinds.entry(self.said_of_unit(&of_unit, unit)).or_default().join(cluster.weight);
        }
    }

    /// The documents of a part, those of a cluster and a period as one.
    fn together(&self, part: &Mutex<Pile>) -> Result<Found> {
        let part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let mut clusters: BTreeMap<(Period, u64), Cluster> = BTreeMap::new();
        let mut reader = part.reader();
        let mut head = [0; HEAD];
        while reader.next(&mut head)? {
            let eight = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| head[at + byte]));
            let mut bytes = vec![0; u32::from_le_bytes(std::array::from_fn(|byte| head[16 + byte])) as usize];
            reader.next(&mut bytes)?;
            let mut block = Block::of(bytes, 0, 1);
            let Some(document) = block.next_document() else { continue };
            let Some(period) = Period::of(document.date, self.settings.granularity) else { continue };
            let cluster = clusters.entry((period, eight(0))).or_default();
            self.add(cluster, period, &document, f64::from_bits(eight(8)));
        }
        let mut found = Found::default();
        clusters.values().for_each(|cluster| self.add_cluster(cluster, &mut found));
        Ok(found)
    }

    fn add(&self, cluster: &mut Cluster, period: Period, document: &Remembered<'_>, weight: f64) {
        let sector = |index: u32| self.tally.sectors().get(index as usize).copied();
        cluster.weight.add(weight);
        for sector in document.relevant.iter().filter_map(|index| sector(*index)) {
            if let Some(at) = self.made.of_sector.get(&(period, sector)) {
                cluster.relevant.entry(*at).or_default().add(weight);
            }
        }
        for statement in document.statements.iter().filter(|statement| statement.score > 0.0) {
            let unit = sector(statement.sector).map(|sector| (period, (sector, statement.country)));
            if let Some(at) = unit.and_then(|unit| self.made.of_unit.get(&unit)) {
                let at = at * MEASURES as u32 + statement.measure.index() as u32;
                cluster.says.entry(at).or_default().add(weight * statement.score);
            }
        }
    }

    fn said(&self, cluster: &Cluster) -> Said {
        let part = |(at, sum): (&u32, &ExactSum)| (*at, share(sum.value(), cluster.weight.value()).to_bits());
        let relevant: Vec<(u32, u64)> = cluster.relevant.iter().map(part).collect();
        let says: Vec<(u32, u64)> = cluster.says.iter().map(part).collect();
        let sectors = relevant.iter().flat_map(|(at, share)| [self.made.sectors[*at as usize].key, *share]);
        let units = says
            .iter()
            .flat_map(|(at, score)| [self.units[*at as usize / MEASURES], u64::from(*at) % MEASURES as u64, *score]);
        let key = mixed(sectors.chain(units));
        Said { relevant, says, key }
    }

    /// The same of a cluster that speaks of one unit only: its sector is the unit's own, scores are rounded.
    fn said_of_unit(&self, cluster: &Cluster, unit: u32) -> Said {
        let Said { mut relevant, mut says, .. } = self.said(cluster);
        let own = self.made.of_sector.len() as u32 + unit;
        relevant.iter_mut().for_each(|(at, _)| *at = own);
        for (_, score) in &mut says {
            *score = (libm::round(f64::from_bits(*score) * STEPS) / STEPS).to_bits();
        }
        let shares = relevant.iter().map(|(_, share)| *share);
        let scores = says.iter().flat_map(|(at, score)| [u64::from(*at) % MEASURES as u64, *score]);
        let key = mixed(std::iter::once(self.units[unit as usize]).chain(shares).chain(scores));
        Said { relevant, says, key }
    }
}

/// Numbers as one, on which draws depend.
pub(super) fn mixed(numbers: impl Iterator<Item = u64>) -> u64 {
    let mix = |hash: u64, number: u64| (hash.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    numbers.fold(1, mix)
}

impl Found {
    fn join(&mut self, other: Self) {
        for (said, weight) in other.kinds {
            self.kinds.entry(said).or_default().join(weight);
        }
        for (unit, weight) in other.spoken {
            self.spoken.entry(unit).or_default().join(weight);
        }
    }
}

impl Gathered {
    /// Lets a document wait for the rest of its cluster.
    fn wait(&mut self, document: &Remembered<'_>, (id, weight): (u64, f64), parts: &[Mutex<Pile>]) -> Result<()> {
        let part = id as usize % PARTS;
        let waiting = &mut self.waiting[part];
        waiting.extend(id.to_le_bytes());
        waiting.extend(weight.to_bits().to_le_bytes());
        waiting.extend((document.bytes.len() as u32).to_le_bytes());
        waiting.extend(document.bytes);
        if waiting.len() < KEPT { Ok(()) } else { put(waiting, &parts[part]) }
    }
}

fn put(bytes: &mut Vec<u8>, part: &Mutex<Pile>) -> Result<()> {
    part.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)?;
    bytes.clear();
    Ok(())
}
