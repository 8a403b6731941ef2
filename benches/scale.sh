#!/usr/bin/env bash
# Time and memory of `goulet run` by size of the corpus, with one thread and with two.
#
#   benches/scale.sh [--program PATH] [--folder DIR] [KIND:SIZE...]
#
# KIND is short, long or same (benches/scale.py says what they are), SIZE such as 500M or 10G; without any: long:1G long:2G
# long:4G long:8G. Prints a row of a Markdown table a run: megabytes (10^6) of input a second, and the greatest memory the
# process held. Corpora are made in DIR (default: a folder that is removed at the end), which needs twice the largest size.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
program=$root/target/release/goulet
folder=
cases=()
while [ $# -gt 0 ]; do
    case $1 in
        --program) program=$(realpath "$2"); shift 2 ;;
        --folder) folder=$2; shift 2 ;;
        *:*) cases+=("$1"); shift ;;
        *) sed -n '2,9p' "$0"; exit 2 ;;
    esac
done
[ ${#cases[@]} -gt 0 ] || cases=(long:1G long:2G long:4G long:8G)
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"

echo "| corpus | threads | documents | mentions | seconds | MB/s | peak MiB |"
echo "|---|---:|---:|---:|---:|---:|---:|"
for case in "${cases[@]}"; do
    kind=${case%%:*} size=${case#*:}
    corpus=$folder/$kind-$size.jsonl
    [ -f "$corpus" ] || python3 "$root/benches/scale.py" "$kind" "$size" > "$corpus"
    bytes=$(stat -c %s "$corpus")
    for threads in 1 2; do
        RAYON_NUM_THREADS=$threads /usr/bin/time -f '%e %M' -o "$folder/time" \
            "$program" run --json --corpus "$corpus" --out "$folder/reports" > "$folder/answer" 2> "$folder/messages" ||
            { cat "$folder/messages" >&2; exit 1; }
        python3 - "$folder" "$kind $size" "$threads" "$bytes" <<'PYTHON'
import json, sys
folder, corpus, threads, size = sys.argv[1:]
answer = json.load(open(f"{folder}/answer"))
seconds, kilobytes = map(float, open(f"{folder}/time").read().split())
print(f"| {corpus} | {threads} | {answer['documents']} | {answer['mentions']} | {seconds:.1f} | "
      f"{int(size) / 1e6 / seconds:.1f} | {kilobytes / 1024:.0f} |", flush=True)
PYTHON
        rm -rf "$folder/reports"
    done
    rm -f "$corpus"
done
