"""Not run: what a type checker must accept of the package, and must not."""

from datetime import date
from pathlib import Path

import goulet
import pyarrow as pa  # type: ignore[import-untyped]

mentions: goulet.Table = goulet.extract("news", map={"text": "body"})
rows: int = len(mentions)
names: list[str] = mentions.column_names
results: goulet.Results = goulet.run([Path("news"), "more.jsonl"], as_of=date(2025, 1, 1), model={"text": {"prior_strength": 3.0}})
written: list[Path] = results.write("reports")
evidence: goulet.Table = results.evidence("solar", "CHN")
scored: goulet.Scored = goulet.score("data.csv", [{"iCode": "a", "Type": "Indicator"}], stages=True)
of_arrow: goulet.Table = goulet.extract(pa.table({"text": ["a"]}))
goulet.run(7)  # type: ignore[arg-type]
goulet.extract("news", threads="two")  # type: ignore[arg-type]
