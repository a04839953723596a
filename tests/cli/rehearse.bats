#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Rehearsals: fob check plays them without a network, a store or a person, and says where one fails.

load common
load performed

setup()
{
    make_home
    rm providers.d/*
    provider
}

# The provider hr; each line of its rehearsals can be changed by change.
provider()
{
    cat >providers.d/hr.yaml <<-'END'
	provider: hr
	plugin: http
	fields:
	  - { name: area, type: label, default: eu }
	  - { name: user, pattern: "[a-z]+" }
	  - { name: key, secret: true }
	options:
	  base_url: https://{area}.hr.example/v1
	  headers: { Authorization: { base64: "{user}:{key}" }, X-Area: "{area}" }
	  check: { get: /me, query: { full: "1", of: "{user}" }, id: /id, name: /name }
	  rights: { read people: /people }
	  revoke: { post: "/keys/{user}", form: { why: "the end & more" }, manual: Delete it. }
	rehearsals:
	  - name: a good key
	    fields: { user: ann, key: s3cret }
	    steps:
	      - link: success
	        calls:
	          - request:
	              get: https://eu.hr.example/v1/me?full=1&of=ann
	              headers:
	                Authorization: Basic YW5uOnMzY3JldA==
	                x-area: eu
	            answer: { status: 200, json: { id: 7, name: Acme, more: [ true, null ] } }
	          - request: { get: "https://eu.hr.example/v1/people", headers: &sent { Authorization: Basic YW5uOnMzY3JldA==, X-Area: eu } }
	            answer: { status: 200, text: anything }
	        id: 7
	        name: Acme
	        status: active
	      - authorize: success
	        headers: { authorization: Basic YW5uOnMzY3JldA==, X-Area: eu }
	      - validate: denied
	        calls:
	          - request: { get: "https://eu.hr.example/v1/me?full=1&of=ann", headers: *sent }
	            answer: { status: 403, headers: { Content-Type: text/plain }, text: not today }
	        says: not today
	        status: degraded
	      - revoke: manual
	        calls:
	          - request: { post: "https://eu.hr.example/v1/keys/ann", headers: *sent, form: { why: "the end & more" } }
	            answer: { status: 204 }
	  - name: a second no counts after a minute
	    fields: { area: us, user: ann, key: s3cret }
	    steps:
	      - link: success
	        calls:
	          - request: &me { get: "https://us.hr.example/v1/me?full=1&of=ann", headers: &us { Authorization: Basic YW5uOnMzY3JldA==, X-Area: us } }
	            answer: { status: 200, json: &acme { id: 7, name: Acme } }
	          - request: { get: "https://us.hr.example/v1/people", headers: *us }
	            answer: { status: 200 }
	      - validate: rejected
	        calls: [ { request: *me, answer: { status: 401 } } ]
	        status: active
	      - after: 2m
	      - validate: rejected
	        calls: [ { request: *me, answer: { status: 401 } } ]
	        status: rejected
	  - name: a bad day
	    fields: { area: us, user: ann, key: s3cret }
	    steps:
	      - link: success
	        calls: [ { request: *me, answer: { status: 200, json: *acme } },
	                 { request: { get: "https://us.hr.example/v1/people", headers: *us }, answer: { status: 200 } } ]
	      - { validate: unavailable, calls: [ { request: *me, answer: { fault: refused } } ] }
	      - { validate: unavailable, calls: [ { request: *me, answer: { fault: timeout } } ], says: did not answer }
	      - { validate: untrusted, calls: [ { request: *me, answer: { fault: certificate } } ] }
	      - validate: rate_limited
	        calls: [ { request: *me, answer: { status: 429, headers: { Retry-After: "30" } } } ]
	  - name: a user that is none
	    fields: { user: "A:B", key: x }
	    steps: [ { link: invalid, says: user } ]
	END
}

change()
{
    sed -i "$1" providers.d/hr.yaml
}

@test "a file is rehearsed without a network, a store or a person" {
    run -0 fob check hr
    [ "$output" = "ok: provider hr: $home/providers.d/hr.yaml
ok:   link      required   http
ok:   validate  required   http
ok:   revoke    required   http
ok:   authorize required   http
ok:   renew     required   http
ok:   rehearsed 4" ]
    [ ! -e store ] && [ ! -e log ]
    split fob check hr --json
    ended 0
    [ "$(jq -r .good <<<"$output")" = true ]
}

@test "each difference is found, at its place, with what was sent and expected" {
    while IFS='|' read -r edit place text; do
        provider
        change "$edit"
        split fob check hr
        ended 78
        has "$output" "hr.yaml:$place: rehearsal \"$text" || { echo "$edit: $output"; return 1; }
    done <<-'END'
	s/full: "1"/full: "2"/|20:20|a good key": link sent GET https://eu.hr.example/v1/me?full=2&of=ann, not GET https://eu.hr.example/v1/me?full=1&of=ann
	20s/get/post/|20:21|a good key": link sent GET https://eu.hr.example/v1/me?full=1&of=ann, not POST
	22s/YW5/YW6/|22:32|a good key": link sent Authorization: Basic YW5uOnMzY3JldA==, not Basic YW6uOnMzY3JldA==
	23d|20:15|a good key": link sent the header X-Area: eu, which is not expected
	23s/.*/&\n                X-More: 1/|24:17|a good key": link did not send the header X-More
	24s/200/500/|17:15|a good key": link ended with unavailable, not success
	24s/id: 7/id: 8/|27:13|a good key": link has the id "8", not "7"
	s/name: Acme$/name: Acmee/|28:15|a good key": link has the name "Acme", not "Acmee"
	29s/active/degraded/|29:17|a good key": link has the status "active", not "degraded"
	31s/X-Area: eu/X-Area: us/|31:67|a good key": authorize put the header X-Area: eu, not us
	31s/, X-Area: eu//|31:18|a good key": authorize put the header X-Area: eu, which is not expected
	31s/ }/, X-C: d }/|31:18|a good key": authorize put 2 headers, not 3
	s/says: not today/says: tomorrow/|36:15|a good key": validate says "
	40s/more/less/|40:96|a good key": revoke sent why=the end & more in the form, not the end & less
	40s/, form.*/ }/|40:22|a good key": revoke sent a body, which is not expected
	40s/, form: {/, form: { a: b,/|40:89|a good key": revoke sent 1 parameters in the form, not 2
	40s/form: { why:/body: { why:/|40:89|a good key": revoke did not send JSON
	s#read people: /people#&, write: /x#|17:9|a good key": link made a call too many: GET https://eu.hr.example/v1/x
	39,41d|38:9|a good key": revoke made a call too many: POST https://eu.hr.example/v1/keys/ann
	/^  rights/d|24:13|a good key": link did not make this call
	s/after: 2m/after: 30/|57:17|a second no counts after a minute": validate has the status "active", not "rejected"
	s/fault: timeout/fault: refused/|65:97|a bad day": validate says "
	s/link: invalid/link: success/|71:22|a user that is none": link ended with invalid, not success: user
	END
}

@test "a body is compared as JSON" {
    change 's/form: { why: "the end & more" }, manual/body: { why: "{user}", list: [ 1, true, x ] }, manual/'
    change 's/form: { why: "the end & more" }/body: { list: [ 1, true, x ], why: ann }/'
    split fob check hr
    ended 0
    change 's/body: { list: \[ 1, true, x \]/body: { list: [ "1", true, x ]/'
    split fob check hr
    ended 78
    has "$output" 'revoke sent the body {"why":"ann","list":[1,true,"x"]}, not {"list":["1",true,"x"],"why":"ann"}'
}

@test "mistakes have their place and the nearest key" {
    while IFS='|' read -r edit place text; do
        provider
        change "$edit"
        split fob check hr
        ended 78
        has "$output" "hr.yaml:$place: $text" || { echo "$edit: $output"; return 1; }
        has_not "$output" 'rehearsal "'
        # What only fob check reads stops nobody else.
        fob init >/dev/null 2>&1 || true
        split fob link hr acme --field user=ann </dev/null
        has "$stderr" 'no value for the field key'
    done <<-'END'
	s/^  - name: a good key/  - nme: a good key/|14:5|unknown key nme; did you mean name?
	15s/user/usr/|15:15|unknown key usr; did you mean user?
	17s/success/suxess/|17:15|suxess: not the name of a code; did you mean success?
	17s/link: success/lnk: success/|17:9|unknown key lnk; did you mean link?
	20s/get/gett/|20:15|unknown key gett; did you mean get?
	20s/https:/ftp:/|20:20|ftp://eu.hr.example
	24s/200/999/|24:31|must be a whole number from 200 to 599
	24s/status: 200, //|24:21|status: missing
	24s/, more:.*/ }, text: x }/|24:21|json and text exclude each other
	24s/json/jsn/|24:36|unknown key jsn; did you mean json?
	s/fault: refused/fault: refuse/|64:76|fault:
	s/after: 2m/after: never/|54:16|after: must be a duration
	30s/authorize/link/|30:9|steps: the first is link, and no other
	16s/steps: *$/steps: x\n    stepz:/|16:12|steps: must be a list
	END
}

# The provider list: a token, a credential in the query as well, and actions.
lists()
{
    cat >providers.d/list.yaml <<-'END'
	provider: list
	plugin: http
	fields:
	  - { name: user }
	  - { name: key, secret: true }
	options:
	  base_url: https://hr.example/v1
	  headers: { Authorization: "Bearer {token}" }
	  query: { apikey: "{key}" }
	  token: { post: https://login.hr.example/token, body: { user: "{user}", key: "{key}" } }
	  check: { id: "{user}" }
	  revoke: { manual: Delete it. }
	items: /data
	paginate: { cursor: after, next: /next, more: /more }
	actions:
	  people: { get: /people, query: { of: "{of}" }, arguments: { of: { default: all } }, paginate: true, columns: [ id, name.first ], private: [ pay ] }
	  person: { get: "/people/{id}" }
	  add: { post: /people, arguments: { name: { required: true } }, body: { name: "{name}" } }
	rehearsals:
	  - name: two pages
	    fields: { user: ann, key: "s&t" }
	    steps:
	      - link: success
	        calls: [ { request: &login { post: https://login.hr.example/token, body: { user: ann, key: s&t } },
	                   answer: { status: 200, json: { access_token: t1, expires_in: 3600 } } } ]
	      - authorize: success
	        headers: { Authorization: Bearer t1 }
	        query: { apikey: s&t }
	      - run: people
	        calls:
	          - request: { get: "https://hr.example/v1/people?of=all&apikey=s%26t", headers: &t1 { Authorization: Bearer t1 } }
	            answer: { status: 200, json: { data: [ { id: 7, name: { first: Ann }, pay: 1 }, { id: 8 } ], next: c 2, more: true } }
	          - request: { get: "https://hr.example/v1/people?of=all&after=c%202&apikey=s%26t", headers: *t1 }
	            answer: { status: 200, json: { data: [ { id: 9 } ], next: c3, more: false } }
	        items: 3
	        first: { id: 7, name.first: Ann, /pay: "***", none: "" }
	      - run: people
	        arguments: { of: me }
	        code: protocol
	        calls: [ { request: { get: "https://hr.example/v1/people?of=me&apikey=s%26t", headers: *t1 }, answer: { status: 200, json: [ 1 ] } } ]
	        says: no list called data
	      - run: person
	        arguments: { id: "" }
	        code: invalid
	        says: id
	      - run: add
	        arguments: { name: Bea }
	        calls: [ { request: { post: "https://hr.example/v1/people?apikey=s%26t", headers: *t1, body: { name: Bea } }, answer: { status: 204 } } ]
	        items: 0
	      - after: 2h
	      - run: person
	        arguments: { id: 8 }
	        calls: [ { request: *login, answer: { status: 200, json: { access_token: t2, expires_in: 3600 } } },
	                 { request: { get: "https://hr.example/v1/people/8?apikey=s%26t", headers: { Authorization: Bearer t2 } }, answer: { status: 404 } } ]
	        code: not_found
	      - run: person
	        arguments: { id: 8 }
	        calls: [ { request: { get: "https://hr.example/v1/people/8?apikey=s%26t", headers: { Authorization: Bearer t2 } }, answer: { status: 401 } },
	                 { request: *login, answer: { status: 200, json: { access_token: t3, expires_in: 3600 } } },
	                 { request: { get: "https://hr.example/v1/people/8?apikey=s%26t", headers: { Authorization: Bearer t3 } },
	                   answer: { status: 200, json: { data: { id: 8, name: { first: Cleo } } } } } ]
	        first: { name.first: Cleo }
	END
}

@test "actions are rehearsed with all their pages" {
    lists
    split fob check list
    ended 0
    has "$output" 'ok:   rehearsed 1'
    while IFS='|' read -r edit place text; do
        lists
        sed -i "$edit" providers.d/list.yaml
        split fob check list
        ended 78
        has "$output" "list.yaml:$place: $text" || { echo "$edit: $output"; return 1; }
    done <<-'END'
	28s/s&t/st/|28:26|rehearsal "two pages": authorize put the parameter apikey: s&t, not st
	28s/{.*/{ a: b }/|28:16|rehearsal "two pages": authorize put the parameter apikey: s&t, which is not expected
	28s/apikey/ApiKey/|28:16|rehearsal "two pages": authorize put the parameter apikey: s&t, which is not expected
	27s/Authorization/AUTHORIZATION/;28s/s&t/st/|28:26|rehearsal "two pages": authorize put the parameter apikey: s&t, not st
	31s/s%26t/s/|31:29|rehearsal "two pages": run sent GET https://hr.example/v1/people?of=all&apikey=s%26t, not GET https://hr.example/v1/people?of=all&apikey=s
	33s/c%202/c3/|33:29|rehearsal "two pages": run sent GET https://hr.example/v1/people?of=all&after=c%202&apikey=s%26t, not GET
	32s/more: true/more: false/|33:13|rehearsal "two pages": run did not make this call
	34s/more: false/more: true/|29:9|rehearsal "two pages": run made a call too many: GET https://hr.example/v1/people?of=all&after=c3&apikey=s%26t
	34s/, next.*/, more: true } }/|29:9|rehearsal "two pages": run ended with protocol, not success: page 2 says that more follow, and not where
	35s/3/4/|35:16|rehearsal "two pages": run has 3 items, not 4
	36s/id: 7/id: 8/|36:22|rehearsal "two pages": run has id "7" in the first item, not "8"
	36s/\*\*\*/1/|36:48|rehearsal "two pages": run has /pay "***" in the first item, not "1"
	/private/s/, private: . pay .//|36:48|rehearsal "two pages": run has /pay "1" in the first item, not "***"
	s/code: protocol/code: success/|39:15|rehearsal "two pages": run ended with protocol, not success: the answer has no list called data
	49s/items: 0/items: 1/|49:16|rehearsal "two pages": run has 0 items, not 1
	49s/items: 0/first: { a: b }/|49:16|rehearsal "two pages": run has no item
	s/after: 2h/after: 2m/|24:44|rehearsal "two pages": run sent GET https://hr.example/v1/people/8?apikey=s%26t, not POST https://login.hr.example/token
	29s/people/peple/|29:14|run: peple: provider list has no such action; did you mean people?
	38s/of/off/|39:15|rehearsal "two pages": run ended with invalid, not protocol: people: it has no argument off
	36s/id: 7/a..b: 7/|36:18|first: a..b: must be a name, a dotted.path or a /json/pointer
	27s/.*/        items: 1/|27:16|items: only with run
	27s/.*/        run: people/|26:9|steps: one hook or run in each step
	END
}

@test "what is missing is said" {
    change '/^rehearsals:/,$d'
    split fob check hr
    ended 0
    has "$output" 'hr.yaml:1:1: note: there is no rehearsal'
    has "$output" 'hr.yaml:12:11: warning: no rehearsal of revoke'
    change 's/post: .*manual/manual/'
    split fob check hr
    ended 0
    has_not "$output" 'warning'
}

@test "what is missing of an entry with its own options is said there" {
    cat >providers.d/hr.yaml <<-'END'
	provider: hr
	fields: [ { name: key, secret: true } ]
	link:
	  - &entry
	    control: required
	    plugin: http
	    options:
	      base_url: https://hr.example
	      headers: { Authorization: "Bearer {token}" }
	      token: { post: "https://hr.example/token", form: { key: "{key}" } }
	      revoke: { post: /end }
	validate: [ *entry ]
	renew: [ *entry ]
	authorize: [ *entry ]
	revoke: [ { control: optional, plugin: debug, options: { revoke: success } }, *entry ]
	rehearsals: [ { name: a, fields: { key: k }, steps: [ { link: unavailable, calls: [ {
	    request: { post: "https://hr.example/token", form: { key: k } }, answer: { fault: refused } } ] } ] } ]
	END
    split fob check hr
    ended 0
    has_not "$output" 'rehearsal of token'
    has "$output" 'hr.yaml:11:15: warning: no rehearsal of revoke'
    sed -i '/^rehearsals/,$d' providers.d/hr.yaml
    split fob check hr
    ended 0
    has "$output" 'hr.yaml:10:14: warning: no rehearsal of token'
    has "$output" 'hr.yaml:11:15: warning: no rehearsal of revoke'
}

@test "programs are not started by a rehearsal, and nothing else may call" {
    cat >run.sh <<-END
	#!/bin/sh
	echo started >>$home/started
	END
    chmod 755 run.sh
    change "s|^plugin: http|link: [ { control: optional, plugin: exec, options: { command: [ $home/run.sh ], base_url: \"https://hr.example\" } }, { control: required, plugin: http } ]\nvalidate: [ { control: required, plugin: http } ]\nauthorize: [ { control: required, plugin: http } ]\nrevoke: [ { control: required, plugin: http } ]|"
    split fob check hr
    ended 0
    has "$output" 'rehearsed 4'
    [ ! -e started ]
}

@test "fob check names what there is not" {
    split fob check hrr
    ended 66
    has "$output" 'hrr: no such provider'
}

teardown()
{
    stop_performing
}

@test "fob links, validates and revokes at a server that plays a rehearsal" {
    python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is not installed'
    fob init >/dev/null 2>&1
    mv providers.d/hr.yaml written.yaml
    mkdir written
    mv written.yaml written/hr.yaml
    perform written/hr.yaml "a good key"
    split fob link hr acme --stdin <performed/fields
    ended 0
    split fob validate acme
    ended 77
    has "$stderr" 'not today'
    [ "$(fob show acme --json | jq -r .status)" = degraded ]
    split fob revoke acme --yes
    has "$stderr" 'Delete it.'
    [ ! -e performed/wrong ]
    perform "$abs_top_srcdir/conf/providers.d/charliehr.yaml" "a wrong pair, and one that was reset"
    split fob link charliehr corp --stdin <performed/fields
    refused 1
    has "$stderr" 'does not accept this Client ID and Client Secret'
    [ ! -e performed/wrong ]
}
