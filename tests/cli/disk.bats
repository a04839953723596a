#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Full and broken disks: fob reports nothing as done that is not, and the old data stay.

load common

setup()
{
    new_store
    printf 'client_id=id\nclient_secret=the-secret\n' >fields
}

# fail CALL ERROR COMMAND...: run COMMAND with each CALL failing in turn, until a run has no fault.  After each run
# fob check must find nothing, and the function aftermath gets the exit status.
fail()
{
    local call=$1 error=$2 when
    shift 2
    for ((when = 1; when < 60; when++)); do
        before
        run --separate-stderr strace -qq -o trace -e trace="$call" \
            -e inject="$call:error=$error:when=$when" "$@"
        aftermath || { told_of "$call" "$error" "$when"; return 1; }
        fob check >checked || { cat checked; told_of "$call" "$error" "$when"; return 1; }
        if ! grep -q INJECTED trace; then
            ended 0
            return
        fi
    done
    return 1
}

told_of()
{
    echo "$1 number $3 failed with $2: $status"
    echo "$output"
    echo "${stderr-}"
}

# fail_each COMMAND...: the same for each system call that changes files, and for two errors from a disk or a signal; the
# long form has four.
fail_each()
{
    local errors=(ENOSPC EINTR ${FOB_TEST_LONG:+EIO EDQUOT}) call error
    before
    for call in $(changing_calls "$@"); do
        [ "$call" != flock ] || continue
        for error in "${errors[@]}"; do
            fail "$call" "$error" "$@" || return
        done
    done
    fail flock ENOLCK "$@"
}

@test "a link on a full or broken disk stores nothing, and reports a failure" {
    needs_strace
    before() { rm -f store/accounts/acme; }
    aftermath()
    {
        if [ -e store/accounts/acme ]; then
            # Only the log or the message failed.
            [ "$status" -eq 0 ] || [[ $stderr == *log* || $stderr == *stdout* ]] || return
            [ "$(fob get acme)" = the-secret ]
        else
            ended 74 || return
            has_not "$output" stored && has "$stderr" 'fob: ' && [ -z "$(names)" ]
        fi
    }
    fail_each sh -c 'exec fob link charliehr acme --stdin --no-validate <fields'
    run fob check
    ended 0
}

@test "an edit on a full or broken disk leaves either the old or the new keys" {
    needs_strace
    printf 'new-secret' >field
    before()
    {
        rm -f store/accounts/acme
        store acme old-secret
    }
    aftermath()
    {
        if [ "$status" -eq 0 ]; then
            [ "$(fob get acme)" = new-secret ]
        else
            case $(fob get acme) in
                old-secret) ;;
                new-secret) has "$stderr" 'fob: ' ;;
                *) return 1 ;;
            esac
        fi
    }
    fail_each fob edit acme --no-validate --field-file client_secret=field
    run fob check
    ended 0
}

# Steps after a durable change may fail: the change is still reported and logged as done.
@test "a durable change is reported and logged as done, whichever file cannot be opened" {
    local change event when paths=()
    needs_strace
    printf 'new-secret' >field
    store acme old-secret
    cp -pr store first
    for path in store store/header store/lock store/accounts store/accounts/acme store/accounts/new; do
        paths+=(-P "$home/$path")
    done
    for change in "suspend:suspend acme" "edit:edit acme --no-validate --field-file client_secret=field" \
        "link:link charliehr new --stdin --no-validate" "rename:rename acme new" "revoke:revoke acme --yes" \
        "key add:key add --key-file spare"; do
        event=${change%%:*}
        for ((when = 1; when < 30; when++)); do
            rm -rf store log spare
            cp -pr first store
            before=$(state_of_all)
            code=0
            # shellcheck disable=SC2086 # words
            strace -qq -o trace "${paths[@]}" -e trace=openat -e inject=openat:error=EMFILE:when=$when \
                "$(program fob)" ${change#*:} <fields >out 2>told || code=$?
            grep -q INJECTED trace || break
            echo "$change, openat $when: $code, $(cat out told)"
            result=$(fob log --event "$event" --json | jq -r .result | tail -n 1)
            if [ "$(state_of_all)" = "$before" ]; then
                [ "$code" -ne 0 ] && [[ $result != @(success|manual) ]]
                [ ! -e spare ]
            else
                [[ $code -eq 0 || $event == revoke ]] && [[ $result == @(success|manual) ]]
            fi
        done
        [[ $when -gt 1 && $when -lt 30 ]]
    done
}

state_of_all()
{
    fob list --json | jq -c '.[] | [.name, .status, .owner]'
    fob get acme client_secret --force 2>/dev/null || :
    fob key list
}

@test "a resume, a key slot and an unlock on a full or broken disk are done and logged, or not done" {
    local change
    needs_strace
    quick_passphrases
    store acme old-secret
    fob suspend acme >/dev/null
    (umask 077 && echo 'a long passphrase' >pass)
    fob key add --new-passphrase-file pass >/dev/null
    sed "s|$home/key|$home/no-key|" fob.yaml >locked.yaml
    local changes=("resume:resume acme" "key add:key add --key-file spare --label Ann" "key remove:key remove 2 --yes")
    ! fob unlock >/dev/null || changes+=("unlock:unlock")
    cp -pr store first
    before()
    {
        rm -rf store log spare
        cp -pr first store
        fob lock >/dev/null
        was=$(state_of_keys)
    }
    aftermath()
    {
        local result
        result=$(fob log --event "${change%%:*}" --json | jq -r .result | tail -n 1)
        if [ "$(state_of_keys)" = "$was" ]; then
            ended 74 && has "$stderr" 'fob: ' && has_not "$stderr" 'was made' || return
            [[ $result != success && ! -e spare ]]
        elif [ "$status" -eq 0 ]; then
            [[ $result = success || $result = begun && $stderr == *"warning: log"* ]]
        else
            # The message failed; or fob warns that the disk may still have the old record.
            ended 74 || return
            [[ $stderr == *stdout* && $result = success ]] ||
                [[ $change == resume* && $stderr == *"after a power cut"* ]]
        fi
    }
    for change in "${changes[@]}"; do
        for call in write pwrite64 fallocate fsync renameat unlinkat; do
            for error in EIO ${FOB_TEST_LONG:+ENOSPC}; do
                # shellcheck disable=SC2086 # words
                fail "$call" "$error" fob ${change#*:} || return
            done
        done
    done
    fob lock >/dev/null
}

state_of_keys()
{
    of_account acme status
    fob key list --json | jq -c '.[] | [.number, .label]'
    ! fob --config locked.yaml --no-input list >/dev/null 2>&1 || echo unlocked
}

@test "an interrupted call is made again" {
    needs_strace
    printf 'new-secret' >field
    before()
    {
        rm -f store/accounts/acme
        store acme old-secret
    }
    aftermath()
    {
        ended 0 && [ "$(fob get acme)" = new-secret ]
    }
    for call in pwrite64 fsync flock; do
        fail "$call" EINTR fob edit acme --no-validate --field-file client_secret=field || return
    done
}

@test "a key rotation on a full or broken disk loses nothing, and is finished later" {
    needs_strace
    store a1 secret-1
    store a2 secret-2
    before() { :; }
    aftermath()
    {
        [ "$status" -eq 0 ] || { ended 74 && has "$stderr" 'fob: '; } || return
        [ "$(fob get a1 client_secret)" = secret-1 ] && [ "$(fob get a2 client_secret)" = secret-2 ]
    }
    fail_each fob key rotate
    fob key rotate >/dev/null
    run fob check
    ended 0
    has_not "$output" 'cut short'
}

@test "a backup or import on a full or broken disk is complete or absent" {
    needs_strace
    store a1 secret-1
    store a2 secret-2
    before() { rm -f all.fob; }
    aftermath()
    {
        if [ "$status" -eq 0 ]; then
            fob import all.fob --dry-run >/dev/null
        else
            ended 74 && has "$stderr" 'fob: ' && [ "$(find . -name 'all.fob*.??????' | wc -l)" -eq 0 ]
        fi
    }
    fail_each fob export all.fob --key-file key
    fob export whole.fob --key-file key >/dev/null
    before() { rm -f store/accounts/a*; }
    aftermath()
    {
        [ "$status" -eq 0 ] || { ended 74 && has "$stderr" 'fob: '; } || return
        fob import whole.fob >/dev/null && [ "$(fob get a2 client_secret)" = secret-2 ]
    }
    fail_each fob import whole.fob
    run fob check
    ended 0
    has_not "$output" 'cut short'
}

@test "nothing is lent when the log cannot be written" {
    store acme swordfish
    rm log
    mkdir log
    split fob get acme
    refused 74
    has "$stderr" 'log'
    has "$stderr" 'hint: '
    rmdir log
    [ "$(fob get acme)" = swordfish ]
}

@test "nothing is lent when a call that writes the log fails" {
    needs_strace
    store acme swordfish
    before() { rm -f log; }
    aftermath()
    {
        if [ "$status" -eq 0 ]; then
            [ "$output" = swordfish ]
        else
            refused 74 && has "$stderr" 'fob: '
        fi
        fob log --verify
    }
    fail_each fob get acme client_secret
}

# A limit on a file's size acts as a full disk: the last write is incomplete.
@test "an interrupted write leaves the old or the new state" {
    ! sanitized || skip "a sanitizer does not live with such a limit"
    store kept old-secret
    printf 'new-secret' >field
    # Without this, fob starts nothing: the log is larger than all other files, and has no room for a line.
    sed -i 's/^log: {/log: { required: false,/' "$FOB_CONFIG"
    local size done=0
    for ((size = 0; size < 2600; size += 130)); do
        rm -f log all.fob store/accounts/acme
        run prlimit --fsize="$size:$size" "$(program fob)" get kept client_secret --force
        [ "$status" -eq 0 ] || ended 74
        fob log --verify
        rm -f log
        run prlimit --fsize="$size:$size" sh -c \
            'exec "$0" link charliehr acme --stdin --no-validate <fields' "$(program fob)"
        case $status in
            0) [ "$(fob get acme client_secret)" = the-secret ] ;;
            *) ended 74 && { [ "$(names)" = kept ] || [[ $output == *log* ]]; } ;;
        esac
        rm -f log
        run prlimit --fsize="$size:$size" "$(program fob)" edit kept --no-validate --field-file client_secret=field
        [ "$status" -eq 0 ] || ended 74
        [[ $(fob get kept client_secret) == @(old|new)-secret ]]
        rm -f log
        run prlimit --fsize="$size:$size" "$(program fob)" export all.fob --key-file key
        case $status in
            0) fob import all.fob --dry-run >/dev/null && done=1 ;;
            *) ended 74 && [ -z "$(find . -maxdepth 1 -name 'all.fob*')" ] ;;
        esac
        fob check >/dev/null
    done
    [ "$done" -eq 1 ]
    run -0 fob check
    has_not "$output" "cut short"
}

@test "no change begins without room for its line in the log" {
    ! sanitized || skip "a sanitizer does not live with such a limit"
    store acme old-secret
    printf 'new-secret' >field
    local size changed=0
    for ((size = 0; size < 20000; size += 2000)); do
        logged=$(fob log | wc -l)
        run prlimit --fsize="$size:$size" "$(program fob)" edit acme --no-validate --field-file client_secret=field
        case $status in
            0) [ "$(fob log | wc -l)" -eq $((logged + 1)) ] && changed=1 ;;
            *) ended 74 && [ "$(fob get acme client_secret)" = old-secret ] ;;
        esac
    done
    [ "$changed" -eq 1 ]
}

@test "a file size limit is a full disk, not a death" {
    ! sanitized || skip "a sanitizer does not live with such a limit"
    store acme old-secret
    split sh -c 'ulimit -f 0; exec fob link charliehr other --stdin --no-validate <fields'
    refused 74
    split sh -c 'ulimit -f 0; exec fob get acme'
    refused 74
    [ "$(fob get acme)" = old-secret ]
    [ "$(names)" = acme ]
}

@test "a real full file system" {
    is_root || skip "needs to mount"
    mkdir full
    mount -t tmpfs -o size=64k,mode=700 fob-test full 2>/dev/null || skip "may not mount here"
    sed "s|$home/store|$home/full/store|" fob.yaml >full.yaml
    sed -i "s|$home/key|$home/key2|" full.yaml
    export FOB_CONFIG=$home/full.yaml
    result=0
    full_file_system || result=$?
    umount full
    [ "$result" -eq 0 ]
}

full_file_system()
{
    fob init >/dev/null 2>&1 || return
    store acme old-secret || return
    head -c 100000 /dev/zero >full/rest 2>/dev/null
    split sh -c 'exec fob link charliehr other --stdin --no-validate <fields'
    refused 74 || return
    split fob edit acme --no-validate --field client_id=other
    refused 74 || return
    rm full/rest
    [ "$(fob get acme)" = old-secret ] && [ "$(names)" = acme ] && fob check >/dev/null
}

@test "a read-only file system lends nothing, and says why" {
    is_root || skip "needs to mount"
    store acme swordfish
    mount --bind store store 2>/dev/null || skip "may not mount here"
    mount -o remount,ro,bind store || { umount store; skip "may not mount here"; }
    split sh -c 'exec fob link charliehr other --stdin --no-validate <fields'
    umount store
    refused 74
    has "$stderr" 'Read-only'
    [ "$(names)" = acme ]
}

@test "a torn line, and bytes left by a power cut, are not part of the log" {
    store acme secret
    printf 'torn' >>log
    fob get acme client_secret >/dev/null
    head -c 4096 /dev/zero >>log
    fob get acme client_secret >/dev/null
    [ "$(fob log acme | grep -c ' lend ')" -eq 2 ]
    [ "$(fob log | wc -l)" -eq 3 ]
    fob log --verify
}

@test "too many open files at the start of libgcrypt is 74, and leaves no file" {
    needs_strace
    echo a-good-passphrase >pass
    chmod 600 pass
    for words in "get acme client_secret" "export backup --backup-passphrase-file pass" "key test"; do
        code=0
        # shellcheck disable=SC2086 # words
        strace -f -qq -o trace -P /proc/sys/crypto/fips_enabled -e trace=openat -e inject=openat:error=EMFILE \
            "$(program fob)" $words >out 2>err || code=$?
        grep -q INJECTED trace
        [ "$code" -eq 74 ]
        has "$(cat err)" 'libgcrypt: /proc/sys/crypto/fips_enabled: Too many open files'
        run -0 find . -name 'backup*'
        [ "$output" = '' ]
    done
}
