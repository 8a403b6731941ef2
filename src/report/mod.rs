//! Scores → files that people open.
//!
//! CSV is the ground ([`tables`]); [`package`] describes every table so that the run can be repeated. Files appear whole or not
//! at all ([`outbox`]); text from documents is text, never a formula ([`cells`]). [`dress`] rewrites tables for where they are opened, [`parquet`] for programs. [`composite`] writes the files of `goulet score`, [`production`], [`scenario`] and [`supply_risk`] those of the commands of their names. [`comparison`], [`diff`] and [`explain`] read the
//! reports back: nothing they say rests on anything that is not in the files.

pub mod cells;
pub mod comparison;
pub mod composite;
pub mod diff;
pub mod dress;
pub mod explain;
pub mod findings;
pub mod names;
pub mod outbox;
pub mod package;
pub mod page;
pub mod parquet;
pub mod production;
pub mod scenario;
pub mod staging;
pub mod supply_risk;
pub mod tables;
pub mod workbook;
