#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob invite, fob invitations, and what they refuse; tests/hub/inbox.py has what becomes of an invitation.

load sandboxed

setup()
{
    new_store
    echo "hub: { url: https://connect.example.com, spool: $home/spool, name: Payroll bureau }" >>"$FOB_CONFIG"
}

# The card of the only invitation, at jq's PATH.
card()
{
    jq -r "$1" spool/cards/*
}

# of_invitation ACCOUNT PATH [OPTION...]: the member at jq's PATH of the invitation of ACCOUNT.
of_invitation()
{
    fob invitations --json "${@:3}" | jq -r --arg account "$1" ".[] | select(.account == \$account).$2"
}

@test "invite prints the link, and nothing else" {
    split fob invite charliehr acme
    ended 0
    [[ $output =~ ^https://connect\.example\.com/i/[A-Za-z0-9_-]{43}$ ]]
    [ -z "$stderr" ]
    [ "$(names)" = "" ]
    [ "$(card .title)" = CharlieHR ]
    [ "$(card .from)" = "Payroll bureau" ]
    [ "$(card '[.fields[].name] | join(" ")')" = "client_id client_secret" ]
    [ "$(card '.pin, .return, .to, .kind' | xargs)" = "false link" ]
    has_not "$(cat spool/cards/*)" "${output##*/}"
    has_not "$(cat spool/cards/*)" acme
    [ "$(stat -c %a spool spool/cards spool/cards/* spool/inbox spool/results spool/work | xargs)" = \
        "750 2750 640 3730 2750 700" ]
}

@test "--json has the ID of what was made, and nothing is searched for it" {
    fob invite charliehr acme --json --pin >made
    [ "$(jq -r '[.account, .provider, .state, .left] | join(" ")' made)" = 'acme charliehr open 5' ]
    [ "$(jq -r .id made)" = "$(of_invitation acme id)" ]
    fob invite --again acme --json >again
    [ "$(jq -r .id again)" = "$(of_invitation acme id)" ]
    [ "$(jq -r .id again)" != "$(jq -r .id made)" ]
    # Another one that cannot be read is no reason to fail after the link was made.
    echo x >"store/accounts/invitation:$(jq -r .id made)"
    split fob invite charliehr other --json
    ended 0
    has "$output" '"account":"other"'
}

@test "a PIN goes to standard error" {
    split fob invite charliehr acme --pin
    ended 0
    [[ $output =~ ^https://[^[:space:]]*$ ]]
    [[ $stderr =~ ^PIN:\ [0-9]{6}$ ]]
    [ "$(card .pin)" = true ]
    run ! grep -rF "${stderr#PIN: }" spool log store
}

@test "what the person sees, and what the account will have" {
    fob invite charliehr acme --to 'Jane "JD" Doe' --from 'Ann' --label 'Acme & Co' --note $'One\nTwo' --valid 2d \
        --attempts 3 --return https://example.com/back?a=1 --field client_id=known --type test --owner-id 7 \
        --variable region=eu --hosts git.example --expires 2099-01-01 --hold --expect 'Acme Sandbox Ltd'
    [ "$(card '.to, .from, .label, .note, .return')" = $'Jane "JD" Doe\nAnn\nAcme & Co\nOne\nTwo\nhttps://example.com/back?a=1' ]
    [ "$(card '[.fields[].name] | join(" ")')" = client_secret ]
    left=$(($(card .expires) - $(date +%s)))
    [ "$left" -gt 172700 ]
    [ "$left" -le 172800 ]
    [ "$(of_invitation acme left)" = 3 ]
    split fob invitations
    ended 0
    [[ ${lines[0]} =~ ^ID\ +ACCOUNT\ +PROVIDER\ +TO\ +STATE\ +TRIES\ +EXPIRES$ ]]
    [[ ${lines[1]} =~ ^[0-9a-f]{8}\ +acme\ +charliehr\ +Jane\ \"JD\"\ Doe\ +open\ +0\ of\ 3\ +20 ]]
    [ "${#lines[@]}" -eq 2 ]
    [ -z "$stderr" ]
}

@test "without hub: in fob.yaml nobody is invited" {
    sed -i '/^hub:/d' "$FOB_CONFIG"
    for words in "invite charliehr acme" "inbox" "inbox --watch"; do
        # shellcheck disable=SC2086 # words
        split fob $words
        refused 78
        has "$stderr" hub
    done
    [ ! -e spool ]
}

@test "an account that exists needs --relink, and one that does not cannot have it" {
    link_account acme >/dev/null
    split fob invite charliehr acme
    refused 73
    has "$stderr" 'fob: acme: exists already'
    has "$stderr" 'hint: --relink'
    split fob invite --relink acme
    ended 0
    [ "$(card .kind)" = relink ]
    split fob invite --relink other
    refused 66
    split fob invite charliehr other --new-identity
    refused 64
    has "$stderr" 'only for --relink'
}

@test "there is one invitation for an account at a time" {
    fob invite charliehr acme >/dev/null
    split fob invite charliehr acme
    refused 73
    has "$stderr" 'acme'
    has "$stderr" 'fob invite --again'
    [ "$(fob invitations --json | jq length)" -eq 1 ]
}

@test "a new link has the settings of the old one, which ends" {
    fob invite charliehr acme --to Jane --note Hello --attempts 7 --pin >old 2>/dev/null
    id=$(of_invitation acme id)
    split fob invite --again "${id:0:8}"
    ended 0
    [[ $output =~ ^https://connect\.example\.com/i/ ]]
    [[ $stderr =~ ^PIN:\ [0-9]{6}$ ]]
    [ "$output" != "$(cat old)" ]
    [ "$(of_invitation acme to)/$(of_invitation acme left)/$(of_invitation acme state)" = Jane/7/open ]
    [ "$(of_invitation acme id)" != "$id" ]
    [ "$(fob invitations --all --json | jq -r --arg id "$id" '.[] | select(.id == $id).state')" = cancelled ]
    [ "$(jq -r .end "spool/cards/$id")" = cancelled ]
    split fob invite --again "$id" --to Joe
    refused 64
    has "$stderr" 'fob: --to: not with --again'
}

@test "--cancel ends invitations, by ID or account" {
    for account in one two three; do
        fob invite charliehr "$account" >/dev/null
    done
    id=$(of_invitation one id)
    split fob invitations --cancel "${id:0:8}" two
    ended 0
    [ "$output" = "one: invitation ${id:0:8} is cancelled"$'\n'"two: invitation $(of_invitation two id --all | cut -c-8) is cancelled" ]
    [ "$(fob invitations --json | jq -r '.[].account')" = three ]
    split fob invitations --cancel "$id"
    refused 73
    split fob invitations --cancel two nobody
    refused 66
    has "$stderr" 'nobody: no such invitation'
    has "$stderr" 'hint: "fob invitations" shows them'
    split fob invitations --cancel
    refused 64
    split fob invitations three
    refused 64
    split fob invitations --cancel three --all
    refused 64
    [ "$(of_invitation three state)" = open ]
    run ! grep -q '"key":' "spool/cards/$id"
    fob invite charliehr one >/dev/null
}

@test "options that do not fit" {
    for words in "--valid 4m" "--valid 31d" "--valid 0" "--valid x" "--attempts 0" "--attempts 101" "--attempts 1x" \
        "--return http://example.com/" "--return javascript:alert(1)" "--type other" "--expires yesterday" \
        "--field client_secret=my-secret" "--field nothing=x" "--valid" "--note="; do
        # shellcheck disable=SC2086 # words
        split fob invite charliehr acme $words
        refused 64
        has_not "$stderr" my-secret
    done
    split fob invite charliehr acme --field client_secret=my-secret
    has "$stderr" 'hint: use --field-file, or leave the field out;'
    for words in "" "charliehr" "charliehr acme other" "charliehr --relink acme" "--relink acme --again 1234" \
        "charliehr Acme"; do
        # shellcheck disable=SC2086 # words
        split fob invite $words
        refused 64
    done
    split fob invite nowhere acme
    refused 66
    split fob invite --again 0123
    refused 66
    split fob invite charliehr acme --to $'Jane\e[31m'
    refused 64
    [ -z "$(ls spool/cards 2>/dev/null)" ]
}

@test "a host that the person could choose must be given" {
    cat >providers.d/free.yaml <<-END
	provider: free
	title: Free
	fields: [ { name: host, type: host }, { name: token, secret: true } ]
	plugin: http
	options: { base_url: "https://{host}", headers: { Authorization: "Bearer {token}" }, check: { get: / } }
	END
    split fob invite free acme
    refused 78
    has "$stderr" 'host'
    has "$stderr" 'hint: give it: --field host='
    split fob invite free acme --field host=hr.example.com
    ended 0
    [ "$(card '[.fields[].name] | join(" ")')" = token ]
}

@test "invitations --all shows those that have ended, and completion offers the others" {
    fob invite charliehr acme >/dev/null
    fob invite charliehr globex >/dev/null
    fob invitations --cancel acme >/dev/null
    [ "$(fob invitations --all --json | jq -r '[.[] | .account, .state] | sort | join(" ")')" = "acme cancelled globex open" ]
    split fob invitations
    has_not "$output" acme
    id=$(of_invitation globex id)
    [ "$(fob complete -- invitations --cancel '' | cut -f 1 | sort | xargs)" = "${id:0:8} globex" ]
    [ "$(fob complete -- invite --again "${id:0:2}" | cut -f 1)" = "${id:0:8}" ]
    [ -z "$(fob complete -- invite charliehr '')" ]
    fob invitations --cancel globex >/dev/null
    split fob invitations
    ended 0
    [ "$stderr" = "No invitation waits for anybody." ]
}

@test "the log says who was invited, and by whom it was ended" {
    fob invite charliehr acme --to 'Jane Doe' >/dev/null
    id=$(of_invitation acme id)
    fob invitations --cancel acme >/dev/null
    split fob log acme
    has "$output" "invite account=acme"
    has "$output" "invitation $id for Jane Doe"
    has "$output" cancel
    ended 0
    fob log --verify >/dev/null
}

@test "a locked store, and a spool that others may use" {
    fob invite charliehr acme >/dev/null
    mv key key.away
    for words in "invite charliehr other" "invitations" "invitations --cancel acme" "inbox"; do
        # shellcheck disable=SC2086 # words
        split fob $words --no-input
        refused 77
    done
    mv key.away key
    [ "$(ls spool/cards | wc -l)" -eq 1 ]
}

@test "check compares the spool, and --repair corrects it" {
    split fob check
    has "$output" 'ok: hub https://connect.example.com'
    has "$output" "ok: spool $home/spool: not there yet"
    fob invite charliehr acme >/dev/null
    split fob check
    has "$output" "ok: spool $home/spool"
    ended 0
    for path in . cards inbox work site/site.json; do
        mode=$(stat -c %a "spool/$path")
        chmod 777 "spool/$path"
        split fob check
        ended 77
        grep -q "^spool $home/spool/$path: mode is [0-7]777, not [0-7]*$" <<<"$output"
        split fob check --repair
        ended 0
        grep -q "^ok: spool $home/spool/$path: mode is [0-7]777, not [0-7]*: corrected$" <<<"$output"
        [ "$(stat -c %a "spool/$path")" = "$mode" ]
    done
    for number in {1..60}; do
        : >"spool/inbox/$number"
    done
    split fob check
    ended 77
    [ "$(grep -c "spool/inbox" <<<"$output")" -le 21 ]
}

@test "check names the address that sign-ins come back to" {
    cat >providers.d/hr.yaml <<-END
	provider: hr
	title: HR
	plugin: http
	fields: [ { name: client_id }, { name: client_secret, secret: true } ]
	options:
	  base_url: https://hr.example.com
	  headers: { Authorization: "Bearer {token}" }
	  token: { post: "https://hr.example.com/token" }
	  check: { get: /me, id: /sub, name: /company }
	  oauth: { authorize: "https://hr.example.com/auth" }
	END
    split fob check hr
    has "$output" 'come back to https://connect.example.com/callback/hr'
    split fob check charliehr
    has_not "$output" callback
}
