/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes new files. */
#include "config.h"

#include "fob/new_file.h"

#include "cli/output.h"
#include "util/array.h"
#include "util/calls.h"

#include <fob/fob.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Signals that end a process and can be caught. */
static const int deadly[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,   SIGTERM,
                              SIGUSR1, SIGUSR2, SIGPOLL, SIGPROF, SIGVTALRM, SIGXCPU };
/* The file to remove when a signal arrives; NULL for none. */
static const char *volatile leftover;

static void new_file_remove_leftover(int number)
{
    if (leftover != NULL)
        unlink(leftover);
    raise(number); /* takes its default action once the handler returns */
}

static void new_file_watch_signals(const char *path)
{
    const struct sigaction action = { .sa_handler = new_file_remove_leftover,
                                      .sa_flags = (int)SA_RESETHAND };

    leftover = path;
    for (size_t i = 0; i < ARRAY_SIZE(deadly); i++) {
        struct sigaction before;

        if (sigaction(deadly[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(deadly[i], &action, NULL);
    }
}

static int new_file_fail(const char *path)
{
    return output_fail(FOB_SYSTEM, NULL, "%s: %s", path, strerror(errno));
}

static int new_file_exists(const char *path)
{
    return output_fail(FOB_EXISTS, "name a new file", "%s: the file exists already", path);
}

int new_file_open(const char *path, struct new_file *file)
{
    static const char ending[] = ".XXXXXX";
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL ? (size_t)(slash + 1 - path) : 0;
    size_t size = strlen(path);

    *file = (struct new_file){ .path = path, .fd = -1 };
    if (access(path, F_OK) == 0)
        return new_file_exists(path);
    if (errno == ENAMETOOLONG)
        return new_file_fail(path);
    /* A long name is cut to make room for the ending. */
    if (size - folder > NAME_MAX - strlen(ending))
        size = folder + NAME_MAX - strlen(ending);
    if ((size_t)snprintf(file->temporary, sizeof file->temporary, "%.*s%s", (int)size, path,
                         ending) >= sizeof file->temporary)
        return output_fail(FOB_INVALID, NULL, "the file's name is too long");
    new_file_watch_signals(file->temporary);
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd >= 0)
        return FOB_SUCCESS;
    leftover = NULL;
    return new_file_fail(path);
}

/* Rename the temporary file, unless the name has been taken meanwhile. */
static int new_file_rename(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* The file system lacks that flag. link(2) also fails when the name is taken. */
    if (link(temporary, path) < 0)
        return -1;
    unlink(temporary);
    return 0;
}

static int new_file_sync_parent(const char *path)
{
    char *copy = strdup(path);
    int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int code = fd >= 0 && fsync(fd) == 0 ? FOB_SUCCESS : new_file_fail(path);

    if (fd >= 0)
        close(fd);
    free(copy);
    return code;
}

int new_file_publish(struct new_file *file)
{
    int code;

    if (fchmod(file->fd, 0600) < 0 || fsync(file->fd) < 0)
        return new_file_fail(file->path);
    if (new_file_rename(file->temporary, file->path) < 0)
        return errno == EEXIST ? new_file_exists(file->path) : new_file_fail(file->path);
    file->published = true;
    code = new_file_sync_parent(file->path);
    if (code != FOB_SUCCESS)
        unlink(file->path);
    return code;
}

void new_file_close(struct new_file *file)
{
    if (file->fd < 0)
        return;
    close(file->fd);
    if (!file->published)
        unlink(file->temporary);
    leftover = NULL;
}
