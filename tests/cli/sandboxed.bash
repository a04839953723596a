# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=bash
# What the files share that talk to a sandbox; each may have a function of its own instead.

# shellcheck source=tests/cli/common.bash
. "${BASH_SOURCE[0]%/*}/common.bash"

setup()
{
    new_store
}

setup_file()
{
    start_sandbox
}

teardown_file()
{
    sandbox stop
}

teardown()
{
    secretless
    stop_own_sandbox
}
