//! One integration binary: it links the dependencies once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod bad_input;
mod cache;
mod contract;
mod defend;
mod diff;
mod direction;
mod fuzzed;
mod gold;
mod language;
mod page;
mod production;
mod properties;
mod readers;
mod robust;
mod rules;
mod scenario;
mod score;
mod shard;
mod supply_risk;
mod support;
mod tables;
mod terminal;
mod workbook;
