#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Tokens: which commands give them out.

load common

setup()
{
    make_home
    sed -i "s|^plugins:.*|plugins: [ $abs_top_builddir/tests/plugins/.libs, $FOB_TEST_PLUGINS ]|" fob.yaml
    fob init 2>/dev/null
    cat >providers.d/told.yaml <<-END
	provider: told
	fields: [ { name: key, secret: true } ]
	options: { headers: [ X-Key=\$access ] }
	link:
	  - plugin: told
	    control: required
	    options: { tokens: [ access=t0ken-$RANDOM$RANDOM ], token_ends: 4102444800 }
	  - plugin: told
	    control: required
	    options: { tokens: [ again=ref-$RANDOM$RANDOM ] }
	validate: [ { control: required, plugin: told } ]
	authorize: [ { control: required, plugin: told } ]
	END
    grep -o 't0ken-[0-9]*' providers.d/told.yaml >>"$home/.stored-secrets"
    grep -o 'ref-[0-9]*' providers.d/told.yaml >>"$home/.stored-secrets"
    echo key=swordfish | fob link told acme --stdin >/dev/null
}

teardown()
{
    untold
}

@test "a token is given out only by its name" {
    [ "$(fob get acme access)" = "$(head -1 "$home/.stored-secrets")" ]
    [ "$(fob get acme)" = swordfish ]
    [ "$(fob get acme --format names)" = TOLD_KEY ]
    [ "$(fob get acme access --format json | jq -r .access)" = "$(fob get acme access)" ]
    ! fob exec acme -- env | grep -F -f "$home/.stored-secrets"
    ! fob show acme --json | grep -F -f "$home/.stored-secrets"
    [ "$(fob get acme --format header)" = "X-Key: $(fob get acme access)" ]
    split fob get acme nothing
    refused 66
    # No lock was taken for a token that is good.
    [ ! -e store/accounts/.acme.renew ]
}

@test "a backup has the tokens that do not end" {
    fob export backup.fob --key-file key 2>err
    has "$(cat err)" "acme: the backup has a token that may be replaced soon"
    fob import backup.fob --key-file key --json | jq -e 'all(.step == "same")'
    rm store/accounts/acme
    fob import backup.fob --key-file key
    [ "$(fob get acme again)" = "$(tail -1 "$home/.stored-secrets")" ]
    split fob get acme access
    refused 66
}
