/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A home of its own for tests of the settings. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "settings_fixture.h"

#include "folder.h"
#include "util/error.h"

#include <stdlib.h>

int settings_set_up(void **state)
{
    *state = folder_make(NULL);
    unsetenv("FOB_CONFIG");
    setenv("HOME", *state, 1);
    setenv("XDG_CONFIG_HOME", folder_path(*state, "config"), 1);
    setenv("XDG_DATA_HOME", folder_path(*state, "data"), 1);
    setenv("XDG_STATE_HOME", folder_path(*state, "state"), 1);
    error_clear();
    return 0;
}

int settings_tear_down(void **state)
{
    folder_remove(*state);
    return 0;
}

struct settings *settings_read_good(const char *path)
{
    struct settings *settings = NULL;

    if (settings_read(path, &settings) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return settings;
}
