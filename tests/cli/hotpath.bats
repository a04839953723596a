#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The cost of reading one credential, in counts that repeat; and what the binaries link and export.

load common

setup()
{
    make_home
    program=$(program fob)
    sed -i /^log:/d "$FOB_CONFIG" # it is in the store's folder, as by default
    fob init >/dev/null 2>&1
    store acme swordfish
}

skip_if_checked()
{
    [ -z "${FOB_TEST_VALGRIND-}" ] || skip "under valgrind"
    nm -D "$program" >symbols
    ! grep -q __asan_ symbols || skip "built with sanitizers"
}

# count_calls COMMAND...: print the number of its system calls, and list them in the file calls.
count_calls()
{
    env -i FOB_CONFIG="$FOB_CONFIG" strace -f -o calls "$@" >/dev/null
    grep -c '^[0-9]* *[a-z_0-9]*(' calls
}

@test "get makes at most 104 system calls, and none that waits for the disk" {
    skip_if_checked
    limit=104
    ! readelf -dW "$program" | grep -q libyaml || limit=112
    count=$(count_calls "$program" get acme client_secret)
    echo "$count system calls"
    [ "$count" -gt 50 ]
    [ "$count" -le "$limit" ]
    run ! grep -E '^[0-9]+ +[a-z]*sync[a-z]*\(' calls
}

@test "validate that finds nothing new takes at most 550 system calls more than curl, worker and all, and waits for no disk" {
    skip_if_checked
    command -v curl >/dev/null || skip "curl is not installed"
    body='{"success":true,"data":{"id":"0b7a4c1e","name":"Acme Ltd"}}'
    printf 'HTTP/1.1 200 OK\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' "${#body}" "$body" >answer
    told 3 <answer
    write_provider "http://127.0.0.1:$(cat port)"
    peer=$(count_calls "$(command -v curl)" -sS "http://127.0.0.1:$(cat port)/company")
    fob validate acme
    count=$(count_calls "$program" validate acme)
    # The number of folders above a plugin depends on the machine.
    walks=$(grep -c O_PATH calls)
    echo "$count system calls, $walks steps to plugins and libraries, curl $peer"
    [ "$((count - 3 * walks))" -le "$((peer + 550))" ]
    [ "$(grep -c '"charliehr\.so", .*O_PATH' calls)" -eq 1 ]
    run ! grep -E '^[0-9]+ +[a-z]*sync[a-z]*\(' calls
}

@test "get takes at most 1.1 million instructions" {
    skip_if_checked
    env -i FOB_CONFIG="$FOB_CONFIG" valgrind --tool=callgrind --callgrind-out-file=out \
        "$program" get acme client_secret 2>counted
    count=$(sed -n 's/^summary: *//p; s/^totals: *//p' out | head -n 1)
    echo "$count instructions"
    [ "$count" -gt 100000 ]
    [ "$count" -le 1100000 ]
}

@test "get opens no TLS library, no resolver, no plugin, and no provider's file" {
    skip_if_checked
    strace -f -e trace=openat,open -o calls "$program" get acme client_secret
    grep -q /libgcrypt calls
    run ! grep -E 'libcurl|libssl|libcrypto|libgnutls|libnss|libresolv|resolv\.conf|libjson-c' calls
    run ! grep -E 'charliehr|providers\.d' calls
}

@test "libfob exports fob_ and what fob-renew needs, libfob-http fob_http_, a plugin one symbol" {
    exported()
    {
        nm -D --defined-only "$abs_top_builddir/.libs/$1" | awk '$2 != "A" { print $3 }' |
            sed 's/@.*//' | grep -v '^__asan\|^__odr' | sort -u
    }
    [ "$(exported libfob.so | grep -v '^fob_')" = renewer_main ]
    [ "$(exported libfob.so | grep -c '^fob_')" -gt 50 ]
    [ "$(exported libfob-http.so | grep -vc '^fob_http_')" -eq 0 ]
    [ "$(exported libfob-http.so | grep -c '^fob_http_')" -gt 5 ]
    for plugin in "$abs_top_srcdir"/plugins/*/; do
        [ "$(exported "$(basename "$plugin").so")" = fob_plugin ]
    done
}

@test "the binaries are hardened" {
    skip_if_checked
    grep -q 'define FOB_FORTIFY_LEVEL' "$abs_top_builddir/config.h" ||
        skip "configured without hardening"
    readelf -hW "$program" | grep -q 'Type:.*DYN'
    for file in "$program" "$abs_top_builddir/.libs/libfob.so" \
        "$abs_top_builddir/.libs/libfob-http.so" "$abs_top_builddir/.libs/charliehr.so"; do
        readelf -dW "$file" | grep -q BIND_NOW
        readelf -lW "$file" | grep -q GNU_RELRO
        readelf -lW "$file" | grep GNU_STACK | grep -q 'RW '
        [ "$(readelf -dW "$file" | grep -c TEXTREL)" -eq 0 ]
    done
    nm -D "$program" | grep -q __stack_chk_fail
    nm -D "$program" | grep -q '_chk@'
    [ "$(uname -m)" != x86_64 ] || objdump -d "$program" | grep -q endbr64
}
