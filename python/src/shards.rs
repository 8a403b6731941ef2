//! The functions behind `goulet.spark`: a plan, a shard read, all of them put together. The same plan, receipts and checks as those of
//! `goulet shard`; a plan and a receipt travel as their JSON.

use std::path::PathBuf;

use arrow_array::ffi_stream::ArrowArrayStreamReader;
use goulet::corpus::Counted;
use goulet::error::{Error, ErrorKind, Result};
use goulet::pipeline::shards::{Plan, Receipt, folder_of, merge as all, work as shard_work};
use goulet::warning::Warnings;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::fault::{Said, said};
use crate::settings::{Loaded, Reading};
use crate::source::{Source, TABLE, rows};
use crate::work::work;

/// A plan over files: its JSON and the numbers of its shards.
#[pyfunction]
#[pyo3(signature = (paths, shards, reading, data))]
pub fn plan_paths(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    shards: u32,
    reading: Reading,
    data: Option<PathBuf>,
) -> PyResult<(String, Vec<u32>)> {
    work(py, None, |_| {
        let known = Loaded::load(data.as_deref(), None)?;
        told(&Plan::make(&paths, shards, &reading.options()?, known.get())?)
    })
}

/// A plan over the parts of a table, as [`count_rows`] counted them.
#[pyfunction]
#[pyo3(signature = (parts, reading, data))]
pub fn plan_table(
    py: Python<'_>,
    parts: Vec<(u64, u64, String)>,
    reading: Reading,
    data: Option<PathBuf>,
) -> PyResult<(String, Vec<u32>)> {
    work(py, None, |_| {
        let known = Loaded::load(data.as_deref(), None)?;
        let parts: Vec<Counted> =
            parts.into_iter().map(|(rows, bytes, sha256)| Counted { rows, bytes, sha256 }).collect();
        told(&Plan::of_table(TABLE, &parts, &reading.options()?, known.get())?)
    })
}

fn told(plan: &Plan) -> Result<(String, Vec<u32>)> {
    Ok((plan.text()?, plan.shards.iter().map(|shard| shard.shard).collect()))
}

/// Rows, bytes and hash of a part of a table.
#[pyfunction]
#[pyo3(signature = (source, reading))]
pub fn count_rows(py: Python<'_>, source: Source, reading: Reading) -> PyResult<(u64, u64, String)> {
    let stream = stream_of(source)?;
    work(py, None, |_| {
        let counted = Counted::of(rows(stream, &reading.options()?.columns)?)?;
        Ok((counted.rows, counted.bytes, counted.sha256))
    })
}

/// Reads a shard into its folder in `out`, the rows handed over or the files of the plan: the folder and the receipt.
#[pyfunction]
#[pyo3(signature = (plan, shard, out, source, data, threads))]
pub fn run_shard(
    py: Python<'_>,
    plan: &str,
    shard: u32,
    out: PathBuf,
    source: Option<Source>,
    data: Option<PathBuf>,
    threads: Option<usize>,
) -> PyResult<(PathBuf, String)> {
    let stream = source.map(stream_of).transpose()?;
    work(py, threads, |progress| {
        let known = Loaded::load(data.as_deref(), None)?;
        let plan = Plan::parse(plan)?;
        let which = plan.shard(shard)?;
        let receipt = match stream {
            None => shard_work::run(&plan, which, &out, known.get(), progress)?,
            Some(stream) => {
                let rows = rows(stream, &plan.reading()?.columns)?;
                shard_work::run_rows(&plan, which, rows, &out, known.get(), progress)?
            }
        };
        Ok((folder_of(&out, shard), receipt.text()?))
    })
}

/// Checks that every shard is there once and is what its receipt says, and that the receipts at hand are those; puts their tables
/// together in `out`. Gives documents, mentions and what was said.
#[pyfunction]
#[pyo3(signature = (plan, receipts, shards, out))]
pub fn merge(
    py: Python<'_>,
    plan: &str,
    receipts: Vec<String>,
    shards: PathBuf,
    out: PathBuf,
) -> PyResult<(u64, u64, Vec<Said>)> {
    let warnings = Warnings::default();
    let (documents, mentions) = work(py, None, |_| {
        let plan = Plan::parse(plan)?;
        let receipts = receipts.iter().map(|text| Receipt::parse(text)).collect::<Result<Vec<_>>>()?;
        let (verified, _) = all::merge(&plan, &shards, &out, &warnings)?;
        let mut stored: Vec<&Receipt> = verified.shards.iter().map(|(_, receipt)| receipt).collect();
        let mut returned: Vec<&Receipt> = receipts.iter().collect();
        stored.sort_by_key(|receipt| receipt.shard);
        returned.sort_by_key(|receipt| receipt.shard);
        if stored != returned {
            return Err(Error::new(ErrorKind::Data, "the tasks did not return exactly one receipt for each shard")
                .at_file(&shards)
                .hint("run the job again with an empty folder for its shards"));
        }
        Ok((verified.documents, verified.mentions))
    })?;
    Ok((documents, mentions, said(&warnings)))
}

fn stream_of(source: Source) -> PyResult<ArrowArrayStreamReader> {
    match source {
        Source::Table(stream) => Ok(stream),
        Source::Paths(_) => Err(PyTypeError::new_err("expected rows of a table")),
    }
}
