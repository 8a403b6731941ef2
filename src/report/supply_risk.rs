//! The tables of `goulet supply-risk`.
//!
//! Numbers have all their digits: the shortest form that reads back as the same number. A missing value is an empty cell.

use super::cells::{self, exact};
use crate::structural::supply_risk::concentration::Term;
use crate::structural::supply_risk::importance::Importance;
use crate::structural::supply_risk::indices::Index;
use crate::structural::supply_risk::trade::Scored;
use crate::structural::supply_risk::{Assessment, Weighted};

/// The columns of the supply risk, as the contract has them.
pub const SUPPLY_RISK: [&str; 11] = [
    "material",
    "stage",
    "supply_used",
    "hhi_global",
    "hhi_eu",
    "import_reliance",
    "recycling",
    "substitution",
    "supply_risk",
    "top_country",
    "top_share",
];

/// The columns of the terms of the weighted indices.
pub const FACTORS: [&str; 9] =
    ["material", "stage", "scope", "country", "share", "wgi", "trade_parameter", "product", "source"];

/// The columns of the economic importance.
pub const IMPORTANCE: [&str; 9] = [
    "material",
    "applications",
    "share_with_sector",
    "value_added_meur",
    "si_ei",
    "economic_importance",
    "lower_bound",
    "supply_risk",
    "critical",
];

/// The columns of the plain indices.
pub const INDICES: [&str; 10] =
    ["input", "stage", "hhi", "band", "lower_bound", "top_country", "top_share", "kind", "reference_year", "publisher"];

/// The columns of GeoPolRisk.
pub const GEOPOLRISK: [&str; 10] = [
    "material",
    "stage",
    "importer",
    "hhi",
    "imports",
    "domestic_production",
    "weighted_imports",
    "imports_without_estimate",
    "import_risk",
    "score",
];

/// A row a material and stage.
pub fn supply_risk(assessment: &Assessment) -> [String; 11] {
    let factors = &assessment.factors;
    let (top_country, top_share) = assessment.top().unzip();
    [
        assessment.of.input.to_string(),
        cells::text(&assessment.of.stage),
        factors.supply_used.map(|used| used.as_str().to_owned()).unwrap_or_default(),
        exact(factors.hhi_global),
        exact(factors.hhi_eu),
        exact(factors.floored_import_reliance()),
        exact(factors.recycling),
        exact(factors.substitution),
        exact(assessment.supply_risk),
        cells::optional(top_country),
        exact(top_share),
    ]
}

/// A row a country in the supply of each material and stage, of the world and of the EU.
pub fn factors(assessments: &[Assessment]) -> impl Iterator<Item = [String; 9]> {
    assessments.iter().flat_map(|assessment| {
        let scopes = [("global", &assessment.global), ("eu", &assessment.eu)];
        scopes.into_iter().flat_map(move |(scope, weighted)| {
            weighted.iter().flat_map(move |weighted| of_scope(assessment, scope, weighted))
        })
    })
}

fn of_scope<'a>(
    assessment: &'a Assessment,
    scope: &'a str,
    weighted: &'a Weighted,
) -> impl Iterator<Item = [String; 9]> + 'a {
    let start = [assessment.of.input.to_string(), cells::text(&assessment.of.stage), scope.to_owned()];
    let with = move |[country, share, wgi, trade, product, source]: [String; 6]| {
        let [material, stage, scope] = start.clone();
        [material, stage, scope, country, share, wgi, trade, product, source]
    };
    let named = |term: &Term| {
        let supplier = &term.supplier;
        [
            supplier.country.to_string(),
            exact(supplier.share),
            exact(term.governance),
            exact(term.trade_parameter()),
            exact(term.product()),
            cells::text(&format!("{}:{}", weighted.supply.file, supplier.line)),
        ]
    };
    let other = (weighted.supply.other > 0.0).then(|| {
        let [wgi, trade, product, source] = [const { String::new() }; 4];
        ["OTHER".to_owned(), exact(weighted.supply.other), wgi, trade, product, source]
    });
    let rows: Vec<[String; 6]> = weighted.terms.iter().map(named).chain(other).collect();
    rows.into_iter().map(with)
}

/// A row a material.
pub fn importance(importance: &Importance) -> [String; 9] {
    [
        importance.material.to_string(),
        cells::optional(importance.uses.map(|uses| uses.applications)),
        exact(importance.uses.map(|uses| uses.share)),
        exact(importance.uses.map(|uses| uses.value_added)),
        exact(importance.substitution),
        exact(importance.importance),
        cells::optional(importance.importance.map(|_| importance.is_lower_bound)),
        exact(importance.supply_risk),
        cells::optional(importance.is_critical),
    ]
}

/// A row an input and stage.
pub fn index(index: &Index) -> [String; 10] {
    let (top_country, top_share) = index.top.unzip();
    [
        index.of.input.to_string(),
        cells::text(&index.of.stage),
        exact(index.hhi),
        index.band().to_string(),
        index.is_lower_bound.to_string(),
        cells::optional(top_country),
        exact(top_share),
        cells::text(&index.kind),
        cells::text(&index.reference_year),
        cells::text(&index.publisher),
    ]
}

/// A row a material, stage and importer.
pub fn geopolrisk(scored: &Scored) -> [String; 10] {
    let risk = scored.risk.as_ref();
    [
        scored.of.input.to_string(),
        cells::text(&scored.of.stage),
        scored.importer.to_string(),
        exact(scored.index.as_ref().map(|index| index.hhi)),
        exact(risk.map(|risk| risk.imports)),
        exact(risk.map(|risk| risk.domestic_production)),
        exact(risk.map(|risk| risk.weighted_imports)),
        exact(risk.map(|risk| risk.imports_without_estimate)),
        exact(risk.and_then(|risk| risk.import_risk())),
        exact(risk.and_then(|risk| risk.score())),
    ]
}
