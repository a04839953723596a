#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Fields from options, files and stdin, and how fob prints them.

load common

setup()
{
    new_store
}

link()
{
    fob link charliehr acme --no-validate "$@"
}

@test "--stdin reads lines up to a blank one or the end" {
    run link --stdin <<<$'client_id=id\nclient_secret=a=b c\n\nclient_id=other'
    ended 0
    [ "$(fob get acme)" = 'a=b c' ]
    [ "$(fob get acme client_id)" = id ]
    fob revoke acme --yes >/dev/null 2>&1
    run link --stdin < <(printf 'client_id=id\nclient_secret=no newline')
    [ "$(fob get acme)" = 'no newline' ]
}

@test "--stdin keeps a value as it is: blanks, a carriage return, UTF-8" {
    printf 'client_id=id\nclient_secret=  zo\303\253\t\r\n' | link --stdin --exact
    [ "$(fob get acme | od -An -c | tr -d ' \n')" = 'zo303253\t\r\n' ]
    [ "$(fob get acme | wc -c)" -eq 9 ]
}

@test "a bad line of --stdin is 64 with its number, never its value" {
    for text in 's3cr3t' '=s3cr3t' 'no such=s3cr3t' 'nofield=s3cr3t' \
        "$(printf 'x%.0s' $(seq 70))=s3cr3t"; do
        split link --stdin < <(printf 'client_id=id\n%s\n' "$text")
        refused 64
        has "$stderr" 'stdin: line 2: '
        has_not "$stderr" s3cr3t
    done
    split link --stdin < <(printf 'client_secret=s3c\0r3t\n')
    ended 64
    has "$stderr" NUL
    run fob list --json
    [ "$output" = '[]' ]
}

# Invisible characters, and their names.
unseen=('s3cr3t |ends with a blank' ' s3cr3t|begins with a blank' 's3cr3t\t|ends with a blank'
    's3cr3t\r|ends with a carriage return' 'one\r\ntwo\r\n|has a carriage return'
    '\xef\xbb\xbfs3cr3t|begins with a byte order mark (U+FEFF)'
    's3cr3t\xc2\xa0|ends with a no-break space (U+00A0)'
    's3c\xe2\x80\x8br3t|has a zero width space (U+200B)'
    '\xe2\x80\x8es3cr3t|begins with a mark of direction (U+200E)'
    's3cr3t\xe3\x80\x80|ends with an ideographic space (U+3000)'
    's3c\xcd\x8fr3t|has an invisible mark (U+034F)' '\xd8\x9cs3cr3t|begins with a mark of direction (U+061C)'
    's3cr3t\xe2\xa0\x80|ends with a space that is no blank (U+2800)'
    's3c\xf0\x9d\x85\xb3r3t|has an invisible mark (U+1D173)')

@test "a value with an invisible character is refused from every source, and the message names it" {
    for one in "${unseen[@]}"; do
        printf "${one%|*}" >value
        if [[ $one != one* ]]; then
            split link --stdin < <(printf 'client_id=id\nclient_secret=' && cat value)
            refused 64
            has "$stderr" "fob: stdin: line 2: Client Secret: it ${one#*|}"
            has "$stderr" 'use --exact'
            has_not "$stderr" s3cr3t
        fi
        split link --field client_id=id --field-file client_secret=value
        refused 64
        has "$stderr" "fob: --field-file: Client Secret: it ${one#*|}"
        split link --field client_id="$(cat value)" --field-file client_secret=/dev/null
        refused 64
        has "$stderr" "fob: --field: Client ID: it ${one#*|}"
        link --field client_id=id --field-file client_secret=value --exact 2>/dev/null
        fob get acme | head -c "$(wc -c <value)" | cmp - value
        split fob edit acme --no-validate --field client_id=id --field-file client_secret=value
        refused 64
        fob revoke acme --yes >/dev/null 2>&1
    done
    # A blank in the middle and newlines at the end are allowed.
    printf 'two words\nof é\n\n' >value
    run -0 link --field client_id=id --field-file client_secret=value
}

@test "a typed value with an invisible character needs a confirmation" {
    run terminal --all "expect=Client ID: " "send=id" "expect=Client Secret: " "send=s3cr3t " \
        "expect=Client Secret: it ends with a blank. Keep that? [y/N]: " send= \
        "expect=warning: Client Secret: it ends with a blank" \
        "expect=Client Secret: " "send=s3cr3t" "expect=acme: stored" -- fob link charliehr acme --no-validate
    ended 0
    [ "$(fob get acme)" = s3cr3t ]
    run terminal --all "expect=Client ID: " "send=id" "expect=Client Secret: " "send=s3cr3t " \
        "expect=Keep that? [y/N]: " send=y "expect=bolt: stored" -- fob link charliehr bolt --no-validate
    ended 0
    fob get bolt | cmp - <(echo 's3cr3t ')
    run terminal --all "expect=Client ID: " "send=id" "expect=Client Secret: " "send=s3cr3t " \
        "expect=cart: stored" -- fob link charliehr cart --no-validate --exact
    ended 0
}

@test "passphrase and key files with an invisible character are reported" {
    umask 077
    for one in "${unseen[@]}"; do
        [[ $one != one* ]] || continue
        printf "${one%|*}\n" >pass
        split fob key add --new-passphrase-file pass
        refused 64
        has "$stderr" "fob: pass: it ${one#*|}"
        split fob export all.fob --backup-passphrase-file pass
        refused 64
        has "$stderr" "fob: pass: it ${one#*|}"
    done
    echo s3cr3t >good
    fob key add --new-passphrase-file good >/dev/null 2>&1
    store acme x
    fob export all.fob --backup-passphrase-file good >/dev/null
    sed 's/$/\r/' key >windows
    sed '1s/^/\xef\xbb\xbf/' key >marked
    mv key away
    run -0 fob get acme --passphrase-file good
    sed 's/$/\r/' good >bad
    split fob get acme --passphrase-file bad
    refused 77
    has "$stderr" 'fob: bad: not the passphrase; it ends with a carriage return'
    mv windows key
    split fob get acme
    refused 77
    has "$stderr" 'not a key file as fob writes them: it ends with a carriage return'
    mv marked key
    split fob get acme
    refused 77
    has "$stderr" 'it begins with a byte order mark'
    mv away key
    split fob import all.fob --backup-passphrase-file bad
    refused 77
    has "$stderr" 'fob: bad: not the passphrase; it ends with a carriage return'
}

@test "--field-file drops the newline of one line, reads - from stdin, and refuses what is too large" {
    printf 'line one\nline two\n\n' >file
    run link --field client_id=id --field-file client_secret=file
    ended 0
    fob get acme | cmp - <(cat file; echo)
    fob revoke acme --yes >/dev/null 2>&1
    printf 'typed' | link --field client_id=id --field-file client_secret=-
    [ "$(fob get acme)" = typed ]
    fob revoke acme --yes >/dev/null 2>&1
    link --field client_id=id --field-file client_secret=<(printf 'piped\n')
    [ "$(fob get acme)" = piped ]
    fob revoke acme --yes >/dev/null 2>&1
    head -c 262144 /dev/zero | tr '\0' x >most
    { cat most; echo; } >most-and-newline
    { cat most; printf x; } >more
    split link --field client_id=id --field-file client_secret=more
    ended 64
    has "$stderr" 'more than 262144 bytes'
    split link --stdin < <(printf 'client_id=id\nclient_secret=' && cat more)
    ended 64
    run link --field client_id=id --field-file client_secret=most-and-newline
    ended 0
    fob get acme | cmp - most-and-newline
}

@test "a file that is not there is 74, one that may not be read 77" {
    split link --field-file client_secret=none
    ended 74
    has "$stderr" 'none: No such file'
}

@test "a secret on the command line is refused, with the reason and the other ways" {
    split link --field client_id=id --field client_secret=s3cr3t
    refused 64
    has "$stderr" 'everybody on this machine can read a command line'
    has "$stderr" 'use --field-file, or leave the field out'
    has_not "$stderr" s3cr3t
}

@test "stdin is read by one option only" {
    split link --stdin --field-file client_secret=- </dev/null
    ended 64
    split link --field-file client_id=- --field-file client_secret=- </dev/null
    ended 64
}

@test "a missing or empty field is an error without a person" {
    split alone fob link charliehr acme --field client_id=id </dev/null
    refused 64
    has "$stderr" 'acme: no value for the field client_secret, and nobody to ask'
    has "$stderr" '--field-file client_secret=PATH'
    split link --stdin <<<$'client_id=id\nclient_secret='
    refused 64
    has "$stderr" 'fob: stdin: line 2: Client Secret: must not be empty'
    run fob list --json
    [ "$output" = '[]' ]
}

# Every printable byte, all kinds of quotes, UTF-8, and characters that shells and curl interpret.
torture=$(printf '%b' "$(printf '\\x%x' $(seq 32 126))")' $(x) `x` ${x} \\ \" '"''"' é€😀'

@test "a torturing value comes out of raw and env unchanged, in every shell" {
    printf '%s\nsecond line\n' "$torture" >value
    link --field client_id=id --field-file client_secret=value --exact
    fob get acme | cmp - <(cat value; echo)
    fob get acme --format env >env
    for shell in sh dash bash "busybox sh" zsh ksh mksh; do
        command -v "${shell%% *}" >/dev/null || continue
        # shellcheck disable=SC2086,SC2016 # words; for the inner shell
        $shell -c 'eval "$(cat env)"; printf "%s" "$CHARLIEHR_CLIENT_SECRET"' | cmp - value
    done
    # shellcheck disable=SC2016 # for the inner shell
    env -i PATH="$PATH" sh -c '. ./env; [ "$CHARLIEHR_CLIENT_ID" = id ]'
}

@test "a torturing value comes out of JSON and of a curl config unchanged" {
    printf '%s\n\t\001\177second line\n' "$torture" >value
    link --field client_id=id --field-file client_secret=value --exact
    fob get acme --format json | jq -j .client_secret | cmp - value
    fob get acme --json client_id | jq -e '. == {"client_id": "id"}'
    split fob get acme --format curl
    [ "$status" -ne 0 ]
    [ -z "$output" ]
    fob edit acme --no-validate --exact --field-file client_secret=<(printf '%s' "$torture") 2>/dev/null
    printf 'Authorization: Token token=id:%s\n' "$torture" >header
    fob get acme --format header | cmp - header
    fob get acme --format curl >config
    [ "$(wc -l <config)" -eq 1 ]
    python3 - config header <<'END'
import re, sys
line = open(sys.argv[1], encoding="utf-8").read()
match = re.fullmatch(r'header = "((?:[^"\\]|\\.)*)"\n', line)
value = re.sub(r'\\(.)', r'\1', match.group(1))
assert value + "\n" == open(sys.argv[2], encoding="utf-8").read(), value
END
}

@test "64 KiB come out of every format" {
    head -c 49152 /dev/urandom | base64 -w0 | tr '+/' "'\"" >value
    [ "$(wc -c <value)" -eq 65536 ]
    link --field client_id=id --field-file client_secret=value
    fob get acme | head -c -1 | cmp - value
    fob get acme --format json | jq -j .client_secret | cmp - value
    fob get acme --format env >env
    sh -c '. ./env; printf %s "$CHARLIEHR_CLIENT_SECRET"' | cmp - value
    fob get acme --format header | cut -d: -f3- | head -c -1 | cmp - value
}

@test "a value that is not UTF-8 is refused by JSON, not by the others" {
    printf 'a\377b' >value
    link --field client_id=id --field-file client_secret=value
    split fob get acme --format json
    refused 64
    has "$stderr" 'not UTF-8'
    fob get acme | cmp - <(printf 'a\377b\n')
}

@test "get without a field needs exactly one secret, and names the fields" {
    store acme x
    [ "$(fob get acme)" = x ]
    split fob get acme nope
    refused 66
    has "$stderr" 'it has: client_id, client_secret'
    sed -i 's/title: Client ID }/title: Client ID, secret: true }/' providers.d/charliehr.yaml
    store two x
    split fob get two
    refused 64
    has "$stderr" 'name one of its fields'
    [ "$(fob get two client_id)" = id ]
}

@test "unknown formats, and options that do not go together, are 64" {
    store acme x
    split fob get acme --format jsn
    ended 64
    has "$stderr" 'did you mean json?'
    split fob get acme --prefix X_
    ended 64
    split fob get acme client_id --format curl
    ended 64
    for prefix in 9 'a b' 'a;b' 'é'; do
        split fob get acme --format env --prefix "$prefix"
        refused 64
    done
}

@test "--prefix changes what the names begin with" {
    store acme x
    run fob get acme --format env --prefix ACME_
    [ "${lines[0]}" = "ACME_CLIENT_ID='id'" ]
    run fob get acme client_id --format env --prefix ''
    [ "$output" = "CLIENT_ID='id'" ]
}

@test "get needs neither the provider's file nor a plugin" {
    store acme x
    rm -r providers.d
    [ "$(fob get acme)" = x ]
    run fob get acme --format env
    ended 0
    run fob show acme
    ended 0
}

@test "a configuration that begins with a byte order mark is read" {
    sed -i '1s/^/\xef\xbb\xbf/' "$FOB_CONFIG" providers.d/charliehr.yaml
    split fob providers
    ended 0
    has "$output" CharlieHR
}

@test "a fob that crashes leaves no core dump" {
    if sanitized; then
        skip "a sanitizer takes the signal"
    fi
    mkfifo pipe
    cat >crash.py <<'E2'
import os, resource, signal, subprocess, sys, time
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for command in (["cat"], ["fob", "link", "charliehr", "acme", "--stdin"]):
    reading, writing = os.pipe()
    child = subprocess.Popen(command, stdin=reading)
    while f"/{os.path.basename(command[0])}" not in os.readlink(f"/proc/{child.pid}/exe"):
        time.sleep(0.01)
    time.sleep(0.3)
    os.kill(child.pid, signal.SIGSEGV)
    _, status = os.waitpid(child.pid, 0)
    print(command[0], os.WTERMSIG(status), os.WCOREDUMP(status))
E2
    run python3 crash.py
    rm -f core core.*
    case $output in
        *"cat 11 False"*) skip "no process leaves a core dump here" ;;
    esac
    has "$output" "cat 11 True"
    has "$output" "fob 11 False"
}

@test "a value of several lines from a file keeps its last newline, that of one line does not" {
    if command -v ssh-keygen >/dev/null; then
        ssh-keygen -q -t ed25519 -N '' -f private </dev/null
    else
        printf -- '-----BEGIN KEY-----\nYWJj\n-----END KEY-----\n' >private
    fi
    printf 'one-line\n' >line
    fob link charliehr acme --no-validate --field-file client_id=line --field-file client_secret=private \
        >/dev/null 2>&1
    fob exec acme --as-file -- sh -c 'cat "$CHARLIEHR_CLIENT_SECRET"' >got
    cmp private got
    if [ -e private.pub ]; then
        fob exec acme --as-file -- sh -c 'ssh-keygen -y -f "$CHARLIEHR_CLIENT_SECRET"' >public
        [ "$(cut -d ' ' -f 2 public)" = "$(cut -d ' ' -f 2 private.pub)" ]
    fi
    [ "$(fob get acme client_id)" = one-line ]
    fob edit acme --no-validate --field-file client_secret=- <private >/dev/null 2>&1
    fob exec acme --as-file -- sh -c 'cmp private "$CHARLIEHR_CLIENT_SECRET"'
}
