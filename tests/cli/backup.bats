#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob export and fob import: exported accounts come back, in this store or another.

load common

setup()
{
    quick_passphrases
    new_store
    (umask 077 && echo "a long passphrase" >backup-passphrase)
    # Another machine.
    other=$home/other
    mkdir -p "$other"
    chmod 700 "$other"
    sed -E "s#$home/(store|key|log)#$other/\1#" "$FOB_CONFIG" >"$other/fob.yaml"
    fob --config "$other/fob.yaml" init >/dev/null 2>&1
}

there()
{
    fob --config "$other/fob.yaml" "$@"
}

export_all()
{
    fob export "$1" --backup-passphrase-file backup-passphrase "${@:2}"
}

import_there()
{
    there import "$1" --backup-passphrase-file backup-passphrase "${@:2}"
}

@test "every account is imported with all its properties" {
    store acme secret-a --owner-name "Acme Ltd" --owner-id 17 --type test --expires 2099-01-01
    store bolt "$(printf 'two\tparts \303\251')"
    fob suspend bolt
    export_all all.fob
    [ "$(stat -c %a all.fob)" = 600 ]
    run import_there all.fob
    ended 0
    [ "$output" = "acme: imported"$'\n'"bolt: imported" ]
    cmp <(fob list --json) <(there list --json)
    cmp <(fob get acme) <(there get acme)
    cmp <(fob get bolt --force) <(there get bolt --force)
}

@test "export, import, export: the same content" {
    store acme secret-a
    store bolt secret-b
    export_all all.fob
    import_there all.fob
    there export again.fob --backup-passphrase-file backup-passphrase
    for file in all.fob again.fob; do
        fob import $file --backup-passphrase-file backup-passphrase --json |
            jq -e 'length == 2 and all(.step == "same")'
        import_there $file --json | jq -e 'length == 2 and all(.step == "same")'
    done
}

@test "a backup for a key file asks nobody" {
    store acme secret-a
    fob export - --key-file "$other/key" >acme.fob
    run there --no-input import acme.fob
    ended 0
    [ "$(there get acme)" = secret-a ]
    # This store's key does not open the backup.
    run fob --no-input import acme.fob
    ended 77
    has "$output" "does not open it"
}

@test "names and filters choose, on both ends" {
    store acme secret-a --owner-name Ann
    store bolt secret-b --owner-name Bob
    store coyote secret-c --owner-name Ann
    export_all ann.fob --owner Ann
    run import_there ann.fob --dry-run
    [ "$output" = "acme: would be imported"$'\n'"coyote: would be imported" ]
    [ "$(there list --json)" = "[]" ]
    import_there ann.fob coyote
    [ "$(there list --json | jq -r '.[].name')" = coyote ]
    run export_all none.fob bolt nosuch
    ended 66
    [ ! -e none.fob ]
    run import_there ann.fob acme nosuch
    ended 66
    has "$output" "nosuch: not in the backup"
}

@test "a conflict imports nothing without an option that resolves it" {
    store acme new
    store bolt secret-b
    there_store acme old
    export_all all.fob
    run import_there all.fob
    ended 73
    has "$output" "acme: the store has another account of this name"
    has_not "$output" bolt
    [ "$(there list --json | jq length)" = 1 ]
    [ "$(there get acme)" = old ]
    run import_there all.fob --rename
    ended 0
    has "$output" "acme: imported as acme-2"
    [ "$(there get acme)$(there get acme-2)$(there get bolt)" = oldnewsecret-b ]
    # A second import has nothing to do.
    import_there all.fob --rename --json | jq -e 'all(.step == "same")'
    run import_there all.fob acme --replace --yes
    ended 0
    [ "$(there get acme)" = new ]
    [[ $(there log acme --event import --json | jq -r .detail) == replaced* ]]
    run import_there all.fob --replace --rename
    ended 64
}

@test "an account that was only validated is the same account" {
    start_sandbox
    write_sandbox_provider
    for i in $(seq 40); do
        link_account "a$i" >/dev/null 2>&1
    done
    export_all before.fob
    fob validate --all >/dev/null
    export_all after.fob
    for file in before.fob after.fob; do
        fob import $file --backup-passphrase-file backup-passphrase --json | jq -e 'length == 40 and all(.step == "same")'
    done
    sandbox stop
}

@test "newer keys are not replaced by older ones without a question" {
    store acme old
    store bolt same
    export_all all.fob
    sleep 1
    printf new | fob edit acme --no-validate --field-file client_secret=/dev/stdin >/dev/null
    fob edit bolt --owner-name Bolt >/dev/null
    run -0 fob import all.fob --backup-passphrase-file backup-passphrase --replace --dry-run
    [[ $output =~ acme:\ would\ be\ replaced\ by\ older\ keys:\ its\ keys\ are\ of\ (.*)\ here,\ of\ (.*)\ in\ the\ backup ]]
    [[ ${BASH_REMATCH[1]} > ${BASH_REMATCH[2]} ]]
    has "$output" 'bolt: would be replaced: its keys'
    split alone fob import all.fob --backup-passphrase-file backup-passphrase --replace
    ended 64
    has "$stderr" '--yes'
    has "$output" 'acme: would be replaced by older keys'
    has_not "$output" bolt
    [ "$(fob get acme)" = new ]
    [ "$(of_account bolt owner.name)" = Bolt ]
    run terminal --all "expect=newer keys of 1 account" send=n -- fob import all.fob \
        --backup-passphrase-file backup-passphrase --replace
    ended 64
    [ "$(fob get acme)" = new ]
    run -0 fob import all.fob --backup-passphrase-file backup-passphrase --replace --yes
    has "$output" 'acme: replaced by older keys'
    [ "$(fob get acme)" = old ]
    [ "$(fob log --event import --json | jq -r '.account + ": " + .detail')" = \
        "acme: replaced by older keys"$'\n'"bolt: replaced" ]
    # If the backup's accounts are newer, fob does not ask.
    printf new | fob edit acme --no-validate --field-file client_secret=/dev/stdin >/dev/null
    export_all new.fob
    there_store acme old
    sleep 1
    printf newest | fob edit acme --no-validate --field-file client_secret=/dev/stdin >/dev/null
    export_all newest.fob acme
    run -0 import_there newest.fob --replace
    [ "$output" = 'acme: replaced' ]
}

@test "an import that fails halfway reports what it imported" {
    needs_strace
    for name in a1 a2 a3 a4 a5; do
        store $name "secret-$name"
    done
    export_all all.fob
    failed=0
    for ((when = 1; when < 20; when++)); do
        rm -f "$other"/store/accounts/* "$other"/log
        FOB_CONFIG=$other/fob.yaml strace -qq -o trace -e trace=renameat,fsync,syncfs \
            -e inject=renameat,fsync,syncfs:error=EIO:when=$when \
            "$(program fob)" import all.fob --backup-passphrase-file backup-passphrase >out 2>errors && break
        there list --json | jq -r '.[].name + ": imported"' | cmp - out
        has "$(cat errors)" 'Input/output error'
        [ "$(wc -l <out)" -eq "$(there log --event import --json | jq -r .result | grep -cx success)" ]
        [ ! -s out ] || has "$(cat errors)" "imported before that: $(wc -l <out)"
        failed=$((failed + 1))
    done
    [ "$failed" -gt 3 ]
}

@test "a renamed account never gets the name of another account in the backup" {
    store acme new
    store acme-2 the-other
    there_store acme old
    export_all all.fob
    run import_there all.fob --rename --dry-run
    [ "$output" = "acme: would be imported as acme-3"$'\n'"acme-2: would be imported" ]
    run import_there all.fob --rename
    [ "$output" = "acme: imported as acme-3"$'\n'"acme-2: imported" ]
    [ "$(there get acme)$(there get acme-2)$(there get acme-3)" = oldthe-othernew ]
}

@test "a filter without a match is reported, and makes no backup" {
    store acme secret-a
    run export_all none.fob --provider nosuch
    ended 66
    [ ! -e none.fob ]
    export_all all.fob
    run import_there all.fob --owner nobody
    ended 66
    rm -r store
    fob key list >/dev/null 2>&1 || mv key old-key
    fob init >/dev/null 2>&1
    export_all empty.fob # of a store without accounts
}

@test "a damaged account does not prevent the export of others by name" {
    store acme secret-a
    store bolt secret-b
    export_all all.fob
    printf xxxxxxxxxxxxxxxx | dd of=store/accounts/bolt bs=1 seek=100 conv=notrunc status=none
    run export_all again.fob
    ended 65
    [ ! -e again.fob ]
    has "$output" "name the accounts"
    export_all acme.fob acme acme
    import_there acme.fob --json | jq -e 'map(.account) == ["acme"]'
    run fob import all.fob --backup-passphrase-file backup-passphrase --replace
    ended 65
    has "$output" "move that file away"
    mv store/accounts/bolt away
    fob import all.fob --backup-passphrase-file backup-passphrase
    [ "$(fob get bolt)" = secret-b ]
}

@test "a failed import is logged as failed" {
    is_root || skip "needs to mount"
    for name in acme bolt coyote; do
        head -c 30000 /dev/zero | tr '\0' x >big
        fob link charliehr $name --no-validate --field-file client_secret=big --field client_id=id >/dev/null 2>&1
    done
    export_all all.fob
    mkdir full
    mount -t tmpfs -o size=64k,mode=700 fob-test full 2>/dev/null || skip "may not mount here"
    sed "s|$other/store|$home/full/store|" "$other/fob.yaml" >full.yaml
    sed -i "s|$other/key|$home/key3|" full.yaml
    fob --config "$home/full.yaml" init >/dev/null 2>&1
    run fob --config "$home/full.yaml" import all.fob --backup-passphrase-file backup-passphrase
    imported=$(fob --config "$home/full.yaml" list --json | jq length)
    umount full
    ended 74
    [ "$(fob --config "$other/fob.yaml" log --event import --json 2>/dev/null | jq -r .result | grep -c success || true)" -eq "$imported" ]
}

there_store()
{
    FOB_CONFIG=$other/fob.yaml store "$@"
}

@test "a damaged backup imports nothing" {
    for name in acme bolt coyote; do store $name secret; done
    export_all all.fob
    size=$(stat -c %s all.fob)
    head -c $((size - 1)) all.fob >short.fob
    { cat all.fob; echo; } >long.fob
    cp all.fob flipped.fob
    printf '\377' | dd of=flipped.fob bs=1 seek=$((size - 200)) conv=notrunc status=none
    echo "not a backup at all, but long enough to be one" >other.fob
    : >empty.fob
    for file in short long flipped other empty; do
        run import_there $file.fob
        ended 65
        [ "$(there list --json)" = "[]" ]
    done
    run import_there nosuch.fob
    ended 66
    run import_there /dev/null
    ended 64
}

@test "a wrong passphrase is 77, a missing one 64" {
    store acme secret
    export_all all.fob
    (umask 077 && echo wrong >wrong-passphrase)
    run there import all.fob --backup-passphrase-file wrong-passphrase
    ended 77
    has "$output" "wrong passphrase"
    run there --no-input import all.fob
    ended 64
    has "$output" "use --backup-passphrase-file"
    run fob --no-input export other.fob
    ended 64
    (umask 077 && : >empty-passphrase)
    run fob export other.fob --backup-passphrase-file empty-passphrase
    ended 64
    [ ! -e other.fob ]
}

@test "an existing file is not overwritten, and a full disk leaves no file" {
    store acme "$(head -c 60000 /dev/zero | tr '\0' x)"
    echo precious >all.fob
    run export_all all.fob
    ended 73
    [ "$(cat all.fob)" = precious ]
    run bash -c 'ulimit -f 8; exec fob export full.fob --backup-passphrase-file backup-passphrase'
    ended 74
    [ -z "$(find . -name 'full.fob*')" ]
    # The folder is missing, or cannot be written to.
    run export_all nosuch/all.fob
    ended 74
    run bash -c 'fob export - --backup-passphrase-file backup-passphrase >/dev/full'
    ended 74
}

@test "a backup can have the longest possible name, and is private whatever the umask" {
    store acme secret-a
    name=$(printf 'x%.0s' {1..255})
    (umask 0277 && export_all "$name")
    [ "$(stat -c %a "$name")" = 600 ]
    import_there "$name"
    split export_all "y$name"
    refused 74
    has "$stderr" 'File name too long'
}

@test "a backup to a closed standard output says so" {
    store acme secret-a
    run -74 --separate-stderr bash -c 'fob export - --backup-passphrase-file backup-passphrase >&-'
    has "$stderr" 'fob: stdout: Bad file descriptor'
}

@test "a backup to standard output is nothing but the backup" {
    store acme secret
    export_all - >all.fob
    [ "$(head -c 8 all.fob)" = FOBEXPRT ]
    import_there all.fob
    [ "$(there get acme)" = secret ]
}

@test "neither names nor secrets are in a backup, and each account is in the log" {
    store acme-corporation a-very-secret-value
    export_all all.fob
    run grep -c -e acme -e corporation -e a-very-secret all.fob
    [ "$output" = 0 ]
    fob log acme-corporation | grep -q export
    import_there all.fob
    there log acme-corporation | grep -q import
    run grep -r a-very-secret "$home/log" "$other/log"
    ended 1
}

@test "the next import finishes one that was killed" {
    for number in 1 2 3 4 5 6 7 8; do store account-$number secret-$number; done
    fob export all.fob --key-file "$other/key"
    for turn in 1 2 3 4 5 6; do
        timeout -s KILL "0.0$turn" env FOB_CONFIG="$other/fob.yaml" fob import all.fob || true
        there check >/dev/null
    done
    there import all.fob
    [ "$(there list --json | jq length)" = 8 ]
    [ "$(there get account-8)" = secret-8 ]
}
