#!/usr/bin/env bash
# Every statement of the contract's pages has a test, in the tables of docs/, and every test that they name exists.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test -p netipc-tests --test promises
