#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob run: CharlieHR's actions at the sandbox, and lists that are wrong or incomplete.

load sandboxed

setup()
{
    new_store
    link_account acme >/dev/null
}

teardown()
{
    stop_answers
    stop_own_sandbox
    untold
}

# answers ANSWER...: link the account other at a provider that sends these answers in turn, as begin_answers; its
# actions come from stdin.
answers()
{
    begin_answers "$@"
    {
        sed '/^actions:/,$d; s|^provider:.*|provider: other|; /^budget:/d' \
            "$abs_top_srcdir/conf/providers.d/charliehr.yaml" |
            sed "s|base_url:.*|base_url: $url/v1\n  retries: 0|"
        cat
    } >"$home/providers.d/other.yaml"
    printf 'client_id=id\nclient_secret=much secret\n' |
        fob link other other --stdin --no-validate "${link_options[@]}" >/dev/null 2>&1
}

# Remove the account.
forget_answers()
{
    fob revoke other --yes >/dev/null 2>&1 || true
}

asked()
{
    cat "$home/answers/asked"
}

LIST='actions:
  list: { get: /items, items: /items, paginate: { next: /next, total: /total } }'

@test "run without an action lists them" {
    fob run acme >list
    [ "$(head -n 1 list | tr -s ' ')" = "ACTION ARGUMENTS SUMMARY" ]
    grep -Eq '^get-team-member +id +One person, with notes$' list
    grep -Eq '^add-note-type +name type \[7 more\] +Make a type of note \(writes\)$' list
    fob run acme --json >actions
    [ "$(jq length actions)" -eq "$(($(wc -l <list) - 1))" ]
    [ "$(jq -r '.[] | select(.writes) | .name' actions | xargs)" = "add-team-member-note add-note-type" ]
    [ "$(jq -c '.[] | select(.name == "list-teams").arguments[0]' actions)" = \
        '{"name":"page_size","type":"integer","summary":"items per call","required":false,"default":"25","min":1,"max":25}' ]
    # This is no use of the account.
    [ "$(fob log --event run | wc -l)" -eq 0 ]
    split fob run nobody
    refused 66
}

@test "every endpoint of CharlieHR is an action, and each one works" {
    fob run acme list-team-members --format ndjson >people
    person=$(head -n 1 people | jq -r .id)
    office=$(fob run acme list-offices --format ndjson | head -n 1 | jq -r .id)
    team=$(fob run acme list-teams --format ndjson | head -n 1 | jq -r .id)
    note_type=$(fob run acme list-note-types --format ndjson | head -n 1 | jq -r .id)
    leave=$(fob run acme list-leave-requests --format ndjson | head -n 1 | jq -r .id)
    forget_requests
    while read -r action arguments; do
        # shellcheck disable=SC2086 # words
        split fob run acme "$action" $arguments --yes --format ndjson
        ended 0
        [ -n "$output" ]
        [ -z "$stderr" ]
        jq -e . <<<"$output" >/dev/null
        # shellcheck disable=SC2086
        fob run acme "$action" $arguments --yes --format table >/dev/null
        echo "$action"
    done >ran <<-END
	get-company
	list-offices
	get-office id=$office
	list-teams
	get-team id=$team
	list-team-members page_size=25
	get-team-member id=$person
	list-team-member-notes id=$person
	add-team-member-note id=$person note_type=$note_type content=Ümlaut
	list-note-types
	get-note-type id=$note_type
	add-note-type name=Laptop type=Text admins=true
	list-leave-requests start_date=2026-06-01 end_date=2026-06-30
	get-leave-request id=$leave
	list-team-member-leave-requests id=$person
	list-leave-allowances
	get-team-member-leave-allowance id=$person
	list-non-holiday-leave-allowances
	list-leave-types
	list-working-locations
	list-team-member-working-locations date=2026-06-30
	get-team-member-working-location id=$person date=2026-06-29
	list-salaries
	list-team-member-salaries id=$person
	list-bank-accounts
	get-bank-account team_member=$person
	END
    [ "$(sort ran)" = "$(fob run acme --json | jq -r '.[].name' | sort)" ]
    [ "$(requests main | jq -r 'select(.status >= 300) | .path')" = "" ]
    jq -e '.permissions.admins and (.permissions.owners | not) and .name == "Laptop"' \
        < <(fob run acme list-note-types --format ndjson | tail -n 1)
    fob run acme list-team-member-notes id="$person" --format ndjson | jq -e 'select(.content == "Ümlaut")'
}

@test "a list is the same in each layout, and the same as fob request's" {
    fob request acme /team_members --paginate | jq -c '.[]' >wanted
    fob run acme list-team-members --show-private --format ndjson >lines
    jq -c . lines | cmp - wanted
    fob run acme list-team-members --show-private --format json | jq -c '.[]' | cmp - wanted
    fob run acme list-team-members --show-private --json | jq -c '.[]' | cmp - wanted
    fob run acme list-team-members --format csv >sheet
    [ "$(head -n 1 sheet)" = $'id,display_name,job_title,work_email,start_date\r' ]
    python3 -c 'import csv, json
for row in csv.DictReader(open("sheet", encoding="utf-8", newline=""), strict=True):
    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))' |
        cmp - <(jq -c '{id, display_name, job_title, work_email, start_date}' wanted)
    fob run acme list-team-members >table
    [ "$(wc -l <table)" -eq 313 ]
    grep -Eq '^team_member_[0-9a-f]+ +Zoë Okafor +Senior Engineer +person2@acme.example +2015-01-18$' table
}

@test "--fields are names, dotted paths and pointers" {
    fields=display_name,teams.0,/office,nothing,teams
    person=$(fob run acme list-team-members --format ndjson --fields id | head -n 1)
    [ "$(jq -c keys <<<"$person")" = '["id"]' ]
    line=$(fob run acme list-team-members --format ndjson --fields "$fields" | sed -n 2p)
    [ "$(jq -r 'keys_unsorted | join(" ")' <<<"$line")" = "display_name teams.0 /office nothing teams" ]
    jq -e '.nothing == null and .["teams.0"] == .teams[0] and (.["/office"] | test("^office_"))' <<<"$line"
    fob run acme list-team-members --format csv --fields "$fields" >sheet
    sed -n 2p sheet | grep -Eq $'^Amelia Smith,team_[0-9a-f]+,office_[0-9a-f]+,,"\\[""team_[0-9a-f]+""\\]"\r$'
    for fields in '' 'a,,b' a..b .a a. '/a~2' ','; do
        split fob run acme list-team-members --fields "$fields"
        refused 64
    done
}

@test "private members are masked unless requested" {
    for format in table csv json ndjson; do
        fob run acme list-bank-accounts --format "$format" >masked
        grep -q '\*\*\*' masked
        run ! grep -q 01000003 masked
        fob run acme list-bank-accounts --format "$format" --show-private >shown
        grep -q 01000003 shown
    done
    [ "$(fob log --json --event run | jq -r .detail | sort -u | xargs)" = \
        'run: list-bank-accounts run: list-bank-accounts, private' ]
    fob run acme list-team-members --json >masked
    run ! grep -Eq 'QQ[0-9]{6}C' masked
    [ "$(fob run acme list-salaries --fields pay_rate --format csv | tr -d '\r' | sort -u | tr '\n' ' ')" = \
        '*** pay_rate ' ]
}

@test "csv is RFC 4180, without formulas on request" {
    answers '[{"a":"=1+2","b":-5,"c":"x,y"},{"a":"@x\"y","b":null,"c":" z"},{"a":"+\u0000","b":true,"c":{"d":[1]}}]' \
        <<<'actions: { get: { get: / } }'
    printf '%s\r\n' 'a,b,c' '=1+2,-5,"x,y"' '"@x""y",," z"' '+?,true,"{""d"":[1]}"' >wanted
    fob run other get --format csv | cmp - wanted
    printf '%s\r\n' 'a,b,c' "'=1+2,-5,\"x,y\"" "\"'@x\"\"y\",,\" z\"" "'+?,true,\"{\"\"d\"\":[1]}\"" >wanted
    fob run other get --format csv --csv-safe | cmp - wanted
    printf '%s\r\n' b -5 '""' true | cmp - <(fob run other get --format csv --fields b)
    split fob run other get --csv-safe
    refused 64
}

@test "an argument is checked before anything is sent" {
    forget_requests
    while read -r exit words; do
        # shellcheck disable=SC2086 # words
        split fob run acme $words </dev/null
        refused "$exit"
        [ -n "$stderr" ]
    done <<-'END'
	66 list-team-member
	64 get-team-member
	64 get-team-member id=
	64 get-team-member id=..
	64 get-team-member id=a/b
	64 get-team-member id=a id=b
	64 get-team-member =a
	64 get-team-member a
	64 list-team-members page_size=ten
	64 list-team-members page_size=26
	64 list-team-members pagesize=5
	64 list-leave-requests start_date=2026-02-30
	64 add-note-type name=x type=Txt --yes
	64 list-team-members --format xml
	64 list-team-members --data {}
	END
    split fob run acme list-team-member
    has "$stderr" 'hint: did you mean list-team-members?'
    split fob run acme list-team-members pagesize=5
    has "$stderr" 'hint: did you mean page_size?'
    [ -z "$(requests main)" ]
    [ "$(fob log --event run | wc -l)" -eq 0 ]
    split fob run acme get-team-member 'id=x?y#z%2f é'
    ended 66
    [ "$(requests main | jq -r .path)" = '/api/v1/team_members/x%3Fy%23z%252f%20%C3%A9' ]
}

@test "an action that writes asks, or needs --yes" {
    forget_requests
    split alone fob run acme add-note-type name=x type=Text
    refused 64
    has "$stderr" 'hint: --yes does it without asking'
    terminal 'expect=add-note-type at CharlieHR for acme: POST /team_member_note_types?' send=n -- \
        fob run acme add-note-type name=x type=Text || [ $? -eq 64 ]
    [ -z "$(requests main)" ]
    terminal --all 'expect=[y/N]' send=y expect=Text -- fob run acme add-note-type name=x type=Text
    run fob run acme add-note-type name=x type=Text --yes --no-input
    ended 0
    [ "$(requests main | jq -r .body | sort -u)" = '{"name":"x","type":"Text"}' ]
    fault 503 --times 1
    forget_requests
    split fob run acme add-note-type name=x type=Text --yes
    refused 75
    [ "$(requests main | wc -l)" -eq 1 ]
}

@test "a provider may spare its test accounts" {
    link_options=(--type test)
    answers '{"done":true}' <<-'END'
	actions:
	  look: { get: /a }
	  write: { post: /a }
	  find: { post: /b, writes: false }
	END
    run fob run other write --yes
    ended 0
    sed -i 's/^actions:/spares_tests: true\n&/' providers.d/other.yaml
    split fob run other write --yes
    refused 77
    has "$stderr" 'accounts of the type "test"'
    run fob run other look
    ended 0
    run fob run other find
    ended 0
    [ "$(asked | xargs -n 2)" = $'POST /v1/a\nGET /v1/a\nPOST /v1/b' ]
}

@test "the body comes from arguments or from --data, and an empty answer is one" {
    answers '204' '' <<-'END'
	actions:
	  put-it:
	    put: /a/{id}
	    body: { kind: x, deep: { n: "{n}", list: [ "{s}" ] } }
	    arguments: { n: { type: integer }, s: { required: true } }
	END
    split fob run other put-it id=1 s='"\' --yes
    refused 0
    echo '{"own":1}' >body
    for data in @body - '{"own":1}'; do
        run fob run other put-it id=1 --data "$data" --yes <body
        ended 0
    done
    [ "$(asked | head -n 1)" = 'PUT /v1/a/1 {"kind":"x","deep":{"list":["\"\\"]}}' ]
    [ "$(asked | grep -c '{"own":1}')" -eq 3 ]
    split fob run other put-it id=1 s=x --data '{}' --yes
    refused 64
    split fob run other put-it id=1 --yes
    refused 64
}

@test "an empty answer to a write is a success, and Location is printed" {
    answers '' '' 'null' '"ok"' ' ' '{"id":5}' '<html>' '{"success":false,"error":"no"}' '[1,2' <<-'END'
	items: /data
	actions: { make: { post: /a } }
	END
    printf '201\nLocation: /v1/a/5\n' | tee answers/1.head >answers/2.head
    printf '202\n' | tee answers/3.head | tee answers/4.head >answers/5.head
    split fob run other make --yes
    refused 0
    has "$stderr" 'other: done, see /v1/a/5'
    [ "$(fob run other make --yes --json)" = '{"location":"/v1/a/5"}' ]
    for answer in null ok blank; do
        echo "$answer"
        split fob run other make --yes
        refused 0
        [ -z "$stderr" ]
    done
    # An answer that fob does not understand may belong to a change that was made.
    split fob run other make --yes
    refused 76
    has "$stderr" 'the answer has nothing called data'
    has "$stderr" 'hint: its status says that it was done: look before you repeat it'
    split fob run other make --yes
    refused 76
    has "$stderr" 'its status says that it was done'
    split fob run other make --yes
    refused 76
    has_not "$stderr" 'done'
    split fob run other make --yes
    refused 76
    has "$stderr" 'its status says that it was done'
    [ "$(asked | wc -l)" -eq 9 ]
}

@test "fob request accepts an empty answer to a write, and prints its Location" {
    answers '' '' ' ' 'null' '' '{"a":1}' <<<'actions: { make: { post: /a } }'
    for number in 1 2 3 4 6; do
        printf '201\nLocation: /v1/a/\033[31m5\n' >"answers/$number.head"
    done
    printf '200\n' >answers/5.head
    split fob request other POST /a --data '{}'
    refused 0
    [ "$stderr" = 'other: done, see /v1/a/?[31m5' ]
    fob request other POST /a --include 2>errors | grep -q '^Location: /v1/a/'
    [ -z "$(without_warning <errors)" ]
    split fob request other DELETE /a
    ended 0
    has "$stderr" 'done, see'
    [ "$(fob request other PUT /a --data 1)" = null ]
    split fob request other GET /a
    refused 76
    [ "$(fob request other POST /a 2>&1 | without_warning)" = '{"a":1}' ]
}

@test "a compressed answer is an error that names the encoding, unless requested" {
    answers 'abc' <<<'actions: { look: { get: /a } }'
    printf '200\nContent-Encoding: gzip\n' >answers/1.head
    for words in "request other /a" "run other look"; do
        # shellcheck disable=SC2086 # words
        split fob $words
        refused 76
        has "$stderr" 'coded as gzip'
    done
    [ "$(fob request other /a --header 'Accept-Encoding: gzip')" = abc ]
}

@test "a request without an answer may have been carried out" {
    answers '504' '' '{}' <<<'actions: { make: { post: /a }, look: { get: /a } }'
    split fob run other make --yes
    refused 75
    has "$stderr" 'hint: it may have been done all the same: look before you repeat it'
    for answer in '' $'HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{' $'HTTP/1.1 303 See Other\r\nLocation: /v1/b\r\n\r\n'; do
        rm -f port
        told 1 < <(printf %s "$answer")
        sed -i "s|base_url:.*|base_url: http://127.0.0.1:$(cat port)/v1|" providers.d/other.yaml
        split fob run other make --yes
        [ "$status" -eq 75 ] || [ "$status" -eq 76 ]
        has "$stderr" 'hint: the POST request was sent and may have been carried out: look before you repeat it'
    done
    rm port
    told 1 </dev/null
    sed -i "s|base_url:.*|base_url: http://127.0.0.1:$(cat port)/v1|" providers.d/other.yaml
    split fob run other look
    refused 75
    has_not "$stderr" 'carried out'
    # Nothing listens there: the request was not sent.
    sed -i "s|base_url:.*|base_url: http://127.0.0.1:9/v1|" providers.d/other.yaml
    split fob run other make --yes
    refused 75
    has_not "$stderr" 'carried out'
}

@test "the status is that of the answer, and a rejected account is not lent" {
    for pair in "401 1" "403 77" "404 66" "422 76" "429 75" "500 75" "html 76" "not-json 76" "deep 76" \
        "truncated-json 76" "success-false 76" "empty 76" "no-data 76"; do
        fault "${pair% *}"
        split fob run acme list-teams
        refused "${pair#* }"
        has "$stderr" 'fob: acme: '
    done
    fault none
    fob suspend acme >/dev/null
    split fob run acme list-teams
    refused 77
    run fob run acme list-teams --force
    ended 0
    [ "$(fob log --json --event run | tail -n 2 | jq -r '.result + " " + .detail' | xargs)" = \
        "suspended run: list-teams success run: list-teams, forced" ]
}

@test "keys without one permission can read the rest" {
    own_sandbox --restricted
    link_account limited >/dev/null
    for action in list-salaries list-bank-accounts; do
        split fob run limited "$action"
        refused 77
        has "$stderr" 'These API keys have no access to this data'
    done
    run fob run limited list-team-members
    ended 0
    [ "$(of_account limited status)" = active ]
}

@test "pages are followed in each way there is" {
    while IFS='|' read -r paginate first second third targets; do
        answers "$first" "$second" "$third" <<-END
	actions:
	  list: { get: /items, items: /items, paginate: $paginate }
	END
        [ "$(fob run other list --format ndjson | xargs)" = "1 2 3 4 5" ]
        [ "$(asked | cut -d ' ' -f 2 | sed 's|/v1/items||' | xargs)" = "$targets" ]
        forget_answers
    done <<-'END'
	{ next: /next }|{"items":[1,2],"next":"?p=2"}|{"items":[3,4],"next":"/v1/items?p=3"}|{"items":[5],"next":null}|?p=2 ?p=3
	{ cursor: c, next: /m/next }|{"items":[1,2],"m":{"next":"a b&="}}|{"items":[3,4],"m":{"next":7}}|{"items":[5],"m":{}}|?c=a%20b%26%3D ?c=7
	{ page: p }|{"items":[1,2,3]}|{"items":[4,5]}|{"items":[]}|?p=1 ?p=2 ?p=3
	{ page: p, first: 0, pages: /n }|{"items":[1,2],"n":3}|{"items":[3,4],"n":3}|{"items":[5],"n":3}|?p=0 ?p=1 ?p=2
	{ page: p, total: /n }|{"items":[1,2],"n":5}|{"items":[3,4],"n":5}|{"items":[5],"n":5}|?p=1 ?p=2 ?p=3
	{ offset: o, total: /n }|{"items":[1,2],"n":"5"}|{"items":[3,4],"n":"5"}|{"items":[5],"n":"5"}|?o=0 ?o=2 ?o=4
	{ cursor: c, next: /next, more: /m }|{"items":[1,2],"next":"x","m":true}|{"items":[3,4],"next":"y","m":true}|{"items":[5],"next":"z","m":false}|?c=x ?c=y
	{ next: /next, more: [ /a, /m ] }|{"items":[1,2],"next":"?p=2","a":7,"m":true}|{"items":[3,4],"next":"?p=3"}|{"items":[5],"next":"?p=4","m":false}|?p=2 ?p=3
	{ page: p, more: /m }|{"items":[1,2],"m":true}|{"items":[3,4],"m":true}|{"items":[5],"m":false}|?p=1 ?p=2 ?p=3
	{ offset: o, more: /m }|{"items":[1,2],"m":true}|{"items":[3,4],"m":true}|{"items":[5],"m":false}|?o=0 ?o=2 ?o=4
	END
}

@test "there is a next page if any sign says so" {
    while IFS='|' read -r paginate first second third targets; do
        echo "$paginate: $first"
        answers "$first" "$second" "$third" <<-END
	actions:
	  list: { get: /items, items: /items, query: { f: "a b", "g[]": x }, paginate: $paginate }
	END
        [ "$(fob run other list --format ndjson | xargs)" = "1 2 3 4 5" ]
        [ "$(asked | cut -d ' ' -f 2 | sed 's|/v1/items||' | tail -n +2 | xargs)" = "$targets" ]
        forget_answers
    done <<-'END'
	{ next: /next }|{"items":[1,2],"next":"?p=2"}|{"items":[3,4],"next":"/v1/items?p=3&f=c"}|{"items":[5],"next":null}|?p=2&f=a%20b&g%5B%5D=x ?p=3&f=c&g%5B%5D=x
	{ next: /next }|{"items":[1,2],"next":"/items?g[]=x&p=2"}|{"items":[3,4],"next":"?%67%5b]=x&p=3&%66=a+b"}|{"items":[5]}|?g[]=x&p=2&f=a%20b ?%67%5b]=x&p=3&%66=a+b
	{ next: [ /a, /b ], page: p }|{"items":[1,2],"a":null,"b":"?p=2"}|{"items":[3,4],"a":"?p=3"}|{"items":[5],"b":null}|?p=2&f=a%20b&g%5B%5D=x ?p=3&f=a%20b&g%5B%5D=x
	{ next: /a, page: p, total: [ /m/n, /n ] }|{"items":[1,2],"n":5}|{"items":[3,4],"a":null,"n":5}|{"items":[5],"n":5}|?f=a%20b&g%5B%5D=x&p=2 ?f=a%20b&g%5B%5D=x&p=3
	{ next: /a, page: p, pages: /n, first: 0 }|{"items":[1,2],"n":"3"}|{"items":[3,4],"n":"3"}|{"items":[5],"n":"3"}|?f=a%20b&g%5B%5D=x&p=1 ?f=a%20b&g%5B%5D=x&p=2
	{ next: /a, page: p, pages: /n, total: /t }|{"items":[1,2],"n":2,"t":5}|{"items":[3,4],"n":2,"t":5}|{"items":[5],"n":2,"t":5}|?f=a%20b&g%5B%5D=x&p=2 ?f=a%20b&g%5B%5D=x&p=3
	{ next: /a, page: p, pages: /n, total: /t }|{"items":[1,2],"n":3,"t":2}|{"items":[3,4],"n":3,"t":4}|{"items":[5],"n":3,"t":5}|?f=a%20b&g%5B%5D=x&p=2 ?f=a%20b&g%5B%5D=x&p=3
	{ cursor: c, next: /next }|{"items":[1,2],"next":18446744073709551616}|{"items":[3,4],"next":"x"}|{"items":[5]}|?f=a%20b&g%5B%5D=x&c=18446744073709551616 ?f=a%20b&g%5B%5D=x&c=x
	END
}

@test "the address of the next page may have its scheme and host in any case" {
    answers '{}' <<<"$LIST"
    # base_url may have one, too.
    sed -i 's|base_url: http|base_url: HTTP|' providers.d/other.yaml
    run -0 fob check
    port=$(cat answers/port)
    printf '{"items":[1],"next":"HTTP://127.0.0.1:%s/v1/items?p=2"}' "$port" >answers/1
    printf '{"items":[2],"next":"hTTp://127.0.0.1:%s/v1/items?p=3"}' "$port" >answers/2
    printf '{"items":[3],"next":"HTTP://127.0.0.1:%s/V1/items?p=4"}' "$port" >answers/3
    split fob run other list --format ndjson
    ended 76
    [ "$(xargs <<<"$output")" = "1 2 3" ]
    has "$stderr" 'it lies outside the base URL'
    [ "$(asked | cut -d ' ' -f 2 | xargs)" = '/v1/items /v1/items?p=2 /v1/items?p=3' ]
}

@test "the header Link leads to the next page" {
    answers $'200\nLink: <?p=0>; rel=prev, <?p=2>; rel="last next"' '[1,2]' \
        $'200\nlink: </v1/items?q=%3E>; title="<x>, \\"; rel=next"; rel=first\nLink: </items?p=3>;REL = NEXT;anchor=""' '[3,4]' \
        $'200\nLink: <?p=4>; rel=next; anchor="/other", <?p=1>; rel="first nextpage"' '[5]' \
        <<<'actions: { list: { get: /items, query: { f: "1" }, paginate: { next: Link, size: 1 } } }'
    [ "$(fob run other list --format ndjson | xargs)" = "1 2 3 4 5" ]
    [ "$(asked | cut -d ' ' -f 2 | xargs)" = '/v1/items?f=1 /v1/items?p=2&f=1 /v1/items?p=3&f=1' ]
}

@test "204 is an empty page, and the end of a list" {
    answers '{"items":[1,2]}' '{"items":[3]}' 204 '' \
        <<<'actions: { list: { get: /items, items: /items, paginate: { offset: o } }, one: { get: /one, items: /item } }'
    [ "$(fob run other list --format ndjson | xargs)" = "1 2 3" ]
    [ "$(asked | cut -d ' ' -f 2 | xargs)" = '/v1/items?o=0 /v1/items?o=2 /v1/items?o=3' ]
    # As the first page, too; but nothing is no item.
    run -0 fob run other list --json
    [ "$output" = '[]' ]
    split fob run other one
    ended 76
    has "$stderr" 'the answer has nothing called item'
}

@test "a search that posts and finds no list fails, as one that gets" {
    for answer in null '"ok"' '{"items":null}'; do
        answers "$answer" <<<'actions: { find: { post: /find, items: /items, writes: false } }'
        split fob run other find --json
        ended 76
        has "$stderr" 'the answer has nothing called items'
        forget_answers
    done
}

@test "a list that is known to be incomplete fails" {
    while IFS='|' read -r paginate answer why; do
        echo "$paginate: $answer"
        answers "$answer" <<-END
	items: /items
	paginate: $paginate
	actions: { list: { get: /items, query: { n: "2" }, paginate: true } }
	END
        for words in "run other list --json" "request other /items?n=2 --paginate"; do
            # shellcheck disable=SC2086 # words
            split fob $words
            ended 76
            has "$stderr" "$why"
        done
        forget_answers
    done <<-'END'
	{ next: /next, total: /n }|{"items":[1,2],"n":5}|the list ended after 2 items, and the provider says that it has 5
	{ next: /next, page: p, total: /n }|{"items":[1,2],"n":5}|page 2 has the same items as one before it
	{ next: /next, page: p, total: /n }|{"items":[1,2],"next":null,"n":5}|page 2 has the same items as one before it
	{ next: /next, page: p, pages: /n }|{"items":[1,2],"n":5}|page 2 has the same items as one before it
	{ next: /next, page: p, total: /n }|{"items":[],"n":5}|the list ended after 0 items, and the provider says that it has 5
	{ next: /next, size: 2 }|{"items":[1,2]}|page 1 is full, and has no sign of whether more follow
	{ next: /next, size: "?n" }|{"items":[1,2,3]}|page 1 is full, and has no sign of whether more follow
	{ next: [ /next, Link ], page: p, total: /n, size: [ /size, 9 ] }|{"items":[1,2],"size":2}|page 1 is full, and has no sign of whether more follow
	{ cursor: c, next: /next, size: 2 }|{"items":[1,2]}|page 1 is full, and has no sign of whether more follow
	{ next: /next }|{"items":[1,2],"next":"?n=2"}|/next leads back to a page that was read already
	{ next: /next }|{"items":[1,2],"next":"//elsewhere.example/items?p=2"}|/next is neither a query, a path nor a URL
	{ next: /next }|{"items":[1,2],"next":"https://elsewhere.example/items?p=2"}|/next: the path of a request to 127.0.0.1
	{ next: /next }|{"items":[1,2],"next":5}|/next is no address
	{ cursor: c, next: /next, more: /m }|{"items":[1,2],"next":null,"m":true}|page 1 says that more follow, and not where
	{ cursor: c, next: /next, more: /m, total: /n }|{"items":[1,2],"next":"x","m":false,"n":5}|the list ended after 2 items, and the provider says that it has 5
	END
}

@test "a list without any sign is read by numbers until a page is empty or is the last one again" {
    # The file's page size is larger than the server's.
    while IFS='|' read -r first second third wanted targets; do
        echo "$first: $second"
        for words in "run other list --json" "request other /items --paginate"; do
            answers "$first" "$second" "$third" <<-'END'
	items: /items
	paginate: { next: /next, page: p, total: /n, size: [ /size, "?n", 9 ] }
	actions: { list: { get: /items, paginate: true } }
	END
            # shellcheck disable=SC2086 # words
            [ "$(fob $words | jq -c 'join(" ")')" = "\"$wanted\"" ]
            [ "$(asked | cut -d ' ' -f 2 | sed 's|/v1/items||' | tail -n +2 | xargs)" = "$targets" ]
            forget_answers
        done
    done <<-'END'
	{"items":[1,2]}|{"items":[3,4]}|{"items":[]}|1 2 3 4|?p=2 ?p=3
	{"items":[1,2]}|{"items":[3]}|{"items":[3]}|1 2 3|?p=2 ?p=3
	{"items":[1,2]}|{"items":[3,4],"n":4}|{"items":[5]}|1 2 3 4|?p=2
	{"items":[1,2],"size":3}|{"items":[3,4]}|{"items":[5]}|1 2|
	{"items":[1,2],"next":null}|{"items":[3,4]}|{"items":[5]}|1 2|
	{"items":[]}|{"items":[3,4]}|{"items":[5]}||
	END
    answers '{"items":[1,2]}' '{"items":[3,4]}' '{"items":[1,2]}' <<<'actions:
  list: { get: /items, items: /items, paginate: { next: /next, page: p } }'
    split fob run other list --json
    ended 76
    has "$stderr" 'page 3 has the same items as one before it'
}

@test "a provider that ignores the page's number may have given a part of the list" {
    for size in '' ', size: 9' ', size: [ "?n", 3 ]'; do
        answers '{"items":[1,2]}' <<<"actions:
  list: { get: /items, items: /items, query: { n: '3' }, paginate: { next: /next, page: p$size } }"
        split fob run other list --json
        ended 76
        has "$stderr" 'page 2 has the same items as one before it'
        has "$stderr" 'without paginate'
        [ "$(asked | wc -l)" -eq 2 ]
        forget_answers
    done
}

@test "a number that was only tried and is not found ends the list, and no other 404 does" {
    while IFS='|' read -r paginate first wanted; do
        echo "$paginate: $first"
        answers "$first" 404 '{"message":"Invalid page."}' <<-END
	actions: { list: { get: /items, items: /items, paginate: $paginate } }
	END
        split fob run other list --json
        ended "$wanted"
        [ "$wanted" -ne 0 ] || [ "$(jq -c . <<<"$output")" = '[1,2]' ]
        [ "$wanted" -ne 66 ] || has "$stderr" 'Invalid page'
        [ "$(asked | wc -l)" -eq 2 ]
        forget_answers
    done <<-'END'
	{ page: p }|{"items":[1,2]}|0
	{ offset: o }|{"items":[1,2]}|0
	{ next: /next, page: p }|{"items":[1,2]}|0
	{ next: /next, page: p, size: 3 }|{"items":[1,2]}|0
	{ page: p, total: /n }|{"items":[1,2],"n":5}|66
	{ page: p, pages: /n }|{"items":[1,2],"n":2}|66
	{ page: p, more: /m }|{"items":[1,2],"m":true}|66
	{ next: /next, page: p }|{"items":[1,2],"next":"?p=2"}|66
	{ cursor: c, next: /next }|{"items":[1,2],"next":"x"}|66
	END
}

@test "success that is not true is a failure, whatever its type" {
    for success in false null 0 0.0 '""' '"false"' '"False"' '"0"' '"no"' -0; do
        answers "{\"success\":$success,\"items\":[]}" <<<'actions: { list: { get: /items, items: /items, paginate: { next: /next } } }'
        split fob run other list --json
        echo "$success"
        ended 76
        has "$stderr" 'reports a failure'
        forget_answers
    done
    for success in true 1 '"yes"' '"the list was read"' '{}' 10 0.5; do
        answers "{\"success\":$success,\"items\":[]}" <<<'actions: { list: { get: /items, items: /items, paginate: { next: /next } } }'
        [ "$(fob run other list --json)" = '[]' ]
        forget_answers
    done
}

@test "--paginate without a description in the provider's file knows the usual signs" {
    while IFS='|' read -r first second third targets; do
        echo "$first"
        answers "$first" "$second" "$third" <<<'actions: { get: { get: / } }'
        [ "$(fob request other /items --paginate | jq -c 'join(" ")')" = '"1 2 3"' ]
        [ "$(asked | cut -d ' ' -f 2 | sed 's|/v1/items||' | tail -n +2 | xargs)" = "$targets" ]
        forget_answers
    done <<-'END'
	{"data":[1,2],"meta":{"next_url":"?q=2"}}|{"data":[3],"meta":{"next_url":null}}|{}|?q=2
	{"data":[1,2],"meta":{"total":3}}|{"data":[3],"meta":{"total":3}}|{}|?page=2
	{"data":[1,2],"meta":{"total_results":3}}|{"data":[3],"meta":{"total_results":3}}|{}|?page=2
	{"data":[1,2],"meta":{"total_pages":2}}|{"data":[3],"meta":{"total_pages":2}}|{}|?page=2
	{"data":[1,2]}|{"data":[3]}|{"data":[]}|?page=2 ?page=3
	END
    answers '{"data":[1,2],"meta":{"results_per_page":2}}' <<<'actions: { get: { get: / } }'
    split fob request other /items --paginate
    ended 76
    has "$stderr" 'page 1 is full'
}

@test "fob request and fob run agree on what the provider's file says of lists" {
    answers '{"items":[1,2],"n":3}' '{"items":[3],"n":3}' <<-'END'
	items: /items
	paginate: { page: p, total: /n }
	actions:
	  list: { get: /items, paginate: true }
	  first: { get: /items }
	END
    [ "$(fob request other /items --paginate)" = $'[\n1,\n2,\n3\n]' ]
    rm answers/asked
    printf '{"items":[4],"n":1}' >answers/3
    [ "$(fob run other list --json)" = $'[\n4\n]' ]
    [ "$(fob run other first --json)" = $'[\n4\n]' ]
    [ "$(asked | cut -d ' ' -f 2 | xargs)" = '/v1/items?p=1 /v1/items' ]
}

@test "the total may be in a header" {
    answers $'200\nTotal: 3' '[1,2]' $'200\nTotal: 3' '[3]' <<<'actions: { list: { get: /, paginate: { page: p, total: Total } } }'
    [ "$(fob run other list --format ndjson | xargs)" = "1 2 3" ]
    [ "$(asked | wc -l)" -eq 2 ]
}

@test "a list that repeats forever is ended and reported" {
    answers '{"items":[{"id":1},{"id":2}]}' <<<'actions: { list: { get: /, items: /items, paginate: { page: p } } }'
    split fob run other list --format ndjson
    ended 76
    [ "$(wc -l <<<"$output")" -eq 2 ]
    has "$stderr" 'page 2 has the same items as one before it'
    has "$stderr" '2 items came before that'
    for kind in next-url-loop next-url-elsewhere; do
        fault "$kind"
        forget_requests
        split fob run acme list-team-members --json
        ended 76
        if [ "$kind" = next-url-loop ]; then
            has "$stderr" 'page 2 has the same items as one before it'
        else
            has "$stderr" '/meta/next_url: '
        fi
        [ "$(requests main | wc -l)" -le 2 ]
        [ -z "$(requests elsewhere)" ]
        run jq -e . <<<"$output"
        [ "$status" -ne 0 ]
    done
}

@test "a changing total is reported, and a list that ends early is an error" {
    answers '{"items":[1,2],"next":"?p=2","total":3}' '{"items":[3,4],"next":null,"total":4}' <<<"$LIST"
    split fob run other list --format ndjson
    ended 0
    [ "$(xargs <<<"$output")" = "1 2 3 4" ]
    has "$stderr" 'warning: other: the list changed while it was read: it has 4 items now, it had 3'
    printf '{"items":[3],"next":null,"total":9}' >answers/3
    printf '{"items":[1,2],"next":"?p=2","total":9}' | tee answers/2 >answers/1
    split fob run other list --format ndjson
    ended 76
    has "$stderr" 'the list ended after 1 item, and the provider says that it has 9'
}

@test "a failure in the middle leaves what was printed, and says so" {
    answers '{"items":[1,2],"next":"?p=2"}' '429' '{}' <<<"$LIST"
    split fob run other list --json
    ended 75
    [ "$output" = $'[\n1,\n2' ]
    has "$stderr" 'asks for fewer calls (HTTP 429)'
    has "$stderr" '2 items came before that; what was printed is not all'
}

@test "a stdout that cannot be written ends the command" {
    split sh -c 'fob run acme list-team-members >/dev/full'
    refused 74
    [ "$stderr" = 'fob: stdout: No space left on device' ]
    split sh -c 'fob run acme list-team-members >&-'
    refused 74
    forget_requests
    fault slow --value 0.5
    [ "$(fob run acme list-team-members --format ndjson | head -n 1 | jq -r .first_name)" = Amelia ]
    [ "$(requests main | wc -l)" -lt 8 ]
    # The same where SIGPIPE is ignored.
    split sh -c "trap '' PIPE; { fob run acme list-team-members --format ndjson; echo \$? >status; } | head -n 1"
    [ "$(cat status)" -eq 74 ]
}

@test "tables and csv on a terminal contain no escape sequence of the provider" {
    answers '[{"a":"\u001b[31mred\u202e","b":"two\nlines"}]' <<<'actions: { get: { get: / } }'
    fob run other get >table
    run ! grep -q $'\x1b' table
    grep -q 'two?lines' table
    terminal --all expect=red -- fob run other get --format csv
    run ! grep -aq $'\x1b\\[31mred' shown
}

@test "a repeated name counts once" {
    printf '{"data":[1],"d\\u0061ta":5}' >twice
    answers "$(cat twice)" <<<'actions: { get: { get: /, items: /data } }'
    [ "$(fob run other get --json)" = 5 ]
    split fob request other /a --paginate
    refused 76
    has "$stderr" 'the answer has no list called data'
}

@test "numbers are printed as received, whatever their size" {
    numbers='{"a":1.50,"b":1e400,"c":-9223372036854775808,"d":18446744073709551615,"e":[-0,123456789012345678901234567890]}'
    answers "[$numbers]" <<<'actions: { get: { get: / } }'
    [ "$(fob run other get --format ndjson)" = "$numbers" ]
    [ "$(fob run other get --format csv --fields c,d,e.1 | tr -d '\r' | tail -n 1)" = \
        -9223372036854775808,18446744073709551615,123456789012345678901234567890 ]
    for number in 2. -.5 2.e3 -01; do
        printf '[%s]' "$number" >answers/1
        split fob run other get --format json
        refused 76
        has "$stderr" 'a number that JSON does not allow'
        split fob request other /
        refused 76
    done
}

@test "half a surrogate pair is printed as received, by each command" {
    item='{"name":"\ud800 x\uDFFF","\udc00y":{"\ud801":1,"\ud802":2}}'
    answers "{\"data\":[$item],\"meta\":{\"next_url\":null}}" <<<'actions: { list: { get: /items, items: /data } }'
    [ "$(fob run other list --format ndjson)" = "$item" ]
    [ "$(fob run other list --format csv | tr -d '\r')" = \
        $'name,\ufdd0dc00y\n\ufffd x\ufffd,"{""\\ud801"":1,""\\ud802"":2}"' ]
    fob request other /items --paginate >paged
    has "$(tr -d "\n " <paged)" "$(tr -d " " <<<"[$item]")"
    has "$(fob request other /items)" "$item"
}

@test "a single item is printed vertically, in full to a pipe and cut to a terminal's width" {
    fob run acme get-company >table
    grep -Eq '^name +Acme Sandbox Ltd$' table
    [ "$(fob run acme get-company --json | jq -r .name)" = "Acme Sandbox Ltd" ]
    [ "$(fob run acme get-company --fields name --format csv | tr -d '\r')" = $'name\nAcme Sandbox Ltd' ]
    team=$(fob run acme list-teams --format ndjson | head -n 1 | jq -r .id)
    fob run acme get-team id="$team" | grep -q '^team_members  \[.*\]$'
    terminal --all -- sh -c "stty cols 50; fob run acme get-team id=$team"
    tr -d '\r' <shown | grep -q '^team_members  .\{35\}…$'
}

@test "a table can show any kind of answer" {
    answers ' 5' '{}' '[null]' '[{"a":"x\u0000y"}]' '[]' <<<'actions: { get: { get: / } }'
    [ "$(fob run other get)" = 5 ]
    [ "$(fob run other get)" = '{}' ]
    [ "$(fob run other get)" = $'value\n-' ]
    [ "$(fob run other get)" = $'a\nx?y' ]
    [ "$(fob run other get)" = '' ]
}

@test "progress is shown on a terminal that does not show the items, and nowhere else" {
    fault slow --value 0.03
    terminal --all 'expect=/312' -- sh -c 'fob run acme list-team-members >list'
    [ "$(wc -l <list)" -eq 313 ]
    fault none
    split fob run acme list-team-members
    [ -z "$stderr" ]
}

@test "completion knows actions, arguments and their values" {
    next()
    {
        fob complete -- run "$@" | cut -f 1 | tr '\n' ' '
    }
    [ "$(next "")" = "acme " ]
    [ "$(next acme get-t)" = "get-team get-team-member get-team-member-leave-allowance get-team-member-working-location " ]
    [ "$(next acme list-leave-requests "")" = "start_date= end_date= page_size= " ]
    [ "$(next acme add-note-type type=)" = "type=Text type=Number type=Checklist " ]
    [ "$(next acme add-note-type name=x admins=t)" = "admins=true " ]
    [ "$(next acme list-teams --format n)" = "ndjson " ]
    [ "$(next acme nothing "")" = "" ]
    [ "$(fob log --event run | wc -l)" -eq 0 ]
}
