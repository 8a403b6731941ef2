//! Measures in parts, as a search needs them: which classes a form is of, and which measures that may state.

use super::Payload;
use super::language::Measure;
use super::matcher::Matcher;

/// A measure in several parts: (class, gap before it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Index into the measures.
    pub measure: u32,
    /// Classes, with the number of words that may lie before each.
    pub parts: Vec<(u32, u32)>,
}

/// A sequence as its anchor, the part looked for first, leads to it.
#[derive(Debug, Clone, Copy)]
pub struct Anchored {
    /// Index into the sequences.
    pub sequence: u32,
    /// Two other classes of it, by which most are passed over unopened; where there are fewer, one of them twice, or the anchor.
    pub others: [u32; 2],
    /// Whether its measure requires goods.
    pub requires_goods: bool,
    /// How many that follow it in its list, itself counted, need the first of [`Anchored::others`]: where that is not there, none of
    /// them needs a look.
    pub alike: u32,
}

impl Anchored {
    /// Sequence `number`, and its anchor: the class of the least `frequency`.
    pub fn new(
        (number, sequence): (usize, &Sequence),
        measures: &[Measure],
        frequency: &[usize],
    ) -> Option<(u32, Anchored)> {
        let (anchor, _) = *sequence.parts.iter().min_by_key(|(class, _)| frequency[*class as usize])?;
        let mut others = sequence.parts.iter().map(|(class, _)| *class).filter(|class| *class != anchor);
        let other = others.next().unwrap_or(anchor);
        let requires_goods = measures[sequence.measure as usize].requires.goods;
        Some((
            anchor,
            Self {
                sequence: number as u32,
                others: [other, others.next_back().unwrap_or(other)],
                requires_goods,
                alike: 1,
            },
        ))
    }
}

/// New numbers for so many classes, by which those that share forms follow one another: then the classes of a form are few pieces.
pub fn numbers(classes: usize, matchers: [&Matcher; 2]) -> Vec<u32> {
    let mut lists: Vec<Vec<u32>> =
        matchers.iter().flat_map(|matcher| matcher.lists()).map(|payloads| self::classes(payloads).collect()).collect();
    lists.sort_by_key(|list| std::cmp::Reverse(list.len()));
    let mut numbers = vec![None; classes];
    let mut next = 0;
    for class in lists.into_iter().flatten().chain(0..classes as u32) {
        numbers[class as usize].get_or_insert_with(|| {
            next += 1;
            next - 1
        });
    }
    numbers.into_iter().flatten().collect()
}

/// Something for each of the lists of payloads of a matcher, all in one piece.
#[derive(Debug)]
pub struct PerList<T> {
    items: Vec<T>,
    /// Where those of list i begin; they end where those of the next do.
    starts: Vec<u32>,
}

impl<T> PerList<T> {
    /// What `of` adds for each list of `matcher`.
    fn new(matcher: &Matcher, of: impl Fn(&[Payload], &mut Vec<T>)) -> Self {
        let (mut items, mut starts) = (Vec::new(), vec![0]);
        for payloads in matcher.lists() {
            of(payloads, &mut items);
            starts.push(items.len() as u32);
        }
        Self { items, starts }
    }

    /// What there is for each list.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.starts.len() as u32 - 1).map(|list| self.of(list))
    }

    /// What there is for a list.
    #[inline]
    pub fn of(&self, list: u32) -> &[T] {
        &self.items[self.starts[list as usize] as usize..self.starts[list as usize + 1] as usize]
    }
}

impl PerList<u32> {
    /// The measures of each list.
    pub fn of_measures(matcher: &Matcher) -> Self {
        let measure = |payload: &Payload| if let Payload::Measure(index) = payload { Some(*index) } else { None };
        Self::new(matcher, |payloads, measures| measures.extend(payloads.iter().filter_map(measure)))
    }
}

fn classes(payloads: &[Payload]) -> impl Iterator<Item = u32> + '_ {
    payloads.iter().filter_map(|payload| if let Payload::Class(class) = payload { Some(*class) } else { None })
}

impl PerList<Piece> {
    /// The classes of each list, by their new numbers.
    pub fn of_classes(matcher: &Matcher, numbers: &[u32]) -> Self {
        Self::new(matcher, |payloads, pieces: &mut Vec<Piece>| {
            let first = pieces.len();
            for class in classes(payloads) {
                let (number, bit) = ClassSet::place(numbers[class as usize]);
                match pieces[first..].iter_mut().find(|piece| piece.number == number as u32) {
                    Some(piece) => piece.classes |= bit,
                    None => pieces.push(Piece { number: number as u32, classes: bit }),
                }
            }
        })
    }
}

impl PerList<Anchored> {
    /// The sequences of which each list has the anchor; `anchored` are those of each class.
    pub fn of_anchors(matcher: &Matcher, anchored: &[Vec<Anchored>]) -> Self {
        Self::new(matcher, |payloads, all: &mut Vec<Anchored>| {
            let first = all.len();
            classes(payloads).for_each(|class| all.extend(&anchored[class as usize]));
            let list = &mut all[first..];
            list.sort_by_key(|one| one.others[0]);
            for group in list.chunk_by_mut(|one, next| one.others[0] == next.others[0]) {
                (1..).zip(group.iter_mut().rev()).for_each(|(count, one)| one.alike = count);
            }
        })
    }
}

/// Some of 32 classes that follow one another: forms are of half a dozen classes, noted and looked for by the piece.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    number: u32,
    classes: u32,
}

/// Classes, a bit for each.
#[derive(Debug, Default)]
pub struct ClassSet(Vec<u32>);

impl ClassSet {
    /// Makes room for so many classes.
    pub fn reserve(&mut self, classes: usize) {
        let pieces = classes / 32 + 1;
        if self.0.len() < pieces {
            self.0.resize(pieces, 0);
        }
    }

    /// Where the bit of a class is.
    fn place(class: u32) -> (usize, u32) {
        (class as usize / 32, 1 << (class % 32))
    }

    /// Takes all classes out.
    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Adds a class.
    #[inline]
    pub fn insert(&mut self, class: u32) {
        let (piece, bit) = Self::place(class);
        self.0[piece] |= bit;
    }

    /// Adds the classes of a form.
    #[inline]
    pub fn insert_all(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.0[piece.number as usize] |= piece.classes;
        }
    }

    /// Whether a class is in it.
    #[inline]
    pub fn has(&self, class: u32) -> bool {
        let (piece, bit) = Self::place(class);
        self.0[piece] & bit != 0
    }

    /// The classes of a form that are in it.
    #[inline]
    pub fn common<'p>(&'p self, pieces: &'p [Piece]) -> impl Iterator<Item = u32> + 'p {
        pieces.iter().flat_map(|piece| {
            let mut bits = self.0[piece.number as usize] & piece.classes;
            std::iter::from_fn(move || {
                let bit = (bits != 0).then(|| bits.trailing_zeros())?;
                bits &= bits - 1;
                Some(32 * piece.number + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_in_common() {
        let pieces = [Piece { number: 0, classes: 0b101 }, Piece { number: 2, classes: 1 << 31 }];
        let mut set = ClassSet::default();
        set.reserve(96);
        assert_eq!(set.common(&pieces).count(), 0);
        for class in [2, 3, 95] {
            set.insert(class);
        }
        assert_eq!(set.common(&pieces).collect::<Vec<_>>(), [2, 95]);
        set.insert_all(&pieces);
        assert!(set.has(0) && set.has(3) && !set.has(64));
        set.clear();
        assert!(!set.has(95));
    }
}
