//! Which countries of a sentence stand in one list.

use std::ops::Range;

use super::SentenceView;

/// Words that may stand between a company and the country of the next in a list.
const COMPANY_LIST_REACH: usize = 4;

impl SentenceView<'_> {
    /// Countries joined by nothing but commas, list words and articles share a list number. Two countries that a comma alone
    /// parts are no list ("to please Bogota, Washington ..."); where `、` joins lists, a comma ends them.
    pub(super) fn number_lists(&mut self, slice: &str, joints: &[(Range<usize>, bool)], commas_end_lists: bool) {
        if self.places.len() < 2 {
            return;
        }
        let kinds: Vec<Joint> = (0..self.places.len())
            .map(|i| if i == 0 { Joint::None } else { self.joint(i, slice, joints, commas_end_lists) })
            .collect();
        for i in 1..self.places.len() {
            let is_longer = kinds[i - 1] != Joint::None || kinds.get(i + 1).is_some_and(|next| *next != Joint::None);
            if self.is_headed_by(&self.places[i - 1]) {
                continue;
            }
            if kinds[i] == Joint::Word || (kinds[i] == Joint::Comma && is_longer) {
                self.places[i].list = self.places[i - 1].list;
            }
        }
    }

    /// What joins a country to the one before it.
    fn joint(&self, i: usize, slice: &str, joints: &[(Range<usize>, bool)], commas_end_lists: bool) -> Joint {
        let (earlier, later) = (&self.places[i - 1], &self.places[i]);
        let (before, after) = (earlier.span.bytes.end, later.span.bytes.start);
        if before >= after {
            return Joint::None;
        }
        // "Tokyo Electron and the Dutch firm ASML"
        let follows_company = earlier.is_company && joints.iter().any(|(joint, _)| joint.start == before + 1);
        if follows_company && later.span.distance(&earlier.span) <= COMPANY_LIST_REACH {
            return Joint::Word;
        }
        let mut kind = Joint::None;
        let mut position = before;
        for character in slice[before - self.bytes.start..after - self.bytes.start].chars() {
            let at = position;
            position += character.len_utf8();
            match character {
                '、' | '·' | '・' | '/' => kind = Joint::Word,
                ',' | '，' if !commas_end_lists => kind = kind.max(Joint::Comma),
                _ if character.is_whitespace() => {}
                _ => match joints.iter().find(|(joint, _)| joint.start <= at && at < joint.end) {
                    Some((joint, true)) if joint.end <= after => kind = Joint::Word,
                    Some((joint, false)) if joint.end <= after => {}
                    _ => return Joint::None,
                },
            }
        }
        kind
    }
}

/// What stands between two countries of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Joint {
    /// Other words.
    None,
    /// A comma, with or without an article.
    Comma,
    /// A word or sign that joins a list.
    Word,
}
