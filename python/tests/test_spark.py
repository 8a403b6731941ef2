"""The job on a cluster of two workers gives the bytes of one machine, also when a worker is killed in mid-run."""

import json
import os
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import goulet
import pytest
from conftest import TABLES, records, same_tables

pyspark = pytest.importorskip("pyspark")

import goulet.spark  # noqa: E402

#: Documents of the corpus that takes the cluster some seconds.
MANY = int(os.environ.get("GOULET_SPARK_DOCUMENTS", "3000"))
OPTIONS = {"period": "year", "draws": 20}


@pytest.fixture(scope="module")
def spark():
    home = Path(pyspark.__file__).parent
    os.environ.update(SPARK_HOME=str(home), PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    os.environ.setdefault("PYTHONPATH", str(Path(goulet.__file__).resolve().parents[1]))
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .appName("goulet")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.executor.memory", "512m")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"])
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Several files, with near-duplicates in different ones, and what one machine makes of them."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = [json.dumps(record) + "\n" for record in records(MANY)]
    for number in range(3):
        (folder / f"{number}.jsonl").write_text("".join(lines[number::3]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(corpus, goulet_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("alone")
    return goulet_run(out, "--corpus", str(corpus), "--period", "year", "--draws", "20")


def job(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", goulet.GouletWarning)
        return goulet.spark.run(*arguments, **OPTIONS, **options)


def frame(spark, corpus):
    """The files as a DataFrame, in their order: a line a row, cut into fields by Spark."""
    columns = "id string, date string, language string, title string, text string, source string, url string"
    parts = [spark.read.schema(columns).json(str(path)).coalesce(2) for path in sorted(corpus.iterdir())]
    return parts[0].union(parts[1]).union(parts[2])


def processes(session, name):
    """Processes that the driver started, or one of its own, whose command holds `name`."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            # It ended meanwhile.
            continue
    family = {session.sparkContext._gateway.proc.pid}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(pid for pid in family if name in commands.get(pid, ""))


def kill_once(session, name, is_due):
    """Kills a process of the cluster as soon as `is_due`; the list it gives holds what was killed."""
    killed = []

    def watch():
        until = time.monotonic() + 900
        while time.monotonic() < until and not killed:
            victims = processes(session, name) if is_due() else []
            if victims:
                os.kill(victims[-1], signal.SIGKILL)
                killed.append(victims[-1])
            time.sleep(0.05)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return killed, thread


def test_files_give_the_bytes_of_one_machine(spark, corpus, alone):
    results = job(str(corpus), spark, partitions=7)
    same_tables(alone, results.folder, TABLES)
    assert results.num_documents == MANY


def test_a_frame_gives_the_bytes_of_one_machine(spark, corpus, alone, tmp_path):
    results = job(frame(spark, corpus), parts=tmp_path / "parts", out=tmp_path / "out")
    same_tables(alone, tmp_path / "out", TABLES)
    assert results.num_documents == MANY
    # Shuffled rows have another order, and the same indicators.
    shuffled = job(frame(spark, corpus).repartition(5, "id").sortWithinPartitions("id"))
    same_tables(alone, shuffled.folder, ["indicators.csv", "scores.csv", "sectors.csv"])


def test_a_killed_executor_changes_nothing(spark, corpus, alone, tmp_path):
    parts = tmp_path / "parts"

    def is_due():
        return any(parts.glob("shard-*/receipt.json"))

    killed, thread = kill_once(spark, "CoarseGrainedExecutorBackend", is_due)
    done_at_kill = []
    watcher = threading.Thread(
        target=lambda: (thread.join(), done_at_kill.append(len(list(parts.glob("shard-*/receipt.json"))))), daemon=True
    )
    watcher.start()
    results = job(str(corpus), spark, partitions=24, parts=parts)
    watcher.join(10)
    assert killed and done_at_kill[0] < 24, "the kill came after the last shard"
    same_tables(alone, results.folder, TABLES)
    assert results.num_documents == MANY


def test_a_killed_executor_changes_nothing_where_tables_come_back_through_spark(spark, corpus, alone):
    tracker = spark.sparkContext.statusTracker()

    def is_due():
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        return any(stage and 1 <= stage.numCompletedTasks < stage.numTasks - 2 for stage in stages)

    for name in ["pyspark.daemon", "CoarseGrainedExecutorBackend"]:
        killed, thread = kill_once(spark, name, is_due)
        results = job(str(corpus), spark, partitions=24)
        thread.join(1)
        assert killed
        same_tables(alone, results.folder, TABLES)
        assert results.num_documents == MANY


def test_a_frame_that_changes_is_refused(spark, corpus):
    from pyspark.errors import PySparkException
    from pyspark.sql import functions

    changing = frame(spark, corpus).limit(50).withColumn("text", functions.concat("text", functions.expr("uuid()").cast("string")))
    changing = changing.withColumn("text", functions.udf(lambda text: f"{text} {time.time_ns()}")("text"))
    with pytest.raises(PySparkException, match="not the rows that the plan was made of"):
        job(changing)


def test_a_job_goes_on_where_it_ended_and_takes_no_other_shards(spark, corpus, alone, tmp_path):
    parts = tmp_path / "parts"
    job(str(corpus), spark, partitions=6, parts=parts)
    stamps = {path: path.stat().st_mtime_ns for path in parts.glob("shard-*/receipt.json")}
    results = job(str(corpus), spark, partitions=6, parts=parts)
    assert {path: path.stat().st_mtime_ns for path in parts.glob("shard-*/receipt.json")} == stamps
    same_tables(alone, results.folder, TABLES)
    table = sorted(parts.glob("shard-*/mentions.csv"))[0]
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(goulet.GouletError, match="the table is not the one that the receipt speaks of"):
        job(str(corpus), spark, partitions=6, parts=parts)


def test_what_cannot_be_read_is_said_by_the_driver(spark):
    table = spark.createDataFrame([("a",)], "body string")
    with pytest.raises(goulet.GouletError, match="no `text` column among: body"):
        goulet.spark.run(table)
