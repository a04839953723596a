#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The public functions: what all of them do with NULL, unknown flags and numbers outside of enums.

load common

setup()
{
    new_store
    store acme swordfish-1
    if ldd "$(program fob)" | grep -q libasan; then
        skip "Python cannot load a library with a sanitizer"
    fi
}

@test "every public function refuses NULL, unknown flags and another library's handle" {
    split python3 "$abs_top_srcdir/tests/cli/api.py" "$abs_top_srcdir/src/include" \
        "$abs_top_builddir/.libs/libfob-http.so.0"
    ended 0
    has "$output" " functions"
    [ -z "$stderr" ]
}
