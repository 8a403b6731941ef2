//! [`Receipt`]: what a shard read and wrote.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{from_json, parse, to_json};
use crate::error::Result;

/// The name of the file.
pub const NAME: &str = "receipt.json";
/// The tables of a shard.
pub const TABLES: [&str; 2] = ["documents.csv", "mentions.csv"];

/// What a shard read and wrote; it appears together with the tables it speaks of, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which plan ([`super::Plan::id`]).
    pub plan: String,
    /// Which shard.
    pub shard: u32,
    /// Bytes read, as stored.
    pub bytes: u64,
    /// Documents read.
    pub documents: u64,
    /// Mentions found.
    pub mentions: u64,
    /// The tables beside it.
    pub tables: Vec<TableReceipt>,
    /// The files read, with the SHA-256 of what was read of each.
    pub inputs: BTreeMap<String, Option<String>>,
    /// What was said while reading: losses first.
    pub warnings: Vec<Said>,
}

/// A table as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReceipt {
    /// File name.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A warning of a shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Whether something that was asked for could not be read.
    pub loss: bool,
    /// Code of the warning.
    pub code: String,
    /// Its text.
    pub message: String,
}

impl Receipt {
    /// Reads the receipt of a folder.
    ///
    /// # Errors
    /// When it is missing or none of this version.
    pub fn read(folder: &Path) -> Result<Self> {
        from_json(&folder.join(NAME), "a receipt", "run the shard again with `goulet shard run`")
    }

    /// A receipt from its text, which went another way than through a file.
    ///
    /// # Errors
    /// When it is none of this version.
    pub fn parse(text: &str) -> Result<Self> {
        parse(text, Path::new(NAME), "a receipt", "run the shard again")
    }

    /// The receipt as it is written to a file.
    ///
    /// # Errors
    /// Never for one that was read or made here.
    pub fn text(&self) -> Result<String> {
        to_json(self)
    }
}
