#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# tests/lib.sh, which demo.sh and check.sh install packages with, while another program holds apt's locks.

load ../cli/common
BATS_TEST_TIMEOUT=60

setup()
{
    command -v apt-get >/dev/null || skip "there is no apt-get here"
    is_root || skip "sudo would hide this test's own apt"
    home=$BATS_TEST_TMPDIR
    cd "$home"
    mkdir -p "$home"/etc/apt "$home"/var/lib/dpkg "$home"/var/lib/apt/lists/partial "$home"/var/cache/apt/archives/partial
    : >"$home/var/lib/dpkg/status"
    echo "Dir \"$home\";" >"$home/apt.conf"
    export APT_CONFIG=$home/apt.conf
}

teardown()
{
    release
}

# hold FILE: lock it as apt does, until release.
hold()
{
    python3 - "$home/var/lib/$1" "$home/held" 3>&- <<-END &
	import fcntl, sys, time
	lock = open(sys.argv[1], "a")
	fcntl.lockf(lock, fcntl.LOCK_EX)
	open(sys.argv[2], "w").close()
	time.sleep(600)
	END
    holder=$!
    wait_until [ -e "$home/held" ]
    rm "$home/held"
}

release()
{
    if [ -n "${holder:-}" ]; then
        kill "$holder" || true
        wait "$holder" || true
        holder=
    fi
}

# install [COMMAND]: what a package that is not to be found makes of it, into the file said.
install()
{
    sh -c ". \"\$0\"; ${1:-:}; install_missing fob-no-such-package" "$abs_top_srcdir/tests/lib.sh" \
        >said 2>&1
}

@test "the installation waits for a busy package manager, whichever lock is held" {
    for lock in apt/lists/lock dpkg/lock-frontend dpkg/lock; do
        rm -f said
        hold "$lock"
        install 3>&- &
        job=$!
        wait_until grep -q "busy, waiting at most 300 seconds: Could not get lock $home/var/lib/$lock" said
        kill -0 "$job"
        release
        reap "$job"
        ended 1
        has "$(cat said)" "Unable to locate package fob-no-such-package"
    done
}

@test "the installation gives up if the package manager stays busy" {
    hold dpkg/lock-frontend
    run -75 install patience=1
    has "$(cat said)" "the package manager is still busy after 1 seconds: try again later"
}
