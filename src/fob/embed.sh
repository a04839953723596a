#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Writes a C source that holds files: embed.sh ARRAY FILE... >FILE.c
set -eu

array=$1
shift
cat <<END
/* Made by embed.sh. */
#include "config.h"

#include "util/embedded.h"

#include <stddef.h>

const struct embedded_file ${array}[] = {
END
for file in "$@"; do
    printf '    { "%s",\n' "$(basename "$file" | sed 's/NAME/@NAME@/')"
    sed -e 's/[\\"]/\\&/g' -e 's/	/\\t/g' -e 's/^.*$/      "&\\n"/' "$file"
    echo '    },'
done
echo '    { NULL, NULL },'
echo '};'
