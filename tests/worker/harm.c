/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Takes the place of fob-worker, whose program is in the folder "real" beside this one: applies the
 * lines of the file "harm" beside this program, then executes the real worker.  The lines:
 *
 * - "at N SIGNAL" sends SIGNAL at the Nth read or write of a socket; with N 0, each prints a line.
 * - "large BYTES SIGNAL" sends SIGNAL before the worker reads a message of BYTES or more.
 * - "memory BYTES" limits the address space.
 * - "files N" limits the descriptors.
 * - "run CALLS" runs the worker with the program "without", which takes CALLS away.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char folder[3072];
static char calls[256];

static const char *beside(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void limit(int which, const char *text)
{
    const rlim_t most = strtoull(text, NULL, 10);
    const struct rlimit both = { most, most };

    if (setrlimit(which, &both) != 0)
        err(1, "setrlimit");
}

static void harm(const char *kind, const char *first, const char *second)
{
    if (strcmp(kind, "at") == 0 || strcmp(kind, "large") == 0) {
        setenv("LD_PRELOAD", beside("harm_at.so"), 1);
        setenv(kind[0] == 'a' ? "HARM_AT" : "HARM_LARGE", first, 1);
        setenv("HARM_SIGNAL", second, 1);
    } else if (strcmp(kind, "memory") == 0) {
        limit(RLIMIT_AS, first);
    } else if (strcmp(kind, "files") == 0) {
        limit(RLIMIT_NOFILE, first);
    } else if (strcmp(kind, "run") == 0) {
        snprintf(calls, sizeof calls, "%s", first);
    } else {
        errx(64, "no harm %s", kind);
    }
}

int main(void)
{
    const char *where = getenv("LD_LIBRARY_PATH"); /* as fob gives it */
    char kind[16];
    char first[128];
    char second[16];
    char line[256];
    FILE *file;

    snprintf(folder, sizeof folder, "%s", where != NULL ? where : "");
    file = fopen(beside("harm"), "re");
    if (file == NULL)
        err(1, "harm");
    while (fgets(line, sizeof line, file) != NULL) {
        second[0] = '\0';
        if (sscanf(line, "%15s %127s %15s", kind, first, second) >= 2)
            harm(kind, first, second);
    }
    fclose(file);
    if (calls[0] != '\0')
        execl(strdup(beside("without")), "without", calls, beside("real/fob-worker"), (char *)NULL);
    execl(beside("real/fob-worker"), "fob-worker", (char *)NULL);
    err(127, "exec");
}
