#!/usr/bin/env bash
# A picture of the workbook made from the sample: docs/images/workbook.png, the head of the sheet Scores as LibreOffice prints it.
# Usage: tests/workbook/pictures.sh [GOULET]   (default: target/release/goulet)
# Installs Debian's libreoffice-calc-nogui and poppler-utils where they are absent.
set -euo pipefail
cd "$(dirname "$0")/../.."
goulet=${1:-target/release/goulet}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
for pair in soffice:libreoffice-calc-nogui pdftoppm:poppler-utils; do
    command -v "${pair%%:*}" >/dev/null || { as_root apt-get update -q; as_root apt-get install -y -q --no-install-recommends "${pair##*:}"; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$goulet" run --quiet --corpus seeds --out "$scratch" >/dev/null
soffice --headless "-env:UserInstallation=file://$scratch/profile" --convert-to pdf --outdir "$scratch" "$scratch/scores.xlsx" >/dev/null 2>&1
# The second page is the first of Scores; its upper half without the margins.
pdftoppm -r 130 -f 2 -l 2 -x 80 -y 90 -W 1370 -H 480 -png -singlefile "$scratch/scores.pdf" docs/images/workbook
