#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# A lack of descriptors or memory is reported as such, and not as a fault of a file or a plugin.

load sandboxed

# few LIMIT COMMAND...: run COMMAND with at most LIMIT descriptors.
few()
{
    local limit=$1
    shift
    # Only the three standard descriptors are open.
    code=0
    (exec <fields >out 2>err 3>&- 4>&- 5>&- 6>&- 7>&- && ulimit -n "$limit" && exec fob "$@") || code=$?
}

@test "with few descriptors each command works, or says that there are too many open files" {
    local words limit
    pair >fields
    link_account acme
    cp -pr store first
    for words in "get acme client_secret" "get acme --format header" "list" "check" "validate acme" \
        "validate --all" "link charliehr new --stdin" "edit acme --stdin" "request acme /company" \
        "run acme get-company" "revoke acme --yes"; do
        for ((limit = 4; limit <= 40; limit++)); do
            rm -rf store log
            cp -pr first store
            # shellcheck disable=SC2086 # words
            few "$limit" $words
            [ "$code" -ne 0 ] || break
            echo "$words, $limit descriptors: $code, $(cat out err)"
            [ "$code" -eq 74 ] || [[ "$code" -eq 75 && $words == *--all ]]
            grep -q 'Too many open files' out err
        done
        [ "$code" -eq 0 ]
        [ "$limit" -gt 4 ]
    done
}

@test "plugins calls no plugin broken for lack of descriptors" {
    local limit
    : >fields
    for ((limit = 4; limit <= 20; limit++)); do
        few "$limit" plugins
        echo "$limit: $code, $(cat out err)"
        # The build's folder has the engine, too, which is read now, and is no plugin.
        ! grep -q '^postgresql .*broken' out || break
        has_not "$(cat out)" broken
        [ "$code" -eq 74 ]
        has "$(cat err)" 'Too many open files'
    done
    [ "$limit" -gt 12 ]
}

# System calls of a worker are made to fail, which its seccomp filter does not permit.
@test "a library or certificate file that a worker cannot open is reported as such" {
    local when error
    needs_strace
    link_account acme
    for error in "EMFILE Too many open files" "EIO Input/output error" "ENOMEM memory"; do
        for ((when = 1; when < 200; when++)); do
            code=0
            rm -f trace
            FOB_WORKER_PREFIX="strace -f -qq -o $PWD/trace -P $hr/ca.pem -P $FOB_TEST_PLUGINS/charliehr.so \
                -P $FOB_TEST_PLUGINS/libfob-http.so.0 \
                -e trace=openat -e inject=openat:error=${error%% *}:when=$when" fob validate acme >out 2>err || code=$?
            grep -q INJECTED trace || break
            echo "openat $when: $code, $(cat err trace)"
            case ${error%% *} in
                ENOMEM) [ "$code" -eq 70 ] ;;
                *) [ "$code" -eq 74 ] ;;
            esac
            has "$(cat err)" "${error#* }"
        done
        [ "$when" -gt 1 ]
    done
}

@test "a lack of descriptors or memory for a connection is not the provider's fault" {
    local fault call error expected when status
    needs_strace
    link_account acme
    for fault in socket:EMFILE:74 socket:ENOMEM:70 fcntl:EMFILE:74; do
        IFS=: read -r call error expected <<<"$fault"
        status=0
        for ((when = 1; when < 40; when++)); do
            code=0
            rm -f trace
            FOB_WORKER_PREFIX="strace -f -qq -o $PWD/trace -e trace=$call \
                -e inject=$call:error=$error:when=$when" fob validate acme >out 2>err || code=$?
            grep -q INJECTED trace || break
            echo "$fault, $when: $code, $(cat err)"
            [ "$code" -eq 0 ] || status=$code
            [[ $code == @(0|$expected) ]]
        done
        [ "$status" -eq "$expected" ]
    done
}

@test "a lack of the host's resources for a worker is reported as such" {
    local fault call error when
    needs_strace
    link_account acme
    for fault in socketpair:EMFILE socketpair:ENOMEM pipe2:ENFILE clone:EAGAIN clone:ENOMEM fcntl:EMFILE \
        sendmsg:ENOBUFS recvmsg:ENOMEM; do
        call=${fault%:*}
        error=${fault#*:}
        for ((when = 1; when < 40; when++)); do
            code=0
            strace -qq -o trace -e trace="$call" -e inject="$call:error=$error:when=$when" \
                "$(program fob)" validate acme >out 2>err || code=$?
            grep -q INJECTED trace || break
            echo "$call $when, $error: $code, $(cat err)"
            case $error in
                ENOMEM) [[ $code == @(0|70) ]] ;;
                *) [[ $code == @(0|74) ]] ;;
            esac
        done
        [ "$when" -gt 1 ]
    done
}

@test "a plugin's file that cannot be read is not called broken" {
    local when
    needs_strace
    link_account acme
    for ((when = 1; when < 200; when++)); do
        code=0
        strace -qq -o trace -P "$FOB_TEST_PLUGINS/charliehr.so" -e trace=pread64 \
            -e inject=pread64:error=EIO:when=$when "$(program fob)" validate acme >out 2>err || code=$?
        grep -q INJECTED trace || break
        [ "$code" -eq 74 ]
        has "$(cat err)" 'charliehr.so: cannot be loaded: Input/output error'
    done
    [ "$when" -gt 10 ]
}
