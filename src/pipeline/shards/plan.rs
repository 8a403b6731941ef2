//! [`Plan`]: what each shard reads.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{from_json, parse, to_json};
use crate::corpus::{ColumnMap, Corpus, Counted, Input, Options, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Knowledge;
use crate::report::outbox::hex;

/// Bytes looked at in one go.
const PIECE: usize = 1 << 20;

/// Which shard reads what. Shards are numbered from 0 and read in that order give the documents of a single run in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of the program.
    pub version: String,
    /// Hash of the data whose words are looked for.
    pub data: String,
    /// Columns under other names, as `--map` has them; empty for none.
    pub map: String,
    /// Longest document that is read, in bytes.
    pub max_document_bytes: usize,
    /// Most times its size that a compressed file may become.
    pub max_expansion: u64,
    /// The shards.
    pub shards: Vec<Shard>,
}

/// What one process reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number.
    pub shard: u32,
    /// Bytes to read, as stored.
    pub bytes: u64,
    /// Files, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub files: Vec<ShardFile>,
    /// Rows of a table that is handed over, in place of files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<ShardRows>,
}

/// The rows of a shard, as they were when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRows {
    /// What the table is called.
    pub table: String,
    /// Rows of the table before these.
    pub before: u64,
    /// How many.
    pub count: u64,
    /// SHA-256 of what they hold.
    pub sha256: String,
}

/// A file of a shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardFile {
    /// Its path as named or found; a relative one is looked up from the folder that the shard is run in.
    pub path: PathBuf,
    /// Size of the whole file when the plan was made.
    pub size: u64,
    /// The part to read; none: all of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub part: Option<Part>,
}

impl Plan {
    /// Plans about `count` shards of like size. Files of JSON Lines that are not compressed are cut between lines; all others
    /// belong to one shard whole, so that there can be fewer shards than asked for.
    ///
    /// # Errors
    /// When a path cannot be resolved, a file that is to be cut cannot be read, or standard input is named.
    pub fn make(paths: &[PathBuf], count: u32, reading: &Options, knowledge: &Knowledge) -> Result<Self> {
        let corpus = Corpus::open(paths, reading.clone())?;
        if corpus.inputs().iter().any(|input| input.path == Path::new("-")) {
            return Err(Error::new(ErrorKind::Usage, "standard input cannot be read by several processes")
                .hint("write it to a file first"));
        }
        let total: u64 = corpus.inputs().iter().map(|input| input.bytes).sum();
        let mut shards: Vec<Vec<ShardFile>> = vec![Vec::new(); count.max(1) as usize];
        let mut before = 0;
        for input in corpus.inputs() {
            for (file, middle) in cut(input, before, total, count.max(1))? {
                shards[place_of(middle, total, count.max(1))].push(file);
            }
            before += input.bytes;
        }
        let shards = shards.into_iter().filter(|files| !files.is_empty()).zip(0..);
        let shards = shards.map(|(files, shard)| {
            let bytes = files.iter().map(ShardFile::bytes).sum();
            Shard { shard, bytes, files, rows: None }
        });
        Self::of(shards.collect(), reading, knowledge)
    }

    /// Plans a table whose rows are parted already: each part, in order, is a shard. Parts without rows are none.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn of_table(table: &str, parts: &[Counted], reading: &Options, knowledge: &Knowledge) -> Result<Self> {
        let mut before = 0;
        let mut shards = Vec::with_capacity(parts.len());
        for (part, shard) in parts.iter().zip(0..) {
            let Counted { rows: count, bytes, sha256 } = part.clone();
            if count > 0 {
                let rows = ShardRows { table: table.to_owned(), before, count, sha256 };
                shards.push(Shard { shard, bytes, files: Vec::new(), rows: Some(rows) });
            }
            before += count;
        }
        Self::of(shards, reading, knowledge)
    }

    fn of(shards: Vec<Shard>, reading: &Options, knowledge: &Knowledge) -> Result<Self> {
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data: knowledge.data_hash()?,
            map: reading.columns.to_string(),
            max_document_bytes: reading.max_record,
            max_expansion: reading.max_expansion,
            shards,
        })
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// When it is missing or no plan of this version.
    pub fn read(path: &Path) -> Result<Self> {
        from_json(path, "a plan", "make one with `goulet shard plan PATH... --shards N -o plan.json`")
    }

    /// A plan from its text, which went another way than through a file.
    ///
    /// # Errors
    /// When it is no plan of this version.
    pub fn parse(text: &str) -> Result<Self> {
        parse(text, Path::new("the plan"), "a plan", "make the plan again")
    }

    /// How documents are read.
    ///
    /// # Errors
    /// When the plan names columns of fields that there are not.
    pub fn reading(&self) -> Result<Options> {
        let columns = if self.map.is_empty() { Ok(ColumnMap::default()) } else { self.map.parse() };
        Ok(Options {
            max_record: self.max_document_bytes,
            max_expansion: self.max_expansion,
            columns: columns.map_err(|why: String| Error::new(ErrorKind::Format, why).hint("make the plan again"))?,
            ..Options::default()
        })
    }

    /// The plan as it is written to a file.
    ///
    /// # Errors
    /// Only when a path is not Unicode.
    pub fn text(&self) -> Result<String> {
        to_json(self)
    }

    /// What receipts call the plan by: a hash of it.
    ///
    /// # Errors
    /// As [`Plan::text`].
    pub fn id(&self) -> Result<String> {
        Ok(format!("sha256:{}", hex(&Sha256::digest(self.text()?.as_bytes()))))
    }

    /// The shard of a number.
    ///
    /// # Errors
    /// When there is none: the message says which there are.
    pub fn shard(&self, shard: u32) -> Result<&Shard> {
        self.shards.iter().find(|known| known.shard == shard).ok_or_else(|| {
            let last = self.shards.len().saturating_sub(1);
            Error::new(ErrorKind::Usage, format!("the plan has no shard {shard}"))
                .hint(format!("its shards are numbered from 0 to {last}"))
        })
    }
}

impl ShardRows {
    /// What receipts call these rows.
    pub fn name(&self) -> String {
        let Self { table, before, count, .. } = self;
        format!("{table}, rows {} to {}", before + 1, before + count)
    }
}

impl ShardFile {
    /// Bytes to read.
    pub fn bytes(&self) -> u64 {
        self.part.map_or(self.size, |part| part.end - part.start)
    }
}

/// The shard that the byte at `place` of `total` falls to, of `count`.
fn place_of(place: u64, total: u64, count: u32) -> usize {
    let shard = u128::from(place) * u128::from(count) / u128::from(total.max(1));
    (shard as usize).min(count as usize - 1)
}

/// A file cut where shards meet, each piece with the place of its middle among all bytes.
fn cut(input: &Input, before: u64, total: u64, count: u32) -> Result<Vec<(ShardFile, u64)>> {
    let whole = |part| ShardFile { path: input.path.clone(), size: input.bytes, part };
    let boundaries =
        (1..u64::from(count)).map(|shard| (u128::from(total) * u128::from(shard) / u128::from(count)) as u64);
    let inside: Vec<u64> = boundaries
        .filter(|boundary| *boundary > before && *boundary < before + input.bytes)
        .map(|boundary| boundary - before)
        .collect();
    let parts = if inside.is_empty() || !input.has_parts() { None } else { parts_of(input, &inside)? };
    Ok(match parts {
        None => vec![(whole(None), before + input.bytes / 2)],
        Some(parts) => {
            let middle = |part: &Part| before + u64::midpoint(part.start, part.end);
            parts.iter().map(|part| (whole(Some(*part)), middle(part))).collect()
        }
    })
}

/// The parts between the line ends at or after each of `wanted`; none where the file is not UTF-8, whose encoding is guessed from
/// its beginning.
fn parts_of(input: &Input, wanted: &[u64]) -> Result<Option<Vec<Part>>> {
    let failed = |cause: std::io::Error| Error::io(&input.path, cause);
    let mut file = std::fs::File::open(&input.path).map_err(failed)?;
    let mut scan = Scan::default();
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).map_err(failed)?;
        if read == 0 {
            break;
        }
        if !scan.take(&piece[..read], wanted) {
            return Ok(None);
        }
    }
    Ok(Some(scan.finish()))
}

/// Lines counted, and parts closed, as a file goes by.
#[derive(Default)]
struct Scan {
    offset: u64,
    lines: u64,
    records: u64,
    /// Whether the line so far holds more than blanks.
    is_record: bool,
    /// Bytes of a character cut in two by the end of a piece.
    carried: Vec<u8>,
    open: Option<Part>,
    parts: Vec<Part>,
}

impl Scan {
    /// Whether the bytes are UTF-8.
    fn take(&mut self, piece: &[u8], wanted: &[u64]) -> bool {
        if self.offset == 0 {
            self.open = Some(Part { start: 0, end: 0, lines: 0, records: 0 });
        }
        if !self.is_text(piece) {
            return false;
        }
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', piece) {
            self.is_record |= !piece[start..end].trim_ascii().is_empty();
            self.lines += 1;
            self.records += u64::from(std::mem::take(&mut self.is_record));
            start = end + 1;
            self.close_at(self.offset + start as u64, wanted);
        }
        self.is_record |= !piece[start..].trim_ascii().is_empty();
        self.offset += piece.len() as u64;
        true
    }

    /// Closes the part at a line's end if a shard ends in that line.
    fn close_at(&mut self, here: u64, wanted: &[u64]) {
        let Some(open) = &mut self.open else { return };
        if wanted.iter().any(|boundary| *boundary > open.start && *boundary <= here) {
            open.end = here;
            self.parts.push(*open);
            *open = Part { start: here, end: here, lines: self.lines, records: self.records };
        }
    }

    fn is_text(&mut self, piece: &[u8]) -> bool {
        self.carried.extend_from_slice(piece);
        match std::str::from_utf8(&self.carried) {
            Ok(_) => self.carried.clear(),
            Err(error) if error.error_len().is_none() => {
                self.carried.drain(..error.valid_up_to());
            }
            Err(_) => return false,
        }
        true
    }

    fn finish(mut self) -> Vec<Part> {
        if let Some(open) = self.open.filter(|open| open.start < self.offset) {
            self.parts.push(Part { end: self.offset, ..open });
        }
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, wanted: &[u64], piece: usize) -> Vec<Part> {
        let mut scan = Scan::default();
        assert!(text.as_bytes().chunks(piece).all(|piece| scan.take(piece, wanted)));
        scan.finish()
    }

    #[test]
    fn parts_end_with_lines_and_cover_the_file_whatever_the_pieces() {
        let text = "{\"é\":1}\n\n{\"b\":2}\n  \n{\"c\":3}\n{\"d\":4}";
        for piece in 1..text.len() {
            let found = parts(text, &[3, 20], piece);
            let cut: String = found.iter().map(|part| &text[part.start as usize..part.end as usize]).collect();
            assert_eq!(cut, text);
            assert_eq!(found.len(), 3);
            assert!(found[..2].iter().all(|part| text.as_bytes()[part.end as usize - 1] == b'\n'));
            assert_eq!((found[1].lines, found[1].records), (1, 1));
            assert_eq!((found[2].lines, found[2].records), (4, 2));
        }
    }

    #[test]
    fn what_is_not_utf_8_is_not_cut() {
        assert!(!Scan::default().take(b"caf\xe9\n", &[2]));
    }

    #[test]
    fn every_byte_falls_to_a_shard() {
        for total in [1, 7, 1_000] {
            for count in [1, 2, 7, 30] {
                let places: Vec<usize> = (0..total).map(|byte| place_of(byte, total, count)).collect();
                assert!(places.is_sorted() && places.iter().all(|place| *place < count as usize));
            }
        }
    }
}
