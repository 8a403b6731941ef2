//! Goulet turns what documents say about export controls, concentration and coercion into risk indicators per sector and
//! country, joins them with structural data, and scores both in a weighted model. Every number leads back to the sentence,
//! the data row and the weight that made it.
//!
//! The stages, in the order in which data flows; each takes the type on its left and returns the one on its right:
//!
//! 1. [`corpus`]: files → [`corpus::Document`]
//! 2. [`lexicon`]: tables of words and places → [`lexicon::Lexicon`]
//! 3. [`extract`]: a document → [`extract::Reading`] (mentions and entities)
//! 4. [`structural`]: production shares, governance, restrictions → [`indicators::IndicatorTable`]
//! 5. [`indicators`]: mentions → [`indicators::IndicatorTable`]
//! 6. [`model`]: a table of indicators and a model file → [`model::Scores`]
//! 7. [`report`]: scores → files
//!
//! [`scenario`] supposes a loss of supply and follows it through the tables of 4 and the scores of 6.
//!
//! Tables have one form inside; [`dialect`] knows those they have on disk.
//!
//! [`pipeline`] is the only place that knows this order. What the engine knows (languages, countries, sectors, materials,
//! shares, weights) is in tables ([`data`]), not in code.
//!
//! ```
//! use goulet::corpus::Document;
//! use goulet::data::DataSource;
//! use goulet::extract::{DEFAULT_CERTAINTIES, Extractor};
//! use goulet::lexicon::Lexicon;
//!
//! let lexicon = Lexicon::load(&DataSource::Embedded)?;
//! let extractor = Extractor::new(&lexicon, DEFAULT_CERTAINTIES);
//! let title = "China bans exports of gallium to the United States";
//! let document = Document {
//!     id: "one".into(),
//!     date: None,
//!     language: "en".parse()?,
//!     publisher: String::new(),
//!     url: String::new(),
//!     text: Document::join(title, ""),
//!     title_len: title.len(),
//! };
//! let mentions = extractor.read(&document)?.mentions;
//! assert_eq!(mentions[0].sector.as_str(), "critical_minerals");
//! assert_eq!(mentions[0].origin.unwrap().as_str(), "CHN");
//! assert_eq!(mentions[0].target.unwrap().as_str(), "USA");
//! # Ok::<(), goulet::error::Error>(())
//! ```

mod bits;
pub mod check;
pub mod cli;
pub mod codes;
pub mod corpus;
pub mod data;
pub mod dialect;
pub mod error;
pub mod eval;
pub mod extract;
pub mod indicators;
mod lately;
pub mod lexicon;
pub mod model;
pub mod pipeline;
pub mod report;
pub mod scenario;
mod sheet;
mod spool;
pub mod structural;
pub mod warning;
