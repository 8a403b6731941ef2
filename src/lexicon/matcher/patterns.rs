//! Forms on their way to a matcher, and what each stands for.

use std::ops::Range;

use super::vocabulary::{first_eight, hash};
use crate::lexicon::Payload;

/// Texts one after another, without an allocation for each.
#[derive(Debug)]
pub struct Forms {
    text: String,
    /// Where form i and its payloads begin; they end where those of the next begin. Both are asked for whenever a form is found.
    starts: Vec<(u32, u32)>,
}

impl Default for Forms {
    fn default() -> Self {
        Self { text: String::new(), starts: vec![(0, 0)] }
    }
}

impl Forms {
    fn push(&mut self, form: &str) {
        self.text.push_str(form);
        self.starts.push((self.text.len() as u32, 0));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Form `index`.
    pub fn get(&self, index: usize) -> &str {
        &self.text[self.range(index)]
    }

    fn range(&self, index: usize) -> Range<usize> {
        self.starts[index].0 as usize..self.starts[index + 1].0 as usize
    }

    /// Which payloads are those of form `index`.
    #[inline]
    pub fn payloads(&self, index: usize) -> Range<usize> {
        self.starts[index].1 as usize..self.starts[index + 1].1 as usize
    }

    /// Whether a form stands at `start..end` of `text`: most are short, and compared at once.
    #[inline]
    pub fn stands(&self, form: u32, text: &[u8], start: u32, end: u32) -> bool {
        let (from, to) = (self.starts[form as usize].0, self.starts[form as usize + 1].0);
        let (len, forms) = (end - start, self.text.as_bytes());
        if to - from != len {
            return false;
        }
        if len > 8 {
            return forms[from as usize..to as usize] == text[start as usize..end as usize];
        }
        let differs = first_eight(forms, from as usize) ^ first_eight(text, start as usize);
        len == 0 || differs << (64 - 8 * len) == 0
    }
}

/// Folded forms, each once, in the order in which they came, and what they stand for.
///
/// Forty thousand forms are made for a language when it is first asked for: their texts lie in one piece and are found by an
/// open-addressed table of their numbers, which takes a fifth of the time of a sorted map of strings.
#[derive(Debug)]
pub struct Patterns {
    forms: Forms,
    /// Form, plus one; 0 where the slot is empty. A power of two, at most half full.
    slots: Vec<u32>,
    /// Per form the first and the last of its payloads.
    lists: Vec<(u32, u32)>,
    /// A payload, and the next of the same form plus one; 0 for none.
    payloads: Vec<(Payload, u32)>,
}

impl Default for Patterns {
    fn default() -> Self {
        Self { forms: Forms::default(), slots: vec![0; 1024], lists: Vec::new(), payloads: Vec::new() }
    }
}

impl Patterns {
    /// Lets `form` stand for `payload` too.
    pub fn add(&mut self, form: &str, payload: Payload) {
        if 2 * self.forms.len() >= self.slots.len() {
            self.slots = vec![0; 4 * self.slots.len()];
            for index in 0..self.forms.len() {
                let slot = self.slot(self.forms.get(index));
                self.slots[slot] = index as u32 + 1;
            }
        }
        let slot = self.slot(form);
        let next = self.payloads.len() as u32;
        if self.slots[slot] == 0 {
            self.forms.push(form);
            self.slots[slot] = self.forms.len() as u32;
            self.lists.push((next, next));
        } else {
            if self.payloads_of(form).any(|known| known == payload) {
                return;
            }
            let list = &mut self.lists[self.slots[slot] as usize - 1];
            self.payloads[list.1 as usize].1 = next + 1;
            list.1 = next;
        }
        self.payloads.push((payload, 0));
    }

    /// What a form stands for; nothing where it is not known.
    pub fn payloads_of(&self, form: &str) -> impl Iterator<Item = Payload> + '_ {
        let known = (self.slots[self.slot(form)] as usize).checked_sub(1);
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

    /// The forms, and the payloads of all.
    pub fn into_parts(mut self) -> (Forms, Vec<Payload>) {
        let mut payloads = Vec::with_capacity(self.payloads.len());
        for (index, (first, _)) in self.lists.iter().enumerate() {
            payloads.extend(self.list(first + 1));
            self.forms.starts[index + 1].1 = payloads.len() as u32;
        }
        (self.forms, payloads)
    }

    /// Where a form is or would be.
    fn slot(&self, form: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(form.as_bytes()) as usize & mask;
        while self.slots[slot] != 0 && self.forms.get(self.slots[slot] as usize - 1) != form {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

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
        let (forms, payloads) = patterns.into_parts();
        assert_eq!((forms.len(), forms.get(0), forms.get(1)), (1501, "form 0", "same"));
        assert_eq!(payloads[forms.payloads(1)], [Payload::Cue(1)]);
    }
}
