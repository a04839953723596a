# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# What demo.sh and check.sh share: installing what is missing, building, the sandbox's URL.
# shellcheck shell=sh disable=SC2034 # the lists are used by those who read this file

top=$(cd "$(dirname "$0")/.." && pwd)
case $top in
*[[:space:]]*)
    echo "$top: libtool builds nothing in a folder with a blank in its name: clone fob elsewhere" >&2
    exit 78
    ;;
esac

build_packages="gcc make autoconf automake libtool pkg-config libc6-dev libcurl4-openssl-dev
    libjson-c-dev libgcrypt20-dev libyaml-dev libmicrohttpd-dev libpq-dev python3 openssl"
check_packages="clang clang-format cppcheck libclang-rt-14-dev libcmocka-dev libpam0g-dev bats valgrind mandoc jq curl shellcheck
    codespell strace gdb git binutils xz-utils abigail-tools zsh fish busybox systemd vim-tiny
    procps python3-jsonschema python3-yaml musl-tools nginx-light chromium chromium-driver
    python3-selenium postgresql"
bench_packages="git pass gnupg curl jq nginx-light openssl wrk"

say()
{
    printf '\n==> %s\n' "$*"
}

# Run apt-get with these arguments.  While another program holds one of its locks, as automatic upgrades do on a
# fresh machine, wait: all calls together at most $patience seconds.
patience=300
waited=0
packages()
{
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    until words=$($sudo env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" 2>&1 >/dev/null); do
        held=$(echo "$words" | sed -n 's/^E: \(Could not get lock\)/\1/p')
        if [ -z "$held" ]; then
            echo "$words" >&2
            return 1
        fi
        if [ "$waited" -ge "$patience" ]; then
            echo "the package manager is still busy after $patience seconds: try again later" >&2
            exit 75
        fi
        [ "$waited" -gt 0 ] ||
            echo "the package manager is busy, waiting at most $patience seconds: $held"
        sleep 1
        waited=$((waited + 1))
    done
}

# Install those of the named Debian packages that are missing.
install_missing()
{
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing:$missing"
    # What an update cannot fetch, the lists on this machine may still name.
    packages update || true
    # shellcheck disable=SC2086 # a list of words
    packages install -y --no-install-recommends $missing
}

# Install the packages of tests/npm, which tests are held against, in build/npm.
install_npm()
{
    command -v npm >/dev/null || install_missing nodejs npm
    mkdir -p "$top/build/npm"
    cp "$top"/tests/npm/*.json "$top/build/npm"
    (cd "$top/build/npm" && npm ci --silent --no-audit --no-fund)
}

make_configure()
{
    if [ ! -x "$top/configure" ] ||
        [ -n "$(find "$top" '(' -name Makefile.am -o -name configure.ac -o -name '*.m4' ')' \
            -newer "$top/configure" | head -n 1)" ]; then
        (cd "$top" && ./autogen.sh >/dev/null 2>&1)
    fi
}

# uncontained STAGE: whether the fob in STAGE runs no plugin on this kernel, as it cannot contain any.
uncontained()
{
    env -u FOB_CONFIG "$1/bin/fob" check 2>&1 | grep -q '^no plugin can run: '
}

# build FOLDER [CONFIGURE OPTIONS]: configure and build in build/FOLDER all, or $goals.
goals=
build()
{
    folder=$top/build/$1
    shift
    mkdir -p "$folder"
    (
        cd "$folder" || exit
        # libtool and make's recipes take a fifth less time of the processor with it than with bash.
        CONFIG_SHELL=/bin/sh ../../configure --quiet --prefix="$folder/stage" --sysconfdir="$folder/stage/etc" \
            --localstatedir="$folder/stage/var" "$@"
        # shellcheck disable=SC2086 # a list of words
        env --default-signal make -s -j"$(nproc)" $goals >/dev/null
    )
}

# stage FOLDER [CONFIGURE OPTIONS]: the same, and install into build/FOLDER/stage.
stage()
{
    build "$@"
    make -s -C "$top/build/$1" install >/dev/null
}
