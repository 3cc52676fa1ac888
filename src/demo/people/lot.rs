//! Lots that fall the same way for the same seed: what makes an invented person the same person every time.

const BUFFER_BYTES: usize = 64;

/// A stream of draws for one household, independent of every other household's.
pub(super) struct Lot {
    stream: blake3::OutputReader,
    buffer: [u8; BUFFER_BYTES],
    used: usize,
}

impl Lot {
    /// The lots of household `index` in the region of `seed`.
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("sonae invented region v1");
        hasher.update(&seed.to_be_bytes());
        hasher.update(&index.to_be_bytes());
        Self { stream: hasher.finalize_xof(), buffer: [0; BUFFER_BYTES], used: BUFFER_BYTES }
    }

    fn draw(&mut self) -> u32 {
        if self.used >= BUFFER_BYTES {
            self.stream.fill(&mut self.buffer);
            self.used = 0;
        }
        let drawn = self.buffer.iter().skip(self.used).take(4);
        let value = drawn.fold(0, |value, byte| value << 8 | u32::from(*byte));
        self.used += 4;
        value
    }

    /// A number from 0 to `bound` − 1; 0 where there is nothing to choose from.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from((u64::from(self.draw()) * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// True in `per_mille` of a thousand draws.
    pub(super) fn happens(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of several, each as likely as the next.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(u32::try_from(from.len()).unwrap_or(u32::MAX));
        &from[at as usize] // the lists are the crate's own and never empty; a test counts them
    }

    /// One of several, as likely as its weight. `None` only where every weight is zero.
    pub(super) fn weighted<'a, T>(
        &mut self,
        from: impl Iterator<Item = &'a T> + Clone,
        weight: impl Fn(&T) -> u32,
    ) -> Option<&'a T> {
        let total = from.clone().map(&weight).sum();
        let mut rest = self.below(total);
        let mut from = from;
        from.find(|item| match rest.checked_sub(weight(item)) {
            Some(left) => {
                rest = left;
                false
            }
            None => true,
        })
    }
}
