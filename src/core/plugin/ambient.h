/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Ambient state that plugins must not change, but sometimes do: the locale and the umask.
 *
 * The thread's locale is always restored.  The process's locale and umask are restored only if
 * there is a single thread, because otherwise a change cannot be attributed.
 */
#ifndef FOB_CORE_PLUGIN_AMBIENT_H
#define FOB_CORE_PLUGIN_AMBIENT_H

#include <locale.h>
#include <stdbool.h>
#include <sys/types.h>

struct ambient {
    locale_t thread;
    char *process; /* from setlocale(); NULL when there are other threads */
    mode_t mask;   /* valid if PROCESS is not NULL */
};

/* Save the state.  MULTITHREADED says that other threads are known to exist. */
void ambient_note(struct ambient *ambient, bool multithreaded);
/* Restore what has changed.  Returns the names of what was restored, or NULL for nothing. */
const char *ambient_restore(const struct ambient *ambient);
void ambient_free(struct ambient *ambient);

#endif
