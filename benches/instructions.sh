#!/usr/bin/env bash
# Instructions of a round of each lookup, generated and by hand, counted by callgrind: the same total every time,
# whatever else the machine does. With a number as argument: fails if a ratio is above it.
set -euo pipefail
cd "$(dirname "$0")/.."
most=${1:-}
cargo build --release -q -p netipc-benches --bin codec-rounds
binary=${CARGO_TARGET_DIR:-target}/release/codec-rounds

# count LOOKUP BY MIX ITEMS ROUNDS
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$@" 2>&1 |
        awk '/Collected/ { print $NF }'
}

status=0
printf '%-8s %-8s %6s %14s %14s %6s\n' lookup mix items generated floor ratio
for lookup in cgroups apps; do
    for mix in known unknown mixed; do
        for items in ${ITEMS:-1 16 256 8192}; do
            # Two lengths of run: their difference leaves out what happens before the first round.
            few=2 many=$((items > 1000 ? 4 : 202))
            per() { echo $(( ($(count "$lookup" "$1" "$mix" "$items" $many) - $(count "$lookup" "$1" "$mix" "$items" $few)) / (many - few) )); }
            generated=$(per generated) floor=$(per floor)
            ratio=$(awk "BEGIN { printf \"%.3f\", $generated / $floor }")
            printf '%-8s %-8s %6d %14d %14d %6s\n' "$lookup" "$mix" "$items" "$generated" "$floor" "$ratio"
            if [ -n "$most" ] && awk "BEGIN { exit !($ratio > $most) }"; then status=1; fi
        done
    done
done
[ $status -eq 0 ] || echo "a ratio is above $most" >&2
exit $status
