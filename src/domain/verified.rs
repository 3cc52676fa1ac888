//! Trust as a type: a value whose signature somebody checked.

/// A value that came out of a verified signature or an authenticated seal.
///
/// [`Verified::attest`] is called in exactly two places, `credential::open` and `cache` (a block opened under its
/// release's key); `tests/house.rs` fails when a third appears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// The one door. The caller has just verified a signature or opened an authenticated block.
    pub(crate) fn attest(value: T) -> Self {
        Self(value)
    }

    /// What was verified.
    pub fn get(&self) -> &T {
        &self.0
    }
}
