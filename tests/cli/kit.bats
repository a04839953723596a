#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# fob new-plugin: its output is built, checked and installed as an author would do it, with an installed fob.

load common

# "make install" would relink the libraries in place while other tests use them, so its files are copied here.  With
# FOB_TEST_INSTALLED, a prefix, a true installation is used.
lay_out()
{
    local name
    prefix=$1
    mkdir -p "$prefix/bin" "$prefix/include/fob" "$prefix/lib/pkgconfig" "$prefix/libexec"
    for name in fob fob-renew fob-worker requester.so; do
        cp "$(program "$name")" "$prefix/libexec/$name"
    done
    mv "$prefix/libexec/fob" "$prefix/bin"
    cp -P "$abs_top_builddir"/.libs/libfob*.so* "$prefix/lib"
    cp "$abs_top_srcdir"/src/include/fob/*.h "$prefix/include/fob"
    for name in core/fob http/fob-http worker/fob-plugin; do
        sed -e "s|^prefix=.*|prefix=$prefix|" -e 's|^libdir=.*|libdir=${prefix}/lib|' \
            -e 's|^includedir=.*|includedir=${prefix}/include|' \
            "$abs_top_builddir/src/$name.pc" >"$prefix/lib/pkgconfig/${name#*/}.pc"
    done
    export LD_LIBRARY_PATH=$prefix/lib FOB_LIBEXEC=$prefix/libexec
}

setup()
{
    make_home
    # Not below /tmp, where others may write.
    folder=$(mktemp -d "$abs_top_builddir/kit-XXXXXX")
    if [ -n "${FOB_TEST_INSTALLED-}" ]; then
        prefix=$FOB_TEST_INSTALLED
        unset LD_LIBRARY_PATH FOB_LIBEXEC
    else
        lay_out "$folder/prefix"
    fi
    PATH=$prefix/bin:$PATH
    export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    export HOME=$folder/home
    mkdir "$HOME"
    unset FOB_CONFIG MAKEFLAGS MFLAGS MAKELEVEL
    cd "$folder" || return
}

teardown()
{
    rm -r "$folder"
}

make_plugin()
{
    make --no-print-directory -C "$1" CC="${CC:-cc}" "${@:2}"
}

@test "a new plugin is built without a warning, and passes its own test, as written" {
    split fob new-plugin acme
    ended 0
    [ "$output" = 'acme/acme.c
acme/acme.yaml
acme/fob_acme.7
acme/Makefile
acme/check.sh
acme/stub.py' ]
    has "$stderr" 'cd acme && make && make check'
    run ! grep -r '@[A-Z]*@' acme
    split make_plugin acme
    ended 0
    [ -z "$stderr" ]
    split make_plugin acme check
    ended 0
    [ -z "$stderr" ]
    for step in 'link acme mine' 'validate mine' 'request mine' 'revoke mine' 'validate other'; do
        has "$output" "fob $step"
    done
    [ "${lines[-1]}" = 'all is well' ]
    [ -z "$(find . -name '*-check-*')" ]
}

@test "a new plugin may have the name of a Python module" {
    fob new-plugin calendar 2>&1
    split make_plugin calendar all check
    ended 0
    [ "${lines[-1]}" = 'all is well' ]
}

@test "a new plugin exports only fob_plugin, and its page and provider are correct" {
    fob new-plugin acme 2>&1
    make_plugin acme
    [ "$(nm -D --defined-only acme/acme.so | awk '{ print $3 }')" = fob_plugin ]
    if command -v mandoc; then
        run mandoc -T lint -W warning acme/fob_acme.7
        [ -z "$output" ]
    fi
    cat >fob.yaml <<-END
	plugins: [ $folder/acme, $abs_top_builddir/.libs ]
	providers: [ $folder/acme ]
	store: { path: $folder/store }
	key_file: $folder/key
	$uncontained
	END
    fob --config fob.yaml init
    run fob --config fob.yaml check
    has "$output" "ok: provider acme: $folder/acme/acme.yaml"
    has_not "$output" "$folder/acme/acme.yaml:"
}

@test "the test of a new plugin finds its faults" {
    fob new-plugin acme 2>&1
    for change in 's|"/me"|"/you"|' 's|"/token"|"/nothing"|' 's|"Bearer "|"Token "|' \
        's|\.authorize = |.link = |'; do
        sed -i.kept "$change" acme/acme.c
        run ! cmp -s acme/acme.c acme/acme.c.kept
        split make_plugin acme check CFLAGS=-w
        ended 2
        has "$stderr" FAILED
        mv acme/acme.c.kept acme/acme.c
        touch acme/acme.c
    done
    make_plugin acme check
}

@test "a new plugin can be checked in a folder that others may write to, and with any umask" {
    mkdir open
    chmod a+w open
    cd open
    umask 002
    fob new-plugin acme 2>&1
    make_plugin acme check
    [ -z "$(ls -A "$HOME")" ]
    [ "$(ls acme | wc -l)" -eq 7 ]
}

@test "a new plugin is installed where fob finds it, and can be cleaned" {
    fob new-plugin acme 2>&1
    make_plugin acme install DESTDIR="$folder/dest"
    plugins=$folder/dest$(pkg-config --variable=plugindir fob)
    providers=$folder/dest$(pkg-config --variable=providerdir fob)
    [ "$(find dest -type f | sort)" = "$(printf '%s\n' "${plugins#"$folder/"}/acme.so" \
        "${providers#"$folder/"}/acme.yaml" \
        "dest$(pkg-config --variable=mandir fob)/man7/fob_acme.7" | sort)" ]
    printf '%s\n' "plugins: [ $plugins ]" "providers: [ $providers ]" "$uncontained" >fob.yaml
    run fob --config fob.yaml providers
    has "$output" acme
    run -0 fob --config fob.yaml plugins acme
    make_plugin acme clean
    [ ! -e acme/acme.so ]
    [ "$(ls acme | wc -l)" -eq 6 ]
}

@test "a new plugin can have any provider's name" {
    for name in no 7-11 a.b_c "$(printf 'x%.0s' {1..64})"; do
        fob new-plugin "$name" 2>&1
        make_plugin "$name" check
    done
}

@test "without pkg-config's files make says what is missing" {
    fob new-plugin acme 2>&1
    export PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=$folder
    split make_plugin acme
    ended 2
    has "$stderr" 'the packages fob-plugin fob-http json-c are needed; PKG_CONFIG_PATH names the folder'
}

@test "new-plugin --json names the folder and its files" {
    split fob new-plugin acme --json
    ended 0
    [ -z "$stderr" ]
    [ "$(jq -r .folder <<<"$output")" = acme ]
    [ "$(jq -r '.files[]' <<<"$output" | sort)" = "$(find acme -type f | sort)" ]
}

@test "new-plugin does not change existing files: 73" {
    mkdir acme
    split fob new-plugin acme
    refused 73
    has "$stderr" 'fob: acme: exists already, and is left unchanged'
    [ -z "$(ls -A acme)" ]
    ln -s nowhere link
    split fob new-plugin link
    refused 73
    echo text >file
    split fob new-plugin file
    refused 73
    [ "$(cat file)" = text ]
}

@test "new-plugin refuses an invalid name: 64" {
    for name in . .. a/b ../a /tmp/a A 'a b' 'ä' _a $'a\n' "$(printf 'x%.0s' {1..65})"; do
        split fob new-plugin "$name"
        refused 64
        has "$stderr" ': not a plugin'
    done
    split fob new-plugin ''
    refused 64
    split fob new-plugin
    refused 64
    split fob new-plugin a b
    refused 64
    [ "$(find . -path ./prefix -prune -o -type f -print)" = '' ]
}

@test "new-plugin leaves nothing behind when it cannot write everything: 74" {
    split bash -c "trap '' XFSZ; ulimit -f 1; exec fob new-plugin acme 2>&1 | cat; exit \${PIPESTATUS[0]}"
    ended 74
    has "$output" 'fob: acme/acme.c: File too large'
    [ ! -e acme ]
}

@test "new-plugin in a read-only folder: 77" {
    if is_root; then
        skip "root may write everywhere"
    fi
    mkdir closed
    chmod a-w closed
    cd closed
    split fob new-plugin acme
    refused 77
    has "$stderr" 'fob: acme: Permission denied'
}
