#!/usr/bin/env bash
# Is the workbook alive? LibreOffice, headless, recalculates scores.xlsx and must give the numbers of scores.csv within 1e-6; a weight
# changed in a cell must give the scores and ranks that `goulet run` gives with that weight, for the built-in tree and for others.
#
# Usage: tests/workbook/run.sh [GOULET]   (default: target/release/goulet, built when absent)
# Installs Debian's libreoffice-calc-nogui and, in a virtual environment under target/, openpyxl, where they are absent.
set -euo pipefail
cd "$(dirname "$0")/../.."
goulet=${1:-target/release/goulet}
[ -x "$goulet" ] || cargo build --release --locked --bin goulet

if ! command -v soffice >/dev/null; then
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    $as_root apt-get update -q
    $as_root apt-get install -y -q --no-install-recommends libreoffice-calc-nogui
fi
venv=target/workbook-venv
if ! "$venv/bin/python" -c 'import openpyxl' 2>/dev/null; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet 'openpyxl==3.1.5'
fi
exec "$venv/bin/python" tests/workbook/check.py "$goulet"
