"""Recalculates workbooks with LibreOffice and compares them with the tables of the same run: see run.sh."""

import csv
import math
import pathlib
import re
import subprocess
import sys
import tempfile

import openpyxl

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GOULET = str(pathlib.Path(sys.argv[1]).resolve())
NEAR = 1e-6

# LibreOffice computes every formula anew when it opens a file.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def run(out, model, *more):
    """A run on the sample without draws, which cells do not hold."""
    command = [GOULET, "run", "--quiet", "--draws", "0", "--corpus", "seeds", "--out", str(out), *more]
    command += ["--model", str(model)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def recalculated(book, folder):
    """Saves without any result, lets LibreOffice compute and save, and reads the results."""
    folder.mkdir()
    source, target = folder / "in.xlsx", folder / "out"
    book.save(source)
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{profile.parent}"]
    command += ["--convert-to", "xlsx", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
    return openpyxl.load_workbook(target / "in.xlsx", data_only=True)


def is_near(a, b):
    empty = (None, "")
    if a in empty or b in empty:
        return a in empty and b in empty
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=NEAR)


def number(text):
    return float(text) if text else None


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Differences:
    """What does not agree, and how much was compared."""

    def __init__(self):
        self.compared, self.found = 0, []

    def compare(self, what, here, there):
        self.compared += 1
        if not is_near(here, there):
            self.found.append(f"{what}: {here!r} in the workbook, {there!r} expected")

    def end(self, case):
        for line in self.found[:20]:
            print(f"  {line}", file=sys.stderr)
        if self.found or not self.compared:
            sys.exit(f"{case}: {len(self.found)} of {self.compared} numbers differ")
        print(f"{case}: {self.compared} numbers agree")


def compare_results(original, results, differences):
    """Every formula of the workbook: the result it came with and the one computed."""
    formulas = openpyxl.load_workbook(original)
    written = openpyxl.load_workbook(original, data_only=True)
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    here = results[sheet.title][cell.coordinate].value
                    there = written[sheet.title][cell.coordinate].value
                    differences.compare(f"{sheet.title}!{cell.coordinate}", here, there)


def compare_tables(results, out, differences, names):
    """Scores, Sectors and Matrix with scores.csv, sectors.csv and matrix.csv; `names` are headers of csv columns."""
    sheet = results["Scores"]
    header = [cell.value for cell in sheet[4]]
    rows = {(row[1].value, row[3].value, row[4].value): row for row in sheet.iter_rows(min_row=5)}
    scores = table(out / "scores.csv")
    differences.compare("rows of Scores", len(rows), len(scores))
    for expected in scores:
        key = (expected["sector"], expected["country"], expected["period"])
        for column, name in [*names.items(), ("rank", "Rank"), ("coverage", "Coverage")]:
            if name in header:
                here = rows[key][header.index(name)].value
                differences.compare(f"Scores {key} {column}", here, number(expected[column]))
    sheet = results["Sectors"]
    header = [cell.value for cell in sheet[4]]
    rows = {(row[1].value, row[2].value): row for row in sheet.iter_rows(min_row=5)}
    for expected in table(out / "sectors.csv"):
        key = (expected["sector"], expected["period"])
        for column, name in names.items():
            if name in header:
                here = rows[key][header.index(name)].value
                differences.compare(f"Sectors {key} {column}", here, number(expected[column]))
    sheet = results["Matrix"]
    codes = [cell.value for cell in sheet[6]]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=7)}
    for expected in table(out / "matrix.csv"):
        for sector in expected.keys() - {"country"}:
            here = rows[expected["country"]][codes.index(sector)].value
            differences.compare(f"Matrix {expected['country']} {sector}", here, number(expected[sector]))


def cell(book, name):
    """The cell that a defined name names."""
    title, place = next(iter(book.defined_names[name].destinations))
    return book[title][place]


def changed(text, code, key, value):
    """The model file with another value for a key of a node."""
    block = rf'(code = "{code}"\n(?:(?!\[\[node\]\])[\s\S])*?\n?{key} = )[^\n#]+'
    new, count = re.subn(block, rf"\g<1>{value}", text, count=1)
    assert count == 1, f"{key} of {code} is not in the model file"
    return new


NAMES = {
    "risk": "Supply risk",
    "export_controls": "Export controls",
    "concentration": "Concentration",
    "coercion": "Coercion",
    "mitigation": "Mitigation",
}

# Each case: a model file, what of it is changed (name of a cell, node, key, new value in the cell, in the file), further options.
CASES = {
    "built-in tree": (
        ROOT / "data" / "model.toml",
        [
            ("weight_export_controls", "export_controls", "weight", 3, "3.0"),
            ("weight_coercion", "coercion", "weight", 0, "0.0"),
            ("weight_supply_share", "supply_share", "weight", 0.5, "0.5"),
            ("high_supply_share", "supply_share", "goalposts", 0.25, "[0, 0.25]"),
        ],
        [],
    ),
    "by year": (
        ROOT / "data" / "model.toml",
        [("weight_concentration", "concentration", "weight", 0.25, "0.25")],
        ["--period", "year"],
    ),
    "deeper tree, other means": (
        HERE / "deeper.toml",
        [
            ("weight_measures", "measures", "weight", 4, "4"),
            ("weight_coercion_text", "coercion_text", "weight", 0, "0"),
            ("weight_coercive_leverage", "coercive_leverage", "weight", 5, "5"),
            ("weight_export_restrictions", "export_restrictions", "weight", 2.5, "2.5"),
        ],
        [],
    ),
    "steps that stay values": (
        HERE / "values.toml",
        [("weight_concentration", "concentration", "weight", 0.5, "0.5")],
        [],
    ),
}


def check(case, scratch):
    model, changes, more = CASES[case]
    text = model.read_text(encoding="utf-8")
    folder = scratch / re.sub(r"\W", "-", case)
    folder.mkdir()
    out = folder / "run"
    run(out, model, *more)
    original = out / "scores.xlsx"
    differences = Differences()
    results = recalculated(openpyxl.load_workbook(original), folder / "same")
    compare_results(original, results, differences)
    compare_tables(results, out, differences, NAMES)
    differences.end(f"{case}: recalculated")

    book = openpyxl.load_workbook(original)
    for name, code, key, in_cell, in_file in changes:
        cell(book, name).value = in_cell
        text = changed(text, code, key, in_file)
    cell(book, "ranking_min_coverage").value = 0.45
    text, count = re.subn(r"(\[ranking\][^\[]*min_coverage = )[^\n]+", r"\g<1>0.45", text)
    assert count == 1
    (folder / "changed.toml").write_text(text, encoding="utf-8")
    again = folder / "again"
    run(again, folder / "changed.toml", *more)
    differences = Differences()
    compare_tables(recalculated(book, folder / "changed"), again, differences, NAMES)
    differences.end(f"{case}: weights changed")
    before = {(row["sector"], row["country"], row["period"]): row["rank"] for row in table(out / "scores.csv")}
    after = {(row["sector"], row["country"], row["period"]): row["rank"] for row in table(again / "scores.csv")}
    assert before != after, f"{case}: the changed weights move no rank, so nothing was tested"


with tempfile.TemporaryDirectory() as scratch:
    for case in CASES:
        check(case, pathlib.Path(scratch))
