//! Draws beside what they are draws of: the published values and intervals.

use proptest::prelude::*;

use super::super::tally::tests::mention;
use super::super::tally::{DocumentSummary, Summed};
use super::super::text::shrink;
use super::*;
use crate::codes::{Channel, Status};
use crate::extract::mention::Mention;
use crate::model::Stream;

const BAN: Measure = Measure::Channel(Channel::ExportControls);

fn ban(sector: &str, origin: &str, severity: f64) -> Mention {
    mention(Channel::ExportControls, sector, (origin, ""), Status::InForce, severity)
}

fn tally(documents: &[Vec<Mention>]) -> Tally {
    let mut tally = Tally::within(&std::env::temp_dir());
    let solar = ["solar".parse().unwrap()];
    for mentions in documents {
        tally.add(&DocumentSummary { date: None, publisher: "", says: &Summed::of(&solar, mentions) }).unwrap();
    }
    tally
}

fn unit(sector: &str, country: &str) -> Unit {
    (sector.parse().unwrap(), country.parse().unwrap())
}

fn bootstrap(tally: &Tally, weights: &[f64], clusters: &[u64]) -> Bootstrap {
    bootstrap_within(tally, weights, clusters, MOST_KINDS)
}

fn bootstrap_within(tally: &Tally, weights: &[f64], clusters: &[u64], most: usize) -> Bootstrap {
    let structural = BTreeSet::from([unit("solar", "FRA"), unit("solar", "AUS")]);
    let size = |id: &u64| clusters.iter().filter(|other| *other == id).count() as u32;
    let all: Vec<(u64, u32)> = clusters.iter().map(|id| (*id, size(id))).collect();
    let clusters = |first: u32, count: usize| {
        let numbers = first as usize..first as usize + count;
        Ok(numbers.map(|number| all.get(number).copied().unwrap_or((0, 1))).collect())
    };
    let weights = weights.iter().copied().collect();
    Bootstrap::within(tally, &weights, clusters, &TextSettings::default(), &structural, most).unwrap()
}

fn gammas(draw: u64) -> impl Gammas {
    move |key, shape| if shape > 0.0 { Stream::new(&[1, draw, key]).gamma(shape) } else { 0.0 }
}

/// The shrunk shares of some units in so many draws, ascending.
fn drawn<const N: usize>(bootstrap: &Bootstrap, units: [Unit; N], draws: u64) -> [Vec<f64>; N] {
    let mut sums = Sums::default();
    let mut shares = units.map(|_| Vec::new());
    for draw in 0..draws {
        bootstrap.draw(gammas(draw), &mut sums);
        for (shares, unit) in shares.iter_mut().zip(units) {
            let place = bootstrap.place(Period::All, unit, BAN).unwrap();
            shares.push(bootstrap.shrunk(place, gammas(draw), &sums));
        }
    }
    shares.map(|mut shares| {
        shares.sort_by(f64::total_cmp);
        shares
    })
}

#[track_caller]
fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() < within, "{found} is not {expected}");
}

fn mean(shares: &[f64]) -> f64 {
    shares.iter().sum::<f64>() / shares.len() as f64
}

#[test]
fn the_mean_is_the_value_and_the_quantiles_are_the_interval() {
    // Three of ten documents state it in full; three units, of which one is spoken of.
    let mut documents = vec![vec![ban("solar", "CHN", 1.0)]; 3];
    documents.resize(10, Vec::new());
    let bootstrap = bootstrap(&tally(&documents), &[1.0; 10], &[]);
    let [china, france] = drawn(&bootstrap, [unit("solar", "CHN"), unit("solar", "FRA")], 20_000);
    for (shares, score) in [(china, 3.0), (france, 0.0)] {
        let published = shrink(score, 10.0, 0.1, 5.0, 0.9);
        near(mean(&shares), published.share, 0.004);
        // The interval takes μ as known; with three units, each draw of it moves the ends a little.
        near(shares[1_000], published.low, 0.02);
        near(shares[19_000], published.high, 0.03);
    }
}

#[test]
fn one_document_is_no_certainty() {
    let bootstrap = bootstrap(&tally(&[vec![ban("solar", "CHN", 1.0)]]), &[1.0], &[]);
    let [china, france] = drawn(&bootstrap, [unit("solar", "CHN"), unit("solar", "FRA")], 5_000);
    // μ is 1/3 in every draw; (1 + 5/3) / 6 and (5/3) / 6.
    near(mean(&china), 2.6667 / 6.0, 0.01);
    near(mean(&france), 1.6667 / 6.0, 0.01);
    let published = shrink(1.0, 1.0, 1.0 / 3.0, 5.0, 0.9);
    near(china[250], published.low, 0.02);
    near(china[4_750], published.high, 0.02);
}

#[test]
fn near_duplicates_are_drawn_as_one() {
    // Two prints of a report, one of which adds a sentence on wind.
    let both = vec![ban("solar", "CHN", 1.0), ban("wind", "CHN", 1.0)];
    let documents = [vec![ban("solar", "CHN", 1.0)], both, Vec::new(), Vec::new()];
    let bootstrap = bootstrap(&tally(&documents), &[0.5, 0.5, 1.0, 1.0], &[9, 9, 0, 0]);
    assert_eq!(bootstrap.kinds.len(), 2);
    let mut sums = Sums::default();
    for draw in 0..50 {
        bootstrap.draw(gammas(draw), &mut sums);
        let score_of = |sector: &str| score(bootstrap.place(Period::All, unit(sector, "CHN"), BAN).unwrap(), &sums);
        near(score_of("wind") / score_of("solar"), 0.5, 1e-12);
    }
}

#[test]
fn one_document_moves_all_that_it_speaks_of() {
    let documents = [vec![ban("solar", "CHN", 1.0), ban("solar", "USA", 0.5)], Vec::new(), Vec::new()];
    let bootstrap = bootstrap(&tally(&documents), &[1.0; 3], &[]);
    let mut sums = Sums::default();
    for draw in 0..50 {
        bootstrap.draw(gammas(draw), &mut sums);
        let raw =
            |country: &str| bootstrap.raw(bootstrap.place(Period::All, unit("solar", country), BAN).unwrap(), &sums);
        near(raw("CHN"), 2.0 * raw("USA"), 1e-12);
    }
}

#[test]
fn the_work_grows_with_what_is_said_and_nothing_is_no_failure() {
    let same = vec![vec![ban("solar", "CHN", 0.5)]; 1000];
    let many = bootstrap(&tally(&same), &[1.0; 1000], &[]);
    assert_eq!((many.kinds.len(), many.kinds[0].weight), (1, 1000.0));
    let none = bootstrap(&tally(&[]), &[], &[]);
    none.draw(gammas(1), &mut Sums::default());
    assert_eq!(none.place(Period::All, unit("solar", "CHN"), BAN), None);
    // Documents that do not count, and a prior without strength.
    let mut weightless = bootstrap(&tally(&same[..2]), &[0.0; 2], &[]);
    weightless.strength = 0.0;
    weightless.draw(gammas(1), &mut Sums::default());
    assert!(weightless.kinds.is_empty());
}

/// With too many kinds, units are drawn apart: each as before, for itself.
#[test]
fn units_drawn_apart_vary_as_together() {
    let both = vec![ban("solar", "CHN", 1.0), ban("solar", "USA", 0.5)];
    let mut documents = vec![both; 3];
    documents.extend(vec![vec![ban("solar", "USA", 0.25)]; 4]);
    documents.extend(vec![Vec::new(); 5]);
    let (tally, weights) = (tally(&documents), vec![0.8; documents.len()]);
    let clusters = [7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let together = bootstrap(&tally, &weights, &clusters);
    let apart = bootstrap_within(&tally, &weights, &clusters, 1);
    assert!(apart.sectors.len() > together.sectors.len());
    let units = [unit("solar", "CHN"), unit("solar", "USA"), unit("solar", "FRA")];
    let (draws, level) = (4_000, |shares: &[f64], part: usize| shares[part * shares.len() / 20]);
    for (one, other) in drawn(&together, units, draws).iter().zip(&drawn(&apart, units, draws)) {
        near(mean(one), mean(other), 0.006);
        near(level(one, 1), level(other, 1), 0.02);
        near(level(one, 19), level(other, 19), 0.03);
    }
}

proptest! {
    #[test]
    fn the_order_of_documents_does_not_matter(
        said in prop::collection::vec((0..3_usize, 0.1..1.0_f64, 0..3_u64), 1..10), turn in 0..10_usize,
    ) {
        let countries = ["CHN", "USA", "JPN"];
        let bits = |order: &[(usize, f64, u64)]| {
            let made: Vec<_> = order.iter().map(|(at, score, _)| vec![ban("solar", countries[*at], *score)]).collect();
            let clusters: Vec<u64> = order.iter().map(|(.., cluster)| *cluster).collect();
            let bootstrap = bootstrap(&tally(&made), &vec![0.7; made.len()], &clusters);
            let [france] = drawn(&bootstrap, [unit("solar", "FRA")], 3);
            france.iter().map(|share| share.to_bits()).collect::<Vec<_>>()
        };
        let mut turned = said.clone();
        turned.rotate_left(turn % said.len());
        prop_assert_eq!(bits(&said), bits(&turned));
    }
}
