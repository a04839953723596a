#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob exec: the command's environment and descriptors, and its exit status.

load common

setup()
{
    new_store
    store acme "se cret'\"\$\`!"
    store bolt second
}

@test "an account's variables go with its fields, are not secret, and can be removed" {
    store plain secret-value --variable REGION=eu-west --variable 'BASE=https://x y'
    [ "$(fob exec plain -- sh -c 'echo "$REGION $BASE"')" = 'eu-west https://x y' ]
    [ "$(fob exec plain --as-file -- sh -c 'echo "$REGION"')" = eu-west ]
    [ "$(fob exec plain --mask -- sh -c 'echo "$REGION"')" = eu-west ]
    (
        eval "$(fob get plain --format env)"
        [ "$REGION/$BASE" = 'eu-west/https://x y' ]
    )
    fob get plain --format docker | grep -qx 'BASE=https://x y'
    [ "$(fob show plain --json | jq -c .variables)" = '{"REGION":"eu-west","BASE":"https://x y"}' ]
    fob show plain | grep -qx 'Variable REGION: eu-west'
    fob edit plain --variable REGION=us --variable BASE= >/dev/null
    [ "$(fob show plain --json | jq -c .variables)" = '{"REGION":"us"}' ]
    for bad in 1A=x A-B=x x; do
        split fob edit plain --variable "$bad"
        refused 64
    done
    [ "$(fob get plain --format names | xargs)" = 'CHARLIEHR_CLIENT_ID CHARLIEHR_CLIENT_SECRET REGION' ]
    [ "$(fob get plain client_id --format names)" = CHARLIEHR_CLIENT_ID ]
    # Two accounts cannot set the same variable.
    store other secret-value --variable REGION=eu
    split fob exec plain other --prefix X_ -- true
    refused 64
    # An account's own variable cannot have the name of a field's variable.
    fob edit plain --variable CHARLIEHR_CLIENT_ID=another >/dev/null
    for format in env docker fish names; do
        split fob get plain --format $format
        refused 64
        has "$stderr" 'CHARLIEHR_CLIENT_ID: both client_id of plain and a variable of plain'
    done
    [ "$(fob get plain --format env --prefix X_ | tail -n 2 | xargs)" = 'REGION=us CHARLIEHR_CLIENT_ID=another' ]
    [ "$(fob get plain client_id)" = id ]
}

@test "a command gets the fields, and nothing else from fob" {
    run -0 fob exec acme -- sh -c 'printf "%s\n" "$CHARLIEHR_CLIENT_ID" "$CHARLIEHR_CLIENT_SECRET"'
    [ "$output" = "id
se cret'\"\$\`!" ]
    FOB_DEBUG= fob exec acme -- env >seen
    [ "$(grep '^FOB_' seen)" = "FOB_CONFIG=$FOB_CONFIG" ]
    grep -q '^HOME=' seen
    # The command gets fob's own descriptors.
    sh -c 'ls /proc/self/fd | wc -l' 3>&- 4>&- >plain
    fob exec acme -- sh -c 'ls /proc/self/fd | wc -l' 3>&- 4>&- >lent
    cmp plain lent
    # The command replaces fob's process, and the log has that process id.
    [ "$(fob exec acme -- sh -c 'echo $$')" = "$(fob log --event exec --json | tail -n 1 | jq .pid)" ]
    [ "$(fob log --event exec --json | tail -n 1 | jq -r .program)" = sh ]
    fob exec acme -- "$(command -v true)"
    [ "$(fob log --event exec --json | tail -n 1 | jq -r .program)" = true ]
    fob exec acme -- $'no-\e-such' 2>/dev/null || [ $? -eq 127 ]
    [ "$(fob log --event exec --json | tail -n 1 | jq -r .program)" = fob ]
    # A signal that fob ignores is not ignored.
    fob exec acme -- grep SigIgn /proc/self/status >lent
    grep SigIgn /proc/self/status >plain
    cmp plain lent
}

@test "a fob that the command runs uses the same configuration" {
    run -0 fob exec acme -- fob show acme
    unset FOB_CONFIG
    (cd / && fob --config "$home/fob.yaml" exec acme -- fob show acme)
    fob --config fob.yaml exec acme -- sh -c 'cd / && fob show acme'
}

@test "a missing field is not taken from another account" {
    sed -i 's/^fields:/&\n  - { name: region, optional: true }/' providers.d/charliehr.yaml
    fob edit acme --no-validate --field region=eu 2>/dev/null
    export CHARLIEHR_REGION=old R_REGION=old OTHER=kept
    [ "$(fob exec acme -- printenv CHARLIEHR_REGION)" = eu ]
    fob exec bolt -- env >seen
    run ! grep CHARLIEHR_REGION seen
    grep -qx OTHER=kept seen
    fob exec bolt --prefix R_ -- env >seen
    run ! grep R_REGION=old <(grep -v ^CHARLIEHR seen)
    for shell in sh dash bash "busybox sh" zsh; do
        command -v "${shell%% *}" >/dev/null || continue
        # shellcheck disable=SC2086,SC2016 # words; for the inner shell
        run -0 $shell -euc 'eval "$(fob get bolt --format env)"; echo "${CHARLIEHR_REGION-none} $CHARLIEHR_CLIENT_SECRET"'
        [ "$output" = "none second" ]
    done
    if command -v fish >/dev/null; then
        run -0 fish --no-config -c 'fob get bolt --format fish | source; set -q CHARLIEHR_REGION; or echo none $CHARLIEHR_CLIENT_SECRET'
        [ "$output" = "none second" ]
    fi
    [[ $(fob get bolt --format names) == *CHARLIEHR_REGION* ]]
    run -0 fob get bolt client_id --format env
    [ "$output" = "CHARLIEHR_CLIENT_ID='id'" ]
}

@test "a stream that the caller closed is closed for the command" {
    run -0 bash -c 'fob exec --as-file acme -- sh -c "[ -e /proc/\$\$/fd/0 ] || echo closed" <&-'
    [ "$output" = closed ]
    run -0 --separate-stderr bash -c 'fob exec acme -- sh -c "[ -e /proc/\$\$/fd/1 ] || echo closed >&2" >&-'
    [ "$stderr" = closed ]
}

@test "names can be chosen, and must not clash" {
    run -0 fob exec acme --prefix X_ -- sh -c 'echo "$X_CLIENT_ID/${CHARLIEHR_CLIENT_ID-none}"'
    [ "$output" = id/none ]
    run -0 fob exec bolt --env TOKEN=client_secret -- sh -c 'echo "$TOKEN/${CHARLIEHR_CLIENT_ID-none}"'
    [ "$output" = second/none ]
    run -0 fob exec acme bolt --env A=acme:client_id --env B=bolt:client_secret -- sh -c 'echo "$A/$B"'
    [ "$output" = id/second ]
    TOKEN=old run -0 fob exec bolt --env TOKEN=client_secret -- sh -c 'env | grep -c "^TOKEN="'
    [ "$output" = 1 ]
    before=$(fob log | wc -l)
    for bad in "acme bolt" "acme acme" "acme --env A" "acme --env 1A=client_id" "acme --env =client_id" \
        "acme bolt --env A=client_id" "acme --env A=client_id --env A=client_secret" "acme --prefix 1" \
        "acme --prefix P --env A=client_id" "acme --header-fd 2" "acme --header-fd x" \
        "acme --header-fd 99999999999999999999" "acme bolt --header-fd 5"; do
        # shellcheck disable=SC2086
        run fob exec $bad -- touch started
        ended 64 || return
    done
    run -66 fob exec acme --env A=nothing -- touch started
    run -66 fob exec acme --env A=bolt:client_id -- touch started
    [ ! -e started ]
    # Nothing was lent.
    [ "$(fob log | wc -l)" -eq "$before" ]
}

@test "nothing starts unless all accounts may be lent" {
    run -66 fob exec acme nobody -- touch started
    fob suspend bolt
    run -77 fob exec acme bolt --env A=acme:client_id -- touch started
    # The other account is not used, either.
    [ "$(fob log acme --event exec | wc -l)" -eq 0 ]
    run -77 fob exec bolt -- touch started
    [[ $output == *"suspended"* && $output == *"fob resume bolt"* ]]
    [ ! -e started ]
    run -0 fob exec --force bolt -- sh -c 'echo "$CHARLIEHR_CLIENT_SECRET"'
    [ "$output" = second ]
    fob edit acme --expires 2020-01-01
    run -77 fob exec acme -- touch started
    run -64 fob exec acme
    run -64 fob exec acme --
    told 1 <<<$'HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'
    write_provider "http://127.0.0.1:$(cat port)"
    fob edit acme --expires never
    run -1 fob validate --now acme
    split fob exec acme -- touch started
    ended 77
    has "$stderr" 'acme: not lent: it is rejected'
    run -64 fob exec -- true
    [ ! -e started ]
}

@test "files are readable by the command's children, and removed at its end" {
    cat >look.py <<'END'
import os, subprocess
path = os.environ["CHARLIEHR_CLIENT_SECRET"]
# Run with only the usual three descriptors.
subprocess.run(["cat", path], check=True)
try:
    os.write(os.open(path, os.O_RDWR), b"x")
except OSError:
    print("sealed")
END
    fob exec acme --as-file -- sh -c 'cat "$CHARLIEHR_CLIENT_SECRET"; echo "$CHARLIEHR_CLIENT_SECRET" >path
        stat -L -c %a "$CHARLIEHR_CLIENT_SECRET" >mode; python3 look.py' >seen
    [ "$(cat seen)" = "se cret'\"\$\`!se cret'\"\$\`!sealed" ]
    [ "$(cat mode)" = 400 ]
    [ ! -e "$(cat path)" ]
    # Also when it is killed.
    run fob exec acme --as-file -- sh -c 'echo "$CHARLIEHR_CLIENT_SECRET" >path; kill -9 $$'
    [ ! -e "$(cat path)" ]
}

@test "the header is on a descriptor, for curl" {
    fob exec bolt --header-fd 5 -- cat /dev/fd/5 >seen
    [ "$(cat seen)" = 'Authorization: Token token=id:second' ]
    fob exec bolt --header-fd 5 -- env >seen
    run ! grep CHARLIEHR seen
    # A temporary file that has this descriptor moves.
    for fd in 3 4 5 6 7 8; do
        fob exec bolt --header-fd $fd --as-file --env A=client_id --env B=client_secret -- \
            sh -c "cat /dev/fd/$fd "'"$A" "$B"' 3>&- 4>&- >seen
        [ "$(cat seen)" = 'Authorization: Token token=id:second
idsecond' ] || return
    done
}

@test "an empty environment has only the variables" {
    fob exec bolt --clear-env -- "$(command -v env)" >seen
    [ "$(sort seen)" = 'CHARLIEHR_CLIENT_ID=id
CHARLIEHR_CLIENT_SECRET=second' ]
}

@test "fob returns the command's status, and the shell's for a command that does not start" {
    run -7 fob exec bolt -- sh -c 'exit 7'
    run -137 fob exec bolt -- sh -c 'kill -9 $$'
    run -127 fob exec bolt -- no-such-command
    run -127 fob exec bolt -- ./no-such-command
    run -126 fob exec bolt -- /etc/passwd
    run -126 fob exec bolt -- "$home"
    printf '#!/no/such/interpreter\n' >script && chmod +x script
    run -126 fob exec bolt -- ./script
    # A script without that line is run by a shell.
    echo 'echo "$CHARLIEHR_CLIENT_ID"' >script
    [ "$(fob exec bolt -- ./script)" = id ]
    # Options after -- are the command's.
    [ "$(fob exec bolt -- echo --help -- --mask)" = '--help -- --mask' ]
}

@test "too long a command line is reported" {
    long=$(head -c 200000 /dev/zero | tr '\0' x)
    printf %s "$long" >field
    fob edit bolt --no-validate --field-file client_secret=field
    # The kernel takes 128 KiB at most (execve(2)).
    split fob exec bolt -- true
    ended 126
    has "$stderr" '--as-file'
    fob exec bolt --as-file -- sh -c 'cmp "$CHARLIEHR_CLIENT_SECRET" field'
}
