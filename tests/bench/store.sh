#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Measures the store against its floor, which reads and writes the same files: a part of `make
# bench`.  Ends with 1 when a limit is missed.
set -eu
: "${abs_top_srcdir:?}" "${abs_top_builddir:?}"

rounds=${1-200}
bench=$abs_top_builddir/tests/bench
work=$(mktemp -d "$abs_top_builddir/bench-XXXXXX")
PATH=$abs_top_builddir:$PATH
export PATH

# shellcheck disable=SC2317 # called by trap
finish()
{
    cd /
    [ -z "${mounted-}" ] || umount "$work/some"
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP
cd "$work"
: >input

# ext4 looks past every file that was deleted in the last minutes when it makes one: where that may be
# mounted, the folder some is a file system on which none was.
fresh()
{
    truncate -s 1G image
    if mkfs.ext4 -q -F image 2>/dev/null && mount -o loop image some 2>/dev/null; then
        mounted=1
        chmod 700 some
    else
        echo "store.sh: no file system could be mounted: what was deleted lately counts, too"
    fi
}

mkdir -m 700 some
fresh
"$bench/many" make "$work/some/store" "$work/some/key" 1000
echo "{ store: { path: $work/some/store }, key_file: $work/some/key, log: { path: $work/some/log } }" >some.yaml
echo "== batches"
{
    "$bench/pair" 5 input \
        "500 links" "$bench/many" insert "$work/some/store" "$work/some/key" 500 \
        -- "500 imported" "$bench/many" together "$work/some/store" "$work/some/key" 500
    "$bench/pair" 1 input \
        "rotate 6,000" fob --config some.yaml key rotate \
        -- "6,000 edits" "$bench/many" edit "$work/some/store" "$work/some/key" 6000
} >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "500 imported*3<=500 links" \
    "rotate 6,000*3<=6,000 edits" <measured || missed=1

mkdir -m 700 many few
"$bench/many" make "$work/many/store" "$work/many/key" 100000
"$bench/many" make "$work/few/store" "$work/few/key" 10
for size in many few; do
    echo "{ store: { path: $work/$size/store }, key_file: $work/$size/key, log: { path: $work/$size/log } }" \
        >"$size.yaml"
done
echo "== 100,000 accounts, $((rounds / 10)) rounds"
{
    "$bench/pair" "$((rounds / 10))" input \
        "floor, all" "$bench/many" floor "$work/many/store" "$work/many/key" \
        -- "fob list --json" fob --config many.yaml list --json
    "$bench/pair" "$rounds" input \
        "get of 10" fob --config few.yaml get client-000003 client_secret \
        -- "get of 100,000" fob --config many.yaml get client-000003 client_secret
    "$bench/pair" "$((rounds / 10))" input \
        "floor, 200 replacements" "$bench/many" replace "$work/file" 200 \
        -- "200 edits" "$bench/many" edit "$work/few/store" "$work/few/key" 200
} >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "fob list --json<=1.4*floor, all" \
    "fob list --json<=16MiB" "get of 100,000<=1.05*get of 10" \
    "200 edits<=1.2*floor, 200 replacements" <measured || missed=1

# A store that the kernel keeps open, beside one with a key file.
mkdir -m 700 kept
(umask 077 && echo "correct horse battery" >passphrase)
echo "{ store: { path: $work/kept/store }, log: { path: $work/kept/log } }" >kept.yaml
fob --config kept.yaml --passphrase-file passphrase init >/dev/null 2>&1
mkdir providers.d
sed 's|base_url: .*|base_url: http://127.0.0.1:9|' "$abs_top_srcdir/conf/providers.d/charliehr.yaml" \
    >providers.d/charliehr.yaml
echo "{ store: { path: $work/kept/store }, log: { path: $work/kept/log }, plugins: [ $abs_top_builddir/.libs ]," \
    "providers: [ $work/providers.d ] }" >link.yaml
# A link looks for accounts that share something, however many there are.
mkdir -m 700 thousands
"$bench/many" make "$work/thousands/store" "$work/thousands/key" 10000
for size in thousands few; do
    echo "{ store: { path: $work/$size/store }, key_file: $work/$size/key, log: { path: $work/$size/log }," \
        "plugins: [ $abs_top_builddir/.libs ], providers: [ $work/providers.d ] }" >"link-$size.yaml"
    # shellcheck disable=SC2016 # expanded by each of them
    printf 'printf "client_id=%%s\nclient_secret=%%s\n" $$ $$ |
        fob --config link-%s.yaml link charliehr "new-$$" --stdin --no-validate >/dev/null 2>&1\n' "$size" \
        >"link-$size.sh"
    sh "link-$size.sh"
done
echo "== links, $rounds rounds"
"$bench/pair" "$rounds" input \
    "link into 10" sh link-few.sh \
    -- "link into 10,000" sh link-thousands.sh >measured
python3 "$abs_top_srcdir/tests/bench/report.py" "link into 10,000<=1.5*link into 10" <measured || missed=1

printf 'client_id=client\nclient_secret=swordfish\n' |
    fob --config link.yaml --passphrase-file passphrase link charliehr client-000003 --stdin \
        --no-validate >/dev/null
if fob --config kept.yaml --passphrase-file passphrase unlock --for 1h >/dev/null; then
    echo "== after fob unlock, $rounds rounds"
    "$bench/pair" "$rounds" input \
        "get, key file" fob --config few.yaml get client-000003 client_secret \
        -- "get, unlocked" fob --config kept.yaml get client-000003 client_secret >measured
    fob --config kept.yaml lock >/dev/null
    python3 "$abs_top_srcdir/tests/bench/report.py" "get, unlocked<=1.2*get, key file" \
        <measured || missed=1
fi
exit "${missed-0}"
