#!/usr/bin/env bash
# Opens report.html in Debian's chromium, from disk and without a network, and holds it to what the page promises.
# Installs what it needs. Usage: tests/browser/run.sh [path of the built program]
set -euo pipefail
program=$(realpath "${1:-$(dirname "$0")/../../target/release/goulet}")
cd "$(dirname "$0")"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
for pair in chromium:chromium chromedriver:chromium-driver node:nodejs npm:npm; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
[ -d node_modules/axe-core ] || npm ci --no-audit --no-fund

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=../..
"$program" run --quiet --corpus $root/seeds --out "$scratch/sample" > /dev/null
"$program" run --quiet --corpus $root/seeds --period year --out "$scratch/years" > /dev/null
node corpora.mjs hostile > "$scratch/hostile.jsonl"
"$program" run --quiet --corpus "$scratch/hostile.jsonl" --out "$scratch/hostile" > /dev/null
node corpora.mjs large > "$scratch/large.jsonl"
"$program" run --quiet --corpus "$scratch/large.jsonl" --period quarter --draws 20 --keep-duplicates --out "$scratch/large" > /dev/null

GOULET="$program" REPORTS="$scratch" SEEDS="$(realpath $root/seeds)" node --test --test-concurrency=1 --test-reporter=spec page.test.mjs
