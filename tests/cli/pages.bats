#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Lists with each kind of paging: fob request --paginate and fob run print the same, whole list, or fail.

load sandboxed

setup_file()
{
    start_sandbox --people 63
}

setup()
{
    new_store
    link_account acme >/dev/null
}

# Read the list in four ways, into the files requested, small, run and filtered.
read_lists()
{
    fob request acme /team_members --paginate | jq -c '.[]' >requested
    fob request acme '/team_members?per_page=10' --paginate | jq -c '.[]' >small
    fob run acme list-team-members --show-private --format ndjson page_size=10 | jq -c . >run
    fob request acme "$leave&per_page=10" --paginate | jq -c '.[]' >filtered
    fob run acme list-leave-requests start_date=2026-06-01 end_date=2026-06-30 page_size=10 \
        --format ndjson | jq -c . | cmp - filtered
}

leave='/leave_requests?start_date=2026-06-01&end_date=2026-06-30'

@test "a list is complete with every kind of paging, with filters and page sizes" {
    read_lists
    mv requested people
    mv filtered leaves
    [ "$(wc -l <people)" -eq 63 ]
    [ "$(wc -l <leaves)" -gt 10 ]
    [ "$(wc -l <leaves)" -lt 63 ]
    for kind in next-url-path next-url-absolute link-page link-page-path link-page-absolute link-header \
        link-header-page meta-total meta-openapi meta-pages; do
        echo "$kind"
        fault "$kind"
        forget_requests
        read_lists
        for file in requested small run; do
            cmp "$file" people
        done
        cmp filtered leaves
        [ -z "$(requests elsewhere)" ]
        [ "$(requests main | jq -r .path | grep -c 'leave_requests.*start_date=2026-06-01')" -eq \
            "$(requests main | jq -r .path | grep -c leave_requests)" ]
    done
}

@test "a full page without a sign of the end is an incomplete list" {
    for kind in meta-empty meta-missing; do
        fault "$kind"
        for words in "request acme /team_members --paginate" "request acme /team_members?per_page=10 --paginate" \
            "run acme list-team-members --json" "run acme list-team-members page_size=10 --format csv"; do
            # shellcheck disable=SC2086 # words
            split fob $words
            ended 76
            has "$stderr" 'page 1 is full, and has no sign of whether more follow'
            has "$stderr" 'items came before that; what was printed is not all'
        done
        # A page that is not full is the last.
        fob request acme /offices --paginate | jq -e 'length == 3'
        [ "$(fob run acme list-offices --format ndjson | wc -l)" -eq 3 ]
    done
}

@test "a list can be read from any page on" {
    fob request acme /team_members --paginate | jq -c '.[]' >people
    for kind in none meta-openapi meta-total meta-pages link-page link-header; do
        fault "$kind"
        fob request acme '/team_members?page=3&per_page=10' --paginate | jq -c '.[]' |
            cmp - <(tail -n +21 people)
        [ "$(fob request acme '/team_members?page=999' --paginate)" = '[]' ]
    done
}
