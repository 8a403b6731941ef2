//! All shards put together, once it is certain that they are all, each once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::receipt::{NAME, TABLES};
use super::{Plan, Receipt, Shard};
use crate::error::{Error, ErrorKind, Result};
use crate::report::outbox::{Outbox, hash_of};
use crate::warning::Warnings;

/// Every shard of a plan, checked.
#[derive(Debug)]
pub struct Verified {
    /// Folder and receipt of each shard, in the order of the plan.
    pub shards: Vec<(PathBuf, Receipt)>,
    /// Documents of all.
    pub documents: u64,
    /// Mentions of all.
    pub mentions: u64,
}

/// Checks that `folder` holds each shard of the plan exactly once, with the tables its receipt speaks of, byte for byte.
///
/// # Errors
/// With everything that is wrong: shards missing, there twice, of another plan; tables missing or changed.
pub fn verify(plan: &Plan, folder: &Path) -> Result<Verified> {
    let id = plan.id()?;
    let mut found: BTreeMap<u32, (PathBuf, Receipt)> = BTreeMap::new();
    let mut faults = Vec::new();
    for (place, receipt) in receipts(folder)? {
        if receipt.plan != id {
            faults.push(fault(&place, "a shard of another plan").hint("give each plan a folder of its own"));
        } else if let Some((other, _)) = found.get(&receipt.shard) {
            let message = format!("shard {} is there twice: also in {}", receipt.shard, other.display());
            faults.push(fault(&place, &message).hint("remove one of the two folders"));
        } else {
            faults.extend(check_tables(&place, &receipt)?);
            found.insert(receipt.shard, (place, receipt));
        }
    }
    for shard in &plan.shards {
        match found.get(&shard.shard) {
            None => faults.push(fault(folder, &format!("shard {} is missing", shard.shard)).hint(format!(
                "run it: goulet shard run PLAN {} -o {}",
                shard.shard,
                folder.display()
            ))),
            Some((place, receipt)) if receipt.bytes != shard.bytes => {
                faults.push(fault(place, "the receipt counts other bytes than the plan").hint("run the shard again"));
            }
            Some((place, receipt)) if !has_rows(shard, receipt) => {
                faults.push(fault(place, "the receipt is of other rows than the plan").hint("run the shard again"));
            }
            Some(_) => {}
        }
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let shards: Vec<_> = found.into_values().collect();
    let sum = |count: fn(&Receipt) -> u64| shards.iter().map(|(_, receipt)| count(receipt)).sum();
    Ok(Verified { documents: sum(|one| one.documents), mentions: sum(|one| one.mentions), shards })
}

/// Verifies, then writes `documents.csv` and `mentions.csv` of all shards into `out`, counted once more on the way. What the shards
/// warned of goes to `warnings`.
///
/// # Errors
/// As [`verify`]; when a table has other rows than its receipt says; when `out` cannot be written to.
pub fn merge(plan: &Plan, folder: &Path, out: &Path, warnings: &Warnings) -> Result<(Verified, Vec<PathBuf>)> {
    let verified = verify(plan, folder)?;
    let mut outbox = Outbox::open(out)?;
    for table in TABLES {
        let path = outbox.stage(table);
        join(&verified, table, &path)?;
    }
    for (_, receipt) in &verified.shards {
        for said in &receipt.warnings {
            let message = format!("shard {}: [{}] {}", receipt.shard, said.code, said.message);
            if said.loss { warnings.loss("shard", message) } else { warnings.note("shard", message) }
        }
    }
    Ok((verified, outbox.send()?))
}

/// Every `*/receipt.json` of a folder, in order of name.
fn receipts(folder: &Path) -> Result<Vec<(PathBuf, Receipt)>> {
    let hint = "name the folder that `goulet shard run PLAN SHARD -o DIR` wrote to";
    let entries = std::fs::read_dir(folder).map_err(|cause| Error::io(folder, cause).hint(hint))?;
    let mut places = Vec::new();
    for entry in entries {
        let place = entry.map_err(|cause| Error::io(folder, cause))?.path();
        let is_staging = place.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !is_staging && place.join(NAME).is_file() {
            places.push(place);
        }
    }
    places.sort();
    places.into_iter().map(|place| Receipt::read(&place).map(|receipt| (place, receipt))).collect()
}

/// Whether a shard of a table read the rows that the plan was made of.
fn has_rows(shard: &Shard, receipt: &Receipt) -> bool {
    shard.rows.as_ref().is_none_or(|rows| {
        receipt.inputs.get(&rows.name()) == Some(&Some(rows.sha256.clone())) && receipt.documents <= rows.count
    })
}

fn check_tables(place: &Path, receipt: &Receipt) -> Result<Vec<Error>> {
    let mut faults = Vec::new();
    for name in TABLES {
        let path = place.join(name);
        let Some(table) = receipt.tables.iter().find(|table| table.name == name) else {
            faults.push(fault(&path, "the receipt does not speak of this table").hint("run the shard again"));
            continue;
        };
        if !path.is_file() {
            faults.push(fault(&path, "the table is missing").hint("remove the folder and run the shard again"));
        } else if hash_of(&path)? != (table.bytes, table.sha256.clone()) {
            let message = "the table is not the one that the receipt speaks of";
            faults.push(fault(&path, message).hint("remove the folder and run the shard again"));
        }
    }
    Ok(faults)
}

fn fault(place: &Path, message: &str) -> Error {
    Error::new(ErrorKind::Data, message.to_owned()).at_file(place)
}

/// One table after the other under one header, its records counted against the receipts.
fn join(verified: &Verified, table: &str, path: &Path) -> Result<()> {
    let failed = |cause: std::io::Error| Error::io(path, cause);
    let mut out = BufWriter::new(std::fs::File::create(path).map_err(failed)?);
    for (number, (place, receipt)) in verified.shards.iter().enumerate() {
        let from = place.join(table);
        let unread = |cause: std::io::Error| Error::io(&from, cause);
        let mut file = BufReader::with_capacity(1 << 16, std::fs::File::open(&from).map_err(unread)?);
        let mut header = Vec::new();
        file.read_until(b'\n', &mut header).map_err(unread)?;
        if number == 0 {
            out.write_all(&header).map_err(failed)?;
        }
        std::io::copy(&mut file, &mut out).map_err(failed)?;
        let records = records(&from)?;
        let due = if table == TABLES[0] { receipt.documents } else { receipt.mentions };
        if records != due {
            let message = format!("{records} rows where the receipt counts {due}");
            return Err(fault(&from, &message).hint("remove the folder and run the shard again"));
        }
    }
    out.flush().map_err(failed)
}

/// Records of a table, without its header.
fn records(path: &Path) -> Result<u64> {
    let failed = |cause: csv::Error| Error::io(path, cause.into());
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut record).map_err(failed)? {
        count += 1;
    }
    Ok(count)
}
