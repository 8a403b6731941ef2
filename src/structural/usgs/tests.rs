//! A small table in the published layout, facts about the real one, and files that are no such table.

use std::path::Path;

use super::*;
use crate::data::DataSource;
use crate::structural::band::Band;

const HEADER: &str = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,\
                      Is critical mineral 2025,Other notes\n";

/// A row of the long layout.
fn row(commodity: &str, country: &str, detail: &str, year: i16, value: &str, notes: &str) -> String {
    format!(
        "CHAPTER,World Mine Production and Reserves,{commodity},\"{country}\",Production,{detail},metric tons,{year},\
         \"{value}\",{notes},Yes,\n"
    )
}

/// Gallium and cobalt, with everything that USGS writes in the place of a number, in Windows-1252.
fn sample() -> Vec<u8> {
    let gallium = |country: &str, year: i16, value: &str| {
        let notes = if year == 2025 { "Estimated. -- A remark." } else { "" };
        row("Gallium", country, "Primary production", year, value, notes)
    };
    let cobalt = |country: &str, value: &str| row("Cobalt", country, "Mine production", 2025, value, "Estimated.");
    let text = [
        HEADER.to_owned(),
        gallium("China", 2024, "90"),
        gallium("Japan", 2024, "10"),
        gallium("World total", 2024, "100").replace("Primary production", "Primary production: rounded"),
        gallium("China", 2025, "1,200"),
        gallium("Japan", 2025, "—"),
        gallium("Korea, Republic of", 2025, "s"),
        gallium("Côte d’Ivoire", 2025, "300"),
        gallium("United States", 2025, "W"),
        gallium("Russia", 2025, "NA"),
        gallium("Other countries", 2025, "500"),
        gallium("World total", 2025, "2,100").replace("Primary production", "Primary production: rounded"),
        cobalt("Congo (Kinshasa)", ">60"),
        cobalt("Indonesia", "40"),
        cobalt("Cuba", "W"),
        row("Asbestos", "China", "Mine production", 2025, "5", ""),
        row("Cobalt", "Cuba", "Reserves", 2025, "9", "").replace(",Production,", ",Reserves,"),
        row("Cobalt", "United States", "Production", 2025, "7", "").replace("World Mine", "Salient"),
    ];
    encoding_rs::WINDOWS_1252.encode(&text.concat()).0.into_owned()
}

fn names() -> Names {
    Names::load(&DataSource::Embedded).unwrap()
}

fn read_as(name: &str, content: &[u8]) -> Result<UsgsTable> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, content).unwrap();
    read(&file, &names())
}

fn table(content: &[u8]) -> UsgsTable {
    read_as("mcs.csv", content).unwrap()
}

/// The faults of a table, without the folder.
fn faults(content: &[u8]) -> Vec<String> {
    table(content)
        .faults
        .iter()
        .map(|fault| fault.to_string().rsplit('/').next().unwrap_or_default().to_owned())
        .collect()
}

fn set(sets: &[Production], of: &str) -> Production {
    sets.iter().find(|set| set.of.to_string() == of).unwrap_or_else(|| panic!("no {of}")).clone()
}

#[track_caller]
fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not {expected}");
}

#[test]
fn a_small_table_in_windows_1252_is_read() {
    let table = table(&sample());
    assert_eq!(table.encoding, Encoding::Windows1252);
    assert!(table.faults.is_empty(), "{:?}", table.faults);
    assert_eq!(table.publication.title, "Mineral Commodity Summaries 2026, data release");
    assert_eq!(table.years(), BTreeSet::from([2024, 2025]));
    assert_eq!(table.left_out.len(), 1);
    assert_eq!((table.figures.len(), table.figures[0].line), (14, 2));
    let sets = production(&table, None);
    assert_eq!(sets.len(), 2);
    let gallium = set(&sets, "gallium processing");
    // China 1,200, Côte d'Ivoire 300, others 500 of 2,000 listed; the published total is 2,100.
    assert_eq!((gallium.year, gallium.countries.len(), gallium.listed()), (2025, 2, 2000.0));
    assert_eq!(gallium.share("CIV".parse().unwrap()), Some(0.15));
    close(gallium.hhi(), 0.36 + 0.0225, 1e-15);
    assert!(gallium.is_lower_bound() && !gallium.is_complete() && gallium.is_estimated());
    assert_eq!((gallium.band(), gallium.other_share()), (Band::High, 0.25));
    close(gallium.coverage().unwrap(), 2000.0 / 2100.0, 1e-15);
    assert!(gallium.differs_from_world());
    assert_eq!(gallium.withheld, BTreeSet::from(["USA".parse().unwrap()]));
    assert_eq!(gallium.unavailable, BTreeSet::from(["RUS".parse().unwrap()]));
    let cobalt = set(&sets, "cobalt extraction");
    assert_eq!((cobalt.share("COD".parse().unwrap()), cobalt.coverage()), (Some(0.6), None));
    assert!(cobalt.countries[&"COD".parse().unwrap()].is_at_least && !cobalt.is_lower_bound());
}

#[test]
fn a_year_of_ones_own_choice() {
    let table = table(&sample());
    let sets = production(&table, Some(2024));
    assert_eq!(sets.len(), 1);
    let gallium = set(&sets, "gallium processing");
    close(gallium.hhi(), 0.82, 1e-15);
    assert_eq!((gallium.band(), gallium.coverage(), gallium.is_estimated()), (Band::Critical, Some(1.0), false));
    assert!(production(&table, Some(2020)).is_empty());
}

#[test]
fn the_wide_layouts_of_earlier_releases_are_read() {
    let wide = "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,RESERVES_2024\n\
        MCS2025,Cobalt,Congo (Kinshasa),\"Mine production, cobalt content\",metric tons,175000,220000,,,6000000\n\
        MCS2025,Cobalt,Canadae,\"Mine production, cobalt content\",metric tons,4220,W,,,220000\n\
        MCS2025,Cobalt,World total (rounded),\"Mine production, cobalt content\",metric tons,238000,290000,,,11000000\n\
        MCS2025,Cobalt,Other countries4,\"Mine production, cobalt content\",metric tons,5000,6000,,,\n\
        MCS2025,Cobalt,Chad,Reserves,metric tons,,,,,5\n,,,,,,,,,\n";
    let table = table(wide.as_bytes());
    assert!(table.faults.is_empty(), "{:?}", table.faults);
    assert_eq!(table.publication.url, "https://doi.org/10.5066/P13XCP3R");
    let sets = production(&table, None);
    let cobalt = set(&sets, "cobalt extraction");
    assert_eq!((cobalt.year, cobalt.listed(), cobalt.world), (2024, 226_000.0, Some(290_000.0)));
    assert!(cobalt.is_estimated() && cobalt.withheld.len() == 1);
    let one = "Source,Country,Type,Prod_t_2021,Prod_t_est_2022,Prod_notes,Reserves_t\n\
        MCS2023,Australia,\"Mine production, contained lithium\",55300,61000,,6200000\n\
        MCS2023,Chile,\"Mine production, contained lithium\",28300,39000,,9300000\n";
    let table = read_as("mcs2023-lithi_world.csv", one.as_bytes()).unwrap();
    let lithium = set(&production(&table, Some(2021)), "lithium extraction");
    assert_eq!((lithium.unit.as_str(), lithium.listed()), ("metric tons", 83_600.0));
    assert!(read_as("table.csv", one.as_bytes()).unwrap_err().to_string().contains("of which commodity"));
}

#[test]
fn rows_that_cannot_be_read_are_told_at_their_lines_and_the_rest_is_read() {
    let cobalt = |country: &str, value: &str| row("Cobalt", country, "Mine production", 2025, value, "");
    let text = [
        HEADER.to_owned(),
        cobalt("Cuba", "50"),
        cobalt("Atlantis", "5"),
        cobalt("Atlantis", "6"),
        cobalt("Canada", "-5"),
        cobalt("Cuba", "50"),
        cobalt("Chile", "1,23"),
        cobalt("China", "5").replace(",2025,", ",20x5,"),
        row("Unobtainium", "Cuba", "Mine production", 2025, "5", ""),
        cobalt("Japan", "1 500").replace("metric tons", "kilograms"),
        cobalt("India", "1 500"),
        cobalt("Peru", ""),
        "CHAPTER,World Mine Production and Reserves,Cobalt,Brazil,Production,Mine production,metric tons,2025,\"60,0"
            .to_owned(),
    ];
    let text = text.concat();
    let found = faults(text.as_bytes());
    let expected = [
        "mcs.csv:3 (column Country): `Atlantis` is not known: 2 figures are not read",
        "mcs.csv:5 (column Value): `-5` is negative: production is 0 or more",
        "mcs.csv:6: `Cuba` twice in `Cobalt, Mine production` of 2025: the same figure on line 2",
        "mcs.csv:7 (column Value): `1,23` has a comma or blank that does not part thousands",
        "mcs.csv:8 (column Year): `20x5` is no year",
        "mcs.csv:9 (column Commodity): `Unobtainium, mine production` is not known: 1 figures are not read",
        "mcs.csv:10 (column Unit): `kilograms` where line 2 has `metric tons` for cobalt extraction in 2025",
        "mcs.csv:12 (column Value): no figure",
        "mcs.csv:13: 9 cells where the header has 12",
    ];
    assert_eq!(found, expected);
    let table = table(text.as_bytes());
    assert!(table.faults.iter().all(|fault| fault.remedy().is_some()));
    assert_eq!(set(&production(&table, None), "cobalt extraction").listed(), 1550.0);
}

#[test]
fn what_is_no_such_table_is_refused() {
    for (content, words) in [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("country,value\nCHN,1\n", "no column commodity, statistics, statisticsdetail, unit, year"),
        ("uCode,a,b\nx,1,2\n", "not a world table"),
        (HEADER, "no figure of production"),
        ("\0\0\0", "zero bytes"),
        ("PK\u{3}\u{4}zip", "an archive"),
    ] {
        let error = read_as("mcs.csv", content.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.position().is_some() && error.remedy().is_some(), "{error}");
    }
    assert!(read(Path::new("/no/such/file.csv"), &names()).is_err());
}

#[test]
fn any_cut_of_a_file_is_answered() {
    let whole = sample();
    let (names, folder) = (names(), tempfile::tempdir().unwrap());
    let file = folder.path().join("mcs.csv");
    for length in (0..whole.len()).step_by(7) {
        std::fs::write(&file, &whole[..length]).unwrap();
        if let Ok(table) = read(&file, &names) {
            let shares = production(&table, None)
                .iter()
                .map(|set| set.other_share() + set.countries.keys().filter_map(|code| set.share(*code)).sum::<f64>())
                .collect::<Vec<_>>();
            assert!(shares.iter().all(|sum| (sum - 1.0).abs() < 1e-12), "{shares:?}");
        }
    }
}

#[test]
fn separators_and_line_ends_of_a_spreadsheet_are_read() {
    let text = "Commodity;Country;Statistics;Statistics_detail;Unit;Year;Value\r\n\
        Cobalt;Cuba;Production;Mine production;metric tons;2025;1 200\r\n\
        Cobalt;Chad;Production;Mine production;metric tons;2025;e800\r\n";
    let table = table(text.as_bytes());
    assert!(table.faults.is_empty(), "{:?}", table.faults);
    let cobalt = set(&production(&table, None), "cobalt extraction");
    assert_eq!((cobalt.listed(), cobalt.is_estimated()), (2000.0, true));
}

/// The published file, where it is at hand.
fn published() -> Option<UsgsTable> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/usgs/mcs2026_world.csv");
    if !file.is_file() {
        eprintln!("skipped: {} is not there", file.display());
        return None;
    }
    Some(read(&file, &names()).unwrap())
}

#[test]
fn the_published_file_gives_the_known_concentration() {
    let Some(table) = published() else { return };
    assert!(table.faults.is_empty(), "{:?}", table.faults);
    let sets = production(&table, Some(2025));
    // METHODS, section 5.
    for (of, hhi) in [
        ("gallium processing", 0.980),
        ("niobium extraction", 0.871),
        ("magnesium processing", 0.774),
        ("cobalt extraction", 0.555),
        ("rare_earths extraction", 0.507),
        ("nickel extraction", 0.459),
        ("lithium extraction", 0.205),
    ] {
        close(set(&sets, of).hhi(), hhi, 0.0005);
    }
}

#[test]
fn the_published_file_gives_the_shares_of_our_own_table() {
    let Some(table) = published() else { return };
    let sets = production(&table, None);
    let mut ours: BTreeMap<(String, i16), BTreeMap<String, (f64, bool)>> = BTreeMap::new();
    let text = DataSource::Embedded.read("structural/shares.csv").unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    for record in reader.records().map(|record| record.unwrap()) {
        let cell = |name: &str| header.iter().position(|column| column == name).map(|at| &record[at]).unwrap();
        if cell("publisher") == "USGS" {
            let key = (format!("{} {}", cell("input"), cell("stage")), cell("reference_year").parse().unwrap());
            let value = (cell("share").parse().unwrap(), cell("complete") == "true");
            ours.entry(key).or_default().insert(cell("country").to_owned(), value);
        }
    }
    let found: BTreeSet<_> = sets.iter().map(|set| (set.of.to_string(), set.year)).collect();
    assert_eq!(found, ours.keys().cloned().collect());
    for set in &sets {
        let expected = &ours[&(set.of.to_string(), set.year)];
        let named = set.countries.keys().map(|code| (code.to_string(), set.share(*code).unwrap()));
        let found: BTreeMap<_, _> = named.chain(set.other.map(|_| ("OTHER".to_owned(), set.other_share()))).collect();
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{}", set.of);
        for (country, (share, is_complete)) in expected {
            close(found[country], *share, 1e-6);
            assert_eq!(set.is_complete(), *is_complete, "{}", set.of);
        }
    }
}
