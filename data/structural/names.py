"""Names as the sources spell them, turned into the codes of Goulet: countries (ISO 3166-1 alpha-3) and materials."""

import csv
import re
from pathlib import Path

# One line a code: every spelling met in the sources, separated by `;`.
_COUNTRIES = """
AFG Afghanistan
AGO Angola
ALB Albania
ARE United Arab Emirates
ARG Argentina
ARM Armenia
AUS Australia
AUT Austria
AZE Azerbaijan
BDI Burundi
BEL Belgium
BFA Burkina Faso
BGD Bangladesh
BGR Bulgaria
BHR Bahrain
BIH Bosnia and Herzegovina
BLR Belarus
BOL Bolivia
BRA Brazil;Brasil;Brasilia
BRB Barbados
BRN Brunei Darussalam
BTN Bhutan
BWA Botswana
CAF Central African Republic
CAN Canada
CHE Switzerland
CHL Chile
CHN China
CIV Cote d'Ivoire
CMR Cameroon
COD Congo, D.R.;Congo (Kinshasa)
COG Congo
COL Colombia
CPV Cape Verde
CRI Costa Rica
CUB Cuba
CYP Cyprus
CZE Czechia
DEU Germany
DNK Denmark
DOM Dominican Republic
DZA Algeria
ECU Ecuador
EGY Egypt
ERI Eritrea
ESP Spain
EST Estonia
ETH Ethiopia
FIN Finland
FJI Fiji
FRA France
GAB Gabon
GBR United Kingdom
GEO Georgia
GHA Ghana
GIN Guinea
GNQ Equatorial Guinea
GRC Greece
GRD Grenada
GRL Greenland
GTM Guatemala
GUF French Guiana
GUY Guyana
HKG Hong Kong
HND Honduras
HRV Croatia
HUN Hungary
IDN Indonesia
IND India
IRL Ireland
IRN Iran
IRQ Iraq
ISL Iceland
ISR Israel
ITA Italy
JAM Jamaica
JOR Jordan
JPN Japan
KAZ Kazakhstan
KEN Kenya
KGZ Kyrgyzstan
KHM Cambodia
KOR Korea, South;South Korea;Korea, Republic of
KWT Kuwait
LAO Laos
LBN Lebanon;Libanon
LBR Liberia
LBY Libya
LKA Sri Lanka
LSO Lesotho
LTU Lithuania
LUX Luxembourg
LVA Latvia
MAR Morocco
MDA Moldova
MDG Madagascar
MEX Mexico
MKD North Macedonia
MLI Mali
MMR Myanmar;Burma
MNE Montenegro
MNG Mongolia
MOZ Mozambique
MRT Mauritania
MUS Mauritius
MWI Malawi
MYS Malaysia
NAM Namibia
NCL New Caledonia
NER Niger
NGA Nigeria
NIC Nicaragua
NLD Netherlands
NOR Norway
NPL Nepal
NRU Nauru
NZL New Zealand
OMN Oman
PAK Pakistan
PAN Panama
PER Peru
PHL Philippines
PNG Papua New Guinea
POL Poland
PRK Korea, North
PRT Portugal
PRY Paraguay
QAT Qatar
ROU Romania
RUS Russia
RWA Rwanda
SAU Saudi Arabia
SDN Sudan
SEN Senegal
SGP Singapore
SLB Solomon Islands
SLE Sierra Leone
SLV El Salvador
SMR San Marino
SRB Serbia
SUR Suriname;Surinam
SVK Slovakia
SVN Slovenia
SWE Sweden
SYR Syria
TGO Togo
THA Thailand
TJK Tajikistan
TKM Turkmenistan
TTO Trinidad and Tobago
TUN Tunisia
TUR Turkey;Türkiye;Turkyie
TWN Taiwan
TZA Tanzania
UGA Uganda
UKR Ukraine
URY Uruguay
USA United States
UZB Uzbekistan
VEN Venezuela
VNM Vietnam
XKX Kosovo
YEM Yemen
ZAF South Africa
ZMB Zambia
ZWE Zimbabwe
"""

COUNTRIES = {
    name: line[:3] for line in _COUNTRIES.strip().splitlines() for name in line[4:].split(";")
}

# The World Bank keeps codes that ISO has withdrawn or never gave. ANT (Netherlands Antilles, dissolved 2010) is dropped.
WGI_CODES = {"ADO": "AND", "KSV": "XKX", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "ZAR": "COD", "ANT": None}


def country(name):
    """The code of a country named in one of the sources; an unknown name stops the build."""
    plain = name.strip().replace("’", "'").replace("ô", "o")
    if plain not in COUNTRIES:
        raise SystemExit(f"names.py: country `{name}` has no code; add it to _COUNTRIES")
    return COUNTRIES[plain]


# Spellings of the EU files that are not simply the code with blanks for underscores.
_EU_MATERIALS = {
    "baryte": "barytes", "borate": "borates", "boron": "borates",
    "heavy rare earths elements": "heavy_rare_earths", "hree": "heavy_rare_earths", "hrees": "heavy_rare_earths",
    "lree": "light_rare_earths", "lrees": "light_rare_earths", "kaolin clay": "kaolin", "lime": "limestone",
    "natural graphite": "graphite", "pgm": "platinum_group_metals", "pgms": "platinum_group_metals",
    "phosphorous": "phosphorus", "sulfur": "sulphur", "talc, steatite & pyrophyllite": "talc",
    "titanium ores": "titanium",
}


def eu_material(name, known):
    """The material code of a name in the EU files; `known` is the set of codes of materials.csv."""
    plain = re.sub(r"\s+", " ", name).strip().lower()
    code = _EU_MATERIALS.get(plain, plain.replace(" ", "_"))
    if code not in known:
        raise SystemExit(f"names.py: EU material `{name}` has no code; add it to _EU_MATERIALS or to materials.csv")
    return code


# USGS tables taken: (commodity, statistics detail, without ": rounded") -> (material, stage). They stand in a table of their
# own, which `goulet production` reads too; rows with `*` are for releases before 2026, rows without input are left out.
with (Path(__file__).resolve().parent / "usgs_commodities.csv").open(encoding="utf-8", newline="") as _table:
    USGS_TABLES = {
        (row["commodity"], row["detail"]): (row["input"], row["stage"])
        for row in csv.DictReader(_table) if row["input"] and "*" not in row["commodity"] + row["detail"]
    }

# The shared sector tables name some inputs otherwise than materials.csv does; one thing gets one code.
INPUT_ALIASES = {
    "active_ingredients": "active_pharmaceutical_ingredients", "borate": "borates", "fertiliser": "fertilisers",
    "oil": "crude_oil", "photoresist": "photoresists",
}

# (input, stage) of the shared sector tables whose shares USGS publishes: taken from USGS itself, whole, once.
STAGE_ALIASES = {
    ("antimony", "antimony_mining"): ("antimony", "extraction"),
    ("crude_steel", "raw_steel_production"): ("steel", "processing"),
    ("nitrogen_fertiliser", "ammonia_production"): ("ammonia", "processing"),
    ("phosphate", "phosphate_fertiliser_exports"): ("phosphate_fertilisers", "phosphate_fertiliser_exports"),
    ("phosphate", "phosphate_rock_mining"): ("phosphate_rock", "extraction"),
    ("potash", "potash_mining"): ("potash", "extraction"),
    ("primary_aluminium", "aluminium_smelting"): ("aluminium", "processing"),
    ("titanium", "metal"): ("titanium_metal", "processing"),
    ("titanium_sponge", "titanium_sponge_production"): ("titanium_metal", "processing"),
}


def sector_input(name, stage):
    """Input and stage of the shared sector tables in our codes."""
    return STAGE_ALIASES.get((name, stage), (INPUT_ALIASES.get(name, name), stage))
