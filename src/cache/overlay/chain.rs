//! Whether a delta may come on top of what is held. Decides only.

use crate::{
    cache::{
        CacheError,
        pointer::{Held, Pointer},
    },
    limits,
    snapshot::{Base, SnapshotError},
};

/// A whole release and how far its deltas reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cache) struct Chain {
    /// What the pointer names, or would name.
    pub(in crate::cache) held: Pointer,
    /// Deltas merged so far.
    pub(in crate::cache) deltas: usize,
}

/// The chain with the delta offered at its end. `floor` is the lowest version still taken.
pub(in crate::cache) fn may_extend(
    chain: Option<Chain>,
    floor: u64,
    offered: Held,
    base: Base,
) -> Result<Chain, CacheError> {
    let Some(Chain { held, deltas }) = chain else { return Err(CacheError::DeltaWithoutBase) };
    let tip = held.tip();
    if offered.version == tip.version {
        // A whole release and a delta may describe one state under one version.
        let same = offered == tip || held.overlay.is_none();
        return Err(if same {
            CacheError::AlreadyHeld(tip.version)
        } else {
            CacheError::SameVersionOtherContent(tip.version)
        });
    }
    if offered.version < floor.max(tip.version) {
        return Err(CacheError::Rollback {
            held: floor.max(tip.version),
            offered: offered.version,
        });
    }
    if (Held { version: base.root_version(), release: base.root() }) != held.base {
        return Err(SnapshotError::DeltaOtherRoot.into());
    }
    let follows = Held { version: base.follows_version(), release: base.follows() };
    if follows.version > tip.version {
        return Err(CacheError::DeltaOutOfOrder { held: tip.version, follows: follows.version });
    }
    if follows != tip {
        return Err(CacheError::DeltaWrongBase);
    }
    if deltas >= limits::DELTAS_MAX {
        return Err(CacheError::DeltasTooMany);
    }
    let held = Pointer { base: held.base, overlay: Some(offered) };
    Ok(Chain { held, deltas: deltas + 1 })
}
