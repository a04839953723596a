#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# What package.sh does as an administrator, in a Debian where nothing else happens: /packages has the packages, and
# /lower the same ones with a lower number.
# shellcheck disable=SC2086 # the packages are a list of words
set -e

packages=$(for file in /packages/*.deb; do dpkg-deb -f "$file" Package; done)

# have COMMAND: end with it unless it succeeds.
have()
{
    "$@" >/tmp/said 2>&1 || {
        echo "package_trial.sh: failed: $*"
        cat /tmp/said
        exit 1
    }
}

# What there is of fob beside these packages and dpkg's list of names.
of_fob()
{
    find / -xdev -name '*fob*' -not -path '/packages/*' -not -path '/lower/*' -not -path '/proc/*' | LC_ALL=C sort
}

sums()
{
    find /etc/fob /var/lib/fob /var/spool/fob-hub -type f -exec sha256sum '{}' + | LC_ALL=C sort
}

# is TEXT TEXT: end unless they are the same.
is()
{
    [ "$1" = "$2" ] || {
        echo "package_trial.sh: this should be the same:"
        printf '%s\n--\n%s\n' "$1" "$2"
        exit 1
    }
}

version()
{
    dpkg-query -W -f '${Version}\n' $packages | sort -u
}

before=$(of_fob)
have apt-get -qq -y install /lower/*.deb
have fob providers
lower=$(version)
is "$(stat -c '%a %U:%G' /etc/fob /var/lib/fob-service /var/spool/fob-hub/inbox)" "755 root:root
700 fob:fob
3730 root:fob-hub"
is "$(systemctl is-enabled fob-hub.socket fob-inbox.service fob-validate.timer || true)" "disabled
disabled
disabled"

# A store with its key and log, and something that was sent.
have fob init
have systemctl enable fob-hub.socket
echo sent >/var/spool/fob-hub/inbox/sent
kept=$(sums)

have apt-get -qq -y install /packages/*.deb
have dpkg --compare-versions "$(version)" gt "$lower"
is "$(sums)" "$kept"
is "$(systemctl is-enabled fob-hub.socket)" enabled
have fob check
kept=$(sums)

have apt-get -qq -y remove $packages
[ ! -e /usr/bin/fob ]
is "$(sums)" "$kept"

have apt-get -qq -y purge $packages
cp /tmp/said /tmp/purged
for place in /etc/fob /var/lib/fob /var/spool/fob-hub; do
    have grep -q "purge keeps $place," /tmp/purged
done
is "$(sums)" "$kept"

# The commands that it printed leave nothing.
tr -d '\r' </tmp/purged | sed -n 's/^fob.*: to delete that for good: //p' >/tmp/commands
have sh -e /tmp/commands
is "$(of_fob)" "$before"
have apt-get -qq -y install /packages/*.deb
have apt-get -qq -y purge $packages
is "$(of_fob)" "$before"
echo "ok      install, upgrade, remove, purge"
