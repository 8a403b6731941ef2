"""The native half. Use :mod:`goulet`."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

__version__: str

_Path = str | PathLike[str]
_Said = tuple[str, str, bool]

class GouletError(Exception):
    """What Goulet could not do, in the words of the command line."""

    kind: str
    file: str | None
    line: int | None
    column: str | None
    hint: str | None
    faults: list[str]
    warnings: list[_Said]

class Table:
    """A table whose batches lie in memory as Arrow has them."""

    @property
    def column_names(self) -> list[str]: ...
    @property
    def num_rows(self) -> int: ...
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def to_pyarrow(self) -> Any:
        """As a ``pyarrow.Table``."""
    def to_pandas(self, **options: Any) -> Any:
        """As a ``pandas.DataFrame`` (needs pyarrow); options are those of ``pyarrow.Table.to_pandas``."""
    def to_polars(self) -> Any:
        """As a ``polars.DataFrame``."""

def extract(
    source: Any,
    reading: Mapping[str, Any],
    data: _Path | None,
    model: _Path | None,
    keep_duplicates: bool,
    threads: int | None,
) -> tuple[Table, list[_Said]]: ...
def run(source: Any, asked: Mapping[str, Any], threads: int | None) -> tuple[int, int, list[Path], list[_Said]]: ...
def score(
    data: Any, meta: Any, asked: Mapping[str, Any], threads: int | None
) -> tuple[list[tuple[str, str, str]], list[Path]]: ...
def read_table(path: _Path, only: Mapping[str, str]) -> Table: ...
def send(folder: _Path, names: Sequence[str], out: _Path) -> list[Path]: ...
def plan_paths(
    paths: Sequence[_Path], shards: int, reading: Mapping[str, Any], data: _Path | None
) -> tuple[str, list[int]]: ...
def plan_table(
    parts: Sequence[tuple[int, int, str]], reading: Mapping[str, Any], data: _Path | None
) -> tuple[str, list[int]]: ...
def count_rows(source: Any, reading: Mapping[str, Any]) -> tuple[int, int, str]: ...
def run_shard(
    plan: str, shard: int, out: _Path, source: Any | None, data: _Path | None, threads: int | None
) -> tuple[Path, str]: ...
def merge(plan: str, receipts: Sequence[str], shards: _Path, out: _Path) -> tuple[int, int, list[_Said]]: ...
