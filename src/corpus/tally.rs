//! What is counted over all files, and said once at the end.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::warning::Warnings;

use super::assemble::Assembled;

/// Counts over all documents; a few bytes a document.
#[derive(Debug, Default)]
pub(super) struct Tally {
    ids: HashSet<u64>,
    texts: HashSet<u64>,
    undated: Repeated,
    repeated_ids: Repeated,
    dropped: Repeated,
}

/// A count and its first example.
#[derive(Debug, Default)]
struct Repeated {
    count: usize,
    first: String,
}

impl Repeated {
    fn add(&mut self, example: impl FnOnce() -> String) {
        if self.count == 0 {
            self.first = example();
        }
        self.count += 1;
    }
}

impl Tally {
    /// Counts a document of `file`; false when it is to be dropped because `text_hash` was seen before.
    pub fn add(&mut self, assembled: &Assembled, text_hash: Option<u64>, file: &str) -> bool {
        let id = &assembled.document.id;
        if text_hash.is_some_and(|hash| !self.texts.insert(hash)) {
            self.dropped.add(|| id.clone());
            return false;
        }
        if !self.ids.insert(xxh3_64(id.as_bytes())) {
            self.repeated_ids.add(|| format!("`{id}` in {file}"));
        }
        if assembled.is_undated {
            self.undated.add(|| id.clone());
        }
        true
    }

    /// Says what was counted.
    pub fn finish(&self, warnings: &Warnings) {
        let plural = |count: usize, one: &'static str, many: &'static str| if count == 1 { one } else { many };
        let Repeated { count, first } = &self.undated;
        if *count > 0 {
            let (has, counts) =
                (plural(*count, "document has", "documents have"), plural(*count, "it counts", "they count"));
            let message = format!(
                "{count} {has} no date: {counts} in period all only; add `date` to the front matter or record (first: `{first}`)"
            );
            warnings.note("undated", message);
        }
        let Repeated { count, first } = &self.repeated_ids;
        if *count > 0 {
            let has = plural(*count, "document has", "documents have");
            let message = format!(
                "{count} {has} the id of another: their mentions cannot be told apart; give each its own `id` (first: {first})"
            );
            warnings.note("repeated-id", message);
        }
        let Repeated { count, first } = &self.dropped;
        if *count > 0 {
            let were = plural(*count, "document was", "documents were");
            let message =
                format!("{count} {were} left out because the text equals that of an earlier one (first: `{first}`)");
            warnings.note("duplicate-dropped", message);
        }
    }
}
