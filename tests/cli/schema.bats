#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Every document that fob prints with --json, also after a failure, fits its schema.

load sandboxed

schemas=$abs_top_srcdir/conf/schema
# These print another program's output, the provider's answer, or no JSON.
without="exec request git-credential hook complete"

setup()
{
    python3 -c 'import jsonschema' 2>/dev/null || skip 'python3-jsonschema is not installed'
    quick_passphrases
    make_home
    mkdir printed
    fits 0 init fob init --json
}

# fits STATUS SCHEMA COMMAND...: COMMAND ends with STATUS; its output goes to the folder printed.
fits()
{
    local number
    split "${@:3}"
    ended "$1"
    number=$(find printed -type f | wc -l)
    printf '%s %s\n%s\n' "$2" "${*:3}" "$output" >"printed/$(printf %03d "$number")"
}

# Check all documents of a test at once: Python starts slowly.
all_fit()
{
    python3 "$abs_top_srcdir/tests/cli/schema.py" "$schemas" printed
    rm -r printed
}

# The hexadecimal digits of the base64url text $1.
digits()
{
    printf '%s=' "$1" | tr _- /+ | base64 -d | od -An -tx1 | tr -d ' \n'
}

# Send keys with the link $1, as fob-hub would.
send()
{
    local token drop=0123456789abcdef0123456789abcdef id
    token=$(digits "${1##*/}")
    id=$(fob invitations --json | jq -r '.[-1].id')
    "$abs_top_builddir/tests/spool/spool_tool" seal "$(digits "$(jq -r .key "spool/cards/$id")")" "$id" "$drop" \
        "token=$token" "nonce=${token:0:32}" kind=666f726d f.client_id=6964 f.client_secret=78 >spool/inbox/$drop
    chmod 440 spool/inbox/$drop
}

@test "what is printed about invitations" {
    echo "hub: { url: https://connect.example.com, spool: $home/spool }" >>"$FOB_CONFIG"
    fits 0 invitations fob invitations --json
    fits 0 invite fob invite charliehr acme --to Jane --json
    fits 0 invite fob invite charliehr two --pin --json
    fits 0 invite fob invite --again acme --json
    fits 0 invitation fob invitations --cancel acme two --json
    fits 0 invitations fob invitations --all --json
    send "$(fob invite charliehr three)"
    fits 0 inbox fob inbox --json
    all_fit
}

@test "what is printed about accounts" {
    fits 0 list fob list --json
    fits 0 account fob link charliehr acme --stdin --json < <(pair)
    fits 0 account fob link charliehr two --stdin --no-validate --type test --owner-id 7 --owner-name 'Ann A' \
        --owner-email ann@example.com --expires 2099-01-01 --hosts 'git.example' --variable region=eu --json < <(pair)
    fits 0 account fob edit two --owner-name Bob --json
    fits 0 account fob edit two --no-validate --stdin --json < <(pair)
    fits 0 account fob suspend acme two --json
    fits 0 account fob show acme --json
    fits 0 account fob resume acme two --json
    fits 0 account fob rename two three --json
    fits 0 validate fob validate --all --json
    fits 0 list fob list --json
    fault 401
    fits 1 validate fob validate acme three --now --json
    fits 66 validate fob validate nobody --json
    fits 0 list fob list --problems --json
    fits 0 account fob show acme --json
    printf x >>store/accounts/three
    fits 65 list fob list --json
    fits 65 validate fob validate three --json
    fits 0 revoke fob revoke acme --yes --json
    all_fit
}

@test "what is printed for programs that use an account" {
    store acme swordfish-1 --hosts docker.example:5000
    fits 0 get fob get acme --json
    fits 0 get fob get acme client_id --json
    fits 0 run fob run acme --json
    fits 0 docker-credential-list fob docker-credential list
    fits 0 docker-credential-get fob docker-credential get <<<docker.example:5000
    told 1 < <(printf 'HTTP/1.1 201 Created\r\nLocation: /v1/a/5\r\nContent-Length: 0\r\n\r\n')
    write_provider "http://127.0.0.1:$(cat port)"
    fits 0 run-location fob run acme add-note-type name=Laptop type=Text --yes --json
    all_fit
}

@test "what is printed about the store, its keys and its log" {
    (umask 077 && echo "a long passphrase" >pass)
    fits 0 key-add fob key add --new-passphrase-file pass --json
    fits 0 key-list fob key list --json
    fits 0 key-test fob key test 1 --json
    (umask 077 && openssl rand -hex 32 >other)
    mv key away && mv other key
    fits 77 key-test fob key test 1 --json
    mv away key
    fits 0 key-rotate fob key rotate --passphrase-file pass --json
    fits 0 key-remove fob key remove 2 --yes --json
    store acme swordfish-1
    fits 0 export fob export all.fob --backup-passphrase-file pass --json
    fits 0 import fob import all.fob --backup-passphrase-file pass --json
    fob edit acme --owner-name Ann >/dev/null
    fits 73 import fob import all.fob --backup-passphrase-file pass --json
    fits 0 import fob import all.fob --backup-passphrase-file pass --rename --json
    fits 0 import fob import all.fob --backup-passphrase-file pass --replace --dry-run --json
    fits 0 log fob log --json
    fits 0 log-verify fob log --verify --json
    fits 0 check fob check --json
    sed -i 's/"event":"begin"/"event":"begun"/' log
    fits 65 log-verify fob log --verify --json
    fits 65 check fob check --json
    all_fit
}

@test "what is printed about providers and plugins" {
    fits 0 guide fob guide charliehr --json
    sed 's/^provider: charliehr/provider: hr/; s/name: client_id/app: true, &/' providers.d/charliehr.yaml >providers.d/hr.yaml
    fits 0 app fob app hr --field client_id=app-1 --json
    fits 0 app fob app hr --show --json
    rm providers.d/hr.yaml
    fits 0 providers fob providers --json
    fits 0 plugin fob plugins charliehr --json
    mkdir -m 700 good
    cp "$abs_top_builddir/.libs/debug.so" "$abs_top_builddir/.libs/policy.so" good
    sed -i "s|^plugins:.*|plugins: [ $home/good ]|" "$FOB_CONFIG"
    fits 0 plugins fob plugins --json
    fits 0 new-plugin fob new-plugin bamboo --json
    fits 0 new-provider fob new-provider bamboo --url https://hr.example --check /me --json
    mkdir -m 700 broken
    echo 'no library' >broken/text.so
    sed -i "s|^plugins:.*|plugins: [ $home/broken ]|" "$FOB_CONFIG"
    echo 'title: 7up' >providers.d/broken.yaml
    fits 78 plugin fob plugins text --json
    fits 78 plugins fob plugins --json
    fits 78 providers fob providers --json
    fits 78 check fob check --json
    all_fit
}

@test "what is printed about the key that the kernel keeps" {
    (umask 077 && echo "a long passphrase" >pass)
    fob key add --new-passphrase-file pass >/dev/null
    fob --passphrase-file pass unlock >/dev/null || skip "the kernel keeps no keys here"
    fits 0 unlock fob --passphrase-file pass unlock --json
    fits 0 lock fob lock --json
    all_fit
}

# untried COMMAND...: no test checks this command's output.
untried()
{
    ! grep -qE "^ *fits [0-9]+ [a-z-]+ fob ([-a-z]+ pass )?$*( |\$)" "$BATS_TEST_FILENAME"
}

@test "every command that prints JSON has a schema, and every schema is held against a document" {
    local commands command part
    commands=$(fob complete -- '' | cut -f 1)
    [ "$(wc -l <<<"$commands")" -gt 25 ]
    for command in $commands; do
        [[ " $without " != *" $command "* ]] || continue
        case $command in
            show | link | edit | suspend | resume | rename) [ -e "$schemas/account.json" ] ;;
            key)
                for part in $(fob complete -- key ''); do
                    [ -e "$schemas/key-$part.json" ]
                    ! untried key "$part"
                done
                ;;
            store) [ -e "$schemas/store-machines.json" ] && continue ;; # tests/store/office.py
            docker-credential) [ -e "$schemas/docker-credential-get.json" ] ;;
            *) [ -e "$schemas/$command.json" ] ;;
        esac || { echo "fob $command: no schema" >&2 && false; }
        ! untried "$command" || { echo "fob $command: no test" >&2 && false; }
    done
    for part in "$schemas"/*.json; do
        [[ $part != */store-machines.json ]] || continue
        grep -qE "^ *fits [0-9]+ $(basename "$part" .json) " "$BATS_TEST_FILENAME" || { echo "$part: no test" >&2 && false; }
    done
}

@test "a member that a schema does not have, and one that is missing, do not fit" {
    printf 'log-verify fob\n{"good":true,"text":"","more":1}\n{"good":true}\n' >printed/001
    run -1 python3 "$abs_top_srcdir/tests/cli/schema.py" "$schemas" printed
    [ "${#lines[@]}" -eq 2 ]
    has "${lines[0]}" "'more'"
}
