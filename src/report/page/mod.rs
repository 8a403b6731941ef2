//! `report.html`: the reports as one page that opens from disk, without a network.
//!
//! [`html`] gathers what the page shows as compact JSON ([`units`], [`facts`], [`evidence`], [`words`]) and puts it, with the
//! style sheet, the scripts and the vendored charts, into one template. A policy forbids everything but the page's own blocks
//! ([`policy`]). The page computes scores from the pillars by the arithmetic of [`crate::model`], so that its sliders give what
//! `goulet run --model` would; with the model's weights they are those of `scores.csv`.
//!
//! Text of documents reaches the page as JSON only and is shown as text only. What is too much for a page is left out, and
//! the page says how much and in which file it is.

mod evidence;
mod facts;
mod policy;
mod units;
mod words;

use std::collections::BTreeMap;

use minijinja::{Environment, context};
use serde_json::{Value, json};

use super::findings::Findings;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::intake::Telling;

pub use evidence::MOST_MENTIONS;

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");

/// The charts' library and what it stands on.
const LIBRARIES: [&str; 2] = [include_str!("assets/vendor/d3.min.js"), include_str!("assets/vendor/plot.umd.min.js")];

/// The page's own scripts, in the order in which they build on each other; together they are one script.
const SCRIPTS: [&str; 12] = [
    include_str!("assets/js/data.js"),
    include_str!("assets/js/words.js"),
    include_str!("assets/js/elements.js"),
    include_str!("assets/js/scores.js"),
    include_str!("assets/js/weights.js"),
    include_str!("assets/js/ranking.js"),
    include_str!("assets/js/heat.js"),
    include_str!("assets/js/charts.js"),
    include_str!("assets/js/sectors.js"),
    include_str!("assets/js/country.js"),
    include_str!("assets/js/evidence.js"),
    include_str!("assets/js/main.js"),
];

/// The page; it shows the most telling mentions.
///
/// # Errors
/// When a staged table cannot be read.
pub fn html(findings: &Findings<'_>, telling: &Telling) -> Result<String> {
    let units = units::Units::gather(findings)?;
    let evidence = evidence::gather(findings, telling, &units)?;
    let core = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "language": findings.language.as_str(),
        "made": made(findings),
        "left_out": { "units": units.left_out, "mentions": evidence.left_out },
        "tree": units::tree(findings.model, &units.weights),
        "units": units.json(),
        "sectors": units::sectors(findings),
        "words": words::words(findings.names),
    });
    let facts = facts::facts(findings, &units)?;
    render(findings, &[("core", core), ("facts", facts), ("evidence", evidence.json)])
}

/// What the run was made from.
fn made(findings: &Findings<'_>) -> Value {
    let uncertainty = &findings.model.settings.uncertainty;
    json!({
        "documents": findings.documents,
        "mentions": findings.mentions,
        "data": findings.data_name,
        "model": findings.model_name,
        "draws": uncertainty.draws,
        "interval": uncertainty.interval,
    })
}

fn render(findings: &Findings<'_>, blocks: &[(&str, Value)]) -> Result<String> {
    let failed =
        |cause: minijinja::Error| Error::new(ErrorKind::Format, "the page cannot be put together").caused_by(cause);
    let script = format!("\"use strict\";\n(() => {{\n{}}})();\n", SCRIPTS.concat());
    let scripts: Vec<&str> = LIBRARIES.into_iter().chain([script.as_str()]).collect();
    let words: BTreeMap<String, String> =
        words::page(findings.names, findings.language).map(|(code, word)| (code.to_owned(), word.to_owned())).collect();
    let data: Vec<_> =
        blocks.iter().map(|(id, value)| context! { id => *id, json => policy::as_script_data(value) }).collect();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.add_template("page.html", TEMPLATE).map_err(failed)?;
    let context = context! {
        language => findings.language.as_str(),
        policy => policy::policy(&[STYLE], &scripts),
        style => STYLE,
        scripts => scripts.iter().map(|script| (*script).to_owned()).collect::<Vec<_>>(),
        data => data,
        w => words,
    };
    environment.get_template("page.html").and_then(|template| template.render(context)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataSource;
    use crate::lexicon::Lexicon;
    use crate::model::Model;
    use crate::report::names::{Names, ReportLanguage};

    /// Every word the template or a script asks for: `data-t="…"` and its kin, `t("…")`.
    fn asked(text: &str) -> Vec<&str> {
        let openings = ["data-t=\"", "data-t-label=\"", " t(\"", "(t(\"", "[t(\"", "!t(\"", ".t(\""];
        let after = |opening: &str| text.split(opening).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        openings.iter().flat_map(|opening: &&str| -> Vec<&str> { after(opening) }).collect()
    }

    #[test]
    fn every_word_of_the_page_is_there_in_both_languages() {
        let source = DataSource::Embedded;
        let lexicon = Lexicon::load(&source).unwrap();
        let names = Names::load(&source, &lexicon, &Model::built_in().unwrap()).unwrap();
        let known: BTreeMap<&str, &str> = words::page(&names, ReportLanguage::Fr).collect();
        let mut count = 0;
        for text in SCRIPTS.into_iter().chain([TEMPLATE]) {
            for code in asked(text) {
                assert!(known.contains_key(code), "labels.csv has no row page,{code}");
                count += 1;
            }
        }
        assert!(count > 60, "{count}");
    }

    #[test]
    fn no_block_ends_another() {
        for text in SCRIPTS.into_iter().chain(LIBRARIES) {
            assert!(!text.contains("</script") && !text.contains("<!--"));
        }
        assert!(!STYLE.contains("</style"));
    }
}
