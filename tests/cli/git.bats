#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Programs with their own protocol for credentials: git, docker, and programs that run a command.

load common

setup()
{
    new_store
    store acme "pass word'=\\"
    store git.acme.example second
    export PATH=$abs_top_srcdir/src/fob:$PATH
    export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=true
}

# fill HELPER HOST [PROTOCOL]: ask as git does.
fill()
{
    printf 'protocol=%s\nhost=%s\n\n' "${3-https}" "$2" |
        git -c credential.helper= -c "credential.helper=$1" credential fill
}

@test "git finds the account that is called like the server, or is named" {
    fob edit acme --hosts 'other.example:8443 somewhere.example' >/dev/null
    [ "$(fill fob git.acme.example)" = "protocol=https
host=git.acme.example
username=id
password=second" ]
    [ "$(fill "fob acme" somewhere.example)" = "protocol=https
host=somewhere.example
username=id
password=pass word'=\\" ]
    [ "$(fob log --event git | wc -l)" -eq 2 ]
    [[ $(fill "fob acme" somewhere.example HTTPS) == *"password=pass word'=\\" ]]
    # No account is for that host: git continues without one.
    [ "$(fill fob other.example)" = "protocol=https
host=other.example
username=
password=" ]
    # An account that names the server.
    [[ $(fill fob OTHER.example:8443) == *"username=id
password=pass word'=\\" ]]
    [ "$(fill fob 'UPPER.example:8443')" = "protocol=https
host=UPPER.example:8443
username=
password=" ]
}

@test "git gets the user that it asks for, or a token for it" {
    # ask HELPER [USER]
    ask()
    {
        printf 'protocol=https\nhost=git.acme.example\nusername=%s\n\n' "$2" |
            git -c credential.helper= -c "credential.helper=$1" credential fill
    }
    [[ $(ask fob id) == *"username=id
password=second" ]]
    [[ $(ask fob somebody) != *second* ]]
    fob edit acme --hosts git.acme.example >/dev/null
    [[ $(ask "fob acme" id) == *"password=pass word'=\\" ]]
    run ask "fob acme" somebody
    [[ $output != *"pass word"* && $output == *"asks for another user"* ]]
    cat >providers.d/token.yaml <<-END
	provider: token
	fields: [ { name: token, title: Token, secret: true } ]
	link: [ { control: required, plugin: debug } ]
	validate: [ { control: required, plugin: debug } ]
	revoke: [ { control: required, plugin: debug } ]
	END
    echo 'hosts: [ git.acme.example ]' >>providers.d/token.yaml
    fob link token ci --stdin --no-validate <<<token=t0ken >/dev/null 2>&1
    [[ $(ask "fob ci" somebody) == *"username=somebody
password=t0ken" ]]
}

@test "an account is lent only to servers that it or its provider names" {
    run fill "fob acme" git.acme.example
    [[ $output != *"pass word"* ]]
    has "$output" 'acme: not lent to git.acme.example'
    has "$output" 'hint: "fob edit acme --hosts git.acme.example" permits it'
    fob edit acme --hosts git.acme.example:8443 >/dev/null
    run fill "fob acme" git.acme.example
    [[ $output != *"pass word"* ]]
    [[ $(fill "fob acme" git.acme.example:8443) == *"pass word"* ]]
    # A URL may omit the default port of https.
    fob edit acme --hosts git.acme.example >/dev/null
    [[ $(fill "fob acme" git.acme.example:443) == *"pass word"* ]]
    fob edit acme --hosts 'git2.example git.acme.example:443' >/dev/null
    [[ $(fill "fob acme" git.acme.example) == *"pass word"* ]]
    run fill "fob acme" git.acme.example:4430
    [[ $output != *"pass word"* ]]
    fob edit acme --hosts '' >/dev/null
    run fill "fob acme" git.acme.example:8443
    [[ $output != *"pass word"* ]]
}

@test "what no server is called is refused in --hosts, and in a provider's file" {
    for host in 'a"b' https://a a/b a..b a. a: a:0 a:65536 a:b ::1 '[::1' 1.2.3 '*.a'; do
        split fob edit acme --hosts "git.acme.example $host"
        refused 64
        has "$stderr" "--hosts: $host: "
    done
    split fob edit acme --hosts https://git.acme.example
    has "$stderr" 'not a URL'
    fob edit acme --hosts '  git.acme.example:443  [::1]:8443 A_b-c 192.0.2.1 '
    echo 'hosts: [ git.acme.example, "git.acme.example:0" ]' >>providers.d/charliehr.yaml
    run -78 fob check
    line=$(wc -l <providers.d/charliehr.yaml)
    has "$output" "charliehr.yaml:$line:28: hosts: git.acme.example:0: its port must be a number"
}

# docker ACTION [SERVER]: as docker runs it.
docker_asks()
{
    echo "${2-}" | docker-credential-fob "$1"
}

@test "docker gets the account that names the registry, and stores and erases nothing" {
    fob edit acme --hosts 'registry.example:5000 index.docker.io' >/dev/null
    [ "$(docker_asks get https://index.docker.io/v1/ | jq -c .)" = \
        '{"ServerURL":"https://index.docker.io/v1/","Username":"id","Secret":"pass word'"'"'=\\"}' ]
    [ "$(docker_asks get registry.example:5000 | jq -r .Username)" = id ]
    [ "$(docker_asks get HTTPS://Index.Docker.io:443/v1/ | jq -r .Username)" = id ]
    [ "$(docker_asks list | jq -c .)" = '{"registry.example:5000":"id","index.docker.io":"id"}' ]
    run docker_asks get other.example
    [ "$status" -eq 1 ]
    [ "$output" = 'credentials not found in native keychain' ]
    for scheme in http HTTP; do
        run docker_asks get $scheme://index.docker.io/v1/
        ended 69
    done
    for action in store erase; do
        run docker_asks $action '{"ServerURL":"index.docker.io","Username":"a","Secret":"b"}'
        [ "$status" -eq 1 ]
    done
    [ "$(fob get acme client_secret)" = "pass word'=\\" ]
    fob suspend acme >/dev/null
    run docker_asks get registry.example:5000
    ended 77
}

@test "docker --env-file reads what get --format docker prints" {
    [ "$(fob get acme --format docker)" = "CHARLIEHR_CLIENT_ID=id
CHARLIEHR_CLIENT_SECRET=pass word'=\\" ]
    [ "$(fob get acme client_id --format docker --prefix X_)" = 'X_CLIENT_ID=id' ]
    printf 'client_id=i\n' >fields
    printf 'two\nlines' >secret
    fob link charliehr lines --no-validate --stdin --field-file client_secret=secret <fields >/dev/null 2>&1
    split fob get lines --format docker
    refused 64
    has "$stderr" 'client_secret has a line break'
}

@test "nothing is lent to a server without https, nor from an account that is suspended" {
    run fill fob git.acme.example http
    [[ $output != *second* && $output == *"without https"* ]]
    run fill "fob acme" 127.0.0.1.example http
    [[ $output != *"pass word"* ]]
    fob suspend git.acme.example
    run fill fob git.acme.example
    [[ $output != *second* && $output == *"suspended"* ]]
}

@test "a server's name is matched as a whole, or refused" {
    local long=$(printf 'a%.0s' {1..600})

    run -64 --separate-stderr fob git-credential get <<<"host=$long"
    has "$stderr" "stdin: not a question of git"
    run -64 --separate-stderr fob git-credential acme get < <(printf 'protocol=https\nhost=acme\0.example\n\n')
    has "$stderr" "stdin: not a question of git"
    run -64 --separate-stderr fob docker-credential get <<<"https://$long/v1/"
    [ "$output" = "" ]
}

@test "a question without a protocol or a server is an error that says so" {
    for asked in 'url=https://git.acme.example/x' 'url=git.acme.example' 'host=git.acme.example' ''; do
        split fob git-credential acme get <<<"$asked"
        refused 64
        has "$stderr" 'fob: stdin: it names no protocol'
    done
    for asked in $'protocol=https\nhost=' protocol=https; do
        split fob git-credential acme get <<<"$asked"
        refused 77
        has "$stderr" 'fob: acme: not lent, since git names no server'
        split fob git-credential get <<<"$asked"
        ended 0
        [ "$output$stderr" = '' ]
    done
}

@test "one failed request does not discard a credential" {
    for action in reject approve; do
        printf 'protocol=https\nhost=git.acme.example\nusername=id\npassword=second\n\n' |
            git -c credential.helper= -c credential.helper=fob credential "$action"
    done
    [ "$(fob get git.acme.example client_secret)" = second ]
}

@test "a server that git connects to gets the credential" {
    cat >server.py <<'END'
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        given = self.headers.get("Authorization")
        # Read this before the answer, which ends git and this process.
        if given is not None:
            with open("given", "w") as file:
                file.write(given)
        self.send_response(401 if given is None else 404)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass
with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
    with open("port.new", "w") as file:
        file.write(str(server.server_port))
    import os
    os.rename("port.new", "port")
    server.serve_forever()
END
    python3 server.py 3>&- &
    server=$!
    wait_until test -e port
    fob edit acme --hosts "127.0.0.1:$(cat port)" >/dev/null
    git -c credential.helper= -c "credential.helper=fob acme" ls-remote "http://127.0.0.1:$(cat port)/x.git" \
        >/dev/null 2>&1 || true
    kill $server
    [ "$(cat given)" = "Basic $(printf "id:pass word'=\\" | base64)" ]
}

@test "a program that runs a command gets one JSON object" {
    fob edit acme --expires 2099-12-31
    fob get acme --format process --member AccessKeyId=client_id --member SecretAccessKey=client_secret >got
    [ "$(jq -c . got)" = '{"Version":1,"AccessKeyId":"id","SecretAccessKey":"pass word'"'"'=\\","Expiration":"2099-12-31T00:00:00Z"}' ]
    run -64 fob get acme --format process
    run -64 fob get acme --format json --member A=client_id
    run -66 fob get acme --format process --member A=nothing
    run -64 fob get acme --format process --member client_id
    # All names of members are different.
    for name in Version Expiration; do
        split fob get acme --format process --member "$name=client_id"
        refused 64 || return
        has "$stderr" "--member $name" || return
    done
    split fob get acme --format process --member A=client_id --member A=client_secret
    refused 64
    has "$stderr" 'A: both client_id of acme and client_secret of acme'
    has "$stderr" 'each --member needs a name of its own'
    fob edit acme --expires never
    [ "$(fob get acme --format process --member Expiration=client_id)" = '{"Version":1,"Expiration":"id"}' ]
}
