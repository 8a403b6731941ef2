//! What stands where in a document: names, on word boundaries, the longest kept; and, where a country is among them, the words of
//! measures.

use std::ops::Range;

use crate::lexicon::fold::Folded;
use crate::lexicon::matcher::Text;
use crate::lexicon::{LanguageLexicon, Payload};

/// A match in the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Bytes of the folded text.
    pub range: Range<usize>,
    /// What it stands for.
    pub payload: Payload,
}

/// Names: places, goods, organisations. Words: measures and parts of measures.
#[derive(Debug, Default)]
pub struct Scan {
    /// Places, goods and organisations, decoys gone, in order of position, none overlapping another of other extent.
    pub names: Vec<Hit>,
    /// Measures and classes, in order of position; they may overlap.
    pub words: Vec<Hit>,
    /// Whether a good, material or sector is named anywhere.
    pub has_goods: bool,
    /// Where decoys stand: what lies in one, and is no longer than it, is not meant.
    decoys: Vec<Range<usize>>,
}

impl Scan {
    /// Whether a decoy hides the words at `range`.
    pub fn is_hidden(&self, range: &Range<usize>) -> bool {
        self.decoys.iter().any(|decoy| decoy.start < range.end && range.start < decoy.end && range.len() <= decoy.len())
    }

    /// Finds measures and parts of measures.
    pub fn find_words(&mut self, lexicon: &LanguageLexicon, text: &Text<'_>) {
        let mut words = Vec::with_capacity(text.folded.len() / BYTES_TO_A_HIT);
        lexicon.words.find(text, &(0..text.folded.len()), &lexicon.vocabulary, |range, payloads| {
            words.extend(payloads.iter().map(|&payload| Hit { range: range.clone(), payload }));
        });
        self.hide_in_decoys(lexicon, words);
    }

    /// Keeps of `words` what no decoy measure hides.
    fn hide_in_decoys(&mut self, lexicon: &LanguageLexicon, mut words: Vec<Hit>) {
        let is_decoy = |hit: &Hit| match hit.payload {
            Payload::Measure(index) => lexicon.measures[index as usize].channel.is_none(),
            _ => false,
        };
        self.decoys = words.iter().filter(|hit| is_decoy(hit)).map(|hit| hit.range.clone()).collect();
        if !self.decoys.is_empty() {
            words.retain(|hit| !is_decoy(hit) && !self.is_hidden(&hit.range));
        }
        words.sort_unstable_by_key(|hit| (hit.range.start, hit.range.end, hit.payload));
        self.words = words;
    }

    /// Whether a measure, or a part of one, stands in `bytes`.
    pub fn has_words(&self, bytes: &Range<usize>) -> bool {
        let first = self.words.partition_point(|hit| hit.range.start < bytes.start);
        self.words.get(first).is_some_and(|hit| hit.range.start < bytes.end)
    }

    /// Whether a country is named, by itself or by one of its organisations.
    pub fn has_country(&self, lexicon: &LanguageLexicon) -> bool {
        self.names.iter().any(|hit| match hit.payload {
            Payload::Place(index) => lexicon.places[index as usize].country.is_some(),
            Payload::Organisation(index) => lexicon.organisations[index as usize].country.is_some(),
            _ => false,
        })
    }
}

/// Room is made for a hit in so many bytes.
const BYTES_TO_A_HIT: usize = 24;

/// Finds everything the lexicon knows in `folded`, the folded form of `original`.
pub fn scan(lexicon: &LanguageLexicon, folded: &Folded, text: &Text<'_>, original: &str) -> Scan {
    let mut scan = names(lexicon, folded, text, original);
    scan.find_words(lexicon, text);
    scan
}

/// Finds the names only; [`Scan::find_words`] finds the rest, which a document that names no country can be spared.
pub fn names(lexicon: &LanguageLexicon, folded: &Folded, text: &Text<'_>, original: &str) -> Scan {
    let mut names = Vec::with_capacity(text.folded.len() / BYTES_TO_A_HIT);
    lexicon.names.find(text, &(0..text.folded.len()), &lexicon.vocabulary, |range, payloads| {
        for &payload in payloads {
            match payload {
                Payload::Place(index) if !spelled_right(lexicon, index, folded, original, &range) => {}
                _ => names.push(Hit { range: range.clone(), payload }),
            }
        }
    });
    longest(&mut names);
    drop_weak(lexicon, &mut names);
    names.retain(|hit| !is_decoy(lexicon, hit.payload));
    let has_goods = names.iter().any(|hit| matches!(hit.payload, Payload::Good(_)));
    Scan { names, has_goods, ..Scan::default() }
}

/// Whether the place's form stands in the text as the table demands (capitals included).
fn spelled_right(lexicon: &LanguageLexicon, index: u32, folded: &Folded, original: &str, range: &Range<usize>) -> bool {
    let spellings = &lexicon.places[index as usize].spellings;
    if spellings.is_empty() {
        return true;
    }
    let found = &original[folded.original(range.start)..folded.original(range.end)];
    spellings.iter().any(|spelling| spelling == found)
}

fn is_decoy(lexicon: &LanguageLexicon, payload: Payload) -> bool {
    match payload {
        Payload::Place(index) => lexicon.places[index as usize].country.is_none(),
        Payload::Good(index) => lexicon.goods[index as usize].sector.is_none(),
        _ => false,
    }
}

/// Of overlapping hits keeps the longest (the first among equals; several payloads of the same words are all kept).
pub fn longest(hits: &mut Vec<Hit>) {
    hits.sort_by(|a, b| (a.range.start, b.range.end, a.payload).cmp(&(b.range.start, a.range.end, b.payload)));
    // What is kept stands at the beginning.
    let mut kept = 0_usize;
    for number in 0..hits.len() {
        let hit = hits[number].range.clone();
        // Hits come by start, the longer first: an overlap with what is kept is decided by length.
        let mut add = true;
        while let Some(last) = kept.checked_sub(1).map(|last| &hits[last].range) {
            if *last == hit || last.end <= hit.start {
                break;
            }
            if last.len() >= hit.len() {
                add = false;
                break;
            }
            kept -= 1;
        }
        if add {
            hits.swap(kept, number);
            kept += 1;
        }
    }
    hits.truncate(kept);
}

/// The hits that lie within `bytes`.
pub fn within<'h>(hits: &'h [Hit], bytes: &Range<usize>) -> &'h [Hit] {
    let first = hits.partition_point(|hit| hit.range.start < bytes.start);
    let last = hits.partition_point(|hit| hit.range.start < bytes.end);
    let hits = &hits[first..last];
    // A match that runs over the sentence's end (only the last can) joins two sentences by accident.
    let whole = hits.iter().rposition(|hit| hit.range.end <= bytes.end).map_or(0, |i| i + 1);
    &hits[..whole]
}

/// A weak form counts only where a strong one names the same country in the document.
fn drop_weak(lexicon: &LanguageLexicon, names: &mut Vec<Hit>) {
    let place = |hit: &Hit| match hit.payload {
        Payload::Place(index) => Some(&lexicon.places[index as usize]),
        _ => None,
    };
    if !names.iter().any(|hit| place(hit).is_some_and(|place| place.weak)) {
        return;
    }
    let mut strong: Vec<_> =
        names.iter().filter_map(place).filter(|place| !place.weak).filter_map(|place| place.country).collect();
    strong.sort_unstable();
    strong.dedup();
    names.retain(|hit| {
        place(hit).is_none_or(|place| !place.weak || place.country.is_some_and(|c| strong.binary_search(&c).is_ok()))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(start: usize, end: usize) -> Hit {
        Hit { range: start..end, payload: Payload::Good(0) }
    }

    #[test]
    fn the_longest_is_kept() {
        let kept = |mut hits: Vec<Hit>| {
            longest(&mut hits);
            hits
        };
        assert_eq!(kept(vec![hit(0, 3), hit(0, 8), hit(4, 8), hit(6, 20), hit(30, 31)]), [hit(6, 20), hit(30, 31)]);
        assert_eq!(kept(vec![hit(0, 8), hit(4, 8)]), [hit(0, 8)]);
    }
}
