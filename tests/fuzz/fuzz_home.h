/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the fuzzers of files share: a context in a folder, both gone at the end.
 */
#ifndef FOB_TESTS_FUZZ_HOME_H
#define FOB_TESTS_FUZZ_HOME_H

#include <fob/fob.h>

#include "folder.h"

#include <stdio.h>
#include <stdlib.h>

static char *folder;
static struct fob_context *context;

static void must(bool good)
{
    if (!good)
        abort();
}

static void home_remove(void)
{
    fob_close(context);
    folder_remove(folder);
}

static void home_make(void)
{
    char text[1024];

    folder = folder_make(NULL);
    atexit(home_remove);
    snprintf(text, sizeof text,
             "store: { path: %1$s/store }\nkey_file: %1$s/key\nlog: { path: %1$s/log }\n", folder);
    must(fob_open(folder_write(folder, "fob.yaml", text), &context) == FOB_SUCCESS);
}

#endif
