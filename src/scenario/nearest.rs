//! The known names that are nearest to one that is not known, for messages.

/// Names offered.
const OFFERED: usize = 5;

/// The known names nearest to `name`, nearest first, in order of the alphabet among equals: those that hold it or are held by it, then
/// those that fewest edits turn into it.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ranked: Vec<(bool, usize, &str)> = known
        .into_iter()
        .map(|known| {
            let holds = !name.is_empty() && (known.contains(name) || name.contains(known));
            (!holds, edits(name, known), known)
        })
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(OFFERED).map(|(_, _, known)| known).collect()
}

/// Levenshtein's distance: letters to insert, delete or replace.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_and_order() {
        assert_eq!((edits("kitten", "sitting"), edits("", "abc"), edits("abc", "abc")), (3, 3, 0));
        let known = ["germanium", "gallium", "helium", "rare_earths", "rare_earth_magnets"];
        assert_eq!(nearest("galium", known)[0], "gallium");
        assert_eq!(nearest("rare_earth", known)[..2], ["rare_earths", "rare_earth_magnets"]);
        assert!(nearest("x", []).is_empty());
    }
}
