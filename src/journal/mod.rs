//! The append-only, hash-chained, encrypted record of everything this box did, and what can be read off it.
