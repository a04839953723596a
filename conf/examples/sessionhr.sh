#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
#
# A provider in shell for an HR system with a login in two steps: a user and a password give a ticket,
# the ticket gives a session that ends, and the region where the company is.  Both are tokens of fob,
# which runs the hook renew before the session ends.  Needs curl and jq.
#
#   FOB_HOOK=HOOK FOB_BASE_URL=URL sessionhr.sh <FIELDS
#
# Every exit is explicit; examplehr.sh says why.
# shellcheck disable=SC2317 # functions that call() gets by name
set -u

# die STATUS REASON [CODE]: STATUS and CODE are for fob, REASON is for people.
die()
{
    [ -z "${3-}" ] || printf 'code=%s\n' "$3"
    printf '%s\n' "$2" >&2
    exit "$1"
}

user='' password='' session='' region='' ticket=''
while IFS='=' read -r name value; do
    case $name in
        user) user=$value ;;
        password) password=$value ;;
        token.session) session=$value ;;
        token.region) region=$value ;;
    esac
done

# say NAME VALUE: an option for curl, which gets secrets only through a pipe.
say()
{
    printf '%s = "%s"\n' "$1" "$(printf %s "$2" | sed 's/[\\"]/\\&/g')"
}

# What is sent; curl percent-encodes and makes base64.
with_password() { say user "$user:$password"; }
with_ticket() { say data-urlencode "ticket=$ticket"; }
with_session() { say header "X-Session: $session"; }

# call METHOD URL WITH WHAT: store the answer's body in $body.  WITH prints what is sent, WHAT names it.
call()
{
    body=$("$3" | curl -q -sS -K - -X "$1" --max-time 15 --max-filesize 1000000 -w '\n%{http_code}' "$2")
    case $? in
        0) ;;
        51 | 60 | 77 | 83 | 90 | 91) die 69 "Session HR could not prove who it is" untrusted ;;
        *) die 75 "Session HR cannot be reached" ;;
    esac
    http=${body##*
}
    body=${body%
*}
    case $http in
        2??) ;;
        401) die 1 "Session HR does not accept this $4" ;;
        403) die 77 "Session HR does not let this user read the company" denied ;;
        429) die 75 "Session HR asks for fewer calls" rate_limited ;;
        5??) die 75 "Session HR answers $http" ;;
        *) die 76 "Session HR answers $http" ;;
    esac
}

# get KEY: print a text or number of the answer on one line.
get()
{
    printf '%s' "$body" | jq -er --arg key "$1" '.[$key] | strings, numbers | tostring | gsub("[[:cntrl:]]"; " ")' \
        2>/dev/null
}

# Log in, and print each token at once: the session before it may have ended.
log_in()
{
    call POST "$FOB_BASE_URL/login" with_password password
    ticket=$(get ticket) || die 76 "the login at Session HR gives no ticket"
    call POST "$FOB_BASE_URL/session" with_ticket ticket
    session=$(get session) || die 76 "Session HR gives no session"
    printf 'token.session=%s\n' "$session"
    seconds=$(get seconds)
    case $seconds in
        '' | 0 | *[!0-9]*) ;; # until it is refused
        *) printf 'ends=%s\n' "$seconds" ;;
    esac
    region=$(get region) || die 76 "Session HR names no region"
    printf 'token.region=%s\n' "$region"
}

# What an answer says about an address is checked.
in_region()
{
    case $region in
        '' | *[!a-z0-9]*) die 76 "Session HR names a region that cannot be" ;;
    esac
    base_url=$FOB_BASE_URL/$region/v1
}

name_company()
{
    in_region
    call GET "$base_url/company" with_session session
    id=$(get id) || die 76 "the answer of Session HR names no company"
    printf 'identity.id=%s\nidentity.name=%s\n' "$id" "$(get name)"
}

case $FOB_HOOK in
    link)
        log_in
        name_company
        ;;
    validate)
        name_company
        ;;
    renew)
        log_in
        ;;
    authorize)
        in_region
        printf 'header.X-Session=%s\nbase_url=%s\n' "$session" "$base_url"
        ;;
    revoke)
        in_region
        call DELETE "$base_url/session" with_session session
        printf 'message=%s\n' "In Session HR, open Settings, then Users, and delete the user $user."
        die 69 "the session has ended, but a person must delete the user"
        ;;
    *)
        die 70 "no hook is called $FOB_HOOK" ignore
        ;;
esac
exit 0
