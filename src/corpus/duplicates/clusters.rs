//! Fingerprints grouped into clusters of near-duplicates.
//!
//! Equal texts first; then the signatures are cut into bands, and texts that agree in a whole band are compared, each
//! with a few representatives of its bucket, so that a bucket of a million costs a million comparisons, not their
//! square. All of it runs over distinct texts sorted by their hash, so that the order of documents cannot matter.

use rayon::prelude::*;

use super::SIMILAR;
use super::fingerprint::{Fingerprint, SIGNATURE};

/// Values of the signature in a band: texts that share half of their shingles meet in at least one of the 21 bands
/// with a probability of 94 %, those that share 0.6 with 99.4 %.
const BAND: usize = 3;
/// Texts of a bucket with which others are compared.
const REPRESENTATIVES: usize = 8;

/// Clusters of near-duplicates over a list of fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    of_document: Vec<(u64, u32)>,
}

impl Clusters {
    /// Groups `prints`; documents keep their index.
    pub fn find(prints: &[Fingerprint]) -> Self {
        let distinct = Distinct::of(prints);
        let mut groups = Groups::new(distinct.texts.len());
        let comparable = distinct.comparable(prints);
        let mut keys = Vec::with_capacity(comparable.len());
        for band in 0..SIGNATURE / BAND {
            let key = |(document, text): &(u32, u32)| (band_key(&prints[*document as usize], band), *text);
            comparable.par_iter().map(key).collect_into_vec(&mut keys);
            keys.par_sort_unstable();
            for bucket in keys.chunk_by(|one, two| one.0 == two.0).filter(|bucket| bucket.len() > 1) {
                join_bucket(bucket, prints, &distinct, &mut groups);
            }
        }
        Self::label(prints, &distinct, &mut groups)
    }

    /// Clusters found earlier: the id and the size of each document's.
    pub fn known(of_document: Vec<(u64, u32)>) -> Self {
        Self { of_document }
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.of_document.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.of_document.is_empty()
    }

    /// Cluster of document `i`: the smallest content hash in it; 0, which is no cluster, for a
    /// document without words or out of range.
    pub fn id(&self, i: usize) -> u64 {
        self.of_document.get(i).map_or(0, |(id, _)| *id)
    }

    /// Documents in the cluster of document `i`, at least 1.
    pub fn size(&self, i: usize) -> u32 {
        self.of_document.get(i).map_or(1, |(_, size)| *size)
    }

    fn label(prints: &[Fingerprint], distinct: &Distinct, groups: &mut Groups) -> Self {
        let mut sizes = vec![0_u32; distinct.texts.len()];
        let roots: Vec<u32> = (0..distinct.texts.len() as u32).map(|text| groups.root(text)).collect();
        for text in distinct.of_document.iter().flatten() {
            sizes[roots[*text as usize] as usize] += 1;
        }
        let label = |text: &Option<u32>| match text {
            Some(text) => {
                let root = roots[*text as usize];
                (distinct.print(prints, root).content_hash(), sizes[root as usize])
            }
            None => (0, 1),
        };
        Self { of_document: distinct.of_document.iter().map(label).collect() }
    }
}

/// Distinct texts, sorted by content hash.
struct Distinct {
    /// A document that holds each text.
    texts: Vec<u32>,
    /// The text of each document; none for a document without words.
    of_document: Vec<Option<u32>>,
}

impl Distinct {
    fn of(prints: &[Fingerprint]) -> Self {
        let mut order: Vec<u32> = (0..prints.len() as u32).filter(|i| !prints[*i as usize].is_empty()).collect();
        // By the whole fingerprint: of two texts equal but for their spaces, the same one stands for both in any order.
        order.par_sort_unstable_by_key(|i| prints[*i as usize]);
        let mut texts: Vec<u32> = Vec::new();
        let mut of_document = vec![None; prints.len()];
        for i in order {
            let content = prints[i as usize].content_hash();
            if texts.last().is_none_or(|last| prints[*last as usize].content_hash() != content) {
                texts.push(i);
            }
            of_document[i as usize] = Some(texts.len() as u32 - 1);
        }
        Self { texts, of_document }
    }

    /// The texts long enough to be compared, each with its document, in the order of documents: memory is then
    /// read from front to back.
    fn comparable(&self, prints: &[Fingerprint]) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> = self.texts.iter().copied().zip(0..).collect();
        pairs.retain(|(document, _)| !prints[*document as usize].is_short());
        pairs.par_sort_unstable();
        pairs
    }

    fn print<'a>(&self, prints: &'a [Fingerprint], text: u32) -> &'a Fingerprint {
        &prints[self.texts[text as usize] as usize]
    }
}

/// The values of one band as one number.
fn band_key(print: &Fingerprint, band: usize) -> u64 {
    print.signature()[band * BAND..(band + 1) * BAND].iter().fold(0, |key, value| key << 16 | u64::from(*value))
}

/// Joins the texts of a bucket that are similar to one of its first few unlike texts.
fn join_bucket(bucket: &[(u64, u32)], prints: &[Fingerprint], distinct: &Distinct, groups: &mut Groups) {
    let mut representatives: Vec<u32> = Vec::with_capacity(REPRESENTATIVES);
    for (_, text) in bucket {
        let root = groups.root(*text);
        if representatives.iter().any(|other| groups.root(*other) == root) {
            continue;
        }
        let print = distinct.print(prints, *text);
        let is_like = |other: &&u32| print.similarity(distinct.print(prints, **other)) >= SIMILAR;
        match representatives.iter().find(is_like) {
            Some(other) => groups.join(*text, *other),
            None if representatives.len() < REPRESENTATIVES => representatives.push(*text),
            None => {}
        }
    }
}

/// Disjoint groups of texts; the root of a group is its smallest number, hence its smallest hash.
struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    fn new(len: usize) -> Self {
        Self { parent: (0..len as u32).collect() }
    }

    fn root(&mut self, mut text: u32) -> u32 {
        while self.parent[text as usize] != text {
            let above = self.parent[self.parent[text as usize] as usize];
            self.parent[text as usize] = above;
            text = above;
        }
        text
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.parent[one.max(other) as usize] = one.min(other);
    }
}
