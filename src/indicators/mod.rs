//! Mentions → text indicators, and the one table that text and structural indicators meet in.
//!
//! 1. [`Tally`] remembers, document by document, what was said: a few dozen bytes each, on disk where they are many, so that the
//!    documents themselves can go.
//! 2. [`weights`] says what each document counts, once all near-duplicates are known.
//! 3. [`text_indicators`] turns both into shares of relevant documents, shrunk and with intervals (METHODS, section 2).
//! 4. [`bootstrap`] says what they might have been, with other documents of the same kind.
//! 5. [`IndicatorTable`] holds them; [`crate::structural`] makes the same table from production, trade and governance.
//!
//! Documents may arrive in any order: sums are exact ([`exact_sum`]), units are visited in the order of their codes.
//! Nothing here reads text, and nothing here scores.

pub mod beta;
pub mod bootstrap;
pub mod counts;
pub mod exact_sum;
pub mod measure;
pub mod row;
pub mod settings;
pub mod table;
mod table_csv;
pub mod tally;
pub mod text;
pub mod weight;

pub use bootstrap::Bootstrap;
pub use measure::Measure;
pub use row::{Basis, IndicatorRow};
pub use settings::TextSettings;
pub use table::{COLUMNS, IndicatorTable};
pub use tally::{DocumentSummary, Summed, Tally};
pub use text::text_indicators;
pub use weight::{Weights, weights};
