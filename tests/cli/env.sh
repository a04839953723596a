# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=sh
# Puts the fob of a build folder, which need not be installed, before all others.  make check sets
# abs_top_srcdir and abs_top_builddir; by hand: abs_top_builddir=$PWD/build/gcc bats tests/cli/FILE.
: "${abs_top_builddir:?names the build folder to test}"
abs_top_srcdir=${abs_top_srcdir:-$(cd "${BATS_TEST_DIRNAME:-.}/../.." && pwd)}
PATH=$abs_top_builddir:$PATH
LD_LIBRARY_PATH=$abs_top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
FOB_LIBEXEC=$abs_top_builddir/.libs
FOB_TEST_PLUGINS=$abs_top_builddir/.libs
if [ -n "${FOB_TEST_VALGRIND-}" ]; then
    PATH=$abs_top_srcdir/tests/valgrind:$PATH
    # Workers of each sixth test, and of all with --long: one takes two seconds to start so.  They have no sandbox,
    # in which valgrind could not work.
    if [ -n "${FOB_TEST_LONG-}" ] || [ $((${BATS_TEST_NUMBER:-6} % 6)) -eq 0 ]; then
        FOB_WORKER_PREFIX="valgrind -q --log-file=$FOB_TEST_VALGRIND/%p --leak-check=full --show-leak-kinds=definite"
        export FOB_WORKER_PREFIX
    fi
fi
# On a kernel that cannot contain plugins, what a test's configuration has, too.
[ -n "${uncontained+known}" ] || {
    uncontained=
    "$abs_top_builddir/tests/cli/contained" || [ $? -ne 1 ] || uncontained='containment: { required: false }'
}
export abs_top_srcdir abs_top_builddir PATH LD_LIBRARY_PATH FOB_LIBEXEC FOB_TEST_PLUGINS uncontained
