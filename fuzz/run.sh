#!/usr/bin/env bash
# fuzz/run.sh SECONDS TARGET...: builds the targets and runs each for so long, from its corpus, findings into fuzz/artifacts.
# Needs no sanitiser and no nightly compiler: the package has no unsafe code. `SCRATCH` should be in memory.
set -euo pipefail
cd "$(dirname "$0")"
seconds=$1
shift
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
RUSTC_WRAPPER=$PWD/instrument.sh cargo build --release --bins
mkdir -p artifacts
# Rayon's threads have stacks of 2 MiB: what would overflow one of them is to be found here.
ulimit -s 2048
for target in "$@"; do
    TMPDIR=${SCRATCH:-/dev/shm} RAYON_NUM_THREADS=1 "$CARGO_TARGET_DIR/release/$target" -max_total_time="$seconds" -timeout=20 \
        -rss_limit_mb=2048 -dict=words.dict -print_final_stats=1 -artifact_prefix="artifacts/$target-" "corpus/$target" ||
        echo "$target: a finding, see fuzz/artifacts"
done
