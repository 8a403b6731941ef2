//! One shard read.

use std::path::{Path, PathBuf};

use super::receipt::{NAME, Said, TABLES, TableReceipt};
use super::{Plan, Receipt, Shard, folder_of, to_json};
use crate::codes::Granularity;
use crate::corpus::{Corpus, Input, Part};
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
    let receipt = read(plan, shard, id, &made, knowledge, progress)?;
    fs_err::write(made.join(NAME), to_json(&receipt)?).map_err(|cause| Error::io(&made.join(NAME), cause))?;
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
    plan: &Plan,
    shard: &Shard,
    id: String,
    staging: &Path,
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Receipt> {
    let files: Vec<(PathBuf, Option<Part>)> = shard.files.iter().map(|file| (file.path.clone(), file.part)).collect();
    let corpus = Corpus::of_parts(&files, plan.reading()?)?;
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
    let into = Destinations { folder, documents: Documents::Shard(staging.join(TABLES[0])), entities: None };
    let warnings = Warnings::default();
    let read = reader.read(&corpus, &into, &warnings)?;
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
