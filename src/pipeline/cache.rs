//! What documents said in earlier runs, so that tomorrow's run reads what is new.
//!
//! A document is known by the hash of its text, its title's length and its language, under a key made of the version of the program and of all data:
//! another lexicon or program never finds what this one kept. What is kept leaves out the model: certainties are put in when it
//! is taken out. A run adds one pack, whole or not at all; a pack that is damaged is left out with a warning, and its documents are read again.
//!
//! A pack is a sequence of records (key, length, JSON) and a hash of them all at its end. Memory holds 32 bytes a document.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128_with_seed};

use crate::codes::{Channel, CountryCode, MaterialId, Polarity, SectorId, Status};
use crate::corpus::{Document, Fingerprint};
use crate::error::{Error, Result};
use crate::extract::{Certainties, Mention, Reading};
use crate::report::staging::Staging;
use crate::warning::Warnings;

/// First bytes of a pack: what it is, and the form of its records.
const MAGIC: &[u8; 8] = b"goulet\x00\x02";
/// Bytes of a record before its JSON.
const HEAD: usize = 16 + 4;
/// Extension of packs.
const EXTENSION: &str = "pack";

/// What is kept of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    sectors: Vec<SectorId>,
    print: String,
    mentions: Vec<KeptMention>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptMention {
    channel: Channel,
    sector: SectorId,
    material: Option<MaterialId>,
    origin: Option<CountryCode>,
    target: Option<CountryCode>,
    status: Status,
    /// As bits, so that nothing is rounded.
    severity: u64,
    share: Option<u64>,
    sentence: u32,
    start: usize,
    end: usize,
    lexeme: String,
    evidence: String,
    sentence_start: Option<usize>,
}

/// Where a record is.
#[derive(Debug, Clone, Copy)]
struct Place {
    pack: u32,
    length: u32,
    offset: u64,
}

/// The packs of a folder, and the one being written.
#[derive(Debug)]
pub struct Cache {
    /// What was kept by earlier runs.
    pub packs: Packs,
    /// What this one keeps.
    pub new: NewPack,
}

/// What was kept by earlier runs.
#[derive(Debug)]
pub struct Packs {
    seed: u64,
    places: HashMap<u128, Place>,
    files: Vec<Mutex<File>>,
}

/// What a run keeps for later ones: in place once it is finished, and gone otherwise.
#[derive(Debug)]
pub struct NewPack {
    folder: PathBuf,
    staging: Staging,
    path: PathBuf,
    file: BufWriter<File>,
    hash: Xxh3Shown,
    count: u64,
}

/// A hash in the making, which has nothing to show.
struct Xxh3Shown(Xxh3);

impl std::fmt::Debug for Xxh3Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("..")
    }
}

impl Cache {
    /// Opens the packs in `folder` that were made under `engine`, the hash of program and data.
    ///
    /// # Errors
    /// When the folder cannot be made, read or written to.
    pub fn open(folder: &Path, engine: &str, warnings: &Warnings) -> Result<Self> {
        let seed = xxh3_128_with_seed(engine.as_bytes(), 0) as u64;
        let folder = folder.join(format!("{seed:016x}"));
        let refused = |cause| Error::io(&folder, cause).hint("name a folder you may write to with --cache DIR");
        let staging = Staging::within(&folder).map_err(refused)?;
        let path = staging.path().join("new");
        let mut file = BufWriter::new(File::create(&path).map_err(refused)?);
        file.write_all(MAGIC).map_err(refused)?;
        let mut packs = Packs { seed, places: HashMap::new(), files: Vec::new() };
        for pack in Packs::found(&folder)? {
            if let Err(why) = packs.load(&pack) {
                let message =
                    format!("{}: {why}; its documents are read again, and the file can be removed", pack.display());
                warnings.note("cache", message);
            }
        }
        let new = NewPack { folder, staging, path, file, hash: Xxh3Shown(Xxh3::new()), count: 0 };
        Ok(Self { packs, new })
    }
}

impl Packs {
    fn found(folder: &Path) -> Result<Vec<PathBuf>> {
        let failed = |cause| Error::io(folder, cause);
        let entries = std::fs::read_dir(folder).map_err(failed)?;
        let mut packs = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                packs.push(path);
            }
        }
        packs.sort();
        Ok(packs)
    }

    /// Reads a pack once: its records' places are taken only if its hash is right.
    fn load(&mut self, path: &Path) -> std::io::Result<()> {
        let damaged = || std::io::Error::new(std::io::ErrorKind::InvalidData, "the pack is damaged");
        let file = File::open(path)?;
        let end = file.metadata()?.len().checked_sub(8).ok_or_else(damaged)?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut magic = [0; 8];
        reader.read_exact(&mut magic)?;
        if &magic != MAGIC {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "no pack of this version"));
        }
        let (mut hash, mut offset) = (Xxh3::new(), MAGIC.len() as u64);
        let (mut found, mut json) = (Vec::new(), Vec::new());
        let pack = self.files.len() as u32;
        while offset < end {
            let mut head = [0; HEAD];
            reader.read_exact(&mut head)?;
            let (key, length) = parted(&head);
            if u64::from(length) > end - offset {
                return Err(damaged());
            }
            json.resize(length as usize, 0);
            reader.read_exact(&mut json)?;
            hash.update(&head);
            hash.update(&json);
            found.push((key, Place { pack, length, offset: offset + HEAD as u64 }));
            offset += HEAD as u64 + u64::from(length);
        }
        let mut sum = [0; 8];
        reader.read_exact(&mut sum)?;
        if offset != end || u64::from_le_bytes(sum) != hash.digest() {
            return Err(damaged());
        }
        self.places.extend(found);
        self.files.push(Mutex::new(reader.into_inner()));
        Ok(())
    }

    /// The seed of the keys by which documents are known here.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What a document said; none where it is not known, or what was kept cannot be read.
    pub fn get(&self, key: u128) -> Option<Kept> {
        let place = self.places.get(&key)?;
        let mut json = vec![0; place.length as usize];
        let pack = self.files.get(place.pack as usize)?;
        read_at(pack, &mut json, place.offset).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

impl NewPack {
    /// Keeps what a document said, as [`Kept::bytes`] gives it.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn keep(&mut self, key: u128, kept: &[u8]) -> Result<()> {
        let failed =
            |cause: std::io::Error| Error::io(&self.folder, cause).hint("free some space, or run without --cache");
        let Ok(length) = u32::try_from(kept.len()) else { return Ok(()) };
        let mut head = [0; HEAD];
        head[..16].copy_from_slice(&key.to_le_bytes());
        head[16..].copy_from_slice(&length.to_le_bytes());
        for bytes in [&head[..], kept] {
            self.hash.0.update(bytes);
            self.file.write_all(bytes).map_err(failed)?;
        }
        self.count += 1;
        Ok(())
    }

    /// Puts the new pack in place, if there is anything in it.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let failed =
            |cause: std::io::Error| Error::io(&self.folder, cause).hint("free some space, or run without --cache");
        let sum = self.hash.0.digest();
        self.file.write_all(&sum.to_le_bytes()).and_then(|()| self.file.flush()).map_err(failed)?;
        let name = format!("{sum:016x}.{EXTENSION}");
        std::fs::rename(&self.path, self.folder.join(name)).map_err(failed)?;
        drop(self.staging);
        Ok(())
    }
}

fn parted(head: &[u8; HEAD]) -> (u128, u32) {
    let (mut key, mut length) = ([0; 16], [0; 4]);
    key.copy_from_slice(&head[..16]);
    length.copy_from_slice(&head[16..]);
    (u128::from_le_bytes(key), u32::from_le_bytes(length))
}

fn read_at(pack: &Mutex<File>, into: &mut [u8], offset: u64) -> std::io::Result<()> {
    let mut file = pack.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    std::io::Seek::seek(&mut *file, std::io::SeekFrom::Start(offset))?;
    file.read_exact(into)
}

impl Kept {
    /// What there is to keep.
    pub fn of(sectors: &[SectorId], print: &Fingerprint, mentions: &[Mention]) -> Self {
        let mentions = mentions.iter().map(|mention| KeptMention {
            channel: mention.channel,
            sector: mention.sector,
            material: mention.material,
            origin: mention.origin,
            target: mention.target,
            status: mention.status,
            severity: mention.severity.to_bits(),
            share: mention.share.map(f64::to_bits),
            sentence: mention.sentence,
            start: mention.start,
            end: mention.end,
            lexeme: mention.lexeme.clone(),
            evidence: mention.evidence.clone(),
            sentence_start: mention.sentence_start,
        });
        Self { sectors: sectors.to_vec(), print: print.to_string(), mentions: mentions.collect() }
    }

    /// As a pack has it.
    pub fn bytes(&self) -> Vec<u8> {
        // Numbers, names and text: there is nothing that JSON cannot hold.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The same for the document that says it now, under the model's certainties; none where the fingerprint is of another version.
    pub fn restore(
        self,
        document: &Document,
        certainties: &Certainties,
    ) -> Option<(Vec<SectorId>, Fingerprint, Reading)> {
        let print = self.print.parse().ok()?;
        let (id, publisher) = (document.id.as_str().into(), document.publisher.as_str().into());
        let of = |kept: KeptMention| Mention {
            doc_id: std::sync::Arc::clone(&id),
            date: document.date,
            language: document.language,
            publisher: std::sync::Arc::clone(&publisher),
            channel: kept.channel,
            sector: kept.sector,
            material: kept.material,
            origin: kept.origin,
            target: kept.target,
            status: kept.status,
            polarity: Polarity::of(kept.channel, kept.status),
            severity: f64::from_bits(kept.severity),
            certainty: certainty(kept.status, certainties),
            weight: 1.0,
            sentence: kept.sentence,
            start: kept.start,
            end: kept.end,
            lexeme: kept.lexeme,
            evidence: kept.evidence,
            sentence_start: kept.sentence_start,
            share: kept.share.map(f64::from_bits),
        };
        let mentions = self.mentions.into_iter().map(of).collect();
        Some((self.sectors, print, Reading { mentions, entities: Vec::new() }))
    }
}

/// What a status counts under the model.
pub fn certainty(status: Status, certainties: &Certainties) -> f64 {
    Status::ALL.iter().position(|known| *known == status).map_or(0.0, |place| certainties[place])
}
