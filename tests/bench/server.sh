# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# shellcheck shell=sh
# What run.sh, actions.sh, sweep.sh and late.sh share: a CharlieHR that costs little, so that the clients' costs
# show, with the company that "many make" keeps.  Everything of it is in $work.
: "${work:?}" "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

# wants PROGRAM...: ends with 69 when one is not installed.
wants()
{
    for program; do
        command -v "$program" >/dev/null || {
            echo "${0##*/}: $program is not installed" >&2
            exit 69
        }
    done
}

# certify: a certificate for localhost, ca.pem, and its key, server.key.
certify()
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$work/server.key" -out "$work/ca.pem" 2>/dev/null
}

# serve SETTINGS: begin it, with SETTINGS of nginx's besides.  Sets url; for curl there are ca.pem, and
# the header of the credential client, swordfish.
serve()
{
    certify
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$work/nginx.conf" <<END
user $(id -un);
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/ca.pem;
        ssl_certificate_key $work/server.key;
        default_type application/json;
        location = /api/v1/company {
            return 200 '{"success":true,"data":{"id":"0b7a4c1e-3f52","name":"Acme Ltd"}}';
        }
        $1
    }
}
END
    nginx -c "$work/nginx.conf" -p "$work" -e "$work/nginx.log"
    url=https://localhost:$port/api/v1
    printf 'Authorization: Token token=client:swordfish\n' >"$work/header"
}

# For the end: nothing of it stays.
end_server()
{
    [ ! -e "$work/nginx.pid" ] || kill "$(cat "$work/nginx.pid")" || true
}

# That credential as the account acme of a store of its own; the configuration is fob.yaml.  The budget is
# kept, and larger than any of them uses up.
link_acme()
{
    mkdir "$work/providers.d"
    sed "s|base_url: .*|base_url: $url\n  ca_file: $work/ca.pem|; s|per_minute: .*|per_minute: 6000 }|" \
        "$abs_top_srcdir/conf/providers.d/charliehr.yaml" >"$work/providers.d/charliehr.yaml"
    cat >"$work/fob.yaml" <<END
store: { path: $work/store }
key_file: $work/key
plugins: [ $abs_top_builddir/.libs ]
providers: [ $work/providers.d ]
END
    fob --config "$work/fob.yaml" init >/dev/null 2>&1
    printf 'client_id=client\nclient_secret=swordfish\n' |
        fob --config "$work/fob.yaml" link charliehr acme --stdin >/dev/null
}
