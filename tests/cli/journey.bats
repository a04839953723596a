#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Link, watch and take care of an account at a CharlieHR, over TLS.

load sandboxed

@test "link from stdin checks and stores the pair, and names the company" {
    split link_account acme
    ended 0
    [ "$output" = 'acme: linked to CharlieHR company "Acme Sandbox Ltd"' ]
    [ -z "$stderr" ]
    [ "$(requests main | tail -n 1 | jq -r '.method, .path' | xargs)" = "GET /api/v1/company" ]
    fob get acme | cmp - "$hr/client_secret"
    fob get acme client_id | cmp - "$hr/client_id"
    [ "$(of_account acme status)" = active ]
    [ "$(of_account acme remote.name)" = "Acme Sandbox Ltd" ]
    [[ $(of_account acme remote.id) == company_* ]]
    [ "$(of_account acme validated)" != null ]
}

@test "link from files, one of them a pipe" {
    split fob link charliehr acme --type test --owner-name 'Ann Admin' \
        --field-file client_id="$hr/client_id" --field-file client_secret=<(cat "$hr/client_secret")
    ended 0
    has "$output" 'acme: linked to CharlieHR company'
    [ "$(of_account acme type)" = test ]
    [ "$(of_account acme owner.name)" = "Ann Admin" ]
}

@test "link with a field on the command line, which may not be the secret" {
    split fob link charliehr acme --field client_id="$(cat "$hr/client_id")" \
        --field-file client_secret="$hr/client_secret"
    ended 0
    split fob link charliehr two --field client_id=x --field client_secret=my-secret
    refused 64
    [ "$(names)" = acme ]
}

@test "link on a terminal shows the guide first, then asks, without echo for the secret" {
    terminal --all "expect=You need to be an Admin or Super Admin in CharlieHR." \
        "expect=one" "expect=Reset Keys" "expect=Client Secret is shown only once" \
        "expect=Client ID: " echo=on "send=$(cat "$hr/client_id")" \
        "expect=Client Secret: " echo=off "send=$(cat "$hr/client_secret")" \
        'expect=acme: linked to CharlieHR company "Acme Sandbox Ltd"' -- fob link charliehr acme
    has "$(head -n 1 shown)" 'You need to be an Admin'
    fob get acme | cmp - "$hr/client_secret"
}

@test "a guide is not for a script: link from stdin says nothing but its result" {
    split link_account acme --no-input
    ended 0
    has_not "$output$stderr" Admin
}

@test "link --json is one document, without the secret" {
    split link_account acme --json
    ended 0
    jq -e '.name == "acme" and .status == "active"' <<<"$output"
    [ -z "$stderr" ]
}

@test "a pair that CharlieHR rejects stores nothing" {
    split fob link charliehr acme --stdin <<<$'client_id=wrong\nclient_secret=wrong-secret'
    refused 1
    has "$stderr" 'fob: CharlieHR does not accept this Client ID and Client Secret: Invalid'
    has "$stderr" 'hint: check that both are copied whole'
    has_not "$stderr" wrong-secret
    [ "$(names)" = "" ]
    [ -z "$(ls store/accounts)" ]
}

@test "an id that cannot be sent is refused before any call" {
    forget_requests
    for id in 'a:b' 'a b' $'a\tb' $'a\e[31mb' 'ü'; do
        split fob link charliehr acme --stdin <<<"client_id=$id"$'\nclient_secret=secret'
        refused 64
        has "$stderr" 'client_id is not a CharlieHR Client ID'
    done
    split fob link charliehr acme --field client_id=id --field-file client_secret=<(printf 'a\nb')
    refused 64
    has "$stderr" 'client_secret is not a CharlieHR Client Secret'
    [ -z "$(requests main)" ]
    [ "$(names)" = "" ]
}

@test "list and show print the linked account" {
    link_account acme --owner-id 7 --owner-email ann@example.org >/dev/null
    store old secret
    split fob list
    ended 0
    [ "${#lines[@]}" -eq 3 ]
    [[ ${lines[1]} =~ ^acme\ +charliehr\ +production\ +active\ +Acme\ Sandbox\ Ltd\ +[^\ ]+\ +20[-0-9]+\ [0-9:]+ ]]
    [[ ${lines[2]} =~ ^old\ +charliehr\ +production\ +unchecked\ +-\  ]]
    split fob show acme
    has "$output" 'Status: active'
    has "$output" 'Remote name: Acme Sandbox Ltd'
    has "$output" "Field client_id: $(cat "$hr/client_id")"
    has "$output" 'Field client_secret: (secret)'
}

@test "validate asks about each given account, and ends with the gravest status" {
    link_account acme >/dev/null
    link_account two >/dev/null 2>&1
    store bad wrong-secret
    forget_requests
    split fob validate acme two
    ended 0
    [ "$output" = $'acme: active\ntwo: active' ]
    [ "$(requests main | wc -l)" -eq 2 ]
    split fob validate acme bad nope two
    ended 1
    has "$output" 'acme: active'
    has "$output" 'bad: rejected: CharlieHR does not accept'
    has "$output" 'two: active'
    has "$stderr" 'fob: nope: no such account'
    split fob validate --all
    ended 1
    has "$output" 'two: active'
    split fob validate acme two --json
    ended 0
    [ "$(jq -r '.account + " " + .result + " " + .status' <<<"$output")" = \
        $'acme success active\ntwo success active' ]
}

@test "validate makes an unchecked account active, and learns its company" {
    link_account acme --no-validate >/dev/null 2>&1
    [ "$(of_account acme status)" = unchecked ]
    [ "$(of_account acme remote.id)" = "" ]
    split fob validate acme
    ended 0
    [ "$output" = 'acme: active' ]
    [ "$(of_account acme remote.name)" = "Acme Sandbox Ltd" ]
}

@test "after the first rejection an account stays active; a second within a minute does not count" {
    link_account acme >/dev/null
    fault 401
    split fob validate acme
    ended 1
    has "$output" 'acme: rejected: CharlieHR does not accept'
    has "$stderr" 'acme: stays active for now: a second "no" counts, at least a minute after'
    [ "$(of_account acme status)" = active ]
    [ "$(of_account acme refused)" != null ]
    split fob validate acme
    ended 1
    [ "$(of_account acme status)" = active ]
    fob get acme | cmp - "$hr/client_secret"
    fault none
    split fob validate acme
    ended 0
    [ "$(of_account acme refused)" = null ]
    [ "$(of_account acme last_error)" = "" ]
}

@test "validate --now: one rejection is enough; then the account is not lent, and the provider not called" {
    link_account acme >/dev/null
    fault 401
    split fob validate --now acme
    ended 1
    has_not "$stderr" 'stays active'
    [ "$(of_account acme status)" = rejected ]
    has "$(of_account acme last_error)" 'does not accept'
    fault none
    forget_requests
    for words in "get acme" "get acme --format env" "get acme --format header" \
        "request acme /company"; do
        # shellcheck disable=SC2086 # words
        split fob $words
        refused 77
        has "$stderr" 'fob: acme: not lent: it is rejected'
        has "$stderr" 'hint: "fob edit acme" gives it new keys; --force lends it once'
    done
    [ -z "$(requests main)" ]
    run fob request acme /company --force
    ended 0
    fob get acme --force | cmp - "$hr/client_secret"
    split fob validate acme
    [ "$output" = 'acme: active' ]
    [ -z "$stderr" ]
}

@test "a missing permission makes an account degraded, which is lent; later it becomes active again" {
    link_account acme >/dev/null
    fault 403
    split fob validate acme
    ended 77
    has "$output" 'acme: denied: '
    has "$output" 'These API keys have no access to this data'
    [ "$(of_account acme status)" = degraded ]
    fob get acme | cmp - "$hr/client_secret"
    fault none
    split fob validate acme
    [ "$output" = 'acme: active' ]
    [ -z "$stderr" ]
    [ "$(of_account acme status)" = active ]
}

@test "--trace prints a line for each entry, and the verdict, to stderr" {
    split link_account acme --trace
    ended 0
    [ "$output" = 'acme: linked to CharlieHR company "Acme Sandbox Ltd"' ]
    [[ $stderr =~ 'trace: charliehr link charliehr required: success -> ok, '[0-9.]+' ms (decides' ]]
    has "$stderr" 'trace: charliehr link: verdict success'
    [[ $stderr =~ 'trace: charliehr: plugin charliehr: its link hook gets call, '[0-9]+' bytes, after '[0-9.]+' ms' ]]
    [[ $stderr =~ 'trace: charliehr: plugin charliehr: its link hook sends done, '[0-9]+' bytes, after '[0-9.]+' ms' ]]
    fault 401
    split fob validate acme --trace
    [[ $stderr =~ 'trace: charliehr validate charliehr required: rejected -> bad, '[0-9.]+' ms' ]]
    has "$stderr" 'trace: charliehr validate: verdict rejected'
    sandbox fault none
    split fob --trace revoke acme --yes
    [[ $stderr =~ 'trace: charliehr revoke charliehr required: manual -> bad, ' ]]
}

@test "edit with new keys keeps name, history and labels" {
    own_sandbox
    link_account acme --type test --owner-id 7 --expires 2099-01-01 >/dev/null
    linked=$(of_account acme linked)
    remote=$(of_account acme remote.id)
    sandbox reset-keys >/dev/null
    run fob validate --now acme
    ended 1
    split fob edit acme --stdin < <(pair)
    ended 0
    [ "$output" = 'acme: linked to CharlieHR company "Acme Sandbox Ltd" with the new keys' ]
    fob get acme | cmp - "$hr/client_secret"
    [ "$(of_account acme status)" = active ]
    [ "$(of_account acme linked)" = "$linked" ]
    [ "$(of_account acme remote.id)" = "$remote" ]
    [ "$(of_account acme type)" = test ]
    [ "$(of_account acme owner.id)" = 7 ]
    [ "$(of_account acme expires)" = 2099-01-01T00:00:00Z ]
    [ "$(of_account acme refused)" = null ]
    [ "$(names)" = acme ]
    run fob log acme
    has "$output" ' link account=acme '
    has "$output" ' edit account=acme '
}

@test "an edit that the provider rejects keeps the old keys" {
    link_account acme >/dev/null
    split fob edit acme --stdin <<<$'client_id=other\nclient_secret=wrong-secret'
    refused 1
    fob get acme | cmp - "$hr/client_secret"
    fob get acme client_id | cmp - "$hr/client_id"
    [ "$(of_account acme status)" = active ]
}

@test "the keys of another company are refused without --new-identity" {
    own_sandbox
    link_account acme >/dev/null
    cp "$hr/client_secret" old
    sandbox company --id company_other --name 'Zed & Sons' >/dev/null
    sandbox reset-keys >/dev/null
    split fob edit acme --stdin < <(pair)
    refused 77
    has "$stderr" 'the new keys belong to the company "Zed & Sons", the old ones to "Acme Sandbox Ltd"'
    has "$stderr" 'hint: nothing was changed; use --new-identity'
    fob get acme | cmp - old
    [ "$(of_account acme remote.name)" = "Acme Sandbox Ltd" ]
    split fob edit acme --new-identity --stdin < <(pair)
    ended 0
    [ "$(of_account acme remote.id)" = company_other ]
    fob get acme | cmp - "$hr/client_secret"
}

@test "keys of another company make an account mismatched: shown everywhere, and not lent until resolved" {
    own_sandbox
    echo "on_change: [ /bin/sh, -c, 'echo \"\$FOB_FROM \$FOB_TO: \$FOB_REASON\" >>changes' ]" >>"$FOB_CONFIG"
    link_account acme >/dev/null
    sandbox company --id company_other --name 'Zed & Sons' >/dev/null
    split fob validate acme --changed
    ended 77
    [ "$output" = 'acme: active -> mismatched: its keys now belong to the company "Zed & Sons", not to "Acme Sandbox Ltd"' ]
    has "$stderr" 'fob: acme: its keys now belong to the company "Zed & Sons"'
    has "$stderr" 'fob edit --new-identity acme'
    has "$(cat changes)" 'active mismatched: its keys now belong to the company'
    split fob validate --all --json
    ended 77
    [ "$(jq -r '.result + " " + .status + " " + .was' <<<"$output")" = 'mismatched mismatched mismatched' ]
    [ "$(fob list --status mismatched --json | jq -r '.[].name')" = acme ]
    has "$(fob show acme)" 'Status: mismatched'
    has "$(fob list --problems)" 'its keys now belong to the company "Zed & Sons"'
    has "$(fob list --format prometheus)" 'status="mismatched"} 1'
    [ "$(of_account acme remote.name)" = 'Acme Sandbox Ltd' ]
    has "$(fob log acme)" 'result=mismatched'
    forget_requests
    local way
    for way in 'get acme' 'get acme --format env' 'get acme --format header' 'exec acme -- true' \
        'request acme /company' 'run acme list-offices'; do
        # shellcheck disable=SC2086 # words
        split fob $way
        refused 77
        has "$stderr" 'acme: not lent: it is mismatched'
        # shellcheck disable=SC2086
        fob ${way/acme/acme --force} >/dev/null
    done
    [ "$(requests main | wc -l)" -eq 2 ] # those with --force
    fob suspend acme >/dev/null
    fob validate acme >/dev/null 2>&1 || [ $? -eq 77 ]
    [ "$(fob resume acme)" = 'acme: mismatched' ]

    # The provider answers for the linked company again.
    sandbox company --id "$(of_account acme remote.id)" --name 'Acme Sandbox Ltd' >/dev/null
    [ "$(fob validate acme)" = 'acme: active' ]
    sandbox company --id company_other --name 'Zed & Sons' >/dev/null
    fob validate acme >/dev/null 2>&1 || [ $? -eq 77 ]

    # With --new-identity, fob does not ask for the keys again.
    split fob edit acme --new-identity --no-input
    ended 0
    [ "$output" = 'acme: linked to CharlieHR company "Zed & Sons" with the keys that it had' ]
    [ "$(of_account acme status)" = active ]
    [ "$(of_account acme remote.id)" = company_other ]
    fob get acme | cmp - "$hr/client_secret"
}

@test "link warns if the same credential or company is linked already" {
    own_sandbox
    link_account acme >/dev/null
    split link_account two
    ended 0
    has "$stderr" 'warning: the account acme has the same credential'
    sandbox reset-keys >/dev/null
    split link_account three
    ended 0
    has "$stderr" 'warning: the account acme is linked to the same company, "Acme Sandbox Ltd"'
    has_not "$stderr" 'same credential'
    sandbox company --id company_other --name Other >/dev/null
    sandbox reset-keys >/dev/null
    split link_account four
    ended 0
    [ -z "$stderr" ]
    [ "$(names)" = "acme four three two" ]
}

@test "a company's name cannot control the terminal" {
    fault control-name
    split link_account acme
    ended 0
    has_not "$output" $'\e'
    has_not "$output" $'\u202e'
    split fob list
    [ "${#lines[@]}" -eq 2 ]
    has_not "$output" $'\e'
    split fob show acme
    has_not "$output" $'\e'
    split fob list --json
    jq -e 'length == 1' <<<"$output"
    has_not "$output" $'\e'
}

@test "a suspended account is validated but not lent, and resumes as what it is" {
    link_account acme >/dev/null
    run fob suspend acme
    [ "$output" = 'acme: suspended' ]
    forget_requests
    split fob request acme /company
    refused 77
    has "$stderr" 'fob: acme: not lent: it is suspended'
    [ -z "$(requests main)" ]
    split fob validate --all
    ended 0
    [ -z "$output" ]
    [ -z "$(requests main)" ]
    fault 401
    run fob validate --now acme
    ended 1
    [ "$(of_account acme status)" = suspended ]
    run fob resume acme
    [ "$output" = 'acme: rejected' ]
}

@test "an expired account is not lent, and says what to do" {
    link_account acme >/dev/null
    run fob edit acme --expires 2020-01-01
    ended 0
    split fob request acme /company
    refused 77
    has "$stderr" 'fob: acme: not lent: it is expired'
    [ "$(names --status expired)" = acme ]
}

@test "the log has every event, and no secret" {
    link_account acme >/dev/null
    fob validate acme >/dev/null
    fob get acme >/dev/null
    fob request acme /company >/dev/null
    fob suspend acme >/dev/null
    fob resume acme >/dev/null
    fob edit acme --type test >/dev/null
    fob revoke acme --yes >/dev/null 2>&1
    [ "$(fob log acme | cut -d' ' -f2 | xargs)" = \
        "link validate lend lend suspend resume edit revoke" ]
    [ "$(fob log acme --event get | wc -l)" -eq 1 ]
    [ "$(fob log acme --event request | wc -l)" -eq 1 ]
    [ "$(fob log acme | grep -c " uid=$(id -u) pid=[0-9]* program=")" -eq 8 ]
    [ "$(fob log acme | grep -c ' result=success ')" -eq 7 ]
}

@test "linking under an existing name is refused before any call to the provider" {
    link_account acme >/dev/null
    forget_requests
    split link_account acme
    refused 73
    has "$stderr" 'hint: "fob edit acme" gives it new keys; or choose another name'
    [ -z "$(requests main)" ]
}
