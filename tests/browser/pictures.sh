#!/usr/bin/env bash
# Pictures of the page made from the sample: docs/images/page*.png, and with a folder named, every view there for looking at.
# Usage: tests/browser/pictures.sh [path of the built program] [folder]
set -euo pipefail
program=$(realpath "${1:-$(dirname "$0")/../../target/release/goulet}")
views=${2:+$(realpath -m "$2")}
cd "$(dirname "$0")"
[ -d node_modules/selenium-webdriver ] || npm ci --no-audit --no-fund
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$program" run --quiet --corpus ../../seeds --out "$scratch/sample" > /dev/null
"$program" run --quiet --corpus ../../seeds --period year --out "$scratch/years" > /dev/null
REPORTS="$scratch" VIEWS="$views" PICTURES="$(realpath -m ../../docs/images)" node pictures.mjs
