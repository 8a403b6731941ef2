import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Tables that must be the same bytes whichever way documents came in.
TABLES = ["mentions.csv", "documents.csv", "indicators.csv", "scores.csv", "sectors.csv", "matrix.csv"]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def goulet_run():
    """`goulet run` of the command line: arguments in, the folder of reports out."""
    program = Path(os.environ.get("GOULET_PROGRAM", ROOT / "target/release/goulet"))
    if not program.is_file():
        pytest.skip("the program is not built")

    def run(out, *arguments):
        subprocess.run([program, "run", "--quiet", "--out", out, *arguments], check=True, stdout=subprocess.DEVNULL)
        return out

    return run


def records(count=60):
    """Documents of the sample as records, copies with other words among them, some without id, title, date or source."""
    seeds = sorted((ROOT / "seeds").glob("*.md"))
    for number in range(count):
        body = seeds[number % len(seeds)].read_text(encoding="utf-8").rsplit("---\n", 1)[-1]
        record = {
            "id": f"item-{number:05}",
            "date": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "language": None,
            "title": f"=Item {number}",
            "text": body if number % 3 else f"{body} Agency {number}.",
            "source": ["Gazette", "'Wire; \"quoted\"", None][number % 3],
            "url": f"https://example.org/{number}",
        }
        if number % 7 == 3:
            record["date"] = None
        if number % 11 == 5:
            record["title"] = None
        yield record


@pytest.fixture(scope="session")
def documents(tmp_path_factory):
    """The records, and a file of JSON Lines that holds them."""
    rows = list(records())
    path = tmp_path_factory.mktemp("documents") / "all.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows, path


def same_tables(one, other, tables=TABLES):
    for table in tables:
        assert (Path(one) / table).read_bytes() == (Path(other) / table).read_bytes(), table
