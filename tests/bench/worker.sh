#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures the start of a worker against that of an empty program, in one run: `make bench`.  Ends with 1 when the limit
# is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-500}
bench=$abs_top_builddir/tests/bench
FOB_LIBEXEC=${FOB_LIBEXEC-$abs_top_builddir/.libs}
export FOB_LIBEXEC
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT

echo "== starting a worker, $rounds rounds"
"$bench/worker" "$rounds" "$bench/empty" >"$measured"
python3 "$abs_top_srcdir/tests/bench/report.py" "worker<=1.6*empty program" <"$measured"
