//! The patient's share (一部負担金割合).

use serde::Serialize;

/// A share in percent: 0, 10, 20, 30 or 100 are the ones in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Percent(u8);

impl Percent {
    /// A whole percentage up to 100.
    #[must_use]
    pub fn new(value: u8) -> Option<Self> {
        (value <= 100).then_some(Self(value))
    }

    /// The percentage.
    #[must_use]
    pub fn value(self) -> u8 {
        self.0
    }
}
