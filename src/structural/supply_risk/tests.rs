//! Our numbers beside the EU's on the repository's own tables, and small tables worked by hand.

use super::agreement::{Pair, median_difference, same_side, spearman, within};
use super::formula::CRITICAL_SUPPLY_RISK;
use super::importance;
use super::own_shares;
use super::*;

fn real(list: List, own: &str) -> (Tables, Vec<Assessment>) {
    let source = DataSource::Embedded;
    let structure = Structure::load(&source).unwrap();
    let tables = Tables::load(&source, list).unwrap();
    let file = Path::new("own.csv");
    let own = (!own.is_empty()).then(|| own_shares::read(own, file, &tables.materials).unwrap());
    let own = own.as_ref().map(|own| (own, file));
    let assessments = assess(Inputs { tables: &tables, structure: &structure, source: &source, own });
    (tables, assessments)
}

fn find<'a>(all: &'a [Assessment], material: &str, stage: &str) -> &'a Assessment {
    let is_it = |found: &&Assessment| found.of.input.as_str() == material && found.of.stage == stage;
    all.iter().find(is_it).unwrap_or_else(|| panic!("no {material} {stage}"))
}

/// Cells with a risk of ours and a published one; groups, which have no index of their own, apart.
fn pairs(all: &[Assessment], groups: bool) -> Vec<Pair> {
    let of_kind = all.iter().filter(|found| (found.members > 0) == groups);
    let pair = |found: &Assessment| {
        let both = found.supply_risk.zip(found.entry.published_supply_risk);
        both.map(|(ours, published)| Pair { ours, published })
    };
    of_kind.filter_map(pair).collect()
}

#[test]
fn the_supply_risk_of_2023_is_the_published_one() {
    let (_, all) = real(List::Of2023, "");
    let pairs = pairs(&all, false);
    assert_eq!((all.len(), pairs.len()), (130, 120));
    assert!(within(&pairs, 0.1) >= 90, "{}", within(&pairs, 0.1));
    assert!(same_side(&pairs, CRITICAL_SUPPLY_RISK) >= 117);
    assert!(spearman(&pairs).unwrap() >= 0.97, "{:?}", spearman(&pairs));
    assert!(median_difference(&pairs).unwrap() < 0.04);
    for (material, stage, published) in
        [("magnesium", "processing", 4.1), ("niobium", "extraction", 4.4), ("cobalt", "extraction", 2.8)]
    {
        let ours = find(&all, material, stage).supply_risk.unwrap();
        assert!((ours - published).abs() < 0.1, "{material}: {ours}");
    }
}

#[test]
fn what_lacks_is_said_and_stays_missing() {
    let (_, all) = real(List::Of2023, "");
    for found in &all {
        assert_eq!(found.supply_risk.is_none(), found.reason.is_some(), "{}", found.of);
    }
    let reason = |material, stage| find(&all, material, stage).reason.clone().unwrap();
    assert_eq!(reason("coking_coal", "processing"), "which supply to use is not published");
    assert_eq!(reason("silica_sand", "extraction"), "the substitution index is not published");
    assert_eq!(reason("xenon", "processing"), "no shares of world production by country");
    assert!(reason("titanium_metal", "extraction").ends_with("the import reliance is not published"));
    // Beryllium's import reliance is missing, but only world production counts.
    let beryllium = find(&all, "beryllium", "extraction");
    assert!(beryllium.factors.import_reliance.is_none() && beryllium.supply_risk.is_some());
}

#[test]
fn a_group_is_the_mean_of_its_members() {
    let (tables, all) = real(List::Of2023, "");
    let metals = find(&all, "platinum_group_metals", "processing");
    let members = &tables.groups[&metals.of.input];
    let mean = |value: fn(&Assessment) -> Option<f64>| {
        let risks = members.iter().map(|member| value(find(&all, member.as_str(), "processing")).unwrap());
        risks.sum::<f64>() / members.len() as f64
    };
    assert!((metals.supply_risk.unwrap() - mean(|found| found.supply_risk)).abs() < 1e-12);
    // The same holds of the published values: 2.74.
    let published = mean(|found| found.entry.published_supply_risk);
    assert!((published - metals.entry.published_supply_risk.unwrap()).abs() < 0.005, "{published}");
    assert_eq!(pairs(&all, true).len(), 5);
    // Heavy rare earths at extraction: the EU's sourcing is published of the group, and its members have it.
    let terbium = find(&all, "terbium", "extraction");
    assert!((terbium.supply_risk.unwrap() - terbium.entry.published_supply_risk.unwrap()).abs() < 0.1);
    assert_eq!(terbium.factors.hhi_eu, find(&all, "heavy_rare_earths", "extraction").factors.hhi_eu);
}

#[test]
fn the_supply_risk_of_2017_is_the_published_one() {
    let (_, all) = real(List::Of2017, "");
    let pairs = pairs(&all, false);
    assert_eq!((pairs.len(), within(&pairs, 0.15)), (78, 73));
}

#[test]
fn the_economic_importance_of_2023_is_the_published_one() {
    let (tables, all) = real(List::Of2023, "");
    let uses = importance::load(&DataSource::Embedded, &tables.materials).unwrap();
    let found = importance::assess(&tables, &uses, &all);
    let plain = found.iter().filter(|found| !tables.groups.contains_key(&found.material));
    let pairs: Vec<Pair> = plain
        .filter_map(|found| found.importance.zip(found.published))
        .map(|(ours, published)| Pair { ours, published })
        .collect();
    assert_eq!(pairs.len(), 59);
    assert!(within(&pairs, 0.2) >= 43, "{}", within(&pairs, 0.2));
    let of = |material: &str| found.iter().find(|found| found.material.as_str() == material).unwrap();
    assert_eq!((of("magnesium").is_critical, of("limestone").is_critical), (Some(true), Some(false)));
    // Of lutetium 1 % of the uses has a sector: nothing follows from that.
    assert!(of("lutetium").is_lower_bound && of("lutetium").is_critical.is_none());
    // Indium fails by its supply risk, whatever its uses.
    assert_eq!((of("indium").is_lower_bound, of("indium").is_critical), (true, Some(false)));
}

#[test]
fn a_users_shares_replace_and_add() {
    let own = "input,stage,country,share,trade_parameter\ngallium,processing,CHN,0.5,1.5\ngallium,processing,DEU,0.5,\n\
        cobalt,recovery,COD,1,\nbauxite,extraction,GIN,1,\n";
    let (_, ours) = real(List::Of2023, "");
    let (_, all) = real(List::Of2023, own);
    let gallium = find(&all, "gallium", "processing");
    let terms = &gallium.global.as_ref().unwrap().terms;
    let product: f64 = terms.iter().zip([1.5, 0.8]).map(|(term, trade)| 0.25 * term.governance.unwrap() * trade).sum();
    assert!((gallium.factors.hhi_global.unwrap() - product).abs() < 1e-12);
    assert!(gallium.supply_risk < find(&ours, "gallium", "processing").supply_risk);
    assert_eq!(gallium.factors.hhi_eu, find(&ours, "gallium", "processing").factors.hhi_eu);
    let bauxite = find(&all, "bauxite", "extraction");
    assert!(bauxite.factors.hhi_global.is_some() && bauxite.reason.as_ref().unwrap().contains("no parameters"));
    assert_eq!((bauxite.assumed_trade().len(), all.len()), (1, ours.len() + 1));
    for (before, after) in ours.iter().zip(all.iter().filter(|found| found.of.input.as_str() != "bauxite")) {
        assert!(before == after || after.of.input.as_str() == "gallium", "{}", after.of);
    }
}

#[test]
fn a_country_without_governance_leaves_the_risk_open() {
    let own = "input,stage,country,share\ngallium,processing,CHN,0.9\ngallium,processing,XYZ,0.1\n";
    let (_, all) = real(List::Of2023, own);
    let gallium = find(&all, "gallium", "processing");
    assert_eq!((gallium.factors.hhi_global, gallium.supply_risk), (None, None));
    assert_eq!(gallium.reason.as_deref(), Some("no governance estimate 2016-2020 of XYZ"));
}

#[test]
fn factors_of_the_weighted_index_multiply_to_it() {
    let (_, all) = real(List::Of2023, "");
    for found in &all {
        for (weighted, index) in [(&found.global, found.factors.hhi_global), (&found.eu, found.factors.hhi_eu)] {
            let Some(weighted) = weighted else { continue };
            let sum: f64 = weighted.terms.iter().filter_map(Term::product).sum();
            assert!((sum - index.unwrap()).abs() < 1e-12, "{}", found.of);
            assert!(weighted.terms.windows(2).all(|pair| pair[0].supplier.country < pair[1].supplier.country));
        }
        assert!(found.supply_risk.is_none_or(|risk| (0.0..10.0).contains(&risk)), "{}", found.of);
    }
}

#[test]
fn faults_of_the_tables_name_their_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("structural")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("sectors.csv", "sector\nsolar\n");
    write("materials.csv", "material\ngallium\n");
    write(
        "structural/eu_parameters.csv",
        "material,stage,import_reliance,recycling_rate,si_ei,si_sr,supply_used,published_supply_risk\n\
         gallium,processing,1,20,1,1,global_only,\ngallium,refining,1,0,1,1,eu_only,\ntin,processing,1.2,0,1,1,eu_only,\n",
    );
    write(
        "structural/eu_supply_shares.csv",
        "material,stage,country,share,trade_parameter\ngallium,processing,CHN,0.9,1\ngallium,processing,DEU,0.2,8\n",
    );
    let message = Tables::load(&DataSource::Folder(folder.path().to_owned()), List::Of2023).unwrap_err().to_string();
    for words in [
        "eu_parameters.csv:2 (column recycling_rate): 20 is no fraction",
        "eu_parameters.csv:3 (column stage): `refining` is no stage",
        "eu_parameters.csv:4 (column material): `tin` is not in materials.csv",
        "eu_parameters.csv:4 (column import_reliance): 1.2: expected at most 1",
        "eu_supply_shares.csv:3 (column trade_parameter): 8: expected",
        "eu_supply_shares.csv:2 (column share): the shares of gallium processing sum to 1.100",
    ] {
        assert!(message.contains(words), "{words} not in {message}");
    }
}
