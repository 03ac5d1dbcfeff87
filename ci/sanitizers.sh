#!/usr/bin/env bash
# The conformance suite and the transport's own tests under sanitizers: `ci/sanitizers.sh [thread|address]...`, by
# default under both. ThreadSanitizer needs a standard library that is built with it; AddressSanitizer does not.
set -euo pipefail
cd "$(dirname "$0")/.."
rustup component add --toolchain nightly rust-src
host=$(rustc -vV | sed -n 's/^host: //p')
# A SIGBUS is what the tests of truncated regions are about, and some tests ask for more memory than there is.
export TSAN_OPTIONS=handle_sigbus=0:allocator_may_return_null=1
export ASAN_OPTIONS=$TSAN_OPTIONS
[ $# -gt 0 ] || set -- thread address
for sanitizer in "$@"; do
    echo "--- $sanitizer"
    case $sanitizer in
        thread) standard_library=(-Zbuild-std) ;;
        *) standard_library=() ;;
    esac
    # Few property cases: each is slow. All targets but the examples and the documentation, and not the models under
    # loom, which runs its threads on stacks that no sanitizer knows.
    RUSTFLAGS="-Zsanitizer=$sanitizer" PROPTEST_CASES=16 \
        cargo +nightly test "${standard_library[@]}" --target "$host" \
        --target-dir "${CARGO_TARGET_DIR:-target}/$sanitizer" \
        -p netipc-transport --lib --test '*' -- --skip publication:: --skip slot:: --skip reliance::
    RUSTFLAGS="-Zsanitizer=$sanitizer" \
        cargo +nightly test "${standard_library[@]}" --target "$host" \
        --target-dir "${CARGO_TARGET_DIR:-target}/$sanitizer" \
        -p netipc-tests --test conformance
done
