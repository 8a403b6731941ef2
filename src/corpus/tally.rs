//! What is counted over all files, and said once at the end.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use crate::error::Result;
use crate::lately::OfHash;
use crate::spool::Sorter;
use crate::warning::Warnings;

use super::stream::Counted;

/// Ids that are known at once; those of later documents are sorted on disk, and repetitions among them found at the end.
const AT_ONCE: usize = 1 << 21;

/// A corpus of more documents has mostly many more.
const FEW: usize = 1 << 12;

/// Hashes, which need no other.
type Hashes = HashSet<u64, BuildHasherDefault<OfHash>>;

/// Counts over all documents. Memory holds the hashes of the first two million ids.
#[derive(Debug)]
pub(super) struct Tally {
    ids: Hashes,
    /// Those of later documents; what went wrong, once something did.
    later: Result<Option<Sorter<u64>>>,
    texts: Hashes,
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

impl Default for Tally {
    fn default() -> Self {
        Self {
            ids: Hashes::default(),
            later: Ok(None),
            texts: Hashes::default(),
            undated: Repeated::default(),
            repeated_ids: Repeated::default(),
            dropped: Repeated::default(),
        }
    }
}

impl Tally {
    /// Counts a document of `file`; false when it is to be dropped because its text was there before.
    pub fn add(&mut self, id: &str, counted: Counted, file: &str) -> bool {
        if counted.text.is_some_and(|hash| !self.texts.insert(hash)) {
            self.dropped.add(|| id.to_owned());
            return false;
        }
        if !self.is_new(counted.id) {
            self.repeated_ids.add(|| format!("`{id}` in {file}"));
        }
        if counted.is_undated {
            self.undated.add(|| id.to_owned());
        }
        true
    }

    /// Whether an id is not known to have been there before.
    fn is_new(&mut self, id: u64) -> bool {
        if self.ids.len() < AT_ONCE {
            // To make room again and again takes longer than to ask.
            if self.ids.len() == FEW {
                self.ids.reserve(AT_ONCE / 8);
            }
            return self.ids.insert(id);
        }
        let is_new = !self.ids.contains(&id);
        if let (true, Ok(later)) = (is_new, &mut self.later)
            && let Err(error) = later.get_or_insert_with(|| Sorter::within(&std::env::temp_dir(), AT_ONCE)).push(id)
        {
            self.later = Err(error);
        }
        is_new
    }

    /// Counts the ids that are there more than once among the later documents.
    fn count_later(&mut self) -> Result<()> {
        let Some(later) = std::mem::replace(&mut self.later, Ok(None))? else { return Ok(()) };
        let (mut ids, mut last) = (later.sorted()?, None);
        while let Some(id) = ids.next()? {
            if last.replace(id) == Some(id) {
                self.repeated_ids.add(|| "among the later documents".to_owned());
            }
        }
        Ok(())
    }

    /// Says what was counted.
    pub fn finish(&mut self, warnings: &Warnings) {
        if let Err(error) = self.count_later() {
            warnings.note("repeated-id", format!("whether ids repeat was not found out: {error}"));
        }
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
