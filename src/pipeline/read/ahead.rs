//! Reading with several threads: one cuts batches, one gathers them, one writes, and all that rayon has parse and extract.
//!
//! ```text
//! cut ─► parse (any) ─► gather, compile ─► extract (any) ─► write
//! ```
//!
//! Batches overtake one another where the order does not matter, and are waited for in order where it does, so that the result is the
//! same bytes whatever the threads. So much may be on its way at once, by bytes: memory is bounded whatever the size of a document.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{ScopedJoinHandle, scope};
use std::time::Duration;

use rayon::{Scope, Yield};

use super::{Prepared, Task, Writing};
use crate::corpus::{Corpus, Gathering, Parsed};
use crate::error::Result;
use crate::warning::Warnings;

/// Bytes of records on their way at once. While a lexicon is compiled, so much is parsed.
const ON_ITS_WAY: usize = 8 << 20;
/// Batches that wait to be gathered, and as many to be written.
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
            let (to_gather, cuts) = sync_channel(QUEUE);
            let (to_write, gathered) = sync_channel(QUEUE);
            let way = &way;
            threads.spawn(move || cut(tasks, corpus, way, &to_gather));
            let gathering =
                threads.spawn(move || gather(tasks, task, Gathering::new(corpus, warnings), (cuts, to_write)));
            let writing = threads.spawn(move || write(writing, gathered, way));
            let (gathered, written) = (joined(gathering), joined(writing));
            // Where the writer failed the others only stopped.
            written.and_then(|writing| gathered.map(|()| writing))
        })
    })
}

/// Cuts batches and has them parsed, as long as anybody listens.
fn cut<'r>(tasks: &Scope<'r>, corpus: &'r Corpus, way: &Way, to_gather: &SyncSender<Result<Coming<Parsed<'r>>>>) {
    for cut in corpus.cuts() {
        let coming = cut.map(|cut| {
            let (bytes, bytes_read) = (cut.bytes, cut.bytes_read);
            way.enter(bytes);
            Coming { batch: start(tasks, || cut.parse()), bytes, bytes_read }
        });
        if to_gather.send(coming).is_err() {
            return;
        }
    }
}

/// Takes parsed batches in, in order, and has them extracted. Lexicons are compiled here: threads that extract would all wait for the
/// one that compiles, while these go on parsing.
fn gather<'r>(
    tasks: &Scope<'r>,
    task: Task<'r>,
    mut gathering: Gathering<'_>,
    (cuts, to_write): (Receiver<Result<Coming<Parsed<'r>>>>, SyncSender<Coming<Result<Vec<Prepared>>>>),
) -> Result<()> {
    for coming in cuts {
        let Coming { batch, bytes, bytes_read } = coming?;
        // No answer is a panic, which the tasks' scope passes on.
        let Ok(parsed) = batch.recv() else { return Ok(()) };
        let documents = gathering.take_in(parsed);
        task.reader.compile(&documents)?;
        let batch = start(tasks, move || task.prepare(documents));
        if to_write.send(Coming { batch, bytes, bytes_read }).is_err() {
            return Ok(());
        }
    }
    gathering.finish();
    Ok(())
}

/// Writes what batches say, in order.
fn write<'r>(
    mut writing: Writing<'r>,
    gathered: Receiver<Coming<Result<Vec<Prepared>>>>,
    way: &Way,
) -> Result<Writing<'r>> {
    let _closing = Closing(way);
    for Coming { batch, bytes, bytes_read } in gathered {
        let Ok(prepared) = batch.recv() else { break };
        writing.take(&prepared?, bytes_read)?;
        way.leave(bytes);
    }
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
