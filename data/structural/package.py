"""The Frictionless description of everything in `data/`: path, fields, licence, source, year of each table."""

import json

LICENCES = {
    "own": {"name": "MIT", "title": "MIT License, or Apache License 2.0 at your choice, as the project",
            "path": "https://opensource.org/license/mit"},
    "cc-by": {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0",
              "path": "https://creativecommons.org/licenses/by/4.0/"},
    "mit": {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"},
    "unicode": {"name": "Unicode-3.0", "title": "Unicode License v3", "path": "https://www.unicode.org/license.txt"},
    "us-pd": {"name": "other-pd", "title": "US government work, public domain",
              "path": "https://www.usgs.gov/information-policies-and-instructions/copyrights-and-credits"},
    "etalab": {"name": "etalab-2.0", "title": "Licence Ouverte / Open Licence 2.0 (Etalab)",
               "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"},
    "facts": {"name": "single-facts", "title": "Single facts, each row with its publisher and address",
              "path": "structural/README.md"},
    "ec": {"name": "EC-reuse-2011-833-EU", "title": "European Commission reuse decision",
           "path": "https://eur-lex.europa.eu/eli/dec/2011/833/oj"},
}

SOURCES = {
    "own": {"title": "Goulet, own work", "path": "structural/README.md"},
    "usgs": {"title": "USGS, Mineral Commodity Summaries 2026, data release", "path": "https://doi.org/10.5066/P1WKQ63T"},
    "eu2023": {"title": "European Commission, Study on the critical raw materials for the EU 2023",
               "path": "https://doi.org/10.2873/725585"},
    "emilsson": {"title": "E. Emilsson, EU-Critical-Raw-Materials-CRM-Reports-Datasets (tabulation)",
                 "path": "https://github.com/erikemilsson/EU-Critical-Raw-Materials-CRM-Reports-Datasets"},
    "critmat": {"title": "CritMAT, tabulation of the EU's 2023 results by stage (MIT)", "path": "structural/README.md"},
    "eu2017": {"title": "European Commission, Study on the review of the list of critical raw materials 2017, annex 5",
               "path": "https://doi.org/10.2873/876644"},
    "sector_shares": {"title": "Country shares of sector inputs; publisher and address in each row",
                      "path": "structural/README.md"},
    "wgi": {"title": "World Bank, Worldwide Governance Indicators",
            "path": "https://www.worldbank.org/en/publication/worldwide-governance-indicators"},
    "baci": {"title": "CEPII, BACI HS22 V202601 (Gaulier and Zignago 2010)",
             "path": "http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"},
    "cldr": {"title": "Unicode CLDR 48, territory names", "path": "https://cldr.unicode.org"},
    "newsmap": {"title": "Newsmap (K. Watanabe and others), country dictionaries",
                "path": "https://github.com/koheiw/newsmap"},
    "nationality": {"title": "i18n-nationality", "path": "https://www.npmjs.com/package/i18n-nationality"},
}

LANGUAGES = ["de", "en", "es", "fr", "ja", "ko", "zh"]

# Columns that are not text.
TYPES = {
    "boolean": ["preferred", "complete"],
    "integer": ["year", "reference_year", "release", "priority", "gap", "value_added_meur"],
    "number": [
        "weight", "importance_percent", "share", "trade_parameter", "voice_accountability", "political_stability",
        "government_effectiveness", "regulatory_quality", "rule_of_law", "control_of_corruption", "world_export_kusd",
        "hhi", "top_share_min", "top_share_max", "eu27_share", "import_reliance", "recycling_rate", "si_ei", "si_sr",
        "published_supply_risk", "published_economic_importance", "supply_risk", "economic_importance", "hhi_wgi_t_global",
        "hhi_wgi_t_eu", "supply_risk_global", "supply_risk_eu", "supply_risk_global_and_eu", "severity", "unit", "dependence"],
}

# name of the table -> title, licences, sources, year of the figures
BUILT = {
    "sectors.csv": ("Sectors", ["own"], ["own"], "2026"),
    "sector_inputs.csv": ("Which inputs each sector depends on", ["facts", "cc-by"], ["sector_shares", "eu2023"],
                          "2013-2026"),
    "materials.csv": ("Materials and goods", ["own"], ["own"], "2026"),
    "structural/shares.csv": ("Country shares of inputs by stage", ["us-pd", "cc-by", "facts"],
                              ["usgs", "eu2023", "emilsson", "sector_shares"], "2014-2025"),
    "structural/trade_parameter.csv": ("Trade parameter t of the EU supply risk", ["cc-by"], ["eu2023", "emilsson"], "2023"),
    "structural/governance.csv": ("Worldwide Governance Indicators, estimates", ["cc-by"], ["wgi"], "2010-2021"),
    "structural/trade_concentration.csv": ("World exports and their concentration by product", ["etalab"], ["baci"],
                                           "2022-2024"),
    "structural/eu_parameters.csv": ("Parameters of the EU supply risk by stage, 2023 list", ["mit", "ec"],
                                     ["eu2023", "critmat"], "2023"),
    "structural/eu_supply_shares.csv": ("Where the EU buys, 2023 list", ["cc-by"], ["eu2023", "emilsson"], "2016-2020"),
    "structural/material_uses.csv": ("End uses of materials in the EU, 2023 list", ["cc-by"], ["eu2023", "emilsson"], "2023"),
    "structural/eu_published.csv": ("Published supply risk and economic importance, every list", ["cc-by"],
                                    ["eu2023", "emilsson"], "2011-2023"),
    "structural/eu_2017.csv": ("Published inputs and supply risk, 2017 list", ["ec"], ["eu2017"], "2017"),
}

# Tables kept by hand. path, title, fields, licences, sources.
KEPT = [
    ("eu_groups", "structural/eu_groups.csv", "Which materials the EU's groups are made of, 2023 list",
     ["material", "member"], ["cc-by"], ["eu2023"]),
    ("places", [f"places/{x}.csv" for x in sorted([*LANGUAGES, "it", "pt"])], "Names of countries by language",
     ["country", "form", "kind", "flag"], ["unicode", "mit", "own"], ["cldr", "newsmap", "nationality", "own"]),
    ("countries", "countries.csv", "What countries are called in reports", ["country", "name_en", "name_fr"], ["unicode"], ["cldr"]),
    ("labels", "labels.csv", "What codes and columns are called in reports", ["kind", "code", "en", "fr"], ["own"], ["own"]),
    ("places_context", "places/context.csv", "Words usual in one country's news, which place an item that names no country",
     ["country", "language", "form", "weight"], ["own"], ["own"]),
    ("sector_links", "structural/sector_links.csv", "What sectors and goods are made of, and how far they depend on it",
     ["from", "from_stage", "to", "to_stage", "weight", "dependence", "why", "source"], ["facts"], ["sector_shares"]),
    ("places_organisations", "places/organisations.csv", "Organisations and the country they stand for",
     ["form", "country", "kind", "sector", "languages"], ["own"], ["own"]),
    ("usgs_commodities", "structural/usgs_commodities.csv", "Which table of the USGS is which material and stage",
     ["commodity", "detail", "input", "stage", "note"], ["own"], ["own"]),
    ("usgs_countries", "structural/usgs_countries.csv", "Names of countries as the USGS spells them",
     ["name", "country", "note"], ["own"], ["own"]),
    ("usgs_releases", "structural/usgs_releases.csv", "Releases of the Mineral Commodity Summaries and how to cite them",
     ["release", "title", "url"], ["own"], ["own"]),
    ("lexicon_frames", "lexicon/frames.csv", "Which grammatical relation is origin, which is target",
     ["frame", "relation", "party", "priority"], ["own"], ["own"]),
    ("lexicon_measures", "measures", "What is done: measures and their severity",
     ["id", "channel", "frame", "severity", "status", "requires", "form", "example"], ["own"], ["own"]),
    ("lexicon_classes", "classes", "Words that stand for each other inside measures", ["class", "form"], ["own"], ["own"]),
    ("lexicon_goods", "goods", "Names of sectors and materials", ["sector", "material", "form"], ["own"], ["own"]),
    ("lexicon_cues", "cues", "Words that change how a measure is read", ["kind", "form", "scope", "example"], ["own"], ["own"]),
    ("lexicon_roles", "roles", "How a language marks who does what to whom",
     ["name", "role", "side", "gap", "channels", "form", "example"], ["own"], ["own"]),
    ("lexicon_shares", "shares", "How a share of supply is said, per language", ["form", "share", "unit", "example"], ["own"],
     ["own"]),
]


def schema(columns):
    kinds = {column: kind for kind, members in TYPES.items() for column in members}
    return {"fields": [{"name": c, "type": kinds.get(c, "string")} for c in columns]}


def resource(name, path, title, columns, licences, sources, year):
    return {
        "name": name, "path": path, "title": title, "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": schema(columns),
        "licenses": [LICENCES[x] for x in licences], "sources": [SOURCES[x] for x in sources], "year": year,
    }


def describe(columns_by_table):
    """The package as JSON text; `columns_by_table` holds the header of each table just built."""
    resources = []
    for path, columns in columns_by_table.items():
        title, licences, sources, year = BUILT[path]
        name = path.removesuffix(".csv").removeprefix("structural/")
        resources.append(resource(name, path, title, columns, licences, sources, year))
    for name, path, title, columns, licences, sources in KEPT:
        if isinstance(path, str) and not path.endswith(".csv"):
            path = [f"lexicon/{language}/{path}.csv" for language in LANGUAGES]
        resources.append(resource(name, path, title, columns, licences, sources, "2026"))
    resources.append({
        "name": "model", "path": "model.toml", "title": "The default model: weights, goalposts, methods",
        "format": "toml", "mediatype": "application/toml", "encoding": "utf-8",
        "licenses": [LICENCES["own"]], "sources": [SOURCES["own"]], "year": "2026",
    })
    package = {
        "name": "goulet-data", "profile": "data-package", "title": "Reference data of Goulet",
        "description": "Everything the engine knows, as tables a person can open and correct.",
        "licenses": [LICENCES["own"]], "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"
