//! `goulet supply-risk` as a user runs it.

use std::process::Output;

use crate::support::{folder, goulet, stderr, stdout, table};

fn supply_risk(arguments: &[&str]) -> Output {
    goulet().arg("supply-risk").args(arguments).output().unwrap()
}

const HEADER: &str = "material,stage,supply_used,hhi_global,hhi_eu,import_reliance,recycling,substitution,supply_risk,\
    top_country,top_share";

#[test]
fn the_table_has_the_contracts_columns_and_every_row() {
    let output = supply_risk(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let (text, said) = (stdout(&output), stderr(&output));
    assert_eq!((text.lines().next(), text.lines().count()), (Some(HEADER), 131));
    let row = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().split(',').collect::<Vec<_>>();
    let gallium = row("gallium,processing,");
    assert_eq!(
        (gallium[2], gallium[5], gallium[6], gallium[7], gallium[9]),
        ("global_and_eu", "0.98", "0", "0.98", "CHN")
    );
    assert!((gallium[8].parse::<f64>().unwrap() - 3.9).abs() < 0.15);
    // The row stands although its risk is not known, and the reason is told.
    assert_eq!(row("silica_sand,extraction,")[8], "");
    assert!(said.contains("no supply risk: silica_sand extraction: the substitution index is not published"), "{said}");
    assert!(!said.contains("gallium"), "{said}");
    let quiet = supply_risk(&["--quiet"]);
    assert_eq!((stdout(&quiet), stderr(&quiet)), (text, String::new()));
}

#[test]
fn files_asked_for_are_written_and_hold_the_factors() {
    let folder = folder(&[]);
    let path = |name: &str| folder.path().join(name);
    let name = |name: &str| path(name).to_string_lossy().into_owned();
    let [risk, factors, importance, hhi] = ["risk.csv", "factors.csv", "importance.csv", "hhi.csv"].map(name);
    let options = ["-o", &risk, "--factors", &factors, "--importance", &importance, "--hhi", &hhi];
    let output = supply_risk(&options);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""), "{}", stderr(&output));
    let number = |cell: &str| cell.parse::<f64>().unwrap();
    let gallium = |row: &&std::collections::BTreeMap<String, String>| row["material"] == "gallium";
    let risks = table(&path("risk.csv"));
    let risk = risks.iter().find(gallium).unwrap();
    let rows = table(&path("factors.csv"));
    let terms = |scope: &str| {
        let rows = rows.iter().filter(gallium).filter(|row| row["scope"] == scope && row["country"] != "OTHER");
        rows.map(|row| {
            let parts = number(&row["share"]).powi(2) * number(&row["wgi"]) * number(&row["trade_parameter"]);
            assert!((parts - number(&row["product"])).abs() < 1e-12 && row["source"].contains(".csv:"));
            parts
        })
        .sum::<f64>()
    };
    assert!((terms("global") - number(&risk["hhi_global"])).abs() < 1e-9);
    assert!((terms("eu") - number(&risk["hhi_eu"])).abs() < 1e-9);
    let importance = table(&path("importance.csv"));
    let gallium_importance = importance.iter().find(gallium).unwrap();
    assert_eq!(
        (gallium_importance["critical"].as_str(), gallium_importance["lower_bound"].as_str()),
        ("true", "false")
    );
    let indices = table(&path("hhi.csv"));
    let index = indices.iter().find(|row| row["input"] == "gallium" && row["stage"] == "processing").unwrap();
    assert_eq!((index["band"].as_str(), index["top_country"].as_str()), ("critical", "CHN"));
    assert!((number(&index["hhi"]) - 0.980).abs() < 0.001);
}

#[test]
fn a_users_shares_replace_ours_and_are_refused_when_they_do_not_add_up() {
    let good = "input;stage;country;share\ngallium;processing;CHN;0,5\ngallium;processing;JPN;0,5\n";
    let bad = "input,stage,country,share\ngallium,processing,CHN,0.5\ngallium,processing,JPN,0.2\n";
    let folder = folder(&[("good.csv", good.as_bytes()), ("bad.csv", bad.as_bytes())]);
    let own = |name: &str, more: &[&str]| {
        goulet().current_dir(folder.path()).args(["supply-risk", "--shares", name]).args(more).output().unwrap()
    };
    let output = own("good.csv", &["--hhi", "hhi.csv"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("gallium processing: shares replaced by good.csv (2 countries)"));
    assert!(!stderr(&output).contains("no trade parameter"), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.lines().any(|line| line.starts_with("gallium,processing,") && line.ends_with(",CHN,0.5")), "{text}");
    let indices = std::fs::read_to_string(folder.path().join("hhi.csv")).unwrap();
    assert!(indices.contains("gallium,processing,0.5,critical,false,CHN,0.5,,,"), "{indices}");
    let output = own("bad.csv", &["-o", "out.csv"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("bad.csv:2: the shares of gallium processing sum to 0.700") && said.contains("hint:"),
        "{said}"
    );
    assert!(!folder.path().join("out.csv").exists());
    assert_eq!(own("none.csv", &[]).status.code(), Some(1));
}

#[test]
fn the_list_of_2017_and_what_it_lacks() {
    let output = supply_risk(&["--year", "2017"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 79);
    assert!(stdout(&output).contains("\nmagnesium,processing,global_and_eu,4.4,5.2,1,0.09,0.9,3.931"));
    let output = supply_risk(&["--year", "2017", "--factors", "x.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--factors does not go with --year 2017"));
    let output = supply_risk(&["--hhi", "x.csv", "--importance", "x.csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("two tables cannot go to x.csv"));
    assert_eq!(supply_risk(&["--year", "2011"]).status.code(), Some(2));
}

#[test]
fn json_says_why_a_value_is_missing() {
    let output = supply_risk(&["--json", "--quiet"]);
    let answer: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    let row = |material: &str| rows.iter().find(|row| row["material"] == material).unwrap();
    assert_eq!((answer["year"].as_i64(), rows.len()), (Some(2023), 130));
    assert!(row("magnesium")["supply_risk"].as_f64().unwrap() > 4.0 && row("magnesium")["missing"].is_null());
    assert!(row("silica_sand")["supply_risk"].is_null());
    assert_eq!(row("silica_sand")["missing"], "the substitution index is not published");
}

#[test]
fn geopolrisk_of_a_users_trade() {
    let trade = "material,stage,importer,exporter,import,domestic_production\n\
        gallium,processing,FRA,CHN,60,0\ngallium,processing,FRA,XYZ,40,\nunobtainium,,FRA,CHN,1,0\n\
        cobalt,extraction,FRA,COD,5,\n";
    let folder = folder(&[("trade.csv", trade.as_bytes())]);
    let run = |more: &[&str]| {
        let mut command = goulet();
        command.current_dir(folder.path()).args(["supply-risk", "--geopolrisk", "trade.csv"]).args(more);
        command.output().unwrap()
    };
    let output = run(&["-o", "out.csv"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let rows = table(&folder.path().join("out.csv"));
    let row = |material: &str| rows.iter().find(|row| row["material"] == material).unwrap();
    let number = |row: &std::collections::BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
    let gallium = row("gallium");
    // XYZ has no estimate: 0.5 · 40; the rest is China's.
    let china = (number(gallium, "weighted_imports") - 20.0) / 60.0;
    assert!((0.5..0.7).contains(&china), "{china}");
    assert_eq!((number(gallium, "imports"), number(gallium, "imports_without_estimate")), (100.0, 40.0));
    let score = number(gallium, "hhi") * number(gallium, "weighted_imports") / 100.0;
    assert!((number(gallium, "score") - score).abs() < 1e-12);
    assert_eq!((row("cobalt")["score"].as_str(), row("unobtainium")["hhi"].as_str()), ("", ""));
    let said = stderr(&output);
    assert!(said.contains("cobalt extraction FRA: the domestic production is not given"), "{said}");
    assert!(said.contains("taken as 0.5") && said.contains("XYZ"), "{said}");
    assert_eq!(run(&["--factors", "x.csv"]).status.code(), Some(2));
    let faulty = trade.replace("FRA,CHN,60", "FRA,CHN,-60").replace("COD,5", "FRA,5");
    std::fs::write(folder.path().join("trade.csv"), faulty).unwrap();
    let said = stderr(&run(&[]));
    assert!(said.contains("trade.csv:2 (column import): -60 is no amount"), "{said}");
    assert!(said.contains("trade.csv:5 (column exporter): FRA imports from itself"), "{said}");
}
