#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Commands that need no provider: init, suspend, resume, list, show, log, edit of labels; and the passphrase.

load common

setup()
{
    quick_passphrases
    make_home
}

@test "init makes a private store and key, once" {
    split fob init
    ended 0
    has "$stderr" 'Keep a copy of the key file'
    [ "$(stat -c %a store)" = 700 ]
    [ "$(stat -c %a key)" = 600 ]
    sum=$(sha256sum key)
    split fob init
    refused 73
    [ "$(sha256sum key)" = "$sum" ]
}

@test "a store without its header is damaged, and init does not replace it" {
    fob init >/dev/null 2>&1
    store acme swordfish
    mv store/header "$home/header"
    for command in list check 'get acme'; do
        # shellcheck disable=SC2086 # an argument a word
        run fob $command
        ended 65
        has "$output" 'store/header: this file of the store is missing'
    done
    mv key away
    run fob init
    ended 73
    has "$output" 'accounts of a store whose header is gone'
    (umask 077 && echo 'a long passphrase' >pass)
    run fob --passphrase-file pass init --passphrase
    ended 73
    mv away key
    mv "$home/header" store/header
    [ "$(fob get acme client_secret)" = swordfish ]
}

@test "check checks the budget file of each provider" {
    fob init >/dev/null 2>&1
    (umask 0 && : >store/calls.charliehr)
    run fob check
    ended 77
    has "$output" 'store/calls.charliehr'
}

@test "files have their modes whatever the umask" {
    (
        umask 0277
        fob init >/dev/null 2>&1
        store bolt second
        fob get bolt client_secret >/dev/null
        fob suspend bolt
        fob key add --key-file spare
    )
    [ "$(find store -type d -printf '%m\n' | sort -u)" = 700 ]
    [ "$(find store key spare log -type f -printf '%m\n' | sort -u)" = 600 ]
    run -0 fob check
}

@test "a store with a passphrase opens with it alone" {
    printf 'correct horse\n' >pass
    printf 'wrong' >wrong
    chmod 600 pass wrong
    run fob init --passphrase --passphrase-file pass
    ended 0
    [ ! -e key ]
    printf 'client_id=id\nclient_secret=s\n' |
        fob --passphrase-file pass link charliehr acme --stdin --no-validate >/dev/null
    run fob get acme --passphrase-file pass
    [ "$output" = s ]
    split fob get acme --passphrase-file wrong
    refused 77
    split alone fob get acme </dev/null
    [ "$status" -ne 0 ]
    [ -z "$output" ]
    has "$stderr" passphrase-file
}

@test "a passphrase file must be a private regular file" {
    printf 'x' >pass
    chmod 644 pass
    split fob --passphrase-file pass init --passphrase
    ended 77
    has "$stderr" 'others may use it'
    split fob --passphrase-file "$home" init --passphrase
    [ "$status" -ne 0 ]
    split fob --passphrase-file /dev/null init --passphrase
    ended 77
    split fob --passphrase-file none init --passphrase
    ended 74
    [ ! -e store ]
}

@test "a new passphrase is asked for twice, and not shown" {
    run terminal "expect=New passphrase: " echo=off send=s3cr3t "expect=Once more: " echo=off \
        send=s3cr3t -- fob init --passphrase
    ended 0
    has_not "$(cat shown)" s3cr3t
    has "$output" 'made, for a passphrase'
    run terminal "expect=Passphrase of the store: " echo=off send=wrong -- fob check
    ended 77
    run terminal "expect=Passphrase of the store: " echo=off send=s3cr3t -- fob check
    ended 0
}

@test "two different passphrases make no store" {
    run terminal "expect=New passphrase: " send=one "expect=Once more: " send=two -- \
        fob init --passphrase
    ended 64
    has "$output" differ
    [ ! -e store ]
}

@test "an empty store lists as an empty table and an empty array" {
    fob init >/dev/null 2>&1
    split fob list
    ended 0
    [ "${#lines[@]}" -eq 1 ]
    has "$stderr" 'No account is linked yet'
    split fob list --json
    [ "$output" = '[]' ]
}

@test "list filters by provider, status, type and owner" {
    fob init >/dev/null 2>&1
    store a1 x --type test --owner-id 7 --owner-name 'Jo Ng' --owner-email jo@example.org
    store a2 y --owner-name Zoë
    fob suspend a2 >/dev/null
    [ "$(names)" = "a1 a2" ]
    [ "$(names --type test)" = a1 ]
    [ "$(names --status suspended)" = a2 ]
    [ "$(names --status unchecked)" = a1 ]
    [ "$(names --owner 7)" = a1 ]
    [ "$(names --owner 'jo ng')" = a1 ]
    [ "$(names --owner JO@example.org)" = a1 ]
    [ "$(names --owner Zoë)" = a2 ]
    [ "$(names --provider charliehr)" = "a1 a2" ]
    [ "$(names --provider other)" = "" ]
    split fob list --type test --status suspended
    ended 0
    has "$stderr" 'No account matches'
    split fob list --status suspnded
    ended 64
    has "$stderr" 'did you mean suspended?'
    split fob list --type live
    ended 64
}

@test "the table has the columns of the accounts page, without color in a pipe" {
    fob init >/dev/null 2>&1
    store acme x
    run fob list
    [ "${lines[0]}" = "ACCOUNT  PROVIDER   TYPE        STATUS     REMOTE  OWNER  VALIDATED" ]
    [[ ${lines[1]} =~ ^acme\ +charliehr\ +production\ +unchecked\ +-\ +-\ +never$ ]]
}

# The columns of the widest line of the file shown, as a terminal counts them.
widest()
{
    python3 -c '
import sys, unicodedata
def columns(text):
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
print(max(columns(line) for line in open("shown", encoding="utf-8").read().replace("\r", "").split("\n")))'
}

@test "a table fits the terminal's width, and is complete in a pipe" {
    fob init >/dev/null 2>&1
    store acme x --owner-name "$(printf 'Ann %.0s' {1..30})"
    store wide y --owner-name '株式会社カブ'
    store mark z --owner-name $'Zoe\xcc\x88'
    for columns in 28 40 60 80 120; do
        TERM=dumb terminal --all -- sh -c "stty cols $columns; fob list"
        [ "$(widest)" -le "$columns" ]
        [ "$columns" -lt 60 ] || grep -q '^acme .*Ann.*…  never' shown
    done
    # The next column is aligned with the other rows.
    TERM=dumb terminal --all -- sh -c 'stty cols 80; fob list'
    python3 -c '
import unicodedata
rows = [line for line in open("shown", encoding="utf-8").read().replace("\r", "").split("\n") if line]
places = {sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
              for c in row[:row.index(word)]) for row in rows for word in ("VALIDATED", "never") if word in row}
assert len(places) == 1, places'
    fob list >shown
    grep -q '^acme .*\(Ann \)\{29\}Ann   *never' shown
}

@test "list --problems shows what needs a person, and why" {
    fob init >/dev/null 2>&1
    store good x
    store off y
    fob suspend off >/dev/null
    split fob list --problems
    ended 0
    has "$stderr" 'No account has a problem'
    store late z --expires 2020-01-01 --owner-name Jo
    run fob list --problems
    ended 0
    [[ ${lines[1]} =~ ^late\ +charliehr\ +Jo\ +expired\ +never\ +its\ date\ has\ passed$ ]]
    [ "${#lines[@]}" -eq 2 ]
    [ "$(fob list --problems --json | jq -r '.[].name')" = late ]
}

@test "JSON cannot control a terminal, and is unchanged in a pipe" {
    fob init >/dev/null 2>&1
    store acme x --owner-name $'a\xe2\x80\xaeb\xc2\x9bc'
    TERM=xterm terminal --all -- fob list --json
    has_not "$(cat shown)" $'\xe2\x80\xae'
    has_not "$(cat shown)" $'\xc2\x9b'
    [ "$(tr -d '\r' <shown | jq -r '.[].owner.name')" = "$(fob list --json | jq -r '.[].owner.name')" ]
}

@test "color is for a terminal, and NO_COLOR forbids it" {
    fob init >/dev/null 2>&1
    store acme x
    TERM=xterm terminal --all -- fob list
    has "$(cat shown)" $'\e[33munchecked'
    NO_COLOR=1 TERM=xterm terminal --all -- fob list
    has_not "$(cat shown)" $'\e'
    TERM=dumb terminal --all -- fob list
    has_not "$(cat shown)" $'\e'
}

@test "the JSON of an account has these keys, in list, show and suspend alike" {
    fob init >/dev/null 2>&1
    store acme x --expires 2099-01-31 --owner-name Jo
    run fob show acme --json
    jq -e 'keys == (["name","provider","type","status","owner","remote","linked","changed",
        "validated","last_used","refused","expires","hosts","variables","last_error","fields"] | sort)' <<<"$output"
    jq -e '.expires == "2099-01-31T00:00:00Z" and .validated == null and .owner.name == "Jo" and
        .fields == [{"name":"client_id","secret":false},{"name":"client_secret","secret":true}]' \
        <<<"$output"
    [ "[$output]" = "$(fob list --json)" ]
    run fob suspend acme --json
    jq -e '.status == "suspended"' <<<"$output"
}

@test "show prints a line for each label, no secret, and no control character" {
    fob init >/dev/null 2>&1
    printf 'client_id=a\033[31mb\nclient_secret=s3cr3t\n' |
        fob link charliehr acme --stdin --no-validate >/dev/null
    split fob show acme
    ended 0
    has "$output" 'Account: acme'
    has "$output" 'Field client_id: a?[31mb'
    has "$output" 'Field client_secret: (secret)'
    has_not "$output" s3cr3t
}

@test "a damaged record does not hide the others" {
    fob init >/dev/null 2>&1
    store a1 x
    store a2 y
    printf X | dd of=store/accounts/a1 bs=1 seek=200 conv=notrunc status=none
    split fob list
    ended 65
    has "$output" a2
    has "$stderr" a1
    split fob list --json
    ended 65
    jq -e 'map(.name) == ["a2"]' <<<"$output"
    split fob check
    ended 65
    run fob get a1
    ended 65
    run fob get a2
    [ "$output" = y ]
}

@test "a suspended account is not lent, until it is resumed; --force lends it once" {
    fob init >/dev/null 2>&1
    store acme x
    run fob suspend acme
    [ "$output" = 'acme: suspended' ]
    for format in raw env json curl header; do
        split fob get acme --format $format
        refused 77
        has "$stderr" suspended
    done
    run fob get acme --force
    [ "$output" = x ]
    run fob resume acme
    [ "$output" = 'acme: unchecked' ]
    run fob get acme
    [ "$output" = x ]
}

@test "labels are given to several accounts, and keys to one; several are revoked by one answer" {
    fob init >/dev/null 2>&1
    store acme-uk x
    store acme-us y
    store globex z
    run fob edit 'acme-*' --owner-name Jo
    ended 0
    [ "$output" = $'acme-uk: changed\nacme-us: changed' ]
    split fob edit acme-uk acme-us --field client_id=new --no-validate
    refused 64
    has "$stderr" 'new keys are for one account'
    split fob edit
    refused 64
    # The provider cannot be reached: all accounts are erased nevertheless.
    split fob revoke --owner jo
    refused 64
    has "$stderr" 'revoking cannot be undone'
    terminal 'expect=Revoke 2 accounts: acme-uk, acme-us?' send=n -- fob revoke --owner jo || true
    [ "$(names)" = "acme-uk acme-us globex" ]
    fob revoke 'acme-*' --yes >/dev/null 2>&1 || true
    [ "$(names)" = globex ]
}

@test "a renamed account keeps what it has, and never takes another's name" {
    fob init >/dev/null 2>&1
    store acme x --owner-name Jo
    store other y
    split fob rename acme other
    refused 73
    has "$stderr" 'fob: other: there is an account of this name'
    split fob rename acme 'a/b'
    refused 64
    run fob rename acme acme-uk
    ended 0
    [ "$output" = 'acme: its name is acme-uk now' ]
    [ "$(fob get acme-uk)" = x ]
    [ "$(fob get other)" = y ]
    [ "$(fob rename acme-uk acme --json | jq -r .owner.name)" = Jo ]
    [ "$(fob log acme --json |
        jq -r 'select(.event == "rename" and .result == "success") | .detail')" = \
        $'to acme-uk\nfrom acme-uk' ]
}

@test "suspend and resume take names, patterns and filters" {
    fob init >/dev/null 2>&1
    store acme-uk x --owner-name Jo
    store acme-us y
    store globex z --owner-name Jo
    run fob suspend 'acme-*' globex acme-uk
    ended 0
    [ "$output" = $'acme-uk: suspended\nacme-us: suspended\nglobex: suspended' ]
    run fob resume --owner jo
    ended 0
    [ "$output" = $'acme-uk: unchecked\nglobex: unchecked' ]
    run fob suspend 'acme-*' --owner Jo --json
    [ "$(jq -r .name <<<"$output")" = acme-uk ]
    # After one failure, the other accounts are still processed.
    split fob resume nope acme-us
    ended 66
    [ "$output" = 'acme-us: unchecked' ]
    has "$stderr" 'nope: no such account'
    # An empty selection selects nothing.
    split fob suspend
    refused 64
    split fob suspend 'nope-*'
    refused 66
    split fob suspend --owner Nobody
    refused 66
    [ "$(fob list --json --status suspended | jq -r '.[].name')" = acme-uk ]
}

@test "an expired account is not lent" {
    fob init >/dev/null 2>&1
    store acme x --expires 2020-01-01
    run fob list --json --status expired
    has "$output" '"name":"acme"'
    run fob get acme
    ended 77
    run fob edit acme --expires never
    [ "$output" = 'acme: changed' ]
    run fob get acme
    [ "$output" = x ]
}

@test "edit changes labels and asks nothing; a wrong label is 64" {
    fob init >/dev/null 2>&1
    store acme x
    run fob edit acme --type test --owner-id 9 </dev/null
    ended 0
    fob show acme --json | jq -e '.type == "test" and .owner.id == "9"'
    run fob edit acme --owner-id '' </dev/null
    fob show acme --json | jq -e '.owner.id == ""'
    for words in "--type live" "--expires 2026-02-31" "--expires tomorrow"; do
        # shellcheck disable=SC2086 # words
        split fob edit acme $words
        ended 64
        has "$stderr" "${words%% *}: "
    done
}

@test "linking the same credential under another name gives a warning" {
    fob init >/dev/null 2>&1
    store a1 twice-used
    run fob link charliehr a2 --stdin --no-validate <<<$'client_id=id\nclient_secret=twice-used'
    ended 0
    has "$output" 'warning: the account a1 has the same credential'
}

@test "an existing account's name is refused: 73" {
    fob init >/dev/null 2>&1
    store acme one
    split fob link charliehr acme --stdin --no-validate <<<$'client_id=id\nclient_secret=two'
    refused 73
    has "$stderr" 'fob edit acme'
    run fob get acme
    [ "$output" = one ]
}

@test "of two simultaneous links of one name, one succeeds, the other is 73" {
    fob init >/dev/null 2>&1
    for i in $(seq 20); do
        { store "race$i" one && echo 0 >s1 || echo $? >s1; } &
        first=$!
        { store "race$i" two && echo 0 >s2 || echo $? >s2; } &
        wait $first $!
        [ "$(sort s1 s2 | tr '\n' ' ')" = "0 73 " ]
        [ "$(fob get "race$i")" = "$([ "$(cat s1)" -eq 0 ] && echo one || echo two)" ]
    done
}

@test "the log has a line for each use, of all accounts or of one" {
    fob init >/dev/null 2>&1
    store a1 x
    store a2 y
    fob get a1 >/dev/null
    run fob log
    ended 0
    [ "${#lines[@]}" -eq 3 ]
    run fob log a1
    [ "${#lines[@]}" -eq 2 ]
    has "${lines[1]}" ' lend account=a1 '
    run fob log --json a1
    jq -e '.mac' <<<"${lines[1]}"
    has_not "$(cat log)" secret=
}

@test "a key file that a link leads into the store is refused: 78, and nothing is made" {
    ln -s store way
    sed -i "s|^key_file:.*|key_file: $home/way/key|" "$FOB_CONFIG"
    mkdir -m 700 store
    split fob init
    ended 78
    has "$stderr" "must not be inside the store"
    [ ! -e store/header ]
    [ ! -e store/key ]
}

@test "check --repair removes leftovers of writes, and nothing else" {
    fob init 2>/dev/null
    store acme secret
    store bolt secret
    for left in store/.tmp-0123456789abcdef store/header.new store/accounts/.tmp-fedcba9876543210; do
        (umask 077 && echo rubbish >"$left")
    done
    echo mine >store/notes
    # Names that fob never uses, and a folder in a file's place.
    cp store/accounts/acme store/accounts/.tmp-acme
    mkdir store/.tmp-0123456789abcdee
    printf xxxxxxxxxxxxxxxx | dd of=store/accounts/bolt bs=1 seek=100 conv=notrunc status=none
    cp store/accounts/bolt damaged
    split fob check
    ended 65
    has "$output" ".tmp-fedcba9876543210: left by a write that was cut short; \"fob check --repair\" removes it"
    split fob check --repair
    ended 65
    has "$output" "header.new: left by a write that was cut short: removed"
    [ "$(find store -name '.tmp-*' -o -name header.new | sort | xargs)" = \
        "store/.tmp-0123456789abcdee store/accounts/.tmp-acme" ]
    rmdir store/.tmp-0123456789abcdee
    rm store/accounts/.tmp-acme
    cmp store/accounts/bolt damaged
    [ "$(cat store/notes)" = mine ]
    [ "$(fob get acme client_secret)" = secret ]
    rm store/accounts/bolt
    fob check --repair
    # Next to the key file and the log, such files are reported.
    (umask 077 && echo rubbish >.tmp-0123456789abcdef && echo rubbish >log.new)
    split fob check
    ended 0
    has "$output" "/.tmp-0123456789abcdef: left when a key file was written; remove it"
    has "$output" "/log.new: left by a process that was killed"
}

@test "a date is the same in every time zone, and a time has its zone" {
    fob init >/dev/null 2>&1
    store acme x --expires 2099-12-31
    for zone in EST5 JST-9 UTC0 "<+1245>-12:45"; do
        export TZ=$zone
        run -0 fob show acme
        has "$output" 'Expires: 2099-12-31 (UTC)'
        name=$(date +%Z)
        [[ $output =~ Linked:\ [0-9]{4}-[0-9]{2}-[0-9]{2}\ [0-9]{2}:[0-9]{2}\ "$name" ]]
        [ "$(fob show acme --json | jq -r .expires)" = 2099-12-31T00:00:00Z ]
    done
}

@test "a list with unreadable accounts does not say that nothing matches" {
    new_store
    store only a-secret-value
    chmod 0644 store/accounts/*
    split fob list
    ended 77
    has "$stderr" 'accounts/only: others may read it'
    has_not "$stderr" 'No account'
    split fob list --problems
    has_not "$stderr" 'No account'
}
