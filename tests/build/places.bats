#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# What is installed for other programs, and where: units, users, folders and completions.

load ../cli/common

# staged VARIABLE...: what install-data puts into the folder root with these folders.
staged()
{
    make -s -C "$abs_top_builddir" install-data-local install-nodist_systemdsystemunitDATA \
        DESTDIR="$home/root" "$@" >"$home/make.log" 2>&1
}

setup()
{
    make_home
}

@test "each shell completes with the files that are installed for all users" {
    fob init >/dev/null 2>&1
    store acme first-secret
    staged bashcompletiondir=/bash zshcompletiondir=/zsh fishcompletiondir=/fish
    printf "PS1='$ '\n. root/bash/fob\n" >rc
    HISTFILE=/dev/null terminal --all 'expect=$ ' $'type=fob sho\t' expect=show $'type=ac\t' expect=acme send= \
        expect=Account 'send=exit 0' -- bash --rcfile rc -i
    if command -v zsh >/dev/null; then
        printf 'PS1="$ "\nfpath=(%s/root/zsh $fpath)\nautoload -U compinit; compinit -u -d %s/dump\n' "$home" "$home" >.zshrc
        ZDOTDIR=$home terminal --all 'expect=$ ' $'type=fob sho\t' expect=show $'type=ac\t' expect=acme send= \
            expect=Account 'send=exit 0' -- zsh -i
    fi
    if command -v fish >/dev/null; then
        mkdir -p data/fish
        mv root/fish data/fish/vendor_completions.d
        XDG_DATA_DIRS=$home/data HOME=$home run -0 fish -c 'complete -C "fob val"; complete -C "fob show a"'
        [[ $output == *validate*acme* ]]
    fi
}

@test "each folder for units and completion can be changed, or left out" {
    staged systemdsystemunitdir=/units sysusersdir= tmpfilesdir=/folders bashcompletiondir=/bash zshcompletiondir= \
        fishcompletiondir=
    hub=(./folders/fob-hub.conf ./units/fob-hub.service ./units/fob-inbox.service)
    [ -e "$abs_top_builddir/fob-hub" ] || hub=()
    follow=(./units/fob-follow.service)
    [ -e "$abs_top_builddir/postgresql.la" ] || follow=()
    diff <(cd root && find . -type f | LC_ALL=C sort) <(printf '%s\n' ./bash/fob ./folders/fob.conf \
        ./units/fob-validate.service ./units/fob-validate@.service "${hub[@]}" "${follow[@]}" | LC_ALL=C sort)
    make -s -C "$abs_top_builddir" uninstall-local DESTDIR="$home/root" bashcompletiondir=/bash tmpfilesdir=/folders
    [ ! -e root/bash/fob ] && [ ! -e root/folders/fob.conf ]
}

@test "configure uses pkg-config's folders for /usr, and any given ones" {
    ! sanitized || skip "configure is the same"
    mkdir bin
    printf '#!/bin/sh\ncase "$*" in *sysusersdir*systemd) echo /asked ;; *) exec pkg-config "$@" ;; esac\n' >bin/pc
    chmod +x bin/pc
    mkdir here && cd here
    PKG_CONFIG=$home/bin/pc "$abs_top_srcdir/configure" --quiet --prefix=/usr --with-systemdsystemunitdir=/units \
        --without-tmpfilesdir >../log 2>&1 || { cat ../log; false; }
    place() { sed -n "s/^$1 = *//p" Makefile; }
    [ "$(place systemdsystemunitdir)" = /units ]
    [ "$(place sysusersdir)" = /asked ]
    [ -z "$(place tmpfilesdir)" ]
    if command -v zsh >/dev/null; then
        folders=$(zsh -fc 'print -l $fpath')
        has "$folders" "/usr/share/$(place zshcompletiondir | sed 's,^[^/]*/,,')"
    fi
}

@test "what programs and plugins are built with asks for no other package" {
    for name in core/fob worker/fob-plugin http/fob-http; do
        cp "$abs_top_builddir/src/$name.pc" .
    done
    # Nothing of the machine's: pkg-config asks for a package in Requires.private, too.
    PKG_CONFIG_LIBDIR=. run -0 pkg-config --print-errors --cflags --libs fob fob-plugin fob-http
    has "$output" -lfob-http
    PKG_CONFIG_LIBDIR=. run -0 pkg-config --static --libs fob fob-http
    for library in gcrypt yaml curl json-c; do
        has "$output" "-l$library"
    done
}

@test "configure refuses what plugins cannot be built with" {
    for option in --disable-shared --without-pic; do
        run -1 "$abs_top_srcdir/configure" --quiet "$option"
        has "$output" 'plugins are shared libraries: --disable-shared and --without-pic cannot work'
    done
}

@test "what is installed, and what fob writes, names the folders where this fob is" {
    make -s -C "$abs_top_builddir" install-man install-dist_exampleDATA install-data-hook DESTDIR="$home/root" prefix=/x \
        sysconfdir=/x/etc localstatedir=/x/var >make.log 2>&1 || { cat make.log; false; }
    run -1 grep -rP '(?<!/x)(/etc/fob|/var/lib/fob|/usr/(lib|libexec|share|share/doc)/fob|/usr/bin/fob)' root
    run -1 grep -rE '/usr/lib/(systemd/system|sysusers.d|tmpfiles.d)/fob' root
    grep -q '^  - /.*/fob/plugins$' root/x/share/doc/fob/examples/fob.yaml
    prefix=$(sed -n 's/^prefix=//p' "$abs_top_builddir/src/core/fob.pc")
    fob new-plugin acme 2>/dev/null
    run -0 grep schema= acme/acme.yaml
    has "$output" "$prefix/share/fob/schema/provider.json"
}
