#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# demo.sh [STAGE]: builds fob, unless it is installed in STAGE already, and shows the whole journey of an account
# against a CharlieHR of our own.
set -eu

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

stage=${1-}
if [ -z "$stage" ]; then
    # shellcheck disable=SC2086 # a list of words
    install_missing $build_packages
    say "building fob in build/demo"
    make_configure
    stage demo
    stage=$top/build/demo/stage
fi

work=$(mktemp -d "$top/build/demo-XXXXXX")

# The CharlieHR of this demonstration.
sandbox()
{
    python3 "$top/tests/sandbox/charliehr.py" "$@" --dir "$work/charliehr"
}

hub=
office=
finish()
{
    [ -z "$hub" ] || kill "$hub" 2>/dev/null || true
    [ -z "$office" ] || rm -rf "$office"
    sandbox stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# show COMMAND [STATUS]: show it, run it, and be sure that it ends as it should.
show()
{
    printf '\n\033[1m$ %s\033[0m\n' "$1"
    status=0
    (eval "$1") || status=$?
    [ "$status" -eq 0 ] || printf '(exit status %d)\n' "$status"
    [ "$status" -eq "${2-0}" ] || {
        echo "demo.sh: that should have ended with status ${2-0}" >&2
        exit 1
    }
}

# Say something to the person who watches.
tell()
{
    echo
    printf '# %s\n' "$@"
}

say "starting a CharlieHR on this machine"
url=$(sandbox start | tail -n 1)
cd "$work"
mkdir providers.d
sed "s|base_url: .*|base_url: $url\n  ca_file: $work/charliehr/ca.pem|" \
    "$top/conf/providers.d/charliehr.yaml" >providers.d/charliehr.yaml
cat >fob.yaml <<END
store: { path: $work/store }
key_file: $work/key
providers: [ $work/providers.d ]
END
if uncontained "$stage"; then
    tell "This kernel cannot contain plugins; fob runs them all the same, and warns, because of this line:"
    echo 'containment: { required: false }' | tee -a fob.yaml
fi
chmod 600 fob.yaml providers.d/charliehr.yaml
export FOB_CONFIG="$work/fob.yaml"
PATH=$stage/bin:$PATH
keys="--field-file client_id=charliehr/client_id --field-file client_secret=charliehr/client_secret"

tell "A store for credentials, sealed under a key file."
show "fob init"
tell "How does one get CharlieHR's keys?  fob knows."
show "fob guide charliehr"
tell "Link the company's account.  On a terminal fob would ask for the two values; a script hands" \
    "them over in files, never on the command line.  fob checks them with CharlieHR first."
show "fob link charliehr acme --owner-name 'Ann Admin' $keys"
show "fob list"
tell "Does CharlieHR still accept it?"
show "fob validate acme"
tell "Use it, without ever seeing it."
show "fob request acme /company | python3 -m json.tool"
show "fob request acme --paginate /team_members | python3 -c 'import json, sys; print(len(json.load(sys.stdin)), \"people\")'"
tell "Or lend it to a program, as the header that CharlieHR wants."
show "fob get acme --format header | sed 's/:[^:]*\$/:.../'"
tell "Somebody presses Reset Keys in CharlieHR: the pair is dead for everyone."
show "sandbox reset-keys >/dev/null"
show "fob validate --now acme" 1
show "fob list"
tell "A dead key is not lent."
show "fob get acme client_secret" 77
tell "Give the account the new keys: it stays the same account."
show "fob edit acme $keys"
show "fob validate acme"
tell "And take it back.  CharlieHR has no call for that, so fob says what a person must do."
show "fob revoke acme --yes"
show "fob list"
tell "All of it was written down, without a secret in it."
show "fob log acme"
# fob-hub does not run as root; then nobody does the rest, with a store of their own.
office=$work
owner=
if [ "$(id -u)" -eq 0 ]; then
    office=$(mktemp -d)
    cp "$work/charliehr/ca.pem" "$office"
    mkdir "$office/providers.d"
    sed "s|ca_file: .*|ca_file: $office/ca.pem|" providers.d/charliehr.yaml >"$office/providers.d/charliehr.yaml"
    sed "s|$work|$office|" fob.yaml >"$office/fob.yaml"
    chown -R 65534:65534 "$office"
    owner="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi

# shellcheck disable=SC2086 # $owner is a list of words
fob()
{
    $owner env HOME="$office" FOB_CONFIG="$office/fob.yaml" "$stage/bin/fob" "$@"
}

if [ ! -x "$stage/libexec/fob/fob-hub" ]; then
    tell "fob-hub was not built, so nobody can be invited."
elif ! $owner test -x "$stage/libexec/fob/fob-hub"; then
    tell "Nobody else than root can run what is in $stage, so nobody is invited."
else
    port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    echo "hub: { url: http://127.0.0.1:$port, spool: $office/spool, name: Payroll bureau }" >>"$office/fob.yaml"
    [ "$office" = "$work" ] || fob init >/dev/null 2>&1
    tell "Often somebody else has the keys, and no shell.  Invite them."
    show "fob invite charliehr globex --to 'Jane Doe' --label 'Globex Ltd' | tee link"
    $owner "$stage/libexec/fob/fob-hub" --insecure-loopback --spool "$office/spool" \
        --listen "127.0.0.1:$port" 2>/dev/null &
    hub=$!
    tell "Jane opens that page with a browser, and types the keys, which go sealed into the spool."
    python3 "$top/tests/hub/person.py" "$(cat link)" client_id=charliehr/client_id \
        client_secret=charliehr/client_secret >jane 2>&1 &
    jane=$!
    while kill -0 "$jane" 2>/dev/null && [ -z "$(find "$office/spool/inbox" -name '????????????????????????????????')" ]; do
        sleep 0.1
    done
    tell "Link what was sent.  As a service, fob inbox --watch does that at once."
    show "fob inbox"
    connected=0
    wait "$jane" || connected=$?
    tell "This is what Jane saw."
    cat jane
    [ "$connected" -eq 0 ] || {
        echo "demo.sh: Jane did not see that the keys are connected" >&2
        exit 1
    }
    show "fob list"
    show "fob invitations --all"
fi
say "done: fob is in $stage, and tests/sandbox/README.md says how to try it by hand"
