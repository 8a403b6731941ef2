//! The model file as typed values: every number of the computation, each with a neutral default.
//!
//! One form serves `goulet run` and `goulet score`; all keys are optional. For `run`, a key left out has the value of
//! `data/model.toml` (see [`super::file`]); for `score`, the neutral value given here, which changes nothing:
//! no imputation, no screening, no treatment, weights as given, arithmetic means.
//!
//! Reading, merging and error places are in `file.rs`; rules across keys are in `check.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::aggregate::Aggregator;
use super::tree::{Node, NodeEntry};
use crate::codes::Status;

/// Declares a section of the model file: keys, their neutral defaults and their meaning.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$kdoc:meta])* $key:ident : $type:ty = $default:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name { $($(#[$kdoc])* pub $key: $type),+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default),+ }
            }
        }
    };
}

/// Declares the values one key may take.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
    };
}

/// The whole model file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How documents become text indicators.
    pub text: Text,
    /// How much each publisher counts.
    pub sources: Sources,
    /// Division by size.
    pub denominate: Denominate,
    /// Filling of gaps.
    pub impute: Impute,
    /// Removal of units with too little data.
    pub screen: Screen,
    /// Treatment of outliers.
    pub treat: Treat,
    /// A common scale.
    pub normalise: Normalise,
    /// Weights inside each group of siblings.
    pub weights: Weights,
    /// Means, level by level.
    pub aggregate: Aggregate,
    /// Which units are ranked, and by what.
    pub ranking: Ranking,
    /// Monte Carlo on the ranks.
    pub uncertainty: Uncertainty,
    /// The tree, for `run`; `score` takes it from `--meta`.
    #[serde(rename = "node")]
    pub nodes: Vec<NodeEntry>,
}

section!(
    /// `[text]`: from mentions to text indicators (METHODS, section 2). Used by the indicators stage.
    Text {
        /// α: how many effective documents the channel's mean counts for.
        prior_strength: f64 = 5.0,
        /// Age in days at which a document counts half; 0 = age does not matter.
        half_life_days: f64 = 0.0,
        /// Level of the interval (`low`, `high`) of a text indicator.
        interval: f64 = 0.90,
        /// What a mention counts, by the state of the measure.
        certainty: BTreeMap<Status, f64> = default_certainty(),
    }
);

impl Text {
    /// What a mention of this status counts; 0 where the file names none.
    pub fn certainty(&self, status: Status) -> f64 {
        self.certainty.get(&status).copied().unwrap_or(0.0)
    }
}

fn default_certainty() -> BTreeMap<Status, f64> {
    use Status::{Announced, Considered, Denied, Eased, InForce, Threatened};
    BTreeMap::from([
        (InForce, 1.0),
        (Announced, 0.8),
        (Threatened, 0.6),
        (Considered, 0.4),
        (Eased, 0.0),
        (Denied, 0.0),
    ])
}

/// `[sources]`: publisher → weight of its documents; `default` for all others.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sources(pub BTreeMap<String, f64>);

impl Sources {
    /// The weight of a publisher's documents: its own entry (letter case aside), else `default`, else 1.
    pub fn weight(&self, publisher: Option<&str>) -> f64 {
        let wanted = publisher.map(|name| name.trim().to_lowercase());
        let own = wanted.and_then(|name| self.0.iter().find(|(key, _)| key.to_lowercase() == name));
        own.map(|(_, weight)| *weight).or_else(|| self.0.get("default").copied()).unwrap_or(1.0)
    }
}

section!(
    /// `[denominate]`.
    Denominate {
        /// Divide the indicators whose tree entry names a denominator.
        enabled: bool = true,
    }
);

choice!(
    /// How a gap is filled.
    ImputeMethod {
        /// Missing stays missing.
        None,
        /// Mean of the indicator.
        Mean,
        /// Median of the indicator.
        Median,
        /// Mean of the unit's group.
        GroupMean,
        /// Median of the unit's group.
        GroupMedian,
        /// Over time: the unit's last known value before.
        Latest,
        /// Over time: on the line between the unit's known values; before the first and after the last, the nearest.
        Linear,
    }
);

section!(
    /// `[impute]`.
    Impute {
        /// How a gap is filled.
        method: ImputeMethod = ImputeMethod::None,
        /// Group column for the group methods.
        group: Option<String> = None,
    }
);

section!(
    /// `[screen]`.
    Screen {
        /// Units with a smaller share of their indicators are left out altogether.
        min_coverage: f64 = 0.0,
    }
);

choice!(
    /// How outliers are treated.
    TreatMethod {
        /// Not at all.
        None,
        /// Winsorise; take logarithms where that was not enough.
        Winsorise,
    }
);

section!(
    /// `[treat]`.
    Treat {
        /// How outliers are treated.
        method: TreatMethod = TreatMethod::None,
        /// Stop winsorising once this many points are clipped.
        max_points: usize = 5,
        /// An indicator passes when |skew| is below this …
        max_skew: f64 = 2.0,
        /// … or its excess kurtosis below this.
        max_kurtosis: f64 = 3.5,
    }
);

choice!(
    /// How an indicator is brought to the common scale.
    NormaliseMethod {
        /// As it is, turned by its direction.
        None,
        /// Smallest to largest of the sample.
        MinMax,
        /// Mean and standard deviation of the sample.
        ZScore,
        /// Two fixed bounds for all, without truncation.
        Scaled,
        /// Two fixed bounds per indicator.
        Goalposts,
        /// From the worst of the sample to a target.
        Target,
        /// From the worst of the sample to a reference unit.
        Reference,
        /// Share of the sample's best.
        FractionOfMax,
        /// Rank, 1 = lowest, ties take the lowest rank.
        Rank,
        /// Rank − 1: how many units are below.
        Borda,
        /// (rank − 1) / (n − 1).
        PercentileRank,
    }
);

section!(
    /// `[normalise]`.
    Normalise {
        /// The method; without one, `goalposts` where every indicator has them, else `min_max`.
        method: Option<NormaliseMethod> = None,
        /// Where the scale begins and ends (not for `z_score`, `rank`, `borda`, `none`).
        range: [f64; 2] = [0.0, 100.0],
        /// Cut what lies outside goalposts.
        truncate: bool = true,
        /// Mean after `z_score`.
        mean: f64 = 0.0,
        /// Standard deviation after `z_score`.
        sd: f64 = 1.0,
        /// Bounds for `scaled`.
        bounds: [f64; 2] = [0.0, 100.0],
        /// Unit for `reference`.
        reference: Option<String> = None,
        /// Cut what lies beyond the target or the reference.
        cap: bool = false,
        /// Indicators that are normalised in another way: code → the keys that differ.
        indicators: BTreeMap<String, NormaliseOne> = BTreeMap::new(),
    }
);

/// `[normalise.indicators.CODE]`: what differs for one indicator.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NormaliseOne {
    /// The method.
    pub method: Option<NormaliseMethod>,
    /// Ends of the scale.
    pub range: Option<[f64; 2]>,
    /// Cut what lies outside goalposts.
    pub truncate: Option<bool>,
    /// Mean after `z_score`.
    pub mean: Option<f64>,
    /// Standard deviation after `z_score`.
    pub sd: Option<f64>,
    /// Bounds for `scaled`.
    pub bounds: Option<[f64; 2]>,
    /// Goalposts, in place of those of the tree.
    pub goalposts: Option<[f64; 2]>,
    /// Target, in place of that of the tree.
    pub target: Option<f64>,
    /// Unit for `reference`.
    pub reference: Option<String>,
    /// Cut what lies beyond the target or the reference.
    pub cap: Option<bool>,
}

impl Normalise {
    /// The settings in force for an indicator.
    pub fn of(&self, code: &str) -> Self {
        let one = self.indicators.get(code).cloned().unwrap_or_default();
        Self {
            method: one.method.or(self.method),
            range: one.range.unwrap_or(self.range),
            truncate: one.truncate.unwrap_or(self.truncate),
            mean: one.mean.unwrap_or(self.mean),
            sd: one.sd.unwrap_or(self.sd),
            bounds: one.bounds.unwrap_or(self.bounds),
            reference: one.reference.or_else(|| self.reference.clone()),
            cap: one.cap.unwrap_or(self.cap),
            indicators: BTreeMap::new(),
        }
    }

    /// The goalposts of an indicator: its own entry's, else those of the tree.
    pub fn goalposts(&self, node: &Node) -> Option<[f64; 2]> {
        self.indicators.get(node.code()).and_then(|one| one.goalposts).or(node.entry.goalposts)
    }

    /// The target of an indicator: its own entry's, else that of the tree.
    pub fn target(&self, node: &Node) -> Option<f64> {
        self.indicators.get(node.code()).and_then(|one| one.target).or(node.entry.target)
    }
}

choice!(
    /// Where weights come from.
    WeightMethod {
        /// From the tree.
        Given,
        /// The same for all siblings.
        Equal,
        /// Loadings of the first principal component.
        Pca,
        /// Entropy: the more unequal an indicator, the more it weighs.
        Entropy,
        /// CRITIC: spread × disagreement with the siblings.
        Critic,
        /// So that each sibling's correlation with its parent is as the weight written in the tree asks.
        Optimised,
    }
);

section!(
    /// `[weights]`.
    Weights {
        /// Where weights come from.
        method: WeightMethod = WeightMethod::Given,
    }
);

section!(
    /// `[aggregate]`.
    Aggregate {
        /// Which mean joins siblings.
        method: Aggregator = Aggregator::Arithmetic,
        /// One mean a level, from the lowest parents up; replaces `method`.
        by_level: Vec<Aggregator> = Vec::new(),
        /// Exponent of `power`.
        power: f64 = 2.0,
        /// A node is missing where a smaller share of its children is there.
        min_children: f64 = 0.0,
    }
);

section!(
    /// `[ranking]`.
    Ranking {
        /// Node that ranks; the first root where none is named.
        by: Option<String> = None,
        /// Units below this coverage are scored but not ranked.
        min_coverage: f64 = 0.0,
    }
);

choice!(
    /// How text indicators are drawn.
    TextDraws {
        /// Their documents are drawn anew, each for all that it speaks of; from the interval where no documents are at hand.
        Bootstrap,
        /// Each on its own, from its interval.
        Interval,
    }
);

section!(
    /// `[uncertainty]`: Monte Carlo on the ranks.
    Uncertainty {
        /// How many draws; 0 = none.
        draws: u32 = 0,
        /// First number of the random sequence.
        seed: u64 = 1,
        /// Level of the interval of ranks.
        interval: f64 = 0.90,
        /// Concentration of the Dirichlet draws around the nominal weights; 0 = weights stay.
        weight_concentration: f64 = 30.0,
        /// Draw values: text indicators as `text` says, all others within their bounds.
        vary_values: bool = true,
        /// How text indicators are drawn.
        text: TextDraws = TextDraws::Bootstrap,
        /// Normalisations drawn with equal chance; none = the model's.
        normalise: Vec<NormaliseMethod> = Vec::new(),
        /// Aggregations drawn with equal chance, for all levels; none = the model's.
        aggregate: Vec<Aggregator> = Vec::new(),
        /// Treatments of outliers drawn with equal chance; none = the model's.
        treat: Vec<TreatMethod> = Vec::new(),
        /// Numbers of points that winsorising may clip, drawn with equal chance; none = the model's.
        max_points: Vec<usize> = Vec::new(),
        /// How often a unit is among the first so many is counted.
        top: u32 = 10,
        /// Base sample of the sensitivity run: so many × (factors + 2) draws; 0 = none.
        sobol: u32 = 0,
        /// Bootstrap samples for the intervals of sensitivity indices.
        bootstrap: u32 = 1000,
        /// Rank again without each node below the root.
        leave_one_out: bool = false,
        /// Keep the settings of every draw, to be written.
        keep_draws: bool = false,
    }
);
