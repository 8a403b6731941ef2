//! Random numbers that depend on what they are for, not on when they are drawn.
//!
//! A [`Stream`] is keyed by seed, draw and subject (a node, a unit), so the same draw of the same unit gives the same
//! number whatever the number of threads and the order of rows. Numbers are SplitMix64 (Steele, Lea, Flood 2014);
//! normals come from the inverse distribution function (Acklam, relative error 1.2e-9), gammas from Marsaglia and Tsang
//! (2000). Only libm is used, so that every machine draws the same.

/// A sequence of random numbers with its own key.
#[derive(Debug, Clone)]
pub struct Stream(u64);

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number for a text (FNV-1a), to be used as a key.
pub fn key(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Stream {
    /// The sequence for these keys.
    pub fn new(keys: &[u64]) -> Self {
        Self(keys.iter().fold(0x9e37_79b9_7f4a_7c15, |state, key| {
            mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ mix(key.wrapping_add(0x632b_e59b_d9b4_e019)))
        }))
    }

    /// The sequence for one more key.
    pub fn fork(&self, key: u64) -> Self {
        Self(mix(self.0 ^ mix(key)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Uniform between 0 and 1, both excluded.
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    /// Gamma with this shape (above 0) and scale 1.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::pow(self.uniform(), 1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            let v = v * v * v;
            if v <= 0.0 {
                continue;
            }
            let u = self.uniform();
            // The first test, which nearly always settles it, implies the second and spares two logarithms.
            if u < 1.0 - 0.0331 * (x * x) * (x * x) || libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }
}

/// The value below which a standard normal falls with probability `p` (0 < p < 1).
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    const TAIL: f64 = 0.024_25;
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = (-2.0 * libm::log(p)).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    };
    if p < TAIL {
        tail(p)
    } else if p > 1.0 - TAIL {
        -tail(1.0 - p)
    } else {
        let (q, r) = (p - 0.5, (p - 0.5) * (p - 0.5));
        q * polynomial(&A, r) / polynomial(&B, r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_known_ones() {
        for (p, z) in [(0.5, 0.0), (0.95, 1.644_853_626_951), (0.975, 1.959_963_984_540), (0.001, -3.090_232_306_168)] {
            assert!((normal_quantile(p) - z).abs() < 1e-8, "{p}");
        }
    }

    #[test]
    fn draws_have_the_right_mean_and_spread() {
        for shape in [0.3, 1.0, 7.5] {
            let mut stream = Stream::new(&[1, key("gamma")]);
            let draws: Vec<f64> = (0..40_000).map(|_| stream.gamma(shape)).collect();
            let mean = draws.iter().sum::<f64>() / 40_000.0;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 40_000.0;
            assert!((mean / shape - 1.0).abs() < 0.03 && (variance / shape - 1.0).abs() < 0.06, "{mean} {variance}");
        }
    }

    #[test]
    fn neighbouring_keys_are_unrelated() {
        let firsts: Vec<f64> = (0..10_000).map(|draw| Stream::new(&[1, draw, 2]).uniform()).collect();
        let mean = firsts.iter().sum::<f64>() / 10_000.0;
        let pairs: f64 = firsts.windows(2).map(|pair| (pair[0] - 0.5) * (pair[1] - 0.5)).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02 && pairs.abs() < 0.005, "{mean} {pairs}");
    }
}
