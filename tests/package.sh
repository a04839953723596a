#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# package.sh: builds the Debian packages in build/package/packages, and tries them: lintian, a second build, what an
# administrator does (package_trial.sh), debian/tests, the same split as RPM packages (package_rpm.sh), and a container
# (package_container.sh).
#
#   package.sh --quick        only builds, in the clean Debian of an earlier call
#   package.sh --rpm          only the RPM packages, after an earlier call
#
# All that happens in a clean Debian of this machine's release, from this machine's sources, which root can make, and a
# user with subordinate ids (subuid(5)) in a user namespace.  Otherwise the packages are built on this machine, and not
# installed.  It fetches from Debian's archive, and is no part of check.sh.
set -eu

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

only=${1-}
case $only in
'' | --quick | --rpm) only=${only#--} ;;
*)
    echo "usage: sh tests/package.sh [--quick | --rpm]" >&2
    exit 64
    ;;
esac
work=$top/build/package
clean=$work/clean
trial=$work/trial

# shellcheck source=tests/package_rpm.sh
. "$top/tests/package_rpm.sh"
# shellcheck source=tests/package_container.sh
. "$top/tests/package_container.sh"

# beside ROOT COMMAND...: run it, with what the Debian in ROOT needs of this kernel; its processes end with it.
beside()
{
    # shellcheck disable=SC2016 # for the other shell
    unshare --mount --pid --fork --kill-child --mount-proc sh -ec 'mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        mount -t tmpfs shm "$1/dev/shm"
        shift
        exec "$@"' sh "$@"
}

# within ROOT COMMAND: run it in the Debian in ROOT.
within()
{
    beside "$1" chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        sh -ec "$2"
}

# bootstrap ROOT PACKAGES: a Debian with these, of the release and from the sources of this machine; none without root.
bootstrap()
{
    rm -rf "$1"
    [ "$(id -u)" -eq 0 ] || return 0
    # shellcheck disable=SC2016 # for apt
    apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
        sort -u >"$work/sources.list"
    # shellcheck source=/dev/null
    mmdebstrap --quiet --mode=root --skip=chroot/mount/sys --variant=apt --include="$2" \
        "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$1" "$work/sources.list"
    within "$1" 'apt-get -qq update'
}

# fill_in FILE SUFFIX FORMAT: it, with what is known here; the version gets the SUFFIX, and a date is in date's FORMAT.
fill_in()
{
    sed -e "s/@maintainer@/$maintainer/" -e "s/@version@/$version$2/" -e "s/@release@/$release/" \
        -e "s/@date@/$(date -u -d "@$SOURCE_DATE_EPOCH" "$3")/" "$1"
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
        fill_in "$file" -1 -R >"${file%.in}"
        rm "$file"
    done
}

# logged NAME COMMAND...: run it with its output in $work/NAME.log, whose end is shown if it fails.
logged()
{
    log=$work/$1.log
    shift
    "$@" >"$log" 2>&1 || {
        tail -n 60 "$log"
        return 1
    }
}

# by_nobody NAME COMMAND: run COMMAND in the folder NAME, which is in the clean Debian for that time, if there is one.
by_nobody()
{
    if [ ! -d "$clean" ]; then
        (cd "$work/$1" && logged "$1" sh -ec "$2")
        return
    fi
    rm -rf "${clean:?}/$1"
    mv "$work/$1" "$clean/$1"
    chown -R 65534:65534 "$clean/$1"
    status=0
    logged "$1" within "$clean" "[ ! -d /$1/tree ] || apt-get -qq build-dep /$1/tree
        cd /$1 && exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent \
            SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH sh -ec '$2'" || status=1
    chown -R 0:0 "$clean/$1"
    mv "$clean/$1" "$work/$1"
    return "$status"
}

# build NAME: the packages of $work/source, into $work/NAME.
build()
{
    rm -rf "${work:?}/$1"
    cp -r "$work/source" "$work/$1"
    by_nobody "$1" "cd tree; exec dpkg-buildpackage -us -uc -j$(nproc)"
    rm -r "${work:?}/$1/tree"
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
    logged journey beside "$trial" autopkgtest --output-dir="$work/journey" "$work"/packages/*.dsc \
        "$trial"/packages/*.deb -- chroot "$trial"
    cat "$work/journey/summary"
}

mkdir -p "$work"
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages autopkgtest debhelper lintian mmdebstrap rpm rpmlint uidmap
if [ "$(id -u)" -ne 0 ]; then
    if unshare --map-root-user --map-auto --mount --pid --fork --mount-proc true; then
        say "in a user namespace, whose files only it can delete: unshare --map-root-user --map-auto rm -r build/package"
        exec unshare --map-root-user --map-auto --mount --pid --fork --kill-child --mount-proc sh "$0" "$@"
    fi
    say "no clean Debian can be made here: that needs root, or subordinate ids and user namespaces"
    echo "building on this machine, and installing nothing"
fi

say "the source package"
make_source
[ "$only" = quick ] || [ -d "$work/packages" ] || only=
if [ -z "$only" ] || [ ! -d "$clean" ]; then
    say "a clean Debian"
    bootstrap "$clean" build-essential,debhelper,file,rpm
fi
if [ "$only" != rpm ]; then
    say "building $version-1"
    build packages
fi
[ "$only" != quick ] || exit 0

if [ -z "$only" ]; then
    say "lintian"
    inspect
    say "the same again: every byte is to be the same"
    build again
    compare
fi
say "the same split as RPM packages"
build_rpm
compare_rpm
logged rpmlint inspect_rpm
echo "ok      the same files, and rpmlint"
if [ -z "$only" ] && [ -d "$clean" ]; then
    say "install, upgrade, remove, purge"
    bootstrap "$trial" openssl,python3,rpm
    number_lower
    administer
    administer_rpm
    say "debian/tests with what is installed"
    journey
    say "a container"
    read -r _ outside _ </proc/self/uid_map
    if [ "$outside" -eq 0 ]; then
        install_missing podman runc
        bootstrap "$work/base" apt
        logged containers build_image "$work/base"
        logged containers use_image
        rm -rf "$work/containers" "$work/base"
        echo "ok      init, check, two volumes"
    else
        echo "none: only root runs containers in what this script makes"
    fi
fi
say "done: the packages are in build/package/packages and build/package/rpm"
