#!/usr/bin/env bash
# docs/operating.md says what to do about every error that ends a call, a connection, a refresh or a start, and knows
# every event.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=0
lacks() { echo "docs/operating.md does not know $1" >&2; missing=1; }

# knows ENUM FILE: under its heading each variant of the enum stands in a table.
knows() {
    local section variants variant
    section=$(awk -v heading="\`$1\`\$" '/^#/ { inside = $0 ~ heading } inside' docs/operating.md)
    variants=$(awk -v begin="^pub enum $1 " '$0 ~ begin { inside = 1 } /^}/ { inside = 0 }
        inside && match($0, /^    [A-Z][A-Za-z]*/) { print substr($0, 5, RLENGTH - 4) }' "$2")
    [ -n "$variants" ] || { echo "$2 has no $1" >&2; exit 1; }
    for variant in $variants; do
        grep -q "^|.*\`$variant\`.*|.*|.*|" <<<"$section" || lacks "$1::$variant"
    done
}
knows ConnectError transports/src/connect.rs
knows CallError netipc/src/service/client/error.rs
knows RefreshError netipc/src/snapshot/error.rs
knows ListenError transports/src/listener/error.rs

# Of tracing's macros the message is the last argument, and the only one that is a text.
events=$(awk '/tracing::[a-z]+!/ { inside = 1 } inside; /\);/ { inside = 0 }' \
    netipc/src/service/events.rs transports/src/events.rs | sed -nE 's/.*"([^"]*)".*/\1/p')
[ -n "$events" ] || { echo "there are no events" >&2; exit 1; }
while IFS= read -r event; do
    grep -qF "\`$event\`" docs/operating.md || lacks "the event: $event"
done <<<"$events"
exit "$missing"
