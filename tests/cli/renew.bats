#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Tokens that rotate: each refresh token can be used once, and none is lost.

load common

setup()
{
    make_home
    sed -i "s|^plugins:.*|plugins: [ $abs_top_builddir/tests/plugins/.libs, $FOB_TEST_PLUGINS ]|" fob.yaml
    fob init 2>/dev/null
    server=$home/server
    mkdir "$server"
    mkfifo "$home/until"
    python3 "$abs_top_srcdir/tests/cli/rotating.py" "$server" <"$home/until" 3>&- &
    exec {until}>"$home/until"
    until [ -e "$server/port" ]; do sleep 0.02; done
    cat >providers.d/rotating.yaml <<-END
	provider: rotating
	plugin: rotating
	fields: [ { name: id } ]
	options: { base_url: "http://127.0.0.1:$(cat "$server/port")" }
	END
}

teardown()
{
    exec {until}>&-
    untold
}

# link ACCOUNT: its first token needs a renewal at once.
link()
{
    echo 5 >"$server/expires"
    fob link rotating "$1" --field id="$1" >/dev/null
    echo "${2-3600}" >"$server/expires"
}

# counts CALLS GRANTS REUSES: what the server has seen.
counts()
{
    [ "$(cat "$server/counts")" = "$*" ] || { cat "$server/counts"; return 1; }
}

# instead_of_renew [WORD...]: run these words, with the program at the end, in place of fob-renew.
instead_of_renew()
{
    libexec=$home/libexec
    rm -rf "$libexec"
    mkdir -p "$libexec"
    cp "$(program fob-worker)" "$libexec"
    cp "$abs_top_builddir/tests/cli/instead" "$libexec/fob-renew"
    printf '%s\n' "$@" "$(program fob-renew)" >"$libexec/instead"
    export FOB_LIBEXEC=$libexec
}

@test "a token that rotates is renewed by fob-renew, once for all who want it" {
    local number
    link acme
    echo 0.3 >"$server/pause"
    for number in 1 2 3 4 5 6; do
        fob get acme token >"got-$number" 2>&1 &
        users+=("$!")
    done
    for number in "${users[@]}"; do wait "$number"; done
    [ "$(cat got-* | sort -u)" = access-acme-11 ]
    counts 1 1 0
    [ "$(fob get acme refresh_token)" = refresh-acme-11 ]
    [ "$(stat -c %s store/accounts/.acme.renew)" -eq 0 ]
}

@test "workers that are killed at random lose no account and no token" {
    local account kills=60
    [ -z "${FOB_TEST_LONG-}" ] || kills=300
    for account in a b c d; do
        link "$account" 5
    done
    echo 0.02 >"$server/pause"
    split python3 "$abs_top_srcdir/tests/cli/renewals.py" kills "$server" "$(program fob)" "$kills"
    ended 0
    echo 3600 >"$server/expires"
    # Each call had its answer stored: the numbers of the last tokens add up to the calls.
    total=0
    for account in a b c d; do
        fob validate "$account" >/dev/null
        total=$((total + $(fob get "$account" refresh_token | tr -dc 0-9) - 10))
    done
    counts "$total" "$total" 0
    [ "$total" -gt 20 ]
    echo "$output, $total renewals"
    run fob check
    ended 0
}
