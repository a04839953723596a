# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=bash
# Shared by the files that use a sandbox; each may replace a function by its own.

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
