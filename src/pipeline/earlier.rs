//! Mentions made earlier, taken in as if their documents were read again.
//!
//! A folder with `documents.csv` and `mentions.csv` (`goulet shard merge`, or the reports of an earlier run) says all that scoring
//! needs, and gives the same reports as the run over its documents. A table of mentions alone does not know the documents that name a
//! sector and state nothing: shares then come out higher, and a warning says so.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::cache::certainty;
use super::intake::{Cut, Destinations, Draft, Intake, Prepared, ReadCorpus, Twins};
use super::said::Said;
use crate::codes::{Channel, CountryCode, Language, MaterialId, Polarity, SectorId, Status};
use crate::corpus::Fingerprint;
use crate::dialect::TableReader;
use crate::error::{Error, ErrorKind, Result};
use crate::extract::{Certainties, Mention, Reading};
use crate::report::tables::DocumentFacts;
use crate::warning::Warnings;

/// A row of `mentions.csv`.
#[derive(Debug, Deserialize)]
struct MentionRecord {
    doc_id: String,
    date: Option<Date>,
    language: Language,
    publisher: String,
    channel: Channel,
    sector: SectorId,
    material: Option<MaterialId>,
    origin: Option<CountryCode>,
    target: Option<CountryCode>,
    status: Status,
    severity: f64,
    weight: f64,
    sentence: u32,
    start: usize,
    end: usize,
    lexeme: String,
    evidence: String,
    #[serde(default)]
    share: Option<f64>,
}

/// A row of the documents of a shard, or of `documents.csv`.
#[derive(Debug, Deserialize)]
struct DocumentRecord {
    doc_id: String,
    date: Option<Date>,
    language: Language,
    publisher: String,
    title: String,
    url: String,
    sectors: String,
    mentions: usize,
    fingerprint: Option<String>,
    cluster: Option<String>,
}

/// What taking in needs.
#[derive(Debug, Clone, Copy)]
pub struct Earlier {
    /// How documents are cut into periods.
    pub cut: Cut,
    /// What a status counts: the model's, not those of the file.
    pub certainties: Certainties,
    /// Every document weighs for itself.
    pub keep_duplicates: bool,
}

/// How near-duplicates are known.
#[derive(Default)]
struct Known {
    /// Cluster of each document that brings no fingerprint but a cluster; its size where only that is known.
    clusters: Vec<(u64, u32)>,
    /// Documents with a fingerprint.
    prints: usize,
}

impl Earlier {
    /// Takes in every folder or table of `paths`, in the order given, into the files that `into` names.
    ///
    /// # Errors
    /// When a table is missing, of another version, or does not fit the other; near-duplicates must be known in one way for all.
    pub fn read(&self, paths: &[PathBuf], into: &Destinations, warnings: &Warnings) -> Result<ReadCorpus> {
        let mut intake = Intake::open(self.cut, into)?;
        let mut known = Known::default();
        let drafting = intake.drafting();
        let twins = Twins::unless(self.keep_duplicates);
        let mut taking = Taking { intake: &mut intake, twins, draft: drafting.begin(), batch: Vec::new() };
        for path in paths {
            if path.is_dir() {
                self.take_folder(path, &mut taking, &mut known)?;
            } else {
                self.take_mentions(path, &mut taking, &mut known)?;
                warnings.note(
                    "mentions-alone",
                    format!(
                        "{}: documents that name a sector and state nothing are not known from mentions alone, so shares come out \
                         higher; give a folder that holds documents.csv beside mentions.csv",
                        path.display()
                    ),
                );
            }
        }
        taking.flush()?;
        if known.prints > 0 && !known.clusters.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "shards and tables of a finished run cannot be mixed")
                .hint("near-duplicates between them would not be found; read the documents again with --corpus"));
        }
        intake.finish(match self.keep_duplicates {
            true => Twins::Apart,
            false if known.clusters.is_empty() => Twins::Find,
            false => Twins::Known(sized(known.clusters)),
        })
    }

    fn take_folder(&self, folder: &Path, taking: &mut Taking<'_>, known: &mut Known) -> Result<()> {
        let (documents_file, mentions_file) = (folder.join("documents.csv"), folder.join("mentions.csv"));
        let mut mentions = Rows::<MentionRecord>::open(&mentions_file)?;
        for document in Rows::<DocumentRecord>::open(&documents_file)? {
            let (line, document) = document?;
            let mut stated = Vec::with_capacity(document.mentions);
            for _ in 0..document.mentions {
                let Some((at, mention)) = mentions.next().transpose()? else {
                    return Err(apart(&documents_file, line, "mentions.csv ends before the mentions of this document"));
                };
                if mention.doc_id != document.doc_id {
                    let message =
                        format!("a mention of `{}` where one of `{}` is due", mention.doc_id, document.doc_id);
                    return Err(apart(&mentions_file, at, &message));
                }
                stated.push(self.mention(mention));
            }
            let print = match (&document.fingerprint, &document.cluster) {
                (Some(print), _) => {
                    known.prints += 1;
                    print
                        .parse()
                        .map_err(|error: Error| error.at_line(&documents_file, line).in_column("fingerprint"))?
                }
                (None, cluster) => {
                    let id = cluster.as_deref().and_then(|id| u64::from_str_radix(id, 16).ok()).unwrap_or(0);
                    known.clusters.push((id, 0));
                    Fingerprint::of("")
                }
            };
            let sectors = document.sectors.split_whitespace().map(str::parse).collect::<Result<Vec<SectorId>>>();
            let sectors = sectors.map_err(|error| error.at_line(&documents_file, line).in_column("sectors"))?;
            taking.take(&document.facts(), print, &sectors, stated)?;
        }
        match mentions.next().transpose()? {
            None => Ok(()),
            Some((at, mention)) => {
                Err(apart(&mentions_file, at, &format!("`{}` is no document of documents.csv", mention.doc_id)))
            }
        }
    }

    /// Mentions of one document must stand together, as every table of mentions has them.
    fn take_mentions(&self, file: &Path, taking: &mut Taking<'_>, known: &mut Known) -> Result<()> {
        let mut rows = Rows::<MentionRecord>::open(file)?.peekable();
        while let Some(first) = rows.next() {
            let (_, first) = first?;
            let id = first.doc_id.clone();
            let size = if first.weight > 0.0 && first.weight < 1.0 { (1.0 / first.weight).round() as u32 } else { 1 };
            let mut stated = vec![self.mention(first)];
            while let Some(row) = rows.next_if(|row| row.as_ref().is_ok_and(|(_, mention)| mention.doc_id == id)) {
                stated.push(self.mention(row?.1));
            }
            known.clusters.push((0, size.max(1)));
            let of = &stated[0];
            let (id, publisher) = (Arc::clone(&of.doc_id), Arc::clone(&of.publisher));
            let facts = DocumentFacts {
                id: &id,
                date: of.date,
                language: of.language,
                publisher: &publisher,
                title: "",
                url: "",
            };
            taking.take(&facts, Fingerprint::of(""), &[], stated)?;
        }
        Ok(())
    }

    fn mention(&self, row: MentionRecord) -> Mention {
        Mention {
            doc_id: row.doc_id.as_str().into(),
            date: row.date,
            language: row.language,
            publisher: row.publisher.as_str().into(),
            channel: row.channel,
            sector: row.sector,
            material: row.material,
            origin: row.origin,
            target: row.target,
            status: row.status,
            polarity: Polarity::of(row.channel, row.status),
            severity: row.severity,
            certainty: certainty(row.status, &self.certainties),
            weight: 1.0,
            sentence: row.sentence,
            start: row.start,
            end: row.end,
            lexeme: row.lexeme,
            evidence: row.evidence,
            sentence_start: None,
            share: row.share,
        }
    }
}

impl DocumentRecord {
    fn facts(&self) -> DocumentFacts<'_> {
        let Self { doc_id: id, date, language, publisher, title, url, .. } = self;
        DocumentFacts { id, date: *date, language: *language, publisher, title, url }
    }
}

/// Documents on their way, a batch at a time.
struct Taking<'t> {
    intake: &'t mut Intake,
    twins: Twins,
    draft: Draft<'t>,
    batch: Vec<Prepared>,
}

impl Taking<'_> {
    fn take(
        &mut self,
        facts: &DocumentFacts<'_>,
        print: Fingerprint,
        sectors: &[SectorId],
        mentions: Vec<Mention>,
    ) -> Result<()> {
        let said = Said::of(sectors, &Reading { mentions, entities: Vec::new() })?;
        let placed = self.draft.add(facts, &said, &print)?;
        self.batch.push(Prepared {
            id: facts.id.to_owned(),
            date: facts.date,
            language: facts.language,
            publisher: facts.publisher.to_owned(),
            print: Arc::new(print),
            said: Arc::new(said),
            key: None,
            placed,
        });
        if self.draft.is_full() { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let batch: Vec<&Prepared> = self.batch.iter().collect();
        self.intake.take(&batch, self.draft.finish(), &self.twins)?;
        self.batch.clear();
        Ok(())
    }
}

/// Clusters with their sizes: documents of one id belong together, one without an id stands alone or has the size it came with.
fn sized(documents: Vec<(u64, u32)>) -> Vec<(u64, u32)> {
    let mut sizes: BTreeMap<u64, u32> = BTreeMap::new();
    for (id, _) in documents.iter().filter(|(id, _)| *id != 0) {
        *sizes.entry(*id).or_default() += 1;
    }
    documents.into_iter().map(|(id, size)| (id, sizes.get(&id).copied().unwrap_or(size.max(1)))).collect()
}

fn apart(file: &Path, line: u64, message: &str) -> Error {
    Error::new(ErrorKind::Data, message.to_owned())
        .at_line(file, line)
        .hint("the two tables are not of one run: make them again, and leave the order of their rows as it is")
}

/// The rows of a table with their lines, one at a time.
struct Rows<T> {
    file: PathBuf,
    table: TableReader<std::fs::File>,
    row: csv::StringRecord,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned> Rows<T> {
    fn open(path: &Path) -> Result<Self> {
        let hint = "name a table of mentions, or a folder with documents.csv and mentions.csv (`goulet shard merge`, `goulet run`)";
        let table = TableReader::open(path).map_err(|error| error.hint(hint))?;
        Ok(Self { file: path.to_owned(), table, row: csv::StringRecord::new(), of: PhantomData })
    }

    fn read(&mut self) -> Result<Option<(u64, T)>> {
        if !self.table.next_row(&mut self.row)? {
            return Ok(None);
        }
        let line = self.row.position().map_or(0, csv::Position::line);
        let row = self.row.deserialize(Some(self.table.columns())).map_err(|cause| {
            Error::new(ErrorKind::Format, cause.to_string())
                .at_line(&self.file, line)
                .hint("the table does not have the columns of this version, or was changed: make it again")
        })?;
        Ok(Some((line, row)))
    }
}

impl<T: DeserializeOwned> Iterator for Rows<T> {
    type Item = Result<(u64, T)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
