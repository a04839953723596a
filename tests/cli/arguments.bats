#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Mistakes of scripts: unset variables, a ~ that no shell expanded, a missing word.

load common

setup()
{
    new_store
    store acme first --owner-id 17
    store bolt second
}

@test "an empty value is refused by every option that cannot use one" {
    for words in list "list --owner" "list --provider" "validate --all --owner" \
        "validate --all --older-than" "export all.fob --owner" "export all.fob --status" \
        "import all.fob --type" "log --account" "log --event" "log --since" "edit acme --expires" \
        "get acme --format" "key add --key-file" "link charliehr new --field" \
        "link charliehr new --field-file" "exec acme --env" "request acme /x --header" \
        "run acme --fields" "run acme --format" "list --config" "list --passphrase-file"; do
        case $words in
        *' '*) ;;
        *) continue ;;
        esac
        # shellcheck disable=SC2086 # words
        split fob $words '' </dev/null
        refused 64
        has "$stderr" "--${words##*--}: it"
        # shellcheck disable=SC2086 # words
        split fob ${words% *} "${words##* }=" </dev/null
        refused 64
    done
    [ ! -e all.fob ]
    [ "$(fob list --json | jq length)" -eq 2 ]
}

@test "an empty argument is refused by every command" {
    for words in show suspend resume rename "rename acme" revoke edit validate "validate acme" log \
        "get" "get acme" guide "link charliehr" link "export all.fob" export import "import all.fob" \
        "key remove" key hook plugins new-plugin new-provider request "request acme" "run" "run acme" git-credential; do
        # shellcheck disable=SC2086 # words
        split fob $words '' </dev/null
        refused 64
        has "$stderr" 'empty'
    done
    split fob exec acme '' -- true
    refused 64
    split fob exec acme -- ''
    refused 64
    has "$stderr" 'the command after -- is empty'
    for choice in A= A=acme: A=:client_id =client_id A; do
        split fob exec acme --env $choice -- true
        refused 64
        has "$stderr" '--env wants NAME=FIELD'
    done
    for words in "" --json help --; do
        # shellcheck disable=SC2086 # words
        split fob $words ''
        refused 64
        [ "${stderr%%$'\n'*}" = "fob: the command is empty" ]
        has "$stderr" 'hint: "fob --help" lists the commands'
    done
    run fob list --json
    [ "$(jq -r '.[].status' <<<"$output")" = "$(printf 'unchecked\nunchecked')" ]
}

@test "an empty filter of an action is refused" {
    sed -i 's|^actions:|&\n  by-team: { get: /team_members, arguments: { team: {} } }|' providers.d/charliehr.yaml
    split fob run acme by-team team=
    refused 64
    has "$stderr" 'by-team: team: must not be empty'
}

@test "an option does not take the next option as its value" {
    split fob key add --key-file --passphrase-file
    refused 64
    has "$stderr" '--key-file: its value is missing'
    split fob list --owner --json
    refused 64
    [ ! -e --passphrase-file ]
}

@test "an option with one value can be given only once" {
    for words in "list --owner a --owner=b" "get acme --format json --format env" "list --config a --config b" \
        "--config a --config b list" "request acme /x --data 1 --data 2" "run acme list --format csv --format csv" \
        "key add --key-file a --key-file b" "link charliehr new --type test --type production"; do
        # shellcheck disable=SC2086 # words
        split fob $words </dev/null
        refused 64
        [[ $stderr =~ ^fob:\ --[a-z-]+:\ given\ twice ]]
    done
    [ ! -e a ] && [ ! -e b ]
    # An alias may have an option before the command.
    split fob --config "$home/none.yaml" --json list --json --config "$FOB_CONFIG"
    ended 0
}

@test "a field or a variable can be given only once, in any way" {
    echo two >two
    for words in "--field client_id=one --field client_id=two" "--field client_id=one --field-file client_id=two" \
        "--field-file client_id=two --field-file client_id=two" "--field client_id=one --stdin"; do
        # shellcheck disable=SC2086 # words
        split fob link charliehr new --no-validate $words <<<$'client_id=id\nclient_secret=s'
        refused 64
        has "$stderr" 'field client_id: given twice'
    done
    split fob link charliehr new --no-validate --stdin <<<$'client_id=id\nclient_secret=s\nclient_id=two'
    refused 64
    has "$stderr" 'stdin: line 3: field client_id: given twice'
    split fob link charliehr new --no-validate --stdin --variable A=1 --variable B=1 --variable A=2 \
        <<<$'client_id=id\nclient_secret=s'
    refused 64
    has "$stderr" '--variable: A: given twice'
    has_not "$(names)" new
}

@test "a ~ that no shell expanded is refused in every path" {
    # shellcheck disable=SC2088 # it is what fob gets
    for path in '~/spare' '~' '~root/spare'; do
        for words in "key add --key-file=$path" "key add --new-passphrase-file=$path" \
            "export $path" "export all.fob --key-file=$path" "import $path" \
            "export all.fob --backup-passphrase-file=$path" "list --config=$path" \
            "list --passphrase-file $path" "link charliehr new --field-file=client_secret=$path" \
            "link charliehr new --record $path" \
            "request acme POST /x --data=@$path" "run acme create --data=@$path"; do
            # shellcheck disable=SC2086 # words
            split fob $words </dev/null
            refused 64
            has "$stderr" 'begins with a ~, which the shell did not expand'
            has "$stderr" 'hint: write the whole path'
        done
        FOB_CONFIG=$path split fob list
        refused 78
        has "$stderr" 'begins with a ~'
        for line in "store: { path: '$path' }" "key_file: '$path'" "log: { path: '$path' }" \
            "plugins: [ '$path' ]" "providers: [ '$path' ]" "key_command: [ '$path' ]" \
            "http: { ca_file: '$path' }"; do
            echo "$line" >tilde.yaml
            split fob --config tilde.yaml list
            refused 78
            has "$stderr" 'tilde.yaml:1:'
        done
    done
    [ -z "$(find . -name '~*')" ]
    # There may be a file of that name.
    fob export './~x' --key-file key
    [ -e '~x' ]
}

@test "export whose FILE was forgotten is refused" {
    split fob export acme bolt --key-file key
    refused 64
    has "$stderr" 'acme: an account has this name; name the file first'
    [ ! -e acme ]
    split fob export acme --key-file key
    refused 64
    fob export ./acme --key-file key
    [ -e acme ]
}
