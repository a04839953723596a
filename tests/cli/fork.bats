#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# libfob in child processes: Python forks, or starts a new process.

load sandboxed

setup()
{
    new_store
    link_account acme >/dev/null
    # A sanitizer's library must be there before Python's own.
    program=$(program fob)
    if ldd "$program" | grep -q libasan; then
        skip "Python cannot load a library with a sanitizer"
    fi
}

teardown()
{
    if [ -n "${relay-}" ]; then
        kill "$relay"
        wait "$relay" || true
    fi
    secretless
}

forked()
{
    python3 "$abs_top_srcdir/tests/cli/forked.py" "$@"
}

@test "children of Python's multiprocessing use accounts, whatever their start method" {
    split forked methods
    ended 0
    has "$output" fork
    has "$output" spawn
    has "$output" forkserver
    [ "$(of_account acme owner.id)" = parent ]
    split fob log --verify
    ended 0
    [ ! -e log.1 ]
    split fob check
    ended 0
}

@test "a child sends no close_notify on its parent's connection" {
    local port
    port=$(sed -n 's|.*:\([0-9]*\)/.*|\1|p' "$hr/url")
    python3 "$abs_top_srcdir/tests/cli/forked.py" relay "$port" "$home/port" "$home/counts" 3>&- &
    relay=$!
    until [ -s port ]; do sleep 0.05; done
    write_provider "$(sed "s|:$port/|:$(cat port)/|" "$hr/url")" "$hr/ca.pem"
    split forked goodbye "$home/counts"
    ended 0
    [ "$output" = "connections 1 1" ]
}
