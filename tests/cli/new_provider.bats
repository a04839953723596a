#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob new-provider: the file that it writes is without mistakes, and works.

load common

setup()
{
    make_home
    rm -r providers.d
    mkdir providers.d work
    cd work || return
}

# The file NAME.yaml in providers.d has no mistake.
clean()
{
    mv "$1.yaml" ../providers.d
    run fob check
    has "$output" "ok: provider $1: $home/providers.d/$1.yaml"
    has "$output" 'rehearsed 2'
    has_not "$output" "$1.yaml:"
}

@test "each kind of credential gives a file without mistakes" {
    for kind in bearer header basic; do
        split fob new-provider "$kind-1" --url https://api.example.com/v1 --credential "$kind" --check /me </dev/null
        ended 0
        [ "$output" = "$kind-1.yaml" ]
        has "$stderr" "grep YOURS $kind-1.yaml"
        run ! grep '@' "$kind-1.yaml"
        clean "$kind-1"
    done
    split fob new-provider 7up --title 'A "B": #c' --url http://127.0.0.1:9/ --header x-key --credential header \
        --check '/me?a=b' --id /a~1b/0 </dev/null
    ended 0
    has "$(cat 7up.yaml)" '"A \"B\": #c"'
    has "$(cat 7up.yaml)" 'x-key: "{api_key}"'
    clean 7up
    has "$(fob providers)" 'A "B": #c'
}

@test "a new provider links an account, whose id its answer has" {
    told 1 < <(printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n%s' \
        '{"company": {"id": "c-7"}}')
    fob new-provider acme --url "http://127.0.0.1:$(cat "$home/port")" --check /me --id /company/id </dev/null
    clean acme
    fob init 2>&1
    split fob link acme mine --stdin <<<token=swordfish-1
    ended 0
    has "$output" 'mine: linked to acme account "c-7"'
}

@test "on a terminal it asks for what no option gives, until the answer is good" {
    terminal --all 'expect=Name for people' send=Acme 'expect=Base URL' send=example.com 'expect=must begin' \
        'expect=Base URL' send=https://api.example.com 'expect=Credential' send=key 'expect=must be bearer' \
        'expect=Credential' send=header 'expect=Header' send= 'expect=Path of a GET' send= 'expect=must not be empty' \
        'expect=Path of a GET' send=/me -- fob new-provider acme --id /id
    has "$(cat acme.yaml)" 'title: "Acme"'
    has "$(cat acme.yaml)" 'X-API-Key: "{api_key}"'
    has "$(cat acme.yaml)" 'check: { get: "/me", id: "/id" }'
    clean acme
}

@test "what is missing or not usable is refused: 64" {
    for words in '--url https://a.example' '--check /me' '--url ftp://a.example --check /me' \
        '--url https://{a}.example --check /me' '--url https://a.example --check me' \
        '--url https://a.example --check /{a}' '--url https://a.example --check /../a' \
        '--url https://a.example --check /me --id id' '--url https://a.example --check /me --credential key' \
        '--url https://a.example --check /me --credential header --header a:b'; do
        # shellcheck disable=SC2086 # words
        split alone fob new-provider acme $words </dev/null
        refused 64
        has "$stderr" 'fob: --'
    done
    split fob new-provider ../a --url https://a.example --check /me
    refused 64
    split fob new-provider acme --url https://a.example --check /me --title $'a\nb'
    refused 64
    [ -z "$(ls -A)" ]
}

@test "an existing file stays as it is: 73" {
    echo text >acme.yaml
    split fob new-provider acme --url https://a.example --check /me --json
    ended 73
    has "$stderr" 'fob: acme.yaml: exists already, and is left unchanged'
    [ "$(cat acme.yaml)" = text ]
}

@test "nobody else may change a new file, whatever the umask is" {
    umask 000
    fob new-provider acme --url https://a.example --check /me </dev/null
    [ "$(stat -c %a acme.yaml)" = 644 ]
}

@test "a file that cannot be written whole is removed: 74" {
    split bash -c "trap '' XFSZ; ulimit -f 0; fob new-provider acme --url https://a.example --check /me 2>&1 | cat; exit \${PIPESTATUS[0]}"
    ended 74
    has "$output" 'fob: acme.yaml: File too large'
    [ ! -e acme.yaml ]
}

@test "the kinds of credential are completed" {
    run fob complete -- new-provider --credential b
    [ "$output" = $'bearer\nbasic' ]
}
