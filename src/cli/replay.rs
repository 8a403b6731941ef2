//! `goulet run --manifest FILE`: a run done again from its description.

use std::path::Path;

use serde_json::json;

use super::say::{Say, table};
use crate::error::{Error, ErrorKind};
use crate::pipeline::replay::{Difference, Manifest, replay};
use crate::warning::Warnings;

/// Does the run again, into `out` or a folder that is thrown away.
pub fn run(manifest: &Path, out: Option<&Path>, warnings: &Warnings, say: &Say) -> anyhow::Result<()> {
    let recorded = Manifest::read(manifest)?;
    let scratch = tempfile::tempdir()?;
    let bar = say.progress(recorded.bytes(), "reading");
    let found = replay(&recorded, out.unwrap_or(scratch.path()), warnings, &|bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let found = found?;
    if say.json() {
        let all: Vec<_> = found
            .iter()
            .map(|one| json!({ "what": one.what, "name": one.name, "recorded": one.recorded, "now": one.now }))
            .collect();
        say.result(&serde_json::to_string_pretty(&json!({ "same": found.is_empty(), "differences": all }))?);
    } else if found.is_empty() {
        say.result("same bytes");
    } else {
        say.result(&table(&["what", "name", "recorded", "now"], found.iter().map(cells), 4));
    }
    if found.is_empty() {
        return Ok(());
    }
    let is_missing = found.iter().any(|one| one.now.is_none() && one.what != "file");
    let (message, hint) = if is_missing {
        (
            "not run again: what it read is no longer there",
            "paths are as the run was given them: run from the same folder",
        )
    } else {
        ("the run does not give the same bytes", "`goulet diff` tells what each cause does to the scores")
    };
    Err(Error::new(ErrorKind::Data, message).at_file(manifest).hint(hint).into())
}

fn cells(found: &Difference) -> Vec<String> {
    vec![
        found.what.to_owned(),
        found.name.clone(),
        found.recorded.as_deref().map_or("not there", short).to_owned(),
        found.now.as_deref().map_or("missing", short).to_owned(),
    ]
}

/// A hash as people compare it: its first digits.
fn short(hash: &str) -> &str {
    hash.strip_prefix("sha256:").and_then(|digits| digits.get(..12)).unwrap_or(hash)
}
