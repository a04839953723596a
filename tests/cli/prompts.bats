#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# A person at a terminal: the prompts, and prompts without an answer.  terminal.py checks that the terminal echoes at
# the end.

load sandboxed

setup()
{
    quick_passphrases
    new_store
    id=$(cat "$hr/client_id")
    secret=$(cat "$hr/client_secret")
}

@test "a prompt is one write, so typed-ahead characters do not split it" {
    needs_strace
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " "send=$secret" -- \
        strace -f -e trace=write -s 64 -o calls fob link charliehr acme
    ended 0 || return
    grep -q 'write([0-9]*, "Client ID: ", 11)' calls
    grep -q 'write([0-9]*, "Client Secret: ", 15)' calls
}

# Interrupt every prompt with the step $1: the command must end with $2 and change nothing.
interrupt_each_prompt()
{
    local step=$1 want=$2
    run terminal "expect=Client ID: " "$step" -- fob link charliehr new
    ended "$want" || return
    run terminal "expect=Client ID: " type=half "$step" -- fob link charliehr new
    ended "$want" || return
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " echo=off "$step" -- \
        fob link charliehr new
    ended "$want" || return
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " echo=off "type=$secret" \
        "$step" -- fob link charliehr new
    ended "$want" || return
    run terminal "expect=Client ID: " send=wrong "expect=Client Secret: " send=wrong-secret \
        "expect=Once more:" "expect=Client ID: " "$step" -- fob link charliehr new
    ended "$want" || return
    run terminal "expect=Client ID [" "send=$id" "expect=Client Secret [unchanged]: " echo=off "$step" -- \
        fob edit acme
    ended "$want" || return
    run terminal "expect=[y/N]" "$step" -- fob revoke acme
    ended "$want" || return
    run terminal "expect=New passphrase: " echo=off "$step" -- \
        fob --config other.yaml init --passphrase
    ended "$want" || return
    run terminal "expect=New passphrase: " send=pass "expect=Once more: " echo=off type=pa "$step" \
        -- fob --config other.yaml init --passphrase
    ended "$want" || return
    run terminal "expect=Passphrase of the store: " echo=off "$step" -- \
        fob --config locked.yaml link charliehr new --no-validate
    ended "$want" || return
    fault 503
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " "send=$secret" \
        "expect=give up? [t/s/g]: " echo=on "$step" -- fob link charliehr new
    ended "$want" || return
    fault none
    [ "$(names)" = acme ] || return
    [ "$(of_account acme status)" = active ] || return
    [ ! -e other ] || return
    [ "$(ls locked/accounts)" = "" ]
}

# Two more configurations: one without a store, and one with a store that has a passphrase.
other_stores()
{
    sed "s|$home/store|$home/other|" fob.yaml >other.yaml
    sed "s|$home/store|$home/locked|" fob.yaml >locked.yaml
    (umask 077 && echo pass >pass)
    fob --config locked.yaml --passphrase-file pass init --passphrase >/dev/null 2>&1
    link_account acme >/dev/null
}

@test "^C at any prompt ends fob by SIGINT, with echo, and nothing is stored" {
    other_stores
    interrupt_each_prompt key=int 130
}

@test "SIGTERM at any prompt ends fob by it, with echo, and nothing is stored" {
    other_stores
    interrupt_each_prompt kill=TERM 143
}

@test "SIGHUP and SIGQUIT at a prompt do the same" {
    ulimit -c 0
    run terminal "expect=Client ID: " send=x "expect=Client Secret: " echo=off kill=HUP -- \
        fob link charliehr acme
    ended 129
    run terminal "expect=Client ID: " send=x "expect=Client Secret: " echo=off kill=QUIT -- \
        fob link charliehr acme
    ended 131
    [ "$(names)" = "" ]
}

@test "^Z restores echo; afterwards the prompt appears again without echo" {
    run terminal "expect=Client ID: " key=stop "expect=Client ID: " echo=on "send=$id" \
        "expect=Client Secret: " echo=off type=garbage key=stop "expect=Client Secret: " echo=off \
        "send=$secret" -- fob link charliehr acme
    ended 0
    fob get acme | cmp - "$hr/client_secret"
}

@test "after SIGSTOP a secret is asked for again, without echo" {
    echo 'PS1="prompt> "' >rc
    for stop in STOP TTIN; do
        HISTFILE=/dev/null run terminal --all 'expect=prompt> ' "send=fob link charliehr new-${stop,,} --no-validate" \
            'expect=Client ID: ' send=id 'expect=Client Secret: ' echo=off "kill-fob=$stop" expect=Stopped \
            'expect=prompt> ' send=fg 'expect=Client Secret: ' echo=off "send=$secret" 'expect=stored' \
            'expect=prompt> ' 'send=exit 0' -- bash --rcfile rc -i
        ended 0 || return
        run ! grep -a -q "$secret" shown
        [ "$(fob get "new-${stop,,}" client_secret)" = "$secret" ] || return
    done
}

@test "a fob that was stopped by SIGSTOP does not keep others from asking" {
    store acme first-secret
    echo 'PS1="prompt> "' >rc
    HISTFILE=/dev/null run terminal --all 'expect=prompt> ' \
        'send=fob exec --mask acme -- sh -c "echo rea\dy; exec sleep 60"' expect=ready kill-fob=STOP \
        expect=Stopped 'expect=prompt> ' 'send=fob link charliehr new --no-validate' 'expect=Client ID: ' \
        send=id 'expect=Client Secret: ' echo=off "send=$secret" expect=stored 'expect=prompt> ' \
        kill-fob=KILL 'send=jobs' 'send=exit 0' 'send=exit 0' -- bash --rcfile rc -i
    ended 0 || return
    run ! grep -a -q "$secret" shown
}

@test "a fob that is stopped lets a waiting one ask" {
    run terminal --all 'expect=Client ID: ' run=': >go' waiters=1 run='kill -STOP "$(cat pid)"' \
        'expect=Client ID: ' "send=$id" 'expect=Client Secret: ' echo=off "send=$secret" expect=stored -- \
        sh -c 'fob link charliehr held --no-validate </dev/tty & echo $! >pid
            until [ -e go ]; do sleep 0.05; done; fob link charliehr new --no-validate; kill -KILL "$(cat pid)"'
    ended 0
    [ "$(names)" = new ]
}

@test "^D at a prompt gives no answer: 64, and nothing is stored" {
    run terminal "expect=Client ID: " key=eof -- fob link charliehr acme
    ended 64
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " key=eof -- \
        fob link charliehr acme
    ended 64
    has "$output" 'Client Secret: no answer'
    run terminal "expect=New passphrase: " key=eof -- fob --config "$home/fob.yaml" init --passphrase
    ended 64
    [ "$(names)" = "" ]
}

@test "a wrong pair gives CharlieHR's answer and another try; the guide is not repeated" {
    run terminal --all "expect=You need to be an Admin" \
        "expect=Client ID: " send=wrong "expect=Client Secret: " echo=off send=wrong-secret \
        "expect=CharlieHR does not accept this Client ID and Client Secret: Invalid" \
        "expect=Nothing was stored. Once more:" \
        "expect=Client ID: " "send=$id" "expect=Client Secret: " echo=off "send=$secret" \
        "expect=acme: linked to CharlieHR company" -- fob link charliehr acme
    ended 0
    [ "$(grep -c 'You need to be an Admin' shown)" -eq 1 ]
    has_not "$(cat shown)" wrong-secret
    fob get acme | cmp - "$hr/client_secret"
}

@test "after three wrong pairs it ends, with the hint" {
    try=("expect=Client ID: " send=wrong "expect=Client Secret: " send=wrong-secret)
    run terminal --all "${try[@]}" "${try[@]}" "${try[@]}" "expect=hint: check that both are copied" \
        -- fob link charliehr acme
    ended 1
    [ "$(names)" = "" ]
}

@test "an empty secret is asked for again" {
    run terminal --all "expect=Client ID: " "send=$id" "expect=Client Secret: " send= \
        "expect=Client Secret: must not be empty" "expect=Client Secret: " echo=off "send=$secret" \
        "expect=acme: linked" -- fob link charliehr acme
    ended 0
}

@test "a typed secret outlives a failure of the network: try again" {
    fault 503 --times 1
    run terminal --all "expect=Client ID: " "send=$id" "expect=Client Secret: " "send=$secret" \
        "expect=cannot answer now (HTTP 503)" "expect=give up? [t/s/g]: " send=t \
        "expect=acme: linked to CharlieHR company" -- fob link charliehr acme
    ended 0
    [ "$(grep -c 'Client Secret: ' shown)" -eq 1 ]
    fob get acme | cmp - "$hr/client_secret"
}

@test "a typed secret outlives a failure of the network: store it unchecked" {
    write_provider https://127.0.0.1:1/api/v1
    run terminal --all "expect=Client ID: " "send=$id" "expect=Client Secret: " "send=$secret" \
        "expect=could not connect to 127.0.0.1" "expect=give up? [t/s/g]: " send=x \
        "expect=give up? [t/s/g]: " send=s "expect=acme: stored unchecked for CharlieHR" \
        'expect=hint: "fob validate acme" checks it' -- fob link charliehr acme
    ended 0
    [ "$(of_account acme status)" = unchecked ]
    fob get acme | cmp - "$hr/client_secret"
    write_sandbox_provider
    split fob validate acme
    [ "$output" = 'acme: active' ]
}

@test "a typed secret outlives every failure except a rejection; giving up stores nothing" {
    while read -r kind exit; do
        fault "$kind"
        run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " "send=$secret" \
            "expect=give up? [t/s/g]: " send=g -- fob link charliehr acme
        ended "$exit"
    done <<-END
	403 77
	429 75
	500 75
	html 76
	redirect-host 76
	reset 75
	END
    fault 500
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " "send=$secret" \
        "expect=give up? [t/s/g]: " key=eof -- fob link charliehr acme
    ended 75
    [ "$(names)" = "" ]
}

@test "a typed secret outlives an edit whose check fails, and so do the old keys" {
    link_account acme >/dev/null
    fault 500
    run terminal "expect=Client ID [" send=other "expect=Client Secret [unchanged]: " send=other-secret \
        "expect=give up? [t/s/g]: " send=g -- fob edit acme
    ended 75
    fob get acme | cmp - "$hr/client_secret"
    run terminal "expect=Client ID [" send=other "expect=Client Secret [unchanged]: " send=other-secret \
        "expect=give up? [t/s/g]: " send=s -- fob edit acme
    ended 0
    [ "$(fob get acme)" = other-secret ]
    [ "$(of_account acme status)" = unchecked ]
}

@test "edit shows what is there, and Enter keeps it" {
    local before
    link_account acme >/dev/null
    before=$(of_account acme changed)
    sleep 1 # times are whole seconds
    run terminal "expect=Client ID [$id]: " send= "expect=Client Secret [unchanged]: " echo=off send= \
        -- fob edit acme
    ended 0
    has "$output" 'with the keys that it had'
    fob get acme | cmp - "$hr/client_secret"
    [ "$(of_account acme changed)" = "$before" ]
    has_not "$(fob log acme --event edit)" keys
    # The provider rejects the keys: fob asks again, and Enter still keeps the stored value.
    run terminal "expect=Client ID [$id]: " send= "expect=Client Secret [unchanged]: " send=wrong-secret \
        "expect=Once more:" "expect=Client ID [$id]: " send= "expect=Client Secret [unchanged]: " send= \
        -- fob edit acme
    ended 0
    fob get acme | cmp - "$hr/client_secret"
    # Without a person, no value is kept by default.
    split alone fob edit acme
    refused 64
    has "$stderr" 'no value for the field client_id'
}

@test "only an invalid field is asked for again" {
    sed -i 's/{ name: client_id, /&pattern: "[A-Za-z0-9_-]{8,}", /' providers.d/charliehr.yaml
    run terminal "expect=Client ID: " send=short "expect=Client Secret: " "send=$secret" \
        "expect=Client ID: " "send=$id" -- fob link charliehr acme
    ended 0
    has "$output" 'warning: Client ID: does not look right'
    [ "$(grep -c '^Client Secret' shown)" -eq 1 ]
    fob get acme | cmp - "$hr/client_secret"
    run terminal "expect=Client ID [$id]: " send=short "expect=Client Secret [unchanged]: " send= \
        "expect=Client ID [$id]: " send= -- fob edit acme
    ended 0
    [ "$(grep -c '^Client Secret' shown)" -eq 1 ]
}

@test "prompts go to the terminal even when stdin is a pipe and stdout a file" {
    run terminal "expect=Client ID: " "send=$id" "expect=Client Secret: " echo=off "send=$secret" -- \
        sh -c 'echo client_id=from-the-pipe | fob link charliehr acme >answer 2>errors'
    ended 0
    [ "$(cat answer)" = 'acme: linked to CharlieHR company "Acme Sandbox Ltd"' ]
    [ -z "$(without_warning <errors)" ]
    fob get acme client_id | cmp - "$hr/client_id"
}

@test "a field that was given is not asked for" {
    run terminal "expect=Client Secret: " echo=off "send=$secret" -- \
        fob link charliehr acme --field client_id="$id"
    ended 0
    has_not "$(cat shown)" 'Client ID: '
    fob get acme client_id | cmp - "$hr/client_id"
}

@test "--no-input never asks, also on a terminal" {
    for words in "link charliehr acme" "link charliehr acme --field client_id=id"; do
        # shellcheck disable=SC2086 # words
        run terminal -- fob $words --no-input
        ended 64
        has "$output" 'nobody to ask'
        [ ! -s shown ]
    done
    link_account acme >/dev/null
    for words in "edit acme" "revoke acme"; do
        # shellcheck disable=SC2086 # words
        run terminal -- fob --no-input $words
        ended 64
        [ ! -s shown ]
    done
    fault 500
    run terminal -- fob link charliehr two --no-input --stdin < <(pair)
    ended 75
    [ ! -s shown ]
    [ "$(names)" = acme ]
}

@test "with fields from a file nobody is asked, and the hint says what to do" {
    fault 500
    run terminal -- fob link charliehr acme --stdin < <(pair)
    ended 75
    has "$output" 'hint: nothing was stored; --no-validate stores it without asking the provider'
    [ ! -s shown ]
}

@test "a store that cannot be opened is reported before any prompt" {
    other_stores
    run terminal "expect=Passphrase of the store: " echo=off send=wrong -- \
        fob --config locked.yaml link charliehr acme
    ended 77
    has_not "$(cat shown)" 'Client ID'
    rm key
    run terminal -- fob link charliehr new
    ended 77
    [ ! -s shown ]
}

@test "a line longer than a terminal takes is refused, not cut" {
    long=$(printf 'x%.0s' $(seq 4095))
    run terminal "expect=Client ID: " send=x "expect=Client Secret: " "send=$long" \
        "expect=use --field-file or --stdin" -- fob link charliehr acme --no-validate
    ended 64
    [ "$(names)" = "" ]
}

@test "several pasted lines are refused, and do not reach the shell" {
    echo 'PS1="prompt> "; HISTFILE=history' >rc
    for last in '' $'\n'; do
        rm -f history
        code=0
        terminal --all 'expect=prompt> ' \
            'send=fob link charliehr acme --no-validate --field client_id=x' 'expect=Client Secret: ' \
            echo=off "type=one-secret
touch two
touch three
touch four$last" 'expect=Client Secret: more than one line was pasted' 'expect=prompt> ' echo=off \
            'send=exit 7' -- bash --rcfile rc -i || code=$?
        [ "$code" -eq 7 ] || return
        [ "$(cat history)" = 'fob link charliehr acme --no-validate --field client_id=x
exit 7' ] || return
        run ! grep -a -e touch -e one-secret shown
        [ ! -e two ] && [ ! -e four ] || return
        [ "$(names)" = "" ] || return
    done
    # Input from before a secret prompt does not answer it, and the shell gets no part of a secret.
    code=0
    terminal --all 'expect=prompt> ' \
        $'send=sleep 0.2; fob link charliehr acme --no-validate --field client_id=x\ntyped-ahead' \
        'expect=Client Secret: ' echo=off type=half kill-fob=TERM 'expect=prompt> ' \
        'send=exit 7' -- bash --rcfile rc -i || code=$?
    [ "$code" -eq 7 ]
    run ! grep half history
    [ "$(names)" = "" ]
}

@test "two prompts for one passphrase are one; for two they come one after the other" {
    other_stores
    sed "s|$home/store|$home/locked2|" fob.yaml >locked2.yaml
    fob --config locked2.yaml --passphrase-file pass init --passphrase >/dev/null 2>&1
    for i in "" 2; do
        fob --config locked$i.yaml --passphrase-file pass link charliehr acme --no-validate \
            --stdin < <(pair) >/dev/null 2>&1
    done
    run terminal "expect=Passphrase of the store: " echo=off waiters=2 send=pass -- \
        sh -c 'for i in 1 2 3; do fob --config locked.yaml get acme client_id 2>>errors & done; wait'
    ended 0
    [ "$output" = "$id
$id
$id" ]
    [ "$(grep -c Passphrase shown)" -eq 1 ]
    run terminal "expect=Passphrase of the store: " echo=off waiters=1 send=wrong \
        "expect=Passphrase of the store: " echo=off send=wrong-too -- \
        sh -c 'for i in "" 2; do fob --config locked$i.yaml get acme client_id & done; wait'
    [ "$(grep -c 'wrong passphrase' <<<"$output")" -eq 2 ]
    run ! grep wrong shown
    # An interrupt ends both processes, although the shell lets the first ignore it.
    run terminal "expect=Passphrase of the store: " echo=off waiters=1 key=int -- sh -c \
        'trap : INT; fob --config locked.yaml get acme | cat & fob --config locked.yaml get acme; echo $?; wait'
    ended 0
    has "$output" 130
}

@test "a pasted address is stored as the part that the field is" {
    sed -i 's/^fields:/&\n  - { name: company, title: Company, type: label, prefix: "https:\/\/", suffix: .hr.example }/' \
        providers.d/charliehr.yaml
    run terminal "expect=Company (https://NAME.hr.example): " send=evil.example "expect=Client ID: " "send=$id" \
        "expect=Client Secret: " "send=$secret" "expect=Company (https://NAME.hr.example): " \
        "send=https://Acme.hr.example/" -- fob link charliehr acme
    ended 0
    has "$output" 'warning: Company: must be one part of a host name'
    [ "$(fob get acme company)" = acme ]
    fob link charliehr other --field company=other.hr.example --stdin < <(pair)
    [ "$(fob get other company)" = other ]
    run fob guide charliehr
    has "$output" '    https://NAME.hr.example'
    [ "$(fob guide charliehr --json | jq -r '.fields[0] | .prefix + .suffix')" = 'https://.hr.example' ]
}

@test "a stored secret does not follow to another host: an edit asks for it again" {
    sed -i 's/^fields:/&\n  - { name: company, title: Company, type: label }/' providers.d/charliehr.yaml
    fob link charliehr acme --field company=acme --stdin < <(pair) 2>/dev/null
    split fob edit acme --field company=evil --no-input
    refused 64
    has "$stderr" 'no value for the field client_secret, and nobody to ask'
    [ "$(fob get acme company)" = acme ]
    fob edit acme --field company=acme --no-input
    fob edit acme --field company=one --stdin < <(pair)
    [ "$(fob get acme company)" = one ]
    run terminal "expect=Client Secret: " echo=off "send=$secret" -- fob edit acme --field company=two
    ended 0
    [ "$(fob get acme company)" = two ]
    run terminal "expect=Company [two]: " send=three "expect=Client ID [$id]: " send= \
        "expect=Client Secret [unchanged]: " send= "expect=Client Secret: " "send=$secret" -- fob edit acme
    ended 0
    [ "$(fob get acme company)" = three ]
    run terminal "expect=Company [three]: " send= "expect=Client ID [$id]: " send= \
        "expect=Client Secret [unchanged]: " send= -- fob edit acme
    ended 0
}
