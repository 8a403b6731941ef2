//! A corpus read by several processes, so that neither loss nor doubling can pass.
//!
//! 1. [`Plan`]: which files, or which parts of them, are a shard; made once, before any is read;
//! 2. [`run`](work::run): one shard read, its tables and its [`Receipt`] put in place whole or not at all;
//! 3. [`merge`](merge::merge): refuses unless there is exactly one receipt a shard and every count and hash agrees; its two tables are
//!    what `goulet run --mentions` scores.
//!
//! The order of documents is that of a single run, so the reports are the same bytes. Nothing here knows how processes are started:
//! `xargs -P`, an array of jobs and a cluster's tasks serve alike.

pub mod merge;
pub mod plan;
pub mod receipt;
pub mod work;

pub use plan::{Plan, Shard, ShardFile, ShardRows};
pub use receipt::Receipt;

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// The folder of a shard inside that of all shards.
pub fn folder_of(folder: &Path, shard: u32) -> PathBuf {
    folder.join(format!("shard-{shard:05}"))
}

/// JSON as it is written to files: indented, with a line end.
fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|cause| Error::new(ErrorKind::Format, "this cannot be written").caused_by(cause))
}

/// Reads a JSON file of ours.
fn from_json<T: serde::de::DeserializeOwned>(path: &Path, what: &str, remedy: &str) -> Result<T> {
    let text = fs_err::read_to_string(path).map_err(|cause| Error::io(path, cause).hint(remedy.to_owned()))?;
    parse(&text, path, what, remedy)
}

/// Reads JSON of ours; `path` is how faults name it.
fn parse<T: serde::de::DeserializeOwned>(text: &str, path: &Path, what: &str, remedy: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|cause| {
        Error::new(ErrorKind::Format, format!("not {what} of this version: {cause}"))
            .at_line(path, cause.line() as u64)
            .hint(remedy.to_owned())
    })
}
