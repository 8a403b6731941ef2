//! Variance-based sensitivity: which of the things that vary moves the ranks.
//!
//! Radial design of Saltelli and others (2010): two base samples A and B of N points, and for each factor i the sample AB_i, which
//! is A with factor i from B; so N·(k + 2) runs of the model for k factors. With y − ȳ in place of y_B, which changes no expectation
//! and lowers the error,
//!
//! `S_i = mean((y_B − ȳ)·(y_AB_i − y_A)) / Var`, `ST_i = Σ(y_A − y_AB_i)² / (2N·Var)`, Var over y_A and y_B.
//!
//! S_i is the share of the variance that factor i explains alone, ST_i with all its interactions. Points are an Owen-scrambled
//! Sobol sequence (crate `sobol_burley`), which fills the space evenly: N = 2^14 gives the Ishigami function's indices within 0.01.
//! Intervals are percentiles of bootstrap samples over the N points.

use rayon::prelude::*;

use super::draws::{Draws, Factor, Nominal};
use super::random::Stream;
use super::uncertainty::Groups;

/// Longest base sample: that of the sequence.
pub const LONGEST: u32 = 1 << 16;

/// Most factors: two dimensions of the sequence each.
const MOST: usize = 128;

/// Number of bootstrap samples in a round, drawn from one stream.
const BOOTSTRAP: u64 = 4;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end of the bootstrap interval; the estimate itself without bootstrap.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The indices of one factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indices {
    /// Share of the variance explained alone.
    pub first: Estimate,
    /// Share explained with all interactions.
    pub total: Estimate,
}

/// How large a design is.
#[derive(Debug, Clone, Copy)]
pub struct Design {
    /// Number of factors, at most 128.
    pub factors: usize,
    /// Base sample N, at most 2^16; best a power of two.
    pub base: u32,
    /// Seed of the sequence and of the bootstrap.
    pub seed: u64,
    /// Bootstrap samples.
    pub bootstrap: u32,
    /// Level of the intervals.
    pub level: f64,
}

/// What the model gave: y_A, y_B and one y_AB a factor, at each of the N points.
struct Runs {
    a: Vec<f64>,
    b: Vec<f64>,
    mixed: Vec<Vec<f64>>,
}

/// The indices of every factor of `function`, which takes coordinates in [0, 1). All 0 where nothing moves it.
pub fn sobol<S>(
    design: Design,
    scratch: impl Fn() -> S + Sync + Send,
    function: impl Fn(&mut S, &[f64]) -> f64 + Sync + Send,
) -> Vec<Indices> {
    let count = design.factors.min(MOST);
    let point = |index: u32, offset: usize| -> Vec<f64> {
        let at = |factor| f64::from(sobol_burley::sample(index, (offset + factor) as u32, design.seed as u32));
        (0..count).map(at).collect()
    };
    let run = |scratch: &mut S, index: u32| {
        let (a, b) = (point(index, 0), point(index, count));
        let (ya, yb) = (function(scratch, &a), function(scratch, &b));
        let mixed = |factor: usize| {
            let mut mixed = a.clone();
            mixed[factor] = b[factor];
            mixed
        };
        let mixed: Vec<f64> = (0..count).map(|factor| function(scratch, &mixed(factor))).collect();
        (ya, yb, mixed)
    };
    let rows: Vec<_> = (0..design.base.min(LONGEST)).into_par_iter().map_init(scratch, run).collect();
    let runs = Runs {
        a: rows.iter().map(|row| row.0).collect(),
        b: rows.iter().map(|row| row.1).collect(),
        mixed: (0..count).map(|factor| rows.iter().map(|row| row.2[factor]).collect()).collect(),
    };
    let all: Vec<usize> = (0..runs.a.len()).collect();
    let drawn: Vec<Vec<(f64, f64)>> = (0..design.bootstrap)
        .into_par_iter()
        .map(|round| {
            let mut stream = Stream::new(&[design.seed, BOOTSTRAP, u64::from(round)]);
            let sample: Vec<usize> = all.iter().map(|_| (stream.uniform() * all.len() as f64) as usize).collect();
            runs.indices(&sample)
        })
        .collect();
    let interval = |value: f64, drawn: Vec<f64>| estimate(value, drawn, design.level);
    let indices = runs.indices(&all).into_iter().enumerate();
    let one = |(factor, (first, total)): (usize, (f64, f64))| Indices {
        first: interval(first, drawn.iter().map(|round| round[factor].0).collect()),
        total: interval(total, drawn.iter().map(|round| round[factor].1).collect()),
    };
    indices.map(one).collect()
}

impl Runs {
    /// First-order and total index of every factor, from these points.
    fn indices(&self, sample: &[usize]) -> Vec<(f64, f64)> {
        let n = sample.len() as f64;
        let both = || sample.iter().flat_map(|at| [self.a[*at], self.b[*at]]);
        let mean = both().sum::<f64>() / (2.0 * n);
        let variance = both().map(|y| (y - mean) * (y - mean)).sum::<f64>() / (2.0 * n);
        let of = |mixed: &Vec<f64>| {
            let (mut first, mut total) = (0.0, 0.0);
            for &at in sample {
                let moved = mixed[at] - self.a[at];
                first += (self.b[at] - mean) * moved;
                total += moved * moved;
            }
            if variance > 0.0 { (first / n / variance, total / (2.0 * n) / variance) } else { (0.0, 0.0) }
        };
        self.mixed.iter().map(of).collect()
    }
}

fn estimate(value: f64, mut drawn: Vec<f64>, level: f64) -> Estimate {
    drawn.sort_unstable_by(f64::total_cmp);
    let Some(last) = drawn.len().checked_sub(1) else { return Estimate { value, low: value, high: value } };
    let cut = ((1.0 - level) / 2.0 * last as f64) as usize;
    Estimate { value, low: drawn[cut], high: drawn[last - cut] }
}

/// What moves the ranks: the indices of each factor for the mean number of places by which units move.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sensitivity {
    /// One a factor that varies.
    pub factors: Vec<(Factor, Indices)>,
    /// Why there are none.
    pub skipped: Option<String>,
}

/// The sensitivity of the ranks to what the model file lets vary.
pub fn of_ranks(nominal: &Nominal<'_>, draws: &Draws<'_>, groups: &Groups) -> Sensitivity {
    let factors = draws.factors();
    let settings = nominal.settings;
    let fault = nominal.variants.faults().next().map(|fault| format!("a combination cannot be computed: {fault}"));
    let nothing = factors.is_empty().then(|| "nothing varies".to_owned());
    if let Some(reason) = nothing.or(fault) {
        return Sensitivity { factors: Vec::new(), skipped: Some(reason) };
    }
    let design = Design {
        factors: factors.len(),
        base: settings.sobol,
        seed: settings.seed,
        bootstrap: settings.bootstrap,
        level: settings.interval,
    };
    let indices = sobol(
        design,
        || draws.scratch(),
        |scratch, coordinates| {
            let point = draws.point_at(&factors, coordinates);
            groups.shift(draws.scores(&point, &draws.weights(&point), scratch)).0
        },
    );
    Sensitivity { factors: factors.into_iter().zip(indices).collect(), skipped: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Ishigami and Homma (1990), a = 7, b = 0.1.
    fn ishigami(x: &[f64]) -> f64 {
        let x: Vec<f64> = x.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        let second = libm::sin(x[1]);
        libm::sin(x[0]) + 7.0 * second * second + 0.1 * x[2] * x[2] * x[2] * x[2] * libm::sin(x[0])
    }

    #[test]
    fn the_indices_of_ishigami() {
        for seed in 0..5 {
            let design = Design { factors: 3, base: 1 << 14, seed, bootstrap: 50, level: 0.9 };
            let found = sobol(design, || (), |_, x| ishigami(x));
            for (indices, (first, total)) in found.iter().zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)]) {
                assert!((indices.first.value - first).abs() < 0.01, "{seed} {found:?}");
                assert!((indices.total.value - total).abs() < 0.01, "{seed} {found:?}");
                assert!(indices.total.low <= indices.total.value && indices.total.value <= indices.total.high);
            }
        }
    }

    #[test]
    fn a_constant_has_no_sensitivity() {
        let design = Design { factors: 2, base: 64, seed: 1, bootstrap: 10, level: 0.9 };
        let found = sobol(design, || (), |_, _| 3.0);
        assert!(found.iter().all(|indices| indices.first.value == 0.0 && indices.total.high == 0.0));
    }
}
