"""What a document costs on a cluster: documents per second of a core, of the reading alone and of the whole job.

Times are of processors, not of the clock, so that a busy machine gives the same figures: all processes of the cluster, Java, Python and
Goulet, before the job and after it.

    python python/benches/spark.py [documents, 200000] [bytes of a document, 500]
"""

import json
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import goulet.spark
import pyspark
from goulet import _goulet
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def corpus(folder, count, size):
    """Paragraphs of the sample, cut to a size, as JSON Lines in eight files."""
    seeds = [path.read_text(encoding="utf-8").rsplit("---\n", 1)[-1] for path in sorted((ROOT / "seeds").glob("*.md"))]
    for part in range(8):
        with open(folder / f"{part}.jsonl", "w", encoding="utf-8") as file:
            for number in range(part, count, 8):
                text = seeds[number % len(seeds)]
                start = number * 131 % max(len(text) - size, 1)
                day = f"{2020 + number % 6}-{number % 12 + 1:02}-{number % 28 + 1:02}"
                # The number at the end: a text that came before, word for word, would not be read again.
                body = f"{text[start : start + size]} {number}"
                record = {"id": str(number), "date": day, "source": f"Wire {number % 40}", "text": body}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


def below(root):
    """Seconds of a processor that the processes below `root` have used, those that ended among them."""
    fields = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields[int(folder.name)] = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            # It ended meanwhile.
            continue
    family = {root}
    while more := {pid for pid, of in fields.items() if int(of[1]) in family} - family:
        family |= more
    return sum(int(ticks) for pid in family if pid in fields for ticks in fields[pid][11:15]) / TICKS


def main():
    count, size = (int(given) for given in [*sys.argv[1:], *["200000", "500"][len(sys.argv) - 1 :]])
    warnings.simplefilter("ignore", goulet.GouletWarning)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "corpus")
        folder.mkdir()
        corpus(folder, count, size)
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        print(f"{count} documents, {megabytes:.0f} MB")

        reading = {"map": None, "max_document_bytes": None, "max_expansion": None}
        plan, _ = _goulet.plan_paths([folder], 1, reading, None)
        before = time.process_time()
        _goulet.run_shard(plan, 0, Path(scratch, "one"), None, None, 1)
        alone = time.process_time() - before
        print(f"reading, one process: {alone:.1f} s of a core, {count / alone:.0f} documents a second, {megabytes / alone:.0f} MB a second")

        os.environ.update(SPARK_HOME=str(Path(pyspark.__file__).parent), PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
        builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.ui.enabled", "false")
        spark = builder.config("spark.executor.memory", "512m").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        # Executors are there and warm.
        spark.range(8).count()
        driver = spark.sparkContext._gateway.proc.pid
        before, own, clock = below(driver), time.process_time(), time.monotonic()
        results = goulet.spark.run(folder, spark, parts=Path(scratch, "parts"), partitions=16, draws=0)
        workers, own, clock = below(driver) - before, time.process_time() - own, time.monotonic() - clock
        assert results.num_documents == count
        print(f"Spark, two workers of a core: {workers:.1f} s of a core on the cluster, {count / workers:.0f} documents a second")
        print(f"merging and scoring on the driver: {own:.1f} s of a core, {count / own:.0f} documents a second")
        print(f"by the clock: {clock:.1f} s")
        hours = 1e9 / count * (workers + own) / 3600
        print(f"a billion documents: {hours:.0f} hours of a core")
        spark.stop()


if __name__ == "__main__":
    main()
