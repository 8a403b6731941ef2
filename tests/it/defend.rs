//! Figures that can be defended: every score adds up, nothing missing became zero, one article stays one article.

use std::collections::BTreeMap;
use std::path::Path;

use goulet::indicators::IndicatorTable;
use goulet::model::{self, Model};
use goulet::pipeline::score::{model_input, score};

use crate::support::{folder, goulet, root, run_on, statement, stderr, stdout, table};

#[test]
fn explanations_of_every_unit_of_the_sample_add_up_to_its_score() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let reports = out.path().join("r");
    // From the files alone, as `explain` does it.
    let model = Model::built_in().unwrap();
    let indicators = IndicatorTable::read_csv(&reports.join("indicators.csv")).unwrap();
    let input = model_input(&indicators, &model).unwrap();
    let scores = score(&input, &model).unwrap();
    let written: BTreeMap<String, String> = table(&reports.join("scores.csv"))
        .into_iter()
        .map(|row| (format!("{}/{}/{}", row["sector"], row["country"], row["period"]), row["risk"].clone()))
        .collect();
    assert_eq!(written.len(), scores.units.len());
    for (unit, name) in scores.units.iter().enumerate() {
        let parts = model::explain(&scores, &model, unit);
        let sum: f64 = parts.iter().filter(|part| part.is_indicator).filter_map(|part| part.contribution).sum::<f64>()
            + parts.iter().map(|part| part.combination_effect).sum::<f64>();
        match written[name].parse::<f64>() {
            Ok(risk) => assert!((risk - sum).abs() < 1e-5, "{name}: {risk} against {sum}"),
            Err(_) => assert!(parts.iter().all(|part| !part.is_indicator || part.contribution.is_none()), "{name}"),
        }
    }
}

#[test]
fn what_explain_prints_adds_up_and_shows_sentence_row_and_weight() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let reports = out.path().join("r");
    let output = goulet().args(["explain", "critical_minerals", "CHN", "--reports"]).arg(&reports).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("part ")).unwrap() + 1;
    let end = lines.iter().position(|line| line.starts_with("sum of what is added")).unwrap();
    let printed: f64 = lines[start..end]
        .iter()
        .filter(|line| line.split_whitespace().count() == 5)
        .filter_map(|line| line.split_whitespace().last()?.parse::<f64>().ok())
        .sum();
    let scores = table(&reports.join("scores.csv"));
    let unit = scores.iter().find(|row| row["sector"] == "critical_minerals" && row["country"] == "CHN").unwrap();
    let risk: f64 = unit["risk"].parse().unwrap();
    assert!((printed - risk).abs() < 0.001, "{printed} against {risk}\n{text}");
    for words in ["shares.csv", "gallium", "severity", "“"] {
        assert!(text.contains(words), "{words} not in\n{text}");
    }
}

#[test]
fn a_deep_tree_with_means_of_its_own_is_taken_apart_at_every_node() {
    let (out, _) = run_on(Path::new("seeds"), &["--draws", "0", "--model", "tests/workbook/deeper.toml"]);
    let reports = out.path().join("r");
    for unit in [["critical_minerals", "CHN"], ["semiconductors", "NLD"], ["energy", "RUS"]] {
        let output = goulet().arg("explain").args(unit).args(["--json", "--reports"]).arg(&reports).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let parts = told["parts"].as_array().unwrap();
        let number = |part: &serde_json::Value, key: &str| part[key].as_f64().unwrap_or(0.0);
        // An aggregate's contribution is the sum of those below it.
        let adds = |part: &serde_json::Value| {
            let own = if part["indicator"] == true { number(part, "contribution") } else { 0.0 };
            own + number(part, "combination_effect")
        };
        let (sum, risk) = (parts.iter().map(adds).sum::<f64>(), told["risk"].as_f64().unwrap());
        assert!((sum - risk).abs() < 1e-4, "{unit:?}: {sum} against {risk}");
        let joined =
            |code: &str| parts.iter().any(|part| part["code"] == code && number(part, "combination_effect") != 0.0);
        assert!(joined("risk") && joined("measures"), "{told}");
    }
}

#[test]
fn the_tables_cover_sectors_and_countries_without_text() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let scores = table(&out.path().join("r/scores.csv"));
    let distinct =
        |column: &str| scores.iter().map(|row| row[column].clone()).collect::<std::collections::BTreeSet<_>>();
    assert!(distinct("sector").len() >= 12, "{:?}", distinct("sector"));
    assert!(distinct("country").len() >= 60, "{}", distinct("country").len());
    for row in &scores {
        let coverage: f64 = row["coverage"].parse().unwrap();
        assert!((0.0..=1.0).contains(&coverage) && !row["status"].is_empty(), "{row:?}");
    }
}

#[test]
fn missing_stays_missing() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let scores = table(&out.path().join("r/scores.csv"));
    // A sector no document mentions has no text indicators: its mitigation (text alone) is unknown, not 0.
    let sectors = table(&out.path().join("r/sectors.csv"));
    let silent: Vec<&str> =
        sectors.iter().filter(|row| row["documents"] == "0").map(|row| row["sector"].as_str()).collect();
    for row in scores.iter().filter(|row| silent.contains(&row["sector"].as_str())) {
        assert!(row["mitigation"].is_empty() && row["documents"] == "0", "{row:?}");
    }
    // A unit without structural data has partial coverage.
    for row in scores.iter().filter(|row| row["status"].starts_with("text only")) {
        assert!(row["coverage"].parse::<f64>().unwrap() < 1.0, "{row:?}");
    }
}

#[test]
fn one_article_does_not_outrank_data_and_many_articles() {
    let mut lines: Vec<String> = Vec::new();
    let metals = ["gallium", "germanium", "antimony", "graphite", "tungsten", "rare earths"];
    for (i, metal) in metals.iter().enumerate() {
        lines.push(
            statement(&format!("c{i}"))
                .replace("gallium", metal)
                .replace("has banned exports", &format!("on its own authority, in step {i}, has banned all exports")),
        );
    }
    lines.push(statement("single").replace("China", "Iceland").replace("gallium", "fluorspar"));
    let corpus = folder(&[("news.jsonl", lines.join("\n").as_bytes())]);
    let (out, _) = run_on(corpus.path(), &[]);
    let scores = table(&out.path().join("r/scores.csv"));
    let find = |country: &str| {
        scores.iter().find(|row| row["sector"] == "critical_minerals" && row["country"] == country).cloned().unwrap()
    };
    let (china, iceland) = (find("CHN"), find("ISL"));
    let risk = |row: &BTreeMap<String, String>| row["risk"].parse::<f64>().unwrap();
    assert!(risk(&china) > risk(&iceland) + 10.0, "{china:?} {iceland:?}");
    assert!(risk(&iceland) < 40.0, "one article must not make a confident score: {iceland:?}");
    assert_eq!(china["rank"], "1");
}

#[test]
fn the_sample_says_what_it_was_written_to_say() {
    let (out, _) = run_on(Path::new("seeds"), &[]);
    let scores = table(&out.path().join("r/scores.csv"));
    let first = |sector: &str| {
        scores.iter().find(|row| row["sector"] == sector && !row["rank"].is_empty()).map(|row| row["country"].clone())
    };
    assert_eq!(first("critical_minerals").as_deref(), Some("CHN"));
    let mentions = table(&out.path().join("r/mentions.csv"));
    for quiet in [
        "2024-06-10-concentration-co2-record",
        "2024-06-21-usine-de-chips-pommes-de-terre",
        "2025-08-22-thornbeck-transfer-ban",
    ] {
        let found: Vec<_> = mentions.iter().filter(|m| m["doc_id"].ends_with(quiet)).collect();
        assert!(found.is_empty(), "{found:?}");
        assert!(root().join(format!("seeds/{quiet}.md")).is_file());
    }
}
