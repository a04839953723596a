#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob log: the events, and whether somebody has edited them.

load common

setup()
{
    new_store
    store acme swordfish
    store bolt second
    fob get acme client_secret >/dev/null
}

@test "each filter selects its lines" {
    [ "$(fob log --event get | wc -l)" -eq 1 ]
    [ "$(fob log bolt | wc -l)" -eq 1 ]
    [ "$(fob log --account acme --event link --json | jq -r .account)" = acme ]
    [ "$(fob log --since 1h | wc -l)" -eq 3 ]
    [ "$(fob log --since 2026-01-01 | wc -l)" -eq 3 ]
    [ "$(fob log --since 2099-01-01 | wc -l)" -eq 0 ]
    [ "$(fob log --since 2026-01-01T08:30:00Z | wc -l)" -eq 3 ]
    [ "$(fob log --since 400d | wc -l)" -eq 3 ]
    run -64 fob log --since 2026-02-30
    run -64 fob log --since 2026-01-01T25:00:00Z
    sleep 2
    [ "$(fob log --since 1 | wc -l)" -eq 0 ]
    run -64 fob log --since yesterday
    run -64 fob log acme --account bolt
    run -64 fob log --verify acme
    run -64 fob log ../acme
}

@test "each line is JSON, in order, with the user and the program" {
    fob log --json >lines
    [ "$(jq -s 'map(.seq) | . == (sort | unique)' lines)" = true ]
    [ "$(jq -r 'select(.event == "lend") | [.account, .provider, .result, .uid, .program] | @csv' lines)" \
        = "\"acme\",\"charliehr\",\"success\",$(id -u),\"fob\"" ]
}

@test "each line names the login user, and the program that started fob" {
    cp "$(readlink -f "$(command -v dash || command -v sh)")" 'pay"roll'
    login=$(cat /proc/self/loginuid 2>/dev/null || true)
    if [ "$login" = 4294967295 ]; then # whom nobody has set, anybody may set
        ./pay\"roll -c 'fob get acme client_id; :' >/dev/null
        [ "$(fob log --json | tail -n 1 | jq 'has("login")')" = false ]
        run ! grep -q login= <<<"$(fob log)"
        (echo 0 >/proc/self/loginuid) || skip "the kernel does not let the login user be set"
        set_login='echo 0 >/proc/self/loginuid; '
        login=0
    fi
    ./pay\"roll -c "${set_login-}"'fob get acme client_id; :' >/dev/null
    fob log --json | tail -n 1 >line
    [ "$(jq -r .parent line)" = 'pay"roll' ]
    [ -z "$login" ] || [ "$(jq -r .login line)" = "$login" ]
    name=$(getent passwd "${login:-0}" | cut -d : -f 1)
    has "$(fob log | tail -n 1)" "program=\"fob\"${login:+ login=$login($name)} parent=\"pay\"roll\""
    run -0 fob log --verify
}

@test "lines of an older fob, without these names, remain valid" {
    line='{"seq":1,"time":"2026-11-24T08:30:00Z","event":"get","account":"acme","provider":"p",'
    line+='"result":"success","uid":0,"pid":7,"program":"old","mac":"00"}'
    echo "$line" >log
    [ "$(fob log)" = '2026-11-24T08:30:00Z get account=acme provider=p result=success uid=0 pid=7 program="old"' ]
}

@test "--since and --until take times of day, with a zone or local" {
    : >log
    for ((i = 0; i < 24; i++)); do
        printf '{"seq":%d,"time":"2026-03-10T%02d:00:00Z","event":"get","account":"acme",' $((i + 1)) "$i"
        printf '"provider":"p","result":"success","uid":0,"pid":7,"program":"p","mac":"00"}\n'
    done >log
    hours()
    {
        fob log "$@" | sed 's/^[^T]*T0*\([0-9][0-9]*\):.*/\1/' | xargs
    }
    export TZ=UTC0
    [ "$(hours --since 2026-03-10T20:00)" = "20 21 22 23" ]
    [ "$(hours --until 2026-03-10T02:00:00)" = "0 1 2" ]
    [ "$(hours --until 2026-03-10T01:59:59Z)" = "0 1" ]
    [ "$(hours --since 2026-03-10T08:30 --until 2026-03-10T10:30)" = "9 10" ]
    [ "$(hours --since 2026-03-10T23:30+01:00)" = "23" ]
    [ "$(hours --since 2026-03-10T16:30-05:30)" = "22 23" ]
    [ "$(hours --last 2)" = "22 23" ]
    [ "$(hours --last 2 --until 2026-03-10T05:00)" = "4 5" ]
    [ "$(hours --last 99 | wc -w)" -eq 24 ]
    [ "$(fob log --last 1 --json | jq .seq)" = 24 ]
    [ -z "$(fob log --last 3 --event link)" ]
    export TZ=XYZ-2 # two hours east
    [ "$(hours --since 2026-03-10T23:00)" = "21 22 23" ]
    [ "$(hours --until 2026-03-10T03:00)" = "0 1" ]
    [ "$(hours --since 2026-03-11)" = "22 23" ]
    unset TZ
    store coda third
    [ "$(fob log --since 00:00 --until 00:00 --account coda)" = "" ]
    for bad in 25:00 8:61 2026-03-10T 2026-02-30T08:00 2026-03-10T08:00+1 2026-03-10T08:00x 08:00Z 1969-01-01; do
        run -64 fob log --since "$bad"
        run -64 fob log --until "$bad"
    done
    for bad in 0 -1 1x 1000001; do
        run -64 fob log --last "$bad"
    done
    run -64 fob log --until 08:00 --follow
    run -64 fob log --verify --last 1
}

@test "--last prints the last lines, with --follow also new ones" {
    [ "$(fob log -n 2)" = "$(fob log --last 2)" ]
    split fob log -n2
    refused 64
    fob log --last 1 --follow >followed 3>&- &
    follower=$!
    wait_until grep -q 'lend account=acme' followed
    fob get bolt client_secret >/dev/null
    wait_until grep -q 'lend account=bolt' followed
    kill $follower
    wait $follower || true
    [ "$(wc -l <followed)" -eq 2 ]
}

@test "the line of an edit names the changed properties" {
    edited()
    {
        fob edit acme --no-validate "$@" </dev/null >/dev/null 2>&1
        fob log acme --event edit --json | tail -n 1 | jq -r '.detail // "nothing"'
    }
    [ "$(edited --owner-name 'Acme Ltd' --expires 2099-01-01)" = "owner.name, expires" ]
    [ "$(edited --owner-name 'Acme Ltd' --owner-id 7 --type test)" = "type, owner.id" ]
    [ "$(edited --owner-id 7)" = nothing ]
    printf 'client_id=id\nclient_secret=hidden-one\n' |
        fob edit acme --no-validate --stdin --hosts api.example.com >/dev/null 2>&1
    has "$(fob log acme | tail -n 1)" ' detail="keys, hosts"'
    run ! grep -E 'hidden-one|Acme Ltd|2099-01-01|example\.com' log
}

@test "follow prints new lines until it is interrupted" {
    fob log --follow >followed &
    follower=$!
    fob get bolt client_secret >/dev/null
    wait_until grep -q 'lend account=bolt' followed
    kill $follower
    wait $follower || true
    [ "$(grep -c 'lend account=bolt' followed)" -eq 1 ]
    [ "$(wc -l <followed)" -eq 4 ]
}

@test "follow reports a new log, and continues with it" {
    fob log --follow >followed 2>told &
    follower=$!
    wait_until grep -q 'lend account=acme' followed
    for way in 'mv log log.bak' 'rm log' 'truncate -s 0 log'; do
        : >told
        $way
        fob get bolt client_secret >/dev/null
        # shellcheck disable=SC2016 # it is for the other shell
        wait_until bash -c '[ -s told ] && [ "$(tail -n 1 followed)" = "$(fob log | tail -n 1)" ]'
        has "$(cat told)" "warning: log $home/log: the line that was printed last is not there"
        [ "$(wc -l <told)" -eq 1 ]
    done
    kill $follower
    wait $follower || true
    [ "$(grep -c 'lend account=bolt' followed)" -eq 3 ]
    [ "$(grep -c 'lend account=acme' followed)" -eq 1 ]
}

@test "follow continues after a rotation, and keeps no printed lines" {
    small_log 1
    fob log --follow --event link >followed 2>told &
    follower=$!
    wait_until grep -q 'link account=bolt' followed
    until [ -e log.1 ] && ! fob log | grep -q link; do
        fob get bolt client_secret >/dev/null
    done
    store coda third
    wait_until grep -q 'link account=coda' followed
    kill $follower
    wait $follower || true
    [ "$(wc -l <followed)" -eq 3 ]
    [ ! -s told ]
}

@test "verify finds an edited, removed or moved line, and its place" {
    run -0 fob log --verify
    cp -p log good
    sed -i '3s/"uid":[0-9]*/"uid":4711/' log
    run -65 fob log --verify
    [[ $output == *"log:3: altered"* ]]
    split fob log --verify --json
    ended 65
    has "$stderr" "fob: log $home/log: somebody altered it, or the disk did"
    run -65 fob check
    cp -p good log && sed -i 3d log
    run -65 fob log --verify
    [[ $output == *"log:3:"* ]]
    cp -p good log && sed -i '$d' log
    run -65 fob log --verify
    [[ $output == *"end is missing"* ]]
    cp -p good log && sed -i '3{h;d};4{G}' log
    run -65 fob log --verify
    cp -p good log
    run -0 fob log --verify
    fob --json log --verify | jq -e .good
}

@test "the log of another store does not verify" {
    sed "s|store: .*|store: { path: $home/store2 }|; s|key_file: .*|key_file: $home/key2|" \
        "$FOB_CONFIG" >fob2.yaml
    fob --config "$home/fob2.yaml" init >/dev/null 2>&1
    run -65 fob --config "$home/fob2.yaml" log --verify
}

@test "the chain continues after a rotation of the store's key" {
    fob key rotate
    fob get acme client_secret >/dev/null
    run -0 fob log --verify
    [ "$(fob log --event 'key rotate' --json | jq -r '.detail + " " + .result')" = "store success" ]
    [ "$(grep '"event":"key rotate"' log | jq -r .result | xargs)" = "begun success" ]
}

@test "a large log is rotated, and its parts are read and verified as one" {
    small_log 2
    for ((i = 0; i < 100; i++)); do
        fob get acme client_secret >/dev/null
    done
    [ -e log.1 ]
    [ "$(fob log --event get | wc -l)" -eq 101 ]
    run -0 fob log --verify
    [ "$(stat -c %a log.1)" = 600 ]
}

@test "verify reports removed older parts" {
    small_log 3
    while [ ! -e log.3 ]; do
        fob get acme client_secret >/dev/null
    done
    fob log --verify
    mv log.3 away
    run -65 fob log --verify
    has "$output" 'older parts of the log were removed: of 3 there are 2'
    sed -i 's/keep: 3/keep: 2/' "$FOB_CONFIG"
    fob log --verify
    sed -i 's/keep: 2/keep: 3/' "$FOB_CONFIG"
    mv away log.3
    fob log --verify
    rm log.[123]
    run -65 fob log --verify
    has "$output" 'of 3 there are 0'
}

@test "a file size limit is noticed before a change" {
    run -74 bash -c 'ulimit -f 1; exec fob suspend acme'
    [ "$(of_account acme status)" = unchecked ]
}

@test "the log is intact after uses of accounts are killed" {
    small_log 9
    fill_log
    # A sanitizer's fob takes five times as long, and the kills are the same.
    rounds=100
    ! sanitized || rounds=30
    [ -z "${FOB_TEST_LONG-}" ] || rounds=1000
    for ((round = 0; round < rounds; round++)); do
        # Every second event rotates the log.
        if ((round % 2)); then
            rm -f log log.*
            cp -p full log
        fi
        fob get acme client_secret >/dev/null 2>&1 &
        sleep "$(printf 0.%04d $((RANDOM % 40)))"
        kill -9 $! 2>/dev/null || true
        wait $! 2>/dev/null || true
        run -0 fob log --verify
    done
    [ "$(fob get acme client_secret)" = swordfish ]
    run -0 fob log --verify
}

@test "the log is intact after a kill at each call that writes it" {
    needs_strace
    small_log 2
    fill_log
    [ ! -e log.1 ]
    # During a rotation there is always a log, old or new.
    for call in openat unlink link rename pwrite64; do
        for ((n = 1; n < 40; n++)); do
            rm -f log.*
            cp -p full log
            strace -f -qq -o /dev/null -P "$home/log" -P "$home/log.1" -P "$home/log.new" \
                -e inject=$call:signal=KILL:when=$n \
                "$(program fob)" get acme client_secret >got 2>/dev/null && break
            run -0 fob log --verify
            [ "$(fob get acme client_secret)" = swordfish ]
            run -0 fob log --verify
        done
        [ "$n" -gt 1 ]
        [ "$n" -lt 40 ]
    done
    [ "$(cat got)" = swordfish ]
}

@test "a part of the log that is not a file is reported with its path" {
    small_log 3
    for part in log.3 log.2 log.1 log; do
        fill_log
        mkdir "$part.folder"
        [ ! -e "$part" ] || mv "$part" kept
        mv "$part.folder" "$part"
        split fob get acme client_secret
        refused 74
        has "$stderr" "fob: log $home/$part: Is a directory"
        rmdir "$part"
        [ ! -e kept ] || mv kept "$part"
    done
}

# A rotation removes log.3.
@test "if a call of a rotation fails, this is reported, nothing is lent, and no line is lost" {
    local call error errors=(EIO) faults=()
    needs_strace
    small_log 3
    until [ -e log.3 ]; do
        fob get acme client_secret >/dev/null
    done
    fill_log
    mkdir parts
    cp -p log log.* parts
    first=$(sed -n 's/.*"seq":\([0-9]*\).*/\1/p' log.2 | head -n 1)
    last=$(sed -n 's/.*"seq":\([0-9]*\).*/\1/p' log | tail -n 1)
    [ -z "${FOB_TEST_LONG:-}" ] || errors+=(ENOSPC EPERM EOPNOTSUPP EMFILE EINTR)
    for call in open openat lstat newfstatat fstat access unlink link rename pread64 pwrite64 ftruncate fallocate \
        fchmod flock fsync; do
        for error in "${errors[@]}"; do
            faults+=("$call:$error")
        done
    done
    for fault in "${faults[@]}" link:EPERM link:EOPNOTSUPP link:EMLINK unlink:EPERM pwrite64:EINTR; do
        call=${fault%:*}
        for ((n = 1; n < 20; n++)); do
            rm -f log log.*
            cp -p parts/* .
            code=0
            strace -f -qq -o trace -P "$home/log" -P "$home/log.1" -P "$home/log.2" -P "$home/log.3" \
                -P "$home/log.new" -P "$home/log.old" -e trace="?$call" -e inject="?$call:error=${fault#*:}:when=$n" \
                "$(program fob)" get acme client_secret >got 2>told || code=$?
            grep -q INJECTED trace || break
            if [ "$code" -eq 0 ]; then
                [ "$(cat got)" = swordfish ]
            else
                echo "$fault $n: $code, $(cat told)"
                [[ $code -eq 74 || $code -eq 77 ]] && [ ! -s got ] && grep -q '^fob: .*log' told
                [[ $call != link ]]
            fi
            run -0 fob log --verify
            [ "$(fob get acme client_secret)" = swordfish ]
            run -0 fob log --verify
            [ "$(sed -n 's/^{"seq":\([0-9]*\).*/\1/p' log log.? | sort -nu |
                awk -v first="$first" -v last="$last" '$1 >= first && $1 <= last' | wc -l)" \
                -eq $((last - first + 1)) ]
        done
        [ "$n" -lt 20 ]
    done
    [[ ! -e log.new && ! -e log.old ]]
}

# Print the visible state of accounts and keys, and whether the kernel has a key.
state_of_all()
{
    fob list --json | jq -c '.[] | [.name, .status, .owner]'
    fob key list
    ! fob --config locked.yaml --no-input list >/dev/null 2>&1 || echo unlocked
}

@test "no change is made without a line, whichever write of the log fails" {
    local change changes=("suspend:suspend acme" "resume:resume bolt" "edit:edit acme --owner-name Ann"
        "rename:rename acme coda" "revoke:revoke acme --yes" "link:link charliehr new --stdin --no-validate"
        "key add:key add --key-file spare --label Ann" "key remove:key remove 2 --yes" "import:import b.fob")
    needs_strace
    printf 'client_id=id\nclient_secret=the-secret\n' >fields
    fob export b.fob --key-file key >/dev/null
    fob suspend bolt >/dev/null
    (umask 077 && echo "a long passphrase" >pass)
    quick_passphrases
    fob key add --new-passphrase-file pass >/dev/null
    sed "s|$home/key|$home/no-key|" "$FOB_CONFIG" >locked.yaml
    ! fob unlock >/dev/null || changes+=("unlock:unlock")
    cp -pr store first
    cp -p log full
    for change in "${changes[@]}"; do
        log_fails pwrite64 EIO 'Input/output error' "${change%%:*}" "${change#*:}" || return
        log_fails fallocate ENOSPC 'No space left' "${change%%:*}" "${change#*:}" || return
    done
    fob lock >/dev/null
}

# log_fails CALL ERROR WORDS EVENT CHANGE: run CHANGE with each CALL that writes the log failing in turn.
log_fails()
{
    local before code n
    for ((n = 1; n < 10; n++)); do
        rm -rf store log spare
        cp -pr first store
        cp -p full log
        [ "$4" != import ] || rm store/accounts/bolt
        fob lock >/dev/null
        before=$(state_of_all)
        code=0
        # shellcheck disable=SC2086 # words
        strace -f -qq -o trace -P "$home/log" -e trace="$1" -e inject="$1:error=$2:when=$n" \
            "$(program fob)" $5 <fields >out 2>told || code=$?
        grep -q INJECTED trace || break
        echo "$5, $1 $n, $2: $code, $(cat out told)"
        if [ "$(state_of_all)" = "$before" ]; then
            [[ $code -eq 74 && ! -e spare ]] || return
        else
            grep -q "\"event\":\"$4\"" log && grep -q "$3" told || return
            [ "$code" -eq 0 ] || return
        fi
        fob log --verify || return
    done
    [[ $n -gt 1 && $n -lt 10 ]]
}

@test "the line before a change is shown if the result is not logged" {
    fob suspend acme >/dev/null
    [ "$(grep -c '"event":"suspend"' log)" -eq 2 ]
    [ "$(fob log --event suspend --json | jq -r .result)" = success ]
    run -0 fob log --verify
}

@test "verify finds a restored head by the lines of later uses" {
    head -n 1 log >head
    for ((i = 0; i < 3; i++)); do
        fob get acme client_secret >/dev/null
    done
    dd if=head of=log conv=notrunc status=none
    run -65 fob log --verify
    has "$output" 'something follows the end'
}

@test "a slow reader of the log does not block writers" {
    for ((i = 0; i < 250; i++)); do
        fob get acme client_secret >/dev/null
    done
    mkfifo slow
    fob log --json >slow &
    reader=$!
    exec 7<slow
    read -r _ <&7
    timeout 20 fob get acme client_secret >/dev/null
    exec 7<&-
    wait $reader || true
}

@test "concurrent commands write one line each, in one chain" {
    for ((i = 0; i < 8; i++)); do
        (for ((n = 0; n < 25; n++)); do fob get acme client_secret >/dev/null; done) &
        users+=($!)
    done
    wait "${users[@]}"
    [ "$(fob log --event get | wc -l)" -eq 201 ]
    run -0 fob log --verify
}

@test "without room for the log, nothing is lent or changed; a log that is not required only warns" {
    [ "$(id -u)" -eq 0 ] || skip "needs to mount"
    mkdir full
    mount -t tmpfs -o size=16k,mode=700 none full 2>/dev/null || skip "may not mount here"
    sed -i "s|^log:.*|log: { path: $home/full/log }|" "$FOB_CONFIG"
    fob get acme client_secret >/dev/null
    head -c 1M /dev/zero >full/fill 2>/dev/null || true
    : >full/last && for ((i = 0; i < 200; i++)); do
        fob get acme client_secret >/dev/null 2>told || break
    done
    run -74 fob get acme client_secret
    [[ $output != *swordfish* ]]
    run -74 fob suspend acme
    run -74 fob edit acme --owner-name X
    [ "$(fob show acme --json | jq -r .status)" = unchecked ]
    sed -i "s|^log:.*|log: { path: $home/full/log, required: false }|" "$FOB_CONFIG"
    got=$(fob get acme client_secret)
    umount full
    [ "$got" = swordfish ]
}

@test "with syslog: true each line goes to the system's log too" {
    is_root || skip "needs to mount"
    unshare -m true 2>/dev/null || skip "may not mount here"
    sed -i "s|^log:.*|log: { path: $home/log, syslog: true }|" "$FOB_CONFIG"
    cat >listen.py <<'END'
import socket, subprocess, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
    log.bind("/dev/log")
    log.settimeout(60)
    subprocess.run(sys.argv[1:], check=True)
    sys.stderr.write(log.recv(65536).decode())
END
    unshare -m sh -c 'mount -t tmpfs -o size=64k none /dev && exec python3 listen.py "$@"' - \
        "$(program fob)" get acme client_secret >got 2>line
    [ "$(cat got)" = swordfish ]
    # The facility is authpriv, the level info.
    grep -q '^<86>.*fob: {"time":.*"event":"lend","account":"acme",.*"result":"success"' line
    run ! grep swordfish line
}

@test "show prints the time of the last use, which is not in the record" {
    version=$(od -A n -t x1 -j 16 -N 8 store/accounts/acme)
    fob get acme client_secret >/dev/null
    fob show acme | grep '^Last used: 20'
    fob show bolt | grep '^Last used: never'
    [ "$(fob show acme --json | jq -r .last_used)" = "$(fob log --event get --json | jq -rs '.[-1].time')" ]
    [ "$(fob list --json | jq -r 'map("\(.name) \(.last_used | type)") | join(" ")')" = "acme string bolt null" ]
    [ "$(od -A n -t x1 -j 16 -N 8 store/accounts/acme)" = "$version" ]
}
