#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Several fobs and other programs on one terminal; and callers that ignore SIGCHLD.  terminal.py checks that the
# terminal is restored at the end.

load common

setup()
{
    new_store
    store acme 'Sw/ord fi"sh+ü'
    # two.py COMMAND...: start COMMAND twice on one terminal, as a program that is no shell would.
    cat >two.py <<-'END'
	import os, subprocess, sys
	both = [subprocess.Popen(sys.argv[1:]) for _ in range(2)]
	sys.exit(sum(os.waitstatus_to_exitcode(os.wait()[1]) for one in both))
	END
}

masked()
{
    fob exec --mask acme -- "$@"
}

# deaf COMMAND...: run COMMAND with SIGCHLD ignored, and with SIGCHLD and other signals blocked.
write_deaf()
{
    cat >deaf.py <<'END'
import os, signal, sys
if sys.argv[1] == "ignored":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
else:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP])
os.execvp(sys.argv[2], sys.argv[2:])
END
}

@test "a caller that ignores SIGCHLD gets the command's status" {
    write_deaf
    for how in ignored blocked; do
        run timeout -s KILL 60 python3 deaf.py $how fob exec --mask acme -- sh -c 'echo "<$CHARLIEHR_CLIENT_SECRET>"; exit 7'
        ended 7 || return
        [ "$output" = '<***>' ] || return
        run terminal --all expect=ready send=word 'expect=got word' -- python3 deaf.py $how \
            fob exec --mask acme -- sh -c 'echo ready; read -r x; echo got $x; exit 5'
        ended 5 || return
        for with in "" --mask; do
            # shellcheck disable=SC2086
            [ "$(python3 deaf.py $how fob exec acme $with -- grep -E 'Sig(Blk|Ign)' /proc/self/status)" = \
                "$(python3 deaf.py $how grep -E 'Sig(Blk|Ign)' /proc/self/status)" ] || return
        done
    done
    run terminal --all -- sh -c 'trap "" CHLD; fob exec --mask acme -- sh -c "exit 9"'
    ended 9
}

@test "with one fob in the background and one in the foreground, the terminal is restored" {
    for times in "0.1 0.4" "0.4 0.1"; do
        # shellcheck disable=SC2086
        set -- $times
        terminal --all expect=done -- sh -c "fob exec acme --mask -- sleep $1 & sleep .1
            fob exec acme --mask -- sleep $2; wait; echo done" || return
    done
    for shell in bash sh; do
        terminal --all expect=front send=word 'expect=got word' 'expect=back ***' expect=done -- $shell -c '
            fob exec acme --mask -- sh -c "until [ -e over ]; do sleep 0.02; done; rm over
                echo back \$CHARLIEHR_CLIENT_SECRET" &
            fob exec acme --mask -- sh -c "echo front; read -r x; echo got \$x"
            : >over; wait; echo done' || return
    done
}

@test "of two in the foreground, one has the keyboard, then the other" {
    terminal --all expect=ready expect=ready send=first 'expect=got first' fobs=1 echo=off send=second \
        'expect=got second' -- python3 two.py fob exec --mask acme -- sh -c 'echo ready; read -r x; echo got $x'
    terminal --all expect=ready expect=ready send=first 'expect=got first' kill-fob=KILL -- \
        sh -c 'python3 two.py fob exec --mask acme -- sh -c "echo ready; read -r x; echo got \$x; sleep 60"; exit 0'
    # An interrupt reaches both processes.
    run terminal --all expect=ready expect=ready echo=off key=int fobs=0 -- \
        python3 two.py fob exec --mask acme -- sh -c 'echo ready; exec sleep 30'
    ended 130
}

@test "make -j3 with three masked commands" {
    printf 'all: a b c\n%%:\n\t@fob exec acme --mask -- sh -c '\''echo $@ $$CHARLIEHR_CLIENT_SECRET; sleep 0.%s'\''\n' \
        '$(words x)1' >Makefile
    terminal --all 'expect=***' 'expect=***' 'expect=***' -- make -s -j3
}

@test "a script reads everything that is typed, whatever runs in its background" {
    for shell in bash sh; do
        terminal --all expect=running 'expect=pw: ' echo=off send=one-word 'expect=got one-word' -- bash -c '
            fob exec acme --mask -- sh -c "echo running; until [ -e over ]; do sleep 0.02; done" &
            until grep -q acme log 2>/dev/null; do sleep 0.02; done; sleep 0.2
            read -r -s -p "pw: " pw; echo "got $pw"; : >over; wait; rm over' || return
        [ "$(grep -a -c one-word shown)" -eq 1 ] || return
    done
}

@test "fg gives a job that began in the background the modes of a job" {
    echo 'PS1="prompt> "' >rc
    HISTFILE=/dev/null terminal --all 'expect=prompt> ' \
        'send=fob exec --mask acme -- sh -c "stty -a </dev/tty >modes; : >begun; read -r x; echo got \$x" &' \
        'expect=prompt> ' 'run=until [ -e begun ]; do sleep 0.02; done' 'send=fg' 'expect=fob exec' \
        echo=off send=word 'expect=got word' 'expect=prompt> ' echo=off 'send=exit 0' -- bash --rcfile rc -i
    for mode in icanon echo icrnl opost onlcr isig iexten; do
        grep -q -E "(^| )$mode( |;|$)" modes || return
    done
    # Echoed once by the command's terminal.
    [ "$(grep -a -c word shown)" -eq 2 ]
}

@test "fg gives a job of zsh the modes of a job, too" {
    command -v zsh >/dev/null || skip "no zsh"
    mkdir zdot
    echo 'PS1="prompt> "; unsetopt prompt_sp' >zdot/.zshrc
    ZDOTDIR=$PWD/zdot terminal --all 'expect=prompt> ' \
        'send=fob exec --mask acme -- sh -c "stty -a </dev/tty >modes; : >begun; read -r x; echo got \$x" &' \
        'expect=prompt> ' 'run=until [ -e begun ]; do sleep 0.02; done' 'send=fg' echo=off send=word \
        'expect=got word' 'expect=prompt> ' \
        'send=fob exec --mask acme -- sh -c "echo rea""dy; read -r x; echo got \$x"' expect=ready key=stop \
        'expect=prompt> ' send=fg send=again 'expect=got again' 'expect=prompt> ' 'send=exit 0' -- zsh -i
    for mode in icanon echo icrnl opost onlcr isig iexten; do
        grep -q -E "(^| )$mode( |;|$)" modes || return
    done
}

@test "a killed fob leaves the terminal restored" {
    run terminal --all expect=ready echo=off kill-fob=KILL expect=over echo=on -- \
        sh -c 'fob exec --mask acme -- sh -c "echo ready; exec sleep 30"; sleep 0.2; echo over'
    ended 0
}

@test "a fob that asks has the keyboard meanwhile" {
    sed "s|$home/store|$home/locked|" fob.yaml >locked.yaml
    (umask 077 && echo pass >pass)
    fob --config locked.yaml --passphrase-file pass init --passphrase >/dev/null 2>&1
    printf 'client_id=id\nclient_secret=secret\n' | fob --config locked.yaml --passphrase-file pass \
        link charliehr acme --no-validate --stdin >/dev/null 2>&1
    cat >both.py <<-'END'
	import subprocess, sys
	inner = "echo ready; read -r x; echo got $x"
	one = subprocess.Popen(["fob", "exec", "--mask", "acme", "--", "sh", "-c", inner])
	input_over = subprocess.run(["sh", "-c", "until [ -e asked ]; do sleep 0.02; done"])
	two = subprocess.run(["fob", "--config", "locked.yaml", "get", "acme", "client_id"])
	sys.exit(one.wait() + two.returncode)
	END
    terminal --all expect=ready echo=off run=': >asked' 'expect=Passphrase of the store: ' send=pass expect=id \
        fobs=1 echo=off send=word 'expect=got word' -- python3 both.py
    run ! grep -a pass: shown
}

@test "a key_command works for a caller that ignores SIGCHLD" {
    write_deaf
    printf '#!/bin/sh\necho a key that nobody guesses\n' >print-key
    chmod 755 print-key
    echo "key_command: [ $home/print-key ]" >>fob.yaml
    fob key add --command
    rm key
    for how in ignored blocked; do
        [ "$(timeout -s KILL 60 python3 deaf.py $how fob --no-input get acme)" = 'Sw/ord fi"sh+ü' ] || return
    done
}
