#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The providers that fob comes with: each file is clean, complete, and proves itself by its rehearsals.

load common

setup()
{
    new_store
    cp "$abs_top_srcdir"/conf/providers.d/*.yaml providers.d
    chmod 600 providers.d/*
}

# incomplete FILE WHAT...: WHAT is missing.
incomplete()
{
    echo "$1: ${*:2}"
    wrong=1
}

# section FILE KEY: the lines below a top-level key.
section()
{
    sed -n "/^$2:/,/^[^ #]/p" "$1" | sed -n '/^ /p'
}

# most_pages FILE: the largest number of calls, with two items or more, in a rehearsal of an action.
most_pages()
{
    section "$1" rehearsals | awk '/^      - run: / { pages = 0 } / request: ?/ { pages++ }
        /^        items: / && $2 >= 2 && pages > most { most = pages } END { print most + 0 }'
}

@test "each file is clean, and its rehearsals pass" {
    split fob check
    ended 0
    for file in providers.d/*.yaml; do
        name=${file#*/}
        passed=$(sed -n "/^ok: provider ${name%.yaml}: /,/^ok: [^ ]/s/^ok:   rehearsed //p" <<<"$output")
        [ "$passed" -ge 2 ]
        [ "$passed" -eq "$(section "$file" rehearsals | grep -c '^  - name: ')" ]
    done
}

@test "each file has sources, a guide, an end and actions" {
    wrong=0
    fob providers --json >all.json
    for file in providers.d/*.yaml; do
        name=${file#*/}
        name=${name%.yaml}
        grep -qE '^# Sources: |: see fob_[a-z]+\(7\)' "$file" || incomplete "$file" no sources
        jq -e --arg name "$name" '.[] | select(.name == $name) | .title != $name and .website != "" and
            (.guide | length) > 150 and any(.fields[], .app_fields[]; .secret)' all.json >/dev/null ||
            incomplete "$file" no title, website, guide or secret
        grep -qE '^  revoke:|^plugin: charliehr' "$file" || incomplete "$file" no revocation
        [ "$(section "$file" actions | grep -c '^  [a-z-]*:$')" -ge 2 ] || incomplete "$file" fewer than two actions
        wanted=1
        ! grep -q '^ *paginate:' "$file" || wanted=2
        [ "$(most_pages "$file")" -ge "$wanted" ] || incomplete "$file" no rehearsal of a list with $wanted pages
        [ "$(awk '{ print length }' "$file" | sort -n | tail -1)" -le 110 ] || incomplete "$file" a line over 110
    done
    [ "$wrong" -eq 0 ]
}

@test "a file that nobody tried says so" {
    for file in providers.d/*.yaml; do
        name=${file#*/}
        run fob guide "${name%.yaml}"
        ended 0
        if grep -q '^untried: true' "$file"; then
            has "$output" 'not tried with a live account'
        else
            has_not "$output" 'not tried with a live account'
        fi
    done
}

@test "all files are installed" {
    for file in providers.d/*.yaml; do
        grep -q "conf/$file" "$abs_top_srcdir/conf/Makefile.am"
    done
    [ "$(grep -c 'conf/providers\.d/' "$abs_top_srcdir/conf/Makefile.am")" -eq "$(printf '%s\n' providers.d/*.yaml | wc -l)" ]
}

@test "each links from a script and on a terminal, and runs its lists, at a server that plays its rehearsals" {
    python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is not installed'
    mkdir own
    mv providers.d/*.yaml own
    echo 'hub: { url: "https://fob.example" }' >>fob.yaml
    python3 "$abs_top_srcdir/tests/cli/catalog.py" providers.d own/*.yaml
}
