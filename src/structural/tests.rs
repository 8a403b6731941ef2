//! Small tables worked by hand, and facts about the real ones (METHODS, section 5).

use std::path::Path;

use super::*;
use crate::codes::Period;

/// A data folder; a table that is not given is a header alone, or two valid rows where rows are needed.
fn folder(tables: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let defaults = [
        ("sectors.csv", "sector\nsolar\nwind\n"),
        ("materials.csv", "material\ngallium\nsilicon_metal\n"),
        ("sector_inputs.csv", "sector,input,stage,weight,why,source\n"),
        (shares::FILE, SHARES),
        (restrictions::FILE, "material,stage,country,trade_parameter,reference_year,source\n"),
        (governance::FILE, GOVERNANCE),
    ];
    std::fs::create_dir(folder.path().join("structural")).unwrap();
    for (name, text) in defaults.iter().chain(tables) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn load(tables: &[(&str, &str)]) -> Result<Structure> {
    Structure::load(&DataSource::Folder(folder(tables).path().to_owned()))
}

const SHARES: &str = "input,stage,country,share,kind,reference_year,preferred,complete,basis,publisher,title,url\n";
const GOVERNANCE: &str = "country,year,voice_accountability,political_stability,government_effectiveness,\
                          regulatory_quality,rule_of_law,control_of_corruption\n";

/// Gallium is complete; of modules a source names two countries; an older set of modules is not used.
fn sample() -> Structure {
    let shares = format!(
        "{SHARES}\
         gallium,processing,CHN,0.9,production,2024,true,true,primary,Survey,Yearbook,https://a.example\n\
         gallium,processing,DEU,0.1,production,2024,true,true,primary,Survey,Yearbook,https://a.example\n\
         modules,assembly,CHN,0.6,capacity,2023,true,false,secondary,Press,News,https://b.example\n\
         modules,assembly,VNM,0.1,capacity,2023,true,false,secondary,Press,News,https://b.example\n\
         modules,assembly,OTHER,0.3,capacity,2023,true,false,secondary,Press,News,https://b.example\n\
         modules,assembly,USA,1,exports,2010,false,true,primary,Old,Old,https://c.example\n"
    );
    let inputs = "sector,input,stage,weight,why,source\n\
                  solar,gallium,processing,1,,\nsolar,modules,assembly,3,,\nsolar,rumour,press,5,,\n";
    let restrictions = "material,stage,country,trade_parameter,reference_year,source\n\
                        gallium,processing,CHN,1.2,2023,EU\ngallium,processing,DEU,0.8,2023,EU\n";
    let governance = format!("{GOVERNANCE}{}", years());
    let tables = [
        (shares::FILE, shares.as_str()),
        ("sector_inputs.csv", inputs),
        (restrictions::FILE, restrictions),
        (governance::FILE, governance.as_str()),
    ];
    load(&tables).unwrap()
}

/// China: 2.5 in 2015 (too old), then -1, -1, 0, 0, and 2020 with one estimate of 2.
fn years() -> String {
    let year = |(year, estimate): (i16, &str)| format!("CHN,{year},{}\n", [estimate; 6].join(","));
    let full = [(2015, "2.5"), (2016, "-1"), (2017, "-1"), (2018, "0"), (2019, "0")].map(year).concat();
    full + "CHN,2020,,2,,,,\n"
}

fn country(code: &str) -> CountryCode {
    code.parse().unwrap()
}

#[track_caller]
fn close(found: impl Into<Option<f64>>, expected: f64) {
    let found = found.into().unwrap();
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

#[test]
fn supply_of_a_sector_by_hand() {
    let structure = sample();
    let solar = structure.sector(&"solar".parse().unwrap()).unwrap();
    // (1 × 0.9 + 3 × 0.6) / 4; the input without shares does not count.
    close(solar.countries[&country("CHN")].value, 0.675);
    assert_eq!(solar.weights, (4.0, 9.0));
    // Germany is not among the makers of modules that are named: it may have as much as Vietnam, no more.
    close(solar.countries[&country("DEU")].value, 0.025);
    close(solar.countries[&country("DEU")].high, (0.1 + 3.0 * 0.1) / 4.0);
    // Vietnam is not in the complete set of gallium: it has none.
    let vietnam = solar.countries[&country("VNM")];
    close(vietnam.value, 0.075);
    close(vietnam.high, 0.075);
    // HHI: 0.82 and 0.37, the others not one country.
    close(solar.hhi, (0.82 + 3.0 * 0.37) / 4.0);
    assert!(solar.is_lower_bound);
    assert_eq!((solar.top_country, structure.units().len()), (Some(country("CHN")), 3));
    assert_eq!(structure.supply_share(&"solar".parse().unwrap(), country("USA")), None);
    assert!(structure.sector(&"wind".parse().unwrap()).is_none());
}

#[test]
fn governance_is_the_mean_of_the_last_five_years() {
    let score = sample().governance().latest(country("CHN")).unwrap();
    // (−1 − 1 + 0 + 0 + 2) / 5 = 0.
    assert_eq!((score.mean, score.years, score.lines), (0.0, (2016, 2020), (3, 7)));
    close(score.risk(), 0.5);
    close(score.supply_risk_factor(), 5.0);
    close(sample().governance().over(country("CHN"), 2016..=2017).map(|score| score.risk()), 0.7);
    assert!(sample().governance().latest(country("VNM")).is_none());
}

#[test]
fn indicators_and_where_they_come_from() {
    let structure = sample();
    let periods = [Period::All, Period::Year(2024), Period::All];
    let rows = structure.indicators(&periods).unwrap().rows().unwrap();
    let find = |indicator: &str, code: &str| {
        rows.iter().find(|row| {
            row.period == Period::All && row.indicator.as_str() == indicator && row.country == country(code)
        })
    };
    close(find("supply_share", "CHN").unwrap().value, 0.675);
    assert_eq!(find("supply_share", "CHN").unwrap().high, None);
    close(find("supply_share", "DEU").unwrap().high, 0.1);
    // t = 1.2 on gallium (level 0.4), none known on modules: supply share 0.675 × 0.4. A parameter below 1 is no restriction.
    close(find("export_restrictions", "CHN").unwrap().value, 0.27);
    close(find("export_restrictions", "DEU").unwrap().value, 0.0);
    assert!(find("export_restrictions", "VNM").is_none() && find("coercive_leverage", "VNM").is_none());
    close(find("coercive_leverage", "CHN").unwrap().value, 0.3375);
    assert_eq!(
        find("supply_share", "DEU").unwrap().provenance,
        "named in 1 of 2 inputs with shares (3 in all), a lower bound: not named in 1 that name only some countries; \
         Survey, primary, production 2024, https://a.example: gallium processing 0.1 (shares.csv:3)"
    );
    assert_eq!(
        find("export_restrictions", "CHN").unwrap().provenance,
        "supply share 0.675 × mean level of restriction 0.4; trade parameter known for 33% of the country's weighted supply; \
         EU, 2023: gallium processing t 1.2 (trade_parameter.csv:2)"
    );
    assert_eq!(rows.iter().filter(|row| row.period == Period::Year(2024)).count() * 2, rows.len());
}

#[test]
fn every_fault_of_every_table_is_named() {
    let shares = format!(
        "{SHARES}\
         gallum,processing,CHN,1,production,2024,true,true,primary,Survey,,\n\
         gallium,processing,CHN,1.5,production,2024,true,true,primary,Survey,,\n\
         modules,assembly,CHN,0.6,capacity,2023,true,false,secondary,Press,,\n\
         modules,assembly,CHN,0.1,capacity,2023,true,false,secondary,Press,,\n\
         cells,assembly,CHN,1,capacity,2023,true,true,secondary,Press,,\n\
         cells,assembly,CHN,1,capacity,2024,true,true,secondary,Press,,\n"
    );
    let inputs = "sector,input,stage,weight,why,source\nsun,gallium,processing,1,,\nsolar,gallum,processing,-1,,\n";
    let restrictions = "material,stage,country,trade_parameter,reference_year,source\ngallum,processing,CHN,11,2023,\n";
    let tables = [
        (shares::FILE, shares.as_str()),
        ("sector_inputs.csv", inputs),
        (restrictions::FILE, restrictions),
        (governance::FILE, &format!("{GOVERNANCE}CHN,2020,9,,,,,\n")),
    ];
    let message = load(&tables).unwrap_err().to_string();
    for words in [
        "shares.csv:2 (column input): `gallum` is not in materials.csv",
        "shares.csv:3 (column share): 1.5 is no share",
        "shares.csv:5 (column country): CHN twice in the set, first on line 4",
        "shares.csv:4: the shares of modules assembly sum to 0.600",
        "shares.csv:7: a second preferred set for cells assembly",
        "sector_inputs.csv:2 (column sector): `sun`",
        "sector_inputs.csv:3 (column input): `gallum`",
        "sector_inputs.csv:3 (column weight): -1 is no weight",
        "trade_parameter.csv:2 (column material)",
        "trade_parameter.csv:2 (column trade_parameter): 11",
        "governance.csv:2: 9 is no governance estimate",
    ] {
        assert!(message.contains(words), "{words} not in {message}");
    }
    assert!(Structure::load(&DataSource::Folder(Path::new("/nowhere").to_owned())).is_err());
}

fn real() -> Structure {
    Structure::load(&DataSource::Embedded).unwrap()
}

#[test]
fn concentration_of_production_in_2025() {
    let structure = real();
    for (input, stage, expected) in [
        ("gallium", "processing", 0.980),
        ("niobium", "extraction", 0.871),
        ("magnesium", "processing", 0.774),
        ("cobalt", "extraction", 0.555),
        ("rare_earths", "extraction", 0.507),
        ("nickel", "extraction", 0.459),
        ("lithium", "extraction", 0.205),
    ] {
        let of = InputStage { input: input.parse().unwrap(), stage: stage.to_owned() };
        let set =
            structure.shares().sets().find(|set| set.of == of && set.publisher == "USGS" && set.reference_year == 2025);
        let hhi = set.unwrap_or_else(|| panic!("no set of {of}")).hhi();
        assert!((hhi - expected).abs() < 0.005, "{of}: {hhi} is not {expected}");
    }
}

#[test]
fn the_real_tables_cover_the_field() {
    let structure = real();
    let units = structure.units();
    let sectors: BTreeSet<_> = units.iter().map(|unit| unit.0).collect();
    let countries: BTreeSet<_> = units.iter().map(|unit| unit.1).collect();
    assert!(sectors.len() >= 12 && countries.len() >= 60, "{} sectors, {} countries", sectors.len(), countries.len());
    assert_eq!(structure.sector(&"critical_minerals".parse().unwrap()).unwrap().top_country, Some(country("CHN")));
    for sector in structure.sectors() {
        let sum: f64 = sector.countries.values().map(|share| share.value).sum();
        assert!(sum <= 1.0 + 0.02, "{}: shares sum to {sum}", sector.sector);
    }
    let table = structure.indicators(&[Period::All]).unwrap();
    for row in table.rows().unwrap() {
        let (value, low, high) = (row.value.unwrap(), row.low.unwrap_or(0.0), row.high.unwrap_or(1.0));
        assert!((0.0..=1.0).contains(&value) && low <= value && value <= high, "{row:?}");
        assert!(row.provenance.contains(".csv:") && row.provenance.len() < 2500, "{row:?}");
    }
}
