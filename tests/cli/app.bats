#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob app: what a provider knows the application by, apart from accounts.

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
    echo 'hub: { url: "https://connect.example.com" }' >>fob.yaml
    fob init 2>/dev/null
    url=https://hr.example
}

teardown()
{
    stop_answers
}

SECRET='cAnArY-s3cret'

# provider LINE...: with the lines in oauth, and FIELDS.
provider()
{
    cat >providers.d/hr.yaml <<-END
	provider: hr
	title: HR
	plugin: http
	fields:
	  - { name: client_id, title: Client ID of the app, app: true, pattern: "[a-z0-9-]+" }
	  - { name: client_secret, title: Client secret of the app, app: true, secret: true }
	  ${fields-}
	options:
	  base_url: $url
	  retries: 0
	  headers: { Authorization: "Bearer {token}", X-Client: "{client_id}" }
	  token: { post: "$url/token" }
	  check: { get: /me, id: /id, name: /name }
	  revoke: { token: "$url/revoke" }
	  oauth:
	    authorize: "$url/auth"
	END
    printf '    %s\n' "$@" >>providers.d/hr.yaml
}

set_app()
{
    printf 'client_id=app-1\nclient_secret=%s\n' "$SECRET" | fob app hr --stdin
}

# sign_in COMMAND...: with the answer c0de.  Sets status, output and stderr; the address is in the file address.
sign_in()
{
    local address state
    mkfifo in out
    "$@" --stdin <in >out 2>err &
    exec {in}>in {out}<out
    printf '%s\n' "${typed-}" >&"$in"
    read -r address <&"$out"
    echo "$address" >address
    state=${address#*&state=}
    printf 'code=c0de&state=%s\n' "${state%%&*}" >&"$in"
    exec {in}>&-
    output=$(cat <&"$out")
    exec {out}<&-
    status=0
    wait $! || status=$?
    stderr=$(cat err)
    rm in out
}

tokens='{"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "re-one"}'
me='{"id": 7, "name": "Acme"}'

@test "an app serves all accounts, which do not have its fields" {
    begin_answers "$tokens" "$me" "$tokens" "$me" "$me" "$me" '{}'
    provider
    split set_app
    ended 0
    [ "$output" = 'Redirect URI: https://connect.example.com/callback/hr
hr: its app is stored' ]
    sign_in fob link hr one
    ended 0
    has "$(cat address)" "$url/auth?response_type=code&client_id=app-1&redirect_uri=https%3A%2F%2Fconnect.example.com%2Fcallback%2Fhr&state="
    sign_in fob link hr two
    ended 0
    has "$(cat answers/heads)" "Authorization: Basic $(printf %s "app-1:$SECRET" | base64)"
    has "$(cat answers/heads)" 'X-Client: app-1'
    fob validate --all --now
    # Neither shown, nor lent, nor exported.
    for command in 'show one' 'show one --json' 'get one --format json' 'get one --format env' 'list --json' 'log'; do
        # shellcheck disable=SC2086 # words
        run fob $command
        has_not "$output" "$SECRET"
        has_not "$output" app-1
    done
    split fob get one client_secret
    ended 66
    has "$(fob get one --format header)" 'X-Client: app-1'
    fob revoke one --yes
    has "$(tail -n 1 answers/asked)" 'token=re-one&token_type_hint=refresh_token'
    has_not "$(grep -r . store log)" "$SECRET"
}

@test "an app is needed, and asked for before a person is" {
    fields='- { name: company, type: label }' provider 'params: { company: "{company}" }'
    split fob link hr one --field company=acme --stdin </dev/null
    ended 78
    has "$stderr" 'hr: its app is not registered here'
    has "$stderr" '"fob app hr"'
    split fob check
    ended 0
    # The file gets another field later.
    set_app
    sed -i 's/^fields:/&\n  - { name: tenant, app: true }/; s/X-Client: /X-Tenant: "{tenant}", &/' providers.d/hr.yaml
    split fob link hr one --field company=acme --stdin </dev/null
    ended 78
    has "$stderr" 'its app has no value for the field tenant'
    fob app hr --field tenant=t1
    has "$(fob app hr --show)" 'Field client_id: app-1'
    has "$(fob app hr --show)" 'Field tenant: t1'
}

@test "values are checked as those of an account, and secrets stay off the command line" {
    provider
    split fob app hr --field client_id=Bad! --field-file client_secret=/dev/null
    ended 64
    has "$stderr" 'Client ID of the app: does not look right'
    split fob app hr --field "client_secret=$SECRET"
    ended 64
    has "$stderr" 'client_secret is secret'
    has_not "$stderr" "$SECRET"
    split fob app hr --field company=x
    ended 64
    has "$stderr" 'provider hr has no such field'
    split fob app hr --field client_id=app-1 </dev/null
    ended 64
    has "$stderr" 'no value for the field client_secret'
    [ ! -e store/accounts/app:hr ]
    split fob app none
    ended 66
    write_provider https://hr.example
    split fob app charliehr
    ended 64
    has "$stderr" 'provider charliehr has no fields of an app'
    # A field of an app is none of an account.
    split fob link hr one --field client_id=app-1
    ended 64
    has "$stderr" '"fob app hr"'
}

@test "a person is asked, and an empty reply keeps a value" {
    provider
    run terminal "expect=Client ID of the app: " send=app-1 "expect=Client secret of the app: " echo=off \
        "send=$SECRET" -- fob app hr
    ended 0
    run terminal "expect=Client ID of the app [app-1]: " send=app-2 \
        "expect=Client secret of the app [unchanged]: " echo=off send= -- fob app hr
    ended 0
    run fob app hr --show --json
    [ "$(jq -c '[.provider, .redirect_uri, (.set | length), .fields]' <<<"$output")" = \
        '["hr","https://connect.example.com/callback/hr",20,[{"name":"client_id","secret":false,"value":"app-2"},{"name":"client_secret","secret":true,"value":null}]]' ]
    has_not "$(cat said)" "$SECRET"
}

@test "which redirect URI is to be registered" {
    local want line
    while IFS='|' read -r line want; do
        provider "$line"
        has "$(fob app hr --stdin <<<$'client_id=a\nclient_secret=b')" "Redirect URI: $want"
    done <<-'END'
	redirect: https|https://connect.example.com/callback/hr
	redirect: loopback-any-port|http://127.0.0.1/callback
	redirect: http://127.0.0.1:8123/done|http://127.0.0.1:8123/done
	END
    provider
    sed -i '/^hub:/d' fob.yaml
    split fob app hr --stdin <<<$'client_id=a\nclient_secret=b'
    ended 0
    has "$stderr" 'set hub: { url: ... } in fob.yaml, and register that address with /callback/hr'
    split fob link hr one --stdin <<<''
    ended 78
    has "$stderr" 'sends a browser back to a registered https address'
    has "$stderr" 'set hub: { url: ... } in fob.yaml'
    # A field of that name is the app's own address, and by default the hub's.
    fields='- { name: redirect_uri, app: true }' provider
    has "$(fob app hr --field redirect_uri=https://fob.example/x && fob app hr --show)" 'Redirect URI: https://fob.example/x'
}

@test "an app is removed when no account needs it" {
    begin_answers "$tokens" "$me" '{}'
    provider
    split fob app hr --remove
    ended 66
    set_app
    sign_in fob link hr one
    ended 0
    split fob app hr --remove
    ended 73
    has "$stderr" 'the account one needs the app of hr'
    fob revoke one --yes
    fob app hr --remove
    [ -z "$(ls store/accounts)" ]
    split fob app hr --show
    ended 66
    run jq -r 'select(.event == "app") | [.account, .provider, .result, .detail] | join(" ")' <<<"$(fob log --json)"
    [ "$output" = "app:hr hr success 
app:hr hr success removed" ]
}

@test "check names the accounts and invitations whose app is missing" {
    begin_answers "$tokens" "$me" "$tokens" "$me"
    provider
    set_app
    sign_in fob link hr one
    sign_in fob link hr two
    ended 0
    split fob check
    ended 0
    rm store/accounts/app:hr
    split fob check
    ended 78
    has "$output" 'hr: its app is not registered here, and the account one and 1 more need it: "fob app hr" stores it'
    set_app
    sed -i 's/^fields:/&\n  - { name: tenant, app: true }/; s/X-Client: /X-Tenant: "{tenant}", &/' providers.d/hr.yaml
    split fob check
    ended 78
    has "$output" 'hr: its app has no value for the field tenant, and the account one and 1 more need it'
}

@test "an app that an open invitation needs" {
    provider
    set_app
    echo "hub: { url: https://connect.example.com, spool: $home/spool }" >>fob.yaml
    sed -i '0,/^hub:/{/^hub:/d}' fob.yaml
    fob invite hr acme >/dev/null
    split fob app hr --remove
    ended 73
    has "$stderr" 'the invitation for acme needs the app of hr'
    has "$stderr" 'hint: "fob invitations --cancel acme" ends it'
    rm store/accounts/app:hr
    split fob check
    has "$output" 'hr: its app is not registered here, and the invitation for acme needs it'
    set_app
    fob invitations --cancel acme >/dev/null
    fob app hr --remove
}

@test "a new key of the store, a check and a list" {
    provider
    set_app
    fob key rotate
    has "$(fob app hr --show)" app-1
    [ -z "$(fob list --json | jq -r '.[]?')" ]
    split fob check
    ended 0
    printf x >>store/accounts/app:hr
    split fob check
    ended 65
    has "$output$stderr" app:hr
    split fob app hr --show
    ended 65
}

@test "rehearsals have the fields of the app" {
    provider
    cat >>providers.d/hr.yaml <<-'END'
	rehearsals:
	  - name: a person signs in
	    fields: { client_id: app, client_secret: s }
	    steps:
	      - link: success
	        sign_in:
	          address: https://hr.example/auth?response_type=code&client_id=app
	          answer: { code: c0de }
	        calls:
	          - request:
	              post: https://hr.example/token
	              headers: { Authorization: Basic YXBwOnM= }
	              form: { grant_type: authorization_code, code: c0de, redirect_uri: "https://fob.example/callback",
	                code_verifier: dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk }
	            answer: { status: 200, json: { access_token: t1, refresh_token: r1 } }
	          - request: { get: "https://hr.example/me", headers: { Authorization: Bearer t1, X-Client: app } }
	            answer: { status: 200, json: { id: 7, name: Acme } }
	        id: "7"
	END
    # It is not the app of this store.
    set_app
    has "$(fob check)" 'rehearsed 1'
    sed -i 's/fields: { client_id: app, /fields: { /' providers.d/hr.yaml
    split fob check
    ended 78
    has "$output$stderr" 'its app has no value for the field client_id'
    sed -i 's/fields: { client_secret: s /fields: { client_idd: s /' providers.d/hr.yaml
    split fob check
    ended 78
    has "$output$stderr" 'did you mean client_id?'
}

@test "a recorded link has examples in place of the app" {
    begin_answers "$me"
    cat >providers.d/hr.yaml <<-END
	provider: hr
	plugin: http
	fields: [ { name: partner, app: true, secret: true }, { name: key, secret: true } ]
	options:
	  base_url: $url
	  headers: { X-Partner: "{partner}", X-Key: "{key}" }
	  check: { get: /me, id: /id, name: /name }
	  revoke: { manual: Delete it. }
	END
    fob app hr --stdin <<<"partner=$SECRET"
    fob link hr one --record one.yaml --stdin <<<"key=k-$SECRET"
    has_not "$(cat one.yaml)" "$SECRET"
    has "$(cat one.yaml)" 'partner:'
    { echo rehearsals: && cat one.yaml; } >>providers.d/hr.yaml
    has "$(fob check)" 'rehearsed 1'
}

@test "a backup of everything has the apps" {
    provider
    set_app
    (umask 077 && echo 'a long passphrase' >pass)
    fob export all.fob --backup-passphrase-file pass
    fob export other.fob --provider charliehr --backup-passphrase-file pass || true
    fob app hr --remove
    fob import all.fob --backup-passphrase-file pass
    has "$(fob app hr --show)" 'Field client_id: app-1'
    fob app hr --field client_id=app-2
    split fob import all.fob --backup-passphrase-file pass
    ended 73
    has "$stderr$output" app:hr
    fob import all.fob --backup-passphrase-file pass --rename
    has "$(fob app hr --show)" 'Field client_id: app-2'
    fob import all.fob --backup-passphrase-file pass --replace --yes
    has "$(fob app hr --show)" 'Field client_id: app-1'
    has_not "$(cat all.fob)" "$SECRET"
}
