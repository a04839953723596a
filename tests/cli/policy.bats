#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The policy plugin in a provider's stacks: permitted hooks run as without it; refused ones end with 77 and change
# nothing.

load sandboxed

setup()
{
    new_store
    me=$(id -un)
}

# policy OPTIONS [HOOK...]: make policy the requisite first entry of these stacks, or of all.
policy()
{
    local entry="{ control: requisite, plugin: policy, options: { $1 } }" hook
    shift
    write_sandbox_provider
    write_stacks
    for hook in "${@:-link validate revoke authorize}"; do
        sed -i -E "s#^(${hook// /|}):#&\n  - $entry#" providers.d/charliehr.yaml
    done
}

@test "a permitted caller sees no difference" {
    policy "users: [ '$me' ], accounts: [ ac* ], types: [ test ], hours: [ '00:00-24:00' ]"
    split link_account acme --type test
    ended 0
    has "$output" 'acme: linked to '
    [ -z "$stderr" ]
    split fob validate acme --trace
    [ "$output" = 'acme: active' ]
    has "$stderr" 'charliehr validate policy requisite: ignore -> ignore'
    split fob get acme --format header
    ended 0
    rm said
    split fob request acme /company
    ended 0
    split fob revoke acme --yes
    ended 0
    has "$output" 'acme: erased here'
}

@test "link refused: 77; nothing is stored or asked, and no alternative offered" {
    forget_requests
    policy 'accounts: [ hr-* ]'
    split link_account acme
    refused 77
    has "$stderr" "fob: acme: the policy of charliehr does not let $me link it: its name is not among the accounts
hint: who may, and when, is in the entries of policy of provider charliehr"
    has_not "$stderr" 'no-validate'
    [ -z "$(names)" ]
    [ -z "$(requests main)" ]
}

@test "validate, use and revoke refused: 77, and the account stays as it was" {
    link_account acme
    fob show acme --json | jq 'del(.last_used)' >before
    forget_requests
    policy 'users: [ 4000000000 ]'
    split fob validate acme --now
    refused 77
    has "$stderr" "fob: acme: the policy of charliehr does not let $me validate it: not one of the users"
    split fob validate acme --json
    ended 77
    [ "$(jq -c '[.result, .status]' <<<"$output")" = '["suspended","active"]' ]
    split fob get acme --format curl
    refused 77
    has "$stderr" 'use it: not one of the users'
    split fob request acme /company
    refused 77
    has "$stderr" 'use it: not one of the users'
    for option in --json --confirm; do
        split fob revoke acme --yes "$option"
        refused 77
        has "$stderr" 'revoke it: not one of the users'
    done
    split fob edit acme --stdin < <(pair)
    refused 77
    [ -z "$(requests main)" ]
    fob show acme --json | jq 'del(.last_used)' | cmp - before
}

@test "a policy guards the hooks after it; getting a field is no hook" {
    policy 'deny: true' revoke authorize
    link_account acme
    split fob validate acme
    ended 0
    split fob revoke acme --yes
    refused 77
    has "$stderr" 'revoke it: a rule that denies fits'
    fob get acme client_secret | cmp - "$hr/client_secret"
}

@test "a policy sees the stored labels, and at link the requested ones" {
    policy 'owners: [ "o-*" ], types: [ test ]'
    split link_account acme --type test
    refused 77
    has "$stderr" "its owner's id is not among the owners"
    split link_account acme --owner-id o-1
    refused 77
    has "$stderr" 'its type is not among the types'
    split link_account acme --owner-id o-1 --type test
    ended 0
    split fob validate acme
    ended 0
    fob edit acme --owner-id x
    split fob validate acme
    refused 77
}

@test "policy alone makes no stack succeed" {
    policy "users: [ '$me' ]" validate
    link_account acme
    sed -i '/^validate:/,/^revoke:/{/plugin: charliehr/d}' providers.d/charliehr.yaml
    split fob validate acme
    refused 78
    has "$stderr" 'no plugin of its validate stack succeeded'
    [ "$(of_account acme status)" = active ]
}

@test "a mistake in an option is 78, names the option, and permits nothing" {
    link_account acme
    while IFS='|' read -r options text; do
        policy "$options"
        split fob validate acme
        refused 78
        has "$stderr" "fob: acme: $home/providers.d/charliehr.yaml:"
        has "$stderr" "$text"
        has "$stderr" 'hint: '
        split fob check
        ended 78
        has "$output" "$text"
    done <<-END
	users: [ no-such-user ]|users: no-such-user: there is no such user
	deny: true, groups: [ no-such-group ]|groups: no-such-group: there is no such group
	hours: [ "9-17" ]|hours: 9-17: not hours such as
	timezone: utc|it has no condition
	END
    policy 'users: []'
    split fob validate acme
    refused 78
    has "$stderr" 'charliehr.yaml:'
    has "$stderr" 'users: must be a list of at least one text'
    [ "$(of_account acme status)" = active ]
}

@test "one of two rules is enough with a jump" {
    link_account acme
    both="{ control: { ignore: 1, default: ignore }, plugin: policy, options: { users: [ USER ] } }"
    for user in 4000000000 "$me"; do
        policy 'groups: [ 4000000000 ]' validate
        sed -i "s#^validate:#&\n  - ${both/USER/$user}#" providers.d/charliehr.yaml
        split fob validate acme
        [ "$user" = 4000000000 ] || ended 0
        [ "$user" = "$me" ] || refused 77
    done
}

@test "the caller's groups are those of the process" {
    is_root || skip "needs another group"
    link_account acme
    policy 'groups: [ 4000001 ]' validate
    split fob validate acme
    refused 77
    has "$stderr" 'in none of the groups'
    split setpriv --groups 4000000,4000001 fob validate acme
    ended 0
    split setpriv --regid 4000001 --clear-groups fob validate acme
    ended 0
}
