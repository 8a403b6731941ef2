//! A new language is a change in `data/`: a toy one is added to a copy of the tables, and read.

use std::fs;

use crate::support::{goulet, stderr, stdout, succeed, table};

/// Esperanto, as far as one sentence a channel goes.
const FILES: [(&str, &str); 8] = [
    ("lexicon/eo/language.toml", "name = \"Esperanto\"\nboundaries = \"words\"\ncoordination = [\"kaj\"]\n"),
    (
        "lexicon/eo/measures.csv",
        "id,channel,frame,severity,status,requires,form,example\n\
         export_ban,export_controls,act,0.9,,,malpermesas ~3 <export>,Ĉinio malpermesas la eksporton de galiumo.\n\
         dominates,concentration,dominate,0.8,,,produktas ~3 [% de|plejparton de],Ĉinio produktas 90 % de la galiumo.\n\
         boycott,coercion,act,0.7,,,bojkotas,Ĉinio bojkotas Norvegion.\n\
         stockpile,mitigation,join,0.6,,goods,stokas,Japanio stokas galiumon.\n",
    ),
    ("lexicon/eo/classes.csv", "class,form\nexport,eksporto(n)\n"),
    ("lexicon/eo/goods.csv", "sector,material,form\ncritical_minerals,gallium,galiumo(n)\n"),
    ("lexicon/eo/cues.csv", "kind,form,scope,example\nthreatened,minacas,before,Ĉinio minacas.\n"),
    (
        "lexicon/eo/roles.csv",
        "name,role,side,gap,channels,form,example\nal_target,aimed,before,1,,al,eksporto al Usono\n",
    ),
    ("lexicon/eo/shares.csv", "form,share,unit,example\n%,,0.01,90 %\n"),
    (
        "places/eo.csv",
        "country,form,kind,flag\nCHN,Ĉinio,name,\nUSA,Usono(n),name,\nJPN,Japanio,name,\nNOR,Norvegio(n),name,\n",
    ),
];

#[test]
fn a_new_language_is_a_change_in_data() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    succeed(goulet().arg("init").arg(&data));
    for (file, content) in FILES {
        fs::create_dir_all(data.join(file).parent().unwrap()).unwrap();
        fs::write(data.join(file), content).unwrap();
    }
    let corpus = scratch.path().join("eo.jsonl");
    let text = "Ĉinio malpermesas la eksporton de galiumo al Usono. Ĉinio produktas 90 % de la galiumo. Japanio stokas galiumon.";
    fs::write(
        &corpus,
        serde_json::json!({ "id": "eo", "language": "eo", "date": "2024-01-01", "text": text }).to_string(),
    )
    .unwrap();
    let out = scratch.path().join("mentions.csv");
    succeed(goulet().args(["extract", "--quiet"]).arg(&corpus).arg("--data").arg(&data).arg("-o").arg(&out));
    let found: Vec<_> = table(&out)
        .iter()
        .map(|m| [&m["channel"], &m["material"], &m["origin"], &m["target"], &m["share"]].map(String::clone).join(" "))
        .collect();
    let expected =
        ["export_controls gallium CHN USA ", "concentration gallium CHN  0.9", "mitigation gallium JPN CHN "];
    assert!(expected.iter().all(|row| found.iter().any(|other| other == row)), "{found:?}");
    let check = goulet().arg("check").arg("--data").arg(&data).output().unwrap();
    assert!(!stdout(&check).contains("eo/") && !stderr(&check).contains("eo/"), "{}", stderr(&check));
}

#[test]
fn a_lexicon_with_faults_is_told_where() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    succeed(goulet().arg("init").arg(&data));
    let measures = data.join("lexicon/en/measures.csv");
    let mut text = fs::read_to_string(&measures).unwrap();
    let lines = text.lines().count();
    // The same words in two channels; the same words twice; and a channel that a language lacks.
    text.push_str("zig_a,export_controls,act,0.5,,,zigzag ban,The zigzag ban hit Japan.\n");
    text.push_str("zig_b,coercion,act,0.5,,,zigzag ban,The zigzag ban hit Japan.\n");
    text.push_str("zag_a,mitigation,join,0.5,,,zigzag plant,A zigzag plant opened.\n");
    text.push_str("zag_b,mitigation,join,0.5,,goods,zigzag plant,A zigzag plant opened.\n");
    fs::write(&measures, text).unwrap();
    let korean = data.join("lexicon/ko/measures.csv");
    let without: Vec<String> = fs::read_to_string(&korean)
        .unwrap()
        .lines()
        .filter(|line| !line.contains(",mitigation,"))
        .map(str::to_owned)
        .collect();
    fs::write(&korean, without.join("\n") + "\n").unwrap();
    let places = data.join("places/fr.csv");
    let twice = fs::read_to_string(&places).unwrap() + "DEU,Chine,name,\n";
    fs::write(&places, twice).unwrap();
    let output = goulet().arg("check").arg("--data").arg(&data).output().unwrap();
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (file, line, message) in [
        ("lexicon/en/measures.csv", lines + 2, "`zig_b` has a spelling that line"),
        ("lexicon/en/measures.csv", lines + 4, "`zag_b` is always hidden by the form of `zag_a`"),
        ("lexicon/ko/measures.csv", 1, "no measure of channel mitigation"),
        ("places/fr.csv", 0, "`chine` already names another country"),
    ] {
        let place = if line > 0 { format!("{file}:{line}") } else { file.to_owned() };
        assert!(
            said.lines().any(|said| said.contains(&place) && said.contains(message)),
            "{place} {message} in:\n{said}"
        );
    }
}
