#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Client certificates of the http plugin, at an nginx that requires one.

load sandboxed

setup_file()
{
    export tls=$BATS_FILE_TMPDIR/tls
    mkdir "$tls"
    cd "$tls" || return
    make_authority ca
    make_authority other
    issue server ca 'subjectAltName=DNS:localhost,IP:127.0.0.1'
    issue one ca
    issue two ca
    issue stranger other
}

teardown_file()
{
    :
}

setup()
{
    PATH=$PATH:/usr/sbin
    command -v nginx >/dev/null || skip "nginx is not installed"
    make_home
    fob init 2>/dev/null
    sed '1d;$d' "$tls/one.key" "$tls/two.key" >"$home/.stored-secrets"
    start_nginx
    provider
}

teardown()
{
    stop_nginx
    untold
}

key()
{
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" "${@:2}" \
        2>/dev/null
}

make_authority()
{
    key "$1" -x509 -days 30 -out "$1.pem"
}

# issue NAME AUTHORITY [EXTENSION]
issue()
{
    printf '%s\n' "${3-subjectAltName=DNS:$1.example}" >"$1.ext"
    key "$1" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 10 -extfile "$1.ext" \
        -out "$1.pem" 2>/dev/null
}

# Start an nginx that answers with the name in the client's certificate.  Each line of its log has the connection,
# that name, the request and the status.  Sets url.
start_nginx()
{
    local port
    port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir "$home/nginx"
    cat >"$home/nginx/conf" <<-END
	daemon off;
	master_process off;
	pid $home/nginx/pid;
	error_log $home/nginx/errors;
	events { }
	http {
	  client_body_temp_path $home/nginx/body;
	  proxy_temp_path $home/nginx/proxy;
	  fastcgi_temp_path $home/nginx/fastcgi;
	  uwsgi_temp_path $home/nginx/uwsgi;
	  scgi_temp_path $home/nginx/scgi;
	  log_format own '\$connection \$ssl_client_s_dn \$request_method \$uri \$status';
	  access_log $home/nginx/log own;
	  server {
	    listen 127.0.0.1:$port ssl;
	    ssl_certificate $tls/server.pem;
	    ssl_certificate_key $tls/server.key;
	    ssl_client_certificate $tls/ca.pem;
	    ssl_verify_client on;
	    default_type application/json;
	    location = /token { return 200 '{"access_token": "t-\$connection", "token_type": "Bearer"}'; }
	    location = /people { return 200 '[{"id": "\$ssl_client_s_dn"}]'; }
	    location = /end { return 200 '{}'; }
	    location = /ready { return 200 '{}'; }
	    location / { return 200 '{"id": "\$ssl_client_s_dn"}'; }
	  }
	}
	END
    nginx -p "$home/nginx" -c "$home/nginx/conf" >"$home/nginx/out" 2>&1 3>&- &
    nginx=$!
    url=https://127.0.0.1:$port
    until [ -s "$home/nginx/pid" ] && curl -s -o /dev/null -k "$url/ready"; do
        kill -0 "$nginx" || cat "$home/nginx/out" || return
        sleep 0.05
    done
    : >"$home/nginx/log"
}

stop_nginx()
{
    if [ -n "${nginx-}" ]; then
        kill "$nginx"
        wait "$nginx" || true
        nginx=
    fi
}

# The provider mtls, with a certificate or, for $1, other options.
provider()
{
    local option='certificate: { chain: "{cert}", key: "{key}" }'
    cat >"$home/providers.d/mtls.yaml" <<-END
	provider: mtls
	title: Mutual
	plugin: http
	fields:
	  - { name: user, title: User }
	  - { name: cert, title: Certificate }
	  - { name: key, title: Key, secret: true }
	options:
	  base_url: $url
	  ca_file: $tls/ca.pem
	  retries: 0
	  headers: { Authorization: "Bearer {token}", X-User: "{user}" }
	  ${1-$option}
	  token: { post: "$url/token", form: { user: "{user}" } }
	  check: { get: /me, id: /id }
	  revoke: { post: /end, form: { user: "{user}" } }
	actions:
	  list: { get: /people, items: "" }
	END
}

# link ACCOUNT [CERTIFICATE [KEY]]
link()
{
    fob link mtls "$1" --field user="$1" --field-file cert="$tls/${2-$1}.pem" \
        --field-file key="$tls/${3-${2-$1}}.key"
}

# Each connection was used with one certificate, and each request with that of its account.
one_name_per_connection()
{
    [ -z "$(cut -d' ' -f1,2 "$home/nginx/log" | sort -u | cut -d' ' -f1 | uniq -d)" ]
}

@test "each connection of an account has its certificate: link, validate, request, run, revoke" {
    split link one
    ended 0
    [ "$(fob show one --json | jq -r .remote.id)" = CN=one ]
    [ "$(cut -d' ' -f2- nginx/log)" = 'CN=one POST /token 200
CN=one GET /me 200' ]
    fob validate --now one
    [ "$(fob request one /people | jq -r '.[0].id')" = CN=one ]
    [ "$(fob run one list --json | jq -r '.[0].id')" = CN=one ]
    fob revoke one --yes
    [ "$(tail -1 nginx/log | cut -d' ' -f2-)" = 'CN=one POST /end 200' ]
    run ! grep -v ' CN=one ' nginx/log
}

@test "a sweep over accounts shares no connection between certificates" {
    link one >/dev/null
    link two >/dev/null
    for name in a b c d; do
        link "$name" one >/dev/null 2>&1
        link "z$name" two >/dev/null 2>&1
    done
    : >nginx/log
    for _ in 1 2 3; do
        fob validate --now --all
        fob request one /people | grep -q CN=one
        fob request two /people | grep -q CN=two
    done
    [ "$(grep -c ' CN=one GET /me 200' nginx/log)" -eq 15 ]
    [ "$(grep -c ' CN=two GET /me 200' nginx/log)" -eq 15 ]
    one_name_per_connection
}

@test "a certificate that the server does not accept rejects the credential" {
    split link one stranger
    refused 1
    has "$stderr" '127.0.0.1'
    has "$stderr" 'does not accept the client certificate (HTTP 400)'
    [ -z "$(names)" ]
}

@test "a server that wants a certificate, and a provider without the option" {
    provider ''
    sed -i '/name: cert/d; /name: key/d' providers.d/mtls.yaml
    split fob link mtls one --field user=one
    refused 69
    has "$stderr" 'requires a client certificate (HTTP 400)'
}

@test "values that are no certificate or no key are refused by name, before any call" {
    split link one one two
    refused 64
    has "$stderr" 'the client certificate for 127.0.0.1'
    has "$stderr" 'its key is damaged, or belongs to another certificate'
    openssl pkey -in "$tls/one.key" -aes256 -passout pass:x -out locked
    split fob link mtls one --field user=one --field-file cert="$tls/one.pem" --field-file key=locked
    refused 64
    has "$stderr" '{key} cannot be sent: it is encrypted'
    split fob link mtls one --field user=one --field-file cert="$tls/one.key" --field-file key="$tls/one.key"
    refused 64
    has "$stderr" '{cert} cannot be sent: it has a private key, too'
    split fob link mtls one --field user=one --field cert=MIIB --field-file key="$tls/one.key"
    refused 64
    has "$stderr" '{cert} cannot be sent: it has no PEM block CERTIFICATE'
    has "$stderr" 'hint: give the whole file'
    [ ! -s nginx/log ]
    [ -z "$(names)" ]
}

@test "what gives headers away refuses such an account, and says why" {
    link one >/dev/null
    for format in header curl; do
        split fob get one --format "$format"
        refused 64
        [ -z "$output" ]
        has "$stderr" 'one: its provider requires a client certificate on each connection'
    done
    split fob exec one --header-fd 5 -- true
    refused 64
    has "$stderr" 'requires a client certificate'
    [ "$(fob get one key)" = "$(cat "$tls/one.key")" ]
}

@test "PEM is pasted at a prompt, and comes by --stdin, as from a file" {
    cat "$tls/one.pem" "$tls/ca.pem" >chain.pem
    run terminal 'expect=User: ' send=one 'expect=Certificate: ' "send=$(cat chain.pem)" 'expect=Key: ' echo=off \
        "send=$(cat "$tls/one.key")" -- fob link mtls one
    ended 0
    [ "$(fob get one cert)" = "$(cat chain.pem)" ]
    {
        printf 'cert='
        cat chain.pem
        printf 'key='
        cat "$tls/one.key"
        echo user=two
    } >typed
    fob link mtls two --stdin <typed
    [ "$(fob get two user)" = two ]
    [ "$(fob get two cert)" = "$(cat chain.pem)" ]
    [ "$(fob get two key)" = "$(cat "$tls/one.key")" ]
    # An end that is missing takes the rest.
    grep -v -- '-----END' typed >cut
    split fob link mtls three --stdin <cut
    refused 64
}

@test "the key is in no output, log or trace" {
    link one >out 2>&1
    FOB_DEBUG=all fob validate --trace --now one >>out 2>&1
    grep -q 'answered 200' out
    split link two one two
    printf '%s\n' "$output" "$stderr" >>out
    fob log >>out
    fob show one --json >>out
    run ! grep -F -f "$home/.stored-secrets" out nginx/log
}

@test "mistakes in the option certificate" {
    local text
    provider 'certificate: { chain: "{crt}", chian: x, key: fixed }'
    split fob check
    for text in "certificate: {crt}: no such field; did you mean cert?" "chian" "has no field in it" \
        "the field key is used nowhere"; do
        has "$output$stderr" "$text"
    done
    has "$output$stderr" "mtls.yaml:13:"
    provider 'certificate: "{cert}{key}"'
    split fob check
    has "$output$stderr" 'mtls.yaml:13:'
    provider 'certificate: { chain: "{cert}{key}" }'
    split fob check
    has "$output$stderr" 'certificate: key is missing'
}

@test "a link is recorded without its certificate and key" {
    fob link mtls one --field user=one --field-file cert="$tls/one.pem" --field-file key="$tls/one.key" \
        --record recorded.yaml
    grep -q 'key: "*PEM' recorded.yaml
    grep -q 'cert: "*PEM' recorded.yaml
    run ! grep -F -f <(sed '1d;$d' "$tls/one.key" "$tls/one.pem") recorded.yaml
    sed '1i rehearsals:' recorded.yaml >>providers.d/mtls.yaml
    split fob check mtls
    ended 0
    has "$output" 'rehearsed 1'
}

@test "a rehearsal sees the certificate" {
    cat >>providers.d/mtls.yaml <<-END
	rehearsals:
	  - name: the certificate is lent
	    fields: { user: ann, cert: PEM, key: PEM }
	    steps:
	      - link: success
	        calls:
	          - request: { post: "$url/token", form: { user: ann } }
	            answer: { status: 200, json: { access_token: t1 } }
	          - request: { get: "$url/me", headers: { Authorization: Bearer t1, X-User: ann } }
	            answer: { status: 200, json: { id: 7 } }
	      - authorize: success
	        certificate: { chain: PEM, key: PEM }
	  - name: no certificate
	    fields: { user: ann, cert: none, key: PEM }
	    steps: [ { link: invalid, says: "{cert} cannot be sent" } ]
	END
    fob check mtls
    sed -i 's/certificate: { chain: PEM, key: PEM }/certificate: { chain: PEM, key: OTHER }/' providers.d/mtls.yaml
    split fob check mtls
    has "$output$stderr" 'put the part key: PEM, not OTHER'
    provider 'query: { v: "{cert}{key}" }'
    split fob check mtls
}
