#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob key, fob unlock: every way to unlock the store, and rotating its key.

load common

setup()
{
    quick_passphrases
    new_store
    store acme swordfish
    (umask 077 && echo "a long passphrase" >pass && echo "another passphrase" >other)
    printf '#!/bin/sh\necho 0123456789abcdef0123456789abcdef\n' >print-key
    chmod 700 print-key
}

teardown()
{
    fob lock >/dev/null 2>&1 || true
    untold
}

# The key's number in the header.
key_id()
{
    od -A n -t u1 -j 15 -N 1 store/header | tr -d ' '
}

reader()
{
    "$abs_top_builddir/tests/store/reader" "$@"
}

@test "each kind of slot opens the store by itself" {
    echo "key_command: [ $home/print-key ]" >>"$FOB_CONFIG"
    fob key add --new-passphrase-file pass
    fob key add --command
    fob key add --key-file spare
    [ "$(stat -c %a spare)" = 600 ]
    fob key list --json >slots
    [ "$(jq -c '[.[].kind]' slots)" = '["key_file","passphrase","command","key_file"]' ]
    [ "$(jq -c '[.[].number]' slots)" = '[1,2,3,4]' ]
    [ "$(jq '.[1].memory_kib' slots)" -ge 65536 ]
    fob key test --passphrase-file pass --key-file spare
    [ "$(reader store spare acme client_secret)" = swordfish ]
    [ "$(reader store pass:pass acme client_secret)" = swordfish ]
    mv key away
    [ "$(fob --no-input get acme client_secret)" = swordfish ] # the command
    cp print-key print
    printf '#!/bin/sh\nls /proc/$$/fd >fds; exec %s\n' "$home/print" >print-key
    [ "$(fob --no-input get acme client_secret 7</dev/null)" = swordfish ]
    [ "$(grep -cx '[012]' fds)" -eq 3 ]
    run ! grep -x 7 fds
    sed -i /key_command/d "$FOB_CONFIG"
    run -77 fob --no-input get acme client_secret
    [ "$(fob --no-input --passphrase-file pass get acme client_secret)" = swordfish ]
    mv spare key
    [ "$(fob --no-input get acme client_secret)" = swordfish ]
}

@test "a passphrase is not asked for while the key file opens" {
    needs_strace
    fob key add --new-passphrase-file pass
    strace -f -e trace=openat -o calls fob get acme client_secret
    run ! grep /dev/tty calls
}

@test "a passphrase comes from a descriptor, or from a program that asks" {
    sed "s|$home/store|$home/locked|; s|$home/key|$home/no-key|" "$FOB_CONFIG" >locked.yaml
    export FOB_CONFIG=$home/locked.yaml
    printf 'correct horse battery\n' | fob init --passphrase --passphrase-fd 0 >/dev/null 2>&1
    [ "$(fob list --json --passphrase-fd 7 7<<<'correct horse battery')" = '[]' ]
    run fob key test --passphrase-fd 0 <<<'correct horse battery'
    ended 0
    store_with() { fob link charliehr acme --no-validate --stdin --passphrase-fd 7 7<<<'correct horse battery'; }
    printf 'client_id=i\nclient_secret=s\n' | store_with >/dev/null 2>&1
    split fob list --passphrase-fd 0 <<<'wrong'
    refused 77
    has "$stderr" passphrase
    split fob list --passphrase-fd 0 </dev/null
    refused 64
    split fob list --passphrase-fd 77
    refused 74
    split fob list --passphrase-fd x
    refused 64
    # The programs that fob runs do not get the passphrase.
    run fob exec acme --passphrase-fd 7 -- sh -c 'cat <&7' 7<<<'correct horse battery'
    [ "$status" -ne 0 ]

    printf '#!/bin/sh\necho "$1" >>asked\necho "correct horse battery"\n' >ask
    chmod 700 ask
    [ "$(alone env FOB_ASKPASS="$PWD/ask" fob list --json | jq -r '.[].name')" = acme ]
    grep -q Passphrase asked
    rm asked
    run alone env FOB_ASKPASS="$PWD/ask" fob list --no-input
    ended 77
    [ ! -e asked ]
    printf '#!/bin/sh\nexit 1\n' >ask
    run alone env FOB_ASKPASS="$PWD/ask" fob list
    ended 77
    has "$output" 'it failed'
}

@test "before the passphrase prompt, a message says why nothing else opens the store" {
    fob key add --new-passphrase-file pass
    chmod 640 key
    split alone fob get acme client_secret
    refused 77
    has "$stderr" "no other key opens the store: $home/key: others may read it (mode 0640)"
    has "$stderr" 'the store needs its passphrase, and nobody to ask'
    terminal echo=off "send=a long passphrase" -- fob get acme client_secret >answer 2>errors
    [ "$(cat answer)" = swordfish ]
    has "$(cat errors)" "$home/key: others may read it"
    # With a given passphrase, there is no such message.
    split fob --passphrase-file pass get acme client_secret
    [ "$output" = swordfish ]
    [ -z "$stderr" ]
    # The message has the reason of each slot.
    chmod 600 key
    echo "key_command: [ /bin/false ]" >>"$FOB_CONFIG"
    sed "s|/bin/false|$home/print-key|" "$FOB_CONFIG" >printing.yaml
    fob --config "$home/printing.yaml" key add --command
    echo junk >key
    split fob --no-input get acme client_secret
    refused 77
    has "$stderr" "$home/key: not a key file of fob's"
    has "$stderr" 'key_command /bin/false: it failed'
}

@test "a refused service key is reported together with the missing key file" {
    mkdir credentials
    cp key credentials/fob.key
    chmod 666 credentials/fob.key
    mv key away
    CREDENTIALS_DIRECTORY=$home/credentials split fob get acme client_secret
    refused 77
    has "$stderr" "$home/credentials/fob.key: everybody may write to it"
    has "$stderr" "$home/key: the key file of the store $home/store is missing"
    has "$stderr" 'hint: put back the key file'
}

@test "removing the slot of the configured key file gives a warning" {
    fob key add --new-passphrase-file pass >/dev/null
    split fob key remove 2 --yes
    ended 0
    has_not "$stderr" 'locked out'
    fob key add --new-passphrase-file pass >/dev/null
    split alone fob key remove 1
    ended 64
    has "$stderr" "warning: $home/key opens key slot 1, and no other: what runs without a person will be locked out"
    split fob key remove 1 --yes
    ended 0
    has "$stderr" 'will be locked out'
    split alone fob get acme client_secret
    refused 77
    has "$stderr" "$home/key: the store has no key slot for a key file"
    # Use another key file's slot.
    fob --passphrase-file pass key add --key-file spare >/dev/null
    fob --passphrase-file pass key remove 2 --yes 2>/dev/null || fob --passphrase-file pass key list
    split alone fob get acme client_secret
    refused 77
    has "$stderr" "fob log --event 'key remove'"
}

@test "root uses a key file of another user, and no hint takes a file away from others" {
    is_root || skip "needs to be root"
    mkdir theirs
    fob key add --key-file theirs/key >/dev/null
    chown -R 12345 theirs
    run -0 fob export b.fob --key-file theirs/key
    run -0 fob import b.fob --key-file theirs/key --dry-run
    run -0 fob key test 2 --key-file theirs/key
    chmod 644 theirs/key
    split fob export c.fob --key-file theirs/key
    refused 77
    chown 12345 store
    split fob list
    refused 77
    has "$stderr" 'hint: run fob as that user, or use one that belongs to root'
    chown root store
    # The folder is for other files, too: no hint says to change its mode.
    mkdir shared
    chmod 775 shared
    sed -i "s|^store:.*|store: { path: $home/shared }|" "$FOB_CONFIG"
    split fob list
    refused 77
    has_not "$stderr" chmod
    chmod 1777 shared
    mv key away
    split fob init
    refused 77
    has_not "$stderr" chmod
    mv away key
}

@test "a removed slot no longer opens, and the others keep their numbers" {
    fob key add --new-passphrase-file pass
    fob key add --key-file spare
    fob key remove 2 --yes
    [ "$(fob key list --json | jq -c '[.[].number]')" = '[1,3]' ]
    mv key away
    run -77 fob --no-input --passphrase-file pass get acme client_secret
    cp -p spare key
    [ "$(fob --no-input get acme client_secret)" = swordfish ]
    fob key add --new-passphrase-file pass # takes the free number
    [ "$(fob key list --json | jq -c '[.[].number] | sort')" = '[1,2,3]' ]
}

@test "key list prints each slot's time and label" {
    began=$(date -u +%FT%TZ)
    fob key add --key-file spare --label 'Ann, in the safe' >/dev/null
    fob key list --json >slots
    jq -e --arg began "$began" '.[1].made >= $began and .[0].made <= .[1].made' slots
    [ "$(jq -c 'map(.label)' slots)" = '["","Ann, in the safe"]' ]
    run -0 fob key list
    has "${lines[0]}" 'SLOT  KIND'
    [[ ${lines[1]} =~ ^1\ +key\ file\ +20..-..-..\ .*\ -\ +- ]]
    [[ ${lines[2]} =~ ^2\ +key\ file\ +20..-..-..\ .*\ Ann,\ in\ the\ safe\ +- ]]
    # The list needs no key.
    mkdir away && mv key spare away
    fob key list --json | cmp - slots
    mv away/* .
    # A slot's note survives a rotation, and is removed with its slot.
    fob key rotate --key-file spare >/dev/null
    fob key list --json | cmp - slots
    fob key remove 2 --yes >/dev/null 2>&1
    run ! grep -a safe store/header
    fob key add --key-file spare >/dev/null
    [ "$(fob key list --json | jq -r '.[1].label')" = '' ]
}

@test "a label is one short line, and refused before anything is made" {
    for label in "$(printf 'two\nlines')" "$(printf 'red \033[31m')" "$(printf '\377')" \
        0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0; do
        split fob key add --key-file spare --label "$label"
        refused 64
        has "$stderr" 'label'
    done
    split fob key add --key-file spare --label ''
    refused 64
    split fob key rotate --label safe
    refused 64
    [ ! -e spare ]
    [ "$(fob key list --json | jq length)" -eq 1 ]
    [ -z "$(fob log --event 'key add')" ]
}

@test "the last slot, a missing slot, and a slot without confirmation are not removed" {
    run -64 fob key remove 1 --yes
    [[ $output == *"the last one"* ]]
    run -66 fob key remove 7 --yes
    run -64 fob key remove 0x1 --yes
    run -64 fob key remove --yes
    fob key add --key-file spare
    run -64 fob --no-input key remove 2
    [ "$(fob key list --json | jq length)" -eq 2 ]
}

@test "bad slots are refused before anything is written" {
    cp -p store/header before
    (umask 077 && : >empty)
    run -64 fob key add --new-passphrase-file empty
    run -78 fob key add --command
    run -78 fob key add --key-file store/inside
    [ ! -e store/inside ]
    run -64 fob key add
    run -64 fob key add --command --passphrase
    run -64 fob key frobnicate
    run -64 fob key list extra
    cp -p key broken && echo x >>broken
    run -77 fob key add --key-file broken
    cmp store/header before
}

@test "each subcommand of key takes only its own options" {
    run -64 fob key rotate --new-passphrase-file pass
    has "$output" 'fob key rotate takes no --new-passphrase-file'
    run -64 fob key list --key-file spare
    run -64 fob key test --yes
    run -64 fob key add --key-file ''
    has "$output" 'it names no file'
    run -66 fob --no-input key remove 7
    has "$output" 'there is no key slot 7'
    for part in remove test; do
        run -66 fob --no-input key $part 0
        has "$output" 'there is no key slot 0'
    done
}

@test "a new passphrase is one line, and a bad passphrase file is reported once" {
    (umask 077 && printf 'one\ntwo\n' >two && printf 'x\0y\n' >nul && : >empty && echo wide >wide)
    for file in two nul; do
        run -64 fob key add --new-passphrase-file $file
        has "$output" 'more than one line, or a NUL'
    done
    fob key add --new-passphrase-file pass
    run -64 fob key test 2 --passphrase-file empty
    [ "$output" = 'fob: empty: it is empty, and a passphrase is not' ]
    chmod 644 wide
    run -77 fob key test 2 --passphrase-file wide
    has_not "$output" 'A right is missing'
}

@test "key test says why a command does not open its slot; without a store there is none" {
    echo "key_command: [ $home/print-key ]" >>"$FOB_CONFIG"
    fob key add --command
    printf '#!/bin/sh\nexit 3\n' >print-key
    run -77 fob key test 2
    has "$output" 'it failed'
    has_not "$output" '--key-file'
    printf '#!/bin/sh\necho fedcba9876543210fedcba9876543210\n' >print-key
    run -77 fob key test 2
    has "$output" 'key_command in fob.yaml(5)'
    rm -r store log
    for command in 'key test' 'key test 1' log; do
        # shellcheck disable=SC2086 # an argument a word
        run -66 fob $command
        has "$output" 'there is no store yet'
    done
}

@test "rotate does not use an older header for a record" {
    cp -p store/header old-header
    fob key rotate
    cp -p old-header store/header
    run -65 fob get acme client_secret
    has "$output" 'older header'
    run -65 fob key rotate
    has "$output" '1 of 1 record could not be opened'
}

@test "rotate works without room for a second copy of the store" {
    is_root || skip "needs to mount"
    mkdir full
    mount -t tmpfs -o size=400k,mode=700 fob-test full 2>/dev/null || skip "may not mount here"
    sed -i "s|$home/store|$home/full/store|" "$FOB_CONFIG"
    mv store full/store
    for ((i = 0; i < 40; i++)); do store a$i swordfish-$i; done
    dd if=/dev/zero of=full/rest bs=4k count=1000 2>/dev/null || true
    truncate -s -98304 full/rest
    result=0
    fob key rotate || result=$?
    fob key test >/dev/null && [ "$(fob get a17 client_secret)" = swordfish-17 ] || result=1
    umount full
    [ "$result" -eq 0 ]
}

@test "a command that fails, prints little, or is no program opens nothing" {
    echo "key_command: [ $home/print-key ]" >>"$FOB_CONFIG"
    printf '#!/bin/sh\necho short\n' >print-key
    run -77 fob key add --command
    [[ $output == *"fewer than 16 bytes"* ]]
    printf '#!/bin/sh\necho 0123456789abcdef; exit 3\n' >print-key
    run -77 fob key add --command
    [[ $output == *failed* ]]
    printf '#!/bin/sh\nyes\n' >print-key
    run -77 fob key add --command
    rm print-key
    run -77 fob key add --command
    echo 'key_command: [ print-key ]' >fob2.yaml
    run -78 fob --config "$home/fob2.yaml" list
    [[ $output == *"fob2.yaml:1:16:"*absolute* ]]
}

@test "there is room for 32 slots and no more" {
    spares=()
    for ((i = 2; i <= 32; i++)); do
        fob key add --key-file "spare-$i" >/dev/null
        spares+=(--key-file "spare-$i")
    done
    run -64 fob key add --key-file one-more
    [ ! -e one-more ]
    [ "$(fob key list --json | jq length)" -eq 32 ]
    # All can be named together.
    fob key test "${spares[@]}"
    fob key rotate "${spares[@]}"
    [ "$(fob get acme client_secret)" = swordfish ]
}

@test "a service gets its key from its credentials" {
    mkdir -m 500 credentials.d
    mv key fob.key
    chmod 440 fob.key # as with an access list
    chmod 700 credentials.d && mv fob.key credentials.d && chmod 500 credentials.d
    run -77 fob --no-input get acme client_secret
    [ "$(CREDENTIALS_DIRECTORY=$home/credentials.d fob --no-input get acme client_secret)" = swordfish ]
    chmod 700 credentials.d
    chmod 666 credentials.d/fob.key
    CREDENTIALS_DIRECTORY=$home/credentials.d run -77 fob --no-input get acme client_secret
}

@test "rotate gives every record and every slot a new key" {
    store bolt second
    fob key add --new-passphrase-file pass
    fob key rotate --passphrase-file pass
    [ "$(key_id)" = 2 ]
    for record in store/accounts/*; do
        [ "$(od -A n -t u1 -j 15 -N 1 "$record" | tr -d ' ')" = 2 ]
    done
    [ "$(fob get acme client_secret)" = swordfish ]
    [ "$(reader store pass:pass bolt client_secret)" = second ]
    fob key test --passphrase-file pass
    fob check
    fob key rotate --passphrase-file pass
    [ "$(key_id)" = 3 ]
    [ "$(fob get bolt client_secret)" = second ]
}

@test "rotate needs every slot, and otherwise changes nothing" {
    fob key add --new-passphrase-file pass
    cp -p store/header before
    run -77 fob --no-input key rotate
    [[ $output == *"key slot 2"* ]]
    run -77 fob --no-input key rotate --passphrase-file other
    cmp store/header before
    [ "$(fob get acme client_secret)" = swordfish ]
}

@test "a damaged account keeps the old key, and is named" {
    store bolt second
    printf xxxxxxxxxxxxxxxx | dd of=store/accounts/bolt bs=1 seek=200 conv=notrunc status=none
    run -65 fob key rotate
    [ "$(fob get acme client_secret)" = swordfish ]
    run -65 fob check
    [[ $output == *accounts/bolt* ]]
    fob key list
    rm store/accounts/bolt
    fob key rotate # finishes
    [ "$(key_id)" = 2 ]
    fob check
}

@test "the next rotation finishes one that was killed; all accounts are readable in between" {
    for ((i = 0; i < 60; i++)); do
        store "client-$i" "secret-$i"
    done
    rounds=${FOB_TEST_LONG:+1000}
    for ((round = 0; round < ${rounds:-40}; round++)); do
        fob key rotate >/dev/null 2>&1 &
        sleep "0.0$((RANDOM % 40 + 1))"
        kill -9 $! 2>/dev/null || true
        wait $! 2>/dev/null || true
        one=$((RANDOM % 60))
        [ "$(fob get "client-$one" client_secret)" = "secret-$one" ]
        [ "$(reader store key acme client_secret)" = swordfish ]
        fob check >checked
        grep -q '61 of 61 records' checked
    done
    fob key rotate
    fob check --repair >/dev/null
    fob check >checked
    run ! grep -q "cut short" checked
    for ((i = 0; i < 60; i++)); do
        [ "$(fob get "client-$i" client_secret)" = "secret-$i" ]
    done
}

@test "others read and write while the key is replaced" {
    for ((i = 0; i < 20; i++)); do
        store "client-$i" "secret-$i"
    done
    for ((round = 0; round < 12; round++)); do
        fob key rotate >/dev/null || echo "rotate $?" >>failed
    done &
    rotating=$!
    round=0
    while kill -0 $rotating 2>/dev/null; do
        one=$((round++ % 20))
        printf 'client_id=id\nclient_secret=new-%s\n' "$round" |
            fob edit "client-$one" --stdin --no-validate >/dev/null || echo "edit $?" >>failed
        [ "$(fob get "client-$one" client_secret)" = "new-$round" ] || echo "get" >>failed
    done
    wait $rotating
    [ "$round" -gt 3 ]
    [ ! -e failed ] || { cat failed && false; }
    fob check >/dev/null
}

@test "unlock keeps the key for a time, and lock removes it" {
    fob key add --new-passphrase-file pass
    mv key away
    run -77 fob --no-input get acme client_secret
    fob --passphrase-file pass unlock --for 1h || skip "the kernel keeps no keys here"
    [ "$(fob --no-input get acme client_secret)" = swordfish ]
    fob lock
    run -77 fob --no-input get acme client_secret
    run -0 fob lock
    [[ $output == *"not unlocked"* ]]
    fob --passphrase-file pass unlock --for 1s
    sleep 2
    run -77 fob --no-input get acme client_secret
}

@test "lock asks nothing, needs no log and writes no line to it; unlock does" {
    fob key add --new-passphrase-file pass
    mv key away
    fob --passphrase-file pass unlock >/dev/null || skip "the kernel keeps no keys here"
    [ "$(fob log --event unlock | wc -l)" -eq 1 ]
    cp -p log before
    run -0 alone fob lock
    run -0 alone fob lock
    cmp log before
    fob --passphrase-file pass unlock >/dev/null
    rm log && mkdir log
    run -0 alone fob lock
    [ "$output" = "store $home/store: locked" ]
    run -77 fob --no-input list
}

@test "unlock: a wrong passphrase and a bad duration keep it locked" {
    fob key add --new-passphrase-file pass
    mv key away
    run -77 fob --passphrase-file other unlock
    run -64 fob unlock --for never
    run -64 fob unlock --for 0
    run -64 fob unlock --for 8d
    run -77 fob --no-input get acme client_secret
}

@test "unlock: a kept key is not used after the store's key changed" {
    fob key add --new-passphrase-file pass
    cp -a store old-store
    fob key rotate --passphrase-file pass >/dev/null
    fob unlock >/dev/null || skip "the kernel keeps no keys here"
    # A restored backup gets another key with the same number.
    rm -r store && mv old-store store
    fob key rotate --passphrase-file pass >/dev/null
    mv key away
    run -77 fob --no-input get acme client_secret
    fob lock
}

@test "rotate takes the old key out of the kernel" {
    fob key add --new-passphrase-file pass
    fob unlock >/dev/null || skip "the kernel keeps no keys here"
    id=$(od -A n -t x1 -j 16 -N 16 store/header | tr -d ' \n')
    grep -q "fob:$id:" /proc/keys || skip "/proc/keys is not to be read here"
    fob key rotate --passphrase-file pass >/dev/null
    # A revoked key (R) is listed until the kernel removes it.
    awk -v name="fob:$id:" 'index($0, name) && $2 !~ /R/ { found = 1 } END { exit found }' /proc/keys
    mv key away
    run -77 fob --no-input get acme client_secret
}
