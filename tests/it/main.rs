//! One integration binary: it links the dependencies once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod bad_input;
mod contract;
mod defend;
mod direction;
mod gold;
mod language;
mod production;
mod properties;
mod rules;
mod scenario;
mod score;
mod supply_risk;
mod support;
mod workbook;
