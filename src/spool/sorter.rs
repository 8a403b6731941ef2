//! [`Sorter`]: more records than memory holds, in order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

use rayon::prelude::*;

use super::Spool;
use crate::error::Result;

/// Bytes read of a run at a time.
const PIECE: usize = 1 << 16;

/// A record of fixed size.
pub trait Record: Copy + Ord + Send + Sync {
    /// Bytes it takes.
    const BYTES: usize;
    /// Writes it to `into`, which is [`Record::BYTES`] long.
    fn encode(&self, into: &mut [u8]);
    /// The same back.
    fn decode(from: &[u8]) -> Self;
}

/// Records, sorted run by run.
#[derive(Debug)]
pub struct Sorter<R> {
    most: usize,
    held: Vec<R>,
    spool: Spool,
    /// Where each run ends in the spool.
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl<R: Record> Sorter<R> {
    /// An empty one that holds `most` records in memory, its file in `folder`.
    pub fn within(folder: &Path, most: usize) -> Self {
        Self { most: most.max(1), held: Vec::new(), spool: Spool::within(folder), ends: Vec::new(), bytes: Vec::new() }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, record: R) -> Result<()> {
        if self.held.len() == self.most {
            self.end_run()?;
        }
        self.held.push(record);
        Ok(())
    }

    fn end_run(&mut self) -> Result<()> {
        self.held.par_sort_unstable();
        for records in self.held.chunks(PIECE / R::BYTES) {
            self.bytes.resize(records.len() * R::BYTES, 0);
            for (record, bytes) in records.iter().zip(self.bytes.chunks_exact_mut(R::BYTES)) {
                record.encode(bytes);
            }
            self.spool.write(&self.bytes)?;
        }
        self.held.clear();
        self.ends.push(self.spool.len());
        Ok(())
    }

    /// The records in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sorted(mut self) -> Result<Sorted<R>> {
        self.held.par_sort_unstable();
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let runs =
            starts.zip(&self.ends).map(|(start, end)| Run { offset: start, end: *end, records: Vec::new(), at: 0 });
        let mut runs: Vec<Run<R>> = runs.collect();
        // What is still held is a run that is read already.
        runs.push(Run { offset: 0, end: 0, records: self.held, at: 0 });
        let mut sorted = Sorted { spool: self.spool, heap: BinaryHeap::new(), runs };
        for number in 0..sorted.runs.len() {
            sorted.refill(number)?;
        }
        Ok(sorted)
    }
}

/// Part of the file that is in order.
#[derive(Debug)]
struct Run<R> {
    offset: u64,
    end: u64,
    records: Vec<R>,
    at: usize,
}

impl<R: Record> Run<R> {
    fn next(&mut self, spool: &Spool) -> Result<Option<R>> {
        if self.at == self.records.len() && self.offset < self.end {
            let whole = PIECE / R::BYTES * R::BYTES;
            let mut bytes = vec![0; whole.min((self.end - self.offset) as usize)];
            spool.read_at(self.offset, &mut bytes)?;
            self.offset += bytes.len() as u64;
            self.at = 0;
            self.records.clear();
            self.records.extend(bytes.chunks_exact(R::BYTES).map(R::decode));
        }
        let found = self.records.get(self.at).copied();
        self.at += 1;
        Ok(found)
    }
}

/// Records in order, merged from their runs.
#[derive(Debug)]
pub struct Sorted<R> {
    spool: Spool,
    /// The first record of each run that is not at its end.
    heap: BinaryHeap<Reverse<(R, usize)>>,
    runs: Vec<Run<R>>,
}

impl<R: Record> Sorted<R> {
    fn refill(&mut self, number: usize) -> Result<()> {
        if let Some(record) = self.runs[number].next(&self.spool)? {
            self.heap.push(Reverse((record, number)));
        }
        Ok(())
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self) -> Result<Option<R>> {
        if let [only] = self.runs.as_mut_slice() {
            let first = self.heap.pop().map(|Reverse((record, _))| record);
            return if first.is_some() { Ok(first) } else { only.next(&self.spool) };
        }
        let Some(mut top) = self.heap.peek_mut() else { return Ok(None) };
        let Reverse((record, number)) = *top;
        match self.runs[number].next(&self.spool)? {
            // Changed in place: the heap mends itself once.
            Some(following) => *top = Reverse((following, number)),
            None => drop(std::collections::binary_heap::PeekMut::pop(top)),
        }
        Ok(Some(record))
    }
}

impl Record for u64 {
    const BYTES: usize = 8;

    fn encode(&self, into: &mut [u8]) {
        into.copy_from_slice(&self.to_le_bytes());
    }

    fn decode(from: &[u8]) -> Self {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(from);
        Self::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_come_out_in_order(mut records in prop::collection::vec(any::<u64>(), 0..200), most in 1_usize..50) {
            let folder = tempfile::tempdir().unwrap();
            let mut sorter = Sorter::within(folder.path(), most);
            records.iter().for_each(|record| sorter.push(*record).unwrap());
            let mut sorted = sorter.sorted().unwrap();
            let mut found = Vec::new();
            while let Some(record) = sorted.next().unwrap() {
                found.push(record);
            }
            records.sort_unstable();
            prop_assert_eq!(found, records);
        }
    }
}
