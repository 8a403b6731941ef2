//! Quantiles of the Beta distribution, the same on every machine.
//!
//! The regularised incomplete beta function by its continued fraction (modified Lentz; Press et al., *Numerical
//! Recipes*, 3rd ed., §6.4; DLMF 8.17.22), inverted by Newton steps that a bracket keeps honest. Only `libm` and the
//! four operations are used. (`puruspe::invbetai` was tried: it uses the platform's logarithm, and for parameters
//! above 3000, which a large corpus has, its quadrature is wrong.)

/// Below this a quantile is 0: far under anything a report shows.
const TINY: f64 = 1e-15;

/// The `probability` quantile of Beta(`a`, `b`). A parameter of 0 is the limit: all mass at 0 (`a` = 0) or at 1.
pub fn quantile(probability: f64, a: f64, b: f64) -> f64 {
    if a <= 0.0 || probability <= 0.0 {
        return 0.0;
    }
    if b <= 0.0 || probability >= 1.0 {
        return 1.0;
    }
    let log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b);
    // Near 0, I_x(a, b) ≈ x^a / (a B(a, b)), and likewise near 1.
    if libm::exp((libm::log(probability) + libm::log(a) + log_beta) / a) < TINY {
        return 0.0;
    }
    if libm::exp((libm::log(1.0 - probability) + libm::log(b) + log_beta) / b) < TINY {
        return 1.0;
    }
    let (mut low, mut high, mut x) = (0.0, 1.0, a / (a + b));
    for _ in 0..200 {
        let excess = incomplete(a, b, x, log_beta) - probability;
        if excess > 0.0 {
            high = x
        } else {
            low = x
        }
        let density = libm::exp((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - log_beta);
        let newton = x - excess / density;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if libm::fabs(next - x) <= 1e-15 * x {
            return next;
        }
        x = next;
    }
    x
}

/// I_x(a, b), for x inside (0, 1).
fn incomplete(a: f64, b: f64, x: f64, log_beta: f64) -> f64 {
    let front = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - log_beta);
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(a, b, x) / a
    } else {
        1.0 - front * continued_fraction(b, a, 1.0 - x) / b
    }
}

/// Converges in about √max(a, b) rounds on the side that [`incomplete`] chooses.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    let away_from_zero = |value: f64| if libm::fabs(value) < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for round in 1..100_000 {
        let m = f64::from(round);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if libm::fabs(change - 1.0) < 1e-15 {
            break;
        }
    }
    fraction
}

fn log_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    #[test]
    fn closed_forms() {
        close(quantile(0.3, 1.0, 1.0), 0.3);
        close(quantile(0.05, 1.0, 4.0), 1.0 - 0.95_f64.powf(0.25));
        close(quantile(0.95, 3.0, 1.0), 0.95_f64.powf(1.0 / 3.0));
        close(quantile(0.5, 7.5, 7.5), 0.5);
        // The arcsine law.
        close(quantile(0.05, 0.5, 0.5), (std::f64::consts::FRAC_PI_2 * 0.05).sin().powi(2));
        assert_eq!((quantile(0.9, 0.0, 3.0), quantile(0.1, 3.0, 0.0)), (0.0, 1.0));
    }

    #[test]
    fn numbers_computed_with_mpmath() {
        for (probability, a, b, expected) in [
            (0.05, 2.25, 7.75, 0.053596159815121),
            (0.95, 2.25, 7.75, 0.46101833460146975),
            (0.95, 0.02, 5.98, 0.008315678896317),
            (0.95, 0.2, 100.0, 0.010293225430758072),
            (0.05, 5e3, 7e3, 0.40927214711231283),
            (0.95, 5e3, 7e3, 0.42407697899267),
            (0.95, 1.3, 9e5, 3.949357620658587e-6),
            (0.05, 300.0, 4e6, 6.801765377689282e-5),
        ] {
            close(quantile(probability, a, b), expected);
        }
    }

    #[test]
    fn agrees_with_puruspe_where_that_is_right() {
        for a in [0.3, 1.0, 2.7, 40.0] {
            for b in [0.4, 1.0, 8.2, 700.0] {
                for probability in [0.05, 0.5, 0.95] {
                    let (own, other) = (quantile(probability, a, b), puruspe::invbetai(probability, a, b));
                    assert!((own - other).abs() < 1e-8, "{probability} {a} {b}: {own} is not {other}");
                }
            }
        }
    }
}
