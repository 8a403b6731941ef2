//! Documents reduced to the different texts they hold, numbered in order of their hash, and the groups these form.

use super::fingerprint::SHORTEST;
use super::prints::{Head, Prints, Signatures};
use crate::error::Result;
use crate::spool::Spool;

/// Marks the entry of a group's root, which holds the number of its documents.
const ROOT: u32 = 1 << 31;
/// In place of the text of a document without words.
pub(super) const NONE: u32 = u32::MAX;

/// Different texts. Four bytes a document and eight a fingerprint, whatever their length.
pub(super) struct Texts {
    /// The fingerprint of each document.
    pub of_document: Vec<u32>,
    /// The text of each fingerprint, or [`NONE`].
    pub of_print: Vec<u32>,
    /// By fingerprint, a bit each: whether it stands for its text, and the text is long enough to be compared.
    compared: Vec<u64>,
    /// The hash of each text, eight bytes.
    contents: Spool,
    /// Who belongs with whom.
    pub groups: Groups,
}

impl Texts {
    /// The texts of all documents, and their signatures.
    pub fn of(prints: Prints) -> Result<(Self, Signatures)> {
        let Prints { folder, heads, signatures, prints, of_document, .. } = prints;
        let mut texts = Self {
            of_document,
            of_print: vec![NONE; prints as usize],
            compared: vec![0; prints.div_ceil(64) as usize],
            contents: Spool::within(&folder),
            groups: Groups { above: Vec::new() },
        };
        let mut heads = heads.sorted()?;
        // The text at hand: the head that stands for it, the last one seen.
        let mut current: Option<(Head, Head)> = None;
        while let Some(head) = heads.next()? {
            current = match current {
                Some((stands, last)) if last.content == head.content => {
                    Some((texts.standing(stands, last, head, &signatures)?, head))
                }
                previous => {
                    texts.end(previous.map(|(stands, _)| stands))?;
                    texts.contents.write(&head.content.to_le_bytes())?;
                    texts.groups.above.push(ROOT);
                    Some((head, head))
                }
            };
            let number = texts.groups.above.len() - 1;
            texts.of_print[head.print as usize] = number as u32;
        }
        texts.end(current.map(|(stands, _)| stands))?;
        let of_documents = texts.of_document.iter().map(|print| texts.of_print[*print as usize]);
        of_documents.filter(|text| *text != NONE).for_each(|text| texts.groups.above[text as usize] += 1);
        Ok((texts, signatures))
    }

    /// By the whole fingerprint: of two texts equal but for their spaces, the same one stands for both in any order.
    fn standing(&self, stands: Head, last: Head, head: Head, signatures: &Signatures) -> Result<Head> {
        if head.words != stands.words || head.mark == last.mark {
            return Ok(stands);
        }
        Ok(if signatures.of(head.print)? < signatures.of(stands.print)? { head } else { stands })
    }

    fn end(&mut self, stands: Option<Head>) -> Result<()> {
        if let Some(head) = stands.filter(|head| head.words >= SHORTEST) {
            self.compared[head.print as usize / 64] |= 1 << (head.print % 64);
        }
        Ok(())
    }

    /// Whether a fingerprint is to be compared, on behalf of all of its text.
    pub fn is_compared(&self, print: u32) -> bool {
        self.compared[print as usize / 64] >> (print % 64) & 1 == 1
    }

    /// The hash of a text.
    pub fn content(&self, text: u32) -> Result<u64> {
        let mut bytes = [0; 8];
        self.contents.read_at(8 * u64::from(text), &mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

/// Disjoint groups of texts; the root of a group is its smallest number, hence its smallest hash.
pub(super) struct Groups {
    /// The text above each, or for a root [`ROOT`] and the number of documents in the group.
    above: Vec<u32>,
}

impl Groups {
    /// The root of a text; what was passed on the way is brought nearer to it.
    pub fn root(&mut self, mut text: u32) -> u32 {
        loop {
            let above = self.above[text as usize];
            if above & ROOT != 0 {
                return text;
            }
            let next = self.above[above as usize];
            if next & ROOT != 0 {
                return above;
            }
            self.above[text as usize] = next;
            text = next;
        }
    }

    /// The root of a text and the number of documents in its group.
    pub fn found(&self, mut text: u32) -> (u32, u32) {
        while self.above[text as usize] & ROOT == 0 {
            text = self.above[text as usize];
        }
        (text, self.above[text as usize] & !ROOT)
    }

    pub fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            let (root, below) = (one.min(other), one.max(other));
            self.above[root as usize] += self.above[below as usize] & !ROOT;
            self.above[below as usize] = root;
        }
    }
}
