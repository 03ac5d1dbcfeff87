#!/usr/bin/env bash
# The conformance suite over every transport, in one process and across two, and that docs/conformance.md has a test for
# every statement of the contract's Level 1.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test -p netipc-tests --test promises --test conformance --test allocation_of_messages
