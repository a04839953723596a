#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Sign-ins with a browser: what is sent, and which answers are accepted.

load sandboxed

setup_file()
{
    :
}

teardown_file()
{
    :
}

setup()
{
    make_home
    fob init 2>/dev/null
}

teardown()
{
    stop_answers
}

good='{"access_token": "t0ken-one", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "re-one", "scope": "read write"}'

# provider LINE...: with the lines in oauth.
provider()
{
    cat >providers.d/hr.yaml <<-END
	provider: hr
	title: HR
	plugin: http
	fields: [ { name: client_id }, { name: client_secret, secret: true } ]
	options:
	  base_url: $url
	  retries: 0
	  headers: { Authorization: "Bearer {token}" }
	  token: { post: "$url/token", form: { audience: api } }
	  check: { get: /me, id: /id }
	  revoke: { token: "$url/revoke" }
	  oauth:
	    authorize: "$url/auth"
	    redirect: https://fob.example/callback
	    scopes: [ read, write ]
	END
    printf '    %s\n' "$@" >>providers.d/hr.yaml
}

# sign_in COMMAND ACCOUNT ANSWER [OPTION...]: ANSWER is a query in which STATE is the state.  Sets status,
# output and stderr; the address is in the file address.
sign_in()
{
    local command=$1 account=$2 answer=$3 address state
    shift 3
    [ "$command" != link ] || command='link hr'
    mkfifo in out
    # shellcheck disable=SC2086 # two words
    fob $command "$account" --stdin "$@" <in >out 2>err &
    exec {in}>in {out}<out
    printf 'client_id=an id\nclient_secret=%s\n\n' "${secret:-s:+/ é}" >&"$in"
    read -r address <&"$out"
    echo "$address" >address
    state=${address#*&state=}
    printf '%s\n' "${answer//STATE/${state%%&*}}" >&"$in"
    exec {in}>&-
    output=$(cat <&"$out")
    exec {out}<&-
    status=0
    wait $! || status=$?
    stderr=$(cat err)
    rm in out
}

@test "the address, the exchange, the renewal and the end" {
    begin_answers "$good" '{"id": 7}' '{}' '{"access_token": "t0ken-two", "expires_in": "60"}' '{"id": 7}' '{}' '{}'
    echo 401 >answers/3.head
    provider 'params: { prompt: consent }' 'refresh: { scope: read }' 'client: post'
    secret=much sign_in link bolt '?code=c0de%2F1&state=STATE'
    ended 0
    has "$output" 'bolt: linked to HR'
    [[ "$(cat address)" =~ ^"$url/auth?response_type=code&client_id=an%20id&scope=read%20write&prompt=consent&redirect_uri=https%3A%2F%2Ffob.example%2Fcallback&state="[A-Za-z0-9_-]{22}"&code_challenge="[A-Za-z0-9_-]{43}"&code_challenge_method=S256"$ ]]
    [ "$(fob get bolt refresh_token) $(fob get bolt token)" = 're-one t0ken-one' ]
    # A refused token is renewed, and an answer without a refresh token keeps the old one.
    fob validate bolt --now
    [ "$(fob get bolt refresh_token) $(fob get bolt token)" = 're-one t0ken-two' ]
    fob revoke bolt --yes
    run sed 's/code_verifier=[A-Za-z0-9_-]\{43\}&/code_verifier=V\&/' answers/asked
    [ "$output" = "POST /token audience=api&grant_type=authorization_code&code=c0de%2F1&redirect_uri=https%3A%2F%2Ffob.example%2Fcallback&code_verifier=V&client_id=an%20id&client_secret=much
GET /me 
GET /me 
POST /token audience=api&grant_type=refresh_token&refresh_token=re-one&scope=read&client_id=an%20id&client_secret=much
GET /me 
POST /revoke token=re-one&token_type_hint=refresh_token&client_id=an%20id&client_secret=much" ]
}

@test "the proofs of a client with a secret" {
    local client want form
    # echo -n 'an%20id:s%3A%2B%2F%20%C3%A9' | base64, and of the words themselves.
    while read -r client want form; do
        begin_answers "$good" '{"id": 7}'
        provider "client: $client"
        sign_in link bolt 'code=c0de&state=STATE'
        ended 0
        has "$(sed -n 1p answers/asked)" "$form"
        if [ "$want" != - ]; then
            has "$(sed '/^$/q' answers/heads)" "Authorization: Basic $want"
        else
            has_not "$(sed '/^$/q' answers/heads)" Authorization
        fi
        rm store/accounts/bolt
    done <<-END
	basic YW4lMjBpZDpzJTNBJTJCJTJGJTIwJUMzJUE5 code_verifier=
	basic-raw YW4gaWQ6czorLyDDqQ== code_verifier=
	post - &client_id=an%20id&client_secret=s%3A%2B%2F%20%C3%A9
	END
}

@test "answers of a token endpoint that are refused" {
    local answer
    while read -r answer; do
        begin_answers "$answer" '{"id": 7}'
        provider 'refresh_token: required'
        sign_in link bolt 'code=c0de&state=STATE'
        ended 76
        [ "$(wc -l <answers/asked)" -eq 1 ]
        [ ! -e store/accounts/bolt ]
    done <<-'END'
	<html>Sign in</html>
	[]
	{"error": "invalid_grant", "access_token": "t", "refresh_token": "r"}
	{"refresh_token": "r"}
	{"access_token": "", "refresh_token": "r"}
	{"access_token": "é", "refresh_token": "r"}
	{"access_token": ["t"], "refresh_token": "r"}
	{"access_token": "t", "refresh_token": "r", "token_type": "mac"}
	{"access_token": "t", "refresh_token": "r", "expires_in": -1}
	{"access_token": "t", "refresh_token": "r", "expires_in": 0}
	{"access_token": "t", "refresh_token": "r", "expires_in": 1e9}
	{"access_token": "t", "refresh_token": "r", "expires_in": "soon"}
	{"access_token": "t", "refresh_token": "a b"}
	{"access_token": "t", "refresh_token": ""}
	{"access_token": "t"}
	END
    begin_answers "{\"refresh_token\": \"r\", \"access_token\": \"$(head -c 65537 /dev/zero | tr '\0' t)\"}"
    provider
    sign_in link bolt 'code=c0de&state=STATE'
    ended 76
    begin_answers "{\"access_token\": \"t\", \"refresh_token\": \"$(head -c 1048576 /dev/zero | tr '\0' t)\"}"
    provider
    sign_in link bolt 'code=c0de&state=STATE'
    ended 76
}

@test "answers of a token endpoint that are accepted" {
    local answer
    while read -r answer; do
        begin_answers "$answer" '{"id": 7}'
        provider
        sign_in link bolt 'code=c0de&state=STATE'
        ended 0
        [ "$(fob get bolt token)" = t ]
        rm store/accounts/bolt
    done <<-'END'
	{"access_token": "t"}
	{"access_token": "t", "token_type": "BEARER", "expires_in": "3600", "id_token": 7, "error": null}
	{"access_token": "t", "expires_in": null, "refresh_token": null, "scope": "write read more"}
	END
}

@test "an account without a scope is degraded, and says which" {
    begin_answers '{"access_token": "t", "refresh_token": "r", "scope": "read"}' '{"id": 7}'
    provider 'scopes: [ read, offline_access, people.write ]'
    sed -i '/scopes: \[ read, write/d' providers.d/hr.yaml
    sign_in link bolt 'code=c0de&state=STATE'
    ended 0
    has "$stderr" 'hr did not grant: people.write'
    [ "$(fob show bolt --json | jq -r .status)" = degraded ]
    has "$(fob show bolt --json | jq -r .last_error)" people.write
}

@test "sign-ins that fail" {
    local answer want
    while read -r answer want; do
        begin_answers "$good" '{"id": 7}'
        provider "issuer: $url" 'iss: required'
        sign_in link bolt "$answer"
        ended "$want"
        [ ! -e answers/asked ]
        [ ! -e store/accounts/bolt ]
        has_not "$stderr" c0de
    done <<-END
	error=access_denied&state=STATE&iss=URL 77
	code=c0de&state=STATE 77
	code=c0de&state=STATE&iss=https://evil.example 77
	code=c0de&state=xSTATE&iss=URL 77
	code=c0de 77
	code=c0de&state=STATE&state=STATE 76
	https://evil.example/callback?code=c0de&state=STATE 77
	https://fob.example/callback/other?code=c0de&state=STATE&iss=URL 77
	https://fob.example/callback?code=c0de&state=STATE&iss= 77
	c0de 76
	END
    begin_answers "$good"
    provider
    sign_in link bolt 'error=access_denied&state=STATE&error_description=The%20boss%20said%20no'
    ended 1
    has "$stderr" 'The boss said no'
    sign_in link bolt 'error=server_error&state=STATE'
    ended 75
    split fob link hr bolt --stdin <<<$'client_id=x\nclient_secret=y\n'
    ended 64
    has "$stderr" 'nobody signed in'
}

@test "an edit signs in again, and keeps to the identity" {
    begin_answers "$good" '{"id": 7}' "${good//one/two}" '{"id": 7}' "${good//one/three}" '{"id": 8}'
    provider
    sign_in link bolt 'code=c0de&state=STATE'
    ended 0
    sign_in edit bolt 'code=c0de&state=STATE'
    ended 0
    [ "$(fob get bolt refresh_token)" = re-two ]
    sign_in edit bolt 'code=c0de&state=STATE'
    ended 77
    [ "$(fob get bolt refresh_token)" = re-two ]
}

@test "a browser on this machine brings the answer" {
    local uri state
    begin_answers "$good" '{"id": 7}'
    provider
    sed -i 's|redirect: .*|redirect: loopback-any-port|; s|, { name: client_secret.*| ]|' providers.d/hr.yaml
    echo '    client: none' >>providers.d/hr.yaml
    fob link hr bolt --browser loopback --field client_id=x >out 2>err &
    wait_until grep -q '^http' err
    uri=$(grep -o '127.0.0.1%3A[0-9]*' err | sed 's/%3A/:/')
    state=$(grep -o 'state=[^&]*' err)
    [ "$(curl -s -o page -w '%{http_code}' "http://$uri/")" = 404 ]
    [ "$(curl -s -o page -w '%{http_code}' "http://$uri/callback")" = 404 ]
    [ "$(curl -s -o page -w '%{http_code}' -X POST "http://$uri/callback?code=c0de&$state")" = 404 ]
    [ "$(curl -s -o page -w '%{http_code}' -H "Host: evil.example" "http://$uri/callback?code=c0de&$state")" = 404 ]
    curl -s -m 2 "http://$uri/callback?code=$(head -c 9000 /dev/zero | tr '\0' c)" || true
    [ "$(curl -s "http://$uri/callback?code=c0de&$state")" = 'Done. You may close this window.' ]
    wait $!
    has "$(cat out)" 'bolt: linked to HR'
    has "$(sed -n 1p answers/asked)" "redirect_uri=http%3A%2F%2F${uri/:/%3A}%2Fcallback&code_verifier="
    has "$(sed -n 1p answers/asked)" '&client_id=x'
    has_not "$(sed '/^$/q' answers/heads)" Authorization
    run curl -s -m 2 "http://$uri/callback"
    [ "$status" -eq 7 ]
}

@test "mistakes in the option oauth" {
    url=https://hr.example
    provider 'client: basicx' 'params: { state: x, a: "{client_secret}" }' 'refresh: { grant_type: x }' 'iss: required' \
        'separator: ab' 'pkze: false'
    sed -i 's/redirect: .*/redirect: anywhere/; s/scopes: .*/scopes: [ "a b" ]/; s/check: .*/check: { id: "{client_id}" }/' providers.d/hr.yaml
    sed -i 's/, { name: client_secret, secret: true }/, { name: refresh_token, secret: true }/' providers.d/hr.yaml
    split fob check
    ended 78
    local words
    while read -r words; do
        has "$output$stderr" "$words"
    done <<-'END'
	basicx: no such value; did you mean basic?
	state is set already
	{client_secret}: no such field
	grant_type is set already
	needs issuer
	must be one character
	did you mean pkce?
	must be https, loopback-any-port
	must be one scope
	needs get in check
	needs the field client_secret
	a field cannot be called refresh_token
	END
}

@test "a rehearsal has a sign-in" {
    url=https://hr.example
    provider
    cat >>providers.d/hr.yaml <<-'END'
	rehearsals:
	  - name: a person signs in
	    fields: { client_id: app, client_secret: s }
	    steps:
	      - link: success
	        sign_in:
	          address: https://hr.example/auth?response_type=code&client_id=app&scope=read%20write
	          answer: { code: c0de }
	        calls:
	          - request:
	              post: https://hr.example/token
	              headers: { Authorization: Basic YXBwOnM= }
	              form: { audience: api, grant_type: authorization_code, code: c0de,
	                redirect_uri: "https://fob.example/callback",
	                code_verifier: dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk }
	            answer: { status: 200, json: { access_token: t1, refresh_token: r1, expires_in: 600 } }
	          - request: { get: "https://hr.example/me", headers: { Authorization: Bearer t1 } }
	            answer: { status: 200, json: { id: 7 } }
	        id: "7"
	      - revoke: success
	        calls:
	          - request:
	              post: https://hr.example/revoke
	              headers: { Authorization: Basic YXBwOnM= }
	              form: { token: r1, token_type_hint: refresh_token }
	            answer: { status: 200 }
	  - name: a person declines
	    fields: { client_id: app, client_secret: s }
	    steps:
	      - link: rejected
	        sign_in:
	          address: https://hr.example/auth?response_type=code&client_id=app&scope=read%20write
	          answer: { error: access_denied }
	        says: access was not allowed
	END
    has "$(fob check)" 'rehearsed 2'
    sed -i '0,/scope=read%20write/s//scope=write/; s/answer: { error: .*/answer: {}/' providers.d/hr.yaml
    split fob check
    ended 78
    has "$output$stderr" 'scope=read%20write, not to https://hr.example/auth?response_type=code&client_id=app&scope=write'
    has "$output$stderr" 'ended with protocol, not rejected'
    sed -i '/sign_in:/,/answer: {/d' providers.d/hr.yaml
    split fob check
    ended 78
    has "$output$stderr" 'sends a person to https://hr.example/auth'
}
