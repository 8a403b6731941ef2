//! The trie of a matcher: made with one table of all its steps, then packed for reading.
//!
//! A language's tries have a hundred thousand nodes, and a text leads to them in no order: what is read of them must lie close
//! together. In one table of all steps, half of the time of a search was spent waiting for memory.

use std::collections::BTreeMap;

use super::vocabulary::WordId;

/// Where a step leads: to a node; where no form goes on, to the form that ends there; or nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Goal(u32);

/// What a goal is.
#[derive(Debug, Clone, Copy)]
pub enum Reached {
    Nowhere,
    Node(usize),
    Form(Ending),
}

/// The bit of a goal that is a form.
const IS_FORM: u32 = 1 << 31;

impl Goal {
    /// What it is.
    #[inline]
    pub fn reached(self) -> Reached {
        match self.0 {
            0 => Reached::Nowhere,
            goal if goal & IS_FORM != 0 => Reached::Form(Ending(goal & !IS_FORM)),
            node => Reached::Node(node as usize),
        }
    }
}

/// The form that ends at a node, plus one, and whether another of the same words does too ([`Trie::same`]); 0 for none. Forms are
/// numbers while the trie is made, and the places of their records once it is packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ending(u32);

/// The bit of an ending that is not the only one.
const HAS_SAME: u32 = 1 << 30;

impl Ending {
    /// The form.
    #[inline]
    pub fn form(self) -> Option<u32> {
        (self.0 & !HAS_SAME).checked_sub(1)
    }

    /// Whether another form ends here too.
    #[inline]
    pub fn has_same(self) -> bool {
        self.0 & HAS_SAME != 0
    }
}

/// A node from which forms go on. Most have one step, which they hold themselves: a walk that reads it is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Node {
    /// What ends here, and whether there is one step ([`HAS_ONE`]).
    ending: u32,
    /// The word of the one step; of many, a bit for the word of each ([`bit`]): most words of a text go on with none, and need not
    /// be looked for among the steps.
    next: u32,
    /// Where the one step leads; of many, where in the table they are, and above that for how many there is room, as a power of
    /// two.
    steps: u32,
}

/// The bits of a node's steps that say where in the table they are.
const PLACE_BITS: u32 = 27;

/// The bit of a node that holds its one step.
const HAS_ONE: u32 = 1 << 31;

impl Node {
    /// What ends here.
    #[inline]
    pub fn ending(self) -> Ending {
        Ending(self.ending & !HAS_ONE)
    }

    /// The bits of the words with which forms go on; all where one ends here.
    fn bits(self) -> u32 {
        match self.ending {
            HAS_ONE => bit(self.next),
            0 => self.next,
            _ => u32::MAX,
        }
    }

    /// Whether a form may go on with a word.
    #[inline]
    pub fn may_go_on(self, word: WordId) -> bool {
        if self.ending & HAS_ONE != 0 { self.next == word } else { self.next & bit(word) != 0 }
    }
}

/// The bit of a word, which others share; the word of no form has none.
#[inline]
fn bit(word: WordId) -> u32 {
    u32::from(word != 0) << (word % u32::BITS)
}

/// Where the forms that begin with a word lead, and whether the next word leads any further: for most words of a text it does not, and
/// the node, somewhere in memory, need not be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct First {
    /// Where they lead.
    pub goal: Goal,
    /// The bits of the words that go on ([`bit`]); all where a form ends here.
    next: u32,
}

impl First {
    /// Whether a form ends here or may go on with a word.
    #[inline]
    pub fn may_lead_to(self, next: WordId) -> bool {
        (self.next == u32::MAX) | (self.next & bit(next) != 0)
    }
}

/// A trie, packed.
#[derive(Debug)]
pub struct Trie {
    /// Word → what forms begin with it.
    first: Vec<First>,
    /// The first is none.
    nodes: Vec<Node>,
    /// The steps of a node with more than one lie together, each near the place that its word gives it, with some room.
    steps: Vec<(WordId, Goal)>,
    /// Form → another form of the same words: forms differ in blanks too (`98 %`, `98%`).
    same: BTreeMap<u32, Ending>,
}

impl Trie {
    /// Where forms that begin with a word lead.
    #[inline]
    pub fn first(&self, word: WordId) -> First {
        // Words of other matchers of the language may have higher numbers.
        self.first.get(word as usize).copied().unwrap_or_default()
    }

    /// A node.
    #[inline]
    pub fn node(&self, node: usize) -> Node {
        self.nodes[node]
    }

    /// Where a word leads from a node.
    #[inline]
    pub fn step(&self, node: Node, word: WordId) -> Goal {
        if !node.may_go_on(word) {
            return Goal::default();
        }
        if node.ending & HAS_ONE != 0 { Goal(node.steps) } else { self.step_of_many(node.steps, word) }
    }

    fn step_of_many(&self, steps: u32, word: WordId) -> Goal {
        let (start, size) = (steps & ((1 << PLACE_BITS) - 1), steps >> PLACE_BITS);
        let steps = &self.steps[start as usize..][..1 << size];
        let mut place = place(word, size);
        // There is always an empty one.
        loop {
            let (known, goal) = steps[place];
            if known == word || known == 0 {
                return goal;
            }
            place = (place + 1) & (steps.len() - 1);
        }
    }

    /// What ends at a goal.
    pub fn ending(&self, goal: Goal) -> Ending {
        match goal.reached() {
            Reached::Nowhere => Ending::default(),
            Reached::Node(node) => self.nodes[node].ending(),
            Reached::Form(ending) => ending,
        }
    }

    /// Another form of the words of a form.
    pub fn same(&self, form: u32) -> Ending {
        self.same.get(&form).copied().unwrap_or_default()
    }
}

/// Where among places for steps, so many as a power of two, that of a word belongs.
#[inline]
fn place(word: WordId, size: u32) -> usize {
    (u64::from(word.wrapping_mul(0x9E37_79B9)) << size >> 32) as usize
}

/// Places for so many steps, as a power of two: more than there are steps.
fn size(steps: u32) -> u32 {
    (steps + steps / 4 + 1).next_power_of_two().trailing_zeros()
}

/// A trie in the making.
#[derive(Debug)]
pub struct Builder {
    /// Word → node of the forms that begin with it; 0 for none.
    first: Vec<u32>,
    /// What ends at each node.
    endings: Vec<Ending>,
    /// (node, word, next) in an open-addressed table that is never more than half full; next is 0 where a slot is empty. A power
    /// of two.
    slots: Vec<(u32, WordId, u32)>,
    /// Steps in the table.
    len: usize,
    same: BTreeMap<u32, Ending>,
}

impl Builder {
    /// With room for the steps of so many forms.
    pub fn for_forms(forms: usize) -> Self {
        Self {
            first: Vec::new(),
            endings: vec![Ending::default()],
            slots: vec![(0, 0, 0); (2 * forms).next_power_of_two().max(1024)],
            len: 0,
            same: BTreeMap::new(),
        }
    }

    /// The node to which a word leads from another, 0 for the beginning; made if there is none.
    pub fn step(&mut self, node: u32, word: WordId) -> u32 {
        let next = self.endings.len() as u32;
        let known = if node == 0 {
            if word as usize >= self.first.len() {
                self.first.resize(word as usize + 1, 0);
            }
            &mut self.first[word as usize]
        } else {
            if 2 * self.len >= self.slots.len() {
                self.grow();
            }
            let slot = self.slot(node, word);
            if self.slots[slot].2 == 0 {
                self.slots[slot] = (node, word, 0);
                self.len += 1;
            }
            &mut self.slots[slot].2
        };
        if *known == 0 {
            *known = next;
            self.endings.push(Ending::default());
        }
        *known
    }

    /// Ends a form at a node.
    pub fn end(&mut self, node: u32, form: usize) {
        let form = form as u32;
        let ending = &mut self.endings[node as usize];
        if *ending == Ending::default() {
            *ending = Ending(form + 1);
        } else {
            self.same.insert(form, *ending);
            *ending = Ending((form + 1) | HAS_SAME);
        }
    }

    fn grow(&mut self) {
        let slots = vec![(0, 0, 0); 4 * self.slots.len()];
        for step in std::mem::replace(&mut self.slots, slots) {
            if step.2 > 0 {
                let slot = self.slot(step.0, step.1);
                self.slots[slot] = step;
            }
        }
    }

    /// Where a step is or would be.
    fn slot(&self, node: u32, word: WordId) -> usize {
        let mask = self.slots.len() - 1;
        let spread = (u64::from(node) << 32 | u64::from(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut slot = (spread >> 32) as usize & mask;
        while self.slots[slot].2 != 0 && (self.slots[slot].0, self.slots[slot].1) != (node, word) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// The trie, with forms at the places that `forms` gives their numbers: nodes from which nothing goes on, two of three, become
    /// goals.
    pub fn pack(self, forms: &[u32]) -> Trie {
        let placed = |ending: Ending| match ending.form() {
            Some(form) => Ending((forms[form as usize] + 1) | (ending.0 & HAS_SAME)),
            None => ending,
        };
        let mut counts = vec![0_u32; self.endings.len()];
        self.steps().for_each(|(node, ..)| counts[node as usize] += 1);
        let mut nodes = vec![Node::default()];
        let mut room: u32 = 0;
        let goals: Vec<Goal> = self
            .endings
            .iter()
            .zip(&counts)
            .map(|(ending, count)| {
                let ending = placed(*ending).0;
                if *count == 0 {
                    return Goal(if ending == 0 { 0 } else { ending | IS_FORM });
                }
                if *count == 1 {
                    nodes.push(Node { ending: ending | HAS_ONE, next: 0, steps: 0 });
                } else {
                    nodes.push(Node { ending, next: 0, steps: room | size(*count) << PLACE_BITS });
                    room += 1 << size(*count);
                }
                Goal(nodes.len() as u32 - 1)
            })
            .collect();
        let mut packed = vec![(0, Goal::default()); room as usize];
        for (node, word, next) in self.steps() {
            let (number, next) = (node as usize, goals[next as usize]);
            let node = &mut nodes[goals[number].0 as usize];
            if counts[number] == 1 {
                (node.next, node.steps) = (word, next.0);
                continue;
            }
            node.next |= bit(word);
            let size = size(counts[number]);
            let own = &mut packed[(node.steps & ((1 << PLACE_BITS) - 1)) as usize..][..1 << size];
            let mut place = place(word, size);
            while own[place].0 != 0 {
                place = (place + 1) & (own.len() - 1);
            }
            own[place] = (word, next);
        }
        let first = |node: &u32| {
            let goal = if *node == 0 { Goal::default() } else { goals[*node as usize] };
            let next = match goal.reached() {
                Reached::Nowhere => 0,
                Reached::Form(_) => u32::MAX,
                Reached::Node(node) => nodes[node].bits(),
            };
            First { goal, next }
        };
        let first = self.first.iter().map(first).collect();
        let same = self.same.iter().map(|(form, ending)| (forms[*form as usize], placed(*ending)));
        Trie { first, nodes, steps: packed, same: same.collect() }
    }

    /// All steps but those of the beginning: node, word, and where it leads.
    fn steps(&self) -> impl Iterator<Item = (u32, WordId, u32)> + '_ {
        self.slots.iter().filter(|step| step.2 > 0).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_leads_where_it_did() {
        let mut builder = Builder::for_forms(1);
        let words = |form: usize| [form as u32 % 7 + 1, form as u32 % 91 + 1, form as u32 + 1];
        for form in 0..900 {
            let node = words(form).iter().fold(0, |node, word| builder.step(node, *word));
            builder.end(node, form);
        }
        let node = builder.step(0, 3);
        builder.end(node, 900);
        builder.end(node, 901);
        let places: Vec<u32> = (0..902).map(|form| 3 * form).collect();
        let trie = builder.pack(&places);
        let node =
            |goal: Goal| if let Reached::Node(node) = goal.reached() { trie.node(node) } else { panic!("no node") };
        for form in 0..900 {
            let [a, b, c] = words(form);
            let last = trie.step(node(trie.first(a).goal), b);
            assert_eq!(trie.ending(trie.step(node(last), c)).form(), Some(3 * form as u32));
            assert_eq!(trie.step(node(last), 5000), Goal::default());
        }
        let ending = trie.ending(trie.first(3).goal);
        assert_eq!((ending.form(), ending.has_same(), trie.same(2703).form()), (Some(2703), true, Some(2700)));
        assert_eq!(trie.first(8).goal, Goal::default());
    }
}
