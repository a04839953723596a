#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The exec plugin: tokens, their renewal, and where requests go.

load sandboxed

setup()
{
    make_home
    # Not below /tmp, where others may write.
    folder=$(mktemp -d "$abs_top_builddir/exec-XXXXXX")
    fob init >/dev/null 2>&1
    echo 's3cr3t-of-acme' >.stored-secrets
    cat >providers.d/shell.yaml <<-END
	provider: shell
	fields: [ { name: site, optional: true }, { name: key, secret: true } ]
	plugin: exec
	options:
	  command: [ $folder/program ]
	  fields: all
	END
}

teardown()
{
    local left=0
    stop_answers
    [ ! -e server ] || kill "$(cat server)"
    if pgrep -af "$folder" || ! secretless; then
        left=1
    fi
    rm -r "$folder"
    return "$left"
}

# script HOOK <TEXT: what the provider's program does in HOOK, after it has noted HOOK and its tokens.
script()
{
    cat >"$folder/$1"
    {
        printf '#!/bin/sh\necho "$FOB_HOOK" >>%s/hooks\n' "$folder"
        printf 'key= access= refresh=\nwhile IFS="=" read -r name value; do\n'
        printf '    case $name in key) key=$value ;; token.access) access=$value ;; token.refresh) refresh=$value ;; esac\n'
        printf 'done\n[ ! -e %s/$FOB_HOOK ] || . %s/$FOB_HOOK\n' "$folder" "$folder"
    } >"$folder/program"
    chmod 755 "$folder/program"
}

link()
{
    split fob link shell "${1-acme}" --stdin <<<$'site=eu\nkey=s3cr3t-of-acme'
}

hooks()
{
    xargs <"$folder/hooks"
    rm "$folder/hooks"
}

# The usual program: numbered tokens, of which the present one renews itself.
usual()
{
    script link <<<'printf "token.access=t0ken-1\nends=3600\ntoken.refresh=r3fresh-1\n"'
    script renew <<-'END'
	n=$((${refresh#r3fresh-} + 1))
	printf 'token.refresh=r3fresh-%s\ntoken.access=t0ken-%s\nends=%s\n' "$n" "$n" "$(($(date +%s) + 3600))"
	END
    script authorize <<<'printf "header.Authorization=Bearer %s\n" "$access"'
}

@test "link gives tokens, authorize gets them, and a refused one is renewed with the one before" {
    usual
    begin_answers '{"at": 1}' '{}' '{"at": 2}'
    echo 401 >answers/2.head
    sed -i "s|^options:|&\n  base_url: $url|" providers.d/shell.yaml
    link
    ended 0
    [ "$(hooks)" = link ]
    [ "$(fob get acme access) $(fob get acme refresh)" = 't0ken-1 r3fresh-1' ]
    [ ! -e "$folder/hooks" ]
    [ "$(fob request acme /one)" = '{"at": 1}' ]
    [ "$(hooks)" = authorize ]
    [ "$(fob request acme /two)" = '{"at": 2}' ]
    [ "$(hooks)" = 'authorize renew authorize' ]
    [ "$(grep -o 't0ken.*' answers/heads | tr -d '\r' | xargs)" = 't0ken-1 t0ken-1 t0ken-2' ]
    [ "$(fob get acme access) $(fob get acme refresh)" = 't0ken-2 r3fresh-2' ]
}

@test "a token is renewed before it ends, and a failure matters only then" {
    usual
    script link <<<'printf "token.access=t0ken-1\nends=2\ntoken.refresh=r3fresh-1\n"'
    link
    # Within ten seconds of its end it is renewed.
    [ "$(fob get acme access)" = t0ken-2 ]
    [ "$(hooks)" = 'link renew' ]
    [ "$(fob get acme access)" = t0ken-2 ]
    [ ! -e "$folder/hooks" ]
    script renew <<<'echo "not now" >&2; exit 75'
    script validate <<<'printf "token.access=t0ken-3\nends=2\n"'
    fob validate acme
    run --separate-stderr fob get acme access
    [ "$output" = t0ken-3 ]
    has "$stderr" 'its token is not renewed yet: shell: not now'
    sleep 2.1
    split fob get acme access
    refused 75
    # Not asked again so soon.
    has "$stderr" 'its token could not be renewed'
    split fob validate acme --now
    ended 75
    has "$stderr" 'shell: not now'
    rm "$folder/validate"
    usual
    [ "$(fob validate acme --now)" = 'acme: active' ]
    [ "$(fob get acme access)" = t0ken-3 ]
}

@test "an account without the tokens that its provider needs gets them" {
    usual
    script renew <<<'[ -z "$access$refresh" ] && printf "token.access=t0ken-9 of $key
ends=90
"'
    sed -i 's|^options:|&\n  tokens: [ access ]|' providers.d/shell.yaml
    printf 'key=s3cr3t-of-acme\n' | fob link shell acme --stdin --no-validate 2>/dev/null
    [ "$(fob get acme --format header)" = 'Authorization: Bearer t0ken-9 of s3cr3t-of-acme' ]
    [ "$(hooks)" = 'renew authorize' ]
    # Without the option, a program that never gave a token is not asked for one.
    sed -i '/^  tokens:/d' providers.d/shell.yaml
    printf 'key=s3cr3t-of-acme\n' | fob link shell bolt --stdin --no-validate 2>/dev/null
    script authorize <<<'echo "no token" >&2; exit 1'
    split fob get bolt --format header
    refused 1
    [ "$(hooks)" = authorize ]
}

@test "a program gets only the tokens that it names, or all" {
    usual
    script validate <<<"echo \"\$access,\$refresh\" >$folder/got"
    link
    fob validate acme
    [ "$(cat "$folder/got")" = t0ken-1,r3fresh-1 ]
    sed -i 's|^  fields: .*|  fields: [ key ]|' providers.d/shell.yaml
    fob validate acme
    [ "$(cat "$folder/got")" = , ]
    sed -i 's|^  fields: .*|  fields: [ refresh ]|' providers.d/shell.yaml
    fob validate acme
    [ "$(cat "$folder/got")" = ,r3fresh-1 ]
    sed -i 's|^  fields: .*|  tokens: [ access ]|' providers.d/shell.yaml
    fob validate acme
    [ "$(cat "$folder/got")" = t0ken-1, ]
}

# wrong ANSWER WORDS: link fails, a renewal with that does too, and nothing is lost or shown.
wrong()
{
    printf '%b' "$1" >"$folder/answer"
    script link <<<"cat $folder/answer"
    link bolt
    refused 78
    has "$stderr" "provider shell: exec: $folder/program: line ${3-1} of its answer $2"
    has_not "$stderr" hunter2
    [ ! -e store/accounts/bolt ]
    script validate <<<"cat $folder/answer"
    split fob validate acme
    refused 78
    has_not "$stderr" hunter2
    [ "$(fob get acme access)" = "${4-t0ken-1}" ]
    # For the next.
    script validate <<<'echo token.access=t0ken-1'
    fob validate acme >/dev/null
}

@test "tokens and ends that cannot be are refused by their line" {
    local end
    usual
    link
    wrong 'token.access=\n' 'has a token that cannot be: it is empty'
    wrong 'token.access=hunter2\r\n' 'has a token with a control character'
    wrong 'token.access=hunter2\thunter2\n' 'has a token with a control character'
    wrong 'token.access=hunter2\033[2J\n' 'has a token with a control character'
    wrong 'token.access=a\0hunter2\n' 'is not understood'
    wrong 'token.Access=hunter2\n' 'has a token that cannot be'
    wrong 'token.=hunter2\n' 'is not understood'
    wrong 'token=hunter2\n' 'is not understood'
    wrong 'tokens.access=hunter2\n' 'is not understood'
    wrong "token.$(printf '%0200d' 0)=hunter2\n" 'is not understood'
    # No token may pass for a field.
    wrong 'token.key=hunter2\n' 'has a token that cannot be: it is empty, it has no token'
    wrong 'ends=60\ntoken.access=t0ken-2\n' 'has the end of no token' 1 t0ken-2
    for end in 0 -1 +5 ' 5' 5s soon 1e99 1E3 0x10 1.5 '' 1000000001 "$(($(date +%s) - 5))" "$(date +%s)000" \
        99999999999999999999 2030-01-01; do
        # The new token is kept: that before it may be spent.
        wrong "token.access=t0ken-2\nends=$end\n" 'has an end that is neither' 2 t0ken-2
    done
}

@test "requests go to the base URL that authorize names" {
    local url_of
    usual
    begin_answers '{"name": "Ada"}'
    printf 'actions: { one: { get: /me } }\n' >>providers.d/shell.yaml
    script authorize <<-END
	printf 'header.X-Key=%s\nquery.k=a b&%s\nbase_url=$url/eu/v1\n' "\$key" "\$access"
	END
    link
    run -0 fob check shell
    has "$output" 'note: no option base_url, so authorize must set one for actions'
    [ "$(fob request acme /people?x=1 | jq -r .name)" = Ada ]
    fob run acme one --format json >/dev/null
    [ "$(cut -d' ' -f1,2 answers/asked)" = 'GET /eu/v1/people?x=1&k=a%20b%26t0ken-1
GET /eu/v1/me?k=a%20b%26t0ken-1' ]
    [ "$(grep -c 'X-Key: s3cr3t-of-acme' answers/heads)" -eq 2 ]
    # curl gets the credential, and its user says the URL.
    [ "$(fob get acme --format curl)" = 'url-query = "+k=a%20b%26t0ken-1"
header = "X-Key: s3cr3t-of-acme"' ]
    sed -i "s|^options:|&\n  base_url: https://192.0.2.1|" providers.d/shell.yaml
    [ "$(fob request acme /me | jq -r .name)" = Ada ]
    while read -r url_of; do
        script authorize <<<"printf 'header.X-Key=k\nbase_url=%s\n' '$url_of'"
        split fob request acme /me
        refused 78
        has "$stderr" "program: line 2 of its answer cannot be used: base_url: "
    done <<-'END'
	http://api.example.com
	https://user@api.example.com
	https://api.example.com/v1?x=1
	https://api.example.com/v1#x
	https://api.example.com/v1/../v2
	https://api.example.com/%2e%2e/v2
	https://0x7f000001/
	https://2130706433/
	https://[::1
	https://api..example.com
	https://
	ftp://api.example.com
	api.example.com
	END
    script authorize <<<"printf 'header.X-Key=k\nbase_url=https://a.example/%02100d\n' 0"
    split fob request acme /me
    refused 78
    has "$stderr" 'line 2 of its answer has a URL of over 2047 bytes'
    script authorize <<<"printf 'header.X-Key=k\nquery.a+b=c\n'"
    split fob request acme /me
    refused 78
    has "$stderr" 'line 2 of its answer is not a parameter that can be sent'
    script authorize <<<"echo header.X-Key=k"
    sed -i '/^  base_url:/d' providers.d/shell.yaml
    split fob request acme /me
    refused 78
    has "$stderr" 'base_url: not set'
    [ "$(wc -l <answers/asked)" -eq 3 ]
}

@test "a new field and a new token cannot have one name" {
    usual
    script link <<<'printf "token.more=hunter2-a\nfield.more=hunter2-b\n"'
    link
    refused 78
    has "$stderr" 'must not put such a token'
    has_not "$stderr" hunter2
    [ ! -e store/accounts/acme ]
}

@test "each line has its hooks" {
    local hook line
    usual
    link
    for line in token.access=x ends=5; do
        script authorize <<<"echo $line"
        split fob get acme --format header
        refused 78
        has "$stderr" 'line 1 of its answer has no place in this hook'
    done
    for line in base_url=https://a.example query.a=b header.a=b; do
        script validate <<<"echo $line"
        split fob validate acme
        refused 78
        has "$stderr" 'line 1 of its answer has no place in this hook'
    done
    script renew <<<'echo field.site=x; echo token.access=t0ken-5; echo ends=1'
    split fob validate acme --now
    [ "$(fob get acme access)" = t0ken-1 ]
}

@test "what a program printed before it was ended is kept, if it is complete" {
    local how
    usual
    link
    sed -i 's|^options:|&\n  timeout: 1s|' providers.d/shell.yaml
    for how in 'kill -KILL $$' 'sleep 60' 'yes message=x' 'exit 75' 'echo; echo garbage' 'exit 3'; do
        script renew <<<'echo token.access=t0ken-1'
        script validate <<<'printf "token.access=t0ken-1\nends=5\ntoken.refresh=r3fresh-1\n"'
        fob validate acme --now >/dev/null
        rm -f store/accounts/.acme.renew
        script renew <<<"printf 'token.refresh=r3fresh-7\ntoken.access=t0k'; $how"
        FOB_DEBUG=all split fob get acme access
        case $how in
            yes*) ;; # it completes the line
            exit* | echo*) [ "$output" = t0k ] ;; # it ended by itself
            *) [ "$output" = t0ken-1 ] ;;
        esac
        has "$stderr" 'its token is not renewed yet: '
        has_not "$stderr$output" r3fresh
        [ "$(fob get acme refresh)" = r3fresh-7 ]
        rm -f store/accounts/.acme.renew
    done
}

@test "a large token is kept, and one too large for an answer is refused" {
    usual
    script link <<<"printf token.access=; head -c 102400 /dev/zero | tr '\\0' y; echo; echo ends=600"
    link
    ended 0
    [ "$(fob get acme access | wc -c)" -eq 102401 ]
    script renew <<<"printf token.access=; head -c 204800 /dev/zero | tr '\\0' z; echo"
    script authorize <<<'echo refused >&2; exit 1'
    split fob get acme --format header
    refused 1
    [ "$(fob get acme access | wc -c)" -eq 204801 ]
    script validate <<<"printf token.access=; head -c 300000 /dev/zero | tr '\\0' z; echo"
    split fob validate acme
    refused 78
    has "$stderr" 'its answer has over 262144 bytes'
    [ "$(fob get acme access | wc -c)" -eq 204801 ]
}

@test "what a program says has no field and no token, in any form" {
    local form
    usual
    link
    for form in '$key $access' '$(printf %s "$key" | base64) $(printf %s "ada:$access" | base64)' \
        '$(printf %s "$key" | sed "s/3/%33/g") $(printf %s "$access" | sed "s/-/%2d/")'; do
        for hook in validate revoke; do
            script "$hook" <<-END
		echo "message=sent $form"
		echo "warned $form" >&2
		echo "failed $form" >&2
		exit 76
		END
            FOB_DEBUG=all split fob "$hook" acme $([ "$hook" = validate ] || echo --yes --confirm)
            [ "$status" -ne 0 ]
            has "$stderr" 'failed *'
            has "$stderr" 'warned *'
            has_not "$stderr$output" czNj
            has_not "$stderr$output" DBr
            has_not "$stderr$output" s3cr3t
            has_not "$stderr$output" cr%33t
            has_not "$stderr$output" t0ken
        done
    done
    # A token that it has just got, too.
    script renew <<-'END'
	printf 'token.access=%s\n' n3w-token
	echo "got n3w-token $(printf n3w-token | base64)" >&2
	exit 75
	END
    FOB_DEBUG=all split fob validate acme --now
    has_not "$stderr$output" n3w
    run grep -r n3w log store
    [ "$status" -eq 1 ]
}

@test "a token is read and renewed without a network library" {
    needs_strace
    usual
    link
    strace -f -o calls -e trace=openat fob get acme access
    run grep -E 'libcurl|libssl|libgnutls|resolv' calls
    [ "$status" -eq 1 ]
    script validate <<<'printf "token.access=t0ken-8\nends=5\n"'
    fob validate acme >/dev/null
    strace -f -o calls -e trace=openat fob get acme access
    run grep -E 'libcurl|libssl|libgnutls' calls
    [ "$status" -eq 1 ]
    [ "$(fob get acme access)" = t0ken-2 ]
}

@test "a renewal ends within the hook's limit" {
    usual
    script link <<<'printf "token.access=t0ken-8\nends=1\n"'
    link
    script renew <<<'sleep 60'
    limit_hooks 2
    sleep 1.1
    SECONDS=0
    split fob get acme access
    refused 78
    has "$stderr" 'not done within 2 s'
    [ "$SECONDS" -lt 15 ]
}

@test "a renewal that consumes a token ends although its caller is killed" {
    local caller
    usual
    link
    script renew <<<'touch began; sleep 1; printf "token.refresh=r3fresh-2\ntoken.access=t0ken-2\n"'
    sed -i "s|touch began|touch $folder/began|" "$folder/renew"
    script authorize <<<'[ "$access" = t0ken-2 ] || exit 1; echo "header.X-Key=$access"'
    fob get acme --format header 3>&- &
    caller=$!
    while [ ! -e "$folder/began" ]; do
        sleep 0.02
    done
    kill -KILL "$caller"
    wait "$caller" || true
    [ "$(fob get acme --format header)" = 'X-Key: t0ken-2' ]
    [ "$(fob get acme refresh)" = r3fresh-2 ]
    [ "$(grep -c renew "$folder/hooks")" -eq 1 ]
}

# The provider that is a shell script with tokens, with a stub of its system.
start_example()
{
    command -v jq >/dev/null && command -v curl >/dev/null || skip 'jq or curl is not installed'
    python3 "$abs_top_srcdir/tests/cli/sessionhr.py" port told >asked 3>&- &
    echo $! >server
    while [ ! -e port ]; do
        kill -0 "$(cat server)"
        sleep 0.02
    done
    install -m 755 "$abs_top_srcdir/conf/examples/sessionhr.sh" "$folder"
    sed -e "s|/usr/local/libexec/fob|$folder|" -e "s|https://api.example.com|http://127.0.0.1:$(cat port)|" \
        "$abs_top_srcdir/conf/examples/sessionhr.yaml" >providers.d/sessionhr.yaml
    printf '%s\n' 'user=ada' 'password=Sesame "open" \ 100%&' >pair
    printf '%s\n' 'Sesame "open"' s3ssion- >.stored-secrets
}

@test "the example with tokens: linked, used, renewed, revoked" {
    start_example
    run -0 fob check sessionhr
    split fob link sessionhr acme --stdin <pair
    ended 0
    [ "$output" = 'acme: linked to Session HR company "Acme Ltd"' ]
    [ "$(cat asked)" = 'POST /login -
POST /session -
GET /eu2/v1/company s3ssion-1' ]
    [ "$(fob get acme region)" = eu2 ]
    [ "$(fob run acme list-employees --format csv)" = $'id,name\r\n1,Ada\r\n2,Bo\r' ]
    [ "$(fob request acme /company | jq -r .id)" = c-7 ]
    [ "$(tail -n 2 asked)" = 'GET /eu2/v1/employees s3ssion-1
GET /eu2/v1/company s3ssion-1' ]
    # Somebody else logs in, which ends our session.
    fob link sessionhr other --stdin <pair
    [ "$(fob request acme /company | jq -r .id)" = c-7 ]
    [ "$(tail -n 4 asked)" = 'GET /eu2/v1/company s3ssion-1
POST /login -
POST /session -
GET /eu2/v1/company s3ssion-3' ]
    split fob revoke acme --yes
    ended 0
    has "$stderr" 'delete the user ada'
    [ "$(tail -n 1 asked)" = 'DELETE /eu2/v1/session s3ssion-3' ]
}

@test "the example with tokens says what each answer of its system means" {
    local answer status_of
    start_example
    fob link sessionhr acme --stdin <pair
    while read -r status_of answer; do
        echo "$answer" >told
        rm -f store/accounts/.acme.renew
        split fob validate acme --now
        ended "$status_of"
    done <<-'END'
	0 {"seconds": 1e99}
	0 {"seconds": -1}
	0 {"seconds": 0}
	0 {"seconds": "soon"}
	0 {"seconds": null}
	76 {"status": 404}
	77 {"status": 403}
	75 {"status": 429}
	END
    for answer in '{"session": null}' '{"session": ""}' '{"region": "../x"}' '{"region": 7.5}' '{"region": null}'; do
        echo "$answer" >told
        split fob link sessionhr bolt --stdin <pair
        [ "$status" -ne 0 ]
        [ ! -e store/accounts/bolt ]
    done
    sed -i 's/Sesame/sesame/' pair
    rm told
    split fob link sessionhr bolt --stdin <pair
    refused 1
    has "$stderr" 'Session HR does not accept this password'
}
