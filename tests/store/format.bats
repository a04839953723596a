#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob-store(5): what fob writes, a reader written from the page alone reads, and both refuse the same.

load ../cli/common

# Spoiled copies are opened by fob too, which costs more: one in so many.
FOB_STEP=9

setup()
{
    quick_passphrases
    make_home
    golden=$BATS_TEST_DIRNAME/golden
}

reader()
{
    "$abs_top_builddir/tests/store/reader" "$@"
}

# golden KIND: that store, as files under version control cannot be private.
golden()
{
    mkdir -m 700 store store/accounts
    install -m 600 "$golden/$1/header" store/header
    install -m 600 "$golden/$1"/acme store/accounts
    for file in bolt key passphrase command-key log backup; do
        [ -e "$golden/$1/$file" ] || continue
        case $file in bolt) to=store/accounts/bolt ;; *) to=$file ;; esac
        install -m 600 "$golden/$1/$file" "$to"
    done
}

# flips FILE [checksum]: copies with one bit changed, another from byte to byte, each named by that byte's offset, in
# the folder flipped.  With the checksum that anybody can make, for a header.
flips()
{
    python3 - "$@" <<-'END'
	import hashlib, os, sys
	good = open(sys.argv[1], "rb").read()
	size = len(good) - 32 if len(sys.argv) > 2 else len(good)
	os.mkdir("flipped")
	for at in range(size):
	    bad = bytearray(good)
	    bad[at] ^= 1 << at % 8
	    if len(sys.argv) > 2:
	        bad[size:] = hashlib.sha256(bad[:size]).digest()
	    with open(f"flipped/{at}", "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
	        file.write(bad)
	END
}

# each_flip FILE FIRST END STATUS...: with the copies from FIRST to END in FILE's place, the reader refuses acme; with one
# in so many, fob does, with a STATUS.  With a sanitizer, which is not for the reader, it gets no more than fob does.
each_flip()
{
    local file=$1 first=$2 end=$3 at step=1
    shift 3
    for ((at = (first + FOB_STEP - 1) / FOB_STEP * FOB_STEP; at < end; at += FOB_STEP)); do
        cp -p "flipped/$at" "$file"
        split fob get acme client_id
        [[ " $* " == *" $status "* ]] || ended "$1"
        [ -z "$output" ]
    done
    ! sanitized || step=$FOB_STEP
    python3 - "$abs_top_builddir/tests/store/reader" "$file" "$first" "$end" "$step" <<-'END'
	import os, subprocess, sys
	reader, file = sys.argv[1:3]
	for at in range(*map(int, sys.argv[3:])):
	    os.replace(f"flipped/{at}", file)
	    ended = subprocess.run([reader, "store", "key", "acme"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
	    if ended.returncode != 65 or b"reader:" not in ended.stdout or b"client_" in ended.stdout:
	        sys.exit(f"{file}, byte {at}: {ended}")
	END
}

# Give the header in place the checksum that anybody can make.
checksum()
{
    local file=store/header sum
    sum=$(head -c -32 "$file" | sha256sum | cut -d ' ' -f 1)
    # shellcheck disable=SC2059
    printf "$(printf %s "$sum" | sed 's/../\\x&/g')" |
        dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 32)) conv=notrunc status=none
}

# The reader must refuse ACCOUNT, and say nothing of it; fob, too.
both_refuse()
{
    run reader store key "$1"
    has "$output" reader: || return
    has_not "$output" client_ || return
    ended 65 || return
    split fob get "$1" client_id
    refused 65
}

@test "the reader reads every possible byte of a secret" {
    fob init 2>/dev/null
    for byte in $(seq 1 255); do
        # shellcheck disable=SC2059
        printf "\\$(printf %o "$byte")"
    done >every
    fob link charliehr acme --field client_id=id --field-file client_secret=every --exact --no-validate \
        >/dev/null 2>&1
    reader store key acme client_secret >read
    cmp every read
    [ "$(reader store key acme client_id)" = id ]
}

@test "the reader reads the index of what accounts share" {
    fob init 2>/dev/null
    for name in acme bolt coil; do
        printf 'client_id=%s\nclient_secret=swordfish\n' "$name" |
            fob link charliehr "$name" --stdin --no-validate >/dev/null 2>&1
    done
    reader store key @sharing >read
    printf '%s 2\n' acme bolt coil | cmp read -
    [ "$(stat -c %a store/sharing)" = 600 ]
    fob check
    for spoiled in 0644 0600; do
        chmod "$spoiled" store/sharing
        [ "$spoiled" = 0644 ] || : >store/sharing
        printf 'client_id=dole\nclient_secret=swordfish\n' |
            fob link charliehr dole --stdin --no-validate 2>told >/dev/null
        [ "$(grep -c 'has the same credential' told)" -eq 3 ]
        fob check
        reader store key @sharing >/dev/null
        fob revoke dole --yes >/dev/null 2>&1 || :
    done
    ! grep -a -e acme -e charliehr -e swordfish store/sharing
}

@test "the reader reads a secret of 64 KiB" {
    fob init 2>/dev/null
    head -c 65536 /dev/zero | tr '\0' s >much
    fob link charliehr acme --field client_id=id --field-file client_secret=much --no-validate \
        >/dev/null 2>&1
    reader store key acme client_secret >read
    cmp much read
}

@test "the reader reads labels, status, times and kinds of fields" {
    fob init 2>/dev/null
    store acme swordfish --type test --owner-id 42 --owner-name 'Zoë Müller' \
        --owner-email zoe@example.com --expires 2099-12-31
    fob suspend acme
    linked=$(date -d "$(of_account acme linked)" +%s)
    reader store key acme | sed 's/^generation: [0-9]*$/generation: N/' >read
    diff - read <<-END
	status: suspended
	resumes as: unchecked
	generation: N
	provider: charliehr
	type: test
	owner.id: 42
	owner.name: Zoë Müller
	owner.email: zoe@example.com
	linked: $linked
	changed: $linked
	expires: 4102358400
	public client_id: 2 bytes
	secret client_secret: 9 bytes
	END
}

@test "the reader reads when each slot was made, and its label" {
    fob init 2>/dev/null
    (umask 077 && echo 'correct horse battery' >pass)
    fob key add --new-passphrase-file pass --label 'Zoë, in the safe' >/dev/null
    fob key add --key-file spare >/dev/null
    fob key list --json |
        jq -r '.[] | "\(.number) \({"key_file": 1, "passphrase": 2}[.kind]) \(.made | fromdate) \(.label)"' >listed
    [ "$(wc -l <listed)" -eq 3 ]
    reader store key @slots | cmp - listed
    fob key rotate --key-file spare --passphrase-file pass >/dev/null
    reader store spare @slots | cmp - listed
    reader store pass:pass @slots | cmp - listed
    store acme swordfish
    flips store/header checksum
    size=$(stat -c %s store/header)
    each_flip store/header $((size - 64 - 120)) $((size - 64)) 65
}

@test "the reader opens a slot with a passphrase" {
    printf 'correct horse\n' >pass
    chmod 600 pass
    fob --passphrase-file pass init --passphrase 2>/dev/null
    printf 'client_id=id\nclient_secret=swordfish\n' |
        fob --passphrase-file pass link charliehr acme --stdin --no-validate >/dev/null 2>&1
    [ "$(reader store pass:pass acme client_secret)" = swordfish ]
    printf 'correct hors' >pass
    run reader store pass:pass acme
    ended 65
    has "$output" 'no slot opens'
}

@test "a store of fob 0.1 still opens with its key file" {
    golden key-file
    [ "$(fob get acme client_secret --force)" = FG6KB8Ik0lApIMcTMc0TlKOPHuBwJWfBSEw6hUpLcDJFAKoO ]
    [ "$(of_account acme status)" = suspended ]
    [ "$(of_account acme remote.name)" = 'Acme Sandbox Ltd' ]
    [ "$(of_account acme owner.name)" = 'Zoë Müller' ]
    [ "$(of_account acme expires)" = 2099-12-31T00:00:00Z ]
    [ "$(fob key list --json | jq -c '.[] | [.made, .label]')" = '[null,""]' ]
    fob key list | grep -Eqx '1 +key file +- +- +-'
    [ "$(reader store key acme client_secret)" = \
        FG6KB8Ik0lApIMcTMc0TlKOPHuBwJWfBSEw6hUpLcDJFAKoO ]
}

@test "a store of fob 0.1 still opens with its passphrase" {
    golden passphrase
    [ "$(fob --passphrase-file passphrase get acme client_secret)" = swordfish ]
    [ "$(reader store pass:passphrase acme client_secret)" = swordfish ]
}

@test "an old store in the middle of a rotation opens, and the rotation is finished" {
    golden rotating
    echo "key_command: [ /bin/cat, $home/command-key ]" >>"$FOB_CONFIG"
    for account in acme bolt; do
        [ "$(reader store key "$account" client_secret)" = "secret-of-$account" ]
        [ "$(fob get "$account" client_secret)" = "secret-of-$account" ]
        mv key away
        [ "$(fob get "$account" client_secret)" = "secret-of-$account" ]
        mv away key
    done
    fob log --verify
    [ "$(fob log --event 'key rotate' | wc -l)" -eq 1 ]
    fob key rotate
    fob check
    fob log --verify
    [ "$(fob key list --json | jq -sc 'flatten | map(.slot // .number)')" = '[1,3]' ]
    [ "$(fob get bolt client_secret)" = secret-of-bolt ]
}

@test "a backup of fob 0.1 can still be imported" {
    golden rotating
    mv backup "$BATS_TEST_TMPDIR/old"
    rm -r store key log
    fob init >/dev/null 2>&1
    fob import "$BATS_TEST_TMPDIR/old" --backup-passphrase-file passphrase
    [ "$(fob get acme client_secret)" = secret-of-acme ]
    [ "$(of_account bolt owner.name)" = 'Zoë Müller' ]
}

@test "a record with any flipped bit is refused" {
    golden key-file
    fob resume acme
    flips store/accounts/acme
    each_flip store/accounts/acme 0 "$(stat -c %s store/accounts/acme)" 65
}

@test "a header with any flipped bit is refused" {
    golden key-file
    fob resume acme
    flips store/header
    each_flip store/header 0 "$(stat -c %s store/header)" 65
}

@test "a header that was altered according to the format is refused" {
    golden key-file
    fob resume acme
    flips store/header checksum
    # Damaged; a newer fob's; no slot that opens.
    each_flip store/header 0 $(($(stat -c %s store/header) - 32)) 65 77 78
}

@test "a key file with any flipped bit is refused" {
    golden key-file
    fob resume acme
    flips key
    each_flip key 0 75 77
}

@test "a record that is too short or too long is refused" {
    golden key-file
    fob resume acme
    cp -p store/accounts/acme good
    for size in 0 1 8 63 64 79 80 81 335 336 591; do
        head -c "$size" good >store/accounts/acme
        both_refuse acme
    done
    for more in 1 16 256; do
        { cat good; head -c "$more" /dev/zero; } >store/accounts/acme
        both_refuse acme
    done
}

@test "a header that is too short or too long is refused" {
    golden key-file
    fob resume acme
    cp -p store/header good
    for size in 0 8 95 96 100 189; do
        head -c "$size" good >store/header
        both_refuse acme
    done
    { cat good; printf x; } >store/header
    both_refuse acme
    checksum
    both_refuse acme
}

@test "a record under another name is refused" {
    golden key-file
    fob resume acme
    mv store/accounts/acme store/accounts/acme2
    both_refuse acme2
}

@test "two swapped records are refused" {
    fob init 2>/dev/null
    store acme one
    store globex two
    mv store/accounts/acme between
    mv store/accounts/globex store/accounts/acme
    mv between store/accounts/globex
    both_refuse acme
    both_refuse globex
}

@test "a record of another store with the same key file is refused" {
    golden key-file
    fob resume acme
    mv store other
    mv key key-of-other
    fob init 2>/dev/null
    store acme one
    cp -p other/accounts/acme store/accounts/acme
    both_refuse acme
    # Nor does its header come along with only the key file.
    cp -p other/header store/header
    run reader store key acme
    ended 65
    split fob get acme client_id
    refused 77
}
