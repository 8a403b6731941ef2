"""What frictionless does not see: `package FOLDER` holds the hashes and Parquet files of a run against its tables, `saved FOLDER
SAVED` the tables of a run against those a spreadsheet opened and saved. Exit code 1 with every difference."""

import csv
import hashlib
import json
import math
import pathlib
import sys

csv.field_size_limit(1 << 30)


def rows(path, delimiter):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def number(cell):
    return float(cell.replace(",", ".")) if cell else None


def is_kept(our, their):
    """Whether a number came back: spreadsheets write at most 15 significant digits."""
    if not our or not their:
        return our == their
    return math.isclose(number(our), number(their), rel_tol=1e-14, abs_tol=0)


def tables(folder):
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return package, [one for one in package["resources"] if one["format"] == "csv"]


def unguarded(cell):
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in tuple("=+-@\t\r") else cell


def check_parquet(folder, resource, is_raw, faults):
    import pyarrow.parquet

    path = folder / resource["path"].replace(".csv", ".parquet")
    if not path.exists():
        return 0
    table = pyarrow.parquet.read_table(path)
    fields = resource["schema"]["fields"]
    content = rows(folder / resource["path"], resource["dialect"]["delimiter"])[1:]
    checked = 0
    for at, field in enumerate(fields):
        name = field.get("column", field["name"])
        if name.endswith("_name") or name == "measure":
            continue
        read = {"number": number, "integer": number, "date": lambda cell: cell or None}
        text = (lambda cell: cell or None) if is_raw else (lambda cell: unguarded(cell) or None)
        expected = [read.get(field["type"], text)(row[at]) for row in content]
        found = [str(cell) if field["type"] == "date" and cell else cell for cell in table.column(name).to_pylist()]
        if resource["name"] == "comparison":
            expected, found = [], []
        if expected != found:
            faults.append(f"{path.name}: column {name} is not that of the table")
        checked += len(found)
    return checked


def check_package(folder):
    faults = []
    package, described = tables(folder)
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        if resource["hash"] != "sha256:" + hashlib.sha256(content).hexdigest() or resource["bytes"] != len(content):
            faults.append(f"{resource['path']}: hash or length is not that of the file")
    is_raw = package["goulet"]["options"]["csv"] == "raw"
    cells = sum(check_parquet(folder, resource, is_raw, faults) for resource in described)
    if package["goulet"]["options"]["parquet"] and cells == 0:
        faults.append("no Parquet cell was checked")
    return faults


def check_saved(folder, saved):
    faults, numbers = [], 0
    for resource in tables(folder)[1]:
        name = resource["path"]
        ours, theirs = rows(folder / name, ";"), rows(saved / name, ";")
        if len(ours) != len(theirs) or ours[0] != theirs[0]:
            faults.append(f"{name}: {len(ours)} rows and header became {len(theirs)} rows, {theirs[0][:4]}")
            continue
        for at, field in enumerate(resource["schema"]["fields"]):
            is_number = field["type"] in ("number", "integer")
            for line, (our, their) in enumerate(zip(ours[1:], theirs[1:]), 2):
                if is_number:
                    numbers += our[at] != ""
                    same = is_kept(our[at], their[at])
                else:
                    same = field["type"] == "date" or our[at] == their[at] or is_same_number(our[at], their[at])
                if not same:
                    faults.append(f"{name}:{line} ({field['name']}): {our[at]!r} became {their[at]!r}")
    print(f"{folder.name}: {numbers} numbers opened and saved")
    return faults if numbers else ["no number was checked"]


def is_same_number(our, their):
    """Cells of comparison.csv are numbers in some rows."""
    try:
        return is_kept(our, their)
    except ValueError:
        return False


folders = [pathlib.Path(folder) for folder in sys.argv[2:]]
found = {"package": check_package, "saved": check_saved}[sys.argv[1]](*folders)
for fault in found[:20]:
    print(fault)
sys.exit(1 if found else 0)
