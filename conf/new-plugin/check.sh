#!/bin/sh
# SPDX-License-Identifier: 0BSD
# Copyright (C) 2026 The fob authors
# Runs the plugin through the installed fob: python3 -I stub.py sh check.sh
set -eu
umask 077
: "${STUB_URL:?is set by stub.py}" "${STUB_TOKEN:?is set by stub.py}"

# A configuration and a store below FOLDER, with this plugin and the provider at the stub.
make_home()
{
    home=$(mktemp -d "$1/@NAME@-check-XXXXXX")
    mkdir "$home/plugins" "$home/providers.d"
    install -m 755 @NAME@.so "$home/plugins"
    sed "s|^  base_url:.*|  base_url: $STUB_URL|" @NAME@.yaml >"$home/providers.d/@NAME@.yaml"
    cat >"$home/fob.yaml" <<END
store: { path: "$home/store" }
key_file: "$home/key"
plugins: [ "$home/plugins" ]
providers: [ "$home/providers.d" ]
http: { retries: 0 }
log: { path: "$home/log" }
# This kernel may lack what contains a plugin: fob then warns.
containment: { required: false }
END
    FOB_CONFIG=$home/fob.yaml
    export FOB_CONFIG
}

# ends STATUS COMMAND...: run the command, which must end with this status.
ends()
{
    wanted=$1
    shift
    status=0
    "$@" >"$home/said" 2>&1 || status=$?
    if [ "$status" -ne "$wanted" ]; then
        echo "FAILED: $* ended with $status, not $wanted:" >&2
        cat "$home/said" >&2
        exit 1
    fi
    echo "ok, $status: $*"
}

# says TEXT: the last command must have printed TEXT.
says()
{
    grep -qF -e "$1" "$home/said" || {
        echo "FAILED: that did not say: $1" >&2
        cat "$home/said" >&2
        exit 1
    }
}

home=
trap 'rm -rf "$home"' EXIT
trap 'exit 1' INT TERM HUP
no_proxy=127.0.0.1
export no_proxy

# fob loads no plugin that somebody else could change, and therefore none below /tmp.
make_home "$PWD"
if ! fob plugins @NAME@ >/dev/null 2>&1; then
    rm -rf "$home"
    make_home "$HOME"
fi
printf '%s\n' "$STUB_TOKEN" >"$home/token"
echo wrong-token >"$home/wrong"

ends 0 fob plugins @NAME@
ends 0 fob guide @NAME@
ends 0 fob init

ends 1 fob link @NAME@ mine --field-file token="$home/wrong"
says 'this token is not known'
ends 66 fob show mine

ends 0 fob link @NAME@ mine --field-file token="$home/token"
says 'Ann Admin'
ends 0 fob link @NAME@ other --field-file token="$home/token"
ends 0 fob validate mine
says active

ends 0 fob request mine /me
says '"user-1"'
ends 0 fob get mine --format header
says "Authorization: Bearer $STUB_TOKEN"

ends 0 fob revoke mine --yes
ends 66 fob show mine
ends 1 fob validate other --now
says rejected

rm "$home/token" "$home/said"
if grep -r -e "$STUB_TOKEN" "$home"; then
    echo "FAILED: the token can be read in these files" >&2
    exit 1
fi
echo "all is well"
