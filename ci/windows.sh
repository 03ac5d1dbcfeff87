#!/usr/bin/env bash
# What runs on Windows, built for it and run under Wine: `ci/windows.sh` for all that CI asks for, or
# `ci/windows.sh CARGO-ARGUMENTS` for something else with the same target, as in `ci/windows.sh test -p netipc -- lookup`.
#
# Installs what is missing. Wine 8 ignores three things that a server asks of its pipe: to be the first of its name, to let in
# only some users, and to reject other machines. There tests can see only that it asks. What else Wine 8 lacks is in
# docs/platforms.md.
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-pc-windows-gnu
wine=/usr/lib/wine/wine64

missing=()
command -v x86_64-w64-mingw32-gcc >/dev/null || missing+=(gcc-mingw-w64-x86-64-win32)
[ -x "$wine" ] || missing+=(wine64)
if [ ${#missing[@]} -gt 0 ]; then
    ci/apt.sh "${missing[@]}"
fi
rustup target add "$target"

# Wine 8 lacks a library that Rust's standard library imports.
mkdir -p target/wine
x86_64-w64-mingw32-gcc -nostdlib -shared -O1 -Wall -Werror -Wl,--entry=entry \
    -o target/wine/bcryptprimitives.dll ci/wine/bcryptprimitives.c -ladvapi32
export WINEPATH="Z:${PWD//\//\\}\\target\\wine"
export WINEPREFIX="$PWD/target/wine/prefix" WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml=
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="$wine"
# Makes the prefix, which programs that start together must not.
"$wine" cmd /c exit 0
# Debian's Wine has its server end with the last program, and a program that starts at that moment goes down with it. This one
# stays: for a quarter of an hour at most, should nobody end it.
server=${wine%/*}/wineserver
"$server" -k || true
"$server" -p900
trap '"$server" -k || true' EXIT

if [ $# -gt 0 ]; then
    cargo "$1" --target "$target" "${@:2}"
    exit
fi
packages=(-p netipc-wire -p netipc-codec -p netipc-transport -p netipc -p netipc-tests -p netipc-floor -p netipc-cli)
# Examples wait as POSIX does.
targets=(--lib --bins --tests)
cargo clippy --target "$target" "${packages[@]}" "${targets[@]}" -- -D warnings
cargo test --target "$target" "${packages[@]}" "${targets[@]}"
cargo test --target "$target" -p netipc-wire -p netipc-codec -p netipc-transport -p netipc --doc
