//! The bytes of an input as stored: counted and hashed while they are read, decompressed on top.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::expansion::Bounded;
use super::read::{COMPRESSIONS, Stream};
use super::{Input, Part};

/// Bytes read at once, by those who do not ask for more.
const BUFFER: usize = 64 << 10;

/// A handle on an open input; its clones share the place in the file, so that the stream can be handed to a reader
/// and the hash be taken when the reader is done.
#[derive(Clone)]
pub(super) struct Source(Arc<Mutex<State>>);

struct State {
    bytes: Box<dyn Read + Send>,
    hash: Option<Sha256>,
    /// Bytes read of this file.
    own: Arc<AtomicU64>,
    /// Bytes read of all files.
    total: Arc<AtomicU64>,
}

impl Source {
    /// Opens `input`, adding what is read to `total`. A file that grows is read as far as it went when it was found,
    /// so that every reading has an end.
    pub fn open(input: &Input, is_hashed: bool, total: Arc<AtomicU64>) -> io::Result<Self> {
        let bytes: Box<dyn Read + Send> = match input {
            _ if input.is_standard_input() => Box::new(io::stdin()),
            Input { part: Some(part), path, .. } => open_part(path, *part)?,
            Input { bytes: 0, path, .. } => Box::new(open_file(path)?),
            Input { bytes, path, .. } => Box::new(open_file(path)?.take(*bytes)),
        };
        let hash = is_hashed.then(Sha256::new);
        Ok(Self(Arc::new(Mutex::new(State { bytes, hash, own: Arc::default(), total }))))
    }

    /// The stream, decompressed when its first bytes say so, whatever the extension, and whether it was compressed. No
    /// stored byte may become more than `max_expansion` bytes.
    pub fn stream(&self, max_expansion: u64) -> io::Result<(Stream, bool)> {
        let mut stored = BufReader::with_capacity(BUFFER, self.clone());
        // A fault here comes again, and is said, when the reader reads.
        let head = stored.fill_buf().unwrap_or_default();
        let Some(compression) = COMPRESSIONS.iter().find(|compression| head.starts_with(compression.magic)) else {
            return Ok((Box::new(stored), false));
        };
        let inner = (compression.open)(Box::new(stored))?;
        let own = Arc::clone(&self.state().own);
        let bounded = Bounded { inner, stored: own, limit: max_expansion, given: 0 };
        Ok((Box::new(BufReader::with_capacity(BUFFER, bounded)), true))
    }

    /// Reads what the reader left and gives the SHA-256 of the whole; nothing when that was not asked for, or the file
    /// cannot be read to its end.
    pub fn finish(self) -> Option<String> {
        self.state().hash.as_ref()?;
        io::copy(&mut self.clone(), &mut io::sink()).ok()?;
        let hash = self.state().hash.take()?;
        Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let read = state.bytes.read(buffer)?;
        if let Some(hash) = &mut state.hash {
            hash.update(&buffer[..read]);
        }
        state.own.fetch_add(read as u64, Ordering::Relaxed);
        state.total.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens a file without the path in the message, which the warning already names.
fn open_file(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a file at the beginning of a part, which it ends with.
fn open_part(path: &Path, part: Part) -> io::Result<Box<dyn Read + Send>> {
    let mut file = open_file(path)?;
    file.seek(SeekFrom::Start(part.start))?;
    Ok(Box::new(file.take(part.end.saturating_sub(part.start))))
}
