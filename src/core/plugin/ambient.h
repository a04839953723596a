/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a plugin must leave as it is, but sometimes does not: the locale and the umask.
 *
 * The thread's own locale is put back always.  The rest is the whole process's, and is touched only
 * when there is one thread: of two, nobody could tell whose change it was.
 */
#ifndef FOB_CORE_PLUGIN_AMBIENT_H
#define FOB_CORE_PLUGIN_AMBIENT_H

#include <locale.h>
#include <stdbool.h>
#include <sys/types.h>

struct ambient {
    locale_t thread;
    char *process; /* setlocale()'s; NULL where there are other threads */
    mode_t mask;   /* set when PROCESS is */
};

/* CROWD: it is known that there are other threads. */
void ambient_note(struct ambient *ambient, bool multithreaded);
/* Put back what has changed.  Returns what that was, in words, or NULL for nothing. */
const char *ambient_restore(const struct ambient *ambient);
void ambient_free(struct ambient *ambient);

#endif
