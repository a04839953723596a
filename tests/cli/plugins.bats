#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob plugins, and plugins that print to standard output.

load sandboxed

setup()
{
    make_home
    # Not below /tmp, where others may write.
    folders=$(mktemp -d "$abs_top_builddir/plugins-XXXXXX")
    mkdir "$folders/first" "$folders/second"
}

teardown()
{
    rm -r "$folders"
    secretless
}

# install_plugin FOLDER PLUGIN [NAME]: install a plugin of the build, or of the tests.
install_plugin()
{
    local file=$abs_top_builddir/.libs/$2.so
    if [ ! -e "$file" ]; then
        file=$abs_top_builddir/tests/plugins/.libs/$2.so
    fi
    install -m 755 "$file" "$folders/$1/${3:-$2}.so"
}

use_folders()
{
    sed -i "s|^plugins:.*|plugins: [ $folders/first, $folders/none, $folders/second ]|" "$FOB_CONFIG"
}

@test "plugins lists all folders' plugins by name, of equal names the first" {
    install_plugin second debug
    install_plugin second policy
    install_plugin first policy
    touch "$folders/first/README" "$folders/first/notes.so.txt" "$folders/first/.so"
    use_folders
    split fob plugins
    ended 0
    [ -z "$stderr" ]
    [ "${#lines[@]}" -eq 3 ]
    [[ "${lines[0]}" =~ ^PLUGIN\ +VERSION\ +SUMMARY\ +FILE$ ]]
    [[ "${lines[1]}" =~ ^debug\ +1\ +answers\ .*\ $folders/second/debug.so$ ]]
    [[ "${lines[2]}" =~ ^policy\ +1\ +says\ .*\ $folders/first/policy.so$ ]]
}

@test "plugins without any is an empty list" {
    use_folders
    split fob plugins --json
    ended 0
    [ "$output" = '[]' ]
}

@test "a plugin that cannot be loaded is listed as broken, with the reason: 78" {
    install_plugin first debug
    install_plugin first wrong_abi
    echo 'no library' >"$folders/first/text.so"
    install_plugin first policy writable
    chmod g+w "$folders/first/writable.so"
    use_folders
    split fob plugins
    ended 78
    [ "${#lines[@]}" -eq 5 ]
    [[ "$output" =~ $'\n'wrong_abi\ +-\ +\(broken\)\ +$folders/first/wrong_abi.so ]]
    has "$stderr" "fob: $folders/first/wrong_abi.so: made for plugin ABI 2, this fob has 1"
    has "$stderr" "hint: build the plugin against this version's fob/plugin.h"
    has "$stderr" "fob: $folders/first/text.so: cannot be loaded"
    has "$stderr" "fob: $folders/first/writable.so: "
    split fob plugins --json
    ended 78
    [ "$(jq -r '[.[] | select(.mistake != "").name] | join(" ")' <<<"$output")" = \
        'text writable wrong_abi' ]
    jq -e '.[] | select(.name == "debug") | .hooks == ["link", "validate", "revoke", "authorize"]' \
        <<<"$output"
}

@test "a plugin that cannot be read is listed as such, with all others: 74, or 78 if one is broken" {
    install_plugin first debug
    install_plugin first policy
    ln -s loop.so "$folders/first/loop.so"
    use_folders
    split fob plugins
    ended 74
    [ "${#lines[@]}" -eq 4 ]
    [[ "${lines[1]}" =~ ^debug\ +1\ +answers ]]
    [[ "${lines[2]}" =~ ^loop\ +-\ +\(not\ read\)\ +$folders/first/loop.so$ ]]
    [[ "${lines[3]}" =~ ^policy\ +1\ +says ]]
    has "$stderr" "fob: $folders/first/loop.so: too many symbolic links"
    split fob plugins loop
    refused 74
    install_plugin first wrong_abi
    split fob plugins
    ended 78
    [ "${#lines[@]}" -eq 5 ]
}

@test "a plugin that fails to be read is listed with the error, with all others: 74" {
    needs_strace
    install_plugin first debug
    install_plugin first policy
    use_folders
    split strace -qq -o trace -P "$folders/first/debug.so" -e trace=pread64 -e inject=pread64:error=EIO:when=2 \
        "$(program fob)" plugins
    ended 74
    [[ "${lines[1]}" =~ ^debug\ +-\ +\(not\ read\) ]]
    [[ "${lines[2]}" =~ ^policy\ +1\ +says ]]
    has "$stderr" "fob: $folders/first/debug.so: cannot be loaded: Input/output error"
}

# patch_plugin AT BYTES: make damaged.so of the plugin debug, with BYTES at AT, an expression of its headers' members.
patch_plugin()
{
    install_plugin first debug damaged
    python3 - "$folders/first/damaged.so" "$1" "$2" <<-'END'
	import struct
	import sys
	data = bytearray(open(sys.argv[1], "rb").read())
	start, = struct.unpack_from("<Q", data, 32)
	count, = struct.unpack_from("<H", data, 56)
	header = {struct.unpack_from("<I", data, start + 56 * i)[0]: start + 56 * i for i in range(count)}
	at = eval(sys.argv[2])
	new = eval(sys.argv[3])
	data[at:at + len(new)] = new
	open(sys.argv[1], "wb").write(data)
	END
}

@test "a damaged plugin is broken, and not a lack of memory: 78" {
    local member
    use_folders
    install_plugin first policy
    for member in 16 40; do
        patch_plugin "header[0x6474e552] + $member + 5" 'b"\x7f"'
        split fob plugins
        ended 78
        has "$stderr" "damaged.so: cannot be loaded: its protected part is not in its segments"
        has "$output" policy
    done
    patch_plugin 'data.index(b"libc.so.6")' 'b"\xff"'
    split fob plugins
    ended 78
    has "$stderr" "damaged.so: cannot be loaded: a name in its string table is not UTF-8"
    patch_plugin 'data.index(b"libc.so.6")' 'b"libX"'
    split fob plugins
    ended 78
    has "$stderr" "damaged.so: libX.so.6: cannot open shared object file"
}

@test "an untrusted file hides one of the same name in a later folder" {
    install_plugin first policy
    chmod o+w "$folders/first/policy.so"
    install_plugin second policy
    use_folders
    split fob plugins policy
    refused 78
    has "$stderr" "fob: $folders/first/policy.so: "
}

@test "plugins NAME shows its options" {
    install_plugin first told
    install_plugin first debug
    use_folders
    split fob plugins told
    ended 0
    has "$output" "Plugin: told
Version: 1
Summary: Does what it is told
File: $folders/first/told.so
Hooks: link validate revoke authorize renew
Option result: string, default success
    A code's name, or a number
Option message: string
    For fob_fail()"
    has "$output" "Option timeout: duration, default 10
    Does nothing
    from 1 to 60 seconds"
    split fob plugins debug
    has "$output" "Option link: enum, default success
    what link returns
    one of success, ignore, rejected,"
    split fob plugins told --json
    [ "$(jq -c '.options[] | select(.name == "timeout")' <<<"$output")" = \
        '{"name":"timeout","type":"duration","default":"10","required":false,"min":1,"max":60,"summary":"Does nothing"}' ]
    jq -e '.options[] | select(.name == "ask") | .type == "list" and .default == null' <<<"$output"
}

@test "plugins NAME shows a plugin without hooks or options" {
    install_plugin first hookless
    use_folders
    split fob plugins hookless
    ended 0
    has "$output" 'Hooks: none'
    has_not "$output" 'Option'
}

@test "plugins NAME: a broken plugin is 78, a missing one 66" {
    install_plugin first no_symbol
    install_plugin first debug
    use_folders
    split fob plugins no_symbol
    refused 78
    has "$stderr" 'it has no symbol fob_plugin'
    split fob plugins no_symbol --json
    ended 78
    jq -e '.name == "no_symbol" and .options == [] and .version == ""' <<<"$output"
    split fob plugins dbug
    refused 66
    has "$stderr" 'fob: dbug: no such plugin
hint: did you mean debug?'
    split fob plugins debug policy
    refused 64
}

# Add a first entry to each stack, which commits the faults $1.
misbehave()
{
    local entry="{ control: required, plugin: misbehaved, options: { do: [ $1 ] } }"
    install_plugin first charliehr
    install_plugin first misbehaved
    use_folders
    write_sandbox_provider
    write_stacks
    sed -i -E "s#^(link|validate|revoke|authorize):#&\n  - $entry#" providers.d/charliehr.yaml
}

@test "a plugin's output does not get into the output of any command" {
    fob init 2>/dev/null
    misbehave 'print, write'
    split link_account acme
    ended 0
    [ "${#lines[@]}" -eq 1 ]
    has "$output" 'acme: linked to '
    has "$stderr" 'noise of puts'
    has "$stderr" 'noise of write'
    has "$stderr" 'noise of a constructor'
    split fob validate acme --json
    [ "$(jq -c '[.account, .result]' <<<"$output")" = '["acme","success"]' ]
    has "$stderr" 'noise of write'
    split fob get acme --format header
    [ "$output" = "Authorization: Token token=$(cat "$hr/client_id"):$(cat "$hr/client_secret")" ]
    has "$stderr" 'noise of write'
    rm said # which has the header now
    split fob request acme /company
    jq -e .success <<<"$output"
    has "$stderr" 'noise of write'
    split fob check --json
    jq -e .good <<<"$output"
    has "$stderr" 'noise of a constructor'
    split fob plugins --json
    [ "$(jq length <<<"$output")" -eq 2 ]
    has "$stderr" 'noise of a constructor'
    pair >pair
    split fob edit acme --stdin <pair
    rm pair
    ended 0
    [ "${#lines[@]}" -eq 1 ]
    has "$stderr" 'noise of write'
    split fob revoke acme --yes --json
    [ "$(jq -r .outcome <<<"$output")" = manual ]
    has "$stderr" 'noise of write'
}

@test "a secret that a plugin prints is masked" {
    fob init 2>/dev/null
    misbehave leak
    split link_account acme
    ended 0
    stars=$(sed 's/./*/g' "$hr/client_secret")
    [ "${#stars}" -gt 8 ]
    [ "$(grep -c "leak \*\{${#stars}\}$" <<<"$stderr")" -eq 2 ]
    [ "$(grep -c "00\*" <<<"$stderr")" -eq 2 ]
    has "$stderr" "late $stars"
    split fob validate acme
    has "$stderr" "leak $stars"
    # A plugin that does not return cannot print the secret, either.
    sed -i 's/do: \[ leak \]/do: [ leak, exit ]/' providers.d/charliehr.yaml
    split fob validate acme
    ended 78
    has "$stderr" "leak $stars"
    sed -i 's/do: \[ leak, exit \]/do: [ leak, hang ]/' providers.d/charliehr.yaml
    printf 'containment: { hook_limit: 1 }\n' >>fob.yaml
    split fob validate acme
    ended 78
    has "$stderr" "leak $stars"
}

@test "a secret that a plugin prints after its hook is masked" {
    fob init 2>/dev/null
    misbehave keep
    # Another entry of the plugin is running when the thread prints.
    sed -i '/^validate:/ { n; h; s/keep/wait/; H; g }' providers.d/charliehr.yaml
    for words in 'link_account acme' 'fob validate acme' 'fob validate --all'; do
        # shellcheck disable=SC2086 # words
        split $words
        ended 0
        has "$stderr" "end $(sed 's/./*/g' "$hr/client_secret")"
        has_not "$output$stderr" "$(cat "$hr/client_secret")"
    done
    has "$stderr" "thread $(sed 's/./*/g' "$hr/client_secret")"
}

@test "the output arrives although a plugin closed standard output" {
    fob init 2>/dev/null
    misbehave close
    split link_account acme
    ended 0
    has "$output" 'acme: linked to '
    split fob validate acme
    [ "$output" = 'acme: active' ]
}

@test "a full or closed stdout is 74 to commands that run plugins, too" {
    fob init 2>/dev/null
    misbehave none
    link_account acme
    for words in 'validate acme' 'get acme --format header' 'request acme /company' plugins check; do
        # shellcheck disable=SC2086 # words
        split bash -c 'fob '"$words"' >/dev/full'
        ended 74
        has "$stderr" 'fob: stdout: No space left on device'
        split bash -c 'fob '"$words"' >&-'
        ended 74
        has "$stderr" 'fob: stdout: '
    done
}

@test "a plugin's acts on its own process do not affect fob's" {
    fob init 2>/dev/null
    misbehave 'umask, locale'
    split link_account acme
    ended 0
    has_not "$stderr" 'locale'
    [ "$(stat -c %a log)" = 600 ]
}

@test "a truncated plugin is broken, and does not end fob" {
    install_plugin first debug
    size=$(stat -c %s "$folders/first/debug.so")
    use_folders
    for part in 0 10 63 64 200 3000 $((size / 3)); do
        truncate -s 0 "$folders/first/short.so"
        head -c "$part" "$folders/first/debug.so" >"$folders/first/short.so"
        split fob plugins short
        ended 78
        has "$stderr" "short.so: cannot be loaded"
    done
}

@test "a plugin that ends the process is not a success" {
    fob init 2>/dev/null
    misbehave exit
    split eval 'pair | fob link charliehr acme --stdin'
    ended 78
    has "$stderr" 'plugin misbehaved: its link hook ended without an answer'
}

@test "a plugin that cannot be loaded is reported with its place, by use and by check" {
    write_provider http://127.0.0.1:9
    fob init >/dev/null 2>&1
    for plugin in /no/such/plugin.so absent; do
        sed -i "s|^plugin: .*|plugin: $plugin|" providers.d/charliehr.yaml
        line=$(grep -n "plugin: $plugin" providers.d/charliehr.yaml | cut -d : -f 1)
        split fob link charliehr new --stdin <<<$'client_id=id\nclient_secret=s'
        refused 78
        has "$stderr" "fob: $home/providers.d/charliehr.yaml:$line:9: "
        run fob check
        [ "$(grep -c "$home/providers.d/charliehr.yaml:$line:9: " <<<"$output")" -eq 1 ]
    done
}

@test "a plugin whose path is not UTF-8 is loaded" {
    mkdir "$folders/first/"$'\xe9'
    install_plugin first/$'\xe9' debug
    ln -s $'\xe9/debug.so' "$folders/first/debug.so"
    use_folders
    run fob plugins debug
    ended 0
    has "$output" 'Plugin: debug'
}
