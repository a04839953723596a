#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Holds the ABI of the libraries, and of what a plugin declares, against the one that is kept here;
# only what the public headers name counts.  What was added is told, what was changed is a failure.
#
#   check.sh [--update]     with abs_top_srcdir and abs_top_builddir set, as make does
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"
here=$abs_top_srcdir/tests/abi

# What is kept is one machine's; sanitizers and the lack of debugging information hide the ABI.
cannot()
{
    echo "the ABI cannot be told: $1"
    exit 77
}
for tool in abidw abidiff readelf; do
    command -v "$tool" >/dev/null || cannot "$tool is not installed"
done
[ "$(uname -m)" = x86_64 ] || cannot "the one that is kept is for x86_64"
! grep -q '^FOB_CFLAGS = .*-fsanitize=' "$abs_top_builddir/Makefile" || cannot "built with sanitizers"
readelf -S "$abs_top_builddir/.libs/libfob.so" | grep -q '\.debug_info' || cannot "built without -g"

# The ABI of a built library into a file, without the names of folders.
read_abi()
{
    abidw --headers-dir "$abs_top_srcdir/src/include/fob" --drop-private-types \
        --exported-interfaces-only --drop-undefined-syms --no-corpus-path --no-comp-dir-path \
        --no-show-locs --no-elf-needed --no-parameter-names --no-write-default-sizes \
        --out-file "$2" "$abs_top_builddir/.libs/$1.so"
    sed -i "s,path='[^']*/\(src\|plugins\)/,path='\1/," "$2"
}

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
trap 'exit 1' INT TERM HUP
failed=0
# The debug plugin stands for all: its only symbol is the declaration.
for library in libfob libfob-http libfob-plugin debug; do
    read_abi "$library" "$new/$library.abi"
    if [ "${1-}" = --update ]; then
        cp "$new/$library.abi" "$here"
    elif ! abidiff --no-added-syms "$here/$library.abi" "$new/$library.abi"; then
        failed=1
    else
        abidiff "$here/$library.abi" "$new/$library.abi" || echo "$library: additions, no failure"
    fi
done
if [ "$failed" -ne 0 ]; then
    echo "The ABI is not the one that is kept.  When that is meant, and the versions in configure.ac"
    echo "and the history in fob_plugin(3) say so: make update-abi"
fi
exit "$failed"
