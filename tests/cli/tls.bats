#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Servers that cannot prove their identity, and addresses that are not safe.

load sandboxed

setup()
{
    new_store
    link_account acme >/dev/null
}

# refused_by_all EXIT TEXT: link, validate and request end with EXIT and print TEXT; nothing is stored or changed.
refused_by_all()
{
    local exit=$1 text=$2
    split link_account new
    refused "$exit" || return
    has "$stderr" "$text" || return
    split fob validate acme
    refused "$exit" || return
    has "$stderr" "fob: acme: " || return
    has "$stderr" "$text" || return
    split fob request acme /company
    refused "$exit" || return
    has "$stderr" "$text" || return
    [ "$(names)" = acme ] || return
    [ "$(of_account acme status)" = active ]
}

# Start own_sandbox with an invalid certificate: it must get no request.
untrusted()
{
    own_sandbox --cert "$1"
    refused_by_all 69 'the certificate of localhost' || return
    has "$stderr" "$2" || return
    [ -z "$(requests main)" ]
}

@test "a body without a length is complete only after close_notify" {
    fob request acme /company >wanted
    for accept in application/json '*/*'; do
        fault no-length
        fob request acme /company --header "Accept: $accept" | cmp - wanted
        fault no-length-cut
        split fob request acme /company --header "Accept: $accept"
        refused 75
        has "$stderr" 'the connection to localhost'
    done
    split fob run acme list-team-members --json
    refused 75
}

@test "a request head is sent, whatever the size of its secret" {
    for size in 15000 33000 50000; do
        head -c "$size" /dev/zero | tr '\0' k >secret
        fob link charliehr "big$size" --no-validate --field client_id=id --field-file client_secret=secret >/dev/null 2>&1
        forget_requests
        split fob request "big$size" /company
        refused 1
        [ "$(requests main | jq '.headers.Authorization | length')" -gt "$size" ]
    done
}

@test "a certificate of another authority: 69" {
    untrusted other-ca 'unable to get local issuer certificate'
}

@test "a self-signed certificate: 69" {
    untrusted self-signed 'self-signed certificate'
}

@test "an expired certificate: 69" {
    untrusted expired 'certificate has expired'
}

@test "a certificate for another host: 69" {
    untrusted wrong-host 'localhost'
}

@test "without ca_file the machine's authorities are trusted: 69" {
    forget_requests
    write_provider "$(cat "$hr/url")"
    refused_by_all 69 'the certificate of localhost'
    has "$stderr" "hint: check base_url, this machine's clock, and that ca_file"
    [ -z "$(requests main)" ]
}

@test "ca_file of fob.yaml is the default for providers without one" {
    write_provider "$(cat "$hr/url")"
    echo "http: { ca_file: $hr/ca.pem }" >>fob.yaml
    run fob validate acme
    ended 0
    write_sandbox_provider
    sed -i '$d' fob.yaml
    echo "http: { ca_file: $home/none.pem }" >>fob.yaml
    run fob validate acme
    ended 0
}

@test "a ca_file that is missing or has no certificate: 78, before any call" {
    forget_requests
    echo nothing >empty.pem
    for file in none.pem empty.pem .; do
        write_provider "$(cat "$hr/url")" "$home/$file"
        refused_by_all 78 'ca_file'
        run -78 fob check
        [ "$(grep -c "charliehr.yaml:[0-9]*:[0-9]*: ca_file: $home/$file: " <<<"$output")" -eq 1 ]
    done
    [ -z "$(requests main)" ]
}

@test "a server without TLS: 69" {
    told 3 < <(printf 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    write_provider "https://127.0.0.1:$(cat port)" "$hr/ca.pem"
    refused_by_all 69 'no safe TLS connection could be made to'
}

@test "a base_url that is neither https nor loopback: 78, before any call" {
    forget_requests
    for url in http://charliehr.com/api/v1 http://localhost.example/api http://10.0.0.1/ \
        http://127.0.0.1.example/ ftp://127.0.0.1/ file:///etc/passwd charliehr.com/api \
        'https://' 'https://user:pass@localhost/' 'http://127.0.0.1@charliehr.com/' \
        'https://localhost/?x=1' 'https://localhost/#x'; do
        write_provider "$url"
        refused_by_all 78 'base_url'
    done
    [ -z "$(requests main)" ]
}

@test "plain http to a loopback address works" {
    own_sandbox --http
    split fob validate acme
    ended 1
    split link_account two
    ended 0
    has "$output" 'two: linked to CharlieHR company "Acme Sandbox Ltd"'
}

@test "a proxy never gets the credential of a plain connection" {
    own_sandbox --http
    http_proxy=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 \
        split link_account two
    ended 0
}

@test "a failed certificate does not keep an account from being lent" {
    write_provider "$(cat "$hr/url")"
    run fob validate acme
    ended 69
    fob get acme | cmp - "$hr/client_secret"
}
