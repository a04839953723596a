# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=bash
# Shared by the files that use a sandbox; each may replace a function by its own.

# shellcheck source=tests/cli/common.bash
. "${BASH_SOURCE[0]%/*}/common.bash"

setup()
{
    new_store
}

setup_file()
{
    start_sandbox
}

teardown_file()
{
    sandbox stop
}

teardown()
{
    secretless
    stop_own_sandbox
}

# begin_answers ANSWER...: a server that gives these in turn; one that begins with a digit is a status, with
# headers, before the next.  Sets url, once for all that a test begins.
begin_answers()
{
    local count=1 answer port
    [ -z "${answers-}" ] || rm -r "$home/answers"
    mkdir "$home/answers"
    for answer; do
        case $answer in
            [0-9]*) printf '%s\n' "$answer" >"$home/answers/$count.head" ;;
            *)
                printf %s "$answer" >"$home/answers/$count"
                count=$((count + 1))
                ;;
        esac
    done
    [ -z "${answers-}" ] || return 0
    mkfifo "$home/until"
    exec {port}< <(exec python3 -S -E "$abs_top_srcdir/tests/cli/answers.py" "$home/answers" <"$home/until" 3>&-)
    exec {answers}>"$home/until"
    read -r url <&"$port"
    exec {port}<&-
    url=http://127.0.0.1:$url
}

# End that server.
stop_answers()
{
    if [ -n "${answers-}" ]; then
        exec {answers}>&-
        answers=
        rm -r "$home/answers" "$home/until"
    fi
}
