//! Insurer numbers (保険者番号).

use serde::Serialize;
use std::fmt;

/// An insurer number, held as its eight digits; the six digits of a 国保 insurer are padded with zeros in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsurerNumber(u32);

impl InsurerNumber {
    /// Takes the number's value, `None` above eight digits.
    #[must_use]
    pub fn from_value(value: u32) -> Option<Self> {
        (value <= 99_999_999).then_some(Self(value))
    }

    /// The number as a value, for compact formats.
    #[must_use]
    pub fn value(self) -> u32 {
        self.0
    }
}

/// Eight digits, the canonical form.
impl fmt::Display for InsurerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

impl Serialize for InsurerNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
