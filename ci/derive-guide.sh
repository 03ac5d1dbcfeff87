#!/usr/bin/env bash
# Every compile error that ui-tests expects of the derives has its place in docs/derive.md. Names and numbers in it are
# examples: what stands between backquotes, and digits, may differ.
set -euo pipefail
cd "$(dirname "$0")/.."
shape() { sed -E 's/``//g; s/`[^`]*`/_/g; s/[0-9]+/N/g'; }
guide=$(shape <docs/derive.md)
errors=$(sed -nE 's/^error(\[E0277\])?: //p' ui-tests/tests/ui/*/*.stderr | sort -u)
[ -n "$errors" ] || { echo "ui-tests expects no errors" >&2; exit 1; }
missing=0
while IFS= read -r error; do
    if ! grep -qF -- "$(shape <<<"$error")" <<<"$guide"; then
        echo "docs/derive.md does not explain: $error" >&2
        missing=1
    fi
done <<<"$errors"
exit "$missing"
