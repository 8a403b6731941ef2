#!/usr/bin/env bash
# Stands before rustc (RUSTC_WRAPPER): lets libFuzzer see the branches of the package and of the parsers it calls. All else
# is built as it always is, so that a build of the package lends what it has (polars takes ten minutes).
set -euo pipefail
name=
for argument in "$@"; do
    [ "${previous:-}" = --crate-name ] && name=$argument
    previous=$argument
done
case $name in
goulet | goulet_fuzz | read_* | extract | model | lexicon | polars_parquet | polars_parquet_format | csv | csv_core | serde_json | \
    feed_rs | quick_xml | dom_smoothie | html5ever | markup5ever | toml | toml_parser | chardetng | miniz_oxide | jiff)
    exec "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
*) exec "$@" ;;
esac
