# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=bash
# A server that plays a rehearsal; teardown() must call stop_performing.

# perform PROVIDER REHEARSAL: a server plays it for fob itself; the provider's file is at the server.
perform()
{
    stop_performing
    mkdir performed
    mkfifo until
    python3 "$abs_top_srcdir/tests/sandbox/rehearsed.py" "$1" "$2" performed <until >/dev/null 3>&- &
    exec {performing}>until
    while [ ! -e performed/fields ]; do
        kill -0 $! || return
        sleep 0.02
    done
    mv "performed/${1##*/}" providers.d/
}

stop_performing()
{
    if [ -n "${performing-}" ]; then
        exec {performing}>&-
        performing=
        rm -r performed until
    fi
}
