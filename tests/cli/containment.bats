#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# A hostile plugin can only fail; and the messages where the kernel cannot contain plugins.

load common

setup()
{
    make_home
    test_plugins=$abs_top_builddir/tests/plugins/.libs
    # Not below /tmp, where others may write.
    folder=$(mktemp -d "$abs_top_builddir/containment-XXXXXX")
    sed -i "s|^plugins:.*|plugins: [ $folder, $test_plugins, $FOB_TEST_PLUGINS ]|" fob.yaml
    fob init 2>/dev/null
    export CREDENTIALS_DIRECTORY=$home/credentials
    mkdir -m 700 credentials
    cp key credentials/fob.key
    sleep 1000 3>&- &
    other=$!
}

teardown()
{
    kill "$other"
    rm -r "$folder"
    untold
}

# without MEANS COMMAND...: run COMMAND as on a kernel that lacks MEANS.
without()
{
    "$abs_top_builddir/tests/cli/without" "$@"
}

# For a test of containment, which this kernel must have.
need_containment()
{
    [ -z "$uncontained" ] || skip "this kernel cannot contain plugins"
}

# attack PLUGIN ACT [TARGET [ONLY]]: let the plugin's hooks commit ACT, for all accounts or for ONLY; link victim.
attack()
{
    local options="do: $2, target: \"${3-}\""
    [ -z "${4-}" ] || options+=", only: $4"
    cat >providers.d/hostile.yaml <<-END
	provider: hostile
	fields: [ { name: token, secret: true } ]
	link: [ { control: required, plugin: told } ]
	validate: [ { control: required, plugin: $1, ${sandbox:+sandbox: $sandbox,} options: { $options } } ]
	authorize: [ { control: required, plugin: $1, options: { $options } } ]
	END
    [ -e store/accounts/victim ] || link_victim victim
}

link_victim()
{
    echo "token=t0ken-of-$1" | fob link hostile "$1" --stdin --no-validate 2>/dev/null >&2
}

# load_attack PLUGIN ACT [TARGET]: make the plugin early.so, whose constructor commits ACT.
load_attack()
{
    python3 - "$test_plugins/$1.so" "$folder/early.so" "$2 ${3-}" <<-'END'
	import sys
	data = bytearray(open(sys.argv[1], "rb").read())
	at = data.index(b"FOB-HOSTILE:\0") + 12
	text = sys.argv[3].encode() + b"\0"
	data[at:at + len(text)] = text
	open(sys.argv[2], "wb").write(data)
	END
    chmod 755 "$folder/early.so"
}

# Check that the store, the log and the account's secret have not changed.
all_whole()
{
    fob log --verify >/dev/null
    [ "$(fob get victim token)" = t0ken-of-victim ]
}

# Print the acts that must fail in the profile, each with its target.
forbidden()
{
    cat <<-END
	read @$home/key
	read @$home/log
	read @$home/store/header
	read @$home/store/accounts/victim
	read $home/key
	read @$home/credentials/fob.key
	list @$home/store
	write @$home/key
	write @$home/store/accounts/new
	remove @$home/key
	memory $other
	peek $other
	ptrace $other
	io_uring
	userfaultfd
	bpf
	keyctl
	END
}

forbidden_network()
{
    forbidden
    cat <<-END
	read @/etc/shadow
	read @$home/fob.yaml
	write @$home/fob.yaml
	kill $other
	bind
	fork
	exec
	unix
	END
}

# Commit the act in each line of stdin in PLUGIN's validate hook: no act may succeed.
none_succeeds()
{
    local act target
    while read -r act target <&4; do
        attack "$1" "$act" "$target"
        split fob validate victim
        printf '%s: %s: %s %s\n' "$act" "$status" "$output" "$stderr"
        [ "$status" -eq 0 ] || [ "$status" -eq 78 ]
        has_not "$stderr" breach
    done 4<&0
    all_whole
}

# The same in PLUGIN's constructor.
none_succeeds_early()
{
    local act target
    while read -r act target <&4; do
        load_attack "$1" "$act" "$target"
        split fob plugins
        printf '%s: %s: %s %s\n' "$act" "$status" "$output" "$stderr"
        has "$output" "$folder/early.so"
        has_not "$stderr" "$folder/early.so"
    done 4<&0
}

@test "check reports the means to contain plugins" {
    need_containment
    split fob check
    ended 0
    has "$output" 'ok: plugins are contained by seccomp'
    has "$output" 'ok: plugins are contained by Landlock, level '
}

@test "a kernel that lacks Landlock or seccomp runs no plugin, unless that is permitted, with a warning" {
    need_containment
    attack hostile nothing
    for lacking in landlock seccomp; do
        split without $lacking fob check
        ended 78
        has "${output,,}" "no plugin can run: this kernel has no $lacking (function not implemented)"
        has "$output" 'containment: { required: false }'
        split without $lacking fob validate victim
        refused 78
        has "${stderr,,}" "$lacking: function not implemented"
        has "$stderr" 'containment: { required: false }'
    done
    echo 'containment: { required: false }' >>fob.yaml
    for lacking in landlock seccomp landlock,seccomp; do
        split without $lacking fob check
        has "${output,,}" "ok: plugins are not contained by ${lacking#*,} (function not implemented)"
        split without $lacking fob validate victim
        ended 0
        has "${stderr,,}" "${lacking#*,}: function not implemented"
    done
}

@test "a hook that ends its process fails with the reason, and changes nothing" {
    local act
    while read -r act words; do
        attack hostile "$act"
        split fob validate victim
        refused 78
        has "$stderr" "victim: plugin hostile: its validate hook "
        has "$stderr" "$words"
        split fob get victim --format header
        refused 78
        has "$stderr" "plugin hostile: its authorize hook "
        all_whole
    done <<-END
	segv ended by signal 11
	abort ended by signal 6
	exit_now ended without an answer
	exit ended without an answer
	kill_itself ended without an answer
	overflow ended by signal 11
	throw ended by signal 6
	longjmp ended by signal
	END
}

@test "a link whose hook ends its process stores nothing, and is never a success" {
    attack hostile exit_now
    sed -i 's/plugin: told/plugin: hostile, options: { do: exit_now }/' providers.d/hostile.yaml
    for act in exit_now exit segv; do
        sed -i "s/do: [a-z_]*/do: $act/" providers.d/hostile.yaml
        split fob link hostile other --stdin <<<token=t0ken-of-other
        refused 78
        [ "$(names)" = victim ]
    done
}

@test "a system call that the sandbox refuses is named" {
    need_containment
    attack hostile refused_call
    split fob validate victim
    refused 78
    has "$stderr" 'its validate hook was ended: it made the system call '
    load_attack hostile refused_call
    split fob plugins
    has "$stderr" "$folder/early.so: cannot be loaded: it was ended: it made the system call "
}

@test "a plugin that ends its process while loading is listed with the reason, as are all others" {
    local act words
    while read -r act words; do
        load_attack hostile "$act"
        split fob plugins
        [ "$status" -eq 78 ]
        has "$output" "$test_plugins/told.so"
        has "$output$stderr" "$folder/early.so: cannot be loaded: "
        has "$output$stderr" "$words"
    done <<-END
	segv signal 11
	abort signal 6
	exit_now ended without an answer
	exit ended without an answer
	kill_itself ended without an answer
	overflow signal 11
	throw signal 6
	END
    sed -i 's/plugin: told/plugin: early/' providers.d/charliehr.yaml
    attack early nothing
    split fob check
    ended 78
    has "$output" "$folder/early.so: cannot be loaded: "
    has "$output" 'ok: provider charliehr'
}

@test "four plugins are loaded at the same time" {
    for name in one two three four; do
        cp "$test_plugins/told.so" "$folder/$name.so"
    done
    sed -i "s|^plugins:.*|plugins: [ $folder ]|" fob.yaml
    # Each worker waits for three others.
    cat >"$folder/meet" <<-END
	#!/bin/sh
	: >"$home/begun.\$\$"
	until [ "\$(ls "$home"/begun.* | wc -l)" -eq 4 ]; do sleep 0.02; done
	exec "\$@"
	END
    chmod 755 "$folder/meet"
    FOB_WORKER_PREFIX=$folder/meet split fob plugins --json
    ended 0
    [ "$(jq length <<<"$output")" -eq 4 ]
}

@test "a plugin that ends its process while loading is loaded once for all stacks of a command" {
    load_attack hostile segv
    attack early nothing
    cat >"$folder/count" <<-END
	#!/bin/sh
	echo >>"$home/count"
	exec "\$@"
	END
    chmod 755 "$folder/count"
    FOB_WORKER_PREFIX=$folder/count split fob validate victim
    refused 78
    has "$stderr" "$folder/early.so: cannot be loaded: "
    [ "$(wc -l <count)" -eq 2 ]
}

# damage COUNT SEED: make COUNT copies of the plugin told with random changes in code, headers and tables.
damage()
{
    strip -o "$folder/told" "$test_plugins/told.so"
    python3 - "$folder" "$1" "$2" <<-'END'
	import pathlib
	import random
	import sys
	folder, count, chance = pathlib.Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
	whole = (folder / "told").read_bytes()
	for number in range(count):
	    data = bytearray(whole)
	    for _ in range(chance.randrange(1, 9)):
	        data[chance.randrange(chance.choice((1024, 4096, len(data))))] = chance.randrange(256)
	    (folder / f"damaged-{number:03}.so").write_bytes(data)
	END
    rm "$folder/told"
}

@test "copies of a plugin, damaged at random: each is sound or told of, and none ends fob" {
    local count=300 seed=17 name
    if [ -n "${FOB_TEST_LONG-}" ]; then
        seed=$RANDOM
    elif sanitized; then
        count=90
    fi
    echo "seed $seed"
    sed -i "s|^plugins:.*|plugins: [ $folder ]|" fob.yaml
    damage $count $seed
    split timeout 300 fob plugins --json
    ended 78
    [ "$(jq length <<<"$output")" -eq "$count" ]
    [ "$(jq '[.[] | select(.mistake == "" and .version == "1")] | length' <<<"$output")" -ge $((count / 30)) ]
    [ "$(jq '[.[] | select(.mistake != "")] | length' <<<"$output")" -ge $((count / 3)) ]
    cp "$test_plugins/told.so" "$folder/"
    limit_hooks 2
    for name in $(jq -r "[.[] | select(.mistake == \"\")][:$((count / 15))][].name" <<<"$output"); do
        attack "$name" nothing
        sed -i 's/options: {.*} }/}/' providers.d/hostile.yaml
        split timeout 60 fob validate victim
        printf '%s: %s: %s %s\n' "$name" "$status" "$output" "$stderr"
        [ "$status" -lt 124 ]
        [ "$status" -eq 0 ] || [ -n "$stderr" ]
    done
    all_whole
}

@test "a hook that never ends is ended at the limit" {
    limit_hooks 1
    for act in loop sleep; do
        attack hostile $act
        split timeout 100 fob validate victim
        refused 78
        has "$stderr" 'victim: plugin hostile: its validate hook was ended: not done within 1 s'
        all_whole
    done
}

@test "a hook cannot stop its process, which would then outlive the command" {
    need_containment
    for plugin in hostile hostile_pure; do
        attack $plugin stop_itself
        split fob validate victim
        ended 0
    done
}

@test "pauses that a hook asks for count as its time" {
    limit_hooks 1
    attack hostile pause
    split timeout 100 fob validate victim
    refused 75
    has "$stderr" 'the pause would last longer than the hook may run'
    attack hostile pauses
    split timeout 100 fob validate victim
    refused 78
    has "$stderr" 'its validate hook was ended: not done within 1 s'
}

# The signal $1 ends the command after it within 3 seconds; on a busy machine it may take longer, but not each time.
ends_soon()
{
    local begun
    for _ in 1 2 3 4 5; do
        begun=$SECONDS
        run timeout --signal="$1" --kill-after=20 --preserve-status 0.5 env --default-signal=INT "${@:2}"
        [ "$status" -ne 137 ] || return
        [ $((SECONDS - begun)) -gt 4 ] || return 0
    done
    return 1
}

@test "one SIGINT or SIGTERM ends a command with an endless hook within 3 seconds" {
    local act number
    while read -r act number; do
        attack hostile "$act"
        ends_soon "$number" fob validate victim
        all_whole
    done <<-END
	loop INT
	sleep TERM
	check_loop TERM
	END
}

@test "one SIGINT ends a command whose plugin never is loaded, and the worker ends with it" {
    local act number
    load_attack hostile loop
    attack early nothing
    ends_soon INT fob validate victim
    all_whole
    while read -r act number; do
        load_attack hostile "$act"
        run timeout --signal="$number" 0.5 fob plugins early
        [ "$status" -ge 124 ]
    done <<-END
	loop KILL
	sleep TERM
	END
    wait_until no_worker
}

# Whether no process has the plugin early mapped.
no_worker()
{
    ! grep -qs "$folder/early.so" /proc/[0-9]*/maps
}

@test "a hook of a network plugin cannot reach fob's files, another process or any other file" {
    need_containment
    forbidden_network | none_succeeds hostile
}

@test "a hook of a pure plugin cannot make a socket" {
    need_containment
    { forbidden_network; echo socket; } | none_succeeds hostile_pure
    sandbox=pure
    attack hostile socket
    split fob validate victim
    has_not "$stderr" breach
    refused 78
    has "$stderr" 'needs network, but its entry grants pure'
}

@test "a hook of an exec plugin cannot reach the store, its key or the log" {
    need_containment
    forbidden | none_succeeds hostile_exec
    sandbox=network attack hostile_exec nothing
    split fob validate victim
    refused 78
    has "$stderr" 'needs exec, but its entry grants network'
}

@test "a constructor of a plugin is contained like its hooks" {
    need_containment
    # Nothing else is loaded with it.
    sed -i "s|^plugins:.*|plugins: [ $folder ]|" fob.yaml
    forbidden_network | none_succeeds_early hostile
    { forbidden_network; echo socket; } | none_succeeds_early hostile_pure
    forbidden | none_succeeds_early hostile_exec
}

@test "a constructor that does not end is ended soon after the limit of hooks" {
    limit_hooks 1
    load_attack hostile sleep
    split timeout 100 fob plugins
    ended 78
    has "$stderr" "$folder/early.so: cannot be loaded: not done within 11 s"
}

# The acts are real: without containment they succeed.
@test "without containment the same acts succeed" {
    export FOB_WORKER_PREFIX=env
    for act in "read @$home/key" "list @$home/store" "read @$home/fob.yaml" "write @$home/fob.yaml" "kill $other" \
        bind fork unix socket; do
        read -r act target <<<"$act"
        attack hostile "$act" "$target"
        split fob validate victim
        ended 76
        has "$stderr" "breach: $act"
    done
    load_attack hostile read "@$home/key"
    split fob plugins
    has "$stderr" "$folder/early.so: cannot be loaded: it was ended by signal 5"
}

@test "a worker that ends while the host makes it wait is told as that" {
    attack hostile die_in_pause
    split fob validate victim
    refused 78
    has "$stderr" 'plugin hostile: its validate hook ended without an answer (out of memory?)'
}

@test "a hook has at most 1000 messages for the person" {
    attack hostile chatter
    split fob validate victim
    ended 0
    [ "$(grep -c chatter <<<"$stderr")" -eq 1000 ]
}

@test "a flood of descriptors ends the worker, not fob" {
    attack hostile flood
    split timeout 60 fob validate victim
    refused 78
    all_whole
}

@test "the processes of an exec plugin end with its worker" {
    need_containment
    attack hostile_exec stay "fob-left-$BATS_TEST_NUMBER-$$"
    fob validate victim
    wait_until without_process "fob-left-$BATS_TEST_NUMBER-$$"
}

@test "in a sweep, only the account whose answer ends the worker fails" {
    attack hostile nothing
    for i in {1..20}; do
        link_victim "a$i"
    done
    for act in segv exit_now; do
        attack hostile "$act" "" a7
        split fob validate --all
        has "$stderr" "a7: plugin hostile: its validate hook "
        [ "$(grep -c 'plugin hostile' <<<"$stderr")" -eq 1 ]
        # The account is tried alone, and then passed over.
        [ "$(grep -c "$act at a7" <<<"$stderr")" -le 3 ]
        has "$stderr" "$act at a7"
        [ "$(fob list --json | jq '[.[] | select(.status == "active")] | length')" -eq 20 ]
    done
}

@test "a program of the exec plugin cannot read the store, its key or the log, but can use files beside them" {
    need_containment
    mkdir "$home/out"
    cat >"$folder/steal" <<-END
	#!/bin/sh
	for file in "$home/key" "$home/log" "$home/store/header" "$home"/store/accounts/*; do
	    cat "\$file" >>"$home/out/loot" 2>>"$home/out/why"
	done
	cp "$home/key" "$home/out/key" 2>>"$home/out/why"
	ln "$home/key" "$home/out/linked" 2>>"$home/out/why"
	mv "$home/store" "$home/out/store" 2>>"$home/out/why"
	echo done >"$home/out/done"
	END
    chmod 755 "$folder/steal"
    attack hostile nothing
    cat >providers.d/hostile.yaml <<-END
	provider: hostile
	fields: [ { name: token, secret: true } ]
	link: [ { control: required, plugin: told } ]
	validate: [ { control: required, plugin: $abs_top_builddir/.libs/exec.so, options: { command: [ $folder/steal ] } } ]
	END
    split fob validate victim
    ended 0
    [ "$(cat out/done)" = done ]
    [ ! -s out/loot ]
    [ ! -s out/key ]
    [ ! -e out/linked ]
    [ ! -e out/store ]
    [ -s out/why ]
    all_whole
}
