#!/usr/bin/env bash
# Every example runs to its end, within its time, and says what it should.
set -euo pipefail
cd "$(dirname "$0")/.."

# What each of them says, as a basic regular expression of a whole line each.
expected() {
    case $1 in
        own_message) printf '%s\n' 'user 0 is root' 'there is no user 4294967295' ;;
        cache_in_a_hot_loop) printf '%s\n' '1000 cgroups, generation 6, 6 refreshes' '[1-9][0-9]* lookups, .*' ;;
        provider_that_comes_and_goes)
            printf '%s\n' '  NOT_FOUND: nobody serves .*' '  READY: 42' '  BROKEN: the session was lost .* and could not be made again: .*' \
                '  AUTH_FAILED: .* refuses the token' '3 sessions, 6 calls, 2 of them failed, 1 sent twice'
            ;;
        async_calls) printf '%s\n' '100 answers in 4 tasks on one thread' ;;
        event_loop)
            printf '%s\n' '200 sessions: 2000 requests answered, 2000 responses received, 200 closed in .*'
            ;;
        *) return 1 ;;
    esac
}

cargo build --quiet -p netipc -p netipc-transport --examples
binaries=${CARGO_TARGET_DIR:-target}/debug/examples
for source in netipc/examples/*.rs transports/examples/*/main.rs; do
    example=$(basename "${source%/main.rs}" .rs)
    lines=$(expected "$example") || { echo "nobody says what $source should say" >&2; exit 1; }
    echo "--- $example"
    # In the foreground it is of this script's group, and ends with it.
    status=0
    said=$(timeout --foreground 60 "$binaries/$example") || status=$?
    echo "$said"
    [ "$status" -eq 0 ] || { echo "$source failed ($status)" >&2; exit 1; }
    while IFS= read -r line; do
        grep -qx -- "$line" <<<"$said" || { echo "$source does not say: $line" >&2; exit 1; }
    done <<<"$lines"
done
