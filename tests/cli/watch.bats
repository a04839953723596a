#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Watching accounts: on_change, metrics for a monitoring system, and the files for systemd.

load sandboxed

setup()
{
    new_store
    link_account acme >/dev/null 2>&1
}

# on_change LINE: the program, as a list of YAML.
on_change()
{
    printf 'on_change: %s\n' "$1" >>"$FOB_CONFIG"
}

tell='echo "$FOB_ACCOUNT $FOB_PROVIDER $FOB_FROM $FOB_TO: $FOB_REASON"'

@test "on_change runs for each change of status, with the reason, and for nothing else" {
    on_change "[ /bin/sh, -c, '$tell >>changes' ]"
    split fob validate acme
    ended 0
    [ ! -e changes ]
    fault 401
    split fob validate acme
    ended 1
    [ ! -e changes ] # the first no
    split fob validate --now acme
    ended 1
    [ "$(wc -l <changes)" -eq 1 ]
    has "$(cat changes)" "acme charliehr active rejected: CharlieHR does not accept"
    split fob validate --now acme
    ended 1
    [ "$(wc -l <changes)" -eq 1 ]
    fault none
    split fob validate acme
    ended 0
    [ "$(tail -n 1 changes)" = "acme charliehr rejected active: " ]
    fault 500
    split fob validate acme
    ended 75
    [ "$(wc -l <changes)" -eq 2 ]
}

@test "on_change gets fob's environment and no stdin, and does not write to fob's stdout" {
    on_change "[ /bin/sh, -c, 'echo \"\$MINE\"; cat; env >environment' ]"
    fault 401
    MINE=yours FOB_TO=mine split fob validate --now --json acme <<<"not for it"
    ended 1
    [ "$(jq -r .result <<<"$output")" = rejected ]
    has "$stderr" yours
    has_not "$stderr" "not for it"
    [ "$(grep -c ^FOB_TO= environment)" -eq 1 ]
    grep -q '^FOB_TO=rejected$' environment
    ! grep -qF "$(cat "$hr/client_secret")" environment
}

@test "on_change gets no descriptor but the standard ones" {
    on_change "[ /bin/sh, -c, 'ls /proc/\$\$/fd >fds; :' ]"
    fault 401
    fob validate acme >/dev/null 2>&1 || true
    fob validate --now acme 7</dev/null >/dev/null 2>&1 || true
    [ "$(sort -n fds | grep -v .. | tr -d "\n")" = 012 ] # the shell has its own above 9
}

@test "a caller that ignores SIGCHLD also waits for on_change" {
    on_change "[ /bin/sh, -c, 'sleep 0.1; echo \"\$FOB_TO\" >>changes' ]"
    fault 401
    split timeout 60 python3 -c "import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp('fob', ['fob', 'validate', '--now', 'acme'])"
    ended 1
    has_not "$stderr" on_change
    [ "$(cat changes)" = rejected ]
}

@test "a failing on_change is reported, and changes nothing" {
    on_change "[ /bin/false ]"
    fault 401
    split fob validate --now acme
    ended 1
    has "$stderr" "warning: on_change: /bin/false: it failed"
    [ "$(of_account acme status)" = rejected ]
    sed -i 's|/bin/false|/no/such/program|' "$FOB_CONFIG"
    split fob validate acme
    ended 1
    has "$stderr" "warning: on_change: /no/such/program: No such file or directory; the change of acme is reported again later"
    # The program is tried once more.  Then the status is the last reported one again: nothing is to be reported.
    fault none
    split fob validate acme
    ended 0
    has "$stderr" 'the change of acme is reported again later'
    split fob validate acme
    [ "$stderr" = '' ]
    [ "$(of_account acme status)" = active ]
}

@test "a change without on_change is reported the next time, whatever the provider's answer" {
    on_change "[ /bin/sh, -c, '$tell >>changes; echo \$\$ >pid; mv pid began; [ ! -e slow ] || exec sleep 600' ]"
    fault 401
    fob validate acme >/dev/null 2>&1 || [ $? -eq 1 ]
    touch slow
    fob validate --now acme >/dev/null 2>&1 &
    sweep=$!
    wait_until test -e began
    kill -KILL "$sweep"
    reap "$sweep"
    kill "$(cat began)" 2>/dev/null || true
    [ "$(of_account acme status)" = rejected ]
    rm slow changes
    fault 503
    fob validate --all >/dev/null 2>&1 || [ $? -eq 75 ]
    has "$(cat changes)" 'acme charliehr active rejected: CharlieHR does not accept'
    fob validate --all >/dev/null 2>&1 || [ $? -eq 75 ]
    [ "$(wc -l <changes)" -eq 1 ]
}

@test "a signal to fob does not end a running on_change" {
    on_change "[ /bin/sh, -c, 'echo begun >>changes; sleep 1; echo ended >>changes' ]"
    fault 401
    fob validate --now acme >/dev/null 2>errors &
    sweep=$!
    wait_until test -e changes
    kill -TERM "$sweep"
    reap "$sweep"
    [ "$(xargs <changes)" = 'begun ended' ]
    has_not "$(cat errors)" on_change
}

@test "on_change must be a program and its arguments" {
    on_change "mail hr@example.org"
    split fob validate acme
    refused 78
    has "$stderr" "must be a list: the program and its arguments"
    sed -i 's|^on_change: .*|on_change: [ mail, hr@example.org ]|' "$FOB_CONFIG"
    split fob list
    refused 78
    has "$stderr" "the program must be an absolute path"
}

@test "check finds an on_change that cannot be run" {
    on_change "[ /no/such/program ]"
    split fob check
    ended 78
    has "$output$stderr" "fob.yaml:$(wc -l <fob.yaml):12: on_change: /no/such/program: No such file or directory"
    sed -i "/^on_change:/d" "$FOB_CONFIG"
    on_change "[ $home ]"
    run -78 fob check
    has "$output" "fob.yaml:$(wc -l <fob.yaml):12: on_change: $home: Permission denied"
}

@test "list --format prometheus prints each account, grouped by metric" {
    store globex swordfish --type test --expires 2030-01-01
    fault 401
    run fob validate acme
    split fob list --format prometheus
    ended 0
    has "$output" 'fob_account_status{account="acme",provider="charliehr",type="production",status="active"} 1'
    has "$output" 'fob_account_status{account="globex",provider="charliehr",type="test",status="unchecked"} 1'
    has "$output" 'fob_account_expires_timestamp_seconds{account="globex",provider="charliehr"} 1893456000'
    has_not "$output" 'expires_timestamp_seconds{account="acme"'
    refused=$(date -d "$(of_account acme refused)" +%s)
    has "$output" "fob_account_refused_timestamp_seconds{account=\"acme\",provider=\"charliehr\"} $refused"
    has_not "$output" 'validated_timestamp_seconds{account="globex"'
    # The grammar of the text format: every sample after its own metric's TYPE, every name once.
    awk '/^# TYPE/ { if (seen[$3]++) exit 1; metric = $3; next }
        /^# HELP/ { next }
        $0 !~ "^" metric "\\{[a-z]+=\"[^\"\\\\]*\"(,[a-z]+=\"[^\"\\\\]*\")*\\} [0-9]+$" { exit 1 }' <<<"$output"
    split fob list --format prometheus --status rejected
    ended 0
    has_not "$output" acme
}

@test "the end of a sweep over all accounts is in the log, and is a metric" {
    store globex swordfish
    split fob list --format prometheus
    has_not "$output" $'\nfob_sweep_timestamp_seconds '
    run fob validate acme
    [ -z "$(fob log --event sweep)" ]
    run fob validate --all
    ended 1
    fob log --event sweep --json >line
    [ "$(jq -r '.result + ": " + .detail' line)" = 'success: asked 2, changed 1, not asked 0' ]
    [ "$(jq -r .account line)" = "" ]
    split fob list --format prometheus
    has "$output" "fob_sweep_timestamp_seconds $(date -d "$(jq -r .time line)" +%s)"
    [ "$(fob show acme --json | jq .last_used)" = null ]
    # A sweep without any answer counts as a sweep, too.
    fault 503
    run fob validate --all
    ended 75
    [ "$(fob log --event sweep | grep -c result=success)" -eq 2 ]
    run -0 fob log --verify
}

@test "a sweep that cannot log only its last line has done its work" {
    local when code
    needs_strace
    for ((when = 1; when < 20; when++)); do
        rm log
        code=0
        strace -f -qq -o trace -P "$home/log" -e trace=pwrite64 -e inject=pwrite64:error=EIO:when=$when \
            "$(program fob)" validate --all >out 2>err || code=$?
        grep -q INJECTED trace || break
        echo "$when: $code, $(cat out err)"
        if [ -z "$(fob log --event validate)" ]; then
            [ "$code" -eq 74 ]
        else
            [ "$code" -eq 0 ]
            has "$(cat err)" 'warning: log'
            has "$(cat out)" 'acme: active'
        fi
    done
    [ "$code" -eq 0 ]
    [ "$when" -gt 4 ]
}

@test "list refuses an unknown format" {
    split fob list --format yaml
    refused 64
    has "$stderr" "--format: yaml: unknown format"
    [ "$(fob list --format json)" = "$(fob list --json)" ]
    [ "$(fob list --format table)" = "$(fob list)" ]
}

# needs PROGRAM: skip the test without this program of systemd.
needs()
{
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

@test "the units have an exposure below 2.0 in systemd's measure" {
    needs systemd-analyze
    for unit in fob-validate fob-validate@; do
        run systemd-analyze security --offline=true --threshold=20 \
            "$abs_top_builddir/conf/systemd/$unit.service"
        ended 0
    done
}

@test "the user and the folders are made as their files say" {
    needs systemd-sysusers
    is_root || skip "only root makes users"
    mkdir -p root/etc
    systemd-sysusers --root="$home/root" "$abs_top_builddir/conf/systemd/sysusers.conf"
    grep -q '^fob:' root/etc/passwd
    systemd-tmpfiles --create --root="$home/root" "$abs_top_builddir/conf/systemd/tmpfiles.conf"
    while read -r type path mode owner _; do
        [ "$type" = d ] || continue
        [ "$(stat -c '0%a %u' "root$path")" = "$mode $(grep "^$owner:" root/etc/passwd /etc/passwd | head -n 1 | cut -d: -f4)" ]
    done <"$abs_top_builddir/conf/systemd/tmpfiles.conf"
}
