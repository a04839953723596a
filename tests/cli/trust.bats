#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Files that other users own or may write to are refused; the message has the path and a hint.

load common

setup()
{
    new_store
    store acme swordfish
}

# refuses PATH TEXT: fob get refuses PATH, with TEXT.
refuses()
{
    split fob get acme
    refused 77 || return
    has "$stderr" "$1" && has "$stderr" "$2" && has "$stderr" 'hint: ' && has_not "$stderr" swordfish
}

@test "a file that others may write or read is refused, with the chmod command" {
    chmod 602 key && refuses "$home/key" 'may write' && chmod 600 key
    chmod 640 key && refuses "$home/key" 'may read' && chmod 600 key
    chmod 770 store && refuses "$home/store" 'may write' && chmod 700 store
    chmod 660 store/header && refuses "$home/store/header" 'may write' && chmod 600 store/header
    chmod 660 store/accounts/acme && refuses store/accounts/acme 'may write' &&
        chmod 600 store/accounts/acme
    chmod 666 fob.yaml && refuses "$home/fob.yaml" 'may write' && chmod 600 fob.yaml
    chmod 666 log && refuses "$home/log" 'may write' && chmod 600 log
    [ "$(fob get acme)" = swordfish ]
}

@test "a file that belongs to somebody else is refused" {
    is_root || skip "needs to give files away"
    # Root may use another user's key file.
    for path in store store/header store/accounts/acme fob.yaml log; do
        chown 65534 "$path"
        refuses "$path" 'belongs to user 65534'
        chown 0 "$path"
    done
    [ "$(fob get acme)" = swordfish ]
}

@test "a plugin, or a folder above it, that others may write to is not loaded" {
    mkdir -p "$abs_top_builddir/trust-$$/plugins"
    folder=$abs_top_builddir/trust-$$
    cp "$FOB_TEST_PLUGINS/debug.so" "$folder/plugins"
    sed "s|plugins: .*|plugins: [ $folder/plugins ]|" fob.yaml >other.yaml
    export FOB_CONFIG=$home/other.yaml
    printf '%s\n' 'provider: trial' 'fields: [ { name: id } ]' \
        'link: [ { control: required, plugin: debug } ]' \
        'validate: [ { control: required, plugin: debug } ]' >providers.d/trial.yaml
    result=0
    for change in "o+w $folder/plugins/debug.so" "g+w $folder/plugins" "o+w $folder"; do
        chmod ${change% *} "${change#* }"
        split fob link trial other --field id=1
        chmod go-w "${change#* }"
        [ "$status" -eq 78 ] && has "$stderr" "${change#* }" && has "$stderr" 'may write' ||
            result=1
    done
    split fob link trial other --field id=1
    rm -rf "$folder"
    ended 0
    [ "$result" -eq 0 ]
}

@test "a configuration or store that may not be read is reported, not ignored" {
    is_root || skip "needs another user"
    chmod 755 "$home" "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" 2>/dev/null || true
    setpriv --reuid=65534 --clear-groups true 2>/dev/null || skip "may not be another user"
    cp "$(program fob)" fob-copy
    chmod 755 fob-copy
    setpriv --reuid=65534 --clear-groups "$home/fob-copy" --version >/dev/null 2>&1 ||
        skip "another user may not come here"
    chmod 600 fob.yaml
    split setpriv --reuid=65534 --clear-groups "$home/fob-copy" list
    refused 77
    has "$stderr" "$home/fob.yaml: Permission denied"
    chmod 644 fob.yaml
    split setpriv --reuid=65534 --clear-groups "$home/fob-copy" list
    refused 77
    has "$stderr" "$home/store"
}

@test "a link in place of a file is not followed" {
    mv store/accounts/acme elsewhere
    ln -s "$home/elsewhere" store/accounts/acme
    refuses store/accounts/acme 'symbolic link'
    rm store/accounts/acme
    mkfifo store/accounts/acme
    split timeout 10 fob get acme
    refused 77
}

@test "root's first fob init makes a configuration folder that everybody may read" {
    if [ "$(id -u)" -ne 0 ]; then
        skip "not root"
    fi
    sed -i "s|^key_file:.*|key_file: $home/etc/fob/key|; s|$home/store|$home/other|" "$FOB_CONFIG"
    fob init 2>/dev/null
    [ "$(stat -c %a "$home/etc/fob")" = 755 ]
    [ "$(stat -c %a "$home/etc/fob/key")" = 600 ]
}

@test "a folder in which others could remove the log is refused" {
    mkdir logs
    sed -i "s|^log:.*|log: { path: $home/logs/log }|" "$FOB_CONFIG"
    [ "$(fob get acme)" = swordfish ]
    for mode in 777 770 1777; do
        chmod "$mode" logs
        refuses "$home/logs" 'may write'
        has "$stderr" 'give it its own folder'
        split fob log
        refused 77
        run -77 fob check
        has "$output" "$home/logs: "
    done
    chmod 755 logs
    if is_root; then
        chown 65534 logs
        refuses "$home/logs" 'belongs to user 65534'
        chown 0 logs
    fi
    [ "$(fob get acme)" = swordfish ]
    run -0 fob check
}

@test "the log is not written to another file of fob" {
    for place in key store/header store/header.new store/lock store/accounts/acme store/confirmed \
        store/calls.charliehr fob.yaml; do
        sed -i "s|^log:.*|log: { path: $home/$place }|" "$FOB_CONFIG"
        split fob list
        ended 78
        has "$stderr" "log: $home/$place is the path of another file"
    done
    FOB_CONFIG=./fob.yaml split fob list
    ended 78
    has "$stderr" "log: $home/fob.yaml is the path of another file"
    sed -i "s|^log:.*|log: { path: $home/nosuch/log }|" "$FOB_CONFIG"
    split fob check
    [ "$status" -ne 0 ]
    has "$output" "$home/nosuch/log"
}
