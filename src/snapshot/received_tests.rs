//! Promises of the received records.
