/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Takes the last steps before execve(2). */
#include "config.h"

#include "fob/exec/spawn.h"

#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Put the header at descriptor HEADER_FD. */
static int spawn_place_header(const struct spawn *start)
{
    if (start->header < 0)
        return 0;
    if (environment_leave_fd(&start->environment, start->header_fd) < 0)
        return -1;
    if (start->header == start->header_fd)
        return fcntl(start->header, F_SETFD, 0);
    return dup2(start->header, start->header_fd);
}

int spawn_command(const struct spawn *start)
{
    const char *name = start->argv[0];

    signal(SIGXFSZ, start->at_file_limit);
    fflush(NULL);
    if (spawn_place_header(start) < 0) {
        start->report(error_set(FOB_SYSTEM, "--header-fd %d: %m", start->header_fd));
        return SPAWN_NOT_EXECUTABLE;
    }
    environment_enter(&start->environment);
    execvpe(name, start->argv, start->environment.entries);
    /* If the file exists, ENOENT means that a script's interpreter is missing. */
    if (errno == ENOENT && (strchr(name, '/') == NULL || access(name, F_OK) != 0)) {
        start->report(error_set(FOB_NOT_FOUND, "%s: no such command", name));
        return SPAWN_NOT_FOUND;
    }
    error_set(FOB_NOT_ALLOWED, "%s: cannot be run: %m", name);
    if (errno == E2BIG)
        error_hint("--as-file gives large values as files");
    start->report(FOB_NOT_ALLOWED);
    return SPAWN_NOT_EXECUTABLE;
}
