#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The http plugin: providers that are a file, at a server with prepared answers and at the sandbox.

load sandboxed

teardown()
{
    stop_answers
    stop_own_sandbox
    untold
}

# The provider hr, whose fields, options and actions come from stdin, with URL for the server's.
provider()
{
    {
        printf 'provider: hr\ntitle: HR\nplugin: http\n'
        sed "s|URL|$url|; s|^options:|&\n  retries: 0|"
    } >"$home/providers.d/hr.yaml"
}

basic()
{
    provider <<-'END'
	fields:
	  - { name: area, title: Area, default: api }
	  - { name: user, title: User }
	  - { name: key, title: Key, secret: true }
	  - { name: app, title: App, optional: true }
	options:
	  base_url: URL/{area}/v1
	  headers: { Authorization: { base64: "{user}:{key}" }, X-App: "app-{app}", X-Fixed: yes }
	  check: { get: "/people/{user}", query: { fields: "id,name", app: "{app}" }, id: /data/0/id, name: /data/0/name }
	  rights: { read people: "/people?$limit=1" }
	  revoke: { delete: "/keys/{user}" }
	  answers: [ { status: 503, code: rate_limited, say: slow down } ]
	  retry_at: X-Reset
	actions:
	  list: { get: /people, items: /data }
	END
}

link()
{
    printf 'user=%s\nkey=%s\n' "${1-ann}" "${2-much secret}" | fob link hr acme --stdin "${@:3}"
}

GOOD='{"data": [{"id": 7, "name": "Acme Ltd"}]}'

@test "parameters without values leave no sign behind, and an id may be any whole number" {
    for id in 0 123456789012345678901234567890 -7; do
        begin_answers "{\"id\": $id}" '{}'
        provider <<-'END'
		fields: [ { name: key, secret: true }, { name: app, optional: true } ]
		options:
		  base_url: URL
		  headers: { X-Key: "{key}" }
		  check: { get: "/me?full=1", query: { app: "{app}" }, id: /id }
		  revoke: { get: /end, query: { app: "{app}" } }
		END
        fob link hr acme --stdin <<<'key=k'
        [ "$(of_account acme remote.id)" = "$id" ]
        fob revoke acme --yes
        [ "$(cut -d' ' -f2 answers/asked | xargs)" = '/me?full=1 /end' ]
    done
}

@test "a credential is put on requests, its company found, its rights tried" {
    begin_answers "$GOOD"
    basic
    split link
    ended 0
    has "$output" 'acme: linked to HR account "Acme Ltd"'
    [ "$(cat answers/asked)" = "GET /api/v1/people/ann?fields=id%2Cname 
GET /api/v1/people?\$limit=1 " ]
    has "$(cat answers/heads)" "Authorization: Basic $(printf %s 'ann:much secret' | base64)"
    has "$(cat answers/heads)" 'X-Fixed: yes'
    run ! grep -qi x-app answers/heads
    [ "$(fob show acme --json | jq -r .remote.id)" = 7 ]
    fob edit acme --field app=a/b
    has "$(tail -n 8 answers/heads)" 'X-App: app-a/b'
    has "$(cat answers/asked)" 'fields=id%2Cname&app=a%2Fb'
}

@test "the credential and the base URL serve request, run and get, and exec needs no plugin" {
    begin_answers "$GOOD"
    basic
    link >/dev/null
    split fob request acme '/people?x=1'
    ended 0
    [ "$(tail -n 1 answers/asked)" = 'GET /api/v1/people?x=1 ' ]
    split fob run acme list --json
    ended 0
    [ "$(jq -c '.[0].id' <<<"$output")" = 7 ]
    [ "$(tail -n 1 answers/asked)" = 'GET /api/v1/people ' ]
    has "$(fob get acme --format header)" 'X-Fixed: yes'
    [ "$(fob get acme)" = 'much secret' ]
}

@test "each answer is judged, and nothing but a no counts against the account" {
    begin_answers "$GOOD"
    basic
    link >/dev/null
    while IFS='|' read -r exit status body text; do
        begin_answers "$status" "$body"
        basic
        split fob validate acme
        ended "$exit"
        has "$stderr" "$text"
    done <<-'END'
	1|401|{"error": "no such key"}|no such key
	75|503|{}|: slow down (HTTP 503)
	75|500|{}|cannot answer now
	76|404|{}|has nothing at this address
	76|200|{"data": []}|has neither a text nor a number at /data/0/id
	76|200|{"data": [{"id": {}}]}|has neither a text nor a number at /data/0/id
	76|200|{"data": [{"id": true}]}|has neither a text nor a number at /data/0/id
	76|200|{"success": false, "message": "not today"}|reports a failure (HTTP 200): not today
	76|200|<html>a page</html>|an HTML page instead of JSON
	END
    begin_answers "503
X-Reset: 90" '{}'
    basic
    split fob validate acme
    ended 75
    has "$stderr" 'try again in 90 seconds'
    begin_answers "429
X-Reset: $(($(date +%s) + 600))" '{}'
    basic
    split fob validate acme
    ended 75
    [[ $stderr =~ try\ again\ in\ (59[0-9]|600)\ seconds ]]
    [ "$(fob show acme --json | jq -r .status)" = active ]
}

LACKS='hr accepts the credential, but it lacks the right: read people'

# The validation said that acme lacks the right.
degraded()
{
    ended 77
    has "$stderr" "$LACKS"
    [ "$(fob show acme --json | jq -r .status)" = degraded ]
}

two_rights()
{
    basic
    sed -i 's|rights:.*|rights: { read people: /people, see pay: "/pay/{user}" }|' providers.d/hr.yaml
}

@test "a right that is missing is named, and only degrades" {
    begin_answers "$GOOD"
    basic
    link >/dev/null
    begin_answers "$GOOD" 403 '{"message": "no"}'
    basic
    split fob validate acme
    ended 0
    [ "$(wc -l <answers/asked)" -eq 1 ]
    begin_answers "$GOOD" 403 '{"message": "no"}'
    basic
    split fob validate acme --now
    degraded
    has "$(fob show acme)" "$LACKS"
    [ "$(fob log acme --last 1 --json | jq -r '"\(.result): \(.detail)"')" = "denied: $LACKS" ]
    # A sweep does not ask for it, and leaves the status as it is.
    begin_answers "$GOOD"
    basic
    printf 'user=ben\nkey=secret\n' | fob link hr ben --stdin >/dev/null
    begin_answers "$GOOD"
    basic
    split fob validate --all
    degraded
    has "$output" 'ben: active'
    [ "$(sed 's/?.*//' answers/asked | sort | xargs)" = 'GET /api/v1/people/ann GET /api/v1/people/ben' ]
    [ "$(fob log acme --last 1 --json | jq -r .detail)" = "$LACKS" ]
    split fob validate acme
    degraded
    # Granted meanwhile.
    split fob validate acme --now
    ended 0
    [ "$output" = 'acme: active' ]
    [ "$(tail -n 1 answers/asked)" = 'GET /api/v1/people?$limit=1 ' ]
    split fob validate acme
    ended 0
}

@test "one of two rights is missing: link and edit refuse it, and an unchecked account gets it told" {
    begin_answers "$GOOD" '{}' 403 '{}'
    two_rights
    split link
    refused 77
    has "$stderr" 'lacks the right: see pay'
    link ann secret --no-validate 2>/dev/null >&2
    begin_answers "$GOOD" '{}' 403 '{}'
    two_rights
    split fob validate acme
    ended 77
    has "$stderr" 'lacks the right: see pay'
    [ "$(cut -d' ' -f2 answers/asked | tail -n 2 | xargs)" = '/api/v1/people /api/v1/pay/ann' ]
    [ "$(fob show acme --json | jq -r .status)" = degraded ]
    begin_answers "$GOOD" '{}' 403 '{}'
    two_rights
    split fob edit acme --stdin <<<key=new-secret
    ended 77
    [ "$(fob get acme key)" = secret ]
    begin_answers "$GOOD"
    two_rights
    fob edit acme --stdin <<<key=new-secret >/dev/null
    [ "$(wc -l <answers/asked)" -eq 3 ]
    [ "$(fob show acme --json | jq -r .status)" = active ]
}

@test "revoke makes its request, and tells what a person must do" {
    begin_answers "$GOOD"
    basic
    link >/dev/null
    split fob revoke acme --yes
    ended 0
    [ "$(tail -n 1 answers/asked)" = 'DELETE /api/v1/keys/ann ' ]
    begin_answers "$GOOD"
    basic
    sed -i 's|revoke: .*|revoke: { post: /end, manual: "In HR: delete the key." }|' providers.d/hr.yaml
    link >/dev/null
    split fob revoke acme --yes
    ended 0
    [ "$(tail -n 1 answers/asked)" = 'POST /api/v1/end ' ]
    has "$stderr" 'In HR: delete the key.'
    begin_answers "$GOOD" "$GOOD" 500 '{}'
    basic
    link >/dev/null
    split fob revoke acme --yes
    has "$stderr" 'cannot answer now'
    begin_answers "$GOOD" "$GOOD" '{"success": false, "message": "not you"}'
    basic
    link >/dev/null
    split fob revoke acme --yes
    has "$stderr" 'reports a failure (HTTP 200): not you'
}

@test "the request that revokes may have a form or a body, with each value in its encoding" {
    begin_answers "$GOOD"
    basic
    sed -i 's|revoke: .*|revoke: { post: /end, query: { a: "{user}" }, form: { "k y": "{key}", app: "{app}", x: "1 2" } }|' \
        providers.d/hr.yaml
    link ab $'k"\\\xc3\xbc&=' >/dev/null
    fob revoke acme --yes
    [ "$(tail -n 1 answers/asked)" = 'POST /api/v1/end?a=ab k%20y=k%22%5C%C3%BC%26%3D&x=1%202' ]
    has "$(cat answers/heads)" 'Content-Type: application/x-www-form-urlencoded'
    sed -i 's|revoke: .*|revoke: { put: /end, body: { "{x": 1, key: "<{key}>", app: "{app}", list: [ 1, "1", true, null, { n: "{app}" } ] } }|' \
        providers.d/hr.yaml
    link ab $'k"\\\xc3\xbc&=' >/dev/null
    fob revoke acme --yes
    [ "$(tail -n 1 answers/asked)" = 'PUT /api/v1/end {"{x":1,"key":"<k\"\\ü&=>","list":[1,"1",true,null,{}]}' ]
    has "$(tail -n 12 answers/heads)" 'Content-Type: application/json'
    # In the query of a path, too; and a secret there is masked.
    sed -i 's|revoke: .*|revoke: { delete: "/end/{user}?a={key}\&x=1" }|' providers.d/hr.yaml
    link ab 'k/..&= x' >/dev/null
    begin_answers 404 '{"error": "no k/..&= x, k%2F..%26%3D%20x"}'
    sed -i "s|base_url: http://127[0-9.:]*|base_url: $url|" providers.d/hr.yaml
    split fob revoke acme --yes
    [ "$(tail -n 1 answers/asked)" = 'DELETE /api/v1/end/ab?a=k%2F..%26%3D%20x&x=1 ' ]
    has_not "$output$stderr$(cat log)" 'k/..'
    has_not "$output$stderr$(cat log)" 'k%2F..'
    begin_answers "$GOOD"
    basic
    sed -i 's|revoke: .*|revoke: { put: /end, body: { key: "<{key}>" } }|' providers.d/hr.yaml
    link ab $'\xff' --exact >/dev/null
    split fob revoke acme --yes
    has "$stderr" 'a field cannot be sent: it is not UTF-8'
    [ "$(fob show acme --json | jq -r .status)" = active ]
}

@test "a provider that takes its key in the query gets it there, and nobody sees it" {
    begin_answers "$GOOD"
    provider <<-'END'
	fields: [ { name: key, title: Key, secret: true }, { name: app, title: App, optional: true } ]
	options:
	  base_url: URL/v1
	  query: { api_key: "{key}", app: "{app}" }
	  check: { get: /me, query: { a: b }, id: /data/0/id }
	  revoke: { manual: x }
	actions:
	  list: { get: /people, items: /data }
	END
    fob link hr acme --stdin <<<'key=much s&cret"\' >/dev/null
    fob request acme '/people?x=1' >/dev/null
    fob run acme list --json >/dev/null
    [ "$(cat answers/asked)" = 'GET /v1/me?a=b&api_key=much%20s%26cret%22%5C 
GET /v1/people?x=1&api_key=much%20s%26cret%22%5C 
GET /v1/people?api_key=much%20s%26cret%22%5C ' ]
    fob get acme --format curl | curl -sS -K - "$url/v1/it?y=1" >/dev/null
    [ "$(tail -n 1 answers/asked)" = 'GET /v1/it?y=1&api_key=much%20s%26cret%22%5c ' ] ||
        [ "$(tail -n 1 answers/asked)" = 'GET /v1/it?y=1&api_key=much%20s%26cret%22%5C ' ]
    split fob get acme --format header
    refused 64
    has "$stderr" 'acme: its provider takes api_key in the query of the address, not in a header'
    split fob exec acme --header-fd 3 -- true
    refused 64
    has "$stderr" 'acme: its provider takes api_key in the query'
    run ! grep -rq 's&cret\|s%26cret' log
}

@test "a request to a whole URL has no credential but its own, and its headers win" {
    begin_answers "$GOOD"
    basic
    sed -i "s|revoke: .*|revoke: { post: \"${url/127.0.0.1/localhost}/{area}/revoke\", query: { q: 1 }, headers: { authorization: { base64: \"app:{key}\", scheme: Key }, X-App: \"{app}\" }, form: { token: \"{key}\" } }|" \
        providers.d/hr.yaml
    fob check >/dev/null
    link >/dev/null
    fob revoke acme --yes
    [ "$(tail -n 1 answers/asked)" = 'POST /api/revoke?q=1 token=much%20secret' ]
    [ "$(grep -ci ^authorization answers/heads)" = 3 ]
    has "$(tail -n 10 answers/heads)" "authorization: Key $(printf %s 'app:much secret' | base64)"
    run ! grep -qi 'X-Fixed' <(tail -n 10 answers/heads)
    # Below base_url, the headers of the request go with the others, in place of one with that name.
    sed -i 's|revoke: .*|revoke: { delete: /key, headers: { authorization: "Own {user}" } }|' providers.d/hr.yaml
    link >/dev/null
    fob revoke acme --yes
    [ "$(tail -n 1 answers/asked)" = 'DELETE /api/v1/key ' ]
    [ "$(grep -ci ^authorization <(tail -n 10 answers/heads))" = 1 ]
    has "$(tail -n 10 answers/heads)" 'authorization: Own ann'
    has "$(tail -n 10 answers/heads)" 'X-Fixed: yes'
    # Not those of an application.
    link >/dev/null
    split fob request acme /people --header 'x-fixed: no'
    refused 64
    has "$stderr" 'header X-Fixed: set by fob'
}

@test "a value that a place cannot have is refused before anything is sent" {
    begin_answers "$GOOD"
    basic
    while IFS='|' read -r user key text; do
        split link "$user" "$key"
        refused 64
        has "$stderr" "$text"
    done <<-'END'
	a:b|x|user cannot be sent: it has a colon
	..|x|/people/{user} cannot be sent: a part of the path would be dots
	a/b|x|user cannot be sent: it would leave its part of the path
	END
    split fob link hr acme --exact --field user=u --field-file key=<(printf 'a\nb')
    refused 64
    has "$stderr" 'key cannot be sent: it has a control character'
    [ ! -e answers/asked ]
    # Behind the first colon anything may be.
    link ann 'tok:en' >/dev/null
    has "$(cat answers/heads)" "Basic $(printf %s 'ann:tok:en' | base64)"
}

@test "a field may be the host, but no address and not this machine" {
    begin_answers "$GOOD"
    provider <<-'END'
	fields:
	  - { name: company, title: Company, type: label, prefix: "https://", suffix: .no-such.invalid }
	  - { name: key, title: Key, secret: true }
	options:
	  base_url: https://{company}.no-such.invalid/api
	  headers: { X-Key: "{key}" }
	  check: { get: /me, id: "{company}" }
	  revoke: { manual: "In HR." }
	END
    printf 'company=https://Acme.no-such.invalid/\nkey=k\n' | fob link hr acme --stdin --no-validate >/dev/null 2>&1
    split fob validate acme
    ended 75
    has "$stderr" acme.no-such.invalid
    split fob request acme /me
    ended 75
    has "$stderr" acme.no-such.invalid
    for company in evil.example/ 127.0.0.1 localhost. acme:443 a@b; do
        split fob link hr new --stdin < <(printf 'company=%s\nkey=k\n' "$company")
        refused 64
        has "$stderr" 'Company: must be one part of a host name'
    done
}

@test "the sandbox is a provider of twenty lines" {
    url=$(cat "$hr/url")
    provider <<-END
	fields:
	  - { name: client_id, title: Client ID }
	  - { name: client_secret, title: Client Secret, secret: true }
	options:
	  base_url: URL
	  ca_file: $hr/ca.pem
	  headers: { Authorization: "Token token={client_id}:{client_secret}" }
	  check: { get: /company, id: /data/id, name: /data/name }
	  revoke: { manual: "Company > Integrations > API Keys > Reset Keys" }
	END
    fob link hr acme --stdin < <(pair)
    link_account other >/dev/null
    [ "$(fob show acme --json | jq .remote)" = "$(fob show other --json | jq .remote)" ]
    fob validate acme
    fob request acme /team_members >/dev/null
    split fob link hr new --stdin <<<$'client_id=x\nclient_secret=wrong-secret'
    refused 1
    has "$stderr" 'does not accept the credential'
    secretless
}
