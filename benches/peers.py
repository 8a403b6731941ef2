#!/usr/bin/env python3
"""Times `goulet extract` beside a plain text scan and the matchers of others, one after the other in one run.

    peers.py GOULET NEWSWIRE.jsonl

Every peer gets the phrases that the English lexicon spells out (goods, cues, words of measures), reads the same JSON Lines with Python's own
parser outside the time taken, and only says where phrases stand: no sentence, country, status or weight. Slow ones read a part.
"""
import csv
import itertools
import json
import pathlib
import re
import subprocess
import sys
import time

WORDS = "tariff embargo sanction quota restriction shortage monopoly boycott licence export supply".split()
ROUNDS = 3
TABLES = {"goods.csv": "form", "classes.csv": "form", "cues.csv": "form"}


def spelled_out(form):
    """The phrases of a form: `chip(s)` and `[cut|cuts]` written out; nothing where words may stand between."""
    if "~" in form or "<" in form:
        return []
    form = re.sub(r"\(([^)]*)\)", r"[\1|]", form)
    pieces = [piece.strip("[]").split("|") for piece in re.findall(r"\[[^\]]*\]|[^\[\]]+", form)]
    return {" ".join("".join(choice).split()) for choice in itertools.islice(itertools.product(*pieces), 200)}


def phrases(lexicon):
    found = set()
    for name, column in TABLES.items():
        with open(lexicon / name, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.update(spelled_out(row[column]))
    return sorted(phrase.lower() for phrase in found if len(phrase) > 2)


def best(run, rounds=ROUNDS):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def texts(path, limit):
    size = 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            text = record["title"] + "\n\n" + record["text"]
            size += len(text.encode())
            yield text
            if size >= limit:
                return


def scan(path):
    command = ["rg", "-c", "-i", "-F", *itertools.chain.from_iterable(("-e", word) for word in WORDS), path]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def goulet(program, path, *options):
    command = [program, "extract", path, "-o", "/dev/null", "--quiet", *options]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def ahocorasick(forms):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for form in forms:
        automaton.add_word(form, form)
    automaton.make_automaton()
    return lambda text: sum(1 for _ in automaton.iter(text.lower()))


def flashtext(forms):
    from flashtext import KeywordProcessor

    processor = KeywordProcessor()
    processor.add_keywords_from_list(forms)
    return lambda text: len(processor.extract_keywords(text))


def spacy(forms):
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    matcher.add("phrase", list(language.pipe(forms)))
    return lambda text: len(matcher(language(text)))


def main():
    program, path = sys.argv[1:3]
    size = pathlib.Path(path).stat().st_size / 1e6
    forms = phrases(pathlib.Path(__file__).parent.parent / "data/lexicon/en")
    base = best(scan(path))
    rows = [(f"`rg -c -i -F`, {len(WORDS)} words", size, base)]
    rows.append(("`goulet extract`, all it does, two threads", size, best(goulet(program, path))))
    for name, make, limit in [
        (f"pyahocorasick, {len(forms):,} phrases", ahocorasick, 20e6),
        (f"flashtext, {len(forms):,} phrases", flashtext, 10e6),
        (f"spaCy PhraseMatcher, {len(forms):,} phrases", spacy, 2e6),
    ]:
        match, wire = make(forms), list(texts(path, limit))
        read = sum(len(text.encode()) for text in wire) / 1e6
        rows.append((name, read, best(lambda: [match(text) for text in wire], 1)))
    print("| | MB read | seconds | MB/s | seconds a MB, the scan being 1 |")
    print("|---|---:|---:|---:|---:|")
    for name, megabytes, seconds in rows:
        ratio = seconds / megabytes / (base / size)
        print(f"| {name} | {megabytes:.0f} | {seconds:.2f} | {megabytes / seconds:.1f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
