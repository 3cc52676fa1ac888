//! Fuzzes one decoder.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sonae::sync::probe::receipt(bytes));
