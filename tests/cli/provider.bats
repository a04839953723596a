#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Faults of providers: how link, validate and request end after each answer.  A link that fails stores nothing, and
# only the provider's rejection changes an account.

load sandboxed

setup()
{
    new_store
    link_account acme >/dev/null
}

# bad_day EXIT TEXT: link, validate and request all end with EXIT and print TEXT.  The account does not change.
bad_day()
{
    local exit=$1 text=$2 before
    before=$(fob show acme --json | jq 'del(.last_used)')
    split link_account new
    refused "$exit" || return
    has "$stderr" "fob: " || return
    has "$stderr" "$text" || return
    split fob validate acme
    refused "$exit" || return
    has "$stderr" "fob: acme: " || return
    has "$stderr" "$text" || return
    split fob request acme /company
    refused "$exit" || return
    has "$stderr" "fob: acme: " || return
    has "$stderr" "$text" || return
    [ "$(fob show acme --json | jq 'del(.last_used)')" = "$before" ] || return
    [ "$(names)" = acme ] || return
    [ "$(ls store/accounts)" = acme ] || return
    fob get acme | cmp - "$hr/client_secret"
}

@test "a provider that is down: 75" {
    write_provider https://127.0.0.1:1/api/v1 "$hr/ca.pem"
    bad_day 75 'could not connect to 127.0.0.1:1: Connection refused'
}

@test "an unknown host: 75" {
    write_provider https://no-such-host.invalid/api/v1 "$hr/ca.pem"
    bad_day 75 'no-such-host.invalid'
}

@test "a provider that never answers, or too slowly: 75 after the time-out" {
    write_sandbox_provider 'timeout: 1'
    for kind in hang "slow --value 30" "drip --value 1"; do
        # shellcheck disable=SC2086 # words
        fault $kind
        bad_day 75 'localhost'
        has "$stderr" 'did not answer within 1 s'
    done
}

@test "a provider that is slow within the time-out is good" {
    fault slow --value 1
    split fob validate acme
    [ "$output" = 'acme: active' ]
}

@test "429 without Retry-After: 75" {
    fault 429
    bad_day 75 'asks for fewer calls (HTTP 429): Too many requests'
    has_not "$stderr" 'try again in'
}

@test "429 with Retry-After: 75, and when to come back" {
    fault 429 --value 7
    bad_day 75 'hint: try again in 7 seconds: localhost:'
}

@test "5xx: 75, with the provider's words" {
    while read -r answer text; do
        fault "$answer"
        bad_day 75 "cannot answer now (HTTP $answer): $text"
    done <<-END
	500 Internal server error
	502 Bad gateway
	503 Service unavailable
	504 Gateway time-out
	END
}

@test "a broken connection: 75" {
    fault reset
    bad_day 75 'the connection to localhost:'
    fault truncated
    bad_day 75 'the connection to localhost:'
}

@test "other 4xx: 76" {
    for answer in 400 409 422; do
        fault "$answer"
        bad_day 76 "(HTTP $answer)"
    done
}

@test "404: 76 to link and validate, whose address it is that is wrong" {
    fault 404
    split link_account new
    refused 76
    has "$stderr" "hint: check base_url ($(cat "$hr/url"))"
    split fob validate acme
    refused 76
    [ "$(of_account acme status)" = active ]
    [ "$(names)" = acme ]
}

@test "401: a failed link, stored nowhere" {
    fault 401
    split link_account new
    refused 1
    has "$stderr" 'fob: CharlieHR does not accept this Client ID and Client Secret: Invalid'
    [ "$(names)" = acme ]
}

@test "403: a failed link, and --no-validate offered" {
    fault 403
    split link_account new
    refused 77
    has "$stderr" 'does not allow this (HTTP 403): These API keys have no access to this data'
    has "$stderr" 'hint: nothing was stored; --no-validate stores it without asking the provider'
    [ "$(names)" = acme ]
}

@test "200 with a web page: 76" {
    fault html
    bad_day 76 ': '
    split fob validate acme
    has "$stderr" 'answered with an HTML page instead of JSON'
}

@test "200 with invalid, truncated, missing or non-UTF-8 JSON: 76" {
    while read -r kind text; do
        fault "$kind"
        bad_day 76 "answered with JSON that cannot be used: $text"
    done <<-END
	not-json it has characters that JSON does not allow
	truncated-json unexpected end of data
	empty it is empty
	latin1 it is not UTF-8
	END
}

@test "200 with JSON a hundred thousand levels deep: 76" {
    fault deep
    bad_day 76 'it is nested too deeply'
}

@test "200 with 64 MiB of JSON: 76, and not read to its end" {
    for kind in huge huge-chunked; do
        fault "$kind"
        bad_day 76 'is larger than 16 MiB'
    done
    split bash -c 'ulimit -v 400000; exec fob validate acme'
    sanitized || refused 76
}

@test "a header of 100 KiB: 76" {
    fault bad-header
    bad_day 76 'the header of the answer of localhost:'
}

@test "200 with success:false: 76, with the provider's words" {
    fault success-false
    bad_day 76 'reports a failure (HTTP 200): Something went wrong'
}

@test "200 with a company that has no id: 76" {
    for kind in no-data no-id null-id number-id; do
        fault "$kind"
        split link_account new
        refused 76
        has "$stderr" 'the answer of CharlieHR names no company'
        split fob validate acme
        refused 76
        [ "$(of_account acme status)" = active ]
    done
    [ "$(names)" = acme ]
}

@test "a redirect to plain http or to another host: 76, and nothing arrives there" {
    for kind in http host; do
        fault "redirect-$kind"
        bad_day 76 'not followed, and the credential was not sent there'
    done
    [ -z "$(requests plain)" ]
    [ -z "$(requests elsewhere)" ]
    fault none
    # Both listeners answer, and note their requests.
    curl -sS "$(cat "$hr/url_plain")/company" | jq -e .success
    curl -sS --cacert "$hr/ca.pem" "$(cat "$hr/url_elsewhere")/company" | jq -e .success
    [ "$(requests plain | wc -l)" -eq 1 ]
    [ "$(requests elsewhere | wc -l)" -eq 1 ]
}

@test "a redirect within the origin is followed, an endless one is not" {
    fault redirect-same
    split fob validate acme
    [ "$output" = 'acme: active' ]
    fault redirect-loop
    bad_day 76 'redirects more than 5 times'
}

@test "a secret in an answer does not get into an error" {
    secret=$(cat "$hr/client_secret")
    body="{\"success\":false,\"error\":\"bad token $secret\"}"
    told 3 < <(printf 'HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\n%s%d\r\n\r\n%s' \
        'Connection: close'$'\r\n''Content-Length: ' "${#body}" "$body")
    write_provider "http://127.0.0.1:$(cat port)"
    bad_day 76 'bad token ****'
    has_not "$stderr" "$secret"
}

@test "a temporary failure is retried: 503 once, then success" {
    sed -i 's/retries: 0/retries: 2/' providers.d/charliehr.yaml
    fault 503 --times 1
    forget_requests
    split fob validate acme
    [ "$output" = 'acme: active' ]
    [ "$(requests main | wc -l)" -eq 2 ]
    fault 429 --times 1 --value 2
    started=$SECONDS
    split fob validate acme
    [ "$output" = 'acme: active' ]
    [ $((SECONDS - started)) -ge 2 ]
    # fob does not wait that long.
    fault 503 --value 3600
    forget_requests
    split fob validate acme
    refused 75
    [ "$(requests main | wc -l)" -eq 1 ]
    fault 500
    forget_requests
    split fob validate acme
    refused 75
    [ "$(requests main | wc -l)" -eq 1 ]
}

@test "check finds a stack that can never succeed, and certificates that cannot be read" {
    cat >providers.d/never.yaml <<-'END'
	provider: never
	title: Never
	fields: [ { name: a, title: A } ]
	link: [ { control: { success: ignore, default: bad }, plugin: charliehr } ]
	validate: [ { control: required, plugin: charliehr } ]
	options: { base_url: "https://127.0.0.1/", ca_file: /nosuch/ca.pem }
	END
    split fob check
    ended 78
    has "$output" "never.yaml:4:9: the link stack can never succeed"
    has "$output" "ca_file: /nosuch/ca.pem: No such file or directory"
}

@test "a base_url that is not allowed is told with its place and in the same words by check, providers and use" {
    while read -r url why; do
        write_provider "$url"
        at=$home/providers.d/charliehr.yaml:$(grep -n '^  base_url:' providers.d/charliehr.yaml | cut -d: -f1):13
        split fob validate acme
        refused 78
        has "$stderr" "$at: base_url: $why"
        split fob providers
        ended 78
        has "$stderr" "fob: $at: base_url: $why"
        split fob check
        ended 78
        has "$output" "$at: base_url: $why"
    done <<-'END'
	https://hr.example/{x} it has a character that no URL has
	https://hr.example/?q it must not have a query or a fragment
	https://hr.example/#f it must not have a query or a fragment
	https://hr.example/a/../b it must not have '.' or '..' in its path
	https://hrü.example/ its host has a character that no host name has
	https://hr%2eexample/ its host has a character that no host name has
	https://hr.example:99999/ its port must be a number from 1 to 65535
	https://me@hr.example/ it must not have a user name
	http://hr.example/ plain http is allowed only to localhost
	https://hr.example. its host has an empty part between dots, or ends with a dot
	https://xn--/ a part of its host begins with xn--, but is no international name
	https://api.-hr.example/ a part of its host begins or ends with '-'
	END
    # An entry's own options count, too.
    write_provider https://hr.example
    write_stacks
    sed -i 's|^validate:|validate:\n  - { control: optional, plugin: charliehr, options: { base_url: "https://" } }|' \
        providers.d/charliehr.yaml
    split fob check
    has "$output" ': base_url: it has no host'
    split fob providers
    has "$stderr" ': base_url: it has no host'
}

@test "a mistake in answers is told with its place by check and use" {
    fob link charliehr known --no-validate --stdin < <(pair) >/dev/null 2>&1
    while IFS='|' read -r rule column text; do
        write_sandbox_provider "answers: [ { status: 403 }, { $rule } ]"
        place="charliehr.yaml:$(grep -n '^  answers' providers.d/charliehr.yaml | cut -d: -f1):$column: answers: $text"
        run -78 fob check
        has "$output" "$place"
        split fob validate --now known
        refused 78
        has "$stderr" "$place"
    done <<-'END'
	status: 4011|41|status must be
	status: 401, at: x|50|at must be a JSON Pointer
	status: 401, is: x|50|is wants at
	status: 200, code: rejected|52|code must be
	status: 401, code: accepted|52|code must be
	status: 204|31|code must be
	status: [ 401 ]|41|must be one value
	at: /x|31|status is missing
	END
}

@test "check and show name the files that are in use" {
    split fob check
    ended 0
    for line in "configuration $FOB_CONFIG" "store $home/store" "key file $home/key" "log $home/log" \
        "provider charliehr: $home/providers.d/charliehr.yaml" 'the store is opened by the key file, slot 1'; do
        has "$output" "ok: $line"
    done
    split fob check --json
    ended 0
    [ "$(jq -c .paths <<<"$output")" = \
        "{\"config\":\"$FOB_CONFIG\",\"store\":\"$home/store\",\"key_file\":\"$home/key\",\"log\":\"$home/log\"}" ]
    split fob show acme
    ended 0
    has "$output" "Provider file: $home/providers.d/charliehr.yaml
Store: $home/store
Configuration: $FOB_CONFIG"
    # A second file with the same name, in a later folder.
    mkdir more.d
    cp providers.d/charliehr.yaml more.d
    sed -i "s|^providers:.*|providers: [ $home/more.d, $home/providers.d ]|" "$FOB_CONFIG"
    split fob check
    ended 0
    has "$output" "ok: provider charliehr: $home/more.d/charliehr.yaml, in place of $home/providers.d/charliehr.yaml"
}
