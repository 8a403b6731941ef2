//! Reading with several threads: one cuts batches, one compiles lexicons, one writes, and all that rayon has parse and extract.
//!
//! ```text
//! cut ─► parse, extract (any) ─────────────────────────► write
//!        parse (any) ─► compile ─► extract (any) ─┘
//! ```
//!
//! Where a batch asks for a lexicon that is not compiled yet, it is only parsed at first: threads that extract would all wait for the one
//! that compiles, while these go on parsing.
//!
//! Batches overtake one another where the order does not matter, and are waited for in order where it does, so that the result is the
//! same bytes whatever the threads. So much may be on its way at once, by bytes: memory is bounded whatever the size of a document.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{ScopedJoinHandle, scope};
use std::time::Duration;

use rayon::{Scope, Yield};

use super::{Extracted, Task, Writing};
use crate::codes::Language;
use crate::corpus::{Corpus, Cut, Gathering, Met, Parsed};
use crate::error::Result;
use crate::warning::Warnings;

/// Bytes of records on their way at once. While a lexicon is compiled, so much is parsed.
const ON_ITS_WAY: usize = 8 << 20;
/// Batches that wait for the one before them, at either place.
const QUEUE: usize = 256;

/// A batch that some thread works at.
struct Coming<T> {
    batch: Receiver<T>,
    /// As it was cut.
    bytes: usize,
    bytes_read: u64,
}

/// Starts work at a batch.
fn start<'s, T: Send + 's>(tasks: &Scope<'s>, work: impl FnOnce() -> T + Send + 's) -> Receiver<T> {
    let (sender, receiver) = sync_channel(1);
    // Where nobody waits for it any more, it is not wanted.
    tasks.spawn(move |_| drop(sender.send(work())));
    receiver
}

/// A batch that nobody works at any more.
fn done<T>(batch: T) -> Receiver<T> {
    let (sender, receiver) = sync_channel(1);
    drop(sender.send(batch));
    receiver
}

/// Reads a corpus on all threads.
///
/// # Errors
/// As [`super::Reader::read_with`].
pub(super) fn read<'r>(
    task: Task<'r>,
    corpus: &'r Corpus,
    writing: Writing<'r>,
    warnings: &Warnings,
) -> Result<Writing<'r>> {
    let way = Way::default();
    rayon::in_place_scope(|tasks| {
        scope(|threads| {
            let (to_compile, cuts) = sync_channel(QUEUE);
            let (to_write, read) = sync_channel(QUEUE);
            let (way, work) = (&way, (tasks, task));
            threads.spawn(move || cut(work, corpus, way, &to_compile));
            threads.spawn(move || compile(work, cuts, &to_write));
            let gathering = Gathering::new(corpus, warnings);
            joined(threads.spawn(move || write((writing, gathering), read, way)))
        })
    })
}

/// A batch whose documents were read at once, or only parsed.
enum Reached<'r> {
    Read(Result<Extracted<'r>>),
    Parsed(Parsed<'r, Met>),
}

impl<'r> Task<'r> {
    fn reach(self, cut: Cut<'r>) -> Reached<'r> {
        let parsed = cut.parse();
        if languages(&parsed).any(|language| !self.reader.lexicon.is_ready(language)) {
            // While it waits, what needs no lexicon is made.
            parsed.documents().for_each(|met| drop(met.print()));
            return Reached::Parsed(parsed);
        }
        Reached::Read(self.extract(parsed))
    }
}

/// The languages whose lexicons a batch asks for.
fn languages(parsed: &Parsed<'_, Met>) -> impl Iterator<Item = Language> {
    parsed.documents().map(|met| met.document.language)
}

/// Cuts batches and has them read, as long as anybody listens.
fn cut<'r>(
    (tasks, task): (&Scope<'r>, Task<'r>),
    corpus: &'r Corpus,
    way: &Way,
    to_compile: &SyncSender<Result<Coming<Reached<'r>>>>,
) {
    for cut in corpus.cuts() {
        let coming = cut.map(|cut| {
            let (bytes, bytes_read) = (cut.bytes, cut.bytes_read);
            way.enter(bytes);
            Coming { batch: start(tasks, move || task.reach(cut)), bytes, bytes_read }
        });
        if to_compile.send(coming).is_err() {
            return;
        }
    }
}

/// Compiles the lexicons that batches ask for, and has those read that were only parsed.
fn compile<'r>(
    (tasks, task): (&Scope<'r>, Task<'r>),
    cuts: Receiver<Result<Coming<Reached<'r>>>>,
    to_write: &SyncSender<Result<Coming<Result<Extracted<'r>>>>>,
) {
    for coming in cuts {
        let coming = coming.and_then(|Coming { batch, bytes, bytes_read }| {
            let batch = match batch.recv() {
                // No answer is a panic, which the tasks' scope passes on.
                Err(_) => return Ok(None),
                Ok(Reached::Read(read)) => done(read),
                Ok(Reached::Parsed(parsed)) => {
                    task.reader.lexicon.compile_all(languages(&parsed).collect::<BTreeSet<_>>())?;
                    start(tasks, move || task.extract(parsed))
                }
            };
            Ok(Some(Coming { batch, bytes, bytes_read }))
        });
        let Some(coming) = coming.transpose() else { return };
        if to_write.send(coming).is_err() {
            return;
        }
    }
}

/// Writes what batches say, in order.
fn write<'r>(
    (mut writing, mut gathering): (Writing<'r>, Gathering<'_>),
    read: Receiver<Result<Coming<Result<Extracted<'r>>>>>,
    way: &Way,
) -> Result<Writing<'r>> {
    let _closing = Closing(way);
    for coming in read {
        let Coming { batch, bytes, bytes_read } = coming?;
        let Ok(extracted) = batch.recv() else { return Ok(writing) };
        let Extracted { mut documents, rows } = extracted?;
        gathering.take_in(&mut documents);
        writing.take(&documents, rows, bytes_read)?;
        way.leave(bytes);
    }
    gathering.finish();
    Ok(writing)
}

/// How many bytes are on their way.
#[derive(Debug, Default)]
struct Way {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    is_closed: bool,
}

impl Way {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for so many bytes, or nothing on its way, or nobody at the end.
    fn enter(&self, bytes: usize) {
        let is_full = |state: &mut State| state.bytes > 0 && state.bytes + bytes > ON_ITS_WAY && !state.is_closed;
        let mut state = self.changed.wait_while(self.state(), is_full).unwrap_or_else(PoisonError::into_inner);
        state.bytes += bytes;
    }

    fn leave(&self, bytes: usize) {
        self.state().bytes -= bytes;
        self.changed.notify_all();
    }
}

/// Closes a way, however its end is reached.
struct Closing<'w>(&'w Way);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_all();
    }
}

/// What a thread gives. A thread of rayon's that waits for it works meanwhile.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    while !thread.is_finished() {
        match rayon::yield_now() {
            None => break,
            Some(Yield::Executed) => {}
            Some(Yield::Idle) => std::thread::sleep(Duration::from_micros(200)),
        }
    }
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_bounded_and_a_closed_way_holds_nobody() {
        let way = Way::default();
        way.enter(10 * ON_ITS_WAY);
        scope(|threads| {
            let second = threads.spawn(|| way.enter(1));
            std::thread::sleep(Duration::from_millis(20));
            assert!(!second.is_finished());
            way.leave(10 * ON_ITS_WAY);
            second.join().unwrap();
            assert_eq!(way.state().bytes, 1);
            let third = threads.spawn(|| way.enter(ON_ITS_WAY));
            drop(Closing(&way));
            third.join().unwrap();
        });
    }
}
