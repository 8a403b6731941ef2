"""What we decided about sectors: their names, the weight of their inputs, and the stage at which an input is taken."""

# sector, English name, French name, parent
SECTORS = [
    ("artificial_intelligence", "Artificial intelligence", "Intelligence artificielle", ""),
    ("batteries", "Batteries", "Batteries", ""),
    ("biotech_pharma", "Biotechnology and pharmaceuticals", "Biotechnologies et pharmacie", ""),
    ("computers_electronics", "Computers and electronics", "Informatique et électronique", ""),
    ("critical_minerals", "Critical minerals", "Minéraux critiques", ""),
    ("cybersecurity", "Cybersecurity", "Cybersécurité", ""),
    ("defence_aerospace", "Defence and aerospace", "Défense et aérospatiale", ""),
    ("electric_vehicles", "Electric vehicles", "Véhicules électriques", ""),
    ("energy", "Energy", "Énergie", ""),
    ("food_agriculture", "Food and agriculture", "Alimentation et agriculture", ""),
    ("general", "General", "Général", ""),
    ("metals_steel_aluminium", "Metals: steel and aluminium", "Métaux : acier et aluminium", ""),
    ("quantum", "Quantum technologies", "Technologies quantiques", ""),
    ("semiconductors", "Semiconductors", "Semi-conducteurs", "computers_electronics"),
    ("solar", "Solar power", "Énergie solaire", "energy"),
    ("telecom", "Telecommunications", "Télécommunications", ""),
    ("wind", "Wind power", "Énergie éolienne", "energy"),
]

# A dependence that a source names weighs 1. A material known only from EU end-use shares weighs a quarter: a use was
# seen, not a dependence.
WEIGHT_NAMED = 1.0
WEIGHT_END_USE = 0.25

# Where we depart from that, and why. Key: (sector, input) or (sector, input, stage).
WEIGHTS = {
    ("artificial_intelligence", "logic_chips"): (1, ""),
    ("defence_aerospace", "tungsten"): (0.5, "penetrators and tool steels, not separated in the use shares"),
    ("electric_vehicles", "neodymium"): (0.5, "same chain as rare-earth magnets"),
    ("electric_vehicles", "rare_earths"): (0.5, "same chain as rare-earth magnets"),
    ("energy", "lng"): (0.5, "part of natural gas"),
    ("energy", "natural_gas"): (0.5, "counted half beside LNG"),
    ("energy", "uranium"): (0.333333, "three stages of one fuel share the weight of one"),
    ("metals_steel_aluminium", "alumina"): (0.5, "two stages before primary aluminium share the weight of one"),
    ("metals_steel_aluminium", "bauxite"): (0.5, "two stages before primary aluminium share the weight of one"),
    ("metals_steel_aluminium", "coking_coal"): (1, "reducing agent of blast-furnace steel"),
    ("metals_steel_aluminium", "iron_ore"): (1, "ore of all primary steel"),
    ("semiconductors", "dram"): (0.5, "one of two kinds of memory"),
    ("semiconductors", "euv_lithography"): (0.5, "part of the patterning step"),
    ("semiconductors", "gallium"): (0.5, "substrate of compound chips"),
    ("semiconductors", "lithography_equipment"): (0.5, "part of the patterning step"),
    ("semiconductors", "nand"): (0.5, "one of two kinds of memory"),
    ("semiconductors", "semiconductor_materials"): (0.5, "overlaps with wafers and photoresists"),
}

# A better set than the one the shared table points to.
BETTER_STAGE = {
    ("germanium", "refined_germanium"): ("processing", "not refined_germanium, whose shares name one country only"),
    ("neon", "semiconductor_grade_neon"): ("processing", "not semiconductor_grade_neon, whose shares name one country only, before 2022"),
}

# Inputs that keep more than one stage in one sector.
SEVERAL_STAGES = {"uranium"}

# Rows of the shared table that name no input.
NOT_INPUTS = {("raw_materials_general", "all"), ("drones", "raw_materials")}

# One input row a line that the shared table lacks though shares exist: sector, input, stage, why.
EXTRA_WITH_SHARES = [
    ("metals_steel_aluminium", "alumina", "processing", "Refined from bauxite, smelted to aluminium"),
    ("metals_steel_aluminium", "bauxite", "extraction", "About 4 t bauxite give 2 t alumina and 1 t aluminium"),
    ("semiconductors", "dram", "dram_sales", "Memory chips"),
    ("semiconductors", "nand", "nand_sales", "Memory chips"),
    ("wind", "wind_turbines", "turbine_installations_by_maker", "Finished product"),
]

# Inputs we name ourselves, without any share: missing stays missing. sector, input, stage, why.
EXTRA_WITHOUT_SHARES = [
    ("cybersecurity", "security_software", "sales_by_hq", "Finished product; no share by country seen"),
    ("quantum", "dilution_refrigerators", "production", "Cooling of superconducting and spin qubits; no share seen"),
    ("quantum", "helium_3", "production", "Refrigerant below 1 K; no share seen"),
    ("quantum", "single_photon_detectors", "production", "Photonic computing and key distribution; no share seen"),
]

# The EU's critical and strategic raw materials of 2023. A list entry weighs 1; members of a group share it; where both
# extraction and processing shares exist each takes half, so that neither stage hides the other.
CRITICAL_SINGLE = [
    "antimony", "arsenic", "barytes", "beryllium", "bismuth", "borates", "cobalt", "coking_coal", "copper", "feldspar",
    "fluorspar", "gallium", "germanium", "graphite", "hafnium", "helium", "lithium", "magnesium", "manganese",
    "nickel", "niobium", "phosphate_rock", "phosphorus", "scandium", "silicon_metal", "strontium", "tantalum",
    "titanium_metal", "tungsten", "vanadium",
]
# input, stage, weight, why
CRITICAL_GROUPS = [
    ("bauxite", "extraction", 0.5, "EU list 2023, aluminium/bauxite/alumina: half ore"),
    ("aluminium", "processing", 0.5, "EU list 2023, aluminium/bauxite/alumina: half metal"),
    ("rare_earths", "extraction", 0.5, "EU list 2023, light rare earths: half mine"),
    ("rare_earths", "magnet_rare_earth_refining", 0.5, "EU list 2023, light rare earths: half refining; no USGS table"),
    ("dysprosium", "processing", 0.5, "EU list 2023, heavy rare earths: half dysprosium; no USGS table"),
    ("terbium", "processing", 0.5, "EU list 2023, heavy rare earths: half terbium; no USGS table"),
    ("iridium", "processing", 0.2, "EU list 2023, platinum-group metals: one of five; no USGS table"),
    ("palladium", "extraction", 0.2, "EU list 2023, platinum-group metals: one of five"),
    ("platinum", "extraction", 0.2, "EU list 2023, platinum-group metals: one of five"),
    ("rhodium", "processing", 0.2, "EU list 2023, platinum-group metals: one of five; no USGS table"),
    ("ruthenium", "processing", 0.2, "EU list 2023, platinum-group metals: one of five; no USGS table"),
]
CRITICAL_SOURCE = "European Commission, list of critical and strategic raw materials 2023; https://doi.org/10.2873/725585"
