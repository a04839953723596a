#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Makes a release of what is committed: checks it, makes the tarball with its checksum, and signs a tag.
#
#   release.sh [--checked]     with --checked, tests/check.sh was run on this commit and is not run again
#
# What stays for a person is printed at the end.
set -eu

maintainer='The fob authors <fob@example.invalid>'
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"

refuse()
{
    echo "release: $1" >&2
    exit 1
}

case ${1-} in
--checked) checked=yes ;;
'') checked= ;;
*)
    echo "usage: conf/packaging/release.sh [--checked]" >&2
    exit 64
    ;;
esac

version=$(sed -n 's/^AC_INIT(\[fob\], \[\([^]]*\)\].*/\1/p' configure.ac)
tag=v$version
[ -z "$(git status --porcelain)" ] || refuse "there is something that is not committed"
! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || refuse "$tag is there: set the version in configure.ac"
[ "$(head -n 1 NEWS)" = "fob $version" ] || refuse "NEWS does not begin with \"fob $version\""
last=$(git describe --abbrev=0 --match 'v*' 2>/dev/null || true)
if [ -n "$last" ] && ! git diff --quiet "$last" -- tests/abi &&
    ! git diff "$last" -- configure.ac | grep -q '^+.*LIBFOB'; then
    refuse "the ABI changed since $last, and LIBFOB_VERSION in configure.ac did not"
fi

[ -n "$checked" ] || sh tests/check.sh

# The same commit gives the same tarball.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
[ -x configure ] || ./autogen.sh >/dev/null
mkdir -p build/release
(cd build/release && ../../configure --quiet && make -s dist)
(cd build/release && sha256sum "fob-$version.tar.xz" >"fob-$version.tar.xz.sha256")
git tag --sign --message "fob $version" "$tag"

cat <<END
build/release/fob-$version.tar.xz: made from $tag
For a person to do:
- git push origin $tag
- sign the tarball: gpg --armor --detach-sign build/release/fob-$version.tar.xz
- publish it with its checksum and signature, and the part of NEWS that is about $version
- write to those who asked for it, from $maintainer
END
