"""The package gives what the command line gives, whatever kind of table goes in."""

import datetime
import os
import signal
import subprocess
import sys
import textwrap
import time
import warnings

import goulet
import pandas
import polars
import pyarrow
import pytest
from conftest import same_tables

KINDS = {
    "pandas": lambda rows: pandas.DataFrame(rows),
    "polars": lambda rows: polars.DataFrame(rows),
    "polars, lazy": lambda rows: polars.LazyFrame(rows),
    "pyarrow": lambda rows: pyarrow.Table.from_pylist(rows),
    "a reader of batches": lambda rows: pyarrow.Table.from_pylist(rows).to_reader(max_chunksize=7),
}


def quietly(call, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", goulet.GouletWarning)
        return call(*arguments, **options)


def test_ten_lines_give_the_scores_of_the_sample(root):
    results = goulet.run(root / "seeds")
    expected = pandas.read_csv(root / "reports/scores.csv")
    found = results.scores.to_pandas()
    pandas.testing.assert_frame_equal(found, expected, check_dtype=False, check_exact=True)
    assert (results.folder / "scores.csv").read_bytes() == (root / "reports/scores.csv").read_bytes()
    said = subprocess.run([sys.executable, root / "python/examples/ten_lines.py"], cwd=root, check=True, capture_output=True, text=True)
    assert said.stdout.splitlines()[1].split()[:3] == ["1", "critical_minerals", "CHN"]


def test_the_tour_runs(root):
    subprocess.run([sys.executable, root / "python/examples/tour.py"], cwd=root, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_gives_the_bytes_of_a_file(kind, documents, tmp_path):
    rows, path = documents
    options = {"period": "quarter", "draws": 20}
    of_file = quietly(goulet.run, path, **options)
    of_table = quietly(goulet.run, KINDS[kind](rows), out=tmp_path / "out", **options)
    same_tables(of_file.folder, of_table.folder)
    assert of_table.num_documents == len(rows)
    source = of_table.manifest["sources"][0]
    assert source["path"] == "table" and len(source["hash"]) == len("sha256:") + 64


def test_the_command_line_gives_the_same(documents, goulet_run, tmp_path):
    _, path = documents
    goulet_run(tmp_path / "cli", "--corpus", path, "--period", "month", "--draws", "20")
    results = quietly(goulet.run, path, period="month", draws=20)
    same_tables(tmp_path / "cli", results.folder)


def test_any_number_of_threads_gives_the_same(documents):
    rows, _ = documents
    one, two = (quietly(goulet.extract, polars.DataFrame(rows), threads=threads).to_pyarrow() for threads in (1, 2))
    assert one.equals(two) and one.num_rows > 20


def test_columns_have_their_types(documents):
    rows, _ = documents
    mentions = quietly(goulet.extract, pyarrow.Table.from_pylist(rows))
    schema = mentions.to_pyarrow().schema
    types = {"doc_id": pyarrow.string(), "date": pyarrow.date32(), "severity": pyarrow.float64(), "start": pyarrow.int64()}
    assert {name: schema.field(name).type for name in types} == types
    assert len(mentions) == mentions.to_pandas().shape[0] == mentions.to_polars().height > 0
    assert mentions.to_polars()["date"].dtype == polars.Date
    # Text is as it came: the apostrophe that keeps a spreadsheet from running it stays in the files.
    assert "'Wire; \"quoted\"" in set(mentions.to_polars()["publisher"])


def test_columns_may_have_other_names_and_types():
    text = "China bans exports of gallium to the United States."
    table = pyarrow.table(
        {
            "number": pyarrow.array([7, 8], pyarrow.int32()),
            "body": pyarrow.array([text, text]).dictionary_encode(),
            "published": pyarrow.array([datetime.datetime(2024, 12, 3, 23), None], pyarrow.timestamp("us")),
            "other": [[1], [2]],
        }
    )
    mentions = quietly(goulet.extract, table, map={"text": "body", "id": "number", "date": "published"}).to_pyarrow().to_pylist()
    assert [(one["doc_id"], one["date"]) for one in mentions] == [("7", datetime.date(2024, 12, 3)), ("8", None)]
    with pytest.raises(goulet.GouletError, match="map: `words` is no field"):
        goulet.extract(table, map={"words": "body"})


def test_rows_without_an_id_are_numbered():
    text = "China bans exports of gallium to the United States."
    mentions = quietly(goulet.extract, pandas.DataFrame({"text": ["", text, None, text]})).to_polars()
    assert mentions["doc_id"].to_list() == ["table#2", "table#4"]


def test_what_is_lost_is_said():
    text = ["China bans exports of gallium to the United States."]
    table = pyarrow.table({"text": text * 2, "title": [["a"], ["b"]]})
    with pytest.warns(goulet.GouletLoss, match=r"\[broken-record\] table: row 1: `title` holds a list, not text"):
        with pytest.raises(goulet.GouletError, match="no document could be read"):
            goulet.extract(table)
    with pytest.warns(goulet.GouletWarning, match=r"\[undated\]"):
        goulet.extract(pyarrow.table({"text": text}))


def test_errors_say_what_the_command_line_says(tmp_path):
    with pytest.raises(goulet.GouletError) as caught:
        goulet.run(tmp_path / "missing")
    assert (caught.value.kind, caught.value.file) == ("not_found", str(tmp_path / "missing"))
    assert "no such file or folder" in str(caught.value) and "check the spelling" in caught.value.hint
    with pytest.raises(goulet.GouletError, match="no `text` column among: body") as caught:
        goulet.extract(pyarrow.table({"body": ["a"]}))
    assert caught.value.kind == "format"
    (tmp_path / "model.toml").write_text("[aggregate]\nmethod = 'mean'\n")
    with pytest.raises(goulet.GouletError) as caught:
        goulet.run(pyarrow.table({"text": ["a"]}), model=tmp_path / "model.toml")
    assert caught.value.line == 2
    for wrong in [{"period": "week"}, {"as_of": "yesterday"}, {"csv": "xml"}, {"language": "de"}]:
        with pytest.raises(goulet.GouletError):
            goulet.run(pyarrow.table({"text": ["a"]}), **wrong)
    with pytest.raises(TypeError, match="expected a path, a list of paths, or a table"):
        goulet.extract(7)
    with pytest.raises(TypeError, match="one of the two"):
        goulet.run()


def test_a_table_that_breaks_off_gives_nothing(tmp_path):
    def batches():
        yield pyarrow.record_batch({"text": ["China bans exports of gallium to the United States."]})
        raise ValueError("the source is gone")

    reader = pyarrow.RecordBatchReader.from_batches(pyarrow.schema({"text": pyarrow.string()}), batches())
    with pytest.raises(goulet.GouletError, match="the source is gone"):
        goulet.run(reader, out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_model_may_be_a_dictionary(root, tmp_path):
    (tmp_path / "model.toml").write_text('[text]\nprior_strength = 3.0\n')
    of_file = goulet.run(root / "seeds", model=tmp_path / "model.toml", draws=0)
    of_keys = goulet.run(root / "seeds", model={"text": {"prior_strength": 3.0}}, draws=0)
    same_tables(of_file.folder, of_keys.folder)
    assert of_keys.scores.to_pyarrow() != goulet.run(root / "seeds", draws=0).scores.to_pyarrow()


def test_results_are_written_and_scored_again(root, tmp_path):
    results = goulet.run(root / "seeds", draws=20)
    written = results.write(tmp_path / "reports")
    assert {path.name for path in written} >= {"scores.csv", "scores.xlsx", "report.html", "datapackage.json"}
    same_tables(results.folder, tmp_path / "reports")
    again = quietly(goulet.run, mentions=tmp_path / "reports", draws=20)
    same_tables(results.folder, again.folder, ["indicators.csv", "scores.csv"])
    evidence = results.evidence("critical_minerals", "CHN").to_polars()
    assert evidence.height > 0 and set(evidence["origin"]) == {"CHN"}
    with pytest.raises(KeyError, match="no table `score` among"):
        results.table("score")
    folder = results.folder
    del results
    assert not folder.exists()


META = [
    {"iCode": "income", "Type": "Indicator", "Parent": "index", "Weight": 1, "Direction": 1},
    {"iCode": "risk", "Type": "Indicator", "Parent": "index", "Weight": 1, "Direction": -1},
    {"iCode": "index", "Type": "Aggregate", "Weight": 1},
]


def test_any_table_is_scored(tmp_path):
    data = pandas.DataFrame({"uCode": ["A", "B", "C"], "income": [1, 2, 3.5], "risk": [0.25, None, 1e-7]})
    data.to_csv(tmp_path / "data.csv", index=False)
    pandas.DataFrame(META).to_csv(tmp_path / "meta.csv", index=False)
    of_files = goulet.score(tmp_path / "data.csv", tmp_path / "meta.csv", stages=True)
    for kind in [data, polars.from_pandas(data), pyarrow.Table.from_pandas(data)]:
        scored = goulet.score(kind, META, stages=True)
        for table in of_files.tables:
            assert scored.table(table).to_pyarrow() == of_files.table(table).to_pyarrow(), table
    assert scored.scores.column_names == ["uCode", "index"] and "raw" in scored.tables
    geometric = goulet.score(data, META, model={"aggregate": {"method": "geometric"}, "normalise": {"range": [1, 100]}})
    assert geometric.scores.to_pyarrow() != scored.scores.to_pyarrow()
    with pytest.raises(goulet.GouletError, match="3 faults"):
        goulet.score(data, [{"iCode": "risk", "Type": "Wrong"}, {"iCode": "income", "Type": "Wrong"}])


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interruption_ends_the_work_and_leaves_nothing(tmp_path):
    script = textwrap.dedent(f"""
        import itertools, pyarrow, goulet
        batch = pyarrow.record_batch({{"text": ["China bans exports of gallium to the United States."] * 1000}})
        endless = pyarrow.RecordBatchReader.from_batches(batch.schema, itertools.repeat(batch))
        print("begun", flush=True)
        try:
            goulet.run(endless, out={str(tmp_path / "out")!r})
        except KeyboardInterrupt:
            print("interrupted")
    """)
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert (said, process.returncode) == ("interrupted\n", 0)
    assert list((tmp_path / "out").iterdir()) == []
