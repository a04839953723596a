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

# asked COUNTS: wait until the server has seen them.
asked()
{
    for _ in {1..3000}; do
        [ "$(cat "$server/counts")" != "$1" ] || return 0
        sleep 0.02
    done
    return 1
}

# instead_of_renew [WORD...]: run these words, with the program at the end, in place of fob-renew.
instead_of_renew()
{
    libexec=$home/libexec
    rm -rf "$libexec"
    mkdir -p "$libexec"
    cp -P "$(program fob-worker)" "$abs_top_builddir"/.libs/libfob*.so* "$libexec"
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
    [ "$total" -gt 4 ]
    echo "$output, $total renewals"
    run fob check
    ended 0
}

# changing_calls_of_renew: the calls of fob-renew that change files.
changing_calls_of_renew()
{
    link acme
    instead_of_renew strace -qq -o "$home/made" \
        -e trace=write,pwrite64,fallocate,ftruncate,fsync,fdatasync,rename,renameat,renameat2,flock
    fob get acme token >/dev/null
    sed 's/(.*//' made | sort -u
}

# again WORDS: a new acme, whose first use is made with strace -e inject=WORDS in fob-renew.
again()
{
    rm -f store/accounts/acme store/accounts/.acme.renew made
    link acme
    instead_of_renew strace -qq -o "$home/made" -e trace="${1%%:*}" -e inject="$1"
    split fob get acme token
    export FOB_LIBEXEC=$abs_top_builddir/.libs
}

@test "fob-renew killed at any moment: the old token is used once, and who lost it is told when" {
    local call when lost=0 kept=0
    needs_strace
    for call in $(changing_calls_of_renew); do
        for ((when = 1; when < 20; when++)); do
            again "$call:signal=KILL:when=$when"
            ended 0
            grep -q 'killed by SIGKILL' made || break
            split fob validate acme --now
            if [ "$status" -eq 0 ]; then
                kept=$((kept + 1))
                continue
            fi
            ended 1
            [[ $output == 'acme: rejected: a renewal was cut short at '??:??'; sign in again with "fob edit acme"' ]]
            [ "$(fob show acme --json | jq -r .status)" = rejected ]
            lost=$((lost + 1))
        done
    done
    echo "$kept kept, $lost lost" >&2
    [ "$kept" -ge 3 ]
    [ "$lost" -ge 1 ]
}

@test "a full or broken disk at any step: no token is lost" {
    local call when error number
    needs_strace
    for call in $(changing_calls_of_renew); do
        for error in ENOSPC EIO ${FOB_TEST_LONG:+EDQUOT EROFS}; do
            for ((when = 1; when < 20; when++)); do
                again "$call:error=$error:when=$when"
                echo "$call $when $error: $status $output $stderr"
                ended 0
                number=$(tr -dc 0-9 <<<"$output")
                grep -q INJECTED made || break
                fob validate acme --now
                [ "$(cut -d' ' -f3 "$server/counts")" -eq 0 ]
            done
        done
    done
}

# each_got TOKEN COUNT: so many lines of the output are TOKEN.
each_got()
{
    ended 0
    [ "$(grep -cx "$1" <<<"$output")" -eq "$2" ]
    [ "$(wc -l <<<"$output")" -eq "$2" ]
}

@test "threads of one context, and forked children, renew once" {
    if sanitized; then
        skip "Python cannot load a library with a sanitizer"
    fi
    link acme
    echo 0.3 >"$server/pause"
    split python3 "$abs_top_srcdir/tests/cli/renewals.py" threads
    each_got access-acme-11 8
    counts 1 1 0
    rm store/accounts/acme
    link acme
    split python3 "$abs_top_srcdir/tests/cli/renewals.py" children
    each_got access-acme-22 5
    counts 2 2 0
}

@test "a store with a passphrase is unlocked by its caller alone" {
    rm -r store
    quick_passphrases
    (umask 077 && echo "a long passphrase" >pass)
    fob init --passphrase --passphrase-file pass >/dev/null 2>&1
    echo 5 >"$server/expires"
    fob --passphrase-file pass link rotating acme --field id=acme >/dev/null
    echo 3600 >"$server/expires"
    [ "$(fob --no-input --passphrase-file pass get acme token)" = access-acme-11 ]
    counts 1 1 0
}

@test "a new key waits for a renewal, which could not use it" {
    rm -r store
    quick_passphrases
    (umask 077 && echo "a long passphrase" >pass)
    fob init --passphrase --passphrase-file pass >/dev/null 2>&1
    number=0
    for change in rotate 'add --key-file spare'; do
        account=${change%% *}
        number=$((number + 1))
        echo 5 >"$server/expires"
        fob --passphrase-file pass link rotating "$account" --field id="$account" >/dev/null
        echo 3600 >"$server/expires"
        echo 2 >"$server/pause"
        fob --no-input --passphrase-file pass get "$account" token >got &
        asked "$number $number 0"
        # shellcheck disable=SC2086 # words
        fob --no-input --passphrase-file pass key $change >/dev/null
        wait $!
        [ "$(cat got)" = "access-$account-11" ]
        counts $number $number 0
        rm "$server/pause"
    done
}

@test "without fob-renew nothing is asked and nothing lost" {
    link acme
    instead_of_renew
    rm "$libexec/fob-renew"
    split fob get acme token
    ended 0
    [ "$output" = access-acme-10 ]
    has "$stderr" "$libexec/fob-renew: No such file or directory"
    echo 'not a program' >"$libexec/fob-renew"
    chmod 755 "$libexec/fob-renew"
    split fob get acme token
    has "$stderr" 'fob-renew: cannot be run: Exec format error'
    chmod 777 "$libexec/fob-renew"
    split fob get acme token
    has "$stderr" 'fob-renew: '
    [ "$output" = access-acme-10 ]
    sleep 5
    split fob get acme token
    refused 78
    has "$stderr" 'hint: '
    counts 0 0 0
    FOB_LIBEXEC=$abs_top_builddir/.libs fob validate acme
    counts 1 1 0
}

@test "with few descriptors a renewal works, or nothing is asked" {
    local limit
    for ((limit = 8; limit <= 40; limit++)); do
        rm -f store/accounts/acme
        link acme
        code=0
        (exec 3>&- 4>&- 5>&- 6>&- 7>&- && ulimit -n "$limit" && exec fob get acme token) >out 2>err || code=$?
        echo "$limit: $code, $(cat out err)"
        [ "$code" -eq 0 ] || { [ "$code" -eq 74 ] && grep -q 'Too many open files' err; }
        grep -q warning err || [ "$code" -ne 0 ] || break
        fob validate acme >/dev/null
        [ "$(cut -d' ' -f3 "$server/counts")" -eq 0 ]
    done
    [[ $limit -gt 8 && $limit -lt 40 ]]
}

# renewer: the process id of this test's fob-renew, once it waits for the provider.
renewer()
{
    local pid
    asked '1 1 0'
    for pid in $(pgrep -x fob-renew); do
        [ "$(readlink "/proc/$pid/exe")" != "$(program fob-renew)" ] || echo "$pid"
    done
}

@test "fob-renew has nothing of its caller, and outlives it" {
    local caller pid
    is_root || skip "only root sees the inside of a process that makes no core file"
    link acme
    echo 2 >"$server/pause"
    SECRET_OF_CALLER=x fob get acme token >got 5<fob.yaml &
    caller=$!
    pid=$(renewer)
    [ "$(ps -o sid= -p "$pid" | tr -d ' ')" -eq "$pid" ]
    [ "$(readlink "/proc/$pid/cwd")" = / ]
    [ "$(readlink "/proc/$pid/fd/0" "/proc/$pid/fd/1" "/proc/$pid/fd/2" | sort -u)" = /dev/null ]
    run readlink "/proc/$pid"/fd/*
    has_not "$output" fob.yaml
    has_not "$output" "$home/got"
    has_not "$(tr '\0' '\n' <"/proc/$pid/environ")" SECRET_OF_CALLER
    [ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = 'fob-renew ' ]
    kill -KILL "$caller"
    run wait "$caller"
    rm "$server/pause"
    # Who comes now waits for it.
    [ "$(fob get acme token)" = access-acme-11 ]
    counts 1 1 0
}

@test "the refresh token before is kept until the new token has worked once" {
    link acme
    [ "$(fob get acme token)" = access-acme-11 ]
    echo acme >"$server/forget"
    fob validate acme --now
    counts 3 2 0
    [ "$(fob get acme token)" = access-acme-11 ]
    # The new token has worked: the one before would be worth nothing.
    echo acme >"$server/forget"
    split fob validate acme --now
    ended 1
    counts 4 2 0
    link bolt
    [ "$(fob get bolt token)" = access-bolt-11 ]
    fob request bolt /me >/dev/null
    echo bolt >"$server/forget"
    split fob validate bolt --now
    ended 1
    counts 6 3 0
}

@test "a fob-renew that hangs holds its caller no longer than a hook and ten seconds" {
    [ -n "${FOB_TEST_LONG-}" ] || skip "only in the long form"
    limit_hooks 1
    link acme
    sleep 5
    instead_of_renew sh -c 'sleep 20'
    SECONDS=0
    split fob get acme token
    refused 75
    has "$stderr" 'fob-renew is still renewing its token'
    [[ $SECONDS -ge 10 && $SECONDS -le 14 ]]
    export FOB_LIBEXEC=$abs_top_builddir/.libs
    # It has the lock until it ends.
    until fob get acme token; do sleep 1; done
    counts 1 1 0
}
