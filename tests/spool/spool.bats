#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob-hub-spool(5): what src/spool writes, a reader written from the page alone reads, and the reverse; the same with HPKE
# from npm; and the members of the JSON are those of the page.

bats_require_minimum_version 1.5.0
BATS_TEST_TIMEOUT=120

ID=00112233445566778899aabbccddeeff
DROP=ffeeddccbbaa99887766554433221100
TOKEN=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
NONCE=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
entries=(kind=666f726d "token=$TOKEN" "nonce=$NONCE" from=3a3a31 f.client_id=6964 f.client_secret=68757368)

tool()
{
    "$abs_top_builddir/tests/spool/spool_tool" "$@"
}

second()
{
    node "$BATS_TEST_DIRNAME/drops.js" "$@"
}

# Without node, or without the packages of tests/npm, a test is skipped; check.sh has both.
needs_node()
{
    [ -n "${FOB_TEST_NPM:-}" ] || command -v node >/dev/null || skip "there is no node"
}

needs_npm()
{
    needs_node
    modules=${FOB_TEST_NPM:-$abs_top_srcdir/build/npm}
    [ -n "${FOB_TEST_NPM:-}" ] || [ -d "$modules/node_modules" ] ||
        skip "there is no $modules/node_modules: see tests/npm"
    export FOB_TEST_HPKE=$modules
}

setup()
{
    cd "$BATS_TEST_TMPDIR"
}

# Each seals, and both open, what the other sealed, too.
exchange()
{
    local private public sealer
    for n in 1 2 3; do
        read -r private public <<<"$(tool keys)"
        for sealer in tool second; do
            $sealer seal "$public" "$ID" "$DROP" "${entries[@]}" >drop
            [ "$(stat -c %s drop)" -eq 4168 ]
            tool open "$private" "$ID" "$DROP" <drop | sort >ours
            second open "$private" "$ID" "$DROP" <drop | sort >theirs
            printf '%s\n' "${entries[@]/kind=*/kind=form}" | sort | diff - ours
            diff ours theirs
            run ! tool open "$private" "$DROP" "$ID" <drop
            run ! second open "$private" "$ID" "$ID" <drop
        done
    done
}

@test "drops go both ways to a reader and writer made from the page" {
    needs_node
    exchange
}

@test "drops go both ways to HPKE from npm" {
    needs_npm
    exchange
}

@test "one bit that is flipped anywhere, and the drop does not open" {
    read -r private public <<<"$(tool keys)"
    tool seal "$public" "$ID" "$DROP" "${entries[@]}" >drop
    python3 - "$abs_top_builddir/tests/spool/spool_tool" open "$private" "$ID" "$DROP" <<-'END'
	import subprocess, sys
	good = open("drop", "rb").read()
	def opens(file):
	    return subprocess.run(sys.argv[1:], input=file, capture_output=True).returncode == 0
	assert opens(good)
	for at in [*range(64), *range(64, len(good) - 20, 101), *range(len(good) - 20, len(good))]:
	    bad = bytearray(good)
	    bad[at] ^= 1 << at % 8
	    assert not opens(bytes(bad)), at
	assert not opens(good[:24] + bytes(32) + good[56:])
	assert not opens(good[:-1]) and not opens(good + b"\0")
	END
}

@test "names are the same by both" {
    needs_node
    for body in '' 'f.client_id=1&once=2'; do
        tool names "$TOKEN" "$body" "$ID.abc" "$NONCE" >ours
        second names "$TOKEN" "$body" "$ID.abc" "$NONCE" >theirs
        diff ours theirs
        [ "$(wc -l <ours)" -eq 5 ]
    done
}

# members FILE WHAT: the members are those that the page has in its list of WHAT, and v.
members()
{
    python3 - "$abs_top_srcdir/man/fob-hub-spool.5" "$@" <<-'END'
	import json, re, sys
	page = open(sys.argv[1], encoding="utf-8").read()
	found = re.search(rf"^{sys.argv[3]}:\n\.Bl(.*?)^\.El", page, re.S | re.M)[1]
	known = {name for line in re.findall(r"^\.It (.*)", found, re.M) for name in line.split(" , ")}
	members = json.load(open(sys.argv[2], encoding="utf-8"))
	assert members.pop("v") == 1
	assert set(members) == known, set(members) ^ known
	END
}

@test "site, card and result have the members of the page" {
    tool create spool "$(id -g)"
    printf '%s\n' "url=https://connect.example.com" 'name="A" & <b>' | tool site spool site.json
    members spool/site/site.json 'The site'
    [ "$(jq -r .name spool/site/site.json)" = '"A" & <b>' ]
    printf '%s\n' "id=$ID" "expires=1764800000" signin=true field=client_id 'title=Client ID' 'enum=a b' \
        field=key secret=true lines=9 | tool card spool "$ID"
    members "spool/cards/$ID" 'A card'
    [ "$(jq -c '[.expires, .signin, .pin, .fields[0].enum, .fields[1].secret, .fields[1].lines, .fields[1].max]' \
        "spool/cards/$ID")" = '[1764800000,true,false,["a","b"],true,9,4096]' ]
    printf '%s\n' "id=$ID" state=retry left=4 'seen=a b' error=client_id=wrong "echo=client_id=it's" 'says=1\n2' |
        tool result spool "$ID"
    members "spool/results/$ID" 'A result'
    [ "$(jq -c '[.state, .left, .seen, .errors, .echo, .says, .hold]' "spool/results/$ID")" = \
        '["retry",4,["a","b"],{"client_id":"wrong"},{"client_id":"it'"'"'s"},"1\n2",false]' ]
}

@test "an ended card has no more than its end" {
    tool create spool "$(id -g)"
    printf '%s\n' "id=$ID" hash=h key=k "guide=the guide" note=private end=done field=a | tool card spool "$ID"
    [ "$(jq -r 'keys_unsorted | join(" ")' "spool/cards/$ID")" = "v id hash kind title from end return expires" ]
}
