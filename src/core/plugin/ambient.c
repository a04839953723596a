/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Saves locale and umask before a hook, and restores them after it. */
#include "config.h"

#include "core/plugin/ambient.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* /proc/self/task has 2 + (number of threads) links, so 3 means a single thread. */
static bool ambient_is_alone(void)
{
    struct stat st;

    return stat("/proc/self/task", &st) == 0 && st.st_nlink == 3;
}

void ambient_note(struct ambient *ambient, bool multithreaded)
{
    ambient->thread = uselocale((locale_t)0);
    ambient->process =
        !multithreaded && ambient_is_alone() ? strdup(setlocale(LC_ALL, NULL)) : NULL;
    ambient->mask = 0;
    if (ambient->process != NULL) {
        /* The umask can only be read by setting it. */
        ambient->mask = umask(077);
        umask(ambient->mask);
    }
}

const char *ambient_restore(const struct ambient *ambient)
{
    const char *changed = NULL;

    if (uselocale((locale_t)0) != ambient->thread) {
        uselocale(ambient->thread);
        changed = "locale";
    }
    if (ambient->process == NULL)
        return changed;
    if (strcmp(setlocale(LC_ALL, NULL), ambient->process) != 0) {
        setlocale(LC_ALL, ambient->process);
        changed = "locale";
    }
    if (umask(ambient->mask) != ambient->mask)
        changed = changed != NULL ? "locale and umask" : "umask";
    return changed;
}

void ambient_free(struct ambient *ambient)
{
    free(ambient->process);
    ambient->process = NULL;
}
