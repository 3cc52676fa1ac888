//! Looking into signed things before any check: to say what lies on a link, or whose key to check it with. Never evidence.

use minicbor::Decoder;

/// The payload of a COSE_Sign1, unverified.
#[must_use]
pub fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let mut d = Decoder::new(bytes);
    d.array().ok()?;
    d.bytes().ok()?;
    d.map().ok()?;
    d.bytes().ok()
}

/// The value under one integer key of the payload's map, still encoded.
fn field(bytes: &[u8], key: u64) -> Option<Decoder<'_>> {
    let mut d = Decoder::new(payload(bytes)?);
    let entries = d.map().ok()??;
    for _ in 0..entries {
        if d.u64().ok()? == key {
            return Some(d);
        }
        d.skip().ok()?;
    }
    None
}

/// A number in the payload's map, unverified.
#[must_use]
pub fn number(bytes: &[u8], key: u64) -> Option<u64> {
    field(bytes, key)?.u64().ok()
}

/// Anything in the payload's map, unverified; `None` where it is not there or reads as something else.
#[must_use]
pub fn decoded<T: for<'a> minicbor::Decode<'a, ()>>(bytes: &[u8], key: u64) -> Option<T> {
    field(bytes, key)?.decode().ok()
}

/// A byte string of `N` bytes in the payload's map, unverified.
#[must_use]
pub fn array<const N: usize>(bytes: &[u8], key: u64) -> Option<[u8; N]> {
    field(bytes, key)?.bytes().ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_peeking_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), key in 0_u64..5) {
            let _ = number(&bytes, key);
            let signed = crate::seal::sign(
                crate::seal::Purpose("test"),
                &crate::seal::SigningKeypair::from_bytes(&[1; 32]),
                &bytes,
            );
            prop_assert_eq!(payload(&signed), Some(&bytes[..]));
            let _ = number(&signed, key);
            let _ = array::<16>(&signed, key);
        }
    }
}
