//! `goulet scenario` as a user runs it: the files, what is printed, and what is said to a shock that makes no sense.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use crate::support::{goulet, root, stderr, stdout, table};

/// Runs a scenario on the committed reports, results into `folder`.
fn scenario(folder: &Path, arguments: &[&str]) -> Output {
    goulet().arg("scenario").args(arguments).arg("-o").arg(folder.join("out")).output().unwrap()
}

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, name: &str) -> Vec<Row> {
    table(&folder.join("out").join(name))
}

#[track_caller]
fn close(row: &Row, column: &str, expected: f64) {
    let found: f64 = row[column].parse().unwrap_or(f64::NAN);
    assert!((found - expected).abs() < 1e-9, "{column} is {} not {expected}", row[column]);
}

#[test]
fn all_of_chinas_gallium_as_in_the_documentation() {
    let folder = tempfile::tempdir().unwrap();
    let output = scenario(folder.path(), &["--shock", "CHN:gallium=1.0"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lost = rows(folder.path(), "supply_lost.csv");
    assert_eq!(lost.len(), 1);
    for (column, value) in
        [("share", 0.990099), ("lost", 0.990099), ("recycling_rate", 0.0), ("after_recycling", 0.990099)]
    {
        close(&lost[0], column, value);
    }
    close(&lost[0], "after_substitution", 0.98 * 0.990099);
    assert_eq!((lost[0]["reference_year"].as_str(), lost[0]["complete"].as_str()), ("2025", "true"));

    let sectors = rows(folder.path(), "sector_losses.csv");
    let of = |code: &str| sectors.iter().find(|row| row["sector"] == code).unwrap();
    // Weight of gallium over the weights of all inputs.
    let weights = |code: &str| -> f64 {
        let inputs = table(&root().join("data/sector_inputs.csv"));
        inputs.iter().filter(|row| row["sector"] == code).map(|row| row["weight"].parse::<f64>().unwrap()).sum()
    };
    let chips = 0.5 * 0.990099 / weights("semiconductors");
    close(of("semiconductors"), "loss_high", chips);
    close(of("semiconductors"), "after_mitigation_high", 0.98 * chips);
    close(of("semiconductors"), "loss_low", 0.0);
    assert_eq!((of("semiconductors")["loss"].as_str(), of("semiconductors")["step"].as_str()), ("", "1"));
    assert_eq!(of("semiconductors")["unknown_inputs"], "gallium@processing");
    // Chips weigh 1 beside the inputs of electric vehicles.
    close(of("electric_vehicles"), "loss_high", chips / (weights("electric_vehicles") + 1.0));
    assert_eq!(of("electric_vehicles")["path"], "gallium@processing -> semiconductors -> electric_vehicles");
    assert_eq!(of("electric_vehicles")["step"], "2");
    assert!(sectors.iter().all(|row| row["sector"] != "wind"));

    let exposed = rows(folder.path(), "exposed_countries.csv");
    let europe = exposed.iter().find(|row| row["country"] == "EUE" && !row["exposure"].is_empty()).unwrap();
    close(europe, "exposure", 0.69);
    let unknown = rows(folder.path(), "unknown.csv");
    let is_listed = |from: &str, to: &str| unknown.iter().any(|row| row["from"] == from && row["to"] == to);
    assert!(is_listed("gallium@processing", "semiconductors") && is_listed("semiconductors", "electric_vehicles"));

    let assumptions = std::fs::read_to_string(folder.path().join("out/assumptions.txt")).unwrap();
    assert!(assumptions.starts_with("Shock: CHN loses 1 of its supply of gallium@processing."), "{assumptions}");
    assert!(
        stdout(&output).contains(assumptions.trim())
            && stdout(&output).contains("gallium@processing -> semiconductors")
    );
}

#[test]
fn scores_beside_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    assert!(scenario(folder.path(), &["--shock", "CHN:gallium=1.0", "--quiet"]).status.success());
    let after = rows(folder.path(), "scores_after.csv");
    // The old scores and ranks are those of the reports.
    let reports = table(&root().join("reports/scores.csv"));
    assert_eq!(after.len(), reports.len());
    for row in &reports {
        let same = |other: &&Row| ["sector", "country", "period"].iter().all(|column| other[*column] == row[*column]);
        let moved = after.iter().find(same).unwrap();
        assert_eq!(moved["rank_before"], row["rank"]);
        let difference = moved["risk_before"].parse().unwrap_or(0.0) - row["risk"].parse().unwrap_or(0.0);
        assert!(f64::abs(difference) < 1e-6, "{moved:?}");
    }
    let chips = after.iter().find(|row| row["sector"] == "semiconductors" && row["country"] == "CHN").unwrap();
    let number = |column: &str| chips[column].parse::<f64>().unwrap();
    assert!(number("export_restrictions_after") > number("export_restrictions_before"));
    assert!(number("risk_after") > number("risk_before") && number("rank_after") <= number("rank_before"));

    let nothing = tempfile::tempdir().unwrap();
    assert!(scenario(nothing.path(), &["--shock", "CHN:gallium=0", "--quiet"]).status.success());
    let changed = |row: &Row| row["risk_before"] != row["risk_after"] || row["rank_before"] != row["rank_after"];
    assert!(!rows(nothing.path(), "scores_after.csv").iter().any(changed));
    assert!(rows(nothing.path(), "sector_losses.csv").is_empty());
}

#[test]
fn without_reports_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--shock", "CHN:rare_earths@magnet_rare_earth_refining=0.5", "--shock", "CHN:gallium=0.3"];
    let output = scenario(folder.path(), &[arguments.as_slice(), &["--no-scores", "--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let answer: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(answer["supply_lost"].as_array().unwrap().len(), 2);
    assert!(answer["scores_moved"].is_null() && answer["assumptions"].as_array().unwrap().len() > 5);
    assert!(!folder.path().join("out/scores_after.csv").exists());
    // The order of the shocks changes no byte but that of the assumptions.
    let other = tempfile::tempdir().unwrap();
    let turned = [&arguments[2..], &arguments[..2], &["--no-scores", "--quiet"]].concat();
    assert!(scenario(other.path(), &turned).status.success());
    for name in ["supply_lost.csv", "sector_losses.csv", "chains.csv", "exposed_countries.csv", "unknown.csv"] {
        let read = |folder: &Path| std::fs::read(folder.join("out").join(name)).unwrap();
        assert_eq!(read(folder.path()), read(other.path()), "{name}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code, words) in [
        (["--shock", "CHN:galium=1"].as_slice(), 1, "nearest inputs: gallium"),
        (&["--shock", "CHN:gallium@mining=1"], 1, "its stages: processing"),
        (&["--shock", "CHI:gallium=1"], 1, "nearest codes:"),
        (&["--shock", "CHN:gallium=1", "--shock", "CHN:gallium=1"], 1, "one --shock for a country"),
        (&["--shock", "CHN:gallium=1", "--reports", "nowhere"], 1, "goulet run"),
        (&["--shock", "CHN:gallium=2"], 2, "from 0 to 1"),
        (&["--shock", "gallium"], 2, "COUNTRY:INPUT"),
        (&[], 2, "--shock"),
    ] {
        let output = scenario(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
        assert!(!folder.path().join("out/supply_lost.csv").exists());
    }
}
