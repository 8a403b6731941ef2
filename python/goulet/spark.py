"""Goulet over many machines with Apache Spark.

:func:`run` gives what :func:`goulet.run` gives, byte for byte, and reads the documents on the workers. Each partition is a shard: a task
reads it with the native function that the command line uses (through ``mapInArrow``), writes its documents and mentions, and a receipt
with counts and hashes. The driver takes the shards in only when there is exactly one receipt for each, it is the receipt of these tables
byte for byte, and it is of the rows or files that were planned; then it looks for near-duplicates across all of them and scores. A task
that is lost is run again by Spark; one that runs twice counts once.

Every worker needs the package: ``spark-submit --archives`` or an image, as docs/cluster.md shows.
"""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import Model, PathLike, Results, _goulet, _path, _reading, _warn, _warned
from . import run as _run_here

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["run"]

#: Columns of documents, whatever the case of their names.
FIELDS = frozenset({"id", "date", "language", "title", "text", "source", "url"})
#: What a task gives back: pieces of the files of its shard, the receipt last.
PIECES = "shard int, file string, piece int, bytes binary"
#: Bytes of a piece.
PIECE = 4 << 20
RECEIPT = "receipt.json"
TABLES = ("documents.csv", "mentions.csv")


def run(
    documents: DataFrame | PathLike | Sequence[PathLike],
    spark: SparkSession | None = None,
    *,
    out: PathLike | None = None,
    parts: PathLike | None = None,
    partitions: int | None = None,
    map: Mapping[str, str] | str | None = None,
    data: PathLike | None = None,
    model: Model | None = None,
    period: str = "all",
    as_of: str | datetime.date | None = None,
    keep_duplicates: bool = False,
    language: str | None = None,
    draws: int | None = None,
    csv: str = "rfc4180",
    parquet: bool = False,
    max_document_bytes: int | None = None,
    max_expansion: int | None = None,
) -> Results:
    """Reads documents on the workers of Spark, scores them here: the reports of one machine.

    ``documents`` are paths that all workers and this process see, or a DataFrame with a ``text`` column. Its rows count in the order of its
    partitions, which only matters for the order of ``mentions.csv`` and ``documents.csv`` and for rows without an ``id``. It is read twice,
    and must give the same rows both times; that it does is checked.

    - ``spark``: the session; the one at hand unless told otherwise
    - ``parts``: a folder that all workers and this process see. Tasks leave their shards there, and a job that is started again goes on
      where it ended. Without, tables come back through Spark, by way of the workers' disks
    - ``partitions``: shards that paths are cut into, four for each core unless told otherwise; a DataFrame keeps its own
    - all others as for :func:`goulet.run`; a folder named by ``data`` must be there on all workers

    Raises :class:`goulet.GouletError` when shards do not add up; an error in a task, after Spark's retries, as Spark does.
    """
    spark = spark or _session(documents)
    reading = _reading(map, max_document_bytes, max_expansion)
    data = _path(data)
    with tempfile.TemporaryDirectory(prefix="goulet-") as scratch:
        shards = Path(scratch, "shards") if parts is None else Path(parts)
        shards.mkdir(parents=True, exist_ok=True)
        if hasattr(documents, "mapInArrow"):
            plan, pieces = _of_table(documents, reading, data, parts and shards)
        else:
            plan, pieces = _of_paths(spark, documents, partitions, reading, data, parts and shards)
        receipts = _collect(pieces, shards, is_shared=parts is not None)
        merged = Path(scratch, "merged")
        _, _, said = _goulet.merge(plan, receipts, shards, merged)
        _warn(said)
        if parts is None:
            # The tables are in `merged` now: one copy is enough.
            shutil.rmtree(shards)
        return _run_here(
            mentions=merged,
            out=out,
            data=data,
            model=model,
            period=period,
            as_of=as_of,
            keep_duplicates=keep_duplicates,
            language=language,
            draws=draws,
            csv=csv,
            parquet=parquet,
        )


def _session(documents: Any) -> SparkSession:
    if hasattr(documents, "sparkSession"):
        return documents.sparkSession
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def _of_paths(
    spark: SparkSession,
    paths: PathLike | Sequence[PathLike],
    partitions: int | None,
    reading: dict[str, Any],
    data: Path | None,
    parts: Path | None,
) -> tuple[str, DataFrame]:
    """A plan over files, and the pieces of its shards: a partition, a shard."""
    paths = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    # Workers start elsewhere than this process.
    paths = [Path(path).absolute() for path in paths]
    plan, shards = _goulet.plan_paths(paths, partitions or 4 * _cores(spark), reading, data)

    def read(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            for at in batch.column(0).to_pylist():
                yield from _read_shard(plan, shards[at], None, data, parts)

    return plan, spark.range(0, len(shards), 1, len(shards)).mapInArrow(read, PIECES)


def _cores(spark: SparkSession) -> int:
    try:
        return spark.sparkContext.defaultParallelism
    except Exception:  # Spark Connect does not tell.
        return 16


def _of_table(
    documents: DataFrame, reading: dict[str, Any], data: Path | None, parts: Path | None
) -> tuple[str, DataFrame]:
    """A plan over the partitions of a DataFrame, counted and hashed, and the pieces of its shards."""
    import pyarrow

    mapped = {pair.split("=", 1)[-1].strip().lower() for pair in (reading["map"] or "").split(",")}
    wanted = [column for column in documents.columns if column.strip().lower() in FIELDS | mapped]
    # That there is a text is said here rather than by a task.
    none = pyarrow.table({column: pyarrow.array([], pyarrow.string()) for column in documents.columns})
    _goulet.count_rows(none, reading)
    # Names with dots and blanks are names all the same.
    documents = documents.select([f"`{column.replace('`', '``')}`" for column in wanted])

    def count(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        stream = _stream(batches)
        if stream is not None:
            rows, size, sha256 = _goulet.count_rows(stream, reading)
            row = {"part": _partition(), "rows": rows, "size": size, "sha256": sha256}
            yield pyarrow.RecordBatch.from_pylist([row], schema=counted)

    counted = pyarrow.schema(
        [("part", pyarrow.int32()), ("rows", pyarrow.int64()), ("size", pyarrow.int64()), ("sha256", pyarrow.string())]
    )
    rows = documents.mapInArrow(count, "part int, rows long, size long, sha256 string").collect()
    counts = {row.part: (row.rows, row.size, row.sha256) for row in rows}
    if len(counts) != len(rows):
        raise RuntimeError("Spark counted a partition twice")
    nothing = (0, 0, "")
    plan, shards = _goulet.plan_table(
        [counts.get(part, nothing) for part in range(max(counts, default=-1) + 1)], reading, data
    )
    planned = frozenset(shards)

    def read(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        stream, part = _stream(batches), _partition()
        if part in planned:
            yield from _read_shard(plan, part, stream, data, parts)
        elif stream is not None and any(batch.num_rows for batch in stream):
            raise RuntimeError(f"partition {part} had no rows when it was counted and has some now")
        # A shard that was there before is not read again, but Spark wants its rows taken.
        for _ in batches:
            pass

    return plan, documents.mapInArrow(read, PIECES)


def _stream(batches: Iterator[pyarrow.RecordBatch]) -> pyarrow.RecordBatchReader | None:
    """Batches as one stream; nothing where there are none."""
    import itertools

    import pyarrow

    first = next(batches, None)
    if first is None:
        return None
    return pyarrow.RecordBatchReader.from_batches(first.schema, itertools.chain([first], batches))


def _partition() -> int:
    from pyspark import TaskContext

    return TaskContext.get().partitionId()


def _read_shard(
    plan: str, shard: int, stream: pyarrow.RecordBatchReader | None, data: Path | None, parts: Path | None
) -> Iterator[pyarrow.RecordBatch]:
    """On a worker: reads a shard into its folder; gives its files where nobody else sees the folder, and the receipt."""
    from pyspark import TaskContext

    context = TaskContext.get()
    threads = context.cpus() if context else 1
    # Before the native half first asks: a task uses the cores that Spark counts for it.
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
    os.environ.setdefault("POLARS_MAX_THREADS", str(threads))
    with tempfile.TemporaryDirectory(prefix="goulet-") as scratch:
        folder, receipt = _goulet.run_shard(plan, shard, parts or Path(scratch), stream, data, threads)
        if parts is None:
            for table in TABLES:
                with open(folder / table, "rb") as file:
                    for number, piece in enumerate(iter(lambda: file.read(PIECE), b"")):  # noqa: B023
                        yield _piece(shard, table, number, piece)
        yield _piece(shard, RECEIPT, 0, receipt.encode())


def _piece(shard: int, file: str, number: int, content: bytes) -> pyarrow.RecordBatch:
    import pyarrow

    columns = [
        pyarrow.array([shard], pyarrow.int32()),
        pyarrow.array([file], pyarrow.string()),
        pyarrow.array([number], pyarrow.int32()),
        pyarrow.array([content], pyarrow.binary()),
    ]
    return pyarrow.RecordBatch.from_arrays(columns, names=["shard", "file", "piece", "bytes"])


def _collect(pieces: DataFrame, shards: Path, is_shared: bool) -> list[str]:
    """The receipts of all tasks; the files of their shards are put into folders where workers could not."""
    if is_shared:
        return [bytes(row.bytes).decode() for row in pieces.collect()]
    from pyspark import StorageLevel

    # All tasks at once, then one partition after the other, so that this process holds the tables of a few at a time. What is lost
    # between is made again by Spark, and is the same.
    pieces = pieces.persist(StorageLevel.DISK_ONLY)
    try:
        pieces.count()
        receipts = []
        for row in pieces.toLocalIterator(prefetchPartitions=True):
            folder = shards / f"shard-{row.shard:05}"
            if row.file == RECEIPT:
                receipts.append(bytes(row.bytes).decode())
                # A shard without mentions has a table all the same: its header is a piece.
                (folder / RECEIPT).write_bytes(row.bytes)
            else:
                _append(folder, row.file, row.piece, row.bytes)
        return receipts
    finally:
        pieces.unpersist()


def _append(folder: Path, file: str, piece: int, content: bytes) -> None:
    """Adds a piece to a file; its place must be its number's, so that none is missing or there twice."""
    folder.mkdir(exist_ok=True)
    path = folder / file
    due = path.stat().st_size if path.exists() else 0
    if due != piece * PIECE:
        raise RuntimeError(f"{path.name} of {folder.name}: piece {piece} came after {due} bytes")
    with open(path, "ab") as target:
        target.write(content)
