#!/usr/bin/env bash
# Runs a command of the README as it stands there: the block behind "<!-- test -->" or "<!-- demo -->".
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { echo "usage: ci/readme.sh test|demo" >&2; exit 2; }
command=$(awk -v mark="<!-- $1 -->" '
    $0 == mark { found = 1; next }
    found && /^```/ { if (inside) exit; inside = 1; next }
    inside' README.md)
[ -n "$command" ] || { echo "README.md has no command behind <!-- $1 -->" >&2; exit 1; }
echo "\$ $command"
bash -euo pipefail -c "$command"
