#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures a sweep over 5,000 accounts at twenty providers that answer after 50 ms, beside what 64 calls at a time make
# possible; how many TLS connections it makes there; and what it costs while it waits: a part of `make bench`.  Wants
# openssl; ends with 1 when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-3}
accounts=5000
providers=20
bench=$abs_top_builddir/tests/bench
work=$(mktemp -d "$abs_top_builddir/bench-XXXXXX")
PATH=$abs_top_builddir:$PATH
export PATH
servers=

# shellcheck source=tests/bench/server.sh
. "$abs_top_srcdir/tests/bench/server.sh"

# shellcheck disable=SC2317 # called by trap
finish()
{
    # shellcheck disable=SC2086 # numbers
    [ -z "$servers" ] || kill $servers || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

wants openssl
cd "$work"
mkdir providers.d
certify
: >input

# late NAME COUNT SECONDS: begin COUNT providers; their ports are in NAME.ports, and at their end their counts in NAME.
late()
{
    python3 "$abs_top_srcdir/tests/bench/late.py" "$2" "$3" ca.pem server.key "$work/$1" >"$1.ports" &
    server=$!
    servers="$servers $server"
    while [ ! -s "$1.ports" ]; do sleep 0.1; done
}

# configure NAME: a provider at each of those ports.
configure()
{
    n=0
    while read -r port; do
        n=$((n + 1))
        sed -e "s|base_url: .*|base_url: https://localhost:$port/api/v1\n  ca_file: $work/ca.pem\n  retries: 0|" \
            -e "s|^provider: .*|provider: hr$n|" -e '/^budget:/d' \
            "$abs_top_srcdir/conf/providers.d/charliehr.yaml" >"providers.d/hr$n.yaml"
    done <"$1.ports"
}

# make_accounts STORE COUNT: at all of the providers; the configuration is STORE.yaml.
make_accounts()
{
    mkdir -m 700 "$1"
    echo "{ store: { path: $work/$1/store }, key_file: $work/$1/key, log: { path: $work/$1/log }," \
        "plugins: [ $abs_top_builddir/.libs ], providers: [ $work/providers.d ] }" >"$1.yaml"
    "$bench/many" make "$work/$1/store" "$work/$1/key" "$2" "$providers"
}

late counted "$providers" 0.05
configure counted
make_accounts many "$accounts"
echo "== $accounts accounts at $providers providers that answer after 50 ms"
fob --config many.yaml validate --all --jobs 64 >/dev/null
kill "$server"
wait "$server" || true
servers=
# For the client a call is under way until it has read the answer: one a provider may be more than that has seen.
awk -v each=$((accounts / providers)) '
    { made += $1; most += $2 + 1; bad += $3 != each }
    END {
        bad += made > most
        printf "%s  %d TLS connections (at most %d: the calls that were under way at a time, of each provider)\n",
            bad ? "MISSED" : "ok    ", made, most
        exit bad
    }' counted || missed=1

late timed "$providers" 0.05
configure timed
late alone 1 0.05
: >measured
for _ in $(seq "$rounds"); do
    "$bench/pair" 1 input \
        "fob validate --all" fob --config many.yaml validate --all --jobs 64 \
        -- "64 calls at a time" "$bench/requests" "$accounts" "https://localhost:$(cat alone.ports)/company" \
        ca.pem "Authorization: Token token=client:swordfish" 64 >>measured
done
python3 "$abs_top_srcdir/tests/bench/report.py" "fob validate --all<=1.1*64 calls at a time" <measured || missed=1
python3 "$abs_top_srcdir/tests/bench/memory.py" "fob and its workers" \
    fob --config many.yaml validate --all --jobs 64 >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob and its workers<=64MiB" <measured || missed=1

late slow "$providers" 3
configure slow
make_accounts few 200
echo "== while it waits: 200 accounts at providers that answer after three seconds"
"$bench/pair" 1 input "waiting" fob --config few.yaml validate --all --jobs 64 >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "waiting<=5% of a core" <measured || missed=1
exit "${missed-0}"
