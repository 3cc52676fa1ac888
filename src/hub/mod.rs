//! The regional service: publishes, takes in batches, signs receipts.
