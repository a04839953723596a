#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob hook: completion, fob-use and fob-drop, in the real shells.

load common

setup()
{
    new_store
    store acme "se cret'\"\$\`!\\x"
    store bolt second
}

next()
{
    fob complete -- "$@" | cut -f 1 | tr '\n' ' '
}

@test "completion offers words from the tables, the store and the providers" {
    [[ $(next "") == *"link "*"get "*"hook "* ]]
    [ "$(next va)" = "validate " ]
    [ "$(next validate "")" = "acme bolt " ]
    [ "$(next get ac)" = "acme " ]
    [ "$(next get acme "")" = "client_id client_secret " ]
    [ "$(next get --format e)" = "env " ]
    [ "$(next get --format=e)" = "--format=env " ]
    [ "$(next get acme --fo)" = "--format --force " ]
    [ "$(next link "")" = "charliehr " ]
    [ "$(next link charliehr "")" = "" ]
    [ "$(next list --status re)" = "rejected " ]
    [ "$(next request bolt PA)" = "PATCH " ]
    [ "$(next key a)" = "add " ]
    [ "$(next export "")" = ":files " ]
    [ "$(next exec acme "")" = "acme bolt " ]
    [ "$(next exec acme -- "")" = ":commands " ]
    [ "$(next exec acme -- ls "")" = ":files " ]
    [ "$(next exec acme --env A=client_s)" = "A=client_secret " ]
    [ "$(next exec bolt --env=A=acme:)" = "--env=A=acme:client_id --env=A=acme:client_secret " ]
    [ "$(next exec acme --env A)" = "" ]
    # With several accounts, a field needs its account's name.
    [ "$(next exec --mask acme --force bolt --env A=)" = "A=acme: A=bolt: " ]
    [ "$(next exec acme bolt --env=A=b)" = "--env=A=bolt: " ]
    [ "$(next exec acme bolt --env A=bolt:client_s)" = "A=bolt:client_secret " ]
    [ "$(next list --format "")" = "table json prometheus " ]
    [ "$(next list --format=p)" = "--format=prometheus " ]
    [ "$(next --json va)" = "validate " ]
    [ "$(next --config x --trace get acme --fo)" = "--format --force " ]
    [ "$(next --config "")" = ":files " ]
    [ "$(next nonsense "")" = "" ]
    [ "$(next get nobody "")" = "" ]
    run -64 fob complete
    # Completion is no use of an account.
    [ "$(fob log --event get | wc -l)" -eq 0 ]
}

@test "completion needs no key, asks nobody, and prints nothing if it has no offer" {
    mv key away
    [ "$(next show "")" = "acme bolt " ]
    [ -z "$(fob complete -- get acme "" 2>&1)" ]
    rm -r store
    [ -z "$(fob complete -- show "" 2>&1)" ]
}

@test "bash completes" {
    fob hook bash >hook
    printf "PS1='$ '\n. ./hook\n" >rc
    HISTFILE=/dev/null terminal --all 'expect=$ ' $'type=fob val\t' expect=validate $'type=ac\t' expect=acme \
        $'type=--no\t' expect=--no 'type=w' send= 'expect=acme' 'send=exit 0' -- bash --rcfile rc -i || true
    grep -aq 'fob validate acme --no' shown
    HISTFILE=/dev/null terminal --all 'expect=$ ' $'type=fob-use bo\t' expect=bolt send= \
        'expect=$ ' 'send=echo "<$CHARLIEHR_CLIENT_SECRET>"' 'expect=<second>' 'send=exit 0' -- bash --rcfile rc -i
}

@test "bash completes files and commands, and inserts fob's words unchanged" {
    fob hook bash >hook
    printf "PS1='$ '\n. ./hook\n" >rc
    echo text >'a file'
    # Patterns in values are not expanded, whatever files there are, and the user's IFS does not matter.
    HISTFILE=/dev/null terminal --all 'expect=$ ' 'send=IFS=c' \
        'expect=$ ' $'type=fob exec acme -- printe\t' 'send=CHARLIEHR_CLIENT_ID' expect=id \
        'expect=$ ' $'type=fob exec acme -- cat a\t' send= expect=text \
        'expect=$ ' $'type=fob get ac\tclient_i\t' send= expect=id \
        'expect=$ ' 'send=fob() { :; }; command() { shift; printf "%s\\n" a\* b\*; }; printf "(%s)" "$IFS"' 'expect=(c)' \
        'expect=$ ' 'send=COMP_LINE="fob x" COMP_WORDS=(fob x) COMP_CWORD=1; _fob_complete fob x fob; declare -p COMPREPLY; echo $-' \
        'expect="a*" [1]="b*"' 'expect=h' 'expect=$ ' 'send=exit 0' -- bash --rcfile rc -i
    run ! grep -a '^[a-zA-Z]*f[a-zA-Z]*h' shown
}

@test "bash completes behind =, where readline cuts a word" {
    fob hook bash >hook
    printf "PS1='$ '\n. ./hook\n" >rc
    export HISTFILE=/dev/null
    # Run each completed command.
    terminal --all 'expect=$ ' $'type=fob get acme client_id --format=j\t' send= 'expect={"client_id":"id"}' \
        'expect=$ ' $'type=fob exec acme --env A=client_i\t' 'send=-- sh -c "echo got=\$A"' expect=got=id \
        'expect=$ ' $'type=fob exec bolt acme --env=A=acme:client_i\t' 'send=-- sh -c "echo got=\$A"' expect=got=id \
        'expect=$ ' $'type=fob exec bolt acme --env A=ac\tclient_i\t' 'send=-- sh -c "echo got=\$A"' expect=got=id \
        'expect=$ ' $'type=fob list --json | grep -c acme; fob sho\t' 'send=bolt' 'expect=Account' \
        'expect=$ ' 'send=exit 0' -- bash --rcfile rc -i
}

@test "zsh completes" {
    command -v zsh >/dev/null || skip "no zsh"
    fob hook zsh >hook
    printf 'PS1="$ "\nautoload -U compinit; compinit -u -d %s/dump\n. ./hook\n' "$home" >.zshrc
    ZDOTDIR=$home terminal --all 'expect=$ ' $'type=fob sho\t' expect=show $'type=ac\t' expect=acme send= \
        'expect=Account' 'send=exit 0' -- zsh -i
    ZDOTDIR=$home terminal --all 'expect=$ ' $'type=fob-use bo\t' expect=bolt send= \
        'expect=$ ' 'send=echo "<$CHARLIEHR_CLIENT_SECRET>"' 'expect=<second>' 'send=exit 0' -- zsh -i
}

@test "fish completes" {
    command -v fish >/dev/null || skip "no fish"
    run -0 fish --no-config -c 'fob hook fish | source; complete -C "fob val"; complete -C "fob show a"; complete -C "fob-use b"'
    [[ $output == *validate*acme*bolt* ]]
}

@test "fish completes and shows the account in its prompt, on a terminal" {
    command -v fish >/dev/null || skip "no fish"
    fob hook fish >hook
    export XDG_CONFIG_HOME=$home/config XDG_DATA_HOME=$home/data TERM=xterm
    mkdir -p config/fish
    cat >config/fish/config.fish <<'END'
source hook
function fish_prompt; fob-prompt; echo -n 'ready> '; end
function fish_greeting; end
END
    terminal --all 'expect=ready> ' $'type=fob sho\t' expect=show $'type=bol\t' expect=bolt send= \
        'expect=Account' 'expect=ready> ' $'type=fob-use bol\t' expect=bolt send= 'expect=(bolt) ready> ' \
        'send=echo "<$CHARLIEHR_CLIENT_SECRET>"' 'expect=<second>' 'expect=ready> ' 'send=exit 0' -- fish -i
}

@test "zsh completes behind =" {
    command -v zsh >/dev/null || skip "no zsh"
    fob hook zsh >hook
    printf 'PS1="$ "\nautoload -U compinit; compinit -u -d %s/dump\n. ./hook\n' "$home" >.zshrc
    ZDOTDIR=$home terminal --all 'expect=$ ' $'type=fob get acme client_id --format=j\t' send= \
        'expect={"client_id":"id"}' \
        'expect=$ ' $'type=fob exec acme --env A=client_i\t' 'send=-- sh -c "echo got=\$A"' expect=got=id \
        'expect=$ ' 'send=exit 0' -- zsh -i
}

# Set each value in each shell, and unset it again.
@test "fob-use puts a credential into bash, and fob-drop takes it out" {
    cat >script <<'END'
eval "$(fob hook bash)"
fob-use acme
printf '%s\n' "$CHARLIEHR_CLIENT_SECRET"
printenv CHARLIEHR_CLIENT_ID
fob-use bolt --prefix B_
echo "$B_CLIENT_SECRET"
PS1='$(fob-prompt)x'
echo "${PS1@P}"
fob-drop bolt
echo "${B_CLIENT_SECRET-none} $(fob-prompt)"
fob-drop bolt || echo "code $?"
fob-drop
echo "${CHARLIEHR_CLIENT_SECRET-none}$(fob-prompt)"
fob-use nobody || echo "code $?"
END
    run -0 bash script
    [[ $output == *"se cret'\"\$\`!\\x
id
second
"*bolt*"none (acme)"*"code 66"*"none"*"code 66"* ]]
    cat >script <<'END'
eval "$(fob hook bash)"
set -eu
[ -z "$(fob-prompt)" ]
fob-drop
IFS=:
fob-use acme; fob-use acme --prefix A_
echo "${CHARLIEHR_CLIENT_ID-none} $A_CLIENT_ID"
fob-use bolt --prefix A_
fob-prompt
fob-drop
echo "${A_CLIENT_ID-none}"
fob-use --prefix A_ acme || echo "code $?"
fob-use || echo "code $?"
END
    run -0 --separate-stderr bash script
    [ "$output" = "none id
(bolt) none
code 64
code 64" ]
    echo 'set -x; fob-use acme; fob-use bolt' >traced
    bash -c 'eval "$(fob hook bash)"; . ./traced' 2>trace
    run ! grep -e 'se cret' -e second trace
    grep -q 'fob-use acme' trace
}

@test "fob-use puts a credential into zsh, and fob-drop takes it out" {
    command -v zsh >/dev/null || skip "no zsh"
    cat >script <<'END'
eval "$(fob hook zsh)"
fob-use acme
print -r -- "$CHARLIEHR_CLIENT_SECRET"
printenv CHARLIEHR_CLIENT_ID
fob-use bolt --prefix B_
fob-drop bolt
echo "${B_CLIENT_SECRET-none} $(fob-prompt)"
fob-drop bolt || echo "code $?"
fob-drop
echo "${CHARLIEHR_CLIENT_SECRET-none}$(fob-prompt)"
fob-use nobody || echo "code $?"
fob-use acme; fob-use acme --prefix A_
echo "${CHARLIEHR_CLIENT_ID-none} $A_CLIENT_ID"
fob-use bolt --prefix A_
fob-prompt; echo
fob-drop
fob-use --prefix A_ acme || echo "code $?"
setopt ksh_arrays sh_word_split
fob-use acme; echo "$CHARLIEHR_CLIENT_ID $(fob-prompt)"; fob-drop
setopt xtrace
fob-use acme
END
    run -0 --separate-stderr zsh -f script
    [ "$output" = "se cret'\"\$\`!\\x
id
none (acme) 
code 66
none
code 66
none id
(bolt) 
code 64
id (acme) " ]
    has_not "$stderr" 'se cret'
}

@test "fob-use puts a credential into fish, and fob-drop takes it out" {
    command -v fish >/dev/null || skip "no fish"
    cat >script <<'END'
fob hook fish | source
fob-use acme
printf '%s\n' "$CHARLIEHR_CLIENT_SECRET"
printenv CHARLIEHR_CLIENT_ID
fob-use bolt --prefix B_
fob-drop bolt
set -q B_CLIENT_SECRET; or echo none
fob-drop bolt; or echo "code $status"
fob-prompt; echo
fob-drop
set -q CHARLIEHR_CLIENT_SECRET; or echo none
fob-use nobody; or echo "code $status"
fob-use acme; fob-use acme --prefix A_
set -q CHARLIEHR_CLIENT_ID; or echo "none $A_CLIENT_ID"
fob-use bolt --prefix A_
fob-prompt; echo
fob-drop
fob-use --prefix A_ acme; or echo "code $status"
END
    run -0 --separate-stderr fish --no-config script
    [ "$output" = "se cret'\"\$\`!\\x
id
none
code 66
(acme) 
none
code 66
none id
(bolt) 
code 64" ]
}

# Run fob-use, and print the shell's variables; the same where a variable cannot be set.
cat_script()
{
    cat >script <<'END'
fob-use acme; echo "$? $CHARLIEHR_CLIENT_ID"
fob-use bolt; echo "$CHARLIEHR_CLIENT_SECRET ${CHARLIEHR_REGION-none} $(fob-prompt)"
fob-drop; echo "${CHARLIEHR_CLIENT_SECRET-none}"
readonly CHARLIEHR_CLIENT_SECRET=kept
fob-use acme || echo "$? $CHARLIEHR_CLIENT_SECRET ${CHARLIEHR_CLIENT_ID-none} <$(fob-prompt)>"
END
}
script_says='0 id
second none (bolt) 
none
77 kept none <>'

@test "fob-use works in every mode of bash, and sets nothing where it cannot set all" {
    sed -i 's/^fields:/&\n  - { name: region, optional: true }/' providers.d/charliehr.yaml
    cat_script
    for mode in +e --posix -eu "--posix -eu"; do
        # shellcheck disable=SC2086,SC2016 # words; for the inner shell
        CHARLIEHR_REGION=old run -0 --separate-stderr bash $mode -c 'eval "$(fob hook bash)"; . ./script'
        [ "$output" = "$script_says" ]
        has "$stderr" 'fob-use: CHARLIEHR_CLIENT_SECRET is readonly in this shell; nothing was changed'
    done
    # A variable that the shell cannot unset stays.
    run -0 bash -c 'eval "$(fob hook bash)"; fob-use acme; readonly CHARLIEHR_CLIENT_ID
        fob-drop || echo "$? ${#CHARLIEHR_CLIENT_SECRET} $(fob-prompt)"' 2>/dev/null
    has "$output" '77 14 (acme) '
}

@test "fob-use and fob-drop treat an account's own variables as its fields" {
    fob edit acme --variable REGION=eu >/dev/null
    cat >script <<'END'
fob-use acme; env | grep ^REGION=
fob-use bolt; echo "${REGION-none}"; fob-drop
readonly REGION=mine
fob-use acme || echo "$? $REGION ${CHARLIEHR_CLIENT_ID-none}"
END
    for shell in bash zsh; do
        command -v $shell >/dev/null || continue
        run -0 $shell -f -c "eval \"\$(fob hook $shell)\"; . ./script" 2>/dev/null
        has "$output" 'REGION=eu'
        has "$output" 'none'
        has "$output" '77 mine none'
    done
}

@test "fob-use works in every mode of zsh, and sets nothing where it cannot set all" {
    command -v zsh >/dev/null || skip "no zsh"
    sed -i 's/^fields:/&\n  - { name: region, optional: true }/' providers.d/charliehr.yaml
    cat_script
    fob hook zsh >hook
    for mode in "" "-o ksh_arrays -o sh_word_split" "-o sh_glob -o posix_builtins -o posix_identifiers" \
        "-o nounset -o rc_expand_param -o glob_subst" "--emulate sh" "--emulate ksh"; do
        for load in 'eval "$(fob hook zsh)"' '. ./hook'; do
            # shellcheck disable=SC2086 # words
            CHARLIEHR_REGION=old run -0 --separate-stderr zsh $mode -f -c "$load; . ./script"
            [ "$output" = "$script_says" ]
            has "$stderr" 'is readonly in this shell; nothing was changed'
        done
    done
}

@test "fob-use changes nothing if a variable's attribute would change the value or keep it from programs" {
    cat >script <<'END'
fob-use acme || echo "$? ${CHARLIEHR_CLIENT_ID-none}"
END
    for word in bash:-i bash:-u bash:-l bash:-a bash:-A bash:-n zsh:-i zsh:-u zsh:-a zsh:-A zsh:-L3 zsh:-F zsh:-Z; do
        shell=${word%:*}
        command -v $shell >/dev/null || continue
        [ "$word" != bash:-n ] || set -- CHARLIEHR_CLIENT_SECRET=OTHER
        run -0 --separate-stderr $shell -f -c \
            "eval \"\$(fob hook $shell)\"; typeset ${word#*:} ${1-CHARLIEHR_CLIENT_SECRET}; . ./script"
        [ "$output" = "77 none" ]
        has "$stderr" 'fob-use: CHARLIEHR_CLIENT_SECRET has an attribute of'
        set --
    done
    # A function's local variable works, too.
    for shell in bash zsh; do
        command -v $shell >/dev/null || continue
        run -0 $shell -f -c "eval \"\$(fob hook $shell)\"
            f() { local CHARLIEHR_CLIENT_SECRET=x; fob-use acme; printenv CHARLIEHR_CLIENT_SECRET; }; f"
        [ "$output" = "$(fob get acme client_secret)" ]
    done
}

@test "fob-use in fish changes nothing if fish protects a variable" {
    command -v fish >/dev/null || skip "no fish"
    fob edit acme --variable FISH_VERSION=1 >/dev/null
    run -0 --separate-stderr fish --no-config -c 'fob hook fish | source
        fob-use acme; or echo "$status <$CHARLIEHR_CLIENT_ID>"'
    [ "$output" = "77 <>" ]
    has "$stderr" 'fob-use: FISH_VERSION cannot be changed in this shell; nothing was changed'
}

@test "fish keeps what it has when the hook is read again" {
    command -v fish >/dev/null || skip "no fish"
    run -0 fish --no-config -c 'fob hook fish | source; fob-use acme; fob hook fish | source
        fob-prompt; fob-drop acme; and set -q CHARLIEHR_CLIENT_SECRET; or echo gone'
    [ "$output" = "(acme) gone" ]
}

@test "an unknown shell is an error" {
    run -64 fob hook tcsh
    [[ $output == *"bash, zsh or fish"* ]]
}

@test "completion offers all of 10,000 accounts" {
    mkdir many
    for ((i = 0; i < 10000; i++)); do
        printf 'client-%05d\n' "$i"
    done | (cd store/accounts && xargs touch)
    [ "$(fob complete -- show client- | wc -l)" -eq 10000 ]
    [ "$(next show client-0999)" = "$(seq -f 'client-%05g' 9990 9999 | tr '\n' ' ')" ]
}
