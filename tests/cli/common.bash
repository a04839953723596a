# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=bash
# Shared by the tests of the command: each test has its own home, and each file its own sandbox.

bats_require_minimum_version 1.5.0
# A test that hangs fails.  Its own watchdog is a background job, so no test may wait for all jobs.
BATS_TEST_TIMEOUT=900
[ -z "${FOB_TEST_LONG-}" ] || BATS_TEST_TIMEOUT=14400

# shellcheck source=tests/cli/env.sh
. "${BASH_SOURCE[0]%/*}/env.sh"

sandbox()
{
    local command=$1
    shift
    python3 "$abs_top_srcdir/tests/sandbox/charliehr.py" "$command" --dir "$hr" "$@"
}

# For setup_file: start this file's own CharlieHR.
start_sandbox()
{
    export hr=$BATS_FILE_TMPDIR/hr
    sandbox start "$@" >/dev/null
}

# For a test that changes the company or needs another certificate: start its own CharlieHR, and make a home for it.
# Then teardown() must call stop_own_sandbox.
own_sandbox()
{
    export hr=$BATS_TEST_TMPDIR/hr
    sandbox start "$@" >/dev/null
    make_home
}

stop_own_sandbox()
{
    if [ "$hr" = "$BATS_TEST_TMPDIR/hr" ]; then
        sandbox stop
    fi
}

# fault KIND [OPTION...]: until the next test's make_home.
fault()
{
    : >"$hr/faulty"
    sandbox fault "$@" >/dev/null
}

# Write the provider charliehr at URL ($1), with CA file $2, which may be empty, and more options.
write_provider()
{
    local url=$1 option text="retries: 0"
    shift
    if [ -n "${1:-}" ]; then
        text+="\n  ca_file: $1"
    fi
    for option in "${@:2}"; do
        text+="\n  $option"
    done
    mkdir -p "$home/providers.d"
    sed -e "s|^  base_url:.*|  base_url: $url|" -e "s|^options:.*|&\n  $text|" -e '/^budget:/d' \
        -e '/^rehearsals:/,$d' \
        "$abs_top_srcdir/conf/providers.d/charliehr.yaml" >"$home/providers.d/charliehr.yaml"
}

# Write each stack of the provider charliehr out, so that a test can change it.
write_stacks()
{
    sed -i "s|^plugin: \(.*\)|$(printf '%s:\\n  - { control: required, plugin: \\1 }\\n' \
        link validate revoke authorize)|" providers.d/charliehr.yaml
}

# Write the provider charliehr at the sandbox, with more options.
write_sandbox_provider()
{
    write_provider "$(cat "$hr/url")" "$hr/ca.pem" "$@"
}

# A test sees the same providers whether fob is installed or not: an empty file hides an installed one.
hide_catalog()
{
    local file
    mkdir -p "$home/providers.d"
    for file in "$abs_top_srcdir"/conf/providers.d/*.yaml; do
        : >"$home/providers.d/${file##*/}"
    done
}

# For setup: make this test's own folder for configuration, store and log.
make_home()
{
    export home=$BATS_TEST_TMPDIR
    export FOB_CONFIG=$home/fob.yaml
    unset NO_COLOR FOB_DEBUG
    cat >"$FOB_CONFIG" <<-END
	store: { driver: file, path: $home/store }
	key_file: $home/key
	plugins: [ $FOB_TEST_PLUGINS ]
	providers: [ $home/providers.d ]
	log: { path: $home/log, syslog: false }
	END
    [ -z "$uncontained" ] || echo "$uncontained" >>"$FOB_CONFIG"
    hide_catalog
    if [ -z "${hr:-}" ]; then
        write_provider http://127.0.0.1:9
    else
        if [ -e "$hr/faulty" ]; then
            sandbox fault none
            rm "$hr/faulty"
        fi
        write_sandbox_provider
    fi
    cd "$home" || return
}

# limit_hooks SECONDS: the longest that a hook may run.
limit_hooks()
{
    sed -i '/^containment:/d' "$FOB_CONFIG"
    echo "containment: { hook_limit: $1${uncontained:+, required: false} }" >>"$FOB_CONFIG"
}

# For setup: the same, with a store.
new_store()
{
    make_home
    fob init >/dev/null 2>&1
}

# From now on, passphrase slots are made and opened quickly.
quick_passphrases()
{
    [ -e "$abs_top_builddir/tests/cli/.libs/slow_clock.so" ] || return 0
    export LD_PRELOAD=$abs_top_builddir/tests/cli/.libs/slow_clock.so
    # This library comes before a sanitizer's library, which permits that with this option.
    export ASAN_OPTIONS=verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
}

# Print the sandbox's pair of keys, for --stdin.
pair()
{
    printf 'client_id=%s\nclient_secret=%s\n' "$(cat "$hr/client_id")" "$(cat "$hr/client_secret")"
}

# link_account ACCOUNT [OPTION...]: link ACCOUNT with the sandbox's pair.
link_account()
{
    pair | fob link charliehr "$@" --stdin
}

# store ACCOUNT SECRET [OPTION...]: link ACCOUNT without a check.
store()
{
    local account=$1 secret=$2
    shift 2
    # Its beginning is enough: grep takes seconds for a long one.
    [ "${#secret}" -lt 8 ] || printf '%.200s\n' "$secret" >>"$home/.stored-secrets"
    printf 'client_id=id\nclient_secret=%s\n' "$secret" |
        fob link charliehr "$account" --stdin --no-validate "$@" >/dev/null 2>&1
}

# small_log KEEP: rotate the log at 16 KiB, and keep KEEP parts.
small_log()
{
    sed -i "s|^log:.*|log: { path: $home/log, max_size: 16K, keep: $1 }|" "$FOB_CONFIG"
}

# After small_log: fill the log, so that the next line rotates it, and copy it to the file full.
fill_log()
{
    while [ "$(stat -c %s log)" -le 16384 ]; do
        fob get acme client_secret >/dev/null
    done
    cp -p log full
}

# of_account ACCOUNT PATH: print the member at jq's PATH of the account's JSON.
of_account()
{
    fob show "$1" --json | jq -r ".$2"
}

# The names of all accounts.
names()
{
    fob list --json "$@" | jq -r '[.[].name] | join(" ")'
}

# Print the requests to the sandbox's listener $1 since the last forget_requests, one in each line.
requests()
{
    tail -n "+$((${forgotten:-0} + 1))" "$hr/requests.jsonl" 2>/dev/null |
        jq -c --arg listener "$1" 'select(.listener == $listener)'
}

forget_requests()
{
    forgotten=$(cat "$hr/requests.jsonl" 2>/dev/null | wc -l)
}

# The warnings about plugins on a kernel that cannot contain them.
without_warning()
{
    grep -v '^warning: worker: plugin .* is not contained: ' || true
}

# stderr_to FILE COMMAND...
stderr_to()
{
    local file=$1
    shift
    "$@" 2>"$file"
}

# As run, with stdout and stderr apart; both are kept for secretless.  run --separate-stderr starts mktemp.
split()
{
    local file=$BATS_TEST_TMPDIR/stderr-$BASHPID-$((++splits))
    run stderr_to "$file" "$@"
    read -rd '' stderr <"$file" || true
    if [ -n "$uncontained" ]; then
        stderr=$(without_warning <<<"$stderr")
    fi
    mapfile -t stderr_lines <<<"$stderr"
    printf '%s\n%s\n' "$output" "$stderr" >>"$home/said"
}

# After run or split: the exit status was this one.
ended()
{
    if [ "$status" -ne "$1" ]; then
        printf 'exit status %s, not %s\nstdout: %s\nstderr: %s\n' "$status" "$1" "$output" \
            "${stderr:-}" >&2
        return 1
    fi
}

# After split: the exit status was this one, and stdout stayed empty.
refused()
{
    ended "$1" || return
    if [ -n "$output" ]; then
        printf 'on stdout: %s\n' "$output" >&2
        return 1
    fi
}

# Check that no stored secret is in a log, or in the last command's output.  Files without their own teardown() have
# this one.
untold()
{
    local log
    [ -s "${home:-}/.stored-secrets" ] || return 0
    for log in "$home"/log "$home"/log.*; do
        [ ! -f "$log" ] || ! grep -qF -f "$home/.stored-secrets" "$log" || return 1
    done
    ! grep -qF -f "$home/.stored-secrets" <<<"${stderr:-}"
}

teardown()
{
    untold
}

# For teardown: check that no file in this test's home (store, log, output, transcripts of terminals) has the
# sandbox's Client Secret.
secretless()
{
    local secret
    secret=$(cat "$hr/client_secret")
    [ -n "$secret" ]
    ! grep -rlF --exclude-dir=hr -e "$secret" "$home" && untold
}

# The pattern $2 must be in the text $1.
has()
{
    case $1 in
        *"$2"*) ;;
        *)
            printf 'not found: %s\nin: %s\n' "$2" "$1" >&2
            return 1
            ;;
    esac
}

has_not()
{
    case $1 in
        *"$2"*)
            printf 'found: %s\nin: %s\n' "$2" "$1" >&2
            return 1
            ;;
    esac
}

# terminal [--all] STEP... -- COMMAND...: run COMMAND on a terminal; the transcript goes to the file shown.
terminal()
{
    local all=()
    if [ "$1" = --all ]; then
        all=(--all)
        shift
    fi
    local code=0
    python3 -S -E "$abs_top_srcdir/tests/cli/terminal.py" "${all[@]}" shown "$@" || code=$?
    cat shown >>"$home/said"
    return "$code"
}

# Run a command without a terminal, even if make check has one.
alone()
{
    setsid -w "$@"
}

# wait_until COMMAND...: wait until COMMAND succeeds, at most a minute.
wait_until()
{
    local end=$((SECONDS + 60))
    until "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            printf 'waited in vain for: %s\n' "$*" >&2
            return 1
        fi
        sleep 0.02
    done
}

# Whether no process has the pattern $1 in its command line.
without_process()
{
    ! pgrep -af "$1"
}

# Whether the sandbox's listener $1 has got $2 requests since the last forget_requests.
got_requests()
{
    [ "$(requests "$1" | wc -l)" -ge "$2" ]
}

# The exit status of the background job $1, as run gives it.
reap()
{
    output=
    stderr=
    wait "$1" && status=0 || status=$?
}

# told COUNT <ANSWER: start a server without TLS for COUNT connections; its port is in the file port.
told()
{
    python3 -S -E "$abs_top_srcdir/tests/cli/told.py" "$1" "$home/port" <&0 3>&- &
    while [ ! -e "$home/port" ]; do
        kill -0 $! || return
        sleep 0.02
    done
}

# Print the path of a program's own file, behind libtool's wrapper.
program()
{
    local built=$abs_top_builddir/.libs/$1
    if [ -e "$built" ]; then
        printf '%s\n' "$built"
    else
        printf '%s\n' "$abs_top_builddir/$1"
    fi
}

# Whether this is a build with sanitizers.
sanitized()
{
    readelf -d "$(program fob)" | grep -q 'NEEDED.*lib[a-z]*san'
}

# For tests that inject faults: skip the test unless strace works.  A sanitizer makes many system calls, so "the third
# write" would mean nothing.
needs_strace()
{
    if sanitized; then
        skip "a sanitizer's system calls are not fob's"
    fi
    if ! strace -qq -o /dev/null true 2>/dev/null; then
        skip "strace cannot trace here"
    fi
}

# strace_fob EXPRESSION COMMAND...: as strace -e EXPRESSION.
strace_fob()
{
    strace -qq -o /dev/null -e "$@"
}

# changing_calls COMMAND...: print the system calls by which a run of COMMAND changes files, or reports it.  The long
# form prints all such calls: COMMAND may make others after a failure.
changing_calls()
{
    local all="write pwrite64 fallocate ftruncate fsync syncfs rename renameat renameat2 link linkat unlink unlinkat mkdir"
    all+=" mkdirat flock"
    if [ -n "${FOB_TEST_LONG-}" ]; then
        echo "$all"
    else
        strace -qq -o made -e trace="${all// /,}" "$@" >/dev/null 2>&1
        sed 's/(.*//' made | sort -u
    fi
}

is_root()
{
    [ "$(id -u)" -eq 0 ]
}
