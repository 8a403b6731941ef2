"""Makes a corpus of a given size out of the project's own samples, as JSON Lines on standard output.

usage: python3 benches/scale.py KIND SIZE

KIND is one of
  short  news flashes: two sentences of the samples of one language (about 400 bytes a document)
  long   articles: twelve to twenty such sentences (about 3 KB a document), no two alike
  same   the sample documents as they are, again and again under other ids

SIZE is in bytes, or as 500M or 10G (powers of 1000). The same arguments give the same bytes.
"""

import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}


def samples():
    """The documents of tests/gold and seeds."""
    for path in sorted((ROOT / "tests" / "gold").rglob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                document = json.loads(line)
                if document.get("text"):
                    yield {key: document.get(key, "") for key in ("language", "date", "title", "text")}
    for path in sorted((ROOT / "seeds").glob("*.md")):
        head, _, text = path.read_text(encoding="utf-8").removeprefix("---\n").partition("---\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        document = {key: fields.get(key, "").strip('"') for key in ("language", "date", "title")}
        yield document | {"text": text.strip()}


def sentences(text):
    """Roughly: a full stop and a blank, or an ideographic full stop, ends a sentence."""
    for part in text.replace("。", "。\n").replace(". ", ".\n").splitlines():
        if 20 < len(part.strip()) < 400:
            yield part.strip()


def made(kind, documents):
    """Endless documents."""
    rng = random.Random(1)
    by_language = {}
    for document in documents:
        by_language.setdefault(document["language"], []).extend(sentences(document["text"]))
    languages = [document["language"] for document in documents]
    number = 0
    while True:
        if kind == "same":
            document = dict(documents[number % len(documents)])
        else:
            language = rng.choice(languages)
            pool = by_language[language]
            count = 2 if kind == "short" else rng.randint(12, 20)
            chosen = [pool[int(rng.random() * len(pool))] for _ in range(count)]
            day = f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
            text = " ".join(chosen) + f" ({number * 7919 % 1000003}/{rng.randint(1, 999)})"
            document = {"language": language, "date": day, "title": f"{chosen[0][:60]} {number}", "text": text}
        document["id"] = f"d{number}"
        document["source"] = f"Wire {number % 50}"
        yield document
        number += 1


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("short", "long", "same"):
        sys.exit(__doc__)
    kind, size = sys.argv[1:]
    left = int(size[:-1]) * UNITS[size[-1]] if size[-1] in UNITS else int(size)
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for document in made(kind, list(samples())):
        line = (encode(document) + "\n").encode()
        left -= len(line)
        if left < 0:
            break
        sys.stdout.buffer.write(line)


if __name__ == "__main__":
    main()
