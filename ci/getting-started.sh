#!/usr/bin/env bash
# Does what docs/getting-started.md says, step by step, in an empty directory. What a block is stands before it:
# "file NAME" is written, "run" is run and "fails" is run and fails, "start" is run in the background until all is done;
# "shows" are lines that the block before it printed.
set -euo pipefail
cd "$(dirname "$0")/.."
export NETIPC=$PWD
# What is built already is not built again, of the versions that everything here is tested with.
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR
cargo fetch --quiet
export CARGO_NET_OFFLINE=true
work=$(mktemp -d)
background=()
finish() {
    # What still runs may write into what is removed.
    [ ${#background[@]} -eq 0 ] || { kill "${background[@]}"; wait "${background[@]}"; } 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# A directory for each block, in order: its kind, its argument, its text.
awk -v work="$work" '
    /^<!-- (file .*|run|start|fails|shows) -->$/ { kind = $2; name = $3; next }
    /^```/ && inside { inside = 0; close(text); next }
    /^```/ && kind != "" {
        block = sprintf("%s/block-%03d", work, ++blocks)
        system("mkdir " block)
        print kind > (block "/kind"); print (name == "-->" ? "" : name) > (block "/name")
        close(block "/kind"); close(block "/name")
        text = block "/text"; kind = ""; inside = 1; printf "" > text
        next
    }
    inside { print > text }' docs/getting-started.md

# Waits until a background block has said something.
wait_for_output() {
    for _ in $(seq 600); do
        grep -q '^serving' "$1" && return
        sleep 0.1
    done
    cat "$1" >&2
    echo "it does not start" >&2
    exit 1
}

cd "$work"
said=/dev/null blocks=0
for block in "$work"/block-*; do
    blocks=$((blocks + 1))
    text=$block/text
    case $(cat "$block/kind") in
        file)
            name=$(cat "$block/name")
            echo "--- $name"
            mkdir -p "$(dirname "$name")"
            cp "$text" "$name"
            ;;
        shows)
            while IFS= read -r line; do
                grep -qxF -- "$line" "$said" && continue
                echo "docs/getting-started.md says that it shows: $line" >&2
                cat "$said" >&2
                exit 1
            done <"$text"
            ;;
        start)
            sed 's/^/$ /' "$text"
            said=$block/said
            # The command itself, so that ending it ends all of it.
            read -r command <"$text"
            ${command/cargo run/cargo build}
            "$CARGO_TARGET_DIR/debug/${command##* }" >"$said" 2>&1 &
            background+=($!)
            wait_for_output "$said"
            ;;
        run | fails)
            sed 's/^/$ /' "$text"
            said=$block/said status=0
            # In this shell: it may go to another directory.
            set +e
            source "$text" >"$said" 2>&1
            status=$?
            set -e
            cat "$said"
            if [ "$(cat "$block/kind")" = run ] && [ "$status" -ne 0 ]; then
                echo "docs/getting-started.md says that it runs; it failed ($status)" >&2
                exit 1
            elif [ "$(cat "$block/kind")" = fails ] && [ "$status" -eq 0 ]; then
                echo "docs/getting-started.md says that it fails; it did not" >&2
                exit 1
            fi
            cp "$NETIPC/Cargo.lock" .
            ;;
    esac
done
[ "$blocks" -gt 10 ] || { echo "docs/getting-started.md has no steps" >&2; exit 1; }
