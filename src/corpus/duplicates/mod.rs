//! Near-duplicates: what one agency wrote and many published counts once.
//!
//! A [`Fingerprint`] of fixed size is made per document while it is read and kept on disk ([`Prints`]); [`Clusters::find`] groups those whose
//! texts share at least [`SIMILAR`] of their word sequences. An article with another headline, first sentence
//! and agency credit joins its original; two reports of one event in their own words do not (they share next to
//! nothing: one changed word in five is enough to change every sequence). What it cannot tell apart: notices made
//! from one template that differ in a name or a number only.
//!
//! Time is linear in the number of documents, memory about thirteen bytes a document while clusters are found (four where copies share a fingerprint), and the result does not depend on their order.

mod clusters;
mod fingerprint;
mod fold;
mod prints;
mod texts;

pub use clusters::Clusters;
pub use fingerprint::Fingerprint;
pub use prints::Prints;

/// Share of common word sequences (Jaccard, as estimated) from which two documents are one. An article
/// of 150 words with a new lead of 25 words and a credit keeps a little more than half.
pub const SIMILAR: f64 = 0.5;

#[cfg(test)]
mod tests;
