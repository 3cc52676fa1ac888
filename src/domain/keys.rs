//! Names of enrolled boxes. What the boxes' keys do is in `seal`; which are enrolled, the publisher knows.

use serde::Serialize;
use std::fmt;

/// The name an enrolled box goes by: 16 random bytes from its first start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoxId(pub [u8; 16]);

impl BoxId {
    /// Thirty-two hexadecimal digits, as [`BoxId`] prints itself.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let value = plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
        Some(Self(value.to_be_bytes()))
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for BoxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BoxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BoxId({self})")
    }
}

impl Serialize for BoxId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_read_back_by_the_name_it_prints() {
        let id = BoxId([0x0a; 16]);
        assert_eq!(id.to_string(), "0a".repeat(16));
        assert_eq!(BoxId::parse(&id.to_string()), Some(id));
        assert_eq!(BoxId::parse("0a"), None);
        assert_eq!(BoxId::parse(&"+a".repeat(16)), None);
    }
}
