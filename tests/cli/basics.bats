#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Options, help, exit statuses, where output goes.

load common

commands="init providers guide link list show validate edit suspend resume rename revoke get request check log"

setup()
{
    make_home
}

@test "--help and help print the same text to stdout for every command" {
    split fob --help
    ended 0
    [ -z "$stderr" ]
    has "$output" "--passphrase-file FILE"
    for command in $commands; do
        has "$output" "  $command "
    done
    for command in $commands; do
        split fob "$command" --help
        ended 0
        [ -z "$stderr" ]
        has "$output" "Usage: fob $command"
        has "$output" "The manual: man fob-$command"
        text=$output
        run fob help "$command"
        ended 0
        [ "$output" = "$text" ]
        run fob "$command" -h
        [ "$output" = "$text" ]
    done
}

@test "--version prints the version" {
    run fob --version
    ended 0
    [[ $output =~ ^fob\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "a usage error is 64, and names the nearest valid word" {
    split fob
    refused 64
    split fob lisst
    ended 64
    has "$stderr" 'fob: lisst: unknown command'
    has "$stderr" 'hint: did you mean "fob list"?'
    while read -r word command; do
        split fob "$word"
        ended 64
        has "$stderr" "hint: did you mean \"fob $command\"?"
    done <<'END'
rm revoke
unlink revoke
ls list
status list
cat get
END
    split fob list --provder=x
    ended 64
    has "$stderr" 'fob: --provder: unknown option'
    has "$stderr" 'hint: did you mean --provider?'
    split fob list extra
    ended 64
    split fob show
    ended 64
    has "$stderr" 'usage: fob show [options] ACCOUNT'
    split fob list acme
    refused 64
    [ "$stderr" = $'fob: list: too many arguments\nhint: usage: fob list [options]' ]
    split fob list --provider
    ended 64
    has "$stderr" '--provider: its value is missing'
    split fob list --json=yes
    ended 64
    has "$stderr" '--json: it takes no value'
    split fob exec acme --prefix -- true
    ended 64
    has "$stderr" '--prefix: its value is missing'
    POSIXLY_CORRECT=1 split fob show acme --jsn
    ended 64
    has "$stderr" 'fob: --jsn: unknown option'
    split fob -x list
    ended 64
    split fob validate
    ended 64
    split fob validate --all acme
    ended 64
}

@test "an unknown word of any length is refused by each program" {
    letters=$(head -c 100000 /dev/zero | tr '\0' h)
    for word in -hh -hhhhhhhh -hx -xh "-$letters" "--$letters" "--$letters=x"; do
        for command in list "get acme" "exec acme" "request acme" "run acme"; do
            # shellcheck disable=SC2086 # words
            split fob $command "$word"
            refused 64
            has "$stderr" 'unknown option'
        done
        split fob "$word" list
        refused 64
    done
}

@test "an abbreviated option is refused" {
    split fob list --prov charliehr
    ended 64
    has "$stderr" '--prov: unknown option'
    split fob --js list
    ended 64
}

@test "a value on the command line is never repeated in an error" {
    for words in "link charliehr acme s3cr3t" "link charliehr acme --secret=s3cr3t" \
        "link charliehr acme --field client_secret=s3cr3t" "link charliehr acme --field s3cr3t" \
        "link charliehr acme --field-file s3cr3t" "link charliehr acme --json=s3cr3t" \
        "request acme /x --header s3cr3t"; do
        fob init >/dev/null 2>&1 || :
        # shellcheck disable=SC2086 # words
        run fob $words </dev/null
        ended 64
        has_not "$output" s3cr3t
    done
}

@test "global options stand before or after the command" {
    fob init 2>/dev/null
    unset FOB_CONFIG
    run fob --json --config "$home/fob.yaml" list
    ended 0
    before=$output
    run fob list --config="$home/fob.yaml" --json
    [ "$output" = "$before" ]
    has "$output" '[]'
}

@test "every status but 0 has a reason on stderr, also with --json" {
    local option words
    new_store
    store acme secret
    write_provider http://127.0.0.1:1
    printf 'client_id=id\nclient_secret=x\n' >pair
    echo x: >providers.d/broken.yaml
    for option in '' --json; do
        while read -r words; do
            echo "fob $words $option"
            # shellcheck disable=SC2086 # words
            split fob $words $option <pair
            [ "$status" -ne 0 ]
            [[ $stderr == *"fob: "* ]]
        done <<-'END'
	check
	edit acme --stdin
	edit nobody --type test
	export all.fob nobody --key-file key
	export all.fob --owner nobody --key-file key
	get acme nothing
	get nobody
	guide nobody
	hook tcsh
	import none.fob
	key remove 1 --yes
	key remove 9
	key test 9
	link charliehr acme --stdin
	link charliehr new --stdin
	link nobody new --stdin
	list --status none
	log --since none
	log nobody --last 0
	new-plugin A
	new-provider A
	plugins nobody
	rename acme acme
	rename nobody somebody
	request acme /company
	resume nobody
	revoke acme
	revoke nobody --yes
	run acme get-company
	run acme nothing
	show nobody
	suspend none-*
	validate --all
	validate --all --changed
	validate acme
	validate nobody
	END
    done
    for words in 'exec nobody -- true' 'exec acme -- /' 'git-credential acme get' 'validate --all --format x'; do
        # shellcheck disable=SC2086 # words
        split fob $words <pair
        [ "$status" -ne 0 ]
        [[ $stderr == *"fob: "* ]]
    done
}

@test "no store is 66 and says how to make one" {
    for words in list "show acme" "get acme" "validate acme" "link charliehr acme"; do
        # shellcheck disable=SC2086 # words
        split fob $words </dev/null
        refused 66
        has "$stderr" 'hint: run "fob init"'
    done
}

@test "an unknown account is 66, an unknown provider is 66 with the nearest" {
    fob init 2>/dev/null
    for words in "show nope" "get nope" "validate nope" "edit nope --type test" "suspend nope" \
        "resume nope" "rename nope other" "revoke nope --yes" "request nope /x"; do
        # shellcheck disable=SC2086 # words
        split fob $words </dev/null
        refused 66
        has "$stderr" 'nope: no such account'
    done
    split fob link charlihr acme </dev/null
    ended 66
    has "$stderr" charliehr
    split fob guide charlihr
    ended 66
    has "$stderr" 'did you mean charliehr?'
}

@test "an invalid name is 64" {
    fob init 2>/dev/null
    long=$(printf 'a%.0s' $(seq 65))
    for name in a/b .. .a -- "" A 'a b' $'a\nb' $'a\e[31m' é "$long"; do
        split fob show -- "$name"
        ended 64
        has_not "$stderr" $'\e'
        split fob link charliehr --no-validate -- "$name" </dev/null
        ended 64
    done
    store "$(printf 'a%.0s' $(seq 64))" x
}

@test "a configuration that is missing, broken or foreign is reported" {
    split fob --config "$home/none.yaml" list
    ended 66
    printf 'stor: {}\nlog: { pth: x }\n' >bad.yaml
    split fob --config "$home/bad.yaml" list
    refused 78
    has "$stderr" "bad.yaml:1:"
    has "$stderr" "bad.yaml:2:"
    [ "$(grep -c '^fob: ' <<<"$stderr")" -eq 2 ]
}

@test "a full or closed stdout is 74, never 0" {
    fob init 2>/dev/null
    store acme secret
    for words in list "get acme" "get acme --format env" "show acme" "--help" "log"; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr bash -c 'fob '"$words"' >/dev/full'
        ended 74
        has "$stderr" 'fob: stdout: '
        run --separate-stderr bash -c 'fob '"$words"' >&-'
        ended 74
    done
}

@test "the store does not use the descriptors of closed standard files" {
    fob init 2>/dev/null
    store acme secret
    run bash -c 'fob show acme <&- 2>&-'
    ended 0
    has "$output" 'Account: acme'
    run bash -c 'fob suspend acme >&- 2>&- <&-'
    run fob show acme
    has "$output" 'Status: suspended'
}

@test "a reader that leaves early ends fob by SIGPIPE" {
    fob init 2>/dev/null
    store acme x
    run bash -c 'trap - PIPE; line=$(tail -n 1 log); yes "$line" | head -c 3000000 >log; fob log | true; echo ${PIPESTATUS[0]}'
    has "$output" 141
}

@test "check finds a broken provider file, and the good one beside it still works" {
    fob init 2>/dev/null
    printf 'provider: broken\ntilte: x\n' >providers.d/broken.yaml
    split fob check
    ended 78
    has "$output" 'broken.yaml:2:1:'
    has "$output" 'ok: provider charliehr'
    split fob check --json
    ended 78
    jq -e '.good == false and ([.findings[] | select(.good == false)] | length > 0)' <<<"$output"
    split fob providers
    ended 78
    has "$output" CharlieHR
    has "$stderr" 'broken.yaml:2:1:'
    split fob guide broken
    ended 78
    store acme secret
    run fob get acme
    [ "$output" = secret ]
}

@test "check names the folders of providers and plugins, and those that are not there" {
    sed -i "s|^plugins: \\[|& $home/nowhere,|" fob.yaml
    fob init 2>/dev/null
    split fob check
    ended 0
    has "$output" "ok: plugins in $home/nowhere: there is no such folder"
    has "$output" "ok: providers in $home/providers.d
"
}

@test "the providers are found by a word of name or title, with their secrets" {
    sed -e 's/charliehr/other/' -e 's/^title: .*/title: Acme HR/' -e 's/title: Client Secret/title: API key/' \
        -e 's/plugin: other/plugin: charliehr/' providers.d/charliehr.yaml >providers.d/other.yaml
    split fob providers
    ended 0
    [[ "$output" =~ charliehr\ +CharlieHR\ +Client\ Secret\ .*other\ +Acme\ HR\ +API\ key\ + ]]
    split fob providers ACME
    ended 0
    has "$output" other
    has_not "$output" charliehr
    [ "$(fob providers charlie --json | jq -r '.[].name')" = charliehr ]
    split fob providers acme-and-more
    refused 66
    has "$stderr" 'acme-and-more: no provider has this word in its name or title'
}

@test "the guide is on stdout, and in JSON" {
    split fob guide charliehr
    ended 0
    [ -z "$stderr" ]
    has "$output" 'Client Secret is shown only once'
    has "$output" 'Field client_secret: Client Secret, secret'
    split fob providers --json
    jq -e '.[] | select(.name == "charliehr") | .shared_key and .identity == "company" and
        (.fields | map(.name)) == ["client_id", "client_secret"] and .mistakes == []' <<<"$output"
}

@test "neither fob nor libfob maps libcurl or json-c" {
    for file in "$(program fob)" "$abs_top_builddir/.libs/libfob.so"; do
        run ldd "$file"
        ended 0
        has "$output" libgcrypt
        has_not "$output" libcurl
        has_not "$output" libjson-c
    done
}

@test "fob request without its module says where it looked" {
    fob init 2>/dev/null
    write_provider http://127.0.0.1:9
    store acme swordfish
    mkdir -m 700 "$home/none"
    cp "$(program fob-worker)" "$home/none"
    ln -s "$abs_top_builddir/.libs/libfob-plugin.so.0" "$home/none"
    FOB_LIBEXEC=$home/none run fob request acme /x
    ended 78
    has "$output" "$home/none/requester.so"
}

@test "one warning says that secrets cannot be locked in memory" {
    ! sanitized || skip "a sanitizer has its own memory"
    [ "$(id -u)" -ne 0 ] || command -v setpriv || skip "needs setpriv"
    fob init 2>/dev/null
    store acme swordfish
    split sh -c 'ulimit -l 0; exec setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock \
        fob get acme client_secret'
    ended 0
    [ "$output" = swordfish ]
    [ "$(grep -c 'locked in memory' <<<"$stderr")" -eq 1 ]
    split fob get acme client_secret
    [ "$stderr" = "" ]
}
