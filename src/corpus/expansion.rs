//! A limit on what compressed data may become: a bomb is told, and what came before it is kept.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that any compressed file may become, however small it is: they are read in an instant.
const FREE: u64 = 64 << 20;

/// Decompressed bytes, as long as there are not too many for what was stored.
pub(super) struct Bounded<R> {
    pub inner: R,
    /// Bytes read so far of the file as stored.
    pub stored: Arc<AtomicU64>,
    /// Most decompressed bytes a stored byte may become.
    pub limit: u64,
    pub given: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.given += read as u64;
        within(self.given, self.stored.load(Ordering::Relaxed), self.limit)?;
        Ok(read)
    }
}

/// That `stored` bytes may become `given`, where one may become at most `limit`.
///
/// # Errors
/// When they may not: [`TooMuch`].
pub(super) fn within(given: u64, stored: u64, limit: u64) -> io::Result<()> {
    if given > stored.saturating_mul(limit).max(FREE) {
        return Err(io::Error::other(TooMuch { limit }));
    }
    Ok(())
}

/// More came out than may.
#[derive(Debug)]
pub(super) struct TooMuch {
    limit: u64,
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expands to more than {} times its size, as files made to fill a memory do; raise --max-expansion if it is good",
            self.limit
        )
    }
}

impl std::error::Error for TooMuch {}
