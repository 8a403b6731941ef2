//! One shard read.

use std::path::{Path, PathBuf};

use super::receipt::{NAME, Said, TABLES, TableReceipt};
use super::{Plan, Receipt, Shard, folder_of};
use crate::codes::Granularity;
use crate::corpus::{Corpus, Input, Part, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::extract::Extractor;
use crate::indicators::Weights;
use crate::pipeline::Knowledge;
use crate::pipeline::intake::{Cut, Destinations, Documents};
use crate::pipeline::read::Reader;
use crate::report::outbox::hash_of;
use crate::report::staging::Staging;
use crate::warning::Warnings;

/// Reads a shard and puts its tables and its receipt into `folder`; a shard that is there already is left as it is.
///
/// # Errors
/// When the plan is of other data or another version, a file changed since the plan was made or cannot be read, or the folder cannot be
/// written to. Nothing is then left in the folder.
pub fn run(
    plan: &Plan,
    shard: &Shard,
    folder: &Path,
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Receipt> {
    place(plan, shard, folder, knowledge, |made| {
        if shard.rows.is_some() {
            return Err(Error::new(ErrorKind::Usage, "this shard is rows of a table, not files")
                .hint("it is read where the plan was made: by the job that has the table"));
        }
        let files: Vec<(PathBuf, Option<Part>)> =
            shard.files.iter().map(|file| (file.path.clone(), file.part)).collect();
        let corpus = Corpus::of_parts(&files, plan.reading()?)?;
        read(shard, plan.id()?, &corpus, made, knowledge, progress)
    })
}

/// As [`run`], for a shard of a table whose rows are handed over.
///
/// # Errors
/// As [`run`], and when the rows are not those that the plan was made of: what gives them must give the same ones every time.
pub fn run_rows(
    plan: &Plan,
    shard: &Shard,
    rows: Rows,
    folder: &Path,
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Receipt> {
    place(plan, shard, folder, knowledge, |made| {
        let Some(part) = &shard.rows else {
            return Err(Error::new(ErrorKind::Usage, "this shard is files, not rows of a table")
                .hint("make the plan from the table"));
        };
        let corpus = Corpus::of_table(&part.table, rows, part.before, plan.reading()?);
        let receipt = read(shard, plan.id()?, &corpus, made, knowledge, progress)?;
        if corpus.inputs().iter().any(|input| input.sha256() != Some(&part.sha256)) {
            return Err(Error::new(
                ErrorKind::Data,
                format!("{}: not the rows that the plan was made of", part.name()),
            )
            .hint("the table gives other rows each time: sort it, write it to files first, or keep it in memory"));
        }
        Ok(Receipt { inputs: [(part.name(), Some(part.sha256.clone()))].into(), ..receipt })
    })
}

/// Puts what `read` makes of a shard in its place, in one step.
fn place(
    plan: &Plan,
    shard: &Shard,
    folder: &Path,
    knowledge: &Knowledge,
    read: impl FnOnce(&Path) -> Result<Receipt>,
) -> Result<Receipt> {
    let destination = folder_of(folder, shard.shard);
    let id = plan.id()?;
    if destination.join(NAME).is_file() {
        return done_before(&destination, &id);
    }
    check(plan, shard, knowledge)?;
    let refused = |cause| Error::io(folder, cause).hint("name a folder you may write to with -o DIR");
    let staging = Staging::within(folder).map_err(refused)?;
    let made = staging.path().join("shard");
    std::fs::create_dir(&made).map_err(refused)?;
    let receipt = read(&made)?;
    fs_err::write(made.join(NAME), receipt.text()?).map_err(|cause| Error::io(&made.join(NAME), cause))?;
    // The move is one step of the file system. Where another process was faster, its folder stands and this one is dropped.
    match std::fs::rename(&made, &destination) {
        Ok(()) => Ok(receipt),
        Err(_) if destination.join(NAME).is_file() => done_before(&destination, &receipt.plan),
        Err(cause) => Err(Error::io(&destination, cause).hint("remove what stands there and run the shard again")),
    }
}

/// The receipt of a shard that was read before.
fn done_before(destination: &Path, plan: &str) -> Result<Receipt> {
    let receipt = Receipt::read(destination)?;
    if receipt.plan != plan {
        return Err(Error::new(ErrorKind::Data, "the folder holds a shard of another plan")
            .at_file(destination)
            .hint("give each plan a folder of its own"));
    }
    Ok(receipt)
}

/// Whether this program, this data and these files are those of the plan.
fn check(plan: &Plan, shard: &Shard, knowledge: &Knowledge) -> Result<()> {
    if plan.version != env!("CARGO_PKG_VERSION") || plan.data != knowledge.data_hash()? {
        return Err(Error::new(ErrorKind::Data, "the plan was made with other data or another version of goulet")
            .hint("use the same program and --data everywhere, or make the plan again"));
    }
    for file in &shard.files {
        let size = fs_err::metadata(&file.path).map_err(|cause| Error::io(&file.path, cause))?.len();
        if size != file.size {
            let message = format!("the file has {size} bytes; it had {} when the plan was made", file.size);
            return Err(Error::new(ErrorKind::Data, message).at_file(&file.path).hint("make the plan again"));
        }
    }
    Ok(())
}

fn read(
    shard: &Shard,
    id: String,
    corpus: &Corpus,
    staging: &Path,
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Receipt> {
    let reader = Reader {
        lexicon: &knowledge.lexicon,
        extractor: Extractor::new(&knowledge.lexicon, knowledge.certainties()),
        cut: Cut { granularity: Granularity::All, as_of: None },
        // Near-duplicates are found when all shards are there.
        keep_duplicates: true,
        entities: false,
        progress,
    };
    // Beside the tables, not among them.
    let folder = staging.parent().unwrap_or(staging).to_owned();
    let into =
        Destinations { folder, documents: Documents::Shard(staging.join(TABLES[0])), entities: None, is_scored: false };
    let warnings = Warnings::default();
    let read = reader.read(corpus, &into, &warnings)?;
    let path = staging.join(TABLES[1]);
    let file = std::fs::File::create(&path).map_err(|cause| Error::io(&path, cause))?;
    read.write_mentions(&Weights::all(1.0), file, &path)?;
    let tables = TABLES.into_iter().map(|name| {
        let (bytes, sha256) = hash_of(&staging.join(name))?;
        Ok(TableReceipt { name: name.to_owned(), bytes, sha256 })
    });
    let said = warnings.take().into_iter();
    let mut warnings: Vec<Said> =
        said.map(|one| Said { loss: one.is_loss, code: one.code.to_owned(), message: one.message }).collect();
    warnings.sort_by_key(|one| !one.loss);
    Ok(Receipt {
        plan: id,
        shard: shard.shard,
        bytes: shard.bytes,
        documents: read.documents.into(),
        mentions: read.mentions,
        tables: tables.collect::<Result<_>>()?,
        inputs: corpus.inputs().iter().map(|one| (name_of(one), one.sha256().map(str::to_owned))).collect(),
        warnings,
    })
}

/// The path of a file, with its bytes where only a part is read.
fn name_of(input: &Input) -> String {
    let path = input.path.display();
    input.part.map_or_else(|| path.to_string(), |part| format!("{path}, bytes {} to {}", part.start, part.end))
}
