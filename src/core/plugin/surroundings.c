/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Notes locale and umask before a plugin has its way, and puts them back after. */
#include "config.h"

#include "core/plugin/surroundings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A folder's links are ".", its name, and one a folder in it: here one a thread. */
static bool surroundings_is_alone(void)
{
    struct stat st;

    return stat("/proc/self/task", &st) == 0 && st.st_nlink == 3;
}

void surroundings_note(struct surroundings *surroundings, bool crowd)
{
    surroundings->thread = uselocale((locale_t)0);
    surroundings->process =
        !crowd && surroundings_is_alone() ? strdup(setlocale(LC_ALL, NULL)) : NULL;
    surroundings->mask = 0;
    if (surroundings->process != NULL) {
        /* There is no other way to read it. */
        surroundings->mask = umask(077);
        umask(surroundings->mask);
    }
}

const char *surroundings_restore(const struct surroundings *surroundings)
{
    const char *changed = NULL;

    if (uselocale((locale_t)0) != surroundings->thread) {
        uselocale(surroundings->thread);
        changed = "locale";
    }
    if (surroundings->process == NULL)
        return changed;
    if (strcmp(setlocale(LC_ALL, NULL), surroundings->process) != 0) {
        setlocale(LC_ALL, surroundings->process);
        changed = "locale";
    }
    if (umask(surroundings->mask) != surroundings->mask)
        changed = changed != NULL ? "locale and umask" : "umask";
    return changed;
}

void surroundings_free(struct surroundings *surroundings)
{
    free(surroundings->process);
    surroundings->process = NULL;
}
