#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The flags of the build: whoever packages fob has the last word.

load ../cli/common

# fortified EXPECTED MAKE-VARIABLE...: a program of fob's build has that level of _FORTIFY_SOURCE, and no warning.
fortified()
{
    local expected=$1
    shift
    rm -f "$abs_top_builddir"/tests/build/fortify*
    make -s -C "$abs_top_builddir" tests/build/fortify "$@" || return
    [ "$("$abs_top_builddir/tests/build/fortify")" = "$expected" ]
}

@test "the packager's _FORTIFY_SOURCE counts, in whatever form" {
    level=0
    sanitized || level=$(sed -n 's/^#define FOB_FORTIFY_LEVEL //p' "$abs_top_builddir/config.h")
    fortified "${level:-0}" CFLAGS='-O2 -Werror' CPPFLAGS=
    fortified 0 CFLAGS='-O0 -Werror' CPPFLAGS=
    for flag in -D_FORTIFY_SOURCE= -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE= '-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE='; do
        for level in 1 2 3; do
            fortified $level CFLAGS="-O2 -Werror $flag$level" CPPFLAGS=
            fortified $level CFLAGS='-O2 -Werror' CPPFLAGS="$flag$level"
        done
    done
}

@test "each program is position-independent, whatever the compiler's default" {
    for program in fob fob-hub fob-renew fob-worker; do
        run make -C "$abs_top_builddir" -n V=1 -W "$abs_top_builddir/libfob-cli.la" \
            -W "$abs_top_builddir/libfob.la" -W "$abs_top_builddir/libfob-plugin.la" -W "$abs_top_builddir/libfob-spool.la" "$program"
        ended 0
        has "$output" "-pie "
    done
}
