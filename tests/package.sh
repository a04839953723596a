#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# package.sh [--quick]: builds the Debian packages in build/package/packages, and tries them: lintian, a second build,
# what an administrator does (package_trial.sh), and debian/tests.  With --quick they are only built, in the clean
# Debian of an earlier call.
#
# As root, all that happens in a clean Debian of this machine's release, from this machine's sources.  Otherwise they
# are built on this machine, and not installed.  It fetches from Debian's archive, and is no part of check.sh.
set -eu

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

quick=
[ "${1-}" != --quick ] || quick=yes
work=$top/build/package
clean=$work/clean
trial=$work/trial

# within ROOT COMMAND: run it in the Debian in ROOT, whose processes end with it.
within()
{
    # shellcheck disable=SC2016 # for the other shell
    unshare --mount --pid --fork --kill-child sh -c 'mount -t proc proc "$1/proc" && mount -t tmpfs shm "$1/dev/shm" &&
        exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            sh -ec "$2"' sh "$1" "$2"
}

# bootstrap ROOT PACKAGES: a Debian with these, of the release and from the sources of this machine; or none, and 1.
bootstrap()
{
    rm -rf "$1"
    [ "$(id -u)" -eq 0 ] || return
    # shellcheck disable=SC2016 # for apt
    apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
        sort -u >"$work/sources.list"
    # shellcheck source=/dev/null
    if ! mmdebstrap --quiet --mode=root --variant=apt --include="$2" \
        "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$1" "$work/sources.list" ||
        ! within "$1" 'apt-get -qq update'; then
        rm -rf "$1"
        return 1
    fi
}

# The tarball, with debian/ beside it, in $work/source.  A tree whose NEWS is ahead of its version is on its way to
# that of NEWS.
make_source()
{
    SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct 2>/dev/null || stat -c %Y "$top/NEWS")
    export SOURCE_DATE_EPOCH
    make_configure
    mkdir -p "$work/dist"
    (cd "$work/dist" && ../../../configure --quiet && make -s dist)
    release=$(sed -n 's/^AC_INIT(\[fob\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
    version=$(sed -n '1s/^fob //p' "$top/NEWS")
    [ "$version" = "$release" ] || version="$version~$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d)"
    rm -rf "$work/source"
    mkdir "$work/source"
    cp "$work/dist/fob-$release.tar.xz" "$work/source/fob_$version.orig.tar.xz"
    tar -C "$work/source" -xf "$work/source/fob_$version.orig.tar.xz"
    mv "$work/source/fob-$release" "$work/source/tree"
    cp -r "$top/conf/packaging/debian" "$work/source/tree"
    maintainer=$(sed -n "s/^maintainer='\(.*\)'/\1/p" "$top/conf/packaging/release.sh")
    for file in "$work"/source/tree/debian/*.in; do
        sed -e "s/@maintainer@/$maintainer/" -e "s/@version@/$version-1/" \
            -e "s/@date@/$(date -u -R -d "@$SOURCE_DATE_EPOCH")/" "$file" >"${file%.in}"
        rm "$file"
    done
}

# build NAME: the packages of $work/source, into $work/NAME, by nobody.
build()
{
    rm -rf "${work:?}/$1"
    if [ ! -d "$clean" ]; then
        cp -r "$work/source" "$work/$1"
        (cd "$work/$1/tree" && dpkg-buildpackage -us -uc -j"$(nproc)") >"$work/$1.log" 2>&1 || {
            tail -n 40 "$work/$1.log"
            return 1
        }
        return
    fi
    rm -rf "${clean:?}/$1"
    cp -r "$work/source" "$clean/$1"
    chown -R 65534:65534 "$clean/$1"
    within "$clean" "apt-get -qq build-dep /$1/tree; cd /$1/tree
        exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent \
            dpkg-buildpackage -us -uc -j$(nproc)" >"$work/$1.log" 2>&1 || {
        tail -n 40 "$work/$1.log"
        return 1
    }
    mkdir "$work/$1"
    find "$clean/$1" -maxdepth 1 -type f -exec cp '{}' "$work/$1" ';'
    rm -rf "${clean:?}/$1"
}

# What lintian finds; nobody has asked Debian for fob yet, so no bug is to be closed.
inspect()
{
    lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$work"/packages/*.changes
}

# Whether both builds made the same files; of the machine and its folders only .buildinfo, named in .changes, knows.
compare()
{
    for file in "$work"/packages/*.deb "$work"/packages/*.dsc "$work"/packages/*.tar.xz; do
        cmp "$file" "$work/again/${file##*/}"
    done
}

# The packages once more, in $trial/lower, with a lower number.
number_lower()
{
    rm -rf "$work/lower"
    mkdir -p "$work/lower" "$trial/lower" "$trial/packages"
    for file in "$work"/packages/*.deb; do
        case $file in
        *-dbgsym_*) continue ;;
        esac
        cp "$file" "$trial/packages"
        dpkg-deb -R "$file" "$work/lower/tree"
        sed -i "s/$version-1/$version-0/g" "$work/lower/tree/DEBIAN/control"
        dpkg-deb --root-owner-group -b "$work/lower/tree" "$trial/lower" >/dev/null
        rm -r "$work/lower/tree"
    done
}

# What an administrator does in $trial.
administer()
{
    cp "$top/tests/package_trial.sh" "$trial/tmp"
    within "$trial" "exec sh /tmp/package_trial.sh"
}

# debian/tests in $trial.
journey()
{
    rm -rf "$work/journey"
    # shellcheck disable=SC2016 # for the other shell
    unshare --mount --pid --fork --kill-child --mount-proc sh -ec 'mount -t proc proc "$1/proc"
        mount -t tmpfs shm "$1/dev/shm"
        exec autopkgtest --output-dir="$2/journey" "$2"/packages/*.dsc "$1"/packages/*.deb -- chroot "$1"' \
        sh "$trial" "$work" >"$work/journey.log" 2>&1 || {
        tail -n 60 "$work/journey.log"
        return 1
    }
    grep -m 1 "^journey *PASS" "$work/journey.log"
}

mkdir -p "$work"
say "the source package"
make_source
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages autopkgtest lintian mmdebstrap
say "a clean Debian"
if [ -z "$quick" ] || [ ! -d "$clean" ]; then
    bootstrap "$clean" build-essential,debhelper || {
        echo "none can be made here, which needs root: building on this machine, and installing nothing"
        install_missing debhelper
    }
fi
say "building $version-1"
build packages

[ -z "$quick" ] || exit 0
say "lintian"
inspect
say "the same again: every byte is to be the same"
build again
compare
if [ -d "$clean" ]; then
    say "install, upgrade, remove, purge"
    bootstrap "$trial" openssl,python3
    number_lower
    administer
    say "debian/tests with what is installed"
    journey
fi
say "done: the packages are in build/package/packages"
