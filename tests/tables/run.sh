#!/usr/bin/env bash
# Tables where they are opened: `frictionless validate` accepts every package, and a French spreadsheet that opens and saves the
# tables of `--csv excel-fr` keeps every number. Installs what it needs (Debian's LibreOffice without a screen, frictionless from PyPI).
# Usage: tests/tables/run.sh [the built goulet]
set -euo pipefail
cd "$(dirname "$0")/../.."
goulet=$(realpath "${1:-target/release/goulet}")
tools=${GOULET_TEST_TOOLS:-target/test-tools}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if ! command -v soffice >/dev/null; then
  as_root apt-get update -qq
  as_root apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui python3-venv
fi
if [ ! -x "$tools/bin/frictionless" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet 'frictionless==5.21.0' 'pyarrow>=18'
fi

# A corpus that tries what documents may try, beside the sample.
cp -r seeds "$work/corpus"
cat > "$work/corpus/hostile.jsonl" <<'JSON'
{"id":"=cmd|' /C calc'!A0","date":"2024-12-03","language":"en","title":"=1+1; China bans exports of gallium, 1,5 % of it, to the United States","text":"-1,5 is no number. @China has banned exports of gallium to the United States.","source":"+Wire; \"quoted\"","url":"@x"}
{"id":"'=twice","date":"2024-12-04","language":"fr","title":"'La Chine interdit l'exportation de graphite","text":"La Chine a interdit les exportations de graphite vers les États-Unis.","source":"\tTab"}
JSON

echo '== frictionless'
validate() { # name, arguments of run
  local name=$1; shift
  "$goulet" run --quiet --out "$work/$name" "$@" >/dev/null
  "$tools/bin/frictionless" validate "$work/$name/datapackage.json" >"$work/$name.txt" 2>&1 ||
    { cat "$work/$name.txt"; echo "$name: not valid"; exit 1; }
  "$tools/bin/python" tests/tables/check.py package "$work/$name"
  echo "$name: valid"
}
validate plain
validate french --csv excel-fr --language fr --parquet
validate english --csv excel --language en
validate months --period month --csv excel-fr
validate hostile --corpus "$work/corpus" --csv excel-fr --language fr --parquet
validate hostile-raw --corpus "$work/corpus" --csv raw --parquet
"$goulet" compare semiconductors critical_minerals --quiet --reports "$work/french" >/dev/null
"$tools/bin/frictionless" validate "$work/french/datapackage.json" >/dev/null || { echo 'french after compare: not valid'; exit 1; }
"$goulet" run --quiet --manifest "$work/french/datapackage.json"

echo '== a French spreadsheet'
profile=$work/profile/user
mkdir -p "$profile"
cat > "$profile/registrymodifications.xcu" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>fr-FR</value></prop></item>
</oor:items>
XML
office() { soffice --headless "-env:UserInstallation=file://$work/profile" "$@" >/dev/null 2>&1; }
for name in french hostile; do
  mkdir -p "$work/$name-saved"
  # Semicolon, quotes, UTF-8, from the first line, the locale of the profile; then with all digits, as the locale writes them.
  office --infilter='CSV:59,34,76,1,,0,false,true' --convert-to ods --outdir "$work/$name-saved" "$work/$name"/*.csv
  office --convert-to 'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false' --outdir "$work/$name-saved" \
    "$work/$name-saved"/*.ods
  "$tools/bin/python" tests/tables/check.py saved "$work/$name" "$work/$name-saved"
done
