#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures a store of several machines beside one of files, and beside psql: a part of `make bench`.  Ends with 1 when a
# limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-15}
accounts=${2-100000}
[ -e "$abs_top_builddir/.libs/postgresql.so" ] || {
    echo "== the store of several machines was not built"
    exit 0
}
echo "== a store of several machines, $rounds rounds, $accounts accounts"
python3 "$abs_top_srcdir/tests/bench/office_cost.py" "$rounds" "$accounts" |
    python3 "$abs_top_srcdir/tests/bench/report.py" "get of a young copy<=1.2*get of files" \
        "list of a young copy<=1.2*list of files" "get that asks for news<=2*psql select" "edit<=3*psql update"
