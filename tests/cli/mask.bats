#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob exec --mask: the command's output without the lent secrets; with pipes and on a terminal.

load common

setup()
{
    new_store
    store acme 'Sw/ord fi"sh+ü'
}

masked()
{
    fob exec --mask acme -- "$@"
}

@test "every form of a value is masked" {
    masked sh -c 'echo "<$CHARLIEHR_CLIENT_SECRET>"' >seen
    [ "$(cat seen)" = '<***>' ]
    masked sh -c 'printf %s "$CHARLIEHR_CLIENT_SECRET" | base64' >seen
    [ "$(cat seen)" = '***' ]
    masked sh -c 'printf %s "$CHARLIEHR_CLIENT_SECRET" | jq -sRr @uri' >seen
    [ "$(cat seen)" = '***' ]
    masked sh -c 'printf %s "$CHARLIEHR_CLIENT_SECRET" | jq -sR .' >seen
    [ "$(cat seen)" = '"***"' ]
    masked sh -c 'printf %s "$CHARLIEHR_CLIENT_SECRET" | jq -asR .' >seen
    [ "$(cat seen)" = '"***"' ]
    masked python3 -c 'import os, urllib.parse, base64, json
secret = os.environ["CHARLIEHR_CLIENT_SECRET"]
print(urllib.parse.quote_plus(secret), urllib.parse.quote(secret, safe="").lower().replace("sw", "Sw"), json.dumps(secret))
for before in ("", "a", "ab", "abc"):
    for after in ("", "x", "xy"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode((before + secret + after).encode()).decode()
            print(text.rstrip("="))' >seen
    [ "$(head -n 1 seen)" = '*** *** "***"' ]
    # Characters that other texts share may stay: at most two of a secret's 15.
    run ! grep -v '\*\*\*' seen
    run ! grep -E '[A-Za-z0-9_-]{7}' seen
}

@test "a value is masked in any pieces, and a prompt is not delayed" {
    masked python3 -u -c 'import os, sys, time
secret = os.environ["CHARLIEHR_CLIENT_SECRET"].encode()
os.write(1, secret[:4]) # fewer are more likely the end of a prompt
for byte in secret[4:]:
    os.write(1, bytes([byte]))
    time.sleep(0.005)
os.write(1, b"\n")' >seen
    [ "$(cat seen)" = '***' ]
    # S may begin the secret.
    mkfifo answer
    masked sh -c 'printf "Your name, S"; read -r name; echo "$name"' >seen <answer &
    job=$!
    exec 7>answer
    wait_until grep -q 'name, S$' seen
    echo me >&7
    exec 7>&-
    wait $job
    [ "$(cat seen)" = 'Your name, Sme' ]
}

@test "stderr and stdout stay separate, and large output passes unchanged" {
    masked sh -c 'echo out; echo "err $CHARLIEHR_CLIENT_SECRET" >&2' >out 2>err
    [ "$(cat out)" = out ]
    [ "$(cat err)" = 'err ***' ]
    seq 1 500000 >large
    masked cat large | cmp - large
    masked cat <large | cmp - large
}

@test "fob returns the command's status, and passes signals on" {
    run -3 masked sh -c 'exit 3'
    run -143 masked sh -c 'kill -TERM $$'
    run -127 masked no-such-command
    for signal in TERM INT HUP USR1 PIPE; do
        rm -f seen # or the last one's word is taken for this one's
        masked sh -c "trap 'echo got $signal; exit 9' $signal; echo ready; while :; do sleep 0.05; done" >seen &
        job=$!
        wait_until grep -qs ready seen
        # The process that bats knows is a subshell.
        pkill -"$signal" -P $job -x fob || kill -"$signal" $job
        reap $job
        ended 9 || return
        grep -q "got $signal" seen || return
    done
}

write_how()
{
    cat >how.py <<'END'
import os, signal, subprocess, sys
# how.py COMMAND...: prints how COMMAND ended; on a terminal the command is a job, as in a shell.
def lead():
    # A script's background jobs ignore some signals.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    if os.isatty(0):
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
code = subprocess.run(sys.argv[1:], preexec_fn=lead).returncode
print("signal %d" % -code if code < 0 else "status %d" % code)
END
}

@test "fob ends by the same signal as the command" {
    write_how
    for number in 1 2 3 9 15 34; do
        [ "$(python3 how.py fob exec --mask acme -- sh -c "kill -$number \$\$")" = "signal $number" ] || return
        terminal --all "expect=signal $number" -- \
            python3 how.py fob exec --mask acme -- sh -c "kill -$number \$\$" || return
    done
    [ "$(python3 how.py fob exec --mask acme -- sh -c 'exit 130')" = "status 130" ]
    terminal --all 'expect=status 130' -- python3 how.py fob exec --mask acme -- sh -c 'exit 130'
    [ -z "$(find . -name 'core*')" ]
}

@test "an interrupt ends the loop that runs fob, too" {
    for shell in bash sh; do
        code=0
        terminal --all expect=ready key=int -- "$shell" -c 'for i in 1 2 3; do
            fob exec --mask acme -- sh -c "echo ready; exec sleep 30"; echo "went on"; done' || code=$?
        [ "$code" -eq 130 ] || return
        run ! grep -a 'went on' shown
    done
    # An interactive shell shows its prompt again.
    echo 'PS1="prompt> "' >rc
    code=0
    HISTFILE=/dev/null terminal --all 'expect=prompt> ' \
        'send=for i in 1 2 3; do fob exec --mask acme -- sh -c "echo rea\dy; exec sleep 30"; done' \
        expect=ready key=int 'expect=prompt> ' 'send=exit 7' -- bash --rcfile rc -i || code=$?
    [ "$code" -eq 7 ]
    # A signal that the command handles ends nothing.
    terminal --all expect=ready key=int expect=caught 'expect=went on' -- sh -c 'fob exec --mask acme -- \
        bash -c "trap \"echo caught; exit 130\" INT; echo ready; while :; do sleep 0.05; done"
        echo "went on"'
}

@test "a reader that leaves early ends the command, and a background process does not keep fob" {
    run bash -c 'fob exec --mask acme -- yes | head -n 1; echo ${PIPESTATUS[0]}'
    [ "${lines[0]}" = y ]
    [ "${lines[1]}" = 141 ]
    masked sh -c 'sleep 600 & echo $! >sleeper' >seen
    kill "$(cat sleeper)"
}

@test "on a terminal the command has a terminal: size, color, prompts, no echo" {
    terminal --all 'expect=31 97' expect=yes -- sh -c 'stty rows 31 cols 97
        exec fob exec --mask acme -- sh -c "stty size; test -t 0 && test -t 1 && test -t 2 && echo yes"'
    terminal --all 'expect=40 100' -- sh -c 'stty rows 31 cols 97
        (until [ -e ready ]; do sleep 0.02; done; stty rows 40 cols 100 </dev/tty) &
        exec fob exec --mask acme -- bash -c "trap \"stty size\" WINCH; touch ready
            until [ \"\$(stty size)\" = \"40 100\" ]; do sleep 0.05; done"'
    terminal --all 'expect=<' 'expect=***' 'expect=>' -- \
        fob exec --mask acme -- sh -c 'printf "<%s>\n" "$CHARLIEHR_CLIENT_SECRET"'
    run ! grep -a ord shown
    # Only the command's terminal echoes input.
    terminal --all expect=name: send=Zoe 'expect=hello Zoe' -- \
        fob exec --mask acme -- sh -c 'printf name:; read -r name; echo "hello $name"'
    [ "$(grep -a -o Zoe shown | wc -l)" -eq 2 ]
    terminal --all expect=password: send=hidden expect=6 -- \
        fob exec --mask acme -- bash -c 'read -rsp password: p; echo; echo ${#p}'
    run ! grep -a hidden shown
}

@test "interrupt, end of file and stop reach the command, and the terminal is restored" {
    code=0
    terminal --all expect=ready key=int expect=caught -- fob exec --mask acme -- \
        bash -c 'trap "echo caught; exit 4" INT; echo ready; while :; do sleep 0.05; done' || code=$?
    [ "$code" -eq 4 ]
    terminal --all expect=ready key=eof expect=end -- fob exec --mask acme -- \
        bash -c 'echo ready; cat; echo end'
    # The shell sees the stop, with its terminal as it was, and lets the job go on.
    terminal --all expect=ready key=stop expect=continued send=on 'expect=got on' -- \
        fob exec --mask acme -- \
        bash -c 'trap "echo continued" CONT; echo ready; while ! read -r -t 0.1 x; do :; done; echo "got $x"'
    # Ended from elsewhere.
    code=0
    terminal --all expect=ready kill=TERM -- fob exec --mask acme -- \
        sh -c 'echo ready; exec sleep 30' || code=$?
    [ "$code" -eq 143 ]
}

@test "values in URLs and JSON are masked, whatever program writes them" {
    masked python3 -c 'import os, urllib.parse
print(urllib.parse.quote(os.environ["CHARLIEHR_CLIENT_SECRET"]))' >seen
    [ "$(cat seen)" = '***' ]
    printf '<a> & "b" / \177 é' >value
    fob edit acme --no-validate --field-file client_secret=value >/dev/null
    fob get acme client_secret --format json >inner
    masked cat inner >seen
    [ "$(cat seen)" = '{"client_secret":"***"}' ]
    printf '%s' '\u003ca\u003E \u0026 \"b\" \/ \u007f \u00e9' >inner
    masked cat inner >seen
    [ "$(cat seen)" = '***' ]
}

@test "a prompt that begins like a value is shown" {
    # Output to a terminal is not held back for long; output to a file may be.
    terminal --all 'expect=Sw/ord' send=me 'expect=hello me' -- \
        fob exec --mask acme -- sh -c 'printf "Sw/ord"; read -r name; echo "hello $name"'
    masked sh -c 'printf "Sw/ord"; sleep 1.2; printf " fi\"sh+ü"' >seen
    [ "$(cat seen)" = '***' ]
}

@test "output that cannot be written is a failure" {
    split bash -c 'fob exec --mask acme -- echo hello >/dev/full'
    ended 74
    has "$stderr" 'fob: stdout: No space left on device'
    run -3 bash -c 'fob exec --mask acme -- sh -c "echo hello; exit 3" >/dev/full'
    run -74 bash -c 'fob exec --mask acme -- yes >/dev/full'
}

@test "binary output passes unchanged" {
    head -c 1000000 /dev/urandom >binary
    store noise 'a value that is not in it by chance'
    fob edit noise --no-validate --field client_id=nor-is-this-one >/dev/null
    fob exec --mask noise -- cat binary | cmp - binary
}

@test "the command reads the keyboard, or the program after the pipe does" {
    # As COMMAND | less: fob must leave it alone.
    terminal --all expect=ready echo=on send=go 'expect=***' send=word 'expect=got word' -- \
        sh -c 'fob exec --mask acme -- sh -c "echo ready >&2; read -r go
            test -t 2 && echo \$CHARLIEHR_CLIENT_SECRET >&2; read -r go; echo got \$go" | cat'
    # As seq 3 | fzf.
    terminal --all 'expect=ready piped' send=word 'expect=got word' -- sh -c 'echo piped | fob exec --mask acme -- \
        sh -c "read -r x; echo ready \$x; read -r y </dev/tty; echo got \$y"'
    code=0
    terminal --all expect=ready key=int -- sh -c 'echo piped | fob exec --mask acme -- \
        sh -c "echo ready; exec sleep 30"; exit $?' || code=$?
    [ "$code" -eq 130 ]
}

@test "a command that opens /dev/tty gets the real one, or the pseudo-terminal if its input is there" {
    export ask='printf "tty: %s\n" "$CHARLIEHR_CLIENT_ID" >/dev/tty; read -r x </dev/tty; echo "got $x <$CHARLIEHR_CLIENT_ID>"'
    terminal --all 'expect=tty: id' send=me 'expect=got me <***>' -- \
        sh -c 'printf notes | fob exec --mask acme -- sh -c "$ask"'
    terminal --all 'expect=tty: ***' send=me 'expect=got me <***>' -- \
        fob exec --mask acme -- sh -c 'printf notes | sh -c "$ask"'
}

@test "a stop stops the script that runs fob, too" {
    terminal --all expect=ready key=stop expect=continued send=on 'expect=got on' 'expect=script ends' -- \
        sh -c 'fob exec --mask acme -- bash -c "trap \"echo continued\" CONT; echo ready
            while ! read -r -t 0.1 x; do :; done; echo got \$x"; echo script ends'
}

# Whether all processes of the file pids are in the state $1.
all_are()
{
    local pid
    for pid in $(cat pids); do
        [ "$(ps -o state= -p "$pid")" = "$1" ] || return
    done
}

@test "without a terminal fob and the command stop and continue together" {
    set -m # jobs that may be stopped
    fob exec --mask acme -- python3 -c 'import os, time
print(os.getppid(), os.getpid(), file=open("pids", "w"))
while not os.path.exists("over"):
    time.sleep(0.01)
print("end")' </dev/null >out 2>&1 &
    set +m
    wait_until [ -s pids ]
    read -r fob command <pids
    for stop in "TSTP $fob" "STOP $command" "TSTP -$fob"; do
        kill -${stop% *} -- ${stop#* }
        wait_until all_are T
        kill -CONT "$fob"
        wait_until all_are S || return
    done
    # A command that ignores the signal continues, and fob passes its output on.
    touch over
    wait "$fob"
    [ "$(cat out)" = end ]
    set -m
    fob exec --mask acme -- sh -c 'trap "echo stopped" TSTP; echo begun; while [ ! -e later ]; do sleep 0.01; done' \
        </dev/null >out 2>&1 &
    set +m
    wait_until grep -q begun out
    kill -TSTP $!
    wait_until grep -q stopped out
    touch later
    wait $!
}

@test "a stop loses no output" {
    mkfifo slow
    set -m
    fob exec --mask acme -- sh -c 'echo $PPID >pids; exec seq 100000' >slow 2>err </dev/null &
    set +m
    exec 7<slow
    wait_until [ -s pids ]
    sleep 0.2 # seq has ended, or waits
    kill -TSTP "$(cat pids)"
    wait_until all_are T
    kill -CONT "$(cat pids)"
    seq 100000 | cmp - <(cat <&7)
    exec 7<&-
    wait $!
}

@test "output before a stop appears before the shell's prompt" {
    echo 'PS1="prompt> "' >rc
    HISTFILE=/dev/null terminal --all 'expect=prompt> ' \
        'send=fob exec --mask acme -- sh -c "echo rea\dy; read -r line; echo got \$line"' \
        expect=ready key=stop expect=^Z expect=Stopped 'expect=prompt> ' send=fg send=this 'expect=got this' \
        'expect=prompt> ' 'send=exit 0' -- bash --rcfile rc -i
}

@test "after SIGSTOP the command has the keyboard again" {
    echo 'PS1="prompt> "' >rc
    for stop in STOP TTIN; do
        HISTFILE=/dev/null terminal --all 'expect=prompt> ' \
            'send=tty >where; fob exec --mask acme -- bash -c "echo rea\dy; read -r -s line; echo go\t \${#line}"' \
            expect=ready "kill-fob=$stop" expect=Stopped 'expect=prompt> ' send=fg \
            'run=timeout 60 sh -c "until stty -a <\$(cat where) | grep -q -e -opost; do sleep 0.01; done"' \
            send=typed-unseen 'expect=got 12' 'expect=prompt> ' 'send=exit 0' -- bash --rcfile rc -i || return
        run ! grep -a -q typed-unseen shown
    done
}

@test "editors and full screens work" {
    local vim
    vim=$(command -v vim || command -v vim.tiny) || skip "no vim"
    export TERM=xterm
    terminal --all expect=file $'type=ihello from here\e:wq\n' -- \
        fob exec --mask acme -- "$vim" -u NONE -n file
    [ "$(cat file)" = "hello from here" ]
    command -v top >/dev/null || skip "no top"
    terminal --all 'expect=load average' type=q -- fob exec --mask acme -- top -d 1
}

write_hang()
{
    cat >hang.py <<'END'
import os, pty, sys, time
# hang.py COMMAND...: run COMMAND on a terminal that hangs up once the command has printed "ready".
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while b"ready" not in shown:
    shown += os.read(master, 1024)
os.close(master)
for _ in range(2000):
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(code if code >= 0 else 128 - code)
    time.sleep(0.01)
os.kill(pid, 9)
sys.exit("it stays")
END
}

# The process whose number is in the file pid.
gone()
{
    for ((i = 0; i < 200; i++)); do
        [ -e "/proc/$(cat pid)" ] || return 0
        sleep 0.05
    done
    return 1
}

@test "the command ends when its terminal closes" {
    write_hang
    run python3 hang.py fob exec --mask acme -- sh -c 'echo $$ >pid; echo ready; exec sleep 30'
    ended 129
    gone
    # If fob ignores SIGHUP, the command ends when it cannot write.
    run python3 hang.py sh -c 'trap "" HUP
        fob exec --mask acme -- sh -c "echo \$\$ >pid; echo ready; exec yes"; exit 7'
    ended 7
    gone
    # fob itself may be killed, whether the command uses its terminal or not.
    rm pid
    run terminal --all run='until [ -s pid ]; do sleep 0.05; done' kill=KILL -- \
        fob exec --mask acme -- sh -c 'echo $$ >pid; sleep 60; exit 1'
    gone
    rm pid
    fob exec --mask acme -- sh -c 'echo $$ >pid; exec sleep 60' >out 2>&1 &
    wait_until [ -s pid ]
    kill -KILL "$(ps -o ppid= -p "$(cat pid)")"
    gone
    # fob waits for the command's handler of the hangup.
    run python3 hang.py fob exec --mask acme -- \
        sh -c 'trap "sleep 0.5; echo end >trapped; exit 5" HUP; echo ready; sleep 60 & wait'
    ended 5
    [ "$(cat trapped)" = end ]
}

@test "a command with its output elsewhere also ends when the terminal closes" {
    write_hang
    # fob leads the session here, as under ssh -t: the kernel signals no other process.
    for to in '>out' '>out 2>&1' '>out 2>&1 </dev/null'; do
        run python3 hang.py sh -c "exec fob exec --mask acme -- \
            sh -c 'echo \$\$ >pid; echo ready >&3; sleep 60; exit 1' 3>/dev/tty $to"
        ended 129 || return
        gone || return
    done
}

@test "the command gets no descriptor of fob" {
    for with in "" "--header-fd 9"; do
        # shellcheck disable=SC2086
        fob exec --mask $with acme -- sh -c 'cd /proc/self/fd; echo *' 3>&- 9>&- >seen 2>err
        sh -c 'cd /proc/self/fd; echo *' 3>&- 9>&- 2>err | cat >plain
        [ -z "$with" ] || sed -i 's/ 9$//; s/ 9 / /' seen
        cmp seen plain || return
        # shellcheck disable=SC2086
        fob exec --mask $with acme -- sh -c '[ -e /proc/$$/fd/0 ] || echo closed' <&- >seen
        [ "$(cat seen)" = closed ] || return
    done
}

@test "only stdout, or only stderr, on a terminal" {
    terminal --all 'expect=err ***' -- sh -c 'exec fob exec --mask acme -- \
        sh -c "echo out; echo err \$CHARLIEHR_CLIENT_SECRET >&2; test -t 2 && ! test -t 1 && echo good" >out'
    [ "$(cat out)" = 'out
good' ]
    terminal --all 'expect=out ***' -- sh -c 'echo piped | fob exec --mask acme -- \
        sh -c "cat; echo out \$CHARLIEHR_CLIENT_SECRET; echo err >&2" 2>err'
    grep -a piped shown
    [ "$(cat err)" = err ]
}

# A shell prints $S in many ways; the masked output must not have the words.
shown_of()
{
    fob exec acme --mask --env S=client_secret -- "$@" >seen 2>&1 || true
    if grep -a -E 'Zebra|quick|tail|lines' seen; then
        printf 'by: %s\n' "$*" >&2
        return 1
    fi
    grep -q -a '\*\*\*' seen
}

# what_shells_print VALUE, with backslashes as printf %b has them.
what_shells_print()
{
    local value=$1 shell script
    printf '%b' "$value" >value
    fob edit acme --no-validate --field-file client_secret=value >/dev/null
    for shell in bash "bash --posix" "env LC_ALL=C bash" zsh "env LC_ALL=C zsh" dash "busybox sh" fish "env LC_ALL=C fish"; do
        command -v "${shell%% *}" >/dev/null || continue
        for script in 'set -x; : "$S"' 'export -p' 'set' 'env' 'printf "<%q>" "$S"' 'echo "$S"' 'echo $S'; do
            case $shell:$script in
            dash:*%q* | busybox*%q*) continue ;;
            *fish:*) script='set fish_trace 1; true "$S"' ;;
            esac
            # shellcheck disable=SC2086
            shown_of $shell -c "$script" || return
        done
    done
    shown_of bash -c 'declare -p S; echo "${S@Q}" "${S@A}"'
    shown_of sh -c 'printf %s "$S" | base64; printf %s "$S" | base64 -w 20; printf %s "$S" | od -An -v -tx1'
    shown_of python3 -c 'import os, json; print(repr(os.environ["S"]), json.dumps(os.environ["S"]), os.environb[b"S"].hex())'
    shown_of bash -c 'ls -d -- "/no/$S"'
    [ ! -x /usr/bin/printf ] || shown_of /usr/bin/printf '%q' "x$(cat value)"
    if command -v zsh >/dev/null; then
        shown_of zsh -c 'print -r -- ${(q)S} ${(qq)S} ${(qqq)S} ${(qqqq)S} ${(q-)S} ${(q+)S}; typeset -p S'
    fi
    if command -v fish >/dev/null; then
        shown_of fish -c 'string escape -- $S; set --show S; string escape --style=url -- $S'
    fi
}

@test "a value that a shell prints is masked in every quoting" {
    what_shells_print 'Zebra-'\''s "quick" $x `b` a\\y!\n\tcaf\0303\0251 \033[1m;tail~#&*'
    what_shells_print 'x\tZebra$'\''quick$\t\\C-zip\0302\0205 \0302\0233tail'
}

@test "a value of several lines is masked line by line, also with changed blanks" {
    printf -- '-----BEGIN ZEBRA-----\nquick0123456789  quickabcdef\n\tquick;tail=\n-----END ZEBRA-----\n' >value
    fob edit acme --no-validate --field-file client_secret=value >/dev/null
    for script in 'echo $S' 'echo "$S" | sed "s/^/    /"' 'echo "$S" | grep quick' 'set -x; : $S' \
        'echo "$S" | tr "\n" " "' 'for line in "$S"; do echo "got: $line"; done' 'cat <<END
$S
END'; do
        shown_of sh -c "$script" || return
        shown_of bash -c "$script" || return
    done
    terminal --all 'expect=***' -- fob exec acme --mask --env S=client_secret -- sh -c 'echo "$S"; echo $S; export -p'
    run ! grep -a -E 'quick|tail' shown
}

@test "a lack of descriptors never shows a value" {
    for ((limit = 4; limit <= 20; limit++)); do
        ended=0
        (ulimit -n "$limit" && exec fob exec --mask acme -- \
            sh -c 'echo "$CHARLIEHR_CLIENT_SECRET"; echo "$CHARLIEHR_CLIENT_SECRET" >&2') \
            >seen 2>errors </dev/null || ended=$?
        run ! grep -F 'Sw/ord' seen errors
        if [ "$ended" -eq 0 ]; then
            [ "$(cat seen errors)" = $'***\n***' ]
        else
            [ -s errors ]
        fi
    done
    [ "$ended" -eq 0 ]
}
