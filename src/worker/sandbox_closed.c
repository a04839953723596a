/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Allows all files except those that the sandbox closes.  A Landlock rule can only allow a folder
 * with everything below it.  So each folder above a closed path gets no rule, but its other entries
 * do, one by one; in the folder itself nothing can be listed or created.
 */
#include "config.h"

#include "worker/sandbox_closed.h"

#include "util/array.h"
#include "util/containment.h"
#include "util/lack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLOSED_MAX 32

/* Not the devices of disks, which contain every file. */
static const char *const devices[] = {
    "/dev/fd",    "/dev/full",   "/dev/log",    "/dev/mqueue",  "/dev/null",
    "/dev/ptmx",  "/dev/pts",    "/dev/random", "/dev/shm",     "/dev/stderr",
    "/dev/stdin", "/dev/stdout", "/dev/tty",    "/dev/urandom", "/dev/zero",
};

struct closed {
    const struct landlock *landlock;
    char *paths[CLOSED_MAX]; /* without links */
    size_t count;
    bool all; /* allow all rights, not only reading */
};

static bool closed_has(const struct closed *closed, const char *path)
{
    for (size_t i = 0; i < closed->count; i++) {
        if (containment_closes(closed->paths[i], path))
            return true;
    }
    return false;
}

/* Whether the folder PATH is above a closed path. */
static bool closed_leads_through(const struct closed *closed, const char *path)
{
    size_t size = strlen(path);

    for (size_t i = 0; i < closed->count; i++) {
        if (strncmp(closed->paths[i], path, size) == 0 && closed->paths[i][size] == '/')
            return true;
    }
    return false;
}

static int closed_allow_around(const struct closed *closed, const char *path);

/* Allow PATH, which is no link: targets of links get their own rules. */
static int closed_allow(const struct closed *closed, const char *path)
{
    int result;
    int fd;

    if (closed_has(closed, path))
        return 0;
    if (closed_leads_through(closed, path))
        return closed_allow_around(closed, path);
    fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return lack_is(errno) ? -1 : 0; /* gone meanwhile, or unreachable */
    result = landlock_allow(closed->landlock, fd, closed->all);
    close(fd);
    return result;
}

/* Allow each entry of the folder PATH, "" for the root. */
static int closed_allow_around(const struct closed *closed, const char *path)
{
    DIR *folder = opendir(path[0] != '\0' ? path : "/");
    const struct dirent *entry;
    char below[PATH_MAX];
    int result = 0;

    if (folder == NULL)
        return errno == ENOENT || errno == EACCES ? 0 : -1;
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below)
            result = closed_allow(closed, below);
    }
    closedir(folder);
    return result;
}

/* PATH without links, which the caller frees.  The file need not exist, but its folder must: NULL
 * otherwise, or if out of memory. */
static char *closed_resolve(const char *path)
{
    const char *name = strrchr(path, '/');
    char *found = realpath(path, NULL);
    char *folder;
    char *whole = NULL;

    /* Where a link may lead somewhere else, its own path would close too little. */
    if (found == NULL && errno != ENOENT)
        return NULL;
    if (found != NULL || name == path)
        return found != NULL ? found : strdup(path);
    folder = strndup(path, (size_t)(name - path));
    found = folder != NULL ? realpath(folder, NULL) : NULL;
    if (found != NULL && asprintf(&whole, "%s%s", found, name) < 0)
        whole = NULL;
    free(folder);
    free(found);
    return whole;
}

static int closed_add(struct closed *closed, const char *path)
{
    char *resolved = closed_resolve(path);

    if (resolved == NULL)
        return lack_is(errno) ? -1 : 0;
    if (closed->count == CLOSED_MAX || strcmp(resolved, "/") == 0) {
        free(resolved);
        errno = EINVAL;
        return -1;
    }
    closed->paths[closed->count++] = resolved;
    return 0;
}

static int closed_allow_devices(const struct closed *closed)
{
    int result = 0;

    for (size_t i = 0; i < ARRAY_SIZE(devices) && result == 0; i++) {
        int fd = open(devices[i], O_PATH | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0 && lack_is(errno))
            return -1;
        if (fd < 0)
            continue;
        result = landlock_allow(closed->landlock, fd, true);
        close(fd);
    }
    return result;
}

static int closed_open(struct closed *closed, const struct sandbox *sandbox)
{
    int result = 0;

    for (size_t i = 0; i < sandbox->closed_count && result == 0; i++)
        result = closed_add(closed, sandbox->closed[i]);
    return result;
}

static void closed_clear(struct closed *closed)
{
    while (closed->count > 0)
        free(closed->paths[--closed->count]);
}

/* Allow PATH, with its links resolved, if it exists. */
static int closed_allow_named(const struct closed *closed, const char *path)
{
    char *resolved = closed_resolve(path);
    int result;

    if (resolved == NULL)
        return lack_is(errno) ? -1 : 0;
    result = strcmp(resolved, "/") != 0 ? closed_allow(closed, resolved) : 0;
    free(resolved);
    return result;
}

int sandbox_closed_allow_named(const struct landlock *landlock, const struct sandbox *sandbox)
{
    struct closed closed = { .landlock = landlock };
    int result = closed_open(&closed, sandbox);

    for (size_t i = 0; i < sandbox->readable_count && result == 0; i++)
        result = closed_allow_named(&closed, sandbox->readable[i]);
    closed_clear(&closed);
    return result;
}

int sandbox_closed_allow_others(const struct landlock *landlock, const struct sandbox *sandbox)
{
    struct closed closed = { .landlock = landlock, .all = true };
    int result = closed_open(&closed, sandbox);

    if (result == 0)
        result = closed_add(&closed, "/dev");
    if (result == 0)
        result = closed_allow_around(&closed, "");
    if (result == 0)
        result = closed_allow_devices(&closed);
    closed_clear(&closed);
    return result;
}
