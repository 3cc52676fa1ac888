//! What lies on a link, for the fuzz targets and the replay of their corpus. Not in any shipped program.

use super::{batch as batches, index as indexes, peek, receipt as receipts};

/// A batch: its cover, and its body as sealed inside.
pub fn batch(bytes: &[u8]) {
    batches::probe(bytes);
}

/// The hub's index, and what is planned by it.
pub fn index(bytes: &[u8]) {
    indexes::probe(bytes);
}

/// What a hub signed for a batch.
pub fn receipt(bytes: &[u8]) {
    receipts::probe(bytes);
}

/// Anything signed, looked into before any check.
pub fn unverified(bytes: &[u8]) {
    for key in 0..5 {
        let _ = (peek::number(bytes, key), peek::array::<16>(bytes, key));
        let _ = peek::decoded::<Vec<(u64, String)>>(bytes, key);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        seal::{self, Purpose, SigningKeypair},
        sys::corpus::replay,
    };

    #[test]
    fn no_seed_of_anything_signed_and_nothing_near_it_makes_peeking_panic() {
        let list = vec![(1_u64, "one")];
        let mut payload = vec![0xa3, 0, 0x18, 99, 1];
        minicbor::encode(list, &mut payload).unwrap();
        payload.push(2);
        minicbor::encode(minicbor::bytes::ByteArray::from([7; 16]), &mut payload).unwrap();
        let signed = seal::sign(Purpose("test"), &SigningKeypair::from_bytes(&[1; 32]), &payload);
        replay("unverified", &[("signed", signed)], super::unverified);
    }
}
