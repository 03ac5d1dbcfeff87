#!/usr/bin/env bash
# Instructions of a round of each lookup, generated and by hand, and of a lookup in a cache beside a table by hand, counted by
# callgrind: the same whatever else the machine does, but for the cache's secret, which moves a few keys. With two numbers as
# arguments: fails if a ratio of lookups is above the first, or one of the cache above the second.
set -euo pipefail
cd "$(dirname "$0")/.."
most_lookup=${1:-} most_cache=${2:-}
cargo build --release -q -p netipc-benches --bin codec-rounds --bin cache-rounds
binaries=${CARGO_TARGET_DIR:-target}/release

# count PROGRAM ARGUMENTS... ROUNDS
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binaries/$1" "${@:2}" 2>&1 |
        awk '/Collected/ { print $NF }'
}

# Of one round. Two lengths of run: their difference leaves out what happens before the first round.
# a_round ROUNDS PROGRAM ARGUMENTS...
a_round() {
    local few=2 many=$1
    shift
    echo $((($(count "$@" "$many") - $(count "$@" "$few")) / (many - few)))
}

status=0
# compare MOST OURS FLOOR LABELS...
compare() {
    local ratio
    ratio=$(awk "BEGIN { printf \"%.3f\", $2 / $3 }")
    printf '%-8s %-8s %6s %14d %14d %6s\n' "${@:4}" "$2" "$3" "$ratio"
    if [ -n "$1" ] && awk "BEGIN { exit !($ratio > $1) }"; then status=1; fi
}

printf '%-8s %-8s %6s %14s %14s %6s\n' lookup mix items generated floor ratio
for lookup in cgroups apps; do
    for mix in known unknown mixed; do
        for items in ${ITEMS:-1 16 256 8192}; do
            rounds=$((items > 1000 ? 4 : 202))
            generated=$(a_round $rounds codec-rounds "$lookup" generated "$mix" "$items")
            floor=$(a_round $rounds codec-rounds "$lookup" floor "$mix" "$items")
            compare "$most_lookup" "$generated" "$floor" "$lookup" "$mix" "$items"
        done
    done
done
for items in 16 256; do
    # Many, since building the cache takes a different time in each run.
    cache=$(a_round 2002 cache-rounds cache "$items")
    table=$(a_round 2002 cache-rounds table "$items")
    compare "$most_cache" "$cache" "$table" cache known "$items"
done
[ $status -eq 0 ] || echo "a ratio is above ${most_lookup:-any}, or ${most_cache:-any} for the cache" >&2
exit $status
