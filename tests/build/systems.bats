#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Other systems, as far as a compiler without their libraries can tell: musl, 32 bits.

load ../cli/common

setup()
{
    cd "$BATS_TEST_TMPDIR"
    [ "$(uname -m)" = x86_64 ] || skip "this is another machine"
    command -v gcc >/dev/null || skip "there is no gcc here"
    multiarch=/usr/include/x86_64-linux-gnu
    # What glibc lacks here is what only a linker wants.
    mkdir -p gnu libraries
    : >gnu/stubs-32.h
}

# accepts COMPILER...: it has no word against any source of fob.
accepts()
{
    local flags hub= postgresql=
    [ -e "$multiarch/microhttpd.h" ] || [ -e /usr/include/microhttpd.h ] || hub='! -path */src/hub/*'
    [ -e /usr/include/postgresql/libpq-fe.h ] || postgresql='! -path */src/store/postgresql/*'
    flags=$(env -u MAKEFLAGS make -s --no-print-directory -C "$abs_top_builddir" --eval='print-flags: ; $(info $(AM_CPPFLAGS)) @:' print-flags)
    # shellcheck disable=SC2086 # a list of words
    set -f
    find "$abs_top_srcdir/src" "$abs_top_srcdir/plugins" -name '*.c' $hub $postgresql -print0 |
        (cd "$abs_top_builddir" && eval "xargs -0 -n 8 -P 2 $* -std=gnu17 -fsyntax-only -Wall -Wextra -Werror \
            $flags -I$abs_top_srcdir/plugins -I$abs_top_srcdir/plugins/http -I. -idirafter $BATS_TEST_TMPDIR/libraries") >said 2>&1 || {
        head -n 40 said
        return 1
    }
}

@test "every source compiles for musl" {
    command -v musl-gcc >/dev/null || skip "there is no musl-gcc here"
    for header in linux asm asm-generic curl gcrypt.h gpg-error.h microhttpd.h yaml.h; do
        for folder in "$multiarch" /usr/include; do
            [ ! -e "$folder/$header" ] || ln -sf "$folder/$header" libraries/
        done
    done
    ln -s /usr/include/json-c/*.h libraries
    [ ! -d /usr/include/postgresql ] || ln -s /usr/include/postgresql/{libpq-fe,postgres_ext,pg_config_ext}.h libraries
    sed '/HAVE_\(CLOSE_RANGE\|EXECVEAT\|RENAMEAT2\)/d' "$abs_top_builddir/config.h" >config.h
    accepts musl-gcc -D_GNU_SOURCE -I"$BATS_TEST_TMPDIR"
}

@test "every source compiles for 32 bits" {
    accepts gcc -m32 -Wconversion -Wno-psabi -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 -idirafter "$multiarch" \
        -idirafter /usr/include/json-c -idirafter /usr/include/postgresql -I"$BATS_TEST_TMPDIR"
}

@test "a time_t that ends in 2038 is refused" {
    command -v autoconf >/dev/null || skip "there is no autoconf here"
    # Compiles for 32 bits, where only the linker's tests are for this machine.
    cat >cc <<-END
	#!/bin/sh
	case " \$* " in
	*' -c '*) exec gcc -m32 \$fob_test_flags -idirafter $multiarch -I$BATS_TEST_TMPDIR "\$@" ;;
	*) exec gcc "\$@" ;;
	esac
	END
    chmod +x cc
    cp "$abs_top_srcdir/m4/time.m4" .
    printf '#undef %s\n' _TIME_BITS _FILE_OFFSET_BITS >config.h.in
    for large in AC_SYS_LARGEFILE ''; do
        printf '%s\n' 'AC_INIT([x], [1])' 'm4_include([time.m4])' 'AC_PROG_CC' "$large" 'FOB_TIME' \
            'AC_CONFIG_HEADERS([config.h])' 'AC_OUTPUT' >configure.ac
        # Both files may be made in one second.
        autoconf --force
        run ./configure CC="$PWD/cc"
        if [ -n "$large" ]; then
            ended 0
            has "$(cat config.h)" '#define _TIME_BITS 64'
        else
            # glibc has no times of 64 bits without large files.
            ended 1
            has "$output" 'time_t has 32 bits, which end in 2038'
        fi
    done
}
