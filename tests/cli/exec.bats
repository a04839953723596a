#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The exec plugin: a program's input, its answers, its exit status, and that it inherits nothing else.

load common

setup()
{
    make_home
    # Not below /tmp, where others may write.
    folder=$(mktemp -d "$abs_top_builddir/exec-XXXXXX")
    fob init >/dev/null 2>&1
    script </dev/null
    provider
}

teardown()
{
    local left=0
    if [ -e server ]; then
        kill "$(cat server)"
    fi
    # No child of a program and no part of a secret may be left.
    if pgrep -af "$folder" || grep -rlF 's3cr3t-of-acme' "$home"; then
        left=1
    fi
    if [ -e "$folder/shown" ] && grep -F 's3cr3t-of-acme' "$folder/shown"; then
        left=1
    fi
    rm -r "$folder"
    return "$left"
}

# script <TEXT: the provider's program.
script()
{
    {
        printf '#!/bin/sh\n'
        cat
    } >"$folder/program"
    chmod 755 "$folder/program"
}

# provider [OPTION...]: each hook's stack is the program alone, with these options.
provider()
{
    local hook
    {
        printf '%s\n' 'provider: shell' 'fields:' '  - { name: site, title: Site, optional: true }' \
            '  - { name: key, title: Key, secret: true }'
        for hook in link validate revoke authorize; do
            printf '%s:\n  - { control: required, plugin: exec }\n' "$hook"
        done
        printf 'options:\n'
        case "$*" in
            *command:*) ;;
            *) printf '  command: [ %s ]\n' "$folder/program" ;;
        esac
        [ $# -eq 0 ] || printf '  %s\n' "$@"
    } >providers.d/shell.yaml
}

give()
{
    printf 'site=%s\nkey=%s\n' "${1-eu}" "${2-s3cr3t-of-acme}"
}

# Make an account without running the program.
have_account()
{
    give | fob link shell acme --stdin --no-validate >/dev/null 2>&1
}

@test "link: the output sets fields, the identity and a message" {
    script <<-'END'
	echo field.site=us
	echo field.session=s3ss10n-token=x
	echo identity.id=c-7
	echo "identity.name=Acme Ltd"
	echo message=Welcome
	printf 'field.region=last line without a newline'
	END
    give >"$folder/given"
    split fob link shell acme --stdin <"$folder/given"
    ended 0
    [ "$output" = 'acme: linked to shell account "Acme Ltd"' ]
    [ "$stderr" = 'Welcome' ]
    [ "$(of_account acme remote.id)" = c-7 ]
    [ "$(fob get acme site)" = us ]
    [ "$(fob get acme session)" = 's3ss10n-token=x' ]
    [ "$(fob get acme region)" = 'last line without a newline' ]
    # Known fields stay public or secret; new fields are secret.
    [ "$(of_account acme 'fields | map("\(.name) \(.secret)") | join(",")')" = \
        'site false,key true,session true,region true' ]
}

@test "authorize: the output sets headers of the request; a later one replaces an earlier one" {
    provider 'fields: all'
    script <<-'END'
	while IFS='=' read -r name value; do
	    [ "$name" != key ] || printf 'header.X-Key=%s\n' "$value"
	done
	echo header.X-Site=old
	echo header.x-site=new
	END
    have_account
    run --separate-stderr fob get acme --format header
    [ "${lines[0]}" = 'X-Key: s3cr3t-of-acme' ]
    [ "${lines[1]}" = 'X-Site: new' ]
}

@test "validate and revoke: the program's result decides about the account" {
    script <<-'END'
	[ "$FOB_HOOK" != revoke ] || echo 'message=Tell payroll.'
	END
    have_account
    split fob validate acme
    ended 0
    [ "$output" = 'acme: active' ]
    split fob revoke acme --yes
    ended 0
    [ "$output" = 'acme: revoked at shell, and erased here' ]
    [ "$stderr" = 'Tell payroll.' ]
    [ -z "$(names)" ]
}

@test "the environment has exactly the variables of the page" {
    script <<-END
	tr '\\0' '\\n' </proc/\$\$/environ | sort >$folder/environment
	printf '%s\\n' "\$#" "\$0" "\$@" >$folder/arguments
	END
    provider "command: [ $folder/program, one, 'two  words', '\$HOME', '' ]"
    printf 'key=s3cr3t-of-acme\n' | FOB_SECRET=x LD_BIND_NOW=1 fob link shell acme --stdin --type test \
        --owner-id o-1 --owner-name 'Ann "A" Lee' --owner-email ann@example.com 2>&1
    diff "$folder/environment" - <<-'END'
	FOB_ACCOUNT=acme
	FOB_HOOK=link
	FOB_OWNER_EMAIL=ann@example.com
	FOB_OWNER_ID=o-1
	FOB_OWNER_NAME=Ann "A" Lee
	FOB_PROVIDER=shell
	FOB_REMOTE_ID=
	FOB_REMOTE_NAME=
	FOB_TYPE=test
	LC_ALL=C.UTF-8
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	END
    diff "$folder/arguments" - <<-END
	4
	$folder/program
	one
	two  words
	\$HOME

	END
}

@test "FOB_HOOK names each hook" {
    script <<-END
	echo "\$FOB_HOOK" >>$folder/hooks
	END
    give >"$folder/given"
    fob link shell acme --stdin <"$folder/given"
    fob validate acme
    fob get acme --format header || true
    fob revoke acme --yes
    [ "$(xargs <"$folder/hooks")" = 'link validate authorize revoke' ]
}

@test "a binary and a script have only descriptors 0, 1 and 2" {
    # A shell keeps its script open, at a high descriptor.
    script <<-'END'
	open=
	for fd in 0 1 2 3 4 5 6 7 8 9; do
	    [ ! -e "/proc/$$/fd/$fd" ] || open="$open$fd $(readlink "/proc/$$/fd/$fd" | cut -d: -f1) "
	done
	printf %s "$open" >"${0%/*}/fds"
	END
    have_account
    fob validate acme 7</etc/passwd
    [ "$(cat "$folder/fds")" = '0 pipe 1 pipe 2 pipe ' ]
    rm "$folder/fds"
    provider "command: [ $(readlink -f /bin/sh), $folder/program ]"
    fob validate acme 7</etc/passwd
    [ "$(cat "$folder/fds")" = '0 pipe 1 pipe 2 pipe ' ]
}

# For tests of fob's own system calls, or of how fob itself was started.
not_in_valgrind()
{
    [ -z "${FOB_TEST_VALGRIND-}" ] || skip 'under valgrind'
}

@test "a binary runs by its checked descriptor, a script by its path" {
    needs_strace
    not_in_valgrind
    have_account
    strace -f -qq -e trace=execve,execveat -o calls fob validate acme
    grep -E 'execveat\([0-9]+, "", .* AT_EMPTY_PATH\) = -1 ENOENT' calls
    grep -F "execve(\"$folder/program\"" calls
    provider "command: [ $(readlink -f /bin/true) ]"
    strace -f -qq -e trace=execve,execveat -o calls fob validate acme
    grep -E 'execveat\([0-9]+, "", .* AT_EMPTY_PATH\) += 0' calls
    [ "$(grep -c execve calls)" -eq 3 ] # fob, fob-worker, the program
}

@test "the program has its own session, the folder /, umask 077, and no signal blocked or ignored" {
    # A shell blocks signals around each fork, so no shell may read this.  Signals 32 and 33 belong to libc.
    script <<-END
	while read -r name value; do
	    case \$name in
	        SigBlk:|SigIgn:) signals="\$signals\$name \$((0x\$value & 0x7fffffff)) " ;;
	    esac
	done </proc/\$\$/status
	read -r _ _ _ _ group session terminal _ </proc/\$\$/stat
	printf '%s\n' "\$PWD \$(umask)" "\$((group == \$\$)) \$((session == \$\$)) \$terminal" \
	    "\${signals% }" >$folder/state
	END
    have_account
    (
        trap '' HUP PIPE USR1
        fob validate acme
    )
    diff "$folder/state" - <<-'END'
	/ 0077
	1 1 0
	SigBlk: 0 SigIgn: 0
	END
}

@test "fields: the program gets no secret ones, all, or those that are named" {
    script <<-END
	cat >$folder/input
	END
    have_account
    fob validate acme
    [ "$(cat "$folder/input")" = 'site=eu' ]
    provider 'fields: all'
    fob validate acme
    [ "$(cat "$folder/input")" = 'site=eu
key=s3cr3t-of-acme' ]
    provider 'fields: [ key, other ]'
    fob validate acme
    [ "$(cat "$folder/input")" = 'key=s3cr3t-of-acme' ]
    provider 'fields: some'
    split fob validate acme
    refused 78
    has "$stderr" 'providers.d/shell.yaml:15:11: fields: must be a list of texts, or all'
    rm "$folder/input"
}

@test "a secret is in no argument, environment, log or message, even when the program shouts it" {
    provider 'fields: all' "command: [ $folder/program, site ]"
    script <<-END
	read -r line; read -r line
	tr '\\0' '\\n' </proc/\$\$/cmdline >$folder/shown
	tr '\\0' '\\n' </proc/\$\$/environ >>$folder/shown
	echo "first \$line" >&2
	echo "message=the \$line"
	echo "the \$line" >&2
	exit 76
	END
    have_account
    FOB_DEBUG=all split fob validate acme --trace
    ended 76
    has "$stderr" 'the key=**************'
    has "$stderr" 'first key=**************'
}

@test "a value with a newline is refused, and the message names the field" {
    printf 'a\nb-s3cr3t-of-acme' >"$folder/two"
    printf 'site=eu\n' | fob link shell acme --stdin --field-file key="$folder/two" --no-validate 2>&1
    rm "$folder/two"
    fob validate acme
    provider 'fields: all'
    split fob validate acme
    refused 64
    has "$stderr" 'provider shell: exec: the field key has a newline or a NUL, which no line can carry'
    has "$stderr" 'hint: name the other fields in the option fields, if the program needs no key'
}

@test "input of the largest size arrives whole; more is refused" {
    provider 'fields: all'
    script <<-END
	sleep 0.1
	wc -c >$folder/size
	END
    head -c 200000 /dev/zero | tr '\0' x >"$folder/long"
    fob link shell acme --stdin --field-file key="$folder/long" <<<'site=eu'
    [ "$(cat "$folder/size")" = $((200000 + 5 + 8)) ]
    fob edit acme --no-validate --field-file site="$folder/long"
    split fob validate acme
    refused 64
    has "$stderr" 'the fields have over 262144 bytes together'
}

@test "a program that reads nothing does not end the caller" {
    provider 'fields: all'
    script <<-'END'
	exec <&-
	END
    head -c 200000 /dev/zero | tr '\0' x >"$folder/long"
    fob link shell acme --stdin --field-file key="$folder/long" <<<'site=eu'
    split fob validate acme
    ended 0
}

@test "exit statuses mean what they mean in fob(1), and only 1 counts against the account" {
    local status_of code
    have_account
    fob validate acme
    while read -r status_of code; do
        script <<-END
		echo "the reason" >&2
		exit $status_of
		END
        split fob validate acme --trace
        has "$stderr" "exec required: $code -> "
        ended "${status_of//70/78}"
        if [ "$status_of" -ne 1 ]; then
            [ "$(of_account acme status)/$(of_account acme refused)" = active/null ]
            has "$output$stderr" 'shell: the reason'
        fi
    done <<-'END'
	64 invalid
	65 corrupt
	66 not_found
	69 manual
	70 plugin
	73 exists
	74 system
	75 unavailable
	76 protocol
	77 suspended
	78 config
	1 rejected
	END
    [ "$(of_account acme refused)" != null ]
    fob validate acme --now || [ $? -eq 1 ]
    [ "$(of_account acme status)" = rejected ]
}

@test "an unknown status fails closed" {
    have_account
    for number in 2 63 67 79 99 126 127 255; do
        script <<<"exit $number"
        split fob validate acme
        refused 78
        has "$stderr" "ended with status $number, which means nothing"
        has "$stderr" 'hint: see fob_exec(7) for what each status means'
        split fob revoke acme --yes
        refused 78
        [ "$(names)" = acme ]
    done
}

@test "a signal fails closed" {
    have_account
    for name in KILL TERM SEGV USR1; do
        script <<-END
		echo "oh dear" >&2
		kill -$name \$\$
		END
        split fob revoke acme --yes
        refused 78
        has "$stderr" "ended by signal $(kill -l "$name"): oh dear"
        [ "$(names)" = acme ]
    done
}

@test "code= can express every code" {
    have_account
    fob validate acme
    script <<-'END'
	echo code=denied
	echo "the right to read is missing" >&2
	exit 77
	END
    split fob validate acme
    ended 77
    [ "$(of_account acme status)" = degraded ]
    script <<-'END'
	echo code=rate_limited
	END
    split fob validate acme --trace
    ended 75
    has "$stderr" 'exec required: rate_limited -> '
    has "$stderr" 'answered rate_limited, without a reason'
    # A stack whose entries all return "ignore" does not succeed.
    script <<<'echo code=ignore'
    split fob validate acme --trace
    refused 78
    has "$stderr" 'exec required: ignore -> ignore'
    script <<-'END'
	echo "message=Open Settings, API keys, and delete the key."
	echo code=manual
	echo "keys are deleted in its web application" >&2
	END
    split fob revoke acme --yes
    ended 0
    has "$stderr" 'Open Settings, API keys, and delete the key.'
    [ "$output" = 'acme: erased here; at shell a person must still end it: shell: keys are deleted in its web application' ]
}

@test "code= and a status that contradict each other fail closed" {
    have_account
    script <<-'END'
	echo code=rejected
	exit 75
	END
    split fob revoke acme --yes
    refused 78
    has "$stderr" 'said code=rejected, but ended with status 75'
    script <<-'END'
	echo code=success
	exit 1
	END
    split fob validate acme --now
    refused 78
    has "$stderr" 'said code=success, but ended with status 1'
    [ "$(names)" = acme ]
}

# wrong LINE...: the link hook answers with LINE, and fob refuses the answer.
wrong()
{
    printf '%b' "$1" >"$folder/answer"
    split fob link shell acme --stdin <"$folder/given"
    refused 78
    has "$stderr" "provider shell: exec: $folder/program: line ${3-1} of its answer $2"
    has_not "$stderr" hunter2
    [ -z "$(names)" ]
}

@test "an invalid answer is reported by its line, and has no effect" {
    script <<<"cat $folder/answer"
    give >"$folder/given"
    wrong 'hunter2\n' 'is not understood'
    wrong '\n' 'is not understood'
    wrong '=hunter2\n' 'is not understood'
    wrong 'hunter2=hunter2\n' 'is not understood'
    wrong 'field.=hunter2\n' 'is not understood'
    wrong 'fields.site=hunter2\n' 'is not understood'
    wrong 'Message=hunter2\n' 'is not understood'
    wrong 'field.site=hunter2\nfield.site=a\0hunter2\n' 'is not understood' 2
    wrong 'field.site=hunter2\n\xff\xfe\x80hunter2' 'is not understood' 2
    wrong "field.$(printf '%0200d' 0)=hunter2\n" 'is not understood'
    wrong 'field.HUNTER2=hunter2\n' 'sets a field that cannot be'
    wrong 'field.token=hunter2\r\n' 'sets a field to a value that ends with a carriage return'
    wrong 'field.token=hunter2 \n' 'sets a field to a value that ends with a blank'
    wrong 'message=one\ncode=hunter2\n' 'names no return code' 2
    wrong 'header.X-Key=hunter2\n' 'has no place in this hook'
    wrong "identity.id=$(printf '%0300d' 0)\n" 'has an id of over 255 bytes'
    printf 'identity.name=hunter2\n' >"$folder/answer"
    split fob link shell acme --stdin <"$folder/given"
    refused 78
    has "$stderr" 'an identity.name without an identity.id'
    printf 'identity.id=a\thunter2\n' >"$folder/answer"
    split fob link shell acme --stdin <"$folder/given"
    refused 78
    has "$stderr" 'its identity.id is not usable'
    has_not "$stderr" hunter2
}

@test "fields are for link, an identity for link and validate, headers for authorize" {
    have_account
    for line in field.site=x header.a=b; do
        script <<<"echo $line"
        split fob validate acme
        refused 78
        has "$stderr" 'line 1 of its answer has no place in this hook'
    done
    script <<<"echo identity.id=c-7"
    split fob revoke acme --yes
    refused 78
    script <<<"printf 'header.X-Key=a\\tb\\n'"
    split fob get acme --format header
    refused 78
    has "$stderr" 'line 1 of its answer is not a header that can be sent'
}

@test "a program with too long an answer is ended, and the answer refused" {
    script <<-'END'
	yes message=x
	END
    have_account
    split fob validate acme
    refused 78
    has "$stderr" "provider shell: exec: $folder/program: its answer has over 262144 bytes"
}

@test "the last lines of stderr become the message, with control characters replaced" {
    script <<-'END'
	seq 1 100 >&2
	yes x | tr -d '\n' | head -c 300000 >&2
	printf '\n\n\033[31mred\000\377 the last' >&2
	exit 75
	END
    have_account
    split fob validate acme
    ended 75
    has "$stderr" 'shell: ?[31mred?? the last'
    has "$stderr" 'warning: shell/validate/exec: 100'
    has_not "$stderr" 'exec: 90'
    [ "${#stderr}" -lt 2000 ]
}

@test "the stderr of a successful program goes only to the debug log" {
    script <<<'echo "all is well" >&2'
    have_account
    split fob validate acme
    [ -z "$stderr" ]
    FOB_DEBUG=all split fob validate acme
    has "$stderr" 'debug: shell/validate/exec: all is well'
}

@test "a program that takes too long is ended with its group, and does not change the account" {
    provider 'timeout: 4s'
    script <<-END
	trap '' TERM
	sleep 60 &
	sh -c "trap '' TERM; while :; do sleep 1; done; : $folder" &
	echo "I am busy" >&2
	while :; do sleep 1; done
	END
    have_account
    fob show acme --json | jq 'del(.last_used)' >before
    split fob validate acme
    ended 75
    has "$stderr" "provider shell: exec: $folder/program: not done within 4 s"
    has "$stderr" 'hint: the option timeout gives it more time'
    has "$stderr" 'warning: shell/validate/exec: I am busy'
    fob show acme --json | jq 'del(.last_used)' | diff before -
    run ! pgrep -f "$folder"
}

@test "a program that ends at SIGTERM is not killed" {
    provider 'timeout: 4s'
    script <<-END
	trap 'echo cleaned >$folder/cleaned; exit 0' TERM
	while :; do sleep 0.1; done
	END
    have_account
    split fob validate acme
    ended 75
    [ "$(cat "$folder/cleaned")" = cleaned ]
}

@test "the hook ends with the program: its group ends at once, its other processes with the command" {
    script <<-END
	sleep 600 &
	echo \$! >$folder/stays
	setsid sleep 600 &
	echo \$! >$folder/left
	echo message=done
	END
    have_account
    split fob validate acme
    ended 0
    [ "$stderr" = 'done' ]
    # The process is gone, or it is a zombie that its new parent has not reaped yet.
    for left in stays left; do
        [ "$(ps -o state= -p "$(cat "$folder/$left")" || echo Z)" = Z ]
    done
}

@test "a program does not outlive a killed caller" {
    script <<-END
	echo \$\$ >$folder/pid.new
	mv $folder/pid.new $folder/pid
	while :; do sleep 0.1; done
	END
    have_account
    fob validate acme &
    wait_until test -e "$folder/pid"
    kill -KILL $!
    reap $!
    wait_until without_process "$folder"
}

# untrusted WORDS: no program is run, and the message has WORDS.
untrusted()
{
    split fob validate acme
    refused 78
    has "$stderr" "$1"
    [ ! -e "$folder/ran" ]
}

@test "a program that others could have written is not run" {
    script <<<"touch $folder/ran"
    have_account
    chmod g+w "$folder/program"
    untrusted "$folder/program: its group may write to it (mode 0775)"
    chmod g-w,o+w "$folder/program"
    untrusted "$folder/program: everybody may write to it (mode 0757)"
    chmod o-w "$folder/program"
    chmod o+w "$folder"
    untrusted "$folder: everybody may write to it"
    chmod o-w "$folder"
    mkdir -m 777 "$folder/open"
    cp -p "$folder/program" "$folder/open"
    ln -s "$folder/open/program" "$folder/link"
    provider "command: [ $folder/link ]"
    untrusted "$folder/open: everybody may write to it"
    if is_root; then
        provider
        chown 1 "$folder/program"
        untrusted "$folder/program: belongs to user 1, not to root or to you"
    fi
}

@test "a file that is no program is not run, and the message says why" {
    have_account
    provider 'command: [ program ]'
    untrusted 'program: not an absolute path'
    provider "command: [ $folder/missing ]"
    untrusted "$folder/missing: No such file or directory"
    provider "command: [ $folder ]"
    untrusted "$folder: not a regular file"
    provider
    chmod a-x "$folder/program"
    untrusted "providers.d/shell.yaml:14:14: command: $folder/program: cannot be run: Permission denied"
    has "$stderr" 'hint: "fob plugins exec" shows what each option takes'
    run -78 fob check
    has "$output" "providers.d/shell.yaml:14:14: command: $folder/program: cannot be run: Permission denied"
    provider 'command: []'
    untrusted 'command: must be a list of at least one text'
}

@test "a script without its interpreter is not run, and the message says why" {
    not_in_valgrind
    have_account
    printf '#!/nonexistent/interpreter\n' >"$folder/program"
    chmod 755 "$folder/program"
    untrusted "$folder/program: its interpreter /nonexistent/interpreter: No such file or directory"
    run -78 fob check
    has "$output" "command: $folder/program: its interpreter /nonexistent/interpreter: No such file"
    printf '#!/bin/sh\r\n' >"$folder/program"
    untrusted "$folder/program: its interpreter /bin/sh?: No such file or directory"
    run -78 fob check
    for text in '' 'no program\n'; do
        printf "$text" >"$folder/program"
        untrusted "$folder/program: cannot be run: it is a text that does not begin with #!"
        run -78 fob check
        has "$output" "shell.yaml:14:14: command: $folder/program: cannot be run: it is a text"
    done
}

@test "an interpreter that others could have written is not run, at any depth" {
    have_account
    script <<<"touch $folder/ran"
    mv "$folder/program" "$folder/inner"
    printf '#!%s -e\n' "$folder/inner" >"$folder/outer"
    printf '#! %s\n' "$folder/outer" >"$folder/program"
    chmod 755 "$folder/outer" "$folder/program"
    fob validate acme
    [ -e "$folder/ran" ]
    rm "$folder/ran"
    chmod o+w "$folder/inner"
    untrusted "$folder/program: its interpreter $folder/inner: everybody may write to it"
    run -78 fob check
    has "$output" "shell.yaml:14:14: command: $folder/program: its interpreter $folder/inner: everybody"
    chmod o-w "$folder/inner"
    printf '#!%s\n' "$folder/program" >"$folder/outer"
    untrusted "$folder/program: its interpreters are nested too deep"
}

@test "a link to a trusted program is followed" {
    script <<<"touch $folder/ran"
    ln -s "$folder/program" "$folder/link"
    have_account
    provider "command: [ $folder/link ]"
    fob validate acme
    [ -e "$folder/ran" ]
}

# Other users may have no access to the build, for example in root's home.
others_enter()
{
    command -v setpriv >/dev/null || skip 'setpriv is not installed'
    chmod 755 "$folder"
    setpriv --reuid 65534 --clear-groups test -x "$folder/." ||
        skip 'others cannot enter the build folder'
}

@test "user: root runs the program as another user, irrevocably" {
    is_root || skip 'only root can become somebody else'
    others_enter
    provider 'user: daemon'
    script <<-'END'
	read -r line
	printf 'message=%s\n' "$(id -un) $(id -gn) $(id -Gn) $(grep -E '^(Uid|Gid|Groups)' /proc/$$/status | xargs)" "$line"
	END
    have_account
    split fob validate acme
    ended 0
    [ "${stderr_lines[0]}" = "daemon daemon daemon Uid: 1 1 1 1 Gid: 1 1 1 1 Groups: 1" ]
    [ "${stderr_lines[1]}" = site=eu ]
    provider 'user: nobody-at-all'
    split fob validate acme
    refused 78
    has "$stderr" 'user: nobody-at-all: there is no such user'
    run -78 fob check
    has "$output" 'shell.yaml:15:9: user: nobody-at-all: there is no such user'
}

@test "user: other callers cannot change the user" {
    is_root || skip 'root is needed to be somebody else'
    others_enter
    mkdir "$folder/home"
    sed -e "s|$home|$folder/home|" fob.yaml >"$folder/fob.yaml"
    provider 'user: root'
    cp -r providers.d "$folder/home"
    chown -R 65534 "$folder/home"
    cd "$folder/home"
    export FOB_CONFIG=$folder/fob.yaml
    setpriv --reuid 65534 --clear-groups fob init 2>&1
    split setpriv --reuid 65534 --clear-groups fob link shell acme --stdin <<<'key=k'
    cd "$home"
    refused 78
    has "$stderr" 'shell.yaml:15:9: user: only root can run a program as root'
}

@test "a closed standard stream of the caller does not matter" {
    provider 'fields: all'
    script <<-'END'
	cat >/dev/null
	echo message=hello
	echo goodbye >&2
	exit 75
	END
    have_account
    split fob validate acme <&-
    ended 75
    has "$stderr" hello
    has "$stderr" 'shell: goodbye'
}

@test "a caller may ignore or block SIGCHLD" {
    have_account
    for how in "signal.signal(signal.SIGCHLD, signal.SIG_IGN)" \
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())"; do
        run python3 -c "import os, signal
$how
os.execvp('fob', ['fob', 'validate', 'acme'])"
        ended 0 || return
    done
}

@test "a failure of an optional notice does not stop a revocation" {
    script <<-END
	printf '%s: %s of %s\\n' "\$FOB_PROVIDER" "\$FOB_HOOK" "\$FOB_ACCOUNT" >$folder/notice
	exit 1
	END
    cat >providers.d/shell.yaml <<-END
	provider: shell
	fields:
	  - { name: key, title: Key, secret: true }
	link:
	  - { control: required, plugin: debug }
	validate:
	  - { control: required, plugin: debug }
	revoke:
	  - { control: required, plugin: debug }
	  - { control: optional, plugin: exec, options: { command: [ $folder/program ] } }
	END
    fob link shell acme --stdin --no-validate <<<'key=k'
    split fob revoke acme --yes
    ended 0
    [ "$output" = 'acme: revoked at shell, and erased here' ]
    [ "$(cat "$folder/notice")" = 'shell: revoke of acme' ]
}

# The provider that is a shell script, with a stub of its system.
start_example()
{
    command -v jq >/dev/null && command -v curl >/dev/null || skip 'jq or curl is not installed'
    python3 "$abs_top_srcdir/tests/cli/examplehr.py" port told >asked 3>&- &
    echo $! >server
    while [ ! -e port ]; do
        kill -0 "$(cat server)"
        sleep 0.02
    done
    install -m 755 "$abs_top_srcdir/conf/examples/examplehr.sh" "$folder"
    sed -e "s|/usr/local/libexec/fob|$folder|" -e "s|https://api.example.com|http://127.0.0.1:$(cat port)|" \
        "$abs_top_srcdir/conf/examples/examplehr.yaml" >providers.d/examplehr.yaml
}

@test "the example, a provider in shell alone: linked, used, validated, revoked" {
    start_example
    split fob link examplehr acme --stdin <<<'token=good-token'
    ended 0
    [ "$output" = 'acme: linked to Example HR company "Acme Ltd é"' ]
    [ "$(cat asked)" = 'GET /v1/company Bearer good-token' ]
    [ "$(fob get acme --format header)" = 'Authorization: Bearer good-token' ]
    split fob validate acme
    ended 0
    split fob revoke acme --yes
    ended 0
    [ "$output" = 'acme: revoked at Example HR, and erased here' ]
    [ "$stderr" = 'Example HR keeps its logs of acme for 30 days.' ]
    [ "$(tail -n 1 asked)" = 'DELETE /v1/token Bearer good-token' ]
    # The token is no longer valid.
    split fob link examplehr acme --stdin <<<'token=good-token'
    refused 1
    has "$stderr" 'fob: examplehr: Example HR does not accept this token'
}

@test "the example's actions and requests go to its base_url, with the header of its script" {
    start_example
    fob link examplehr acme --stdin <<<'token=good-token'
    run -0 fob check
    split fob run acme list-employees --format csv
    ended 0
    [ "$output" = $'id,name\r\n1,Ada\r\n2,Bo\r' ]
    [ "$(tail -n 1 asked)" = 'GET /v1/employees Bearer good-token' ]
    split fob run acme add-note id=2 'text=well done' --yes --format json
    ended 0
    jq -e '.noted == "well done"' <<<"$output"
    split fob request acme /company
    ended 0
    jq -e '.id == "c-7"' <<<"$output"
    [ "$(tail -n 1 asked)" = 'GET /v1/company Bearer good-token' ]
    # The script needs a URL, and gives none.
    sed -i '/base_url:/d' providers.d/examplehr.yaml
    split fob check
    ended 0
    has "$output" 'note: no option base_url, so authorize must set one for actions'
    split fob request acme /company
    refused 78
    has "$stderr" 'fob: examplehr: base_url is not set'
    sed -i 's|^options:|&\n  base_url: https://api.example.com/?v1|' providers.d/examplehr.yaml
    split fob check
    ended 78
    has "$output" 'base_url: it must not have a query or a fragment'
}

@test "the example says what each answer of its system means" {
    local answer status_of result
    start_example
    fob link examplehr acme --stdin <<<'token=good-token'
    while read -r answer status_of result; do
        echo "$answer" >told
        split fob validate acme --json
        ended "$status_of"
        [ "$(jq -r .result <<<"${lines[0]}")" = "$result" ]
    done <<-'END'
	401 1 rejected
	403 77 denied
	404 76 protocol
	429 75 rate_limited
	500 75 unavailable
	503 75 unavailable
	200 76 protocol
	302 76 protocol
	END
    kill "$(cat server)"
    rm server
    run fob validate acme --json
    ended 75
    split fob link examplehr other --stdin <<<'token=a "quoted" one'
    refused 64
    [ "$(names)" = acme ]
}
