#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Eight processes use the same twenty accounts: no change is lost or half done, and no process hangs.  Six seconds,
# or a minute.

load common

setup()
{
    new_store
    for ((i = 0; i < 20; i++)); do
        store "client-$i" "secret-0-$i"
    done
}

# Change, read, link, revoke and list until the time is over.  Each change adds a line to a file.
work()
{
    local me=$1 end=$2 one code round=0 got
    # On a slow machine, too, there is something to lose.
    while [ "$SECONDS" -lt "$end" ] || [ "$round" -lt 12 ]; do
        round=$((round + 1))
        one=client-$((RANDOM % 20))
        case $((RANDOM % 8)) in
            0 | 1)
                code=0
                printf 'client_id=id\nclient_secret=secret-%s-%s\n' "$me" "$round" |
                    fob edit "$one" --stdin --no-validate >/dev/null 2>&1 || code=$?
                # 75: another process has changed the keys in the meantime.
                case $code in
                    0) echo "$one" >>"done-$me" ;;
                    75) ;;
                    *) echo "edit $code" >>"failed-$me" ;;
                esac
                ;;
            2) fob suspend "$one" >/dev/null && echo "$one" >>"done-$me" || echo "suspend $?" >>"failed-$me" ;;
            3) fob resume "$one" >/dev/null && echo "$one" >>"done-$me" || echo "resume $?" >>"failed-$me" ;;
            4 | 5)
                got=$(fob get "$one" client_secret --force) || echo "get $?" >>"failed-$me"
                [[ $got == secret-*-* ]] || echo "half: $got" >>"failed-$me"
                ;;
            6)
                code=0
                store "guest-$((RANDOM % 3))" x >/dev/null 2>&1 || code=$?
                [[ $code -eq 0 || $code -eq 73 ]] || echo "link $code" >>"failed-$me"
                ;;
            7)
                code=0
                fob revoke "guest-$((RANDOM % 3))" --yes >/dev/null 2>&1 || code=$?
                [[ $code -eq 0 || $code -eq 66 || $code -eq 69 || $code -eq 75 ]] || echo "revoke $code" >>"failed-$me"
                ;;
        esac
    done
}

@test "eight processes at once lose nothing" {
    seconds=6
    [ -z "${FOB_TEST_LONG-}" ] || seconds=60
    end=$((SECONDS + seconds))
    for me in 1 2 3 4 5 6 7 8; do
        work "$me" "$end" &
        workers+=($!)
    done
    wait "${workers[@]}" || :
    cat failed-* >failures 2>/dev/null || :
    cat failures
    [ ! -s failures ]
    cat done-* >changes
    [ "$(wc -l <changes)" -gt 20 ]
    # Each change adds one to the version.
    for ((i = 0; i < 20; i++)); do
        version=$((16#$(od -A n -t x1 -j 16 -N 8 "store/accounts/client-$i" | tr -d ' ')))
        changed=$(grep -cx "client-$i" changes || :)
        echo "client-$i: version $version, $changed changes"
        [ "$version" -eq $((changed + 1)) ]
    done
    fob check >/dev/null
    fob log --verify
}
