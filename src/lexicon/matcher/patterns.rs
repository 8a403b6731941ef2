//! Forms on their way to a matcher, and what each stands for.

use std::collections::HashMap;

use super::vocabulary::{first_eight, hash, upper};
use crate::lexicon::Payload;

/// Texts one after another, without an allocation for each.
#[derive(Debug)]
pub struct Forms {
    text: String,
    /// Where form i begins; it ends where the next begins.
    starts: Vec<u32>,
}

impl Default for Forms {
    fn default() -> Self {
        Self { text: String::new(), starts: vec![0] }
    }
}

impl Forms {
    fn push(&mut self, form: &str) {
        self.text.push_str(form);
        self.starts.push(self.text.len() as u32);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Form `index`.
    pub fn get(&self, index: usize) -> &str {
        &self.text[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

/// Folded forms, each once, in the order in which they came, and what they stand for.
///
/// Forty thousand forms are made for a language when it is first asked for: their texts lie in one piece and are found by an
/// open-addressed table of their numbers, which takes a fifth of the time of a sorted map of strings.
#[derive(Debug)]
pub struct Patterns {
    forms: Forms,
    /// The upper half of a form's hash, and the form plus one; 0 where the slot is empty. A power of two, at most half full.
    slots: Vec<(u32, u32)>,
    /// Per form the first and the last of its payloads.
    lists: Vec<(u32, u32)>,
    /// A payload, and the next of the same form plus one; 0 for none.
    payloads: Vec<(Payload, u32)>,
}

/// Slots at first: enough for most tables of a language.
const SLOTS: usize = 1 << 14;

impl Default for Patterns {
    fn default() -> Self {
        Self { forms: Forms::default(), slots: vec![(0, 0); SLOTS], lists: Vec::new(), payloads: Vec::new() }
    }
}

impl Patterns {
    /// Lets `form` stand for `payload` too.
    pub fn add(&mut self, form: &str, payload: Payload) {
        if 2 * self.forms.len() >= self.slots.len() {
            self.grow();
        }
        let hash = hash(form.as_bytes());
        let slot = self.slot(hash, form);
        let next = self.payloads.len() as u32;
        if self.slots[slot].1 == 0 {
            self.forms.push(form);
            self.slots[slot] = (upper(hash), self.forms.len() as u32);
            self.lists.push((next, next));
        } else {
            let form = self.slots[slot].1 as usize - 1;
            let (first, last) = self.lists[form];
            if self.list(first + 1).any(|known| known == payload) {
                return;
            }
            self.payloads[last as usize].1 = next + 1;
            self.lists[form].1 = next;
        }
        self.payloads.push((payload, 0));
    }

    /// What a form stands for; nothing where it is not known.
    pub fn payloads_of(&self, form: &str) -> impl Iterator<Item = Payload> + '_ {
        let slot = self.slot(hash(form.as_bytes()), form);
        let known = (self.slots[slot].1 as usize).checked_sub(1);
        self.list(known.map_or(0, |index| self.lists[index].0 + 1))
    }

    fn list(&self, first: u32) -> impl Iterator<Item = Payload> + '_ {
        let mut next = first;
        std::iter::from_fn(move || {
            let (payload, after) = *self.payloads.get((next as usize).checked_sub(1)?)?;
            next = after;
            Some(payload)
        })
    }

    /// The forms, the list of what each stands for, and these lists.
    pub fn into_parts(self) -> (Forms, Vec<u32>, Lists) {
        let mut lists = Lists::default();
        let mut known: HashMap<Vec<Payload>, u32> = HashMap::new();
        let mut payloads = Vec::new();
        let mut of_forms: Vec<u32> = Vec::with_capacity(self.forms.len());
        for (first, _) in &self.lists {
            payloads.clear();
            payloads.extend(self.list(first + 1));
            payloads.sort_unstable();
            // Forms of one entry follow one another.
            let last = of_forms.last().copied().filter(|last| lists.get(*last) == payloads);
            let list = last.or_else(|| known.get(&payloads).copied()).unwrap_or_else(|| {
                let next = lists.push(&payloads);
                known.insert(payloads.clone(), next);
                next
            });
            of_forms.push(list);
        }
        (self.forms, of_forms, lists)
    }

    fn grow(&mut self) {
        self.slots = vec![(0, 0); 4 * self.slots.len()];
        for index in 0..self.forms.len() {
            let form = self.forms.get(index);
            let hash = hash(form.as_bytes());
            let slot = self.slot(hash, form);
            self.slots[slot] = (upper(hash), index as u32 + 1);
        }
    }

    /// Where a form of a hash is or would be.
    fn slot(&self, hash: u64, form: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let (known, index) = self.slots[slot];
            if index == 0 || known == upper(hash) && self.forms.get(index as usize - 1) == form {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// What forms stand for, in order; forms that stand for the same share a list.
#[derive(Debug)]
pub struct Lists {
    payloads: Vec<Payload>,
    /// Where list i begins; it ends where the next begins.
    starts: Vec<u32>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { payloads: Vec::new(), starts: vec![0] }
    }
}

impl Lists {
    fn push(&mut self, payloads: &[Payload]) -> u32 {
        self.payloads.extend(payloads);
        self.starts.push(self.payloads.len() as u32);
        self.starts.len() as u32 - 2
    }

    /// A list.
    #[inline]
    pub fn get(&self, list: u32) -> &[Payload] {
        &self.payloads[self.starts[list as usize] as usize..self.starts[list as usize + 1] as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }
}

/// Forms as a search reads them: the list of each, its length and its text in one place, so that a form that is found costs one
/// wait for memory.
#[derive(Debug)]
pub struct Records(Vec<u8>);

impl Records {
    /// Of forms with their lists; and where the record of each is.
    pub fn new(forms: &Forms, lists: &[u32]) -> (Self, Vec<u32>) {
        let mut bytes = Vec::with_capacity(forms.text.len() + forms.len() * HEAD + 8);
        let mut places = Vec::with_capacity(forms.len());
        for (form, list) in lists.iter().enumerate() {
            let text = forms.get(form);
            places.push(bytes.len() as u32);
            bytes.extend(list.to_le_bytes());
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.bytes());
        }
        // Eight bytes of any text can be read at once.
        bytes.extend([0; 8]);
        (Self(bytes), places)
    }

    /// The list of the form whose record is at `place`, if it stands at `start..end` of `text`: most are short, and compared at once.
    #[inline]
    pub fn list_of(&self, place: u32, text: &[u8], start: u32, end: u32) -> Option<u32> {
        let record = &self.0[place as usize..];
        let head = first_eight(record, 0);
        let len = end - start;
        if (head >> 32) as u32 != len {
            return None;
        }
        let stands = if len > 8 {
            record[HEAD..][..len as usize] == text[start as usize..end as usize]
        } else {
            let differs = first_eight(record, HEAD) ^ first_eight(text, start as usize);
            len == 0 || differs << (64 - 8 * len) == 0
        };
        stands.then_some(head as u32)
    }
}

/// Bytes of a record before its text.
const HEAD: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_keep_their_order_and_their_payloads() {
        let mut patterns = Patterns::default();
        for number in 0..3000 {
            patterns.add(&format!("form {}", number % 1500), Payload::Good(number));
            patterns.add("same", Payload::Cue(1));
        }
        assert_eq!(patterns.payloads_of("form 7").collect::<Vec<_>>(), [Payload::Good(7), Payload::Good(1507)]);
        assert_eq!(patterns.payloads_of("same").collect::<Vec<_>>(), [Payload::Cue(1)]);
        assert_eq!(patterns.payloads_of("other").count(), 0);
        let (forms, of_forms, lists) = patterns.into_parts();
        assert_eq!((forms.len(), forms.get(0), forms.get(1)), (1501, "form 0", "same"));
        assert_eq!(lists.get(of_forms[1]), [Payload::Cue(1)]);
        let (records, places) = Records::new(&forms, &of_forms);
        assert_eq!(records.list_of(places[1], b"the same", 4, 8), Some(of_forms[1]));
        assert_eq!(records.list_of(places[1], b"some", 0, 4), None);
        assert_eq!(records.list_of(places[1500], b"form 1499", 0, 9), Some(of_forms[1500]));
    }

    #[test]
    fn forms_that_stand_for_the_same_share_a_list() {
        let mut patterns = Patterns::default();
        for (form, payload) in [("a", 1), ("b", 2), ("c", 1), ("d", 2), ("b", 1), ("d", 1)] {
            patterns.add(form, Payload::Cue(payload));
        }
        let (_, of_forms, lists) = patterns.into_parts();
        assert_eq!((of_forms, lists.len()), (vec![0, 1, 0, 1], 2));
        assert_eq!(lists.get(1), [Payload::Cue(1), Payload::Cue(2)]);
    }
}
