#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Workers that are killed, stopped or starved, and kernels that refuse to contain them: no data are lost, every result
# is reported, and no command hangs.

load common

setup()
{
    make_home
    # Not below /tmp, where others may write.
    folder=$(mktemp -d "$abs_top_builddir/harm-XXXXXX")
    cp "$abs_top_builddir/tests/plugins/.libs/"{told,hostile,hostile_exec,hostile_pure}.so "$folder"
    sed -i "s|^plugins:.*|plugins: [ $folder ]|" fob.yaml
    limit_hooks 5
    : >providers.d/charliehr.yaml
    cat >providers.d/told.yaml <<-END
	provider: told
	fields: [ { name: token, secret: true } ]
	link: [ { control: required, plugin: told } ]
	validate: [ { control: required, plugin: told } ]
	revoke: [ { control: required, plugin: told } ]
	authorize: [ { control: required, plugin: told, options: { headers: [ 'X-Key=\$token' ] } } ]
	END
    fob init 2>/dev/null
    for name in acme bright; do
        echo "token=t0ken-of-$name" | fob link told "$name" --stdin --no-validate 2>/dev/null
    done
    echo t0ken-of- >"$home/.stored-secrets"
}

teardown()
{
    local process
    # A stopped process cannot end by itself.
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe") in "$folder"/*) kill -KILL "${process#/proc/}" 2>/dev/null || true ;; esac
    done
    rm -r "$folder"
    untold
}

# libexec NAME LINE...: make a folder of programs whose workers are harmed as the lines say.
libexec()
{
    local place=$folder/$1 file
    shift
    mkdir -p "$place/real"
    for file in "$abs_top_builddir"/.libs/libfob*.so.*; do
        ln -sf "$file" "$place/"
    done
    [ -e "$place/real/fob-worker" ] || cp "$(program fob-worker)" "$place/real/fob-worker"
    [ -e "$place/fob-worker" ] || cp "$abs_top_builddir/tests/worker/harm" "$place/fob-worker"
    cp "$abs_top_builddir/tests/worker/.libs/harm_at.so" "$abs_top_builddir/tests/cli/without" "$place/"
    printf '%s\n' "$@" >"$place/harm"
    export FOB_LIBEXEC=$place
}

# The commands that use workers, by name.
try()
{
    case $1 in
        check) fob check ;;
        plugins) fob plugins told ;;
        link) echo token=t0ken-of-new | fob link told new --stdin ;;
        validate) fob validate acme ;;
        get) fob get acme --format header ;;
        sweep) fob validate --all ;;
        revoke) fob revoke acme --yes ;;
    esac
}

commands="check plugins link validate get sweep revoke"
# Print each of the points, or each third.
[ -n "${FOB_TEST_LONG-}" ] && step=1 || step=3

# After try: the change is complete, and was reported.
all_whole()
{
    [ "$status" -lt 124 ]
    [ "$status" -eq 0 ] || [ -n "$stderr$output" ]
    fob log --verify >/dev/null
    [ "$(fob get bright token)" = t0ken-of-bright ]
    case $1 in
        link) [ "$status" -ne 0 ] || [ "$(fob get new token)" = t0ken-of-new ] ;;
        get) [ "$status" -ne 0 ] || has "$output" 'X-Key: t0ken-of-acme' ;;
        revoke) ;;
        *) [ "$(fob get acme token)" = t0ken-of-acme ] ;;
    esac
}

# Restore the store from before revoke or link.
restore()
{
    rm -rf store log
    cp -a before store
}

# Print how often a worker of $1 reads or writes a socket.
count_points()
{
    libexec counted 'at 0 0'
    try "$1" 2>&1 | grep -c 'harm$' || true
}

@test "a worker killed at any moment of any command: done, or told and not done" {
    sanitized && skip "its library cannot be loaded first"
    local command point points killed=0 first=0
    cp -a store before
    for command in $commands; do
        points=$(count_points "$command")
        restore
        [ "$points" -ge 3 ]
        first=$((first % step + 1))
        for ((point = first; point <= points; point += step)); do
            libexec killed "at $point 9"
            split timeout 30 bash -c "$(declare -f try); try $command"
            printf '%s, %s of %s: %s: %s %s\n' "$command" "$point" "$points" "$status" "$output" "$stderr"
            [ "$status" -eq 0 ] || killed=$((killed + 1))
            all_whole "$command"
            restore
        done
    done
    [ "$killed" -ge 15 ]
}

# stop COMMAND POINT: run COMMAND in the background, with its worker stopped at POINT.
stop()
{
    local code=0
    libexec "stopped-$1-$2" "at $2 19"
    export FOB_CONFIG=$home/fob-$1-$2.yaml
    sed -E "s#$home/(store|log)#&-$1-$2#" "$home/fob.yaml" >"$FOB_CONFIG"
    cp -a before "store-$1-$2"
    timeout --signal=INT --kill-after=60 --preserve-status 1.5 env --default-signal=INT \
        bash -c "$(declare -f try); try $1" >"told-$1-$2" 2>&1 || code=$?
    echo $code >"status-$1-$2"
}

@test "a worker stopped at any moment: one SIGINT ends the command" {
    sanitized && skip "its library cannot be loaded first"
    local command point points stopped=0
    # Only SIGINT ends the command before SIGKILL does.
    limit_hooks 120
    cp -a store before
    for command in ${FOB_TEST_LONG:+$commands} validate sweep; do
        points=$(count_points "$command")
        [ "$points" -ge 3 ]
        restore
        for ((point = 1; point <= points; point += step)); do
            (stop "$command" "$point") &
            stops+=($!)
        done
        wait "${stops[@]}" || :
        for ((point = 1; point <= points; point += step)); do
            status=$(cat "status-$command-$point")
            printf '%s, %s of %s: %s: %s\n' "$command" "$point" "$points" "$status" "$(cat "told-$command-$point")"
            [ "$status" -ne 137 ]
            [ "$status" -eq 0 ] || stopped=$((stopped + 1))
        done
    done
    [ "$stopped" -ge 5 ]
}

@test "a worker that does not read a large call: the hook's limit, or one SIGINT, ends the command" {
    sanitized && skip "its library cannot be loaded first"
    local command code
    # More than the buffer of the socket takes.
    printf 'token=%s\n' "$(head -c 250000 /dev/zero | tr '\0' x)" |
        fob link told large --stdin --no-validate 2>/dev/null
    cp -a store before
    for command in "validate large" "revoke large --yes"; do
        libexec still 'large 100000 19'
        limit_hooks 2
        # shellcheck disable=SC2086 # words
        split timeout 60 fob $command
        echo "$command: $status: $output $stderr"
        has "$stderr" 'hook was ended: not done within 2 s'
        limit_hooks 120
        code=0
        # shellcheck disable=SC2086 # words
        timeout --signal=INT --kill-after=60 --preserve-status 1.5 env --default-signal=INT fob $command || code=$?
        [ "$code" -ne 0 ]
        [ "$code" -ne 137 ]
    done
}

# starve COMMAND LINE...: whatever a worker lacks, COMMAND ends, and reports the reason of a failure.
starve()
{
    libexec starved "${@:2}"
    split timeout 60 bash -c "$(declare -f try); try $1"
    printf '%s: %s: %s %s\n' "$*" "$status" "$output" "$stderr"
    all_whole "$1"
    restore
    case $status in
        0) good=$((good + 1)) ;;
        71 | 74 | 75 | 78) bad=$((bad + 1)) ;;
        *) return 1 ;;
    esac
}

@test "a worker without memory, descriptors or threads fails its command, and nothing else" {
    local command number good bad
    cp -a store before
    for command in ${FOB_TEST_LONG:+$commands} validate; do
        good=0
        bad=0
        for ((number = 0; number < 20; number++)); do
            starve "$command" "files $number"
        done
        [ "$good" -ge 3 ] && [ "$bad" -ge 3 ]
        good=0
        bad=0
        starve "$command" 'run clone:EAGAIN,clone3:EAGAIN'
        [ "$bad" -eq 1 ]
        sanitized && continue
        for ((number = 1; number < 24; number++)); do
            starve "$command" "memory $((number * 1000000))"
        done
        [ "$good" -ge 3 ] && [ "$bad" -ge 3 ]
    done
}

@test "a fob without memory, descriptors or processes says so" {
    local number good=0 bad=0
    export FOB_LIBEXEC=$abs_top_builddir/.libs
    for ((number = 7; number < 26; number++)); do
        split timeout 60 bash -c "ulimit -n $number; exec fob validate acme"
        printf '%s descriptors: %s: %s %s\n' "$number" "$status" "$output" "$stderr"
        [ "$status" -lt 124 ]
        [ "$status" -eq 0 ] && good=$((good + 1)) || bad=$((bad + 1))
        [ "$status" -eq 0 ] || [ -n "$stderr" ]
    done
    [ "$good" -ge 3 ] && [ "$bad" -ge 3 ]
    split timeout 60 "$abs_top_builddir/tests/cli/without" clone:EAGAIN,clone3:EAGAIN "$(program fob)" validate acme
    [ "$status" -ne 0 ] && [ "$status" -lt 124 ]
    has "$stderr" 'Resource temporarily unavailable'
    fob log --verify >/dev/null
    fob validate acme
}

# The system calls that start and contain a worker.
refusable="landlock landlock_add_rule landlock_restrict_self seccomp prctl capget capset prlimit64 sigaltstack
    signalfd4 clone clone3 execveat close_range setsid chdir socketpair pipe2 pidfd_open pidfd_send_signal waitid
    mlock madvise"

@test "a kernel that refuses any call of the sandbox: contained all the same, or refused with the reason" {
    local call error plugin good=0 bad=0 ugly=
    if sanitized; then
        skip "a sanitizer needs some of these calls"
    fi
    without=$abs_top_builddir/tests/cli/without
    "$without" landlock true 2>/dev/null && fob check | grep -q 'contained by Landlock' ||
        skip "this kernel has no seccomp or no Landlock"
    for plugin in hostile ${FOB_TEST_LONG:+hostile_pure} hostile_exec; do
        sed -i "s|^validate:.*|validate: [ { control: required, plugin: $plugin, options: { do: read, target: \"@$home/key\" } } ]|" \
            providers.d/told.yaml
        for call in $refusable; do
            for error in EPERM ENOSYS; do
                split timeout 60 "$without" "$call:$error" "$(program fob)" validate acme
                printf '%s, %s %s: %s: %s %s\n' "$plugin" "$call" "$error" "$status" "$output" "$stderr"
                has_not "$stderr" breach
                case $status in
                    0) good=$((good + 1)) ;;
                    71 | 74 | 75 | 78) bad=$((bad + 1)) && [ -n "$stderr" ] ;;
                    *) ugly+="$plugin, $call $error: $status;" ;;
                esac
            done
        done
    done
    [ -z "$ugly" ]
    [ "$good" -ge 10 ] && [ "$bad" -ge 20 ]
}

# in_namespace COMMAND: run COMMAND as root of its own namespaces, if this machine permits that.
in_namespace()
{
    unshare -rm true 2>/dev/null || skip "namespaces are not to be had"
    split timeout 60 unshare -rm bash -c "$1"
}

@test "without /proc or /dev/null, or with a /proc of other processes, no plugin runs, and the reason is told" {
    if sanitized; then
        skip "a sanitizer reads /proc"
    fi
    in_namespace "mount -t tmpfs none /proc && exec fob validate acme"
    refused 78
    has "$stderr" 'told.so: cannot be loaded: /proc is missing'
    has "$stderr" 'hint: a worker opens plugins in /proc'
    in_namespace "mount -t tmpfs none /dev && exec fob validate acme"
    refused 78
    has "$stderr" '/dev/null is missing'
    # In the namespace, processes have other ids than in this /proc.
    unshare -rpf true 2>/dev/null || return 0
    split timeout 60 unshare -rpf fob validate acme
    refused 78
    has "$stderr" 'told.so: cannot be loaded: /proc is missing, or lists other processes'
    fob log --verify >/dev/null
    fob validate acme
}
