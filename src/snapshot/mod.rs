//! The release format: building, verifying, blocks, blinded keys. Bytes only; where they lie is the cache's matter.
