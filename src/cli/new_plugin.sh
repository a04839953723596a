#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Writes the C source that holds the files of conf/new-plugin: new_plugin.sh FILE... >new_plugin.c
set -eu

cat <<END
/* Made by new_plugin.sh. */
#include "config.h"

#include "cli/new_plugin.h"

#include <stddef.h>

const struct new_plugin_file new_plugin_files[] = {
END
for file in "$@"; do
    printf '    { "%s",\n' "$(basename "$file" | sed 's/NAME/@NAME@/')"
    sed -e 's/[\\"]/\\&/g' -e 's/	/\\t/g' -e 's/^.*$/      "&\\n"/' "$file"
    echo '    },'
done
echo '    { NULL, NULL },'
echo '};'
