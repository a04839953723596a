#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Runs every test of fob: with gcc and clang, under sanitizers and valgrind, and from a tarball.
# With --long, the long campaigns too.  Ends with a line "N passed, N failed".
set -u

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

passed=0
failed=0
# Tests that failed beside others and passed by themselves.
unsteady=
# The words before make check, and what make is to do instead.
kernel=
goal=check
# The tests that run with ThreadSanitizer.
threads="tests/unit/test_threads tests/unit/test_sweep tests/unit/test_fork tests/unit/test_fork_return tests/unit/test_inbox"
long=
case ${1-} in
--long) long=yes ;;
'') ;;
*)
    echo "usage: sh tests/check.sh [--long]" >&2
    exit 64
    ;;
esac
export FOB_TEST_LONG="$long"

# More than there are processors: some tests wait.
jobs=$((3 * $(nproc)))

# took BEGUN: how long it is since then.
took()
{
    echo "$(($(date +%s) - $1)) s"
}

# begin COMMAND: in the background, while a suite runs, whose processes go first; part counts it.
begin()
{
    (set -e; sh -c 'renice -n 10 -p $PPID'; "$@") >"$top/build/log" 2>&1 &
}

# part NAME [COMMAND]: count one thing that is done or not: the command, or what was begun.
part()
{
    name=$1
    begun=$(date +%s)
    shift
    if [ $# -eq 0 ]; then
        wait $!
    else
        # Not in the condition of an if, where -e would be ignored.
        (set -e; "$@") >"$top/build/log" 2>&1
    fi
    status=$?
    if [ "$status" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok      $name, $(took "$begun")"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        # What each failed test says of itself, and how it all ended.
        grep -E -A 15 '^not ok|FAILED  \]' "$top/build/log" | head -n 200
        tail -n 60 "$top/build/log"
    fi
}

# Tests that were skipped in the files of LOG, the log of make check.
count_skipped()
{
    sed -n 's/^PASS: //p' "$1" | sed 's/\.[a-z]*$//; s/$/.log/' | xargs cat |
        awk '/^ok .*# skip/ { n++ } /^\[  SKIPPED \] [0-9]/ { n += $4 } END { print n + 0 }'
}

# Sum the numbers of RESULT in LOG, the log of make check.
count_results()
{
    sed -n "s/^# \\($1\\): *//p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# run_again [MAKE ARGUMENTS]: whether the few tests of $folder that failed pass by themselves.
run_again()
{
    tests=$(sed -n 's/^\(FAIL\|ERROR\): //p' "$log" | sort -u | xargs)
    [ "$bad" -le 3 ] && [ -n "$tests" ] || return 1
    echo "once more, by themselves: $tests"
    (cd "$folder" && $kernel env --default-signal make "$goal" "$@" TESTS="$tests") >"$log.again" 2>&1
}

# suite NAME FOLDER [MAKE ARGUMENTS]: run make check in build/FOLDER and count its tests.  Who started
# this in the background may have had SIGINT ignored, which tests send.
suite()
{
    name=$1
    folder=$top/build/$2
    shift 2
    log=$folder/check.log
    begun=$(date +%s)
    (cd "$folder" && $kernel env --default-signal make -j"$jobs" "$goal" "$@") >"$log" 2>&1
    status=$?
    good=$(count_results PASS "$log")
    bad=$(count_results 'FAIL\|ERROR\|XPASS' "$log")
    [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    [ "$good" -gt 0 ] || bad=$((bad + 1))
    skipped=$(cd "$folder" && count_skipped "$log")
    echo "$name: $good passed, $bad failed, $(took "$begun"); $skipped tests in them were skipped"
    if [ "$bad" -gt 0 ]; then
        grep -E '^(FAIL|ERROR|XPASS)' "$log"
        cat "$folder/test-suite.log" 2>/dev/null || tail -n 60 "$log"
        if run_again "$@"; then
            unsteady="$unsteady $tests"
            good=$((good + bad))
            bad=0
        fi
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

# For what the sanitizers do not see: a journey and the unit tests, the longest first.  All of the command's tests with
# --long.
# A child of fork() loses what the parent's other threads held, and the books on locked pages: there LeakSanitizer
# looks at the parent alone.
# test_mask_work counts blocks of what test_mask runs, and would take minutes.  test_worker_process takes system calls
# away, some of which valgrind needs or does not know; test_worker_lack takes memory away.  test_log_kills stops at each
# system call, and valgrind makes many of its own; of test_threads it runs one thread at a time: both take a minute, and
# run with --long.
in_valgrind()
{
    files=tests/cli/journey.bats
    slow="log_kills threads"
    [ -z "$long" ] || { files=$(cd "$top" && echo tests/cli/*.bats); slow=; }
    forking="engine exec fork fork_return rotate secret store_faults"
    others=$(make -s -C "$top/build/gcc" print-unit-tests | tr ' ' '\n' |
        grep -vE "/test_($(echo "$forking mask_work worker_lack worker_process $slow" | tr ' ' '|'))\$" | xargs)
    FOB_TEST_VALGRIND=$top/build/gcc/valgrind
    export FOB_TEST_VALGRIND
    rm -rf "$FOB_TEST_VALGRIND"
    mkdir "$FOB_TEST_VALGRIND"
    suite "valgrind" gcc TESTS="$files $others" \
        LOG_FLAGS="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
    # shellcheck disable=SC2086 # a list of words
    suite "valgrind, forks" gcc TESTS="$(printf 'tests/unit/test_%s ' $forking)" \
        LOG_FLAGS="valgrind -q --error-exitcode=99"
    # Of a worker no test sees the exit status.
    if reports=$(cat "$FOB_TEST_VALGRIND"/*) && ! echo "$reports" | grep '^=='; then
        passed=$((passed + 1))
        echo "ok      fob and its workers under valgrind"
    else
        failed=$((failed + 1))
        echo "FAILED  fob and its workers under valgrind"
    fi
    unset FOB_TEST_VALGRIND
}

# All tests were run in build folders.  What is to be shown of the tarball is that every file is in it, and that it
# builds, works, installs, and leaves nothing behind; and that clang has no warning.  With --long it runs every test,
# too, which are for gcc.
distcheck()
{
    clang="--enable-werror CC=clang"
    if [ -n "$long" ]; then
        build clang --enable-werror CC=clang CFLAGS=-O0
        clang=
    else
        set -- TESTS=tests/cli/journey.bats check_PROGRAMS= check_LTLIBRARIES=
    fi
    env --default-signal VERBOSE=1 make -s -j"$(nproc)" -C "$top/build/gcc" distcheck \
        DISTCHECK_CONFIGURE_FLAGS="--quiet CFLAGS=-O0 $clang" "$@"
    cd "$top"
    [ -d .git ] || return 0
    tar -tf build/gcc/fob-*.tar.xz | sed 's,[^/]*/,,' | LC_ALL=C sort >build/in-tarball
    git ls-files -- . ':!.ci' ':!.gitignore' | LC_ALL=C sort | LC_ALL=C comm -23 - build/in-tarball >build/missing
    [ ! -s build/missing ] || {
        echo "these files are not in the tarball:"
        cat build/missing
        return 1
    }
}

tree_is_clean()
{
    cd "$top"
    [ -d .git ] || return 0
    [ -z "$(git status --porcelain --untracked-files=normal)" ] || {
        git status --porcelain
        return 1
    }
}

find_bad_shell()
{
    cd "$top"
    git ls-files '*.sh' .ci/run | xargs shellcheck -x
    # bats sets variables that shellcheck cannot see.
    git ls-files '*.bash' '*.bats' tests/valgrind/fob | xargs shellcheck -x --severity=error
}

find_bad_format()
{
    cd "$top"
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror
}

# What two static analyzers find.  The memory that gcc 12 takes for lost is held by what lies at an index that is not
# a constant, or is freed by another file's function: losses are looked for by cppcheck, valgrind and LeakSanitizer.
find_faults()
{
    cd "$top"
    cppcheck -q -j"$(nproc)" --std=c11 --enable=warning,portability,performance --inline-suppr --error-exitcode=1 \
        -I src -I src/include -I tests/unit -I build/gcc --include=build/gcc/config.h src plugins tests
    # No more than the compiler, with the flags of the build with gcc, warnings as errors.
    rm -rf build/analyzer
    mkdir build/analyzer
    cd build/analyzer
    # shellcheck disable=SC2016 # it is for make
    words='$(DEFS) $(AM_CPPFLAGS) $(CURL_CFLAGS) $(GCRYPT_CFLAGS) $(JSON_CFLAGS) $(LIBPQ_CFLAGS) $(MICROHTTPD_CFLAGS) $(YAML_CFLAGS) $(AM_CFLAGS)'
    flags=$(make -s --no-print-directory -C ../gcc --eval="print-flags: ; \$(info $words) @:" print-flags)
    find ../../src ../../plugins -name '*.c' -print0 |
        eval "xargs -0 -n 16 -P $(nproc) gcc $flags -I../gcc -I../../plugins -I../../plugins/http -O0 -fanalyzer -Wno-analyzer-malloc-leak -S"
}

find_bad_words()
{
    cd "$top"
    git ls-files -- ':!COPYING' ':!tests/fuzz/corpus' |
        xargs codespell --builtin clear,rare,en-GB_to_en-US -I tests/build/spelling.txt
    python3 tests/build/words.py
}

build_sanitizers()
{
    # Less debugging information is enough for a report, and takes a fifth off the time.
    stage asan --enable-sanitizers --enable-werror CFLAGS="-g1 -O1"
    # What these tests run, and no more.
    goals="$threads tests/plugins/told.la fob-worker fob-renew"
    build tsan --enable-sanitizers=thread --enable-werror CFLAGS="-g1 -O1"
}

mkdir -p "$top/build/bin"
# shellcheck disable=SC2086 # lists of words
install_missing $build_packages $check_packages || exit 1
install_npm || exit 1
# With this, what needs node fails without it.
export FOB_TEST_NPM="$top/build/npm"
# A version manager's python3 takes nine times as long to start as the package's, and the tests start thousands.
ln -sf /usr/bin/python3 "$top/build/bin"
PATH=$top/build/bin:$PATH
before=$(cd "$top" && git status --porcelain 2>/dev/null)
make_configure

say "gcc"
part "build with gcc, warnings as errors" stage gcc --enable-werror
if uncontained "$top/build/gcc/stage"; then
    say "this kernel cannot contain plugins: the tests' configurations permit that, and tests of containment are skipped"
fi
suite "gcc" gcc
say "the demonstration"
part "tests/demo.sh" sh "$top/tests/demo.sh" "$top/build/gcc/stage"
say "the same, and tests, on a kernel without Landlock and seccomp"
kernel="$top/build/gcc/tests/cli/without landlock,seccomp"
# shellcheck disable=SC2086 # a list of words
part "tests/demo.sh, uncontained" $kernel sh "$top/tests/demo.sh" "$top/build/gcc/stage"
suite "uncontained" gcc TESTS="tests/cli/containment.bats tests/unit/test_dispatch tests/unit/test_sandbox
    ${long:+tests/cli/exec.bats tests/cli/journey.bats tests/cli/kit.bats tests/cli/plugins.bats tests/cli/policy.bats}"
kernel=
say "valgrind, and builds with sanitizers"
begin build_sanitizers
in_valgrind
part "build with AddressSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer"
say "AddressSanitizer and UndefinedBehaviorSanitizer, and the tarball"
begin distcheck
suite "sanitizers" asan
part "make distcheck with clang, warnings as errors"
say "ThreadSanitizer, cppcheck, and gcc's analyzer"
begin find_faults
goal=check-TESTS
suite "threads" tsan TESTS="$threads" check_PROGRAMS="$threads" check_LTLIBRARIES=tests/plugins/told.la
goal=check
part "cppcheck and gcc -fanalyzer"
say "scripts, tree"
part "shellcheck" find_bad_shell
part "clang-format" find_bad_format
part "spelling and words" find_bad_words
if [ -n "$long" ]; then
    # shellcheck disable=SC2086 # a list of words
    install_missing $bench_packages
    part "make bench" make -s -C "$top/build/gcc" bench
fi
[ -n "$before" ] || part "the tree is clean" tree_is_clean

[ -z "$unsteady" ] || say "passed only by themselves, which is a fault of the test or of fob:$unsteady"
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
