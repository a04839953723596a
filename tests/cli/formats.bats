#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob get --format: each reader gets back every value, byte by byte.

load common

setup()
{
    new_store
    store acme x
}

# Values that break bad quoting, in the files value-N.
make_values()
{
    printf '%s' "plain" >value-0
    printf '%s' "it's \"quoted\" \$HOME \`id\` \$(id) \\ \\\\ \\' !! !x # ~ * ? [a] {b,c}" >value-1
    printf '%s' "-n --leading" >value-2
    printf '  blanks and\ttabs  ' >value-3
    printf '\ntwo\nlines\n\nx' >value-4
    printf 'Zoë 日本 \360\237\230\200' >value-5
    printf '\r\033[31m\001\177' >value-6
    printf '%s' "'" >value-7
    printf '\\' >value-8
    for ((i = 1; i < 256; i++)); do
        # shellcheck disable=SC2059
        printf "\\x$(printf %02x "$i")"
    done >value-9
}

# each FUNCTION: call it for each value, which is stored in the account; $value names its file.
each()
{
    make_values
    for value in value-?; do
        fob edit acme --no-validate --exact --field-file client_secret="$value" >/dev/null
        "$@" || {
            echo "failed: $value" >&2
            return 1
        }
    done
}

in_shell()
{
    fob get acme --format env >env
    # shellcheck disable=SC2016
    "$@" 'eval "$(cat env)"; printf %s "$CHARLIEHR_CLIENT_SECRET"' >got
    cmp got "$value"
}

@test "env in dash, bash, zsh and busybox sh" {
    each in_shell dash -c
    each in_shell bash -c
    each in_shell bash -O histexpand -c 2>/dev/null || each in_shell bash -o histexpand -c
    each in_shell bash --posix -c
    ! command -v zsh >/dev/null || each in_shell zsh -f -c
    ! command -v busybox >/dev/null || each in_shell busybox sh -c
}

@test "env on the command line of a bash with history expansion" {
    printf "it's !! and !x" >value
    fob edit acme --no-validate --field-file client_secret=value >/dev/null
    export HISTFILE=/dev/null
    echo "PS1='$ '" >rc
    terminal --all 'expect=$ ' 'send=set -H' 'expect=$ ' 'send=eval "$(fob get acme --format env)"' 'expect=$ ' \
        'send=printf "<%s>" "$CHARLIEHR_CLIENT_SECRET"' "expect=<it's !! and !x>" 'send=exit 0' -- bash --rcfile rc -i
}

in_fish()
{
    LC_ALL=C.UTF-8 fish --no-config -c 'fob get acme --format fish | source; printf %s $CHARLIEHR_CLIENT_SECRET' >got
    cmp got "$value"
}

@test "fish in fish" {
    command -v fish >/dev/null || skip "no fish"
    each in_fish
}

as_raw()
{
    fob get acme client_secret >got
    cat "$value" >wanted
    echo >>wanted
    cmp got wanted
}

@test "raw is the value and a newline" {
    each as_raw
}

as_json()
{
    if iconv -f UTF-8 -t UTF-8 "$value" >/dev/null 2>&1; then
        fob get acme --format json | jq -j .client_secret >got
        cmp got "$value"
    else
        split fob get acme --format json
        refused 64 && has "$stderr" "not UTF-8"
    fi
}

@test "json in jq; a value that JSON cannot hold is refused" {
    each as_json
}

@test "curl's parser reads curl; a value with a line break is refused" {
    cat >echo.py <<'END'
import os, socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with open("port.new", "w") as file:
        file.write(str(server.getsockname()[1]))
    os.rename("port.new", "port")
    while True:
        with server.accept()[0] as client:
            head = b""
            while b"\r\n\r\n" not in head:
                data = client.recv(65536)
                if not data:
                    break
                head += data
            with open("head.new", "wb") as file:
                file.write(head)
            os.rename("head.new", "head")
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
END
    python3 echo.py 3>&- &
    server=$!
    wait_until test -e port
    through_curl()
    {
        # A header has one line, and CharlieHR's header has no control character (RFC 9110, 5.5).
        if LC_ALL=C grep -q '[[:cntrl:]]' "$value" || [ "$(wc -l <"$value")" -gt 0 ]; then
            split fob get acme --format curl
            [ "$status" -ne 0 ] && [ -z "$output" ] && has "$stderr" "fob: "
            return
        fi
        fob get acme --format curl | curl -sS -K - "http://127.0.0.1:$(cat port)/"
        { printf 'Authorization: Token token=id:' && cat "$value" && printf '\r\n'; } >wanted
        grep -a '^Authorization' head >got
        cmp got wanted
    }
    each through_curl || { kill $server; return 1; }
    kill $server
}

@test "a full pipe, a closed one, a full disk" {
    head -c 250000 /dev/zero | tr '\0' x >long
    fob edit acme --no-validate --field-file client_secret=long >/dev/null
    # fob also waits for a pipe that does not block.
    cat >slow.py <<'END'
import fcntl, os, subprocess, sys, time
out, into = os.pipe()
fcntl.fcntl(into, fcntl.F_SETFL, os.O_NONBLOCK)
with subprocess.Popen(sys.argv[1:], stdout=into) as command:
    os.close(into)
    time.sleep(0.2)
    size = len(os.fdopen(out, "rb").read())
print(command.returncode, size)
END
    [ "$(python3 slow.py fob get acme client_secret)" = "0 250001" ]
    [ "$(python3 slow.py fob get acme client_secret --format json)" = "0 250021" ]
    for format in raw json env curl header fish process; do
        fields=client_secret
        case $format in
        curl | header) fields= ;;
        process) fields="--member A=client_secret" ;;
        esac
        # shellcheck disable=SC2086
        split bash -c "fob get acme $fields --format $format >/dev/full"
        ended 74 || return
        has "$stderr" 'fob: stdout: No space left on device' || return
        run -74 bash -c "fob get acme $fields --format $format >&-" || return
    done
    run -0 bash -c 'fob get acme client_secret | true; [ "${PIPESTATUS[0]}" = 141 ]'
}
