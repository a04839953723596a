#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Bad values and bad answers at the http plugin: nothing is lost, no secret leaves, and the status is the table's.

load sandboxed

SECRET='swordfish/+&"1'

teardown()
{
    stop_answers
    untold
}

# The provider hr at the server, with the lines of stdin; its host may be a field.
provider()
{
    {
        printf 'provider: hr\ntitle: HR\nplugin: http\noptions:\n  retries: 0\n'
        sed "s|URL|$url|"
    } >providers.d/hr.yaml
}

# A credential that is in each place of requests.
everywhere()
{
    provider <<-'END'
	  base_url: URL/v1
	  headers: { X-Key: "{key}", Authorization: { base64: "u:{key}" } }
	  check: { get: "/me/{user}", query: { of: "{user}" }, id: /data/0/id }
	  revoke: { post: /end, body: { key: "{key}" } }
	fields: [ { name: user }, { name: key, secret: true } ]
	END
}

named()
{
    everywhere
    sed -i 's|/data/0/id|&, name: /name|' providers.d/hr.yaml
}

exchanging()
{
    provider <<-'END'
	  base_url: URL/v1
	  headers: { Authorization: "Bearer {token}" }
	  token: { post: "URL/token", form: { id: "{user}", secret: "{key}" }, lasts: 1h }
	  check: { id: "{user}" }
	  revoke: { manual: x }
	fields: [ { name: user }, { name: key, secret: true } ]
	END
}

link()
{
    printf 'user=ann\nkey=%s\n' "$SECRET" | fob link hr acme --stdin >/dev/null
}

# Neither the secret nor an encoding of it was shown or logged.
hidden()
{
    local form
    for form in swordfish "$(printf %s "$SECRET" | base64)" "$(printf %s "u:$SECRET" | base64)" swordfish%2F; do
        has_not "$stderr$output$(cat log)" "$form"
    done
}

# kept ANSWER: after this answer to a validation, whose status is 76, the account is as before.
kept()
{
    begin_answers "$1"
    "$provider"
    FOB_DEBUG=all split fob validate acme
    [ "$status" -eq 76 ] || { echo "$1: $status $stderr"; false; }
    hidden
    [ "$(fob show acme --json | jq -r .status)" = active ]
    [ "$(fob get acme key)" = "$SECRET" ]
}

@test "answers to a check that are no answer change nothing" {
    local answer provider=everywhere
    begin_answers '{"data": [{"id": 7}]}'
    everywhere
    link
    # The rest of an id is not lost.
    begin_answers '{"data": [{"id": "7\u0000b"}]}'
    everywhere
    split fob validate acme
    ended 76
    for answer in "<html>$SECRET</html>" '' null true '"text"' "\"$SECRET\"" '[]' '{}' '{"data": null}' '{"data": {}}' \
        '{"data": [[]]}' '{"data": [{"id": null}]}' '{"data": [{"id": 1.5}]}' '{"data": [{"id": []}]}' \
        '{"data": [{"id": ""}]}' '{"data": [{"id": "a\u0000b"}]}' '{"data": [{"id": "a\nb"}]}' \
        "{\"data\": [{\"id\": \"$(printf %300s x)\"}]}" \
        "{\"success\": false, \"error\": \"swordfish/+&\\\\\"1\"}" '{"success": false}' '{"data": [{"id": 7}]' \
        '{"data": [{"id": 7}]} x' "$(printf '[%.0s' {1..2000})"; do
        kept "$answer"
    done
    provider=named
    for answer in '{"data": [{"id": 7}]}' '{"data": [{"id": 7}], "name": true}' '{"data": [{"id": 7}], "name": {}}' \
        '{"data": [{"id": 7}], "name": null}' '{"data": [{"id": 7}], "name": ["x"]}'; do
        kept "$answer"
    done
}

@test "answers to a token call that are no token change nothing" {
    local answer provider=exchanging
    begin_answers '{"access_token": "t0ken-old", "expires_in": 3600}'
    exchanging
    link
    for answer in "<html>$SECRET</html>" '' null true '"text"' '[]' '{}' '{"access_token": null}' '{"access_token": 7}' \
        '{"access_token": {}}' '{"access_token": ["t"]}' '{"access_token": ""}' '{"access_token": "a\nb"}' \
        '{"access_token": "a\r\nX: b"}' '{"access_token": "t\n"}' '{"access_token": "\u00e4"}' \
        '{"access_token": "a\u0000b"}' "{\"access_token\": \"$(printf %262145s | tr ' ' a)\"}" \
        "{\"error\": \"invalid_client\", \"error_description\": \"none for swordfish/+&\\\\\"1, swordfish%2F%2B%26%221\"}" \
        '{"success": false, "access_token": "t"}'; do
        kept "$answer"
        [ "$(fob get acme token)" = t0ken-old ]
    done
}

@test "a lifetime that is none is not believed" {
    local lifetime provider=exchanging
    begin_answers '{"access_token": "t0ken-old", "expires_in": 3600}'
    exchanging
    link
    for lifetime in 0 -1 1e99 -1e99 99999999999999999999 '"soon"' '"2030-01-01T00:00:00Z"' '"1e9"' null true '[3600]' \
        '{"s": 1}' '""' '" 60"' '"60 "'; do
        begin_answers "{\"access_token\": \"t-$RANDOM\", \"expires_in\": $lifetime}"
        exchanging
        fob validate acme >/dev/null
        # The option lasts counts: it is not renewed for each use.
        fob get acme token >/dev/null
        fob get acme --format header >/dev/null
        [ "$(wc -l <answers/asked)" -eq 1 ] || { echo "$lifetime"; false; }
    done
}

# as_long TEXT NUMBER: TEXT, without its newline, has NUMBER bytes.
as_long()
{
    [ "$(tr -d '\r\n' <<<"$1" | wc -c)" -eq "$2" ]
}

@test "keys of 64 KiB and tokens of 100 KiB are sent whole, and keys over 256 KiB refused" {
    local big token
    big=$(printf %65536s | tr ' ' k)
    token=$(printf %102400s | tr ' ' t)
    begin_answers "{\"access_token\": \"$token\"}" '{}'
    exchanging
    fob link hr acme --stdin < <(printf 'user=ann\nkey=%s\n' "$big") >/dev/null
    as_long "$(fob get acme key)" 65536
    as_long "$(cut -d= -f3 answers/asked | head -n 1)" 65536
    as_long "$(fob get acme token)" 102400
    fob request acme /x >/dev/null
    as_long "$(grep -i '^authorization: ' answers/heads)" $((102400 + 22))
    begin_answers '{"data": [{"id": 7}]}'
    everywhere
    fob link hr head --stdin < <(printf 'user=ann\nkey=%s\n' "$big") >/dev/null
    as_long "$(grep -i '^x-key: ' answers/heads)" $((65536 + 7))
    as_long "$(grep -i '^authorization: ' answers/heads)" $(((65536 + 2) / 3 * 4 + 21))
    split fob link hr more --stdin < <(printf 'user=ann\nkey=%s\n' "$(printf %262145s | tr ' ' k)")
    refused 64
}

@test "a host that somebody types is a name with a dot, without a port, and nothing else" {
    local host
    begin_answers '{}'
    provider <<-'END'
	  base_url: https://{host}/v1
	  headers: { X-Key: "{key}" }
	  check: { get: /me, id: "{host}" }
	  revoke: { manual: x }
	fields: [ { name: host, title: Host, type: host }, { name: key, secret: true } ]
	END
    for host in hr hr.example:8443 a@hr.example hr.example/x hr.example? 'hr.example#' .. . .hr.example \
        hr.example. hr..example 127.0.0.1 127.1 0x7f.1 2130706433 0x7f000001 '[::1]' ::1 '[::ffff:127.0.0.1]' 8.8.8.8 \
        localhost a.localhost a.LOCALHOST -a.example a-.example 'a b.example' a%2eb.example 'a\b.example' \
        m$'\xc3\xbc'nchen.example a$'\xe3\x80\x82'example xn--a.example "$(printf 'a%.0s' {1..64}).example" \
        "$(printf 'a.%.0s' {1..130})example"; do
        split fob link hr acme --exact --field "host=$host" --stdin <<<key=k
        [ "$status" -eq 64 ] || { echo "$host: $status $stderr"; false; }
        has "$stderr" Host
    done
    for host in hr.no-such.invalid HR.no-such.invalid xn--mnchen-3ya.invalid a_b.invalid; do
        split fob link hr acme --field "host=$host" --stdin <<<key=k
        [ "$status" -eq 75 ] || { echo "$host: $status $stderr"; false; }
    done
}

@test "control characters, slashes and dots do not leave their place" {
    local value place
    begin_answers '{"id": 1}'
    for place in 'headers: { X: "{v}" }' 'query: { x: "{v}" }' 'headers: { X: { base64: "{v}" } }'; do
        provider <<-END
		  base_url: URL/v1
		  $place
		  check: { get: /me }
		  revoke: { manual: x }
		fields: [ { name: v } ]
		END
        for value in $'a\nb' $'a\rb' $'a\tb' $'a\x7fb' $'\x01'; do
            split fob link hr acme --exact --field-file v=<(printf %s "$value")
            refused 64
            has "$stderr" 'v cannot be sent: it has a control character'
        done
    done
    for place in '"/me/{v}"' '"/me/x{v}/y"'; do
        provider <<-END
		  base_url: URL/v1
		  headers: { X: "{w}" }
		  check: { get: $place }
		  revoke: { manual: x }
		fields: [ { name: v }, { name: w, secret: true } ]
		END
        for value in / a/b '\' '../x' $'a\nb' '/../'; do
            split fob link hr acme --exact --field-file v=<(printf %s "$value") --field-file w=<(printf w)
            refused 64
            has "$stderr" 'cannot be sent: it'
        done
    done
    for value in . ..; do
        provider <<-END
		  base_url: URL/v1
		  headers: { X: "{w}" }
		  check: { get: "/me/{v}" }
		  revoke: { manual: x }
		fields: [ { name: v }, { name: w, secret: true } ]
		END
        split fob link hr acme --field "v=$value" --stdin <<<w=w
        refused 64
        has "$stderr" 'a part of the path would be dots'
    done
    [ ! -e answers/asked ]
    split fob link hr acme --field 'v=%2e%2e?a#b@c:d;e' --stdin <<<w=w
    ended 0
    [ "$(cat answers/asked)" = 'GET /v1/me/%252e%252e%3Fa%23b%40c%3Ad%3Be ' ]
}

# moved KIND: an edit of such a field in the host drops the token and asks for the secret again.
moved()
{
    begin_answers '{"access_token": "t-eu", "expires_in": 3600}' '{"access_token": "t-us", "expires_in": 3600}'
    provider <<-END
	  base_url: https://{area}.hr.example/v1/{user}
	  headers: { Authorization: "Bearer {token}" }
	  token: { post: "URL/token", form: { id: "{user}", secret: "{key}" } }
	  check: { id: x }
	  revoke: { manual: x }
	fields: [ { name: user }, { name: area, $1 }, { name: key, secret: true } ]
	END
    fob link hr acme --field user=ann --field area=eu --stdin <<<key=k >/dev/null
    [ "$(fob get acme token)" = t-eu ]
    split fob edit acme --field area=us --no-input
    refused 64
    has "$stderr" 'no value for the field key, and nobody to ask'
    [ "$(fob get acme area) $(fob get acme token)" = 'eu t-eu' ]
    fob edit acme --field area=us --stdin --no-validate <<<key=k
    split fob get acme token
    refused 66
    fob validate acme
    [ "$(fob get acme area) $(fob get acme token)" = 'us t-us' ]
    # A part of the path is no host.
    fob edit acme --field user=ben --no-input --no-validate
    fob revoke acme --yes >/dev/null 2>&1
}

@test "an edit of a field in the host drops the token and asks for the secret again" {
    moved 'type: label'
    moved 'enum: [ eu, us ]'
}
