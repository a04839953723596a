#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# A plugin's libraries: they must be trusted and pinned as the plugin before any of their code runs, and are found
# where ld.so(8) finds them.

load common

setup()
{
    make_home
    fob init 2>/dev/null
    # Not below /tmp, where others may write.
    folder=$(mktemp -d "$abs_top_builddir/libraries-XXXXXX")
    mkdir "$folder/plugins" "$folder/lib"
    sed -i "s|^plugins:.*|plugins: [ $folder/plugins ]|" "$FOB_CONFIG"
    cat >"$folder/plugin.c" <<-'END'
	#include <fob/plugin.h>
	int helper(void);
	static int ask(struct fob_handle *handle)
	{
	    return handle != NULL ? helper() : FOB_INVALID;
	}
	const struct fob_plugin fob_plugin = {
	    .abi = FOB_PLUGIN_ABI, .size = sizeof(struct fob_plugin), .name = "needy", .version = "1",
	    .summary = "Needs a library", .link = ask, .validate = ask,
	};
	END
    cat >"$folder/helper.c" <<-'END'
	#include <unistd.h>
	#ifdef NEXT
	int NEXT(void);
	#endif
	int FUNCTION(void)
	{
	#ifdef NEXT
	    return NEXT();
	#else
	    return 0;
	#endif
	}
	__attribute__((constructor)) static void run(void)
	{
	    if (write(1, WHO "\n", sizeof WHO) < 0)
	        _exit(1);
	}
	END
    provider 'control: required, plugin: needy'
    cd "$folder" || return
}

teardown()
{
    rm -r "$folder"
}

provider()
{
    printf '%s\n' 'provider: needy' 'fields: [ { name: id } ]' \
        "link: [ { $1 } ]" "validate: [ { $1 } ]" >"$home/providers.d/needy.yaml"
}

# compile OUTPUT ARGUMENT...
compile()
{
    # shellcheck disable=SC2086
    ${CC:-cc} -shared -fPIC -I"$abs_top_srcdir/src/include" -o "$@"
}

# library FILE WHO [ARGUMENT...]: make a library that has helper(), and whose constructor prints WHO.
library()
{
    compile "$1" -DFUNCTION=helper -DWHO="\"$2\"" "${@:3}" helper.c
}

# plugin LINKED [ARGUMENT...]: make the plugin needy, linked with a library.
plugin()
{
    compile plugins/needy.so plugin.c "$@"
}

# Print whose constructors have run, one in each line.
ran()
{
    sed -n 's/^warning: .*\.so: //p' <<<"$stderr" | sort -u
}

works()
{
    split fob link needy acme --field id=1
    ended 0 || return
    fob revoke acme --yes >/dev/null 2>&1 || [ $? -eq 69 ]
}

# refuses WORDS...: no code of the library runs, even if the control would ignore a failure.
refuses()
{
    local control word
    for control in required optional sufficient '{ default: ignore }'; do
        provider "control: $control, plugin: needy${pins:+, sha256: $pins}"
        split fob link needy acme --field id=1
        refused 78 || return
        [ -z "$(ran)" ] || return
        for word in "$folder/plugins/needy.so: needs " "$@"; do
            has "$stderr" "$word" || return
        done
    done
    split fob check
    ended 78 || return
    has "$output" "needy.yaml:3:9: $folder/plugins/needy.so: needs " || return
    [ -z "$(ran)" ]
}

@test "a library beside the plugin is found by \$ORIGIN, with and without a soname" {
    for origin in "\$ORIGIN/../lib" "\${ORIGIN}/../lib" "$folder/lib"; do
        for soname in -Wl,-soname,libhelper.so ''; do
            library lib/libhelper.so good ${soname:+"$soname"}
            plugin -Llib -lhelper "-Wl,-rpath,$origin"
            works
            [ "$(ran)" = good ]
        done
    done
    # Use each way to name the folder in the plugin.
    library plugins/libhelper.so beside
    plugin '-Wl,-rpath,$ORIGIN' -Lplugins -lhelper -Wl,--disable-new-dtags
    works
    [ "$(ran)" = beside ]
}

@test "a library that others may write to is refused, and none of its code runs" {
    library lib/libhelper.so evil
    for origin in "\$ORIGIN/../lib" "$folder/lib"; do
        for dtags in --enable-new-dtags --disable-new-dtags; do
            plugin -Llib -lhelper "-Wl,-rpath,$origin,$dtags"
            chmod 777 lib
            refuses "$folder/" 'lib: everybody may write to it (mode 0777)'
            chmod 755 lib
            chmod 666 lib/libhelper.so
            refuses 'libhelper.so: everybody may write to it (mode 0666)'
            chmod 644 lib/libhelper.so
        done
    done
    provider 'control: required, plugin: needy'
    works
    if is_root; then
        chown 65534 lib/libhelper.so
        refuses 'belongs to user 65534'
    fi
}

@test "a library of such a library is refused, too, also in the plugin's folder" {
    compile lib/libdeep.so -DFUNCTION=deep -DWHO='"deep"' helper.c
    compile plugins/libhelper.so -DFUNCTION=helper -DNEXT=deep -DWHO='"helper"' helper.c \
        -Llib -ldeep '-Wl,-rpath,$ORIGIN/../lib'
    plugin -Lplugins -lhelper '-Wl,-rpath,$ORIGIN' -Wl,--allow-shlib-undefined
    works
    [ "$(ran | tr '\n' ' ')" = 'deep helper ' ]
    chmod 777 lib
    refuses "$folder/plugins/libhelper.so: needs libdeep.so: " 'everybody may write'
    chmod 755 lib
    # Unlike RUNPATH, RPATH also applies to the libraries of libraries.
    compile lib/libdeep.so -DFUNCTION=deep -DWHO='"deep"' helper.c -Wl,-soname,libdeep.so
    compile plugins/libhelper.so -DFUNCTION=helper -DNEXT=deep -DWHO='"helper"' helper.c \
        -Llib -ldeep -Wl,-soname,libhelper.so
    plugin -Lplugins -lhelper '-Wl,-rpath,$ORIGIN:$ORIGIN/../lib,--disable-new-dtags' \
        -Wl,--allow-shlib-undefined
    provider 'control: required, plugin: needy'
    works
    chmod 777 lib
    refuses "$folder/plugins/libhelper.so: needs libdeep.so: " 'everybody may write'
}

@test "a library folder that depends on the caller or the current folder is refused" {
    library lib/libhelper.so relative
    for path in lib '' .; do
        plugin -Llib -lhelper "-Wl,-rpath,$path:/nowhere"
        refuses "\"$path\" is not an absolute path"
    done
    for path in '$LIB' '$PLATFORM/x' '/x/${LIB}' '$ORIGINAL' '${ORIGIN'; do
        plugin -Llib -lhelper "-Wl,-rpath,$path"
        refuses "only \$ORIGIN may occur in \"$path\""
    done
    plugin lib/libhelper.so
    refuses '"lib/libhelper.so" is not an absolute path'
    plugin "$folder/lib/libhelper.so"
    provider 'control: required, plugin: needy'
    works
    chmod 777 lib
    refuses "$folder/lib: everybody may write"
}

@test "a library in LD_LIBRARY_PATH must be trusted, too" {
    export LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$folder/lib
    # A worker does not have the variable, so it finds the checked library only by its soname.
    library lib/libhelper.so environment
    plugin -Llib -lhelper
    refuses 'its soname is not libhelper.so' 'hint: ' '-Wl,-soname,libhelper.so'
    library lib/libhelper.so environment -Wl,-soname,libhelper.so
    provider 'control: required, plugin: needy'
    works
    [ "$(ran)" = environment ]
    chmod 777 lib
    refuses "$folder/lib: everybody may write"
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH%:*}
    cd lib
    LD_LIBRARY_PATH=$LD_LIBRARY_PATH:
    refuses "$folder/lib: everybody may write"
}

@test "a missing library breaks the plugin, which an optional entry ignores" {
    library lib/libhelper.so gone
    plugin -Llib -lhelper '-Wl,-rpath,$ORIGIN/../lib'
    rm lib/libhelper.so
    split fob link needy acme --field id=1
    refused 78
    has "$stderr" 'libhelper.so: cannot open shared object file'
    printf '%s\n' 'provider: needy' 'fields: [ { name: id } ]' 'link:' \
        '  - { control: optional, plugin: needy }' "  - { control: required, plugin: $FOB_TEST_PLUGINS/debug.so }" \
        'validate: [ { control: required, plugin: needy } ]' >"$home/providers.d/needy.yaml"
    split fob link needy acme --field id=1
    ended 0
}

@test "if ld.so would search subfolders first, the library needs a soname" {
    library lib/libhelper.so flat
    mkdir -p lib/glibc-hwcaps/x86-64-v2
    plugin -Llib -lhelper '-Wl,-rpath,$ORIGIN/../lib'
    refuses 'its soname is not libhelper.so' 'glibc-hwcaps' 'hint: ' '-Wl,-soname,libhelper.so'
    library lib/libhelper.so flat -Wl,-soname,libhelper.so
    library lib/glibc-hwcaps/x86-64-v2/libhelper.so below -Wl,-soname,libhelper.so
    plugin -Llib -lhelper '-Wl,-rpath,$ORIGIN/../lib'
    provider 'control: required, plugin: needy'
    works
    [ "$(ran)" = flat ]
}

@test "libraries that need each other are refused" {
    compile lib/libhelper.so -DFUNCTION=helper -DWHO='"a"' helper.c -Wl,-soname,libhelper.so
    compile lib/libother.so -DFUNCTION=other -DNEXT=helper -DWHO='"b"' helper.c \
        -Llib -lhelper '-Wl,-rpath,$ORIGIN' -Wl,-soname,libother.so
    compile lib/libhelper.so -DFUNCTION=helper -DNEXT=other -DWHO='"a"' helper.c \
        -Llib -lother '-Wl,-rpath,$ORIGIN' -Wl,-soname,libhelper.so
    plugin -Llib -lhelper '-Wl,-rpath,$ORIGIN/../lib' -Wl,--allow-shlib-undefined
    split fob link needy acme --field id=1
    refused 78
    has "$stderr" 'needs itself, perhaps indirectly'
    [ -z "$(ran)" ]
}

sum()
{
    local file=$1
    file=$(sha256sum "$file")
    printf '%s' "${file%% *}"
}

@test "a pinned plugin's libraries must be pinned, too" {
    library lib/libhelper.so pinned -Wl,-soname,libhelper.so
    plugin -Llib -lhelper '-Wl,-rpath,$ORIGIN/../lib'
    pins=$(sum plugins/needy.so) refuses "libhelper.so: its SHA-256 is $(sum lib/libhelper.so), not the one pinned"
    pins="[ $(sum plugins/needy.so), $(sum lib/libhelper.so) ]"
    provider "control: required, plugin: needy, sha256: $pins"
    works
    library lib/libhelper.so changed -Wl,-soname,libhelper.so
    refuses 'not the one pinned'
    # Libraries of the system and of fob need no pin.
    cp "$FOB_TEST_PLUGINS/debug.so" plugins/needy.so
    provider "control: required, plugin: needy, sha256: $(sum plugins/needy.so)"
    works
}

@test "a pinned plugin does not use another plugin's library" {
    library lib/libhelper.so first -Wl,-soname,libhelper.so
    plugin -Llib -lhelper '-Wl,-rpath,$ORIGIN/../lib'
    cp plugins/needy.so plugins/second.so
    printf '\n' >>plugins/second.so
    printf '%s\n' 'provider: needy' 'fields: [ { name: id } ]' 'link:' \
        '  - { control: required, plugin: needy }' \
        "  - { control: optional, plugin: second, sha256: $(sum plugins/second.so) }" \
        'validate: [ { control: required, plugin: needy } ]' >"$home/providers.d/needy.yaml"
    split fob link needy acme --field id=1
    refused 78
    has "$stderr" "needy.yaml:5:5: $folder/plugins/second.so: needs libhelper.so: "
    has "$stderr" 'not the one pinned'
}
