#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob reports waits only on a terminal, and removes the report afterwards.

load sandboxed

# Print the terminal's final text, without removed parts.
left()
{
    sed -e 's/.*\r\x1b\[K//' shown
}

@test "a pause that the provider asks for is shown" {
    link_account acme >/dev/null 2>&1
    sed -i 's/retries: 0/retries: 1/' providers.d/charliehr.yaml
    fault 429 --times 1 --value 3
    terminal --all 'expect=waiting until CharlieHR may be asked (' 'expect= s left)' expect='acme: active' -- \
        fob validate acme
    has_not "$(left)" waiting
    fault 429 --times 1 --value 3
    terminal --all 'expect=waiting for CharlieHR, which asks for a pause (' 'expect= s left)' expect='"name"' -- \
        fob request acme /company
    has_not "$(left)" waiting
    # Without a terminal, nothing is printed.
    fault 429 --times 1 --value 3
    split fob request acme /company
    ended 0
    [ -z "$stderr" ]
}

@test "a pause after a failure is shown" {
    link_account acme >/dev/null 2>&1
    sed -i 's/retries: 0/retries: 4/' providers.d/charliehr.yaml
    fault 503 --times 4
    terminal --all 'expect=waiting to ask CharlieHR again (' 'expect= s left)' 'expect="name"' -- \
        fob request acme /company
    has_not "$(left)" waiting
    fault 503 --times 4
    terminal --all 'expect=waiting to ask CharlieHR again (' 'expect= s left)' 'expect=acme: active' -- \
        fob validate acme
    has_not "$(left)" waiting
}

@test "the pauses and calls of revoke --confirm are shown" {
    link_account acme >/dev/null 2>&1
    terminal --all 'expect=waiting to ask CharlieHR again (' 'expect= s left)' \
        'expect=nothing was erased' -- fob revoke acme --yes --confirm --patience 6 || [ $? -eq 75 ]
    has_not "$(left)" waiting
    fault slow --value 3
    terminal --all 'expect=waiting for CharlieHR (' 'expect=nothing was erased' -- \
        fob revoke acme --yes --confirm --patience 0 || [ $? -eq 75 ]
    has_not "$(left)" waiting
}

@test "a slow answer is shown, whatever the command" {
    pair >fields
    fault slow --value 3
    terminal --all 'expect=waiting for CharlieHR (' 'expect=acme: linked' -- \
        sh -c 'exec fob link charliehr acme --stdin <fields'
    has_not "$(left)" waiting
    terminal --all 'expect=waiting for CharlieHR (' expect='acme: active' -- fob validate acme
    has_not "$(left)" waiting
    fault slow --times 1 --value 3
    terminal --all 'expect=waiting for CharlieHR (' 'expect=person1@acme.example' -- \
        fob run acme list-team-members
    has_not "$(left)" waiting
    fault hang
    terminal --all 'expect=waiting for CharlieHR (' 'expect= s)' key=int -- fob validate acme || [ $? -eq 130 ]
}

# hold FILE: lock it until there is a file go.
hold()
{
    rm -f held go
    flock "$1" sh -c ': >held; until [ -e go ]; do sleep 0.05; done' 3>&- &
    holder=$!
    wait_until [ -e held ]
}

@test "waiting for another program that uses the store or the log is shown" {
    store acme s3cret-of-acme
    hold store/lock
    terminal --all "expect=waiting for another program that uses /" run=': >go' -- fob edit acme --type test
    has_not "$(left)" waiting
    wait $holder
    [ "$(of_account acme type)" = test ]
    hold log
    terminal --all "expect=waiting for another program that uses /" run=': >go' expect=id -- \
        fob get acme client_id
    has_not "$(left)" waiting
    wait $holder
}

# until_go FILE [LINE]: write a program that runs until there is a file go.
until_go()
{
    printf '#!/bin/sh\n%s\nuntil [ -e go ]; do sleep 0.05; done\n' "${2:-}" >"$1"
    chmod +x "$1"
    rm -f go
}

@test "a slow derivation of a key from a passphrase is shown" {
    local slow=$abs_top_builddir/tests/cli/.libs/slow_kdf.so
    [ -e "$slow" ] || skip "nothing can be preloaded"
    echo 'a long enough passphrase' >pass
    chmod 600 pass
    quick_passphrases
    fob key add --new-passphrase-file pass
    rm -f go
    terminal --all 'expect=making a key of the passphrase (' run=': >go' -- \
        env LD_PRELOAD="$slow" SLOW_UNTIL=go fob key test --passphrase-file pass
    has_not "$(left)" 'making a key'
}

@test "a slow program is shown: key_command, on_change" {
    store acme s3cret-of-acme
    until_go print-key
    echo 'echo a-key-that-nobody-guesses' >>print-key
    echo "key_command: [ $home/print-key ]" >>"$FOB_CONFIG"
    terminal --all "expect=waiting for key_command $home/print-key (" run=': >go' -- fob key add --command
    has_not "$(left)" waiting
    rm go
    mv key away
    terminal --all "expect=waiting for key_command $home/print-key (" run=': >go' expect=id -- \
        fob get acme client_id
    has_not "$(left)" waiting
    sed -i '/^key_command/d' "$FOB_CONFIG"
    mv away key
    echo correct-horse >pass
    chmod 600 pass
    fob key add --new-passphrase-file pass 2>/dev/null
    mv key away
    rm go
    until_go ask
    echo 'cat pass' >>ask
    terminal --all "expect=waiting for FOB_ASKPASS $home/" run=': >go' expect=id -- \
        sh -c "FOB_ASKPASS=$home/ask exec setsid -w fob get acme client_id </dev/null"
    has_not "$(left)" waiting
    until_go tell
    mv away key
    echo "on_change: [ $home/tell ]" >>"$FOB_CONFIG"
    link_account globex >/dev/null 2>&1
    fault 401
    terminal --all "expect=waiting for $home/tell (" run=': >go' -- fob validate --now globex || [ $? -eq 1 ]
    has_not "$(left)" waiting
}

@test "changes of several accounts are counted while the answer goes to a file" {
    for name in a1 a2 a3 a4 a5 a6; do
        store $name "s3cret-of-$name"
    done
    fault slow --value 0.5
    terminal --all 'expect=/6' -- sh -c 'fob revoke "a*" --yes >answer'
    has_not "$(left)" /6
}

@test "nothing is shown while a program asks for a secret" {
    store acme s3cret-of-acme
    until_go print-key 'stty -echo </dev/tty; sleep 3; stty echo </dev/tty'
    echo 'echo a-key-that-nobody-guesses' >>print-key
    echo "key_command: [ $home/print-key ]" >>"$FOB_CONFIG"
    : >go
    terminal --all -- fob key add --command
    has_not "$(cat shown)" waiting
}

@test "nothing is shown over a question, or by a job in the background" {
    fault hang
    pair >fields
    terminal --all 'expect=$ ' 'send=fob link charliehr acme --stdin <fields & sleep 3; echo over' $'expect=over\r' 'send=kill %1; exit' -- env PS1='$ ' bash --norc -i
    has_not "$(cat shown)" waiting
}

@test "no progress bar mixes with another program's output from a pipe" {
    link_account acme >/dev/null 2>&1
    terminal --all expect=person2@acme.example -- sh -c 'fob run acme list-team-members | sed -n 1,3p'
    has_not "$(cat shown)" $'\r\x1b[K'
    terminal --all -- sh -c 'fob run acme list-team-members >list'
    [ -s list ]
    has "$(cat shown)" $'\r\x1b[K['
    has_not "$(left)" '['
}

@test "a sweep shows its expected end" {
    for i in 1 2 3 4 5 6; do
        link_account "acme-$i" >/dev/null 2>&1
    done
    fault slow --value 1.5
    terminal --all 'expect=/6, ends in ' 'expect=6 active' -- fob validate --all --jobs 1
}
