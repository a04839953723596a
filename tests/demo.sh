#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Builds fob and shows the whole journey of an account against a CharlieHR of our own.
set -eu

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2086 # a list of words
install_missing $build_packages
say "building fob in build/demo"
make_configure
build demo

work=$(mktemp -d "$top/build/demo-XXXXXX")
sandbox="python3 $top/tests/sandbox/charliehr.py"

finish()
{
    $sandbox stop --dir "$work/charlie" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# Show a command, then run it.
show()
{
    printf '\n\033[1m$ %s\033[0m\n' "$1"
    (eval "$1") || printf '(exit status %d)\n' "$?"
}

# Say something to the person who watches.
tell()
{
    printf '\n# %s\n' "$*"
}

say "starting a CharlieHR on this machine"
url=$($sandbox start --dir "$work/charlie" | tail -n 1)
mkdir -p "$work/providers.d"
sed "s|base_url: .*|base_url: $url\n  ca_file: $work/charlie/ca.pem|" \
    "$top/conf/providers.d/charliehr.yaml" >"$work/providers.d/charliehr.yaml"
cat >"$work/fob.yaml" <<END
store: { path: $work/store }
key_file: $work/key
providers: [ $work/providers.d ]
END
chmod 600 "$work/fob.yaml" "$work/providers.d/charliehr.yaml"
export FOB_CONFIG="$work/fob.yaml"
PATH=$top/build/demo/stage/bin:$PATH
id=$work/charlie/client_id
secret=$work/charlie/client_secret

tell "A store for credentials, sealed under a key file."
show "fob init"
tell "How does one get CharlieHR's keys?  fob knows."
show "fob guide charliehr"
tell "Link the company's account.  On a terminal fob would ask for the two values; a script hands
# them over in files, never on the command line.  fob checks them with CharlieHR first."
show "fob link charliehr acme --owner-name 'Ann Admin' --field-file client_id=$id --field-file client_secret=$secret"
show "fob list"
tell "Does CharlieHR still accept it?"
show "fob validate acme"
tell "Use it, without ever seeing it."
show "fob request acme /company"
show "fob request acme --paginate /team_members | python3 -c 'import json, sys; print(len(json.load(sys.stdin)), \"people\")'"
tell "Or lend it to a program, as the header that CharlieHR wants."
show "fob get acme --format header | sed 's/:[^:]*\$/:.../'"
tell "Somebody presses Reset Keys in CharlieHR: the pair is dead for everyone."
show "$sandbox reset-keys --dir $work/charlie >/dev/null"
show "fob validate --now acme"
show "fob list"
tell "A dead key is not lent."
show "fob get acme client_secret"
tell "Give the account the new keys: it stays the same account."
show "fob edit acme --field-file client_id=$id --field-file client_secret=$secret"
show "fob validate acme"
tell "And take it back.  CharlieHR has no call for that, so fob says what a person must do."
show "fob revoke acme --yes"
show "fob list"
tell "All of it was written down, without a secret in it."
show "fob log acme"
say "done"
