#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob link --record: a live link as a rehearsal, without its secrets.

load common
load performed

# What must never be in a file; the last has what JSON, YAML and URLs write in another way.
SECRET='cAnArY+/s3cret "%&\x'
TOKEN='tOkEn.cAnArY-0123456789'

setup_file()
{
    start_sandbox
}

teardown_file()
{
    sandbox stop
}

setup()
{
    local port
    new_store
    mkdir answers
    mkfifo served
    exec {port}< <(exec python3 -S -E "$abs_top_srcdir/tests/cli/answers.py" answers <served 3>&-)
    exec {serving}>served
    read -r url <&"$port"
    exec {port}<&-
    url=http://127.0.0.1:$url
}

teardown()
{
    exec {serving}>&-
    stop_performing
}

# provider FIELDS OPTIONS: the provider hr at the server.
provider()
{
    printf 'provider: hr\nplugin: http\nfields:\n%s\noptions:\n  base_url: %s/v1\n  retries: 0\n  revoke: { manual: Delete it. }\n%s\n' \
        "$1" "$url" "$2" >providers.d/hr.yaml
}

# answer NUMBER JSON [STATUS [HEADER...]]
answer()
{
    printf '%s' "$2" >"answers/$1"
    if [ $# -gt 2 ]; then
        printf '%s\n' "${@:3}" >"answers/$1.head"
    fi
}

# record FIELD...: link acme at hr, and record that.
record()
{
    split fob link hr acme --stdin --exact --record recorded.yaml < <(printf '%s\n' "$@")
}

# Check that recorded.yaml is private, and that fob check plays it at provider ($1).
plays()
{
    local name=${1:-hr}
    [ "$(stat -c %a recorded.yaml)" = 600 ]
    sed -i '/^rehearsals:/,$d' "providers.d/$name.yaml"
    { echo rehearsals:; cat recorded.yaml; } >>"providers.d/$name.yaml"
    run -0 fob check "$name"
    has "$output" 'rehearsed 1'
}

# Check that no file of this folder but the store has a TEXT, in any encoding.
hides()
{
    python3 - "$@" <<-'END'
	import base64, json, pathlib, sys, urllib.parse
	held = pathlib.Path("recorded.yaml").read_bytes()
	for text in sys.argv[1:]:
	    raw = text.encode()
	    forms = {raw, json.dumps(text)[1:-1].encode(), urllib.parse.quote(text, safe="").encode(),
	             urllib.parse.quote_plus(text).encode(), raw.hex().encode(), raw[:8], raw[-8:]}
	    for skip in range(3):
	        # Of base64, only what no neighbor changes.
	        for encode in base64.b64encode, base64.urlsafe_b64encode:
	            forms.add(encode(b"x" * skip + raw)[(0, 2, 3)[skip]:][:4 * (len(raw) // 3) - 4])
	    for form in forms:
	        assert form not in held, (text, form, held.decode())
	END
}

@test "a link of CharlieHR becomes a rehearsal, with only what its plugin reads" {
    split fob link charliehr acme --record recorded.yaml --field-file client_id="$hr/client_id" \
        --field-file client_secret="$hr/client_secret"
    ended 0
    has "$output" 'acme: linked to'
    has "$stderr" 'recorded.yaml: a rehearsal'
    fob show acme --json | jq -r '.remote.id, .remote.name' >known
    cat "$hr/client_id" "$hr/client_secret" >>known
    mapfile -t known <known
    hides "${known[@]}"
    [ "$(grep -o '"[a-z]*":' recorded.yaml | tr -d '\n')" = '"success":"data":"id":"name":' ]
    plays charliehr
}

@test "the good links of the catalog can be recorded" {
    python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is not installed'
    # Bearer; Basic; the query; a token for a form, for JSON, and with an end; a header of their own; several hosts.
    local all=(lattice breezy-hr bamboohr hibob workable personio rippling ukg-pro-wfm recruiterflow namely humaans sagehr)
    for name in "${all[@]}"; do
        file=$abs_top_srcdir/conf/providers.d/$name.yaml
        good=$(python3 - "$file" <<-'END'
	import sys, yaml
	print(next(one["name"] for one in yaml.safe_load(open(sys.argv[1]))["rehearsals"] if one["steps"][0].get("link") == "success"))
	END
        )
        rm -f recorded.yaml
        perform "$file" "$good"
        split fob link "$name" "at-$name" --stdin --record recorded.yaml <performed/fields
        [ ! -e performed/wrong ]
        ended 0 || { echo "$name: $stderr"; return 1; }
        plays "$name"
    done
}

@test "the keys of a header, in base64, and the identity become examples; other members are dropped" {
    provider "  - { name: user, title: User }
  - { name: key, secret: true }" '  headers: { Authorization: { base64: "{user}:{key}" }, X-Key: "{key}" }
  check: { get: "/me", query: { of: "{user}" }, id: /data/0/id, name: /data/0/name }
  rights: { people: /people }'
    answer 1 '{"data":[{"id":1234567890123,"name":"Canary Ltd","email":"who@canary.example"},{"id":2}],"more":{"a":[1,2]}}'
    answer 2 '[{"name":"Ann Canary","salary":12345}]'
    record user=canary-user "key=$SECRET"
    ended 0
    hides canary-user "$SECRET" "canary-user:$SECRET" 1234567890123 'Canary Ltd' who@canary.example 'Ann Canary'
    grep -q 'json: {"data": \[{"id": [0-9]*, "name": "[A-Za-z ]*"}\]}$' recorded.yaml
    [ "$(grep -c 'answer:' recorded.yaml)" -eq 2 ]
    has_not "$(cat recorded.yaml)" salary
    plays
}

@test "a key in the query of requests becomes an example" {
    provider "  - { name: key, secret: true }" '  query: { api_key: "{key}" }
  check: { get: /me, id: /id }'
    answer 1 '{"id":"canary-id"}'
    record "key=$SECRET"
    ended 0
    hides "$SECRET" canary-id
    plays
}

@test "a token becomes the same example in its answer and in the next request" {
    provider "  - { name: id, example: id-1 }
  - { name: key, secret: true }" '  headers: { Authorization: "Bearer {token}" }
  token:
    post: '"$url"'/token
    headers: { Authorization: { base64: "{id}:{key}" } }
    form: { grant_type: client_credentials, secret: "{key}" }
  check: { get: /me, id: /id }'
    answer 1 '{"access_token":"'"$TOKEN"'","token_type":"bearer","expires_in":86400,"scope":"canary-scope"}'
    answer 2 '{"id":"canary-id","token":"'"$TOKEN"'"}'
    record id=canary-pair "key=$SECRET"
    ended 0
    hides "$SECRET" "$TOKEN" canary-pair canary-id canary-scope "canary-pair:$SECRET"
    grep -q 'id: "id-1"' recorded.yaml
    grep -q 'grant_type: "client_credentials"' recorded.yaml
    grep -q '"expires_in": 86400}' recorded.yaml
    [ "$(grep -o 'access_token": "[^"]*' recorded.yaml | cut -d'"' -f3)" = "$(sed -n 's/.*"Bearer \(.*\)"/\1/p' recorded.yaml)" ]
    plays
}

@test "two steps of JSON, with a token that is the whole answer" {
    provider "  - { name: user, title: User }
  - { name: key, secret: true }" '  headers: { X-Token: "{token}" }
  token: { post: '"$url"'/login, body: { user: { name: "{user}" }, password: "{key}" }, token: "" }
  check: { get: /me, id: "{user}" }'
    answer 1 "$TOKEN" 200 'Content-Type: text/plain'
    answer 2 '{}'
    record user=canary-user "key=$SECRET"
    ended 0
    hides "$SECRET" "$TOKEN" canary-user
    grep -q '"password": *"' recorded.yaml
    plays
}

@test "an example fits the pattern of its field, or is that of the file" {
    provider '  - { name: key, secret: true, pattern: "sk_live_[a-z0-9]{12}" }
  - { name: uuid, pattern: "[0-9a-f]{8}-[0-9a-f]{4}" }
  - { name: area, type: label, suffix: .hr.example }
  - { name: host, type: host, pattern: "[a-z0-9.-]+[.](ukg|mykronos)[.]com" }
  - { name: of, enum: [ eu, us ] }' '  headers: { X-Key: "{key}", X-U: "{uuid}", X-Area: "{area}-{of}-{host}" }
  check: { get: /me, id: /id }'
    answer 1 '{"id":"canary-id"}'
    record key=sk_live_canary012345 uuid=12ab34cd-99ff area=canary.hr.example host=canary.ukg.com of=us
    ended 0
    hides canary012345 12ab34cd-99ff canary
    grep -Eq '  key: "sk_live_[a-z0-9]{12}"' recorded.yaml
    grep -q '  of: "us"' recorded.yaml
    plays
}

@test "without an example that fits, the account is linked, and the file is not written" {
    provider '  - { name: key, secret: true, pattern: "k[13579]{4}" }' '  headers: { X-Key: "{key}" }
  check: { get: /me, id: /id }'
    answer 1 '{"id":"canary-id"}'
    record key=k13579
    ended 64
    record key=k1357
    ended 78
    has "$output" 'acme: linked to hr account "canary-id"'
    has "$stderr" 'recorded.yaml: not recorded: the field key needs an example'
    [ "$(names)" = acme ] && [ -z "$(ls recorded* 2>/dev/null)" ]
    fob revoke acme --yes >/dev/null 2>&1 || true
    sed -i 's/secret: true/&, example: k9999/' providers.d/hr.yaml
    record key=k1357
    ended 0
    plays
}

@test "a link that fails is recorded, too" {
    provider "  - { name: key, secret: true }" '  headers: { X-Key: "{key}" }
  check: { get: /me, id: /id }
  answers: [ { status: 400, at: /error/code, is: invalid_grant, code: rejected } ]'
    while IFS='|' read -r status code exit body head kept; do
        rm -f recorded.yaml answers/1.head
        answer 1 "$body" "$status" ${head:+"$head"}
        record "key=$SECRET"
        ended "$exit"
        [ -z "$(names)" ]
        grep -q "link: $code" recorded.yaml
        [ -z "$kept" ] || has "$(cat recorded.yaml)" "$kept"
        hides "$SECRET" canary-user
        plays
    done <<-'END'
	401|rejected|1|{"error":"canary-user is unknown"}|
	400|rejected|1|{"error":{"code":"invalid_grant","text":"canary-user"}}||json: {"error": {"code": "invalid_grant"}}
	403|denied|77|{"user":"canary-user"}|
	429|rate_limited|75||Retry-After: 30|Retry-After: "30"
	403|unavailable|75|<html>canary-user</html>|Content-Type: text/html|text/html
	401|rate_limited|75|{}|X-RateLimit-Remaining: 0|X-RateLimit-Remaining: "0"
	503|unavailable|75|canary-user|
	200|protocol|76|{"id":["canary-user"]}|
	200|protocol|76|canary-user, and no JSON|
	END
    exec {serving}>&-
    sleep 0.1
    rm recorded.yaml
    record "key=$SECRET"
    ended 75
    grep -q 'fault: refused' recorded.yaml
    plays
}

@test "what a hostile answer says is not in the file" {
    provider "  - { name: key, secret: true }" '  headers: { X-Key: "{key}" }
  check: { get: /me, id: /id, name: /name }'
    encoded=$(printf 'xx%s' "$SECRET" | base64 -w0)
    big=$(head -c 1000000 /dev/zero | tr '\0' x)
    for id in '"cAnArY+\/s3cret \"%&\\x"' "\"$encoded\"" '"cAnArY%2B%2Fs3cret%20%22%25%26%5Cx"' \
        '"\u0063\u0041nArY+/s3cret \u0022%&\\x"' '"\ud800cAnArY+/s3cret"'; do
        rm -f recorded.yaml
        answer 1 "{\"id\":$id,\"name\":$id,\"cAnArY+/s3cret\":[$id]}" 200 "X-Echo: $SECRET" "Set-Cookie: $SECRET"
        record "key=$SECRET"
        if [ "$status" -ne 0 ]; then
            # The plugin refuses it, and with another key it does not.
            ended 76
            has "$stderr" 'not recorded: with examples in place of the fields'
            [ -z "$(ls recorded* 2>/dev/null)" ]
            continue
        fi
        hides "$SECRET" "$encoded"
        [ "$(grep -o 'json: .*' recorded.yaml | tr -d 'a-zA-Z' | wc -c)" -lt 150 ]
        plays
        fob revoke acme --yes >/dev/null 2>&1 || true
    done
    rm -f recorded.yaml
    answer 1 "{\"a\":\"$big\",\"id\":7,\"name\":\"Canary Ltd\"}"
    record "key=$SECRET"
    ended 0
    [ "$(wc -c <recorded.yaml)" -lt 800 ]
    plays
}

@test "what would still be in the file, or cannot be repeated, is refused" {
    provider "  - { name: key, secret: true }" '  headers: { X-Key: "{key}" }
  check: { get: /me, query: { is: "of canary_credentials" }, id: /id }'
    answer 1 '{"id":"canary-id"}'
    record key=canary_credentials
    ended 76
    has "$stderr" 'not recorded: the field key would still be in it'
    has_not "$stderr" canary
    [ ! -e recorded.yaml ]
    fob revoke acme --yes >/dev/null 2>&1 || true
    sed -i 's/of canary_credentials/Y2FuYXJ5X2NyZWRlbnRpYWxz/' providers.d/hr.yaml
    record key=canary_credentials
    ended 76
    has "$stderr" 'would still be in it'
    fob revoke acme --yes >/dev/null 2>&1 || true
    answer 1 "$(head -c 3500000 /dev/zero | tr '\0' x)" 401
    record key=other
    ended 1
    has "$stderr" 'not recorded: an answer is too large'
    [ "$(ls recorded* 2>/dev/null)" = "" ]
}

@test "what a plugin remembers of an answer does not get into the file" {
    sed -i "s|^plugins:.*|plugins: [ $abs_top_builddir/tests/plugins/.libs ]|" "$FOB_CONFIG"
    printf 'provider: hr\nplugin: remembering\nfields: [ { name: key, secret: true } ]\noptions: { base_url: %s }\n' \
        "$url" >providers.d/hr.yaml
    answer 1 '"canary-id of an answer"'
    record key=other
    ended 0
    has_not "$(cat recorded.yaml)" yranac
    plays
}

@test "a file that exists, or a folder that does not, ends the command before anything is asked" {
    echo mine >recorded.yaml
    split fob link charliehr acme --record recorded.yaml --stdin </dev/null
    refused 73
    [ "$(cat recorded.yaml)" = mine ]
    split fob link charliehr acme --record none/recorded.yaml --stdin </dev/null
    refused 74
    split fob link charliehr acme --record new.yaml --no-validate --stdin </dev/null
    refused 64
    [ -z "$(names)" ] && [ ! -e new.yaml ]
}

@test "a full disk leaves no part of a file; the account is linked" {
    needs_strace
    provider "  - { name: key, secret: true }" '  headers: { X-Key: "{key}" }
  check: { get: /me, id: /id }'
    answer 1 '{"id":"canary-id"}'
    for call in renameat2 fchmod fsync; do
        # The last call is that of the file, or of its folder.
        strace -qq -o trace -e trace=$call fob link hr acme --stdin --record recorded.yaml <<<"key=other" >/dev/null 2>&1
        fob revoke acme --yes >/dev/null 2>&1 || true
        rm recorded.yaml
        split strace -qq -o trace -e trace=$call -e "inject=$call:error=ENOSPC:when=$(grep -c "^$call" trace)" \
            fob link hr acme --stdin --record recorded.yaml <<<"key=other"
        ended 74
        has "$output" 'acme: linked to'
        has "$stderr" 'No space left on device'
        [ -z "$(ls recorded* 2>/dev/null)" ]
        fob revoke acme --yes >/dev/null 2>&1 || true
    done
    is_root && mkdir full && mount -t tmpfs -o size=64k fob-test full 2>/dev/null || skip "may not mount here"
    head -c 100000 /dev/zero >full/rest 2>/dev/null || true
    split fob link hr acme --stdin --record full/recorded.yaml <<<"key=other"
    left=$(ls full)
    umount full
    ended 74
    [ "$left" = rest ] && [ "$(names)" = acme ]
}

@test "an id that has a secret is refused, and a message says what to do instead of recording" {
    provider "  - { name: key, secret: true }" '  headers: { X-Key: "{key}" }
  check: { get: /me, id: /id, name: /name }'
    answer 1 '{"id":"of canary_credentials","name":"x"}'
    record key=canary_credentials
    refused 76
    has "$stderr" "fob: the answer of hr: the account's id at the provider contains a secret"
    has "$stderr" 'recorded.yaml: not recorded: with examples in place of the fields, the link ends with success, not protocol'
    has "$stderr" 'hint: "RECORDING" in fob-link(1) says how to write it by hand'
    has_not "$stderr" canary
    [ -z "$(names)" ] && [ ! -e recorded.yaml ]
    # A name, which is for people, is masked.
    answer 2 '{"id":"7","name":"of canary_credentials"}'
    record key=canary_credentials
    ended 0
    has "$output" 'of ******************'
    hides canary_credentials
    plays
}

@test "a sign-in cannot be recorded, and nobody is asked to sign in" {
    provider "  - { name: client_id }
  - { name: client_secret, secret: true }" "  headers: { Authorization: \"Bearer {token}\" }
  token: { post: \"$url/token\" }
  oauth: { authorize: \"$url/auth\", redirect: https }
  check: { get: /me, id: /id }"
    record client_id=a client_secret=b
    refused 64
    has "$stderr" 'fob: hr: a person must sign in, which cannot be recorded'
    has "$stderr" 'hint: link without recording; fob-link(1) says how to write the rehearsal'
    [ -z "$output" ] && [ -z "$(names)" ] && [ ! -e recorded.yaml ]
}

@test "a plugin that starts programs cannot be recorded" {
    printf 'provider: hr\nplugin: exec\nfields: [ { name: key, secret: true } ]\noptions: { command: [ /bin/true ] }\n' >providers.d/hr.yaml
    record key=other
    refused 64
    has "$stderr" 'plugin exec: starts programs, and cannot be recorded'
    [ -z "$(names)" ] && [ ! -e recorded.yaml ]
}
