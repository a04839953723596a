#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# conf/packaging/release.sh, in a repository that has just what it reads.

load ../cli/common

setup()
{
    make_home
    mkdir -p repo/conf/packaging repo/tests/abi
    cd repo || return
    git init -q -b main .
    git config user.name tester
    git config user.email tester@example.invalid
    # What signs, without a key of its own.
    printf '#!/bin/sh\ncat >/dev/null\necho "[GNUPG:] SIG_CREATED " >&2\necho "-----BEGIN PGP SIGNATURE-----"\n' >../sign
    chmod +x ../sign
    git config gpg.program "$PWD/../sign"
    cp "$abs_top_srcdir/conf/packaging/release.sh" conf/packaging/
    printf 'AC_INIT([fob], [9.8.7], [], [fob])\nAC_SUBST([LIBFOB_VERSION], [0:0:0])\n' >configure.ac
    printf 'fob 9.8.7\n' >NEWS
    echo build >.gitignore
    echo one >tests/abi/libfob.abi
    printf '#!/bin/sh\nprintf "dist:\\n\\t@echo tarball >fob-9.8.7.tar.xz\\n" >Makefile\n' >configure
    printf 'echo checked; exit 3\n' >tests/check.sh
    chmod +x configure
    save "begin"
}

save()
{
    git add -A
    git commit -qm "$1"
}

# refuses WORDS: a release is not made, and why.
refuses()
{
    run sh conf/packaging/release.sh --checked
    ended 1 || return
    has "$output" "release: $1" || return
    [ ! -e build ]
}

@test "a release is a tarball, its checksum and a signed tag" {
    run sh conf/packaging/release.sh --checked
    ended 0 || return
    (cd build/release && sha256sum -c --quiet fob-9.8.7.tar.xz.sha256)
    has "$(git cat-file -p v9.8.7)" 'BEGIN PGP SIGNATURE'
    has "$output" 'git push origin v9.8.7'
    [ -z "$(git status --porcelain)" ]
}

@test "a release that fails its checks is not made" {
    run sh conf/packaging/release.sh
    ended 3 || return
    has "$output" checked
    [ -z "$(git tag)" ]
    [ ! -e build ]
}

@test "nothing is released twice, in part, or without an entry in NEWS" {
    echo more >>NEWS
    refuses 'there is something that is not committed'
    git checkout -q NEWS
    printf 'fob 9.8.8\n' >NEWS
    save "NEWS: the next"
    refuses 'NEWS does not begin with "fob 9.8.7"'
    git revert --no-edit HEAD >/dev/null
    git tag v9.8.7
    refuses 'v9.8.7 is there'
}

@test "a changed ABI has another version" {
    git tag -m 'fob 9.8.6' v9.8.6
    echo two >tests/abi/libfob.abi
    save "libfob: change"
    refuses 'the ABI changed since v9.8.6, and LIBFOB_VERSION in configure.ac did not'
    sed -i 's/0:0:0/1:0:0/' configure.ac
    save "libfob: count"
    run sh conf/packaging/release.sh --checked
    ended 0
}
