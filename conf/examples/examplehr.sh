#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
#
# A provider in shell: link, validate, revoke and authorize for an HR system with bearer tokens, run
# by fob's plugin exec (fob_exec(7)).  Needs curl and jq.
#
#   FOB_HOOK=HOOK FOB_BASE_URL=URL examplehr.sh <FIELDS
#
# Without "set -e", because a command that fails would end the script with status 1, which means that the
# provider rejects the token, and counts against the account.  Every exit is explicit.
set -u

# die STATUS REASON [CODE]: STATUS and CODE are for fob, REASON is for people.
die()
{
    [ -z "${3-}" ] || printf 'code=%s\n' "$3"
    printf '%s\n' "$2" >&2
    exit "$1"
}

# fob has checked that the URL is https, or leads to this machine.
[ -n "${FOB_BASE_URL-}" ] || die 78 "base_url is not set"

token=
while IFS='=' read -r name value; do
    [ "$name" != token ] || token=$value
done
case $token in
    '' | *[!A-Za-z0-9._~+/=-]*) die 64 "the token is empty, or has a character that no token has" ;;
esac

# call METHOD PATH: store the answer's body in $body.  curl gets the token through a pipe, because
# everybody can read a command line.
call()
{
    body=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
        curl -q -sS -K - -X "$1" --max-time 30 --max-filesize 1000000 -w '\n%{http_code}' "$FOB_BASE_URL$2")
    case $? in
        0) ;;
        51 | 60 | 77 | 83 | 90 | 91) die 69 "Example HR could not prove who it is" untrusted ;;
        *) die 75 "Example HR cannot be reached" ;;
    esac
    http=${body##*
}
    body=${body%
*}
    case $http in
        2??) ;;
        401) die 1 "Example HR does not accept this token" ;;
        403) die 77 "Example HR accepts this token, but does not let it read the company" denied ;;
        429) die 75 "Example HR asks for fewer calls" rate_limited ;;
        5??) die 75 "Example HR answers $http" ;;
        *) die 76 "Example HR answers $http" ;;
    esac
}

# of_company KEY: print a text of the answer on one line.
of_company()
{
    printf '%s' "$body" | jq -er --arg key "$1" '.[$key] | strings | gsub("[[:cntrl:]]"; " ")' 2>/dev/null
}

case $FOB_HOOK in
    link | validate)
        call GET /company
        id=$(of_company id) || die 76 "the answer of Example HR names no company"
        printf 'identity.id=%s\nidentity.name=%s\n' "$id" "$(of_company name)"
        ;;
    revoke)
        call DELETE /token
        printf 'message=%s\n' "Example HR keeps its logs of $FOB_ACCOUNT for 30 days."
        ;;
    authorize)
        printf 'header.Authorization=Bearer %s\n' "$token"
        ;;
    *)
        die 70 "no hook is called $FOB_HOOK" ignore
        ;;
esac
exit 0
