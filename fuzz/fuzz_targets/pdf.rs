//! Fuzzes one decoder. A decoder's panic that the box catches is no finding, so the fuzzer's own hook gives way.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| sonae::scan::probe(bytes)
);
