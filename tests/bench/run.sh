#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures fob against its floor and its peers, in one run: `make bench`.  Wants git, pass, gnupg,
# curl and nginx; ends with 1 when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-200}
bench=$abs_top_builddir/tests/bench
work=$(mktemp -d "$abs_top_builddir/bench-XXXXXX")
# gpg-agent's socket must have a short path.
keys=$(mktemp -d)
export GNUPGHOME="$keys" PASSWORD_STORE_DIR="$work/pass" FOB_CONFIG="$work/fob.yaml"
# A copy, as is installed: a linker writes in small pieces, and the page cache keeps them so.
mkdir "$work/bin"
cp "$abs_top_builddir/fob" "$bench/empty" "$work/bin"
PATH=$work/bin:$abs_top_builddir:$PATH
export PATH

# shellcheck source=tests/bench/server.sh
. "$abs_top_srcdir/tests/bench/server.sh"

# shellcheck disable=SC2317 # called by trap
finish()
{
    end_server
    gpgconf --kill all || true
    rm -rf "$work" "$keys"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

wants git pass gpg curl nginx openssl
cd "$work"
mkdir inside

echo "== an entry of a stack, in a worker"
"$bench/inside" "$work/inside" "$abs_top_builddir/.libs" || missed=1

serve ""
link_acme

# The peers hold the same secret.
echo 'https://client:swordfish@hr.example' >git-credentials
printf 'protocol=https\nhost=hr.example\n\n' >input
gpg --batch --quiet --passphrase '' --quick-generate-key bench default default never 2>/dev/null
pass init bench >/dev/null
echo swordfish | pass insert -e acme >/dev/null
pass show acme >/dev/null

echo "== reading a credential, $rounds rounds"
"$bench/pair" "$rounds" input \
    floor "$work/bin/empty" \
    -- "fob get" fob get acme client_secret \
    -- "git credential-store get" git credential-store --file git-credentials get >measured
"$bench/pair" 20 input \
    "fob get, beside pass" fob get acme client_secret \
    -- "pass show" pass show acme >>measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob get<=2.0*floor" \
    "fob get<=1.05*git credential-store get" "fob get, beside pass*20<=pass show" \
    "fob get<=8MiB" <measured || missed=1

echo "== asking the provider, $rounds rounds"
"$bench/pair" "$rounds" input \
    curl curl -sS --cacert ca.pem -H @header "$url/company" \
    -- "fob validate" fob validate acme >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob validate<=1.25*curl" <measured || missed=1

exit "${missed-0}"
