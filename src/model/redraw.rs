//! Values that an uncertainty run does not draw one by one, but whose source draws them together: a document moves all indicators that it
//! is counted in. The model knows nothing of such sources; they answer to [`Redraw`].

use super::random::Stream;
use super::table::Table;
use super::tree::Tree;

/// A source of values drawn anew. Rows are those of the table that is scored, columns the indicators in the order of the tree.
pub trait Redraw: Sync + std::fmt::Debug {
    /// Whether the value in this row and column is the source's to draw; all others are drawn within their bounds.
    fn redraws(&self, row: usize, column: usize) -> bool;

    /// What one thread draws with, memory included.
    fn drawing(&self) -> Box<dyn Drawing + '_>;
}

/// Draws, one after the other. A value depends on the random numbers given, the row and the column only.
pub trait Drawing {
    /// Draws anew what values share.
    fn begin(&mut self, random: Stream);

    /// A value of that draw, of a cell that is the source's.
    fn value(&self, row: usize, column: usize) -> f64;
}

/// A source and how its cells become those that the steps before the draws gave.
#[derive(Debug, Clone, Copy)]
pub struct Redrawn<'a> {
    /// The source.
    pub source: &'a dyn Redraw,
    /// The row of each screened unit in the table that is scored.
    pub rows: &'a [usize],
    /// By column: what values are divided by, row by row; `None` where they are not.
    pub divisors: &'a [Option<&'a [f64]>],
}

impl Redrawn<'_> {
    /// Whether the source draws the cell of a screened unit.
    pub fn redraws(&self, row: usize, column: usize) -> bool {
        self.source.redraws(self.rows[row], column)
    }

    /// The value of a screened unit's cell, as it stands after the step `denominate`.
    pub fn value(&self, drawing: &dyn Drawing, row: usize, column: usize) -> f64 {
        let row = self.rows[row];
        drawing.value(row, column) / self.divisors[column].map_or(1.0, |divisors| divisors[row])
    }
}

/// What each column of `table` is divided by.
pub fn divisors<'a>(table: &'a Table, tree: &Tree, is_enabled: bool) -> Vec<Option<&'a [f64]>> {
    let of_leaf = |leaf: &usize| {
        let name = tree.nodes()[*leaf].entry.denominator.as_ref().filter(|_| is_enabled)?;
        table.denominators.get(name).map(Vec::as_slice)
    };
    tree.leaves().iter().map(of_leaf).collect()
}
