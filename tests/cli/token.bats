#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Tokens: which commands give them out.

load sandboxed

setup()
{
    make_home
    sed -i "s|^plugins:.*|plugins: [ $abs_top_builddir/tests/plugins/.libs, $FOB_TEST_PLUGINS ]|" fob.yaml
    fob init 2>/dev/null
    cat >providers.d/told.yaml <<-END
	provider: told
	fields: [ { name: key, secret: true } ]
	options: { headers: [ X-Key=\$access ] }
	link:
	  - plugin: told
	    control: required
	    options: { tokens: [ access=t0ken-$RANDOM$RANDOM ], token_ends: 4102444800 }
	  - plugin: told
	    control: required
	    options: { tokens: [ again=ref-$RANDOM$RANDOM ] }
	validate: [ { control: required, plugin: told } ]
	authorize: [ { control: required, plugin: told } ]
	END
    grep -o 't0ken-[0-9]*' providers.d/told.yaml >>"$home/.stored-secrets"
    grep -o 'ref-[0-9]*' providers.d/told.yaml >>"$home/.stored-secrets"
    echo key=swordfish | fob link told acme --stdin >/dev/null
}

teardown()
{
    stop_answers
    untold
}

@test "a token is given out only by its name" {
    [ "$(fob get acme access)" = "$(head -1 "$home/.stored-secrets")" ]
    [ "$(fob get acme)" = swordfish ]
    [ "$(fob get acme --format names)" = TOLD_KEY ]
    [ "$(fob get acme access --format json | jq -r .access)" = "$(fob get acme access)" ]
    run grep -F -f "$home/.stored-secrets" <(fob exec acme -- env) <(fob show acme --json)
    [ "$status" -eq 1 ]
    [ "$(fob get acme --format header)" = "X-Key: $(fob get acme access)" ]
    split fob get acme nothing
    refused 66
    # No lock was taken for a token that is good.
    [ ! -e store/accounts/.acme.renew ]
}

@test "a backup has the tokens that do not end" {
    fob export backup.fob --key-file key 2>err
    has "$(cat err)" "acme: the backup has a token that may be replaced soon"
    fob import backup.fob --key-file key --json | jq -e 'all(.step == "same")'
    rm store/accounts/acme
    fob import backup.fob --key-file key
    [ "$(fob get acme again)" = "$(tail -1 "$home/.stored-secrets")" ]
    split fob get acme access
    refused 66
}

# A provider hr with the options in stdin, at the server's URL.
provider()
{
    {
        printf 'provider: hr\ntitle: HR\nplugin: http\n'
        printf 'fields: [ { name: id }, { name: secret, secret: true } ]\noptions:\n  retries: 0\n'
        sed "s|URL|$url|"
    } >"$home/providers.d/hr.yaml"
}

usual()
{
    provider <<-'END'
	  base_url: URL
	  headers: { Authorization: "Bearer {token}" }
	  token: { post: "URL/token", form: { client_id: "{id}", client_secret: "{secret}" } }
	  check: { get: /me, id: /id }
	  revoke: { manual: "Delete the pair." }
	END
}

# link ACCOUNT
link()
{
    printf 'id=i\nsecret=much secret\n' | fob link hr "$1" --stdin
}

@test "the http plugin exchanges the fields for a token, and renews what is refused" {
    begin_answers '{"access_token": "t0ken-one", "expires_in": 3600}' '{"id": 7}' '{}' \
        '{"access_token": "t0ken-two", "expires_in": "3600"}' '{"id": 8}' '{}' \
        '{"error": "invalid_client", "error_description": "none for secret=much%20secret or much secret"}'
    echo 401 >answers/3.head
    echo 401 >answers/6.head
    echo 400 >answers/7.head
    usual
    split link bolt
    ended 0
    [ "$(cat answers/asked)" = "POST /token client_id=i&client_secret=much%20secret
GET /me " ]
    has_not "$(sed -n '1,/^$/p' answers/heads)" Authorization
    has "$(cat answers/heads)" 'Authorization: Bearer t0ken-one'
    [ "$(fob get bolt token)" = t0ken-one ]
    [ "$(fob get bolt --format header)" = 'Authorization: Bearer t0ken-one' ]
    [ "$(wc -l <answers/asked)" -eq 2 ]
    [ "$(fob request bolt /people)" = '{"id": 8}' ]
    [ "$(cut -d' ' -f1,2 answers/asked | tail -3 | xargs)" = 'GET /people POST /token GET /people' ]
    [ "$(fob get bolt token)" = t0ken-two ]
    split fob validate bolt --now
    ended 1
    has "$stderr$output" 'gives no token for the credential'
    has "$stderr" 'none for secret=************* or ***********'
    [ "$(fob show bolt --json | jq -r .status)" = rejected ]
}

@test "a token's lifetime is the answer's, the option's or its own" {
    local jwt='{"access_token": "x.eyJleHAiOjQxMDI0NDQ4MDB9.y"}'
    begin_answers "$jwt" '{"access_token": "t2", "expires_in": 1e99}' '{"access_token": "t3", "expires_in": 1}' \
        '{"access_token": "t4"}'
    usual
    sed -i 's|check:.*|check: { id: "{id}" }|' providers.d/hr.yaml
    link bolt
    [ "$(fob get bolt token)" = x.eyJleHAiOjQxMDI0NDQ4MDB9.y ]
    fob validate bolt
    # Without a lifetime it does not end.
    [ "$(fob get bolt token) $(fob get bolt token)" = 't2 t2' ]
    fob validate bolt
    [ "$(fob get bolt token)" = t4 ]
    [ "$(wc -l <answers/asked)" -eq 4 ]
}

@test "answers without a token that can be sent are refused" {
    local answer
    usual
    for answer in '{}' '[]' '"x"' '{"access_token": 7}' '{"access_token": ""}' '{"access_token": "a\nb"}' \
        '{"access_token": "a b"}' '{"access_token": "a", "token_type": "mac"}' \
        '{"access_token": "a", "token_type": 7}'; do
        begin_answers "$answer"
        usual
        split link bolt
        refused 76
        has "$stderr" 'that can be sent'
        [ "$(wc -l <answers/asked)" -eq 1 ]
    done
}

@test "a token that is no bearer token is refused, wherever the answer has its type" {
    begin_answers '{"access_token": "t1", "token_type": "BEARER"}' '{"data": {"token": "t2", "token_type": null}}' \
        '{"data": {"token": "t3", "token_type": "DPoP"}, "token_type": "bearer"}'
    usual
    sed -i 's|check:.*|check: { id: "{id}" }|' providers.d/hr.yaml
    link bolt
    [ "$(fob get bolt token)" = t1 ]
    sed -i 's|  token: {|& token: /data/token,|' providers.d/hr.yaml
    fob validate bolt
    [ "$(fob get bolt token)" = t2 ]
    split fob validate bolt
    refused 76
    has "$stderr" 'has no bearer token that can be sent, but one of the type DPoP'
    [ "$(fob get bolt token)" = t2 ]
}

# Compile the plugin of the page's EXAMPLES that is FILE, for the provider hr at the server's URL.
page_plugin()
{
    command -v pkg-config >/dev/null || skip 'pkg-config is not installed'
    mkdir -p plugins
    sed -n "/^\.\\\\\" example: plugin file=$1\$/,/^\.Ed/p" "$abs_top_srcdir/man/fob_plugin.3" |
        sed -e '/^\./d' -e 's/\\e/\\/g' >"$1"
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -std=gnu17 -Wall -Wextra -Werror -shared -fPIC -I"$abs_top_srcdir/src/include" -o "plugins/${1%.c}.so" "$1" \
        $(pkg-config --cflags json-c) -L"$abs_top_builddir/.libs" -lfob-http -lfob-plugin -ljson-c \
        $(grep -o -- '-fsanitize=[a-z,]*' "$abs_top_builddir/Makefile" | sort -u)
    sed -i "s|^plugins: \[|& $home/plugins,|" fob.yaml
    cat >providers.d/hr.yaml <<-END
	provider: hr
	title: HR
	plugin: ${1%.c}
	fields: [ { name: key, secret: true } ]
	options: { login: "$url/session", retries: 0 }
	actions: { everyone: { get: /people } }
	END
}

@test "the plugin in fob_plugin(3): a session at another origin, renewed, and a URL for each account" {
    local answer
    begin_answers '{"session": "s3ssion-1", "url": "URL/eu", "seconds": 3600}' '{"id": 1}' '{"id": 2}' '{}' \
        '{"session": "s3ssion-2", "url": "URL/us", "seconds": 5}' '{"id": 3}'
    sed -i "s|URL|$url|" answers/[0-9]
    echo 401 >answers/4.head
    printf '%s\n' swordfish/1 s3ssion- >>.stored-secrets
    page_plugin session.c
    run -0 fob check hr
    echo key=swordfish/1 | fob link hr bolt --stdin
    [ "$(cat answers/asked)" = 'POST /session key=swordfish%2F1' ]
    run ! grep -i x-session answers/heads
    [ "$(fob request bolt /people | jq .id)" = 1 ]
    [ "$(fob run bolt everyone --format json | jq .id)" = 2 ]
    [ "$(fob request bolt /people | jq .id)" = 3 ]
    [ "$(sed 's/ [^ ]*$//' answers/asked | tail -n 5 | xargs)" = \
        'GET /eu/people GET /eu/people GET /eu/people POST /session GET /us/people' ]
    [ "$(grep -i x-session answers/heads | tr -d '\r' | cut -d' ' -f2 | xargs)" = \
        's3ssion-1 s3ssion-1 s3ssion-1 s3ssion-2' ]
    [ "$(fob get bolt url)" = "$url/us" ]
    # Neither lost nor shown, whatever the next login answers.
    for answer in '{}' '[]' '"s3ssion-9"' '{"session": 7}' '{"session": ""}' '{"session": "s3ssion-9"}' \
        '{"session": "s3ssion-9", "url": ""}' '<html>swordfish%2F1 swordfish/1 c3dvcmRmaXNoLzE=</html>'; do
        begin_answers "$answer"
        [[ "$answer" != '<'* ]] || echo 400 >answers/1.head
        sed -i "s|login: .*/session\"|login: \"$url/session\"|" providers.d/hr.yaml
        FOB_DEBUG=all split fob validate bolt
        ended 76
        has_not "$stderr$output" swordfish
        has_not "$stderr$output" c3dvc
        echo key=swordfish/1 | split fob link hr other --stdin
        [ ! -e store/accounts/other ]
    done
    for answer in http://example.com "$url?x" https://a@b.example https://b.example/../c; do
        begin_answers "{\"session\": \"s3ssion-9\", \"url\": \"$answer\", \"seconds\": 3600}"
        sed -i "s|login: .*/session\"|login: \"$url/session\"|" providers.d/hr.yaml
        fob validate bolt --now
        split fob request bolt /people
        refused 76
        has "$stderr" 'the session cannot be used'
    done
}
