//! The bytes of an input as stored: counted and hashed while they are read, decompressed on top.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::read::COMPRESSIONS;
use super::{Input, Part};

/// Bytes read at once.
const BUFFER: usize = 256 << 10;

/// A handle on an open input; its clones share the place in the file, so that the stream can be handed to a reader
/// and the hash be taken when the reader is done.
#[derive(Clone)]
pub(super) struct Source(Arc<Mutex<State>>);

struct State {
    bytes: Box<dyn Read + Send>,
    hash: Option<Sha256>,
    total: Arc<AtomicU64>,
}

impl Source {
    /// Opens `input`, adding what is read to `total`.
    pub fn open(input: &Input, is_hashed: bool, total: Arc<AtomicU64>) -> io::Result<Self> {
        let bytes: Box<dyn Read + Send> =
            if input.is_standard_input() { Box::new(io::stdin()) } else { open_file(&input.path, input.part)? };
        Ok(Self(Arc::new(Mutex::new(State { bytes, hash: is_hashed.then(Sha256::new), total }))))
    }

    /// The stream, decompressed when its first bytes say so, whatever the extension.
    pub fn stream(&self) -> Box<dyn BufRead + Send> {
        let mut stored = BufReader::with_capacity(BUFFER, self.clone());
        // A fault here comes again, and is said, when the reader reads.
        let head = stored.fill_buf().unwrap_or_default();
        match COMPRESSIONS.iter().find(|compression| head.starts_with(compression.magic)) {
            Some(compression) => Box::new(BufReader::with_capacity(BUFFER, (compression.open)(Box::new(stored)))),
            None => Box::new(stored),
        }
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
        state.total.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens a file without the path in the message, which the warning already names.
fn open_file(path: &Path, part: Option<Part>) -> io::Result<Box<dyn Read + Send>> {
    let mut file = std::fs::File::open(path)?;
    let Some(part) = part else { return Ok(Box::new(file)) };
    file.seek(SeekFrom::Start(part.start))?;
    Ok(Box::new(file.take(part.end.saturating_sub(part.start))))
}
