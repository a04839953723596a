#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob killed at every point, and concurrent fobs: the old or the new state is whole, and nothing needs repair by
# hand.

load sandboxed

setup()
{
    quick_passphrases
    make_home
}

# sweep COMMAND...: run it again and again, killed at the first, the second, … of each call that changes files, until
# it is not killed any more.  After each run the store must be clean; then the function aftermath is called.  A process
# that is killed at the call after the one that makes a file has made the file.
sweep()
{
    local call when kills=0
    before
    for call in $(changing_calls "$@"); do
        for ((when = 1; when < 100; when++)); do
            before
            run strace_fob "inject=$call:signal=KILL:when=$when" "$@"
            [[ $status -eq 137 || $status -eq 0 ]] || ended 0 || return
            killed=$status
            aftermath || return
            [ ! -e store/header ] || check_is_clean || return
            [ "$killed" -eq 137 ] || break
            kills=$((kills + 1))
        done
        [ "$when" -lt 100 ] || return
    done
    # Otherwise strace has injected nothing.
    echo "$kills kills"
    [ "$kills" -gt 10 ]
}

before()
{
    :
}

# fob check finds nothing but remains of an interrupted write.
check_is_clean()
{
    run fob check
    ended 0
}

@test "link killed at any moment: nothing, or the whole record; and never said before" {
    needs_strace
    fob init >/dev/null 2>&1
    printf 'client_id=id\nclient_secret=the-secret\n' >fields
    before() { rm -f store/accounts/acme said-linked; }
    aftermath()
    {
        if [ -e store/accounts/acme ]; then
            [ "$(fob get acme)" = the-secret ] || return
            stored=$((stored + 1))
        elif grep -q 'stored' said-linked; then
            return 1
        else
            [ "$(names)" = "" ] || return
        fi
    }
    stored=0
    sweep sh -c 'exec fob link charliehr acme --stdin --no-validate <fields >said-linked'
    # Killed between the record and the message, and not killed at all.
    [ "$stored" -ge 2 ]
    check_is_clean
    rm store/accounts/acme
    store acme again
    [ "$(fob get acme)" = again ]
}

@test "edit killed at any moment: the old keys or the new ones" {
    needs_strace
    fob init >/dev/null 2>&1
    before()
    {
        rm -f store/accounts/acme
        store acme old-secret
    }
    aftermath()
    {
        case $(fob get acme) in
            old-secret) old=$((old + 1)) ;;
            new-secret) new=$((new + 1)) ;;
            *) return 1 ;;
        esac
    }
    printf 'new-secret' >field
    old=0
    new=0
    sweep fob edit acme --no-validate --field-file client_secret=field
    [ "$old" -ge 2 ]
    [ "$new" -ge 2 ]
    check_is_clean
}

@test "rename killed at any moment: the same command finishes it" {
    needs_strace
    fob init >/dev/null 2>&1
    before()
    {
        rm -f store/accounts/acme store/accounts/globex
        store acme the-secret
    }
    aftermath()
    {
        if [ -e store/accounts/acme ]; then
            [ "$(fob get acme)" = the-secret ] || return
            fob rename acme globex || return
            cut=$((cut + 1))
        fi
        [ "$(names)" = globex ] && [ "$(fob get globex)" = the-secret ]
    }
    cut=0
    sweep fob rename acme globex
    [ "$cut" -ge 2 ]
    check_is_clean
}

@test "revoke killed at any moment: there, or gone" {
    needs_strace
    fob init >/dev/null 2>&1
    before()
    {
        rm -f store/accounts/acme
        store acme the-secret
    }
    aftermath()
    {
        case $(names) in
            acme) [ "$(fob get acme)" = the-secret ] ;;
            "") [ ! -e store/accounts/acme ] ;;
            *) return 1 ;;
        esac
    }
    sweep fob revoke acme --yes
    [ "$(names)" = "" ]
    check_is_clean
}

@test "key rotate killed at any moment: every record opens, and the next one finishes" {
    needs_strace
    fob init >/dev/null 2>&1
    for name in a1 a2 a3; do
        store "$name" "secret-$name"
    done
    aftermath()
    {
        local name
        for name in a1 a2 a3; do
            [ "$(fob get "$name" client_secret)" = "secret-$name" ] || return
        done
        fob key list >/dev/null
    }
    sweep fob key rotate
    fob check --repair >/dev/null
    check_is_clean
}

@test "key add killed at any moment: the slot is there, or not" {
    needs_strace
    fob init >/dev/null 2>&1
    store acme the-secret
    cp -p store/header first
    before()
    {
        rm -f spare
        cp -p first store/header
    }
    aftermath()
    {
        [ "$(fob get acme client_secret)" = the-secret ] || return
        case $(fob key list --json | jq length) in
            1) ;;
            2) fob key test --key-file spare ;;
            *) return 1 ;;
        esac
    }
    sweep fob key add --key-file spare
    check_is_clean
}

@test "import killed at any moment: each account whole or not at all, and the next one brings the rest" {
    needs_strace
    fob init >/dev/null 2>&1
    for name in a1 a2 a3; do
        store "$name" "secret-$name"
    done
    (umask 077 && echo "a long passphrase" >pass)
    fob export all.fob --key-file key >/dev/null
    before() { rm -f store/accounts/a*; }
    aftermath()
    {
        local name
        for name in $(names); do
            [ "$(fob get "$name" client_secret)" = "secret-$name" ] || return
        done
        fob import all.fob >/dev/null && [ "$(names | wc -w)" -eq 3 ]
    }
    sweep fob import all.fob
    fob check --repair >/dev/null
    check_is_clean
}

@test "logging or rotation killed at any moment: the log is intact, and nothing is done without a line" {
    needs_strace
    small_log 3
    fob init >/dev/null 2>&1
    store acme the-secret
    fill_log
    before()
    {
        rm -f log log.*
        cp -p full log
    }
    aftermath()
    {
        [ "$(fob get acme client_secret)" = the-secret ] || return
        fob log --verify
    }
    sweep fob get acme client_secret
    [ -e log.1 ]
}

@test "init killed at any moment: the next one makes the store, or finds it made" {
    needs_strace
    before() { rm -rf store key log; }
    aftermath()
    {
        local code=0
        fob init >/dev/null 2>&1 || code=$?
        [[ $code -eq 0 || $code -eq 73 ]] || return
        store acme the-secret || return
        [ "$(fob get acme)" = the-secret ]
    }
    sweep fob init
    check_is_clean
}

# The tests above kill fob at each system call; these kill it at any time: ten times each, or a thousand.
@test "changes killed at random leave the old or the new accounts, and a clean store" {
    local round when
    fob init >/dev/null 2>&1
    store kept the-secret
    store other other-secret
    fob export all.fob --key-file key >/dev/null
    printf 'client_id=id\nclient_secret=the-secret\n' >fields
    for ((round = 0; round < ${FOB_TEST_LONG:+990} + 10; round++)); do
        for change in "link charliehr new --stdin --no-validate" "edit kept --stdin --no-validate" \
            "revoke new --yes" "import all.fob --replace" "suspend other" "resume other"; do
            when=$(printf '0.%04d' $((RANDOM % 60)))
            # shellcheck disable=SC2086 # words
            fob $change <fields >/dev/null 2>&1 &
            sleep "$when"
            kill -9 $! 2>/dev/null || :
            wait $! 2>/dev/null || :
        done
        [ "$(fob get kept)" = the-secret ]
        [ "$(fob get other --force)" = other-secret ]
        [[ $(names) == "kept other" || $(names) == "kept new other" ]]
        check_is_clean
    done
    fob check --repair >/dev/null
    check_is_clean
    has_not "$output" "cut short"
}

@test "a signal that can be caught leaves nothing behind" {
    local signal call when
    needs_strace
    small_log 2
    fob init >/dev/null 2>&1
    store acme the-secret
    fill_log
    fob export kept --key-file key >/dev/null
    printf 'client_id=id\nclient_secret=the-secret\n' >fields
    cp -pr store first
    for change in "export all.fob --key-file key" "link charliehr new --stdin --no-validate" "rename acme new" \
        "import kept" "key add --key-file spare" "key rotate" "get acme client_secret" "init"; do
        ended_by=0
        for call in write fsync pwrite64 renameat2 renameat rename; do
            for ((when = 1; when < ${FOB_TEST_LONG:+14} + 6; when++)); do
                rm -rf store log log.* all.fob spare key2 store2
                cp -pr first store
                cp -p full log
                [ "$change" != "import kept" ] || rm store/accounts/acme
                signal=(TERM INT HUP)
                signal=${signal[when % 3]}
                config=$FOB_CONFIG
                if [ "$change" = init ]; then
                    sed "s|$home/store|&2|; s|$home/key|&2|" "$FOB_CONFIG" >fob2.yaml
                    config=$home/fob2.yaml
                fi
                code=0
                # shellcheck disable=SC2086 # words
                FOB_CONFIG=$config strace -qq -o /dev/null -e inject="$call:signal=$signal:when=$when" \
                    "$(program fob)" $change <fields >/dev/null 2>&1 || code=$?
                found=$(find "$home" -name '.tmp-*' -o -name 'all.fob.*' -o -name 'header.*' -o -name 'log.new' \
                    -o -name 'log.old')
                [ -z "$found" ] || { echo "$change: $signal at $call $when: $found"; return 1; }
                [ ! -e spare ] || [ "$(fob key list --json | jq length)" -eq 2 ]
                [ ! -e key2 ] || [ -e store2/header ]
                [ "$code" -gt 128 ] || break
                ended_by=$((ended_by + 1))
            done
        done
        echo "$change: $ended_by"
        [ "$ended_by" -gt 1 ]
    done
    fob check
}

@test "link killed while it waits for the provider: nothing" {
    fob init >/dev/null 2>&1
    fault slow --value 5
    forget_requests
    fob link charliehr acme --stdin < <(pair) >answer 2>&1 3>&- &
    pid=$!
    wait_until got_requests main 1
    kill -KILL "$pid"
    reap "$pid"
    ended 137
    [ -z "$(without_warning <answer)" ]
    [ "$(names)" = "" ]
    [ -z "$(ls -A store/accounts)" ]
    fault none
    split link_account acme
    ended 0
}

@test "link with a check, killed after a while: nothing, or the whole record" {
    fob init >/dev/null 2>&1
    for i in $(seq 1 40); do
        fob link charliehr "k$i" --stdin < <(pair) >answer 2>errors 3>&- &
        pid=$!
        sleep "0.0$((RANDOM % 30 + 10))"
        kill -KILL "$pid" 2>/dev/null || :
        reap "$pid"
        if [ -e "store/accounts/k$i" ]; then
            fob get "k$i" | cmp - "$hr/client_secret"
        else
            [ ! -s answer ]
        fi
    done
    check_is_clean
}

@test "two links of one name at once, with a check: one is linked, the other gets 73" {
    fob init >/dev/null 2>&1
    fault slow --value 0.2
    for i in $(seq 1 8); do
        fob link charliehr "race$i" --stdin --owner-id 1 < <(pair) >a 2>&1 3>&- &
        a=$!
        fob link charliehr "race$i" --stdin --owner-id 2 < <(pair) >b 2>&1 3>&- &
        b=$!
        reap "$a"
        first=$status
        reap "$b"
        case "$first $status" in
            "0 73") winner=1 loser=b ;;
            "73 0") winner=2 loser=a ;;
            *) ended 0 ;;
        esac
        [ "$(of_account "race$i" owner.id)" = "$winner" ]
        has "$(cat "$loser")" "race$i: there is an account of this name"
    done
}

@test "two inits at once: one makes the store, the other gets 73" {
    for _ in $(seq 1 10); do
        rm -rf store key
        fob init >/dev/null 2>&1 3>&- &
        a=$!
        fob init >/dev/null 2>&1 3>&- &
        b=$!
        reap "$a"
        first=$status
        reap "$b"
        [[ "$first $status" == "0 73" || "$first $status" == "73 0" ]]
        store acme the-secret
        [ "$(fob get acme)" = the-secret ]
    done
}

@test "a reader never sees half a record, and never waits, while others write" {
    fob init >/dev/null 2>&1
    printf 'x%.0s' $(seq 20000) >long
    printf 'short\n' >short
    store acme short
    (
        for _ in $(seq 1 30); do
            fob edit acme --no-validate --field-file client_secret=long >/dev/null 2>&1
            fob edit acme --no-validate --field-file client_secret=short >/dev/null 2>&1
        done
        : >done
    ) 3>&- &
    while [ ! -e done ]; do
        fob get acme >got
        cmp -s got short || cmp got <(cat long; echo)
    done
    # Another process keeps the lock, which readers do not need.
    flock -F store/lock sleep 600 3>&- &
    while flock -n store/lock true; do sleep 0.02; done
    [ "$(timeout 60 fob get acme)" = short ]
    [ "$(timeout 60 fob list --json | jq -r '.[].name')" = acme ]
    kill $!
}

@test "two edits at once: both are done, one after the other, or one reports the conflict" {
    fob init >/dev/null 2>&1
    link_account acme >/dev/null
    for _ in $(seq 1 10); do
        fob edit acme --owner-id 7 >/dev/null 2>&1 3>&- &
        a=$!
        fob edit acme --owner-name Ann >/dev/null 2>&1 3>&- &
        b=$!
        reap "$a"
        ended 0
        reap "$b"
        ended 0
        [ "$(fob show acme --json | jq -c '[.owner.id, .owner.name]')" = '["7","Ann"]' ]
        fob edit acme --owner-id '' --owner-name '' >/dev/null
    done
    # The keys change during a validation, whose result does not apply to the new keys.
    fault slow --value 1
    forget_requests
    fob validate --now acme >/dev/null 2>&1 3>&- &
    a=$!
    wait_until got_requests main 1
    fob edit acme --no-validate --field-file client_secret=<(echo other-secret) >/dev/null 2>&1
    reap "$a"
    [ "$(of_account acme status)" = unchecked ]
    [ "$(fob get acme)" = other-secret ]
}
