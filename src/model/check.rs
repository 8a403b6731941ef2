//! Rules across keys that the types of the model file cannot say. All faults are collected, each at its key.

use super::file::Places;
use super::normalise;
use super::settings::{ImputeMethod, Normalise, NormaliseMethod, Settings, Uncertainty};
use super::tree::Tree;
use super::{aggregate::Aggregator, tree::Node};
use crate::error::{Error, ErrorKind};

/// Collects faults at keys.
struct Faults<'a> {
    places: &'a Places,
    all: Vec<Error>,
}

impl Faults<'_> {
    fn unless(&mut self, holds: bool, key: &str, message: impl Into<String>, hint: &str) {
        if !holds {
            let fault = Error::new(ErrorKind::Model, format!("`{key}`: {}", message.into())).hint(hint);
            self.all.push(self.places.at_key(key, fault));
        }
    }

    fn share(&mut self, key: &str, value: f64) {
        self.unless((0.0..=1.0).contains(&value), key, format!("{value} is no share"), "give a number from 0 to 1");
    }

    fn level(&mut self, key: &str, value: f64) {
        let fits = value > 0.0 && value < 1.0;
        self.unless(
            fits,
            key,
            format!("{value} is no level of an interval"),
            "give a number between 0 and 1, such as 0.9",
        );
    }

    fn not_negative(&mut self, key: &str, value: f64) {
        let fits = value.is_finite() && value >= 0.0;
        self.unless(fits, key, format!("{value} is out of range"), "give a number from 0 up");
    }

    fn ends(&mut self, key: &str, [low, high]: [f64; 2]) {
        let fits = low.is_finite() && high.is_finite() && low < high;
        self.unless(fits, key, format!("[{low}, {high}] is no range"), "give [smaller, larger]");
    }
}

/// Every contradiction in `settings` for this tree.
pub fn check(settings: &Settings, tree: &Tree, places: &Places) -> Vec<Error> {
    let mut faults = Faults { places, all: Vec::new() };
    numbers(settings, &mut faults);
    normalisation(settings, tree, &mut faults);
    aggregation(settings, tree, &mut faults);
    let by = settings.ranking.by.as_deref();
    let ranks = by.is_none_or(|code| tree.index_of(code).is_some());
    let codes = || tree.nodes().iter().filter(|node| !node.is_leaf()).map(Node::code).collect::<Vec<_>>().join(", ");
    let message = format!("there is no node `{}`", by.unwrap_or_default());
    faults.unless(ranks, "ranking.by", message, &format!("name one of: {}", codes()));
    faults.all
}

fn numbers(settings: &Settings, faults: &mut Faults<'_>) {
    faults.not_negative("text.prior_strength", settings.text.prior_strength);
    faults.not_negative("text.half_life_days", settings.text.half_life_days);
    faults.level("text.interval", settings.text.interval);
    for (status, certainty) in &settings.text.certainty {
        let fits = (0.0..=1.0).contains(certainty);
        let message = format!("{certainty} for `{status}` is no share");
        faults.unless(fits, "text.certainty", message, "give a number from 0 to 1");
    }
    for (publisher, weight) in &settings.sources.0 {
        faults.not_negative(&format!("sources.{publisher}"), *weight);
    }
    faults.share("screen.min_coverage", settings.screen.min_coverage);
    faults.share("aggregate.min_children", settings.aggregate.min_children);
    faults.share("ranking.min_coverage", settings.ranking.min_coverage);
    faults.not_negative("treat.max_skew", settings.treat.max_skew);
    faults.unless(
        !settings.treat.max_kurtosis.is_nan(),
        "treat.max_kurtosis",
        "no number",
        "give a number such as 3.5",
    );
    faults.level("uncertainty.interval", settings.uncertainty.interval);
    faults.not_negative("uncertainty.weight_concentration", settings.uncertainty.weight_concentration);
    uncertainty(&settings.uncertainty, faults);
    let by_group = matches!(settings.impute.method, ImputeMethod::GroupMean | ImputeMethod::GroupMedian);
    let named = !by_group || settings.impute.group.is_some();
    faults.unless(named, "impute.method", "needs a group", "set `impute.group` to a group column of the table");
}

/// Most draws: beyond, only memory grows.
pub const MOST_DRAWS: u32 = 100_000;

fn uncertainty(settings: &Uncertainty, faults: &mut Faults<'_>) {
    let draws = settings.draws;
    let hint = "give at most 100000; the ranks' interval hardly moves beyond 1000";
    faults.unless(draws <= MOST_DRAWS, "uncertainty.draws", format!("{draws} draws are too many"), hint);
    let base = settings.sobol;
    let fits = base <= super::sensitivity::LONGEST;
    let hint = "give a power of two up to 65536; 1024 tells the large factors from the small";
    faults.unless(fits, "uncertainty.sobol", format!("{base} points are too many"), hint);
    let bootstrap = settings.bootstrap;
    let fits = bootstrap <= 10_000;
    faults.unless(fits, "uncertainty.bootstrap", format!("{bootstrap} samples are too many"), "give at most 10000");
}

fn normalisation(settings: &Settings, tree: &Tree, faults: &mut Faults<'_>) {
    let normalise = &settings.normalise;
    scale(normalise, "normalise", faults);
    for code in normalise.indicators.keys() {
        let key = format!("normalise.indicators.{code}");
        let is_indicator = tree.index_of(code).is_some_and(|node| tree.nodes()[node].is_leaf());
        faults.unless(is_indicator, &key, "no such indicator", "name it as the tree does, or remove the entry");
        scale(&normalise.of(code), &key, faults);
    }
    let lacking = |wanted: NormaliseMethod, has: &dyn Fn(&Node) -> bool| {
        let leaves = tree.leaves().iter().filter(|leaf| self::normalise::method(normalise, tree, **leaf) == wanted);
        let without = leaves.map(|leaf| &tree.nodes()[*leaf]).filter(|leaf| !has(leaf));
        without.map(Node::code).collect::<Vec<_>>().join(", ")
    };
    let without = lacking(NormaliseMethod::Goalposts, &|leaf| {
        normalise.goalposts(leaf).is_some_and(|[low, high]| low.is_finite() && high.is_finite() && low < high)
    });
    let hint = "give these nodes `goalposts = [low, high]`; a node meant as a pillar needs children instead";
    faults.unless(without.is_empty(), "normalise.method", format!("no goalposts for: {without}"), hint);
    let without =
        lacking(NormaliseMethod::Target, &|leaf| normalise.target(leaf).is_some_and(|target| target.is_finite()));
    let message = format!("no target for: {without}");
    faults.unless(without.is_empty(), "normalise.method", message, "give these nodes a `target`");
    let without = lacking(NormaliseMethod::Reference, &|leaf| normalise.of(leaf.code()).reference.is_some());
    let hint = "set `normalise.reference` to the code of a unit";
    faults.unless(without.is_empty(), "normalise.method", "needs a reference unit", hint);
}

/// The numbers of a scale.
fn scale(normalise: &Normalise, section: &str, faults: &mut Faults<'_>) {
    let key = |name: &str| format!("{section}.{name}");
    faults.ends(&key("range"), normalise.range);
    faults.ends(&key("bounds"), normalise.bounds);
    let spread = normalise.sd.is_finite() && normalise.sd > 0.0 && normalise.mean.is_finite();
    let hint = "give for example mean = 0, sd = 1";
    faults.unless(spread, &key("sd"), "mean and sd must be numbers, sd above 0", hint);
}

fn aggregation(settings: &Settings, tree: &Tree, faults: &mut Faults<'_>) {
    use NormaliseMethod::{Borda, None as AsIs, Rank, ZScore};
    let aggregate = &settings.aggregate;
    let (given, needed) = (aggregate.by_level.len(), tree.height().saturating_sub(1));
    let message = format!("{given} methods for {needed} levels of aggregates");
    let hint = "give one method a level, from the lowest parents up, or remove the key";
    faults.unless(given == 0 || given == needed, "aggregate.by_level", message, hint);
    let power = aggregate.power.is_finite();
    faults.unless(power, "aggregate.power", "no number", "give a number; 1 = arithmetic, 0 = geometric, -1 = harmonic");
    let plan = super::aggregate::Plan::new(tree, aggregate, settings.normalise.range);
    let inverted = (0..tree.nodes().len())
        .any(|node| !tree.nodes()[node].is_leaf() && plan.aggregator(node) == Aggregator::InvertedGeometric);
    let is_bounded =
        |leaf: &usize| !matches!(normalise::method(&settings.normalise, tree, *leaf), ZScore | Rank | Borda | AsIs);
    let bounded = tree.leaves().iter().all(is_bounded);
    let message = "`inverted_geometric` needs values inside `normalise.range`";
    let hint = "use a bounded normalisation such as goalposts or min_max";
    faults.unless(!inverted || bounded, "aggregate.method", message, hint);
}
