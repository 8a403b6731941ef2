#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| goulet_fuzz::extract(text));
