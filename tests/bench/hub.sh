#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures fob-hub: its pages beside a static one of the same loop, and its memory with 200 connections, a part of
# `make bench`.  Ends with 1 when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-7}
[ -x "$abs_top_builddir/fob-hub" ] || {
    echo "== fob-hub was not built"
    exit 0
}
echo "== the page of invitations, $rounds rounds"
python3 "$abs_top_srcdir/tests/bench/hub_cost.py" "$rounds" |
    python3 "$abs_top_srcdir/tests/bench/report.py" "the form<=3*the CPU of a static page" \
        "the wait page<=3*the CPU of a static page" "the state of a drop<=3*the CPU of a static page" \
        "200 idle connections<=16MiB" "200 forms without an end<=16MiB"
