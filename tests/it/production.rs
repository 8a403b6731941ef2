//! `goulet production` on a small table in the layout of the release of 2026, Windows-1252.

use crate::support::{folder, goulet, root, stderr, stdout, table};

const HEADER: &str = "Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes\n";

/// Rows of one commodity: country, year, value.
fn rows(commodity: &str, detail: &str, figures: &[(&str, i16, &str)]) -> String {
    let row = |(country, year, value): &(&str, i16, &str)| {
        let rounded = if country.starts_with("World") { ": rounded" } else { "" };
        format!(
            "World Mine Production and Reserves,{commodity},\"{country}\",Production,{detail}{rounded},kilograms,{year},\"{value}\",Estimated.\n"
        )
    };
    figures.iter().map(row).collect()
}

fn sample() -> Vec<u8> {
    let gallium = [
        ("China", 2024, "9,000"),
        ("Japan", 2024, "1,000"),
        ("China", 2025, "9,800"),
        ("Japan", 2025, "200"),
        ("Russia", 2025, "\u{2014}"),
        ("United States", 2025, "W"),
        ("World total", 2025, "10,500"),
    ];
    let cobalt = [("C\u{f4}te d\u{2019}Ivoire", 2025, "3"), ("Other countries", 2025, "1")];
    let text = HEADER.to_owned()
        + &rows("Gallium", "Primary production", &gallium)
        + &rows("Cobalt", "Mine production", &cobalt)
        + &rows("Salt", "Mine production", &[("China", 2025, "5")]);
    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
}

#[test]
fn shares_concentration_and_figures_of_a_small_table() {
    let folder = folder(&[("mcs.csv", &sample())]);
    let mut command = goulet();
    command.current_dir(folder.path()).args(["production", "mcs.csv", "-o", "shares.csv"]);
    let output = command.args(["--concentration", "hhi.csv", "--figures", "figures.csv"]).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("[world-total] gallium processing 2025") && said.contains("95.2 %"), "{said}");
    assert!(said.contains("1 tables left out") && said.contains("Windows-1252"), "{said}");
    let shares = table(&folder.path().join("shares.csv"));
    let first = &shares[2];
    assert_eq!((first["input"].as_str(), first["country"].as_str()), ("gallium", "CHN"));
    assert_eq!((first["share"].as_str(), first["complete"].as_str()), ("0.98", "true"));
    assert!(first["note"].contains("estimated") && first["note"].contains("withheld: USA"), "{}", first["note"]);
    assert_eq!((shares[0]["country"].as_str(), shares[1]["country"].as_str()), ("CIV", "OTHER"));
    // The columns are those of our own table.
    let header = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(header(folder.path().join("shares.csv")), header(root().join("data/structural/shares.csv")));
    let hhi = table(&folder.path().join("hhi.csv"));
    assert_eq!((hhi[0]["input"].as_str(), hhi[0]["lower_bound"].as_str()), ("cobalt", "true"));
    assert_eq!((hhi[1]["band"].as_str(), hhi[1]["top_country"].as_str()), ("critical", "CHN"));
    assert!((hhi[1]["hhi"].parse::<f64>().unwrap() - 0.9608).abs() < 1e-12);
    assert_eq!((hhi[0]["coverage"].as_str(), hhi[1]["world_total"].as_str()), ("", "10500"));
    let figures = table(&folder.path().join("figures.csv"));
    let kinds: Vec<_> = figures.iter().map(|row| (row["country"].as_str(), row["kind"].as_str())).collect();
    assert_eq!(kinds[2..5], [("RUS", "none"), ("USA", "withheld"), ("WORLD", "number")]);
    assert_eq!((figures[3]["value"].as_str(), figures[3]["estimated"].as_str()), ("", "true"));
}

#[test]
fn a_year_to_standard_output_and_json() {
    let folder = folder(&[("mcs.csv", &sample())]);
    let run = |arguments: &[&str]| goulet().current_dir(folder.path()).args(arguments).output().unwrap();
    let output = run(&["production", "mcs.csv", "--year", "2024", "--quiet"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let lines: Vec<String> = stdout(&output).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("gallium,processing,CHN,0.9,production,2024,true,true,primary,USGS,"), "{}", lines[1]);
    let output = run(&["production", "mcs.csv", "--json", "--quiet"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["sets"][1]["band"], "critical");
    assert_eq!(json["sets"][1]["withheld"][0], "USA");
    assert_eq!(json["left_out"][0][0], "Salt");
    let output = run(&["production", "mcs.csv", "--year", "1999"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the file has figures of 2024, 2025"), "{}", stderr(&output));
}

#[test]
fn what_cannot_be_read_is_told_and_ends_in_failure_with_the_rest_written() {
    let mut content = sample();
    content.extend(rows("Cobalt", "Mine production", &[("Atlantis", 2025, "5"), ("Cuba", 2025, "-5")]).bytes());
    let folder = folder(&[("mcs.csv", &content), ("empty.csv", b""), ("other.csv", b"a,b\n1,2\n")]);
    let run =
        |file: &str| goulet().current_dir(folder.path()).args(["production", file, "-o", "out.csv"]).output().unwrap();
    let output = run("mcs.csv");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("mcs.csv:12 (column Country): `Atlantis` is not known"), "{said}");
    assert!(said.contains("usgs_countries.csv with the ISO code"), "{said}");
    assert!(said.contains("mcs.csv:13 (column Value): `-5` is negative"), "{said}");
    assert_eq!(table(&folder.path().join("out.csv")).len(), 4);
    for (file, words) in
        [("empty.csv", "empty"), ("other.csv", "other.csv:1: not a world table"), ("none.csv", "none.csv")]
    {
        std::fs::remove_file(folder.path().join("out.csv")).ok();
        let output = run(file);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(words) && stderr(&output).contains("hint:"), "{}", stderr(&output));
        assert!(!folder.path().join("out.csv").exists());
    }
    assert_eq!(goulet().arg("production").output().unwrap().status.code(), Some(2));
}
