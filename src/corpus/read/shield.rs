//! A shield around the parsers of others: what makes one of them panic costs one record, not the run.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`shielded`], where a panic is an answer and not a message on the screen.
    static IS_SHIELDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `parse`; nothing when it panicked. What it was given must not be used afterwards, save to be dropped.
pub(super) fn shielded<T>(parse: impl FnOnce() -> T) -> Option<T> {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| {
        let said = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            if !IS_SHIELDED.get() {
                said(what);
            }
        }));
    });
    let before = IS_SHIELDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(parse)).ok();
    IS_SHIELDED.set(before);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(shielded(|| 3), Some(3));
        assert_eq!(shielded(|| -> u8 { panic!("not seen") }), None);
    }
}
