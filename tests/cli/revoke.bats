#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Revoking an account, and how fob reports the result.

load sandboxed

@test "revoke erases, and says what a person must still do, and where" {
    link_account acme >/dev/null
    split fob revoke acme --yes
    ended 0
    has "$output" 'acme: erased here; at CharlieHR a person must still end it: '
    has "$stderr" 'CharlieHR still accepts these keys'
    has "$stderr" 'Company > Integrations > API Keys > Reset Keys'
    has "$stderr" 'A reset disconnects every integration that uses this pair'
    [ "$(names)" = "" ]
    [ -z "$(ls store/accounts)" ]
    split fob get acme
    refused 66
}

@test "revoke names the other accounts that share the keys" {
    link_account acme >/dev/null
    link_account two >/dev/null 2>&1
    store three another-secret
    split fob revoke acme --yes
    ended 0
    has "$stderr" 'the account two has the same credential'
    has_not "$stderr" 'account three'
    [ "$(names)" = "three two" ]
}

@test "revoke --json is one document" {
    link_account acme >/dev/null
    split fob revoke acme --yes --json
    ended 0
    jq -e '. == {account: "acme", outcome: "manual", result: "manual", message: .message} and
        (.message | length > 0)' <<<"$output"
}

@test "revoke asks on a terminal, and anything but yes does nothing" {
    link_account acme >/dev/null
    for answer in n '' x N; do
        run terminal --all 'expect=Revoke acme, CharlieHR company "Acme Sandbox Ltd"?' \
            "expect=[y/N]" "send=$answer" "send=n" -- fob revoke acme
        ended 64
        has "$(cat shown)" 'nothing was done'
        [ "$(names)" = acme ]
    done
    run terminal --all "expect=[y/N]" key=eof -- fob revoke acme
    ended 64
    [ "$(names)" = acme ]
    run terminal --all "expect=[y/N]" send=y -- fob revoke acme
    ended 0
    [ "$(names)" = "" ]
}

@test "without a terminal revoke wants --yes" {
    link_account acme >/dev/null
    for words in "" --no-input --json; do
        # shellcheck disable=SC2086 # words
        split alone fob revoke acme $words </dev/null
        refused 64
        has "$stderr" 'hint: --yes does it without asking'
    done
    [ "$(names)" = acme ]
}

@test "revoke --confirm asks until the keys are reset, and then erases" {
    own_sandbox
    link_account acme >/dev/null
    (sleep 1 && sandbox reset-keys) >/dev/null 3>&- &
    split fob revoke acme --yes --confirm --patience 30
    wait $!
    ended 0
    [ "$output" = 'acme: revoked at CharlieHR, and erased here; the old keys are rejected there now' ]
    [ "$(names)" = "" ]
}

@test "revoke --confirm erases nothing while the provider still accepts the keys" {
    link_account acme >/dev/null
    split fob revoke acme --yes --confirm --patience 3
    refused 75
    has "$stderr" 'fob: acme: the provider still accepts the old keys; nothing was erased'
    has "$stderr" 'hint: run the same command again once it is done there'
    fob get acme | cmp - "$hr/client_secret"
    [ "$(of_account acme status)" = active ]
}

@test "revoke --confirm erases nothing when the provider cannot be asked" {
    link_account acme >/dev/null
    fault 503
    split fob revoke acme --yes --confirm --patience 2
    refused 75
    has "$stderr" 'fob: acme: the provider could not be asked; nothing was erased'
    fob get acme | cmp - "$hr/client_secret"
}

@test "an interrupted --confirm erases nothing" {
    link_account acme >/dev/null
    fob revoke acme --yes --confirm >/dev/null 2>waiting 3>&- &
    pid=$!
    while ! grep -q 'asking CharlieHR' waiting; do
        sleep 0.05
    done
    kill "$pid"
    reap "$pid"
    ended 143
    [ "$(names)" = acme ]
}

@test "revoke needs no provider to answer, and erases what is rejected, suspended or expired" {
    link_account one >/dev/null
    link_account two --expires 2020-01-01 >/dev/null 2>&1
    link_account three >/dev/null 2>&1
    fault 401
    run fob validate --now one
    fob suspend three >/dev/null
    write_provider https://127.0.0.1:1/api/v1
    for account in one two three; do
        split fob revoke "$account" --yes
        ended 0
        has "$output" "$account: erased here"
    done
    [ "$(names)" = "" ]
}

@test "for rejected keys, revoke says so, and asks nobody to reset them" {
    local options
    for options in '' --confirm; do
        link_account acme >/dev/null
        fault 401
        fob validate --now acme >/dev/null 2>&1 || [ $? -eq 1 ]
        split fob revoke acme --yes $options --json
        ended 0
        [ "$(jq -r .outcome <<<"$output")" = rejected ]
        has_not "$stderr" 'still accepts'
        has_not "$stderr" 'Reset Keys'
        [ "$(names)" = "" ]
        fault none
    done
    # fob finds this by asking the provider.
    link_account acme >/dev/null
    fault 401
    split fob revoke acme --yes
    ended 0
    [ "$output" = 'acme: erased here; CharlieHR did not accept it any more' ]
    has_not "$stderr" 'still accepts'
}

@test "revoke does not claim a result that it could not ask for" {
    link_account acme >/dev/null
    fault 503
    split fob revoke acme --yes
    ended 0
    has "$output" 'acme: erased here; at CharlieHR a person must still end it'
    has "$stderr" 'Whether CharlieHR still accepts these keys could not be asked'
    has_not "$stderr" 'CharlieHR still accepts these keys:'
}

@test "a failed revocation at the provider has its reason on stderr" {
    write_stacks
    sed -i 's|^revoke:|&\n  - { control: requisite, plugin: debug, options: { revoke: unavailable } }|' \
        "$home/providers.d/charliehr.yaml"
    for options in '' --json; do
        link_account acme >/dev/null
        split fob revoke acme --yes $options
        ended 75
        has "$stderr" 'fob: '
        [ "$(names)" = "" ]
    done
}

@test "a wrong --patience is 64, and nothing is erased" {
    link_account acme >/dev/null
    for patience in x -1 10y 8d 99999999999999999999; do
        split fob revoke acme --yes --confirm --patience "$patience"
        refused 64
        has "$stderr" 'fob: --patience: not a duration'
    done
    split fob revoke acme --yes --patience 3
    refused 64
    [ "$(names)" = acme ]
}

@test "an account whose provider's file is missing can be erased, with a message for the person" {
    # A provider whose file will be removed.
    sed 's/^provider:.*/provider: fleeting/' providers.d/charliehr.yaml >providers.d/fleeting.yaml
    printf 'client_id=id\nclient_secret=secret\n' |
        fob link fleeting orphan --stdin --no-validate 2>/dev/null
    rm providers.d/fleeting.yaml
    split fob revoke orphan --yes --confirm
    ended 66
    [ "$(names)" = orphan ]
    split fob revoke orphan --yes
    ended 0
    has "$stderr" "the file of the provider fleeting is missing, so nobody was asked"
    [ "$(names)" = "" ]
}
