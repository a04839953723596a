#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Sweeps: many accounts at many providers, of which some misbehave.

load common

setup()
{
    make_home
    python3 "$abs_top_srcdir/tests/cli/behaving.py" "$home/port" "$home/calls" 3>&- &
    server=$!
    while [ ! -e "$home/port" ]; do
        kill -0 "$server" || return
        sleep 0.02
    done
    fob init >/dev/null 2>&1
}

teardown()
{
    kill "$server" 2>/dev/null || true
    untold
}

# provider NAME BEHAVIOR [LINE...]: with more options, and lines of the file's own as "^LINE".
provider()
{
    local name=$1 how=$2 line
    shift 2
    {
        printf 'provider: %s\n' "$name"
        printf 'fields:\n  - { name: client_id }\n  - { name: client_secret, secret: true }\n'
        printf 'link:\n  - { control: required, plugin: charliehr }\n'
        printf 'validate:\n  - { control: required, plugin: charliehr }\n'
        for line in "$@"; do
            case $line in ^*) printf '%s\n' "${line#^}" ;; esac
        done
        printf 'options:\n  base_url: http://127.0.0.1:%s/%s\n  retries: 0\n' "$(cat "$home/port")" "$how"
        for line in "$@"; do
            case $line in ^*) ;; *) printf '  %s\n' "$line" ;; esac
        done
    } >"$home/providers.d/$name.yaml"
}

# accounts PROVIDER NAME...: link accounts without a check; each Client ID is the account's name.
accounts()
{
    local provider=$1 name
    shift
    for name in "$@"; do
        printf 'client_id=%s\nclient_secret=s3cret-of-%s\n' "$name" "$name" |
            fob link "$provider" "$name" --stdin --no-validate >/dev/null 2>&1
    done
}

# Print the number of calls with the behavior $1.
calls()
{
    cat "$home/calls" 2>/dev/null | grep -c "^$1 " || true
}

have_calls()
{
    [ "$(calls "$1")" -ge "$2" ]
}

status_of()
{
    of_account "$1" status
}

@test "each account is reported, the gravest status counts; JSON has a line for each account" {
    provider ok good
    provider half half
    accounts ok a1 a2 a3
    accounts half bad1 fine1
    split fob validate --all
    ended 1
    [ "$(sort <<<"$output" | grep -c ': active$')" -eq 4 ]
    has "$output" 'bad1: rejected: '
    has "$stderr" '5 accounts: 4 active, 1 rejected; 5 changed'
    [ "$(calls good)" -eq 3 ]
    split fob validate --all --json
    ended 1
    [ "$(jq -s 'length' <<<"$output")" -eq 5 ]
    [ "$(jq -r 'select(.account == "bad1") | .provider + " " + .result + " " + .status + " " + .was' <<<"$output")" = \
        'half rejected rejected rejected' ]
    [ "$(jq -r 'select(.account == "a1") | "\(.result) \(.changed) \(.message)"' <<<"$output")" = \
        'success false ' ]
    split fob validate a1 a2 fine1
    ended 0
    [ "$(fob log --event validate --json | wc -l)" -eq 13 ]
    run fob log --verify
    ended 0
}

@test "--provider, --owner, --older-than and --jobs select; --changed reports only changes" {
    provider ok good
    provider half half
    accounts ok a1 a2
    accounts half bad1
    fob edit a2 --owner-id 7 >/dev/null
    split fob validate --all --provider ok --jobs 2
    ended 0
    [ "$(sort <<<"$output")" = $'a1: active\na2: active' ]
    split fob validate --all --owner 7
    [ "$output" = 'a2: active' ]
    split fob validate --all --older-than 1h --provider ok
    ended 0
    [ "$output" = '' ]
    has "$stderr" 'No account matches'
    split fob validate --all --older-than 1h
    ended 1
    has "$output" 'bad1: rejected'
    split fob validate --all --changed
    ended 1
    [ "$output" = '' ]
    has "$stderr" 'fob: bad1: CharlieHR does not accept'
    split fob validate --all --changed --json
    ended 1
    [ "$output" = '' ]
    has "$stderr" 'fob: bad1: CharlieHR does not accept'
    provider half good
    split fob validate --all --changed
    ended 0
    [ "$output" = 'bad1: rejected -> active' ]
    [ "$stderr" = '' ]
    split fob validate --all --changed --json
    ended 0
    [ "$output" = '' ]
    for words in '--jobs 0' '--jobs 65' '--jobs x' '--older-than soon'; do
        # shellcheck disable=SC2086 # words
        split fob validate --all $words
        refused 64
    done
}

@test "a mere confirmation is stored beside the records, and is the last validation" {
    provider ok good
    accounts ok a1 a2 a3 a4 a5 a6
    run fob validate --all
    ended 0
    before=$(sha256sum <"$home/store/accounts/a3")
    validated=$(of_account a3 validated)
    sleep 1.1
    run fob validate --all
    ended 0
    [ "$(sha256sum <"$home/store/accounts/a3")" = "$before" ]
    [ "$(of_account a3 validated)" \> "$validated" ]
    [ "$(fob list --json | jq -r '.[2].validated')" = "$(of_account a3 validated)" ]
    split fob validate --all --older-than 1h
    [ "$output" = '' ]
    run fob check
    ended 0
    has_not "$output" 'not part of the store'
    # Validation times are in backups, cannot be forged without the key, and do not apply to new keys.
    now=$(of_account a3 validated)
    fob key add --key-file "$home/second" >/dev/null
    fob export backup --key-file "$home/key" >/dev/null
    printf 'client_secret=another-s3cret\n' | fob edit a4 --stdin --no-validate >/dev/null
    [ "$(of_account a4 validated)" != "$now" ]
    python3 - "$home/store/confirmed" <<-END
	import sys
	with open(sys.argv[1], "r+b") as file:
	    data = bytearray(file.read())
	    data[8:16] = (1 << 40).to_bytes(8, "big")
	    data[40:48] = (1 << 40).to_bytes(8, "big")
	    file.seek(0)
	    file.write(data + b"torn")
	END
    fob list --json | jq -e 'all(.validated < "2100")'
    run fob validate --all
    [ $(($(stat -c %s "$home/store/confirmed") % 32)) -eq 0 ]
}

@test "only the validation of an unchanged account does not wait for the disk" {
    [ -z "${FOB_TEST_VALGRIND-}" ] || skip "under valgrind"
    provider ok good
    accounts ok a1
    fob validate a1
    before=$(sha256sum <"$home/store/accounts/a1")
    size=$(stat -c %s "$home/store/confirmed" 2>/dev/null || echo 0)
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=fsync,fdatasync,syncfs,openat -o calls "$(program fob)" validate a1
    run ! grep 'sync(\|syncfs(' calls
    [ "$(sha256sum <"$home/store/accounts/a1")" = "$before" ]
    [ "$(stat -c %s "$home/store/confirmed")" -eq $((size + 32)) ]
    # The plugin's file is found, checked and mapped once, whatever number of hooks it has.
    [ "$(grep -c 'so", .*O_NONBLOCK' calls)" -eq "$(grep 'so", .*O_NONBLOCK' calls | grep -o '"[^"]*so"' | sort -u | wc -l)" ]
}

@test "a provider that does not answer costs one time-out, and does not delay others" {
    provider ok good
    provider dead hang "timeout: 5"
    accounts ok a1 a2 a3
    accounts dead d1 d2 d3 d4
    split fob validate --all --json
    ended 75
    [ "$(calls hang)" -eq 1 ]
    [ "$(calls good)" -eq 3 ]
    # The account that waited was reported last.
    [ "$(head -n 3 <<<"$output" | jq -r .account | sort | xargs)" = 'a1 a2 a3' ]
    [ "$(jq -r 'select(.provider == "dead") | .result' <<<"$output" | sort -u)" = unavailable ]
    [ "$(jq -r 'select(.provider == "dead") | .status' <<<"$output" | sort -u)" = unchecked ]
    [ "$(jq -r 'select(.message | startswith("not asked, since of d1: ")) | .account' <<<"$output" | xargs)" = 'd2 d3 d4' ]
    [ "$(fob log --event validate --json | jq -r 'select(.result == "unavailable") | .account' | sort | xargs)" = 'd1 d2 d3 d4' ]
    # For people the reason is printed once; a named account has its own line.
    provider dead hang "timeout: 1"
    for json in "" --json; do
        # shellcheck disable=SC2086 # no word, or one
        split fob validate --all --provider dead $json
        ended 75
        has "$stderr" 'fob: d1: '
        has "$stderr" 'fob: d2: not asked, since of d1: '
        has "$stderr" 'fob: 2 more accounts of dead: not asked, since of d1: '
        [ "$(grep -c 'not asked' <<<"$stderr")" -eq 2 ] || return
    done
    split fob validate d1 d2 d3
    ended 75
    [ "$(grep -c 'not asked, since of d1' <<<"$stderr")" -eq 2 ]
}

@test "Retry-After delays only that provider, for the requested time" {
    provider ok good
    provider busy busy
    accounts ok a1 a2
    accounts busy b1 b2 b3
    split fob validate --all
    ended 0
    [ "$(grep -c ': active$' <<<"$output")" -eq 5 ]
    [ "$(calls busy)" -eq 5 ]
    # No call came within the requested pause of a second.
    awk '$1 == "busy" { if (++n == 2 || n == 3) bad += $2 - last < 0.99; last = $2 } END { exit bad }' "$home/calls"
    provider closed closed
    accounts closed c1 c2 c3
    split fob validate --all --provider closed
    ended 75
    [ "$(calls closed)" -eq 1 ]
    has "$stderr" 'fob: c1: '
    has "$stderr" 'fob: c2: not asked, since of c1: '
    has "$stderr" 'fob: 1 more account of closed: not asked, since of c1: '
    has "$stderr" '3 without an answer'
}

@test "a broken provider, an unknown account and a missing plugin do not delay others" {
    provider ok good
    accounts ok a1
    provider broken good
    accounts broken x1 x2
    echo 'nonsense: 1' >>"$home/providers.d/broken.yaml"
    split fob validate a1 x1
    ended 78
    split fob validate --all
    ended 75
    [ "$output" = 'a1: active' ]
    has "$stderr" 'fob: x1: '
    has "$stderr" 'broken.yaml:'
    split fob validate a1 nope
    ended 66
    [ "$output" = 'a1: active' ]
}

@test "the summary counts answers, not the statuses that stay for now" {
    provider ok good
    accounts ok a1 a2
    fob validate --all >/dev/null 2>&1
    provider half good
    accounts half bad1
    fob validate bad1 >/dev/null
    provider half half
    split fob validate --all
    ended 1
    has "$stderr" '3 accounts: 2 active, 1 rejected; 0 changed'
    has "$stderr" 'bad1: stays active for now'
    # A first rejection among the changes has its reason, too.
    split fob validate bad1 --changed
    ended 1
    [ "$output" = '' ]
    has "$stderr" 'fob: bad1: CharlieHR does not accept'
}

@test "a fault of this machine does not change an account" {
    provider ok good
    provider other good
    accounts ok a1 a2
    accounts other b1
    fob validate --all >/dev/null
    chmod 640 store/accounts/a1
    chmod 666 providers.d/other.yaml
    split fob validate --all
    ended 75
    [ "$output" = 'a2: active' ]
    has "$stderr" 'a1: others may read it (mode 0640)'
    has "$stderr" 'other.yaml: everybody may write to it'
    has "$stderr" '3 accounts: 1 active, 2 without an answer; 0 changed'
    split fob validate --all --json
    [ "$(jq -r '.account + " " + .result' <<<"$output" | sort)" = \
        $'a1 not_allowed\na2 success\nb1 not_allowed' ]
    split fob validate b1
    refused 77
    chmod 600 store/accounts/a1
    chmod 600 providers.d/other.yaml
    [ "$(status_of b1)" = active ]
    has "$(fob log b1 --event validate)" 'result=not_allowed'
    ! fob log | grep -F result=denied
}

# Change the keys of ACCOUNT ($1) without a check, as soon as the provider has been asked about it.
replace_keys()
{
    wait_until have_calls held 1
    printf 'client_id=other\nclient_secret=wrong\n' |
        fob edit "${1:-$(awk '{ print $3; exit }' calls)}" --stdin --no-validate >/dev/null 2>&1
    touch calls.go
}

@test "an answer about keys that were replaced meanwhile does not count" {
    local changed
    provider held held
    accounts held s1 s2 s3 s4 s5 s6
    touch calls.go
    fob validate --all >/dev/null # from now on a success only confirms them
    rm calls calls.go
    fob validate s1 >told 2>errors &
    sweep=$!
    replace_keys s1
    reap "$sweep"
    [ "$status" -eq 75 ]
    [ ! -s told ]
    has "$(cat errors)" 's1: it got other keys while the provider was asked'
    [ "$(status_of s1)" = unchecked ]
    rm calls calls.go
    fob validate --all --json >told 2>errors &
    sweep=$!
    replace_keys s2 # perhaps before its turn came, perhaps after
    reap "$sweep"
    changed=$(jq -r 'select(.account == "s2") | .result + " " + .status' told)
    if [ "$(grep -c ' s2$' calls)" -eq 1 ]; then
        [ "$changed" = 'changed unchecked' ]
        [ "$status" -eq 75 ]
        has "$(cat errors)" 's2: it got other keys while the provider was asked'
    else
        [ "$changed" = 'success active' ]
    fi
}

@test "after an interrupt, results are stored and reported, and no call begins" {
    provider slow slow
    accounts slow s{1..24}
    fob validate --all --jobs 1 >told 2>errors &
    sweep=$!
    wait_until have_calls slow 3
    kill -TERM "$sweep"
    reap "$sweep"
    [ "$status" -eq $((128 + 15)) ]
    done=$(wc -l <told)
    [ "$done" -ge 2 ] && [ "$done" -lt 24 ]
    [ "$(fob list --json | jq '[.[] | select(.status == "active")] | length')" -eq "$done" ]
    [ "$(fob log --event validate --json | wc -l)" -eq "$done" ]
    has "$(cat errors)" "$done accounts: $done active"
    has "$(cat errors)" "interrupted: not asked about $((24 - done)) account"
    has "$(fob log --event sweep --json | jq -r .detail)" ", not asked $((24 - done))"
    [ "$(calls slow)" -le $((done + 1)) ]
    run fob check
    ended 0
}

@test "the first signal ends a sweep with an endless hook, and the account is named" {
    cp "$abs_top_builddir/tests/plugins/.libs/misbehaved.so" "$home/misbehaved.so"
    provider ok good
    accounts ok a1 a2
    provider stuck good
    accounts stuck s1 s2 s3
    sed -i "/^validate:/a\\  - { control: required, plugin: $home/misbehaved.so, options: { do: [ hang ] } }" \
        providers.d/stuck.yaml
    fob validate --all >told 2>errors &
    sweep=$!
    wait_until have_calls good 2
    kill -TERM "$sweep"
    reap "$sweep"
    [ "$status" -eq $((128 + 15)) ]
    [ "$(sort told)" = $'a1: active\na2: active' ]
    has "$(cat errors)" 'fob: s1: its hook did not end'
    has "$(cat errors)" 'interrupted: not asked about 2 accounts'
    has "$(fob log s1 --event validate)" 'result=plugin'
    run -0 fob log --verify
}

@test "an interrupt while on_change runs also begins no further call" {
    printf "on_change: [ /bin/sh, -c, 'touch $home/began; sleep 4' ]\n" >>"$FOB_CONFIG"
    provider ok good
    accounts ok o1
    provider slow slow
    accounts slow s{1..24}
    fob validate --jobs 2 o1 s{1..24} >told 2>errors &
    sweep=$!
    wait_until test -e "$home/began"
    before=$(calls slow)
    [ "$before" -lt 16 ]
    kill -TERM "$sweep"
    reap "$sweep"
    [ "$status" -eq $((128 + 15)) ]
    [ "$(calls slow)" -le $((before + 4)) ]
}

@test "the validation of one account can be interrupted; a second signal ends it at once" {
    provider dead hang "timeout: 20"
    accounts dead d1
    for second in '' HUP together; do
        rm -f "$home/calls"
        fob validate d1 >told 2>errors &
        sweep=$!
        wait_until have_calls hang 1
        [ "$second" != together ] || kill -STOP "$sweep"
        kill -TERM "$sweep"
        [ -z "$second" ] || kill -HUP "$sweep"
        [ "$second" != together ] || kill -CONT "$sweep"
        reap "$sweep"
        case $second in
        '') [ "$status" -eq $((128 + 15)) ] ;;
        HUP) [ "$status" -eq $((128 + 1)) ] ;;
        together) [ "$status" -eq $((128 + 1)) ] || [ "$status" -eq $((128 + 15)) ] ;;
        esac
    done
}

@test "a change by somebody else meanwhile is what is reported" {
    provider ok slow
    accounts ok a1 a2 a3 a4 a5 a6
    fob validate --all --json >one 2>/dev/null &
    sweep=$!
    fob validate --all --json >two 2>/dev/null
    reap "$sweep"
    [ "$(jq -r .status one two | sort -u)" = active ]
}

# Print the number of calls in the budget of provider $1.
counted()
{
    python3 -c 'import struct, sys
print(sum(when != 0 for when, in struct.iter_unpack(">Q", open(sys.argv[1], "rb").read()[24:])))' "$home/store/calls.$1"
}

@test "a budget counts each call of a stack once, and no hook without a call" {
    provider few good '^budget: { per_minute: 60 }'
    sed -i 's/^validate:/&\n  - { control: required, plugin: debug }\n  - { control: required, plugin: charliehr }/' \
        "$home/providers.d/few.yaml"
    accounts few a b c
    fob validate --all
    [ "$(calls good)" -eq 6 ]
    [ "$(counted few)" -eq 6 ]
    fob validate a
    [ "$(counted few)" -eq 8 ]
}

@test "two sweeps and a link together keep one budget" {
    provider few good '^budget: { per_minute: 6 }'
    accounts few f1 f2 f3 f4
    fob validate f1 f2 f3 >/dev/null 2>&1 &
    one=$!
    fob validate f3 f4 >/dev/null 2>&1 &
    two=$!
    wait "$one"
    wait "$two"
    wait_until have_calls good 5
    # A sweep uses five of six calls in a minute.
    run timeout 2 fob validate f1
    ended 124
    [ "$(calls good)" -eq 5 ]
    printf 'client_id=f7\nclient_secret=s3cret-of-f7\n' | fob link few f7 --stdin >/dev/null
    wait_until have_calls good 6
    run fob check
    ended 0
    has_not "$output" 'not part of the store'
    # The next call must wait; fob reports that, and holds no lock meanwhile.
    printf 'client_id=f9\nclient_secret=s3cret-of-f9\n' >fields
    run terminal --all 'expect=waiting for the budget of few, 6 calls a minute' 'expect= s left)' \
        run='fob edit f1 --type test >/dev/null' kill=TERM -- sh -c 'exec fob link few f9 --stdin <fields'
    ended 143
    [ "$(calls good)" -eq 6 ]
    # The budget does not count a person's own use of a credential.
    run fob request f1 /company
    ended 0
}

@test "on a terminal there is a bar with a count, and a summary" {
    provider slow slow
    accounts slow s1 s2 s3 s4 s5 s6
    terminal --all expect='6 accounts: 6 active' -- env TERM=xterm fob validate --all
    grep -aq '/6' shown
    grep -aq 's1: active' shown
}

@test "with few descriptors there are fewer calls at a time" {
    local one opener
    for one in p{1..16}; do
        provider "$one" held
        accounts "$one" "$one"-{1..4}
    done
    (
        wait_until have_calls held 2
        touch calls.go
    ) &
    opener=$!
    split bash -c 'ulimit -n 64; exec fob validate --all --jobs 64'
    wait "$opener"
    ended 0
    [ "$(grep -c ': active$' <<<"$output")" -eq 64 ]
}
