#!/usr/bin/env bash
# Instructions of a round of each lookup, generated and by hand, and of a lookup in a cache beside a table by hand, counted by
# callgrind: the same whatever else the machine does. Only a cache's secret, which moves a few keys, is never the same: the mean
# of many differs by less than a hundredth. With two numbers as arguments: fails if a ratio of lookups is above the first, or
# one of the cache above the second.
set -euo pipefail
cd "$(dirname "$0")/.."
most_lookup=${1:-} most_cache=${2:-}
cargo build --release -q -p netipc-benches --bin codec-rounds --bin cache-rounds
binaries=${CARGO_TARGET_DIR:-target}/release

# count VALGRIND'S OPTIONS AND PROGRAM...
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 | awk '/Collected/ { print $NF }'
}

# Of one round. Two lengths of run: their difference leaves out what happens before the first round.
# a_round_of_codec ROUNDS ARGUMENTS...
a_round_of_codec() {
    local few=2 many=$1 rounds=("$binaries/codec-rounds" "${@:2}")
    echo $((($(count "${rounds[@]}" "$many") - $(count "${rounds[@]}" "$few")) / (many - few)))
}

# Of one round, on average over many caches. What happens before, in several threads, is never the same: it is not counted.
# a_round_of_cache ARGUMENTS...
a_round_of_cache() {
    local rounds=1000
    echo $(($(count --collect-atstart=no --toggle-collect='cache_rounds::repeated*' "$binaries/cache-rounds" "$@" $rounds) / rounds))
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
            generated=$(a_round_of_codec $rounds "$lookup" generated "$mix" "$items")
            floor=$(a_round_of_codec $rounds "$lookup" floor "$mix" "$items")
            compare "$most_lookup" "$generated" "$floor" "$lookup" "$mix" "$items"
        done
    done
done
for items in 16 256; do
    cache=$(a_round_of_cache cache "$items")
    table=$(a_round_of_cache table "$items")
    compare "$most_cache" "$cache" "$table" cache known "$items"
done
[ $status -eq 0 ] || echo "a ratio is above ${most_lookup:-any}, or ${most_cache:-any} for the cache" >&2
exit $status
