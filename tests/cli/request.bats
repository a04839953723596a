#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Using an account: fob request, and fob get with curl, jq and a shell.

load sandboxed

setup()
{
    new_store
    link_account acme >/dev/null
}

# Make the same request with curl, for comparison.
curl_answer()
{
    curl -sS --cacert "$hr/ca.pem" \
        -H "Authorization: Token token=$(cat "$hr/client_id"):$(cat "$hr/client_secret")" \
        "$(cat "$hr/url")$1"
}

@test "request prints the answer's body, byte by byte" {
    for words in /company "GET /company" "/team_members?page=2&per_page=25"; do
        # shellcheck disable=SC2086 # words
        fob request acme $words >body 2>errors
        curl_answer "${words#GET }" | cmp - body
        [ -z "$(without_warning <errors)" ]
    done
    jq -e '.data.name == "Acme Sandbox Ltd"' < <(fob request acme GET /company)
}

@test "request --include prints status and headers before the body" {
    fob request acme /company --include >answer
    has "$(head -n 1 answer)" 'HTTP/1.1 200'
    grep -qi '^content-type: application/json' answer
    sed '1,/^\r*$/d' answer | jq -e .success
}

@test "request --data sends text, a file or stdin, as POST" {
    path=$(fob request acme /team_members | jq -r '"/team_members/" + .data[0].id + "/notes"')
    type=$(fob request acme /team_member_note_types | jq -r '.data[0].id')
    note=$(jq -nc --arg type "$type" \
        '{content: "it'\''s \"quoted\" é\n", team_member_note_type_id: $type}')
    printf %s "$note" >note
    forget_requests
    split fob request acme POST "$path" --data "$note"
    ended 0
    jq -e .success <<<"$output"
    run fob request acme "$path" --data @note
    ended 0
    run fob request acme "$path" --data - <note
    ended 0
    run fob request acme "$path" --data @- <note
    ended 0
    [ "$(requests main | jq -r .method | sort -u)" = POST ]
    [ "$(requests main | jq -r .body | sort -u)" = "$(requests main | head -n 1 | jq -r .body)" ]
    [ "$(requests main | wc -l)" -eq 4 ]
    [ "$(fob request acme "$path" | jq '[.data[] | select(.content | test("quoted"))] | length')" \
        -eq 4 ]
    split fob request acme "$path" --data @none
    refused 74
    has "$stderr" 'fob: none: No such file'
}

@test "request --header adds headers, but not the credential's" {
    forget_requests
    run fob request acme /company --header 'X-One: 1' --header 'X-Two: zwei, drei'
    ended 0
    [ "$(requests main | jq -r '.headers["X-One"], .headers["X-Two"]' | xargs)" = "1 zwei, drei" ]
    for header in 'Authorization: Token token=s3cr3t' 'authorization:x' 'Proxy-Authorization: x' \
        'no colon' ': x' $'X: a\r\nAuthorization: b' $'X: a\nb'; do
        split fob request acme /company --header "$header"
        refused 64
        has_not "$stderr" s3cr3t
    done
    [ "$(requests main | wc -l)" -eq 1 ]
}

@test "the path stays under the base URL" {
    forget_requests
    for path in https://other.example/x company $'/a\nb' '/a b' \
        /../../x '/a/../../x' '/%2e%2e/x' /x#y; do
        split fob request acme GET "$path"
        refused 64
        has "$stderr" 'fob: acme: '
    done
    split fob request acme GET ''
    refused 64
    has "$stderr" 'fob: request: an argument is empty'
    [ -z "$(requests main)" ]
    run fob request acme //other.example/x
    ended 66
    [ "$(requests main | jq -r .path)" = /api/v1//other.example/x ]
}

@test "a method is one word in capitals, and none that reflects the credential" {
    forget_requests
    for method in get 'GE T' '' CONNECT TRACE $'GET\r\nX: y'; do
        split fob request acme "$method" /company
        refused 64
    done
    [ -z "$(requests main)" ]
    run fob request acme HEAD /company
    has_not "$output" '{'
}

@test "--paginate prints one JSON array of everybody, in order" {
    fob request acme /team_members --paginate >people
    jq -e 'type == "array" and length == 312 and (map(.id) | unique | length) == 312' people
    [ "$(jq -r '.[0].id' people)" = "$(curl_answer /team_members | jq -r '.data[0].id')" ]
    forget_requests
    fob request acme '/team_members?per_page=25' --paginate | jq -e 'length == 312'
    [ "$(requests main | wc -l)" -eq 13 ]
    for kind in path absolute; do
        fault "next-url-$kind"
        fob request acme /team_members --paginate | cmp - people
    done
    fault none
    [ "$(fob request acme '/team_members?page=999' --paginate)" = '[]' ]
}

@test "--paginate follows no link away, and none for ever; the array is not closed then" {
    fault next-url-elsewhere
    forget_requests
    split fob request acme /team_members --paginate
    ended 76
    has "$stderr" '/meta/next_url'
    run jq -e . <<<"$output"
    [ "$status" -ne 0 ]
    [ -z "$(requests elsewhere)" ]
    [ -z "$(requests plain)" ]
    fault next-url-loop
    split fob request acme '/team_members?page=1&per_page=25' --paginate
    ended 76
    has "$stderr" 'leads back to a page that was read already'
    split fob request acme /team_members --paginate
    ended 76
    has "$stderr" 'page 2 has the same items as one before it'
}

@test "--paginate with a failure in the middle fails" {
    fault slow --value 0.6
    forget_requests
    (wait_until got_requests main 2 && fault 500) 3>&- &
    split fob request acme /team_members --paginate
    wait $!
    ended 75
    has "$stderr" 'cannot answer now (HTTP 500)'
    run jq -e . <<<"$output"
    [ "$status" -ne 0 ]
}

@test "--paginate goes with a list alone" {
    split fob request acme /company --paginate
    refused 76
    has "$stderr" 'the answer has no list called data'
    split fob request acme POST /company --paginate
    refused 64
    split fob request acme /team_members --paginate --include
    refused 64
}

@test "a status of 400 and above becomes an exit status, with the provider's words on stderr" {
    while read -r answer exit text; do
        fault "$answer"
        split fob request acme /company
        refused "$exit"
        has "$stderr" "fob: acme: localhost:"
        has "$stderr" "(HTTP $answer): $text"
    done <<-END
	400 76 Bad request
	401 1 Invalid client id or client secret
	403 77 These API keys have no access to this data
	404 66 Not found
	409 76 Conflict
	422 76 Unprocessable
	429 75 Too many requests
	500 75 Internal server error
	502 75 Bad gateway
	503 75 Service unavailable
	504 75 Gateway time-out
	END
    fault none
    split fob request acme /no_such_thing
    refused 66
}

@test "a request that the provider rejects changes no status by itself" {
    link_account two >/dev/null 2>&1
    for kind in 401 403; do
        fault "$kind"
        run fob request acme /company
        [ "$status" -ne 0 ]
        [ "$(of_account acme status)" = active ]
    done
}

@test "an answer that is not JSON is refused, unless the caller accepts it" {
    for kind in html not-json deep truncated-json latin1 empty success-false; do
        fault "$kind"
        split fob request acme /company
        refused 76
        has "$stderr" 'fob: acme: '
    done
    fault html
    split fob request acme /company --header 'Accept: */*'
    ended 0
    has "$output" '<h1>Sign in'
}

@test "a POST is not retried" {
    write_sandbox_provider 'timeout: 5'
    sed -i 's/retries: 0/retries: 3/' providers.d/charliehr.yaml
    fault 503 --times 1
    forget_requests
    split fob request acme POST /team_member_note_types --data '{"name":"x"}'
    refused 75
    [ "$(requests main | wc -l)" -eq 1 ]
}

@test "get --format curl is a configuration that curl takes" {
    [ "$(fob get acme --format curl | curl -sS -K - --cacert "$hr/ca.pem" "$(cat "$hr/url")/company" |
        jq -r .data.name)" = "Acme Sandbox Ltd" ]
}

@test "get --format header is a header that curl takes" {
    [ "$(curl -sS --cacert "$hr/ca.pem" -H @<(fob get acme --format header) \
        "$(cat "$hr/url")/company" | jq -r .data.name)" = "Acme Sandbox Ltd" ]
}

@test "get --format env is for eval, json for jq, raw for a variable" {
    # shellcheck disable=SC2016 # for the inner shell
    [ "$(sh -c 'eval "$(fob get acme --format env)"; echo "$CHARLIEHR_CLIENT_ID"
        printf %s "$CHARLIEHR_CLIENT_SECRET"')" = \
        "$(cat "$hr/client_id"; cat "$hr/client_secret")" ]
    [ "$(fob get acme --format json | jq -r '.client_id, .client_secret')" = \
        "$(cat "$hr/client_id" "$hr/client_secret")" ]
    [ "$(fob get acme)" = "$(cat "$hr/client_secret")" ]
    [ "$(fob get acme client_id --format raw)" = "$(cat "$hr/client_id")" ]
}

@test "a secret that JSON or a header cannot carry is not sent in part" {
    printf 'client_id=id\nclient_secret=a"b\\c d é\n' | fob edit acme --stdin --no-validate \
        >/dev/null 2>&1
    forget_requests
    curl -sS -K <(fob get acme --format curl) --cacert "$hr/ca.pem" -o /dev/null \
        "$(cat "$hr/url")/company"
    run fob request acme /company
    ended 1
    [ "$(requests main | jq -r .headers.Authorization | sort -u | wc -l)" -eq 1 ]
    [ "$(requests main | wc -l)" -eq 2 ]
}

@test "a worker that answers as it must not is ended, and nothing of its answer is printed" {
    mkdir -m 700 modules
    cp "$(program fob-worker)" modules
    cp "$abs_top_builddir/tests/plugins/.libs/requester.so" modules
    export FOB_LIBEXEC=$PWD/modules LD_LIBRARY_PATH=$abs_top_builddir/.libs
    cp -P "$abs_top_builddir"/.libs/libfob-*.so.0* modules
    [ "$(fob request acme /good)" = '{}' ]
    for what in crash exit short long huge twice status body header nothing; do
        split fob request acme "/$what"
        refused 78
        [ -z "$output" ]
        has "$stderr" 'fob: acme: plugin requester: its request '
        has_not "$stderr" 'carried out'
    done
    split fob request acme /part
    refused 75
    [ -z "$output" ]
    split fob request acme /good --paginate
    refused 78
    has "$stderr" 'sent invalid items'
    split fob request acme POST /crash
    refused 78
    has "$stderr" 'hint: the POST request may have been carried out: look before you repeat it'
    FOB_LIBEXEC=$abs_top_builddir/.libs fob check
}
