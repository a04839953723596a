#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Sign-ins at a certified OpenID provider from npm, which rotates refresh tokens and notices when an old one is used.

load sandboxed

setup_file()
{
    :
}

teardown_file()
{
    :
}

# Without node, or without the packages of tests/npm, a test is skipped; check.sh has both.
setup()
{
    [ -n "${FOB_TEST_NPM:-}" ] || command -v node >/dev/null || skip "there is no node"
    export FOB_OIDC_MODULES=${FOB_TEST_NPM:-$abs_top_srcdir/build/npm}
    [ -n "${FOB_TEST_NPM:-}" ] || [ -d "$FOB_OIDC_MODULES/node_modules/oidc-provider" ] ||
        skip "there is no $FOB_OIDC_MODULES/node_modules/oidc-provider: see tests/npm"
    make_home
    fob init 2>/dev/null
}

teardown()
{
    [ -z "${until-}" ] || exec {until}>&-
}

# begin [SECONDS]: the provider, whose tokens last so long.  Sets url.
begin()
{
    mkfifo until
    node "$abs_top_srcdir/tests/sandbox/oidc/provider.mjs" "$home" "$@" <until >node.log 2>&1 3>&- &
    exec {until}>until
    wait_until [ -e oidc.port ]
    url=http://127.0.0.1:$(cat oidc.port)
}

# provider LINE...: with the lines in oauth, and FIELDS.
provider()
{
    cat >providers.d/hr.yaml <<-END
	provider: hr
	title: HR
	plugin: http
	fields: [ { name: client_id }${fields-, { name: client_secret, secret: true \}} ]
	options:
	  base_url: $url
	  headers: { Authorization: "Bearer {token}" }
	  token: { post: "$url/token" }
	  check: { get: /me, id: /sub, name: /company }
	  revoke: { token: "$url/token/revocation" }
	  oauth:
	    authorize: "$url/auth"
	    issuer: "$url"
	    iss: required
	    scopes: [ openid, "hr:read", offline_access ]
	    refresh_token: required
	END
    printf '    %s\n' "$@" >>providers.d/hr.yaml
}

browse()
{
    python3 "$abs_top_srcdir/tests/sandbox/oidc/browser.py" "$@"
}

# paste ID SECRET [OPTION...]: link with these keys, by pasting; the options are the browser's.  Sets status,
# output and stderr.
paste()
{
    local keys=$1$'\nclient_secret='$2 address
    shift 2
    rm -f in out
    mkfifo in out
    fob link hr acme --stdin <in >out 2>err &
    exec {in}>in {out}<out
    printf 'client_id=%s\n\n' "$keys" >&"$in"
    read -r address <&"$out"
    browse "$address" "$@" >end
    cat end >&"$in"
    exec {in}>&-
    output=$(cat <&"$out")
    exec {out}<&-
    status=0
    wait $! || status=$?
    stderr=$(cat err)
}

secret='a+secret:of/the app, &=% 0123456789'
redirect='redirect: https://fob.example/callback'

@test "a person signs in, the tokens rotate, and are revoked" {
    local old token
    begin 11
    provider "$redirect"
    paste basic:id "$secret"
    ended 0
    has "$output" 'acme: linked to HR account "Acme Sandbox Ltd"'
    [ "$(fob show acme --json | jq -r .status)" = active ]
    old=$(fob get acme refresh_token)
    # A token of 11 seconds is renewed after one.
    sleep 2
    [ "$(fob request acme /me | jq -r .sub)" = jane ]
    [ "$(fob get acme refresh_token)" != "$old" ]
    token=$(fob get acme token)
    fob revoke acme --yes
    [ "$(curl -s -o me -w '%{http_code}' -H "Authorization: Bearer $token" "$url/me")" = 401 ]
}

@test "an old refresh token ends the new one, and fob says so" {
    local old
    begin 11
    provider "$redirect"
    paste basic:id "$secret"
    ended 0
    old=$(fob get acme refresh_token)
    sleep 2
    fob validate acme
    [ "$(curl -s -u "basic%3Aid:$(jq -rn --arg s "$secret" '$s | @uri')" -d grant_type=refresh_token -d "refresh_token=$old" \
        "$url/token" | jq -r .error)" = invalid_grant ]
    sleep 2
    split fob validate acme --now
    ended 1
    has "$stderr$output" 'sign in again'
    [ "$(fob show acme --json | jq -r .status)" = rejected ]
}

@test "the other proofs of a client" {
    begin
    provider "$redirect" 'client: post'
    paste post "$secret"
    ended 0
    rm store/accounts/acme
    provider "$redirect" 'client: basic-raw'
    paste raw letters0123456789letters0123456789
    ended 0
    rm store/accounts/acme
    # Raw, this secret is not the one that the provider decodes.
    paste basic:id "$secret"
    ended 64
    provider "$redirect" 'client: post'
    paste post "${secret}x"
    ended 1
    [ ! -e store/accounts/acme ]
}

@test "an app without a secret, and a browser on this machine" {
    begin
    fields=
    provider 'redirect: loopback-any-port' 'client: none'
    fob link hr acme --browser loopback --field client_id=native >out 2>err </dev/null &
    wait_until grep -q '^http' err
    has "$(browse --follow "$(grep '^http' err)")" 'Done. You may close this window.'
    wait $!
    has "$(cat out)" 'linked to HR'
}

@test "a person cancels, and a provider that wants a challenge gets none" {
    begin
    provider "$redirect"
    paste basic:id "$secret" --cancel
    ended 1
    has "$stderr" 'access was not allowed'
    has "$(cat end)" error=access_denied
    provider "$redirect" 'pkce: false'
    paste basic:id "$secret"
    ended 78
    [ ! -e store/accounts/acme ]
}
