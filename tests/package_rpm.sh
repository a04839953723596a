#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The part of package.sh that is about RPM packages, which it makes of the same tarball.
# shellcheck shell=sh disable=SC2154 # variables of package.sh

build_rpm()
{
    rm -rf "$work/rpm"
    mkdir -p "$work/rpm/SOURCES"
    cp "$work/source/fob_$version.orig.tar.xz" "$work/rpm/SOURCES/fob-$version.tar.xz"
    fill_in "$top/conf/packaging/rpm/fob.spec.in" '' '+%a %b %d %Y' >"$work/rpm/fob.spec"
    # What is needed is here as Debian's packages, of which rpmbuild knows nothing; and a script of it needs bash.
    # shellcheck disable=SC2016 # for the other shell
    by_nobody rpm 'exec rpmbuild -ba --nodeps --define "_topdir $PWD" --define "_buildhost localhost" \
        --define "packager '"$maintainer"'" --define "use_source_date_epoch_as_buildtime 1" --define "clamp_mtime_to_source_date_epoch 1" \
        --define "_build_id_links none" --define "__brp_compress bash /usr/lib/rpm/brp-compress /usr" fob.spec'
    rm -r "$work/rpm/BUILD" "$work/rpm/BUILDROOT"
}

# Each file of each Debian package, at the place where RPM's would have it.
debian_files()
{
    for file in "$work"/packages/*.deb; do
        name=$(dpkg-deb -f "$file" Package)
        case $name in
        *-dbgsym) continue ;;
        *-dev) name=${name}el ;;
        esac
        dpkg-deb -c "$file" | awk -v name="$name" '!/^d/ { print name, substr($6, 2) }'
    done | sed -e 's, /lib/, /usr/lib/,' -e "s,/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/,/," -e 's,\.gz$,,' \
        -e 's,/zsh/vendor-completions/,/zsh/site-functions/,' -e '/\/changelog\.Debian$/d' -e '/\/copyright$/d'
}

rpm_files()
{
    rpm -qp --queryformat '[%{=NAME} %{FILEMODES:perms} %{FILENAMES}\n]' "$work"/rpm/RPMS/*/*.rpm |
        sed -e '/ d/d' -e 's, [^ ]* , ,' -e 's,/lib64/,/lib/,' -e 's,\.gz$,,' -e '/\/COPYING$/d'
}

compare_rpm()
{
    debian_files | LC_ALL=C sort >"$work/rpm/debian"
    rpm_files | LC_ALL=C sort >"$work/rpm/files"
    diff "$work/rpm/debian" "$work/rpm/files"
}

inspect_rpm()
{
    rpmlint --strict --config "$top/conf/packaging/rpm/rpmlint.toml" "$work"/rpm/fob.spec "$work"/rpm/RPMS/*/*.rpm
}

# What an administrator does with them in $trial, after Debian's, whose dependencies are still there: rpm knows of none.
administer_rpm()
{
    rm -rf "$trial/rpm"
    cp -r "$work/rpm/RPMS" "$trial/rpm"
    # shellcheck disable=SC2016 # for the other shell
    logged administer_rpm within "$trial" 'of_fob() { find / -xdev -path /proc -prune -o -name "*fob*" -print | sort; }
        before=$(of_fob)
        mkdir -p /etc/ld.so.conf.d
        echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf
        rpm -i --nodeps /rpm/*/*.rpm
        fob init
        fob check
        names=$(rpm -q --queryformat "%{NAME} " -p /rpm/*/*.rpm)
        rpm -V --nodeps $names
        rpm -e --nodeps $names
        [ -f /etc/fob/key ] && [ -f /var/lib/fob/header ] && [ -d /var/spool/fob-hub/inbox ]
        rm -r /etc/fob /var/lib/fob /var/lib/fob-service /var/spool/fob-hub
        after=$(of_fob)
        [ "$after" = "$before" ] || { echo "left:"; echo "$after"; exit 1; }'
    echo "ok      install, remove: RPM packages"
}
