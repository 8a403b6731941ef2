#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| goulet_fuzz::run("read_csv", bytes));
