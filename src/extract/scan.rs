//! What stands where in a document: names, on word boundaries, the longest kept; and, where a country is among them, the words of
//! measures.

use std::ops::Range;

use crate::lexicon::fold::Folded;
use crate::lexicon::matcher::{Match, Text};
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
    /// Measures and classes, in order of position; they may overlap. What each stands for, the lists of the lexicon's `words` say.
    pub words: Vec<Match>,
    /// Parts of measures that are not looked for first, in order of position; what each stands for, the lists of `parts` say.
    pub parts: Vec<Match>,
    /// Whether a good, material or sector is named anywhere.
    pub has_goods: bool,
    /// Where decoys stand: what lies in one, and is no longer than it, is not meant.
    decoys: Vec<Range<usize>>,
    /// Names as they are found.
    found: Vec<Match>,
}

impl Scan {
    /// Finds the names only, in the folded form of `original`; [`Scan::find_words`] finds the rest, which a document that names no
    /// country can be spared.
    pub fn find_names(&mut self, lexicon: &LanguageLexicon, folded: &Folded, text: &Text<'_>, original: &str) {
        let Self { names, words, parts, found, .. } = self;
        names.clear();
        words.clear();
        parts.clear();
        lexicon.names.find(text, &(0..text.folded.len()), &lexicon.vocabulary, found);
        for found in found {
            let range = found.range();
            for &payload in lexicon.names.payloads(found.list) {
                match payload {
                    Payload::Place(index) if !spelled_right(lexicon, index, folded, original, &range) => {}
                    _ => names.push(Hit { range: range.clone(), payload }),
                }
            }
        }
        longest(names);
        drop_weak(lexicon, names);
        names.retain(|hit| !is_decoy(lexicon, hit.payload));
        self.has_goods = names.iter().any(|hit| matches!(hit.payload, Payload::Good(_)));
    }

    /// Whether a decoy hides the words at `range`.
    pub fn is_hidden(&self, range: &Range<usize>) -> bool {
        self.decoys.iter().any(|decoy| decoy.start < range.end && range.start < decoy.end && range.len() <= decoy.len())
    }

    /// Whether a decoy hides anything.
    pub fn has_decoys(&self) -> bool {
        !self.decoys.is_empty()
    }

    /// Finds measures and parts of measures, but for those that a decoy measure hides.
    pub fn find_words(&mut self, lexicon: &LanguageLexicon, text: &Text<'_>) {
        let mut words = std::mem::take(&mut self.words);
        lexicon.words.find(text, &(0..text.folded.len()), &lexicon.vocabulary, &mut words);
        self.decoys.clear();
        self.decoys.extend(words.iter().filter(|found| lexicon.decoys[found.list as usize]).map(|found| found.range()));
        if !self.decoys.is_empty() {
            // A decoy hides itself too.
            words.retain(|found| !self.is_hidden(&found.range()));
        }
        put_in_order(&mut words);
        self.words = words;
    }

    /// Finds the other parts of measures, where [`Scan::find_words`] found a part.
    pub fn find_parts(&mut self, lexicon: &LanguageLexicon, text: &Text<'_>) {
        let mut parts = std::mem::take(&mut self.parts);
        lexicon.parts.find(text, &(0..text.folded.len()), &lexicon.vocabulary, &mut parts);
        if self.has_decoys() {
            parts.retain(|found| !self.is_hidden(&found.range()));
        }
        put_in_order(&mut parts);
        self.parts = parts;
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

/// Words inside a compound may come out of order.
fn put_in_order(found: &mut [Match]) {
    let order = |found: &Match| (found.start, found.end);
    if !found.is_sorted_by_key(order) {
        found.sort_by_key(order);
    }
}

/// Finds everything the lexicon knows in `folded`, the folded form of `original`.
pub fn scan(lexicon: &LanguageLexicon, folded: &Folded, text: &Text<'_>, original: &str) -> Scan {
    let mut scan = Scan::default();
    scan.find_names(lexicon, folded, text, original);
    scan.find_words(lexicon, text);
    scan.find_parts(lexicon, text);
    scan
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

/// What stands somewhere, where other things may stand too.
pub trait Placed {
    /// What it stands for.
    type Meaning: Ord;

    /// Its bytes.
    fn bytes(&self) -> Range<usize>;

    /// What it stands for, by which those in the same place are put in order.
    fn meaning(&self) -> Self::Meaning;
}

impl Placed for Hit {
    type Meaning = Payload;

    fn bytes(&self) -> Range<usize> {
        self.range.clone()
    }

    fn meaning(&self) -> Payload {
        self.payload
    }
}

/// Of overlapping hits keeps the longest (the first among equals; several payloads of the same words are all kept).
pub fn longest<H: Placed>(hits: &mut Vec<H>) {
    if hits.len() < 2 {
        return;
    }
    hits.sort_by(|a, b| {
        let (x, y) = (a.bytes(), b.bytes());
        (x.start, y.end).cmp(&(y.start, x.end)).then_with(|| a.meaning().cmp(&b.meaning()))
    });
    // What is kept stands at the beginning.
    let mut kept = 0_usize;
    for number in 0..hits.len() {
        let hit = hits[number].bytes();
        // Hits come by start, the longer first: an overlap with what is kept is decided by length.
        let mut add = true;
        while let Some(last) = kept.checked_sub(1).map(|last| hits[last].bytes()) {
            if last == hit || last.end <= hit.start {
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

/// Of hits in order of position those that lie within `bytes`; `range` says where one does.
pub fn within<'h, H>(hits: &'h [H], bytes: &Range<usize>, range: impl Fn(&H) -> Range<usize>) -> &'h [H] {
    let first = hits.partition_point(|hit| range(hit).start < bytes.start);
    let hits = &hits[first..];
    let hits = &hits[..hits.partition_point(|hit| range(hit).start < bytes.end)];
    // A match that runs over the sentence's end (only the last can) joins two sentences by accident.
    let whole = hits.iter().rposition(|hit| range(hit).end <= bytes.end).map_or(0, |i| i + 1);
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
