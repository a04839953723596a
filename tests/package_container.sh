#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The part of package.sh that makes an image by conf/packaging/Containerfile, of a Debian that it makes itself, and uses
# it with podman.
# shellcheck shell=sh disable=SC2154 # variables of package.sh

containers()
{
    podman --root "$work/containers/root" --runroot "$work/containers/run" --storage-driver overlay \
        --cgroup-manager cgroupfs --runtime runc "$@"
}

# in_container OPTION... fob ARGUMENT...: in a new container, with the two volumes.  Machines may have less than podman's
# own limits.
in_container()
{
    containers run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 -v store:/store -v key:/key "$@"
}

build_image()
{
    rm -rf "$work/containers"
    tar -C "$1" -c . | containers import --quiet - localhost/base
    containers build --isolation chroot --build-arg BASE=localhost/base --tag fob \
        --file "$top/conf/packaging/Containerfile" "$work/packages"
}

# What one container makes, the next has, and no plugin is refused there.
use_image()
{
    in_container fob init
    in_container fob check
    # shellcheck disable=SC2016 # for the other shell
    in_container --entrypoint sh fob -ec '[ "$(id -un)" = fob ] && [ -f /key/fob/key ] && [ -f /store/fob/header ]'
}
