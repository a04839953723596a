/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A temporary folder of a test's own. */
#include "config.h"

#include "folder.h"

#include "util/path.h"

#include <fob/fob.h>

#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *folder_make(const char *below)
{
    const char *temporary = secure_getenv("TMPDIR");
    char template[PATH_MAX];
    char *made;

    if (below == NULL)
        below = temporary != NULL ? temporary : "/tmp";
    snprintf(template, sizeof template, "%s/fob-test-XXXXXX", below);
    if (mkdtemp(template) == NULL)
        err(1, "%s", template);
    made = realpath(template, NULL);
    if (made == NULL)
        err(1, "%s", template);
    return made;
}

const char *folder_path(const char *folder, const char *name)
{
    static _Thread_local char paths[2][2 * PATH_MAX];
    static _Thread_local unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *folder_write_bytes(const char *folder, const char *name, const void *data, size_t size)
{
    const char *path = folder_path(folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size || fchmod(fd, 0644) < 0 || close(fd) < 0)
        err(1, "%s", path);
    return path;
}

const char *folder_write(const char *folder, const char *name, const char *text)
{
    return folder_write_bytes(folder, name, text, strlen(text));
}

const char *folder_add(const char *folder, const char *name)
{
    const char *path = folder_path(folder, name);

    if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0)
        err(1, "%s", path);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)st;
    (void)type;
    (void)place;
    return remove(path);
}

void folder_remove(char *folder)
{
    if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        err(1, "%s", folder);
    free(folder);
}

bool folder_is_trusted(const char *folder)
{
    int fd = -1;
    int code = path_open_trusted(folder, PATH_FOLDER, &fd);

    if (code == FOB_SUCCESS)
        close(fd);
    else
        warnx("%s", fob_error());
    return code == FOB_SUCCESS;
}
