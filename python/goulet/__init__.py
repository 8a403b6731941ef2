"""Goulet: supply-chain risk scores from what documents say, joined with structural data.

- :func:`extract`: documents in, mentions out
- :func:`run`: documents in, scores and everything behind them out
- :func:`score`: any table of indicators and its tree in, composite scores out
- :mod:`goulet.spark`: the same over many machines

Documents are paths or a table. A table is anything with ``__arrow_c_stream__`` (pandas 2.2 or later, polars, pyarrow, DuckDB ...) with
the columns ``id date language title text source url``, of which only ``text`` is required; others are ignored. It goes through the same
stages as a file with the same rows, and gives the same bytes. Results are :class:`Table`, which all of these read without copying.
"""

from __future__ import annotations

import datetime
import json
import os
import tempfile
import warnings as _warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Union

from . import _goulet
from ._goulet import GouletError, Table, __version__

if TYPE_CHECKING:
    from typing import Protocol

    class ArrowStream(Protocol):
        """A table that Arrow's C stream can be had of."""

        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


__all__ = [
    "GouletError",
    "GouletLoss",
    "GouletWarning",
    "Results",
    "Scored",
    "Table",
    "__version__",
    "extract",
    "run",
    "score",
]

PathLike = Union[str, "os.PathLike[str]"]
Documents = Union[PathLike, Sequence[PathLike], "ArrowStream"]
Model = Union[PathLike, Mapping[str, Any]]
_Given = TypeVar("_Given")


class GouletWarning(UserWarning):
    """Something worth knowing: documents without a date, a language without a lexicon. The text begins with its code."""


class GouletLoss(GouletWarning):
    """Something that was asked for could not be read and is not in the result. On the command line the exit code is then 1."""


class Tables:
    """A folder of tables, which are read when they are asked for."""

    def __init__(self, folder: Path, files: Iterable[PathLike], scratch: tempfile.TemporaryDirectory[str] | None) -> None:
        self.folder = Path(folder)
        self.files = [Path(file).name for file in files]
        #: Removed with this object.
        self._scratch = scratch

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.tables)})"

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return [name[:-4] for name in self.files if name.endswith(".csv")]

    def table(self, name: str, **only: str) -> Table:
        """A table by its name; with ``column="value"``, its rows that have this value there."""
        if f"{name}.csv" not in self.files:
            raise KeyError(f"no table `{name}` among: {' '.join(self.tables)}")
        return _goulet.read_table(self.folder / f"{name}.csv", {column: str(value) for column, value in only.items()})

    def write(self, out: PathLike) -> list[Path]:
        """Writes all files into a folder, where they appear whole or not at all; gives their paths."""
        return _goulet.send(self.folder, self.files, Path(out))


class Results(Tables):
    """What a run gave: every table of ``goulet run``, the workbook and the page among its files.

    Columns of all tables: docs/files.md.
    """

    def __init__(
        self,
        folder: Path,
        files: Iterable[PathLike],
        scratch: tempfile.TemporaryDirectory[str] | None,
        counts: tuple[int, int],
        said: list[tuple[str, str, bool]],
    ) -> None:
        super().__init__(folder, files, scratch)
        #: Documents read.
        self.num_documents = counts[0]
        #: Mentions found.
        self.num_mentions = counts[1]
        #: What was said on the way: code, message, whether something was lost.
        self.warnings = said

    @property
    def scores(self) -> Table:
        """Risk, rank and pillars of every sector, country and period, the riskiest first."""
        return self.table("scores")

    @property
    def sectors(self) -> Table:
        """Risk, concentration and pillars of every sector and period."""
        return self.table("sectors")

    @property
    def matrix(self) -> Table:
        """Risk in the latest period: a row a country, a column a sector."""
        return self.table("matrix")

    @property
    def comparison(self) -> Table:
        """Sectors side by side: a row a measure, a column a sector."""
        return self.table("comparison")

    @property
    def indicators(self) -> Table:
        """Every indicator of every sector, country and period, with where it comes from."""
        return self.table("indicators")

    @property
    def mentions(self) -> Table:
        """Every statement that counts, with the sentence that makes it."""
        return self.table("mentions")

    @property
    def documents(self) -> Table:
        """Every document read, with its weight and the near-duplicates it belongs to."""
        return self.table("documents")

    def evidence(self, sector: str, country: str) -> Table:
        """The mentions behind the text indicators of a unit: what was said of this sector with this country as its origin."""
        return self.table("mentions", sector=sector, origin=country)

    @property
    def manifest(self) -> dict[str, Any]:
        """``datapackage.json``: every table described, and what the run was made from."""
        package: dict[str, Any] = json.loads((self.folder / "datapackage.json").read_text(encoding="utf-8"))
        return package


class Scored(Tables):
    """What the composite engine gave: ``scores`` and ``ranks``, and with ``stages`` and ``analysis`` the tables between."""

    def __init__(
        self,
        folder: Path,
        files: Iterable[PathLike],
        scratch: tempfile.TemporaryDirectory[str] | None,
        log: list[tuple[str, str, str]],
    ) -> None:
        super().__init__(folder, files, scratch)
        #: What was done to the numbers on the way: step, subject, message.
        self.log = log

    @property
    def scores(self) -> Table:
        """A row a unit (``uCode``), a column an aggregate."""
        return self.table("scores")

    @property
    def ranks(self) -> Table:
        """The same with ranks, 1 the highest score."""
        return self.table("ranks")


def extract(
    documents: Documents,
    *,
    map: Mapping[str, str] | str | None = None,
    data: PathLike | None = None,
    model: PathLike | None = None,
    keep_duplicates: bool = False,
    max_document_bytes: int | None = None,
    max_expansion: int | None = None,
    threads: int | None = None,
) -> Table:
    """Mentions of documents: who controls, dominates or coerces what, sentence by sentence.

    ``documents`` are paths (a file, a folder, a glob, or a list of them) or a table with a ``text`` column. The columns of the result are
    those of ``mentions.csv``: days as date32, numbers as float64, offsets as int64.

    - ``map``: columns under other names, ``{"text": "body", "date": "published"}``
    - ``data``: a folder of tables in place of those inside the package (``goulet init`` writes one)
    - ``model``: a model file, whose certainties enter the mentions
    - ``keep_duplicates``: every document weighs for itself, near-duplicates too
    - ``max_document_bytes``, ``max_expansion``: what is longer, or grows more when unpacked, is left out and told (64 MiB, 200)
    - ``threads``: as many as there are cores unless told otherwise; the result is the same

    Raises :class:`GouletError`; warns with :class:`GouletWarning` and :class:`GouletLoss`.
    """
    reading = _reading(map, max_document_bytes, max_expansion)
    mentions, said = _warned(_goulet.extract, _source(documents), reading, _path(data), _path(model), keep_duplicates, threads)
    _warn(said)
    return mentions


def run(
    documents: Documents | None = None,
    *,
    mentions: PathLike | Sequence[PathLike] | None = None,
    out: PathLike | None = None,
    map: Mapping[str, str] | str | None = None,
    data: PathLike | None = None,
    model: Model | None = None,
    period: str = "all",
    as_of: str | datetime.date | None = None,
    keep_duplicates: bool = False,
    cache: PathLike | None = None,
    language: str | None = None,
    draws: int | None = None,
    csv: str = "rfc4180",
    parquet: bool = False,
    max_document_bytes: int | None = None,
    max_expansion: int | None = None,
    threads: int | None = None,
) -> Results:
    """The main job: documents in, scores out, as ``goulet run`` does it.

    ``documents`` are paths or a table, as for :func:`extract`; or ``mentions`` made earlier are scored in their place (folders with
    ``documents.csv`` and ``mentions.csv``).

    - ``out``: a folder for the reports; without, they live as long as the result, and :meth:`Results.write` writes them
    - ``model``: a model file, or its keys as a dictionary: ``{"aggregate": {"method": "geometric"}}``
    - ``period``: ``all``, ``year``, ``quarter`` or ``month``; ``as_of``: the day that ages are counted from
    - ``cache``: a folder that keeps what documents said, so that the next run reads what is new
    - ``language``: ``en`` or ``fr`` for headers and names in the files; ``csv``: their form (``rfc4180 excel-fr excel raw``);
      ``parquet``: every table as Parquet too
    - ``draws``: draws of the uncertainty run, in place of the model file's
    - all others as for :func:`extract`

    Raises :class:`GouletError`; warns with :class:`GouletWarning` and :class:`GouletLoss`.
    """
    if (documents is None) == (mentions is None):
        raise TypeError("run() takes documents or mentions, one of the two")
    folder, scratch = _folder(out)
    asked = {
        "reading": _reading(map, max_document_bytes, max_expansion),
        "mentions": mentions is not None,
        "data": _path(data),
        "model": _model(model),
        "out": folder,
        "period": period,
        "as_of": None if as_of is None else str(as_of),
        "keep_duplicates": keep_duplicates,
        "cache": _path(cache),
        "language": language,
        "draws": draws,
        "csv": csv,
        "parquet": parquet,
    }
    source = _source(mentions if documents is None else documents)
    num_documents, num_mentions, files, said = _warned(_goulet.run, source, asked, threads)
    _warn(said)
    return Results(folder, files, scratch, (num_documents, num_mentions), said)


def score(
    data: PathLike | ArrowStream,
    meta: PathLike | ArrowStream | Sequence[Mapping[str, Any]],
    *,
    model: Model | None = None,
    draws: int | None = None,
    stages: bool = False,
    analysis: bool = False,
    out: PathLike | None = None,
    threads: int | None = None,
) -> Scored:
    """The composite engine on any table, as ``goulet score`` does it.

    - ``data``: a row a unit: ``uCode`` and the columns that ``meta`` names (COINr's iData); a table or a CSV file
    - ``meta``: a row an indicator or aggregate: ``iCode``, ``Type``, and optionally ``Parent Weight Direction Level iName Denominator
      Target Unit`` (COINr's iMeta); a table, a CSV file, or a list of dictionaries
    - ``model``: how to impute, treat, normalise, weigh and aggregate: a model file or its keys as a dictionary
    - ``stages``: the table after every step too; ``analysis``: correlations, effective weights, reliability ...
    - ``out``: a folder for the files; without, they live as long as the result

    Raises :class:`GouletError` with every fault of the tables, by line and column.
    """
    folder, scratch = _folder(out)
    asked = {"model": _model(model), "draws": draws, "stages": stages, "analysis": analysis, "out": folder}
    log, files = _goulet.score(_source(data), _source(_Rows.of(meta)), asked, threads)
    return Scored(folder, files, scratch, log)


class _Rows:
    """Dictionaries as a table."""

    @staticmethod
    def of(rows: Any) -> Any:
        is_rows = isinstance(rows, Sequence) and rows and all(isinstance(row, Mapping) for row in rows)
        if not is_rows:
            return rows
        columns = list(dict.fromkeys(column for row in rows for column in row))
        import pyarrow  # type: ignore[import-untyped]

        cells = {column: [None if row.get(column) is None else str(row[column]) for row in rows] for column in columns}
        return pyarrow.table({column: pyarrow.array(values, pyarrow.string()) for column, values in cells.items()})


def _source(documents: Any) -> Any:
    """Paths or a table, as the native half takes them."""
    if type(documents).__module__.startswith("polars"):
        frame = documents.collect() if hasattr(documents, "collect") else documents
        # Polars gives a column without any value in a form that not every reader takes.
        return frame.drop([name for name, kind in frame.schema.items() if str(kind) == "Null"])
    if hasattr(documents, "__arrow_c_stream__") or isinstance(documents, (str, os.PathLike)):
        return documents
    if type(documents).__module__.startswith("pandas"):
        # Before pandas 2.2.
        import pyarrow

        return pyarrow.Table.from_pandas(documents, preserve_index=False)
    return documents


def _reading(columns: Mapping[str, str] | str | None, max_document_bytes: int | None, max_expansion: int | None) -> dict[str, Any]:
    if isinstance(columns, Mapping):
        columns = ",".join(f"{field}={column}" for field, column in columns.items())
    return {"map": columns or None, "max_document_bytes": max_document_bytes, "max_expansion": max_expansion}


def _model(model: Model | None) -> dict[str, Any]:
    if isinstance(model, Mapping):
        return {"file": None, "keys": json.dumps(model)}
    return {"file": _path(model), "keys": None}


def _path(path: PathLike | None) -> Path | None:
    return None if path is None else Path(path)


def _folder(out: PathLike | None) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    if out is not None:
        return Path(out), None
    scratch = tempfile.TemporaryDirectory(prefix="goulet-")
    return Path(scratch.name), scratch


def _warned(call: Callable[..., _Given], *arguments: Any) -> _Given:
    """Calls the native half; where it fails, what it said before is said too."""
    try:
        return call(*arguments)
    except GouletError as error:
        _warn(getattr(error, "warnings", []), stacklevel=4)
        raise


def _warn(said: list[tuple[str, str, bool]], stacklevel: int = 3) -> None:
    for code, message, is_loss in said:
        _warnings.warn(f"[{code}] {message}", GouletLoss if is_loss else GouletWarning, stacklevel=stacklevel)
