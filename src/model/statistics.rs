//! The few statistics the steps share. All take values without gaps and add in the order given.

use ndarray::Array2;

/// Arithmetic mean; NaN for none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Median, the mean of the middle two for an even count; NaN for none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sort(&mut sorted);
    median_of_sorted(&sorted)
}

/// The same of values in ascending order.
pub fn median_of_sorted(sorted: &[f64]) -> f64 {
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (count, middle) if count % 2 == 1 => sorted[middle],
        (_, middle) => (sorted[middle - 1] + sorted[middle]) / 2.0,
    }
}

/// Sums of the second, third and fourth powers of the distances from the mean; exactly 0 where all values are the same, whatever
/// the rounding of the mean.
fn moments(values: &[f64]) -> [f64; 3] {
    let Some(first) = values.first() else { return [0.0; 3] };
    if values.iter().all(|value| value == first) {
        return [0.0; 3];
    }
    let centre = mean(values);
    values.iter().fold([0.0; 3], |[two, three, four], value| {
        let distance = value - centre;
        let square = distance * distance;
        [two + square, three + square * distance, four + square * square]
    })
}

/// Sample standard deviation (n − 1); NaN below two values.
pub fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 { f64::NAN } else { (moments(values)[0] / (values.len() - 1) as f64).sqrt() }
}

/// Skewness and excess kurtosis, both of type 2: √n·Σd³/(Σd²)^1.5 · √(n(n−1))/(n−2), and ((n+1)(r−3)+6)(n−1)/((n−2)(n−3)) with
/// r = nΣd⁴/(Σd²)². NaN below three and four values, or without spread.
pub fn shape(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let [squares, cubes, fourths] = moments(values);
    let skew = n.sqrt() * cubes / (squares * squares.sqrt()) * (n * (n - 1.0)).sqrt() / (n - 2.0);
    let r = n * fourths / (squares * squares);
    let kurtosis = ((n + 1.0) * (r - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    (if values.len() < 3 { f64::NAN } else { skew }, if values.len() < 4 { f64::NAN } else { kurtosis })
}

/// Pearson correlation over the pairs where both are known; 0 where it is not defined.
pub fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let pairs = left.iter().zip(right).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let (mean_x, mean_y) = (mean(&x), mean(&y));
    let joint: f64 = x.iter().zip(&y).map(|(a, b)| (a - mean_x) * (b - mean_y)).sum();
    let spread = (moments(&x)[0] * moments(&y)[0]).sqrt();
    if spread > 0.0 { (joint / spread).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Eigenvalues of a symmetric matrix, largest first, each with its eigenvector of length 1 and positive sum (Jacobi rotations).
pub fn components(mut matrix: Array2<f64>) -> Vec<(f64, Vec<f64>)> {
    let size = matrix.nrows();
    let mut vectors = Array2::<f64>::eye(size);
    for _ in 0..100 {
        let off: f64 = matrix.indexed_iter().filter(|((row, column), _)| row < column).map(|(_, x)| x * x).sum();
        if off < 1e-30 {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
    }
    let turned = |column: usize| {
        let vector = vectors.column(column);
        let sign = if vector.sum() < 0.0 { -1.0 } else { 1.0 };
        (matrix[(column, column)], vector.iter().map(|loading| loading * sign).collect())
    };
    let mut components: Vec<(f64, Vec<f64>)> = (0..size).map(turned).collect();
    components.sort_by(|a, b| b.0.total_cmp(&a.0));
    components
}

/// Two eigenvalues, or a sum of loadings and 0, closer than this are the same but for rounding.
const SAME: f64 = 1e-9;

/// Eigenvector of the largest eigenvalue of a symmetric matrix, of length 1, its sum positive. Where several eigenvectors share that
/// value (columns without correlation), what (1, 1, …) has in common with them: equal loadings, not those of whichever
/// column stands first. All 0 where that is nothing: the columns run against each other, and which way is up is arbitrary.
pub fn first_component(matrix: Array2<f64>) -> Vec<f64> {
    let components = components(matrix);
    let largest = components.first().map_or(0.0, |(value, _)| *value);
    let mut joint = vec![0.0; components.len()];
    for (_, vector) in components.iter().take_while(|(value, _)| largest - value <= SAME * largest.abs().max(1.0)) {
        let sum: f64 = vector.iter().sum();
        joint.iter_mut().zip(vector).for_each(|(joint, loading)| *joint += sum * loading);
    }
    let length = joint.iter().map(|loading| loading * loading).sum::<f64>().sqrt();
    joint.iter().map(|loading| if length > SAME { loading / length } else { 0.0 }).collect()
}

/// Correlations of columns with each other; 1 on the diagonal.
pub fn correlations(columns: &[&[f64]]) -> Array2<f64> {
    Array2::from_shape_fn((columns.len(), columns.len()), |(a, b)| {
        if a == b { 1.0 } else { correlation(columns[a], columns[b]) }
    })
}

/// Sample covariance over the pairs where both are known; NaN below two.
pub fn covariance(left: &[f64], right: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> =
        left.iter().copied().zip(right.iter().copied()).filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
    let n = pairs.len() as f64;
    if pairs.len() < 2 {
        return f64::NAN;
    }
    let (x, y) = (pairs.iter().map(|pair| pair.0).sum::<f64>() / n, pairs.iter().map(|pair| pair.1).sum::<f64>() / n);
    pairs.iter().map(|(a, b)| (a - x) * (b - y)).sum::<f64>() / (n - 1.0)
}

/// One Jacobi rotation: makes `matrix[p, q]` zero.
fn rotate(matrix: &mut Array2<f64>, vectors: &mut Array2<f64>, p: usize, q: usize) {
    let off = matrix[(p, q)];
    if off == 0.0 {
        return;
    }
    let theta = (matrix[(q, q)] - matrix[(p, p)]) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for k in 0..matrix.nrows() {
        let (a, b) = (matrix[(k, p)], matrix[(k, q)]);
        (matrix[(k, p)], matrix[(k, q)]) = (cosine * a - sine * b, sine * a + cosine * b);
    }
    for k in 0..matrix.nrows() {
        let (a, b) = (matrix[(p, k)], matrix[(q, k)]);
        (matrix[(p, k)], matrix[(q, k)]) = (cosine * a - sine * b, sine * a + cosine * b);
        let (a, b) = (vectors[(k, p)], vectors[(k, q)]);
        (vectors[(k, p)], vectors[(k, q)]) = (cosine * a - sine * b, sine * a + cosine * b);
    }
}

/// The values that are not missing, in the order given.
pub fn present<'a>(values: impl IntoIterator<Item = &'a f64>) -> Vec<f64> {
    let values = values.into_iter();
    // A filter promises no length: without room made at once the vector would grow, and move, again and again.
    let mut present = Vec::with_capacity(values.size_hint().0);
    present.extend(values.copied().filter(|value| !value.is_nan()));
    present
}

/// The values that are not missing, ascending: what is summed over them does not depend on the order of the units, not even in
/// its last digit, on which a limit that is just met would turn.
pub fn ascending<'a>(values: impl IntoIterator<Item = &'a f64>) -> Vec<f64> {
    let mut present = present(values);
    sort(&mut present);
    present
}

/// Sorts in the order of [`f64::total_cmp`]. The bits of a number, those of its magnitude turned where it is below 0, are integers in
/// that order, and integers sort twice as fast.
pub fn sort(values: &mut [f64]) {
    let turned = |bits: i64| bits ^ (((bits >> 63) as u64) >> 1) as i64;
    let mut keys: Vec<i64> = values.iter().map(|value| turned(value.to_bits() as i64)).collect();
    keys.sort_unstable();
    values.iter_mut().zip(keys).for_each(|(value, key)| *value = f64::from_bits(turned(key) as u64));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_samples_give_no_statistics() {
        assert!(mean(&[]).is_nan() && median(&[]).is_nan() && deviation(&[1.0]).is_nan());
        assert!(shape(&[1.0, 2.0]).0.is_nan() && shape(&[1.0, 2.0, 3.0]).1.is_nan());
        assert!(shape(&[2.0; 9]).0.is_nan());
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
    }

    #[test]
    fn sorting_by_bits_is_the_total_order() {
        let mut values =
            [0.0, -0.0, 3.5, -2.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, -1e-300, 3.5, 1e300];
        let mut expected = values;
        expected.sort_by(f64::total_cmp);
        sort(&mut values);
        assert_eq!(values.map(f64::to_bits), expected.map(f64::to_bits));
    }

    #[test]
    fn the_first_component_of_a_known_matrix() {
        let matrix = ndarray::array![[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]];
        let expected = [0.5, std::f64::consts::FRAC_1_SQRT_2, 0.5];
        let found = first_component(matrix);
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn no_order_of_columns_decides_what_the_data_do_not() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let found = first_component(Array2::eye(2));
        assert!(found.iter().all(|loading| (loading - half).abs() < 1e-12), "{found:?}");
        assert_eq!(first_component(ndarray::array![[1.0, -0.4], [-0.4, 1.0]]), [0.0, 0.0]);
    }

    #[test]
    fn known_values() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        let (skew, kurtosis) = shape(&[1.0, 2.0, 3.0, 10.0]);
        assert!((skew - 1.763_632_614_803_888).abs() < 1e-12 && (kurtosis - 3.228).abs() < 1e-12);
    }
}
