#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# What fob check says about provider files of the http plugin: every mistake has its place.

load sandboxed

# The provider hr, with a change for sed; then nothing but that is wrong.
provider()
{
    sed "$1" >providers.d/hr.yaml <<-'END'
	provider: hr
	plugin: http
	fields:
	  - { name: user, pattern: "[a-z]+", title: User }
	  - { name: key, secret: true }
	  - { name: area, type: label, default: eu }
	options:
	  base_url: https://{area}.hr.example/v1
	  headers: { Authorization: { base64: "{user}:{key}" } }
	  check: { get: /me, id: /id }
	  rights: { read people: "/people?limit=1" }
	  revoke: { post: /end, form: { key: "{key}" } }
	  answers: [ { status: 503, code: rate_limited } ]
	rehearsals: [ { name: a, steps: [ { link: invalid } ], fields: { user: 7, key: k } } ]
	END
}

# checked STATUS: each line of stdin, CHANGE|LINE:COLUMN|TEXT, is a change to the file, and what check says then; a
# use is refused at that place, too, if check has the status 78.
checked()
{
    local change place text missed=0
    while IFS='|' read -r change place text; do
        [[ $change != '#'* ]] || continue
        provider "$change"
        split fob check hr
        [ "$status" -eq "$1" ] || { echo "$change: status $status"; missed=1; }
        [[ $output == *"hr.yaml:$place: $text"* ]] || { echo "$change: $output"; missed=1; }
        if [ "$1" = 78 ]; then
            split fob link hr new --stdin <<<$'user=u\nkey=k'
            refused 78
            [[ $stderr == *"hr.yaml:$place: "* ]] || { echo "$change: $stderr"; missed=1; }
        fi
    done
    [ "$missed" -eq 0 ]
}

TOKEN='12a\  token: { post: "https://id.hr.example/token", form: { key: "{key}" } }'

@test "mistakes of a file of the http plugin" {
    fob init >/dev/null 2>&1 || true
    checked 78 <<-END
	# Unknown keys, with the nearest
	12s/revoke/revok/|12:3|unknown key revok; did you mean revoke?
	10s/id:/idd:/|10:22|check: unknown key idd; did you mean id?
	10s/get/gte/|10:12|check: unknown key gte; did you mean get?
	9s/base64/base46/|9:31|headers: unknown key base46; did you mean base64?
	12s/form/from/|12:25|revoke: unknown key from; did you mean form?
	13s/code/cod/|13:29|unknown key cod; did you mean code?
	4s/title/titlex/|4:38|unknown key titlex; did you mean title?
	13a\  timeoot: 1s|14:3|unknown key timeoot; did you mean timeout?
	# A placeholder that is no field
	9s/{user}/{usr}/|9:39|headers: {usr}: no such field; did you mean user?
	8s/{area}/{are}/|8:13|base_url: {are}: no such field; did you mean area?
	10s/id:.*/id: "{kez}" }/|10:26|check: {kez}: no such field; did you mean key?
	11s/limit=1/x={usr}/|11:26|rights: {usr}: no such field; did you mean user?
	12s/{key}/{kex}/|12:38|revoke: {kex}: no such field; did you mean key?
	# A field that nothing uses
	5a\  - { name: more, optional: true }|6:13|the field more is used nowhere
	# {token} without the option and without such a field; a token that no header has
	9s/{key}/{token}/|9:39|headers: {token}: no such field
	$TOKEN|13:10|token: no header has {token}
	# A brace
	9s/{key}/{key/|9:39|headers: a brace begins or ends no placeholder
	10s#/me#"/m}"#|10:17|check: a brace begins or ends no placeholder
	8s/v1/{v1/|8:13|base_url: a brace begins or ends no placeholder
	12s/{key}/{Key}/|12:38|revoke: a brace begins or ends no placeholder
	# A part of the host without a type, or with one that is too narrow
	6s/type: label, //|8:13|base_url: area: a field in the host needs type: label, type: host or an enum
	8s/{area}.hr.example/{area}/|8:13|base_url: area: a field that is the whole host needs type: host
	12s#/end#"https://{user}.example/"#|12:19|revoke: user: a field in the host needs type: label
	8s#//{area}.hr#//hr.example:{area}/a.#|8:13|base_url: its port must be a number
	8s#//{area}.hr#//{area}@hr#|8:13|base_url: it must not have a user name
	8s#https.*#"{user}://hr.example"#|8:13|base_url: it must begin with https://
	# A secret in an id or an address
	10s#/id }#"{key}" }#|10:26|check: key: a secret cannot be here, where it would be shown
	10s#/id }#/id, name: "{key}" }#|10:37|check: key: a secret cannot be here
	10s#/me#"/{key}"#|10:17|check: key: a secret cannot be here
	8s#v1#{key}#|8:13|base_url: key: a secret cannot be here
	11s#/people?limit=1#/{key}?a=b#|11:26|rights: key: a secret cannot be here
	12s#/end#"https://hr.example/{key}"#|12:19|revoke: key: a secret cannot be here
	# form with body; a GET with either
	12s/form: {/body: [], &/|12:31|revoke: form and body exclude each other
	12s/post/get/|12:11|revoke: only post, put, patch and delete have a form or a body
	12s/form: .*/form: x }/|12:31|revoke: must be a map of names and values
	12s/form: .*/body: x }/|12:31|revoke: must be a map or a list
	12s/post:/delete: \\/x, &/|12:13|revoke: post and delete exclude each other
	# A rule harsher than the house
	13s/rate_limited/rejected/|13:35|answers: code must be rejected, expired or denied, of a status from 400
	13s/503/429/; 13s/rate_limited/expired/|13:35|answers: code must be
	13s/503/200/; 13s/rate_limited/rejected/|13:35|answers: code must be
	# A filled base_url against all rules of fob_http(3)
	8s/v1/v1?q/|8:13|base_url: it must not have a query or a fragment
	8s/v1/v1#f/|8:13|base_url: it must not have a query or a fragment
	8s#v1#v1/../x#|8:13|base_url: it must not have '.' or '..' in its path
	8s#v1#v1/%2e%2E/x#|8:13|base_url: it must not have '.' or '..' in its path
	8s/https:/http:/|8:13|base_url: plain http is allowed only to localhost
	8s/example/ex%61mple/|8:13|base_url: its host has a character that no host name has
	8s/example/ex\xc3\xa4mple/|8:13|base_url: its host has a character that no host name has
	8s/example/example:99999/|8:13|base_url: its port must be a number from 1 to 65535
	8s/example/example./|8:13|base_url: its host has an empty part between dots, or ends with a dot
	8d|2:9|base_url is missing
	# No check, no revoke, no headers; a POST as check
	10d|2:9|check is missing
	12d|2:9|revoke is missing
	9d|2:9|headers is missing
	10s/get/post/|10:10|check: must be a get: post could change something
	10s/get: .me, //|10:10|check: get is missing
	10s#/me#https://hr.example/me#|10:17|check: must begin with /
	11s#"/people#"people#|11:26|rights: must begin with /
	# What no request can have
	10s#/me#"/m e"#|10:17|check: it has a space, a control character or one that is not ASCII
	10s#/me#/m\\xc3\\xa4#|10:17|check: it has a space, a control character or one that is not ASCII
	10s#/me#"/me\#x"#|10:17|check: it has a fragment
	10s#/me#/a/../me#|10:17|check: it must not have '.' or '..' in its path
	11s#people?#people/%2e?#|11:26|rights: it must not have '.' or '..' in its path
	12s#/end#"/e nd"#|12:19|revoke: it has a space
	10s#/id }#/i~d }#|10:26|check: a ~ in a JSON pointer is written ~0
	11s#: { .*#: { a: /, b: /, c: /, d: /, e: / }#|11:11|rights: must be a map of at most 4 names and paths
	12s/{ .*/{}/|12:11|revoke: must have a request, manual, or both
	# Headers
	9s/: { base64.*/: x }/|9:12|headers: no header has a field in it
	9s/Authorization/A B/|9:14|headers: A B: not a header
	9s/Authorization/Host/|9:14|headers: Host: set by fob
	9s/: { base64.*/: "a\\\\tb{key}" }/|9:29|headers: a control character cannot be sent
	12s/form/headers: { transfer-encoding: x }, form/|12:36|revoke: transfer-encoding: set by fob
	9s/base64: /scheme: "a b", &/|9:39|headers: must be a word
	9s/base64: .{user}:{key}./scheme: X/|9:29|headers: base64 is missing
	12s/form/headers: { A B: x }, form/|12:36|revoke: A B: not a header
	13a\  retry_at: a b|14:13|retry_at: must be the name of a header
	# The token
	12s#post:#token: "https://a.example/end", &#|12:20|revoke: post and token exclude each other
	12s#post.*#token: "https://a.example/end" }#|12:20|revoke: needs the option token, and the field client_id
	9s/{user}:{key}/{token}/; 12s#post.*#token: "https://a.example/end" }#; 12a\  token: { post: "https://a.example/", form: { a: "{user}", b: "{key}" } }|12:20|revoke: needs the option token, and the field client_id
	9s/{user}:{key}/{token}/; 12a\  token: { put: /x }|13:12|token: unknown key put
	9s/{user}:{key}/{token}/; 12a\  token: { get: /x }|13:17|token: must be a whole URL
	9s/{user}:{key}/{token}/; 12a\  token: { post: "https://a.example/{token}" }|13:18|token: {token}: no such field
	9s/{user}:{key}/{token}/; 12a\  token: { post: "https://a.example/{key}" }|13:18|token: key: a secret cannot be here
	9s/{user}:{key}/{token}/; 12a\  token: { post: "https://a.example/", lasts: soon }|13:47|token: must be a duration
	9s/{user}:{key}/{token}/; 12a\  token: { post: "https://a.example/", expires: in }|13:49|token: must be a JSON pointer
	6s/name: area.*/name: token, optional: true }/; 8s/{area}.//; 9s/{user}/{token}/; 12a\  token: { post: "https://a.example/", form: { a: "{user}" } }|13:10|token: there is a field of this name, too
	END
}

@test "warnings and notes of a file of the http plugin, which change no status" {
    checked 0 <<-END
	# A secret in a query
	10s/id:/query: { k: "{key}" }, &/|10:34|warning: check: key: a secret in a query is in the logs of servers and proxies
	10s#/me#"/me?k={key}"#|10:17|warning: check: key: a secret in a query
	9s/headers: .*/query: { k: "{user}{key}" }/|9:15|warning: query: key: a secret in a query
	12s#/end#"/end?k={key}"#|12:19|warning: revoke: key: a secret in a query
	9s/{user}:{key}/{user}:{token}/; 12a\  token: { get: "https://a.example/?k={key}" }|13:17|warning: token: key: a secret in a query
	9s/{user}:{key}/{user}:{token}/; 12a\  token: { get: "https://a.example/", query: { k: "{key}" } }|13:51|warning: token: key: a secret in a query
	# A host that may be any
	6s/label.*/host }/; 8s/{area}.hr.example/{area}/|6:25|warning: type: host without a pattern: the person who types it says where the credential goes
	# What no rehearsal has
	s/x/x/|12:11|warning: no rehearsal of revoke
	9s/{user}:{key}/{user}:{token}/; 12a\  token: { post: "https://a.example/", form: { k: "{key}" } }|13:10|warning: no rehearsal of token
	14d|1:1|note: there is no rehearsal
	END
    # With a pattern, and rehearsed, there is none.
    provider '6s/label.*/host, pattern: ".*[.]hr[.]example" }/; 8s/{area}.hr.example/{area}/; 12s/post.*/manual: x }/'
    split fob check hr
    ended 0
    has_not "$output" 'warning:'
    has_not "$output" 'note:'
    # Only fob check shows them.
    provider '10s/id:/query: { k: "{key}" }, &/'
    fob init >/dev/null 2>&1 || true
    split fob link hr new --stdin <<<$'user=7\nkey=k'
    refused 64
    has_not "$stderr" 'warning:'
}

@test "all mistakes are told in one run, each once" {
    provider '10s/get/gte/; 11s/limit/{x}/; 12s/form/from/; 5a\  - { name: more, optional: true }'
    split fob check hr
    ended 78
    [ "$(grep -c hr.yaml: <<<"$output")" -eq 6 ]
    has "$output" 'unknown key gte'
    has "$output" 'get is missing'
    has "$output" '{x}: no such field'
    has "$output" 'unknown key from'
    has "$output" 'the field more is used nowhere'
}

@test "the table of options in fob_http_plugin(7) is the plugin's, and its examples are good" {
    local rows
    rows=$(sed -n '/^\.It Sy Option/,/^\.El/{ s/\\&//g; s/^\.It \([a-z]\)/\1/p; }' "$abs_top_srcdir/man/fob_http_plugin.7" |
        awk -F' Ta ' '{ print $1 "|" $3 "|" $4 }')
    [ "$(cut -d'|' -f1 <<<"$rows" | sort)" = "$(fob plugins http --json | jq -r '.options[].name' | sort)" ]
    while IFS='|' read -r name default; do
        [ "$(fob plugins http --json | jq -r --arg name "$name" '.options[] | select(.name == $name).default')" = "$default" ]
    done < <(cut -d'|' -f1,2 <<<"$rows" | grep '|[0-9]')
    {
        printf 'provider: hr\nplugin: http\nfields:\n'
        printf '  - { name: area, type: label }\n  - { name: user }\n  - { name: key, secret: true }\n'
        printf '  - { name: chain }\n  - { name: private_key, secret: true }\n  - { name: other, optional: true }\noptions:\n'
        sed 's/^\([a-z_]*\)|[^|]*|/  \1: /; s/{ api_key:/{ t: "{token}{other}", api_key:/' <<<"$rows" |
            grep -v '^  \(oauth\|ca_file\):'
    } >providers.d/hr.yaml
    split fob check hr
    ended 0
}
