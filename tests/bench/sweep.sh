#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures a sweep over 5,000 accounts beside curl, wrk and libcurl alone, which make as many calls to
# the same server; beside one of the http plugin; and one over fifty providers of which one does not
# answer: a part of `make bench`.  Wants curl, nginx, openssl and wrk; ends with 1 when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-5}
accounts=5000
bench=$abs_top_builddir/tests/bench
work=$(mktemp -d "$abs_top_builddir/bench-XXXXXX")
PATH=$abs_top_builddir:$PATH
export PATH

# shellcheck source=tests/bench/server.sh
. "$abs_top_srcdir/tests/bench/server.sh"

# shellcheck disable=SC2317 # called by trap
finish()
{
    end_server
    [ -z "${silent-}" ] || kill "$silent" || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

wants curl nginx openssl wrk
cd "$work"
mkdir providers.d

serve ""

# provider NAME URL: without a budget.
provider()
{
    sed -e "s|base_url: .*|base_url: $2\n  ca_file: $work/ca.pem\n  timeout: 2\n  retries: 0|" \
        -e "s|^provider: .*|provider: $1|" -e '/^budget:/d' \
        "$abs_top_srcdir/conf/providers.d/charliehr.yaml" >"providers.d/$1.yaml"
}

# configuration NAME [FOLDER]: its store, key and log, and the folder of its providers.
configuration()
{
    mkdir -m 700 "$1"
    echo "{ store: { path: $work/$1/store }, key_file: $work/$1/key, log: { path: $work/$1/log }," \
        "plugins: [ $abs_top_builddir/.libs ], providers: [ $work/${2-providers.d} ] }" >"$1.yaml"
}

provider charliehr "$url"
configuration many
"$bench/many" make "$work/many/store" "$work/many/key" "$accounts"
: >input
# Their company is found, and the records are written, before anything is measured.
fob --config many.yaml validate --all >/dev/null

echo "== $accounts accounts, $rounds rounds"
: >measured
for _ in $(seq "$rounds"); do
    "$bench/pair" 1 input \
        "fob validate --all" fob --config many.yaml validate --all \
        -- "curl --parallel" curl -sS --parallel --parallel-max 64 --cacert ca.pem -H @header \
        -o /dev/null "$url/company?account=[1-$accounts]" \
        -- "libcurl alone" "$bench/requests" "$accounts" "$url/company" ca.pem "$(cat header)" >>measured
    # As long as wrk would have taken for as many calls.
    wrk -t 2 -c 64 -d 2s -H "$(cat header)" "$url/company" |
        awk -v calls="$accounts" '/^Requests\/sec:/ { printf "wrk\t%d\t0\t0\n", calls / $2 * 1e6 }' >>measured
done
python3 "$abs_top_srcdir/tests/bench/report.py" "fob validate --all*2<=curl --parallel" \
    "fob validate --all<=2.857*wrk" "fob validate --all<=2.3*the CPU of libcurl alone" \
    "fob validate --all<=1.7*libcurl alone" <measured || missed=1
python3 "$abs_top_srcdir/tests/bench/memory.py" "fob and its worker" fob --config many.yaml validate --all >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob and its worker<=64MiB" <measured || missed=1

# The same calls, of the http plugin.
mkdir http.d
cat >http.d/charliehr.yaml <<END
provider: charliehr
title: CharlieHR
fields:
  - { name: client_id, title: Client ID }
  - { name: client_secret, title: Client Secret, secret: true }
plugin: http
options:
  base_url: $url
  ca_file: $work/ca.pem
  timeout: 2
  retries: 0
  headers: { Authorization: "Token token={client_id}:{client_secret}" }
  check: { get: /company, id: /data/id, name: /data/name }
  revoke: { manual: Reset the keys. }
END
configuration http http.d
"$bench/many" make "$work/http/store" "$work/http/key" "$accounts"
fob --config http.yaml validate --all >/dev/null
echo "== $accounts accounts of two plugins, $((2 * rounds)) rounds"
: >measured
for _ in $(seq $((2 * rounds))); do
    "$bench/pair" 1 input "charliehr.so" fob --config many.yaml validate --all \
        -- "http.so" fob --config http.yaml validate --all >>measured
done
python3 "$abs_top_srcdir/tests/bench/report.py" "http.so<=1.15*charliehr.so" <measured || missed=1

# Connections are taken by the kernel, and never answered.
python3 -c 'import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(64)
print(s.getsockname()[1], flush=True)
time.sleep(3600)' >silent.port &
silent=$!
while [ ! -s silent.port ]; do sleep 0.1; done
configuration fifty
fob --config fifty.yaml init >/dev/null 2>&1
for n in $(seq 50); do
    provider "hr$n" "$url"
    for one in 1 2 3 4; do
        printf 'client_id=client\nclient_secret=swordfish\n' |
            fob --config fifty.yaml link "hr$n" "at$n-$one" --stdin --no-validate >/dev/null 2>&1
    done
done
provider hr25 "https://localhost:$(cat silent.port)/api/v1"
cat >sweep <<END
#!/bin/sh
fob --config fifty.yaml validate --all 2>/dev/null || [ \$? -eq 75 ]
END
chmod +x sweep
echo "== fifty providers, one of which does not answer"
"$bench/pair" "$rounds" input "its time-out" sleep 2 -- "fifty providers" ./sweep >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fifty providers<=1.25*its time-out" <measured || missed=1
exit "${missed-0}"
