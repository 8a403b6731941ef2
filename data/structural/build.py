#!/usr/bin/env python3
"""Builds the structural reference tables of Goulet from the shared source files.

    python3 data/structural/build.py ../shared/data

Reads the folder given (and its neighbour `golden`), writes `data/*.csv`, `data/structural/*.csv` and `data/datapackage.json`.
Standard library only. Every rule about a source's dirt is stated where it is applied; README.md sums them up.
Stops with a message, and writes nothing, where a check fails.
"""

import csv
import io
import re
import sys
from collections import defaultdict
from pathlib import Path

sys.dont_write_bytecode = True

import names  # noqa: E402
import package  # noqa: E402
import sectors  # noqa: E402

HERE = Path(__file__).resolve().parent
DATA = HERE.parent

STAGES = {"E": "extraction", "P": "processing", "Extraction": "extraction", "Processing": "processing"}
SUPPLY_USED = {
    "GS+EU": "global_and_eu", "GS + EUS": "global_and_eu",
    "GSonly": "global_only", "GS only": "global_only",
    "EUonly": "eu_only", "EUS only": "eu_only", "EU": "eu_only", "": "",
}
# A set whose unnamed remainder exceeds this is incomplete: below it, the HHI is understated by less than 0.01.
MAX_OTHER = 0.10
# What the EU tables print as `<0.1%`.
BELOW_TENTH = 0.0005

EU_PUBLISHER = "European Commission"
EU_TITLE = "Study on the critical raw materials for the EU 2023 (tabulated by E. Emilsson, CC BY 4.0)"
EU_URL = "https://doi.org/10.2873/725585"
USGS_TITLE = "Mineral Commodity Summaries 2026, data release"
USGS_URL = "https://doi.org/10.5066/P1WKQ63T"

SHARE_COLUMNS = ["input", "stage", "country", "share", "kind", "reference_year", "preferred", "complete", "basis",
                 "publisher", "title", "url", "note"]


def rows_of(path):
    """The rows of a CSV file, decoded as UTF-8 where it is UTF-8 and else byte by byte, bad bytes kept visible."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def number(value):
    """A number as text: at most six decimals, no trailing zeros; empty for None."""
    if value is None:
        return ""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def fraction(text):
    """`12%`, `12` or `<0.1%` as a fraction; None where there is no number (`N/A`, `-`, `>0%`, empty)."""
    text = (text or "").strip()
    if text.startswith("<"):
        return BELOW_TENTH
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%?", text)
    return float(match[1]) / 100 if match else None


def plain(text):
    """A published figure as it stands, empty for `-` and `N/A`."""
    text = (text or "").strip()
    return "" if text in ("-", "N/A") else number(float(text))


# --- shares -----------------------------------------------------------------------------------------------------------


class ShareSet:
    """The shares of one (input, stage) from one source: countries, OTHER, and what is said about all of them."""

    def __init__(self, input, stage, shares, notes, **meta):
        self.input, self.stage, self.shares, self.notes, self.meta = input, stage, shares, notes, meta
        named = [c for c, s in shares.items() if c != "OTHER" and s > 0]
        other = shares.get("OTHER", 0)
        self.complete = other <= MAX_OTHER and (len(named) > 1 or other == 0)
        self.preferred = False

    def rank(self):
        """Order of preference: sets that say something on several countries, then primary, then newest."""
        named = len(self.shares) - ("OTHER" in self.shares)
        telling = named > 1 and self.shares.get("OTHER", 0) <= 0.5 or self.complete
        return (telling, self.meta["basis"] == "primary", self.meta["reference_year"])

    def hhi(self):
        return sum(s * s for c, s in self.shares.items() if c != "OTHER")

    def rows(self):
        for country in sorted(self.shares, key=lambda c: (c == "OTHER", -self.shares[c], c)):
            note = "; ".join(n for n in [self.notes.get(country), self.notes.get("")] if n)
            yield {
                "input": self.input, "stage": self.stage, "country": country, "share": number(self.shares[country]),
                "preferred": str(self.preferred).lower(), "complete": str(self.complete).lower(), "note": note,
                **self.meta,
            }


def usgs_sets(source):
    """World production of USGS: 2025 (estimated), 2024 where 2025 has no figure."""
    tonnes = defaultdict(lambda: defaultdict(float))
    silent = defaultdict(lambda: defaultdict(list))
    for row in rows_of(source / "usgs/mcs2026_world.csv"):
        detail = row["Statistics_detail"].strip()
        key = names.USGS_TABLES.get((row["Commodity"].strip(), detail))
        if row["Statistics"] != "Production" or key is None or row["Country"] == "World total":
            continue
        country = "OTHER" if row["Country"] == "Other countries" else names.country(row["Country"])
        value = row["Value"].strip().replace(",", "")
        if value in ("—", "s"):  # none, or less than half a unit
            continue
        if value in ("W", "NA"):
            what = "withheld" if value == "W" else "not available"
            silent[key, row["Year"]][what].append(country)
        else:
            tonnes[key, row["Year"]][country] += float(value)
    for key in sorted(set(names.USGS_TABLES.values())):
        year = next(y for y in ("2025", "2024") if sum(tonnes[key, y].values()) > 0)
        total = sum(tonnes[key, year].values())
        notes = ["computed from tonnages; denominator = sum of listed rows"]
        if year == "2025":
            notes.append("2025 values are USGS estimates")
        notes += [f"{what}: {', '.join(sorted(cs))}" for what, cs in sorted(silent[key, year].items())]
        yield ShareSet(
            *key, {c: v / total for c, v in tonnes[key, year].items()}, {"": "; ".join(notes)}, kind="production",
            reference_year=year, basis="primary", publisher="USGS", title=USGS_TITLE, url=USGS_URL)


def eu_sets(source, known):
    """Global supply shares of the EU assessment of 2023, which are means over 2016-2020."""
    sets = defaultdict(dict)
    for row in rows_of(source / "eu_crm/global_supply_shares_2023.csv"):
        key = names.eu_material(row["Material"], known), STAGES[row["Stage"]]
        country = names.country(row["Country"])
        if country in sets[key]:
            raise SystemExit(f"global_supply_shares_2023.csv: {key} names {country} twice")
        sets[key][country] = fraction(row["Share"])
    for key, shares in sorted(sets.items()):
        notes = {"": "mean of 2016-2020; <0.1% counted as 0.05%"}
        if key[0] == "aluminium" and key[1] == "extraction":
            notes[""] += "; bauxite"
        total = sum(shares.values())
        if total < 0.995:
            shares["OTHER"] = 1 - total
            notes["OTHER"] = "remainder to 1 (computed)"
        elif total > 1.02:
            shares = {c: s / total for c, s in shares.items()}
            notes[""] += f"; published shares sum to {number(round(total, 3))}, scaled to 1"
        yield ShareSet(*key, shares, notes, kind="production", reference_year="2020", basis="secondary",
                       publisher=EU_PUBLISHER, title=EU_TITLE, url=EU_URL)


def sector_sets(source):
    """Shares of sector-specific inputs that state their source. Rows that repeat USGS are taken from USGS itself."""
    sets = {}
    for row in rows_of(source / "sector_shares/shares.csv"):
        if row["publisher"] == "USGS" or not row["url"] or "not named" in row["publisher"]:
            continue
        key = (*names.sector_input(row["input"], row["stage"]), row["publisher"], row["reference_year"], row["kind"])
        shares, notes, meta = sets.setdefault(key, ({}, {}, row))
        share = float(row["share_percent"]) / 100
        if shares.setdefault(row["country_iso3"], share) != share:
            raise SystemExit(f"sector_shares/shares.csv: {key} has two figures for {row['country_iso3']}")
        notes[row["country_iso3"]] = row["note"]
    for key, (shares, notes, meta) in sorted(sets.items()):
        yield ShareSet(key[0], key[1], shares, notes, kind=meta["kind"], reference_year=meta["reference_year"],
                       basis=meta["basis"], publisher=meta["publisher"], title=meta["title"], url=meta["url"])


def choose(all_sets):
    """Marks one set per (input, stage) as preferred; returns the preferred ones by (input, stage)."""
    by_key = defaultdict(list)
    for share_set in all_sets:
        by_key[share_set.input, share_set.stage].append(share_set)
    for candidates in by_key.values():
        max(candidates, key=ShareSet.rank).preferred = True
    return {key: next(s for s in candidates if s.preferred) for key, candidates in by_key.items()}


def check_shares(all_sets, preferred):
    """Sums, codes, and the HHI of METHODS section 5; prints the latter."""
    faults = []
    for s in all_sets:
        total = sum(s.shares.values())
        if abs(total - 1) > 0.02:
            faults.append(f"{s.input} {s.stage} ({s.meta['publisher']}): shares sum to {total:.3f}")
        faults += [f"{s.input}: bad country {c}" for c in s.shares if not re.fullmatch(r"[A-Z]{3}|OTHER", c)]
        faults += [f"bad name {n}" for n in (s.input, s.stage) if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", n)]
    expected = [("gallium", "processing", .980), ("niobium", "extraction", .871), ("magnesium", "processing", .774),
                ("cobalt", "extraction", .555), ("rare_earths", "extraction", .507), ("nickel", "extraction", .459),
                ("lithium", "extraction", .205)]
    for material, stage, want in expected:
        chosen = preferred[material, stage]
        got = chosen.hhi()
        print(f"HHI 2025 {material:12} {stage:11} {got:.4f} (expected {want:.3f})")
        if abs(got - want) > 0.005 or chosen.meta["publisher"] != "USGS":
            faults.append(f"HHI of {material}: {got:.4f}, expected {want}")
    if faults:
        raise SystemExit("\n".join(faults))


# --- sectors ----------------------------------------------------------------------------------------------------------


def stage_for(material, stage, preferred):
    """The stage at which shares exist for a material said to be used `refined`, `mining` and so on, and a remark."""
    if (material, stage) in preferred:
        return stage, ""
    wanted = "extraction" if stage == "mining" else "processing"
    other = "processing" if wanted == "extraction" else "extraction"
    have = [s for s in (wanted, other) if (material, s) in preferred]
    if not have:
        if material == "rare_earths" and stage == "refined":
            return "magnet_rare_earth_refining", ""
        return stage, ""
    best = next((s for s in have if preferred[material, s].complete), have[0])
    if best == wanted:
        return best, ""
    return best, f"no complete shares at {wanted}" if wanted in have else f"no shares at {wanted}"


def shared_input_rows(source, preferred):
    """The shared dependence rows in our codes, each with the stage chosen: sector, input, stage, importance, why, source."""
    for row in rows_of(source / "sector_shares/sector_inputs.csv"):
        if (row["input"], row["stage"]) in sectors.NOT_INPUTS or row["input"] == "bauxite_alumina":
            continue
        name, stage = names.sector_input(row["input"], row["stage"])
        better = sectors.BETTER_STAGE.get((name, stage))
        if name == "rare_earths" and stage == "refined":
            chosen, remark = "magnet_rare_earth_refining", ""
        elif better:
            chosen, remark = better
        else:
            chosen, remark = stage_for(name, stage, preferred)
        importance = row["importance_percent_or_blank"]
        why = row["why"]
        use = re.match(r'Share of EU use of .* that goes to "(.*)" \(not the sector\'s dependence on it\)(?:; )?(.*)', why)
        if use:
            why = f'EU end use "{use[1]}"' + (f" ({use[2]})" if use[2] else "")
        yield row["sector"], name, chosen, importance, why, row["source"], remark, not use


def sector_input_table(source, preferred):
    """One row a (sector, input, stage): duplicates merged, importances added, weight and stage explained."""
    merged = defaultdict(list)
    for sector, name, stage, *rest in shared_input_rows(source, preferred):
        merged[sector, name].append((stage, *rest))
    for sector, name, stage, why in sectors.EXTRA_WITH_SHARES:
        meta = preferred[name, stage].meta
        merged[sector, name].append((stage, "", why, f"{meta['publisher']}, {meta['title']}; {meta['url']}", "", True))
    for sector, name, stage, why in sectors.EXTRA_WITHOUT_SHARES:
        merged[sector, name].append((stage, "", why, "own reasoning", "", True))

    table = []
    for (sector, name), entries in merged.items():
        stages = list(dict.fromkeys(e[0] for e in entries))
        if len(stages) > 1 and name not in sectors.SEVERAL_STAGES:
            # One stage an input: the one a source ties to this sector, before the one of general use shares.
            stages = [next((e[0] for e in entries if e[5] and (name, e[0]) in preferred), stages[0])]
        for stage in stages:
            mine = [e for e in entries if e[0] == stage or name not in sectors.SEVERAL_STAGES]
            named = any(e[5] for e in mine)
            weight = sectors.WEIGHT_NAMED if named else sectors.WEIGHT_END_USE
            weight, reason = sectors.WEIGHTS.get((sector, name), (weight, ""))
            importance = sum(float(e[1]) for e in mine if e[1])
            why = list(dict.fromkeys(e[2] for e in mine))
            if reason:
                why.append(f"weight: {reason}")
            why.append(stage_remark(name, stage, preferred, [e[4] for e in mine if e[4] and e[0] == stage]))
            table.append((sector, name, stage, weight, importance, why, list(dict.fromkeys(e[3] for e in mine))))
    for name in sectors.CRITICAL_SINGLE:
        have = [s for s in ("extraction", "processing") if (name, s) in preferred]
        for stage in have:
            why = ["EU list of critical and strategic raw materials 2023"]
            if len(have) > 1:
                why.append("weight: half per stage, neither hides the other")
            why.append(stage_remark(name, stage, preferred, []))
            table.append(("critical_minerals", name, stage, 1 / len(have), 0, why, [sectors.CRITICAL_SOURCE]))
    for name, stage, weight, reason in sectors.CRITICAL_GROUPS:
        why = [reason, stage_remark(name, stage, preferred, [])]
        table.append(("critical_minerals", name, stage, weight, 0, why, [sectors.CRITICAL_SOURCE]))

    codes = {s[0] for s in sectors.SECTORS}
    keys = [r[:3] for r in table]
    if len(set(keys)) != len(keys) or not {k[0] for k in keys} <= codes:
        raise SystemExit("sector_inputs: a key stands twice or a sector is unknown")
    shared_keys = {(n, s) for n, s in preferred}
    for sector, name, stage in keys:
        if (name, stage) not in shared_keys and any(n == name for n, _ in shared_keys):
            raise SystemExit(f"sector_inputs: {sector} {name} {stage} has no shares, but another stage has")
    return [
        {"sector": sector, "input": name, "stage": stage, "weight": number(weight),
         "importance_percent": number(importance) if importance else "",
         "importance_meaning": "share of EU use" if importance else "",
         "why": "; ".join(w for w in why if w), "source": " | ".join(source_)}
        for sector, name, stage, weight, importance, why, source_ in sorted(table, key=lambda r: r[:3])
    ]


def stage_remark(name, stage, preferred, remarks):
    """Which set of shares the chosen stage leads to."""
    chosen = preferred.get((name, stage))
    if chosen is None:
        return f"stage {stage}: no shares by country"
    remark = f"stage {stage}: {chosen.meta['publisher']} {chosen.meta['reference_year']}"
    if not chosen.complete:
        remark += ", names only some countries"
    return "; ".join([remark, *dict.fromkeys(remarks)])


# --- the EU's assessments ---------------------------------------------------------------------------------------------


def trade_parameters(source, known):
    for row in rows_of(source / "eu_crm/global_supply_shares_2023.csv"):
        yield {"material": names.eu_material(row["Material"], known), "stage": STAGES[row["Stage"]],
               "country": names.country(row["Country"]), "trade_parameter": number(float(row["t"])),
               "reference_year": "2023", "source": f"{EU_PUBLISHER}, {EU_TITLE}; {EU_URL}"}


def eu_supply(source, known):
    """EU sourcing shares as published: most sets do not reach 1, and no remainder is added."""
    for row in rows_of(source / "eu_crm/eu_supply_shares_2023.csv"):
        yield {"material": names.eu_material(row["Material"], known), "stage": STAGES[row["Stage"]],
               "country": names.country(row["Country"]), "share": number(fraction(row["Share"])),
               "trade_parameter": number(float(row["t"]))}


# Columns slipped to the left after `eu_used_supply_primary`: its neighbour is empty, the supply risk stands in
# `eu_used_supply_refined` and, for a second stage, the next one in `supply_risk_refined`.
SHIFTED = {"Coking coal", "Diatomite", "Magnesite", "Natural cork", "Strontium"}


def eu_parameters(source, known):
    for row in rows_of(source / "eu_crm/results_2023_by_stage.csv"):
        name = row["material_name"]
        notes = {"E": [], "P": []}
        supply = {"E": row["eu_used_supply_primary"], "P": row["eu_used_supply_refined"]}
        risk = {"E": row["supply_risk_primary"], "P": row["supply_risk_refined"]}
        if name in SHIFTED:
            if risk["E"] or not re.fullmatch(r"[\d.]+", supply["P"]):
                raise SystemExit(f"results_2023_by_stage.csv: {name} is no longer shifted; take it out of SHIFTED")
            risk["E"], supply["P"] = supply["P"], ""
            notes["E"].append("shifted columns put back")
            notes["P"].append("shifted columns put back, supply used lost")
        for stage in "EP":
            if risk[stage].endswith("%"):
                notes[stage].append(f"published as {risk[stage]}")
                risk[stage] = number(fraction(risk[stage]))
            if supply[stage] == "EU":
                notes[stage].append("supply used written `EU`")
        imports = {"E": row["import_reliance_primary"], "P": row["import_reliance_refined"]}
        for stage in row["eu_stages"].split("+"):
            yield {"material": names.eu_material(name, known), "stage": STAGES[stage],
                   "import_reliance": number(fraction(imports[stage])), "recycling_rate": number(fraction(row["end_of_life"])),
                   "si_ei": plain(row["si_ei"] or "-"), "si_sr": plain(row["si_sr"] or "-"),
                   "supply_used": SUPPLY_USED[supply[stage]], "reference_year": "2023",
                   "published_supply_risk": plain(risk[stage] or "-"),
                   "published_economic_importance": plain(row["economic_importance"] or "-"),
                   "note": "; ".join(notes[stage])}


def material_uses(source, known):
    """A row that stands twice, word for word (magnesium in construction), is taken once: the shares then sum to 1."""
    seen = set()
    for row in rows_of(source / "eu_crm/material_use_shares_2023.csv"):
        value = next(v for k, v in row.items() if k.startswith("VA in million"))
        if tuple(row.values()) in seen:
            continue
        seen.add(tuple(row.values()))
        yield {"material": names.eu_material(row["Material"], known),
               "application": re.sub(r"\s+", " ", row["Application"]).strip(), "share": number(fraction(row["Share"])),
               "nace": row["NACE sector"].split(" ")[0], "value_added_meur": value.strip()}


def eu_published(source, known):
    """Materials that a list did not assess (`-`) have no row."""
    for row in rows_of(source / "eu_crm/published_sr_ei_2011_2023.csv"):
        risk, importance = plain(row["SR"]), plain(row["EI"])
        if risk or importance:
            yield {"material": names.eu_material(row["Material"], known), "year": row["Year"], "supply_risk": risk,
                   "economic_importance": importance}


def eu_2017(source, known):
    for row in rows_of(source.parent / "golden/eu_crm/eu_crm_2017_annex5.csv"):
        yield {"material": names.eu_material(row["material"], known), "stage": STAGES[row["stage"]],
               "supply_risk": plain(row["SR"]), "economic_importance": plain(row["EI"]),
               "import_reliance": number(fraction(row["IR_pct"])), "recycling_rate": number(fraction(row["EoL_RIR_pct"])),
               "supply_used": SUPPLY_USED[row["supply_used"]], "si_ei": plain(row["SI_EI"]), "si_sr": plain(row["SI_SR"]),
               "hhi_wgi_t_global": plain(row["HHIwgit_GS"]), "hhi_wgi_t_eu": plain(row["HHIwgit_EU"]),
               "supply_risk_global": plain(row["SR_GS"]), "supply_risk_eu": plain(row["SR_EU"]),
               "supply_risk_global_and_eu": plain(row["SR_GS_EU"])}


# --- governance and trade ---------------------------------------------------------------------------------------------

WGI = ["voice_accountability", "political_stability", "government_effectiveness", "regulatory_quality", "rule_of_law",
       "control_of_corruption"]


def governance(source):
    for row in rows_of(source / "wgi/wgi_estimates_2010_2021.csv"):
        code = names.WGI_CODES.get(row["iso3_wgi"], row["iso3_wgi"])
        if code and any(row[k] for k in WGI):
            yield {"country": code, "year": row["year"], **{k: number(float(row[k])) if row[k] else "" for k in WGI}}


def trade_concentration(source):
    for row in rows_of(source / "trade/hs_concentration_2022_2024.csv"):
        yield {"sector": row["sector"], "product_group": row["product_group"], "hs6": row["hs6"],
               "description": row["description"], "year": row["year"],
               "world_export_kusd": number(float(row["world_export_kusd"])),
               "hhi": number(float(row["world_export_hhi"])),
               "top_share_min": number(float(row["top_exporter_share_min_percent"]) / 100),
               "top_share_max": number(float(row["top_exporter_share_max_percent"]) / 100),
               "eu27_share": number(float(row["eu27_share_percent"]) / 100)}


# --- materials and the whole ------------------------------------------------------------------------------------------


def materials(source):
    """materials.csv in its own order, with the names that the EU and USGS use; `aggregates` is added once."""
    table = rows_of(DATA / "materials.csv")
    if not any(r["material"] == "aggregates" for r in table):
        table.append({"material": "aggregates", "name_en": "Aggregates", "name_fr": "Granulats", "sector": "general"})
    known = {r["material"] for r in table}
    eu, usgs = {}, {}
    for file in ("eu_crm/global_supply_shares_2023.csv", "eu_crm/eu_supply_shares_2023.csv",
                 "eu_crm/published_sr_ei_2011_2023.csv"):
        for row in rows_of(source / file):
            eu.setdefault(names.eu_material(row["Material"], known), re.sub(r"\s+", " ", row["Material"]))
    for (commodity, _), (material, _) in names.USGS_TABLES.items():
        usgs.setdefault(material, commodity)
    for row in table:
        row["eu_name"], row["usgs_name"] = eu.get(row["material"], ""), usgs.get(row["material"], "")
    return table


def text_of(columns, table):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def unique(table, keys, name):
    seen = [tuple(r[k] for k in keys) for r in table]
    if len(set(seen)) != len(seen):
        raise SystemExit(f"{name}: a key stands twice: {sorted(k for k in set(seen) if seen.count(k) > 1)[:5]}")
    return sorted(table, key=lambda r: tuple(r[k] for k in keys))


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: build.py SHARED_DATA (for example ../shared/data)")
    source = Path(sys.argv[1])
    material_table = materials(source)
    known = {r["material"] for r in material_table}

    all_sets = [*usgs_sets(source), *eu_sets(source, known), *sector_sets(source)]
    preferred = choose(all_sets)
    check_shares(all_sets, preferred)
    order = lambda s: (s.input, s.stage, not s.preferred, s.meta["publisher"], s.meta["reference_year"], s.meta["kind"])
    inputs = sector_input_table(source, preferred)

    tables = {
        "sectors.csv": [dict(zip(("sector", "name_en", "name_fr", "parent"), s)) for s in sectors.SECTORS],
        "sector_inputs.csv": inputs,
        "materials.csv": material_table,
        "structural/shares.csv": [
            {c: row[c] for c in SHARE_COLUMNS} for s in sorted(all_sets, key=order) for row in s.rows()],
    }
    for name, keys, rows in [
        ("trade_parameter", ("material", "stage", "country"), trade_parameters(source, known)),
        ("governance", ("country", "year"), governance(source)),
        ("trade_concentration", ("sector", "product_group", "hs6", "year"), trade_concentration(source)),
        ("eu_parameters", ("material", "stage"), eu_parameters(source, known)),
        ("eu_supply_shares", ("material", "stage", "country"), eu_supply(source, known)),
        ("material_uses", ("material", "application", "nace"), material_uses(source, known)),
        ("eu_published", ("material", "year"), eu_published(source, known)),
        ("eu_2017", ("material", "stage"), eu_2017(source, known)),
    ]:
        tables[f"structural/{name}.csv"] = unique(list(rows), keys, name)

    texts = {name: text_of(list(rows[0]), rows) for name, rows in tables.items()}
    texts["datapackage.json"] = package.describe({name: list(rows[0]) for name, rows in tables.items()})
    for name, text in texts.items():
        (DATA / name).write_text(text, encoding="utf-8", newline="\n")
    summary(tables, preferred)


def summary(tables, preferred):
    for name, rows in tables.items():
        print(f"{len(rows):5} rows  {name}")
    countries = set()
    for sector in (s[0] for s in sectors.SECTORS):
        mine = [r for r in tables["sector_inputs.csv"] if r["sector"] == sector]
        have = [r for r in mine if (r["input"], r["stage"]) in preferred]
        here = {c for r in have for c in preferred[r["input"], r["stage"]].shares} - {"OTHER"}
        countries |= here
        print(f"{sector:24} {len(have):3} of {len(mine):3} inputs computable, {len(here):3} countries")
    print(f"{len(countries)} countries over all sectors; {len(preferred)} (input, stage) with shares, "
          f"{sum(s.complete for s in preferred.values())} complete")


if __name__ == "__main__":
    main()
