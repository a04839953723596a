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
PATH=$abs_top_builddir:$PATH
export PATH

# shellcheck disable=SC2317 # called by trap
finish()
{
    [ ! -e "$work/nginx.pid" ] || kill "$(cat "$work/nginx.pid")" || true
    gpgconf --kill all || true
    rm -rf "$work" "$keys"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

for program in git pass gpg curl nginx openssl; do
    command -v "$program" >/dev/null || {
        echo "run.sh: $program is not installed" >&2
        exit 69
    }
done
cd "$work"
mkdir inside providers.d

echo "== in a process"
"$bench/inside" "$work/inside" "$abs_top_builddir/.libs" || missed=1

# A server that costs little, so that the clients' costs show.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key -out ca.pem 2>/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >nginx.conf <<END
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http {
    access_log off;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/ca.pem;
        ssl_certificate_key $work/server.key;
        location = /api/v1/company {
            default_type application/json;
            return 200 '{"success":true,"data":{"id":"company_1","name":"Acme Ltd"}}';
        }
    }
}
END
nginx -c "$work/nginx.conf" -p "$work" -e "$work/nginx.log"
url=https://localhost:$port/api/v1

sed "s|base_url: .*|base_url: $url\n  ca_file: $work/ca.pem|" \
    "$abs_top_srcdir/conf/providers.d/charliehr.yaml" >providers.d/charliehr.yaml
cat >fob.yaml <<END
store: { path: $work/store }
key_file: $work/key
plugins: [ $abs_top_builddir/.libs ]
providers: [ $work/providers.d ]
END
fob init >/dev/null 2>&1
printf 'client_id=client\nclient_secret=swordfish\n' | fob link charliehr acme --stdin >/dev/null
printf 'Authorization: Token token=client:swordfish\n' >header

# The peers hold the same secret.
echo 'https://client:swordfish@hr.example' >git-credentials
printf 'protocol=https\nhost=hr.example\n\n' >input
gpg --batch --quiet --passphrase '' --quick-generate-key bench default default never 2>/dev/null
pass init bench >/dev/null
echo swordfish | pass insert -e acme >/dev/null
pass show acme >/dev/null

echo "== reading a credential, $rounds rounds"
"$bench/pair" "$rounds" input \
    floor "$bench/empty" \
    -- "fob get" fob get acme client_secret \
    -- "git credential-store get" git credential-store --file git-credentials get >measured
"$bench/pair" 20 input \
    "fob get, beside pass" fob get acme client_secret \
    -- "pass show" pass show acme >>measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob get<=2.0*floor" \
    "fob get<=1.1*git credential-store get" "fob get, beside pass*20<=pass show" \
    "fob get<=8MiB" <measured || missed=1

echo "== asking the provider, $rounds rounds"
"$bench/pair" "$rounds" input \
    curl curl -sS --cacert ca.pem -H @header "$url/company" \
    -- "fob validate" fob validate acme >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob validate<=1.3*curl" <measured || missed=1

exit "${missed-0}"
