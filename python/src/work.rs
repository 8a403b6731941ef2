//! Long work without Python's lock, which Ctrl-C can end.
//!
//! Only the main thread of Python hears signals, so the work is done on another one while this one listens. Goulet tells how far it is
//! after every batch of documents; once an interruption was heard, that is where the work is unwound: scratch folders are removed, and
//! nothing half done appears. Scoring, which comes after the last batch, is finished first.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use goulet::error::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::fault::raised;

/// How often signals are looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// What work calls with the bytes it has read.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// What unwinds the work once it is to end.
struct Interrupted;

/// Does `job` on `threads` threads, or on as many as there are cores.
///
/// # Errors
/// The job's error, or the exception of a signal: KeyboardInterrupt.
pub fn work<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    job: impl FnOnce(Progress<'_>) -> Result<T> + Send,
) -> PyResult<T> {
    let is_to_end = AtomicBool::new(false);
    let progress = |_bytes: u64| {
        if is_to_end.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Interrupted));
        }
    };
    let (outcome, signal) = py.allow_threads(|| {
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(1);
            let progress = &progress;
            scope.spawn(move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| in_pool(threads, || job(progress))));
                // Nobody has stopped listening: the receiver lives until the answer is there.
                let _ = sender.send(outcome);
            });
            let mut signal = None;
            loop {
                match receiver.recv_timeout(PAUSE) {
                    Ok(outcome) => break (Some(outcome), signal),
                    Err(RecvTimeoutError::Disconnected) => break (None, signal),
                    Err(RecvTimeoutError::Timeout) if signal.is_none() => {
                        signal = Python::with_gil(|py| py.check_signals()).err();
                        is_to_end.store(signal.is_some(), Ordering::Relaxed);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                }
            }
        })
    });
    if let Some(signal) = signal {
        return Err(signal);
    }
    match outcome {
        Some(Ok(Ok(done))) => Ok(done),
        Some(Ok(Err(error))) => Err(raised(py, &error)),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(raised(py, &Error::new(ErrorKind::Io, "the work ended without an answer"))),
    }
}

/// Runs on threads of its own where a number is asked for.
fn in_pool<T: Send>(threads: Option<usize>, job: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let Some(threads) = threads else { return job() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
    let pool = pool.map_err(|cause| Error::new(ErrorKind::Io, "the threads cannot be started").caused_by(cause))?;
    pool.install(job)
}
